//! Who is to be told what about a case, and when a delay is told to more than those whose turn it is.
//!
//! A pure function of the case and of the day: what is told has a key, and what has the same key is told once to each.
//! * Whose turn it is: when the case comes, when its days are almost over ([`SOON`]), on the first business day after.
//! * Who writes it: what was decided about it; that a trial is over.
//! * **Escalation**: a case that has been late for as many business days again as its stage has is told to 事務局 and to the
//!   body above the one that acts, once for each time it comes to a stage. Above 事務局 is the topmost body of the route.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Act, At, Case, Event, Standing};
use crate::{
    calendar::{business_days_after, business_days_between, is_closed, next_business_day},
    ids::MemberId,
    roster::{Proposal, Town},
    route::{Acts, Outcome, Route, Stage},
};

/// Business days before the last day from which it is near.
pub const SOON: usize = 2;

/// A case as it is watched.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    pub route: &'a Route,
    pub case: &'a Case,
    /// Oldest first.
    pub events: &'a [Event],
    pub proposal: Proposal<'a>,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It came to a stage. `instead`: nobody is there who should act.
    Turn {
        instead: bool,
    },
    /// A trial is over and it has come back by itself.
    Back,
    /// To who writes it: the trial is over, and its result is missing.
    ResultOwed,
    /// The last day is near.
    Due,
    /// It has passed.
    Overdue,
    Decided {
        stage: String,
        outcome: Outcome,
        until: Option<Date>,
    },
    Withdrawn,
    /// To its new proposer.
    HandedOver,
}

/// Something to be told to some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    pub notice: Notice,
    pub to: BTreeSet<MemberId>,
    /// Within the case.
    pub key: String,
}

impl Watched<'_> {
    /// Where it is and how it came there; `None` where it has ended.
    fn stay(&self, today: Date) -> Option<(At, &Stage, String)> {
        let Standing::At(at) = self.case.on(self.route, today) else { return None };
        let stage = self.route.stage(&at.stage)?;
        let decided = self.events.iter().filter(|event| matches!(event.act, Act::Decided { .. })).count();
        let key = format!("{decided}/{}", at.stage);
        Some((at, stage, key))
    }

    /// What the days bring: turns, days that are near or over. On closed days nothing but what is new.
    pub fn due(&self, town: &Town<'_>, today: Date) -> Vec<Telling> {
        let Some((at, stage, key)) = self.stay(today) else { return Vec::new() };
        let turn = town.turn(&stage.acts, self.proposal);
        let last = self.events.iter().rev().find_map(|event| match &event.act {
            Act::Decided { outcome, .. } => Some(*outcome),
            Act::Opened | Act::Withdrawn { .. } | Act::HandedOver { .. } => None,
        });
        // A draft is nobody's news; who gets a case back is told why; who has kept it knows it.
        let is_news = match last {
            None | Some(Outcome::Continued) => false,
            Some(_) => stage.acts != Acts::Proposer || turn.instead,
        };
        let mut told = Vec::new();
        let mut tell =
            |notice, to: &BTreeSet<MemberId>, what: &str| told.push(Telling { notice, to: to.clone(), key: format!("{key}/{what}") });
        if at.owes_result {
            tell(Notice::Back, &turn.members, "back");
            let authors = town.turn(&Acts::Proposer, self.proposal).members;
            tell(Notice::ResultOwed, &authors, "result-owed");
        } else if is_news {
            tell(Notice::Turn { instead: turn.instead }, &turn.members, "turn");
        }
        if let Some(due) = at.due.filter(|_| !is_closed(today)) {
            let is_near = today <= due && business_days_between(today, due) <= SOON && at.since < today;
            if is_near {
                tell(Notice::Due, &turn.members, "due");
            }
            if at.is_overdue(today) {
                tell(Notice::Overdue, &turn.members, "overdue");
            }
        }
        told
    }

    /// What the newest event is to those who write it, but for who did it.
    pub fn happened(&self) -> Option<Telling> {
        let event = self.events.last()?;
        let notice = match &event.act {
            Act::Decided { stage, outcome, until, .. } => match outcome {
                Outcome::Returned | Outcome::Adopted | Outcome::Rejected | Outcome::Trial | Outcome::Closed => {
                    Notice::Decided { stage: stage.clone(), outcome: *outcome, until: *until }
                }
                Outcome::Submitted | Outcome::Accepted | Outcome::Amended | Outcome::Continued | Outcome::Reported => return None,
            },
            Act::Withdrawn { .. } => Notice::Withdrawn,
            Act::HandedOver { .. } => Notice::HandedOver,
            Act::Opened => return None,
        };
        let all: BTreeSet<MemberId> = match &event.act {
            Act::HandedOver { to } => BTreeSet::from([*to]),
            _ => self.proposal.authors.iter().copied().collect(),
        };
        let to: BTreeSet<MemberId> = all.into_iter().filter(|id| *id != event.by).collect();
        (!to.is_empty()).then(|| Telling { notice, to, key: format!("event/{}", self.events.len()) })
    }
}

/// The first business day on which a delay is told to more; `None` where nothing is due. A trial comes back by itself.
pub fn escalates_on(at: &At, stage: &Stage) -> Option<Date> {
    let (due, days) = (at.due.filter(|_| at.trial_until.is_none())?, stage.days?);
    Some(next_business_day(business_days_after(due, days).tomorrow().ok()?))
}

/// Whether it is time to tell of a delay.
pub fn escalates(at: &At, stage: &Stage, today: Date) -> bool {
    escalates_on(at, stage).is_some_and(|day| day <= today)
}

/// Key of the body that is told of a delay, beside 事務局. `bodies`: (key, key of the body above).
pub fn above<'a>(route: &'a Route, acts: &Acts, bodies: &'a [(String, Option<String>)]) -> Option<&'a str> {
    let parent = |key: &str| bodies.iter().find(|(own, _)| own == key).map(|(_, parent)| parent.as_deref());
    match acts {
        Acts::Body(key) => parent(key).flatten(),
        Acts::Secretariat => route.stages.iter().rev().find_map(|stage| match &stage.acts {
            Acts::Body(key) if parent(key) == Some(None) => Some(key.as_str()),
            Acts::Body(_) | Acts::Proposer | Acts::Chief | Acts::Secretariat => None,
        }),
        Acts::Proposer | Acts::Chief => None,
    }
}
