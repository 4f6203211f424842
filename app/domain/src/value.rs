//! A figure, or the reason why there is none. An unknown never becomes 0 or blank.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    coded::coded,
    text::number::{self, NumberError},
};

coded! {
    /// What a KPI part is measured in.
    ValueKind {
        Number = "number", "数値";
        /// n/N, both stored.
        Ratio = "ratio", "比（n/N）";
        YesNo = "yes_no", "はい・いいえ";
        Text = "text", "文章";
    }
}

coded! {
    /// Why there is no figure.
    Unknown {
        /// A dash is printed.
        Dash = "dash", "—";
        /// The cell is blank.
        NotStated = "not_stated", "記載なし";
        SetAtIntroduction = "set_at_introduction", "導入時に設定";
        Unreported = "unreported", "未報告";
        Collecting = "collecting", "集計中";
        NotApplicable = "not_applicable", "該当なし";
        NotSurveyed = "not_surveyed", "調査なし";
        LostInSource = "lost_in_source", "原文欠落";
    }
}

impl ValueKind {
    /// Reached in steps, not along a line: a target is met or it is not.
    pub fn is_stepwise(self) -> bool {
        match self {
            ValueKind::YesNo => true,
            ValueKind::Number | ValueKind::Ratio | ValueKind::Text => false,
        }
    }
}

/// One value of a KPI part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum Value {
    /// A decimal with its printed scale, as a string in JSON: `"86.0"`.
    Number {
        #[cfg_attr(feature = "server", schema(value_type = String, example = "86.0"))]
        amount: Decimal,
    },
    Ratio {
        #[cfg_attr(feature = "server", schema(value_type = String, example = "5"))]
        n: Decimal,
        #[cfg_attr(feature = "server", schema(value_type = String, example = "64"))]
        of: Decimal,
    },
    YesNo {
        yes: bool,
    },
    Text {
        words: String,
    },
    Unknown {
        reason: Unknown,
        /// When a figure is expected (集計中 only).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = Date))]
        expected: Option<Date>,
    },
}

/// Why a typed text is not a value of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueError {
    Number(NumberError),
    /// Not 「5/64」.
    NotARatio,
    /// The denominator is 0 or below, or n is negative or above it.
    RatioOutOfRange,
    /// Neither 「はい」 nor 「いいえ」.
    NotYesNo,
    Empty,
}

impl Value {
    pub fn number(amount: Decimal) -> Self {
        Value::Number { amount }
    }

    pub fn unknown(reason: Unknown) -> Self {
        Value::Unknown { reason, expected: None }
    }

    /// `None` for an unknown, which stands for any kind.
    pub fn kind(&self) -> Option<ValueKind> {
        match self {
            Value::Number { .. } => Some(ValueKind::Number),
            Value::Ratio { .. } => Some(ValueKind::Ratio),
            Value::YesNo { .. } => Some(ValueKind::YesNo),
            Value::Text { .. } => Some(ValueKind::Text),
            Value::Unknown { .. } => None,
        }
    }

    /// Reads what a person or a plan folder wrote: a figure of the kind, or the word of a typed unknown.
    pub fn parse(kind: ValueKind, text: &str) -> Result<Self, ValueError> {
        let text = text.trim();
        match Unknown::from_label(text) {
            Some(reason) => Ok(Value::unknown(reason)),
            None => Value::parse_figure(kind, text),
        }
    }

    /// Reads a figure of the kind; words for unknowns are not accepted.
    pub fn parse_figure(kind: ValueKind, text: &str) -> Result<Self, ValueError> {
        let text = text.trim();
        match kind {
            ValueKind::Number => number::parse(text).map(Value::number).map_err(ValueError::Number),
            ValueKind::Ratio => {
                let (n, of) = text.split_once(['/', '／']).ok_or(ValueError::NotARatio)?;
                let n = number::parse(n).map_err(ValueError::Number)?;
                let of = number::parse(of).map_err(ValueError::Number)?;
                if of <= Decimal::ZERO || n < Decimal::ZERO || n > of {
                    return Err(ValueError::RatioOutOfRange);
                }
                Ok(Value::Ratio { n, of })
            }
            ValueKind::YesNo => match text {
                "はい" => Ok(Value::YesNo { yes: true }),
                "いいえ" => Ok(Value::YesNo { yes: false }),
                _ => Err(ValueError::NotYesNo),
            },
            ValueKind::Text if text.is_empty() => Err(ValueError::Empty),
            ValueKind::Text => Ok(Value::Text { words: text.to_owned() }),
        }
    }

    /// What `parse` reads back: 「1,082,000」, 「5/64」, 「はい」, 「導入時に設定」.
    pub fn plain(&self) -> String {
        match self {
            Value::Number { amount } => number::format(*amount),
            Value::Ratio { n, of } => format!("{}/{}", number::format(*n), number::format(*of)),
            Value::YesNo { yes: true } => "はい".to_owned(),
            Value::YesNo { yes: false } => "いいえ".to_owned(),
            Value::Text { words } => words.clone(),
            Value::Unknown { reason, .. } => reason.label().to_owned(),
        }
    }

    /// With its unit, as shown to people: 「144件」, 「5台/64台」, 「導入時に設定」.
    pub fn with_unit(&self, unit: &str) -> String {
        match self {
            Value::Number { amount } => format!("{}{unit}", number::format(*amount)),
            Value::Ratio { n, of } => format!("{}{unit}/{}{unit}", number::format(*n), number::format(*of)),
            Value::YesNo { .. } | Value::Text { .. } | Value::Unknown { .. } => self.plain(),
        }
    }

    /// The number that rules compare; a ratio as n ÷ N, yes as 1. `None` for words and unknowns.
    pub fn comparable(&self) -> Option<Decimal> {
        match self {
            Value::Number { amount } => Some(*amount),
            Value::Ratio { n, of } => n.checked_div(*of),
            Value::YesNo { yes } => Some(if *yes { Decimal::ONE } else { Decimal::ZERO }),
            Value::Text { .. } | Value::Unknown { .. } => None,
        }
    }

    pub fn is_known(&self) -> bool {
        !matches!(self, Value::Unknown { .. })
    }

    pub fn unknown_reason(&self) -> Option<Unknown> {
        match self {
            Value::Unknown { reason, .. } => Some(*reason),
            Value::Number { .. } | Value::Ratio { .. } | Value::YesNo { .. } | Value::Text { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_values_read_back() {
        for (kind, text) in [
            (ValueKind::Number, "86.0"),
            (ValueKind::Number, "1,082,000"),
            (ValueKind::Number, "▲584,646"),
            (ValueKind::Number, "—"),
            (ValueKind::Number, "導入時に設定"),
            (ValueKind::Ratio, "5/64"),
            (ValueKind::YesNo, "はい"),
            (ValueKind::Text, "システムを導入"),
        ] {
            assert_eq!(Value::parse(kind, text).unwrap().plain(), text);
        }
    }

    #[test]
    fn a_ratio_stays_within_its_denominator() {
        for text in ["5/0", "-1/4", "5/4"] {
            assert_eq!(Value::parse(ValueKind::Ratio, text), Err(ValueError::RatioOutOfRange), "{text}");
        }
        assert_eq!(Value::parse(ValueKind::Ratio, "5"), Err(ValueError::NotARatio));
        assert_eq!(Value::parse(ValueKind::Ratio, "５／６４").unwrap().with_unit("台"), "5台/64台");
    }

    #[test]
    fn an_unknown_is_no_number() {
        assert_eq!(Value::unknown(Unknown::Dash).comparable(), None);
        assert_eq!(Value::parse_figure(ValueKind::Number, "—"), Err(ValueError::Number(NumberError::NotANumber)));
    }

    #[test]
    fn json_keeps_the_printed_scale() {
        let value = Value::parse(ValueKind::Number, "86.0").unwrap();
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(json, r#"{"kind":"number","amount":"86.0"}"#);
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value);
    }
}
