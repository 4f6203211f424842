//! What whoever reports a KPI should know of those who did before: who they were, what they noted, how it is counted.

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, japan_date},
    plan::Kpi,
};
use rashin_store::{report::Report, responsibility::Responsibility};

use crate::organisation::span_label;

/// How many earlier reports are shown.
const REPORTS: usize = 2;

/// Stands beside the fields of a KPI. `responsibilities` and `reports`: of this KPI, newest first.
pub fn context(kpi: &Kpi, responsibilities: &[Responsibility], reports: &[&Report], today: Date) -> AnyView {
    let mut rows: Vec<(&'static str, AnyView)> = Vec::new();
    let before = responsibilities.iter().filter(|one| one.span.until.is_some_and(|until| until < today));
    for one in before {
        let person = one.person.as_ref().map(|name| format!("　{name}")).unwrap_or_default();
        rows.push(("前の担当", format!("{}{person}（{}）", one.name, span_label(one.span)).into_any()));
    }
    for report in reports.iter().filter(|report| !report.is_returned()).take(REPORTS) {
        rows.push(("前の報告", said(kpi, report)));
    }
    let counted = [("数え方", &kpi.how_to_count), ("算式", &kpi.formula), ("データの出所", &kpi.source)];
    let known = counted.into_iter().filter(|(_, words)| !words.is_empty());
    let known: Vec<_> = known.map(|(term, words)| (term, words.clone().into_any())).collect();
    if known.is_empty() {
        rows.push(("数え方", view! { <span class="rashin-unknown">"計画に記載なし"</span> }.into_any()));
    }
    rows.extend(known);
    let rows = rows.into_iter().map(|(term, words)| view! { <div><dt>{term}</dt><dd>{words}</dd></div> });
    view! { <dl class="dads-description-list" data-narrow="">{rows.collect_view()}</dl> }.into_any()
}

/// A figure, who reported it and what they noted.
fn said(kpi: &Kpi, report: &Report) -> AnyView {
    let who = match &report.reporter_name {
        Some(name) => format!("{} {name}", report.section_name.clone().unwrap_or_default()),
        None => "取り込み".to_owned(),
    };
    let figure = format!("{}　{}（{}）", report.period.label(), report.printed(kpi), report.maturity.label());
    let who = format!("{}　{}", who.trim(), date_label(japan_date(report.reported_at)));
    let note = (!report.note.is_empty()).then(|| view! { <span class="dads-table__sub">{format!("備考：{}", report.note)}</span> });
    let reason =
        (!report.reason.is_empty()).then(|| view! { <span class="dads-table__sub">{format!("訂正の理由：{}", report.reason)}</span> });
    view! { {figure}<span class="dads-table__sub">{who}</span>{note}{reason} }.into_any()
}
