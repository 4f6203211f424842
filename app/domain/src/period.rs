//! The time a figure is for.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::clock::{FiscalYear, date_label};

/// A reporting period. `Display` and `parse` use the canonical code (database, files, JSON):
/// `FY2026`, `FY2026H1`, `FY2026Q3`, `2026-04`, `CY2026`, `@2024-09-30`, `2023-09..2024-08`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    FiscalYear(FiscalYear),
    /// 1 = 上半期, 2 = 下半期
    Half(FiscalYear, u8),
    Quarter(FiscalYear, u8),
    Month(i16, i8),
    CalendarYear(i16),
    /// A point in time: 「R6.9月末時点」
    Instant(Date),
    /// From a month to a month, both included: 「R5.9～R6.8」
    Range((i16, i8), (i16, i8)),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPeriod;

impl Period {
    pub fn year(year: i16) -> Self {
        Period::FiscalYear(FiscalYear(year))
    }

    pub fn parse(code: &str) -> Result<Self, NotAPeriod> {
        if let Some(rest) = code.strip_prefix("FY") {
            let (year, part) = rest.split_at_checked(4).ok_or(NotAPeriod)?;
            let year = FiscalYear(four_digits(year)?);
            return match part {
                "" => Ok(Period::FiscalYear(year)),
                "H1" => Ok(Period::Half(year, 1)),
                "H2" => Ok(Period::Half(year, 2)),
                "Q1" => Ok(Period::Quarter(year, 1)),
                "Q2" => Ok(Period::Quarter(year, 2)),
                "Q3" => Ok(Period::Quarter(year, 3)),
                "Q4" => Ok(Period::Quarter(year, 4)),
                _ => Err(NotAPeriod),
            };
        }
        if let Some(year) = code.strip_prefix("CY") {
            return four_digits(year).map(Period::CalendarYear);
        }
        if let Some(date) = code.strip_prefix('@') {
            return parse_date(date).map(Period::Instant);
        }
        if let Some((from, until)) = code.split_once("..") {
            let (from, until) = (month(from)?, month(until)?);
            return if from <= until { Ok(Period::Range(from, until)) } else { Err(NotAPeriod) };
        }
        month(code).map(|(year, month)| Period::Month(year, month))
    }

    /// The fiscal year it ends in: what a figure is judged against.
    pub fn fiscal_year(self) -> FiscalYear {
        FiscalYear::of(self.last_day())
    }

    pub fn first_day(self) -> Date {
        let first = |year: i16, month: i8| Date::constant(year, month, 1);
        match self {
            Period::FiscalYear(year) | Period::Half(year, 1) | Period::Quarter(year, 1) => first(year.0, 4),
            Period::Quarter(year, 2) => first(year.0, 7),
            Period::Half(year, _) | Period::Quarter(year, 3) => first(year.0, 10),
            Period::Quarter(year, _) => first(year.0 + 1, 1),
            Period::Month(year, month) | Period::Range((year, month), _) => first(year, month),
            Period::CalendarYear(year) => first(year, 1),
            Period::Instant(date) => date,
        }
    }

    pub fn last_day(self) -> Date {
        match self {
            Period::FiscalYear(year) => year.last_day(),
            Period::Half(year, 1) => end_of_month(year.0, 9),
            Period::Half(year, _) => year.last_day(),
            Period::Quarter(year, 4) => year.last_day(),
            Period::Quarter(year, quarter) => end_of_month(year.0, 3 + 3 * quarter as i8),
            Period::Month(year, month) | Period::Range(_, (year, month)) => end_of_month(year, month),
            Period::CalendarYear(year) => Date::constant(year, 12, 31),
            Period::Instant(date) => date,
        }
    }

    /// 「2026(令和8)年度」, 「2026(令和8)年度 上半期」, 「2024年9月30日時点」 …
    pub fn label(self) -> String {
        match self {
            Period::FiscalYear(year) => year.label(),
            Period::Half(year, half) => format!("{} {}半期", year.label(), if half == 1 { "上" } else { "下" }),
            Period::Quarter(year, quarter) => format!("{} 第{quarter}四半期", year.label()),
            Period::Month(year, month) => format!("{year}年{month}月"),
            Period::CalendarYear(year) => format!("{year}年"),
            Period::Instant(date) => format!("{}時点", date_label(date)),
            Period::Range(from, until) => format!("{}年{}月～{}年{}月", from.0, from.1, until.0, until.1),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::FiscalYear(year) => write!(f, "FY{:04}", year.0),
            Period::Half(year, half) => write!(f, "FY{:04}H{half}", year.0),
            Period::Quarter(year, quarter) => write!(f, "FY{:04}Q{quarter}", year.0),
            Period::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Period::CalendarYear(year) => write!(f, "CY{year:04}"),
            Period::Instant(date) => write!(f, "@{}", date_code(*date)),
            Period::Range(from, until) => write!(f, "{:04}-{:02}..{:04}-{:02}", from.0, from.1, until.0, until.1),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Period::parse(&code).map_err(|_| serde::de::Error::custom("not a period"))
    }
}

/// `2024-09-30`. By hand: jiff's general parser would cost the browser 30 KB.
pub fn parse_date(text: &str) -> Result<Date, NotAPeriod> {
    let mut parts = text.splitn(3, '-');
    let mut next = || parts.next().ok_or(NotAPeriod);
    let (year, month, day) = (four_digits(next()?)?, two_digits(next()?)?, two_digits(next()?)?);
    Date::new(year, month, day).map_err(|_| NotAPeriod)
}

pub fn date_code(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn month(text: &str) -> Result<(i16, i8), NotAPeriod> {
    let (year, month) = text.split_once('-').ok_or(NotAPeriod)?;
    let month = two_digits(month)?;
    if (1..=12).contains(&month) { Ok((four_digits(year)?, month)) } else { Err(NotAPeriod) }
}

fn end_of_month(year: i16, month: i8) -> Date {
    Date::constant(year, month, 1).last_of_month()
}

fn four_digits(text: &str) -> Result<i16, NotAPeriod> {
    digits(text, 4).filter(|year| (1900..=2200).contains(year)).ok_or(NotAPeriod)
}

fn two_digits(text: &str) -> Result<i8, NotAPeriod> {
    digits(text, 2).map(|n| n as i8).ok_or(NotAPeriod)
}

fn digits(text: &str, length: usize) -> Option<i16> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_read_back() {
        for code in ["FY2026", "FY2026H1", "FY2026Q4", "2026-04", "CY2026", "@2024-09-30", "2023-09..2024-08"] {
            assert_eq!(Period::parse(code).unwrap().to_string(), code);
        }
        for code in ["", "FY", "FY20266", "FY2026H3", "2026-13", "@2024-02-30", "2024-08..2023-09", "FY２０２６", "令和8"] {
            assert_eq!(Period::parse(code), Err(NotAPeriod), "{code}");
        }
    }

    #[test]
    fn each_period_ends_in_its_fiscal_year() {
        let year = |code: &str| Period::parse(code).unwrap().fiscal_year().0;
        assert_eq!(year("FY2026H1"), 2026);
        assert_eq!(year("FY2026Q4"), 2026);
        assert_eq!(year("2027-03"), 2026);
        assert_eq!(year("@2024-09-30"), 2024);
        assert_eq!(year("2023-09..2024-08"), 2024);
        assert_eq!(Period::parse("FY2026Q2").unwrap().last_day(), Date::constant(2026, 9, 30));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = Period::parse(&text);
        }

        #[test]
        fn parts_of_a_year_follow_one_another(year in 2000_i16..2100) {
            let part = |part: &str| Period::parse(&format!("FY{year}{part}")).unwrap();
            for parts in [&[""][..], &["H1", "H2"], &["Q1", "Q2", "Q3", "Q4"]] {
                let mut next = Date::constant(year, 4, 1);
                for period in parts.iter().map(|code| part(code)) {
                    prop_assert_eq!(period.first_day(), next);
                    next = period.last_day().tomorrow().unwrap();
                }
                prop_assert_eq!(next, Date::constant(year + 1, 4, 1));
            }
        }
    }
}
