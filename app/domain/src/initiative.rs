//! What is reported of an initiative (取組): how far it has come, in words and on the roadmap.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    form::{Form, FormErrors},
    kpi::{ActualReport, Maturity, NOTE_LIMIT, link_of},
    period::Period,
    plan::Phase,
    text::{number, sentences},
};

/// Most fiscal years that an initiative can be behind.
pub const MOST_SLIP: u8 = 20;

/// Where an initiative stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Key of the phase it is in; `None` where the plan names no phases.
    pub phase: Option<String>,
    /// Fiscal years behind the roadmap; 0 to [`MOST_SLIP`].
    pub slip_years: u8,
    /// Why; empty when it is not behind.
    pub slip_reason: String,
}

/// Reads the form of an initiative's report. Fields: `phase`, `slip_years`, `slip_reason`, `note` (what was done), `link`,
/// `reason`, `seen_revision`. `stands`: a report of the period is there that was not returned; replacing it takes a reason.
pub fn parse(
    form: &Form,
    phases: &[Phase],
    asked: (Period, Maturity),
    stands: bool,
    as_of: Option<Date>,
) -> Result<ActualReport, FormErrors> {
    let mut errors = FormErrors::default();
    let phase = form.get("phase");
    let phase = match phases.iter().find(|known| known.key == phase) {
        Some(known) => Some(known.key.clone()),
        None if phases.is_empty() => None,
        None => errors.push("phase", sentences::choose("いまの段階")),
    };
    let slip = form.get("slip_years").trim();
    let slip_years = match number::parse(slip).ok().filter(|years| years.scale() == 0).and_then(|years| u8::try_from(years).ok()) {
        _ if slip.is_empty() => Some(0),
        Some(years) if years <= MOST_SLIP => Some(years),
        _ => errors.push("slip_years", format!("遅れの年数は、0から{MOST_SLIP}までの数字で入力してください。")),
    };
    let slip_reason = form.text("slip_reason", "遅れの理由", NOTE_LIMIT, &mut errors);
    if slip_years.is_some_and(|years| years > 0) && slip_reason.is_empty() {
        errors.push::<()>("slip_reason", sentences::enter("遅れの理由"));
    }
    let note = form.required("note", "取組の状況", NOTE_LIMIT, &mut errors);
    let link = link_of(form, &mut errors);
    let reason = form.text("reason", "訂正の理由", NOTE_LIMIT, &mut errors);
    if stands && reason.is_empty() {
        errors.push::<()>("reason", "この期間には報告済みの内容があります。訂正の理由を入力してください。".to_owned());
    }
    match (errors.is_empty(), slip_years) {
        (true, Some(slip_years)) => Ok(ActualReport {
            period: asked.0,
            maturity: asked.1,
            as_of,
            values: Vec::new(),
            standing: Some(Standing { phase, slip_years, slip_reason: if slip_years > 0 { slip_reason } else { String::new() } }),
            note,
            link,
            reason,
            seen_revision: form.get("seen_revision").parse().unwrap_or(0),
        }),
        _ => Err(errors),
    }
}

/// What to ask back when the phase is before the one that the roadmap plans for the year (`planned`: its key) and nothing
/// says that it is late. `phases` in the plan's order.
pub fn behind(phases: &[Phase], planned: Option<&str>, standing: &Standing) -> Option<String> {
    let find = |key: &str| phases.iter().enumerate().find(|(_, phase)| phase.key == key);
    let (goal, planned) = find(planned?)?;
    let (at, now) = find(standing.phase.as_deref()?)?;
    (at < goal && standing.slip_years == 0).then(|| {
        format!("予定は「{}」ですが、いまの段階は「{}」です。遅れていれば、遅れの年数と理由を入力してください。", planned.name, now.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Look;

    fn read(pairs: &[(&str, &str)], stands: bool) -> Result<ActualReport, FormErrors> {
        let phases = [Phase { key: "build".into(), name: "構築".into(), look: Look::Build }];
        let form = Form::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        parse(&form, &phases, (Period::Half(crate::clock::FiscalYear(2026), 1), Maturity::Preliminary), stands, None)
    }

    #[test]
    fn a_report_says_phase_and_progress() {
        let report =
            read(&[("phase", "build"), ("note", "要件を固めた。"), ("slip_years", "０"), ("slip_reason", "消した")], false).unwrap();
        assert_eq!(report.standing, Some(Standing { phase: Some("build".into()), slip_years: 0, slip_reason: String::new() }));
        assert!(report.values.is_empty());
    }

    #[test]
    fn being_behind_takes_a_reason_and_so_does_a_correction() {
        let wrong = read(&[("phase", "gone"), ("slip_years", "1"), ("link", "javascript:alert(1)")], true).unwrap_err();
        assert_eq!(wrong.fields().collect::<Vec<_>>(), ["phase", "slip_reason", "note", "link", "reason"]);
        assert!(read(&[("phase", "build"), ("note", "x"), ("slip_years", "21")], false).unwrap_err().of("slip_years").is_some());
    }

    #[test]
    fn a_phase_before_the_planned_one_asks_back_until_it_is_said_to_be_late() {
        let phases =
            [("build", "構築"), ("run", "運用")].map(|(key, name)| Phase { key: key.into(), name: name.into(), look: Look::Build });
        let at = |phase: &str, slip_years| Standing { phase: Some(phase.into()), slip_years, slip_reason: String::new() };
        let asks = |planned, standing: &Standing| behind(&phases, planned, standing).is_some();
        assert!(asks(Some("run"), &at("build", 0)));
        for (planned, standing) in
            [(Some("run"), at("build", 1)), (Some("build"), at("run", 0)), (Some("run"), at("run", 0)), (None, at("build", 0))]
        {
            assert!(!asks(planned, &standing), "{planned:?} {standing:?}");
        }
    }
}
