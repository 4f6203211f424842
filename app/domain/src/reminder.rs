//! 催促 and notes: who is to be told what on a day.
//!
//! [`due`] is a pure function of what is known and of the keys that were sent. Run twice on a day, or not at all on one, it
//! still says each thing once, and never asks for what is no longer owed.
//! * Before and after the closing day of a round: 催促 on the round's reminder days, to those who owe something in it;
//!   deputies are asked only once it is overdue. Only on business days, and only while the round runs.
//! * A returned or approved report: to the one who reported it; a returned one to those who owe it, if that one is gone.
//! * A responsibility that begins: to the person and the deputy, from its first day on and never before.
//!
//! What could not be sent on its day is made up for within [`CATCH_UP`] business days; later the next one speaks for it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use crate::{
    calendar::{business_days_after, is_closed},
    clock::{date_label, japan_date, japan_hour},
    coded::coded,
    ids::MemberId,
    obligation::{Charge, Desk, Filed, Footing, Item, Stage, Task},
    round::{Asked, Round},
};

/// Business days within which something that was missed is still sent.
pub const CATCH_UP: u8 = 2;

coded! {
    ReminderKind {
        Due = "due", "締切のお知らせ";
        Overdue = "overdue", "期限を過ぎた報告";
        Returned = "returned", "差戻し";
        Approved = "approved", "承認";
        Assigned = "assigned", "担当の割り当て";
    }
}

/// One thing to tell one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder<'a> {
    pub kind: ReminderKind,
    pub to: MemberId,
    /// To be kept when it is sent: what has the same key is the same reminder.
    pub key: String,
    /// Of 催促: the round that is closing.
    pub round: Option<&'a Round>,
    /// What it is about; without a period for a responsibility.
    pub about: Vec<(&'a Item, Option<Asked>)>,
}

impl Reminder<'_> {
    /// Subject of the mail, without names of items.
    pub fn subject(&self) -> String {
        let count = self.about.len();
        match (self.kind, self.round) {
            (ReminderKind::Due, Some(round)) => format!("{}　未報告{count}件（締切{}）", round.label(), date_label(round.closes_on)),
            (ReminderKind::Overdue, Some(round)) => format!("{}　締切を過ぎた未報告{count}件", round.label()),
            (ReminderKind::Due | ReminderKind::Overdue, None) => format!("未報告{count}件"),
            (ReminderKind::Returned, _) => format!("差し戻された報告{count}件"),
            (ReminderKind::Approved, _) => format!("承認された報告{count}件"),
            (ReminderKind::Assigned, _) => format!("新しい担当{count}件"),
        }
    }
}

/// What is to be sent today and is not among the keys that were sent.
pub fn due<'a>(desk: &Desk<'a>, sent: &BTreeSet<String>) -> Vec<Reminder<'a>> {
    let mut reminders = Vec::new();
    if !is_closed(desk.today) {
        let tasks = desk.tasks();
        for round in desk.rounds {
            reminders.extend(of_round(desk, round, &tasks));
        }
    }
    reminders.extend(desk.reports.iter().flat_map(|filed| of_report(desk, filed)));
    reminders.extend(desk.entries.iter().flat_map(|entry| of_charges(desk, &entry.item)));
    reminders.retain(|reminder| !sent.contains(&reminder.key));
    reminders
}

/// 催促 of the newest reminder day that has come.
fn of_round<'a>(desk: &Desk<'a>, round: &'a Round, tasks: &[Task<'a>]) -> Vec<Reminder<'a>> {
    let days = round.reminders.iter().map(|offset| (round.reminder_day(*offset), *offset));
    let come = days.filter(|(day, _)| round.runs_on(*day) && *day <= desk.today).max();
    let Some((_, offset)) = come.filter(|(day, _)| round.runs_on(desk.today) && is_fresh(*day, desk.today)) else { return Vec::new() };
    let kind = if desk.today <= round.closes_on { ReminderKind::Due } else { ReminderKind::Overdue };
    let mut owed: BTreeMap<MemberId, Vec<(&Item, Option<Asked>)>> = BTreeMap::new();
    for task in tasks.iter().filter(|task| task.round == round) {
        let asked = desk.owers(task.item).into_iter().filter(|(_, footing)| *footing != Footing::Deputy || kind == ReminderKind::Overdue);
        for (member, _) in asked {
            owed.entry(member).or_default().push((task.item, Some(task.asked)));
        }
    }
    let reminder = |(to, about)| Reminder { kind, to, key: format!("round/{}/{offset}/{to}", round.key()), round: Some(round), about };
    owed.into_iter().map(reminder).collect()
}

/// A decision on a report, as long as it is the newest word on its period.
fn of_report<'a>(desk: &Desk<'a>, filed: &'a Filed) -> Vec<Reminder<'a>> {
    let kind = match filed.stage {
        Stage::Returned => ReminderKind::Returned,
        Stage::Approved => ReminderKind::Approved,
        Stage::Draft | Stage::Submitted | Stage::Collecting { .. } | Stage::NotApplicable => return Vec::new(),
    };
    let later = |other: &&Filed| other.asked.period == filed.asked.period && other.revision > filed.revision && other.stage != Stage::Draft;
    if !is_fresh(filed.on, desk.today) || desk.reports.of(&filed.item).iter().any(|other| later(&other)) {
        return Vec::new();
    }
    let reporter = filed.by.filter(|by| desk.members.iter().any(|member| member.id == *by));
    let to = match reporter {
        Some(reporter) => vec![reporter],
        None if kind == ReminderKind::Returned => desk.owers(&filed.item).into_keys().collect(),
        None => Vec::new(),
    };
    let key = format!("{}/{}/{}/{}", kind.code(), filed.item, filed.asked.period, filed.revision);
    let about = || vec![(&filed.item, Some(filed.asked))];
    to.into_iter().map(|to| Reminder { kind, to, key: format!("{key}/{to}"), round: None, about: about() }).collect()
}

/// Responsibilities that have just begun.
fn of_charges<'a>(desk: &Desk<'a>, item: &'a Item) -> Vec<Reminder<'a>> {
    let kind = ReminderKind::Assigned;
    let names = |charge: &Charge| [charge.person, charge.deputy];
    let begun = desk.charges_of(item).filter(|charge| is_fresh(charge.span.from, desk.today));
    let named: BTreeSet<_> = begun.flat_map(|charge| names(charge).into_iter().flatten().map(|to| (to, charge.span.from))).collect();
    // Another section under the same person is nothing new to that person.
    let held =
        |to, day| desk.charges.iter().any(|charge| charge.item == *item && charge.span.holds(day) && names(charge).contains(&Some(to)));
    let is_new = |(to, from): &(MemberId, Date)| from.yesterday().is_ok_and(|day| !held(*to, day));
    let new = named.into_iter().filter(|begun| is_new(begun) && desk.members.iter().any(|member| member.id == begun.0));
    let key = |to, from| format!("{}/{item}/{from}/{to}", kind.code());
    new.map(|(to, from)| Reminder { kind, to, key: key(to, from), round: None, about: vec![(item, None)] }).collect()
}

/// Hour in Japan from which the day's reminders go out.
const MORNING: i8 = 8;

/// The day whose reminders go out at a moment: a business day in Japan that has begun at the office.
pub fn morning(now: Timestamp) -> Option<Date> {
    let today = japan_date(now);
    (japan_hour(now) >= MORNING && !is_closed(today)).then_some(today)
}

/// Not longer ago than what is made up for.
fn is_fresh(day: Date, today: Date) -> bool {
    day <= today && today <= business_days_after(day, CATCH_UP)
}
