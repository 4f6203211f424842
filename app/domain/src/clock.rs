//! Time that is passed in, and the Japanese fiscal year.

use std::sync::Arc;

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};
use serde::{Deserialize, Serialize};

/// Where "now" comes from. The server gives the system's clock, tests give a fixed one.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Clock {
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now) }
    }

    pub fn fixed(at: Timestamp) -> Self {
        Self::new(move || at)
    }

    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Today in Japan.
    pub fn today(&self) -> Date {
        japan_date(self.now())
    }
}

/// Japan has one zone and no summer time, so an offset is enough and no zone database is needed.
const JAPAN: Offset = Offset::constant(9);

pub fn japan_date(at: Timestamp) -> Date {
    JAPAN.to_datetime(at).date()
}

/// The full hour of a day in Japan. `None` for an hour that no clock shows.
pub fn japan_moment(date: Date, hour: i8) -> Option<Timestamp> {
    let time = Time::new(hour, 0, 0, 0).ok()?;
    JAPAN.to_timestamp(date.to_datetime(time)).ok()
}

/// The hour that clocks in Japan show.
pub fn japan_hour(at: Timestamp) -> i8 {
    JAPAN.to_datetime(at).hour()
}

/// 「2026年11月22日」
pub fn date_label(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// 「2026年11月22日 15:50」 in Japan.
pub fn moment_label(at: Timestamp) -> String {
    format!("{} {}", date_label(japan_date(at)), time_label(at))
}

/// 「15:50」 in Japan.
pub fn time_label(at: Timestamp) -> String {
    let local = JAPAN.to_datetime(at);
    format!("{}:{:02}", local.hour(), local.minute())
}

/// `2026-11-22 15:50:07` in Japan: for files, sorts by itself.
pub fn moment_code(at: Timestamp) -> String {
    JAPAN.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// When a day begins in Japan; `None` at the end of time.
pub fn day_begins(date: Date) -> Option<Timestamp> {
    JAPAN.to_timestamp(date.at(0, 0, 0, 0)).ok()
}

/// A fiscal year (年度): 1 April to 31 March, named by the calendar year it starts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(pub i16);

impl FiscalYear {
    pub fn of(date: Date) -> Self {
        Self(if date.month() < 4 { date.year() - 1 } else { date.year() })
    }

    /// 31 March of the following year.
    pub fn last_day(self) -> Date {
        Date::constant(self.0 + 1, 3, 31)
    }

    /// Its figures are due once the year has ended.
    pub fn is_due(self, today: Date) -> bool {
        self.last_day() < today
    }

    /// 「令和7」, 「平成30」. The first year of an era is written 元.
    pub fn era(self) -> String {
        let (name, first) = match self.0 {
            2019.. => ("令和", 2019),
            1989.. => ("平成", 1989),
            _ => ("昭和", 1926),
        };
        match self.0 - first + 1 {
            1 => format!("{name}元"),
            year => format!("{name}{year}"),
        }
    }

    /// 「2025(令和7)年度」
    pub fn label(self) -> String {
        format!("{}({})年度", self.0, self.era())
    }

    /// 「2025年度」
    pub fn short(self) -> String {
        format!("{}年度", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn march_belongs_to_the_year_before() {
        assert_eq!(FiscalYear::of(Date::constant(2026, 3, 31)), FiscalYear(2025));
        assert_eq!(FiscalYear::of(Date::constant(2026, 4, 1)), FiscalYear(2026));
        assert!(FiscalYear(2025).is_due(Date::constant(2026, 4, 1)));
        assert!(!FiscalYear(2025).is_due(Date::constant(2026, 3, 31)));
    }

    #[test]
    fn years_are_named_by_era() {
        assert_eq!(FiscalYear(2025).label(), "2025(令和7)年度");
        assert_eq!(FiscalYear(2019).era(), "令和元");
        assert_eq!(FiscalYear(2018).era(), "平成30");
    }

    #[test]
    fn an_hour_in_japan_is_a_moment() {
        let at = japan_moment(Date::constant(2026, 12, 1), 9).unwrap();
        assert_eq!(at, "2026-12-01T00:00:00Z".parse().unwrap());
        assert_eq!((japan_date(at), japan_hour(at)), (Date::constant(2026, 12, 1), 9));
        assert_eq!(japan_moment(Date::constant(2026, 12, 1), 24), None);
    }

    #[test]
    fn a_day_begins_in_japan() {
        let begins = day_begins(Date::constant(2026, 4, 1)).unwrap();
        assert_eq!(begins.to_string(), "2026-03-31T15:00:00Z");
        assert_eq!(moment_code(begins), "2026-04-01 00:00:00");
    }

    #[test]
    fn today_is_japans() {
        let clock = Clock::fixed("2026-03-31T15:30:00Z".parse().unwrap());
        assert_eq!(clock.today(), Date::constant(2026, 4, 1));
    }
}
