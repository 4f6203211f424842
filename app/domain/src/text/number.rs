//! Numbers as civil servants type them: 「１，２３４．５」, 「▲584,646」, 「△3」, 「86.0 」.

use rust_decimal::Decimal;

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    Empty,
    /// Something other than one number: 「約20」, 「1/2」, 「3人」, 「1,23」 (a misplaced separator).
    NotANumber,
    /// More than 18 digits: outside what the product stores.
    TooLong,
}

const MAX_DIGITS: usize = 18;

/// Reads a decimal number and keeps its printed scale (86.0 stays 86.0).
/// Full-width digits, separators, spaces around, +, -, ▲ and △ (minus) are understood.
pub fn parse(text: &str) -> Result<Decimal, NumberError> {
    let text: String = text.trim().chars().map(half_width).collect();
    if text.is_empty() {
        return Err(NumberError::Empty);
    }
    let (negative, digits) = match text.strip_prefix(['-', '▲', '△', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let digits = digits.trim_start();
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let whole = without_separators(whole).ok_or(NumberError::NotANumber)?;
    let fraction = fraction.unwrap_or("0");
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(&whole) || !all_digits(fraction) {
        return Err(NumberError::NotANumber);
    }
    let scale = if digits.contains('.') { fraction.len() } else { 0 };
    if whole.len() + scale > MAX_DIGITS {
        return Err(NumberError::TooLong);
    }
    let joined = if scale == 0 { whole } else { format!("{whole}{fraction}") };
    // At most 18 digits: fits i64.
    let mantissa: i64 = joined.parse().map_err(|_| NumberError::TooLong)?;
    Ok(Decimal::new(if negative { -mantissa } else { mantissa }, scale as u32))
}

/// Separators are accepted only where they belong: every three digits from the right.
fn without_separators(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return Some(whole.to_owned());
    }
    let groups: Vec<&str> = whole.split(',').collect();
    let first = groups.first()?;
    let well_placed = (1..=3).contains(&first.len()) && groups.iter().skip(1).all(|g| g.len() == 3);
    well_placed.then(|| groups.concat())
}

fn half_width(c: char) -> char {
    match c {
        // Full-width ASCII block (！ to ～): the same order, 0xFEE0 apart.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '、' | '،' => ',',
        '。' => '.',
        '\u{3000}' => ' ',
        '‐' | '‑' | '–' | '―' => '-',
        other => other,
    }
}

/// 「1,082,000」, 「86.0」, 「▲584,646」: digits in threes, the printed scale, ▲ for minus.
pub fn format(number: Decimal) -> String {
    let plain = number.abs().to_string();
    let (whole, fraction) = match plain.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (plain.as_str(), None),
    };
    let mut out = String::new();
    if number.is_sign_negative() && !number.is_zero() {
        out.push('▲');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_people_type_them() {
        for (typed, read) in [
            ("156", "156"),
            (" １５６ ", "156"),
            ("１，０８２，０００", "1082000"),
            ("86.0", "86.0"),
            ("９９．７７", "99.77"),
            ("▲584,646", "-584646"),
            ("△ 3", "-3"),
            ("−2.5", "-2.5"),
            ("+7", "7"),
            ("0", "0"),
        ] {
            assert_eq!(parse(typed).map(|n| n.to_string()), Ok(read.to_owned()), "{typed}");
        }
    }

    #[test]
    fn what_is_not_one_number_is_refused() {
        for typed in ["約20", "1/2", "3人", "1,23", "1.2.3", ".", "5.", "--1", "1e3", "NaN", "١٢"] {
            assert_eq!(parse(typed), Err(NumberError::NotANumber), "{typed}");
        }
        assert_eq!(parse("　"), Err(NumberError::Empty));
        assert_eq!(parse(&"9".repeat(19)), Err(NumberError::TooLong));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_with_its_scale(mantissa in -999_999_999_999_999i64..=999_999_999_999_999, scale in 0u32..=3) {
            let number = Decimal::new(mantissa, scale);
            let back = parse(&format(number)).unwrap();
            prop_assert_eq!(back, number);
            prop_assert_eq!(back.scale(), number.scale());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
