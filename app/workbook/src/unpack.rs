//! Looks at a file before a reader of workbooks does: what it is, and how large it becomes when it is unpacked.

use std::io::{Cursor, Read, copy, sink};

use zip::{ZipArchive, result::ZipError};

/// All parts unpacked, in bytes. 10,000 rows are about 20 MB.
const MOST_BYTES: u64 = 48 * 1024 * 1024;
/// More parts than any workbook of ours comes to.
const MOST_PARTS: usize = 500;

const NOT_A_WORKBOOK: &str = "Excelブック（.xlsx）ではないファイルです。Excelで「Excelブック（.xlsx）」の形式で保存し直してください（.xls・.ods・.csvは取り込めません）。";
const LOCKED: &str =
    "古い形式（.xls）か、パスワードで保護されたファイルです。パスワードを外し、「Excelブック（.xlsx）」の形式で保存し直してください。";
const MACROS: &str = "マクロを含むブックは取り込めません。「Excelブック（.xlsx）」の形式で保存し直してください。";
const TOO_LARGE: &str = "展開すると大きくなりすぎるファイルです。受け取ったExcelに書き込み、図や写真を入れずに保存してください。";
pub const BROKEN: &str =
    "Excelのファイルとして開けません。ファイルが壊れているようです。Excelで開いて保存し直すか、もう一度受け取ってください。";

/// How password-protected files and those of Excel before 2007 begin (compound file binary format).
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Refuses with a sentence what is no `.xlsx`, is broken, or would fill the memory. What the archive says of its own sizes
/// is looked at first and then not believed.
pub fn admit(bytes: &[u8]) -> Result<(), &'static str> {
    if bytes.starts_with(&COMPOUND) {
        return Err(LOCKED);
    }
    if !bytes.starts_with(b"PK") {
        return Err(NOT_A_WORKBOOK);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| BROKEN)?;
    let named = |wanted: &str| archive.file_names().any(|name| name.eq_ignore_ascii_case(wanted));
    if named("xl/vbaProject.bin") {
        return Err(MACROS);
    }
    if !named("xl/workbook.xml") {
        return Err(NOT_A_WORKBOOK);
    }
    if archive.len() > MOST_PARTS {
        return Err(TOO_LARGE);
    }
    let mut left = MOST_BYTES;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => LOCKED,
            _ => BROKEN,
        })?;
        if part.size() > left {
            return Err(TOO_LARGE);
        }
        let unpacked = copy(&mut part.take(left + 1), &mut sink()).map_err(|_| BROKEN)?;
        left = left.checked_sub(unpacked).ok_or(TOO_LARGE)?;
    }
    Ok(())
}
