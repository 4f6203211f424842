//! Dates as people write them into cells.

use jiff::civil::Date;
use rashin_domain::text::half_width;

/// The year before the first one of 令和 and of 平成.
const ERAS: [(&str, i16); 4] = [("令和", 2018), ("R", 2018), ("平成", 1988), ("H", 1988)];

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

/// The day of a serial number of Excel (1 is 1 January 1900, and 1900 had a 29 February).
pub fn of_serial(serial: f64) -> Option<Date> {
    let days = serial.floor();
    // From 1950 to 2149: a number outside is no date that anybody meant.
    (18_264.0..=91_312.0)
        .contains(&days)
        .then(|| Date::constant(1899, 12, 30).checked_add(jiff::Span::new().days(days as i64)).ok())
        .flatten()
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_day_is_read_however_it_is_written() {
        for text in ["2026年9月30日", "2026/9/30", "2026-09-30", "R8.9.30", "令和8年9月30日"] {
            assert_eq!(day(text), Some(Date::constant(2026, 9, 30)), "{text}");
        }
        assert_eq!(day("2026年9月31日"), None);
        assert_eq!(of_serial(46_295.0), Some(Date::constant(2026, 9, 30)));
        assert_eq!(of_serial(f64::NAN).or(of_serial(202_612.0)).or(of_serial(-1.0)), None);
    }
}
