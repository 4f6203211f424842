//! Which figure of a part speaks, and what is said when there is none to judge: the same for every rule set.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    Judgement, Status,
    path::{Path, baseline, meets, targets},
    words::{target_year, unreported, when},
};
use crate::{
    clock::FiscalYear,
    grading::{Band, Basis, RuleSet},
    kpi::{Accumulation, Direction, Role},
    period::Period,
    plan::{Actual, Part, PlanHead, Point},
    value::{Unknown, Value},
};

/// One part of a KPI on one day.
pub(super) struct Case<'a> {
    pub rules: &'a RuleSet,
    pub plan: &'a PlanHead,
    pub part: &'a Part,
    /// The newest fiscal year of the plan that has ended.
    pub due: Option<FiscalYear>,
    pub path: Option<Path>,
}

/// An actual that can be compared.
pub(super) struct Figure<'a> {
    pub actual: &'a Actual,
    pub year: FiscalYear,
    pub amount: Decimal,
}

/// The actual of a part to judge: of the newest year that has a figure or is due. A figure for a whole year goes
/// before one for its last half; an unknown for a year that is not over says nothing yet.
pub(super) fn newest<'a>(plan: &PlanHead, part: &'a Part, due: Option<FiscalYear>) -> Option<&'a Actual> {
    let from = due.unwrap_or(plan.period_from);
    let speaks = |actual: &&Actual| {
        let year = actual.period.fiscal_year();
        year >= from && (actual.value.is_known() || due.is_some_and(|due| year <= due))
    };
    part.actuals.iter().filter(speaks).max_by_key(|actual| standing(actual))
}

/// By what one actual goes before another.
pub(super) fn standing(actual: &Actual) -> impl Ord + use<> {
    (actual.period.last_day(), matches!(actual.period, Period::FiscalYear(_)))
}

impl<'a> Case<'a> {
    pub fn judge(&self) -> Judgement {
        let mut goals = self.part.points.iter().filter(|point| point.role != Role::Baseline);
        if !goals.any(|point| point.value.is_known()) {
            return self.target_unset();
        }
        let Some(actual) = newest(self.plan, self.part, self.due) else {
            return self.without_figure();
        };
        let year = actual.period.fiscal_year();
        match (&actual.value, actual.value.comparable()) {
            (Value::Unknown { reason, expected }, _) => self.unknown(actual.period, *reason, *expected),
            (_, Some(amount)) => self.measured(&Figure { actual, year, amount }),
            (_, None) => self.verdict(Status::NotJudged, "文章で報告する指標のため、判定しません。".to_owned(), Some(year)),
        }
    }

    fn target_unset(&self) -> Judgement {
        let unknown = |role| self.part.point(role).and_then(|point| point.value.unknown_reason());
        let reason = match unknown(Role::Target).or_else(|| unknown(Role::Interim)) {
            Some(Unknown::SetAtIntroduction) => "計画書に「導入時に設定」とあり、最終目標の値はまだ決まっていません。".to_owned(),
            Some(Unknown::NotStated) => "計画書に最終目標の記載がないため、判定しません。".to_owned(),
            Some(reason) => format!("最終目標が「{}」のため、判定しません。", reason.label()),
            None => "目標の値はまだ決まっていません。".to_owned(),
        };
        self.verdict(Status::TargetUnset, reason, None)
    }

    fn without_figure(&self) -> Judgement {
        let first_target = targets(self.part).map(|(point, _)| point.period.fiscal_year()).min();
        match (self.waits_for_target_year(), self.due, first_target) {
            (true, due, Some(first)) if due.is_none_or(|due| due < first) => {
                self.verdict(Status::AwaitsTargetYear, format!("{}{}に判定します。", self.why_no_path(), target_year(first)), None)
            }
            (_, Some(due), _) => self.verdict(Status::Unreported, unreported(&due.short()), Some(due)),
            (_, None, _) => {
                let first = self.plan.period_from.short();
                let reason = format!("計画の最初の年度（{first}）が終わっていないため、まだ判定しません。");
                self.verdict(Status::AwaitsTargetYear, reason, None)
            }
        }
    }

    fn unknown(&self, period: Period, reason: Unknown, expected: Option<Date>) -> Judgement {
        let when = when(period);
        let (status, reason) = match (reason, expected) {
            (Unknown::Collecting, Some(month)) => {
                let month = format!("{}年{}月", month.year(), month.month());
                (Status::Collecting, format!("{when}の実績は集計中です（{month}ごろの見込み）。"))
            }
            (Unknown::Collecting, None) => (Status::Collecting, format!("{when}の実績は集計中です。")),
            (Unknown::Unreported, _) => (Status::Unreported, unreported(&when)),
            (reason, _) => (Status::NotJudged, format!("{when}の実績は「{}」のため、判定しません。", reason.label())),
        };
        self.verdict(status, reason, Some(period.fiscal_year()))
    }

    /// Nothing is measured before a target year: there is no path, and the target is not to be apportioned.
    fn waits_for_target_year(&self) -> bool {
        let by_target_year = match self.rules.basis {
            Basis::Path | Basis::YearTarget | Basis::FourEffects => true,
            Basis::FinalTarget | Basis::ProRata => self.part.kind.is_stepwise(),
        };
        by_target_year && self.path.is_none()
    }

    fn measured(&self, figure: &Figure) -> Judgement {
        if let Some((band, target)) = self.rules.final_band().zip(self.achieved(figure)) {
            return self.graded(Some(band), figure, &self.met(&self.named(figure, target)));
        }
        match (self.rules.basis, &self.path) {
            (Basis::Path, Some(path)) => self.on_path(path, figure),
            (Basis::Path, None) => self.in_target_year(figure),
            (Basis::YearTarget | Basis::FinalTarget | Basis::ProRata | Basis::FourEffects, _) => self.by_rate(figure),
        }
    }

    /// A figure from which nothing can be said before a target year.
    pub fn awaits_target_year(&self, figure: &Figure) -> Judgement {
        let first = targets(self.part).map(|(point, _)| point.period.fiscal_year()).min();
        let first = first.map_or_else(|| "目標年度".to_owned(), target_year);
        let reason = self.sentence(figure, &format!("{}{first}に判定します", self.why_no_path()));
        self.verdict(Status::AwaitsTargetYear, reason, Some(figure.year))
    }

    pub fn before_baseline(&self, figure: &Figure) -> Judgement {
        let reason = self.sentence(figure, "基準値の年度より前のため判定しません");
        self.verdict(Status::NotJudged, reason, Some(figure.year))
    }

    /// The final target, if the figure meets it and its year has come or it had to be worked for.
    pub fn achieved(&self, figure: &Figure) -> Option<&Point> {
        let target = self.final_target()?;
        let goal = target.value.comparable()?;
        let direction = self.part.direction;
        let start = self.path.as_ref().map(Path::start).or(baseline(self.part).map(|(_, amount)| amount));
        let worked_for = match (direction, start) {
            (Direction::Keep, _) => false,
            (Direction::Up | Direction::Down, Some(start)) => !meets(direction, start, goal),
            // What adds up from nothing is below any limit at first.
            (Direction::Down, None) => self.part.accumulation != Accumulation::Cumulative,
            (Direction::Up, None) => true,
        };
        let come = figure.year >= target.period.fiscal_year();
        ((come || worked_for) && meets(direction, figure.amount, goal)).then_some(target)
    }

    pub fn final_target(&self) -> Option<&Point> {
        let finals = self.part.points.iter().filter(|point| point.role == Role::Target);
        finals.max_by_key(|point| point.period.last_day())
    }

    /// The newest target whose year has come.
    pub fn reached(&self, year: FiscalYear) -> Option<(&Point, Decimal)> {
        targets(self.part).filter(|(p, _)| p.period.fiscal_year() <= year).max_by_key(|(p, _)| p.period.last_day())
    }

    fn verdict(&self, status: Status, reason: String, year: Option<FiscalYear>) -> Judgement {
        Judgement::ungraded(self.rules, status, reason, year)
    }

    /// A graded figure; `rest` ends its sentence.
    pub fn graded(&self, band: Option<&Band>, figure: &Figure, rest: &str) -> Judgement {
        match band {
            Some(band) => Judgement::graded(band, self.sentence(figure, rest), figure.year),
            None => self.verdict(Status::NotJudged, self.sentence(figure, "判定の区分がありません"), Some(figure.year)),
        }
    }
}
