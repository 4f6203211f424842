//! Which decision lets a case into the plan: what stands now counts, not what once was decided.

use jiff::civil::Date;

use super::{Case, Standing};
use crate::route::{Ending, Outcome, Route, Stage, To, Way, Work};

impl Case {
    /// The event – its place among the case's events – by which the case is decided in favour on a day: 導入, a トライアル
    /// while it runs, or whatever brought it to a stage 導入. `None` before it, after a 差戻し, 見送り or withdrawal, and of
    /// a trial that is over and was not decided about yet.
    pub fn in_favour(&self, route: &Route, day: Date) -> Option<usize> {
        match self.trial_over(route, day) {
            Some((trial, way, _)) => self.favour_after(route, trial, way),
            None => self.favour,
        }
    }

    /// The stage of the trial that has gone on by itself by a day, the way that it took, and the first day after it.
    pub(super) fn trial_over<'a>(&self, route: &'a Route, day: Date) -> Option<(&'a Stage, &'a Way, Date)> {
        let Standing::At(at) = &self.standing else { return None };
        let since = at.trial_until.filter(|until| *until < day)?.tomorrow().ok()?;
        let stage = route.stage(&at.stage)?;
        Some((stage, stage.way(Outcome::Reported)?, since))
    }

    /// What is in favour once the next decision has gone its way.
    pub(super) fn favour_after(&self, route: &Route, stage: &Stage, way: &Way) -> Option<usize> {
        let at = Some(self.version as usize);
        let to_adoption = match &way.to {
            To::Stage(key) => route.stage(key).is_some_and(|next| next.work == Work::Adoption),
            To::End(ending) => *ending == Ending::Adopted,
        };
        match way.outcome {
            Outcome::Returned | Outcome::Rejected => None,
            Outcome::Adopted | Outcome::Trial if stage.work != Work::Adoption => at,
            // Nobody called it 導入 or トライアル: who sent it there decided it.
            _ if to_adoption => self.favour.or(at),
            Outcome::Reported if stage.work == Work::Trial => None,
            Outcome::Submitted
            | Outcome::Accepted
            | Outcome::Amended
            | Outcome::Continued
            | Outcome::Adopted
            | Outcome::Trial
            | Outcome::Reported
            | Outcome::Closed => self.favour,
        }
    }
}
