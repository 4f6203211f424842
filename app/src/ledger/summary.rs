//! The sums of a year as a block for pages that show where the plan stands.

use std::collections::BTreeSet;

use leptos::prelude::*;
use rashin_domain::{
    clock::FiscalYear,
    ledger::{Sums, print},
};
use rashin_store::survey::Survey;

use super::{ledger_url, saved_words};
use crate::ui::section::{empty, note, section};

/// What a year cost and saved, as far as it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub year: FiscalYear,
    pub sums: Sums,
    /// Initiatives of the plan, entered or not.
    pub initiatives: usize,
}

impl Summary {
    /// 「12取組中5取組が入力済み」
    pub fn coverage(&self) -> String {
        format!("{}取組中{}取組が入力済み", self.initiatives, self.sums.entries)
    }
}

/// The sums of the newest year that has entries, of the current one where none has.
pub fn summary_of(survey: &Survey) -> Summary {
    // After the KPIs come the initiatives.
    let initiatives: BTreeSet<&String> = survey.places.iter().skip(survey.kpis.len()).collect();
    let year = survey.ledger.first().map_or_else(|| FiscalYear::of(survey.today), |(year, ..)| *year);
    let counted = survey.ledger.iter().filter(|(_, node, _)| initiatives.contains(node)).map(|(.., entry)| entry);
    Summary { year, sums: Sums::of(counted), initiatives: initiatives.len() }
}

/// The block: figures, how much of it is known, the way to the table.
pub fn summary_view(summary: &Summary, city: &str) -> AnyView {
    let url = format!("{}?year={}", ledger_url(city), summary.year.0);
    if summary.sums.entries == 0 {
        let words = "予算と効果は、まだ入力されていません。取組ごとに入力すると、ここに合計が出ます。";
        return section("ledger-summary", "予算と効果", note(summary.year.label()), empty(words, Some((url, "予算と効果を入力する"))));
    }
    let money = |term: &'static str, amount: Option<i64>| amount.map(|amount| (term, format!("{}千円", print(amount))));
    let figures = [
        money("予算額", summary.sums.budget),
        money("決算額", summary.sums.settled),
        summary.sums.hours.map(|hours| ("時間", saved_words(hours, "時間"))),
        summary.sums.sheets.map(|sheets| ("紙", saved_words(sheets, "枚"))),
    ];
    let figures = figures.into_iter().flatten().map(|(term, words)| view! { <div><dt>{term}</dt><dd>{words}</dd></div> });
    section(
        "ledger-summary",
        "予算と効果",
        note(format!("{}　{}", summary.year.label(), summary.coverage())),
        view! { <dl class="rashin-figures">{figures.collect_view()}</dl><p><a href=url>"予算と効果の表"</a></p> },
    )
}
