//! The fields of a figure, and what stands beside them: the same in the report of one KPI and in わたしの更新.

use leptos::prelude::*;
use rashin_domain::{
    accumulate::{Entered, before},
    clock::FiscalYear,
    kpi::{Accumulation, ActualReport, Answer, Role},
    period::Period,
    plan::{Actual, Kpi, Part, PlanHead},
    value::{Value, ValueKind},
};

use rashin_workbook::states;

use super::islands::{HintFor, RateHint, hint};
use crate::ui::field::{Filled, Input, Label, TEXT, date, id_of, input, radios, required, select, textarea};

/// What a figure is asked for.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub plan: &'a PlanHead,
    /// Stands before the names of the fields.
    pub prefix: &'a str,
    /// `None` where the period is chosen in the same form.
    pub period: Option<Period>,
}

impl Ask<'_> {
    fn named(&self, field: &str, part: &Part) -> String {
        format!("{}{field}.{}", self.prefix, part.key)
    }
}

/// The fields of one part under a legend.
pub fn part_fields(filled: &Filled, ask: Ask<'_>, part: &Part, legend: AnyView) -> impl IntoView + use<> {
    let named = |field: &str| ask.named(field, part);
    let answers: Vec<_> = Answer::ALL.iter().map(|a| (a.code(), a.label().to_owned())).collect();
    let fact = |(label, value): (String, Value)| view! { <div><dt>{label}</dt><dd>{value.with_unit(&part.unit)}</dd></div> };
    let context = [previous(part, ask.period).map(fact), next_target(part, ask.period).map(fact)].into_iter().flatten().collect_view();
    let hint = HintFor { field: id_of(&named("value")), ..about(part, ask.period) };
    let with_hint = part.kind.has_unit();
    let figure = figure(filled, ask, part);
    let month = [(named("expected_year"), "年"), (named("expected_month"), "月")];
    view! {
        <fieldset class="rashin-update">
            <legend class="rashin-update__legend">{legend}</legend>
            <dl class="rashin-update__context">{context}</dl>
            {radios(filled, &named("answer"), &required("報告のしかた"), &answers)}
            <div class="rashin-update__field" data-when="figure">{figure}{with_hint.then(|| view! { <RateHint about=hint/> })}</div>
            <div data-when="collecting">
                {date(filled, &required("集計できる見込み").hint("西暦で入力。例：2026年12月"), &month)}
            </div>
            <p class="note" data-when="not_applicable">"該当なしとするときは、理由を備考に入力してください。"</p>
        </fieldset>
    }
}

/// What the figure is called, with its unit.
fn label(ask: Ask<'_>, part: &Part) -> Label {
    let of = ask.period.map(|period| format!("{}の", period.label())).unwrap_or_default();
    required(if part.unit.is_empty() { format!("{of}実績値") } else { format!("{of}実績値（単位：{}）", part.unit) })
}

fn figure(filled: &Filled, ask: Ask<'_>, part: &Part) -> AnyView {
    let (value, label) = (ask.named("value", part), label(ask, part));
    let number = |hint: &str, numeric: bool| {
        let label = if hint.is_empty() { label.clone() } else { label.clone().hint(hint) };
        input(filled, &value, &label, Input { width: Some("8"), numeric, ..TEXT }).into_any()
    };
    match part.kind {
        ValueKind::YesNo => radios(filled, &value, &label, &[("はい", "はい".to_owned()), ("いいえ", "いいえ".to_owned())]).into_any(),
        ValueKind::Text => textarea(filled, &value, &label, 3).into_any(),
        ValueKind::Milestone => match states(part) {
            states if states.is_empty() => {
                input(filled, &value, &label.hint("段階の番号と名前を「2：設計」のように入力。"), TEXT).into_any()
            }
            states => {
                let states: Vec<_> = states.into_iter().map(|state| (state.clone(), state)).collect();
                select(filled, &value, &label, &states, "選択してください").into_any()
            }
        },
        ValueKind::Ratio => number("数と全体の数を「12/63」のように入力。", true),
        ValueKind::Score => number("点数と回答数を「3.8（N=120）」のように入力。", false),
        ValueKind::Number if part.accumulation == Accumulation::Cumulative => {
            view! { {number("", true)}{entered(filled, ask, part)} }.into_any()
        }
        ValueKind::Number => number("", true),
    }
}

/// Which of the two figures of a cumulative KPI is typed; nothing where only the total can be.
fn entered(filled: &Filled, ask: Ask<'_>, part: &Part) -> Option<AnyView> {
    let before = ask.period.map(|period| before(ask.plan, part, period).map(|total| (period, total)));
    let hint = match before {
        Some(Err(_)) => return None,
        Some(Ok((period, total))) => {
            let year = FiscalYear(period.fiscal_year().0 - 1);
            format!("{}末までの累計は{}です。もう一方は計算します。", year.short(), Value::number(total).with_unit(&part.unit))
        }
        None => "もう一方は計算します。".to_owned(),
    };
    let options: Vec<_> = [Entered::Total, Entered::Year].iter().map(|one| (one.code(), one.label().to_owned())).collect();
    Some(radios(filled, &ask.named("entered", part), &required("入力した値").hint(hint), &options).into_any())
}

/// The target that a figure is for: the first one from its year on, or after the newest figure; else the last.
fn next_target(part: &Part, period: Option<Period>) -> Option<(String, Value)> {
    let newest = part.actuals.last().map(|a| a.period.fiscal_year());
    let targets = || part.points.iter().filter(|p| p.role != Role::Baseline && p.value.is_known());
    let is_ahead = |year: FiscalYear| match period {
        Some(period) => year >= period.fiscal_year(),
        None => newest.is_none_or(|newest| year > newest),
    };
    let point = targets().find(|p| is_ahead(p.period.fiscal_year())).or(targets().next_back())?;
    Some((format!("{}の目標", point.period.fiscal_year().short()), point.value.clone()))
}

/// The KPI as it would be with the report accepted.
pub fn with_report(kpi: &Kpi, report: &ActualReport) -> Kpi {
    let mut kpi = kpi.clone();
    for part in &mut kpi.parts {
        let Some((_, value)) = report.values.iter().find(|(key, _)| *key == part.key) else { continue };
        part.actuals.retain(|actual| actual.period != report.period);
        part.actuals.push(Actual {
            period: report.period,
            revision: report.seen_revision + 1,
            value: value.clone(),
            maturity: report.maturity,
            as_of: report.as_of,
            note: report.note.clone(),
            link: report.link.clone(),
            section: String::new(),
            replaced: Vec::new(),
            provenance: Default::default(),
        });
        part.actuals.sort_by_key(|actual| actual.period.last_day());
    }
    kpi
}

/// What the island said while typing.
pub fn meaning(part: &Part, value: &Value, period: Period) -> Option<String> {
    let about = about(part, Some(period));
    let words = hint(&about, &value.plain());
    (value.is_known() && !words.is_empty()).then_some(words)
}

/// What a figure of the period is compared with: the figure before it and the next target. Without a period: the newest.
pub fn about(part: &Part, period: Option<Period>) -> HintFor {
    let previous = previous(part, period).map(|(_, value)| value.plain());
    let target = next_target(part, period).map(|(name, value)| (name, value.plain()));
    HintFor {
        field: id_of(&format!("value.{}", part.key)),
        kind: part.kind,
        direction: part.direction,
        unit: part.unit.clone(),
        target,
        previous,
    }
}

/// The newest known figure before the period, else the baseline, with its name.
fn previous(part: &Part, period: Option<Period>) -> Option<(String, Value)> {
    let earlier = |actual: &&Actual| actual.value.is_known() && period.is_none_or(|period| actual.period.last_day() < period.last_day());
    let actual = part.actuals.iter().rev().find(earlier).map(|a| (format!("前回 {}", a.period.fiscal_year().short()), a.value.clone()));
    let baseline = || part.point(Role::Baseline).map(|p| (format!("現状値 {}", p.period.fiscal_year().short()), p.value.clone()));
    actual.or_else(baseline)
}

/// Reported values with their parts and in words: 「本庁　20件」, 「集計中（2026年12月ごろの見込み）」.
pub fn in_words<'a>(kpi: &'a Kpi, values: &'a [(String, Value)]) -> impl Iterator<Item = (&'a Part, &'a Value, String)> {
    values.iter().filter_map(|(key, value)| {
        let part = kpi.parts.iter().find(|part| part.key == *key)?;
        let name = if part.name.is_empty() { String::new() } else { format!("{}　", part.name) };
        let expected = match value {
            Value::Unknown { expected: Some(date), .. } => format!("（{}年{}月ごろの見込み）", date.year(), date.month()),
            _ => String::new(),
        };
        Some((part, value, format!("{name}{}{expected}", value.with_unit(&part.unit))))
    })
}

/// Units, last figures and targets of all parts, for a sheet of paper.
pub fn in_brief(kpi: &Kpi, period: Period) -> (String, String, String) {
    let joined = |words: Vec<String>| words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("・");
    let (last, targets) = kpi.parts.iter().map(|part| beside(part, period)).unzip();
    (joined(kpi.parts.iter().map(|part| part.unit.clone()).collect()), joined(last), joined(targets))
}

/// The last figure and the target of a part, in words; empty where there is none.
pub fn beside(part: &Part, period: Period) -> (String, String) {
    let words = |found: Option<(String, Value)>| found.map(|(name, value)| format!("{name} {}", value.with_unit(&part.unit)));
    (words(previous(part, Some(period))).unwrap_or_default(), words(next_target(part, Some(period))).unwrap_or_default())
}
