//! 進め方: what is done in which fiscal year once a case is adopted.

use serde::{Deserialize, Serialize};

use crate::{
    clock::FiscalYear,
    form::{Form, FormErrors},
    written,
};

/// What is done in a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    pub year: FiscalYear,
    pub what: String,
}

/// More phases than any plan has.
pub const MOST_PHASES: usize = 12;
const WHAT_LIMIT: usize = 200;
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2099;

/// `phases.0.year`
pub fn field(n: usize, name: &str) -> String {
    format!("phases.{n}.{name}")
}

/// Reads the fields `phases.{n}.{year, what}`, n from 0 on; by year. A line without anything is left out.
pub fn parse(form: &Form, errors: &mut FormErrors) -> Vec<Phase> {
    let mut phases: Vec<Phase> = (0..MOST_PHASES).filter_map(|n| phase(form, n, errors)).collect();
    phases.sort_by_key(|phase| phase.year);
    phases
}

fn phase(form: &Form, n: usize, errors: &mut FormErrors) -> Option<Phase> {
    let (year, what) = (field(n, "year"), field(n, "what"));
    if [&year, &what].into_iter().all(|name| form.get(name).trim().is_empty()) {
        return None;
    }
    let place = format!("進め方の{}番目", n + 1);
    let what = form.required(&what, &format!("{place}の内容"), WHAT_LIMIT, errors);
    match written::year(form.get(&year)).filter(|number| YEARS.contains(number)) {
        Some(year) => Some(Phase { year: FiscalYear(year), what }),
        None => errors.push(&year, format!("{place}の年度は、西暦4桁で入力してください。例：2027")),
    }
}

/// Fills the fields that [`parse`] reads.
pub fn fill(phases: &[Phase], form: &mut Form) {
    for (n, phase) in phases.iter().enumerate() {
        form.set(&field(n, "year"), phase.year.0.to_string());
        form.set(&field(n, "what"), phase.what.clone());
    }
}
