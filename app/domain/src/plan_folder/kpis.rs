//! `kpis.csv`, one row per part, and `values.csv`.

use std::collections::HashMap;

use crate::{
    kpi::{Accumulation, Direction, Frequency, Maturity, Role},
    plan::{Actual, Kpi, Part, Point},
    text::sentences,
    value::{Unknown, Value, ValueError, ValueKind},
};

use super::{
    Faults, Files,
    layout::{KPI_SHARED, KPIS, VALUES},
    quoted,
    row::{Keys, Once, Row},
    table::Table,
};

/// KPIs with their parts and values.
pub fn read(files: &Files, nodes: &Keys, faults: &Faults) -> Vec<Kpi> {
    let table = Table::read(files, &KPIS, faults);
    let mut kpis: Vec<Kpi> = Vec::new();
    let mut index = Index { whole: table.whole, ..Index::default() };
    let mut once = Once::new(&["code", "part"]);
    let mut first_rows: HashMap<&str, (usize, Row)> = HashMap::new();
    for row in table.rows() {
        once.check(&row);
        let code = row.raw("code");
        let at = match first_rows.get(code) {
            Some((at, first)) => {
                agrees(&row, first);
                *at
            }
            None => {
                kpis.push(kpi(&row, nodes));
                first_rows.insert(code, (kpis.len() - 1, row));
                kpis.len() - 1
            }
        };
        let part = part(&row);
        index.add(code, &part.key, Slot { kpi: at, part: kpis[at].parts.len(), kind: ValueKind::from_code(row.raw("kind")) });
        kpis[at].parts.push(part);
    }
    values(files, &index, &mut kpis, faults);
    kpis
}

fn kpi(row: &Row, nodes: &Keys) -> Kpi {
    Kpi {
        code: row.code("code"),
        name: row.filled("name"),
        node: row.refers("node", nodes),
        headline: row.yes_no("headline"),
        frequency: row.word("frequency", Frequency::ALL, Frequency::code),
        formula: row.text("formula"),
        how_to_count: row.text("how_to_count"),
        source: row.text("source"),
        doubt: row.text("doubt"),
        parts: Vec::new(),
        template: None,
        indicators: Vec::new(),
        changes: Vec::new(),
        provenance: row.provenance(),
    }
}

fn part(row: &Row) -> Part {
    Part {
        key: row.key("part"),
        name: row.text("part_name"),
        kind: row.word("kind", ValueKind::ALL, ValueKind::code),
        unit: row.text("unit"),
        direction: row.word("direction", Direction::ALL, Direction::code),
        accumulation: row.word("accumulation", Accumulation::ALL, Accumulation::code),
        accumulation_confirmed: row.yes_no("accumulation_confirmed"),
        points: Vec::new(),
        actuals: Vec::new(),
    }
}

/// The rows of one KPI say the same of what belongs to it as a whole.
fn agrees(row: &Row, first: &Row) {
    for column in KPI_SHARED {
        let (here, there) = (row.text(column), first.text(column));
        if here != there {
            let (line, here, there) = (first.line(), quoted(&here), quoted(&there));
            row.fault(format!(
                "列「{column}」が、同じ指標の{line}行目と違います（{line}行目：{there}、入力：{here}）。1つの指標の行では同じにしてください。"
            ));
        }
    }
}

/// Where the parts are.
#[derive(Default)]
struct Index {
    whole: bool,
    parts: HashMap<String, HashMap<String, Slot>>,
}

#[derive(Clone, Copy)]
struct Slot {
    kpi: usize,
    part: usize,
    /// `None` when the row of the part does not say.
    kind: Option<ValueKind>,
}

impl Index {
    fn add(&mut self, code: &str, part: &str, slot: Slot) {
        self.parts.entry(code.to_owned()).or_default().entry(part.to_owned()).or_insert(slot);
    }

    fn find(&self, row: &Row) -> Option<Slot> {
        let (code, part) = (row.raw("kpi"), row.raw("part"));
        let parts = self.parts.get(code);
        match parts.and_then(|parts| parts.get(part)) {
            Some(slot) => return Some(*slot),
            None if code.is_empty() => row.fault("列「kpi」を入力してください。"),
            None if !self.whole => {}
            None if parts.is_none() => {
                row.fault(format!(
                    "列「kpi」の「{}」は kpis.csv の列「code」にありません。綴りを確かめるか、kpis.csv に足してください。",
                    quoted(code)
                ));
            }
            None => row.wrong("part", &format!(" kpis.csv の「{}」の行にある列「part」のいずれか", quoted(code))),
        }
        None
    }
}

fn values(files: &Files, index: &Index, kpis: &mut [Kpi], faults: &Faults) {
    let table = Table::read(files, &VALUES, faults);
    let mut once = Once::new(&["kpi", "part", "role", "period"]);
    for row in table.rows() {
        once.check(&row);
        let slot = index.find(&row);
        let kind = slot.and_then(|slot| slot.kind);
        let (period, value) = (row.period("period"), kind.and_then(|kind| value(&row, kind)));
        let (note, provenance) = (row.text("note"), row.provenance());
        let planned = planned_role(&row);
        if planned.is_some() {
            only_for_actuals(&row);
        }
        let (maturity, as_of) = match row.raw("role") {
            "actual" => (row.word("maturity", Maturity::ALL, Maturity::label), row.date("as_of")),
            _ => (Maturity::Final, None),
        };
        let (Some(slot), Some(period), Some(value)) = (slot, period, value) else { continue };
        let Some(part) = kpis.get_mut(slot.kpi).and_then(|kpi| kpi.parts.get_mut(slot.part)) else { continue };
        match planned {
            Some(role) => part.points.push(Point {
                role,
                period,
                value,
                note,
                reason: String::new(),
                decided_on: None,
                replaced: Vec::new(),
                provenance,
            }),
            None => part.actuals.push(Actual {
                period,
                revision: 1,
                value,
                maturity,
                as_of,
                note,
                link: String::new(),
                section: String::new(),
                replaced: Vec::new(),
                provenance,
            }),
        }
    }
    for part in kpis.iter_mut().flat_map(|kpi| &mut kpi.parts) {
        part.points.sort_by_key(|point| (point.period.last_day(), point.role));
        part.actuals.sort_by_key(|actual| actual.period.last_day());
    }
}

/// `None` for an actual.
fn planned_role(row: &Row) -> Option<Role> {
    let mut roles: Vec<_> = Role::ALL.iter().copied().map(Some).collect();
    roles.push(None);
    row.word("role", &roles, |role| role.map_or("actual", Role::code))
}

fn only_for_actuals(row: &Row) {
    for column in ["maturity", "as_of"] {
        if !row.raw(column).is_empty() {
            let typed = quoted(row.raw(column));
            row.fault(format!("列「{column}」は role が actual の行だけに書きます。空欄にしてください（入力：{typed}）。"));
        }
    }
}

fn value(row: &Row, kind: ValueKind) -> Option<Value> {
    let typed = row.raw("value");
    let error = match Value::parse(kind, typed) {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let words: Vec<_> = Unknown::ALL.iter().map(|unknown| unknown.label()).collect();
    let otherwise = format!("値がないときは {} のいずれかにしてください。", words.join("・"));
    match error {
        ValueError::NotYesNo => row.wrong("value", &format!(" はい・いいえ・{} のいずれか", words.join("・"))),
        ValueError::Empty | ValueError::Number(_) | ValueError::NotARatio | ValueError::RatioOutOfRange => {
            row.fault(format!("{}{otherwise}", sentences::value_error("列「value」", typed, error)));
        }
    }
    None
}
