//! Rule sets that a tenant can start from. What is told of other municipalities is what field notes say of their
//! plans; every bound that the notes do not give is marked in the source note and has to be confirmed. For the same
//! reason no set is named after a municipality.

use rust_decimal::Decimal;

use super::{Band, Basis, Bound, Renamed, RuleSet};
use crate::progress::Status;

use Status::{Achieved, AwaitsTargetYear, Late, NotJudged, OnTrack, SlightlyLate, TargetUnset};

/// The shipped sets, the default first. Their keys are stable.
pub fn templates() -> Vec<RuleSet> {
    vec![
        RuleSet::default(),
        signs(),
        RuleSet {
            renamed: without_grade("評価不能", "D"),
            ..ahead_or_behind(
                "hamamatsu-abcd",
                "4区分（A進・B通・C遅・D評価不能）",
                ["A", "B", "C"],
                "区分の名称A～Dは現地調査の記録による。",
            )
        },
        ahead_or_behind("ahead-behind", "進・通・遅・不能", [""; 3], "区分の名称は現地調査の記録による。"),
        hamamatsu_rates(),
        nagayo(),
        tama(),
        four_effects(),
    ]
}

fn at_least(percent: i64) -> Bound {
    Bound::AtLeast(Decimal::from(percent))
}

fn above(percent: i64) -> Bound {
    Bound::Above(Decimal::from(percent))
}

fn band(label: &str, symbol: &str, from: Bound, class: Status) -> Band {
    Band { label: label.to_owned(), symbol: symbol.to_owned(), from, class, meaning: String::new() }
}

/// One name for everything that cannot be graded though a figure may be there. 未報告 and 集計中 keep theirs.
fn without_grade(label: &str, symbol: &str) -> Vec<Renamed> {
    let renamed = |status| Renamed { status, label: label.to_owned(), symbol: symbol.to_owned() };
    [AwaitsTargetYear, TargetUnset, NotJudged].map(renamed).into()
}

fn set(key: &str, name: &str, basis: Basis, bands: Vec<Band>, source: &str) -> RuleSet {
    RuleSet { key: key.to_owned(), name: name.to_owned(), basis, bands, renamed: Vec::new(), source: source.to_owned() }
}

fn signs() -> RuleSet {
    let mut set = RuleSet { key: "signs".to_owned(), name: "記号（◎・○・△・×）".to_owned(), ..RuleSet::default() };
    for (band, symbol) in set.bands.iter_mut().zip(["◎", "○", "△", "×"]) {
        band.symbol = symbol.to_owned();
    }
    set
}

fn ahead_or_behind(key: &str, name: &str, symbols: [&str; 3], source: &str) -> RuleSet {
    let [ahead, on, behind] = symbols;
    let bands = vec![band("進", ahead, above(100), OnTrack), band("通", on, at_least(100), OnTrack), band("遅", behind, Bound::Rest, Late)];
    let source = format!("{source}進と通の境（計画の道筋を超えたら進）は仮の値。要確認。");
    RuleSet { renamed: without_grade("不能", ""), ..set(key, name, Basis::Path, bands, &source) }
}

fn hamamatsu_rates() -> RuleSet {
    let bands =
        vec![band("110%超", "", above(110), Achieved), band("95～110%", "", at_least(95), OnTrack), band("95%未満", "", Bound::Rest, Late)];
    let source = "区分の境（110%超、95～110%、95%未満）は現地調査の記録による。何に対する率かは記録になく、年度の目標とした。要確認。";
    set("hamamatsu-110-95", "3区分（110%超・95～110%・95%未満）", Basis::YearTarget, bands, source)
}

fn nagayo() -> RuleSet {
    let bands = vec![
        band("S", "", at_least(130), Achieved),
        band("A", "", above(110), Achieved),
        Band { meaning: "±10%以内".to_owned(), ..band("B", "", at_least(90), OnTrack) },
        band("C", "", Bound::Rest, Late),
    ];
    let source = "区分の名称とB（±10%）は現地調査の記録による。SとAの境（130%）は仮の値。要確認。";
    RuleSet { renamed: without_grade("−", ""), ..set("nagayo", "5区分（S・A・B・C・−）", Basis::YearTarget, bands, source) }
}

fn tama() -> RuleSet {
    let bands = vec![
        band("100%以上", "", at_least(100), OnTrack),
        band("60%以上", "", at_least(60), SlightlyLate),
        band("60%未満", "", Bound::Rest, Late),
    ];
    let source = "最終目標の20・40・60・80・100%を各年度の目安とし、100%と60%で区分することは現地調査の記録による。基準値からの増減を按分することは仮の読み方。要確認。";
    set("tama-pro-rata", "経過年数で按分（100%・60%）", Basis::ProRata, bands, source)
}

fn four_effects() -> RuleSet {
    let bands = vec![
        band("非常に効果的であった", "", at_least(100), Achieved),
        band("相当程度効果があった", "", at_least(80), OnTrack),
        band("効果があった", "", above(0), SlightlyLate),
        band("効果がなかった", "", Bound::Rest, Late),
    ];
    let source = "4つの効果に区分することは現地調査の記録による。区分の名称と80%の境は仮の値。要確認。";
    set("four-effects", "地方創生型（4つの効果）", Basis::FourEffects, bands, source)
}
