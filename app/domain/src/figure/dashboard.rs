//! The files of the Digital Agency's 自治体DXの取組に関するダッシュボード: bodies across, indicators down, no codes.

use rust_decimal::Decimal;

use super::{
    Body, Column, Dataset, Level, Table,
    bodies::{folded, place},
    percent, read as figure, shortened,
};
use crate::{
    indicator::Indicator,
    plan_folder::records,
    value::{Unknown, Value, ValueKind},
};

/// Area and name of the indicator stand before the bodies.
const BEFORE: usize = 2;
const DENOMINATOR: &str = "（分母）";
const NUMERATOR: &str = "（分子）";

/// What the file is read against.
#[derive(Clone, Copy, Debug)]
pub struct Masters<'a> {
    /// Ascending by code.
    pub prefectures: &'a [Body],
    pub municipalities: &'a [Body],
    pub library: &'a [Indicator],
}

/// A file, understood.
#[derive(Clone, Debug)]
pub struct Reading {
    pub dataset: Dataset,
    pub table: Table,
    /// Rows of figures, those of numerators and denominators among them.
    pub rows: usize,
    /// What was read in spite of its form, in sentences.
    pub remarks: Vec<String>,
}

struct Line<'a> {
    number: usize,
    area: &'a str,
    name: &'a str,
    cells: &'a [String],
}

/// Reads a file (see [`crate::text::from_excel`] for its bytes). Nothing is read where anything is wrong; the faults are
/// sentences for the person who imports.
pub fn read(text: &str, masters: &Masters<'_>) -> Result<Reading, Vec<String>> {
    let (records, syntax) = records(text);
    if let Some(wrong) = syntax.first() {
        return Err(vec![format!("{}行目：{}", wrong.line, wrong.reason)]);
    }
    let mut records = records.iter().filter(|record| record.cells.iter().any(|cell| !cell.trim().is_empty()));
    let header = &records.next().ok_or_else(|| vec!["ファイルが空です。".to_owned()])?.cells;
    let mut remarks = Vec::new();
    let names: Vec<&str> = header.iter().skip(BEFORE).map(|name| name.trim()).collect();
    let width = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    if width == 0 {
        return Err(vec!["1行目に団体名がありません。ダッシュボードのCSVファイルを、そのまま選んでください。".to_owned()]);
    }
    if width < names.len() {
        remarks.push(format!("末尾の空の列（{}列）を除きました。", names.len() - width));
    }
    let names = &names[..width];
    let is_prefecture = |name: &str| masters.prefectures.iter().any(|body| folded(&body.name) == folded(name));
    let (level, all) = match is_prefecture(names[0]) {
        true => (Level::Prefecture, masters.prefectures),
        false => (Level::Municipality, masters.municipalities),
    };
    let bodies = place(names, all, BEFORE + 1).map_err(shortened)?;
    let respelt: Vec<&str> =
        names.iter().zip(&bodies).filter(|(name, body)| **name != body.name).map(|(_, body)| body.name.as_str()).collect();
    if !respelt.is_empty() {
        remarks.push(format!("表記が団体コードの一覧と違う団体を、同じ団体と読みました：{}。", respelt.join("、")));
    }

    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let mut spaces = 0;
    for record in records {
        let (area, name) = (record.cells[0].trim(), record.cells.get(1).map_or("", |name| name.trim()));
        spaces += usize::from(record.cells.get(1).is_some_and(|cell| cell != name) || record.cells[0] != area);
        let extra = record.cells.iter().skip(BEFORE + width).any(|cell| !cell.trim().is_empty());
        match record.cells.get(BEFORE..BEFORE + width) {
            Some(cells) if !extra => lines.push(Line { number: record.line, area, name, cells }),
            _ => faults.push(format!("{}行目：セルの数が、1行目の団体の数（{width}）と合いません。", record.line)),
        }
    }
    if spaces > 0 {
        remarks.push(format!("指標名の前後の空白を除きました（{spaces}行）。"));
    }
    if !faults.is_empty() {
        return Err(shortened(faults));
    }
    columns(level, &lines, names, masters.library, remarks).map(|(dataset, columns, remarks)| {
        let bodies = bodies.into_iter().map(|body| body.code.clone()).collect();
        Reading { dataset, table: Table { bodies, columns }, rows: lines.len(), remarks }
    })
}

fn columns(
    level: Level,
    lines: &[Line<'_>],
    names: &[&str],
    library: &[Indicator],
    mut remarks: Vec<String>,
) -> Result<(Dataset, Vec<Column>, Vec<String>), Vec<String>> {
    let (mut columns, mut faults, mut datasets) = (Vec::<Column>::new(), Vec::new(), Vec::new());
    let mut disagree = Vec::new();
    for line in lines.iter().filter(|line| !line.name.ends_with(DENOMINATOR) && !line.name.ends_with(NUMERATOR)) {
        let asked = |one: &&Indicator| match level {
            Level::Municipality => one.for_municipalities,
            Level::Prefecture => one.for_prefectures,
        };
        let Some(indicator) = library.iter().filter(asked).find(|one| one.category == line.area && one.name == line.name) else {
            faults.push(format!(
                "{}行目：「{}」の「{}」は、国の指標の一覧（{}）にありません。",
                line.number,
                line.area,
                line.name,
                level.label()
            ));
            continue;
        };
        let (Some(kind), Some(dataset)) = (indicator.kind, Dataset::of(level, indicator.library)) else {
            faults.push(format!("{}行目：「{}」は数える種類が決まっていない指標です。", line.number, line.name));
            continue;
        };
        if columns.iter().any(|column| column.indicator == indicator.code) {
            faults.push(format!("{}行目：「{}」の行が2つあります。", line.number, line.name));
            continue;
        }
        datasets.push(dataset);
        let part = |end: &str| lines.iter().find(|other| other.area == line.area && is_part(other.name, line.name, end));
        let mut values = Vec::with_capacity(names.len());
        let parts = (kind == ValueKind::Ratio).then(|| (part(NUMERATOR), part(DENOMINATOR)));
        if let Some((None, _) | (_, None)) = parts {
            faults.push(format!("{}行目：「{}」の分子または分母の行がありません。", line.number, line.name));
            continue;
        }
        for (at, name) in names.iter().enumerate() {
            let value = match parts {
                Some((Some(n), Some(of))) => {
                    let value = ratio(&n.cells[at], &of.cells[at], &line.cells[at]);
                    if value.as_ref().is_ok_and(|value| !agrees(value, &line.cells[at])) {
                        disagree.push(*name);
                    }
                    value
                }
                // Nothing stands before the sign: what it would be of is not said.
                _ if line.cells[at].trim() == "%" => Ok(Value::unknown(Unknown::NotStated)),
                _ => figure(kind, &indicator.unit, &line.cells[at]),
            };
            match value {
                Ok(value) => values.push(value),
                Err(why) => faults.push(format!("{}行目「{}」の{name}：{why}", line.number, line.name)),
            }
        }
        columns.push(Column { indicator: indicator.code.clone(), values });
    }
    let orphan = |line: &&Line| {
        [NUMERATOR, DENOMINATOR].iter().any(|end| {
            line.name.ends_with(end) && !lines.iter().any(|other| other.area == line.area && is_part(line.name, other.name, end))
        })
    };
    faults
        .extend(lines.iter().filter(orphan).map(|line| format!("{}行目：「{}」に対応する指標の行がありません。", line.number, line.name)));
    datasets.dedup();
    let dataset = match (datasets.as_slice(), faults.is_empty()) {
        ([dataset], true) => *dataset,
        ([], true) => return Err(vec!["指標の行がありません。".to_owned()]),
        (_, true) => return Err(vec!["種類の違う表の行が1つのファイルに混ざっています。".to_owned()]),
        (_, false) => return Err(shortened(faults)),
    };
    if !disagree.is_empty() {
        let some: Vec<&str> = disagree.iter().take(5).copied().collect();
        let words = "印字された率が、分子と分母から計算した率と合わない団体があります（計算した率を使います）";
        remarks.push(format!("{words}：{}団体（{}）。", disagree.len(), some.join("、")));
    }
    let here = |code: &str| columns.iter().any(|column| column.indicator == code);
    let absent =
        library.iter().filter(|one| Dataset::of(level, one.library) == Some(dataset) && !here(&one.code)).filter(|one| match level {
            Level::Municipality => one.for_municipalities,
            Level::Prefecture => one.for_prefectures,
        });
    let absent: Vec<&str> = absent.map(|one| one.name.as_str()).collect();
    if !absent.is_empty() {
        remarks.push(format!("このファイルに行がない指標：{}。", absent.join("、")));
    }
    columns.sort_by(|a, b| a.indicator.cmp(&b.indicator));
    Ok((dataset, columns, remarks))
}

/// 「…オンライン化状況_実施されている手続総数（分母）」 belongs to 「…オンライン化状況」.
fn is_part(name: &str, of: &str, end: &str) -> bool {
    name.strip_prefix(of).is_some_and(|rest| rest.starts_with('_') && rest.ends_with(end))
}

/// A ratio from its two cells; 0 of 0 is 該当なし, whatever is printed as the rate.
fn ratio(n: &str, of: &str, printed: &str) -> Result<Value, String> {
    let (n, of) = (figure(ValueKind::Number, "", n)?, figure(ValueKind::Number, "", of)?);
    match (n, of) {
        (Value::Number { amount: n }, Value::Number { amount: of }) if n.is_zero() && of.is_zero() => {
            Ok(Value::unknown(Unknown::NotApplicable))
        }
        (Value::Number { amount: n }, Value::Number { amount: of }) if n <= of => Ok(Value::Ratio { n, of }),
        (Value::Number { amount: n }, Value::Number { amount: of }) => Err(format!("分子（{n}）が分母（{of}）より大きくなっています。")),
        (Value::Unknown { reason, .. }, Value::Unknown { reason: other, .. }) if reason == other => {
            // The parts are silent: what is printed says why, or would be a rate that nobody can retrace.
            match figure(ValueKind::Number, "%", printed) {
                Ok(said @ Value::Unknown { .. }) => Ok(said),
                _ => Ok(Value::unknown(reason)),
            }
        }
        _ => Err("分子と分母の片方だけに数字があります。".to_owned()),
    }
}

/// Whether a printed rate is the computed one, rounded to whole percent.
fn agrees(value: &Value, printed: &str) -> bool {
    match (value, figure(ValueKind::Number, "%", printed)) {
        (Value::Ratio { n, of }, Ok(Value::Number { amount })) => {
            percent(*n, *of).is_some_and(|rate| (rate - amount).abs() <= Decimal::new(5, 1))
        }
        (Value::Ratio { .. }, _) => false,
        (_, Ok(Value::Number { .. })) => false,
        _ => true,
    }
}
