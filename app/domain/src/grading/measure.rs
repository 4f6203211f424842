//! What a figure is worth in percent of what was wanted. Arithmetic only, exact; words are made elsewhere.
//!
//! Rate of achievement (達成率), as evaluation sheets of Japanese municipalities count it:
//! * the more the better: actual ÷ target × 100;
//! * the fewer the better: target ÷ actual × 100, the inverse. A target of 60 is 75 % achieved by 80 and 120 % by 50;
//! * to be kept: 100 % within 5 % of the target, else 100 % less the distance in percent of the target.
//!
//! No rate exists against a target of 0 or below, nor for yes/no and milestones: the target is met or it is not.

use rust_decimal::{Decimal, RoundingStrategy::ToNegativeInfinity};

use crate::{
    kpi::Direction,
    progress::{meets, settled, way_covered},
};

/// What the bands of a rule set are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Percent(Decimal),
    /// Better than any percent: nothing is left of what should be few.
    Beyond,
    /// There is no rate; the target is met or missed.
    Met(bool),
}

impl Measure {
    /// `None` is more than any percent. A target that is met without a rate counts as 100 %, a missed one as 0 %.
    pub fn percent(self) -> Option<Decimal> {
        match self {
            Measure::Percent(percent) => Some(percent),
            Measure::Beyond => None,
            Measure::Met(true) => Some(Decimal::ONE_HUNDRED),
            Measure::Met(false) => Some(Decimal::ZERO),
        }
    }
}

/// Rate of achievement of an actual against a target.
pub fn rate(direction: Direction, actual: Decimal, target: Decimal) -> Measure {
    if target <= Decimal::ZERO {
        return Measure::Met(meets(direction, actual, target));
    }
    match direction {
        Direction::Up => percent(actual, target),
        Direction::Down if actual <= Decimal::ZERO => Measure::Beyond,
        Direction::Down => percent(target, actual),
        Direction::Keep if meets(direction, actual, target) => Measure::Percent(Decimal::ONE_HUNDRED),
        Direction::Keep => percent(target.saturating_sub(actual.saturating_sub(target).abs()), target),
    }
}

/// The start, if a way leads from it to the goal: not for what is to be kept, nor when the start meets the goal already.
pub fn way(direction: Direction, start: Option<Decimal>, goal: Decimal) -> Option<Decimal> {
    start.filter(|start| direction != Direction::Keep && !meets(direction, *start, goal))
}

/// How much of the way from the start to the goal is covered.
pub fn gain(start: Decimal, goal: Decimal, actual: Decimal) -> Measure {
    match way_covered(start, goal, actual) {
        Some(share) => Measure::Percent(share.saturating_mul(Decimal::ONE_HUNDRED)),
        None => Measure::Met(false),
    }
}

/// `part` of a positive `whole` in percent; outside the range of decimals as good or as bad as can be.
fn percent(part: Decimal, whole: Decimal) -> Measure {
    match part.checked_div(whole) {
        Some(share) => Measure::Percent(settled(share.saturating_mul(Decimal::ONE_HUNDRED))),
        None if part > Decimal::ZERO => Measure::Beyond,
        None => Measure::Met(false),
    }
}

/// 「93.7%」: one decimal, rounded down, so that what is short of a bound never prints as having reached it. What is
/// over a bound that its band leaves out, by less than is printed, says so: 「110%超」.
pub fn printed(percent: Decimal, left_out: Option<Decimal>) -> String {
    let shown = percent.round_dp_with_strategy(1, ToNegativeInfinity).normalize();
    let over = if left_out == Some(shown) && percent > shown { "超" } else { "" };
    format!("{}%{over}", crate::text::number::format(shown))
}
