//! The roadmap, planned against actual: what the plan prints for each year, what was reported of it.

use crate::{
    clock::FiscalYear,
    plan::{CellKind, Milestone, NodeStanding, Phase, PlanContent, Ruling, RulingEffect},
};

/// What the plan has for one year of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot<'a> {
    /// Labels printed for the year.
    Printed(Vec<&'a Phase>),
    /// Nothing printed: the phase before goes on (推定).
    Continued(&'a Phase),
    /// Nothing printed, and nothing before.
    Unknown,
    /// A decision has scrapped it by then (廃止).
    Scrapped,
}

/// What a year came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actual<'a> {
    /// The phases it was in, and what was reported beside them.
    Known(Vec<&'a Phase>, Option<&'a NodeStanding>),
    /// A progress report on paper printed nothing for the ended year: the phase before goes on (推定).
    Continued(&'a Phase),
    /// The year has ended and nothing was reported.
    Missing,
    /// The year goes on, is still to come, or comes after the end.
    Ahead,
}

/// One year of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    pub year: FiscalYear,
    pub planned: Slot<'a>,
    pub actual: Actual<'a>,
    pub milestones: Vec<&'a Milestone>,
    /// Decisions with effect from this year on.
    pub rulings: Vec<&'a Ruling>,
}

impl Cell<'_> {
    /// Years behind the plan, as reported of this year.
    pub fn slip(&self) -> Option<&NodeStanding> {
        match &self.actual {
            Actual::Known(_, standing) => standing.filter(|standing| standing.slip_years > 0),
            Actual::Continued(_) | Actual::Missing | Actual::Ahead => None,
        }
    }
}

/// The years of a node's row, seen from a fiscal year. `None` when there is nothing about the node.
pub fn row<'a>(content: &'a PlanContent, node: &str, now: FiscalYear) -> Option<Vec<Cell<'a>>> {
    let phase = |key: &str| content.plan.phases.iter().find(|phase| phase.key == key);
    let cells: Vec<_> = content.roadmap.iter().filter(|cell| cell.node == node).collect();
    let phases = |kind, year| -> Vec<&'a Phase> {
        let of_year = cells.iter().filter(|cell| cell.kind == kind && cell.fiscal_year == year);
        of_year.filter_map(|cell| phase(&cell.phase)).collect()
    };
    let standings: Vec<_> = content.standings.iter().filter(|standing| standing.node == node).collect();
    let milestones: Vec<_> = content.milestones.iter().filter(|milestone| milestone.node == node).collect();
    let rulings: Vec<_> = content.rulings.iter().filter(|ruling| ruling.node == node).collect();
    if cells.is_empty() && standings.is_empty() && milestones.is_empty() && rulings.is_empty() {
        return None;
    }
    let scraps = rulings.iter().filter(|ruling| ruling.effect == RulingEffect::Scraps);
    let scrapped = scraps.map(|ruling| ruling.fiscal_year).max();
    let is_over = |year: FiscalYear| scrapped.is_some_and(|scrapped| scrapped <= year);
    let (mut last, mut printed_before) = (None, None);
    let years = content.plan.years().map(|year| {
        let printed = phases(CellKind::Planned, year);
        let planned = match (printed.last(), last) {
            (Some(phase), _) => {
                last = Some(*phase);
                Slot::Printed(printed)
            }
            (None, _) if is_over(year) => Slot::Scrapped,
            (None, Some(phase)) => Slot::Continued(phase),
            (None, None) => Slot::Unknown,
        };
        let standing = standings.iter().copied().find(|standing| standing.fiscal_year == year);
        let reported = standing.and_then(|standing| phase(standing.phase.as_deref()?));
        let on_paper = phases(CellKind::Actual, year);
        let actual = match (standing, on_paper.last()) {
            (Some(_), _) => {
                printed_before = None;
                Actual::Known(reported.map_or(on_paper, |phase| vec![phase]), standing)
            }
            (None, Some(phase)) => {
                printed_before = Some(*phase);
                Actual::Known(on_paper, None)
            }
            (None, None) if year >= now || is_over(year) => Actual::Ahead,
            (None, None) => printed_before.map_or(Actual::Missing, Actual::Continued),
        };
        let milestones = milestones.iter().copied().filter(|milestone| milestone.fiscal_year == year).collect();
        let rulings = rulings.iter().copied().filter(|ruling| ruling.fiscal_year == year).collect();
        Cell { year, planned, actual, milestones, rulings }
    });
    Some(years.collect())
}

/// What an initiative's newest report says that is behind.
pub fn behind<'a>(content: &'a PlanContent, node: &str) -> Option<&'a NodeStanding> {
    let newest = content.standings.iter().filter(|standing| standing.node == node).max_by_key(|standing| standing.fiscal_year)?;
    (newest.slip_years > 0).then_some(newest)
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{plan::RoadmapCell, plan_folder::tests::seeds::content, provenance::Provenance};

    const NODE: &str = "f1-1-1-1";

    fn standing(year: i16, phase: Option<&str>, slip_years: u8) -> NodeStanding {
        let slip_reason = if slip_years > 0 { "契約の遅れ".to_owned() } else { String::new() };
        NodeStanding { node: NODE.into(), fiscal_year: FiscalYear(year), phase: phase.map(str::to_owned), slip_years, slip_reason }
    }

    fn bare() -> PlanContent {
        let mut content = content("demo/midorino/dx-plan");
        content.roadmap.clear();
        content
    }

    #[test]
    fn a_year_shows_what_was_planned_and_what_was_reported() {
        let mut content = bare();
        let (first, year) = (content.plan.phases[0].key.clone(), content.plan.period_from);
        let cell = RoadmapCell {
            node: NODE.into(),
            fiscal_year: year,
            phase: first.clone(),
            kind: CellKind::Planned,
            provenance: Provenance::default(),
        };
        content.roadmap.push(cell);
        content.standings.push(standing(year.0 + 1, Some(&first), 1));
        let row = row(&content, NODE, FiscalYear(year.0 + 2)).unwrap();
        assert_eq!((&row[0].planned, &row[0].actual), (&Slot::Printed(vec![&content.plan.phases[0]]), &Actual::Missing));
        assert_eq!(row[1].planned, Slot::Continued(&content.plan.phases[0]));
        assert_eq!(row[1].slip().unwrap().slip_years, 1);
        assert_eq!(row[2].actual, Actual::Ahead, "the year goes on");
        assert_eq!(behind(&content, NODE).unwrap().slip_reason, "契約の遅れ");
    }

    #[test]
    fn who_has_caught_up_is_not_behind() {
        let mut content = bare();
        content.standings = vec![standing(2026, None, 0), standing(2025, None, 2)];
        assert_eq!(behind(&content, NODE), None);
        assert_eq!(row(&content, "nothing-like-it", FiscalYear(2026)), None);
    }

    proptest! {
        #[test]
        fn only_ended_years_miss_a_report(now in 2020i16..2036, reported in 2020i16..2036) {
            let mut content = bare();
            content.standings.push(standing(reported, None, 0));
            for cell in row(&content, NODE, FiscalYear(now)).unwrap() {
                prop_assert_eq!(cell.actual == Actual::Missing, cell.year.0 < now && cell.year.0 != reported);
            }
        }
    }
}
