//! Reads a workbook back: the sheet that has our headings, in whatever order, row by row.

use std::{
    collections::{BTreeMap, HashMap},
    io::Cursor,
};

use calamine::{DataRef, Reader, Xlsx};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    column::Column,
    compare::Fault,
    percent::percent_rows,
    unpack::{BROKEN, admit},
    write::letters,
};

/// Rows that are taken from a sheet.
pub const MOST_ROWS: usize = 10_000;
/// The headings stand in one of the first rows.
const HEADINGS_WITHIN: u32 = 100;
/// Columns that are looked through.
pub(crate) const MOST_COLUMNS: u32 = 256;
/// Text of all cells together, in bytes.
pub(crate) const MOST_TEXT: usize = 8 * 1024 * 1024;

const TOO_MUCH_TEXT: &str = "文字の多すぎるファイルです。備考を短くするか、行を分けて取り込んでください。";

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    #[serde(default)]
    pub origin: Origin,
    pub(crate) places: Places,
    pub rows: Vec<Row>,
    /// Lines and columns that belong to no report.
    #[serde(default)]
    pub strays: Vec<Stray>,
}

/// How a sheet came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    #[default]
    Workbook,
    Paste(Pasted),
}

/// A table that was pasted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pasted {
    /// The headings of its columns, as they were typed.
    pub(crate) headings: BTreeMap<Column, String>,
    /// What was pasted, and the reason beside it: who goes back finds both again.
    pub text: String,
    pub reason: String,
}

/// Something that could not be understood before it was compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stray {
    pub row: u32,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// As Excel counts: 1 is the first. Of a table that was pasted, its own lines.
    pub number: u32,
    /// Of the columns that are read back; blank cells are absent.
    pub cells: BTreeMap<Column, Content>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    Text(String),
    /// A number as decimal digits, as far as Excel shows them (15).
    Number(String),
    /// A number that Excel shows as per cent: 「0.42」 is 42%.
    Percent(String),
    Day(Date),
    Flag(bool),
    /// What a formula came to that went wrong: 「#REF!」
    Broken(String),
}

impl Sheet {
    /// 「M12」, of a table that was pasted 「12行目 「実績値」」; only the row where the column is not in the sheet.
    pub fn address(&self, column: Column, row: u32) -> String {
        let place = match &self.origin {
            Origin::Workbook => self.places.get(&column).map(|place| format!("{}{row}", letters(*place))),
            Origin::Paste(pasted) => pasted.headings.get(&column).map(|heading| line_address(row, heading)),
        };
        place.unwrap_or_else(|| format!("{row}行目"))
    }
}

/// 「3行目 「2028年度」」
pub(crate) fn line_address(row: u32, heading: &str) -> String {
    format!("{row}行目 「{heading}」")
}

/// Reads the bytes of a file, or says in a sentence why not.
pub fn read(bytes: &[u8]) -> Result<Sheet, String> {
    admit(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| BROKEN)?;
    for name in book.sheet_names() {
        if let Some((heads, places)) = headings(&mut book, &name)? {
            let mut rows = cells(&mut book, &name, heads, &places)?;
            spread_merged(&mut book, &name, heads, &places, &mut rows)?;
            if let Some(place) = places.get(&Column::Value) {
                mark_percent(&mut rows, bytes, &name, *place);
            }
            let rows = rows.into_iter().filter(|(_, cells)| !cells.is_empty()).map(|(at, cells)| Row { number: at + 1, cells });
            return Ok(Sheet { origin: Origin::Workbook, places, rows: rows.collect(), strays: Vec::new() });
        }
    }
    Err("「管理番号」の見出しがありません。「Excelで受け取る」で受け取ったファイルに書き込んで、取り込んでください。".to_owned())
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;
type Rows = BTreeMap<u32, BTreeMap<Column, Content>>;
/// Where each column stands, from 0 on.
type Places = BTreeMap<Column, u16>;

/// The first row that has the heading of the ids, and where the columns stand.
fn headings(book: &mut Book<'_>, sheet: &str) -> Result<Option<(u32, Places)>, String> {
    // A chart sheet has no cells.
    let Ok(mut reader) = book.worksheet_cells_reader(sheet) else { return Ok(None) };
    let mut found: BTreeMap<u32, Places> = BTreeMap::new();
    while let Some(cell) = reader.next_cell().map_err(|_| BROKEN)? {
        let (row, column) = cell.get_position();
        if row >= HEADINGS_WITHIN {
            break;
        }
        let heading = match cell.get_value() {
            DataRef::String(text) => Column::of_heading(text.trim()),
            DataRef::SharedString(text) => Column::of_heading(text.trim()),
            _ => None,
        };
        if let Some(heading) = heading.filter(|_| column < MOST_COLUMNS) {
            // Of two with the same name the first one counts.
            found.entry(row).or_default().entry(heading).or_insert(column as u16);
        }
    }
    Ok(found.into_iter().find(|(_, places)| places.contains_key(&Column::Id)))
}

/// The cells below the headings. Read as a stream: one cell in the last row must not make a million rows.
fn cells(book: &mut Book<'_>, sheet: &str, heads: u32, places: &Places) -> Result<Rows, String> {
    let wanted = |column: Column| column.is_hidden() || column.is_filled_in();
    let columns: HashMap<u32, Column> =
        places.iter().filter(|(column, _)| wanted(**column)).map(|(column, place)| (u32::from(*place), *column)).collect();
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|_| BROKEN)?;
    let (mut rows, mut text) = (Rows::new(), 0);
    while let Some(cell) = reader.next_cell().map_err(|_| BROKEN)? {
        let (row, column) = cell.get_position();
        let Some(column) = columns.get(&column).filter(|_| row > heads) else { continue };
        let Some(content) = content(cell.get_value()) else { continue };
        if let Content::Text(words) = &content {
            text += words.len();
        }
        if text > MOST_TEXT {
            return Err(TOO_MUCH_TEXT.to_owned());
        }
        rows.entry(row).or_default().insert(*column, content);
        if rows.len() > MOST_ROWS {
            return Err(format!("{MOST_ROWS}行までのファイルにしてください。"));
        }
    }
    Ok(rows)
}

fn content(value: &DataRef<'_>) -> Option<Content> {
    let text = |text: &str| words(text).map(Content::Text);
    match value {
        DataRef::Empty => None,
        DataRef::Int(number) => Some(Content::Number(number.to_string())),
        DataRef::Float(number) => Some(Content::Number(digits(*number))),
        DataRef::String(words) => text(words),
        DataRef::SharedString(words) => text(words),
        DataRef::Bool(flag) => Some(Content::Flag(*flag)),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            Some(date.map_or_else(|_| Content::Number(digits(moment.as_f64())), Content::Day))
        }
        DataRef::DateTime(duration) => Some(Content::Number(digits(duration.as_f64()))),
        DataRef::DateTimeIso(words) => {
            let day = words.get(..10).and_then(|day| rashin_domain::period::parse_date(day).ok());
            day.map(Content::Day).or_else(|| text(words))
        }
        DataRef::DurationIso(words) => text(words),
        DataRef::Error(error) => Some(Content::Broken(error.to_string())),
    }
}

/// The text of a cell; `None` where there is nothing to see.
pub(crate) fn words(cell: &str) -> Option<String> {
    let text = cell.replace("\r\n", "\n").replace('\r', "\n");
    // A cell can hold them as 「_x0000_」, a form and the database cannot.
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// As Excel shows it: 15 digits, so that 0.1 + 0.2 is 0.3.
fn digits(number: f64) -> String {
    format!("{number:.14e}").parse::<f64>().unwrap_or(number).to_string()
}

/// A merged cell says the same for all of its rows.
fn spread_merged(book: &mut Book<'_>, sheet: &str, heads: u32, places: &Places, rows: &mut Rows) -> Result<(), String> {
    let merged = book.merge_cells_by_sheet_name(sheet).map_err(|_| BROKEN)?;
    let mut reached = 0;
    for region in merged {
        let Some((column, _)) = places.iter().find(|(column, place)| column.is_filled_in() && u32::from(**place) == region.start.1) else {
            continue;
        };
        if region.start.0 <= heads || region.start.0 >= region.end.0 {
            continue;
        }
        let Some(said) = rows.get(&region.start.0).and_then(|cells| cells.get(column)).cloned() else { continue };
        for (_, cells) in rows.range_mut(region.start.0 + 1..=region.end.0) {
            cells.insert(*column, said.clone());
            reached += size_of::<Content>() + if let Content::Text(words) = &said { words.len() } else { 0 };
            if reached > MOST_TEXT {
                return Err(TOO_MUCH_TEXT.to_owned());
            }
        }
    }
    Ok(())
}

fn mark_percent(rows: &mut Rows, bytes: &[u8], sheet: &str, place: u16) {
    for number in percent_rows(bytes, sheet, &letters(place)) {
        let cell = number.checked_sub(1).and_then(|at| rows.get_mut(&at)).and_then(|cells| cells.get_mut(&Column::Value));
        if let Some(cell) = cell
            && let Content::Number(digits) = cell
        {
            *cell = Content::Percent(std::mem::take(digits));
        }
    }
}
