//! The national library: indicators that make municipalities comparable, to copy templates from.

use serde::{Deserialize, Serialize};

#[cfg(feature = "server")]
use crate::figure::sheet::Gauge;
use crate::{
    coded::coded,
    form::Form,
    kpi::{Accumulation, Direction, Frequency},
    provenance::{Provenance, Reading},
    template::Correspondence,
    value::ValueKind,
};

coded! {
    /// What publishes the indicators.
    Library {
        Dashboard = "dashboard", "自治体DXの取組に関するダッシュボード";
        DxPlan = "dx_plan", "自治体DX推進計画 重点取組事項";
        Applications = "applications", "自治体DXの取組に関するダッシュボード 行政手続のオンライン申請率";
    }
}

/// One entry of the library, as in `seeds/masters/indicators.csv`. What the source does not say is empty or `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// `DA-01`; never given to another indicator.
    pub code: String,
    pub library: Library,
    /// The heading that the source puts it under.
    pub category: String,
    pub name: String,
    pub kind: Option<ValueKind>,
    pub unit: String,
    pub direction: Option<Direction>,
    pub accumulation: Option<Accumulation>,
    pub frequency: Option<Frequency>,
    pub formula: String,
    /// The published definition; the label itself where none is at hand, with the reading 要確認.
    pub definition: String,
    /// 「4月1日時点」
    pub as_of: String,
    pub pitfalls: String,
    pub for_municipalities: bool,
    pub for_prefectures: bool,
    pub source: String,
    pub source_place: String,
    pub reading: Reading,
    /// What a rate is of; empty where it is none, or where nobody has found it.
    pub numerator: String,
    pub denominator: String,
    /// The survey whose answers it shows.
    pub survey: String,
    /// Shown in the order of codes only, never ordered or coloured by value.
    pub no_ranking: bool,
}

impl Indicator {
    /// Whether only the label is known.
    pub fn is_label_only(&self) -> bool {
        self.reading == Reading::Doubtful
    }

    /// How its figures are written; `None` for a heading that counts nothing yet.
    #[cfg(feature = "server")]
    pub fn gauge(&self) -> Option<Gauge<'_>> {
        self.kind.map(|kind| Gauge { code: &self.code, kind, unit: &self.unit })
    }

    /// 「市区町村・都道府県」
    pub fn audience(&self) -> String {
        let who = [(self.for_municipalities, "市区町村"), (self.for_prefectures, "都道府県")];
        who.into_iter().filter_map(|(is, word)| is.then_some(word)).collect::<Vec<_>>().join("・")
    }

    pub fn provenance(&self) -> Provenance {
        let source_text = if self.is_label_only() { self.name.clone() } else { String::new() };
        Provenance { reading: self.reading, source_text, source_place: format!("{} {}", self.source, self.source_place) }
    }

    /// The form of a template copied from it. What the source does not say is left for the town hall to choose.
    pub fn as_form(&self) -> Form {
        // A heading that counts nothing yet has no figures to come from, and corresponds to nothing yet.
        let (correspondence, indicator, source) = match self.kind {
            Some(_) => (Correspondence::Same.code(), self.code.as_str(), self.source.as_str()),
            None => ("", "", ""),
        };
        let how_to_count = if self.as_of.is_empty() { String::new() } else { format!("{}で数える。", self.as_of) };
        let fields = [
            ("code", self.code.as_str()),
            ("name", &self.name),
            ("description", &self.definition),
            ("formula", &self.formula),
            ("kind", self.kind.map_or("", ValueKind::code)),
            ("unit", &self.unit),
            ("direction", self.direction.map_or("", Direction::code)),
            ("accumulation", self.accumulation.map_or("", Accumulation::code)),
            ("frequency", self.frequency.map_or("", Frequency::code)),
            ("source", source),
            ("how_to_count", &how_to_count),
            ("pitfalls", &self.pitfalls),
            ("correspondence", correspondence),
            ("indicator", indicator),
            ("reading", self.reading.code()),
            ("source_place", &self.provenance().source_place),
            ("from", &self.code),
        ];
        Form::from_pairs(fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }
}
