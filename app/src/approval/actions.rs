//! Deciding about many reports: each is decided as it was seen, or left alone.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    approval::Step,
    form::{Form, FormErrors},
    ids::ReportId,
    kpi::NOTE_LIMIT,
};
use rashin_store::{
    StoreError,
    report::{DECIDED, Decision},
};

use super::{Deciders, approvals_url};
use crate::web::{Flash, Posted, Refusal, Tone, Visit};

/// `POST /{city}/staff/approvals`: those that were chosen, or all that were shown.
pub async fn approve(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    decide(visit, city, form, None).await
}

/// `POST /{city}/staff/returns`: those that were chosen, with one reason.
pub async fn send_back(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let mut errors = FormErrors::default();
    let reason = form.required("reason", "差戻しの理由", NOTE_LIMIT, &mut errors);
    if errors.is_empty() {
        return decide(visit, city, form, Some(reason)).await;
    }
    let page = approvals_url(&city);
    visit.or_hold(&page, &form).await?;
    visit.enter(&city).await?;
    visit.back(&page, form, errors).await
}

/// The reports that a form decides about, with the step at which each was seen to wait.
fn chosen(form: &Form) -> Vec<(ReportId, Step)> {
    let all = form.get("which") == "all";
    let shown = form.iter().filter_map(|(name, step)| Some((name.strip_prefix("step.")?, Step::from_code(step)?)));
    let wanted = shown.filter(|(id, _)| all || form.get(&format!("report.{id}")) == "on");
    wanted.filter_map(|(id, step)| Some((id.parse().ok()?, step))).collect()
}

async fn decide(visit: Visit, city: String, form: Form, returned: Option<String>) -> Result<Response, Refusal> {
    let page = approvals_url(&city);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let chosen = chosen(&form);
    if chosen.is_empty() {
        let what = if returned.is_some() { "差し戻す" } else { "承認する" };
        return visit.back(&page, form, FormErrors::one("chosen", format!("{what}報告を、表の左の欄で選んでください。"))).await;
    }
    let deciders = Deciders::load(&mut tx).await?;
    let approved = returned.is_none();
    let (mut decided, mut left) = (Vec::new(), Vec::new());
    for (id, step) in chosen {
        let report = match tx.report(id).await {
            Err(StoreError::NotFound) => return Err(Refusal::NotFound),
            report => report?,
        };
        // Somebody decided, or a newer report came, since the page was opened.
        if report.waits_for(deciders.settings.approval) != Some(step) {
            left.push(report.name);
            continue;
        }
        let permit = visit.permit(&mut tx, &deciders.action(&report, step)).await?;
        let settles = !approved || deciders.settings.approval.settles(step);
        let decision = Decision { step, approved, settles, reason: returned.as_deref().unwrap_or_default() };
        match tx.decide_report(permit, &report, &decision).await {
            Ok(()) => decided.push(report.item),
            Err(error) if error.is_conflict_on(DECIDED) => left.push(report.name),
            Err(error) => return Err(error.into()),
        }
    }
    tx.remind_about(&decided.iter().collect::<Vec<_>>()).await?;
    tx.commit().await?;
    let done = decided.len();
    let heading = match (approved, done) {
        (_, 0) => "先に決められていたため、何もしていません".to_owned(),
        (true, done) => format!("{done}件を承認しました"),
        (false, done) => format!("{done}件を差し戻しました"),
    };
    let mut body = match (approved, done) {
        (_, 0) => String::new(),
        (true, _) => "最後の承認が済んだものは、次に公表する版から公開ページに反映されます。".to_owned(),
        (false, _) => "理由は報告者の画面に表示されます。".to_owned(),
    };
    if !left.is_empty() {
        let names: Vec<_> = left.iter().map(|name| format!("「{name}」")).collect();
        body.push_str(&format!("先にほかの人が決めたか、新しい報告が出たため、そのままにしたもの：{}", names.concat()));
    }
    let tone = if left.is_empty() { Tone::Success } else { Tone::Warning };
    visit.go_with(&page, Flash { tone, heading, body }).await
}
