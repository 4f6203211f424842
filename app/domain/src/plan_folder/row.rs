//! One row of a table: typed cells, each fault a sentence that names the column, what was typed and the cure.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::{
    clock::FiscalYear,
    kpi::is_code,
    period::{self, Period},
    provenance::{Provenance, Reading},
};

use super::{
    KEY_SHAPE, is_key, quoted,
    table::{Record, Table},
};

#[derive(Clone, Copy)]
pub struct Row<'t> {
    table: &'t Table<'t>,
    record: &'t Record,
}

impl<'t> Row<'t> {
    pub fn new(table: &'t Table<'t>, record: &'t Record) -> Self {
        Self { table, record }
    }

    pub fn line(&self) -> usize {
        self.record.line
    }

    pub fn fault(&self, reason: impl Into<String>) {
        self.table.fault(self.record.line, reason);
    }

    /// The cell without spaces around: for keys, words and figures.
    pub fn raw(&self, column: &str) -> &'t str {
        self.table.cell(self.record, column).trim()
    }

    /// The cell verbatim.
    pub fn text(&self, column: &str) -> String {
        self.table.cell(self.record, column).to_owned()
    }

    /// The cell verbatim; it may not be blank.
    pub fn filled(&self, column: &str) -> String {
        if self.raw(column).is_empty() {
            self.fault(format!("列「{column}」を入力してください。"));
        }
        self.text(column)
    }

    pub fn wrong(&self, column: &str, want: &str) {
        self.fault(format!("列「{column}」は{want}にしてください（入力：{}）。", quoted(self.raw(column))));
    }

    /// A key that others refer to; each row has its own.
    pub fn key(&self, column: &str) -> String {
        if !is_key(self.raw(column)) {
            self.wrong(column, KEY_SHAPE);
        }
        self.raw(column).to_owned()
    }

    /// A KPI's public code: `KAI-01`.
    pub fn code(&self, column: &str) -> String {
        let code = self.raw(column);
        if !is_code(code) {
            self.wrong(column, "半角の英数字とハイフンだけの40文字以内");
        }
        code.to_owned()
    }

    /// One word of a list, which is never empty. A wrong one stands in as the first.
    pub fn word<T: Copy>(&self, column: &str, all: &[T], word: impl Fn(T) -> &'static str) -> T {
        let typed = self.raw(column);
        all.iter().copied().find(|v| word(*v) == typed).unwrap_or_else(|| {
            let words: Vec<_> = all.iter().map(|v| word(*v)).collect();
            self.wrong(column, &format!(" {} のいずれか", words.join("・")));
            all[0]
        })
    }

    pub fn yes_no(&self, column: &str) -> bool {
        self.word(column, &[true, false], |yes| if yes { "yes" } else { "no" })
    }

    pub fn fiscal_year(&self, column: &str) -> FiscalYear {
        match Period::parse(&format!("FY{}", self.raw(column))) {
            Ok(Period::FiscalYear(year)) => year,
            _ => {
                self.wrong(column, " 2025 のような西暦4桁の年度");
                FiscalYear(0)
            }
        }
    }

    pub fn period(&self, column: &str) -> Option<Period> {
        let period = Period::parse(self.raw(column)).ok();
        if period.is_none() {
            self.wrong(column, " FY2026・FY2026H1・FY2026Q1・2026-04・CY2026・@2024-09-30・2023-09..2024-08 のいずれかの形");
        }
        period
    }

    /// A date that must be there.
    pub fn day(&self, column: &str) -> Date {
        self.filled(column);
        self.date(column).unwrap_or_default()
    }

    /// A date, or nothing when the cell is empty.
    pub fn date(&self, column: &str) -> Option<Date> {
        let typed = self.raw(column);
        let date = period::parse_date(typed).ok();
        if date.is_none() && !typed.is_empty() {
            self.wrong(column, " 2024-09-30 のような実在する日付");
        }
        date
    }

    pub fn provenance(&self) -> Provenance {
        Provenance {
            reading: self.word("reading", Reading::ALL, Reading::label),
            source_text: self.text("source_text"),
            source_place: self.text("source_place"),
        }
    }

    /// A reference that may be empty.
    pub fn maybe(&self, column: &str, keys: &Keys) -> Option<String> {
        (!self.raw(column).is_empty()).then(|| self.refers(column, keys))
    }

    /// A reference: the cell is one of the keys.
    pub fn refers(&self, column: &str, keys: &Keys) -> String {
        self.check(column, self.raw(column), keys);
        self.raw(column).to_owned()
    }

    pub fn check(&self, column: &str, key: &str, keys: &Keys) {
        if key.is_empty() {
            self.fault(format!("列「{column}」を入力してください。"));
        } else if keys.lack(key) {
            let place = keys.place;
            self.fault(format!("列「{column}」の「{}」は {place} にありません。綴りを確かめるか、{place} に足してください。", quoted(key)));
        }
    }
}

/// What rows may refer to.
pub struct Keys {
    place: &'static str,
    /// `None` when some of them could not be read: then nothing is called unknown.
    known: Option<HashSet<String>>,
}

impl Keys {
    pub fn new<'k>(place: &'static str, whole: bool, keys: impl IntoIterator<Item = &'k str>) -> Self {
        Self { place, known: whole.then(|| keys.into_iter().map(str::to_owned).collect()) }
    }

    fn lack(&self, key: &str) -> bool {
        self.known.as_ref().is_some_and(|known| !known.contains(key))
    }
}

/// The lines of what must stand only once.
pub struct Once {
    columns: &'static [&'static str],
    lines: HashMap<Vec<String>, usize>,
}

impl Once {
    pub fn new(columns: &'static [&'static str]) -> Self {
        Self { columns, lines: HashMap::new() }
    }

    pub fn check(&mut self, row: &Row) {
        let cells: Vec<_> = self.columns.iter().map(|column| row.raw(column).to_owned()).collect();
        if cells.first().is_none_or(String::is_empty) {
            return;
        }
        let shown = quoted_all(&cells);
        if let Some(line) = self.lines.get(&cells) {
            let columns = self.columns.join("・");
            row.fault(format!("列「{columns}」の「{shown}」は{line}行目にもあります。どちらか1行にするか、別のものにしてください。"));
        } else {
            self.lines.insert(cells, row.line());
        }
    }
}

fn quoted_all(cells: &[String]) -> String {
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join("・")
}
