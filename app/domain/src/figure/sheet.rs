//! Figures in a file of our own layout: a row for each body by its code, a column for each indicator by its code. Seeds and
//! what a prefecture collects itself come this way.

use std::collections::{BTreeMap, HashMap};

use super::{Body, Column, Table, bodies::folded, printed, read as figure, shortened};
use crate::{plan_folder::records, text::neutral, value::ValueKind};

/// The headings before the indicators.
pub const CODE: &str = "団体コード";
pub const NAME: &str = "団体名";

/// How an indicator is counted.
#[derive(Clone, Copy, Debug)]
pub struct Gauge<'a> {
    /// The heading of its column.
    pub code: &'a str,
    pub kind: ValueKind,
    pub unit: &'a str,
}

/// Reads a file. Bodies without a row and indicators without a column are not in the table; nothing is read where anything is
/// wrong, and the faults are sentences for the person who imports.
pub fn read(text: &str, bodies: &[Body], gauges: &[Gauge<'_>]) -> Result<Table, Vec<String>> {
    let (records, syntax) = records(text);
    if let Some(wrong) = syntax.first() {
        return Err(vec![format!("{}行目：{}", wrong.line, wrong.reason)]);
    }
    let mut records = records.iter().filter(|record| record.cells.iter().any(|cell| !cell.trim().is_empty()));
    let header: Vec<&str> = records.next().map(|record| record.cells.iter().map(|cell| cell.trim()).collect()).unwrap_or_default();
    let headings = match header.as_slice() {
        [CODE, NAME, rest @ ..] if rest.iter().any(|one| !one.is_empty()) => rest,
        _ => return Err(vec![format!("1行目の見出しを「{CODE},{NAME},（指標の番号）」にしてください。")]),
    };
    let (mut faults, mut measured) = (Vec::new(), Vec::new());
    for (at, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        match gauges.iter().find(|gauge| gauge.code == *heading) {
            Some(_) if headings[..at].contains(heading) => faults.push(format!("見出し「{heading}」が2つあります。")),
            Some(gauge) => measured.push((at + 2, gauge)),
            None => faults.push(format!("見出し「{heading}」は、ここで取り込む指標の番号ではありません。")),
        }
    }
    let known: HashMap<&str, &str> = bodies.iter().map(|body| (body.code.as_str(), body.name.as_str())).collect();
    let mut rows = BTreeMap::new();
    for record in records {
        let cell = |at: usize| record.cells.get(at).map_or("", |cell| cell.trim());
        let (line, code, name) = (record.line, cell(0), cell(1));
        match known.get(code) {
            None => faults.push(format!("{line}行目：団体コード「{code}」は、対象の団体の一覧にありません。6桁で書いてください。")),
            Some(right) if folded(right) != folded(name) => {
                faults.push(format!("{line}行目：団体コード{code}は「{right}」です（入力：「{name}」）。"));
            }
            Some(_) => {
                let mut values = Vec::with_capacity(measured.len());
                for (at, gauge) in &measured {
                    match figure(gauge.kind, gauge.unit, cell(*at)) {
                        Ok(value) => values.push(value),
                        Err(why) => faults.push(format!("{line}行目「{}」の{name}：{why}", gauge.code)),
                    }
                }
                if rows.insert(code.to_owned(), values).is_some() {
                    faults.push(format!("{line}行目：「{name}」の行が2つあります。"));
                }
            }
        }
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push("団体の行がありません。2行目から記入してください。".to_owned());
    }
    if !faults.is_empty() {
        return Err(shortened(faults));
    }
    let mut columns: Vec<Column> =
        measured.iter().map(|(_, gauge)| Column { indicator: gauge.code.to_owned(), values: Vec::new() }).collect();
    let mut codes = Vec::with_capacity(rows.len());
    for (code, values) in rows {
        codes.push(code);
        columns.iter_mut().zip(values).for_each(|(column, value)| column.values.push(value));
    }
    columns.sort_by(|a, b| a.indicator.cmp(&b.indicator));
    Ok(Table { bodies: codes, columns })
}

/// The rows of a file that [`read`] reads back, heading first.
pub fn rows(table: &Table, bodies: &[Body], gauges: &[Gauge<'_>]) -> Vec<Vec<String>> {
    let unit = |code: &str| gauges.iter().find(|gauge| gauge.code == code).map_or("", |gauge| gauge.unit);
    let name = |code: &str| bodies.iter().find(|body| body.code == code).map_or("", |body| body.name.as_str());
    let heading = [CODE, NAME].into_iter().chain(table.columns.iter().map(|column| column.indicator.as_str()));
    let mut rows = vec![heading.map(str::to_owned).collect::<Vec<_>>()];
    rows.extend(table.bodies.iter().enumerate().map(|(at, code)| {
        let cell = |column: &Column| printed(&column.values[at], unit(&column.indicator));
        let cells = table.columns.iter().map(cell);
        [code.clone(), name(code).to_owned()].into_iter().chain(cells).map(|cell| neutral(&cell)).collect()
    }));
    rows
}
