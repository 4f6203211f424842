//! Which cells Excel shows as per cent: 0.42 that reads 「42%」. calamine gives the bare number.

use std::{
    collections::BTreeSet,
    io::{BufReader, Cursor},
};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use zip::ZipArchive;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Numbers (1, 2, …) of the rows of a sheet whose cell in a column (letters) is shown as per cent. What cannot be read has
/// none: calamine has the last word on what is broken.
pub fn percent_rows(bytes: &[u8], sheet: &str, column: &str) -> BTreeSet<u32> {
    found(bytes, sheet, column).unwrap_or_default()
}

fn found(bytes: &[u8], sheet: &str, column: &str) -> Option<BTreeSet<u32>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let styles = percent_styles(&mut archive)?;
    let part = part_of(&mut archive, sheet)?;
    let mut rows = BTreeSet::new();
    each(&mut archive, &part, |name, element| {
        if name == b"c"
            && let Some(place) = attribute(element, b"r")
            && let Some(row) = place.strip_prefix(column).and_then(|row| row.parse().ok())
            && attribute(element, b"s").and_then(|style| style.parse().ok()).is_some_and(|style: usize| styles.contains(&style))
        {
            rows.insert(row);
        }
    })?;
    Some(rows)
}

/// Indexes of the cell formats with a per cent sign.
fn percent_styles(archive: &mut Archive<'_>) -> Option<BTreeSet<usize>> {
    // Built-in: 「0%」 and 「0.00%」.
    let mut numbers: BTreeSet<String> = ["9", "10"].map(str::to_owned).into();
    let (mut styles, mut count, mut within) = (BTreeSet::new(), 0, false);
    each(archive, "xl/styles.xml", |name, element| match name {
        b"numFmt" => {
            if let (Some(id), Some(code)) = (attribute(element, b"numFmtId"), attribute(element, b"formatCode"))
                && shows_percent(&code)
            {
                numbers.insert(id);
            }
        }
        b"cellStyleXfs" | b"cellStyles" => within = false,
        b"cellXfs" => within = true,
        b"xf" if within => {
            if attribute(element, b"numFmtId").is_some_and(|id| numbers.contains(&id)) {
                styles.insert(count);
            }
            count += 1;
        }
        _ => {}
    })?;
    Some(styles)
}

/// A per cent sign that is no text of the format: 「0"%"」 only prints it.
fn shows_percent(code: &str) -> bool {
    let outside: String = code.split('"').step_by(2).collect();
    outside.contains('%') && !outside.contains("\\%")
}

/// The part of the archive that holds a sheet.
fn part_of(archive: &mut Archive<'_>, sheet: &str) -> Option<String> {
    let mut id = None;
    each(archive, "xl/workbook.xml", |name, element| {
        if name == b"sheet" && attribute(element, b"name").as_deref() == Some(sheet) {
            id = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == b"id").map(|it| it.value.to_vec());
        }
    })?;
    let (id, mut target) = (id?, None);
    each(archive, "xl/_rels/workbook.xml.rels", |name, element| {
        if name == b"Relationship" && attribute(element, b"Id").is_some_and(|it| it.as_bytes() == id) {
            target = attribute(element, b"Target");
        }
    })?;
    let target = target?;
    Some(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned))
}

fn each(archive: &mut Archive<'_>, part: &str, mut seen: impl FnMut(&[u8], &BytesStart<'_>)) -> Option<()> {
    let mut xml = Reader::from_reader(BufReader::new(archive.by_name(part).ok()?));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).ok()? {
            Event::Start(element) | Event::Empty(element) => seen(element.local_name().as_ref(), &element),
            Event::Eof => return Some(()),
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    let text = std::str::from_utf8(&found.value).ok()?;
    quick_xml::escape::unescape(text).ok().map(|text| text.into_owned())
}
