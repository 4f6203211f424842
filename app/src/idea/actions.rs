//! Sending an idea, and saying what becomes of one.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::{Action, Permit},
    case::content::Content,
    form::{Form, FormErrors},
    idea::Idea,
    kpi::NOTE_LIMIT,
    route::Acts,
    text::sentences,
};
use rashin_store::{
    TenantTx,
    idea::{Becomes, SAID, Sent},
};

use super::{idea_url, ideas_url};
use crate::{
    case::{
        case_url,
        form::{chosen_section, own_sections},
    },
    council::Council,
    web::{Flash, Posted, Refusal, Tone, Visit},
};

/// `POST /{city}/staff/ideas`
pub async fn send(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = ideas_url(&city);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Suggest).await?;
    let idea = match Idea::parse(&form) {
        Ok(idea) => idea,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let me = tx.member().map(|member| member.id);
    // A second click: it is there.
    let there = tx.ideas().await?.into_iter().find(|sent| Some(sent.by) == me && sent.fate.is_none() && sent.idea == idea);
    let number = match there {
        Some(sent) => sent.number,
        None => {
            let number = tx.send_idea(permit, &idea).await?;
            tx.commit().await?;
            number
        }
    };
    visit.go(&idea_url(&city, number), "アイデアを送りました", "答えが出ると、お知らせします。").await
}

/// The idea, and leave to say what becomes of it.
async fn open(visit: &Visit, tx: &mut TenantTx, number: i32) -> Result<(Vec<Sent>, Sent, Council, Permit), Refusal> {
    let all = tx.ideas().await?;
    let sent = all.iter().find(|sent| sent.number == number).cloned().ok_or(Refusal::NotFound)?;
    let council = Council::load(tx).await?;
    let by = council.coe_and_office();
    let permit = visit.permit(tx, &Action::Triage { by: &by }).await?;
    Ok((all, sent, council, permit))
}

/// Writes what becomes of it, and goes on; whoever came second finds what the first one said.
async fn conclude(
    visit: &Visit,
    mut tx: TenantTx,
    (permit, sent, becomes): (Permit, &Sent, Becomes<'_>),
    text: &str,
    to: (&str, &str),
) -> Result<Response, Refusal> {
    let (city, heading) = (tx.city().slug.clone(), to.1);
    match tx.say_fate(permit, sent, becomes, text).await {
        Err(error) if error.is_conflict_on(SAID) => {
            let body = match text.is_empty() {
                true => "この画面で、誰が何と答えたかを確かめてください。".to_owned(),
                false => format!("あなたの言葉は送っていません：「{text}」"),
            };
            let flash = Flash { tone: Tone::Warning, heading: "先に、ほかの人が答えました".to_owned(), body };
            visit.go_with(&idea_url(&city, sent.number), flash).await
        }
        done => {
            done?;
            tx.commit().await?;
            visit.go(to.0, heading, "送った人に知らせました。").await
        }
    }
}

/// `POST /{city}/staff/ideas/{number}/adoptions`: opens a case with it. Fields: `route`, `section` of who works
/// in several, `adoption`.
pub async fn adopt(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = idea_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (_, sent, council, permit) = open(&visit, &mut tx, number).await?;
    let mut errors = FormErrors::default();
    let text = form.text("adoption", "送った人への言葉", NOTE_LIMIT, &mut errors);
    let route = tx.routes_in_use().await?.into_iter().find(|kept| kept.id.to_string() == form.get("route"));
    if route.is_none() {
        errors.push::<()>("route", sentences::choose("案件の経路"));
    }
    let member = tx.member().cloned().ok_or(Refusal::NotFound)?;
    let section = chosen_section(&form, &own_sections(&member, &council), &mut errors);
    let (Some(route), true) = (route, errors.is_empty()) else { return visit.back(&page, form, errors).await };
    let propose = visit.permit(&mut tx, &Action::Propose).await?;
    let content = Content { title: sent.idea.title.clone(), problem: sent.idea.text.clone(), ..Content::default() };
    let acted_as = council.acting_as(&member, &Acts::Proposer);
    let case = tx.open_case(propose, route.id, section, &content, &acted_as).await?;
    let heading = format!("アイデアを採用し、案件 {case}の下書きを作りました");
    conclude(&visit, tx, (permit, &sent, Becomes::Adopted(case)), &text, (&case_url(&city, case), &heading)).await
}

/// `POST /{city}/staff/ideas/{number}/mergers`. Fields: `into`, `merger`.
pub async fn merge(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = idea_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (all, sent, _, permit) = open(&visit, &mut tx, number).await?;
    let mut errors = FormErrors::default();
    let text = form.text("merger", "送った人への言葉", NOTE_LIMIT, &mut errors);
    let into = all.iter().find(|other| other.number != number && other.number.to_string() == form.get("into"));
    if into.is_none() {
        errors.push::<()>("into", sentences::choose("まとめる先"));
    }
    let (Some(into), true) = (into, errors.is_empty()) else { return visit.back(&page, form, errors).await };
    let heading = format!("アイデア {}にまとめました", into.number);
    conclude(&visit, tx, (permit, &sent, Becomes::Merged(into)), &text, (&page, &heading)).await
}

/// `POST /{city}/staff/ideas/{number}/answers`. Fields: `answer`.
pub async fn answer(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = idea_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (_, sent, _, permit) = open(&visit, &mut tx, number).await?;
    let text = match required(&form) {
        Ok(text) => text,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    conclude(&visit, tx, (permit, &sent, Becomes::Answered), &text, (&page, "回答しました")).await
}

fn required(form: &Form) -> Result<String, FormErrors> {
    let mut errors = FormErrors::default();
    let text = form.required("answer", "回答", NOTE_LIMIT, &mut errors);
    if errors.is_empty() { Ok(text) } else { Err(errors) }
}
