use proptest::prelude::*;

use super::*;
use crate::{
    clock::FiscalYear,
    period::Period,
    plan::sample_kpi,
    progress::tests::{plan, properties::any_part},
};

/// A KPI with nothing to say about it but what a test breaks.
fn sound() -> Kpi {
    Kpi { source: "市民課の受付簿".into(), how_to_count: "取下げを除く。".into(), ..sample_kpi() }
}

fn with(change: impl FnOnce(&mut Kpi)) -> Kpi {
    let mut kpi = sound();
    change(&mut kpi);
    kpi
}

fn fields(kpi: &Kpi) -> Vec<String> {
    advise(&plan(), kpi).into_iter().map(|advice| advice.field).collect()
}

fn number(text: &str) -> Value {
    Value::parse(ValueKind::Number, text).unwrap()
}

fn ratio(text: &str) -> Value {
    Value::parse(ValueKind::Ratio, text).unwrap()
}

#[test]
fn a_sound_kpi_gets_no_advice() {
    assert_eq!(advise(&plan(), &sound()), []);
}

#[test]
fn each_weakness_is_named_at_its_field() {
    let target = |kpi: &mut Kpi, value: Value| kpi.parts[0].points[2].value = value;
    let cases: &[(&str, &str, Kpi)] = &[
        ("target.main", "目標値と目標年度がありません", with(|kpi| _ = kpi.parts[0].points.pop())),
        ("target.main", "導入時に設定", with(|kpi| target(kpi, Value::unknown(Unknown::SetAtIntroduction)))),
        ("target.main", "目標値が「—」です", with(|kpi| target(kpi, Value::unknown(Unknown::Dash)))),
        ("target.main", "計画期間（2025(令和7)～2029(令和11)年度）の外", with(|kpi| kpi.parts[0].points[2].period = Period::year(2031))),
        ("target.main", "現状値と同じです（現状値144件、目標値144.0件）", with(|kpi| target(kpi, number("144.0")))),
        ("target.main", "「多いほどよい」と逆", with(|kpi| target(kpi, number("100")))),
        ("target.main", "「少ないほどよい」と逆", with(|kpi| kpi.parts[0].direction = Direction::Down)),
        ("unit.main", "「数」なのに単位が「%」", with(|kpi| kpi.parts[0].unit = "%".into())),
        ("unit.main", "単位がありません", with(|kpi| kpi.parts[0].unit = String::new())),
        ("accumulation.main", "「時点」と読んでいます", with(|kpi| kpi.parts[0].accumulation_confirmed = false)),
        ("source", "データの出所", with(|kpi| kpi.source = " ".into())),
        ("how_to_count", "数え方", with(|kpi| kpi.how_to_count = String::new())),
    ];
    for (field, words, kpi) in cases {
        let advice = advise(&plan(), kpi);
        assert_eq!(advice.iter().map(|advice| advice.field.as_str()).collect::<Vec<_>>(), [*field], "{words}");
        assert!(advice[0].sentence.contains(words), "{}", advice[0].sentence);
    }
}

#[test]
fn a_value_to_be_kept_may_equal_the_baseline() {
    let kept = with(|kpi| {
        kpi.parts[0].direction = Direction::Keep;
        kpi.parts[0].points[2].value = number("144");
    });
    assert_eq!(fields(&kept), [""; 0]);
}

#[test]
fn few_cases_are_named_whether_planned_or_reported() {
    let rate = |value: &str, actual: Option<&str>| {
        with(|kpi| {
            kpi.name = "オンライン予約ができる施設の割合".into();
            let part = &mut kpi.parts[0];
            (part.kind, part.unit) = (ValueKind::Ratio, "施設".into());
            part.points.remove(0);
            part.points.iter_mut().for_each(|point| point.value = ratio(value));
            part.actuals.extend(actual.map(|text| crate::plan::Actual { value: ratio(text), ..crate::plan::sample_actual("0") }));
        })
    };
    assert_eq!(fields(&rate("15/30", None)), [""; 0]);
    assert_eq!(fields(&rate("15/29", None)), ["sample.main"]);
    assert_eq!(fields(&rate("15/30", Some("3/19"))), ["sample.main"]);
    let said = advise(&plan(), &rate("15/30", Some("3/19"))).remove(0).sentence;
    assert!(said.contains("分母が19施設"), "{said}");
    let survey = |text: &str| {
        with(|kpi| {
            let part = &mut kpi.parts[0];
            part.kind = ValueKind::Score;
            part.points.iter_mut().for_each(|point| point.value = Value::parse(ValueKind::Score, "4.0").unwrap());
            part.points[0].value = Value::parse(ValueKind::Score, text).unwrap();
        })
    };
    let said = |text| advise(&plan(), &survey(text)).into_iter().find(|one| one.field == "sample.main").map(|one| one.sentence);
    assert_eq!((said("3.8（N=30）"), said("3.8")), (None, None));
    assert!(said("3.8（N=19）").unwrap().contains("回答数が19"));
}

#[test]
fn a_name_promises_its_unit() {
    use ValueKind::{Number, Ratio, YesNo};
    let fits = [
        ("ブランドの数", Number, "件"),
        ("総務省が示すFTTH世帯カバー率", Number, "%"),
        ("電子入札の割合", Ratio, "件"),
        ("転入者数", Number, "千人"),
        ("業務の効率", Number, "点"),
        ("採用試験の倍率", Number, "倍"),
        ("デジタル化に関する市民満足度(Well-Being)", Number, "%"),
        ("システムの導入", YesNo, ""),
        ("利用率（65歳以上）", Number, "％"),
    ];
    for (name, kind, unit) in fits {
        assert_eq!(unit_misfit(name, kind, unit), None, "{name} in {unit}");
    }
    let misfits = [
        ("施設利用に係るオンライン予約可能施設数", Number, "%"),
        ("施設数（公民館を除く）", Number, "%"),
        ("利用率", Number, "件"),
        ("利用者数", Number, "%"),
        ("実施回数", Number, "人"),
        ("削減した経費", Number, "%"),
        ("導入件数", YesNo, ""),
        ("システムの導入", Number, ""),
    ];
    for (name, kind, unit) in misfits {
        assert!(unit_misfit(name, kind, unit).is_some(), "{name} in {unit}");
    }
}

#[test]
fn advice_on_a_part_names_the_part() {
    let two = with(|kpi| {
        kpi.parts[0].name = "台数".into();
        kpi.parts[0].unit = "%".into();
    });
    let advice = advise(&plan(), &two).remove(0);
    assert!(advice.sentence.starts_with("「台数」："), "{}", advice.sentence);
}

#[cfg(feature = "server")]
#[test]
fn kais_kpis_get_the_advice_that_their_document_calls_for() {
    let content = crate::plan_folder::read(&crate::plan_folder::tests::folder("kai/dx-action-plan")).unwrap().content;
    // None says how it is counted, and only the one on FTTH names a source.
    let silent = ["source", "how_to_count"];
    let expected = |code: &str| -> Vec<&str> {
        let own: &[&str] = match code {
            "KAI-05" | "KAI-10" => &["target.main", "accumulation.main"],
            "KAI-13" => &["unit.main"],
            // Confirmed in the seed: rates at a point in time.
            "KAI-07" | "KAI-18" | "KAI-19" => &[],
            "KAI-16" => return vec!["how_to_count"],
            "KAI-22" => &["accumulation.vehicles", "accumulation.electric"],
            _ => &["accumulation.main"],
        };
        own.iter().chain(&silent).copied().collect()
    };
    for kpi in &content.kpis {
        let fields: Vec<String> = advise(&content.plan, kpi).into_iter().map(|advice| advice.field).collect();
        assert_eq!(fields, expected(&kpi.code), "{} {}", kpi.code, kpi.name);
    }
    let thirteen = advise(&content.plan, content.kpi("KAI-13").unwrap()).remove(0);
    assert!(thirteen.sentence.contains("名称が「数」なのに単位が「%」"), "{}", thirteen.sentence);
}

fn any_kpi() -> impl Strategy<Value = Kpi> {
    let text = || prop_oneof![Just(String::new()), "[数率割合件人%％円 ()（）あ-ん]{0,8}", "\\PC{0,8}"];
    let part = (any_part(), text(), text()).prop_map(|(part, name, unit)| Part { name, unit, ..part });
    (text(), prop::collection::vec(part, 0..3), text(), text()).prop_map(|(name, parts, source, how_to_count)| Kpi {
        name,
        parts,
        source,
        how_to_count,
        ..sample_kpi()
    })
}

proptest! {
    #[test]
    fn any_kpi_gets_its_advice_and_always_the_same(kpi in any_kpi(), from in 1990i16..2050, years in 0i16..6) {
        let head = PlanHead { period_from: FiscalYear(from), period_until: FiscalYear(from + years), ..plan() };
        let advice = advise(&head, &kpi);
        prop_assert_eq!(&advice, &advise(&head, &kpi));
        for one in &advice {
            prop_assert!(one.sentence.ends_with('。'));
            let part = one.field.split_once('.').map(|(_, part)| part);
            prop_assert!(part.is_none_or(|key| kpi.parts.iter().any(|part| part.key == key)), "{}", one.field);
        }
    }

    #[test]
    fn who_states_source_and_way_of_counting_is_not_asked_for_them(kpi in any_kpi()) {
        let kpi = Kpi { source: "統計".into(), how_to_count: "年度末".into(), ..kpi };
        prop_assert!(advise(&plan(), &kpi).iter().all(|one| one.field != "source" && one.field != "how_to_count"));
    }
}
