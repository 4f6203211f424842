use uuid::Uuid;

use super::*;
use crate::{
    access::{Assignment, Role},
    clock::FiscalYear,
    ids::{PersonId, TenantId},
    kpi::{Frequency, Maturity},
    period::Period,
    round::{
        RoundKind,
        tests::{kpi, round},
    },
};

pub(crate) const CITIZENS: SectionId = SectionId(Uuid::from_u128(1));
pub(crate) const COUNTER: SectionId = SectionId(Uuid::from_u128(2));
pub(crate) const INDUSTRY: SectionId = SectionId(Uuid::from_u128(3));

pub(crate) const fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

pub(crate) fn member(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

pub(crate) fn item(n: u128) -> Item {
    Item::Kpi(KpiId(Uuid::from_u128(n)))
}

pub(crate) fn entry(n: u128, frequency: Frequency) -> Entry {
    Entry { item: item(n), rhythm: kpi(frequency) }
}

/// A member who reports for a section.
pub(crate) fn reporter(n: u128, section: SectionId) -> Member {
    let assignments = vec![Assignment { role: Role::Reporter, section: Some(section), post: String::new() }];
    Member { tenant: TenantId(Uuid::nil()), id: member(n), person: PersonId(Uuid::nil()), name: format!("架空 {n}"), assignments }
}

pub(crate) fn charge(n: u128, section: SectionId, person: Option<u128>, deputy: Option<u128>) -> Charge {
    let span = Span { from: day(2025, 4, 1), until: None };
    Charge { item: item(n), section, person: person.map(member), deputy: deputy.map(member), span }
}

pub(crate) fn filed(n: u128, period: &str, maturity: Maturity, stage: Stage) -> Filed {
    let asked = Asked { period: Period::parse(period).unwrap(), maturity };
    Filed { item: item(n), asked, revision: 1, stage, by: Some(member(1)), on: day(2026, 10, 5) }
}

/// 市民課 > 窓口係, and 産業課.
pub(crate) fn tree() -> SectionTree {
    SectionTree(vec![(CITIZENS, None), (COUNTER, Some(CITIZENS)), (INDUSTRY, None)])
}

/// A desk to be changed and looked at.
pub(crate) struct Hall {
    pub rounds: Vec<Round>,
    pub entries: Vec<Entry>,
    pub charges: Vec<Charge>,
    pub reports: Reports,
    pub members: Vec<Member>,
    pub sections: SectionTree,
}

impl Hall {
    /// Three KPIs of 市民課 (one of them under a named person with a deputy), one of 産業課, one of nobody.
    pub(crate) fn new() -> Self {
        Self {
            rounds: Round::defaults(FiscalYear(2026)),
            entries: (1..=5).map(|n| entry(n, Frequency::Year)).collect(),
            charges: vec![
                charge(1, CITIZENS, Some(1), Some(2)),
                charge(2, CITIZENS, None, None),
                charge(3, CITIZENS, None, Some(4)),
                charge(4, INDUSTRY, None, None),
            ],
            reports: Reports::default(),
            members: vec![reporter(1, CITIZENS), reporter(2, CITIZENS), reporter(3, COUNTER), reporter(4, INDUSTRY)],
            sections: tree(),
        }
    }

    pub(crate) fn desk(&self, today: Date) -> Desk<'_> {
        let Self { rounds, entries, charges, reports, members, sections } = self;
        Desk { rounds, entries, charges, reports, members, sections, today }
    }

    /// Items (from 1) and periods that are owed.
    fn owed(&self, today: Date) -> Vec<(usize, String)> {
        self.desk(today).tasks().iter().map(|task| (task.order + 1, task.asked.period.to_string())).collect()
    }

    fn owed_by(&self, n: u128, today: Date) -> Vec<(usize, Footing)> {
        self.desk(today).tasks_of(member(n)).iter().map(|(task, footing)| (task.order + 1, *footing)).collect()
    }
}

const OPEN: Date = day(2026, 10, 20);
const GRACE: Date = day(2026, 11, 4);
const CLOSED: Date = day(2026, 12, 1);

#[test]
fn named_people_owe_what_is_theirs_and_the_section_the_rest() {
    use Footing::{Deputy, Owner, Section};
    let hall = Hall::new();
    assert_eq!(hall.owed_by(1, OPEN), [(1, Owner), (2, Section), (3, Section)]);
    assert_eq!(hall.owed_by(2, OPEN), [(1, Deputy), (2, Section), (3, Section)]);
    assert_eq!(hall.owed_by(3, OPEN), [(2, Section), (3, Section)], "a subsection reports for its section");
    assert_eq!(hall.owed_by(4, OPEN), [(3, Deputy), (4, Section)]);
    assert_eq!(hall.desk(OPEN).unowned().collect::<Vec<_>>(), [&item(5)]);
}

#[test]
fn what_somebody_left_behind_falls_to_the_section() {
    let mut hall = Hall::new();
    hall.members.remove(0);
    assert_eq!(hall.owed_by(1, OPEN), []);
    assert_eq!(hall.owed_by(3, OPEN)[0], (1, Footing::Section));
    assert_eq!(hall.owed_by(2, OPEN)[0], (1, Footing::Deputy));
}

#[test]
fn a_responsibility_that_is_over_or_to_come_owes_nothing() {
    let mut hall = Hall::new();
    hall.charges[3].span.until = Some(day(2026, 9, 30));
    assert_eq!(hall.owed_by(4, OPEN), [(3, Footing::Deputy)]);
    hall.charges[3].span = Span { from: day(2026, 11, 1), until: None };
    assert_eq!(hall.owed_by(4, OPEN), [(3, Footing::Deputy)]);
}

#[test]
fn returned_comes_first_and_what_was_reported_is_gone() {
    let mut hall = Hall::new();
    let half = |n, stage| filed(n, "FY2026H1", Maturity::Preliminary, stage);
    hall.reports = [
        half(1, Stage::Submitted),
        half(2, Stage::Approved),
        half(3, Stage::Draft),
        half(4, Stage::NotApplicable),
        half(5, Stage::Returned),
    ]
    .into_iter()
    .collect();
    assert_eq!(hall.owed(OPEN), [(5, "FY2026H1".into()), (3, "FY2026H1".into())]);
    hall.reports.push(half(5, Stage::Draft));
    assert!(hall.desk(OPEN).tasks()[0].is_returned(), "a new draft does not answer the return");
    hall.reports.push(half(5, Stage::Submitted));
    hall.reports.push(half(5, Stage::Draft));
    assert_eq!(hall.owed(OPEN).len(), 1, "nor does it undo what was submitted");
}

#[test]
fn overdue_comes_before_what_is_due() {
    let mut hall = Hall::new();
    hall.entries.truncate(2);
    hall.rounds.push(Round { locked_on: None, ..round(2025, RoundKind::Final) });
    let before = filed(1, "FY2025", Maturity::Final, Stage::Approved);
    hall.reports.push(before);
    assert_eq!(hall.owed(OPEN), [(2, "FY2025".into()), (1, "FY2026H1".into()), (2, "FY2026H1".into())]);
}

#[test]
fn a_figure_still_counted_is_owed_again_after_its_month() {
    let mut hall = Hall::new();
    hall.entries.truncate(1);
    hall.reports.push(filed(1, "FY2026H1", Maturity::Preliminary, Stage::Collecting { expected: day(2026, 10, 1) }));
    assert_eq!(hall.owed(day(2026, 10, 31)).len(), 0);
    assert_eq!(hall.owed(day(2026, 11, 1)).len(), 1);
}

#[test]
fn only_periods_that_are_missing_are_owed() {
    let mut hall = Hall::new();
    hall.entries = vec![entry(1, Frequency::Quarter)];
    hall.reports.push(filed(1, "FY2026Q1", Maturity::Final, Stage::Approved));
    assert_eq!(hall.owed(OPEN), [(1, "FY2026Q2".into())]);
}

#[test]
fn a_round_asks_from_its_opening_until_it_is_locked() {
    let mut hall = Hall::new();
    hall.rounds.truncate(1);
    assert_eq!(hall.owed(day(2026, 9, 30)), []);
    assert!(!hall.desk(OPEN).tasks()[0].overdue);
    assert!(hall.desk(GRACE).tasks()[0].overdue);
    assert_eq!(hall.owed(CLOSED).len(), 5);
    hall.rounds[0].locked_on = Some(CLOSED);
    assert_eq!(hall.owed(CLOSED), []);
}

#[test]
fn a_round_that_was_never_locked_ends_with_the_next_of_its_kind() {
    let mut hall = Hall::new();
    hall.entries.truncate(1);
    hall.rounds = vec![round(2026, RoundKind::Half), round(2027, RoundKind::Half)];
    assert_eq!(hall.owed(day(2027, 9, 30)), [(1, "FY2026H1".into())]);
    assert_eq!(hall.owed(day(2027, 10, 1)), [(1, "FY2027H1".into())]);
}

#[test]
fn of_two_rounds_that_ask_the_same_year_the_settled_figure_is_owed() {
    let mut hall = Hall::new();
    let in_june = day(2027, 6, 10);
    // In whatever order the rounds are.
    for _ in 0..2 {
        hall.rounds.reverse();
        let tasks = hall.desk(in_june).tasks();
        let whole_year: Vec<_> = tasks.iter().filter(|task| task.asked.period == Period::year(2026)).map(|task| task.round.kind).collect();
        assert_eq!(whole_year, [RoundKind::Final; 5]);
    }
    // A settled figure answers 速報, too; a preliminary one does not answer 確定.
    let mut settled = Hall::new();
    settled.rounds.drain(..2);
    settled.reports.push(filed(1, "FY2026", Maturity::Final, Stage::Submitted));
    settled.reports.push(filed(2, "FY2026", Maturity::Preliminary, Stage::Approved));
    assert_eq!(settled.owed(day(2027, 5, 10)).len(), 3);
    assert_eq!(settled.owed(in_june).len(), 4);
}

#[test]
fn coverage_counts_each_item_once() {
    let mut hall = Hall::new();
    hall.entries = (1..=5).map(|n| entry(n, Frequency::Quarter)).collect();
    let quarter = |n, quarter: &str, stage| filed(n, &format!("FY2026{quarter}"), Maturity::Preliminary, stage);
    hall.reports = [
        quarter(1, "Q1", Stage::Approved),
        quarter(1, "Q2", Stage::Submitted),
        quarter(2, "Q1", Stage::Approved),
        quarter(3, "Q1", Stage::Returned),
        quarter(4, "Q1", Stage::Approved),
        quarter(4, "Q2", Stage::Collecting { expected: day(2026, 12, 1) }),
    ]
    .into_iter()
    .collect();
    let counted = coverage(&hall.desk(OPEN), &hall.rounds[0], &hall.entries);
    assert_eq!(counted, Coverage { asked: 5, reported: 1, waiting: 1, returned: 1, collecting: 1 });
    assert_eq!((counted.label().as_str(), counted.missing()), ("5件中1件報告済み", 4));
    assert_eq!(coverage(&hall.desk(OPEN), &hall.rounds[0], &hall.entries[..1]).label(), "1件中1件報告済み");
}

#[test]
fn a_figure_is_stale_the_day_after_the_limit() {
    let figure = day(2025, 3, 31);
    assert_eq!(stale(Some(figure), 12, day(2026, 3, 31)), None);
    let found = stale(Some(figure), 12, day(2026, 11, 22)).unwrap();
    assert_eq!((found.figure, found.since), (figure, day(2026, 4, 1)));
    assert_eq!(found.sentence(), "最新の値は2025年3月31日時点です。12か月を超えて更新されていません。");
    assert_eq!(stale(None, 12, day(2026, 11, 22)), None);
}

#[test]
fn a_report_is_as_far_as_its_parts() {
    let number = Value::number(3.into());
    let none = Value::unknown(Unknown::NotApplicable);
    let counting = |month| Value::Unknown { reason: Unknown::Collecting, expected: Some(day(2026, month, 1)) };
    for (values, approved, stage) in [
        (vec![number.clone()], None, Stage::Submitted),
        (vec![number.clone(), none.clone()], Some(true), Stage::Approved),
        (vec![none.clone(), none.clone()], None, Stage::NotApplicable),
        (vec![counting(12), number.clone(), counting(11)], Some(true), Stage::Collecting { expected: day(2026, 12, 1) }),
        (vec![counting(12)], Some(false), Stage::Returned),
        (vec![], Some(true), Stage::Approved),
    ] {
        assert_eq!(Stage::of(&values, approved), stage);
    }
}
