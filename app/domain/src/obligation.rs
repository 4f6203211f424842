//! わたしの更新: what is owed in the rounds of a day, and by whom.

mod coverage;
#[cfg(test)]
pub(crate) mod tests;

pub use coverage::{Coverage, Reporting, Stale, coverage, reporting, stale};

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    access::{Member, SectionTree, works_for},
    coded::coded,
    ids::{KpiId, MemberId, PlanId, SectionId},
    organisation::Span,
    round::{Asked, Rhythm, Round, RoundState},
    value::{Unknown, Value},
};

/// What is reported on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Item {
    Kpi(KpiId),
    /// (plan, key of the node)
    Initiative(PlanId, String),
}

impl Item {
    /// As tables have it: id of the KPI, or plan and key of the node.
    pub fn columns(&self) -> (Option<Uuid>, Option<Uuid>, Option<&str>) {
        match self {
            Item::Kpi(id) => (Some(id.0), None, None),
            Item::Initiative(plan, key) => (None, Some(plan.0), Some(key)),
        }
    }

    /// Reads those columns back; `None` of a row that names nothing.
    pub fn from_columns(kpi: Option<Uuid>, plan: Option<Uuid>, node: Option<String>) -> Option<Self> {
        match (kpi, plan, node) {
            (Some(kpi), ..) => Some(Item::Kpi(KpiId(kpi))),
            (None, Some(plan), Some(key)) => Some(Item::Initiative(PlanId(plan), key)),
            _ => None,
        }
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(id) = text.strip_prefix("kpi.") {
            return Some(Item::Kpi(id.parse().ok()?));
        }
        let (plan, key) = text.strip_prefix("initiative.")?.split_once('.')?;
        Some(Item::Initiative(plan.parse().ok()?, key.to_owned()))
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Item::Kpi(id) => write!(f, "kpi.{id}"),
            Item::Initiative(plan, key) => write!(f, "initiative.{plan}.{key}"),
        }
    }
}

/// An item with when it is reported on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub item: Item,
    pub rhythm: Rhythm,
}

/// Who answers for an item, and when: a responsibility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub item: Item,
    pub section: SectionId,
    pub person: Option<MemberId>,
    pub deputy: Option<MemberId>,
    pub span: Span,
}

/// How far a report has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Draft,
    /// Waits for an approval.
    Submitted,
    Returned,
    Approved,
    /// まだ集計できない, with a day of the month in which a figure is expected.
    Collecting {
        expected: Date,
    },
    /// 該当なし, not returned.
    NotApplicable,
}

impl Stage {
    /// The stage of a report by its values and what was decided (`None`: nothing yet). One part that is still being
    /// counted keeps the whole open until the latest month; 該当なし must hold of all parts.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a Value>, approved: Option<bool>) -> Self {
        let (mut expected, mut without, mut figures) = (None, 0, 0);
        for value in values {
            match value {
                Value::Unknown { reason: Unknown::Collecting, expected: month } => expected = expected.max(*month),
                Value::Unknown { reason: Unknown::NotApplicable, .. } => without += 1,
                _ => figures += 1,
            }
        }
        match (approved, expected) {
            (Some(false), _) => Stage::Returned,
            (_, Some(expected)) => Stage::Collecting { expected },
            _ if without > 0 && figures == 0 => Stage::NotApplicable,
            (Some(true), None) => Stage::Approved,
            (None, None) => Stage::Submitted,
        }
    }

    /// Whether nothing is left to do for the one who reports.
    fn is_done(self, today: Date) -> bool {
        match self {
            Stage::Submitted | Stage::Approved | Stage::NotApplicable => true,
            Stage::Collecting { expected } => today <= expected.last_of_month(),
            Stage::Draft | Stage::Returned => false,
        }
    }

    /// Whether a figure, or that there is none, has been said.
    pub fn is_reported(self) -> bool {
        match self {
            Stage::Submitted | Stage::Approved | Stage::NotApplicable => true,
            Stage::Draft | Stage::Returned | Stage::Collecting { .. } => false,
        }
    }
}

/// A report, or a draft of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    pub item: Item,
    pub asked: Asked,
    /// 1 for the first report of the period.
    pub revision: i32,
    pub stage: Stage,
    pub by: Option<MemberId>,
    /// Day on which it came to this stage.
    pub on: Date,
}

/// Reports and drafts by item, those of an item in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reports(BTreeMap<Item, Vec<Filed>>);

impl Reports {
    pub fn of(&self, item: &Item) -> &[Filed] {
        self.0.get(item).map_or(&[], Vec::as_slice)
    }

    pub fn push(&mut self, filed: Filed) {
        self.0.entry(filed.item.clone()).or_default().push(filed);
    }

    pub fn iter(&self) -> impl Iterator<Item = &Filed> {
        self.0.values().flatten()
    }

    /// How far what a round asks has come. A more settled figure of the period answers, too; a draft beside a report does
    /// not undo the report.
    pub fn stage(&self, item: &Item, asked: Asked) -> Option<Stage> {
        let of_period = || self.of(item).iter().rev().filter(|filed| filed.asked.period == asked.period);
        let more_settled = of_period().filter(|filed| filed.asked.maturity > asked.maturity).map(|filed| filed.stage);
        if let Some(reported) = more_settled.into_iter().find(|stage| stage.is_reported()) {
            return Some(reported);
        }
        let same = || of_period().filter(|filed| filed.asked.maturity == asked.maturity).map(|filed| filed.stage);
        same().find(|stage| *stage != Stage::Draft).or_else(|| same().next())
    }
}

impl FromIterator<Filed> for Reports {
    fn from_iter<T: IntoIterator<Item = Filed>>(filed: T) -> Self {
        let mut reports = Self::default();
        filed.into_iter().for_each(|filed| reports.push(filed));
        reports
    }
}

/// All that is known on a day. Entries are in the order of the plan.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    pub rounds: &'a [Round],
    pub entries: &'a [Entry],
    pub charges: &'a [Charge],
    pub reports: &'a Reports,
    /// Those who can sign in today.
    pub members: &'a [Member],
    pub sections: &'a SectionTree,
    pub today: Date,
}

coded! {
    /// Why something is owed by somebody.
    Footing {
        Owner = "owner", "担当者";
        Deputy = "deputy", "代理";
        /// Nobody of the section is named, or who was named is gone.
        Section = "section", "課の担当";
    }
}

/// A figure that is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task<'a> {
    pub item: &'a Item,
    pub round: &'a Round,
    pub asked: Asked,
    /// What there is: nothing, a draft, a returned report, or one whose expected month has passed.
    pub stage: Option<Stage>,
    /// The closing day is over.
    pub overdue: bool,
    /// Place of the item in the plan.
    order: usize,
}

impl Task<'_> {
    /// `kpi.{id}@FY2026H1`: its name in forms.
    pub fn key(&self) -> String {
        format!("{}@{}", self.item, self.asked.period)
    }

    pub fn is_returned(&self) -> bool {
        self.stage == Some(Stage::Returned)
    }
}

impl<'a> Desk<'a> {
    /// All that is owed, returned reports first, then what is overdue, then by the plan and by time. A round asks from its
    /// opening until it is locked or the next one of its kind opens; where two ask the same period of an item, only the more settled figure is owed.
    pub fn tasks(&self) -> Vec<Task<'a>> {
        let is_last = |round: &Round| {
            !self.rounds.iter().any(|next| next.kind == round.kind && next.year > round.year && next.opens_on <= self.today)
        };
        let asks = |round: &&Round| match round.state(self.today) {
            RoundState::Open | RoundState::Grace => true,
            RoundState::Closed => is_last(round),
            RoundState::Upcoming | RoundState::Locked => false,
        };
        let mut tasks: BTreeMap<(usize, String), Task> = BTreeMap::new();
        for round in self.rounds.iter().filter(asks) {
            for (order, entry) in self.entries.iter().enumerate() {
                for asked in round.asked(&entry.rhythm) {
                    let key = (order, asked.period.to_string());
                    if tasks.get(&key).is_some_and(|other| other.asked.maturity >= asked.maturity) {
                        continue;
                    }
                    let stage = self.stage(&entry.item, asked);
                    let overdue = round.closes_on < self.today;
                    tasks.insert(key, Task { item: &entry.item, round, asked, stage, overdue, order });
                }
            }
        }
        let open = |task: &Task| !task.stage.is_some_and(|stage| stage.is_done(self.today));
        let mut tasks: Vec<_> = tasks.into_values().filter(open).collect();
        tasks.sort_by_key(|task| (!task.is_returned(), !task.overdue, task.order, task.asked.period.last_day()));
        tasks
    }

    /// What a member owes, in the same order.
    pub fn tasks_of(&self, member: MemberId) -> Vec<(Task<'a>, Footing)> {
        let footing = |task: &Task| self.owers(task.item).into_iter().find(|(id, _)| *id == member).map(|(_, footing)| footing);
        self.tasks().into_iter().filter_map(|task| footing(&task).map(|footing| (task, footing))).collect()
    }

    /// Who owes reports on an item today: of each responsible section the named person and the deputy; where no person
    /// is named, or the one who was is gone, everybody who reports for the section.
    pub fn owers(&self, item: &Item) -> BTreeMap<MemberId, Footing> {
        let mut owers = BTreeMap::new();
        for charge in self.charges_of(item) {
            let here = |named: Option<MemberId>| named.filter(|id| self.members.iter().any(|member| member.id == *id));
            let person = here(charge.person);
            let of_section = self.members.iter().filter(|member| person.is_none() && works_for(member, charge.section, self.sections));
            let named = [(person, Footing::Owner), (here(charge.deputy), Footing::Deputy)];
            let named = named.into_iter().filter_map(|(id, footing)| Some((id?, footing)));
            for (id, footing) in named.chain(of_section.map(|member| (member.id, Footing::Section))) {
                let strongest = owers.entry(id).or_insert(footing);
                *strongest = footing.min(*strongest);
            }
        }
        owers
    }

    /// Items for which no section answers today.
    pub fn unowned(&self) -> impl Iterator<Item = &'a Item> {
        self.entries.iter().map(|entry| &entry.item).filter(|item| self.charges_of(item).next().is_none())
    }

    /// The responsibilities for an item that are in force today.
    pub fn charges_of(&self, item: &Item) -> impl Iterator<Item = &'a Charge> {
        self.charges.iter().filter(move |charge| charge.item == *item && charge.span.holds(self.today))
    }

    /// [`Reports::stage`] of all that is known.
    pub fn stage(&self, item: &Item, asked: Asked) -> Option<Stage> {
        self.reports.stage(item, asked)
    }
}
