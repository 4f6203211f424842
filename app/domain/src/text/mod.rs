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

/// Full-width letters, digits and signs as half-width ones, without space around: how addresses and numbers are kept.
pub fn half_width(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(half).collect::<String>().trim().to_owned()
}

/// The text of a file from Excel: UTF-8 with or without a byte order mark, else Shift_JIS (Windows-31J). `None` when
/// it is neither.
#[cfg(feature = "server")]
pub fn from_excel(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        Err(_) => encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned(),
    };
    Some(text.replace("\r\n", "\n").replace('\r', "\n"))
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

    #[cfg(feature = "server")]
    #[test]
    fn a_file_from_excel_is_read_in_either_of_its_encodings() {
        let text = "氏名,かな\n髙橋 誠,たかはし\n";
        let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode("氏名,かな\r\n髙橋 誠,たかはし\r\n");
        for bytes in [text.as_bytes(), "\u{feff}氏名,かな\r\n髙橋 誠,たかはし\r\n".as_bytes(), &shift_jis] {
            assert_eq!(super::from_excel(bytes).as_deref(), Some(text));
        }
        assert_eq!(super::from_excel(b"\xff\xfe\x00"), None);
    }
}
