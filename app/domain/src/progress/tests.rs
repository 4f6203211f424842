//! Worked examples; `properties` holds for any figures.

pub(crate) mod properties;

use rust_decimal::Decimal;

use super::*;
use crate::{
    kpi::{Accumulation, Direction, Maturity, Role},
    plan::{Actual, DefinitionChange, Grades, Point, sample_actual, sample_kpi},
    provenance::Provenance,
    value::{Unknown, Value, ValueKind},
};

pub(crate) const BASE: Role = Role::Baseline;
pub(crate) const INTERIM: Role = Role::Interim;
pub(crate) const TARGET: Role = Role::Target;
/// FY2025 has ended, FY2026 has not.
pub(crate) const TODAY: Date = Date::constant(2026, 11, 22);

pub(crate) fn plan() -> PlanHead {
    PlanHead {
        slug: "dx-action-plan".into(),
        kind: PlanKind::DxPlan,
        title: "みどり野市DX推進計画（架空）".into(),
        period_from: FiscalYear(2025),
        period_until: FiscalYear(2029),
        published: "2025-03".into(),
        editor: String::new(),
        vision: String::new(),
        future_image: String::new(),
        notice: String::new(),
        predecessor: None,
        source: String::new(),
        levels: Vec::new(),
        phases: Vec::new(),
        markers: Vec::new(),
        grades: RuleSet::default(),
    }
}

/// A part with its planned values; 「件」, up, counted at a point in time.
pub(crate) fn part(kind: ValueKind, points: &[(Role, i16, &str)]) -> Part {
    let point = |&(role, year, text): &(Role, i16, &str)| Point {
        role,
        period: Period::year(year),
        value: Value::parse(kind, text).unwrap(),
        note: String::new(),
        reason: String::new(),
        decided_on: None,
        replaced: Vec::new(),
        provenance: Provenance::default(),
    };
    let points = points.iter().map(point).collect();
    Part { kind, points, actuals: Vec::new(), ..sample_kpi().parts.remove(0) }
}

pub(crate) fn numbers(points: &[(Role, i16, &str)]) -> Part {
    part(ValueKind::Number, points)
}

/// 144 → 154 → 169: 150.6… in 2025, 154 in 2026.
pub(crate) fn applications() -> Part {
    sample_kpi().parts.remove(0)
}

impl Part {
    pub(crate) fn going(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }

    pub(crate) fn unit(self, unit: &str) -> Self {
        Self { unit: unit.into(), ..self }
    }

    pub(crate) fn cumulative(self, confirmed: bool) -> Self {
        Self { accumulation: Accumulation::Cumulative, accumulation_confirmed: confirmed, ..self }
    }

    pub(crate) fn reported(mut self, period: &str, text: &str, maturity: Maturity) -> Self {
        let value = Value::parse(self.kind, text).unwrap();
        self.actuals.push(Actual { period: Period::parse(period).unwrap(), value, maturity, ..sample_actual("0") });
        self
    }

    pub(crate) fn with(self, period: &str, text: &str) -> Self {
        self.reported(period, text, Maturity::Final)
    }

    fn said(&self, today: Date) -> (Status, String) {
        let judgement = judge_part(&plan(), &sample_kpi(), self, today);
        (judgement.status, judgement.reason)
    }
}

#[track_caller]
fn says(part: &Part, status: Status, reason: &str) {
    assert_eq!(part.said(TODAY), (status, reason.to_owned()));
}

#[test]
fn a_figure_on_the_way_up_gets_each_grade() {
    let in_2026 = |text| applications().with("FY2026", text);
    says(&in_2026("169"), Status::Achieved, "2026年度の実績は169件で、2029年度の最終目標169件に達しています。");
    says(&in_2026("156"), Status::OnTrack, "2026年度の実績は156件で、中間目標154件に達しています。");
    says(&in_2026("152"), Status::SlightlyLate, "2026年度の実績は152件で、基準値144件から中間目標154件までの道のりの80%です。");
    says(&in_2026("151"), Status::Late, "2026年度の実績は151件で、基準値144件から中間目標154件までの道のりの70%です。");
    says(&in_2026("140"), Status::Late, "2026年度の実績は140件で、中間目標154件と基準値144件をともに下回っています。");
}

#[test]
fn between_two_targets_the_path_measures() {
    let in_2025 = |text| applications().with("FY2025", text);
    says(&in_2025("151"), Status::OnTrack, "2025年度の実績は151件で、計画の道筋150.7件に達しています。");
    says(&in_2025("150"), Status::SlightlyLate, "2025年度の実績は150件で、基準値144件から計画の道筋150.7件までの道のりの90%です。");
}

#[test]
fn what_is_short_of_the_point_never_reads_as_all_of_the_way() {
    let part = numbers(&[(BASE, 2023, "0"), (TARGET, 2026, "10000")]).with("FY2026", "9999");
    says(&part, Status::SlightlyLate, "2026年度の実績は9,999件で、基準値0件から最終目標10,000件までの道のりの99%です。");
}

#[test]
fn fewer_is_better_when_the_plan_says_so() {
    let in_2026 = |text| {
        let points = [(BASE, 2023, "64"), (INTERIM, 2026, "60"), (TARGET, 2029, "54")];
        numbers(&points).unit("台").going(Direction::Down).with("FY2026", text)
    };
    says(&in_2026("54"), Status::Achieved, "2026年度の実績は54台で、2029年度の最終目標54台以内に収まっています。");
    says(&in_2026("60"), Status::OnTrack, "2026年度の実績は60台で、中間目標60台以内に収まっています。");
    says(&in_2026("61"), Status::Late, "2026年度の実績は61台で、基準値64台から中間目標60台までの道のりの75%です。");
    says(&in_2026("65"), Status::Late, "2026年度の実績は65台で、中間目標60台と基準値64台をともに上回っています。");
}

#[test]
fn what_is_to_be_kept_stays_within_five_percent_and_is_achieved_at_the_end() {
    let kept = |year, text| {
        let points = [(BASE, 2023, "100"), (TARGET, 2029, "100")];
        numbers(&points).unit("人").going(Direction::Keep).with(year, text)
    };
    says(&kept("FY2026", "96"), Status::OnTrack, "2026年度の実績は96人で、計画の道筋100人から5%以内に保たれています。");
    says(&kept("FY2026", "106"), Status::Late, "2026年度の実績は106人で、計画の道筋100人から5%を超えて離れています。");
    says(&kept("FY2029", "105"), Status::Achieved, "2029年度の実績は105人で、最終目標100人から5%以内に保たれています。");
}

#[test]
fn a_baseline_equal_to_the_target_is_to_be_held_until_the_target_year() {
    let held = |year, text| numbers(&[(BASE, 2023, "100"), (TARGET, 2029, "100")]).unit("%").with(year, text);
    says(&held("FY2025", "100"), Status::OnTrack, "2025年度の実績は100%で、計画の道筋100%に達しています。");
    says(&held("FY2025", "99"), Status::Late, "2025年度の実績は99%で、計画の道筋100%を下回っています。");
    says(&held("FY2029", "100"), Status::Achieved, "2029年度の実績は100%で、最終目標100%に達しています。");
}

#[test]
fn a_decline_to_be_slowed_is_not_achieved_by_standing_at_its_start() {
    let people = |year, text| numbers(&[(BASE, 2023, "100"), (TARGET, 2029, "88")]).unit("人").with(year, text);
    says(&people("FY2025", "97"), Status::OnTrack, "2025年度の実績は97人で、計画の道筋96人に達しています。");
    says(&people("FY2025", "95"), Status::Late, "2025年度の実績は95人で、計画の道筋96人を下回っています。");
    assert_eq!(people("FY2029", "88").said(Date::constant(2030, 4, 1)).0, Status::Achieved);
}

fn electric_cars() -> Part {
    part(ValueKind::Ratio, &[(BASE, 2023, "5/64"), (INTERIM, 2026, "8/64"), (TARGET, 2029, "12/63")]).unit("台")
}

#[test]
fn a_ratio_is_compared_as_a_share() {
    let cars = |year, text| electric_cars().with(year, text);
    says(&cars("FY2025", "7/64"), Status::OnTrack, "2025年度の実績は7台/64台（10.9%）で、計画の道筋10.9%に達しています。");
    // One car more of a smaller fleet.
    says(&cars("FY2026", "8/63"), Status::OnTrack, "2026年度の実績は8台/63台（12.7%）で、中間目標8台/64台（12.5%）に達しています。");
    says(
        &cars("FY2026", "6/64"),
        Status::Late,
        "2026年度の実績は6台/64台（9.4%）で、基準値5台/64台（7.8%）から中間目標8台/64台（12.5%）までの道のりの33%です。",
    );
    says(
        &cars("FY2026", "4/21"),
        Status::Achieved,
        "2026年度の実績は4台/21台（19%）で、2029年度の最終目標12台/63台（19%）に達しています。",
    );
}

#[test]
fn a_share_exactly_on_the_path_is_on_track_though_division_never_ends() {
    // Two thirds of the way from 8/64 to n/63 are (63 + 16n)/1512.
    for n in 9..=63 {
        let target = format!("{n}/63");
        let cars = part(ValueKind::Ratio, &[(BASE, 2026, "8/64"), (TARGET, 2029, &target)]);
        let on_path = cars.with("FY2028", &format!("{}/1512", 63 + 16 * n));
        for direction in [Direction::Up, Direction::Down] {
            let part = on_path.clone().going(direction);
            assert_eq!(part.said(Date::constant(2029, 4, 1)).0, Status::OnTrack, "{target} {direction:?}");
        }
    }
}

#[test]
fn yes_is_judged_in_its_target_year_and_welcome_before() {
    let system = || part(ValueKind::YesNo, &[(BASE, 2023, "記載なし"), (TARGET, 2029, "はい")]);
    says(&system(), Status::AwaitsTargetYear, "目標年度の2029年度に判定します。");
    says(&system().with("FY2026", "いいえ"), Status::AwaitsTargetYear, "2026年度の実績は「いいえ」で、目標年度の2029年度に判定します。");
    says(&system().with("FY2026", "はい"), Status::Achieved, "2026年度の実績は「はい」で、2029年度の最終目標「はい」に達しています。");
    says(&system().with("FY2029", "いいえ"), Status::Late, "2029年度の実績は「いいえ」で、最終目標「はい」にまだ達していません。");
}

#[test]
fn a_confirmed_cumulative_figure_starts_at_nothing() {
    let events = |confirmed| numbers(&[(BASE, 2023, "—"), (INTERIM, 2026, "16"), (TARGET, 2029, "40")]).unit("回").cumulative(confirmed);
    let confirmed = |text| events(true).with("FY2025", text);
    says(&confirmed("8"), Status::OnTrack, "2025年度の実績は8回で、計画の道筋8回に達しています。");
    says(&confirmed("6"), Status::Late, "2025年度の実績は6回で、計画開始時の0回から計画の道筋8回までの道のりの75%です。");
    says(&events(true), Status::Unreported, "2025年度の実績はまだ報告されていません。");

    let unconfirmed = |year, text| events(false).with(year, text);
    says(&events(false), Status::AwaitsTargetYear, "計画書に基準値がないため、目標年度の2026年度に判定します。");
    says(
        &unconfirmed("FY2025", "6"),
        Status::AwaitsTargetYear,
        "2025年度の実績は6回で、計画書に基準値がないため、目標年度の2026年度に判定します。",
    );
    says(&unconfirmed("FY2026", "16"), Status::OnTrack, "2026年度の実績は16回で、中間目標16回に達しています。");
    says(&unconfirmed("FY2026", "15"), Status::Late, "2026年度の実績は15回で、中間目標16回を下回っています。");
    says(&unconfirmed("FY2027", "16"), Status::OnTrack, "2027年度の実績は16回で、2026年度の中間目標16回に達しています。");
    says(&unconfirmed("FY2025", "40"), Status::Achieved, "2025年度の実績は40回で、2029年度の最終目標40回に達しています。");
}

#[test]
fn costs_that_add_up_are_not_achieved_while_they_are_still_low() {
    let costs = |confirmed| numbers(&[(TARGET, 2029, "100")]).cumulative(confirmed).going(Direction::Down).with("FY2025", "10");
    assert_eq!(costs(true).said(TODAY).0, Status::OnTrack);
    assert_eq!(costs(false).said(TODAY).0, Status::AwaitsTargetYear);
}

#[test]
fn without_an_interim_target_the_path_leads_straight_to_the_end() {
    let part = numbers(&[(BASE, 2023, "3,113"), (INTERIM, 2026, "記載なし"), (TARGET, 2029, "3,172")]).unit("人");
    assert_eq!(Path::of(&plan(), &part).unwrap().points().len(), 2);
    says(&part.with("FY2026", "3,143"), Status::OnTrack, "2026年度の実績は3,143人で、計画の道筋3,142.5人に達しています。");
}

#[test]
fn a_missing_target_is_named_by_what_the_plan_says_of_the_final_one() {
    let unset = |interim, target| numbers(&[(BASE, 2023, "0"), (INTERIM, 2026, interim), (TARGET, 2029, target)]);
    let at_introduction = "計画書に「導入時に設定」とあり、最終目標の値はまだ決まっていません。";
    says(&unset("記載なし", "導入時に設定"), Status::TargetUnset, at_introduction);
    says(&unset("導入時に設定", "導入時に設定").with("FY2025", "3"), Status::TargetUnset, at_introduction);
    says(&unset("—", "記載なし"), Status::TargetUnset, "計画書に最終目標の記載がないため、判定しません。");
    says(&unset("—", "原文欠落"), Status::TargetUnset, "最終目標が「原文欠落」のため、判定しません。");
    says(&numbers(&[(BASE, 2023, "0")]), Status::TargetUnset, "目標の値はまだ決まっていません。");
    // An interim target is enough to judge by, but not to achieve.
    says(&unset("10", "導入時に設定").with("FY2026", "12"), Status::OnTrack, "2026年度の実績は12件で、中間目標10件に達しています。");
}

#[test]
fn an_unknown_actual_says_what_is_known_of_it() {
    let in_2025 = |text| applications().with("FY2025", text);
    says(&in_2025("調査なし"), Status::NotJudged, "2025年度の実績は「調査なし」のため、判定しません。");
    says(&in_2025("該当なし"), Status::NotJudged, "2025年度の実績は「該当なし」のため、判定しません。");
    says(&in_2025("未報告"), Status::Unreported, "2025年度の実績はまだ報告されていません。");
    says(&in_2025("集計中"), Status::Collecting, "2025年度の実績は集計中です。");
    let mut expected = in_2025("集計中");
    let month = Some(Date::constant(2026, 12, 1));
    expected.actuals[0].value = Value::Unknown { reason: Unknown::Collecting, expected: month };
    says(&expected, Status::Collecting, "2025年度の実績は集計中です（2026年12月ごろの見込み）。");
}

#[test]
fn an_unknown_for_a_year_that_is_not_over_hides_no_figure() {
    let part = applications().with("FY2025", "151").with("FY2026H1", "集計中");
    says(&part, Status::OnTrack, "2025年度の実績は151件で、計画の道筋150.7件に達しています。");
    assert_eq!(applications().with("FY2026H1", "集計中").said(TODAY).0, Status::Unreported);
    assert_eq!(applications().with("FY2025H1", "150").with("FY2025", "集計中").said(TODAY).0, Status::Collecting);
}

#[test]
fn a_half_years_figure_is_measured_by_its_fiscal_year_and_says_what_it_is() {
    let half = |maturity| applications().with("FY2025", "140").reported("FY2026H1", "155", maturity);
    let rest = "155件で、2026年度の中間目標154件に達しています。";
    says(&half(Maturity::Preliminary), Status::OnTrack, &format!("2026年度上半期の実績（速報）は{rest}"));
    says(&half(Maturity::Forecast), Status::OnTrack, &format!("2026年度上半期の実績（見込）は{rest}"));
    says(&half(Maturity::Final), Status::OnTrack, &format!("2026年度上半期の実績は{rest}"));
    says(
        &applications().reported("@2026-09-30", "150", Maturity::Preliminary),
        Status::Late,
        "2026年9月30日時点の実績（速報）は150件で、基準値144件から2026年度の中間目標154件までの道のりの60%です。",
    );
    // The whole year's figure goes before its last half's.
    says(
        &applications().with("FY2025", "151").with("FY2025H2", "140"),
        Status::OnTrack,
        "2025年度の実績は151件で、計画の道筋150.7件に達しています。",
    );
}

#[test]
fn figures_before_the_plan_do_not_count() {
    let early = applications().with("FY2022", "170").with("FY2024", "170");
    assert_eq!(early.said(TODAY).0, Status::Unreported);
    let reason = "計画の最初の年度（2025年度）が終わっていないため、まだ判定しません。";
    assert_eq!(early.said(Date::constant(2025, 6, 1)), (Status::AwaitsTargetYear, reason.to_owned()));
    let late_baseline = numbers(&[(BASE, 2026, "10"), (TARGET, 2029, "20")]).with("FY2025", "9");
    says(&late_baseline, Status::NotJudged, "2025年度の実績は9件で、基準値の年度より前のため判定しません。");
}

#[test]
fn a_year_is_due_on_the_first_of_april() {
    let last_day = Date::constant(2026, 3, 31);
    let day_after = Date::constant(2026, 4, 1);
    assert_eq!(applications().said(last_day).0, Status::AwaitsTargetYear);
    assert_eq!(applications().said(day_after), (Status::Unreported, "2025年度の実績はまだ報告されていません。".to_owned()));
    // A figure of the year before is no answer for the year that is now due.
    let reported = applications().with("FY2025", "151");
    assert_eq!(reported.said(Date::constant(2027, 3, 31)).0, Status::OnTrack);
    assert_eq!(reported.said(Date::constant(2027, 4, 1)).1, "2026年度の実績はまだ報告されていません。");
    // No path: nothing is asked before the first target year has ended.
    let no_path = numbers(&[(INTERIM, 2026, "5"), (TARGET, 2029, "9")]);
    assert_eq!(no_path.said(Date::constant(2027, 3, 31)).0, Status::AwaitsTargetYear);
    assert_eq!(no_path.said(Date::constant(2027, 4, 1)).0, Status::Unreported);
    // Long after the plan its last year is still the one that is due.
    assert_eq!(applications().said(Date::constant(2035, 1, 1)).1, "2029年度の実績はまだ報告されていません。");
}

#[test]
fn words_are_reported_but_not_judged() {
    let words = part(ValueKind::Text, &[(TARGET, 2029, "窓口を一つにする")]);
    assert_eq!(words.said(TODAY).0, Status::Unreported);
    says(&words.with("FY2025", "検討中"), Status::NotJudged, "文章で報告する指標のため、判定しません。");
}

pub(crate) fn kpi(parts: Vec<(&str, Part)>) -> Kpi {
    let named = |(name, part): (&str, Part)| Part { name: name.into(), ..part };
    Kpi { parts: parts.into_iter().map(named).collect(), ..sample_kpi() }
}

#[test]
fn the_part_that_needs_most_attention_speaks_for_the_kpi() {
    let late = || applications().with("FY2025", "144");
    let achieved = || applications().with("FY2025", "169");
    let awaiting = || part(ValueKind::YesNo, &[(TARGET, 2029, "はい")]);
    let said = |parts| judge(&plan(), &kpi(parts), TODAY);

    let worst = said(vec![("本庁", achieved()), ("支所", late())]);
    assert_eq!(worst.reason, "支所：2025年度の実績は144件で、基準値144件から計画の道筋150.7件までの道のりの0%です。");
    assert_eq!((worst.status, worst.word.as_str(), worst.fiscal_year), (Status::Late, "遅れ", Some(FiscalYear(2025))));
    assert!(said(vec![("本庁", late()), ("支所", late())]).reason.starts_with("本庁："));
    assert_eq!(said(vec![("台数", achieved()), ("導入", awaiting())]).status, Status::AwaitsTargetYear);
    assert_eq!(said(vec![("台数", achieved()), ("導入", achieved())]).status, Status::Achieved);
    assert!(said(vec![("", late())]).reason.starts_with("2025年度"));
    assert_eq!(said(Vec::new()).reason, "測るものがまだ決まっていません。");
}

#[test]
fn a_predecessor_plan_is_a_record() {
    let plan = PlanHead { kind: PlanKind::Predecessor, ..plan() };
    let kpi = kpi(vec![("本庁", applications().with("FY2025", "144"))]);
    for judgement in [judge(&plan, &kpi, TODAY), judge_part(&plan, &kpi, &kpi.parts[0], TODAY)] {
        assert_eq!(judgement.status, Status::NotJudged);
        assert_eq!(judgement.reason, "前計画の実績です。判定の対象ではありません。");
    }
}

#[test]
fn a_tenant_has_its_own_words_and_threshold() {
    let grades = Grades { slightly_late_from: "0.7".into(), slightly_late: "要注意".into(), ..Grades::default() };
    let plan = PlanHead { grades: grades.into(), ..plan() };
    let judgement = judge_part(&plan, &sample_kpi(), &applications().with("FY2026", "151"), TODAY);
    assert_eq!((judgement.status, judgement.word.as_str()), (Status::SlightlyLate, "要注意"));
}

#[test]
fn rates_are_rounded_as_people_round() {
    assert_eq!(rate_of_target(156.into(), 154.into()), Some(Decimal::new(1013, 1)));
    assert_eq!(rate_of_target(1.into(), Decimal::ZERO), None);
    assert_eq!(printed_path(&applications(), Decimal::new(14725, 2)), "147.3件");
    let printed_with_one_decimal = numbers(&[(TARGET, 2029, "86.0")]).unit("%");
    assert_eq!(printed_path(&printed_with_one_decimal, 80.into()), "80.0%");
}

/// What 甲斐市's plan says, as of 22 November 2026: no actuals are public.
#[test]
fn kais_plan_says_why_nothing_is_judged_yet() {
    let downloads = numbers(&[(BASE, 2023, "0"), (INTERIM, 2026, "記載なし"), (TARGET, 2029, "導入時に設定")]).unit("回");
    assert_eq!(downloads.said(TODAY).0, Status::TargetUnset);

    let satisfaction = numbers(&[(BASE, 2023, "—"), (INTERIM, 2026, "74.7"), (TARGET, 2029, "86.0")]).unit("%");
    says(&satisfaction, Status::AwaitsTargetYear, "計画書に基準値がないため、目標年度の2026年度に判定します。");

    let vehicles = numbers(&[(BASE, 2023, "64"), (INTERIM, 2026, "64"), (TARGET, 2029, "63")]).unit("台").going(Direction::Down);
    let system = part(ValueKind::YesNo, &[(BASE, 2023, "記載なし"), (INTERIM, 2026, "記載なし"), (TARGET, 2029, "はい")]);
    let cars = kpi(vec![("総務管理車両の台数", vehicles), ("電動車の台数", electric_cars()), ("公用車管理システムの導入", system)]);
    let judgement = judge(&plan(), &cars, TODAY);
    assert_eq!(judgement.status, Status::Unreported);
    assert_eq!(judgement.reason, "総務管理車両の台数：2025年度の実績はまだ報告されていません。");
}

#[cfg(feature = "server")]
fn folder(root: &std::path::Path, under: &str, files: &mut crate::plan_folder::Files) {
    for entry in std::fs::read_dir(root.join(under)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{under}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            folder(root, &format!("{path}/"), files);
        } else {
            files.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
}

#[cfg(feature = "server")]
#[test]
fn all_of_kais_kpis_have_the_status_their_plan_allows() {
    let mut files = crate::plan_folder::Files::new();
    folder(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../seeds/kai/dx-action-plan")), "", &mut files);
    let content = crate::plan_folder::read(&files).unwrap().content;
    let statuses: Vec<_> = content.kpis.iter().map(|kpi| judge(&content.plan, kpi, TODAY).status).collect();
    let count = |status| statuses.iter().filter(|s| **s == status).count();
    assert_eq!(count(Status::Unreported), 11);
    assert_eq!(count(Status::AwaitsTargetYear), 9);
    assert_eq!(count(Status::TargetUnset), 2);
    assert_eq!(statuses.len(), 22);
}

#[test]
fn after_a_series_break_only_what_was_counted_since_is_compared() {
    let plan = plan();
    let mut kpi = sample_kpi();
    kpi.parts[0].actuals = vec![sample_actual("150")];
    let before = judge(&plan, &kpi, TODAY);
    let change = |from_year, series_break| DefinitionChange { from_year: FiscalYear(from_year), series_break, note: "数え方".into() };
    // A definition that can be compared, and a break that has not come, change nothing.
    kpi.changes = vec![change(2026, false), change(2040, true)];
    assert_eq!(judge(&plan, &kpi, TODAY), before);
    kpi.changes = vec![change(2027, true)];
    let next_year = Date::constant(2027, 7, 1);
    assert_eq!(judge(&plan, &kpi, next_year).status, Status::AwaitsTargetYear);
    // Measured by the targets of the years since, without the baseline of the old definition.
    kpi.parts[0].actuals = vec![Actual { period: Period::year(2029), ..sample_actual("170") }];
    assert_eq!(judge(&plan, &kpi, Date::constant(2030, 7, 1)).status, Status::Achieved);
}
