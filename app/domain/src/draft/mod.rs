//! The draft revision: a plan as objects that are changed one by one and put together again.
//!
//! Every change is a pure function from one [`PlanContent`] to the next ([`edit`]); what is stored is the difference,
//! object by object ([`Draft::changes_to`]), laid over the live plan ([`Draft::over`]).

pub mod compare;
pub mod edit;
pub mod fields;
mod object;
mod order;
pub mod ruling;
pub mod shared;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::{coded::coded, plan::PlanContent};

use object::for_list;
pub use object::{Object, body, label, node_label, origin};

coded! {
    /// What a plan is made of. The code stands in addresses and in the log.
    Kind {
        Head = "head", "計画の基本";
        Level = "levels", "階層";
        Phase = "phases", "段階";
        Marker = "markers", "印";
        Attribute = "attributes", "属性";
        Node = "nodes", "戦略・施策・取組";
        Kpi = "kpis", "指標";
        Cell = "cells", "ロードマップ";
        Milestone = "milestones", "節目";
        Ruling = "rulings", "決定";
        Body = "bodies", "推進体制";
        RelatedPlan = "related-plans", "関連する計画";
        Term = "terms", "用語";
        Chapter = "chapters", "計画書の本文";
        Lineage = "lineage", "前計画などとのつながり";
    }
}

/// Names one object of a plan.
pub type ObjectKey = (Kind, String);

/// What becomes of one object: its new body, or nothing when it is taken out. Figures are not part of a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub kind: Kind,
    pub key: String,
    pub body: Option<Value>,
    /// Where it stands among its like: smaller is earlier.
    pub rank: f64,
}

/// A body that does not fit its kind any more.
#[derive(Debug, thiserror::Error)]
#[error("{kind:?} {key}: {error}")]
pub struct Unreadable {
    pub kind: Kind,
    pub key: String,
    pub error: serde_json::Error,
}

/// A plan with the rank of each object.
#[derive(Clone, Debug)]
pub struct Draft {
    content: PlanContent,
    ranks: Ranks,
}

/// Where objects stand among their like: smaller is earlier.
type Ranks = HashMap<ObjectKey, f64>;

/// The ranks of a kind in a plan with nothing changed.
fn positions(content: &PlanContent, kind: Kind) -> Ranks {
    if kind == Kind::Head {
        return Ranks::new();
    }
    for_list!(content, kind, list => list.iter().enumerate().map(|(at, object)| ((kind, object.key()), at as f64)).collect())
}

impl Draft {
    /// The live plan with nothing changed.
    pub fn of(live: PlanContent) -> Self {
        let mut ranks = Ranks::from([((Kind::Head, String::new()), 0.0)]);
        for kind in Kind::ALL.iter().copied() {
            ranks.extend(positions(&live, kind));
        }
        Self { content: live, ranks }
    }

    /// The live plan with the newest change of each changed object.
    pub fn over(live: PlanContent, changes: impl IntoIterator<Item = Change>) -> Result<Self, Unreadable> {
        let mut draft = Self::of(live);
        let mut touched = HashSet::new();
        for change in changes {
            touched.insert(change.kind);
            draft.lay(change)?;
        }
        // The head stands alone.
        for kind in touched.into_iter().filter(|kind| *kind != Kind::Head) {
            draft.sort(kind);
        }
        Ok(draft)
    }

    pub fn content(&self) -> &PlanContent {
        &self.content
    }

    fn lay(&mut self, change: Change) -> Result<(), Unreadable> {
        let Change { kind, key, body, rank } = change;
        if kind == Kind::Head {
            if let Some(body) = body {
                object::put_head(&mut self.content, body).map_err(|error| Unreadable { kind, key, error })?;
            }
            return Ok(());
        }
        match &body {
            Some(_) => self.ranks.insert((kind, key.clone()), rank),
            None => self.ranks.remove(&(kind, key.clone())),
        };
        for_list!(&mut self.content, kind, list => match body {
            Some(body) => object::put(list, &key, body).map_err(|error| Unreadable { kind, key, error }),
            None => {
                list.retain(|object| object.key() != key);
                Ok(())
            }
        })
    }

    fn sort(&mut self, kind: Kind) {
        let ranks = &self.ranks;
        let rank = |key: String| ranks.get(&(kind, key)).copied().unwrap_or(f64::MAX);
        for_list!(&mut self.content, kind, list => list.sort_by(|a, b| rank(a.key()).total_cmp(&rank(b.key()))));
        if kind == Kind::Node {
            edit::in_tree_order(&mut self.content.nodes);
        }
    }

    /// What puts an object where and as it stands.
    pub fn as_it_stands(&self, kind: Kind, key: &str) -> Change {
        Change {
            kind,
            key: key.to_owned(),
            body: object::body(&self.content, kind, key),
            rank: self.ranks.get(&(kind, key.to_owned())).copied().unwrap_or_default(),
        }
    }

    /// Keys of a kind in their order.
    pub fn keys(&self, kind: Kind) -> Vec<String> {
        if kind == Kind::Head {
            return Vec::new();
        }
        for_list!(&self.content, kind, list => list.iter().map(Object::key).collect())
    }

    /// What turns this plan into the other one.
    pub fn changes_to(&self, after: &PlanContent) -> Vec<Change> {
        changes(&self.content, &self.ranks, after)
    }
}

/// What turns a plan into another one. `known`: ranks of the objects of the kinds that differ.
fn changes(before: &PlanContent, known: &Ranks, after: &PlanContent) -> Vec<Change> {
    let mut changes = Vec::new();
    let head = object::head(after);
    if head != object::head(before) {
        changes.push(Change { kind: Kind::Head, key: String::new(), body: Some(head), rank: 0.0 });
    }
    for kind in differing(before, after) {
        let old: HashMap<String, (Value, String)> =
            for_list!(before, kind, list => list.iter().map(|o| (o.key(), (o.body(), o.group()))).collect());
        let now: Vec<(String, Value, String)> =
            for_list!(after, kind, list => list.iter().map(|o| (o.key(), o.body(), o.group())).collect());
        let kept: HashSet<&String> = now.iter().map(|(key, ..)| key).collect();
        let gone = old.keys().filter(|key| !kept.contains(key));
        changes.extend(gone.map(|key| Change { kind, key: key.clone(), body: None, rank: 0.0 }));
        let ranks = ranks_of(kind, &now, &old, known);
        for ((key, body, _), rank) in now.into_iter().zip(ranks) {
            let same_place = known.get(&(kind, key.clone())) == Some(&rank);
            if !same_place || old.get(&key).is_none_or(|(was, _)| *was != body) {
                changes.push(Change { kind, key, body: Some(body), rank });
            }
        }
    }
    changes
}

/// Kinds of which something differs, but for the head.
fn differing<'a>(a: &'a PlanContent, b: &'a PlanContent) -> impl Iterator<Item = Kind> + 'a {
    Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Head && !object::same_list(a, b, *kind))
}

/// Ranks for a new order, group by group: who keeps the order among its like keeps its rank.
fn ranks_of(kind: Kind, now: &[(String, Value, String)], before: &HashMap<String, (Value, String)>, known: &Ranks) -> Vec<f64> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (_, _, group)) in now.iter().enumerate() {
        groups.entry(group).or_default().push(at);
    }
    let mut ranks = vec![0.0; now.len()];
    for (group, places) in groups {
        let rank = |at: &usize| {
            let key = &now[*at].0;
            let stayed = before.get(key).is_some_and(|(_, old)| old == group);
            known.get(&(kind, key.clone())).copied().filter(|_| stayed)
        };
        let old: Vec<Option<f64>> = places.iter().map(rank).collect();
        for (at, rank) in places.iter().zip(order::ranks(&old)) {
            ranks[*at] = rank;
        }
    }
    ranks
}
