//! Grades that a person set, and what another set would change.

use jiff::civil::Date;

use super::*;
use crate::{
    form::{Form, FormErrors},
    period::Period,
    plan::{Kpi, PlanHead, PlanKind},
    progress::{judge, judge_by, tests::kpi},
};

fn late() -> Kpi {
    kpi(vec![("", applications().with("FY2025", "144"))])
}

fn typed(kpi: &Kpi, label: &str, reason: &str) -> Result<Override, FormErrors> {
    let pairs = [("label", label), ("override_reason", reason)];
    let form = Form::from_pairs(pairs.map(|(name, text)| (name.to_owned(), text.to_owned())));
    Override::parse(&form, &plan(), kpi, TODAY)
}

/// What is said of a KPI with that grade set.
fn overruled(kpi: Kpi, given: &Override) -> Judgement {
    judge(&plan(), &Kpi { set_grade: Some(given.clone()), ..kpi }, TODAY)
}

#[test]
fn an_override_says_who_decided_why_and_what_the_rule_says() {
    let given = typed(&late(), "順調", "台風で1か月休止したため。").unwrap();
    let judgement = overruled(late(), &given);
    assert_eq!((judgement.status, judgement.word.as_str(), judgement.overruled), (Status::OnTrack, "順調", true));
    assert_eq!(
        judgement.reason,
        "事務局が2026年11月22日に「順調」と判定しました（理由：台風で1か月休止したため）。計算による判定は「遅れ」です：\
         2025年度の実績は144件で、基準値144件から計画の道筋150.7件までの道のりの0%です。"
    );
    assert!(!judge(&plan(), &late(), TODAY).overruled);
    assert!(!judge_by(&plan().grades, &plan(), &Kpi { set_grade: Some(given), ..late() }, TODAY).overruled);
}

#[test]
fn a_newer_report_ends_an_override() {
    let given = typed(&late(), "順調", "休止").unwrap();
    let newer = kpi(vec![("", applications().with("FY2025", "144").with("FY2026H1", "146"))]);
    assert!(!overruled(newer, &given).overruled);
    let mut corrected = late();
    corrected.parts[0].actuals[0].revision = 2;
    assert!(!overruled(corrected, &given).overruled);
    // A figure of the past ends nothing.
    let past = kpi(vec![("", applications().with("FY2024", "140").with("FY2025", "144"))]);
    assert!(overruled(past, &given).overruled);
    let next_year = Date::constant(2027, 7, 1);
    assert!(!judge(&plan(), &Kpi { set_grade: Some(given), ..late() }, next_year).overruled);
}

#[test]
fn what_nobody_reported_may_be_graded_until_a_report_comes() {
    let silent = || kpi(vec![("", applications())]);
    let given = typed(&silent(), "遅れ", "報告がない").unwrap();
    assert_eq!((given.period, given.revision), (Period::year(2025), 0));
    assert_eq!(overruled(silent(), &given).status, Status::Late);
    assert!(!overruled(late(), &given).overruled);
}

#[test]
fn an_override_needs_a_label_of_the_set_and_a_plan_that_is_judged() {
    let given = typed(&late(), "順調", "休止").unwrap();
    let set = Kpi { set_grade: Some(given), ..late() };
    assert!(!judge_overruled(&template("nagayo"), &plan(), &set, TODAY).overruled);
    let predecessor = PlanHead { kind: PlanKind::Predecessor, ..plan() };
    assert_eq!(judge(&predecessor, &set, TODAY).status, Status::NotJudged);
}

#[test]
fn an_override_needs_a_reason_and_another_grade() {
    let faults = |label, reason| typed(&late(), label, reason).unwrap_err().fields().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(faults("", ""), ["label", "override_reason"]);
    assert_eq!(faults("遅れ", "休止"), ["label"]);
    assert_eq!(faults("優", "休止"), ["label"]);
}

#[test]
fn a_preview_tells_each_kpi_before_and_after() {
    let named = |code: &str, actual: &str| Kpi { code: code.into(), ..kpi(vec![("", applications().with("FY2026", actual))]) };
    let kpis =
        [named("K-1", "160"), named("K-2", "152"), named("K-3", "144"), Kpi { code: "K-4".into(), ..kpi(vec![("", applications())]) }];
    let shown = preview(&plan(), &kpis, &RuleSet::default(), &template("nagayo"), TODAY);
    let words: Vec<_> = shown.effects.iter().map(|one| (one.code.as_str(), one.before.word.as_str(), one.after.word.as_str())).collect();
    // 160 ÷ 154 = 103.8 %, 152 ÷ 154 = 98.7 %, 144 ÷ 154 = 93.5 %: all within ±10 %.
    assert_eq!(words, [("K-1", "順調", "B"), ("K-2", "やや遅れ", "B"), ("K-3", "遅れ", "B"), ("K-4", "未報告", "未報告")]);
    assert_eq!(shown.changed(), 2);
    let counted = |counts: &[(String, usize)]| counts.iter().map(|(word, n)| format!("{word}{n}")).collect::<Vec<_>>().join(" ");
    assert_eq!(counted(&shown.before), "順調1 やや遅れ1 遅れ1 未報告1");
    assert_eq!(counted(&shown.after), "B3 未報告1");
}
