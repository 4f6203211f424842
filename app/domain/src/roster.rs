//! 名簿: who sits in a body, by name or by post, for a term of fiscal years; and who acts at a stage of a route.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    access::{Member, Role, SectionTree, chief_of},
    clock::FiscalYear,
    coded::coded,
    ids::{MemberId, SectionId},
    route::Acts,
};

coded! {
    /// What a seat is in its body.
    SeatRole {
        Chair = "chair", "長";
        Vice = "vice", "副";
        Ordinary = "member", "委員";
    }
}

coded! {
    /// How somebody came to a seat.
    Nomination {
        Section = "section", "各部からの選出";
        Own = "own", "自薦";
        /// Whoever holds the post holds the seat.
        ExOfficio = "ex_officio", "充て職";
    }
}

/// Who holds a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// It stays with the person, wherever that one is transferred to.
    Person(MemberId),
    /// 職名, in a section or in the whole tenant.
    Post { section: Option<SectionId>, post: String },
}

/// A seat for a term: both years included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub role: SeatRole,
    pub held: Held,
    pub nomination: Nomination,
    pub from: FiscalYear,
    /// `None`: until further notice.
    pub until: Option<FiscalYear>,
    /// 代理出席: acts beside the one who holds it.
    pub deputy: Option<MemberId>,
}

/// A body with its seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// Key of the body, as routes name it.
    pub body: String,
    pub seats: Vec<Seat>,
    /// 事務局 of the body: records for it what it decided.
    pub secretariat: Option<SectionId>,
}

impl Seat {
    /// Whether its term holds in a year.
    pub fn holds(&self, year: FiscalYear) -> bool {
        self.from <= year && self.until.is_none_or(|until| year <= until)
    }

    /// Who holds it among those who can sign in today; several where a post is held by several, nobody where it is vacant.
    pub fn holders(&self, members: &[Member]) -> Vec<MemberId> {
        let holds = |member: &&Member| match &self.held {
            Held::Person(id) => member.id == *id,
            Held::Post { section, post } => {
                member.assignments.iter().any(|held| held.post == *post && (section.is_none() || held.section == *section))
            }
        };
        members.iter().filter(holds).map(|member| member.id).collect()
    }
}

impl Roster {
    /// Seats of a year, in their order.
    pub fn seats_of(&self, year: FiscalYear) -> impl Iterator<Item = &Seat> {
        self.seats.iter().filter(move |seat| seat.holds(year))
    }

    /// Seats of a year that nobody holds.
    pub fn vacancies(&self, year: FiscalYear, members: &[Member]) -> usize {
        self.seats_of(year).filter(|seat| seat.holders(members).is_empty()).count()
    }

    /// Everybody who sits in it in a year, deputies included.
    pub fn members(&self, year: FiscalYear, members: &[Member]) -> BTreeSet<MemberId> {
        let here = |id: &MemberId| members.iter().any(|member| member.id == *id);
        self.seats_of(year).flat_map(|seat| seat.holders(members).into_iter().chain(seat.deputy.filter(here))).collect()
    }
}

/// All that says who is who today.
#[derive(Clone, Copy, Debug)]
pub struct Town<'a> {
    /// Those who can sign in today.
    pub members: &'a [Member],
    pub sections: &'a SectionTree,
    pub rosters: &'a [Roster],
    pub year: FiscalYear,
}

/// Those whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub members: BTreeSet<MemberId>,
    /// Nobody is there who should act – a body without members, a proposer who has left: 事務局 acts instead.
    pub instead: bool,
}

/// What a case is to those who act: proposer and co-authors, and the section that proposes it.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    pub authors: &'a [MemberId],
    pub section: Option<SectionId>,
}

impl Town<'_> {
    /// Who acts at a stage. Never nobody, as long as the tenant has a 事務局.
    pub fn turn(&self, acts: &Acts, proposal: Proposal<'_>) -> Turn {
        let own = self.named(acts, proposal);
        match own.is_empty() {
            false => Turn { members: own, instead: false },
            true => Turn { members: self.office(), instead: true },
        }
    }

    /// Whether a member may act at a stage: whose turn it is; for a body its secretariat, too.
    pub fn may(&self, member: MemberId, acts: &Acts, proposal: Proposal<'_>) -> bool {
        self.turn(acts, proposal).members.contains(&member) || self.records_for(member, acts)
    }

    fn named(&self, acts: &Acts, proposal: Proposal<'_>) -> BTreeSet<MemberId> {
        let who = |is: &dyn Fn(&Member) -> bool| self.members.iter().filter(|member| is(member)).map(|member| member.id).collect();
        match acts {
            Acts::Proposer => who(&|member| proposal.authors.contains(&member.id)),
            Acts::Chief => who(&|member| proposal.section.is_some_and(|section| chief_of(member, section, self.sections))),
            Acts::Secretariat => self.office(),
            Acts::Body(key) => self.roster(key).map(|roster| roster.members(self.year, self.members)).unwrap_or_default(),
        }
    }

    fn roster(&self, key: &str) -> Option<&Roster> {
        self.rosters.iter().find(|roster| roster.body == key)
    }

    fn office(&self) -> BTreeSet<MemberId> {
        self.members.iter().filter(|member| member.has(Role::Secretariat)).map(|member| member.id).collect()
    }

    /// 事務局 of a body writes down what the body decided; where the body names none, the tenant's does.
    fn records_for(&self, member: MemberId, acts: &Acts) -> bool {
        let Acts::Body(key) = acts else { return false };
        match self.roster(key).and_then(|roster| roster.secretariat) {
            None => self.office().contains(&member),
            Some(section) => {
                let in_it = |held: &crate::access::Assignment| held.section.is_some_and(|own| self.sections.is_within(own, section));
                let works = |one: &Member| one.id == member && one.assignments.iter().any(|held| held.role != Role::Viewer && in_it(held));
                self.members.iter().any(works)
            }
        }
    }
}
