//! Figures that are published of many bodies at once: what was surveyed of whom, what changed since the last release, and
//! what can be said of them together.

pub mod bodies;
#[cfg(feature = "server")]
pub mod dashboard;
pub mod own;
#[cfg(feature = "server")]
pub mod sheet;
#[cfg(all(test, feature = "server"))]
mod tests;

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[cfg(feature = "server")]
use crate::value::ValueKind;
use crate::{
    coded::coded,
    indicator::Library,
    value::{Unknown, Value},
};

coded! {
    /// Which bodies a table has a row for.
    Level {
        Municipality = "municipality", "市区町村";
        Prefecture = "prefecture", "都道府県";
    }
}

coded! {
    /// A national table of figures, published anew every year.
    Dataset {
        MunicipalComparison = "municipal_comparison", "市区町村比較";
        MunicipalApplications = "municipal_applications", "市区町村の行政手続のオンライン申請率";
        PrefecturalComparison = "prefectural_comparison", "都道府県比較";
        PrefecturalApplications = "prefectural_applications", "都道府県の行政手続のオンライン申請率";
    }
}

impl Dataset {
    /// `None`: the library holds no figures.
    pub fn of(level: Level, library: Library) -> Option<Self> {
        Some(match (level, library) {
            (Level::Municipality, Library::Dashboard) => Dataset::MunicipalComparison,
            (Level::Municipality, Library::Applications) => Dataset::MunicipalApplications,
            (Level::Prefecture, Library::Dashboard) => Dataset::PrefecturalComparison,
            (Level::Prefecture, Library::Applications) => Dataset::PrefecturalApplications,
            (_, Library::DxPlan) => return None,
        })
    }

    pub fn level(self) -> Level {
        match self {
            Dataset::MunicipalComparison | Dataset::MunicipalApplications => Level::Municipality,
            Dataset::PrefecturalComparison | Dataset::PrefecturalApplications => Level::Prefecture,
        }
    }
}

/// A local government as the code master has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Six digits.
    pub code: String,
    pub name: String,
}

/// What one indicator says of each body, in the order of [`Table::bodies`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Code of the indicator.
    pub indicator: String,
    pub values: Vec<Value>,
}

/// Figures of one survey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Codes, ascending.
    pub bodies: Vec<String>,
    pub columns: Vec<Column>,
}

impl Table {
    /// (indicator, body, value), column by column.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.columns.iter().flat_map(|column| {
            self.bodies.iter().zip(&column.values).map(|(body, value)| (column.indicator.as_str(), body.as_str(), value))
        })
    }

    /// How often each reason for a missing figure stands in it.
    pub fn unknowns(&self) -> BTreeMap<Unknown, usize> {
        let mut counts = BTreeMap::new();
        for reason in self.cells().filter_map(|(_, _, value)| value.unknown_reason()) {
            *counts.entry(reason).or_default() += 1;
        }
        counts
    }

    /// What is different from an earlier table of the same survey.
    pub fn since(&self, before: &Table) -> Differences {
        let mut old: HashMap<(&str, &str), &Value> = before.cells().map(|(indicator, body, value)| ((indicator, body), value)).collect();
        let mut found = Differences::default();
        let mut note = |indicator: &str, body: &str, before: Option<&Value>, after: Option<&Value>| {
            let change = Change { indicator: indicator.to_owned(), body: body.to_owned(), before: before.cloned(), after: after.cloned() };
            found.changes.push(change);
        };
        let mut same = 0;
        for (indicator, body, value) in self.cells() {
            match old.remove(&(indicator, body)) {
                Some(before) if is_same(before, value) => same += 1,
                before => note(indicator, body, before, Some(value)),
            }
        }
        for (indicator, body, value) in before.cells().filter(|(indicator, body, _)| old.contains_key(&(*indicator, *body))) {
            note(indicator, body, Some(value), None);
        }
        found.same = same;
        found
    }
}

/// 74 and 74.0 are one figure: a spreadsheet drops zeros.
fn is_same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Number { amount: before }, Value::Number { amount: after }) => before == after,
        _ => before == after,
    }
}

/// One figure that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub indicator: String,
    pub body: String,
    /// `None`: the body or the indicator was not in the table.
    pub before: Option<Value>,
    /// `None`: it is not in it any more.
    pub after: Option<Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    pub changes: Vec<Change>,
    /// Figures that stayed as they were.
    pub same: usize,
}

impl Differences {
    pub fn added(&self) -> usize {
        self.changes.iter().filter(|change| change.before.is_none()).count()
    }

    pub fn gone(&self) -> usize {
        self.changes.iter().filter(|change| change.after.is_none()).count()
    }

    /// Those that say something else than before.
    pub fn restated(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.before.is_some() && change.after.is_some())
    }
}

/// What the figures of some bodies come to together. It says which bodies it counts: those surveyed are fewer than all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// All bodies that were asked for.
    pub bodies: usize,
    /// Those with a figure.
    pub known: usize,
    /// 実施
    pub yes: usize,
    /// Sums of ratios, so that a large body counts for more than a small one.
    pub n: Decimal,
    pub of: Decimal,
    /// Lower quartile, median and upper quartile of [`level_of`]; `None` without figures.
    pub quartiles: Option<[Decimal; 3]>,
    pub unknowns: BTreeMap<Unknown, usize>,
}

impl Summary {
    pub fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut sum = Summary::default();
        let mut levels = Vec::new();
        for value in values {
            sum.bodies += 1;
            match value {
                Value::Unknown { reason, .. } => *sum.unknowns.entry(*reason).or_default() += 1,
                Value::YesNo { yes } => sum.yes += usize::from(*yes),
                Value::Ratio { n, of } => (sum.n, sum.of) = (sum.n + n, sum.of + of),
                Value::Number { .. } | Value::Text { .. } | Value::Milestone { .. } | Value::Score { .. } => {}
            }
            sum.known += usize::from(value.is_known());
            levels.extend(level_of(value));
        }
        levels.sort_unstable();
        sum.quartiles = quartiles(&levels);
        sum
    }

    /// The ratio of the sums in percent.
    pub fn rate(&self) -> Option<Decimal> {
        percent(self.n, self.of)
    }
}

/// What can be compared of a figure: a number as it is, a ratio in percent. `None` for words, 実施・未実施 and unknowns.
pub fn level_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number { amount } | Value::Score { amount, .. } => Some(*amount),
        Value::Ratio { n, of } => percent(*n, *of),
        Value::YesNo { .. } | Value::Text { .. } | Value::Milestone { .. } | Value::Unknown { .. } => None,
    }
}

/// `None` when the denominator is 0.
pub fn percent(n: Decimal, of: Decimal) -> Option<Decimal> {
    n.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(of)
}

/// Lower quartile, median and upper quartile of ascending figures, straight between neighbours (as QUARTILE.INC of
/// spreadsheets).
fn quartiles(ascending: &[Decimal]) -> Option<[Decimal; 3]> {
    let last = ascending.len().checked_sub(1)?;
    Some([1, 2, 3].map(|quarter| {
        let (at, rest) = (last * quarter / 4, last * quarter % 4);
        let (low, high) = (ascending[at], ascending[(at + 1).min(last)]);
        low + (high - low) * Decimal::from(rest) / Decimal::from(4)
    }))
}

/// How a figure of many bodies is written: 「実施」, 「72%」, 「14／20」; an unknown by its word.
pub fn printed(value: &Value, unit: &str) -> String {
    match value {
        Value::YesNo { yes: true } => "実施".to_owned(),
        Value::YesNo { yes: false } => "未実施".to_owned(),
        Value::Ratio { n, of } => format!("{n}／{of}"),
        Value::Number { .. } => value.with_unit(unit),
        Value::Text { .. } | Value::Milestone { .. } | Value::Score { .. } | Value::Unknown { .. } => value.plain(),
    }
}

/// Reads what [`printed`] writes, and what people write instead; an empty cell is 記載なし.
#[cfg(feature = "server")]
pub fn read(kind: ValueKind, unit: &str, cell: &str) -> Result<Value, String> {
    let cell = cell.trim();
    let unreadable = || format!("「{}」は読み取れません。{}", cell.chars().take(20).collect::<String>(), expected(kind, unit));
    match (kind, cell) {
        (_, "") => return Ok(Value::unknown(Unknown::NotStated)),
        (_, "調査無し") => return Ok(Value::unknown(Unknown::NotSurveyed)),
        (ValueKind::YesNo, "実施") => return Ok(Value::YesNo { yes: true }),
        (ValueKind::YesNo, "未実施") => return Ok(Value::YesNo { yes: false }),
        _ => {}
    }
    if let Some(reason) = Unknown::from_label(cell) {
        return Ok(Value::unknown(reason));
    }
    let value = Value::parse_figure(kind, unit, cell).map_err(|_| unreadable())?;
    match value.comparable() {
        Some(figure) if figure.is_sign_negative() && !figure.is_zero() => Err(unreadable()),
        _ => Ok(value),
    }
}

/// More faults than these help nobody who mends a file.
#[cfg(feature = "server")]
fn shortened(mut faults: Vec<String>) -> Vec<String> {
    const MOST: usize = 20;
    if faults.len() > MOST {
        let rest = faults.len() - MOST;
        faults.truncate(MOST);
        faults.push(format!("ほかに{rest}か所あります。"));
    }
    faults
}

/// What a cell may say.
#[cfg(feature = "server")]
fn expected(kind: ValueKind, unit: &str) -> String {
    match kind {
        ValueKind::YesNo => "「実施」「未実施」のどちらかで書いてください。".to_owned(),
        ValueKind::Ratio => "「14/20」のように、分子/分母で書いてください。".to_owned(),
        ValueKind::Number if unit.is_empty() => "0以上の数字で書いてください。".to_owned(),
        ValueKind::Number => format!("0以上の数字で書いてください（単位：{unit}）。"),
        ValueKind::Text | ValueKind::Milestone | ValueKind::Score => "この種類の値は取り込めません。".to_owned(),
    }
}
