//! What weakens a KPI, said to those who can mend it. Advice blocks nothing and is no judgement.

use crate::{
    grading::FEW,
    kpi::{Direction, Role},
    plan::{Kpi, Part, PlanHead, Point},
    value::{Unknown, Value, ValueKind},
};

/// One weak spot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What it is about: `source` and `how_to_count` of the KPI; `target.main`, `unit.main`, `sample.main` and
    /// `accumulation.main` of the part with that key.
    pub field: String,
    /// What is weak, and how to mend it.
    pub sentence: String,
}

/// What a name that ends so promises about its unit; the first that fits speaks.
/// (ending, units of which the unit must hold one, as people say it)
const NAMES: &[(&str, &[&str], &str)] = &[
    ("割合", PERCENT, "%（または n/N の比）"),
    // 「効率」 is no rate, and 「倍率」 is counted in 倍.
    ("効率", &[], ""),
    ("倍率", &["倍"], "倍"),
    ("率", PERCENT, "%（または n/N の比）"),
    ("人数", PEOPLE, "人"),
    ("者数", PEOPLE, "人"),
    ("回数", &["回"], "回"),
    ("台数", &["台"], "台"),
    ("件数", &["件"], "件"),
    ("日数", &["日"], "日"),
    ("時間数", &["時間", "分"], "時間"),
    ("金額", &["円"], "円"),
    ("費用", &["円"], "円"),
    ("経費", &["円"], "円"),
];

const PERCENT: &[&str] = &["%", "％", "‰", "割"];
const PEOPLE: &[&str] = &["人", "名"];

/// Every weak spot of a KPI: the parts in their order, then the KPI as a whole.
pub fn advise(plan: &PlanHead, kpi: &Kpi) -> Vec<Advice> {
    let mut advice = Vec::new();
    for part in &kpi.parts {
        let found =
            [("target", target(plan, part)), ("unit", unit(kpi, part)), ("sample", sample(part)), ("accumulation", accumulation(part))];
        let about = if part.name.is_empty() { String::new() } else { format!("「{}」：", part.name) };
        for (what, sentence) in found {
            advice.extend(sentence.map(|words| Advice { field: format!("{what}.{}", part.key), sentence: format!("{about}{words}") }));
        }
    }
    if kpi.source.trim().is_empty() {
        advice.push(kpi_wide(
            "source",
            "データの出所がありません。どの統計・台帳・システムの値かを書いておくと、担当が替わっても同じ値を取れます。",
        ));
    }
    if kpi.how_to_count.trim().is_empty() {
        advice.push(kpi_wide("how_to_count", "数え方がありません。何を数え、何を除くか、いつの時点で数えるかを書いてください。"));
    }
    advice
}

fn kpi_wide(field: &str, sentence: &str) -> Advice {
    Advice { field: field.to_owned(), sentence: sentence.to_owned() }
}

/// The first thing that is wrong with the target: the later ones follow from it.
fn target(plan: &PlanHead, part: &Part) -> Option<String> {
    let target = match part.point(Role::Target) {
        None => return Some("目標値と目標年度がありません。計画期間のどの年度までに、いくつにするかを決めてください。".to_owned()),
        Some(target) => target,
    };
    if let Some(reason) = target.value.unknown_reason() {
        return Some(match reason {
            Unknown::SetAtIntroduction => {
                "目標値が「導入時に設定」のままです。導入が決まったら、目標値と目標年度を入れてください。".to_owned()
            }
            Unknown::Dash
            | Unknown::NotStated
            | Unknown::Unreported
            | Unknown::Collecting
            | Unknown::NotApplicable
            | Unknown::NotSurveyed
            | Unknown::LostInSource => {
                format!("目標値が「{}」です。計画期間のどの年度までに、いくつにするかを決めてください。", reason.label())
            }
        });
    }
    let year = target.period.fiscal_year();
    if !(plan.period_from..=plan.period_until).contains(&year) {
        let period = plan.period_label();
        return Some(format!(
            "目標年度（{}）が計画期間（{period}）の外です。計画期間内の年度にするか、期間内の中間目標を加えてください。",
            year.label()
        ));
    }
    against_baseline(part, target)
}

fn against_baseline(part: &Part, target: &Point) -> Option<String> {
    let baseline = part.point(Role::Baseline)?;
    let (from, to) = (baseline.value.comparable()?, target.value.comparable()?);
    let values = format!("現状値{}、目標値{}", baseline.value.with_unit(&part.unit), target.value.with_unit(&part.unit));
    let wrong_way = match part.direction {
        Direction::Up => to < from,
        Direction::Down => to > from,
        Direction::Keep => return None,
    };
    if from == to {
        return Some(format!(
            "目標値が現状値と同じです（{values}）。上げる・下げる指標なら目標値を見直し、保つ指標なら向きを「保つ」にしてください。"
        ));
    }
    wrong_way.then(|| {
        let way = part.direction.label();
        format!("目標値が向き「{way}」と逆です（{values}）。向きか目標値を見直してください。")
    })
}

fn unit(kpi: &Kpi, part: &Part) -> Option<String> {
    let name = if part.name.is_empty() { &kpi.name } else { &part.name };
    unit_misfit(name, part.kind, &part.unit)
}

/// Why a unit does not fit what a KPI is called: 「施設数」 in %, 「利用率」 in 件.
pub fn unit_misfit(name: &str, kind: ValueKind, unit: &str) -> Option<String> {
    let (name, unit) = (bare(name), unit.trim());
    let is_figure = kind.has_unit();
    if is_figure && unit.is_empty() {
        return Some("単位がありません。件、人、%など、何の数かが分かる単位を入れてください。".to_owned());
    }
    let said = if is_figure { format!("単位が「{unit}」") } else { format!("値の種類が「{}」", kind.label()) };
    let rule = NAMES.iter().find(|(ending, ..)| name.ends_with(ending));
    if let Some((ending, units, wanted)) = rule.filter(|(_, units, _)| !units.is_empty()) {
        // n/N is a rate whatever its unit.
        let is_rate = kind == ValueKind::Ratio && *units == PERCENT;
        let fits = is_figure && (is_rate || units.iter().any(|one| unit.contains(one)));
        return (!fits).then(|| {
            format!("名称が「{ending}」なのに{said}です。単位を{wanted}にするか、数えているものに合わせて名称を直してください。")
        });
    }
    let counts_in_percent = !is_figure || PERCENT.iter().any(|one| unit.contains(one));
    (rule.is_none() && name.ends_with('数') && counts_in_percent).then(|| {
        format!("名称が「数」なのに{said}です。数を数えるなら件・か所などの単位に、率を測るなら名称を「…の割合」に直してください。")
    })
}

/// Without what stands in brackets at the end: 「市民満足度(Well-Being)」 is a 満足度.
fn bare(name: &str) -> &str {
    let name = name.trim();
    let opened = name.strip_suffix([')', '）']).and_then(|rest| rest.rfind(['(', '（']).map(|at| rest[..at].trim_end()));
    opened.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

fn sample(part: &Part) -> Option<String> {
    let values = part.points.iter().map(|point| &point.value).chain(part.actuals.iter().map(|actual| &actual.value));
    let smallest = values.filter_map(Value::cases).min().filter(|of| *of < FEW)?;
    let of = crate::text::number::format(smallest);
    if part.kind == ValueKind::Score {
        return Some(format!(
            "回答数が{of}と小さく（30未満）、1つの回答で点数が大きく動きます。対象を広げるか、回答数を増やしてください。"
        ));
    }
    let of = format!("{of}{}", part.unit);
    Some(format!("分母が{of}と小さく（30未満）、1つの増減で割合が大きく動きます。対象を広げるか、割合でなく件数で示してください。"))
}

fn accumulation(part: &Part) -> Option<String> {
    let adds_up = matches!(part.kind, ValueKind::Number | ValueKind::Ratio);
    (adds_up && !part.accumulation_confirmed).then(|| {
        let read = part.accumulation.label();
        format!("累計のしかたが確認されていません（いまは「{read}」と読んでいます）。年度ごと・累計・時点のどれかを確かめてください。")
    })
}

#[cfg(test)]
mod tests;
