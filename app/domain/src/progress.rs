//! Status of a KPI: computed from figures and the tenant's rule, never keyed by hand, always with a reason.
//!
//! The rule (default of `docs/data-model.md`, "Status rule"):
//! * With baseline and target there is a path baseline → interim → final, straight between the points.
//!   達成 = the final target is met; 順調 = this year's point of the path is met; then やや遅れ or 遅れ by the
//!   share of the way covered.
//! * A final target that the baseline met already is to be held: 達成 only once its year has come.
//! * Without a baseline there is no path: judged in target years only.
//! * A cumulative figure starts at 0 before the plan's first year, once that reading is confirmed.
//! * No figure for a year that is due: 未報告. No target yet: 未設定. Figures from before the plan do not count.
//! * A figure for a part of a year is measured by the year's point of the path; the reason names its period.
//! * After a series break (a new definition) only what was counted since is compared.
//! * A predecessor plan is a record and is not judged.

mod path;
#[cfg(test)]
pub(crate) mod tests;

pub use path::{Path, meets, rate_of_target, way_covered};

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy::MidpointAwayFromZero};
use serde::{Deserialize, Serialize};

use crate::{
    clock::FiscalYear,
    coded::coded,
    kpi::{Accumulation, Direction, Maturity, Role},
    period::Period,
    plan::{Actual, Grades, Kpi, Part, PlanHead, PlanKind, Point},
    text::number,
    value::{Unknown, Value, ValueKind},
};
use path::{baseline, targets};

coded! {
    Status {
        Achieved = "achieved", "達成";
        OnTrack = "on_track", "順調";
        SlightlyLate = "slightly_late", "やや遅れ";
        Late = "late", "遅れ";
        Unreported = "unreported", "未報告";
        /// No path to judge by before a target year.
        AwaitsTargetYear = "awaits_target_year", "目標年度に判定";
        TargetUnset = "target_unset", "目標は未設定";
        Collecting = "collecting", "集計中";
        /// 調査なし, 該当なし, words, a predecessor plan: nothing to judge.
        NotJudged = "not_judged", "判定せず";
    }
}

impl Status {
    /// Whether a figure was measured by the plan.
    pub fn is_judged(self) -> bool {
        match self {
            Status::Achieved | Status::OnTrack | Status::SlightlyLate | Status::Late => true,
            Status::Unreported | Status::AwaitsTargetYear | Status::TargetUnset | Status::Collecting | Status::NotJudged => false,
        }
    }

    /// The tenant's word for it.
    pub fn word(self, grades: &Grades) -> &str {
        match self {
            Status::Achieved => &grades.achieved,
            Status::OnTrack => &grades.on_track,
            Status::SlightlyLate => &grades.slightly_late,
            Status::Late => &grades.late,
            Status::Unreported | Status::AwaitsTargetYear | Status::TargetUnset | Status::Collecting | Status::NotJudged => self.label(),
        }
    }

    /// Which of two parts' statuses speaks for the KPI: the one that needs more attention.
    /// A KPI is achieved only when no part of it is still to be judged.
    fn attention(self) -> u8 {
        match self {
            Status::Late => 8,
            Status::SlightlyLate => 7,
            Status::Unreported => 6,
            Status::Collecting => 5,
            Status::OnTrack => 4,
            Status::AwaitsTargetYear => 3,
            Status::TargetUnset => 2,
            Status::Achieved => 1,
            Status::NotJudged => 0,
        }
    }
}

/// A status with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Judgement {
    pub status: Status,
    /// The tenant's word for the status.
    pub word: String,
    /// Why, in one sentence.
    pub reason: String,
    /// The fiscal year it speaks of, if a figure was given or is missing.
    #[cfg_attr(feature = "server", schema(value_type = Option<i16>))]
    pub fiscal_year: Option<FiscalYear>,
}

impl Judgement {
    fn new(plan: &PlanHead, status: Status, reason: String, fiscal_year: Option<FiscalYear>) -> Self {
        Self { status, word: status.word(&plan.grades).to_owned(), reason, fiscal_year }
    }

    fn of_predecessor(plan: &PlanHead) -> Self {
        Self::new(plan, Status::NotJudged, "前計画の実績です。判定の対象ではありません。".to_owned(), None)
    }
}

/// Judges one part of a KPI as of a day.
pub fn judge_part(plan: &PlanHead, kpi: &Kpi, part: &Part, today: Date) -> Judgement {
    if plan.kind == PlanKind::Predecessor {
        return Judgement::of_predecessor(plan);
    }
    let part = &kpi.comparable(part, today);
    let since = kpi.series_break(today);
    let due = plan.years().filter(|year| year.is_due(today) && since.is_none_or(|since| since <= *year)).last();
    Case { plan, part, due, path: Path::of(plan, part) }.judge()
}

/// Judges a KPI: the status of the part that needs most attention, its reason named by the part.
pub fn judge(plan: &PlanHead, kpi: &Kpi, today: Date) -> Judgement {
    if plan.kind == PlanKind::Predecessor {
        return Judgement::of_predecessor(plan);
    }
    // From the back, because the last of equals wins: the first part speaks.
    let parts = kpi.parts.iter().rev().map(|part| (part, judge_part(plan, kpi, part, today)));
    match parts.max_by_key(|(_, judgement)| judgement.status.attention()) {
        Some((part, judgement)) if part.name.is_empty() => judgement,
        Some((part, judgement)) => Judgement { reason: format!("{}：{}", part.name, judgement.reason), ..judgement },
        None => Judgement::new(plan, Status::TargetUnset, "測るものがまだ決まっていません。".to_owned(), None),
    }
}

/// One part of a KPI on one day.
struct Case<'a> {
    plan: &'a PlanHead,
    part: &'a Part,
    /// The newest fiscal year of the plan that has ended.
    due: Option<FiscalYear>,
    path: Option<Path>,
}

/// An actual that can be compared.
struct Figure<'a> {
    actual: &'a Actual,
    year: FiscalYear,
    amount: Decimal,
}

impl<'a> Case<'a> {
    fn judge(&self) -> Judgement {
        let mut goals = self.part.points.iter().filter(|point| point.role != Role::Baseline);
        if !goals.any(|point| point.value.is_known()) {
            return self.target_unset();
        }
        let Some(actual) = self.newest() else {
            return self.without_figure();
        };
        let year = actual.period.fiscal_year();
        match (&actual.value, actual.value.comparable()) {
            (Value::Unknown { reason, expected }, _) => self.unknown(actual.period, *reason, *expected),
            (_, Some(amount)) => self.measured(&Figure { actual, year, amount }),
            (_, None) => self.verdict(Status::NotJudged, "文章で報告する指標のため、判定しません。".to_owned(), Some(year)),
        }
    }

    /// The actual to judge: of the newest year that has a figure or is due. A figure for a whole year goes
    /// before one for its last half; an unknown for a year that is not over says nothing yet.
    fn newest(&self) -> Option<&'a Actual> {
        let from = self.due.unwrap_or(self.plan.period_from);
        let speaks = |actual: &&Actual| {
            let year = actual.period.fiscal_year();
            year >= from && (actual.value.is_known() || self.due.is_some_and(|due| year <= due))
        };
        let whole_year = |period| matches!(period, Period::FiscalYear(_));
        self.part.actuals.iter().filter(speaks).max_by_key(|a| (a.period.last_day(), whole_year(a.period)))
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
        match (&self.path, self.due, first_target) {
            (None, due, Some(first)) if due.is_none_or(|due| due < first) => {
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

    fn measured(&self, figure: &Figure) -> Judgement {
        if let Some(target) = self.achieved(figure) {
            let reason = self.sentence(figure, &self.met(&self.named(figure, target)));
            return self.verdict(Status::Achieved, reason, Some(figure.year));
        }
        match &self.path {
            Some(path) => self.on_path(path, figure),
            None => self.in_target_year(figure),
        }
    }

    /// The final target, if the figure meets it and its year has come or it had to be worked for.
    fn achieved(&self, figure: &Figure) -> Option<&Point> {
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

    fn on_path(&self, path: &Path, figure: &Figure) -> Judgement {
        let verdict = |status, rest: String| self.verdict(status, self.sentence(figure, &rest), Some(figure.year));
        let Some(expected) = path.at(figure.year) else {
            return verdict(Status::NotJudged, "基準値の年度より前のため判定しません".to_owned());
        };
        let direction = self.part.direction;
        let line = self.line(figure, expected);
        if meets(direction, figure.amount, expected) {
            return verdict(Status::OnTrack, self.met(&line));
        }
        // A start that meets the point already leaves no way to cover: the point is to be held.
        let way_to_go = direction != Direction::Keep && !meets(direction, path.start(), expected);
        let Some(covered) = way_covered(path.start(), expected, figure.amount).filter(|_| way_to_go) else {
            return verdict(Status::Late, self.missed(&line));
        };
        let threshold = number::parse(&self.plan.grades.slightly_late_from).unwrap_or(Decimal::new(8, 1));
        let status = if covered >= threshold { Status::SlightlyLate } else { Status::Late };
        let start = match baseline(self.part) {
            Some((point, _)) => format!("基準値{}", shown(self.part, &point.value)),
            None => format!("計画開始時の{}", printed_path(self.part, path.start())),
        };
        if covered < Decimal::ZERO {
            let side = if direction == Direction::Up { "下回" } else { "上回" };
            return verdict(status, format!("{line}と{start}をともに{side}っています"));
        }
        // Rounded down: what is short of the point never reads as 100 %.
        let percent = (covered * Decimal::ONE_HUNDRED).floor().min(Decimal::from(99));
        verdict(status, format!("{start}から{line}までの道のりの{percent}%です"))
    }

    fn in_target_year(&self, figure: &Figure) -> Judgement {
        let verdict = |status, rest: String| self.verdict(status, self.sentence(figure, &rest), Some(figure.year));
        // The target year that has come; a figure after it is still measured by it until the next one.
        let Some((target, goal)) = self.reached(figure.year) else {
            let first = targets(self.part).map(|(point, _)| point.period.fiscal_year()).min();
            let first = first.map_or_else(|| "目標年度".to_owned(), target_year);
            return verdict(Status::AwaitsTargetYear, format!("{}{first}に判定します", self.why_no_path()));
        };
        let line = self.named(figure, target);
        if meets(self.part.direction, figure.amount, goal) {
            verdict(Status::OnTrack, self.met(&line))
        } else {
            verdict(Status::Late, self.missed(&line))
        }
    }

    fn final_target(&self) -> Option<&Point> {
        let finals = self.part.points.iter().filter(|point| point.role == Role::Target);
        finals.max_by_key(|point| point.period.last_day())
    }

    /// The newest target whose year has come.
    fn reached(&self, year: FiscalYear) -> Option<(&Point, Decimal)> {
        targets(self.part).filter(|(p, _)| p.period.fiscal_year() <= year).max_by_key(|(p, _)| p.period.last_day())
    }

    fn verdict(&self, status: Status, reason: String, year: Option<FiscalYear>) -> Judgement {
        Judgement::new(self.plan, status, reason, year)
    }

    /// 「2026年度の実績（速報）は150件で、…。」
    fn sentence(&self, figure: &Figure, rest: &str) -> String {
        let maturity = match figure.actual.maturity {
            Maturity::Final => String::new(),
            maturity @ (Maturity::Forecast | Maturity::Preliminary) => format!("（{}）", maturity.label()),
        };
        let actual = figure.actual;
        format!("{}の実績{maturity}は{}で、{rest}。", when(actual.period), shown(self.part, &actual.value))
    }

    /// What a figure on the path is measured by: the target of its year, or the line between two targets.
    fn line(&self, figure: &Figure, expected: Decimal) -> String {
        let last = targets(self.part).map(|(point, _)| point.period.fiscal_year()).max();
        match self.reached(figure.year) {
            Some((point, goal)) if goal == expected && (point.period.fiscal_year() == figure.year || last <= Some(figure.year)) => {
                self.named(figure, point)
            }
            _ => format!("{}計画の道筋{}", of_year(figure, figure.year), printed_path(self.part, expected)),
        }
    }

    /// 「中間目標154件」, with its year when that is not the figure's own.
    fn named(&self, figure: &Figure, target: &Point) -> String {
        let is_final = self.final_target().is_some_and(|last| last == target);
        let name = if is_final { "最終目標" } else { "中間目標" };
        format!("{}{name}{}", of_year(figure, target.period.fiscal_year()), shown(self.part, &target.value))
    }

    fn met(&self, line: &str) -> String {
        match (self.part.kind, self.part.direction) {
            (ValueKind::YesNo, _) | (_, Direction::Up) => format!("{line}に達しています"),
            (_, Direction::Down) => format!("{line}以内に収まっています"),
            (_, Direction::Keep) => format!("{line}から5%以内に保たれています"),
        }
    }

    fn missed(&self, line: &str) -> String {
        match (self.part.kind, self.part.direction) {
            (ValueKind::YesNo, _) => format!("{line}にまだ達していません"),
            (_, Direction::Up) => format!("{line}を下回っています"),
            (_, Direction::Down) => format!("{line}を上回っています"),
            (_, Direction::Keep) => format!("{line}から5%を超えて離れています"),
        }
    }

    fn why_no_path(&self) -> &'static str {
        let needs_none = self.part.kind == ValueKind::YesNo;
        if needs_none || baseline(self.part).is_some() { "" } else { "計画書に基準値がないため、" }
    }
}

fn unreported(when: &str) -> String {
    format!("{when}の実績はまだ報告されていません。")
}

fn target_year(year: FiscalYear) -> String {
    format!("目標年度の{}", year.short())
}

/// 「2026年度の」 before a target, unless the figure is for that very year.
fn of_year(figure: &Figure, year: FiscalYear) -> String {
    if figure.actual.period == Period::FiscalYear(year) { String::new() } else { format!("{}の", year.short()) }
}

/// A period inside a sentence: 「2026年度」, 「2026年度上半期」, 「2026年9月30日時点」.
fn when(period: Period) -> String {
    match period {
        Period::FiscalYear(year) => year.short(),
        Period::Half(year, half) => format!("{}{}半期", year.short(), if half == 1 { "上" } else { "下" }),
        Period::Quarter(year, quarter) => format!("{}第{quarter}四半期", year.short()),
        Period::Month(..) | Period::CalendarYear(_) | Period::Instant(_) | Period::Range(..) => period.label(),
    }
}

/// A value inside a sentence: 「156件」, 「7台/64台（10.9%）」, 「はい」 in its brackets.
fn shown(part: &Part, value: &Value) -> String {
    match (value, value.comparable()) {
        (Value::Ratio { .. }, Some(share)) => format!("{}（{}）", value.with_unit(&part.unit), printed_path(part, share)),
        (Value::YesNo { .. }, _) => format!("「{}」", value.plain()),
        (Value::Number { .. } | Value::Ratio { .. } | Value::Text { .. } | Value::Unknown { .. }, _) => value.with_unit(&part.unit),
    }
}

/// A point of the path as text: 「154件」, a ratio in percent 「7.8%」. One decimal more than printed at most.
pub fn printed_path(part: &Part, value: Decimal) -> String {
    if part.kind == ValueKind::Ratio {
        let percent = value.saturating_mul(Decimal::ONE_HUNDRED).round_dp_with_strategy(1, MidpointAwayFromZero);
        return format!("{}%", number::format(percent.normalize()));
    }
    let planned = part.points.iter().map(|point| &point.value);
    let values = planned.chain(part.actuals.iter().map(|actual| &actual.value));
    let scales = values.filter_map(|value| if let Value::Number { amount } = value { Some(amount.scale()) } else { None });
    let scale = scales.max().unwrap_or(0);
    let mut rounded = value.round_dp_with_strategy(scale + 1, MidpointAwayFromZero).normalize();
    if rounded.scale() < scale {
        rounded.rescale(scale);
    }
    format!("{}{}", number::format(rounded), part.unit)
}
