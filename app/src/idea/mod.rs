//! アイデア: the idea box of the town hall.

pub mod actions;
pub mod pages;

use leptos::prelude::*;
use rashin_domain::idea::Fate;
use rashin_store::{TenantTx, idea::Sent};

use crate::{council::Council, tenancy::home::Task, web::Refusal};

pub fn ideas_url(city: &str) -> String {
    format!("/{city}/staff/ideas")
}

pub fn idea_url(city: &str, number: i32) -> String {
    format!("{}/{number}", ideas_url(city))
}

/// 「受付中」, 「採用（案件 3）」
fn standing(sent: &Sent, all: &[Sent]) -> String {
    let Some(said) = &sent.fate else { return "受付中".to_owned() };
    match (said.fate, said.case, said.into.and_then(|into| all.iter().find(|other| other.id == into))) {
        (Fate::Adopted, Some(number), _) => format!("採用（案件 {number}）"),
        (Fate::Merged, _, Some(into)) => format!("アイデア {}にまとめた", into.number),
        (fate, ..) => fate.label().to_owned(),
    }
}

/// Of those who answer: that ideas wait.
pub async fn tasks(tx: &mut TenantTx, city: &str) -> Result<Vec<Task>, Refusal> {
    let Some(me) = tx.member().map(|member| member.id) else { return Ok(Vec::new()) };
    let waiting = tx.ideas().await?.iter().filter(|sent| sent.fate.is_none()).count();
    if waiting == 0 {
        return Ok(Vec::new());
    }
    let council = Council::load(tx).await?;
    let task = Task {
        kind: "アイデア",
        href: format!("{}?show=open", ideas_url(city)),
        title: format!("答えを待つアイデア　{waiting}件"),
        detail: "採用する・まとめる・回答する".to_owned(),
    };
    Ok(council.coe_and_office().contains(&me).then_some(task).into_iter().collect())
}

/// The idea that a case came from, for the case's page.
pub async fn source(tx: &mut TenantTx, city: &str, case: i32) -> Result<Option<AnyView>, Refusal> {
    let ideas = tx.ideas().await?;
    let from = ideas.into_iter().find(|sent| sent.fate.as_ref().and_then(|said| said.case) == Some(case));
    let words = |sent: Sent| {
        view! { <p class="note"><a href=idea_url(city, sent.number)>{format!("アイデア {}「{}」", sent.number, sent.idea.title)}</a>{format!("（{}さん）を採用した案件です。", sent.name)}</p> }
            .into_any()
    };
    Ok(from.map(words))
}
