//! 研修会・情報発信: what was held or sent out, who came, and what that says of a KPI.

pub mod attendance;
pub mod form;
pub mod list;
pub mod page;
pub mod proposal;

use std::collections::BTreeSet;

use rashin_domain::{
    access::{Action, Permit, decide},
    clock::moment_label,
    form::FormErrors,
    ids::MemberId,
};
use rashin_store::{TenantTx, training::Held};

use crate::{
    case::cases_url,
    council::Council,
    web::{Refusal, Visit},
};

const TITLE: &str = "研修会・情報発信";

pub fn trainings_url(city: &str) -> String {
    format!("/{city}/staff/trainings")
}

pub fn training_url(city: &str, number: i32) -> String {
    format!("{}/{number}", trainings_url(city))
}

/// What stands above pages of trainings; `of`: of the pages below one.
pub fn crumbs(city: &str, of: Option<&Held>) -> Vec<(String, String)> {
    let above = [("案件".to_owned(), cases_url(city)), (TITLE.to_owned(), trainings_url(city))];
    above.into_iter().chain(of.map(|held| (held.training.title.clone(), training_url(city, held.number)))).collect()
}

/// Those who keep the records.
pub async fn trainers(tx: &mut TenantTx) -> Result<BTreeSet<MemberId>, Refusal> {
    Ok(Council::load(tx).await?.coe_and_office())
}

async fn permit(visit: &Visit, tx: &mut TenantTx) -> Result<Permit, Refusal> {
    let by = trainers(tx).await?;
    visit.permit(tx, &Action::Train { by: &by }).await
}

async fn may(tx: &mut TenantTx) -> Result<bool, Refusal> {
    let by = trainers(tx).await?;
    Ok(decide(tx.actor(), &Action::Train { by: &by }).is_ok())
}

/// 「42人」; of what has not been written down yet a dash.
fn people(held: &Held) -> String {
    match held.attendees() {
        0 => "—".to_owned(),
        attendees => format!("{attendees}人"),
    }
}

/// What a form that came second is told, at its first field.
fn overtaken(field: &str, held: &Held) -> FormErrors {
    let (by, at) = (&held.saved_by, moment_label(held.saved_at));
    let sentence = format!("編集中に、{by}さんが保存しました（{at}）。いま保存されている内容と見比べて、もう一度保存してください。");
    FormErrors::one(field, sentence)
}
