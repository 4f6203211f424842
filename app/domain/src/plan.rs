//! A plan as one value: what a plan folder holds, what the database keeps, what an edition freezes.
//! Lists are in the order of the plan; references are by key.

mod figures;
mod tree;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    clock::FiscalYear,
    coded::coded,
    grading::{self, Override, RuleSet},
    kpi::{Accumulation, Direction, Frequency, Maturity, Role},
    period::Period,
    provenance::Provenance,
    template::Mapping,
    value::{Value, ValueKind},
};

/// Derives what every part of a plan has: equality (to see changes), JSON, a schema for the API.
macro_rules! records {
    ($($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty,)* })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        pub struct $name { $($(#[$fmeta])* pub $field: $type,)* }
    )+};
}

coded! {
    PlanKind {
        DxPlan = "dx_plan", "DX計画";
        /// 総合計画, 総合戦略 …: shares KPIs, has targets of its own.
        Other = "other", "そのほかの計画（総合計画など）";
        /// The plan that came before, kept as a record.
        Predecessor = "predecessor", "前計画";
    }
}

coded! {
    /// How a phase is drawn on the roadmap.
    Look {
        Survey = "survey", "破線の枠";
        Build = "build", "濃い塗り";
        Run = "run", "淡い塗り";
        Other = "other", "白い枠";
    }
}

coded! {
    CellKind {
        Planned = "planned", "予定";
        Actual = "actual", "実際";
    }
}

coded! {
    BodyKind {
        Headquarters = "headquarters", "本部";
        SectionMeeting = "section_meeting", "部会";
        Coe = "coe", "CoE（DX推進員）";
        Secretariat = "secretariat", "事務局";
        Other = "other", "その他";
    }
}

coded! {
    Issuer {
        City = "city", "市町村";
        National = "national", "国";
        Other = "other", "その他";
    }
}

coded! {
    /// How a node of one plan follows from a node of another.
    Relation {
        Continued = "continued", "継続";
        Split = "split", "分割";
        Merged = "merged", "統合";
        New = "new", "新規";
        Ended = "ended", "廃止";
    }
}

coded! {
    /// What a decision does to an initiative.
    RulingEffect {
        Starts = "starts", "開始";
        Changes = "changes", "変更";
        Scraps = "scraps", "廃止";
    }
}

records! {
    PlanContent {
        plan: PlanHead,
        attributes: Vec<Attribute>,
        nodes: Vec<Node>,
        kpis: Vec<Kpi>,
        roadmap: Vec<RoadmapCell>,
        bodies: Vec<Body>,
        related_plans: Vec<RelatedPlan>,
        glossary: Vec<Term>,
        chapters: Vec<Chapter>,
        lineage: Vec<Lineage>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        milestones: Vec<Milestone>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rulings: Vec<Ruling>,
        /// What was reported of initiatives and accepted: one of each node and year, by the order of nodes, then years.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        standings: Vec<NodeStanding>,
    }

    PlanHead {
        slug: String,
        kind: PlanKind,
        title: String,
        /// First and last fiscal year.
        #[cfg_attr(feature = "server", schema(value_type = i16))]
        period_from: FiscalYear,
        #[cfg_attr(feature = "server", schema(value_type = i16))]
        period_until: FiscalYear,
        /// Year and month the document was published, `2025-03`.
        published: String,
        editor: String,
        vision: String,
        future_image: String,
        /// Shown on every public page of the plan.
        notice: String,
        /// Slug of the predecessor plan of the same tenant.
        predecessor: Option<String>,
        /// What document this was made from.
        source: String,
        levels: Vec<Level>,
        phases: Vec<Phase>,
        markers: Vec<Marker>,
        /// How figures become grades. Read from what plans had before there were rule sets, too.
        #[serde(deserialize_with = "grading::stored")]
        grades: RuleSet,
    }

    /// A named level of the plan's tree. A parent's depth is smaller than its child's.
    Level { key: String, name: String, depth: i16, }
    Phase { key: String, name: String, look: Look, }
    Marker { symbol: String, meaning: String, }

    /// What plans had before there were rule sets: the default set's words and where 「やや遅れ」 ends.
    Grades {
        /// Share of the way covered from which a KPI is only slightly late, `"0.8"`.
        slightly_late_from: String,
        achieved: String,
        on_track: String,
        slightly_late: String,
        late: String,
    }

    /// One of the themes that measures are tagged with (属性).
    Attribute {
        key: String,
        name: String,
        description: String,
        #[serde(flatten)]
        provenance: Provenance,
    }

    Node {
        key: String,
        parent: Option<String>,
        /// Key of the level.
        level: String,
        /// As printed: 「1」, 「(1)」.
        number: String,
        marker: String,
        title: String,
        description: String,
        attributes: Vec<String>,
        /// A status printed in the document (predecessor plans).
        status: String,
        /// What the source lost here, in one sentence; empty when nothing.
        gap: String,
        notes: Vec<YearNote>,
        #[serde(flatten)]
        provenance: Provenance,
    }

    /// What was done from a year on: 「R4～：…」
    YearNote {
        #[cfg_attr(feature = "server", schema(value_type = i16))]
        from_year: FiscalYear,
        text: String,
        #[serde(flatten)]
        provenance: Provenance,
    }

    Kpi {
        /// Stable public code, unique in the tenant.
        code: String,
        name: String,
        /// Key of the node it belongs to.
        node: String,
        /// A KPI of a strategy or item as a whole.
        headline: bool,
        frequency: Frequency,
        formula: String,
        how_to_count: String,
        source: String,
        /// A doubt about the reading, in one sentence; empty when none.
        doubt: String,
        parts: Vec<Part>,
        /// Code of the tenant's template it was made from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<String>,
        /// National indicators it stands for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        indicators: Vec<Mapping>,
        /// Changes of what is counted, oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<DefinitionChange>,
        /// A grade that a person set instead of the rule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        set_grade: Option<Override>,
        #[serde(flatten)]
        provenance: Provenance,
    }

    /// A new definition of a KPI.
    DefinitionChange {
        /// First fiscal year that is counted so.
        #[cfg_attr(feature = "server", schema(value_type = i16))]
        from_year: FiscalYear,
        /// Figures before it cannot be compared with those after.
        series_break: bool,
        /// What changed and why.
        note: String,
    }

    /// What one KPI counts; most have one part, `main`.
    Part {
        key: String,
        name: String,
        kind: ValueKind,
        unit: String,
        direction: Direction,
        accumulation: Accumulation,
        /// Whether the tenant has confirmed how the figure accumulates.
        accumulation_confirmed: bool,
        /// Baseline, interim and final targets, by period.
        points: Vec<Point>,
        /// Newest accepted actual of each period, by period.
        actuals: Vec<Actual>,
    }

    Point {
        role: Role,
        #[cfg_attr(feature = "server", schema(value_type = String, example = "FY2029"))]
        period: Period,
        value: Value,
        note: String,
        /// Why it was revised, and when that was decided; empty for the first value.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = Date))]
        decided_on: Option<Date>,
        /// Earlier published values, newest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        replaced: Vec<Replaced>,
        #[serde(flatten)]
        provenance: Provenance,
    }

    Actual {
        #[cfg_attr(feature = "server", schema(value_type = String, example = "FY2026"))]
        period: Period,
        /// 1 for the first report of the period.
        revision: i32,
        value: Value,
        maturity: Maturity,
        #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = Date))]
        as_of: Option<Date>,
        note: String,
        link: String,
        /// Section that reported it, by name.
        section: String,
        /// Earlier accepted values of the period, newest first.
        replaced: Vec<Replaced>,
        #[serde(flatten)]
        provenance: Provenance,
    }

    /// A value that a correction replaced: what it was, when it went and why.
    Replaced {
        value: Value,
        #[cfg_attr(feature = "server", schema(value_type = String, format = Date))]
        on: Date,
        reason: String,
    }

    RoadmapCell {
        node: String,
        #[cfg_attr(feature = "server", schema(value_type = i16))]
        fiscal_year: FiscalYear,
        /// Key of the phase.
        phase: String,
        kind: CellKind,
        #[serde(flatten)]
        provenance: Provenance,
    }

    /// 節目: what is to be reached in a year.
    Milestone {
        key: String,
        node: String,
        title: String,
        #[cfg_attr(feature = "server", schema(value_type = i16))]
        fiscal_year: FiscalYear,
        /// When in the year, in the plan's words: 「10月」, 「上半期」. May be empty.
        season: String,
        done: bool,
        #[serde(flatten)]
        provenance: Provenance,
    }

    /// 決定: what a body decided about an initiative (スクラップ&ビルド).
    Ruling {
        key: String,
        node: String,
        effect: RulingEffect,
        /// First fiscal year with its effect: of 廃止, the first one without the initiative.
        #[cfg_attr(feature = "server", schema(value_type = i16))]
        fiscal_year: FiscalYear,
        #[cfg_attr(feature = "server", schema(value_type = String, format = Date))]
        decided_on: Date,
        /// Name of the body: 「DX推進本部」.
        body: String,
        /// 文書番号; may be empty.
        document: String,
        /// Number of the case that was decided. Cases are not public.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<i32>,
    }

    /// What an initiative had come to in a year.
    NodeStanding {
        node: String,
        #[cfg_attr(feature = "server", schema(value_type = i16))]
        fiscal_year: FiscalYear,
        /// Key of the phase it was in; `None` when none was told or the plan has it no more.
        phase: Option<String>,
        /// Fiscal years behind the plan.
        slip_years: u8,
        /// Why; empty when it is not behind.
        slip_reason: String,
    }

    Body {
        key: String,
        name: String,
        kind: BodyKind,
        composition: String,
        parent: Option<String>,
        note: String,
        duties: Vec<Duty>,
        #[serde(flatten)]
        provenance: Provenance,
    }

    Duty {
        text: String,
        #[serde(flatten)]
        provenance: Provenance,
    }

    RelatedPlan {
        key: String,
        title: String,
        issuer: Issuer,
        /// The plan says that it aligns with it.
        aligned: bool,
        /// Markdown.
        summary: String,
        #[serde(flatten)]
        provenance: Provenance,
    }

    Term {
        term: String,
        formal_name: String,
        explanation: String,
        #[serde(flatten)]
        provenance: Provenance,
    }

    Chapter {
        number: String,
        title: String,
        /// Markdown.
        body: String,
    }

    Lineage {
        /// Slug of the other plan.
        from_plan: String,
        from_node: String,
        to_node: String,
        relation: Relation,
    }
}

impl Default for Grades {
    fn default() -> Self {
        let word = str::to_owned;
        Self {
            slightly_late_from: word("0.8"),
            achieved: word("達成"),
            on_track: word("順調"),
            slightly_late: word("やや遅れ"),
            late: word("遅れ"),
        }
    }
}

impl PlanHead {
    pub fn years(&self) -> impl Iterator<Item = FiscalYear> + use<> {
        (self.period_from.0..=self.period_until.0).map(FiscalYear)
    }

    /// 「2025(令和7)～2029(令和11)年度」
    pub fn period_label(&self) -> String {
        let (from, until) = (self.period_from, self.period_until);
        format!("{}({})～{}({})年度", from.0, from.era(), until.0, until.era())
    }

    pub fn level(&self, key: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.key == key)
    }
}

impl PlanContent {
    /// A plan in which nothing is written yet.
    pub fn empty(plan: PlanHead) -> Self {
        Self {
            plan,
            attributes: Vec::new(),
            nodes: Vec::new(),
            kpis: Vec::new(),
            roadmap: Vec::new(),
            bodies: Vec::new(),
            related_plans: Vec::new(),
            glossary: Vec::new(),
            chapters: Vec::new(),
            lineage: Vec::new(),
            milestones: Vec::new(),
            rulings: Vec::new(),
            standings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod samples;
#[cfg(test)]
pub(crate) use samples::{sample_actual, sample_kpi};
