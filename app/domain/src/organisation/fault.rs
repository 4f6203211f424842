//! Why sections cannot be reorganised as ordered.

use std::fmt;

use jiff::civil::Date;

use super::{Organisation, Section};
use crate::{clock::date_label, ids::SectionId};

/// Each is a sentence for the person who ordered it; names are those of sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The section is not there the day before, or ends before its successor would begin.
    NotThere { section: String, on: Date },
    /// Its section above would be gone.
    Orphan { section: String, parent: String, on: Date },
    /// A section would stand below itself.
    Circle { section: String },
    /// It changes its place on the very day already.
    MovedThatDay { section: String, on: Date },
    /// Two rows of one person or one KPI begin on one day in what becomes one section.
    Twice { section: String, on: Date },
    /// What begins later at an abolished section needs another one.
    NowhereToGo { section: String },
    /// What was prepared has been built upon.
    InUse { section: String },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotThere { section, on } => {
                write!(
                    f,
                    "「{section}」は{}の時点でない組織か、廃止が準備されている組織です。実施日か組織を選び直してください。",
                    date_label(*on)
                )
            }
            Fault::Orphan { section, parent, on } => write!(
                f,
                "「{section}」の上の組織「{parent}」が、{}にはなくなっています。先に「{section}」の所属を変更するか、廃止してください。",
                date_label(*on)
            ),
            Fault::Circle { section } => write!(f, "「{section}」が自分自身の下に入ってしまいます。上の組織を選び直してください。"),
            Fault::MovedThatDay { section, on } => {
                write!(f, "「{section}」には、{}の所属の変更がすでに準備されています。先にその準備を取り下げてください。", date_label(*on))
            }
            Fault::Twice { section, on } => write!(
                f,
                "同じ人の同じ役割、または同じ指標の担当が、「{section}」で{}から2つ始まります。先に一方を取り消してください。",
                date_label(*on)
            ),
            Fault::NowhereToGo { section } => {
                write!(f, "「{section}」で実施日以後に始まる予定の担当や配置があります。移る先を選択してください。")
            }
            Fault::InUse { section } => {
                write!(f, "この準備のあとに、「{section}」に別の担当、配置または変更が加えられています。先にそれを取り消してください。")
            }
        }
    }
}

impl std::error::Error for Fault {}

impl Organisation {
    /// Sections without their section above, or below themselves, on any day from `from` on.
    pub(super) fn faults(&self, from: Date) -> Vec<Fault> {
        let spans = self.sections.iter().flat_map(|section| {
            let after = section.span.until.and_then(|until| until.tomorrow().ok());
            section.places.iter().map(|place| place.from).chain([section.span.from]).chain(after)
        });
        let mut days: Vec<Date> = spans.filter(|day| *day > from).chain([from]).collect();
        days.sort_unstable();
        days.dedup();
        let mut faults = Vec::new();
        for day in days {
            for section in self.sections.iter().filter(|section| section.span.holds(day)) {
                if let Some(fault) = self.fault_of(section, day)
                    && !faults.contains(&fault)
                {
                    faults.push(fault);
                }
            }
        }
        faults
    }

    fn fault_of(&self, section: &Section, day: Date) -> Option<Fault> {
        let parent = self.section(section.parent_on(day)?)?;
        if !parent.span.holds(day) {
            return Some(Fault::Orphan { section: section.name.clone(), parent: parent.name.clone(), on: day });
        }
        self.is_below_itself(section.id, day).then(|| Fault::Circle { section: section.name.clone() })
    }

    fn is_below_itself(&self, id: SectionId, day: Date) -> bool {
        let above = |id: SectionId| self.section(id).and_then(|section| section.parent_on(day));
        let mut next = above(id);
        // The number of sections bounds the walk.
        for _ in 0..self.sections.len() {
            match next {
                Some(other) if other == id => return true,
                Some(other) => next = above(other),
                None => return false,
            }
        }
        false
    }
}
