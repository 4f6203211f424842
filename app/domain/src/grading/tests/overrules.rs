//! Grades that a person set, and what another set would change.

use jiff::civil::Date;

use super::*;
use crate::{
    form::{Form, FormErrors},
    period::Period,
    plan::{Kpi, PlanHead, PlanKind},
    progress::tests::kpi,
};

fn late() -> Kpi {
    kpi(vec![("", applications().with("FY2025", "144"))])
}

fn typed(kpi: &Kpi, label: &str, reason: &str) -> Result<Override, FormErrors> {
    let pairs = [("label", label), ("override_reason", reason)];
    let form = Form::from_pairs(pairs.map(|(name, text)| (name.to_owned(), text.to_owned())));
    Override::parse(&form, &RuleSet::default(), &plan(), kpi, "DX推進係", TODAY)
}

fn overruled(kpi: &Kpi, overrides: &[Override]) -> Judgement {
    judge_overruled(&RuleSet::default(), &plan(), kpi, overrides, TODAY)
}

#[test]
fn an_override_says_who_decided_why_and_what_the_rule_says() {
    let given = typed(&late(), "順調", "台風で1か月休止したため。").unwrap();
    let judgement = overruled(&late(), std::slice::from_ref(&given));
    assert_eq!((judgement.status, judgement.word.as_str(), judgement.overruled), (Status::OnTrack, "順調", true));
    assert_eq!(
        judgement.reason,
        "DX推進係が2026年11月22日に「順調」と判定しました（理由：台風で1か月休止したため）。計算による判定は「遅れ」です：\
         2025年度の実績は144件で、基準値144件から計画の道筋150.7件までの道のりの0%です。"
    );
    assert!(!overruled(&late(), &[]).overruled);
    let other = Override { code: "K-2".into(), ..given };
    assert!(!overruled(&late(), &[other]).overruled);
}

#[test]
fn a_newer_report_ends_an_override() {
    let given = [typed(&late(), "順調", "休止").unwrap()];
    let newer = kpi(vec![("", applications().with("FY2025", "144").with("FY2026H1", "146"))]);
    assert!(!overruled(&newer, &given).overruled);
    let mut corrected = late();
    corrected.parts[0].actuals[0].revision = 2;
    assert!(!overruled(&corrected, &given).overruled);
    // A figure of the past ends nothing.
    let older = kpi(vec![("", applications().with("FY2025", "144").with("FY2025H1", "120"))]);
    assert!(overruled(&older, &given).overruled);
    // Another year is due.
    let next_year = Date::constant(2027, 4, 1);
    assert!(!judge_overruled(&RuleSet::default(), &plan(), &late(), &given, next_year).overruled);
}

#[test]
fn what_nobody_reported_can_be_graded_until_somebody_does() {
    let silent = kpi(vec![("", applications())]);
    let given = typed(&silent, "遅れ", "事業に着手していない").unwrap();
    assert_eq!((given.period, given.revision), (Period::year(2025), 0));
    assert_eq!(overruled(&silent, std::slice::from_ref(&given)).status, Status::Late);
    assert!(!overruled(&late(), &[given]).overruled);
}

#[test]
fn the_newest_override_counts_and_only_with_a_label_of_the_set() {
    let first = typed(&late(), "順調", "休止").unwrap();
    let second = Override { label: "達成".into(), on: first.on, ..first.clone() };
    let given = [Override { on: Date::constant(2026, 5, 1), ..first }, second];
    assert_eq!(overruled(&late(), &given).word, "達成");
    let by_rates = judge_overruled(&template("nagayo"), &plan(), &late(), &given, TODAY);
    assert!(!by_rates.overruled);
    let predecessor = PlanHead { kind: PlanKind::Predecessor, ..plan() };
    assert_eq!(judge_overruled(&RuleSet::default(), &predecessor, &late(), &given, TODAY).status, Status::NotJudged);
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
