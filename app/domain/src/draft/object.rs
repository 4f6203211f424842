//! The objects of a plan: what they are called, how they become JSON and come back.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    clock::date_label,
    period::Period,
    plan::{
        Attribute, Body, Chapter, Kpi, Level, Lineage, Marker, Milestone, Node, Phase, PlanContent, PlanHead, RelatedPlan, RoadmapCell,
        Ruling, Term,
    },
};

use super::Kind;

/// Something in a list of the plan.
pub trait Object: Serialize + DeserializeOwned {
    /// Unique among its kind in the plan.
    fn key(&self) -> String;

    /// The list within the list whose order counts: children of one node.
    fn group(&self) -> String {
        String::new()
    }

    /// What a draft may change of it.
    fn body(&self) -> Value {
        // Plain records of strings, numbers and lists always become JSON.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Takes over from the object it replaces what a draft does not change.
    fn adopt(&mut self, _before: &Self) {}
}

macro_rules! objects {
    ($($type:ty: $key:expr;)+) => {$(
        impl Object for $type {
            fn key(&self) -> String {
                let key: fn(&$type) -> String = $key;
                key(self)
            }
        }
    )+};
}

objects! {
    Level: |o| o.key.clone();
    Phase: |o| o.key.clone();
    Marker: |o| o.symbol.clone();
    Attribute: |o| o.key.clone();
    RoadmapCell: |o| format!("{}/{}/{}/{}", o.node, o.fiscal_year.0, o.phase, o.kind.code());
    Milestone: |o| o.key.clone();
    Ruling: |o| o.key.clone();
    Body: |o| o.key.clone();
    RelatedPlan: |o| o.key.clone();
    Term: |o| o.term.clone();
    Chapter: |o| o.number.clone();
    Lineage: |o| format!("{}/{}/{}", o.from_plan, o.from_node, o.to_node);
}

impl Object for Node {
    fn key(&self) -> String {
        self.key.clone()
    }

    fn group(&self) -> String {
        self.parent.clone().unwrap_or_default()
    }
}

impl Object for Kpi {
    fn key(&self) -> String {
        self.code.clone()
    }

    /// Figures are reported, and grades set, against the live plan while a draft is open.
    fn body(&self) -> Value {
        let mut kpi = Self { set_grade: None, ..self.clone() };
        kpi.parts.iter_mut().for_each(|part| part.actuals.clear());
        serde_json::to_value(kpi).unwrap_or_default()
    }

    fn adopt(&mut self, before: &Self) {
        self.set_grade.clone_from(&before.set_grade);
        for part in &mut self.parts {
            let old = before.parts.iter().find(|old| old.key == part.key);
            part.actuals = old.map(|old| old.actuals.clone()).unwrap_or_default();
        }
    }
}

/// Runs a block with the list of a kind; the head is no list.
macro_rules! for_list {
    (&mut $content:expr, $kind:expr, $list:ident => $body:expr) => { crate::draft::object::for_list!(@ (&mut $content), $kind, $list => $body) };
    (&$content:expr, $kind:expr, $list:ident => $body:expr) => { crate::draft::object::for_list!(@ (&$content), $kind, $list => $body) };
    ($content:ident, $kind:expr, $list:ident => $body:expr) => { crate::draft::object::for_list!(@ (&$content), $kind, $list => $body) };
    (@ ($($content:tt)+), $kind:expr, $list:ident => $body:expr) => {
        match $kind {
            crate::draft::Kind::Head => unreachable!("the head is changed on its own"),
            crate::draft::Kind::Level => { let $list = $($content)+.plan.levels; $body }
            crate::draft::Kind::Phase => { let $list = $($content)+.plan.phases; $body }
            crate::draft::Kind::Marker => { let $list = $($content)+.plan.markers; $body }
            crate::draft::Kind::Attribute => { let $list = $($content)+.attributes; $body }
            crate::draft::Kind::Node => { let $list = $($content)+.nodes; $body }
            crate::draft::Kind::Kpi => { let $list = $($content)+.kpis; $body }
            crate::draft::Kind::Cell => { let $list = $($content)+.roadmap; $body }
            crate::draft::Kind::Milestone => { let $list = $($content)+.milestones; $body }
            crate::draft::Kind::Ruling => { let $list = $($content)+.rulings; $body }
            crate::draft::Kind::Body => { let $list = $($content)+.bodies; $body }
            crate::draft::Kind::RelatedPlan => { let $list = $($content)+.related_plans; $body }
            crate::draft::Kind::Term => { let $list = $($content)+.glossary; $body }
            crate::draft::Kind::Chapter => { let $list = $($content)+.chapters; $body }
            crate::draft::Kind::Lineage => { let $list = $($content)+.lineage; $body }
        }
    };
}

pub(super) use for_list;

/// Whether nothing of a kind differs: most lists of a draft are the live plan's.
pub fn same_list(a: &PlanContent, b: &PlanContent, kind: Kind) -> bool {
    match kind {
        Kind::Head => false,
        Kind::Level => a.plan.levels == b.plan.levels,
        Kind::Phase => a.plan.phases == b.plan.phases,
        Kind::Marker => a.plan.markers == b.plan.markers,
        Kind::Attribute => a.attributes == b.attributes,
        Kind::Node => a.nodes == b.nodes,
        Kind::Kpi => a.kpis == b.kpis,
        Kind::Cell => a.roadmap == b.roadmap,
        Kind::Milestone => a.milestones == b.milestones,
        Kind::Ruling => a.rulings == b.rulings,
        Kind::Body => a.bodies == b.bodies,
        Kind::RelatedPlan => a.related_plans == b.related_plans,
        Kind::Term => a.glossary == b.glossary,
        Kind::Chapter => a.chapters == b.chapters,
        Kind::Lineage => a.lineage == b.lineage,
    }
}

/// Puts an object in the place of the one with its key, or at the end.
pub fn put<T: Object>(list: &mut Vec<T>, key: &str, body: Value) -> Result<(), serde_json::Error> {
    let mut object: T = serde_json::from_value(body)?;
    match list.iter_mut().find(|before| before.key() == key) {
        Some(before) => {
            object.adopt(before);
            *before = object;
        }
        None => list.push(object),
    }
    Ok(())
}

/// The JSON of an object as a draft stores it.
pub fn body(content: &PlanContent, kind: Kind, key: &str) -> Option<Value> {
    if kind == Kind::Head {
        return Some(head(content));
    }
    for_list!(content, kind, list => list.iter().find(|object| object.key() == key).map(Object::body))
}

/// An object of the list's kind.
pub fn read<T: Object>(_list: &[T], body: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(body)
}

/// The head without its lists, which are objects of their own.
pub fn head(content: &PlanContent) -> Value {
    let head = PlanHead { levels: Vec::new(), phases: Vec::new(), markers: Vec::new(), ..content.plan.clone() };
    serde_json::to_value(head).unwrap_or_default()
}

pub fn put_head(content: &mut PlanContent, body: Value) -> Result<(), serde_json::Error> {
    let head: PlanHead = serde_json::from_value(body)?;
    let PlanHead { levels, phases, markers, .. } = std::mem::replace(&mut content.plan, head);
    content.plan = PlanHead { levels, phases, markers, ..content.plan.clone() };
    Ok(())
}

fn named(number: &str, title: &str) -> String {
    if number.is_empty() { title.to_owned() } else { format!("{number} {title}") }
}

/// What a node is called in a sentence: 「(1) AI-OCRの活用」.
pub fn node_label(node: &Node) -> String {
    named(&node.number, &node.title)
}

/// Where a line comes from: a node of the same plan by its name, which it may have in either content only, else plan and key.
pub fn origin(line: &Lineage, contents: [&PlanContent; 2]) -> String {
    let own = contents.iter().filter(|content| content.plan.slug == line.from_plan);
    let name = own.filter_map(|content| content.node(&line.from_node)).map(node_label).next();
    name.unwrap_or_else(|| format!("{} {}", line.from_plan, line.from_node))
}

/// What an object is called in a sentence.
pub fn label(content: &PlanContent, kind: Kind, key: &str) -> String {
    let node = |key: &str| content.node(key).map(node_label);
    let found = match kind {
        Kind::Head => Some(content.plan.title.clone()),
        Kind::Level => content.plan.level(key).map(|o| o.name.clone()),
        Kind::Phase => content.plan.phases.iter().find(|o| o.key == key).map(|o| o.name.clone()),
        Kind::Marker => content.plan.markers.iter().find(|o| o.symbol == key).map(|o| named(&o.symbol, &o.meaning)),
        Kind::Attribute => content.attributes.iter().find(|o| o.key == key).map(|o| o.name.clone()),
        Kind::Node => node(key),
        Kind::Kpi => content.kpi(key).map(|o| format!("{} {}", o.code, o.name)),
        Kind::Cell => content.roadmap.iter().find(|o| o.key() == key).map(|o| {
            let phase = content.plan.phases.iter().find(|p| p.key == o.phase).map_or(o.phase.as_str(), |p| p.name.as_str());
            let what = node(&o.node).unwrap_or_else(|| o.node.clone());
            format!("{what} {} {phase}（{}）", Period::FiscalYear(o.fiscal_year).label(), o.kind.label())
        }),
        Kind::Milestone => content.milestones.iter().find(|o| o.key == key).map(|o| {
            let what = node(&o.node).unwrap_or_else(|| o.node.clone());
            format!("{} {}（{what}）", o.fiscal_year.label(), o.title)
        }),
        Kind::Ruling => content.rulings.iter().find(|o| o.key == key).map(|o| {
            let what = node(&o.node).unwrap_or_else(|| o.node.clone());
            format!("{} {}の決定による{}（{what}）", date_label(o.decided_on), o.body, o.effect.label())
        }),
        Kind::Body => content.bodies.iter().find(|o| o.key == key).map(|o| o.name.clone()),
        Kind::RelatedPlan => content.related_plans.iter().find(|o| o.key == key).map(|o| o.title.clone()),
        Kind::Term => content.glossary.iter().find(|o| o.term == key).map(|o| o.term.clone()),
        Kind::Chapter => content.chapters.iter().find(|o| o.number == key).map(|o| named(&o.number, &o.title)),
        Kind::Lineage => content.lineage.iter().find(|o| o.key() == key).map(|o| {
            let to = node(&o.to_node).unwrap_or_else(|| o.to_node.clone());
            format!("{}（{}）{to}", origin(o, [content; 2]), o.relation.label())
        }),
    };
    found.unwrap_or_else(|| key.to_owned())
}
