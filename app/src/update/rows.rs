//! The fields of one report on the page.

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, japan_date},
    obligation::Footing,
    plan::{Part, PlanHead},
};

use rashin_store::responsibility::Responsibility;

use super::bench::{Row, Subject};
use crate::{
    kpi::{
        context::context,
        fields::{Ask, part_fields},
    },
    ui::field::{Filled, Input, TEXT, hidden, input, optional, required, select, textarea},
};

/// `of`: how many there are.
/// `before`: who answered for the KPI, newest first.
pub fn fields(row: &Row<'_>, filled: &Filled, plan: &PlanHead, of: usize, before: &[Responsibility], today: Date) -> AnyView {
    let prefix = row.prefix();
    let named = |field: &str| format!("{prefix}{field}");
    let ours = view! { {hidden(&named("task"), row.key.clone())}{hidden(&named("seen_revision"), row.revision().to_string())} };
    let body = match &row.subject {
        Subject::Kpi(kpi) => {
            let ask = Ask { plan, prefix: &prefix, period: Some(row.task.asked.period) };
            let parts = kpi.parts.iter().map(|part| part_fields(filled, ask, part, legend(row, part, of))).collect_view();
            let note = textarea(filled, &named("note"), &optional("備考"), 1);
            let how = view! { <details class="rashin-fold"><summary>"引き継ぎと数え方"</summary>{context(kpi, before, &row.reports, today)}</details> };
            view! { {parts}{recorded(row)}<div class="rashin-update__more">{note}{evidence(filled, &prefix)}{how}</div> }.into_any()
        }
        Subject::Initiative => initiative(row, filled, plan, of),
    };
    view! { <div class="rashin-update-item" id=format!("report-{}", row.n)>{ours}{returned(row)}{promised(row)}{body}</div> }.into_any()
}

/// Its name, its place among the others, what it belongs to and what is asked.
fn legend(row: &Row<'_>, part: &Part, of: usize) -> AnyView {
    let name = if part.name.is_empty() { row.named.name.clone() } else { format!("{}　{}", row.named.name, part.name) };
    heading(row, name, of)
}

fn heading(row: &Row<'_>, name: String, of: usize) -> AnyView {
    let asked = row.task.asked;
    let proxy = (row.footing == Footing::Deputy).then_some("　代理");
    let overdue = row.task.overdue.then(|| view! { <b class="rashin-update__late">"　期限を過ぎています"</b> });
    view! {
        <span class="rashin-update__name">{name}</span>
        <span class="rashin-update__how">{format!("{}／{of}", row.n)}</span>
        <span class="rashin-update__how">{format!("{}　{}（{}）", row.above, asked.period.label(), asked.maturity.label())}{proxy}{overdue}</span>
    }
    .into_any()
}

fn returned(row: &Row<'_>) -> Option<AnyView> {
    let report = row.returned()?;
    let decision = report.settled()?;
    let who = decision.decider_name.clone().unwrap_or_default();
    let words = format!("{who}：{}", decision.reason);
    Some(
        view! {
            <div class="dads-notification-banner" data-type="warning">
                <p class="dads-notification-banner__heading">"差し戻されています"</p>
                <p class="dads-notification-banner__body">{words}</p>
            </div>
        }
        .into_any(),
    )
}

/// What the review of the year before said that this year would do.
fn promised(row: &Row<'_>) -> Option<AnyView> {
    let words = row.promised()?;
    Some(view! { <p class="rashin-update__promise">{words}</p> }.into_any())
}

/// What the records of trainings say of the figure.
fn recorded(row: &Row<'_>) -> Option<AnyView> {
    let words = row.recorded()?;
    Some(view! { <p class="rashin-update__promise">{words}</p> }.into_any())
}

/// Folded until it is used: a fault in it never hides.
fn evidence(filled: &Filled, prefix: &str) -> AnyView {
    let name = format!("{prefix}link");
    let open = !filled.form.get(&name).is_empty() || filled.errors.of(&name).is_some();
    view! {
        <details class="rashin-fold" open=open><summary>"根拠を付ける"</summary>
            {input(filled, &name, &optional("根拠のリンク").hint("資料のアドレス（https://…）"), TEXT)}
        </details>
    }
    .into_any()
}

fn initiative(row: &Row<'_>, filled: &Filled, plan: &PlanHead, of: usize) -> AnyView {
    let prefix = row.prefix();
    let named = |field: &str| format!("{prefix}{field}");
    let name = |key: &str| plan.phases.iter().find(|phase| phase.key == key).map(|phase| phase.name.clone());
    let planned = row.planned_phase().and_then(|key| name(&key)).map(|phase| (format!("{}の予定", row.year().short()), phase));
    let last = row.last().map(|report| {
        let phase = report.standing.as_ref().and_then(|standing| name(standing.phase.as_deref()?)).unwrap_or_else(|| "報告済み".to_owned());
        (format!("前回 {}", report.period.label()), format!("{phase}（{}）", date_label(japan_date(report.reported_at))))
    });
    let context = [planned, last].into_iter().flatten();
    let context = context.map(|(term, words)| view! { <div><dt>{term}</dt><dd>{words}</dd></div> }).collect_view();
    let phases: Vec<(String, String)> = plan.phases.iter().map(|phase| (phase.key.clone(), phase.name.clone())).collect();
    let slip = [named("slip_years"), named("slip_reason")];
    let is_late = !matches!(filled.form.get(&slip[0]).trim(), "" | "0") || slip.iter().any(|field| filled.errors.of(field).is_some());
    let before = row.last().filter(|report| !report.note.is_empty()).map(|report| {
        view! { <details class="rashin-fold"><summary>"前回の報告"</summary><p class="rashin-prose">{report.note.clone()}</p></details> }
    });
    let years = Input { width: Some("4"), numeric: true, ..TEXT };
    view! {
        <fieldset class="rashin-update">
            <legend class="rashin-update__legend">{heading(row, row.named.name.clone(), of)}</legend>
            <dl class="rashin-update__context">{context}</dl>
            {(!phases.is_empty()).then(|| select(filled, &named("phase"), &required("いまの段階"), &phases, "選択してください"))}
            {textarea(filled, &named("note"), &required("取組の状況").hint("この期間にしたことと、次にすること。"), 2)}
        </fieldset>
        <div class="rashin-update__more">
            <details class="rashin-fold" open=is_late><summary>"予定より遅れているとき"</summary>
                {input(filled, &slip[0], &optional("遅れの年数").hint("ロードマップの予定から何年度遅れているか。遅れがなければ0。"), years)}
                {textarea(filled, &slip[1], &optional("遅れの理由").hint("遅れの年数が1以上のときは必ず入力してください。"), 2)}
            </details>
            {evidence(filled, &prefix)}
            {before}
        </div>
    }
    .into_any()
}
