//! A year of みどり野市（架空）, as its people see it: two KPIs of 市民課, one town hall year.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};

use super::{Asked, Round, RoundKind, RoundState};
use crate::{
    clock::FiscalYear,
    ids::MemberId,
    kpi::{Frequency, Maturity},
    lock::{Lock, lock},
    obligation::{
        Charge, Filed, Footing, Reports, Stage, coverage,
        tests::{CITIZENS, Hall, charge, day, entry, item, member, reporter, tree},
    },
    organisation::Span,
    period::Period,
    reminder::{ReminderKind, due},
};

/// Who left on 31 March, who came on 1 April, and the colleague who stays.
const SATO: u128 = 1;
const SUZUKI: u128 = 2;
const TANAKA: u128 = 3;

struct Year {
    hall: Hall,
    today: Date,
    sent: BTreeSet<String>,
    /// All mails: day, kind, to, number of things.
    mails: Vec<(Date, ReminderKind, MemberId, usize)>,
}

impl Year {
    /// The evening of 31 March 2026. 佐藤's KPI is handed over to 鈴木 on 1 April; the other one is 市民課's.
    fn begins() -> Self {
        let april = day(2026, 4, 1);
        let hall = Hall {
            rounds: [2025, 2026].into_iter().flat_map(|year| Round::defaults(FiscalYear(year))).filter(|r| r.opens_on >= april).collect(),
            entries: vec![entry(1, Frequency::Year), entry(2, Frequency::Quarter)],
            charges: vec![
                Charge { span: Span { from: day(2025, 4, 1), until: april.yesterday().ok() }, ..charge(1, CITIZENS, Some(SATO), None) },
                Charge { span: Span { from: april, until: None }, ..charge(1, CITIZENS, Some(SUZUKI), Some(TANAKA)) },
                charge(2, CITIZENS, None, None),
            ],
            reports: Reports::default(),
            members: vec![reporter(SATO, CITIZENS), reporter(TANAKA, CITIZENS)],
            sections: tree(),
        };
        Self { hall, today: day(2026, 3, 31), sent: BTreeSet::new(), mails: Vec::new() }
    }

    /// Lets the days pass with the job that sends reminders, up to the evening of a day.
    fn until(&mut self, end: Date) -> Vec<(Date, ReminderKind, MemberId, usize)> {
        let before = self.mails.len();
        for today in self.today.series(1.day()).skip(1).take_while(|day| *day <= end) {
            let reminders = due(&self.hall.desk(today), &self.sent);
            self.mails.extend(reminders.iter().map(|r| (today, r.kind, r.to, r.about.len())));
            self.sent.extend(reminders.into_iter().map(|r| r.key));
        }
        self.today = end;
        self.mails[before..].to_vec()
    }

    fn round(&self, year: i16, kind: RoundKind) -> &Round {
        self.hall.rounds.iter().find(|round| (round.year, round.kind) == (FiscalYear(year), kind)).unwrap()
    }

    fn report(&mut self, n: u128, by: u128, period: &str, maturity: Maturity, stage: Stage) {
        let asked = Asked { period: Period::parse(period).unwrap(), maturity };
        let revision = self.hall.reports.of(&item(n)).iter().filter(|filed| filed.asked.period == asked.period).count() as i32 + 1;
        self.hall.reports.push(Filed { item: item(n), asked, revision, stage, by: Some(member(by)), on: self.today });
    }

    fn decide(&mut self, n: u128, stage: Stage) {
        let newest = self.hall.reports.of(&item(n)).last().cloned().unwrap();
        let rest: Vec<Filed> = self.hall.reports.iter().filter(|filed| **filed != newest).cloned().collect();
        self.hall.reports = rest.into_iter().chain([Filed { stage, on: self.today, ..newest }]).collect();
    }

    fn lock_round(&mut self, year: i16, kind: RoundKind) {
        let today = self.today;
        let round = self.hall.rounds.iter_mut().find(|round| (round.year, round.kind) == (FiscalYear(year), kind));
        round.unwrap().locked_on = Some(today);
    }

    /// Periods that a member owes.
    fn owed(&self, n: u128) -> Vec<(String, Footing)> {
        self.hall.desk(self.today).tasks_of(member(n)).iter().map(|(task, footing)| (task.asked.period.to_string(), *footing)).collect()
    }

    fn covered(&self, year: i16, kind: RoundKind) -> String {
        coverage(&self.hall.desk(self.today), self.round(year, kind), &self.hall.entries).label()
    }

    /// What may be done with the year's figure of the first KPI.
    fn lock(&self, year: i16, maturity: Maturity) -> Lock<'_> {
        let asked = Asked { period: Period::year(year), maturity };
        let stage = self.hall.desk(self.today).stage(&item(1), asked);
        lock(&self.hall.rounds, &self.hall.entries[0].rhythm, asked, stage, self.today)
    }
}

#[test]
fn a_year_of_a_town_hall() {
    use Footing::{Deputy, Owner, Section};
    use Maturity::{Final, Forecast, Preliminary};
    use ReminderKind::{Approved, Assigned, Due, Overdue, Returned};
    let (suzuki, tanaka) = (member(SUZUKI), member(TANAKA));
    let owed = |period: &str, footing| (period.to_owned(), footing);
    let mut year = Year::begins();

    // 31 March: nothing of the hand-over is seen. 1 April: 鈴木 and 田中 are told, and 速報 of 2025 opens.
    assert_eq!(year.owed(SATO), []);
    year.hall.members[0] = reporter(SUZUKI, CITIZENS);
    let april = day(2026, 4, 1);
    assert_eq!(year.until(april), [(april, Assigned, suzuki, 1), (april, Assigned, tanaka, 1)]);

    // The newcomer reports the predecessor's year; the quarters of the section's KPI are anybody's there.
    assert_eq!(year.owed(SUZUKI), [owed("FY2025", Owner), owed("FY2025Q3", Section), owed("FY2025Q4", Section)]);
    assert_eq!(year.owed(TANAKA)[0], owed("FY2025", Deputy));
    assert!(matches!(year.lock(2025, Preliminary), Lock::InRound(round) if round.kind == RoundKind::Preliminary));

    // 田中 reports the quarters in April. The chief returns the last one, and takes it when it comes again.
    year.until(day(2026, 4, 20));
    year.report(2, TANAKA, "FY2025Q3", Preliminary, Stage::Approved);
    year.report(2, TANAKA, "FY2025Q4", Preliminary, Stage::Submitted);
    year.decide(2, Stage::Returned);
    assert_eq!(year.owed(TANAKA)[0], owed("FY2025Q4", Section), "what was returned comes first");
    assert_eq!(year.until(day(2026, 4, 21)), [(day(2026, 4, 21), Approved, tanaka, 1), (day(2026, 4, 21), Returned, tanaka, 1)]);
    year.report(2, TANAKA, "FY2025Q4", Preliminary, Stage::Approved);
    assert_eq!(year.covered(2025, RoundKind::Preliminary), "2件中1件報告済み");

    // 31 May 2026 is a Sunday: 速報 closes on Friday the 29th. Only 鈴木 is asked; when it is late, the deputy, too.
    assert_eq!(
        year.until(day(2026, 6, 1)),
        [
            (day(2026, 4, 22), Approved, tanaka, 1),
            (day(2026, 5, 15), Due, suzuki, 1),
            (day(2026, 5, 26), Due, suzuki, 1),
            (day(2026, 5, 29), Due, suzuki, 1),
        ]
    );
    // 確定 opened that morning and asks for the same year: nobody is asked for 速報 any more, nor has to give it.
    assert_eq!(year.hall.desk(year.today).tasks().iter().map(|task| task.round.kind).collect::<BTreeSet<_>>(), [RoundKind::Final].into());
    year.until(day(2026, 6, 8));
    year.lock_round(2025, RoundKind::Preliminary);

    // 確定: 鈴木 gives the settled figure in time, 田中 the other one in the grace.
    assert!(matches!(year.lock(2025, Final), Lock::InRound(_)));
    year.report(1, SUZUKI, "FY2025", Final, Stage::Approved);
    let june = year.until(day(2026, 7, 1));
    // 鈴木 and 田中 are told the same on one day.
    let both = |on: Date, kind: ReminderKind| [(on, kind, suzuki, 1), (on, kind, tanaka, 1)];
    let asked = [(day(2026, 6, 16), Due), (day(2026, 6, 25), Due), (day(2026, 6, 30), Due), (day(2026, 7, 1), Overdue)];
    let asked = asked.into_iter().flat_map(|(on, kind)| both(on, kind));
    let expected: Vec<_> = [(day(2026, 6, 9), Approved, suzuki, 1)].into_iter().chain(asked).collect();
    assert_eq!(june, expected, "no one person is named for the quarterly KPI: both are asked");
    year.report(2, TANAKA, "FY2025", Final, Stage::Approved);
    assert_eq!(year.covered(2025, RoundKind::Final), "2件中2件報告済み");
    year.until(day(2026, 8, 3));
    year.lock_round(2025, RoundKind::Final);

    // August: a slip is found. The figure is bound; a correction is approved by 市民課 and leaves an erratum.
    let bound = year.lock(2025, Final);
    assert!(bound.is_correction());
    assert_eq!(
        bound.sentence(&["市民課"], year.today),
        "2025(令和7)年度 確定の報告の値は固定されています。理由を付けた訂正として受け付け、市民課の承認を経て正誤に残します。"
    );
    year.report(1, SUZUKI, "FY2025", Final, Stage::Submitted);
    assert_eq!(year.owed(SUZUKI), [], "a correction is nobody's duty");
    year.decide(1, Stage::Approved);
    assert_eq!(year.until(day(2026, 9, 30)), [(day(2026, 8, 4), Approved, suzuki, 1)]);

    // 上半期: the half of the yearly KPI, both quarters of the other.
    year.until(day(2026, 10, 1));
    assert_eq!(year.owed(SUZUKI), [owed("FY2026H1", Owner), owed("FY2026Q1", Section), owed("FY2026Q2", Section)]);
    year.report(1, SUZUKI, "FY2026H1", Preliminary, Stage::Approved);
    year.report(2, SUZUKI, "FY2026Q1", Preliminary, Stage::Approved);
    year.report(2, SUZUKI, "FY2026Q2", Preliminary, Stage::Collecting { expected: day(2026, 10, 1) });
    let october = year.until(day(2026, 11, 20));
    let approved = [(day(2026, 10, 2), Approved, suzuki, 1); 2];
    let expected = [approved, both(day(2026, 11, 2), Overdue)].concat();
    assert_eq!(october, expected, "nobody is asked in October for what is still being counted");
    year.report(2, TANAKA, "FY2026Q2", Preliminary, Stage::Approved);
    year.lock_round(2026, RoundKind::Half);

    // 見込: the year as a whole is expected of both, in time. The winter before is silent.
    assert_eq!(year.until(day(2027, 2, 1)), [(day(2026, 11, 21), Approved, tanaka, 1)]);
    assert_eq!(year.owed(SUZUKI), [owed("FY2026", Owner), owed("FY2026", Section)]);
    year.report(1, SUZUKI, "FY2026", Forecast, Stage::Approved);
    year.report(2, SUZUKI, "FY2026", Forecast, Stage::NotApplicable);
    assert_eq!(year.covered(2026, RoundKind::Forecast), "2件中2件報告済み");
    assert_eq!(year.until(day(2027, 3, 31)), [(day(2027, 2, 2), Approved, suzuki, 1)]);
    assert_eq!(year.round(2026, RoundKind::Forecast).state(year.today), RoundState::Closed);
    assert_eq!(year.hall.desk(year.today).tasks(), []);
}
