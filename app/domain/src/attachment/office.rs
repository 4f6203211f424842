//! Word, Excel and PowerPoint files without their properties and authors: a ZIP that is written anew, part by part.

use std::io::{Cursor, Read, Write};

use zip::{CompressionMethod, ZipArchive, ZipWriter, read::ZipFile, result::ZipError, write::SimpleFileOptions};

use super::{MediaKind, image};

/// More parts than any document that people make.
const MOST_PARTS: usize = 5_000;
/// All parts unpacked, in bytes; those of documents inside the document included.
const MOST_BYTES: u64 = 150 * 1024 * 1024;
/// A document in a document in a document.
const DEEPEST: u8 = 2;

const BROKEN: &str = "Officeのファイルとして開けません。Word・Excel・PowerPointで開き、保存し直してください。";
const TOO_LARGE: &str = "展開すると大きくなりすぎるファイルです。画像を小さくするか、ファイルを分けてください。";
const MACROS: &str = "マクロを含むファイルは添付できません。マクロのない形式（.docx・.xlsx・.pptx）で保存し直してください。";
const LOCKED: &str = "パスワードで保護されたファイルです。パスワードを外して保存し直してください。";
const OTHER_ZIP: &str = "ZIPファイルは添付できません。中のファイルを一つずつ添付してください。";

/// The same document: empty properties, no names of authors, no metadata in its pictures, no times of its parts.
pub fn clean(bytes: &[u8]) -> Result<(MediaKind, Vec<u8>), String> {
    let mut budget = MOST_BYTES;
    rewritten(bytes, &mut budget, DEEPEST)
}

fn rewritten(bytes: &[u8], budget: &mut u64, depth: u8) -> Result<(MediaKind, Vec<u8>), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| BROKEN)?;
    if archive.len() > MOST_PARTS {
        return Err(TOO_LARGE.to_owned());
    }
    let kind = kind(&mut archive, budget)?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(why)?;
        if part.is_dir() {
            continue;
        }
        // A name that leads out of the document, or a link: no program writes such.
        if part.enclosed_name().is_none() || part.is_symlink() {
            return Err(BROKEN.to_owned());
        }
        let name = part.name().to_owned();
        let method = if part.compression() == CompressionMethod::Stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let content = cleaned(&name, unpacked(&mut part, budget)?, budget, depth)?;
        writer.start_file(name, SimpleFileOptions::default().compression_method(method)).map_err(|_| BROKEN)?;
        writer.write_all(&content).map_err(|_| BROKEN)?;
    }
    let written = writer.finish().map_err(|_| BROKEN)?;
    Ok((kind, written.into_inner()))
}

fn why(error: ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => LOCKED,
        _ => BROKEN,
    }
    .to_owned()
}

/// Reads a part; what the archive says about its size is not believed.
fn unpacked<R: Read>(part: &mut ZipFile<'_, R>, budget: &mut u64) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    part.take(*budget + 1).read_to_end(&mut content).map_err(|_| BROKEN)?;
    *budget = budget.checked_sub(content.len() as u64).ok_or(TOO_LARGE)?;
    Ok(content)
}

/// By the content type of the main part (ECMA-376, part 2).
fn kind(archive: &mut ZipArchive<Cursor<&[u8]>>, budget: &mut u64) -> Result<MediaKind, String> {
    let is_macro = |name: &str| name.to_lowercase().ends_with("vbaproject.bin");
    if archive.file_names().any(is_macro) {
        return Err(MACROS.to_owned());
    }
    let types = match archive.by_name("[Content_Types].xml") {
        Ok(mut part) => unpacked(&mut part, budget)?,
        Err(ZipError::FileNotFound) => return Err(OTHER_ZIP.to_owned()),
        Err(error) => return Err(why(error)),
    };
    let types = String::from_utf8_lossy(&types);
    if types.to_lowercase().contains("macroenabled") {
        return Err(MACROS.to_owned());
    }
    let mains = [
        ("wordprocessingml.document.main+xml", MediaKind::Docx),
        ("spreadsheetml.sheet.main+xml", MediaKind::Xlsx),
        ("presentationml.presentation.main+xml", MediaKind::Pptx),
    ];
    let found = mains.into_iter().find(|(main, _)| types.contains(main));
    found.map(|(_, kind)| kind).ok_or_else(|| BROKEN.to_owned())
}

fn cleaned(name: &str, content: Vec<u8>, budget: &mut u64, depth: u8) -> Result<Vec<u8>, String> {
    if let Some(kind) = image::kind(&content) {
        return image::clean(kind, &content).ok_or_else(|| "文書の中の画像が壊れています。画像を入れ直してください。".to_owned());
    }
    if content.starts_with(b"PK\x03\x04") {
        return match depth.checked_sub(1) {
            Some(depth) => rewritten(&content, budget, depth).map(|(_, content)| content),
            None => Err("文書の中に文書が何重にも埋め込まれています。埋め込みを外してください。".to_owned()),
        };
    }
    let name = name.to_lowercase();
    if (name.starts_with("docprops/") && name.ends_with(".xml")) || name.ends_with(".psmdcp") {
        return root_only(&content).ok_or_else(|| BROKEN.to_owned());
    }
    let without = without_values(content, attributes_with_names(&name));
    Ok(if name.starts_with("xl/comments") { without_authors(&without) } else { without })
}

/// An XML document that is nothing but its root, with the namespaces it had.
fn root_only(xml: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(xml).ok()?;
    let start = text.match_indices('<').map(|(at, _)| at).find(|at| text[at + 1..].starts_with(|c: char| c.is_alphabetic()))?;
    let tag = text[start..].split('>').next()?.trim_end_matches('/');
    Some(format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>{tag}/>").into_bytes())
}

/// Attributes that hold names of people, addresses of theirs or folders of their machines, by part.
fn attributes_with_names(part: &str) -> &'static [&'static str] {
    match part {
        "xl/workbook.xml" => &["url", "userName"],
        "ppt/commentauthors.xml" | "ppt/authors.xml" => &["name", "initials", "userId"],
        _ if part.starts_with("word/") && part.ends_with(".xml") => &["w:author", "w:initials", "w15:author", "w15:userId"],
        _ if part.starts_with("xl/persons/") => &["displayName", "userId"],
        _ => &[],
    }
}

fn without_values(mut xml: Vec<u8>, attributes: &[&str]) -> Vec<u8> {
    for attribute in attributes {
        for quote in ['"', '\''] {
            xml = without_between(&xml, format!(" {attribute}={quote}").as_bytes(), &[quote as u8]);
        }
    }
    xml
}

/// Authors of a workbook's comments: their number counts, their names do not.
fn without_authors(xml: &[u8]) -> Vec<u8> {
    without_between(xml, b"<author>", b"</author>")
}

fn without_between(bytes: &[u8], before: &[u8], after: &[u8]) -> Vec<u8> {
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let (mut kept, mut rest) = (Vec::with_capacity(bytes.len()), bytes);
    while let Some(start) = find(rest, before).map(|at| at + before.len()) {
        let Some(end) = find(&rest[start..], after).map(|at| start + at) else { break };
        kept.extend(&rest[..start]);
        rest = &rest[end..];
    }
    kept.extend(rest);
    kept
}
