//! 案件: what staff propose, on its way through the bodies of the municipality.

pub mod actions;
pub mod adoption;
pub mod form;
pub mod list;
pub mod page;
pub mod register;
pub mod sheet;

use rashin_domain::{case::Standing, clock::date_label};
use rashin_store::{TenantTx, case::CaseFile};

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

/// 「期限 2026年6月30日」, 「期限 2026年6月30日を過ぎています」
pub fn due_words(standing: &Standing, today: jiff::civil::Date) -> Option<String> {
    let Standing::At(at) = standing else { return None };
    let due = at.due?;
    let word = if at.trial_until.is_some() { "トライアルの終わり" } else { "期限" };
    Some(if at.is_overdue(today) {
        format!("{word} {}を過ぎています", date_label(due))
    } else {
        format!("{word} {}", date_label(due))
    })
}

/// The cases whose turn is the member's.
pub async fn tasks(tx: &mut TenantTx, city: &str) -> Result<Vec<Task>, Refusal> {
    let Some(me) = tx.member().map(|member| member.id) else { return Ok(Vec::new()) };
    let cases = tx.cases(None).await?;
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let council = Council::load(tx).await?;
    let is_mine = |filed: &&CaseFile| council.turn(filed).is_some_and(|(_, turn)| turn.members.contains(&me));
    let task = |filed: &CaseFile| {
        let standing = council.standing(filed);
        let due = due_words(&standing, council.today).map(|due| format!("　{due}")).unwrap_or_default();
        Task {
            kind: "案件",
            href: case_url(city, filed.number),
            title: filed.newest.content.title.clone(),
            detail: format!("{}{due}", standing_words(filed, &standing)),
        }
    };
    Ok(cases.iter().filter(is_mine).map(task).collect())
}
