//! OODAカード: what cannot wait for the yearly PDCA, about a KPI or a case, written down within a few business days.

pub mod actions;
pub mod form;
pub mod list;
pub mod page;
pub mod tell;
pub mod transfer;

use std::collections::BTreeSet;

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    calendar::business_days_between,
    card::{Card, Deed, Step},
    clock::date_label,
    ids::MemberId,
    roster::Proposal,
    route::Acts,
};
use rashin_store::{
    TenantTx,
    card::{CardFile, Happened, Subject, Wanted},
};

use crate::{
    case::case_url,
    council::Council,
    kpi::staff::staff_url,
    tenancy::home::Task,
    ui::section::{empty, note, section},
    web::Refusal,
};

pub const TITLE: &str = "OODAカード";

pub fn cards_url(city: &str) -> String {
    format!("/{city}/staff/cards")
}

pub fn card_url(city: &str, number: i32) -> String {
    format!("{}/{number}", cards_url(city))
}

/// The page on which a card about a KPI (its code) or a case (its number) is made.
fn new_url(city: &str, subject: &Subject) -> String {
    format!("{}/new?about={}", cards_url(city), subject_key(subject))
}

/// 「kpi.K-1」, 「case.3」
fn subject_key(subject: &Subject) -> String {
    match subject {
        Subject::Kpi { code, .. } => format!("kpi.{code}"),
        Subject::Case { number, .. } => format!("case.{number}"),
    }
}

/// 「指標　窓口の待ち時間」
fn subject_words(subject: &Subject) -> String {
    match subject {
        Subject::Kpi { name, .. } => format!("指標　{name}"),
        Subject::Case { number, title } => format!("案件 {number}　{title}"),
    }
}

fn subject_url(city: &str, subject: &Subject) -> String {
    match subject {
        Subject::Kpi { code, .. } => staff_url(city, code),
        Subject::Case { number, .. } => case_url(city, *number),
    }
}

/// What a card waits for: 「意思決定」, 「結果」; how it ended.
fn standing(card: &Card) -> &'static str {
    match (card.ended, card.next) {
        (Some((ending, _)), _) => ending.label(),
        (None, Some(step)) => step.label(),
        (None, None) => "結果",
    }
}

/// 「次は「意思決定」」, 「終了」
fn next_words(card: &Card) -> String {
    match card.is_open() {
        true => format!("次は「{}」", standing(card)),
        false => standing(card).to_owned(),
    }
}

/// The last day: 「2026年12月8日（あと5営業日）」, 「2026年12月8日（2営業日過ぎています）」; of one that has ended when it did.
fn due_words(card: &Card, today: Date) -> String {
    let due = date_label(card.due);
    if let Some((_, on)) = card.ended {
        let late = if on > card.due { "（期限を過ぎて）" } else { "" };
        return format!("{}に{}{late}", date_label(on), standing(card));
    }
    match (card.is_late(today), card.days_late(today)) {
        // Over a weekend.
        (true, 0) => format!("{due}（過ぎています）"),
        (true, days) => format!("{due}（{days}営業日過ぎています）"),
        (false, _) if card.due == today => format!("{due}（今日まで）"),
        (false, _) => format!("{due}（あと{}営業日）", business_days_between(today, card.due)),
    }
}

/// Those on their way first, by their last day; then those that have ended, the newest first.
fn sort(cards: &mut [CardFile]) {
    let key = |filed: &CardFile| (!filed.card.is_open(), filed.card.is_open().then_some(filed.card.due));
    cards.sort_by(|a, b| key(a).cmp(&key(b)).then(b.number.cmp(&a.number)));
}

impl Council {
    /// Who holds a card: its owner; 事務局 once the owner has left.
    fn holding(&self, card: &Card) -> BTreeSet<MemberId> {
        self.town().turn(&Acts::Proposer, Proposal { authors: &[card.owner], section: None }).members
    }

    /// Who goes on with a card.
    fn writing(&self, card: &Card) -> BTreeSet<MemberId> {
        self.holding(card).into_iter().chain(self.office()).collect()
    }

    /// Who is told that a card is late, beside who holds it: the body that it names; 事務局 where nobody sits there.
    fn above<'a>(&self, filed: &'a CardFile) -> (Option<&'a str>, BTreeSet<MemberId>) {
        let sitting = filed.body.as_deref().map(|key| (Some(key), self.sit_in(key))).filter(|(_, members)| !members.is_empty());
        sitting.unwrap_or_else(|| (None, self.office()))
    }

    /// 「部会」, 「事務局」
    fn above_words<'a>(&'a self, body: Option<&'a str>) -> &'a str {
        body.map_or("事務局", |key| self.body_name(key))
    }
}

/// What was written for a step, with who did it.
fn written(filed: &CardFile, step: Step) -> Option<(&Happened, &String)> {
    filed.history.iter().find_map(|happened| match &happened.event.deed {
        Deed::Written { step: of, text } if *of == step => Some((happened, text)),
        _ => None,
    })
}

/// Open cards of the member, the first due first; those whose owner has left are 事務局's.
pub async fn tasks(tx: &mut TenantTx, city: &str) -> Result<Vec<Task>, Refusal> {
    let Some(me) = tx.member().map(|member| member.id) else { return Ok(Vec::new()) };
    let mut open: Vec<CardFile> = tx.cards(Wanted::All).await?.into_iter().filter(|filed| filed.card.is_open()).collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let council = Council::load(tx).await?;
    open.retain(|filed| council.holding(&filed.card).contains(&me));
    sort(&mut open);
    let task = |filed: CardFile| Task {
        kind: "OODA",
        href: card_url(city, filed.number),
        detail: format!("{}　期限 {}", next_words(&filed.card), due_words(&filed.card, council.today)),
        title: filed.title,
    };
    Ok(open.into_iter().map(task).collect())
}

/// The cards about a KPI or a case, on its page, with the way to another one. Nothing for who has none to read and may make none.
pub async fn shelf(tx: &mut TenantTx, city: &str, subject: &Subject) -> Result<Option<AnyView>, Refusal> {
    let (mut cards, today, may) = (tx.cards(subject.wanted()).await?, tx.today(), decide(tx.actor(), &Action::OpenCard).is_ok());
    if cards.is_empty() && !may {
        return Ok(None);
    }
    sort(&mut cards);
    let items = cards.iter().map(|filed| {
        let (is_late, due) = (filed.card.is_late(today), due_words(&filed.card, today));
        let (kind, words) = match filed.card.is_open() {
            true => (if is_late { "期限超過" } else { "進行中" }, format!("{}　期限 {due}", next_words(&filed.card))),
            false => (standing(&filed.card), due),
        };
        view! {
            <li>
                <span class="rashin-task-list__kind" data-late=is_late.then_some("")>{kind}</span>
                <span class="rashin-task-list__body"><a href=card_url(city, filed.number)>{filed.title.clone()}</a><br/><span class="note">{words}</span></span>
            </li>
        }
    });
    let list = match cards.is_empty() {
        true => empty("年度末の評価を待てない変化があったら、観察・状況判断・意思決定・実行を、期限を決めて1枚に書けます。", None),
        false => view! { <ul class="rashin-task-list">{items.collect_view()}</ul> }.into_any(),
    };
    let open = cards.iter().filter(|filed| filed.card.is_open()).count();
    let head = (!cards.is_empty()).then(|| note(format!("進行中 {open}件")));
    let make = may.then(|| view! { <p class="links"><a href=new_url(city, subject)>"OODAカードを作る"</a></p> });
    Ok(Some(section("cards", TITLE, head, view! { {list}{make} })))
}
