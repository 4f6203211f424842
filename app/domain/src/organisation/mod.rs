//! The sections of a town hall over time, and what changes when they are reorganised.
//!
//! [`Organisation`] is the whole history. [`Organisation::plan`] says which rows an [`Order`] changes, as [`Changes`];
//! [`Organisation::apply`] and [`Organisation::undo`] carry them out and take them back. The store does to the tables
//! what these do to the value.

mod changes;
mod fault;
mod order;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    access::Role,
    coded::coded,
    ids::{KpiId, MemberId, PlanId, SectionId},
};

pub use changes::{Changes, Closed, Copied, Moved, Retimed};
pub use fault::Fault;
pub use order::{KINDS, NewSection, Order, PARTS, REASON_LIMIT, next_april};
pub use plan::Choices;

coded! {
    /// What happens to sections.
    Act {
        /// A new section out of nothing.
        Found = "found", "新設";
        /// Another section above.
        Move = "move", "所属の変更";
        Rename = "rename", "名称変更";
        Merge = "merge", "統合";
        Split = "split", "分割";
        Abolish = "abolish", "廃止";
    }
}

/// First and last day, both included. Without a last day it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub from: Date,
    pub until: Option<Date>,
}

impl Span {
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.reaches(day)
    }

    /// Not over before the day.
    pub fn reaches(&self, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until)
    }

    pub fn overlaps(&self, other: &Span) -> bool {
        self.reaches(other.from) && other.reaches(self.from)
    }

    /// Over before the day.
    pub fn is_past(&self, day: Date) -> bool {
        !self.reaches(day)
    }
}

/// A section with its whole life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub id: SectionId,
    /// Its name in addresses.
    pub key: String,
    pub name: String,
    /// One of [`KINDS`].
    pub kind: String,
    pub position: i32,
    pub span: Span,
    /// What stands above it: from its first day, then each change; in time order.
    pub places: Vec<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub from: Date,
    pub parent: Option<SectionId>,
}

impl Section {
    /// What stands above it on a day.
    pub fn parent_on(&self, day: Date) -> Option<SectionId> {
        self.places.iter().rev().find(|place| place.from <= day).or(self.places.first()).and_then(|place| place.parent)
    }
}

/// What a section holds for a time: of one subject it is held once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Kpi(KpiId),
    /// (plan, key of the node)
    Initiative(PlanId, String),
    Assignment(MemberId, Role),
}

/// A responsibility of a section, or an assignment to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenure {
    pub id: Uuid,
    pub subject: Subject,
    pub section: SectionId,
    pub span: Span,
    /// Of two for the same subject the lower one speaks: 本務 before 兼務.
    pub rank: u8,
}

/// Who follows whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Succession {
    pub section: SectionId,
    pub successor: SectionId,
    pub on: Date,
}

/// All sections of a tenant that ever were or are prepared, and what they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    pub sections: Vec<Section>,
    pub tenures: Vec<Tenure>,
    pub successions: Vec<Succession>,
}

impl Organisation {
    pub fn section(&self, id: SectionId) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    pub fn by_key(&self, key: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.key == key)
    }

    /// The name of a section.
    pub fn name(&self, id: SectionId) -> &str {
        self.section(id).map_or("", |section| section.name.as_str())
    }

    /// Sections of a day in the order of the tree, with their depth from 0. One whose parent is not there stands on top.
    pub fn tree(&self, day: Date) -> Vec<(usize, &Section)> {
        let mut there: Vec<&Section> = self.sections.iter().filter(|section| section.span.holds(day)).collect();
        there.sort_by(|a, b| (a.position, &a.key).cmp(&(b.position, &b.key)));
        in_tree_order(&there, |section| section.id, |section| section.parent_on(day))
    }

    /// The section and all that it follows, itself first.
    pub fn with_predecessors(&self, id: SectionId) -> Vec<SectionId> {
        self.reached(id, |succession, from| (succession.successor == from).then_some(succession.section))
    }

    /// The section and all that follow it, itself first.
    pub fn with_successors(&self, id: SectionId) -> Vec<SectionId> {
        self.reached(id, |succession, from| (succession.section == from).then_some(succession.successor))
    }

    fn reached(&self, id: SectionId, next: impl Fn(&Succession, SectionId) -> Option<SectionId>) -> Vec<SectionId> {
        let mut found = vec![id];
        let mut at = 0;
        while let Some(from) = found.get(at).copied() {
            for other in self.successions.iter().filter_map(|succession| next(succession, from)) {
                if !found.contains(&other) {
                    found.push(other);
                }
            }
            at += 1;
        }
        found
    }

    /// Where something given to a section on a day lies from then on, with prepared changes: one span after the other,
    /// at the first successor each time. Empty when the section is not there on the day.
    pub fn line(&self, section: SectionId, day: Date) -> Vec<(SectionId, Span)> {
        let mut line = Vec::new();
        let (mut at, mut from) = (self.section(section), day);
        while let Some(section) = at.filter(|section| section.span.holds(from)) {
            line.push((section.id, Span { from, until: section.span.until }));
            let Some(next) = section.span.until.and_then(|until| until.tomorrow().ok()) else { break };
            let follower = self.successions.iter().find(|succession| succession.section == section.id && succession.on == next);
            (at, from) = (follower.and_then(|succession| self.section(succession.successor)), next);
        }
        line
    }
}

/// Rows in the order of their tree, with their depth from 0; those of one parent stay in the order given. One whose
/// parent is not among them stands on top.
pub fn in_tree_order<T: Copy>(rows: &[T], id: impl Fn(T) -> SectionId, parent: impl Fn(T) -> Option<SectionId>) -> Vec<(usize, T)> {
    let there: BTreeSet<SectionId> = rows.iter().map(|row| id(*row)).collect();
    let mut below: BTreeMap<Option<SectionId>, Vec<T>> = BTreeMap::new();
    for row in rows {
        below.entry(parent(*row).filter(|parent| there.contains(parent))).or_default().push(*row);
    }
    let mut ordered = Vec::with_capacity(rows.len());
    let mut waiting: Vec<(usize, T)> = below.remove(&None).unwrap_or_default().into_iter().map(|row| (0, row)).rev().collect();
    while let Some((depth, row)) = waiting.pop() {
        ordered.push((depth, row));
        waiting.extend(below.remove(&Some(id(row))).unwrap_or_default().into_iter().map(|row| (depth + 1, row)).rev());
    }
    ordered
}
