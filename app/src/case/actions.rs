//! What is done at a stage: a decision, a remark, a withdrawal.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Action,
    case::{Act, At, Event, Refused, Remark, Standing},
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    route::{Outcome, Requirement, Stage},
    text::sentences,
};
use rashin_store::{
    TenantTx,
    case::{CaseFile, STALE_EVENT},
};

use super::{
    adoption, case_url,
    form::{load, permit_to_act},
    page::is_decided_elsewhere,
    tell,
};
use crate::{
    council::{Council, proposal},
    meeting,
    web::{Flash, Posted, Refusal, Tone, Visit},
};

/// Longest 文書番号.
const DOCUMENT_LIMIT: usize = 60;

/// `POST /{city}/staff/cases/{number}/decisions`. Fields: `seen` (the case's version), `outcome`, `reason`, `document`, `until_*`,
/// `decided_*`, `meeting`.
pub async fn decide(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = case_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    if form.get("seen") != seen(&filed, &council) && acted_at_seen(&tx, &form, &filed, &council) {
        return overtaken(&visit, &page, form).await;
    }
    let permit = permit_to_act(&visit, &mut tx, &council, &filed).await?;
    let (Standing::At(at), Some(member)) = (council.standing(&filed), tx.member().cloned()) else { return Err(Refusal::NotFound) };
    let stage = filed.route.stage(&at.stage).ok_or(Refusal::NotFound)?;
    let met = meeting::of_case::held(&mut tx, &filed, &council).await?;
    let chosen = meeting::of_case::choose(&form, &met, stage, filed.id);
    let (act, document) = match (read(&form, &filed, stage, &at, &council, !met.is_empty()), &chosen) {
        (Ok(read), Ok(_)) => read,
        (read, chosen) => {
            let errors = read.err().unwrap_or_default().and(chosen.as_ref().err().cloned().unwrap_or_default());
            return visit.back(&page, form, errors).await;
        }
    };
    if adoption::lacks(&mut tx, &filed, stage, &act).await? {
        return visit.back(&page, form, FormErrors::one("outcome", adoption::LACKS.to_owned())).await;
    }
    let acted_as = council.acting_as(&member, &stage.acts);
    match tx.record_event(permit, &filed, &act, &acted_as, &document).await {
        Err(error) if error.is_conflict_on(STALE_EVENT) => return overtaken(&visit, &page, form).await,
        done => done?,
    }
    if let Some(point) = chosen.ok().flatten() {
        tx.tie_outcome(point, filed.id, filed.case.version, None).await?;
    }
    tell::what_happened(&mut tx, number).await?;
    tx.commit().await?;
    let words = match &act {
        Act::Decided { outcome, .. } => format!("「{}」を「{}」としました", stage.name, outcome.label()),
        Act::Opened | Act::Withdrawn { .. } | Act::HandedOver { .. } => "記録しました".to_owned(),
    };
    visit.go(&page, words, "").await
}

/// What a page showed: the events, and where time had brought the case by itself.
pub fn seen(filed: &CaseFile, council: &Council) -> String {
    match council.standing(filed) {
        Standing::At(at) => format!("{}.{}", filed.case.version, at.stage),
        Standing::Ended { .. } => format!("{}.", filed.case.version),
    }
}

/// Whether the member may act at the stage that the form was made for: whoever came second there loses no text.
fn acted_at_seen(tx: &TenantTx, form: &Form, filed: &CaseFile, council: &Council) -> bool {
    let stage = form.get("seen").split_once('.').and_then(|(_, stage)| filed.route.stage(stage));
    let member = tx.member().map(|member| member.id);
    stage.zip(member).is_some_and(|(stage, member)| council.town().may(member, &stage.acts, proposal(filed)))
}

/// Somebody was quicker: what was typed waits in the form, beside what is new.
async fn overtaken(visit: &Visit, page: &str, form: Form) -> Result<Response, Refusal> {
    let sentence = "この案件は、画面を開いたあとに先へ進みました。いまの段階を確かめて、必要ならもう一度記録してください。入力した理由は残してあります。";
    visit.back(page, form, FormErrors::one("outcome", sentence)).await
}

/// Reads a decision at a stage. `met`: the body had the case before it since it came there.
pub fn read(form: &Form, filed: &CaseFile, stage: &Stage, at: &At, council: &Council, met: bool) -> Result<(Act, String), FormErrors> {
    let mut errors = FormErrors::default();
    let reason = form.text("reason", "理由", NOTE_LIMIT, &mut errors);
    let document = form.text("document", "文書番号", DOCUMENT_LIMIT, &mut errors);
    let until = form.date("until", "トライアルの終わる日", &mut errors).flatten();
    let decided_on = if is_decided_elsewhere(stage) { form.date("decided", "決定日", &mut errors).flatten() } else { None };
    let outcome = Outcome::from_code(form.get("outcome")).filter(|outcome| stage.way(*outcome).is_some());
    let Some(outcome) = outcome else {
        errors.push::<()>("outcome", sentences::choose("結果"));
        return Err(errors);
    };
    let missing: Vec<&str> = missing(filed, stage, at, outcome, met).into_iter().map(Requirement::label).collect();
    if !missing.is_empty() {
        errors
            .push::<()>("outcome", format!("「{}」とするには、{}が要ります。先に入力してください。", outcome.label(), missing.join("、")));
    }
    let act = Act::Decided { stage: stage.key.clone(), outcome, reason, until, decided_on };
    let by = filed.case.proposer;
    if let Err(refused) = filed.case.after(&filed.route, &Event { on: council.today, by, act: act.clone() }) {
        let field = match refused {
            Refused::NoReason => "reason",
            Refused::NoEndOfTrial | Refused::EndOfTrialIsPast => "until_year",
            Refused::DecidedLater | Refused::DecidedBefore => "decided_year",
            _ => "outcome",
        };
        errors.push::<()>(field, refused.label().to_owned());
    }
    if errors.is_empty() { Ok((act, document)) } else { Err(errors) }
}

/// What an outcome takes and is not there yet. An opinion counts from the time that the case came to its stage, and so does a
/// meeting: `met`.
pub fn missing(filed: &CaseFile, stage: &Stage, at: &At, outcome: Outcome, met: bool) -> Vec<Requirement> {
    // The version at which the case came to its stage: that of the last decision, else of the opening.
    let came = filed.events.iter().rposition(|happened| matches!(happened.event.act, Act::Decided { .. })).map_or(1, |at| at + 1);
    let said = |kind: Remark| filed.remarks.iter().any(|said| said.kind == kind && said.version as usize >= came);
    let ever = |kind: Remark| filed.remarks.iter().any(|said| said.kind == kind);
    let lacks = |requirement: &Requirement| match requirement {
        Requirement::Bpr | Requirement::Costs => filed.newest.content.lacks(*requirement),
        Requirement::Opinion => !said(Remark::Opinion),
        Requirement::Result => !ever(Remark::Result),
        Requirement::Meeting => !met,
    };
    at.required(stage, outcome).into_iter().filter(lacks).collect()
}

/// `POST /{city}/staff/cases/{number}/remarks`: an opinion, or the result of a trial, by whose turn it is or who proposed it.
pub async fn remark(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = case_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let member = tx.member().cloned().ok_or(Refusal::NotFound)?;
    let speaks = council.members.iter().map(|member| member.id).filter(|id| council.may_act(&filed, *id) || filed.authors.contains(id));
    let permit = visit.permit(&mut tx, &Action::ActOnCase { turn: &speaks.collect() }).await?;
    let kind = Remark::from_code(form.get("kind")).unwrap_or(Remark::Opinion);
    let mut errors = FormErrors::default();
    let text = form.required("text", kind.label(), NOTE_LIMIT, &mut errors);
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    let acted_as = acted_as(&council, &filed, &member);
    tx.remark(permit, &filed, kind, &text, &acted_as).await?;
    tx.commit().await?;
    visit.go(&page, format!("{}を記録しました", kind.label()), "").await
}

fn acted_as(council: &Council, filed: &CaseFile, member: &rashin_domain::access::Member) -> String {
    match council.turn(filed) {
        Some((acts, _)) if council.may_act(filed, member.id) => council.acting_as(member, acts),
        _ => council.acting_as(member, &rashin_domain::route::Acts::Proposer),
    }
}

/// `POST /{city}/staff/cases/{number}/withdrawals`: by who proposed it.
pub async fn withdraw(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = case_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let member = tx.member().cloned().ok_or(Refusal::NotFound)?;
    let permit = visit.permit(&mut tx, &Action::ActOnCase { turn: &filed.authors.iter().copied().collect() }).await?;
    let mut errors = FormErrors::default();
    let reason = form.required("withdrawal", "取り下げる理由", NOTE_LIMIT, &mut errors);
    let act = Act::Withdrawn { reason };
    if errors.is_empty()
        && let Err(refused) = filed.case.after(&filed.route, &Event { on: council.today, by: member.id, act: act.clone() })
    {
        errors.push::<()>("withdrawal", refused.label().to_owned());
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    let acted_as = council.acting_as(&member, &rashin_domain::route::Acts::Proposer);
    match tx.record_event(permit, &filed, &act, &acted_as, "").await {
        Err(error) if error.is_conflict_on(STALE_EVENT) => return overtaken(&visit, &page, form).await,
        done => done?,
    }
    tell::what_happened(&mut tx, number).await?;
    tx.commit().await?;
    let flash =
        Flash { tone: Tone::Success, heading: "案件を取り下げました".to_owned(), body: "記録は残ります。".to_owned() };
    visit.go_with(&page, flash).await
}
