//! The lines of the grid: KPIs with all that is known of them, as a filter and an order want them.

use std::collections::HashMap;

use jiff::civil::Date;
use rashin_domain::{
    form::Form,
    obligation::{Item, Reporting, Stage},
    plan::Kpi,
    progress::{Judgement, Status, judge},
    round::{Asked, Round},
    text::search::Words,
};
use rashin_store::survey::Survey;

use crate::{
    progress::groups::{Group, newest_day, sections, strategies},
    year,
};

/// One KPI.
pub struct Line<'a> {
    pub kpi: &'a Kpi,
    pub item: &'a Item,
    /// Name of the strategy it belongs to; empty outside of the tree.
    pub strategy: &'a str,
    /// Sections that answer for it today.
    pub sections: Vec<&'a str>,
    pub judgement: Judgement,
    /// How far it has come in the round that the grid looks at.
    pub reporting: Option<Reporting>,
    /// What the rounds that have opened ask, with what was reported.
    pub asked: Vec<(Asked, Option<Stage>)>,
    /// Place in the plan.
    order: usize,
}

/// The whole plan, before any filter.
pub struct Grid<'a> {
    pub survey: &'a Survey,
    /// The round that runs, or ran last.
    pub round: Option<&'a Round>,
    pub strategies: &'a [Group],
    pub sections: &'a [Group],
    pub lines: Vec<Line<'a>>,
}

/// The groups that a grid is made with.
pub struct Groups {
    strategies: Vec<Group>,
    sections: Vec<Group>,
}

impl Groups {
    pub fn of(survey: &Survey) -> Self {
        Self { strategies: strategies(survey), sections: sections(survey) }
    }
}

/// Names of the filter's fields, of the order and of the columns' year.
pub const FIELDS: [&str; 7] = ["q", "strategy", "section", "status", "state", "sort", "year"];
/// Value of `state`: not reported, for whatever reason.
pub const OPEN: &str = "open";

/// The orders beside the plan's own.
pub const ORDERS: [(&str, &str); 4] =
    [("status", "判定（気になる順）"), ("age", "最新の値の古い順"), ("section", "担当課"), ("name", "名前")];

impl<'a> Grid<'a> {
    pub fn of(survey: &'a Survey, groups: &'a Groups) -> Self {
        let round = year::latest(&survey.rounds, survey.today);
        let opened: Vec<&Round> = survey.rounds.iter().filter(|round| round.opens_on <= survey.today).collect();
        let by_entry = |groups: &'a [Group]| {
            let mut names: HashMap<usize, Vec<&'a str>> = HashMap::new();
            for group in groups {
                group.members.iter().for_each(|at| names.entry(*at).or_default().push(group.name.as_str()));
            }
            names
        };
        let mut strategies = by_entry(&groups.strategies);
        let mut sections = by_entry(&groups.sections);
        let line = |(order, kpi): (usize, &'a Kpi)| {
            let entry = &survey.entries[order];
            let stages = |round: &&Round| {
                let asked = round.asked(&entry.rhythm).into_iter();
                asked.map(|asked| (asked, survey.reports.stage(&entry.item, asked))).collect::<Vec<_>>()
            };
            let now: Vec<_> = round.iter().flat_map(stages).map(|(_, stage)| stage).collect();
            Line {
                kpi,
                item: &entry.item,
                strategy: strategies.remove(&order).and_then(|names| names.first().copied()).unwrap_or_default(),
                sections: sections.remove(&order).unwrap_or_default(),
                judgement: judge(&survey.head, kpi, survey.today),
                reporting: Reporting::of(&now),
                asked: opened.iter().flat_map(stages).collect(),
                order,
            }
        };
        // Entries begin with the KPIs, in the same order.
        let lines = survey.kpis.iter().enumerate().map(line).collect();
        Self { survey, round, strategies: &groups.strategies, sections: &groups.sections, lines }
    }

    /// What a filter lets through, in the order it asks for.
    pub fn wanted(&self, wish: &Form) -> Vec<&Line<'a>> {
        let words = Words::new(wish.get("q"));
        let within = |groups: &[Group], field: &str| match wish.get(field) {
            "" => None,
            key => Some(groups.iter().find(|group| group.key == key).map(|group| group.members.clone()).unwrap_or_default()),
        };
        let (strategy, section) = (within(self.strategies, "strategy"), within(self.sections, "section"));
        let status = Status::from_code(wish.get("status"));
        let is_of = |members: &Option<Vec<usize>>, line: &Line| members.as_ref().is_none_or(|members| members.contains(&line.order));
        let is_in_state = |line: &Line| match wish.get("state") {
            "" => true,
            OPEN => line.reporting.is_some_and(|reporting| !reporting.is_reported()),
            code => line.reporting.is_some_and(|reporting| reporting.code() == code),
        };
        let is_called = |line: &Line| {
            let parts = line.kpi.parts.iter().map(|part| part.name.as_str());
            words.are_in(&[line.kpi.name.as_str(), line.kpi.code.as_str()].into_iter().chain(parts).collect::<Vec<_>>())
        };
        let mut lines: Vec<&Line> = (self.lines.iter())
            .filter(|line| is_of(&strategy, line) && is_of(&section, line))
            .filter(|line| status.is_none_or(|status| line.judgement.status == status))
            .filter(|line| is_in_state(line) && is_called(line))
            .collect();
        match wish.get("sort") {
            "status" => lines.sort_by_key(|line| std::cmp::Reverse(line.judgement.status.attention())),
            // Without any figure first.
            "age" => lines.sort_by_key(|line| newest_day(line.kpi).unwrap_or(Date::MIN)),
            "section" => {
                let place = |line: &Line| {
                    let name = line.sections.first()?;
                    self.sections.iter().position(|group| group.name == **name)
                };
                lines.sort_by_key(|line| place(line));
            }
            "name" => lines.sort_by(|one, other| one.kpi.name.cmp(&other.kpi.name)),
            _ => {}
        }
        lines
    }
}
