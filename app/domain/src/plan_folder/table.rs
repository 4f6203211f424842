//! CSV tables (RFC 4180) with the line of every row. Stricter than the csv crate, which takes an unclosed
//! quotation mark for one long cell and is silent about it.

use std::{collections::HashMap, iter::Peekable, str::Chars};

use super::{Faults, Files, layout::Layout, quoted, row::Row, text};

const MOST_ROWS: usize = 20_000;

pub struct Table<'a> {
    pub layout: &'static Layout,
    pub faults: &'a Faults,
    /// Where each column stands in a row.
    columns: HashMap<&'static str, usize>,
    rows: Vec<Record>,
    /// No row was lost: only then can a reference to a row be called unknown.
    pub whole: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Line of the first character.
    pub line: usize,
    pub cells: Vec<String>,
}

impl<'a> Table<'a> {
    /// A missing file is a table without rows.
    pub fn read(files: &Files, layout: &'static Layout, faults: &'a Faults) -> Self {
        let mut table = Self { layout, faults, columns: HashMap::new(), rows: Vec::new(), whole: true };
        if files.contains_key(layout.file) {
            table.whole = text::read(files, layout.file, faults).is_some_and(|text| table.fill(&text));
        }
        table
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|record| Row::new(self, record))
    }

    /// The cell as written; empty when the column is missing.
    pub fn cell<'r>(&self, record: &'r Record, column: &str) -> &'r str {
        debug_assert!(self.layout.columns.contains(&column), "{column} is no column of {}", self.layout.file);
        self.columns.get(column).and_then(|at| record.cells.get(*at)).map_or("", String::as_str)
    }

    pub fn fault(&self, line: usize, reason: impl Into<String>) {
        self.faults.push(self.layout.file, Some(line), reason);
    }

    /// Reads header and rows; whether none was lost.
    fn fill(&mut self, text: &str) -> bool {
        let (mut records, syntax) = records(text);
        for wrong in &syntax {
            self.fault(wrong.line, wrong.reason);
        }
        let mut whole = !syntax.iter().any(|wrong| wrong.reason == UNCLOSED);
        records.retain(|record| record.cells.iter().any(|cell| !cell.trim().is_empty()));
        let mut records = records.into_iter();
        let Some(header) = records.next() else {
            self.fault(1, format!("1行目に列の名前を書いてください（{}）。", self.layout.columns.join(",")));
            return false;
        };
        if !self.take_header(&header) {
            return false;
        }
        for record in records {
            if self.rows.len() == MOST_ROWS {
                self.fault(record.line, "行が多すぎます。20,000行以内にしてください。");
                return false;
            }
            if record.cells.len() == header.cells.len() {
                self.check_characters(&record);
                self.rows.push(record);
            } else {
                let (want, have) = (header.cells.len(), record.cells.len());
                self.fault(
                    record.line,
                    format!("セルを{want}個にしてください（この行：{have}個）。カンマを含むセルは全体を「\"」で囲みます。"),
                );
                whole = false;
            }
        }
        whole
    }

    /// Whether every needed column is there.
    fn take_header(&mut self, header: &Record) -> bool {
        for (at, name) in header.cells.iter().enumerate() {
            let name = name.trim();
            match self.layout.columns.iter().find(|column| **column == name) {
                Some(column) => {
                    if self.columns.insert(column, at).is_some() {
                        self.fault(header.line, format!("列「{name}」が2つあります。1つにしてください。"));
                    }
                }
                None => {
                    let known = self.layout.columns.join("・");
                    self.fault(header.line, format!("列「{}」は使いません。列の名前は {known} のいずれかにしてください。", quoted(name)));
                }
            }
        }
        let missing: Vec<_> = self.layout.needed.iter().filter(|column| !self.columns.contains_key(**column)).collect();
        for column in &missing {
            self.fault(header.line, format!("列「{column}」がありません。足してください。"));
        }
        missing.is_empty()
    }

    fn check_characters(&self, record: &Record) {
        for (column, at) in &self.columns {
            if let Some(reason) = record.cells.get(*at).and_then(|cell| text::wrong_characters(&format!("列「{column}」"), cell)) {
                self.fault(record.line, reason);
            }
        }
    }
}

/// What breaks the rules of CSV.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    pub line: usize,
    pub reason: &'static str,
}

const UNCLOSED: &str = "ここで始まる「\"」が閉じられていません。セルの終わりに「\"」を付けてください。";
const AFTER_QUOTE: &str = "閉じる「\"」の後に文字があります。セルの中の「\"」は「\"\"」と2つ続けて書いてください。";
const BARE_QUOTE: &str = "囲まれていないセルに「\"」があります。セル全体を「\"」で囲み、中の「\"」は「\"\"」と書いてください。";

/// Rows with their lines; LF ends a line.
pub(crate) fn records(text: &str) -> (Vec<Record>, Vec<Syntax>) {
    let mut scanner = Scanner { chars: text.chars().peekable(), line: 1, syntax: Vec::new() };
    let mut records = Vec::new();
    while scanner.chars.peek().is_some() {
        let (line, mut cells) = (scanner.line, Vec::new());
        loop {
            match scanner.cell() {
                Some(cell) => cells.push(cell),
                None => return (records, scanner.syntax),
            }
            if scanner.chars.next() != Some(',') {
                break;
            }
        }
        scanner.line += 1;
        records.push(Record { line, cells });
    }
    (records, scanner.syntax)
}

struct Scanner<'a> {
    chars: Peekable<Chars<'a>>,
    line: usize,
    syntax: Vec<Syntax>,
}

impl Scanner<'_> {
    /// Up to the comma or the end of the line; `None` when a quotation mark is never closed.
    fn cell(&mut self) -> Option<String> {
        let is_quoted = self.chars.next_if_eq(&'"').is_some();
        let mut cell = if is_quoted { self.quoted()? } else { String::new() };
        let mut wrong = None;
        while let Some(c) = self.chars.next_if(|c| !matches!(c, ',' | '\n')) {
            if is_quoted {
                wrong = Some(AFTER_QUOTE);
            } else if c == '"' {
                wrong = Some(BARE_QUOTE);
            }
            cell.push(c);
        }
        self.syntax.extend(wrong.map(|reason| Syntax { line: self.line, reason }));
        Some(cell)
    }

    /// After an opening quotation mark, through the closing one.
    fn quoted(&mut self) -> Option<String> {
        let (mut cell, opened) = (String::new(), self.line);
        loop {
            match self.chars.next() {
                Some('"') if self.chars.next_if_eq(&'"').is_some() => cell.push('"'),
                Some('"') => return Some(cell),
                Some(c) => {
                    self.line += usize::from(c == '\n');
                    cell.push(c);
                }
                None => {
                    self.syntax.push(Syntax { line: opened, reason: UNCLOSED });
                    return None;
                }
            }
        }
    }
}

/// One row as it is written.
pub fn written<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cell = |cell: &'a str| {
        if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    };
    let mut row = cells.into_iter().map(cell).collect::<Vec<_>>().join(",");
    row.push('\n');
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_line() {
        let (found, syntax) = records("a,b\n\"1\n2\",\"x\"\"y\"\n\n3,\n");
        let lines: Vec<_> = found.iter().map(|r| (r.line, r.cells.join("|"))).collect();
        assert_eq!(lines, [(1, "a|b".into()), (2, "1\n2|x\"y".into()), (4, "".into()), (5, "3|".into())]);
        assert_eq!(syntax, []);
    }

    #[test]
    fn broken_quotation_marks_are_found_where_they_are() {
        let of = |text: &str| records(text).1;
        assert_eq!(of("a\n\"b\n\nc"), [Syntax { line: 2, reason: UNCLOSED }]);
        assert_eq!(of("a\n\"b\"c,d\n"), [Syntax { line: 2, reason: AFTER_QUOTE }]);
        assert_eq!(of("a\nb\"c\"\n"), [Syntax { line: 2, reason: BARE_QUOTE }]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let cells = ["", "a,b", "\"", "1\n2", " x "];
        assert_eq!(records(&written(cells)).0, [Record { line: 1, cells: cells.map(str::to_owned).to_vec() }]);
    }
}
