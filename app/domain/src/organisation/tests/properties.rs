//! Nothing is lost, whatever is reorganised.

use proptest::prelude::*;

use super::*;

/// A day around the one of the reorganisation.
fn day() -> impl Strategy<Value = Date> {
    prop_oneof![
        Just(MARCH),
        Just(APRIL),
        Just(Date::constant(2027, 4, 2)),
        (2025i16..2030, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap()),
    ]
}

/// Rows of few subjects at few sections: the same person is often at two of them.
fn tenure() -> impl Strategy<Value = Tenure> {
    let subject = (0u8..3, 1u128..4).prop_map(|(kind, n)| {
        let id = Uuid::from_u128(n);
        match kind {
            0 => Subject::Kpi(KpiId(id)),
            1 => Subject::Initiative(PlanId(id), "i01".into()),
            _ => Subject::Assignment(MemberId(id), Role::Reporter),
        }
    });
    (subject, 1u128..6, day(), prop::option::of(day()), 0u8..3).prop_map(|(subject, section, from, until, rank)| {
        let until = until.map(|until| until.max(from));
        Tenure { span: Span { from, until }, rank, ..held(0, subject, section) }
    })
}

fn hall() -> impl Strategy<Value = Organisation> {
    let parents = prop::collection::vec(prop::option::of(1u128..5), 5);
    (parents, prop::collection::vec(tenure(), 0..14)).prop_map(|(parents, rows)| {
        let place = |(n, parent): (u128, Option<u128>)| section(n, &format!("s{n}"), "課", parent.filter(|parent| *parent < n));
        let sections = (1u128..).zip(parents).map(place).collect();
        let mut tenures: Vec<Tenure> = Vec::new();
        for (n, row) in (1u128..).zip(rows) {
            // As the unique indexes have it.
            if !tenures.iter().any(|other| (other.section, &other.subject, other.span.from) == (row.section, &row.subject, row.span.from)) {
                tenures.push(Tenure { id: Uuid::from_u128(n), ..row });
            }
        }
        Organisation { sections, tenures, ..Organisation::default() }
    })
}

fn any_order() -> impl Strategy<Value = Order> {
    let some = |count| prop::sample::subsequence(vec![1u128, 2, 3, 4, 5], count);
    prop_oneof![
        (some(1..=1), prop::option::of(1u128..6)).prop_map(|(old, under)| Order { under: under.map(id), ..order(Act::Move, &old, &[]) }),
        some(1..=1).prop_map(|old| order(Act::Rename, &old, &[9])),
        some(2..=4).prop_map(|old| order(Act::Merge, &old, &[9])),
        some(2..=3).prop_map(|old| Order { into: Some(id(old[0])), ..order(Act::Merge, &old[1..], &[]) }),
        some(1..=1).prop_map(|old| order(Act::Split, &old, &[9, 10])),
        some(1..=2).prop_map(|old| order(Act::Abolish, &old, &[])),
    ]
}

/// For each row and each section below, a choice that may be impossible.
fn choices() -> impl Strategy<Value = Choices> {
    let to = prop::option::of(prop::sample::select(vec![1u128, 2, 5, 9, 10]));
    prop::collection::btree_map((1u128..15).prop_map(Uuid::from_u128), to.prop_map(|to| to.map(id)), 0..12)
}

fn days() -> Vec<Date> {
    (2024..2031)
        .flat_map(|year| (1..=12).flat_map(move |month| [1, 2, 28].map(|day| Date::constant(year, month, day))))
        .chain([MARCH])
        .collect()
}

/// Who holds what on a day.
fn in_force(organisation: &Organisation, day: Date) -> Vec<(SectionId, &Subject)> {
    let mut held: Vec<_> = organisation.tenures.iter().filter(|t| t.span.holds(day)).map(|t| (t.section, &t.subject)).collect();
    held.sort();
    held
}

proptest! {
    #[test]
    fn everything_in_force_is_in_force_at_one_successor_and_nothing_changes_before(
        before in hall(), order in any_order(), choices in choices(),
    ) {
        let Ok(changes) = before.plan(&order, &choices, &mut counter()) else { return Ok(()) };
        let mut after = before.clone();
        after.apply(&changes);
        prop_assert_eq!(after.undo(&changes), Ok(before.clone()));
        for day in days().into_iter().filter(|day| *day < APRIL) {
            prop_assert_eq!(in_force(&before, day), in_force(&after, day), "on {}", day);
            prop_assert_eq!(before.tree(day).len(), after.tree(day).len());
        }
        let ends = |section| order.act != Act::Move && order.old.contains(&section);
        for tenure in &before.tenures {
            let of_subject = |section, day| in_force(&after, day).into_iter().filter(|row| *row == (section, &tenure.subject)).count();
            if !ends(tenure.section) {
                for day in days().into_iter().filter(|day| tenure.span.holds(*day)) {
                    prop_assert!(of_subject(tenure.section, day) >= 1, "{:?} is lost at its own section on {}", tenure, day);
                }
                continue;
            }
            let chosen = choices.get(&tenure.id).copied().flatten().filter(|to| before.destinations(&order).contains(to));
            let to = chosen.or(order.successors().first().copied());
            for day in days().into_iter().filter(|day| *day >= APRIL) {
                prop_assert_eq!(of_subject(tenure.section, day), 0, "an ended section holds {:?} on {}", tenure, day);
                if let Some(to) = to && tenure.span.holds(day) {
                    prop_assert!(of_subject(to, day) >= 1, "{:?} is lost on {}", tenure, day);
                }
            }
            if let Some(to) = to && tenure.span.holds(APRIL) {
                prop_assert_eq!(of_subject(to, APRIL), 1, "{:?} is held twice", tenure);
            }
        }
        prop_assert!(after.faults(APRIL).is_empty());
    }

    #[test]
    fn prepared_acts_are_taken_back_in_reverse(before in hall(), first in any_order(), second in any_order()) {
        let mut ids = counter();
        let Ok(one) = before.plan(&first, &Choices::new(), &mut ids) else { return Ok(()) };
        let mut between = before.clone();
        between.apply(&one);
        // Sections of another act, a year later.
        let mut second = Order { on: Date::constant(2028, 4, 1), ..second };
        for new in &mut second.new {
            new.id = SectionId(Uuid::from_u128(new.id.0.as_u128() + 100));
        }
        let Ok(two) = between.plan(&second, &Choices::new(), &mut ids) else { return Ok(()) };
        let mut after = between.clone();
        after.apply(&two);
        let back = after.undo(&two);
        prop_assert_eq!(back.as_ref(), Ok(&between));
        prop_assert_eq!(between.undo(&one), Ok(before));
    }
}
