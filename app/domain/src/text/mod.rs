//! Words: what people type, and the Japanese sentences they read.

pub mod number;
#[cfg(feature = "server")]
pub mod search;
pub mod sentences;

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
