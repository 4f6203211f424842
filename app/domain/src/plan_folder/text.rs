//! From bytes to text: UTF-8, with or without a byte order mark, line ends as LF.

use super::{Faults, Files};

const MOST_BYTES: usize = 5_000_000;
/// Longest cell of a table and longest entry of `plan.toml`.
const MOST_CHARACTERS: usize = 20_000;

/// The text of a file that is there and readable.
pub fn read(files: &Files, file: &str, faults: &Faults) -> Option<String> {
    let bytes = files.get(file)?;
    if bytes.len() > MOST_BYTES {
        let size = bytes.len().div_ceil(100_000);
        faults.push(file, None, format!("ファイルは5MB以下にしてください（{}.{}MB）。", size / 10, size % 10));
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")),
        Err(error) => {
            let (good, bad) = bytes.split_at(error.valid_up_to());
            let line = 1 + good.iter().filter(|b| **b == b'\n').count();
            if good.is_ascii() && (is_shift_jis(bad) || good.is_empty() && is_utf_16(bad)) {
                let code = if is_utf_16(bad) { "UTF-16" } else { "Shift_JIS" };
                let cure = "UTF-8で保存してください。Excelでは「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選びます。";
                faults.push(file, None, format!("文字コードが{code}です。{cure}"));
            } else {
                faults.push(file, Some(line), "UTF-8の文字として読めないところがあります。この行を直し、UTF-8で保存してください。");
            }
            None
        }
    }
}

/// What is wrong with the characters of a cell, said of 「列「title」」 or 「「title」」.
pub fn wrong_characters(what: &str, text: &str) -> Option<String> {
    // Bytes first: counting the characters of every cell would be the slowest step.
    if text.len() > MOST_CHARACTERS && text.chars().count() > MOST_CHARACTERS {
        return Some(format!("{what}は20,000文字以内にしてください。"));
    }
    let control = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'))?;
    Some(format!("{what}に、目に見えない制御文字（U+{:04X}）が入っています。入力し直してください。", control as u32))
}

fn is_utf_16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

/// Every byte has its place in Shift_JIS: ASCII, half-width katakana, or a pair.
fn is_shift_jis(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        let fits = match byte {
            0x00..=0x7f | 0xa1..=0xdf => true,
            0x81..=0x9f | 0xe0..=0xfc => matches!(rest.next(), Some(0x40..=0x7e | 0x80..=0xfc)),
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    true
}
