//! Cumulative KPIs: a person enters the year's figure or the total, and the other follows from the year before.

use rust_decimal::Decimal;

use crate::{
    clock::FiscalYear,
    coded::coded,
    kpi::Role,
    period::Period,
    plan::{Part, PlanHead},
    value::Unknown,
};

coded! {
    /// Which of the two was entered.
    Entered {
        /// Counted from April on.
        Year = "year", "この年度の分";
        /// What the product keeps as the actual.
        Total = "total", "累計";
    }
}

/// Why neither follows from the other. `Display` is a sentence for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// No total of the year before is known.
    YearBefore { year: FiscalYear, reason: Unknown },
    /// Nobody has said that it counts from 0 in the plan's first year.
    StartUnconfirmed,
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Gap::YearBefore { year, reason } => {
                write!(f, "{}末の累計が「{}」のため、この年度の分と累計を互いに計算できません。累計を入力してください。", year.short(), reason.label())
            }
            Gap::StartUnconfirmed => {
                f.write_str("計画の最初の年度に0から数え始めることが確認されていないため、この年度の分と累計を互いに計算できません。累計を入力してください。")
            }
        }
    }
}

/// The total at the end of the year before a period: its actual or baseline; 0 before the plan's first year, once it is
/// confirmed that it counts from there. Of two actuals that end on that day the one for the whole year speaks.
pub fn before(plan: &PlanHead, part: &Part, period: Period) -> Result<Decimal, Gap> {
    let year = period.fiscal_year();
    let year_before = FiscalYear(year.0 - 1);
    let whole_year = |period: Period| period == Period::FiscalYear(year_before);
    let ends = |period: Period| period.last_day() == year_before.last_day();
    let actual = part.actuals.iter().filter(|actual| ends(actual.period)).max_by_key(|actual| whole_year(actual.period));
    let baseline = part.point(Role::Baseline).filter(|point| point.period.fiscal_year() == year_before);
    if let Some(value) = actual.map(|actual| &actual.value).or(baseline.map(|point| &point.value)) {
        let reason = value.unknown_reason().unwrap_or(Unknown::NotStated);
        return value.comparable().ok_or(Gap::YearBefore { year: year_before, reason });
    }
    match (year == plan.period_from, part.accumulation_confirmed) {
        (true, true) => Ok(Decimal::ZERO),
        (true, false) => Err(Gap::StartUnconfirmed),
        (false, _) => Err(Gap::YearBefore { year: year_before, reason: Unknown::Unreported }),
    }
}

/// The total that an entered figure means.
pub fn total(entered: Entered, amount: Decimal, before: Decimal) -> Decimal {
    match entered {
        Entered::Year => before.saturating_add(amount),
        Entered::Total => amount,
    }
}

/// The year's figure that an entered figure means.
pub fn of_year(entered: Entered, amount: Decimal, before: Decimal) -> Decimal {
    match entered {
        Entered::Year => amount,
        Entered::Total => amount.saturating_sub(before),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        plan::{Actual, sample_actual, sample_kpi},
        progress::tests::plan,
        value::Value,
    };

    fn part(actuals: &[(&str, &str)]) -> Part {
        let actual = |(period, text): &(&str, &str)| Actual { period: Period::parse(period).unwrap(), ..sample_actual(text) };
        Part { points: Vec::new(), actuals: actuals.iter().map(actual).collect(), ..sample_kpi().parts.remove(0) }
    }

    fn before_2026(part: &Part) -> Result<Decimal, Gap> {
        before(&plan(), part, Period::year(2026))
    }

    #[test]
    fn the_year_before_is_found_in_whatever_ends_with_it() {
        assert_eq!(before_2026(&part(&[("FY2025", "16")])), Ok(16.into()));
        assert_eq!(before_2026(&part(&[("FY2025H1", "9"), ("FY2025Q4", "15")])), Ok(15.into()));
        assert_eq!(before_2026(&part(&[("2026-03", "15"), ("FY2025", "16"), ("FY2025H2", "14")])), Ok(16.into()));
        let with_baseline = Part { points: sample_kpi().parts.remove(0).points, ..part(&[]) };
        assert_eq!(before(&plan(), &with_baseline, Period::Half(FiscalYear(2024), 1)), Ok(144.into()), "the baseline is of 2023");
    }

    #[test]
    fn the_first_year_counts_from_nothing_once_that_is_confirmed() {
        let first = Period::Half(FiscalYear(2025), 1);
        assert_eq!(before(&plan(), &part(&[]), first), Ok(Decimal::ZERO));
        let unconfirmed = Part { accumulation_confirmed: false, ..part(&[]) };
        assert_eq!(before(&plan(), &unconfirmed, first), Err(Gap::StartUnconfirmed));
    }

    #[test]
    fn an_unknown_year_before_is_said_and_never_taken_for_0() {
        let mut collecting = part(&[("FY2025", "0")]);
        collecting.actuals[0].value = Value::unknown(Unknown::Collecting);
        let gap = before_2026(&collecting).unwrap_err();
        assert_eq!(
            gap.to_string(),
            "2025年度末の累計が「集計中」のため、この年度の分と累計を互いに計算できません。累計を入力してください。"
        );
        assert!(before_2026(&part(&[("FY2024", "8")])).unwrap_err().to_string().contains("「未報告」"));
    }

    fn amount() -> impl Strategy<Value = Decimal> {
        (-999_999_999_999i64..=999_999_999_999, 0u32..=3).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
    }

    proptest! {
        #[test]
        fn year_and_total_are_inverses(before in amount(), amount in amount()) {
            prop_assert_eq!(of_year(Entered::Total, total(Entered::Year, amount, before), before), amount);
            prop_assert_eq!(total(Entered::Year, of_year(Entered::Total, amount, before), before), amount);
        }
    }
}
