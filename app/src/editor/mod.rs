//! `/{city}/staff/plans`: 事務局 changes the plan in a draft beside the live plan.

pub mod actions;
pub mod comparison;
pub mod desk;
mod form;
pub mod kpi_actions;
mod kpi_page;
mod kpi_references;
pub mod node_actions;
mod node_page;
pub mod objects;
pub mod plans;
pub mod points;

use rashin_domain::{
    access::{Action, Permit},
    draft::Kind,
};
use rashin_store::{TenantTx, draft::Desk};

use crate::{
    ui::frame::{Frame, Here},
    web::{Page, Refusal, Visit},
};
use leptos::prelude::IntoAny;

/// Addresses of one plan's editor.
#[derive(Clone, Debug)]
pub struct Place {
    pub city: String,
    pub plan: String,
}

/// The key of the head in addresses: it has none of its own.
const HEAD_KEY: &str = "-";

impl Place {
    pub fn new(city: &str, plan: &str) -> Self {
        Self { city: city.to_owned(), plan: plan.to_owned() }
    }

    /// The desk itself for an empty path.
    pub fn url(&self, path: &str) -> String {
        format!("/{}/staff/plans/{}{path}", self.city, self.plan)
    }

    pub fn list(&self, kind: Kind) -> String {
        match kind {
            // The tree stands on the desk.
            Kind::Node => self.url("#tree"),
            _ => self.url(&format!("/objects/{}", kind.code())),
        }
    }

    pub fn new_one(&self, kind: Kind) -> String {
        self.url(&format!("/new/{}", kind.code()))
    }

    pub fn object(&self, kind: Kind, key: &str) -> String {
        let key = if kind == Kind::Head { HEAD_KEY } else { key };
        self.url(&format!("/objects/{}/{}", kind.code(), segment(key)))
    }
}

/// A text as one segment of an address.
pub fn segment(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn kind(code: &str) -> Result<Kind, Refusal> {
    Kind::from_code(code).ok_or(Refusal::NotFound)
}

/// The object's own key of an address.
fn key_of(kind: Kind, key: String) -> String {
    if kind == Kind::Head { String::new() } else { key }
}

/// Opens the editor to look at.
pub(crate) async fn look(visit: &Visit, place: &Place) -> Result<(TenantTx, Desk), Refusal> {
    let mut tx = visit.enter(&place.city).await?;
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let desk = tx.desk(&place.plan).await?;
    Ok((tx, desk))
}

/// Opens the editor to change; others who change this plan wait until the transaction ends.
async fn change(visit: &Visit, place: &Place) -> Result<(TenantTx, Permit, Desk), Refusal> {
    let mut tx = visit.enter(&place.city).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let desk = tx.desk_to_change(&place.plan).await?;
    Ok((tx, permit, desk))
}

/// A page of the editor with the way back up.
pub(crate) async fn page(
    visit: &Visit,
    tx: &TenantTx,
    place: &Place,
    desk: &Desk,
    above: &[(String, String)],
    title: String,
    main: impl IntoAny,
) -> Result<Page, Refusal> {
    let mut crumbs =
        vec![("ホーム".to_owned(), format!("/{}/staff", place.city)), ("計画の編集".to_owned(), format!("/{}/staff/plans", place.city))];
    crumbs.extend_from_slice(above);
    let notice = Some(desk.live.plan.notice.clone()).filter(|notice| !notice.is_empty());
    let frame = Frame::staff(tx, notice, Here::Plans).crumbs(crumbs).flash(visit.take_flash().await?);
    Ok(Page::new(title, frame, main))
}
