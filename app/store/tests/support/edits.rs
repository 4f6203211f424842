//! Edits as a hurried office would make them, the same for the same seed.

use rashin_domain::{
    draft::{
        Kind,
        edit::{self, Edited, Share, Way},
    },
    kpi::Role,
    period::Period,
    plan::{Chapter, Node, PlanContent, Point, Term},
    provenance::Provenance,
    value::Value,
};

/// Numbers that look random; its trace says what was done.
pub struct Dice {
    state: u64,
    trace: Vec<String>,
}

impl std::fmt::Debug for Dice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#?}", self.trace)
    }
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1, trace: vec![format!("seed {seed}")] }
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.state >> 33) as usize) % bound.max(1)
    }

    fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Some edit that can be done; `fresh` is a key that was never used.
    pub fn edit(&mut self, content: &PlanContent, fresh: &str) -> PlanContent {
        loop {
            let what = self.below(16);
            if let Ok(after) = self.attempt(what, content, fresh) {
                self.trace.push(format!("{fresh}: edit {what}"));
                return after;
            }
        }
    }

    fn attempt(&mut self, what: usize, content: &PlanContent, fresh: &str) -> Edited {
        let node = self.one(&content.nodes).clone();
        let other = self.one(&content.nodes).clone();
        let kind = *self.one(&Kind::ALL[1..]);
        let new = Node { key: fresh.to_owned(), title: format!("新 {fresh}"), notes: Vec::new(), gap: String::new(), ..node.clone() };
        match what {
            0 => edit::put_node(content, Some(&node.key.clone()), Node { title: format!("題 {fresh}"), ..node }),
            1 | 2 => edit::put_node(content, None, new),
            3 => edit::move_node(content, &node.key, Some(&other.key), None),
            4 => edit::shift(content, Kind::Node, &node.key, if self.below(2) == 0 { Way::Up } else { Way::Down }),
            5 => {
                let share = Share {
                    children: content.children(Some(&node.key)).map(|child| child.key.clone()).filter(|_| self.below(2) == 0).collect(),
                    kpis: content.kpis.iter().filter(|kpi| kpi.node == node.key).map(|kpi| kpi.code.clone()).collect(),
                };
                edit::split_node(content, &node.key, new, &share)
            }
            6 => edit::merge_nodes(content, &node.key, &other.key),
            7 => edit::end_node(content, &node.key, true),
            8 => {
                let key = self.key(content, kind);
                edit::shift(content, kind, &key, Way::Up)
            }
            9 => {
                let key = self.key(content, kind);
                edit::remove(content, kind, &key)
            }
            10 | 11 => self.point(content, fresh),
            12 => {
                let mut kpi = self.one(&content.kpis).clone();
                let code = kpi.code.clone();
                kpi.source = format!("出どころ {fresh}");
                kpi.node = node.key;
                edit::put_kpi(content, Some(&code), kpi)
            }
            13 => {
                let mut kpi = self.one(&content.kpis).clone();
                (kpi.code, kpi.node) = (format!("NEW-{fresh}"), node.key);
                kpi.parts.iter_mut().for_each(|part| part.actuals.clear());
                kpi.parts.iter_mut().flat_map(|part| &mut part.points).for_each(|point| point.replaced.clear());
                edit::put_kpi(content, None, kpi)
            }
            14 => {
                let mut after = content.clone();
                let term = Term {
                    term: format!("用語 {fresh}"),
                    formal_name: String::new(),
                    explanation: String::new(),
                    provenance: Provenance::default(),
                };
                after.glossary.insert(0, term);
                after.chapters.push(Chapter { number: fresh.to_owned(), title: "章".to_owned(), body: format!("本文\n{fresh}") });
                Ok(after)
            }
            _ => {
                let mut after = content.clone();
                after.plan.vision = format!("ビジョン {fresh}");
                if let Some(level) = after.plan.levels.last_mut() {
                    level.name = format!("階層 {fresh}");
                }
                Ok(after)
            }
        }
    }

    fn key(&mut self, content: &PlanContent, kind: Kind) -> String {
        let keys = rashin_domain::draft::Draft::of(content.clone()).keys(kind);
        if keys.is_empty() { String::new() } else { self.one(&keys).clone() }
    }

    /// Sets, revises or takes out a planned value.
    fn point(&mut self, content: &PlanContent, fresh: &str) -> Edited {
        let kpi = self.one(&content.kpis);
        let (part, year) = (self.one(&kpi.parts), 2024 + self.below(6) as i16);
        let standing = part.points.get(self.below(part.points.len() + 1));
        match standing {
            Some(point) if self.below(2) == 0 => edit::remove_point(content, &kpi.code, &part.key, point.role, point.period),
            _ => {
                let point = Point {
                    role: standing.map_or(Role::Interim, |point| point.role),
                    period: standing.map_or(Period::year(year), |point| point.period),
                    value: Value::number((self.below(900) as i64).into()),
                    note: format!("備考 {fresh}"),
                    reason: "見直し".to_owned(),
                    decided_on: None,
                    replaced: Vec::new(),
                    provenance: Provenance::default(),
                };
                edit::put_point(content, &kpi.code, &part.key, point)
            }
        }
    }
}
