//! Days on which a town hall is open (開庁日).
//!
//! Public holidays by 国民の祝日に関する法律 (昭和23年法律第178号) as amended, for the years 1980 to 2099; closed days of a
//! town hall by 地方自治法第4条の2: Saturdays, Sundays, public holidays and 29 December to 3 January.

#[cfg(test)]
mod tests;

use jiff::civil::{Date, Weekday};

/// The name of a public holiday, 「振替休日」 and 「国民の休日」 among them. None outside of 1980 to 2099: the equinoxes are
/// not reckoned there.
pub fn holiday(date: Date) -> Option<&'static str> {
    if !(1980..=2099).contains(&date.year()) {
        return None;
    }
    named(date).or_else(|| substitute(date)).or_else(|| between_two(date))
}

/// Whether a town hall is closed.
pub fn is_closed(date: Date) -> bool {
    let year_end = matches!((date.month(), date.day()), (12, 29..) | (1, ..=3));
    year_end || matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) || holiday(date).is_some()
}

/// The day itself when the town hall is open, else the next one on which it is.
pub fn next_business_day(date: Date) -> Date {
    open_day(date, Date::tomorrow)
}

/// The day itself when the town hall is open, else the last one on which it was.
pub fn previous_business_day(date: Date) -> Date {
    open_day(date, Date::yesterday)
}

/// `n` business days before a day; a closed day counts as the one after it on which the town hall is open.
pub fn business_days_before(date: Date, n: u8) -> Date {
    (0..n).fold(next_business_day(date), |day, _| previous_business_day(step(day, Date::yesterday)))
}

/// `n` business days after a day; a closed day counts as the one before it on which the town hall was open.
pub fn business_days_after(date: Date, n: u8) -> Date {
    (0..n).fold(previous_business_day(date), |day, _| next_business_day(step(day, Date::tomorrow)))
}

/// Business days after `from` up to and with `to`: 「あと3営業日」. Nothing when `to` is not later.
pub fn business_days_between(from: Date, to: Date) -> usize {
    from.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= to).filter(|day| !is_closed(*day)).count()
}

/// At the ends of the calendar it stays where it is.
fn step(date: Date, by: fn(Date) -> Result<Date, jiff::Error>) -> Date {
    by(date).unwrap_or(date)
}

fn open_day(date: Date, by: fn(Date) -> Result<Date, jiff::Error>) -> Date {
    let mut day = date;
    while is_closed(day) && step(day, by) != day {
        day = step(day, by);
    }
    day
}

/// The holidays that the law names (国民の祝日, and the days of single laws).
fn named(date: Date) -> Option<&'static str> {
    let year = date.year();
    let monday = |nth: i8| date.weekday() == Weekday::Monday && (date.day() - 1) / 7 + 1 == nth;
    match (date.month(), date.day()) {
        (1, 1) => Some("元日"),
        (1, 15) if year < 2000 => Some("成人の日"),
        (1, _) if year >= 2000 && monday(2) => Some("成人の日"),
        (2, 11) => Some("建国記念の日"),
        (2, 23) if year >= 2020 => Some("天皇誕生日"),
        (2, 24) if year == 1989 => Some("昭和天皇の大喪の礼"),
        (3, day) if day == equinox(20_843_100, year) => Some("春分の日"),
        (4, 29) => Some(match year {
            ..1989 => "天皇誕生日",
            1989..2007 => "みどりの日",
            2007.. => "昭和の日",
        }),
        (5, 1) if year == 2019 => Some("天皇の即位の日"),
        (5, 3) => Some("憲法記念日"),
        (5, 4) if year >= 2007 => Some("みどりの日"),
        (5, 5) => Some("こどもの日"),
        (6, 9) if year == 1993 => Some("皇太子徳仁親王の結婚の儀"),
        (7, day) => july(year, day, monday(3)),
        (8, day) => (year >= 2016 && day == mountain_day(year)).then_some("山の日"),
        (9, 15) if year < 2003 => Some("敬老の日"),
        (9, _) if year >= 2003 && monday(3) => Some("敬老の日"),
        (9, day) if day == equinox(23_248_800, year) => Some("秋分の日"),
        (10, 10) if year < 2000 => Some("体育の日"),
        // Moved to July for the Games of 2020, which were held in 2021.
        (10, _) if year >= 2000 && !matches!(year, 2020 | 2021) && monday(2) => {
            Some(if year < 2020 { "体育の日" } else { "スポーツの日" })
        }
        (10, 22) if year == 2019 => Some("即位礼正殿の儀"),
        (11, 3) => Some("文化の日"),
        (11, 12) if year == 1990 => Some("即位礼正殿の儀"),
        (11, 23) => Some("勤労感謝の日"),
        (12, 23) if (1989..2019).contains(&year) => Some("天皇誕生日"),
        _ => None,
    }
}

/// 海の日, and in the years of the Games スポーツの日.
fn july(year: i16, day: i8, is_third_monday: bool) -> Option<&'static str> {
    match (year, day) {
        (2020, 23) | (2021, 22) => Some("海の日"),
        (2020, 24) | (2021, 23) => Some("スポーツの日"),
        (2020 | 2021, _) => None,
        (1996..2003, 20) => Some("海の日"),
        (2003.., _) if is_third_monday => Some("海の日"),
        _ => None,
    }
}

fn mountain_day(year: i16) -> i8 {
    match year {
        2020 => 10,
        2021 => 8,
        _ => 11,
    }
}

/// Day of an equinox by the usual formula for 1980 to 2099; `offset` is its place in 1980 in millionths of a day.
fn equinox(offset: i32, year: i16) -> i8 {
    let years = i32::from(year) - 1980;
    ((offset + 242_194 * years) / 1_000_000 - years / 4) as i8
}

/// A holiday on a Sunday is made up for: until 2006 on the Monday after, since then on the next day that is no holiday.
fn substitute(date: Date) -> Option<&'static str> {
    let mut day = date;
    loop {
        day = day.yesterday().ok()?;
        named(day)?;
        if day.weekday() == Weekday::Sunday {
            return Some("振替休日");
        }
        if date.year() < 2007 {
            return None;
        }
    }
}

/// Since 1986 a day between two holidays is one.
fn between_two(date: Date) -> Option<&'static str> {
    let is_between = named(date.yesterday().ok()?).is_some() && named(date.tomorrow().ok()?).is_some();
    let counts = date.year() >= 1986 && date.weekday() != Weekday::Sunday;
    (counts && is_between).then_some("国民の休日")
}
