//! The columns of the grid, and what stands where a KPI's part and a column meet.

use std::collections::BTreeMap;

use rashin_domain::{
    clock::FiscalYear,
    kpi::Role,
    obligation::{Reporting, Stage},
    period::Period,
    plan::{Actual, Part, Point},
    round::Asked,
};
use rashin_store::survey::Survey;

/// A column of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The newest figure of a year.
    Year(FiscalYear),
    /// A figure of just this period.
    Period(Period),
}

/// What a part has in a column.
pub struct Cell<'a> {
    pub actual: Option<&'a Actual>,
    /// Interim or final target of the time.
    pub target: Option<&'a Point>,
}

/// Years of the plan that have begun.
pub fn years(survey: &Survey) -> Vec<FiscalYear> {
    let current = FiscalYear::of(survey.today);
    survey.head.years().filter(|year| *year <= current).collect()
}

/// Of one year all periods that have a figure or are asked; without one, all years.
pub fn columns(survey: &Survey, year: Option<FiscalYear>) -> Vec<Column> {
    let Some(year) = year else { return years(survey).into_iter().map(Column::Year).collect() };
    let filed = survey.kpis.iter().flat_map(|kpi| &kpi.parts).flat_map(|part| &part.actuals).map(|actual| actual.period);
    let opened = survey.rounds.iter().filter(|round| round.opens_on <= survey.today && round.year == year);
    let kpis = || survey.entries.iter().take(survey.kpis.len());
    let asked = opened.flat_map(|round| kpis().flat_map(|entry| round.asked(&entry.rhythm))).map(|asked| asked.period);
    // In the order of time; a year after its halves, a half after its quarters.
    let place = |period: Period| (period.last_day(), breadth(period), period.to_string());
    let periods: BTreeMap<_, Period> =
        filed.chain(asked).filter(|period| period.fiscal_year() == year).map(|period| (place(period), period)).collect();
    match periods.is_empty() {
        true => vec![Column::Year(year)],
        false => periods.into_values().map(Column::Period).collect(),
    }
}

/// 「上半期」 of 「2026(令和8)年度 上半期」; 「2026年9月」 stays.
pub fn within_year(period: Period) -> String {
    let label = period.label();
    label.rsplit(' ').next().unwrap_or(&label).to_owned()
}

fn breadth(period: Period) -> u8 {
    match period {
        Period::Instant(_) => 0,
        Period::Month(..) => 1,
        Period::Quarter(..) => 2,
        Period::Half(..) => 3,
        Period::FiscalYear(_) | Period::CalendarYear(_) | Period::Range(..) => 4,
    }
}

impl Column {
    /// 「2026(令和8)年度」
    pub fn label(self) -> String {
        match self {
            Column::Year(year) => year.label(),
            Column::Period(period) => period.label(),
        }
    }

    /// For a narrow head: 「2026年度」, 「上半期」 where the year is known.
    pub fn short(self) -> String {
        match self {
            Column::Year(year) | Column::Period(Period::FiscalYear(year)) => year.short(),
            Column::Period(period) => within_year(period),
        }
    }

    fn holds(self, period: Period) -> bool {
        match self {
            Column::Year(year) => period.fiscal_year() == year,
            Column::Period(own) => period == own,
        }
    }

    pub fn cell(self, part: &Part) -> Cell<'_> {
        // Figures are in the order of time: of a year the last one speaks, the whole year before any part of it.
        let held = || part.actuals.iter().filter(|actual| self.holds(actual.period));
        let whole = held().find(|actual| matches!(actual.period, Period::FiscalYear(_)));
        let is_target = |point: &&Point| point.role != Role::Baseline && self.holds(point.period);
        Cell { actual: whole.or_else(|| held().next_back()), target: part.points.iter().rev().find(is_target) }
    }

    /// How far has come what rounds ask in it, and of a year's column the part of the year that is still owed, if it is one.
    /// A period that is asked several times is asked by the most settled one.
    pub fn reporting(self, asked: &[(Asked, Option<Stage>)]) -> Option<(Reporting, Option<Period>)> {
        let mut last: BTreeMap<String, (Asked, Option<Stage>)> = BTreeMap::new();
        for (one, stage) in asked.iter().filter(|(one, _)| self.holds(one.period)) {
            let kept = last.entry(one.period.to_string()).or_insert((*one, *stage));
            if one.maturity > kept.0.maturity {
                *kept = (*one, *stage);
            }
        }
        let is_open = |stage: Option<Stage>| Reporting::of(&[stage]) != Some(Reporting::Done);
        let open: Vec<Period> = last.values().filter(|(_, stage)| is_open(*stage)).map(|(asked, _)| asked.period).collect();
        let part = match (self, open.as_slice()) {
            (Column::Year(_), [period]) if !matches!(period, Period::FiscalYear(_)) => Some(*period),
            _ => None,
        };
        let stages: Vec<_> = last.into_values().map(|(_, stage)| stage).collect();
        Some((Reporting::of(&stages)?, part))
    }
}
