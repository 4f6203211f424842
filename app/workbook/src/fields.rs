//! A report as the fields of its form: what the rules of reporting read.

use rashin_domain::{
    accumulate::Entered,
    form::Form,
    kpi::{ActualReport, Answer},
    value::{Unknown, Value},
};

use crate::subject::{About, Subject};

/// Fills the fields of a part, with what was said of it or empty.
pub fn set_value(form: &mut Form, part: &str, value: Option<&Value>) {
    let (answer, month) = match value {
        Some(Value::Unknown { reason: Unknown::Collecting, expected }) => (Answer::Collecting, *expected),
        Some(Value::Unknown { reason: Unknown::NotApplicable, .. }) => (Answer::NotApplicable, None),
        _ => (Answer::Figure, None),
    };
    form.set(&format!("answer.{part}"), answer.code());
    form.set(&format!("entered.{part}"), Entered::Total.code());
    if let Some(value) = value.filter(|value| value.is_known()) {
        form.set(&format!("value.{part}"), value.plain());
    }
    if let Some(month) = month {
        form.set(&format!("expected_year.{part}"), month.year().to_string());
        form.set(&format!("expected_month.{part}"), month.month().to_string());
    }
}

/// The form that a report came from; of none, an empty one.
pub(crate) fn form_of(subject: &Subject<'_>, said: Option<&ActualReport>) -> Form {
    let mut form = Form::default();
    match &subject.about {
        About::Kpi { kpi, .. } => {
            for part in &kpi.parts {
                set_value(&mut form, &part.key, said.and_then(|said| value_of(said, &part.key)));
            }
            form.set("maturity", said.map_or(subject.asked.maturity, |said| said.maturity).code());
        }
        About::Initiative { .. } => {
            let standing = said.and_then(|said| said.standing.as_ref());
            form.set("phase", standing.and_then(|standing| standing.phase.clone()).unwrap_or_default());
            form.set("slip_years", standing.map_or_else(String::new, |standing| standing.slip_years.to_string()));
            form.set("slip_reason", standing.map_or("", |standing| standing.slip_reason.as_str()));
        }
    }
    form.set("note", said.map_or("", |said| &said.note));
    form.set("link", said.map_or("", |said| &said.link));
    if let Some(date) = said.and_then(|said| said.as_of) {
        form.set_date("as_of", date);
    }
    form
}

pub(crate) fn value_of<'a>(said: &'a ActualReport, part: &str) -> Option<&'a Value> {
    said.values.iter().find(|(key, _)| key == part).map(|(_, value)| value)
}
