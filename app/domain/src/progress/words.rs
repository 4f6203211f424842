//! The sentences of judgements: one each, saying what was measured by what.

use rust_decimal::{Decimal, RoundingStrategy::MidpointAwayFromZero};

use super::{
    case::{Case, Figure},
    path::{baseline, targets},
};
use crate::{
    clock::FiscalYear,
    kpi::{Direction, Maturity},
    period::Period,
    plan::{Part, Point},
    text::number,
    value::{Value, ValueKind},
};

impl Case<'_> {
    /// 「2026年度の実績（速報）は150件で、…。」
    pub fn sentence(&self, figure: &Figure, rest: &str) -> String {
        let maturity = match figure.actual.maturity {
            Maturity::Final => String::new(),
            maturity @ (Maturity::Forecast | Maturity::Preliminary) => format!("（{}）", maturity.label()),
        };
        let actual = figure.actual;
        format!("{}の実績{maturity}は{}で、{rest}。", when(actual.period), shown(self.part, &actual.value))
    }

    /// What a figure on the path is measured by: the target of its year, or the line between two targets.
    pub fn line(&self, figure: &Figure, expected: Decimal) -> String {
        let last = targets(self.part).map(|(point, _)| point.period.fiscal_year()).max();
        match self.reached(figure.year) {
            Some((point, goal)) if goal == expected && (point.period.fiscal_year() == figure.year || last <= Some(figure.year)) => {
                self.named(figure, point)
            }
            _ => format!("{}計画の道筋{}", of_year(figure, figure.year), printed_path(self.part, expected)),
        }
    }

    /// 「中間目標154件」, with its year when that is not the figure's own.
    pub fn named(&self, figure: &Figure, target: &Point) -> String {
        let is_final = self.final_target().is_some_and(|last| last == target);
        let name = if is_final { "最終目標" } else { "中間目標" };
        format!("{}{name}{}", of_year(figure, target.period.fiscal_year()), shown(self.part, &target.value))
    }

    pub fn met(&self, line: &str) -> String {
        match (self.part.kind.is_stepwise(), self.part.direction) {
            (true, _) | (_, Direction::Up) => format!("{line}に達しています"),
            (_, Direction::Down) => format!("{line}以内に収まっています"),
            (_, Direction::Keep) => format!("{line}から5%以内に保たれています"),
        }
    }

    pub fn missed(&self, line: &str) -> String {
        match (self.part.kind.is_stepwise(), self.part.direction) {
            (true, _) => format!("{line}にまだ達していません"),
            (_, Direction::Up) => format!("{line}を下回っています"),
            (_, Direction::Down) => format!("{line}を上回っています"),
            (_, Direction::Keep) => format!("{line}から5%を超えて離れています"),
        }
    }

    /// 「基準値144件」, 「計画開始時の0回」
    pub fn start(&self, amount: Decimal) -> String {
        match baseline(self.part) {
            Some((point, _)) => format!("基準値{}", shown(self.part, &point.value)),
            None => format!("計画開始時の{}", printed_path(self.part, amount)),
        }
    }

    pub fn why_no_path(&self) -> &'static str {
        let needs_none = self.part.kind.is_stepwise();
        if needs_none || baseline(self.part).is_some() { "" } else { "計画書に基準値がないため、" }
    }
}

pub(super) fn unreported(when: &str) -> String {
    format!("{when}の実績はまだ報告されていません。")
}

pub(super) fn target_year(year: FiscalYear) -> String {
    format!("目標年度の{}", year.short())
}

/// 「2026年度の」 before a target, unless the figure is for that very year.
fn of_year(figure: &Figure, year: FiscalYear) -> String {
    if figure.actual.period == Period::FiscalYear(year) { String::new() } else { format!("{}の", year.short()) }
}

/// A period inside a sentence: 「2026年度」, 「2026年度上半期」, 「2026年9月30日時点」.
pub(super) fn when(period: Period) -> String {
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
        (
            Value::Number { .. }
            | Value::Ratio { .. }
            | Value::Text { .. }
            | Value::Milestone { .. }
            | Value::Score { .. }
            | Value::Unknown { .. },
            _,
        ) => value.with_unit(&part.unit),
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
    let scales = values.filter_map(|value| match value {
        Value::Number { amount } | Value::Score { amount, .. } => Some(amount.scale()),
        Value::Ratio { .. } | Value::YesNo { .. } | Value::Text { .. } | Value::Milestone { .. } | Value::Unknown { .. } => None,
    });
    let scale = scales.max().unwrap_or(0);
    let mut rounded = value.round_dp_with_strategy(scale + 1, MidpointAwayFromZero).normalize();
    if rounded.scale() < scale {
        rounded.rescale(scale);
    }
    format!("{}{}", number::format(rounded), part.unit)
}
