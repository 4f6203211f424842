//! 案件: a case on its route, as a pure state machine. Events in; where it is, who holds it and what is owed out.
//!
//! Events are append-only and carry their day. What time does by itself – a trial that is over goes back to the body – is
//! no event: [`Case::on`] says where a case is on a day, and replaying the same events says the same.

pub mod bpr;
pub mod content;
mod favour;
pub mod phase;
#[cfg(test)]
mod tests;
pub mod watch;
#[cfg(feature = "server")]
pub mod words;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::business_days_after,
    coded::coded,
    ids::MemberId,
    route::{Acts, Ending, Outcome, Requirement, Route, Stage, To, Way, Work},
};

/// Something that happened to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub on: Date,
    pub by: MemberId,
    pub act: Act,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// The first event, and only that.
    Opened,
    /// What came out of a stage.
    Decided {
        stage: String,
        outcome: Outcome,
        reason: String,
        /// Last day of a trial.
        until: Option<Date>,
        /// The day of the decision, where it is not the day of recording.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decided_on: Option<Date>,
    },
    /// By who proposed it.
    Withdrawn { reason: String },
    /// To a new proposer.
    HandedOver { to: MemberId },
}

coded! {
    /// What is said at a stage, beside what comes out of it.
    Remark {
        Opinion = "opinion", "意見";
        Result = "result", "トライアルの結果";
    }
}

/// Where a case is on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    At(At),
    Ended { ending: Ending, on: Date },
}

/// At a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    pub stage: String,
    pub since: Date,
    /// Last day on which something should come out.
    pub due: Option<Date>,
    /// Last day of the trial, at a stage of that kind.
    pub trial_until: Option<Date>,
    /// A trial went on by itself: its result must be there before it is decided.
    pub owes_result: bool,
}

/// A case after its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub proposer: MemberId,
    /// Day of the newest submission; of a case that was never submitted, the day on which it began.
    pub submitted: Date,
    standing: Standing,
    /// How many events it has seen: what a decision is checked against.
    pub version: u32,
    /// The last outcome that decided about it: 導入, トライアル, 見送り.
    pub decided: Option<Outcome>,
    /// How many events there were before the one that is in favour of it.
    favour: Option<usize>,
}

coded! {
    /// Why an act is not possible.
    Refused {
        /// Somebody was quicker, or time has passed.
        Elsewhere = "elsewhere", "この案件は、もうこの段階にありません。";
        Ended = "ended", "この案件は終わっています。";
        NotOffered = "not_offered", "この段階では選べない結果です。";
        NoReason = "no_reason", "理由を入力してください。";
        NoEndOfTrial = "no_end_of_trial", "トライアルの終わる日を入力してください。";
        EndOfTrialIsPast = "end_of_trial_is_past", "トライアルの終わる日は、今日より後の日にしてください。";
        NeverOpened = "never_opened", "案件の始まりがありません。";
        OpenedTwice = "opened_twice", "案件は始まっています。";
        DecidedLater = "decided_later", "決定日は、今日までの日にしてください。";
        DecidedBefore = "decided_before", "決定日は、案件が提出された日より前にはできません。";
        BeforeTheLast = "before_the_last", "前の出来事より早い日です。";
    }
}

impl Case {
    /// Replays events, oldest first. The reason and the number of the first event that cannot have happened.
    pub fn replay(route: &Route, events: &[Event]) -> Result<Self, (usize, Refused)> {
        let mut events = events.iter().enumerate();
        let (_, first) = events.next().ok_or((0, Refused::NeverOpened))?;
        let mut case = Self::open(route, first).map_err(|refused| (0, refused))?;
        let mut last = first.on;
        for (at, event) in events {
            if event.on < last {
                return Err((at, Refused::BeforeTheLast));
            }
            last = event.on;
            case = case.after(route, event).map_err(|refused| (at, refused))?;
        }
        Ok(case)
    }

    fn open(route: &Route, event: &Event) -> Result<Self, Refused> {
        let (Act::Opened, Some(start)) = (&event.act, route.start()) else { return Err(Refused::NeverOpened) };
        let standing = Standing::At(At::enter(start, event.on, None));
        Ok(Self { proposer: event.by, submitted: event.on, standing, version: 1, decided: None, favour: None })
    }

    /// The case after one more event; who may do it is not asked here.
    pub fn after(&self, route: &Route, event: &Event) -> Result<Self, Refused> {
        let Standing::At(at) = self.on(route, event.on) else { return Err(Refused::Ended) };
        let mut case = Self { standing: Standing::At(at.clone()), favour: self.in_favour(route, event.on), ..self.clone() };
        match &event.act {
            Act::Opened => return Err(Refused::OpenedTwice),
            Act::HandedOver { to } => case.proposer = *to,
            Act::Withdrawn { reason } if reason.trim().is_empty() => return Err(Refused::NoReason),
            Act::Withdrawn { .. } => {
                case.standing = Standing::Ended { ending: Ending::Withdrawn, on: event.on };
                case.favour = None;
            }
            Act::Decided { stage, outcome, reason, until, decided_on } => {
                if *stage != at.stage {
                    return Err(Refused::Elsewhere);
                }
                let stage = route.stage(stage).ok_or(Refused::NotOffered)?;
                let way = stage.way(*outcome).ok_or(Refused::NotOffered)?;
                if outcome.needs_reason() && reason.trim().is_empty() {
                    return Err(Refused::NoReason);
                }
                match (outcome, until) {
                    (Outcome::Trial, None) => return Err(Refused::NoEndOfTrial),
                    (Outcome::Trial, Some(until)) if *until <= event.on => return Err(Refused::EndOfTrialIsPast),
                    _ => {}
                }
                match decided_on {
                    Some(day) if *day > event.on => return Err(Refused::DecidedLater),
                    Some(day) if *day < case.submitted => return Err(Refused::DecidedBefore),
                    _ => {}
                }
                if *outcome == Outcome::Submitted {
                    case.submitted = event.on;
                }
                let until = until.filter(|_| *outcome == Outcome::Trial);
                if matches!(outcome, Outcome::Adopted | Outcome::Trial | Outcome::Rejected) {
                    case.decided = Some(*outcome);
                }
                case.favour = case.favour_after(route, stage, way);
                case.standing = match outcome {
                    // It stays where it is, and has its days anew.
                    Outcome::Continued => Standing::At(At { owes_result: at.owes_result, ..follow_at(route, way, event.on, until)? }),
                    _ => follow(route, way, event.on, until)?,
                };
            }
        }
        case.version += 1;
        Ok(case)
    }

    /// Where it is on a day: a trial that is over has gone on by itself.
    pub fn on(&self, route: &Route, day: Date) -> Standing {
        let next = self.trial_over(route, day).and_then(|(_, way, since)| follow(route, way, since, None).ok());
        match next {
            Some(Standing::At(next)) => Standing::At(At { owes_result: true, ..next }),
            Some(ended) => ended,
            None => self.standing.clone(),
        }
    }
}

fn follow(route: &Route, way: &Way, on: Date, until: Option<Date>) -> Result<Standing, Refused> {
    Ok(match &way.to {
        To::End(ending) => Standing::Ended { ending: *ending, on },
        To::Stage(_) => Standing::At(follow_at(route, way, on, until)?),
    })
}

fn follow_at(route: &Route, way: &Way, on: Date, until: Option<Date>) -> Result<At, Refused> {
    match &way.to {
        To::Stage(key) => route.stage(key).map(|stage| At::enter(stage, on, until)).ok_or(Refused::NotOffered),
        To::End(_) => Err(Refused::NotOffered),
    }
}

impl At {
    fn enter(stage: &Stage, on: Date, until: Option<Date>) -> Self {
        let trial_until = until.filter(|_| stage.work == Work::Trial);
        let due = trial_until.or_else(|| stage.days.map(|days| business_days_after(on, days)));
        Self { stage: stage.key.clone(), since: on, due, trial_until, owes_result: false }
    }

    /// Whether what should have come out has not.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.due.is_some_and(|due| due < today)
    }

    /// What must be there before an outcome; nothing for one that does not go on.
    pub fn required(&self, stage: &Stage, outcome: Outcome) -> BTreeSet<Requirement> {
        if !outcome.goes_on() {
            return BTreeSet::new();
        }
        let result = self.owes_result.then_some(Requirement::Result);
        stage.requires.iter().copied().chain(result).collect()
    }
}

/// Who acts where a case is; nobody where it has ended.
pub fn acts<'a>(route: &'a Route, standing: &Standing) -> Option<&'a Acts> {
    match standing {
        Standing::At(at) => route.stage(&at.stage).map(|stage| &stage.acts),
        Standing::Ended { .. } => None,
    }
}
