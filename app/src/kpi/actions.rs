//! Reporting, deciding, assigning: enter, find, permit, parse, record, commit, go.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use rashin_domain::{
    access::{Action, SectionTree},
    approval::Step,
    form::{Form, FormErrors},
    ids::{ReportId, SectionId},
    kpi::{ActualReport, NOTE_LIMIT},
    obligation::Item,
    period::Period,
};
use rashin_store::{
    report::{DECIDED, Decision, NewReport, Report, STALE, Wanted},
    tenancy::tree,
};

use super::{
    evidence,
    report::{DRAFT, Draft, reportable},
    staff::{Live, staff_url},
};
use crate::web::{Posted, Refusal, Visit};

/// Reads the form and keeps it as a draft to be checked.
pub async fn check_report(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(mut form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/report", staff_url(&city, &code));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let live = Live::load(&mut tx, &code).await?;
    let sections = tree(&live.sections);
    let _may = visit.permit(&mut tx, &Action::Report { responsible: live.responsible_id(), sections: &sections }).await?;
    let reports = tx.reports(Wanted::Kpi(&code)).await?;
    let period = Period::parse(form.get("period")).ok();
    // The revision that the page showed for the chosen year.
    let seen = period.map(|period| form.get(&format!("seen.{period}")).to_owned()).unwrap_or_default();
    form.set("seen_revision", seen);
    let stands = reports.iter().any(|report| Some(report.period) == period && report.is_newest && !report.is_returned());
    let (settings, files, today) = (tx.settings().await?, tx.evidence().await?, tx.today());
    let parsed = ActualReport::parse(&form, &live.head, &live.kpi, &reportable(&live.head, today), stands, today);
    let proved = |report: &ActualReport| evidence::missing(&settings, &live.head, &live.kpi, report, &files, today);
    match parsed.and_then(|report| proved(&report).map(|()| report)) {
        Ok(report) => {
            let id = ReportId(visit.app.db.ids.uuid(tx.now()));
            visit.session.insert(DRAFT, Draft { id, tenant: tx.city().id, code, report, form }).await?;
            Ok(Redirect::to(&format!("{page}/check")).into_response())
        }
        Err(errors) => visit.back(&page, form, errors).await,
    }
}

/// Submits the checked draft. A second click finds the report that the first one made.
pub async fn submit_report(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let check = format!("{}/report/check", staff_url(&city, &code));
    if visit.who.is_none() {
        return Err(Refusal::SignedOut { back: check });
    }
    let mut tx = visit.enter(&city).await?;
    let live = Live::load(&mut tx, &code).await?;
    let draft =
        visit.session.get::<Draft>(DRAFT).await?.filter(|draft| draft.is_of(&tx, &code) && draft.id.to_string() == form.get("draft"));
    let Some(draft) = draft else {
        // Already submitted (a double click), or another window began anew.
        let id: ReportId = form.get("draft").parse().map_err(|_| Refusal::NotFound)?;
        let report = tx.report(id).await?;
        return Ok(Redirect::to(&format!("/{city}/staff/reports/{}", report.id)).into_response());
    };
    let sections = tree(&live.sections);
    let permit = visit.permit(&mut tx, &Action::Report { responsible: live.responsible_id(), sections: &sections }).await?;
    let item = Item::Kpi(tx.kpi_id(&code).await?);
    let new = NewReport { id: draft.id, item: &item, code: &code, said: &draft.report, section: live.responsible_id() };
    let approval = tx.settings().await?.approval;
    match tx.record_report(permit, &new, approval).await {
        Ok(()) => {}
        // Both halves of a double click at once.
        Err(error) if error.is_conflict_on("reports_pkey") => {
            return Ok(Redirect::to(&format!("/{city}/staff/reports/{}", draft.id)).into_response());
        }
        // The check page shows both values.
        Err(error) if error.is_conflict_on(STALE) => return Ok(Redirect::to(&check).into_response()),
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    visit.session.remove_value(DRAFT).await?;
    let next = "承認者が確認します。承認されるまで、公開ページの値は変わりません。";
    visit.go(&format!("/{city}/staff/reports/{}", draft.id), "提出しました", next).await
}

pub async fn approve(visit: Visit, Path((city, report)): Path<(String, ReportId)>) -> Result<Response, Refusal> {
    decide(visit, city, report, None).await
}

pub async fn send_back(visit: Visit, Path((city, report)): Path<(String, ReportId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/reports/{report}");
    visit.or_hold(&page, &form).await?;
    let mut errors = FormErrors::default();
    let reason = form.required("reason", "差戻しの理由", NOTE_LIMIT, &mut errors);
    if !errors.is_empty() {
        // Only a member may learn that the report exists, even by an error.
        visit.enter(&city).await?.report(report).await?;
        return visit.back(&page, form, errors).await;
    }
    decide(visit, city, report, Some(reason)).await
}

/// Approves, or returns with a reason.
async fn decide(visit: Visit, city: String, id: ReportId, returned: Option<String>) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/reports/{id}");
    let mut tx = visit.enter(&city).await?;
    let report = tx.report(id).await?;
    let (settings, tree) = (tx.settings().await?, tree(&tx.sections().await?));
    let waits_for = report.waits_for(settings.approval);
    let responsible = tx.responsible_section(&report.item).await?.map(|(id, _)| id);
    let may = action(waits_for.unwrap_or(Step::Chief), &report, responsible, &tree, settings.own_approval);
    let permit = visit.permit(&mut tx, &may).await?;
    if !report.is_newest {
        return Err(Refusal::Conflict {
            what: "この報告のあとに、新しい報告が出ています。新しい報告を確認してください。".to_owned(),
            back: page,
        });
    }
    let Some(step) = waits_for else { return Err(decided_before(page)) };
    let approved = returned.is_none();
    let settles = !approved || settings.approval.settles(step);
    let decision = Decision { step, approved, settles, reason: returned.as_deref().unwrap_or_default() };
    match tx.decide_report(permit, &report, &decision).await {
        Ok(()) => {}
        Err(error) if error.is_conflict_on(DECIDED) => return Err(decided_before(page)),
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    match (approved, settles) {
        (true, true) => visit.go(&page, "承認しました", "次に公表する版から、公開ページに反映されます。").await,
        (true, false) => visit.go(&page, "承認しました", "このあと事務局が確認します。").await,
        (false, _) => visit.go(&page, "差し戻しました", "理由は報告者の画面に表示されます。").await,
    }
}

fn decided_before(back: String) -> Refusal {
    Refusal::Conflict { what: "この報告は、先にほかの人が承認または差戻しをしています。".to_owned(), back }
}

/// What deciding about a report at a step is.
pub fn action<'a>(step: Step, report: &Report, responsible: Option<SectionId>, sections: &'a SectionTree, own: bool) -> Action<'a> {
    match step {
        Step::Office => Action::Confirm { reporter: report.reporter, own },
        Step::Unasked | Step::Chief => Action::Decide { responsible, sections, reporter: report.reporter, own },
    }
}

/// Makes a section responsible for the KPI.
pub async fn assign(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = staff_url(&city, &code);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    tx.kpi_id(&code).await?;
    let permit = visit.permit(&mut tx, &Action::Assign).await?;
    let section = match chosen_section(&form, &tx.sections().await?) {
        Ok(section) => section,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    tx.assign_section(permit, &code, section.as_ref().map(|(id, _)| *id)).await?;
    tx.commit().await?;
    let words = section.map_or_else(|| "担当課なしにしました".to_owned(), |(_, name)| format!("担当課を「{name}」にしました"));
    visit.go(&page, words, "").await
}

fn chosen_section(form: &Form, sections: &[rashin_store::tenancy::Section]) -> Result<Option<(SectionId, String)>, FormErrors> {
    let chosen = form.get("section");
    if chosen.is_empty() {
        return Ok(None);
    }
    let known = sections.iter().find(|section| section.id.to_string() == chosen);
    known
        .map(|section| Some((section.id, section.name.clone())))
        .ok_or_else(|| FormErrors::one("section", "担当課を一覧から選択してください。"))
}
