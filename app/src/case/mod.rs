//! 案件: what staff propose, on its way through the bodies of the municipality.

pub mod actions;
pub mod adoption;
pub mod area;
mod board;
mod flow;
pub mod form;
mod line;
pub mod list;
pub mod offer;
pub mod page;
pub mod people;
pub mod register;
pub mod sheet;
pub mod tell;
pub mod versions;

use rashin_domain::{
    case::{Act, Standing},
    clock::date_label,
};
use rashin_store::{
    TenantTx,
    case::{CaseFile, Happened},
};

use self::line::Line;
use crate::{council::Council, tenancy::home::Task, web::Refusal};

pub fn cases_url(city: &str) -> String {
    format!("/{city}/staff/cases")
}

pub fn case_url(city: &str, number: i32) -> String {
    format!("{}/{number}", cases_url(city))
}

/// 「部会 審議」, 「完了」
pub fn standing_words(filed: &CaseFile, standing: &Standing) -> String {
    match standing {
        Standing::At(at) => filed.route.stage(&at.stage).map_or_else(|| at.stage.clone(), |stage| stage.name.clone()),
        Standing::Ended { ending, .. } => match filed.case.decided {
            Some(decided) => format!("{}（{}）", ending.label(), decided.label()),
            None => ending.label().to_owned(),
        },
    }
}

/// 「本部 決定：トライアル（2027年3月31日まで）　決定日 2026年11月10日」, the day where it is not that of recording. Empty of
/// what is no decision.
pub fn decided_words(filed: &CaseFile, happened: &Happened) -> String {
    let Act::Decided { stage, outcome, until, .. } = &happened.event.act else { return String::new() };
    let stage = filed.route.stage(stage).map_or(stage.as_str(), |stage| &stage.name);
    let until = until.map(|until| format!("（{}まで）", date_label(until))).unwrap_or_default();
    let on = match happened.decided_on {
        day if day == happened.event.on => String::new(),
        day => format!("　決定日 {}", date_label(day)),
    };
    format!("{stage}：{}{until}{on}", outcome.label())
}

/// The cases whose turn is the member's.
pub async fn tasks(tx: &mut TenantTx, city: &str) -> Result<Vec<Task>, Refusal> {
    let Some(me) = tx.member().map(|member| member.id) else { return Ok(Vec::new()) };
    let cases = tx.cases(None).await?;
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let council = Council::load(tx).await?;
    let escalations = tx.escalations(None).await?;
    let lines = cases.iter().map(|filed| Line::of(filed, &council, escalations.get(&filed.id)));
    let task = |line: Line| Task {
        kind: "案件",
        href: case_url(city, line.filed.number),
        title: line.filed.newest.content.title.clone(),
        detail: [Some(line.stage), line.due].into_iter().flatten().collect::<Vec<_>>().join("　"),
    };
    Ok(lines.filter(|line| line.is_turn_of(me)).map(task).collect())
}
