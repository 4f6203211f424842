//! Status of a KPI: computed from figures and the tenant's rule, never keyed by hand, always with a reason.
//!
//! Which figure speaks, and when there is none to judge, is the same for every rule set; what a figure is measured by
//! is the set's (`crate::grading`). The default rule, by the way to this year's point (default of `docs/data-model.md`, "Status rule"):
//! * With baseline and target there is a path baseline → interim → final, straight between the points.
//!   達成 = the final target is met; 順調 = this year's point of the path is met; then やや遅れ or 遅れ by the
//!   share of the way covered.
//! * A final target that the baseline met already is to be held: 達成 only once its year has come.
//! * Without a baseline there is no path: judged in target years only.
//! * A cumulative figure starts at 0 before the plan's first year, once that reading is confirmed.
//! * No figure for a year that is due: 未報告. No target yet: 未設定. Figures from before the plan do not count.
//! * A figure for a part of a year is measured by the year's point of the path; the reason names its period.
//! * After a series break (a new definition) only what was counted since is compared.
//! * A predecessor plan is a record and is not judged.

mod by_rate;
mod case;
mod on_path;
mod path;
#[cfg(test)]
pub(crate) mod tests;
mod words;

pub(crate) use path::settled;
pub use path::{Path, meets, rate_of_target, way_covered};
pub use words::printed_path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    clock::FiscalYear,
    coded::coded,
    grading::{Band, RuleSet, judge_overruled},
    period::Period,
    plan::{Kpi, Part, PlanHead, PlanKind},
};
use case::Case;

coded! {
    Status {
        Achieved = "achieved", "達成";
        OnTrack = "on_track", "順調";
        SlightlyLate = "slightly_late", "やや遅れ";
        Late = "late", "遅れ";
        Unreported = "unreported", "未報告";
        /// No path to judge by before a target year.
        AwaitsTargetYear = "awaits_target_year", "目標年度に判定";
        TargetUnset = "target_unset", "目標は未設定";
        Collecting = "collecting", "集計中";
        /// 調査なし, 該当なし, words, a predecessor plan: nothing to judge.
        NotJudged = "not_judged", "判定せず";
    }
}

impl Status {
    /// What a band of a rule set can be, from the best.
    pub const GRADES: &'static [Status] = &[Status::Achieved, Status::OnTrack, Status::SlightlyLate, Status::Late];
    /// What is no grade, but may have a name of the tenant's own.
    pub const UNGRADED: &'static [Status] =
        &[Status::Unreported, Status::AwaitsTargetYear, Status::TargetUnset, Status::Collecting, Status::NotJudged];

    /// Whether a figure was measured by the plan.
    pub fn is_judged(self) -> bool {
        Self::GRADES.contains(&self)
    }

    /// Which of two parts' statuses speaks for the KPI: the one that needs more attention, from 0 on.
    /// A KPI is achieved only when no part of it is still to be judged.
    pub fn attention(self) -> u8 {
        match self {
            Status::Late => 8,
            Status::SlightlyLate => 7,
            Status::Unreported => 6,
            Status::Collecting => 5,
            Status::OnTrack => 4,
            Status::AwaitsTargetYear => 3,
            Status::TargetUnset => 2,
            Status::Achieved => 1,
            Status::NotJudged => 0,
        }
    }
}

/// A status with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Judgement {
    pub status: Status,
    /// The tenant's word for the status: the label of its band.
    pub word: String,
    /// The tenant's short sign of the band, 「○」; often empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub symbol: String,
    /// Why, in one sentence.
    pub reason: String,
    /// The fiscal year it speaks of, if a figure was given or is missing.
    #[cfg_attr(feature = "server", schema(value_type = Option<i16>))]
    pub fiscal_year: Option<FiscalYear>,
    /// A person decided otherwise than the rule; the reason says who and why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overruled: bool,
}

impl Judgement {
    /// A status that is no grade, under the set's name for it.
    fn ungraded(rules: &RuleSet, status: Status, reason: String, fiscal_year: Option<FiscalYear>) -> Self {
        let symbol = rules.renamed(status).map(|one| one.symbol.clone()).unwrap_or_default();
        Self { status, word: rules.word(status), symbol, reason, fiscal_year, overruled: false }
    }

    fn graded(band: &Band, reason: String, fiscal_year: FiscalYear) -> Self {
        let Band { label, symbol, class, .. } = band;
        Self { status: *class, word: label.clone(), symbol: symbol.clone(), reason, fiscal_year: Some(fiscal_year), overruled: false }
    }

    fn of_predecessor(rules: &RuleSet) -> Self {
        Self::ungraded(rules, Status::NotJudged, "前計画の実績です。判定の対象ではありません。".to_owned(), None)
    }
}

/// Judges one part of a KPI as of a day by the plan's rule set.
pub fn judge_part(plan: &PlanHead, kpi: &Kpi, part: &Part, today: Date) -> Judgement {
    judge_part_by(&plan.grades, plan, kpi, part, today)
}

/// Judges one part of a KPI as of a day by a rule set.
pub fn judge_part_by(rules: &RuleSet, plan: &PlanHead, kpi: &Kpi, part: &Part, today: Date) -> Judgement {
    if plan.kind == PlanKind::Predecessor {
        return Judgement::of_predecessor(rules);
    }
    let part = &kpi.comparable(part, today);
    Case { rules, plan, part, due: due(plan, kpi, today), path: Path::of(plan, part) }.judge()
}

/// The grade of a KPI: what a person set instead of the rule, if that stands, else by the plan's rule set.
pub fn judge(plan: &PlanHead, kpi: &Kpi, today: Date) -> Judgement {
    judge_overruled(&plan.grades, plan, kpi, today)
}

/// Judges a KPI by a rule set alone: the status of the part that needs most attention, its reason named by the part.
pub fn judge_by(rules: &RuleSet, plan: &PlanHead, kpi: &Kpi, today: Date) -> Judgement {
    if plan.kind == PlanKind::Predecessor {
        return Judgement::of_predecessor(rules);
    }
    // From the back, because the last of equals wins: the first part speaks.
    let parts = kpi.parts.iter().rev().map(|part| (part, judge_part_by(rules, plan, kpi, part, today)));
    match parts.max_by_key(|(_, judgement)| judgement.status.attention()) {
        Some((part, judgement)) if part.name.is_empty() => judgement,
        Some((part, judgement)) => Judgement { reason: format!("{}：{}", part.name, judgement.reason), ..judgement },
        None => Judgement::ungraded(rules, Status::TargetUnset, "測るものがまだ決まっていません。".to_owned(), None),
    }
}

/// The report that is judged: the period that ends last of those that speak for the KPI's parts, and its revision.
/// Without one the year that is due, revision 0; `None` before any is, and for a predecessor plan.
pub fn judged_report(plan: &PlanHead, kpi: &Kpi, today: Date) -> Option<(Period, i32)> {
    if plan.kind == PlanKind::Predecessor {
        return None;
    }
    let due = due(plan, kpi, today);
    let parts = kpi.parts.iter().map(|part| kpi.comparable(part, today)).collect::<Vec<_>>();
    let newest = parts.iter().filter_map(|part| case::newest(plan, part, due)).max_by_key(|actual| case::standing(actual));
    newest.map(|actual| (actual.period, actual.revision)).or(due.map(|year| (Period::FiscalYear(year), 0)))
}

/// The newest fiscal year of the plan that has ended, among those that can be compared.
fn due(plan: &PlanHead, kpi: &Kpi, today: Date) -> Option<FiscalYear> {
    let since = kpi.series_break(today);
    plan.years().filter(|year| year.is_due(today) && since.is_none_or(|since| since <= *year)).last()
}
