//! From an order to the rows that change: nothing that a section holds is lost.

use std::collections::BTreeMap;

use jiff::civil::Date;
use uuid::Uuid;

use super::{Act, Changes, Closed, Copied, Fault, Moved, Order, Organisation, Retimed, Section, Subject, Tenure};
use crate::ids::SectionId;

/// Where rows go, by the id of the responsibility, the assignment or the section below. `None`: it ends. What is not
/// chosen, or cannot be, goes to the first successor.
pub type Choices = BTreeMap<Uuid, Option<SectionId>>;

impl Order {
    /// Who follows the sections that end.
    pub fn successors(&self) -> Vec<SectionId> {
        self.into.into_iter().chain(self.new.iter().map(|new| new.id)).collect()
    }

    fn day_before(&self) -> Date {
        self.on.yesterday().unwrap_or(self.on)
    }

    fn ends(&self, section: SectionId) -> bool {
        self.act != Act::Move && self.old.contains(&section)
    }
}

impl Organisation {
    /// The rows that an order changes. `new_id` gives the ids of rows that continue others.
    pub fn plan(&self, order: &Order, choices: &Choices, new_id: &mut dyn FnMut() -> Uuid) -> Result<Changes, Fault> {
        self.check_there(order)?;
        let mut changes = Changes { founded: order.new.clone(), ..Changes::new(order.on) };
        if order.act == Act::Move {
            for id in &order.old {
                self.put(*id, order.under, order.on, &mut changes)?;
            }
        } else {
            let ended = order.old.iter().map(|section| Closed { section: *section, was: None, now: order.day_before() });
            changes.closed = ended.collect();
            let successors = order.successors();
            changes.successors = order.old.iter().flat_map(|old| successors.iter().map(|new| (*old, *new))).collect();
            self.move_below(order, choices, &mut changes)?;
            self.hand_over(order, choices, &mut changes, new_id)?;
        }
        let mut after = self.clone();
        after.apply(&changes);
        let known = self.faults(order.on);
        match after.faults(order.on).into_iter().find(|fault| !known.contains(fault)) {
            Some(fault) => Err(fault),
            None => after.check_once(&changes).map(|()| changes),
        }
    }

    fn check_there(&self, order: &Order) -> Result<(), Fault> {
        // A successor needs a day before; what moves, or takes others in, only the day.
        let since = |id: &SectionId| if order.ends(*id) { order.day_before() } else { order.on };
        let gone = order.old.iter().chain(&order.into).find(|id| {
            let section = self.section(**id);
            section.is_none_or(|section| !section.span.holds(since(id)) || section.span.until.is_some())
        });
        match gone {
            Some(id) => Err(Fault::NotThere { section: self.name(*id).to_owned(), on: order.on }),
            None => Ok(()),
        }
    }

    /// Sections that stand below the ending ones on the day.
    pub fn below(&self, order: &Order) -> Vec<&Section> {
        let there = self.sections.iter().filter(|section| section.span.holds(order.on) && !order.ends(section.id));
        there.filter(|section| section.parent_on(order.on).is_some_and(|parent| order.ends(parent))).collect()
    }

    /// Responsibilities and assignments of the ending sections that reach the day or begin after it.
    pub fn held(&self, order: &Order) -> Vec<&Tenure> {
        self.tenures.iter().filter(|tenure| order.ends(tenure.section) && tenure.span.reaches(order.on)).collect()
    }

    /// Where a row may go, the default first.
    pub fn destinations(&self, order: &Order) -> Vec<SectionId> {
        if order.act != Act::Abolish {
            return order.successors();
        }
        let there = self.tree(order.on).into_iter().filter(|(_, section)| !order.ends(section.id) && section.span.until.is_none());
        there.map(|(_, section)| section.id).collect()
    }

    fn destination(&self, order: &Order, choices: &Choices, id: Uuid) -> Option<SectionId> {
        match choices.get(&id) {
            Some(Some(chosen)) if self.destinations(order).contains(chosen) => Some(*chosen),
            _ => order.successors().first().copied(),
        }
    }

    fn move_below(&self, order: &Order, choices: &Choices, changes: &mut Changes) -> Result<(), Fault> {
        for section in self.below(order) {
            let Some(chosen) = self.destination(order, choices, section.id.0) else { continue };
            let parent = if chosen == section.id { self.nearest_above(order, section) } else { Some(chosen) };
            self.put(section.id, parent, order.on, changes)?;
        }
        Ok(())
    }

    /// A section that takes in the one above it comes to where that one stood.
    fn nearest_above(&self, order: &Order, section: &Section) -> Option<SectionId> {
        let mut above = section.parent_on(order.on);
        for _ in &self.sections {
            match above.and_then(|id| self.section(id)) {
                Some(parent) if order.ends(parent.id) => above = parent.parent_on(order.on),
                _ => break,
            }
        }
        above
    }

    fn put(&self, id: SectionId, parent: Option<SectionId>, on: Date, changes: &mut Changes) -> Result<(), Fault> {
        if self.section(id).is_some_and(|section| section.places.iter().skip(1).any(|place| place.from == on)) {
            return Err(Fault::MovedThatDay { section: self.name(id).to_owned(), on });
        }
        changes.moved.push(Moved { section: id, parent });
        Ok(())
    }

    fn hand_over(&self, order: &Order, choices: &Choices, changes: &mut Changes, new_id: &mut dyn FnMut() -> Uuid) -> Result<(), Fault> {
        let mut together: BTreeMap<(Subject, SectionId), Vec<&Tenure>> = BTreeMap::new();
        for tenure in self.held(order) {
            match self.destination(order, choices, tenure.id) {
                None if tenure.span.from < order.on => retime(changes, tenure, tenure.section, Some(order.day_before())),
                None => return Err(Fault::NowhereToGo { section: self.name(tenure.section).to_owned() }),
                Some(to) if tenure.span.holds(order.on) => together.entry((tenure.subject.clone(), to)).or_default().push(tenure),
                Some(to) => retime(changes, tenure, to, tenure.span.until),
            }
        }
        for ((subject, to), mut rows) in together {
            rows.extend(self.tenures.iter().filter(|t| t.section == to && t.subject == subject && t.span.holds(order.on)));
            self.join(order, to, rows, changes, new_id)?;
        }
        Ok(())
    }

    /// Rows of one subject that come to lie in one section: one goes on, as long as the longest; the others end.
    fn join(
        &self,
        order: &Order,
        to: SectionId,
        mut rows: Vec<&Tenure>,
        changes: &mut Changes,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<(), Fault> {
        rows.sort_by_key(|tenure| (tenure.rank, tenure.span.from, tenure.id));
        let longest = rows.iter().map(|tenure| tenure.span.until.unwrap_or(Date::MAX)).max();
        let until = longest.filter(|day| *day != Date::MAX);
        // A row that begins on the day cannot end before it: it is the one that stays.
        let stays = rows.iter().find(|tenure| tenure.span.from == order.on).or(rows.first().filter(|tenure| tenure.section == to));
        match stays {
            Some(tenure) => retime(changes, tenure, to, until),
            None => changes.copied.extend(rows.first().map(|of| Copied { id: new_id(), of: of.id, section: to, until })),
        }
        for other in rows.iter().filter(|row| stays.is_none_or(|stays| stays.id != row.id)) {
            if other.span.from >= order.on {
                return Err(self.twice(order, to));
            }
            retime(changes, other, other.section, Some(order.day_before()));
        }
        Ok(())
    }

    fn twice(&self, order: &Order, to: SectionId) -> Fault {
        let new = order.new.iter().find(|new| new.id == to).map(|new| new.name.as_str());
        Fault::Twice { section: new.unwrap_or_else(|| self.name(to)).to_owned(), on: order.on }
    }

    /// Of one subject no two rows begin on one day in one section.
    fn check_once(&self, changes: &Changes) -> Result<(), Fault> {
        let touched = |tenure: &&Tenure| {
            changes.retimed.iter().any(|retimed| retimed.id == tenure.id) || changes.copied.iter().any(|copied| copied.id == tenure.id)
        };
        let clash = self.tenures.iter().filter(touched).find(|one| {
            let same = |other: &&Tenure| (other.section, &other.subject, other.span.from) == (one.section, &one.subject, one.span.from);
            self.tenures.iter().filter(same).count() > 1
        });
        match clash {
            Some(tenure) => Err(Fault::Twice { section: self.name(tenure.section).to_owned(), on: tenure.span.from }),
            None => Ok(()),
        }
    }
}

fn retime(changes: &mut Changes, tenure: &Tenure, section: SectionId, until: Option<Date>) {
    let (was, now) = ((tenure.section, tenure.span.until), (section, until));
    if was != now {
        changes.retimed.push(Retimed { id: tenure.id, was, now });
    }
}
