//! From a file as it was sent to the file that is kept.

use unicode_normalization::UnicodeNormalization;

use super::{ACCEPTED, MediaKind, image, office};
use crate::text::from_excel;

/// Longest file name, in characters.
const NAME_LIMIT: usize = 120;

/// A file without authors and places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    pub name: String,
    pub kind: MediaKind,
    pub bytes: Vec<u8>,
}

/// Looks at the content, never at the name, and takes out what tells of people and places. `Err` is a sentence for the sender.
///
/// JPEG, PNG and WebP lose all metadata but colours and orientation; Office files their properties, authors of comments and
/// changes, and the metadata of the pictures in them. PDF and text stay as they are.
pub fn clean(name: &str, bytes: &[u8]) -> Result<Cleaned, String> {
    if bytes.is_empty() {
        return Err("ファイルが空です。内容のあるファイルを選択してください。".to_owned());
    }
    let (kind, bytes) = if let Some(kind) = image::kind(bytes) {
        (kind, image::clean(kind, bytes).ok_or("画像が途中で切れているか、壊れています。開いて保存し直してください。")?)
    } else if bytes.starts_with(b"%PDF-") {
        (MediaKind::Pdf, bytes.to_vec())
    } else if bytes.starts_with(b"PK\x03\x04") {
        office::clean(bytes)?
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err("パスワードで保護されたファイルか、古い形式のOfficeファイル（.doc・.xls・.ppt）です。パスワードを外し、新しい形式（.docx・.xlsx・.pptx）で保存し直してください。".to_owned());
    } else {
        (text(name, bytes)?, bytes.to_vec())
    };
    Ok(Cleaned { name: file_name(name, kind)?, kind, bytes })
}

/// CSV by its name, else plain text: both are only ever downloaded.
fn text(name: &str, bytes: &[u8]) -> Result<MediaKind, String> {
    let text = from_excel(bytes).filter(|text| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\u{c}')));
    let text = text.ok_or_else(|| format!("この種類のファイルは添付できません。添付できるのは、{ACCEPTED}です。"))?;
    let head: String = text.trim_start().chars().take(1000).collect::<String>().to_lowercase();
    // A script or an RTF file is text, too, but not for reading.
    let runs = head.starts_with(['<']) || head.starts_with("#!") || head.starts_with("{\\rtf");
    if runs || ["<html", "<script", "<svg", "<!doctype"].iter().any(|tag| head.contains(tag)) {
        return Err(format!("HTML、SVG、XMLなどのファイルは添付できません。添付できるのは、{ACCEPTED}です。"));
    }
    let name = name.to_lowercase();
    // 「a.exe」 and 「a.pdf」 that hold a few words are mistakes or tricks: nobody who attached them wants 「a.pdf.txt」.
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let is_kind =
        (2..=5).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric()) && end.chars().any(|c| c.is_ascii_alphabetic());
    if is_kind && !matches!(end, "csv" | "txt") {
        return Err(format!("ファイルの中身が「.{end}」の形式ではありません。添付できるのは、{ACCEPTED}です。"));
    }
    Ok(if end == "csv" { MediaKind::Csv } else { MediaKind::Text })
}

/// The name without its folders, ending as files of this kind do.
fn file_name(sent: &str, kind: MediaKind) -> Result<String, String> {
    // Some systems send letters and their voicing marks apart.
    let name: String = sent.rsplit(['/', '\\']).next().unwrap_or_default().nfc().collect();
    let name = name.trim().trim_start_matches('.').trim();
    // The marks that turn the direction of writing can make 「fdp.exe」 look like 「exe.pdf」.
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}')
    };
    if name.chars().any(hidden) {
        return Err("ファイル名に、目に見えない文字が含まれています。名前を付け直してから選択してください。".to_owned());
    }
    let ends_right =
        name.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && kind.extensions().contains(&end.to_lowercase().as_str()));
    let name = match name {
        "" => format!("file.{}", kind.extensions()[0]),
        name if ends_right => name.to_owned(),
        name => format!("{name}.{}", kind.extensions()[0]),
    };
    if name.chars().count() > NAME_LIMIT {
        return Err(format!("ファイル名は{NAME_LIMIT}文字以内にしてください。"));
    }
    Ok(name)
}
