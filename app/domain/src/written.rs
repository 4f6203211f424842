//! Years, days and periods as people write them: into fields, cells and headings.

use jiff::civil::Date;

use crate::{clock::FiscalYear, period::Period, text::half_width};

/// The year before the first one of 令和, 平成 and 昭和.
const ERAS: [(&str, i16); 6] = [("令和", 2018), ("R", 2018), ("平成", 1988), ("H", 1988), ("昭和", 1925), ("S", 1925)];

/// 「2026」, 「2026年」, 「2026年度」, 「令和8」, 「R8年度」, 「令和元」: from 1950 to 2150.
pub fn year(text: &str) -> Option<i16> {
    let text = half_width(text.trim()).replace('元', "1");
    let (year, rest) = leading_year(&text)?;
    matches!(rest, "" | "年" | "年度").then_some(year)
}

/// 「2026年12月」, 「2026/12」, 「R8.12」, 「令和8年12月」: the first day of it. A day behind it is passed over.
pub fn month(text: &str) -> Option<Date> {
    match numbers(text)?.as_slice() {
        [year, month] | [year, month, _] => Date::new(*year, i8::try_from(*month).ok()?, 1).ok(),
        _ => None,
    }
}

/// 「2026年9月30日」, 「2026/9/30」, 「R8.9.30」
pub fn day(text: &str) -> Option<Date> {
    match numbers(text)?.as_slice() {
        [year, month, day] => Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok(),
        _ => None,
    }
}

fn numbers(text: &str) -> Option<Vec<i16>> {
    let text = half_width(text).replace("元年", "1年");
    let (first, rest) =
        ERAS.iter().find_map(|(era, before)| text.strip_prefix(era).map(|rest| (*before, rest))).unwrap_or((0, text.as_str()));
    let trimmed = rest.trim_end_matches(['日', '月', ' ']);
    let mut numbers = Vec::new();
    for piece in trimmed.split(['年', '月', '/', '-', '.']) {
        let piece = piece.trim();
        let is_number = !piece.is_empty() && piece.len() <= 4 && piece.bytes().all(|byte| byte.is_ascii_digit());
        numbers.push(is_number.then(|| piece.parse::<i16>().ok()).flatten()?);
    }
    let year = numbers.first_mut()?;
    *year += first;
    (1950..=2150).contains(year).then_some(numbers)
}

/// The period that a heading names: whatever [`Period::label`] and its code say, and 「R7」, 「令和7年度」, 「2025」 (fiscal
/// years), 「2026年度上半期」, 「R8年度第1四半期」, 「2026/9」.
pub fn period(text: &str) -> Option<Period> {
    let text: String = half_width(text).replace('元', "1").replace('〜', "~").chars().filter(|c| !c.is_whitespace()).collect();
    if let Ok(period) = Period::parse(&text) {
        return Some(period);
    }
    if let Some((from, until)) = text.split_once('~') {
        let (from, until) = (month_only(from)?, month_only(until)?);
        return (from <= until).then_some(Period::Range(from, until));
    }
    if let Some(date) = text.strip_suffix("時点") {
        return day(date).map(Period::Instant);
    }
    let (year, rest) = leading_year(&text)?;
    let whole = FiscalYear(year);
    match rest.strip_prefix("年度").unwrap_or(rest) {
        "" => Some(Period::FiscalYear(whole)),
        "年" => Some(Period::CalendarYear(year)),
        "上半期" | "上期" => Some(Period::Half(whole, 1)),
        "下半期" | "下期" => Some(Period::Half(whole, 2)),
        "第1四半期" | "第一四半期" => Some(Period::Quarter(whole, 1)),
        "第2四半期" | "第二四半期" => Some(Period::Quarter(whole, 2)),
        "第3四半期" | "第三四半期" => Some(Period::Quarter(whole, 3)),
        "第4四半期" | "第四四半期" => Some(Period::Quarter(whole, 4)),
        _ => month_only(&text).map(|(year, month)| Period::Month(year, month)),
    }
}

/// A year and what follows it. The same year in the other calendar may stand in brackets: 「2025(令和7)年度」.
fn leading_year(text: &str) -> Option<(i16, &str)> {
    let (before, rest) = ERAS.iter().find_map(|(era, before)| Some((*before, text.strip_prefix(era)?))).unwrap_or((0, text));
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    let is_year = if before == 0 { digits.len() == 4 } else { (1..=3).contains(&digits.len()) };
    let year = is_year.then(|| digits.parse::<i16>().ok()).flatten()? + before;
    if !(1950..=2150).contains(&year) {
        return None;
    }
    let Some((other, rest)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else { return Some((year, rest)) };
    // Two years that contradict each other are none.
    leading_year(other).filter(|other| *other == (year, "")).map(|_| (year, rest))
}

fn month_only(text: &str) -> Option<(i16, i8)> {
    match numbers(text)?.as_slice() {
        [_, _] => month(text).map(|day| (day.year(), day.month())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any period in the years that plans are about.
    fn periods() -> impl Strategy<Value = Period> {
        let year = || (1950i16..=2150).prop_map(FiscalYear);
        let month = || (1950i16..=2150, 1i8..=12);
        prop_oneof![
            year().prop_map(Period::FiscalYear),
            (year(), 1u8..=2).prop_map(|(year, half)| Period::Half(year, half)),
            (year(), 1u8..=4).prop_map(|(year, quarter)| Period::Quarter(year, quarter)),
            month().prop_map(|(year, month)| Period::Month(year, month)),
            (1950i16..=2150).prop_map(Period::CalendarYear),
            (month(), 1i8..=28).prop_map(|((year, month), day)| Period::Instant(Date::constant(year, month, day))),
            (month(), month()).prop_map(|(one, other)| Period::Range(one.min(other), one.max(other))),
        ]
    }

    proptest! {
        #[test]
        fn a_period_is_read_back_from_its_label_and_its_code(of in periods()) {
            prop_assert_eq!(period(&of.label()), Some(of));
            prop_assert_eq!(period(&of.to_string()), Some(of));
        }

        #[test]
        fn no_heading_makes_it_panic(text in "[0-9RH令和元年度月()~/. 上下半期第四時点\\PC]{0,12}") {
            let _ = period(&text);
        }
    }

    #[test]
    fn a_period_is_read_however_it_is_written() {
        let code = |text: &str| period(text).map(|period| period.to_string());
        for (text, read) in [
            ("2025年度", "FY2025"),
            ("令和7年度", "FY2025"),
            ("R7", "FY2025"),
            ("Ｒ７年度", "FY2025"),
            ("2025", "FY2025"),
            ("2025\n（令和７）年度", "FY2025"),
            ("令和7(2025)年度", "FY2025"),
            ("2019(平成31)年度", "FY2019"),
            ("令和元年度", "FY2019"),
            ("2026年度上半期", "FY2026H1"),
            ("R8年度 下期", "FY2026H2"),
            ("2026年度第1四半期", "FY2026Q1"),
            ("令和8年度第四四半期", "FY2026Q4"),
            ("2026年9月", "2026-09"),
            ("2026/9", "2026-09"),
            ("R8.9", "2026-09"),
            ("2026年", "CY2026"),
        ] {
            assert_eq!(code(text).as_deref(), Some(read), "{text}");
        }
        for text in ["", "目標値", "2025(令和8)年度", "2025年度目標", "25年度", "R", "2026年13月", "2026/9/30", "12345", "R7年度上"]
        {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_is_read_however_it_is_written() {
        for text in
            ["2026年12月", "２０２６年１２月", "2026/12", "2026-12", "2026.12", "R8.12", "令和8年12月", "Ｒ８/12/28", " 2026年12月 "]
        {
            assert_eq!(month(text), Some(Date::constant(2026, 12, 1)), "{text}");
        }
        assert_eq!(month("令和元年5月"), Some(Date::constant(2019, 5, 1)));
        for text in ["", "12月", "来年", "2026年13月", "2026", "12/2026", "約2026年12月"] {
            assert_eq!(month(text), None, "{text}");
        }
    }

    #[test]
    fn a_year_is_read_however_it_is_written() {
        for text in ["2026", "２０２６年度", "2026年", "令和8", "R8", "Ｒ８年度", " 令和8年 ", "2026(令和8)年度"] {
            assert_eq!(year(text), Some(2026), "{text}");
        }
        assert_eq!(year("令和元年度"), Some(2019));
        for text in ["", "8", "26", "平成", "来年度", "2026年4月", "20266", "約2026"] {
            assert_eq!(year(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_read_however_it_is_written() {
        for text in ["2026年9月30日", "2026/9/30", "2026-09-30", "R8.9.30", "令和8年9月30日"] {
            assert_eq!(day(text), Some(Date::constant(2026, 9, 30)), "{text}");
        }
        assert_eq!(day("2026年9月31日"), None);
    }
}
