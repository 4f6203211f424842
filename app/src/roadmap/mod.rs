//! The roadmap, planned against actual: on the public pages, for members, and on the page of a node.

pub mod chart;
pub mod pages;

use leptos::prelude::*;
use rashin_domain::{
    clock::{FiscalYear, date_label},
    plan::{Look, Milestone, NodeStanding, Phase, Ruling},
    roadmap::{Actual, Cell, Slot, row},
};

use crate::{
    plan::Shown,
    ui::section::{note, section},
};

/// A phase as it is drawn.
pub fn look(look: Look) -> &'static str {
    match look {
        Look::Survey => "survey",
        Look::Build => "build",
        Look::Run => "run",
        Look::Other => "other",
    }
}

fn names(phases: &[&Phase]) -> String {
    phases.iter().map(|phase| phase.name.as_str()).collect::<Vec<_>>().join("・")
}

/// 「調査・研究」, 「運用・管理（続き、推定）」, 「記載なし」
pub fn planned_words(slot: &Slot) -> String {
    match slot {
        Slot::Printed(phases) => names(phases),
        Slot::Continued(phase) => format!("{}（続き、推定）", phase.name),
        Slot::Unknown => "記載なし".to_owned(),
        Slot::Scrapped => "廃止".to_owned(),
    }
}

/// 「導入」, 「導入　予定より1年遅れ」, 「未報告」; nothing of what is still to come.
pub fn actual_words(cell: &Cell) -> Option<String> {
    let phase = match &cell.actual {
        Actual::Known(phases, _) if phases.is_empty() => "報告済み".to_owned(),
        Actual::Known(phases, _) => names(phases),
        Actual::Continued(phase) => format!("{}（続き、推定）", phase.name),
        Actual::Missing => "未報告".to_owned(),
        Actual::Ahead => return None,
    };
    Some(cell.slip().map_or(phase.clone(), |standing| format!("{phase}　予定より{}", slip_words(standing))))
}

/// 「1年遅れ」
pub fn slip_words(standing: &NodeStanding) -> String {
    format!("{}年遅れ", standing.slip_years)
}

/// 「済」, 「これから」, 「時期を過ぎています」
pub fn milestone_state(milestone: &Milestone, now: FiscalYear) -> &'static str {
    match milestone.done {
        true => "済",
        false if milestone.fiscal_year < now => "時期を過ぎています",
        false => "これから",
    }
}

/// 「◆」 reached, 「◇」 not yet.
pub fn milestone_mark(milestone: &Milestone) -> &'static str {
    if milestone.done { "◆" } else { "◇" }
}

/// 「2026年12月1日 DX推進本部の決定により開始（7甲政第12号）」
pub fn ruling_words(ruling: &Ruling) -> String {
    let document = if ruling.document.is_empty() { String::new() } else { format!("（{}）", ruling.document) };
    format!("{} {}の決定により{}{document}", date_label(ruling.decided_on), ruling.body, ruling.effect.label())
}

/// A node's own row, year by year in words, for its page.
pub fn this_years(shown: &Shown, node: &str) -> Option<impl IntoView + use<>> {
    let now = FiscalYear::of(shown.edition.published_on);
    let rows = route(&row(&shown.edition.content, node, now)?, now);
    let words = note("計画書に記載のない年度は、前の段階が続くとみなしています（推定）。");
    Some(section("roadmap", "予定と実際", words, rows))
}

/// The years of a row, one below the other.
pub fn route(cells: &[Cell], now: FiscalYear) -> AnyView {
    let rows = cells.iter().map(|cell| {
        let state = (cell.year < now).then_some("completed");
        let current = (cell.year == now).then_some("step");
        let planned = format!("予定　{}", planned_words(&cell.planned));
        let actual = actual_words(cell).map(|words| view! { <br/>{format!("実際　{words}")} });
        let reason = cell.slip().map(|standing| view! { <br/>{format!("理由　{}", standing.slip_reason)} });
        let milestones = cell.milestones.iter().map(|milestone| {
            let words =
                [milestone.season.as_str(), &milestone.title].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            view! { <br/>{format!("節目　{}{words}（{}）", milestone_mark(milestone), milestone_state(milestone, now))} }
        });
        let rulings = cell.rulings.iter().map(|ruling| view! { <br/>{format!("決定　{}", ruling_words(ruling))} });
        view! {
            <li data-state=state aria-current=current>
                <span class="rashin-route__name">{cell.year.label()}</span>
                <span class="rashin-route__note">{planned}{actual}{reason}{milestones.collect_view()}{rulings.collect_view()}</span>
            </li>
        }
    });
    view! { <ol class="rashin-route">{rows.collect_view()}</ol> }.into_any()
}
