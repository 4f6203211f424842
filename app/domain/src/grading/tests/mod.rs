//! Worked examples of every shipped rule set, each computed by hand; `properties` holds for any figures.

mod faults;
mod overrules;
mod path;
mod properties;
mod rates;

use super::*;
use crate::{
    kpi::Direction::{Down, Keep},
    plan::{Part, sample_kpi},
    progress::{
        Judgement, judge_part_by,
        tests::{BASE, INTERIM, TARGET, TODAY, applications, numbers, part, plan},
    },
    value::ValueKind,
};

/// A figure, what it is called and why.
type Row = (Part, &'static str, &'static str);

fn template(key: &str) -> RuleSet {
    templates().into_iter().find(|set| set.key == key).unwrap()
}

/// Each row's figure has the label, and the sentence says why; a row without a sentence claims the label only.
#[track_caller]
fn examples(rules: &RuleSet, rows: Vec<Row>) {
    assert_eq!(rules.check(), [""; 0]);
    assert!(rows.len() >= 8);
    for (part, label, why) in rows {
        let judgement = judge_part_by(rules, &plan(), &sample_kpi(), &part, TODAY);
        let why = if why.is_empty() { judgement.reason.as_str() } else { why };
        assert_eq!((judgement.word.as_str(), judgement.reason.as_str()), (label, why), "{}", rules.name);
    }
}

/// To 100 in 2026, from nowhere.
fn hundred(actual: &str) -> Part {
    numbers(&[(TARGET, 2026, "100")]).with("FY2026", actual)
}

fn yes_or_no(year: &str, actual: &str) -> Part {
    part(ValueKind::YesNo, &[(TARGET, 2029, "はい")]).with(year, actual)
}
