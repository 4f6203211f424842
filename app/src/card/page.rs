//! `/{city}/staff/cards/{number}`: where the card stands, what was written when, and the next step for whoever goes on with it.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    card::{Card, Deed, Ending, Step},
    clock::{date_label, moment_label},
    form::Form,
    ids::MemberId,
};
use rashin_store::card::{CardFile, Wanted};

use super::{TITLE, card_url, cards_url, due_words, new_url, subject_url, subject_words, written};
use crate::{
    case::people::writers,
    council::Council,
    ui::{
        field::{Filled, hidden, post_form, required, select, side_form, textarea},
        frame::{Frame, Here},
        section::{facts, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

pub async fn card(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let filed = tx.cards(Wanted::One(number)).await?.pop().ok_or(Refusal::NotFound)?;
    let council = Council::load(&mut tx).await?;
    let may = tx.member().is_some_and(|me| goes_on(&filed, &council, me.id));
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let main = view! {
        {filled.summary()}
        {page_head(format!("{TITLE} {number}"), filed.title.clone(), ())}
        <p class="lead">{lead(&filed, &council)}</p>
        {way(&filed)}
        <div class="cols" data-cols="8-4">
            <div class="stack">
                {Step::ALL.iter().map(|step| step_section(&filed, *step)).collect_view()}
                {end(&city, &filed)}
                {may.then(|| next(&city, &filed, &filled))}
            </div>
            <div class="stack">
                {section("about", "このカード", (), view! { {about(&city, &filed, &council)}{may.then(|| others(&city, &filed, &council, &filled))} })}
                {section("history", "経緯", (), history(&filed, &council))}
            </div>
        </div>
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(vec![(TITLE.to_owned(), cards_url(&city))]).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&filed.title), frame, main))
}

/// Whether a member goes on with the card.
fn goes_on(filed: &CardFile, council: &Council, member: MemberId) -> bool {
    filed.card.is_open() && council.writing(&filed.card).contains(&member)
}

/// Whether the page has a form with a field for a member.
pub fn shows(filed: &CardFile, council: &Council, member: MemberId, field: &str) -> bool {
    let there = match field {
        "text" => filed.card.next.is_some(),
        "result" => filed.card.next.is_none(),
        _ => true,
    };
    there && goes_on(filed, council, member)
}

fn lead(filed: &CardFile, council: &Council) -> String {
    let card = &filed.card;
    if let Some((ending, on)) = card.ended {
        return match ending {
            Ending::Closed => format!("{}に結果を書いて終えました。", date_label(on)),
            Ending::GivenUp => format!("{}に取りやめました。", date_label(on)),
        };
    }
    let next = match card.next {
        Some(step) => format!("次は「{}」です。", step.label()),
        None => "実行まで書きました。結果を書くと終わります。".to_owned(),
    };
    let told = filed.raised.as_ref().map(|raised| {
        let whom = council.above_words(raised.body.as_deref());
        format!("{whom}に知らせました（{}月{}日）。", raised.on.month(), raised.on.day())
    });
    format!("{next}期限は{}。{}", due_words(card, council.today), told.unwrap_or_default())
}

/// The four steps: those that were written, the next one, those to come.
fn way(filed: &CardFile) -> AnyView {
    let steps = Step::ALL.iter().map(|step| {
        let at = written(filed, *step).map(|(happened, _)| moment_label(happened.at));
        let state = at.is_some().then_some("completed");
        let is_next = filed.card.is_open() && filed.card.next == Some(*step);
        view! {
            <li data-state=state aria-current=is_next.then_some("step")>
                <span class="rashin-route__name">{step.label()}{is_next.then(|| view! { <span class="vh">"（次はここ）"</span> })}</span>
                {at.map(|at| view! { <span class="rashin-route__note">{at}</span> })}
            </li>
        }
    });
    view! { <ol class="rashin-route" aria-label="OODAの段階">{steps.collect_view()}</ol> }.into_any()
}

fn step_section(filed: &CardFile, step: Step) -> Option<AnyView> {
    let (happened, text) = written(filed, step)?;
    let when = format!("{}　{}さん", moment_label(happened.at), happened.name);
    let body = view! { <p class="rashin-lines">{text.clone()}</p><p class="note">{when}</p> };
    Some(section(step.code(), step.label(), (), body))
}

/// How it ended, and the way to another one about the same.
fn end(city: &str, filed: &CardFile) -> Option<AnyView> {
    let last = filed.history.last()?;
    let (heading, text) = match &last.event.deed {
        Deed::Closed { result } => ("結果", result.clone()),
        Deed::GivenUp { reason } => ("取りやめた理由", reason.clone()),
        Deed::Opened { .. } | Deed::Written { .. } | Deed::HandedOver { .. } => return None,
    };
    let when = format!("{}　{}さん", moment_label(last.at), last.name);
    let more = view! { <p class="links"><a href=new_url(city, &filed.subject)>"同じ対象で、次のOODAカードを作る"</a></p> };
    Some(section("end", heading, (), view! { <p class="rashin-lines">{text}</p><p class="note">{when}</p>{more} }))
}

fn seen(card: &Card) -> AnyView {
    hidden("seen", card.version.to_string())
}

/// The form of the next step, then of the result.
fn next(city: &str, filed: &CardFile, filled: &Filled) -> AnyView {
    let url = card_url(city, filed.number);
    match filed.card.next {
        Some(step) => {
            let fields = view! {
                {seen(&filed.card)}
                {hidden("step", step.code())}
                {textarea(filled, "text", &required(step.label()).hint(step.hint()), 5)}
            };
            section("next", &format!("「{}」を書く", step.label()), (), post_form(format!("{url}/steps"), fields, "記録する"))
        }
        None => {
            let hint = "実行して何が変わったか。指標や案件にどう生かすか。";
            let fields = view! { {seen(&filed.card)}{textarea(filled, "result", &required("結果").hint(hint), 5)} };
            section("next", "結果を書いて終える", (), post_form(format!("{url}/results"), fields, "終える"))
        }
    }
}

fn about(city: &str, filed: &CardFile, council: &Council) -> AnyView {
    let card = &filed.card;
    let subject = view! { <a href=subject_url(city, &filed.subject)>{subject_words(&filed.subject)}</a> };
    let rows = vec![
        ("対象", subject.into_any()),
        ("担当", council.with_section(card.owner).into_any()),
        ("作成日", date_label(card.opened_on).into_any()),
        ("期限", date_label(card.due).into_any()),
        ("期限を過ぎたら知らせる先", council.above_words(filed.body.as_deref()).to_owned().into_any()),
    ];
    facts(rows).into_any()
}

/// What else whoever goes on with it can do.
fn others(city: &str, filed: &CardFile, council: &Council, filled: &Filled) -> AnyView {
    let url = card_url(city, filed.number);
    let is_faulty = |field: &str| filled.errors.of(field).is_some();
    let owners = writers(council, &[filed.card.owner]);
    let hand_over = view! { {seen(&filed.card)}{select(filled, "owner", &required("新しい担当"), &owners, "選択してください")} };
    let give_up = view! { {seen(&filed.card)}{textarea(filled, "reason", &required("取りやめる理由"), 3)} };
    view! {
        <details class="rashin-detail" open=is_faulty("owner")><summary>"別の人に引き継ぐ"</summary>{side_form(format!("{url}/handovers"), hand_over, "引き継ぐ")}</details>
        <details class="rashin-detail" open=is_faulty("reason")><summary>"取りやめる"</summary>{side_form(format!("{url}/abandonments"), give_up, "取りやめる")}</details>
    }
    .into_any()
}

/// Everything that happened, newest first.
fn history(filed: &CardFile, council: &Council) -> AnyView {
    let words = |deed: &Deed| match deed {
        Deed::Opened { owner, days } => format!("カードを作った（担当 {}さん、{days}営業日）", council.name(*owner)),
        Deed::Written { step, .. } => format!("「{}」を書いた", step.label()),
        Deed::HandedOver { to } => format!("担当が{}さんに代わった", council.name(*to)),
        Deed::Closed { .. } => "結果を書いて終えた".to_owned(),
        Deed::GivenUp { .. } => "取りやめた".to_owned(),
    };
    let items = filed.history.iter().rev().map(|happened| {
        view! { <li><time>{moment_label(happened.at)}</time><div><b>{words(&happened.event.deed)}</b><br/><span class="note">{happened.name.clone()}</span></div></li> }
    });
    view! { <ol class="rashin-timeline rashin-task-list">{items.collect_view()}</ol> }.into_any()
}
