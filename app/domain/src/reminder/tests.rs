use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::{
    kpi::Maturity,
    obligation::tests::{Hall, INDUSTRY, charge, day, filed, item, member},
    organisation::Span,
    round::RoundKind,
};

/// (kind, recipient, number of things) of a day.
fn told(hall: &Hall, today: Date, sent: &BTreeSet<String>) -> Vec<(ReminderKind, MemberId, usize)> {
    due(&hall.desk(today), sent).iter().map(|reminder| (reminder.kind, reminder.to, reminder.about.len())).collect()
}

fn nothing() -> BTreeSet<String> {
    BTreeSet::new()
}

/// 10, 3 business days before 30 October 2026 (Friday), the day itself, the next business day.
const DAYS: [Date; 4] = [day(2026, 10, 16), day(2026, 10, 27), day(2026, 10, 30), day(2026, 11, 2)];

#[test]
fn those_who_owe_are_reminded_on_the_days_of_the_round() {
    let hall = Hall::new();
    let expected = |kind| vec![(kind, member(1), 3), (kind, member(2), 2), (kind, member(3), 2), (kind, member(4), 1)];
    for today in [DAYS[0], DAYS[1], DAYS[2]] {
        assert_eq!(told(&hall, today, &nothing()), expected(ReminderKind::Due), "{today}");
    }
    // Deputies hear of it once it is late.
    let kind = ReminderKind::Overdue;
    assert_eq!(told(&hall, DAYS[3], &nothing()), [(kind, member(1), 3), (kind, member(2), 3), (kind, member(3), 2), (kind, member(4), 2)]);
    assert_eq!(told(&hall, day(2026, 10, 15), &nothing()), []);
}

#[test]
fn a_subject_says_the_round_and_how_many() {
    let hall = Hall::new();
    let of = |today| due(&hall.desk(today), &nothing())[0].subject();
    assert_eq!(of(DAYS[1]), "2026(令和8)年度 上半期の報告　未報告3件（締切2026年10月30日）");
    assert_eq!(of(DAYS[3]), "2026(令和8)年度 上半期の報告　締切を過ぎた未報告3件");
}

#[test]
fn a_missed_day_is_made_up_for_and_a_missed_week_is_not() {
    let hall = Hall::new();
    // 17 and 18 October are a weekend.
    for (today, count) in [(day(2026, 10, 17), 0), (day(2026, 10, 19), 4), (day(2026, 10, 20), 4), (day(2026, 10, 21), 0)] {
        assert_eq!(told(&hall, today, &nothing()).len(), count, "{today}");
    }
}

#[test]
fn a_reminder_day_before_the_opening_counts_for_nothing() {
    let mut hall = Hall::new();
    // 20 business days before the closing day is 1 October, the opening day.
    for (offset, count) in [(-20, 4), (-21, 0)] {
        hall.rounds[0].reminders = vec![offset];
        assert_eq!(told(&hall, day(2026, 10, 1), &nothing()).len(), count, "{offset}");
    }
}

#[test]
fn a_decision_is_told_once_to_the_one_who_reported() {
    let mut hall = Hall::new();
    let today = day(2026, 10, 5);
    let half = |revision, stage| Filed { revision, ..filed(1, "FY2026H1", Maturity::Preliminary, stage) };
    hall.reports = [half(1, Stage::Returned)].into_iter().collect();
    assert_eq!(told(&hall, today, &nothing()), [(ReminderKind::Returned, member(1), 1)]);
    let sent = due(&hall.desk(today), &nothing()).into_iter().map(|reminder| reminder.key).collect();
    assert_eq!(told(&hall, today, &sent), []);
    hall.reports.push(half(2, Stage::Submitted));
    assert_eq!(told(&hall, today, &nothing()), [], "it was sent in again meanwhile");
    hall.reports = [half(1, Stage::Returned), half(2, Stage::Approved)].into_iter().collect();
    assert_eq!(told(&hall, today, &sent), [(ReminderKind::Approved, member(1), 1)]);
}

#[test]
fn a_return_to_somebody_who_is_gone_reaches_those_who_owe() {
    let mut hall = Hall::new();
    hall.members.remove(0);
    hall.reports = [filed(1, "FY2026H1", Maturity::Preliminary, Stage::Returned)].into_iter().collect();
    let to: Vec<_> = told(&hall, day(2026, 10, 5), &nothing()).into_iter().map(|(_, to, _)| to).collect();
    assert_eq!(to, [member(2), member(3)]);
}

#[test]
fn a_new_responsibility_is_told_on_its_first_day_and_not_before() {
    let mut hall = Hall::new();
    hall.rounds.clear();
    let april = day(2027, 4, 1);
    hall.charges[0].span.until = april.yesterday().ok();
    hall.charges.push(Charge { span: Span { from: april, until: None }, ..charge(1, INDUSTRY, Some(4), Some(2)) });
    assert_eq!(told(&hall, day(2027, 3, 31), &nothing()), []);
    assert_eq!(told(&hall, april, &nothing()), [(ReminderKind::Assigned, member(4), 1)], "member 2 was deputy before");
}

/// What happens to a report on a day.
#[derive(Clone, Debug)]
struct Event {
    on: Date,
    item: u128,
    round: usize,
    stage: Stage,
}

const START: Date = day(2026, 9, 15);
/// Days from the start until all rounds of the year are over.
const DAYS_OF_YEAR: usize = 340;

fn days_of_year() -> impl Iterator<Item = Date> {
    START.series(1.day()).take(DAYS_OF_YEAR)
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let collecting = Stage::Collecting { expected: day(2026, 11, 1) };
    let stages = vec![Stage::Draft, Stage::Submitted, Stage::Returned, Stage::Approved, Stage::NotApplicable, collecting];
    let event = (0..DAYS_OF_YEAR, 1u128..=5, 0usize..4, prop::sample::select(stages));
    let event = event.prop_map(|(days, item, round, stage)| Event { on: days_of_year().nth(days).unwrap(), item, round, stage });
    prop::collection::vec(event, 0..20)
}

/// The report that an event makes.
fn file(hall: &mut Hall, event: &Event) {
    let asked = hall.rounds[event.round].asked(&hall.entries[0].rhythm)[0];
    let item = item(event.item);
    let before = hall.reports.of(&item).iter().filter(|filed| filed.asked.period == asked.period).count();
    hall.reports.push(Filed { item, asked, revision: before as i32 + 1, stage: event.stage, by: Some(member(1)), on: event.on });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn in_a_year_each_reminder_comes_once_in_a_round_and_for_what_is_owed(
        mut events in events(), down in prop::collection::btree_set(0..DAYS_OF_YEAR, 0..60)
    ) {
        events.sort_by_key(|event| event.on);
        let mut hall = Hall::new();
        let mut sent: BTreeSet<String> = BTreeSet::new();
        for (n, today) in days_of_year().enumerate() {
            events.iter().filter(|event| event.on == today).for_each(|event| file(&mut hall, event));
            if down.contains(&n) {
                continue;
            }
            let desk = hall.desk(today);
            for reminder in due(&desk, &sent) {
                prop_assert!(sent.insert(reminder.key.clone()), "twice: {}", reminder.key);
                let Some(round) = reminder.round else { continue };
                prop_assert!(round.runs_on(today) && !is_closed(today), "outside of the round: {today}");
                for (item, asked) in &reminder.about {
                    let stage = desk.stage(item, asked.unwrap());
                    let waits = matches!(stage, Some(Stage::Collecting { expected }) if today <= expected.last_of_month());
                    prop_assert!(!waits && !stage.is_some_and(Stage::is_reported), "not owed: {stage:?}");
                    prop_assert!(desk.owers(item).contains_key(&reminder.to));
                }
            }
            prop_assert_eq!(due(&desk, &sent), vec![], "a second run on the day says nothing");
        }
    }
}

#[test]
fn no_reminder_is_lost_when_every_other_day_is_missed() {
    for missed in [0, 1] {
        let hall = Hall::new();
        let mut sent: BTreeSet<String> = BTreeSet::new();
        for today in days_of_year().skip(missed).step_by(2) {
            sent.extend(due(&hall.desk(today), &sent).into_iter().map(|reminder| reminder.key));
        }
        // 速報 is over on the first day of 確定, which then asks for the year in its place.
        for round in hall.rounds.iter().filter(|round| round.kind != RoundKind::Preliminary) {
            // The reminder of the next day may speak for the one of the closing day.
            for offset in [-10, -3, 1] {
                let key = format!("round/{}/{offset}/{}", round.key(), member(1));
                assert!(sent.contains(&key), "{key}");
            }
        }
    }
}

#[test]
fn a_settled_year_is_silent() {
    let mut hall = Hall::new();
    for (round, n) in (0..4).flat_map(|round| (1..=5).map(move |n| (round, n))) {
        file(&mut hall, &Event { on: day(2025, 1, 6), item: n, round, stage: Stage::Approved });
    }
    assert!(days_of_year().all(|today| told(&hall, today, &nothing()).is_empty()));
}

#[test]
fn reminders_go_out_from_eight_oclock_on_business_days() {
    let at = |text: &str| morning(text.parse().unwrap());
    // Tuesday 1 December 2026 in Japan.
    assert_eq!(at("2026-11-30T22:59:59Z"), None);
    assert_eq!(at("2026-11-30T23:00:00Z"), Some(day(2026, 12, 1)));
    assert_eq!(at("2026-12-01T14:59:59Z"), Some(day(2026, 12, 1)));
    assert_eq!(at("2026-11-22T23:00:00Z"), None, "勤労感謝の日");
    assert_eq!(at("2026-11-28T03:00:00Z"), None, "a Saturday");
}
