//! Status = shape + word; unknown values are plain words.

use leptos::prelude::*;
use rashin_domain::{
    grading::{RuleSet, named},
    progress::{Judgement, Status},
    value::Value,
};

/// Name of the look in style/chip.css, and whether it is quiet.
fn look(status: Status) -> (&'static str, bool) {
    match status {
        Status::Achieved => ("done", false),
        Status::OnTrack => ("on", false),
        Status::SlightlyLate => ("slow", false),
        Status::Late => ("late", false),
        Status::Unreported => ("unreported", true),
        Status::AwaitsTargetYear => ("future", true),
        Status::TargetUnset => ("unset", true),
        Status::Collecting => ("pending", true),
        Status::NotJudged => ("not-judged", true),
    }
}

/// The shape alone, in the current colour, one em.
pub fn shape(status: Status) -> AnyView {
    let ring = |dash: Option<&'static str>| view! { <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.75" stroke-dasharray=dash/> };
    let inner = match status {
        Status::Achieved => view! { {ring(None)}<circle cx="8" cy="8" r="3.2" fill="currentColor"/> }.into_any(),
        Status::OnTrack => view! { <circle cx="8" cy="8" r="7" fill="currentColor"/> }.into_any(),
        Status::SlightlyLate => {
            view! { <path d="M8 2 14.6 14H1.4Z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/> }.into_any()
        }
        Status::Late => view! { <path d="M8 1 15.5 15H.5Z" fill="currentColor"/> }.into_any(),
        Status::Unreported => ring(Some("2.6 2.5")).into_any(),
        Status::AwaitsTargetYear => ring(None).into_any(),
        Status::TargetUnset => view! { {ring(None)}<path d="M4 8h8" stroke="currentColor" stroke-width="2"/> }.into_any(),
        Status::Collecting => {
            view! { {ring(None)}<path d="M8 4.2V8l2.6 1.6" fill="none" stroke="currentColor" stroke-width="1.75"/> }.into_any()
        }
        Status::NotJudged => view! { <path d="M3 8h10" stroke="currentColor" stroke-width="2"/> }.into_any(),
    };
    view! { <svg viewBox="0 0 16 16" aria-hidden="true">{inner}</svg> }.into_any()
}

/// Shape, the tenant's sign and its word; what a person set says so.
pub fn status(judgement: &Judgement) -> impl IntoView + use<> {
    judged(judgement, None)
}

/// The same, large, for the head of a KPI sheet.
pub fn status_large(judgement: &Judgement) -> impl IntoView + use<> {
    judged(judgement, Some("lg"))
}

fn judged(judgement: &Judgement, size: Option<&'static str>) -> impl IntoView + use<> {
    let set = judgement.overruled.then(|| view! { <span class="rashin-reading">"事務局による判定"</span> });
    view! { {chip(judgement.status, named(&judgement.symbol, &judgement.word), size)}{set} }
}

/// How far something of the reader's own has come: the shape of a status with another word.
pub fn chip_of(like: Status, word: &'static str) -> impl IntoView {
    chip(like, word.to_owned(), None)
}

fn chip(status: Status, word: String, size: Option<&'static str>) -> impl IntoView {
    let (name, quiet) = look(status);
    view! { <span class="rashin-status" data-status=name data-quiet=quiet.then_some("") data-size=size>{shape(status)}{word}</span> }
}

/// What the source lost: a dashed square and the words.
pub fn lost(words: &'static str) -> impl IntoView {
    view! {
        <span class="rashin-status" data-status="missing" data-quiet="">
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M1.8 1.8h12.4v12.4H1.8Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="3 2"/>
                <path d="m4.5 11.5 7-7" stroke="currentColor" stroke-width="1.5"/>
            </svg>
            {words}
        </span>
    }
}

/// One dot a KPI: the shapes in a row, named once.
pub fn dots(tally: &[(Status, usize)], grades: &RuleSet, large: bool) -> impl IntoView + use<> {
    let label = tally_words(tally, grades);
    let shapes = tally.iter().flat_map(|(status, count)| (0..*count).map(|_| shape(*status))).collect_view();
    view! { <div class="rashin-dots" data-size=large.then_some("lg") role="img" aria-label=label>{shapes}</div> }
}

/// 「未報告3件、目標年度に判定2件」, in the tenant's words.
pub fn tally_words(tally: &[(Status, usize)], grades: &RuleSet) -> String {
    by_word(tally, grades).iter().map(|(_, word, count)| format!("{word}{count}件")).collect::<Vec<_>>().join("、")
}

/// A tally under the tenant's words: several statuses may have one, 「評価不能」; the first of them stands for all.
pub fn by_word(tally: &[(Status, usize)], grades: &RuleSet) -> Vec<(Status, String, usize)> {
    let mut words: Vec<(Status, String, usize)> = Vec::new();
    for (status, count) in tally {
        let word = grades.word(*status);
        match words.iter_mut().find(|(_, known, _)| *known == word) {
            Some((_, _, sum)) => *sum += count,
            None => words.push((*status, word, *count)),
        }
    }
    words
}

/// A planned value as [`figure`] shows it; the plan may have none.
pub fn planned(value: Option<&Value>, unit: &str) -> AnyView {
    match value {
        Some(value) => figure(Some(value), unit),
        None => view! { <span class="rashin-unknown">"記載なし"</span> }.into_any(),
    }
}

/// A value with its unit small beside it; an unknown as a plain word, none as not reported.
pub fn figure(value: Option<&Value>, unit: &str) -> AnyView {
    match value {
        Some(Value::Number { .. }) => {
            let number = value.map(Value::plain).unwrap_or_default();
            view! { {number}<small>{unit.to_owned()}</small> }.into_any()
        }
        Some(Value::Unknown { .. }) | None => {
            let words = value.map_or_else(|| "未報告".to_owned(), Value::plain);
            view! { <span class="rashin-unknown">{words}</span> }.into_any()
        }
        Some(value) => value.with_unit(unit).into_any(),
    }
}

/// A value in a table cell: 「154件」, 「—」, or the word of an unknown.
pub fn cell(value: Option<&Value>, unit: &str) -> AnyView {
    match value {
        Some(value) if value.is_known() => value.with_unit(unit).into_any(),
        Some(value) => view! { <span class="rashin-unknown">{value.plain()}</span> }.into_any(),
        None => view! { <span class="rashin-unknown">"記載なし"</span> }.into_any(),
    }
}
