//! A figure, or the reason why there is none. An unknown never becomes 0 or blank.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    coded::coded,
    text::{
        half_width,
        number::{self, NumberError},
    },
};

coded! {
    /// What a KPI part is measured in.
    ValueKind {
        Number = "number", "数値";
        /// n/N, both stored.
        Ratio = "ratio", "比（n/N）";
        YesNo = "yes_no", "はい・いいえ";
        Text = "text", "文章";
        /// How far something has come: one of several states in their order.
        Milestone = "milestone", "到達段階";
        /// A score from a survey, with the number of answers.
        Score = "score", "調査の点数";
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
            ValueKind::YesNo | ValueKind::Milestone => true,
            ValueKind::Number | ValueKind::Ratio | ValueKind::Text | ValueKind::Score => false,
        }
    }

    /// Counted in a unit.
    pub fn has_unit(self) -> bool {
        match self {
            ValueKind::Number | ValueKind::Ratio | ValueKind::Score => true,
            ValueKind::YesNo | ValueKind::Text | ValueKind::Milestone => false,
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
    Milestone {
        /// Place among the states, from 0 on; a higher one is further.
        rank: u16,
        state: String,
    },
    Score {
        #[cfg_attr(feature = "server", schema(value_type = String, example = "3.8"))]
        amount: Decimal,
        /// Number of answers, 1 or more; none for a planned score and where it is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sample: Option<u32>,
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
    /// Not 「2：設計」.
    NotAMilestone,
    /// The number of answers is not one: not 「3.8（N=120）」.
    NotASample,
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
            Value::Milestone { .. } => Some(ValueKind::Milestone),
            Value::Score { .. } => Some(ValueKind::Score),
            Value::Unknown { .. } => None,
        }
    }

    /// Reads what a person or a plan folder wrote: a figure of the kind, or the word of a typed unknown.
    pub fn parse(kind: ValueKind, text: &str) -> Result<Self, ValueError> {
        let text = text.trim();
        match Unknown::from_label(text) {
            Some(reason) => Ok(Value::unknown(reason)),
            None => Value::parse_figure(kind, "", text),
        }
    }

    /// Reads a figure of the kind, typed with its unit or without: 「158件」, 「42％」, 「5台/64台」; words for unknowns are not
    /// accepted.
    pub fn parse_figure(kind: ValueKind, unit: &str, text: &str) -> Result<Self, ValueError> {
        let unit = half_width(unit);
        // Of 「1,500円」 in 「500円」 nobody knows what is left.
        let takes_unit = kind.has_unit() && !unit.is_empty() && !unit.contains(|c: char| c.is_ascii_digit());
        Value::parse_bare(kind, text).or_else(|error| match takes_unit {
            true => Value::parse_bare(kind, &half_width(text).replace(&unit, "")).map_err(|_| error),
            false => Err(error),
        })
    }

    fn parse_bare(kind: ValueKind, text: &str) -> Result<Self, ValueError> {
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
            ValueKind::Milestone => milestone(text),
            ValueKind::Score => score(text),
        }
    }

    /// What `parse` reads back: 「1,082,000」, 「5/64」, 「はい」, 「2：設計」, 「3.8（N=120）」, 「導入時に設定」.
    pub fn plain(&self) -> String {
        match self {
            Value::Number { amount } => number::format(*amount),
            Value::Ratio { n, of } => format!("{}/{}", number::format(*n), number::format(*of)),
            Value::YesNo { yes: true } => "はい".to_owned(),
            Value::YesNo { yes: false } => "いいえ".to_owned(),
            Value::Text { words } => words.clone(),
            Value::Milestone { rank, state } => format!("{rank}：{state}"),
            Value::Score { amount, sample } => format!("{}{}", number::format(*amount), answers(*sample)),
            Value::Unknown { reason, .. } => reason.label().to_owned(),
        }
    }

    /// With its unit, as shown to people: 「144件」, 「5台/64台」, 「導入時に設定」.
    pub fn with_unit(&self, unit: &str) -> String {
        match self {
            Value::Number { amount } => format!("{}{unit}", number::format(*amount)),
            Value::Ratio { n, of } => format!("{}{unit}/{}{unit}", number::format(*n), number::format(*of)),
            Value::Milestone { rank, state } => format!("「{state}」（段階{rank}）"),
            Value::Score { amount, sample } => format!("{}{unit}{}", number::format(*amount), answers(*sample)),
            Value::YesNo { .. } | Value::Text { .. } | Value::Unknown { .. } => self.plain(),
        }
    }

    /// The number that rules compare; a ratio as n ÷ N, yes as 1, a milestone by its rank. `None` for words and unknowns.
    pub fn comparable(&self) -> Option<Decimal> {
        match self {
            Value::Number { amount } | Value::Score { amount, .. } => Some(*amount),
            Value::Ratio { n, of } => n.checked_div(*of),
            Value::Milestone { rank, .. } => Some(Decimal::from(*rank)),
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
            Value::Number { .. }
            | Value::Ratio { .. }
            | Value::YesNo { .. }
            | Value::Text { .. }
            | Value::Milestone { .. }
            | Value::Score { .. } => None,
        }
    }

    /// How many cases stand behind a ratio or a score.
    pub fn cases(&self) -> Option<Decimal> {
        match self {
            Value::Ratio { of, .. } => Some(*of),
            Value::Score { sample, .. } => sample.map(Decimal::from),
            Value::Number { .. } | Value::YesNo { .. } | Value::Text { .. } | Value::Milestone { .. } | Value::Unknown { .. } => None,
        }
    }
}

/// 「2：設計」
fn milestone(text: &str) -> Result<Value, ValueError> {
    let (rank, state) = text.split_once(['：', ':']).ok_or(ValueError::NotAMilestone)?;
    let rank = number::parse(rank).ok().filter(|rank| rank.scale() == 0).and_then(|rank| u16::try_from(rank).ok());
    match (rank, state.trim()) {
        (Some(rank), state) if !state.is_empty() => Ok(Value::Milestone { rank, state: state.to_owned() }),
        _ => Err(ValueError::NotAMilestone),
    }
}

/// 「3.8（N=120）」, 「3.8」
fn score(text: &str) -> Result<Value, ValueError> {
    let text = half_width(text);
    let (amount, sample) = match text.split_once('(') {
        Some((amount, rest)) => (amount, Some(rest)),
        None => (text.as_str(), None),
    };
    let amount = number::parse(amount).map_err(ValueError::Number)?;
    let Some(rest) = sample else { return Ok(Value::Score { amount, sample: None }) };
    let bare = rest.trim_end().strip_suffix(')').unwrap_or(rest).trim_start_matches(['N', 'n', '=', ' ']);
    let sample = number::parse(bare).ok().filter(|sample| sample.scale() == 0).and_then(|sample| u32::try_from(sample).ok());
    match sample {
        Some(sample @ 1..) => Ok(Value::Score { amount, sample: Some(sample) }),
        _ => Err(ValueError::NotASample),
    }
}

fn answers(sample: Option<u32>) -> String {
    sample.map(|n| format!("（N={}）", number::format(n.into()))).unwrap_or_default()
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
            (ValueKind::Milestone, "2：設計：一次"),
            (ValueKind::Score, "3.80"),
            (ValueKind::Score, "▲0.5（N=1,200）"),
        ] {
            assert_eq!(Value::parse(kind, text).unwrap().plain(), text);
        }
    }

    #[test]
    fn a_figure_is_read_with_its_unit() {
        let number = |amount: i64| Value::number(amount.into());
        fn read(kind: ValueKind, unit: &str, text: &str) -> Result<Value, ValueError> {
            Value::parse_figure(kind, unit, text)
        }
        for (unit, text, amount) in [("件", "１５８件", 158), ("%", "42％", 42), ("人・回", "1,200 人・回", 1_200), ("件", "158", 158)]
        {
            assert_eq!(read(ValueKind::Number, unit, text), Ok(number(amount)), "{text}");
        }
        let ratio = Value::Ratio { n: 5.into(), of: 64.into() };
        assert_eq!(read(ValueKind::Ratio, "台", &ratio.with_unit("台")), Ok(ratio));
        let score = Value::Score { amount: 4.into(), sample: Some(19) };
        assert_eq!(read(ValueKind::Score, "点", &score.with_unit("点")), Ok(score));
        // Another unit is another figure, and a unit with digits cannot be told from the figure.
        for (unit, text) in [("件", "158人"), ("500円", "1,500円"), ("", "158件")] {
            assert_eq!(read(ValueKind::Number, unit, text), Err(ValueError::Number(NumberError::NotANumber)), "{text}");
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
    fn a_milestone_has_a_rank_and_a_name() {
        let read = |text| Value::parse(ValueKind::Milestone, text);
        let design = Value::Milestone { rank: 2, state: "設計".into() };
        assert_eq!(read(" ２: 設計").as_ref(), Ok(&design));
        assert_eq!((design.with_unit(""), design.comparable()), ("「設計」（段階2）".to_owned(), Some(2.into())));
        for text in ["設計", "2", "2：", "-1：設計", "1.5：設計", "70000：設計", "：設計"] {
            assert_eq!(read(text), Err(ValueError::NotAMilestone), "{text}");
        }
    }

    #[test]
    fn a_score_may_say_how_many_answered() {
        let read = |text| Value::parse(ValueKind::Score, text);
        let score = read("３．８（Ｎ＝１９）").unwrap();
        assert_eq!(score, Value::Score { amount: Decimal::new(38, 1), sample: Some(19) });
        assert_eq!((score.with_unit("点"), score.cases()), ("3.8点（N=19）".to_owned(), Some(19.into())));
        assert_eq!(read("3.8 (n = 19)"), Ok(score));
        assert_eq!(read("3.8").unwrap().cases(), None);
        for text in ["3.8（N=0）", "3.8（N=約20）", "3.8（）", "3.8（N=1.5）"] {
            assert_eq!(read(text), Err(ValueError::NotASample), "{text}");
        }
        assert_eq!(read("（N=5）"), Err(ValueError::Number(NumberError::Empty)));
    }

    #[test]
    fn an_unknown_is_no_number() {
        assert_eq!(Value::unknown(Unknown::Dash).comparable(), None);
        assert_eq!(Value::parse_figure(ValueKind::Number, "", "—"), Err(ValueError::Number(NumberError::NotANumber)));
    }

    #[test]
    fn json_keeps_the_printed_scale() {
        let value = Value::parse(ValueKind::Number, "86.0").unwrap();
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(json, r#"{"kind":"number","amount":"86.0"}"#);
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value);
    }
}
