//! Reporting, deciding, assigning: enter, find, permit, parse, record, commit, go.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use rashin_domain::{
    access::{Action, SectionTree},
    approval::Step,
    form::{Form, FormErrors},
    ids::{ReportId, SectionId},
    kpi::{ActualReport, Maturity, NOTE_LIMIT},
    obligation::Item,
    period::Period,
    round::Asked,
};
use rashin_store::{
    owed::Locks,
    report::{DECIDED, Decision, LOCKED, NewReport, Report, STALE, Wanted},
    responsibility,
    tenancy::tree,
};

use super::{
    evidence,
    report::{DRAFT, Draft, correction, reportable},
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
    let item = Item::Kpi(tx.kpi_id(&code).await?);
    let (locks, today) = (tx.locks(&item).await?, tx.today());
    let maturity = Maturity::from_code(form.get("maturity"));
    let asked = period.zip(maturity).map(|(period, maturity)| Asked { period, maturity });
    let bound = asked.map(|asked| locked(&locks, &live, asked, form.get("reason"), today)).unwrap_or_default();
    // A more settled figure takes the place of a preliminary one as a matter of course; what is bound says so itself.
    let stands =
        |report: &Report| Some(report.period) == period && Some(report.maturity) >= maturity && report.is_newest && !report.is_returned();
    let stands = bound.is_empty() && reports.iter().any(stands);
    let (settings, files) = (tx.settings().await?, tx.evidence().await?);
    let read = match ActualReport::parse(&form, &live.head, &live.kpi, &reportable(&live.head, &locks, today), stands, today) {
        Ok(report) if bound.is_empty() => evidence::missing(&settings, &live.head, &live.kpi, &report, &files, today).map(|()| report),
        Ok(_) => Err(bound),
        Err(errors) => Err(errors.and(bound)),
    };
    match read {
        Ok(report) => {
            let id = ReportId(visit.app.db.ids.uuid(tx.now()));
            visit.session.insert(DRAFT, Draft { id, tenant: tx.city().id, code, report, form }).await?;
            Ok(Redirect::to(&format!("{page}/check")).into_response())
        }
        Err(errors) => visit.back(&page, form, errors).await,
    }
}

/// Why a correction of a locked figure cannot be taken as it is.
fn locked(locks: &Locks, live: &Live, asked: Asked, reason: &str, today: Date) -> FormErrors {
    match correction(locks, live, asked, today) {
        Some(sentence) if live.responsible.is_none() => FormErrors::one("period", sentence),
        Some(sentence) if reason.trim().is_empty() => FormErrors::one("reason", format!("{sentence}訂正の理由を入力してください。")),
        _ => FormErrors::default(),
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
        // The round was closed or locked after the check.
        Err(error) if error.is_conflict_on(LOCKED) => {
            let said = &draft.report;
            let asked = Asked { period: said.period, maturity: said.maturity };
            let errors = locked(&tx.locks(&item).await?, &live, asked, &said.reason, tx.today());
            return visit.back(&format!("{}/report", staff_url(&city, &code)), draft.form, errors).await;
        }
        Err(error) => return Err(error.into()),
    }
    let counts = tx.report(draft.id).await?.settled().is_some();
    tx.commit().await?;
    visit.session.remove_value(DRAFT).await?;
    let next = match counts {
        true => "次に公表する版から、公開ページに反映されます。",
        false => "承認者が確認します。承認されるまで、公開ページの値は変わりません。",
    };
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
    let answering: Vec<_> = tx.answering(&report.item).await?.into_iter().map(|(id, _)| id).collect();
    let responsible = report.decided_by(&answering);
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
    tx.remind_about(&[&report.item]).await?;
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

/// Makes a section responsible for the KPI from today on. Who was named in it stays named.
pub async fn assign(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = staff_url(&city, &code);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let item = Item::Kpi(tx.kpi_id(&code).await?);
    let permit = visit.permit(&mut tx, &Action::Assign).await?;
    let section = match chosen_section(&form, &tx.sections().await?) {
        Ok(section) => section,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let before = tx.responsible_section(&item).await?.map(|(id, _)| id);
    if before != section.as_ref().map(|(id, _)| *id) {
        let owner = section.as_ref().map(|(id, _)| responsibility::Owner { section: *id, person: None, deputy: None });
        let today = tx.today();
        let items = [(item, code)];
        tx.hand_over(permit, &items, owner.as_ref(), today).await?;
        tx.remind_about(&[&items[0].0]).await?;
        tx.commit().await?;
    }
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
