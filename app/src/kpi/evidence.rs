//! What proves a figure: a link, or a file that was named evidence of its period.

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    approval::Settings,
    attachment::SubjectKind,
    clock::FiscalYear,
    form::FormErrors,
    kpi::ActualReport,
    period::Period,
    plan::{Kpi, PlanHead},
    progress::{Status, judge_by},
};
use rashin_store::{
    attachment::{Attachment, Subject},
    report::Report,
};

use super::fields::with_report;
use crate::attachment::link;

/// How many fiscal years back a file can be named evidence of.
const YEARS_BACK: i16 = 4;

/// The fault of a report that makes its KPI 達成 and proves it by nothing, where the tenant asks for proof.
pub fn missing(
    settings: &Settings,
    plan: &PlanHead,
    kpi: &Kpi,
    report: &ActualReport,
    files: &[Attachment],
    today: Date,
) -> Result<(), FormErrors> {
    let subject = Subject { kind: SubjectKind::Kpi, plan: None, key: kpi.code.clone() };
    let proved = !report.link.is_empty() || files.iter().any(|file| file.proves(&subject, report.period));
    let achieved = || judge_by(&plan.grades, plan, &with_report(kpi, report), today).status == Status::Achieved;
    if proved || !settings.evidence_required || !achieved() {
        return Ok(());
    }
    let words = format!(
        "「達成」になる報告には、根拠が要ります。根拠のリンクを入力するか、指標の添付ファイルに{}の根拠を添付してください。",
        report.period.label()
    );
    Err(FormErrors::one("link", words))
}

/// Periods that an uploaded file can be evidence of, newest first: (code, words).
pub fn periods(today: Date) -> Vec<(String, String)> {
    let FiscalYear(current) = FiscalYear::of(today);
    let years = (current - YEARS_BACK..=current).rev().map(FiscalYear);
    let of_year = |year| [Period::FiscalYear(year), Period::Half(year, 2), Period::Half(year, 1)];
    years.flat_map(of_year).map(|period| (period.to_string(), period.label())).collect()
}

/// The files that prove a report, as links; `None` without any.
pub fn links(city: &str, report: &Report, files: &[Attachment]) -> Option<AnyView> {
    let subject = Subject::of(&report.item, &report.code);
    let proving: Vec<_> = files.iter().filter(|file| file.proves(&subject, report.period)).collect();
    (!proving.is_empty())
        .then(|| proving.into_iter().map(|file| view! { <span class="rashin-parts">{link(city, file)}</span> }).collect_view().into_any())
}
