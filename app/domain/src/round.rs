//! 報告期: the rounds in which a town hall reports in the course of a year, and what each of them asks.
//!
//! A round is about one fiscal year; there is at most one of each kind for a year. Which figures a round asks of a KPI:
//! * 上半期 and 速報 collect the halves, counted so far (速報). A yearly KPI gives the first half's figure in 上半期 and the
//!   year's in 速報; a half-yearly one H1 and H2; a quarterly one Q1 and Q2, then Q3 and Q4; a monthly one April to
//!   September, then October to March. What has been reported already is not owed again (`obligation`).
//! * 見込 and 確定 speak of the year as a whole, whatever the frequency: one figure, expected or settled.
//! * A KPI that is reported once is asked like a yearly one, and only in the years of its targets.
//! * An initiative is asked for the half in 上半期 and for the year in the others.

mod form;
mod schedule;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod year;

pub use form::{PURPOSE_LIMIT, REASON_LIMIT, REMINDERS, reminder_label};
pub use schedule::{Event, What, schedule};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{business_days_after, business_days_before, next_business_day, previous_business_day},
    clock::FiscalYear,
    coded::coded,
    kpi::{Frequency, Maturity, Role},
    period::Period,
    plan::Kpi,
};

coded! {
    /// The rounds about one year, in the order in which they come.
    RoundKind {
        Half = "half", "上半期";
        /// For the next year's plan and budget.
        Forecast = "forecast", "見込";
        Preliminary = "preliminary", "速報";
        /// After the books are closed on 31 May.
        Final = "final", "確定";
    }
}

coded! {
    /// Which KPIs a round asks. Initiatives are always asked.
    Asks {
        All = "all", "すべての指標";
        HalfYearly = "half_yearly", "半年に1回以上報告する指標";
    }
}

coded! {
    /// Where a round stands on a day; in this order, never back.
    RoundState {
        Upcoming = "upcoming", "開始前";
        Open = "open", "受付中";
        /// After the closing day: late, and still taken.
        Grace = "grace", "猶予期間";
        /// What is missing is still taken; what stands is changed by a correction only.
        Closed = "closed", "締切後";
        /// The figures stand: anything more is a correction.
        Locked = "locked", "固定済み";
    }
}

/// A round as a tenant has it. Its identity is (year, kind).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The fiscal year that its figures are about.
    pub year: FiscalYear,
    pub kind: RoundKind,
    /// First and last day, both included.
    pub opens_on: Date,
    pub closes_on: Date,
    /// Last day on which a late report is taken as a matter of course; the closing day when there is no grace.
    pub grace_until: Date,
    /// Business days from the closing day, ascending: -10 is ten before, 0 the day itself, 1 the next one.
    pub reminders: Vec<i8>,
    /// What it is for, in a sentence.
    pub purpose: String,
    pub asks: Asks,
    /// Day from which its figures stand.
    pub locked_on: Option<Date>,
}

/// A figure that a round asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub period: Period,
    pub maturity: Maturity,
}

/// When something is reported on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rhythm {
    Kpi {
        frequency: Frequency,
        /// Years of interim and final targets.
        targets: Vec<FiscalYear>,
    },
    Initiative {
        /// First year in which it is no longer carried on: a decision has scrapped it.
        ended: Option<FiscalYear>,
    },
}

impl Rhythm {
    pub fn of(kpi: &Kpi) -> Self {
        let points = kpi.parts.iter().flat_map(|part| &part.points).filter(|point| point.role != Role::Baseline);
        Rhythm::Kpi { frequency: kpi.frequency, targets: points.map(|point| point.period.fiscal_year()).collect() }
    }

    /// Whether a round of such a breadth asks it about a year.
    pub fn is_asked(&self, asks: Asks, year: FiscalYear) -> bool {
        match (self, asks) {
            (Rhythm::Initiative { ended }, _) => ended.is_none_or(|ended| year < ended),
            (Rhythm::Kpi { frequency: Frequency::Once, targets }, Asks::All) => targets.contains(&year),
            (Rhythm::Kpi { frequency: Frequency::Once | Frequency::Year, .. }, Asks::HalfYearly) => false,
            (Rhythm::Kpi { .. }, _) => true,
        }
    }

    /// The periods of a half that together tell of it; the year for what is reported once a year.
    fn of_half(&self, year: FiscalYear, half: u8) -> Vec<Period> {
        let months = |from: i8| (from..from + 6).map(|n| Period::Month(year.0 + i16::from(n > 12), (n - 1) % 12 + 1)).collect();
        match self {
            Rhythm::Initiative { .. } | Rhythm::Kpi { frequency: Frequency::Once | Frequency::Year, .. } if half == 2 => {
                vec![Period::FiscalYear(year)]
            }
            Rhythm::Initiative { .. } | Rhythm::Kpi { frequency: Frequency::Once | Frequency::Year | Frequency::Half, .. } => {
                vec![Period::Half(year, half)]
            }
            Rhythm::Kpi { frequency: Frequency::Quarter, .. } => [1, 0].map(|back| Period::Quarter(year, 2 * half - back)).to_vec(),
            Rhythm::Kpi { frequency: Frequency::Month, .. } => months(if half == 1 { 4 } else { 10 }),
        }
    }
}

impl RoundKind {
    /// How settled the figures are that it asks.
    pub fn maturity(self) -> Maturity {
        match self {
            RoundKind::Forecast => Maturity::Forecast,
            RoundKind::Half | RoundKind::Preliminary => Maturity::Preliminary,
            RoundKind::Final => Maturity::Final,
        }
    }

    /// The fiscal year that a round of this kind is about when it opens on a day: 速報 and 確定 look back on the year that
    /// has ended, or ends in March of the same calendar year.
    pub fn year_on(self, opens_on: Date) -> FiscalYear {
        match self {
            RoundKind::Half | RoundKind::Forecast => FiscalYear::of(opens_on),
            RoundKind::Preliminary | RoundKind::Final => FiscalYear(opens_on.year() - 1),
        }
    }
}

impl Round {
    /// The four rounds about a year before a tenant changes them: October; February; April and May; June, with July as
    /// grace (確定) or five business days (the others). They open on the first business day and close on the last one, so
    /// that each stays within its months.
    pub fn defaults(year: FiscalYear) -> Vec<Self> {
        let round = |kind, from: Date, until: Date, purpose: &str| {
            let closes_on = previous_business_day(until.last_of_month());
            Self {
                year,
                kind,
                opens_on: next_business_day(from),
                closes_on,
                grace_until: business_days_after(closes_on, 5),
                reminders: vec![-10, -3, 0, 1],
                purpose: purpose.to_owned(),
                asks: Asks::All,
                locked_on: None,
            }
        };
        let first = |later: i16, month| Date::constant(year.0 + later, month, 1);
        let settled = round(RoundKind::Final, first(1, 6), first(1, 6), "出納閉鎖後の確定値を本部会議と9月議会に報告します。");
        vec![
            round(RoundKind::Half, first(0, 10), first(0, 10), "上半期の進み具合を確かめ、下半期の取組を見直します。"),
            round(RoundKind::Forecast, first(1, 2), first(1, 2), "年度末の見込みを次年度の計画と予算に生かします。"),
            round(RoundKind::Preliminary, first(1, 4), first(1, 5), "終わった年度の実績を速報としてまとめます。"),
            Self { grace_until: previous_business_day(first(1, 7).last_of_month()), ..settled },
        ]
    }

    /// `FY2026-half`: its name in addresses and keys.
    pub fn key(&self) -> String {
        format!("{}-{}", Period::FiscalYear(self.year), self.kind.code())
    }

    /// 「2026(令和8)年度 上半期の報告」
    pub fn label(&self) -> String {
        format!("{} {}の報告", self.year.label(), self.kind.label())
    }

    pub fn state(&self, today: Date) -> RoundState {
        match today {
            _ if self.locked_on.is_some_and(|day| day <= today) => RoundState::Locked,
            _ if today < self.opens_on => RoundState::Upcoming,
            _ if today <= self.closes_on => RoundState::Open,
            _ if today <= self.grace_until => RoundState::Grace,
            _ => RoundState::Closed,
        }
    }

    /// What it asks of something, in the order of time; nothing of what it does not ask.
    pub fn asked(&self, of: &Rhythm) -> Vec<Asked> {
        if !of.is_asked(self.asks, self.year) {
            return Vec::new();
        }
        let periods = match self.kind {
            RoundKind::Half => of.of_half(self.year, 1),
            RoundKind::Preliminary => of.of_half(self.year, 2),
            RoundKind::Forecast | RoundKind::Final => vec![Period::FiscalYear(self.year)],
        };
        let maturity = self.kind.maturity();
        periods.into_iter().map(|period| Asked { period, maturity }).collect()
    }

    /// The day of a reminder, by its distance from the closing day in business days.
    pub fn reminder_day(&self, offset: i8) -> Date {
        let days = offset.unsigned_abs();
        if offset < 0 { business_days_before(self.closes_on, days) } else { business_days_after(self.closes_on, days) }
    }

    /// 「2026年度 上半期」
    pub fn short(&self) -> String {
        format!("{} {}", self.year.short(), self.kind.label())
    }

    /// From the opening day to the end of the grace.
    pub fn runs_on(&self, day: Date) -> bool {
        self.opens_on <= day && day <= self.grace_until
    }
}
