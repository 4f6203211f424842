//! What a case says: the problem, what is proposed, how the work changes, what it costs and brings.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    bpr::{self, Sheet},
    phase::{self, Phase},
};
use crate::{
    coded::coded,
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    route::Requirement,
    text::{number, sentences},
};

coded! {
    /// デジタル3原則 (デジタル手続法 第2条).
    Principle {
        First = "digital_first", "デジタルファースト";
        Once = "once_only", "ワンスオンリー";
        Connected = "connected", "コネクテッド・ワンストップ";
    }
}

impl Principle {
    pub fn question(self) -> &'static str {
        match self {
            Principle::First => "手続きやサービスが、はじめから終わりまでデジタルで済みますか。",
            Principle::Once => "一度出した情報を、もう一度出さずに済みますか。",
            Principle::Connected => "ほかの手続きやサービスと、一か所で済みますか。",
        }
    }
}

coded! {
    Answer {
        Yes = "yes", "はい";
        Partly = "partly", "一部";
        No = "no", "いいえ";
        NotConcerned = "not_concerned", "関係しない";
    }
}

/// Cost and benefit. `None`: not known, which is not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Costs {
    /// 初期費用, thousands of yen.
    pub initial: Option<i64>,
    /// 運用費用 of a year, thousands of yen.
    pub running: Option<i64>,
    /// What a year saves, thousands of yen.
    pub saving: Option<i64>,
    /// Hours of work that a year saves; what the BPR sheet says is not repeated here.
    pub hours: Option<i64>,
    pub note: String,
}

/// A version of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub title: String,
    /// いまの困りごと
    pub problem: String,
    /// What is proposed.
    pub proposal: String,
    /// What it is for: `kpi.{code}` or `initiative.{key of the node}`; empty when it is something new.
    pub target: String,
    /// Keys of the plan's attributes.
    pub attributes: Vec<String>,
    /// In the order of [`Principle::ALL`], those that were answered.
    pub principles: Vec<(Principle, Answer)>,
    pub sheet: Sheet,
    pub costs: Costs,
    pub risks: String,
    /// By year. A case of before they were asked has none.
    #[serde(default)]
    pub phases: Vec<Phase>,
}

/// Longest title, in characters.
const TITLE_LIMIT: usize = 80;
/// Twelve digits.
const MOST: i64 = 999_999_999_999;

impl Costs {
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }

    /// Years until the savings have paid the initial cost, to one decimal place; `None` when that is unknown or never.
    pub fn payback_years(&self) -> Option<Decimal> {
        let net = self.saving?.checked_sub(self.running.unwrap_or(0)).filter(|net| *net > 0)?;
        let years = Decimal::from(self.initial?).checked_div(Decimal::from(net))?;
        Some(years.round_dp(1))
    }
}

impl Content {
    /// Reads the form of a case. `attributes` and `targets`: what can be chosen. A title is all that a draft needs.
    pub fn parse(form: &Form, attributes: &[String], targets: &[String]) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let title = form.required("title", "件名", TITLE_LIMIT, &mut errors);
        let mut text = |name: &str, label: &str| form.text(name, label, NOTE_LIMIT, &mut errors);
        let (problem, proposal) = (text("problem", "いまの困りごと"), text("proposal", "提案の内容"));
        let (risks, note) = (text("risks", "リスクと対応"), text("costs.note", "費用と効果の説明"));
        let target = form.get("target").to_owned();
        if !target.is_empty() && !targets.contains(&target) {
            errors.push::<()>("target", sentences::choose("対象の指標・取組"));
        }
        let principles =
            Principle::ALL.iter().filter_map(|principle| Some((*principle, Answer::from_code(form.get(&principle_field(*principle)))?)));
        let principles = principles.collect();
        let (initial, running) =
            (amount(form, "costs.initial", "初期費用", &mut errors), amount(form, "costs.running", "年間の運用費用", &mut errors));
        let (saving, hours) =
            (amount(form, "costs.saving", "年間の削減額", &mut errors), amount(form, "costs.hours", "年間に減る時間", &mut errors));
        let sheet = match Sheet::parse(form) {
            Ok(sheet) => sheet,
            Err(of_sheet) => {
                errors.put("", &of_sheet);
                Sheet::default()
            }
        };
        let chosen = attributes.iter().filter(|key| form.get(&format!("attribute.{key}")) == "on").cloned().collect();
        let costs = Costs { initial, running, saving, hours, note };
        let phases = phase::parse(form, &mut errors);
        let content = Self { title, problem, proposal, target, attributes: chosen, principles, sheet, costs, risks, phases };
        if errors.is_empty() { Ok(content) } else { Err(errors) }
    }

    /// Fills the fields that [`Content::parse`] reads.
    pub fn fill(&self, form: &mut Form) {
        for (name, text) in [
            ("title", &self.title),
            ("problem", &self.problem),
            ("proposal", &self.proposal),
            ("risks", &self.risks),
            ("target", &self.target),
            ("costs.note", &self.costs.note),
        ] {
            form.set(name, text.clone());
        }
        for key in &self.attributes {
            form.set(&format!("attribute.{key}"), "on");
        }
        for (principle, answer) in &self.principles {
            form.set(&principle_field(*principle), answer.code());
        }
        let Costs { initial, running, saving, hours, .. } = &self.costs;
        for (name, amount) in [("initial", initial), ("running", running), ("saving", saving), ("hours", hours)] {
            let printed = amount.map(|amount| number::format(Decimal::from(amount))).unwrap_or_default();
            form.set(&format!("costs.{name}"), printed);
        }
        self.sheet.fill(form);
        phase::fill(&self.phases, form);
    }

    /// Of what a stage requires, what the case itself does not have yet. Opinions, meetings and results are not its content.
    pub fn lacks(&self, requirement: Requirement) -> bool {
        match requirement {
            Requirement::Bpr => bpr::check_whole(&self.sheet).is_err(),
            Requirement::Costs => self.costs.is_blank(),
            Requirement::Opinion | Requirement::Meeting | Requirement::Result => false,
        }
    }
}

pub fn principle_field(principle: Principle) -> String {
    format!("principle.{}", principle.code())
}

/// A whole number from 0 on, or nothing.
fn amount(form: &Form, name: &str, label: &str, errors: &mut FormErrors) -> Option<i64> {
    let typed = form.get(name).trim();
    if typed.is_empty() {
        return None;
    }
    let number = number::parse(typed).ok().filter(|number| number.fract().is_zero()).and_then(|number| i64::try_from(number).ok());
    match number.filter(|number| (0..=MOST).contains(number)) {
        Some(number) => Some(number),
        None => errors.push(name, format!("{label}は0以上、12桁以内の整数で入力してください。")),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::{option, prelude::*, sample::select};

    use super::*;
    use crate::{case::bpr::tests::any_step, clock::FiscalYear};

    fn any_sheet() -> impl Strategy<Value = Sheet> {
        let steps = || prop::collection::vec(any_step(), 0..4);
        (steps(), steps()).prop_map(|(as_is, to_be)| Sheet { as_is, to_be })
    }

    fn any_phases() -> impl Strategy<Value = Vec<Phase>> {
        let phase = (2026..2035_i16, "[ぁ-ん]{1,20}").prop_map(|(year, what)| Phase { year: FiscalYear(year), what });
        prop::collection::vec(phase, 0..4).prop_map(|mut phases| {
            phases.sort_by_key(|phase| phase.year);
            phases
        })
    }

    pub(in crate::case) fn any_content() -> impl Strategy<Value = Content> {
        let text = || "[ぁ-んァ-ン、。]{0,40}";
        let amount = || option::of(0..=MOST);
        let costs = (amount(), amount(), amount(), amount(), text()).prop_map(|(initial, running, saving, hours, note)| Costs {
            initial,
            running,
            saving,
            hours,
            note,
        });
        let principles = prop::collection::vec(select(Answer::ALL), 0..=3)
            .prop_map(|answers| Principle::ALL.iter().copied().zip(answers).collect::<Vec<_>>());
        let plan = (any_sheet(), any_phases(), any::<bool>(), any::<bool>());
        ("[ぁ-ん]{1,30}", text(), text(), text(), costs, principles, plan).prop_map(
            |(title, problem, proposal, risks, costs, principles, (sheet, phases, tagged, targeted))| Content {
                title,
                problem,
                proposal,
                risks,
                costs,
                principles,
                target: if targeted { "kpi.K-1".to_owned() } else { String::new() },
                attributes: if tagged { vec!["life".to_owned()] } else { Vec::new() },
                sheet,
                phases,
            },
        )
    }

    proptest! {
        #[test]
        fn a_case_goes_through_its_form_unchanged(content in any_content()) {
            let mut form = Form::default();
            content.fill(&mut form);
            prop_assert_eq!(Content::parse(&form, &["life".to_owned()], &["kpi.K-1".to_owned()]).unwrap(), content);
        }
    }

    #[test]
    fn a_draft_needs_a_title_and_bad_fields_are_named() {
        let typed = [("target", "kpi.GONE"), ("costs.initial", "約百万"), ("as_is.0.minutes", "x"), ("phases.0.what", "調達")];
        let errors = Content::parse(&Form::from_pairs(typed.map(|(a, b)| (a.to_owned(), b.to_owned()))), &[], &[]).unwrap_err();
        assert_eq!(
            errors.fields().collect::<Vec<_>>(),
            ["title", "target", "costs.initial", "as_is.0.name", "as_is.0.minutes", "phases.0.year"]
        );
        let draft = Content::parse(&Form::from_pairs([("title".to_owned(), "書かない窓口の拡大".to_owned())]), &[], &[]).unwrap();
        assert!(draft.lacks(Requirement::Bpr) && draft.lacks(Requirement::Costs) && !draft.lacks(Requirement::Meeting));
    }

    #[test]
    fn payback_is_said_only_where_it_comes() {
        let costs = |initial, running, saving| Costs { initial, running, saving, ..Costs::default() };
        assert_eq!(costs(Some(3_000), Some(500), Some(1_500)).payback_years(), Some(3.into()));
        assert_eq!(costs(Some(1_000), None, Some(300)).payback_years().map(|years| years.to_string()), Some("3.3".to_owned()));
        for never in [costs(Some(1), Some(2), Some(2)), costs(None, None, Some(1)), costs(Some(1), Some(1), None)] {
            assert_eq!(never.payback_years(), None);
        }
    }
}
