//! Properties that hold for any figures and any set.

use proptest::prelude::*;

use super::*;
use crate::{
    kpi::{Accumulation, Direction, Role},
    period::Period,
    plan::{Actual, sample_actual},
    progress::{
        judge, judge_by,
        tests::{
            kpi,
            properties::{amount, any_day, any_part},
        },
    },
    value::{Unknown, Value},
};

/// Any set that can be used: two to six bands over any basis.
fn any_set() -> impl Strategy<Value = RuleSet> {
    let bounds = prop::collection::btree_set((0i64..2500, any::<bool>()), 1..5);
    (prop::sample::select(Basis::ALL), bounds, any::<bool>()).prop_map(|(basis, bounds, with_final)| {
        let mut bounds: Vec<_> = bounds.into_iter().map(|(percent, above)| (Decimal::new(percent, 1), above)).collect();
        if basis == Basis::Path && !bounds.contains(&(Decimal::ONE_HUNDRED, false)) {
            bounds[0] = (Decimal::ONE_HUNDRED, false);
            bounds.sort();
        }
        let mut from: Vec<_> =
            bounds.into_iter().map(|(percent, above)| if above { Bound::Above(percent) } else { Bound::AtLeast(percent) }).collect();
        from.extend(with_final.then_some(Bound::FinalTarget));
        from.reverse();
        from.push(Bound::Rest);
        let classes = [Status::Achieved, Status::OnTrack, Status::SlightlyLate, Status::Late];
        let last = from.len() - 1;
        let band = |(at, from): (usize, Bound)| Band {
            label: format!("{at}番"),
            symbol: String::new(),
            from,
            class: classes[at * 3 / last],
            meaning: String::new(),
        };
        RuleSet { basis, bands: from.into_iter().enumerate().map(band).collect(), ..RuleSet::default() }
    })
}

fn direction() -> impl Strategy<Value = Direction> {
    prop::sample::select(Direction::ALL)
}

/// Baseline, interim and final target, each may be missing, of a part that any set may judge.
#[derive(Clone, Debug)]
struct Course {
    planned: [Option<Decimal>; 3],
    year: i16,
    accumulation: Accumulation,
    direction: Direction,
}

impl Course {
    fn any() -> impl Strategy<Value = Self> {
        let planned = [prop::option::of(amount()), prop::option::of(amount()), prop::option::of(amount())];
        (planned, 2025i16..=2031, prop::sample::select(Accumulation::ALL), direction())
            .prop_map(|(planned, year, accumulation, direction)| Self { planned, year, accumulation, direction })
    }

    fn with(&self, actual: Decimal) -> Part {
        let mut part = numbers(&[(BASE, 2023, "—"), (INTERIM, 2026, "—"), (TARGET, 2029, "—")]).going(self.direction);
        for (point, planned) in part.points.iter_mut().zip(self.planned) {
            point.value = planned.map_or(Value::unknown(Unknown::Dash), Value::number);
        }
        part.accumulation = self.accumulation;
        part.actuals.push(Actual { period: Period::year(self.year), value: Value::number(actual), ..sample_actual("0") });
        part
    }
}

/// Place of the band, the best is 0; `None` for what is not graded.
fn place(rules: &RuleSet, part: &Part) -> Option<usize> {
    let judgement = judge_part_by(rules, &plan(), &sample_kpi(), part, TODAY);
    rules.bands.iter().position(|band| band.label == judgement.word)
}

proptest! {
    #[test]
    fn a_usable_set_is_what_is_generated(rules in any_set()) {
        prop_assert_eq!(rules.check(), Vec::<String>::new());
    }

    #[test]
    fn a_better_figure_never_gets_a_worse_band(rules in any_set(), course in Course::any(), one in amount(), other in amount()) {
        let goal = course.planned[2].or(course.planned[1]).unwrap_or_default();
        // What is to be kept is better the nearer it is, on the same side.
        let (worse, better) = match course.direction {
            Direction::Up => (one.min(other), one.max(other)),
            Direction::Down => (one.max(other), one.min(other)),
            Direction::Keep => {
                let (near, far) = (one.abs().min(other.abs()), one.abs().max(other.abs()));
                (goal + far, goal + near)
            }
        };
        // A path between several levels to be kept has no one point that every figure nears.
        prop_assume!(course.direction != Direction::Keep || course.planned.iter().flatten().all(|planned| *planned == goal));
        if let (Some(worse), Some(better)) = (place(&rules, &course.with(worse)), place(&rules, &course.with(better))) {
            prop_assert!(better <= worse);
        }
    }

    #[test]
    fn a_grade_is_a_band_of_the_set_and_anything_else_keeps_its_name(rules in any_set(), part in any_part(), today in any_day()) {
        let judgement = judge_by(&rules, &plan(), &kpi(vec![("", part)]), today);
        match rules.by_label(&judgement.word) {
            Some(band) => prop_assert_eq!(judgement.status, band.class),
            None => prop_assert_eq!((judgement.status.is_judged(), judgement.word), (false, judgement.status.label().to_owned())),
        }
        prop_assert!(judgement.reason.ends_with('。') && judgement.reason.matches('。').count() == 1);
    }

    #[test]
    fn whether_a_figure_speaks_is_the_same_under_every_set(part in any_part(), today in any_day()) {
        let kpi = kpi(vec![("", part)]);
        let by_default = judge(&plan(), &kpi, today).status;
        for rules in templates() {
            let status = judge_by(&rules, &plan(), &kpi, today).status;
            for silent in [Status::Collecting, Status::TargetUnset] {
                prop_assert_eq!(status == silent, by_default == silent);
            }
        }
    }

    #[test]
    fn what_is_short_of_a_bound_never_prints_as_reached(percent in -2000i64..300_000, scale in 2u32..6, bound in 0i64..3000) {
        let (percent, bound) = (Decimal::new(percent, scale), Decimal::new(bound, 1));
        let shown = measure::printed(percent, None);
        let shown = number::parse(shown.trim_end_matches('%')).unwrap();
        prop_assert_eq!(percent >= bound, shown >= bound);
    }

    #[test]
    fn an_exact_multiple_of_the_target_has_its_very_rate(target in 1i64..1_000_000, times in 0i64..3000, scale in 0u32..4) {
        let target = Decimal::new(target, scale);
        let actual = target * Decimal::new(times, 3);
        prop_assert_eq!(measure::rate(Direction::Up, actual, target), Measure::Percent(Decimal::new(times, 1).normalize()));
        if times > 0 {
            prop_assert_eq!(measure::rate(Direction::Down, target, actual), Measure::Percent(Decimal::new(times, 1).normalize()));
        }
    }

    #[test]
    fn ratios_that_are_equal_on_paper_have_the_full_rate(n in 1i64..99, more in 0i64..99, times in 1i64..99) {
        let ratio = |n: i64, of: i64| Value::Ratio { n: n.into(), of: of.into() }.comparable().unwrap();
        let rate = measure::rate(Direction::Up, ratio(n * times, (n + more) * times), ratio(n, n + more));
        prop_assert_eq!(rate, Measure::Percent(Decimal::ONE_HUNDRED));
    }

    #[test]
    fn no_text_makes_a_bound_panic(text in "\\PC{0,16}") {
        let _ = Bound::parse(&text);
    }

    #[test]
    fn overruling_never_panics(part in any_part(), today in any_day(), role in prop::sample::select(Role::ALL)) {
        let mut kpi = kpi(vec![("", part)]);
        kpi.parts[0].points.retain(|point| point.role != role);
        let given = Override {
            period: Period::year(2025), revision: 1, label: "達成".into(), reason: "理由".into(), by: "係".into(), on: today,
        };
        kpi.set_grade = Some(given);
        let judgement = judge(&plan(), &kpi, today);
        prop_assert!(!judgement.overruled || judgement.status == Status::Achieved);
    }
}
