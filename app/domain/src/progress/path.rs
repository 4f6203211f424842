//! The path a plan means a figure to take, and how far along it a figure is. Arithmetic only, no words.

use std::cmp::Reverse;

use rust_decimal::{Decimal, RoundingStrategy::MidpointAwayFromZero};

use crate::{
    clock::FiscalYear,
    kpi::{Accumulation, Direction, Role},
    plan::{Part, PlanHead, Point},
};

/// The straight path from baseline over interim to final target, by fiscal year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    points: Vec<(FiscalYear, Decimal)>,
}

impl Path {
    /// `None` without a comparable start and a comparable target after it.
    pub fn of(plan: &PlanHead, part: &Part) -> Option<Self> {
        // 「はい」 is reached at once: no straight line leads there.
        if part.kind.is_stepwise() {
            return None;
        }
        let from_zero = part.accumulation == Accumulation::Cumulative && part.accumulation_confirmed;
        let year_before = FiscalYear(plan.period_from.0.saturating_sub(1));
        let start = baseline(part).map(|(point, amount)| (point.period.fiscal_year(), amount));
        let start = start.or(from_zero.then_some((year_before, Decimal::ZERO)))?;
        let mut points: Vec<_> =
            (targets(part).map(|(point, goal)| (point.period, goal))).filter(|(period, _)| period.fiscal_year() > start.0).collect();
        // Of two targets in one year the one that ends later stands for the year.
        points.sort_by_key(|(period, _)| (period.fiscal_year(), Reverse(period.last_day())));
        points.dedup_by_key(|(period, _)| period.fiscal_year());
        let points = points.into_iter().map(|(period, goal)| (period.fiscal_year(), goal));
        let points: Vec<_> = std::iter::once(start).chain(points).collect();
        (points.len() > 1).then_some(Self { points })
    }

    /// The path's value in a year; flat after its end, `None` before its start.
    pub fn at(&self, year: FiscalYear) -> Option<Decimal> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        if year < first.0 {
            return None;
        }
        if year >= last.0 {
            return Some(last.1);
        }
        let pair = self.points.windows(2).find(|pair| pair[0].0 <= year && year < pair[1].0)?;
        let span = Decimal::from(pair[1].0.0 - pair[0].0.0);
        let done = Decimal::from(year.0 - pair[0].0.0);
        let climbed = pair[1].1.saturating_sub(pair[0].1).saturating_mul(done) / span;
        Some(pair[0].1.saturating_add(climbed).normalize())
    }

    /// Where the path begins: the baseline, or 0 for a confirmed cumulative figure.
    pub fn start(&self) -> Decimal {
        self.points[0].1 // `of` builds no path with fewer than two points
    }

    /// Its corners, by year.
    pub fn points(&self) -> &[(FiscalYear, Decimal)] {
        &self.points
    }
}

/// Share of the way from `start` to `goal` that `actual` has covered; `None` when there is no way to go.
pub fn way_covered(start: Decimal, goal: Decimal, actual: Decimal) -> Option<Decimal> {
    actual.saturating_sub(start).checked_div(goal.saturating_sub(start)).map(settled)
}

/// Actual as a share of the target in percent, one decimal; `None` for a target of 0.
pub fn rate_of_target(actual: Decimal, target: Decimal) -> Option<Decimal> {
    let share = actual.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(target)?;
    Some(share.round_dp_with_strategy(1, MidpointAwayFromZero))
}

/// Whether a value is as good as the goal or better. Keep: within 5 % of the goal.
pub fn meets(direction: Direction, actual: Decimal, goal: Decimal) -> bool {
    let (actual, goal) = (settled(actual), settled(goal));
    match direction {
        Direction::Up => actual >= goal,
        Direction::Down => actual <= goal,
        // The margin's own error: what is 5 % on paper is within it.
        Direction::Keep => actual.saturating_sub(goal).abs() <= goal.abs() * Decimal::new(5, 2) + Decimal::new(1, 12),
    }
}

/// Division errs in the last digits (2 ÷ 3): what is equal on paper must compare as equal.
pub(crate) fn settled(amount: Decimal) -> Decimal {
    amount.round_dp(18)
}

/// Interim and final targets that can be compared.
pub(super) fn targets(part: &Part) -> impl Iterator<Item = (&Point, Decimal)> {
    let goals = part.points.iter().filter(|point| point.role != Role::Baseline);
    goals.filter_map(|point| Some((point, point.value.comparable()?)))
}

/// The baseline, if it can be compared.
pub(super) fn baseline(part: &Part) -> Option<(&Point, Decimal)> {
    let point = part.point(Role::Baseline)?;
    Some((point, point.value.comparable()?))
}
