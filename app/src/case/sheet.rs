//! The BPR sheet: as a form of two tables, and as both ways drawn side by side.

use leptos::prelude::*;
use rashin_domain::{
    case::bpr::{MOST_STEPS, Sheet, Side, Step, field, hours, year},
    text::number,
};
use rust_decimal::Decimal;

use super::flow::{flow, longest};
use crate::ui::{
    field::{Filled, cell_input},
    section::{col, num, table},
};

/// Lines that stay free below what is written.
const FREE: usize = 3;
const LEAST: usize = 5;

const FIELDS: [(&str, &str, bool); 6] = [
    ("name", "手順", false),
    ("actor", "担い手", false),
    ("minutes", "1回の分", true),
    ("times", "年間の回数", true),
    ("yen", "1回の円", true),
    ("sheets", "1回の紙", true),
];

/// Both tables with free lines at their ends.
pub fn inputs(filled: &Filled) -> AnyView {
    let tables = Side::ALL.map(|side| {
        let said = |n: &usize| FIELDS.iter().any(|(name, ..)| !filled.form.get(&field(side, *n, name)).is_empty());
        let last = (0..MOST_STEPS).rev().find(said).map_or(0, |n| n + 1);
        let lines = (last + FREE).clamp(LEAST, MOST_STEPS);
        let row = |n: usize| {
            let cells = FIELDS.iter().map(|(name, label, numeric)| {
                let label_words = format!("{}の{}番目の{label}", side.label(), n + 1);
                view! { <td role="cell"><span class="dads-table__cell-label">{*label}</span><span>{cell_input(filled, &field(side, n, name), label_words, *numeric)}</span></td> }
            });
            view! { <tr role="row">{cells.collect_view()}</tr> }
        };
        let body = view! { <tbody role="rowgroup">{(0..lines).map(row).collect_view()}</tbody> }.into_any();
        let heads = FIELDS.iter().map(|(_, label, numeric)| if *numeric { num(*label) } else { col(*label) }).collect();
        table(&format!("{}-steps", side.code()), side.label(), heads, body, true)
    });
    view! { <div class="stack rashin-steps">{tables.into_iter().collect_view()}</div> }.into_any()
}

/// Both ways with what a year of each takes. `prefix`: of the ids, where a page has several.
pub fn shown(sheet: &Sheet, prefix: &str) -> AnyView {
    let longest = longest(sheet);
    let sides = Side::ALL.map(|side| {
        let steps = sheet.side(side);
        let rows = steps.iter().enumerate().map(|(n, step)| row(n, step)).collect_view();
        let total = year(steps);
        let sum = view! {
            <tr role="row" class="rashin-sum">
                <th scope="row" role="rowheader">"1年で"</th>
                <td role="cell" class="num"><span class="dads-table__cell-label">"時間"</span><span>{or_dash(total.minutes.map(hours))}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"費用"</span><span>{or_dash(total.yen.map(|yen| format!("{}円", print(yen))))}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"紙"</span><span>{or_dash(total.sheets.map(|sheets| format!("{}枚", print(sheets))))}</span></td>
            </tr>
        };
        let body = view! { <tbody role="rowgroup">{rows}{sum}</tbody> }.into_any();
        let heads = vec![col("手順"), num("時間"), num("費用"), num("紙")];
        let caption = format!("{}の表　{}手順", side.label(), steps.len());
        let picture = (!steps.is_empty()).then(|| flow(steps, side, longest, &format!("{prefix}{}-arrow", side.code())));
        let table = table(&format!("{prefix}{}-shown", side.code()), caption, heads, body, true);
        view! { <div class="stack"><h3>{side.label()}</h3>{picture}{table}</div> }
    });
    let saved = |what, amount: Option<i64>, words: fn(u64) -> String| Some((what, amount?, words));
    let saved: Vec<Saved> = [
        saved("時間", sheet.minutes_saved(), hours),
        saved("費用", sheet.yen_saved(), |yen| format!("{}円", print(yen))),
        saved("紙", sheet.sheets_saved(), |sheets| format!("{}枚", print(sheets))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let lead = saved_words(&saved).map(|words| view! { <p class="lead">{words}</p> });
    view! { {lead}<div class="cols" data-cols="1-1">{sides.into_iter().collect_view()}</div> }.into_any()
}

fn row(n: usize, step: &Step) -> AnyView {
    let times = step.times.map(|times| format!("年{}回", print(times.into())));
    let each = |amount: Option<u32>, unit: &str| or_dash(amount.map(|amount| format!("{}{unit}", print(amount.into()))));
    let below = [Some(step.actor.clone()).filter(|actor| !actor.is_empty()), times].into_iter().flatten().collect::<Vec<_>>().join("　");
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{format!("{}. {}", n + 1, step.name)}<span class="dads-table__sub">{below}</span></th>
            <td role="cell" class="num"><span class="dads-table__cell-label">"時間"</span><span>{each(step.minutes, "分")}</span></td>
            <td role="cell" class="num"><span class="dads-table__cell-label">"費用"</span><span>{each(step.yen, "円")}</span></td>
            <td role="cell" class="num"><span class="dads-table__cell-label">"紙"</span><span>{each(step.sheets, "枚")}</span></td>
        </tr>
    }
    .into_any()
}

fn or_dash(words: Option<String>) -> String {
    words.unwrap_or_else(|| "—".to_owned())
}

fn print(amount: u64) -> String {
    number::format(Decimal::from(amount))
}

/// What a year changes by: what, how much less, in words.
type Saved = (&'static str, i64, fn(u64) -> String);

/// 「1年で、時間が4,025時間減り、紙が12枚増える見込みです。」 `None` where nothing can be said.
fn saved_words(saved: &[Saved]) -> Option<String> {
    let last = saved.len().checked_sub(1)?;
    let words = saved.iter().enumerate().map(|(at, (what, amount, words))| {
        let way = match (*amount < 0, at == last) {
            (true, true) => "増える",
            (true, false) => "増え",
            (false, true) => "減る",
            (false, false) => "減り",
        };
        format!("{what}が{}{way}", words(amount.unsigned_abs()))
    });
    Some(format!("1年で、{}見込みです。", words.collect::<Vec<_>>().join("、")))
}
