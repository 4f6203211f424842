//! `/{city}/staff/plans`: 事務局 changes the plan in a draft beside the live plan.

pub mod actions;
pub mod comparison;
pub mod desk;
mod form;
pub mod grades;
pub mod kpi_actions;
mod kpi_page;
mod kpi_references;
pub mod node_actions;
pub(crate) mod node_page;
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
        self.url(&format!("/objects/{}/{}", kind.code(), address_of(key)))
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

/// Stands before a key that could not be a segment by itself.
const MARK: char = '~';

/// A key as one segment of an address. No key, as the head of a plan has none, would be no segment, and one of dots alone
/// is a way up for every browser, however it is written.
fn address_of(key: &str) -> String {
    let is_marked = key.chars().all(|c| c == '.') || key.starts_with(MARK);
    format!("{}{}", if is_marked { "~" } else { "" }, segment(key))
}

/// The object's own key of a segment, as the router decoded it.
fn key_at(segment: String) -> String {
    segment.strip_prefix(MARK).map(str::to_owned).unwrap_or(segment)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As the URL standard sees one segment: 「%2e」 is a dot, two of them lead up.
    fn leads_elsewhere(segment: &str) -> bool {
        segment.is_empty()
            || segment.contains(['/', '?', '#', '\\'])
            || [".", ".."].contains(&segment.to_lowercase().replace("%2e", ".").as_str())
    }

    fn decoded(segment: &str) -> String {
        form_urlencoded::parse(format!("k={segment}").as_bytes()).into_owned().next().unwrap().1
    }

    #[test]
    fn every_key_has_an_address_of_its_own() {
        let parts = ["", ".", "~", "/", "%", "#", "?", "%2e", "+", " ", "\\", "&", "=", "用語", "é", "1-1"];
        let mut addresses = std::collections::BTreeMap::new();
        for [a, b, c] in parts.into_iter().flat_map(|a| parts.map(|b| parts.map(|c| [a, b, c]))).flatten() {
            let (key, address) = (format!("{a}{b}{c}"), address_of(&format!("{a}{b}{c}")));
            assert!(!leads_elsewhere(&address), "{key:?} at {address}");
            assert_eq!(key_at(decoded(&address)), key, "{address}");
            assert_eq!(*addresses.entry(address).or_insert_with(|| key.clone()), key);
        }
    }
}
