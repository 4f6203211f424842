//! Sets that measure by the path: 144 → 154 (2026) → 169 (2029).

use super::*;

fn in_2026(actual: &str) -> Part {
    applications().with("FY2026", actual)
}

fn vehicles(actual: &str) -> Part {
    numbers(&[(BASE, 2023, "64"), (INTERIM, 2026, "60"), (TARGET, 2029, "54")]).unit("台").going(Down).with("FY2026", actual)
}

fn kept(actual: &str) -> Part {
    numbers(&[(BASE, 2023, "100"), (TARGET, 2029, "100")]).going(Keep).with("FY2026", actual)
}

#[test]
fn the_default_set() {
    examples(
        &RuleSet::default(),
        vec![
            (in_2026("169"), "達成", "2026年度の実績は169件で、2029年度の最終目標169件に達しています。"),
            (in_2026("160"), "順調", "2026年度の実績は160件で、中間目標154件に達しています。"),
            // Exactly the point.
            (in_2026("154"), "順調", ""),
            // (152 − 144) ÷ (154 − 144) = 80 %, exactly the threshold.
            (in_2026("152"), "やや遅れ", "2026年度の実績は152件で、基準値144件から中間目標154件までの道のりの80%です。"),
            // 7.9 ÷ 10 = 79 %
            (in_2026("151.9"), "遅れ", "2026年度の実績は151.9件で、基準値144件から中間目標154件までの道のりの79%です。"),
            (in_2026("140"), "遅れ", "2026年度の実績は140件で、中間目標154件と基準値144件をともに下回っています。"),
            // (64 − 61) ÷ (64 − 60) = 75 %
            (vehicles("61"), "遅れ", ""),
            (kept("95"), "順調", ""),
            (applications(), "未報告", ""),
            (part(ValueKind::Text, &[(TARGET, 2029, "整う")]).with("FY2025", "検討中"), "判定せず", ""),
        ],
    );
}

#[test]
fn the_signs_are_the_default_set_with_signs() {
    let set = template("signs");
    let rows = [("169", "達成", "◎"), ("154", "順調", "○"), ("152", "やや遅れ", "△"), ("151", "遅れ", "×")];
    for (actual, label, sign) in rows {
        let by_default = judge_part_by(&RuleSet::default(), &plan(), &sample_kpi(), &in_2026(actual), TODAY);
        let judgement = judge_part_by(&set, &plan(), &sample_kpi(), &in_2026(actual), TODAY);
        assert_eq!((judgement.word.as_str(), judgement.symbol.as_str()), (label, sign));
        assert_eq!(Judgement { symbol: String::new(), ..judgement }, by_default);
    }
    assert_eq!(set.check(), [""; 0]);
}

#[test]
fn ahead_on_and_behind_the_path() {
    let rows = |unable| {
        vec![
            // (160 − 144) ÷ 10 = 160 %: ahead.
            (in_2026("160"), "進", "2026年度の実績は160件で、基準値144件から中間目標154件までの道のりの160%です。"),
            // (154.01 − 144) ÷ 10 = 100.1 %
            (in_2026("154.01"), "進", "2026年度の実績は154.01件で、基準値144件から中間目標154件までの道のりの100%を超えています。"),
            (in_2026("154"), "通", "2026年度の実績は154件で、中間目標154件に達しています。"),
            (in_2026("153"), "遅", "2026年度の実績は153件で、基準値144件から中間目標154件までの道のりの90%です。"),
            (in_2026("140"), "遅", "2026年度の実績は140件で、中間目標154件と基準値144件をともに下回っています。"),
            // (64 − 59) ÷ (64 − 60) = 125 %
            (vehicles("59"), "進", "2026年度の実績は59台で、基準値64台から中間目標60台までの道のりの125%です。"),
            (vehicles("60"), "通", ""),
            // Nothing is ahead of what is to be kept.
            (kept("100"), "通", ""),
            (kept("94"), "遅", "2026年度の実績は94件で、計画の道筋100件から5%を超えて離れています。"),
            (numbers(&[(INTERIM, 2026, "5"), (TARGET, 2029, "9")]).with("FY2025", "4"), unable, ""),
            (numbers(&[(BASE, 2023, "0"), (TARGET, 2029, "導入時に設定")]).with("FY2025", "4"), unable, ""),
            (applications(), "未報告", ""),
        ]
    };
    examples(&template("hamamatsu-abcd"), rows("評価不能"));
    examples(&template("ahead-behind"), rows("不能"));
    let letter = |part| judge_part_by(&template("hamamatsu-abcd"), &plan(), &sample_kpi(), &part, TODAY).symbol;
    assert_eq!(["160", "154", "153", "該当なし"].map(|actual| letter(applications().with("FY2025", actual))), ["A", "A", "A", "D"]);
    assert_eq!(["160", "154", "153"].map(|actual| letter(in_2026(actual))), ["A", "B", "C"]);
}
