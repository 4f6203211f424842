//! One way of doing the work as a picture: its steps below each other, each with the hours of a year as a bar.

use leptos::prelude::*;
use rashin_domain::case::bpr::{Sheet, Side, Step, hours};

use crate::council::text::lines;

const WIDTH: i32 = 300;
const PADDING: i32 = 12;
/// Between two steps, with the arrow.
const GAP: i32 = 22;
const NAME: i32 = 20;
const LINE: i32 = 18;
const BAR: i32 = 10;
/// Beside the bar, for the hours in words.
const WORDS: i32 = 96;

/// Both pictures share this scale: the longest step of either side fills its bar.
pub fn longest(sheet: &Sheet) -> u64 {
    Side::ALL.iter().flat_map(|side| sheet.side(*side)).filter_map(Step::minutes_of_year).max().unwrap_or_default()
}

/// `id`: of the arrow head, its own on the page. The table below says the same in words.
pub fn flow(steps: &[Step], side: Side, longest: u64, id: &str) -> AnyView {
    let mut top = 1;
    let boxes = steps.iter().enumerate().map(|(n, step)| {
        let names = lines(&format!("{}. {}", n + 1, step.name), WIDTH - 2 * PADDING, 15);
        let height = PADDING + names.len() as i32 * NAME + 2 * LINE + PADDING / 2;
        let at = top;
        top += height + GAP;
        drawn(step, &names, at, height, longest, (n + 1 < steps.len()).then_some(id))
    });
    let boxes = boxes.collect_view();
    let height = (top - GAP).max(0) + 1;
    let label = format!("{}の図。{}手順。同じ内容を表に示します。", side.label(), steps.len());
    view! {
        <svg class="rashin-flow" viewBox=format!("0 0 {WIDTH} {height}") role="img" aria-label=label>
            <defs><marker id=id viewBox="0 0 10 10" refX="5" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10Z"/></marker></defs>
            {boxes}
        </svg>
    }
    .into_any()
}

fn drawn(step: &Step, names: &[String], top: i32, height: i32, longest: u64, arrow: Option<&str>) -> AnyView {
    let titles = (1..)
        .zip(names)
        .map(|(nth, line)| view! { <text x=PADDING y=top + PADDING / 2 + nth * NAME - 4 data-name="">{line.clone()}</text> });
    let under = top + PADDING / 2 + names.len() as i32 * NAME;
    let who = if step.actor.is_empty() { "担い手は未記入" } else { step.actor.as_str() };
    let amount = step.minutes_of_year();
    let room = u64::from((WIDTH - 2 * PADDING - WORDS).unsigned_abs());
    // At least a hair: a step that takes little is not one that takes nothing.
    let long = amount.filter(|_| longest > 0).map(|minutes| (minutes * room / longest).max(1));
    let bar = long.map(|long| view! { <rect x=PADDING y=under + LINE + 6 width=long height=BAR data-bar=""/> });
    let (words, x) = match amount {
        Some(minutes) => (format!("年{}", hours(minutes)), PADDING + long.unwrap_or_default() as i32 + 8),
        None => ("時間は未記入".to_owned(), PADDING),
    };
    let middle = WIDTH / 2;
    let down = arrow
        .map(|id| view! { <path d=format!("M{middle} {}V{}", top + height, top + height + GAP - 6) marker-end=format!("url(#{id})")/> });
    view! {
        <rect x=1 y=top width=WIDTH - 2 height=height/>
        {titles.collect_view()}
        <text x=PADDING y=under + LINE - 4>{who.to_owned()}</text>
        {bar}
        <text x=x y=under + 2 * LINE - 2>{words}</text>
        {down}
    }
    .into_any()
}
