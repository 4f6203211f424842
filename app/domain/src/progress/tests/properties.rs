//! Properties that hold for any figures.

use proptest::prelude::*;

use super::*;

pub(crate) fn amount() -> impl Strategy<Value = Decimal> {
    let wide = (-1_000_000i64..1_000_000, 0u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    // Few enough to meet targets, points of the path and thresholds exactly.
    prop_oneof![(-12i64..12).prop_map(Decimal::from), wide]
}

fn any_amount() -> impl Strategy<Value = Decimal> {
    prop_oneof![amount(), (any::<i128>(), 0u32..=28).prop_map(|(m, scale)| Decimal::from_i128_with_scale(m >> 32, scale))]
}

fn known(values: impl Strategy<Value = Decimal>) -> impl Strategy<Value = Value> {
    values.prop_map(Value::number)
}

fn any_value() -> impl Strategy<Value = Value> {
    let unknown = (prop::sample::select(Unknown::ALL), prop::option::of(any_day()));
    prop_oneof![
        6 => known(any_amount()),
        1 => (any_amount(), any_amount()).prop_map(|(n, of)| Value::Ratio { n, of }),
        1 => any::<bool>().prop_map(|yes| Value::YesNo { yes }),
        1 => Just(Value::Text { words: "検討中".into() }),
        1 => any::<u16>().prop_map(|rank| Value::Milestone { rank, state: "設計".into() }),
        1 => (any_amount(), prop::option::of(1u32..)).prop_map(|(amount, sample)| Value::Score { amount, sample }),
        3 => unknown.prop_map(|(reason, expected)| Value::Unknown { reason, expected }),
    ]
}

pub(crate) fn any_day() -> impl Strategy<Value = Date> {
    (1900i16..2200, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn any_period() -> impl Strategy<Value = Period> {
    let near = (2021i16..2033).prop_map(FiscalYear);
    prop_oneof![
        3 => near.clone().prop_map(Period::FiscalYear),
        1 => (near.clone(), 1u8..=2).prop_map(|(year, half)| Period::Half(year, half)),
        1 => (near, 1u8..=4).prop_map(|(year, quarter)| Period::Quarter(year, quarter)),
        1 => (1900i16..2200, 1i8..=12).prop_map(|(year, month)| Period::Month(year, month)),
        1 => (1900i16..2200).prop_map(Period::CalendarYear),
        1 => any_day().prop_map(Period::Instant),
    ]
}

/// A part with any points and any actuals, of any kind.
pub(crate) fn any_part() -> impl Strategy<Value = Part> {
    let points = prop::collection::vec((prop::sample::select(Role::ALL), any_period(), any_value()), 0..5);
    let actuals = prop::collection::vec((any_period(), any_value(), prop::sample::select(Maturity::ALL)), 0..5);
    let shape = (
        prop::sample::select(ValueKind::ALL),
        prop::sample::select(Direction::ALL),
        prop::sample::select(Accumulation::ALL),
        any::<bool>(),
    );
    (points, actuals, shape).prop_map(|(points, actuals, (kind, direction, accumulation, accumulation_confirmed))| {
        let empty = numbers(&[(BASE, 2023, "0")]).points.remove(0);
        let point = |(role, period, value)| Point { role, period, value, ..empty.clone() };
        let actual = |(period, value, maturity)| Actual { period, value, maturity, ..sample_actual("0") };
        Part {
            kind,
            direction,
            accumulation,
            accumulation_confirmed,
            points: points.into_iter().map(point).collect(),
            actuals: actuals.into_iter().map(actual).collect(),
            ..applications()
        }
    })
}

/// Baseline, interim target, final target and an actual of one of the plan's years; each may be missing.
#[derive(Clone, Debug)]
struct Course {
    planned: [Option<Decimal>; 3],
    actual: Decimal,
    year: i16,
    accumulation: Accumulation,
}

impl Course {
    fn any() -> impl Strategy<Value = Self> {
        let planned = [prop::option::of(amount()), prop::option::of(amount()), prop::option::of(amount())];
        (planned, amount(), 2025i16..=2031, prop::sample::select(Accumulation::ALL))
            .prop_map(|(planned, actual, year, accumulation)| Self { planned, actual, year, accumulation })
    }

    fn times(&self, factor: Decimal) -> Self {
        Self { planned: self.planned.map(|p| p.map(|p| p * factor)), actual: self.actual * factor, ..self.clone() }
    }

    fn status(&self, direction: Direction) -> Status {
        let mut part = numbers(&[(BASE, 2023, "—"), (INTERIM, 2026, "—"), (TARGET, 2029, "—")]).going(direction);
        for (point, planned) in part.points.iter_mut().zip(self.planned) {
            point.value = planned.map_or(Value::unknown(Unknown::Dash), Value::number);
        }
        part.accumulation = self.accumulation;
        let value = Value::number(self.actual);
        part.actuals.push(Actual { period: Period::year(self.year), value, ..sample_actual("0") });
        part.said(TODAY).0
    }
}

/// Better grades are greater. `None`: not judged.
fn grade(status: Status) -> Option<u8> {
    match status {
        Status::Achieved => Some(3),
        Status::OnTrack => Some(2),
        Status::SlightlyLate => Some(1),
        Status::Late => Some(0),
        Status::Unreported | Status::AwaitsTargetYear | Status::TargetUnset | Status::Collecting | Status::NotJudged => None,
    }
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Up => Direction::Down,
        Direction::Down => Direction::Up,
        Direction::Keep => Direction::Keep,
    }
}

proptest! {
    #[test]
    fn a_better_figure_never_yields_a_worse_status(course in Course::any(), other in amount(), up in any::<bool>()) {
        let (low, high) = (course.actual.min(other), course.actual.max(other));
        let (direction, worse, better) = if up { (Direction::Up, low, high) } else { (Direction::Down, high, low) };
        let worse = Course { actual: worse, ..course.clone() }.status(direction);
        let better = Course { actual: better, ..course }.status(direction);
        if let (Some(worse), Some(better)) = (grade(worse), grade(better)) {
            prop_assert!(better >= worse);
        }
    }

    #[test]
    fn the_mirror_image_has_the_same_status(mut course in Course::any(), direction in prop::sample::select(Direction::ALL)) {
        // What adds up from nothing has no mirror image: it never falls.
        if course.accumulation == Accumulation::Cumulative {
            course.planned[0].get_or_insert(Decimal::ZERO);
        }
        prop_assert_eq!(course.status(direction), course.times(Decimal::NEGATIVE_ONE).status(opposite(direction)));
    }

    #[test]
    fn another_unit_has_the_same_status(
        course in Course::any(), direction in prop::sample::select(Direction::ALL), factor in 1i64..10_000, scale in 0u32..4,
    ) {
        prop_assert_eq!(course.status(direction), course.times(Decimal::new(factor, scale)).status(direction));
    }

    #[test]
    fn the_path_hits_its_points_and_never_turns_between_them(planned in [amount(), amount(), amount()], mut years in [2020i16..2025, 2025..2029, 2029..2035]) {
        years.sort_unstable();
        let mut part = numbers(&[(BASE, years[0], "0"), (INTERIM, years[1], "0"), (TARGET, years[2], "0")]);
        for (point, amount) in part.points.iter_mut().zip(planned) {
            point.value = Value::number(amount);
        }
        let path = Path::of(&plan(), &part).unwrap();
        for (year, amount) in years.into_iter().zip(planned) {
            prop_assert_eq!(path.at(FiscalYear(year)), Some(amount));
        }
        prop_assert_eq!(path.at(FiscalYear(years[0] - 1)), None);
        prop_assert_eq!(path.at(FiscalYear(years[2] + 9)), Some(planned[2]));
        for leg in path.points().windows(2) {
            let values: Vec<_> = (leg[0].0.0..=leg[1].0.0).map(|year| path.at(FiscalYear(year)).unwrap()).collect();
            prop_assert!(values.is_sorted() || values.iter().rev().is_sorted());
        }
    }

    #[test]
    fn judging_never_panics_and_always_says_why(part in any_part(), kind in prop::sample::select(PlanKind::ALL), today in any_day()) {
        let plan = PlanHead { kind, ..plan() };
        let judgement = judge(&plan, &kpi(vec![("", part)]), today);
        prop_assert!(judgement.reason.ends_with('。') && judgement.reason.chars().count() > 5);
        prop_assert!(!judgement.word.is_empty());
    }

    #[test]
    fn an_unknown_is_never_judged(mut part in any_part(), reason in prop::sample::select(Unknown::ALL), today in any_day()) {
        for actual in &mut part.actuals {
            actual.value = Value::unknown(reason);
        }
        prop_assert!(!judge_part(&plan(), &crate::plan::sample_kpi(), &part, today).status.is_judged());
    }
}
