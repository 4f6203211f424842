//! Values in columns.

use rashin_domain::value::{Unknown, Value};
use rust_decimal::Decimal;

/// How a [`Value`] lies in the columns `value_kind, amount, denominator, words, expected_on`.
pub(crate) struct Columns<'a> {
    pub kind: &'static str,
    pub amount: Option<Decimal>,
    pub denominator: Option<Decimal>,
    pub words: Option<&'a str>,
    pub expected_on: Option<jiff_sqlx::Date>,
}

impl<'a> From<&'a Value> for Columns<'a> {
    fn from(value: &'a Value) -> Self {
        let columns = Columns { kind: "text", amount: None, denominator: None, words: None, expected_on: None };
        match value {
            Value::Number { amount } => Columns { kind: "number", amount: Some(*amount), ..columns },
            Value::Ratio { n, of } => Columns { kind: "ratio", amount: Some(*n), denominator: Some(*of), ..columns },
            Value::YesNo { yes } => Columns { kind: "yes_no", words: Some(if *yes { "yes" } else { "no" }), ..columns },
            Value::Text { words } => Columns { words: Some(words), ..columns },
            Value::Milestone { rank, state } => {
                Columns { kind: "milestone", amount: Some(Decimal::from(*rank)), words: Some(state), ..columns }
            }
            Value::Score { amount, sample } => {
                Columns { kind: "score", amount: Some(*amount), denominator: sample.map(Decimal::from), ..columns }
            }
            Value::Unknown { reason, expected } => {
                Columns { kind: "unknown", words: Some(reason.code()), expected_on: expected.map(jiff_sqlx::Date::from), ..columns }
            }
        }
    }
}

/// Back from the columns. The tables' check constraints admit nothing else; should they be lifted by hand,
/// the value reads as lost rather than as a figure.
pub(crate) fn value(
    kind: &str,
    amount: Option<Decimal>,
    denominator: Option<Decimal>,
    words: Option<String>,
    expected_on: Option<jiff_sqlx::Date>,
) -> Value {
    match (kind, amount, denominator, words) {
        ("number", Some(amount), _, _) => Value::Number { amount },
        ("ratio", Some(n), Some(of), _) => Value::Ratio { n, of },
        ("yes_no", _, _, Some(words)) => Value::YesNo { yes: words == "yes" },
        ("text", _, _, Some(words)) => Value::Text { words },
        ("milestone", Some(rank), _, Some(state)) => match u16::try_from(rank) {
            Ok(rank) => Value::Milestone { rank, state },
            Err(_) => Value::unknown(Unknown::LostInSource),
        },
        ("score", Some(amount), sample, _) => Value::Score { amount, sample: sample.and_then(|n| u32::try_from(n).ok()) },
        ("unknown", _, _, Some(words)) => Value::Unknown {
            reason: Unknown::from_code(&words).unwrap_or(Unknown::LostInSource),
            expected: expected_on.map(jiff_sqlx::Date::to_jiff),
        },
        _ => Value::unknown(Unknown::LostInSource),
    }
}
