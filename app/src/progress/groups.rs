//! What is reported on, put together by strategy, section and attribute.

use std::collections::HashMap;

use jiff::civil::Date;
use rashin_domain::{
    ids::SectionId,
    obligation::{Coverage, Entry, Item, Stale, coverage, stale},
    plan::Kpi,
    progress::{Status, judge},
    round::Round,
};
use rashin_store::survey::{Place, Survey};

/// One line of a table: its name and the entries of the survey that belong to it, by index.
pub struct Group {
    /// Names it in addresses: key of the node or attribute, id of the section; empty of the whole plan.
    pub key: String,
    pub name: String,
    pub members: Vec<usize>,
}

/// Stands for the section of what nobody answers for.
pub const NOBODY: &str = "none";

/// Every KPI judged, once.
pub struct Judged(Vec<Status>);

impl Judged {
    pub fn of(survey: &Survey) -> Self {
        Self(survey.kpis.iter().map(|kpi| judge(&survey.head, kpi, survey.today).status).collect())
    }
}

pub fn all(survey: &Survey) -> Group {
    Group { key: String::new(), name: "計画全体".to_owned(), members: (0..survey.entries.len()).collect() }
}

/// By the top of the plan's tree.
pub fn strategies(survey: &Survey) -> Vec<Group> {
    let parents: HashMap<&str, Option<&str>> = survey.nodes.iter().map(|node| (node.key.as_str(), node.parent.as_deref())).collect();
    let top = |key: &str| {
        let mut at = parents.get_key_value(key).map(|(key, _)| *key)?;
        // A tree: each step comes nearer to the top.
        while let Some(parent) = parents.get(at).copied().flatten() {
            at = parent;
        }
        Some(at)
    };
    let tops: Vec<Option<&str>> = survey.places.iter().map(|place| top(place)).collect();
    let group = |node: &Place| Group {
        key: node.key.clone(),
        name: if node.number.is_empty() { node.title.clone() } else { format!("{} {}", node.number, node.title) },
        members: (0..tops.len()).filter(|at| tops[*at] == Some(node.key.as_str())).collect(),
    };
    survey.nodes.iter().filter(|node| node.parent.is_none()).map(group).filter(|group| !group.members.is_empty()).collect()
}

/// By the section that answers today; those that nobody answers for last.
pub fn sections(survey: &Survey) -> Vec<Group> {
    let mut held: HashMap<&Item, Vec<SectionId>> = HashMap::new();
    for charge in survey.charges.iter().filter(|charge| charge.span.holds(survey.today)) {
        held.entry(&charge.item).or_default().push(charge.section);
    }
    let answers = |at: usize, section| held.get(&survey.entries[at].item).is_some_and(|sections| sections.contains(&section));
    let every = 0..survey.entries.len();
    let group = |(id, name): &(SectionId, String)| Group {
        key: id.to_string(),
        name: name.clone(),
        members: every.clone().filter(|at| answers(*at, *id)).collect(),
    };
    let nobody = Group {
        key: NOBODY.to_owned(),
        name: "担当課なし".to_owned(),
        members: every.clone().filter(|at| !held.contains_key(&survey.entries[*at].item)).collect(),
    };
    survey.sections.iter().map(group).chain([nobody]).filter(|group| !group.members.is_empty()).collect()
}

pub fn attributes(survey: &Survey) -> Vec<Group> {
    let tagged: HashMap<&str, &[String]> = survey.nodes.iter().map(|node| (node.key.as_str(), node.attributes.as_slice())).collect();
    let has = |at: usize, key: &String| tagged.get(survey.places[at].as_str()).is_some_and(|own| own.contains(key));
    let group = |(key, name): &(String, String)| Group {
        key: key.clone(),
        name: name.clone(),
        members: (0..survey.places.len()).filter(|at| has(*at, key)).collect(),
    };
    survey.attributes.iter().map(group).filter(|group| !group.members.is_empty()).collect()
}

impl Group {
    /// How many of its entries have answered a round.
    pub fn coverage(&self, survey: &Survey, round: &Round) -> Coverage {
        coverage(&survey.desk(), round, self.members.iter().map(|at| &survey.entries[*at]))
    }

    /// Entries that a round asks and that have not answered.
    pub fn missing<'a>(&'a self, survey: &'a Survey, round: &'a Round) -> impl Iterator<Item = &'a Entry> {
        let desk = survey.desk();
        let open = move |entry: &&Entry| coverage(&desk, round, [*entry]).missing() > 0;
        self.members.iter().map(|at| &survey.entries[*at]).filter(open)
    }

    /// Its KPIs: entries begin with them.
    pub fn kpis<'a>(&'a self, survey: &'a Survey) -> impl Iterator<Item = &'a Kpi> {
        self.members.iter().filter_map(|at| survey.kpis.get(*at))
    }

    /// How many KPIs stand how, in the order of the statuses.
    pub fn tally(&self, judged: &Judged) -> Vec<(Status, usize)> {
        let mut tally = std::collections::BTreeMap::new();
        for status in self.members.iter().filter_map(|at| judged.0.get(*at)) {
            *tally.entry(*status).or_insert(0) += 1;
        }
        tally.into_iter().collect()
    }

    /// The oldest day that a KPI's newest figure speaks of, and how many KPIs have a figure.
    pub fn age(&self, survey: &Survey) -> (Option<Date>, usize) {
        let days: Vec<Date> = self.kpis(survey).filter_map(newest_day).collect();
        (days.iter().min().copied(), days.len())
    }

    /// KPIs whose newest figure is older than the tenant allows.
    pub fn stale<'a>(&'a self, survey: &'a Survey) -> impl Iterator<Item = (&'a Kpi, Stale)> {
        self.kpis(survey).filter_map(|kpi| Some((kpi, stale(newest_day(kpi), survey.settings.stale_months, survey.today)?)))
    }
}

/// The day that a KPI's newest figure speaks of.
pub fn newest_day(kpi: &Kpi) -> Option<Date> {
    kpi.newest().map(|actual| actual.as_of.unwrap_or_else(|| actual.period.last_day()))
}
