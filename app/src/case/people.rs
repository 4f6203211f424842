//! Who writes a case: proposer and co-authors on its page, and how they change.

use std::collections::BTreeSet;

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Member, Permit, Role},
    case::{Act, Event, Standing},
    clock::date_label,
    form::{Form, FormErrors},
    ids::MemberId,
    route::Acts,
    text::sentences,
};
use rashin_store::{
    TenantTx,
    case::{CaseFile, STALE_EVENT},
    case_people::Handover,
};

use super::{case_url, form::load, tell};
use crate::{
    council::Council,
    ui::{
        field::{Filled, date, day, hidden, optional, required, select, side_form},
        section::section,
    },
    web::{Posted, Refusal, Visit},
};

/// Members of 事務局 beside those who write a case (`all`), or beside its proposer alone.
fn responsible(filed: &CaseFile, council: &Council, all: bool) -> BTreeSet<MemberId> {
    let writers = if all { filed.authors.as_slice() } else { &filed.authors[..1] };
    writers.iter().copied().chain(council.office()).collect()
}

async fn permit(visit: &Visit, tx: &mut TenantTx, filed: &CaseFile, council: &Council, all: bool) -> Result<Permit, Refusal> {
    visit.permit(tx, &Action::ActOnCase { turn: &responsible(filed, council, all) }).await
}

/// Members who can write a case, by section: (id, 「市民課　佐藤 健」). Whoever only looks on writes nothing.
pub fn writers(council: &Council, but: &[MemberId]) -> Vec<(String, String)> {
    let writes = |member: &&Member| member.assignments.iter().any(|held| held.role != Role::Viewer) && !but.contains(&member.id);
    let mut all: Vec<_> =
        council.members.iter().filter(writes).map(|member| (member.id.to_string(), council.with_section(member.id))).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all
}

/// Who proposes and who writes with them, with the forms that change it for whoever may.
pub fn people(city: &str, filed: &CaseFile, council: &Council, me: Option<MemberId>, prepared: &[Handover], filled: &Filled) -> AnyView {
    let open = matches!(council.standing(filed), Standing::At(_));
    let may = |all| open && me.is_some_and(|me| responsible(filed, council, all).contains(&me));
    let (url, others) = (case_url(city, filed.number), &filed.authors[1..]);
    let remove = |id: MemberId| {
        let (action, name) = (format!("{url}/author-removals"), council.name(id).to_owned());
        view! {
            <form method="post" action=action>{hidden("member", id.to_string())}<button class="dads-button" data-type="outline" data-size="sm" aria-label=format!("{name}さんを共同提案者から外す")>"外す"</button></form>
        }
    };
    let line = |role: &'static str, id: MemberId| {
        let form = (may(true) && role == CO_AUTHOR).then(|| remove(id));
        view! { <li><span>{council.with_section(id)}<span class="dads-table__sub">{role}</span></span>{form}</li> }
    };
    let lines = std::iter::once(line("提案者", filed.authors[0])).chain(others.iter().map(|id| line(CO_AUTHOR, *id))).collect_view();
    let add = may(true).then(|| {
        let fields = select(
            filled,
            "author",
            &required(CO_AUTHOR).hint("ほかの課の職員も選べます。内容を書き、意見を書き加えられます。"),
            &writers(council, &filed.authors),
            "選択してください",
        );
        fold(filled.errors.of("author").is_some(), "共同提案者を加える", side_form(format!("{url}/authors"), fields, "加える").into_any())
    });
    let waiting = prepared.iter().find(|handover| handover.case == filed.id).filter(|_| may(false));
    let waiting = waiting.map(|handover| {
        let words =
            format!("{}から{}さんに引き継ぎます。その日までは、ほかの人には表示されません。", date_label(handover.from), handover.name);
        view! { <p>{words}</p>{side_form(format!("{url}/handover-withdrawals"), (), "引き継ぎを取りやめる")} }
    });
    let hand_over = may(false).then(|| {
        let fields = view! {
            {select(filled, "to", &required("新しい提案者"), &writers(council, &filed.authors[..1]), "選択してください")}
            {date(filled, &optional("いつから").hint("空のままなら今日から。西暦で入力。例：2027年4月1日"), &day("from"))}
        };
        let open = filled.errors.of("to").or(filled.errors.of("from_year")).is_some();
        fold(open, "別の人に引き継ぐ", side_form(format!("{url}/handovers"), fields, "引き継ぐ").into_any())
    });
    section("people", "提案者", (), view! { <ul class="rashin-task-list" data-two="">{lines}</ul>{add}{waiting}{hand_over} })
}

const CO_AUTHOR: &str = "共同提案者";

fn fold(open: bool, summary: &'static str, body: AnyView) -> AnyView {
    view! { <details class="rashin-detail" open=open><summary>{summary}</summary>{body}</details> }.into_any()
}

/// The member that a field names, among those who can write a case.
fn chosen(form: &Form, field: &str, label: &str, council: &Council, but: &[MemberId], errors: &mut FormErrors) -> Option<MemberId> {
    let known = writers(council, but).into_iter().any(|(id, _)| id == form.get(field));
    match form.get(field).parse() {
        Ok(member) if known => Some(member),
        _ => errors.push(field, sentences::choose(label)),
    }
}

/// `POST /{city}/staff/cases/{number}/authors`. Field: `author`.
pub async fn add(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = case_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let permit = permit(&visit, &mut tx, &filed, &council, true).await?;
    let mut errors = FormErrors::default();
    let member = chosen(&form, "author", CO_AUTHOR, &council, &filed.authors, &mut errors);
    let Some(member) = member.filter(|_| runs(&filed, &council, "author", &mut errors)) else {
        return visit.back(&page, form, errors).await;
    };
    tx.add_author(permit, &filed, member).await?;
    tx.commit().await?;
    visit.go(&page, format!("{}さんを共同提案者に加えました", council.name(member)), "").await
}

/// `POST /{city}/staff/cases/{number}/author-removals`. Field: `member`.
pub async fn remove(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = case_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let permit = permit(&visit, &mut tx, &filed, &council, true).await?;
    let member = filed.authors[1..].iter().copied().find(|id| id.to_string() == form.get("member"));
    let Some(member) = member else { return visit.go(&page, "もう共同提案者ではありません", "").await };
    tx.remove_author(permit, &filed, member).await?;
    tx.commit().await?;
    visit.go(&page, format!("{}さんを共同提案者から外しました", council.name(member)), "").await
}

/// `POST /{city}/staff/cases/{number}/handovers`: to another proposer, at once or from a later day on. Fields: `to`, `from_*`.
pub async fn hand_over(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = case_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let permit = permit(&visit, &mut tx, &filed, &council, false).await?;
    let mut errors = FormErrors::default();
    let to = chosen(&form, "to", "新しい提案者", &council, &filed.authors[..1], &mut errors);
    let from = form.date("from", "いつから", &mut errors).flatten().unwrap_or(council.today);
    if from < council.today {
        errors.push::<()>("from_year", format!("いつからは、今日（{}）以降の日付にしてください。", date_label(council.today)));
    }
    let Some(to) = to.filter(|_| errors.is_empty() && runs(&filed, &council, "to", &mut errors)) else {
        return visit.back(&page, form, errors).await;
    };
    match take_over(&mut tx, permit, &filed, &council, to, from).await {
        Err(error) if error.is_conflict_on(STALE_EVENT) => {
            let sentence = "画面を開いたあとに、この案件が先へ進みました。もう一度確かめてください。";
            return visit.back(&page, form, FormErrors::one("to", sentence)).await;
        }
        done => done?,
    }
    tx.commit().await?;
    let when = if from > council.today {
        format!("{}から。その日までは、ほかの人には表示されません。", date_label(from))
    } else {
        String::new()
    };
    visit.go(&page, format!("{}さんに引き継ぎます", council.name(to)), when).await
}

/// Hands a case over today, or prepares it for a later day.
pub async fn take_over(
    tx: &mut TenantTx,
    permit: Permit,
    filed: &CaseFile,
    council: &Council,
    to: MemberId,
    from: jiff::civil::Date,
) -> Result<(), rashin_store::StoreError> {
    let acted_as = tx.member().map(|member| council.acting_as(member, &Acts::Proposer)).unwrap_or_default();
    if from > council.today {
        return tx.prepare_handover(permit, filed, to, from, &acted_as).await;
    }
    tx.record_event(permit, filed, &Act::HandedOver { to }, &acted_as, "").await?;
    tell::what_happened(tx, filed.number).await
}

/// `POST /{city}/staff/cases/{number}/handover-withdrawals`
pub async fn withdraw(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = case_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let permit = permit(&visit, &mut tx, &filed, &council, false).await?;
    match tx.withdraw_handover(permit, &filed).await {
        Err(rashin_store::StoreError::NotFound) => return visit.go(&page, "準備してある引き継ぎはありません", "").await,
        done => done?,
    }
    tx.commit().await?;
    visit.go(&page, "引き継ぎを取りやめました", "").await
}

/// Nobody takes over what has ended.
fn runs(filed: &CaseFile, council: &Council, field: &str, errors: &mut FormErrors) -> bool {
    let act = Act::HandedOver { to: filed.case.proposer };
    let possible = filed.case.after(&filed.route, &Event { on: council.today, by: filed.case.proposer, act });
    if let Err(refused) = possible {
        errors.push::<()>(field, refused.label().to_owned());
    }
    errors.is_empty()
}
