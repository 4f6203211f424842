//! `values.csv`: planned values and actuals, each followed by the values it replaced.

use std::collections::HashSet;

use crate::{
    kpi::{Maturity, Role},
    period::Period,
    plan::{Actual, Kpi, Part, Point, Replaced},
    text::sentences,
    value::{Unknown, Value, ValueError, ValueKind},
};

use super::{
    Faults, Files,
    kpis::{Index, Slot},
    layout::{NOT_OF_REPLACED, VALUES},
    quoted,
    row::{Once, Row},
    table::Table,
};

/// What a value is of; each has one that stands now.
const PLACE: &[&str] = &["kpi", "part", "role", "period"];

pub fn read(files: &Files, index: &Index, kpis: &mut [Kpi], faults: &Faults) {
    let table = Table::read(files, &VALUES, faults);
    let mut once = Once::new(PLACE);
    let mut standing: HashSet<Vec<&str>> = HashSet::new();
    for row in table.rows() {
        let place: Vec<_> = PLACE.iter().map(|column| row.raw(column)).collect();
        let earlier = !row.raw("replaced_on").is_empty();
        let slot = index.find(&row);
        if !earlier {
            once.check(&row);
            standing.insert(place);
        } else if slot.is_some() && !standing.contains(&place) {
            let reason = "これより上に、同じ kpi・part・role・period で列「replaced_on」が空欄の行（今の値）がありません。";
            row.fault(format!("{reason}今の値の行の下に置いてください。"));
        }
        let found = if earlier { read_replaced(&row, slot) } else { read_standing(&row, slot) };
        let (Some(found), Some(slot)) = (found, slot) else { continue };
        if let Some(part) = kpis.get_mut(slot.kpi).and_then(|kpi| kpi.parts.get_mut(slot.part)) {
            found.put(part);
        }
    }
    for part in kpis.iter_mut().flat_map(|kpi| &mut kpi.parts) {
        part.points.sort_by_key(|point| (point.period.last_day(), point.role));
        part.actuals.sort_by_key(|actual| actual.period.last_day());
    }
}

/// What one row says.
enum Found {
    Point(Point),
    Actual(Actual),
    /// An earlier value of the role, or of the actual, at a period.
    Replaced(Option<Role>, Period, Replaced),
}

impl Found {
    fn put(self, part: &mut Part) {
        let list = match self {
            Found::Point(point) => return part.points.push(point),
            Found::Actual(actual) => return part.actuals.push(actual),
            Found::Replaced(Some(role), period, old) => {
                let point = part.points.iter_mut().find(|point| (point.role, point.period) == (role, period));
                point.map(|point| (&mut point.replaced, old))
            }
            Found::Replaced(None, period, old) => {
                let actual = part.actuals.iter_mut().find(|actual| actual.period == period);
                actual.map(|actual| (&mut actual.replaced, old))
            }
        };
        // Without its standing value, which was faulty, it has no place.
        if let Some((replaced, old)) = list {
            replaced.push(old);
        }
    }
}

fn read_standing(row: &Row, slot: Option<Slot>) -> Option<Found> {
    let (period, value) = (row.period("period"), value(row, slot));
    let (note, provenance) = (row.text("note"), row.provenance());
    match role(row) {
        Some(role) => {
            empty(row, &["maturity", "as_of", "link"], " role が actual の行だけに書きます");
            let (reason, decided_on) = (row.text("reason"), row.date("decided_on"));
            let (period, value) = (period?, value?);
            Some(Found::Point(Point { role, period, value, note, reason, decided_on, replaced: Vec::new(), provenance }))
        }
        None if row.raw("role") == ACTUAL => {
            empty(row, &["reason", "decided_on"], "、今の実績値（role が actual）の行には書きません");
            let (maturity, as_of) = (row.word("maturity", Maturity::ALL, Maturity::label), row.date("as_of"));
            let (link, section) = (row.text("link"), String::new());
            let (period, value, revision) = (period?, value?, 1);
            Some(Found::Actual(Actual { period, revision, value, maturity, as_of, note, link, section, replaced: Vec::new(), provenance }))
        }
        None => None,
    }
}

fn read_replaced(row: &Row, slot: Option<Slot>) -> Option<Found> {
    let (role, period, value, on) = (role(row), row.period("period"), value(row, slot), row.date("replaced_on"));
    empty(row, NOT_OF_REPLACED, "、以前の値（列「replaced_on」のある行）には書きません");
    Some(Found::Replaced(role, period?, Replaced { value: value?, on: on?, reason: row.text("reason") }))
}

const ACTUAL: &str = "actual";

/// `None` for an actual, and for what is no role.
fn role(row: &Row) -> Option<Role> {
    let mut roles: Vec<_> = Role::ALL.iter().copied().map(Some).collect();
    roles.push(None);
    row.word("role", &roles, |role| role.map_or(ACTUAL, Role::code)).filter(|_| Role::from_code(row.raw("role")).is_some())
}

/// Cells that have no place in this row.
fn empty(row: &Row, columns: &[&str], rule: &str) {
    for column in columns.iter().filter(|column| !row.raw(column).is_empty()) {
        let typed = quoted(row.raw(column));
        row.fault(format!("列「{column}」は{rule}。空欄にしてください（入力：{typed}）。"));
    }
}

/// The value, of the part's kind or of the one that the row names.
fn value(row: &Row, slot: Option<Slot>) -> Option<Value> {
    let kind = match row.raw("kind") {
        "" => slot?.kind?,
        _ => {
            let kind = row.word("kind", ValueKind::ALL, ValueKind::code);
            ValueKind::from_code(row.raw("kind")).map(|_| kind)?
        }
    };
    let mut value = parsed(row, kind);
    if let Some(date) = row.date("expected_on") {
        match &mut value {
            Some(Value::Unknown { reason: Unknown::Collecting, expected }) => *expected = Some(date),
            Some(_) => row.wrong("expected_on", "、value が「集計中」の行でなければ空欄"),
            None => {}
        }
    }
    value
}

fn parsed(row: &Row, kind: ValueKind) -> Option<Value> {
    let typed = row.raw("value");
    let error = match Value::parse(kind, typed) {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let words: Vec<_> = Unknown::ALL.iter().map(|unknown| unknown.label()).collect();
    let otherwise = format!("値がないときは {} のいずれかにしてください。", words.join("・"));
    match error {
        ValueError::NotYesNo => row.wrong("value", &format!(" はい・いいえ・{} のいずれか", words.join("・"))),
        ValueError::Empty
        | ValueError::Number(_)
        | ValueError::NotARatio
        | ValueError::RatioOutOfRange
        | ValueError::NotAMilestone
        | ValueError::NotASample => {
            row.fault(format!("{}{otherwise}", sentences::value_error("列「value」", typed, error)));
        }
    }
    None
}
