//! A grade that a person set against the rule.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Band, RuleSet};
use crate::{
    clock::date_label,
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    period::Period,
    plan::{Kpi, PlanHead},
    progress::{Judgement, judge_by, judged_report},
    text::sentences,
};

/// Who overrules, as everybody is told.
pub const OFFICE: &str = "事務局";

/// Another grade for one report of a KPI. A newer report ends it: of a later period, or a correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Override {
    #[cfg_attr(feature = "server", schema(value_type = String, example = "FY2026"))]
    pub period: Period,
    /// Of the report that was judged; 0 when there was none.
    pub revision: i32,
    /// Label of the band.
    pub label: String,
    pub reason: String,
    /// Who decided, as people are told: an office, never a person.
    pub by: String,
    #[cfg_attr(feature = "server", schema(value_type = String, format = Date))]
    pub on: Date,
}

impl Override {
    /// Reads the form: `label`, `override_reason`. What is overruled is the report that is judged today.
    pub fn parse(form: &Form, plan: &PlanHead, kpi: &Kpi, today: Date) -> Result<Self, FormErrors> {
        let (rules, mut errors) = (&plan.grades, FormErrors::default());
        let band = rules.by_label(form.get("label"));
        if band.is_none() {
            errors.push::<()>("label", sentences::choose("判定"));
        } else if band.is_some_and(|band| band.label == judge_by(rules, plan, kpi, today).word) {
            errors.push::<()>("label", "計算による判定と同じです。違う判定を選択してください。".to_owned());
        }
        let reason = form.required("override_reason", "判定を変える理由", NOTE_LIMIT, &mut errors);
        let report = judged_report(plan, kpi, today);
        if report.is_none() {
            errors.push::<()>("label", "計画の最初の年度が終わっていないため、判定は変えられません。".to_owned());
        }
        match (band, report) {
            (Some(band), Some((period, revision))) if errors.is_empty() => {
                Ok(Self { period, revision, label: band.label.clone(), reason, by: OFFICE.to_owned(), on: today })
            }
            _ => Err(errors),
        }
    }

    /// The band it gives, while it stands: the same report is still judged, and the set still has the label.
    fn band<'a>(&self, rules: &'a RuleSet, plan: &PlanHead, kpi: &Kpi, today: Date) -> Option<&'a Band> {
        let stands = self.on <= today && judged_report(plan, kpi, today) == Some((self.period, self.revision));
        rules.by_label(&self.label).filter(|_| stands)
    }
}

/// Judges a KPI by a rule set, then by what a person decided instead, if that still stands.
pub fn judge_overruled(rules: &RuleSet, plan: &PlanHead, kpi: &Kpi, today: Date) -> Judgement {
    let computed = judge_by(rules, plan, kpi, today);
    let standing = kpi.set_grade.as_ref().and_then(|one| Some((one, one.band(rules, plan, kpi, today)?)));
    let Some((one, band)) = standing else { return computed };
    let (by, on, label) = (&one.by, date_label(one.on), &band.label);
    let why = one.reason.trim_end_matches('。');
    let reason =
        format!("{by}が{on}に「{label}」と判定しました（理由：{why}）。計算による判定は「{}」です：{}", computed.word, computed.reason);
    Judgement { status: band.class, word: label.clone(), symbol: band.symbol.clone(), reason, overruled: true, ..computed }
}
