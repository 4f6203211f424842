//! What is done with a card: the next step, a result, another owner, giving it up.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Action,
    card::{Deed, Event, Step},
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    text::sentences,
};
use rashin_store::{
    TenantTx,
    card::{CardFile, STALE_CARD, Wanted},
};

use super::{card_url, form::owner, page::shows, tell};
use crate::{
    council::Council,
    web::{Flash, Posted, Refusal, Tone, Visit},
};

/// A form of a card's page: the field that carries what is said, and how it is read.
struct Act {
    field: &'static str,
    read: fn(&Form, &CardFile, &Council, &mut FormErrors) -> Option<Deed>,
    done: fn(&Deed, &Council) -> String,
}

/// `POST /{city}/staff/cards/{number}/steps`. Fields: `seen` (the card's version), `step`, `text`.
pub async fn write(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let act = Act {
        field: "text",
        read: |form, filed, _, errors| {
            let step = filed.card.next.or(Step::from_code(form.get("step")))?;
            let text = form.required("text", step.label(), NOTE_LIMIT, errors);
            Some(Deed::Written { step, text })
        },
        done: |deed, _| match deed {
            Deed::Written { step, .. } => format!("「{}」を書きました", step.label()),
            _ => String::new(),
        },
    };
    go_on(visit, (&city, number), form, act).await
}

/// `POST /{city}/staff/cards/{number}/results`: closes it. Fields: `seen`, `result`.
pub async fn close(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let act = Act {
        field: "result",
        read: |form, _, _, errors| Some(Deed::Closed { result: form.required("result", "結果", NOTE_LIMIT, errors) }),
        done: |_, _| "OODAカードを終えました".to_owned(),
    };
    go_on(visit, (&city, number), form, act).await
}

/// `POST /{city}/staff/cards/{number}/abandonments`. Fields: `seen`, `reason`.
pub async fn give_up(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let act = Act {
        field: "reason",
        read: |form, _, _, errors| Some(Deed::GivenUp { reason: form.required("reason", "取りやめる理由", NOTE_LIMIT, errors) }),
        done: |_, _| "OODAカードを取りやめました".to_owned(),
    };
    go_on(visit, (&city, number), form, act).await
}

/// `POST /{city}/staff/cards/{number}/handovers`. Fields: `seen`, `owner`.
pub async fn hand_over(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let act = Act {
        field: "owner",
        read: |form, filed, council, errors| {
            let to = owner(form, council, &[filed.card.owner]).or_else(|| errors.push("owner", sentences::choose("新しい担当")))?;
            Some(Deed::HandedOver { to })
        },
        done: |deed, council| match deed {
            Deed::HandedOver { to } => format!("{}さんに引き継ぎました", council.name(*to)),
            _ => String::new(),
        },
    };
    go_on(visit, (&city, number), form, act).await
}

async fn go_on(visit: Visit, (city, number): (&str, i32), form: Form, act: Act) -> Result<Response, Refusal> {
    let page = card_url(city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(city).await?;
    let filed = load(&mut tx, number).await?;
    let council = Council::load(&mut tx).await?;
    if form.get("seen") != filed.card.version.to_string() && wrote(&tx, &filed, &council) {
        return overtaken(&visit, &filed, &council, &tx, form, act.field).await;
    }
    let permit = visit.permit(&mut tx, &Action::ActOnCard { may: &council.writing(&filed.card) }).await?;
    let mut errors = FormErrors::default();
    let deed = (act.read)(&form, &filed, &council, &mut errors);
    let Some(deed) = deed.filter(|_| errors.is_empty()) else { return visit.back(&page, form, errors).await };
    if let Err(refused) = filed.card.after(&Event { on: council.today, deed: deed.clone() }) {
        return visit.back(&page, form, FormErrors::one(act.field, refused.label())).await;
    }
    match tx.record_on_card(permit, &filed, &deed).await {
        Err(error) if error.is_conflict_on(STALE_CARD) => {
            let filed = load(&mut tx, number).await?;
            return overtaken(&visit, &filed, &council, &tx, form, act.field).await;
        }
        done => done?,
    }
    tell::owner(&mut tx, number).await?;
    tx.commit().await?;
    visit.go(&page, (act.done)(&deed, &council), "").await
}

async fn load(tx: &mut TenantTx, number: i32) -> Result<CardFile, Refusal> {
    tx.cards(Wanted::One(number)).await?.pop().ok_or(Refusal::NotFound)
}

/// Whether the member may go on with the card, or could before it was handed over: whoever came second loses no text.
fn wrote(tx: &TenantTx, filed: &CardFile, council: &Council) -> bool {
    let owned = filed.history.iter().filter_map(|happened| match happened.event.deed {
        Deed::Opened { owner, .. } => Some(owner),
        Deed::HandedOver { to } => Some(to),
        _ => None,
    });
    tx.member().is_some_and(|me| council.writing(&filed.card).contains(&me.id) || owned.into_iter().any(|owner| owner == me.id))
}

/// Somebody was quicker: what was typed waits in its field, or – where the page no longer has it – stands in the message.
async fn overtaken(
    visit: &Visit,
    filed: &CardFile,
    council: &Council,
    tx: &TenantTx,
    form: Form,
    field: &str,
) -> Result<Response, Refusal> {
    let page = card_url(&tx.city().slug, filed.number);
    let who = filed.history.last().map_or("", |last| last.name.as_str());
    if tx.member().is_some_and(|me| shows(filed, council, me.id, field)) {
        let sentence = format!("画面を開いたあとに、{who}さんが先に書きました。いまの内容を確かめて、必要ならもう一度送ってください。");
        return visit.back(&page, form, FormErrors::one(field, sentence)).await;
    }
    let typed = if field == "owner" { "" } else { form.get(field) };
    let body = match typed.trim() {
        "" => "いまの内容を、この画面で確かめてください。".to_owned(),
        typed => format!("あなたの言葉は保存していません：「{typed}」"),
    };
    visit.go_with(&page, Flash { tone: Tone::Warning, heading: format!("先に、{who}さんが書きました"), body }).await
}
