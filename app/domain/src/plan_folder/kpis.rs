//! `kpis.csv`, one row per part, `indicators.csv` and `definition_changes.csv`.

use std::collections::HashMap;

use crate::{
    kpi::{Accumulation, Direction, Frequency},
    plan::{DefinitionChange, Kpi, Part},
    template::{Correspondence, Mapping},
    value::ValueKind,
};

use super::{
    Faults, Files,
    layout::{DEFINITION_CHANGES, INDICATORS, KPI_SHARED, KPIS},
    quoted,
    row::{Keys, Once, Row},
    table::Table,
    values,
};

/// KPIs with their parts, values, national indicators and changes.
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
    let codes = Keys::new(KPIS.file, table.whole, table.rows().map(|row| row.raw("code")));
    for row in Table::read(files, &INDICATORS, faults).rows() {
        let (mapping, code) = (mapping(&row), row.refers("kpi", &codes));
        kpis.iter_mut().filter(|kpi| kpi.code == code).for_each(|kpi| kpi.indicators.push(mapping.clone()));
    }
    for row in Table::read(files, &DEFINITION_CHANGES, faults).rows() {
        let (change, code) = (change(&row), row.refers("kpi", &codes));
        kpis.iter_mut().filter(|kpi| kpi.code == code).for_each(|kpi| kpi.changes.push(change.clone()));
    }
    values::read(files, &index, &mut kpis, faults);
    kpis
}

fn mapping(row: &Row) -> Mapping {
    let correspondence = row.word("correspondence", Correspondence::ALL, Correspondence::label);
    let mapping = Mapping { indicator: row.raw("indicator").to_owned(), correspondence, note: row.text("note") };
    match Correspondence::from_label(row.raw("correspondence")) {
        None => {}
        Some(Correspondence::Nothing) if mapping.indicator.is_empty() => {}
        Some(Correspondence::Nothing) => row.wrong("indicator", "、対応が「対応なし」のときは空欄"),
        Some(known) => {
            row.code("indicator");
            if known == Correspondence::Similar && row.raw("note").is_empty() {
                row.fault("列「note」を入力してください。対応が「似ている」のときは、何が違うかを書きます。");
            }
        }
    }
    mapping
}

fn change(row: &Row) -> DefinitionChange {
    DefinitionChange { from_year: row.fiscal_year("from_year"), series_break: row.yes_no("series_break"), note: row.filled("note") }
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
        template: (!row.raw("template").is_empty()).then(|| row.code("template")),
        indicators: Vec::new(),
        changes: Vec::new(),
        set_grade: None,
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
pub struct Index {
    whole: bool,
    parts: HashMap<String, HashMap<String, Slot>>,
}

#[derive(Clone, Copy)]
pub struct Slot {
    pub kpi: usize,
    pub part: usize,
    /// `None` when the row of the part does not say.
    pub kind: Option<ValueKind>,
}

impl Index {
    fn add(&mut self, code: &str, part: &str, slot: Slot) {
        self.parts.entry(code.to_owned()).or_default().entry(part.to_owned()).or_insert(slot);
    }

    pub fn find(&self, row: &Row) -> Option<Slot> {
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
