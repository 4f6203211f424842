//! The workbook as a value: lines, what can be chosen, what stands.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rashin_domain::{
    kpi::{ActualReport, Answer, Maturity},
    plan::Part,
    value::{Unknown, Value, ValueKind},
};
use rust_decimal::Decimal;

use crate::{
    column::Column,
    fields::value_of,
    subject::{About, Subject},
};

/// All that is written.
#[derive(Clone, Debug)]
pub struct Book {
    /// What it is of: 「みどり野市（架空）　わたしの更新」
    pub title: String,
    /// The day on which it is made.
    pub made_on: Date,
    pub lines: Vec<Line>,
}

/// One row of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub id: String,
    /// Revision of the report that it shows; 0 without one.
    pub seen: i32,
    /// Words in the columns from 種類 to 目標・予定.
    pub facts: [String; 9],
    /// Cells to be filled in; the others are locked.
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub column: Column,
    pub cell: Written,
    /// What can be chosen; nothing where anything may be written.
    pub choices: Vec<String>,
    /// Read as a text, whatever it looks like: 「5/64」 is no day in May.
    pub is_text: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    Blank,
    Text(String),
    Number(Decimal),
    Day(Date),
    Month(Date),
}

/// More characters than a cell of Excel takes; a longer text stays as it is, for a blank cell says nothing.
const CELL_LIMIT: usize = 32_000;

/// What Excel keeps exactly of a number, in digits.
const EXACT_DIGITS: usize = 15;

impl Field {
    fn new(column: Column, cell: Written) -> Self {
        Self { column, cell, choices: Vec::new(), is_text: false }
    }

    fn text(column: Column, text: &str) -> Self {
        let fits = !text.is_empty() && text.chars().count() <= CELL_LIMIT;
        Self::new(column, if fits { Written::Text(text.to_owned()) } else { Written::Blank })
    }

    fn of(self, choices: Vec<String>) -> Self {
        Self { choices, ..self }
    }

    fn verbatim(self) -> Self {
        Self { is_text: true, ..self }
    }
}

/// The lines of a subject: one for each part of a KPI, the first of them with what is said of the whole.
pub fn lines(subject: &Subject<'_>) -> Vec<Line> {
    let said = subject.newest().map(|filed| &filed.said);
    let line = |part: &str, facts: [&str; 5], fields| Line {
        id: subject.line_id(part),
        seen: subject.revision(),
        facts: {
            let [kind, part, unit, last, target] = facts;
            let period = subject.asked.period.label();
            [kind, subject.name, part, subject.above, subject.section, &period, unit, last, target].map(str::to_owned)
        },
        fields,
    };
    match &subject.about {
        About::Kpi { kpi, beside } => {
            let of_part = |(at, (part, (last, target))): (usize, (&Part, &(String, String)))| {
                let mut fields = figure(part, said);
                if at == 0 {
                    fields.extend(whole(subject, said));
                }
                line(&part.key, ["指標", &part.name, &part.unit, last, target], fields)
            };
            kpi.parts.iter().zip(beside).enumerate().map(of_part).collect()
        }
        About::Initiative { phases, beside: (last, planned) } => {
            let standing = said.and_then(|said| said.standing.as_ref());
            let phase = standing.and_then(|standing| standing.phase.as_deref());
            let phase = phase.and_then(|key| phases.iter().find(|phase| phase.key == key)).map_or("", |phase| phase.name.as_str());
            let slip = standing.map_or(Written::Blank, |standing| Written::Number(standing.slip_years.into()));
            let mut fields = Vec::new();
            if !phases.is_empty() {
                fields.push(Field::text(Column::Phase, phase).of(phases.iter().map(|phase| phase.name.clone()).collect()));
            }
            fields.push(Field::new(Column::Slip, slip));
            fields.push(Field::text(Column::SlipReason, standing.map_or("", |standing| &standing.slip_reason)).verbatim());
            fields.extend(whole(subject, said));
            vec![line("", ["取組", "", "", last, planned], fields)]
        }
    }
}

fn figure(part: &Part, said: Option<&ActualReport>) -> Vec<Field> {
    let value = said.and_then(|said| value_of(said, &part.key));
    let (answer, month) = match value {
        Some(Value::Unknown { reason: Unknown::Collecting, expected }) => (Answer::Collecting, *expected),
        Some(Value::Unknown { reason: Unknown::NotApplicable, .. }) => (Answer::NotApplicable, None),
        _ => (Answer::Figure, None),
    };
    let answers = Answer::ALL.iter().map(|answer| answer.label().to_owned()).collect();
    let value = match value {
        None | Some(Value::Unknown { .. }) => Field::new(Column::Value, Written::Blank),
        Some(Value::Number { amount }) if part.kind == ValueKind::Number && is_exact(*amount) => {
            Field::new(Column::Value, Written::Number(*amount))
        }
        Some(value) => Field::text(Column::Value, &value.plain()),
    };
    let value = match part.kind {
        ValueKind::Number => value,
        ValueKind::YesNo => value.of(["はい", "いいえ"].map(str::to_owned).to_vec()),
        ValueKind::Milestone => value.of(states(part)).verbatim(),
        ValueKind::Ratio | ValueKind::Text | ValueKind::Score => value.verbatim(),
    };
    vec![
        Field::text(Column::Answer, answer.label()).of(answers),
        value,
        Field::new(Column::Expected, month.map_or(Written::Blank, Written::Month)),
    ]
}

/// What is said once, whatever number of parts there is.
fn whole(subject: &Subject<'_>, said: Option<&ActualReport>) -> Vec<Field> {
    let mut fields = vec![
        Field::text(Column::Note, said.map_or("", |said| &said.note)).verbatim(),
        Field::text(Column::Link, said.map_or("", |said| &said.link)).verbatim(),
    ];
    if let About::Kpi { .. } = subject.about {
        let maturity = said.map_or(subject.asked.maturity, |said| said.maturity);
        let maturities = Maturity::ALL.iter().map(|maturity| maturity.label().to_owned()).collect();
        fields.push(Field::new(Column::AsOf, said.and_then(|said| said.as_of).map_or(Written::Blank, Written::Day)));
        fields.push(Field::text(Column::Maturity, maturity.label()).of(maturities));
    }
    fields.push(Field::text(Column::Reason, "").verbatim());
    fields
}

fn is_exact(amount: Decimal) -> bool {
    amount.mantissa().unsigned_abs().to_string().len() <= EXACT_DIGITS
}

/// The states of a milestone that the plan and earlier reports name, lowest first, as they are typed.
pub fn states(part: &Part) -> Vec<String> {
    let values = part.points.iter().map(|point| &point.value).chain(part.actuals.iter().map(|actual| &actual.value));
    let known: BTreeSet<(u16, String)> = values
        .filter_map(|value| match value {
            Value::Milestone { rank, .. } => Some((*rank, value.plain())),
            _ => None,
        })
        .collect();
    known.into_iter().map(|(_, state)| state).collect()
}
