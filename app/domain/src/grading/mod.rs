//! Rule sets: how a tenant turns figures into grades. A set is data: what is measured (`Basis`), the bands of the
//! measure with the tenant's own labels, and its words for what is not judged.
//!
//! Every band belongs to one of four classes (達成, 順調, やや遅れ, 遅れ): colours, sums and the comparison of several
//! municipalities go by class, people read the label. How a figure finds its band: `crate::progress`.

mod check;
mod form;
pub mod measure;
mod overrule;
mod preview;
mod sample;
mod templates;
#[cfg(test)]
mod tests;

pub use form::BANDS;
pub use overrule::{OFFICE, Override, judge_overruled};
pub use preview::{Effect, Preview, preview};
pub use sample::{FEW, small_sample};
pub use templates::templates;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    coded::coded,
    plan::Grades,
    progress::Status,
    text::number::{self, NumberError},
};
use measure::Measure;

coded! {
    /// What the bands of a rule set measure, in percent.
    Basis {
        /// Way covered from the start to the year's point of the plan's path. A point that is met counts as 100 %.
        Path = "path", "計画の道筋に対する進み具合";
        /// Rate of achievement against the year's target, or the year's point of the path.
        YearTarget = "year_target", "その年度の目標に対する達成率";
        /// Rate of achievement against the final target.
        FinalTarget = "final_target", "最終目標に対する達成率";
        /// Way covered to the final target apportioned evenly over the plan's years: 20/40/60/80/100 % of five.
        ProRata = "pro_rata", "最終目標を経過年数で按分した値に対する達成率";
        /// Gain over the start as a share of the gain that the year's target asks for; bands are the four effects.
        FourEffects = "four_effects", "開始時からの増減に対する達成率（4つの効果）";
    }
}

/// Most bands that a set has.
pub const MOST_BANDS: usize = 6;

/// Where a band begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum Bound {
    /// The final target is met; the first band only.
    FinalTarget,
    /// 「95%以上」: the percent itself is in the band.
    AtLeast(Decimal),
    /// 「110%超」: the percent itself is not.
    Above(Decimal),
    /// Whatever no other band took; the last band only.
    Rest,
}

/// One grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Band {
    /// The tenant's word: 「順調」, 「A」.
    pub label: String,
    /// A short sign shown with the label: 「○」; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub symbol: String,
    pub from: Bound,
    /// 達成, 順調, やや遅れ or 遅れ.
    pub class: Status,
    /// The band in the tenant's words, 「±10%以内」; empty: its bounds are told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub meaning: String,
}

/// A status that is no grade, under the tenant's name for it: 「D 評価不能」, 「−」.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Renamed {
    pub status: Status,
    pub label: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub symbol: String,
}

/// A named set of grades. `check` tells what is wrong with one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RuleSet {
    /// Lower-case letters, digits and hyphens; unique in the tenant.
    pub key: String,
    pub name: String,
    pub basis: Basis,
    /// From the best to the worst.
    pub bands: Vec<Band>,
    /// Statuses that are not judged and have a name of the tenant's own; the others keep the product's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// Where the set comes from and what has to be confirmed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

impl Bound {
    /// Reads what `text` prints: 「最終目標」, 「95%以上」, 「110%超」, 「それ以外」; full-width digits and no 「%」 will do.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let percent = |text: &str| number::parse(text.trim_end_matches(['%', '％']));
        match text.trim() {
            "最終目標" => Ok(Bound::FinalTarget),
            "それ以外" => Ok(Bound::Rest),
            text => match (text.strip_suffix("以上"), text.strip_suffix('超')) {
                (Some(rest), _) => percent(rest).map(Bound::AtLeast),
                (_, Some(rest)) => percent(rest).map(Bound::Above),
                (None, None) => percent(text).map(Bound::AtLeast),
            },
        }
    }

    pub fn text(self) -> String {
        match self {
            Bound::FinalTarget => "最終目標".to_owned(),
            Bound::AtLeast(percent) => format!("{}%以上", number::format(percent)),
            Bound::Above(percent) => format!("{}%超", number::format(percent)),
            Bound::Rest => "それ以外".to_owned(),
        }
    }

    /// The percent, and whether it is left out; `None` for a band that no percent bounds.
    fn percent(self) -> Option<(Decimal, bool)> {
        match self {
            Bound::AtLeast(percent) => Some((percent, false)),
            Bound::Above(percent) => Some((percent, true)),
            Bound::FinalTarget | Bound::Rest => None,
        }
    }

    fn admits(self, measure: Measure) -> bool {
        match (self, measure) {
            (Bound::FinalTarget, _) => false,
            (Bound::Rest, _) => true,
            (Bound::AtLeast(from), _) => measure.percent().is_none_or(|percent| percent >= from),
            (Bound::Above(from), _) => measure.percent().is_none_or(|percent| percent > from),
        }
    }
}

impl RuleSet {
    /// The band of a measure; `None` only for a set without bands.
    pub fn band(&self, measure: Measure) -> Option<&Band> {
        self.bands.iter().find(|band| band.from.admits(measure)).or(self.bands.last())
    }

    /// The band of a figure that misses the year's point: good bands from 100 % on are for what meets it.
    pub fn band_short_of_point(&self, covered: Decimal) -> Option<&Band> {
        let below = |band: &Band| band.from.percent().is_none_or(|(from, _)| from < Decimal::ONE_HUNDRED);
        let short = |band: &&Band| below(band) || band.class > Status::OnTrack;
        self.bands.iter().filter(short).find(|band| band.from.admits(Measure::Percent(covered))).or(self.bands.last())
    }

    /// The band of what meets the final target, if the set has one.
    pub fn final_band(&self) -> Option<&Band> {
        self.bands.iter().find(|band| band.from == Bound::FinalTarget)
    }

    pub fn by_label(&self, label: &str) -> Option<&Band> {
        self.bands.iter().find(|band| band.label == label)
    }

    /// Whether the set tells what is ahead of the path from what is on it.
    pub fn tells_ahead(&self) -> bool {
        let ahead = |(from, left_out)| from > Decimal::ONE_HUNDRED || (left_out && from == Decimal::ONE_HUNDRED);
        self.bands.iter().filter_map(|band| band.from.percent()).any(ahead)
    }

    /// The tenant's word for a status: of a class, the labels of its bands.
    pub fn word(&self, status: Status) -> String {
        if let Some(renamed) = self.renamed(status) {
            return renamed.label.clone();
        }
        let labels: Vec<_> = self.bands.iter().filter(|band| band.class == status).map(|band| band.label.as_str()).collect();
        if labels.is_empty() { status.label().to_owned() } else { labels.join("・") }
    }

    pub fn renamed(&self, status: Status) -> Option<&Renamed> {
        self.renamed.iter().find(|one| one.status == status)
    }

    /// All of it as (what, words), for the comparison of two sets.
    pub fn rows(&self) -> Vec<(String, String)> {
        let of = |what: &str| format!("判定：{what}");
        let band = |(at, band): (usize, &Band)| {
            let words = format!("{}：{}（{}）", named(&band.symbol, &band.label), self.meaning(band), band.class.label());
            (of(&format!("{}番目の区分", at + 1)), words)
        };
        let renamed = |one: &Renamed| (of(&format!("「{}」の名称", one.status.label())), named(&one.symbol, &one.label));
        let head = [(of("決まりの名称"), self.name.clone()), (of("測るもの"), self.basis.label().to_owned())];
        let rows = head.into_iter().chain(self.bands.iter().enumerate().map(band)).chain(self.renamed.iter().map(renamed));
        rows.chain((!self.source.is_empty()).then(|| (of("出典と注記"), self.source.clone()))).collect()
    }

    /// What a band takes, in words: 「±10%以内」, 「95%以上110%以下」.
    pub fn meaning(&self, band: &Band) -> String {
        if !band.meaning.is_empty() {
            return band.meaning.clone();
        }
        let at = self.bands.iter().position(|one| one == band).unwrap_or_default();
        let better = self.bands[..at].iter().rev().find_map(|one| one.from.percent());
        let until = better.map(|(percent, left_out)| format!("{}%{}", number::format(percent), if left_out { "以下" } else { "未満" }));
        match (band.from, until) {
            (Bound::FinalTarget, _) => "最終目標に到達".to_owned(),
            (from @ (Bound::AtLeast(_) | Bound::Above(_)), until) => format!("{}{}", from.text(), until.unwrap_or_default()),
            (Bound::Rest, until) => until.unwrap_or_else(|| Bound::Rest.text()),
        }
    }
}

/// A word with the sign before it: 「○ 順調」.
pub fn named(symbol: &str, label: &str) -> String {
    if symbol.is_empty() { label.to_owned() } else { format!("{symbol} {label}") }
}

impl From<&Grades> for RuleSet {
    /// The default rule with a plan's four words and its threshold.
    fn from(grades: &Grades) -> Self {
        let share = number::parse(&grades.slightly_late_from).unwrap_or(Decimal::new(8, 1));
        let percent = share.saturating_mul(Decimal::ONE_HUNDRED).normalize();
        let band = |label: &str, from, class| Band { label: label.to_owned(), symbol: String::new(), from, class, meaning: String::new() };
        Self {
            key: "default".to_owned(),
            name: "標準（達成・順調・やや遅れ・遅れ）".to_owned(),
            basis: Basis::Path,
            bands: vec![
                band(&grades.achieved, Bound::FinalTarget, Status::Achieved),
                band(&grades.on_track, Bound::AtLeast(Decimal::ONE_HUNDRED), Status::OnTrack),
                band(&grades.slightly_late, Bound::AtLeast(percent), Status::SlightlyLate),
                band(&grades.late, Bound::Rest, Status::Late),
            ],
            renamed: Vec::new(),
            source: String::new(),
        }
    }
}

/// Reads a set, or the four words and the threshold that plans had before there were sets.
pub fn stored<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RuleSet, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Set(RuleSet),
        Grades(Grades),
    }
    Ok(match Stored::deserialize(deserializer)? {
        Stored::Set(set) => set,
        Stored::Grades(grades) => grades.into(),
    })
}

impl From<Grades> for RuleSet {
    fn from(grades: Grades) -> Self {
        Self::from(&grades)
    }
}

impl Default for RuleSet {
    fn default() -> Self {
        Self::from(&Grades::default())
    }
}
