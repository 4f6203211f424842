//! 催促 by hand: who owes what, who is asked unless 事務局 says otherwise, and what they are told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    clock::date_label,
    form::Form,
    ids::{MemberId, SectionId},
    obligation::{Charge, Desk, Footing, Item, Task},
    round::Round,
};

/// The longest sentence of one's own, in characters.
pub const WORDS_LIMIT: usize = 500;

/// Which part of what is owed is looked at; by default all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only {
    /// What this section and those below it answer for.
    pub section: Option<SectionId>,
    /// Empty: every item.
    pub items: BTreeSet<Item>,
}

impl Only {
    /// Fields `section` and `item.{item}`.
    pub fn of(form: &Form) -> Self {
        let ticked = form.iter().filter(|(_, value)| *value == "on");
        let items = ticked.filter_map(|(name, _)| Item::parse(name.strip_prefix("item.")?)).collect();
        Self { section: form.get("section").parse().ok(), items }
    }

    /// The same fields again: (name, value).
    pub fn fields(&self) -> Vec<(String, String)> {
        let section = self.section.iter().map(|id| ("section".to_owned(), id.to_string()));
        section.chain(self.items.iter().map(|item| (format!("item.{item}"), "on".to_owned()))).collect()
    }

    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

/// What one member can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debt<'a> {
    pub of: MemberId,
    /// For somebody who can be asked as well. Who stands in because nobody else can be asked owes it in the first place.
    pub as_deputy: bool,
    /// Never empty; in the order of [`Desk::tasks`].
    pub tasks: Vec<Task<'a>>,
}

impl Debt<'_> {
    /// Its name in forms.
    pub fn key(&self) -> String {
        format!("{}{}", self.of, if self.as_deputy { ".deputy" } else { "" })
    }

    /// Whether it is asked for unless somebody says otherwise: not twice a day, and no deputy beside the owner.
    pub fn is_meant(&self, urged_on: Option<Date>, today: Date) -> bool {
        !self.as_deputy && urged_on.is_none_or(|day| day < today)
    }
}

/// Who owes what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Debts<'a> {
    /// At most two of a member: one's own, and as a deputy.
    pub people: Vec<Debt<'a>>,
    /// What is owed while there is nobody who could be asked.
    pub nobodys: Vec<Task<'a>>,
}

impl Debts<'_> {
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.nobodys.is_empty()
    }

    /// Those who can be asked.
    pub fn members(&self) -> BTreeSet<MemberId> {
        self.people.iter().map(|debt| debt.of).collect()
    }

    /// How many reports are missing.
    pub fn count(&self) -> usize {
        let owed: BTreeSet<String> = self.people.iter().flat_map(|debt| debt.tasks.iter().map(Task::key)).collect();
        owed.len() + self.nobodys.len()
    }
}

/// What is owed on the desk's day, by those who owe it.
pub fn debts<'a>(desk: &Desk<'a>, only: &Only) -> Debts<'a> {
    let answers = |charge: &&Charge| only.section.is_none_or(|section| desk.sections.is_within(charge.section, section));
    let charges: Vec<Charge> = desk.charges.iter().filter(answers).cloned().collect();
    let narrowed = Desk { charges: &charges, ..*desk };
    let mut people: BTreeMap<(MemberId, bool), Vec<Task<'a>>> = BTreeMap::new();
    let mut nobodys = Vec::new();
    for task in desk.tasks().into_iter().filter(|task| only.items.is_empty() || only.items.contains(task.item)) {
        let owers = narrowed.owers(task.item);
        let is_here = only.section.is_none() || narrowed.charges_of(task.item).next().is_some();
        let stand_in = owers.values().all(|footing| *footing == Footing::Deputy);
        for (member, footing) in &owers {
            people.entry((*member, *footing == Footing::Deputy && !stand_in)).or_default().push(task.clone());
        }
        if owers.is_empty() && is_here {
            nobodys.push(task);
        }
    }
    let debt = |((of, as_deputy), tasks)| Debt { of, as_deputy, tasks };
    Debts { people: people.into_iter().map(debt).collect(), nobodys }
}

/// The rounds that ask for some tasks, in the order of the tasks.
pub fn rounds<'a>(tasks: &[&Task<'a>]) -> Vec<&'a Round> {
    let mut rounds: Vec<&Round> = Vec::new();
    for task in tasks {
        if !rounds.contains(&task.round) {
            rounds.push(task.round);
        }
    }
    rounds
}

/// 「2026(令和8)年度 上半期の報告をお願いします（3件）。締切は2026年11月30日です。」
pub fn request(tasks: &[&Task<'_>]) -> String {
    let what = match rounds(tasks)[..] {
        [round] => round.label(),
        ref many => format!("{}の報告", many.iter().map(|round| round.short()).collect::<Vec<_>>().join("・")),
    };
    let late = tasks.iter().filter(|task| task.overdue).count();
    let next = tasks.iter().filter(|task| !task.overdue).map(|task| task.round.closes_on).min();
    let when = match (late, next) {
        (0, Some(day)) => format!("締切は{}です。", date_label(day)),
        (_, None) => "締切を過ぎています。".to_owned(),
        (late, Some(_)) => format!("うち{late}件は締切を過ぎています。"),
    };
    format!("{what}をお願いします（{}件）。{when}", tasks.len())
}

/// A name for each task; with the period where several of an item are among them.
pub fn names<'a>(tasks: &[&Task<'_>], name: impl Fn(&Item) -> &'a str) -> Vec<String> {
    let several = |item: &Item| tasks.iter().filter(|task| task.item == item).count() > 1;
    let named = |task: &&Task| match several(task.item) {
        true => format!("{}（{}）", name(task.item), task.asked.period.label()),
        false => name(task.item).to_owned(),
    };
    tasks.iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        clock::FiscalYear,
        kpi::{Frequency, Maturity},
        obligation::{
            Stage,
            tests::{CITIZENS, COUNTER, Hall, INDUSTRY, charge, day, entry, filed, item, member},
        },
        round::RoundKind,
    };

    const OPEN: Date = day(2026, 10, 20);
    const CLOSED: Date = day(2026, 12, 1);

    /// (member, as a deputy, numbers of the items)
    fn people(debts: &Debts) -> Vec<(u128, bool, Vec<u128>)> {
        let n = |item: &Item| (1..9).find(|n| *item == self::item(*n)).unwrap();
        debts
            .people
            .iter()
            .map(|debt| (debt.of.0.as_u128(), debt.as_deputy, debt.tasks.iter().map(|task| n(task.item)).collect()))
            .collect()
    }

    #[test]
    fn owners_are_asked_and_deputies_only_on_request() {
        let hall = Hall::new();
        let desk = hall.desk(OPEN);
        let debts = debts(&desk, &Only::default());
        let expected = [
            (1, false, vec![1, 2, 3]),
            (2, false, vec![2, 3]),
            (2, true, vec![1]),
            (3, false, vec![2, 3]),
            (4, false, vec![4]),
            (4, true, vec![3]),
        ];
        assert_eq!(people(&debts), expected);
        let meant: Vec<_> = debts.people.iter().filter(|debt| debt.is_meant(None, OPEN)).map(|debt| debt.of).collect();
        assert_eq!(meant, [1, 2, 3, 4].map(member));
        assert_eq!(debts.nobodys.iter().map(|task| task.item).collect::<Vec<_>>(), [&item(5)]);
    }

    #[test]
    fn nobody_is_meant_twice_a_day() {
        let hall = Hall::new();
        let desk = hall.desk(OPEN);
        let own = &debts(&desk, &Only::default()).people[0];
        assert!(own.is_meant(None, OPEN) && own.is_meant(Some(day(2026, 10, 19)), OPEN) && !own.is_meant(Some(OPEN), OPEN));
    }

    #[test]
    fn a_deputy_without_an_owner_is_asked_in_the_first_place() {
        let mut hall = Hall::new();
        // 産業課's one member is the deputy of what somebody of 産業課 left behind.
        hall.charges = vec![charge(4, INDUSTRY, Some(9), Some(1))];
        hall.members.retain(|other| other.id != member(4));
        let desk = hall.desk(OPEN);
        assert_eq!(people(&debts(&desk, &Only::default())), [(1, false, vec![4])]);
        hall.members.remove(0);
        let desk = hall.desk(OPEN);
        let left = debts(&desk, &Only { section: Some(INDUSTRY), ..Only::default() });
        assert_eq!((left.people.len(), left.nobodys.len()), (0, 1), "who is gone is not asked");
    }

    #[test]
    fn a_section_counts_with_those_below_it_and_for_what_it_answers() {
        let mut hall = Hall::new();
        hall.charges.push(charge(5, COUNTER, None, None));
        // Of two sections that answer for one thing, only the one that is looked at.
        hall.charges.push(charge(4, CITIZENS, Some(1), None));
        let desk = hall.desk(OPEN);
        let of = |section| people(&debts(&desk, &Only { section: Some(section), ..Only::default() }));
        let own = |found: Vec<(u128, bool, Vec<u128>)>| found.into_iter().filter(|(_, deputy, _)| !deputy).collect::<Vec<_>>();
        assert_eq!(own(of(CITIZENS)), [(1, false, vec![1, 2, 3, 4, 5]), (2, false, vec![2, 3, 5]), (3, false, vec![2, 3, 5])]);
        assert_eq!(own(of(COUNTER)), [(1, false, vec![5]), (2, false, vec![5]), (3, false, vec![5])]);
        assert_eq!(of(INDUSTRY), [(4, false, vec![4])]);
    }

    #[test]
    fn what_was_reported_or_not_chosen_is_not_asked_for() {
        let mut hall = Hall::new();
        hall.reports.push(filed(2, "FY2026H1", Maturity::Preliminary, Stage::Submitted));
        let desk = hall.desk(OPEN);
        let only = Only { section: None, items: [item(2), item(4)].into() };
        assert_eq!(people(&debts(&desk, &only)), [(4, false, vec![4])]);
        assert!(debts(&hall.desk(day(2026, 9, 1)), &Only::default()).is_empty(), "no round asks");
    }

    #[test]
    fn the_request_says_what_how_many_and_until_when() {
        let mut hall = Hall::new();
        let said = |hall: &Hall, today| {
            let desk = hall.desk(today);
            let debts = debts(&desk, &Only::default());
            request(&debts.people[0].tasks.iter().collect::<Vec<_>>())
        };
        assert_eq!(said(&hall, OPEN), "2026(令和8)年度 上半期の報告をお願いします（3件）。締切は2026年10月30日です。");
        assert_eq!(said(&hall, CLOSED), "2026(令和8)年度 上半期の報告をお願いします（3件）。締切を過ぎています。");
        let before = Round::defaults(FiscalYear(2025)).into_iter().find(|round| round.kind == RoundKind::Final).unwrap();
        hall.rounds.push(before);
        assert_eq!(said(&hall, OPEN), "2025年度 確定・2026年度 上半期の報告をお願いします（6件）。うち3件は締切を過ぎています。");
    }

    #[test]
    fn several_periods_of_an_item_are_told_apart() {
        let mut hall = Hall::new();
        hall.entries = vec![entry(1, Frequency::Quarter), entry(2, Frequency::Year)];
        let desk = hall.desk(OPEN);
        let debts = debts(&desk, &Only::default());
        let names = names(&debts.people[0].tasks.iter().collect::<Vec<_>>(), |of| if *of == item(1) { "件数" } else { "割合" });
        assert_eq!(names[2], "割合");
        assert!(names[0].starts_with("件数（") && names[0] != names[1], "{names:?}");
    }

    proptest! {
        #[test]
        fn fields_read_back(section in prop::option::of(any::<u128>()), items in prop::collection::btree_set(any::<u128>(), 0..5)) {
            let section = section.map(|n| SectionId(uuid::Uuid::from_u128(n)));
            let only = Only { section, items: items.into_iter().map(item).collect() };
            prop_assert_eq!(Only::of(&Form::from_pairs(only.fields())), only);
        }

        /// Each task is somebody's or nobody's, and a part asks nobody for more than the whole.
        #[test]
        fn nothing_owed_is_lost(chosen in prop::collection::btree_set(1..6_u128, 1..5), day in 1..31_i8) {
            let hall = Hall::new();
            let desk = hall.desk(Date::constant(2026, 10, day));
            let only = Only { section: None, items: chosen.into_iter().map(item).collect() };
            let (all, part) = (debts(&desk, &Only::default()), debts(&desk, &only));
            for task in desk.tasks() {
                let own = all.people.iter().any(|debt| !debt.as_deputy && debt.tasks.contains(&task));
                prop_assert_eq!(own, !all.nobodys.contains(&task));
            }
            for debt in &part.people {
                let whole = all.people.iter().find(|other| other.key() == debt.key()).unwrap();
                prop_assert!(debt.tasks.iter().all(|task| only.items.contains(task.item) && whole.tasks.contains(task)));
            }
        }
    }
}
