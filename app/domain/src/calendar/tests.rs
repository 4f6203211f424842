//! Against the list that the Cabinet Office publishes.

use proptest::prelude::*;

use super::*;

/// Month and day of every holiday of a year.
const OFFICIAL: [(i16, &str); 9] = [
    (2019, "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 10/22 11/3 11/4 11/23"),
    (2020, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23"),
    (2021, "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23"),
    (2022, "1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23"),
    (2023, "1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23"),
    (2024, "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23"),
    (2025, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24"),
    (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
    (2027, "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
];

fn days(year: i16) -> impl Iterator<Item = Date> {
    Date::constant(year, 1, 1).series(jiff::Span::new().days(1)).take_while(move |day| day.year() == year)
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

#[test]
fn every_holiday_of_2019_to_2027_is_the_official_one_and_no_other() {
    for (year, official) in OFFICIAL {
        let reckoned: Vec<String> =
            days(year).filter(|day| holiday(*day).is_some()).map(|day| format!("{}/{}", day.month(), day.day())).collect();
        assert_eq!(reckoned.join(" "), official, "{year}");
    }
}

#[test]
fn holidays_have_the_name_of_their_time() {
    for (date, name) in [
        (day(1988, 4, 29), "天皇誕生日"),
        (day(1989, 2, 24), "昭和天皇の大喪の礼"),
        (day(1988, 5, 4), "国民の休日"),
        (day(2000, 1, 10), "成人の日"),
        (day(2006, 4, 29), "みどりの日"),
        (day(2008, 5, 6), "振替休日"),
        (day(2018, 12, 23), "天皇誕生日"),
        (day(2019, 4, 30), "国民の休日"),
        (day(2019, 10, 14), "体育の日"),
        (day(2020, 7, 24), "スポーツの日"),
        (day(2026, 9, 22), "国民の休日"),
        (day(2099, 9, 23), "秋分の日"),
    ] {
        assert_eq!(holiday(date), Some(name), "{date}");
    }
    for date in [day(2019, 12, 23), day(2019, 2, 23), day(1985, 5, 4), day(1995, 7, 20), day(2015, 8, 11), day(1979, 1, 1), day(2100, 1, 1)]
    {
        assert_eq!(holiday(date), None, "{date}");
    }
}

#[test]
fn a_town_hall_is_closed_over_the_new_year() {
    let closed: Vec<i8> = (26..=31).filter(|d| is_closed(day(2025, 12, *d))).collect();
    assert_eq!(closed, [27, 28, 29, 30, 31]);
    assert_eq!(next_business_day(day(2025, 12, 27)), day(2026, 1, 5));
    assert_eq!(previous_business_day(day(2026, 1, 4)), day(2025, 12, 26));
    assert_eq!(business_days_before(day(2026, 1, 6), 2), day(2025, 12, 26));
}

#[test]
fn business_days_skip_silver_week() {
    assert_eq!(business_days_after(day(2026, 9, 18), 1), day(2026, 9, 24));
    assert_eq!(business_days_before(day(2026, 9, 24), 1), day(2026, 9, 18));
    assert_eq!(business_days_between(day(2026, 9, 18), day(2026, 9, 24)), 1);
    assert_eq!(business_days_between(day(2026, 9, 24), day(2026, 9, 18)), 0);
}

proptest! {
    #[test]
    fn going_forth_and_back_ends_where_it_began(from in 0i32..40_000, n in 0u8..60) {
        let start = next_business_day(day(1980, 1, 1).saturating_add(jiff::Span::new().days(from)));
        let later = business_days_after(start, n);
        prop_assert!(!is_closed(later));
        prop_assert_eq!(business_days_before(later, n), start);
        prop_assert_eq!(business_days_between(start, later), usize::from(n));
    }
}
