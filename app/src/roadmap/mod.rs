//! The roadmap: printed labels, their inferred continuation, and what the source leaves open.

pub mod pages;

use leptos::prelude::*;
use rashin_domain::{
    clock::FiscalYear,
    plan::{CellKind, Look, Phase, PlanContent},
};

use crate::{
    plan::Shown,
    ui::section::{note, section},
};

/// What one year of a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot<'a> {
    /// Labels printed for the year.
    Printed(Vec<&'a Phase>),
    /// Nothing printed: the phase before goes on (推定).
    Continued(&'a Phase),
    /// Nothing printed, and nothing before.
    Unknown,
}

/// The years of a node's row. `None` when the plan prints nothing for it.
pub fn row<'a>(content: &'a PlanContent, node: &str) -> Option<Vec<(FiscalYear, Slot<'a>)>> {
    let cells: Vec<_> = content.roadmap.iter().filter(|cell| cell.node == node && cell.kind == CellKind::Planned).collect();
    if cells.is_empty() {
        return None;
    }
    let mut last = None;
    let years = content.plan.years().map(|year| {
        let printed: Vec<&Phase> = (cells.iter())
            .filter(|cell| cell.fiscal_year == year)
            .filter_map(|cell| content.plan.phases.iter().find(|phase| phase.key == cell.phase))
            .collect();
        let slot = match (printed.last(), last) {
            (Some(phase), _) => {
                last = Some(*phase);
                Slot::Printed(printed)
            }
            (None, Some(phase)) => Slot::Continued(phase),
            (None, None) => Slot::Unknown,
        };
        (year, slot)
    });
    Some(years.collect())
}

/// A phase as it is drawn.
pub fn look(look: Look) -> &'static str {
    match look {
        Look::Survey => "survey",
        Look::Build => "build",
        Look::Run => "run",
        Look::Other => "other",
    }
}

/// 「調査・研究」, 「運用・管理（続き、推定）」, 「記載なし」
pub fn words(slot: &Slot) -> String {
    match slot {
        Slot::Printed(phases) => phases.iter().map(|phase| phase.name.as_str()).collect::<Vec<_>>().join("・"),
        Slot::Continued(phase) => format!("{}（続き、推定）", phase.name),
        Slot::Unknown => "記載なし".to_owned(),
    }
}

/// A node's own row, year by year in words, for its page.
pub fn this_years(shown: &Shown, node: &str) -> Option<impl IntoView + use<>> {
    let years = row(&shown.edition.content, node)?;
    let today = FiscalYear::of(shown.edition.published_on);
    let rows = years.iter().map(|(year, slot)| {
        let state = (*year < today).then_some("completed");
        let current = (*year == today).then_some("step");
        view! { <li data-state=state aria-current=current><span class="rashin-route__name">{year.label()}</span><span class="rashin-route__note">{words(slot)}</span></li> }
    });
    let rows = rows.collect_view();
    Some(section(
        "roadmap",
        "予定",
        note("計画書に記載のない年度は、前の段階が続くとみなしています（推定）。"),
        view! { <ol class="rashin-route">{rows}</ol> },
    ))
}
