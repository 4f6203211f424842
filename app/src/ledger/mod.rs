//! 予算と効果: what initiatives cost in a year, where the money came from, what they saved.

pub mod form;
pub mod list;
mod summary;

pub use summary::{summary_of, summary_view};

use leptos::prelude::*;
use rashin_domain::ledger::{Entry, Fund, Sums, print};
use rashin_store::ledger::Line;

use crate::ui::section::{Column, col, num, table};

pub fn ledger_url(city: &str) -> String {
    format!("/{city}/staff/ledger")
}

/// 「1,234」; what nobody entered is 「—」.
fn shown(amount: Option<i64>) -> String {
    amount.map_or_else(|| "—".to_owned(), print)
}

/// What was saved, in words that no sign can turn around: 「584,646枚の削減」, 「12時間の増加」.
pub fn saved_words(amount: i64, unit: &str) -> String {
    let what = if amount < 0 { "増加" } else { "削減" };
    format!("{}{unit}の{what}", print(amount.abs()))
}

fn saved(amount: Option<i64>, unit: &str) -> String {
    amount.map_or_else(|| "—".to_owned(), |amount| saved_words(amount, unit))
}

/// 「一般財源 1,000、国補助 500」
fn funds_words<'a>(funds: impl IntoIterator<Item = (&'a Fund, &'a i64)>) -> String {
    let words: Vec<_> = funds.into_iter().map(|(fund, amount)| format!("{} {}", fund.label(), print(*amount))).collect();
    if words.is_empty() { "—".to_owned() } else { words.join("、") }
}

/// What the funds and what was spent do not agree in, for who can mend it.
fn gap_words(entry: &Entry) -> Option<String> {
    let gap = entry.gap()?;
    let of = if entry.settled.is_some() { "決算額" } else { "予算額" };
    let more = if gap > 0 { "多い" } else { "少ない" };
    Some(format!("財源の合計が{of}より{}千円{more}", print(gap.abs())))
}

/// Amounts of one initiative year by year; `head` makes the first cell of a line.
pub fn amounts_table(lines: &[Line], head: impl Fn(&Line) -> AnyView) -> AnyView {
    let rows = lines.iter().filter(|line| !line.entry.is_blank()).map(|line| {
        let entry = &line.entry;
        let project = if entry.project.is_empty() { "—".to_owned() } else { entry.project.clone() };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{head(line)}</th>
                <td role="cell"><span class="dads-table__cell-label">"予算事業名"</span><span>{project}</span></td>
                {amounts(entry)}
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let heads = [col("年度"), col("予算事業名")].into_iter().chain(amount_columns()).collect();
    table("ledger-years", "金額は千円", heads, body, true)
}

fn amount_columns() -> [Column; 5] {
    [num("予算額"), num("決算額"), col("財源"), num("時間"), num("紙")]
}

/// The cells under [`amount_columns`].
fn amounts(entry: &Entry) -> AnyView {
    let gap = gap_words(entry).map(|words| view! { <span class="dads-table__sub">{words}</span> });
    amount_cells([entry.budget, entry.settled], funds_words(&entry.funds), gap.into_any(), [entry.hours, entry.sheets])
}

fn sum_cells(sums: &Sums) -> AnyView {
    amount_cells([sums.budget, sums.settled], funds_words(&sums.funds), ().into_any(), [sums.hours, sums.sheets])
}

fn amount_cells([budget, settled]: [Option<i64>; 2], funds: String, below: AnyView, [hours, sheets]: [Option<i64>; 2]) -> AnyView {
    view! {
        <td role="cell" class="num"><span class="dads-table__cell-label">"予算額"</span><span>{shown(budget)}</span></td>
        <td role="cell" class="num"><span class="dads-table__cell-label">"決算額"</span><span>{shown(settled)}</span></td>
        <td role="cell"><span class="dads-table__cell-label">"財源"</span><span>{funds}{below}</span></td>
        <td role="cell" class="num"><span class="dads-table__cell-label">"時間"</span><span>{saved(hours, "時間")}</span></td>
        <td role="cell" class="num"><span class="dads-table__cell-label">"紙"</span><span>{saved(sheets, "枚")}</span></td>
    }
    .into_any()
}
