//! Words: what people type, and the Japanese sentences they read.

pub mod number;
pub mod sentences;

/// A text as it is searched: full-width letters and digits half-width, katakana as hiragana, lower case.
pub fn search_form(text: &str) -> String {
    let fold = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        // Katakana lies 0x60 above hiragana.
        'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(fold).flat_map(char::to_lowercase).collect()
}

/// A cell that a spreadsheet would run as a formula begins with an apostrophe instead; numbers stay numbers.
pub fn neutral(cell: &str) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let is_number = cell.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    if runs && !is_number { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn kana_and_width_make_no_difference() {
        assert_eq!(super::search_form("カイシ　ＡＢ１"), "かいし ab1");
        assert_eq!(super::search_form("甲斐市"), "甲斐市");
    }
}
