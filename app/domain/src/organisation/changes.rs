//! What an act does to the rows, and its undoing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fault, NewSection, Organisation, Place, Section, Span, Succession, Tenure};
use crate::ids::SectionId;

/// The rows that one act makes, ends or moves, with what they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The first day of what is new.
    pub on: Date,
    pub founded: Vec<NewSection>,
    pub closed: Vec<Closed>,
    pub moved: Vec<Moved>,
    /// (section, who follows it)
    pub successors: Vec<(SectionId, SectionId)>,
    pub retimed: Vec<Retimed>,
    pub copied: Vec<Copied>,
}

/// A section that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub section: SectionId,
    pub was: Option<Date>,
    pub now: Date,
}

/// A section that comes under another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub section: SectionId,
    pub parent: Option<SectionId>,
}

/// A responsibility or assignment with another last day, or another section where it has not begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retimed {
    pub id: Uuid,
    /// (section, last day)
    pub was: (SectionId, Option<Date>),
    pub now: (SectionId, Option<Date>),
}

/// A new row like `of`, from the day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    pub id: Uuid,
    pub of: Uuid,
    pub section: SectionId,
    pub until: Option<Date>,
}

impl Changes {
    pub fn new(on: Date) -> Self {
        Self {
            on,
            founded: Vec::new(),
            closed: Vec::new(),
            moved: Vec::new(),
            successors: Vec::new(),
            retimed: Vec::new(),
            copied: Vec::new(),
        }
    }
}

impl Organisation {
    /// Carries changes out.
    pub fn apply(&mut self, changes: &Changes) {
        let on = changes.on;
        for new in &changes.founded {
            self.sections.push(Section {
                id: new.id,
                key: new.key.clone(),
                name: new.name.clone(),
                kind: new.kind.clone(),
                position: new.position,
                span: Span { from: on, until: None },
                places: vec![Place { from: on, parent: new.parent }],
            });
        }
        for closed in &changes.closed {
            self.end(closed.section, Some(closed.now));
        }
        for moved in &changes.moved {
            if let Some(section) = self.sections.iter_mut().find(|section| section.id == moved.section) {
                section.places.push(Place { from: on, parent: moved.parent });
                // Stable: a move on a section's first day comes after where it began.
                section.places.sort_by_key(|place| place.from);
            }
        }
        self.successions.extend(changes.successors.iter().map(|(section, successor)| Succession {
            section: *section,
            successor: *successor,
            on,
        }));
        let copies: Vec<Tenure> = (changes.copied.iter())
            .filter_map(|copied| {
                let of = self.tenures.iter().find(|tenure| tenure.id == copied.of)?;
                let span = Span { from: on, until: copied.until };
                Some(Tenure { id: copied.id, section: copied.section, span, ..of.clone() })
            })
            .collect();
        for retimed in &changes.retimed {
            self.retime(retimed.id, retimed.now);
        }
        self.tenures.extend(copies);
    }

    /// Takes changes back. What somebody has changed since in a row that was there before stays as it is now; what was
    /// built on the new sections stands in the way.
    pub fn undo(&self, changes: &Changes) -> Result<Self, Fault> {
        let (mut before, on) = (self.clone(), changes.on);
        before.tenures.retain(|tenure| changes.copied.iter().all(|copied| copied.id != tenure.id));
        for retimed in &changes.retimed {
            let row = self.tenures.iter().find(|tenure| tenure.id == retimed.id);
            if row.is_some_and(|row| (row.section, row.span.until) == retimed.now) {
                before.retime(retimed.id, retimed.was);
            }
        }
        before.successions.retain(|one| one.on != on || !changes.successors.contains(&(one.section, one.successor)));
        for moved in &changes.moved {
            if let Some(section) = before.sections.iter_mut().find(|section| section.id == moved.section)
                && let Some(at) = section.places.iter().rposition(|place| place.from == on && place.parent == moved.parent)
                && at > 0
            {
                section.places.remove(at);
            }
        }
        for closed in &changes.closed {
            let name = || self.name(closed.section).to_owned();
            if self.section(closed.section).is_none_or(|section| section.span.until != Some(closed.now)) {
                return Err(Fault::InUse { section: name() });
            }
            before.end(closed.section, closed.was);
        }
        for new in &changes.founded {
            before.sections.retain(|section| section.id != new.id);
            let used = before.tenures.iter().any(|tenure| tenure.section == new.id)
                || before.successions.iter().any(|one| one.section == new.id || one.successor == new.id)
                || before.sections.iter().any(|section| section.places.iter().any(|place| place.parent == Some(new.id)))
                || self.section(new.id).is_some_and(|section| section.span.until.is_some() || section.places.len() > 1);
            if used {
                return Err(Fault::InUse { section: new.name.clone() });
            }
        }
        let known = self.faults(on);
        match before.faults(on).into_iter().find(|fault| !known.contains(fault)) {
            Some(fault) => Err(fault),
            None => Ok(before),
        }
    }

    fn end(&mut self, id: SectionId, until: Option<Date>) {
        if let Some(section) = self.sections.iter_mut().find(|section| section.id == id) {
            section.span.until = until;
        }
    }

    fn retime(&mut self, id: Uuid, (section, until): (SectionId, Option<Date>)) {
        if let Some(tenure) = self.tenures.iter_mut().find(|tenure| tenure.id == id) {
            tenure.section = section;
            tenure.span.until = until;
        }
    }
}
