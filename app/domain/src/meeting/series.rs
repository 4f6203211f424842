//! 定例: the days of a body that meets every month.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::next_business_day,
    clock::date_label,
    coded::coded,
    form::{Form, FormErrors},
    text::{half_width, sentences},
};

coded! {
    /// Which week of a month.
    Nth {
        First = "1", "第1";
        Second = "2", "第2";
        Third = "3", "第3";
        Fourth = "4", "第4";
        Last = "last", "最終";
    }
}

coded! {
    Weekday {
        Monday = "mon", "月曜日";
        Tuesday = "tue", "火曜日";
        Wednesday = "wed", "水曜日";
        Thursday = "thu", "木曜日";
        Friday = "fri", "金曜日";
    }
}

/// The day of each month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    Weekday(Nth, Weekday),
    /// 1 to 31; the last day of a month that has not so many.
    Day(i8),
}

/// Both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    pub every: Every,
    pub from: Date,
    pub until: Date,
}

/// Longest series, in months: what is planned further ahead is planned anew.
const MOST_MONTHS: i32 = 36;

impl Series {
    /// Its days in their order. One that falls on a closed day moves to the next on which the town hall is open.
    pub fn days(&self) -> Vec<Date> {
        let first = self.from.first_of_month();
        let months = (0..=MOST_MONTHS).map_while(|n| first.checked_add(n.months()).ok());
        let days = months.map(|month| self.every.of_month(month));
        days.filter(|day| (self.from..=self.until).contains(day)).map(next_business_day).collect()
    }

    /// 「毎月 第2木曜日、2026年12月1日から2027年3月31日まで」
    pub fn label(&self) -> String {
        let every = match self.every {
            Every::Weekday(nth, weekday) => format!("{}{}", nth.label(), weekday.label()),
            Every::Day(day) => format!("{day}日"),
        };
        format!("毎月 {every}、{}から{}まで", date_label(self.from), date_label(self.until))
    }

    /// Reads `every` (`weekday` or `day`), `nth`, `weekday`, `day`, `begin_*`, `end_*`.
    pub fn parse(form: &Form) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let every = match form.get("every") {
            "day" => {
                let day = half_width(form.get("day").trim()).parse().ok().filter(|day| (1..=31).contains(day));
                match day {
                    Some(day) => Some(Every::Day(day)),
                    None => errors.push("day", "毎月の日は1から31までの数字で入力してください。".to_owned()),
                }
            }
            _ => match (Nth::from_code(form.get("nth")), Weekday::from_code(form.get("weekday"))) {
                (Some(nth), Some(weekday)) => Some(Every::Weekday(nth, weekday)),
                (None, _) => errors.push("nth", sentences::choose("第何週")),
                (_, None) => errors.push("weekday", sentences::choose("曜日")),
            },
        };
        let (from, until) = (form.date("begin", "定例の始まり", &mut errors), form.date("end", "定例の終わり", &mut errors));
        for (day, field, label) in [(from, "begin_year", "定例の始まり"), (until, "end_year", "定例の終わり")] {
            if day == Some(None) {
                errors.push::<()>(field, sentences::enter(label));
            }
        }
        let (from, until) = (from.flatten(), until.flatten());
        if let (Some(from), Some(until)) = (from, until) {
            let longest = from.checked_add(MOST_MONTHS.months()).unwrap_or(Date::MAX);
            if until < from || longest < until {
                errors.push::<()>("end_year", "定例の終わりは、始まりから3年までの日にしてください。".to_owned());
            }
        }
        match (every, from, until) {
            (Some(every), Some(from), Some(until)) if errors.is_empty() => {
                let series = Self { every, from, until };
                match series.days().is_empty() {
                    true => Err(FormErrors::one("end_year", "この期間に、定例の日がありません。")),
                    false => Ok(series),
                }
            }
            _ => Err(errors),
        }
    }
}

impl Every {
    /// `month`: its first day.
    fn of_month(self, month: Date) -> Date {
        match self {
            Every::Day(day) => Date::new(month.year(), month.month(), day.min(month.days_in_month())).unwrap_or(month),
            Every::Weekday(nth, weekday) => {
                let nth = match nth {
                    Nth::First => 1,
                    Nth::Second => 2,
                    Nth::Third => 3,
                    Nth::Fourth => 4,
                    Nth::Last => -1,
                };
                let weekday = match weekday {
                    Weekday::Monday => jiff::civil::Weekday::Monday,
                    Weekday::Tuesday => jiff::civil::Weekday::Tuesday,
                    Weekday::Wednesday => jiff::civil::Weekday::Wednesday,
                    Weekday::Thursday => jiff::civil::Weekday::Thursday,
                    Weekday::Friday => jiff::civil::Weekday::Friday,
                };
                // Every month has four of each weekday.
                month.nth_weekday_of_month(nth, weekday).unwrap_or(month)
            }
        }
    }
}
