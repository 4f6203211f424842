//! 年間のイメージ: the days of a fiscal year on which something of the rounds happens.

use jiff::{ToSpan, civil::Date};

use super::{Round, RoundKind, reminder_label};
use crate::clock::FiscalYear;

/// Something on a day, or in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The first of the month for what has no day ([`What::is_of_a_month`]).
    pub on: Date,
    pub what: What<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    Opens(&'a Round),
    /// 催促, by its distance from the closing day in business days.
    Reminds(&'a Round, i8),
    Closes(&'a Round),
    GraceEnds(&'a Round),
    Locks(&'a Round),
    /// 出納閉鎖, 31 May by 地方自治法第235条の5.
    BooksClose,
    /// The settled figures go to the 推進本部: in the month after 確定.
    Headquarters,
    /// 9月議会.
    Council,
}

impl<'a> What<'a> {
    /// Whether it has a month, and no day that is known.
    pub fn is_of_a_month(&self) -> bool {
        match self {
            What::Headquarters | What::Council => true,
            What::Opens(_) | What::Reminds(..) | What::Closes(_) | What::GraceEnds(_) | What::Locks(_) | What::BooksClose => false,
        }
    }

    /// The round that it belongs to; none of the marks of the town hall's year.
    pub fn round(&self) -> Option<&'a Round> {
        match self {
            What::Opens(round) | What::Reminds(round, _) | What::Closes(round) | What::GraceEnds(round) | What::Locks(round) => Some(round),
            What::BooksClose | What::Headquarters | What::Council => None,
        }
    }

    /// 「受付開始」, 「催促（締切の3営業日前）」, 「出納閉鎖」
    pub fn words(&self) -> String {
        match self {
            What::Opens(_) => "受付開始".to_owned(),
            What::Reminds(_, offset) => format!("催促（{}）", reminder_label(*offset)),
            What::Closes(_) => "締切".to_owned(),
            What::GraceEnds(_) => "猶予の最終日".to_owned(),
            What::Locks(_) => "値の固定".to_owned(),
            What::BooksClose => "出納閉鎖".to_owned(),
            What::Headquarters => "推進本部へ報告（目安）".to_owned(),
            What::Council => "9月議会へ報告（目安）".to_owned(),
        }
    }
}

impl Round {
    /// The last day on which something is planned for it.
    fn last_day(&self) -> Date {
        self.grace_until.max(self.locked_on.unwrap_or(self.grace_until))
    }

    /// Whether one of its days is in a fiscal year.
    pub fn touches(&self, year: FiscalYear) -> bool {
        FiscalYear::of(self.opens_on) <= year && year <= FiscalYear::of(self.last_day())
    }

    /// The defaults of the rounds that open in a fiscal year, in the order of time: 速報 and 確定 about the year before,
    /// 上半期 and 見込 about the year itself.
    pub fn defaults_in(year: FiscalYear) -> Vec<Self> {
        let about = [FiscalYear(year.0 - 1), year].into_iter().flat_map(Self::defaults);
        let mut rounds: Vec<_> = about.filter(|round| FiscalYear::of(round.opens_on) == year).collect();
        rounds.sort_by_key(|round| round.opens_on);
        rounds
    }
}

/// All that happens in a fiscal year, in the order of time; of a day, as a round goes on, its reminder after what it is about.
pub fn schedule(rounds: &[Round], year: FiscalYear) -> Vec<Event<'_>> {
    let mut events = vec![Event { on: Date::constant(year.0, 5, 31), what: What::BooksClose }];
    for round in rounds {
        events.push(Event { on: round.opens_on, what: What::Opens(round) });
        events.push(Event { on: round.closes_on, what: What::Closes(round) });
        events.extend(round.reminders.iter().map(|offset| Event { on: round.reminder_day(*offset), what: What::Reminds(round, *offset) }));
        if round.grace_until > round.closes_on {
            events.push(Event { on: round.grace_until, what: What::GraceEnds(round) });
        }
        events.extend(round.locked_on.map(|on| Event { on, what: What::Locks(round) }));
        if round.kind == RoundKind::Final {
            let next = round.grace_until.first_of_month().saturating_add(1.month());
            events.push(Event { on: next, what: What::Headquarters });
            events.push(Event { on: Date::constant(round.opens_on.year(), 9, 1), what: What::Council });
        }
    }
    events.retain(|event| FiscalYear::of(event.on) == year);
    // Stable: what is of a month comes before its days, and a round's own order stands.
    events.sort_by_key(|event| (event.on.first_of_month(), !event.what.is_of_a_month(), event.on));
    events
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rounds_of(years: std::ops::Range<i16>) -> Vec<Round> {
        years.flat_map(|year| Round::defaults(FiscalYear(year))).collect()
    }

    #[test]
    fn a_year_tells_from_april_to_march_what_its_rounds_do() {
        let rounds = rounds_of(2025..2028);
        let told: Vec<_> = schedule(&rounds, FiscalYear(2026))
            .iter()
            .filter(|event| !matches!(event.what, What::Reminds(..)))
            .map(|event| {
                let round = event.what.round().map_or(String::new(), Round::key);
                format!("{}-{} {round} {}", event.on.month(), event.on.day(), event.what.words())
            })
            .collect();
        assert_eq!(
            told,
            [
                "4-1 FY2025-preliminary 受付開始",
                "5-29 FY2025-preliminary 締切",
                "5-31  出納閉鎖",
                "6-1 FY2025-final 受付開始",
                "6-5 FY2025-preliminary 猶予の最終日",
                "6-30 FY2025-final 締切",
                "7-31 FY2025-final 猶予の最終日",
                "8-1  推進本部へ報告（目安）",
                "9-1  9月議会へ報告（目安）",
                "10-1 FY2026-half 受付開始",
                "10-30 FY2026-half 締切",
                "11-9 FY2026-half 猶予の最終日",
                "2-1 FY2026-forecast 受付開始",
                "2-26 FY2026-forecast 締切",
                "3-5 FY2026-forecast 猶予の最終日",
            ]
        );
    }

    proptest! {
        #[test]
        fn the_four_rounds_of_a_year_open_in_it_and_every_round_opens_in_one_year(year in 1990i16..2090) {
            let rounds = Round::defaults_in(FiscalYear(year));
            let kinds: Vec<_> = rounds.iter().map(|round| (round.year.0, round.kind)).collect();
            prop_assert_eq!(kinds, [
                (year - 1, RoundKind::Preliminary), (year - 1, RoundKind::Final), (year, RoundKind::Half), (year, RoundKind::Forecast),
            ]);
            let all = rounds_of(year - 2..year + 3);
            let opened: usize = (year - 1..year + 3)
                .map(|year| schedule(&all, FiscalYear(year)).iter().filter(|event| matches!(event.what, What::Opens(r) if r.year.0 == year - 1 || r.year.0 == year)).count())
                .sum();
            prop_assert_eq!(opened, 16, "four a year, none twice");
        }

        #[test]
        fn a_round_is_shown_in_each_year_that_it_touches(year in 1990i16..2090, lock in proptest::option::of(0i64..900)) {
            let mut rounds = Round::defaults(FiscalYear(year));
            for round in &mut rounds {
                round.locked_on = lock.map(|days| round.grace_until.saturating_add(days.days()));
            }
            for shown in (year - 1..year + 6).map(FiscalYear) {
                let events = schedule(&rounds, shown);
                prop_assert!(events.windows(2).all(|two| two[0].on.first_of_month() <= two[1].on.first_of_month()));
                for event in &events {
                    prop_assert_eq!(FiscalYear::of(event.on), shown);
                    prop_assert!(event.what.round().is_none_or(|round| round.touches(shown)));
                }
            }
        }
    }
}
