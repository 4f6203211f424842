//! Rule sets that measure a rate: against the year's target, the final one, or the final one apportioned by years.

use rust_decimal::Decimal;

use super::{
    Judgement,
    case::{Case, Figure},
    path::{Path, baseline, meets, targets},
    words::printed_path,
};
use crate::{
    grading::{
        Basis, Bound,
        measure::{Measure, gain, printed, rate, way},
    },
    kpi::{Accumulation, Direction},
    plan::Point,
};

/// What a figure is measured by.
struct Goal {
    /// Where the way to it begins, for sets that measure a gain.
    start: Option<Decimal>,
    amount: Decimal,
    /// 「中間目標154件」
    line: String,
}

impl Case<'_> {
    pub fn by_rate(&self, figure: &Figure) -> Judgement {
        let goal = match self.rules.basis {
            Basis::FinalTarget => self.whole_target(figure),
            Basis::ProRata => self.apportioned(figure),
            Basis::Path | Basis::YearTarget | Basis::FourEffects => self.of_the_year(figure),
        };
        let goal = match goal {
            Ok(goal) => goal,
            Err(judgement) => return *judgement,
        };
        let direction = self.part.direction;
        let start = way(direction, goal.start, goal.amount);
        let measure = match start {
            _ if self.part.kind.is_stepwise() => Measure::Met(meets(direction, figure.amount, goal.amount)),
            Some(start) => gain(start, goal.amount, figure.amount),
            None => rate(direction, figure.amount, goal.amount),
        };
        let Some(band) = self.rules.band(measure) else {
            return self.graded(None, figure, "");
        };
        let left_out = if let Bound::Above(percent) = band.from { Some(percent) } else { None };
        let clause = match (measure, start) {
            (Measure::Percent(percent), Some(start)) if percent < Decimal::ZERO => {
                format!("{}おり", self.both_missed(&goal.line, start))
            }
            (Measure::Percent(percent), Some(start)) => {
                format!("{}から{}までの道のりの{}にあたり", self.start(start), goal.line, printed(percent, left_out))
            }
            (Measure::Percent(percent), None) => self.against(figure, &goal, &printed(percent, left_out)),
            (Measure::Beyond | Measure::Met(true), _) => self.met(&goal.line).replace("います", "おり"),
            (Measure::Met(false), _) => self.missed(&goal.line).replace("いません", "おらず").replace("います", "おり"),
        };
        let meaning = self.rules.meaning(band);
        let meaning = if meaning == band.label { String::new() } else { format!("（{meaning}）") };
        self.graded(Some(band), figure, &format!("{clause}、「{}」{meaning}です", band.label))
    }

    /// 「中間目標160件の93.7%にあたり」
    fn against(&self, figure: &Figure, goal: &Goal, percent: &str) -> String {
        let line = &goal.line;
        match self.part.direction {
            Direction::Up => format!("{line}の{percent}にあたり"),
            Direction::Down => format!("{line}に対する達成率（目標÷実績）は{percent}のため"),
            Direction::Keep if meets(Direction::Keep, figure.amount, goal.amount) => self.met(line).replace("います", "おり"),
            Direction::Keep => format!("{line}から5%を超えて離れ、達成率は{percent}のため"),
        }
    }

    /// The year's target, else the point of the path, else the newest target whose year has come.
    fn of_the_year(&self, figure: &Figure) -> Result<Goal, Box<Judgement>> {
        let Some(path) = &self.path else {
            // 「はい」 before its year is welcome.
            let target = self.reached(figure.year).or_else(|| with_amount(self.achieved(figure)));
            let (target, amount) = target.ok_or_else(|| Box::new(self.awaits_target_year(figure)))?;
            let start = baseline(self.part).map(|(_, amount)| amount);
            return Ok(Goal { start: self.if_gain(start), amount, line: self.named(figure, target) });
        };
        let amount = path.at(figure.year).ok_or_else(|| Box::new(self.before_baseline(figure)))?;
        Ok(Goal { start: self.if_gain(Some(Path::start(path))), amount, line: self.line(figure, amount) })
    }

    fn if_gain(&self, start: Option<Decimal>) -> Option<Decimal> {
        start.filter(|_| self.rules.basis == Basis::FourEffects)
    }

    /// The last target that has a value. What is reached at once is measured by it once its year has come.
    fn whole_target(&self, figure: &Figure) -> Result<Goal, Box<Judgement>> {
        let last = with_amount(self.final_target()).or_else(|| targets(self.part).max_by_key(|(point, _)| point.period.last_day()));
        let (target, amount) = last.ok_or_else(|| Box::new(self.awaits_target_year(figure)))?;
        let come = figure.year >= target.period.fiscal_year() || meets(self.part.direction, figure.amount, amount);
        if self.part.kind.is_stepwise() && !come {
            return Err(Box::new(self.awaits_target_year(figure)));
        }
        Ok(Goal { start: None, amount, line: self.named(figure, target) })
    }

    /// The last target's part for the years of the plan that have passed, from the baseline, else from nothing. A level
    /// that is to be kept, or to come down to from an unknown one, is not apportioned.
    fn apportioned(&self, figure: &Figure) -> Result<Goal, Box<Judgement>> {
        let whole = self.whole_target(figure)?;
        let last = targets(self.part).map(|(point, _)| point.period.fiscal_year()).max().unwrap_or(self.plan.period_until);
        let years = last.0.saturating_sub(self.plan.period_from.0).saturating_add(1).max(1);
        let passed = figure.year.0.saturating_sub(self.plan.period_from.0).saturating_add(1).clamp(1, years);
        let start = baseline(self.part).map(|(_, amount)| amount);
        let from_nothing = self.part.direction == Direction::Up || self.part.accumulation == Accumulation::Cumulative;
        let is_level = self.part.direction == Direction::Keep || self.part.kind.is_stepwise() || (start.is_none() && !from_nothing);
        if is_level || passed == years {
            return Ok(Goal { start, ..whole });
        }
        let from = start.unwrap_or_default();
        let climbed = whole.amount.saturating_sub(from).saturating_mul(passed.into()) / Decimal::from(years);
        let amount = from.saturating_add(climbed).normalize();
        let line = format!("{}の按分値{}（{years}年中{passed}年目）", whole.line, printed_path(self.part, amount));
        Ok(Goal { start, amount, line })
    }
}

fn with_amount(target: Option<&Point>) -> Option<(&Point, Decimal)> {
    target.and_then(|target| Some((target, target.value.comparable()?)))
}
