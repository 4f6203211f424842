use std::collections::BTreeMap;

use jiff::ToSpan;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    access::{Assignment, Member, Role, SectionTree},
    clock::FiscalYear,
    ids::{PersonId, TenantId},
    roster::{Held, Nomination, Roster, Seat, SeatRole},
    route::templates,
};

const fn id(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

const ME: MemberId = id(1);
const AUTHORS: [MemberId; 2] = [ME, id(2)];
const OFFICE: MemberId = id(3);
const SECTIONS: [MemberId; 1] = [id(4)];

fn day(month: i8, day: i8) -> Date {
    Date::constant(2026, month, day)
}

fn member(id: MemberId, role: Role) -> Member {
    let assignments = vec![Assignment { role, section: None, post: String::new() }];
    Member { tenant: TenantId(Uuid::nil()), id, person: PersonId(id.0), name: String::new(), assignments }
}

/// Two authors, the office, and one who sits in 部会; 本部 is empty.
struct Hall {
    members: Vec<Member>,
    sections: SectionTree,
    rosters: Vec<Roster>,
}

impl Hall {
    fn new() -> Self {
        let seat = Seat {
            role: SeatRole::Ordinary,
            held: Held::Person(SECTIONS[0]),
            nomination: Nomination::Section,
            from: FiscalYear(2020),
            until: None,
            deputy: None,
        };
        let of = |body: &str, seats| Roster { body: body.to_owned(), seats, secretariat: None };
        let rosters = vec![of("coe", vec![seat.clone()]), of("section-meeting", vec![seat]), of("hq", Vec::new())];
        let members = vec![
            member(AUTHORS[0], Role::Reporter),
            member(AUTHORS[1], Role::Reporter),
            member(OFFICE, Role::Secretariat),
            member(SECTIONS[0], Role::Approver),
        ];
        Self { members, sections: SectionTree(Vec::new()), rosters }
    }

    fn town(&self) -> Town<'_> {
        Town { members: &self.members, sections: &self.sections, rosters: &self.rosters, year: FiscalYear(2026) }
    }
}

fn kai() -> Route {
    templates().remove(0).route
}

fn opened() -> Event {
    Event { on: day(4, 1), by: ME, act: Act::Opened }
}

fn decided(on: Date, by: MemberId, stage: &str, outcome: Outcome) -> Event {
    let until = (outcome == Outcome::Trial).then(|| on.checked_add(30.days()).unwrap());
    Event { on, by, act: Act::Decided { stage: stage.to_owned(), outcome, reason: "理由".to_owned(), until, decided_on: None } }
}

/// What is told on a day: (key, to how many, what).
fn told(events: &[Event], today: Date) -> BTreeMap<String, Telling> {
    let (route, hall) = (kai(), Hall::new());
    let case = Case::replay(&route, events).unwrap();
    let watched = Watched { route: &route, case: &case, events, proposal: Proposal { authors: &AUTHORS, section: None } };
    watched.due(&hall.town(), today).into_iter().map(|telling| (telling.key.clone(), telling)).collect()
}

fn happened(events: &[Event]) -> Option<Telling> {
    let route = kai();
    let case = Case::replay(&route, events).unwrap();
    Watched { route: &route, case: &case, events, proposal: Proposal { authors: &AUTHORS, section: None } }.happened()
}

fn ids(members: &[MemberId]) -> BTreeSet<MemberId> {
    members.iter().copied().collect()
}

#[test]
fn whose_turn_it_is_learns_it_when_it_comes_near_its_end_and_after_it() {
    let events = [opened(), decided(day(4, 10), ME, "study", Outcome::Submitted)];
    assert!(told(&events[..1], day(6, 1)).is_empty(), "a draft is nobody's news and has no last day");
    let new = told(&events, day(4, 10));
    assert_eq!(
        new["1/proposal/turn"],
        Telling { notice: Notice::Turn { instead: false }, to: ids(&SECTIONS), key: "1/proposal/turn".into() }
    );
    assert_eq!(new.len(), 1);
    // 20 business days after Friday, 10 April 2026, with the holidays of May.
    let route = kai();
    let Standing::At(at) = Case::replay(&route, &events).unwrap().on(&route, day(4, 10)) else { panic!() };
    let due = at.due.unwrap();
    assert_eq!(due, day(5, 14));
    assert!(!told(&events, day(5, 11)).contains_key("1/proposal/due"), "three business days before");
    assert!(told(&events, day(5, 12)).contains_key("1/proposal/due"));
    assert!(!told(&events, due).contains_key("1/proposal/overdue"));
    assert!(told(&events, day(5, 15)).contains_key("1/proposal/overdue") && !told(&events, day(5, 15)).contains_key("1/proposal/due"));
}

#[test]
fn a_body_without_members_leaves_it_to_the_office_which_is_told_so() {
    let events = [
        opened(),
        decided(day(4, 10), ME, "study", Outcome::Submitted),
        decided(day(4, 13), id(4), "proposal", Outcome::Accepted),
        decided(day(4, 14), OFFICE, "reception", Outcome::Accepted),
        decided(day(4, 15), id(4), "section-meeting", Outcome::Accepted),
    ];
    let hq = told(&events, day(4, 15));
    assert_eq!((&hq["4/hq/turn"].notice, &hq["4/hq/turn"].to), (&Notice::Turn { instead: true }, &ids(&[OFFICE])));
    // A trial that is over: whoever decides, and whoever owes the result.
    let trial = [&events[..], &[decided(day(4, 16), OFFICE, "hq", Outcome::Trial)]].concat();
    assert!(told(&trial, day(4, 20)).is_empty(), "the authors were told what was decided");
    let back = told(&trial, day(5, 17));
    assert_eq!(back["5/hq/back"].to, ids(&[OFFICE]));
    assert_eq!(back["5/hq/result-owed"].to, ids(&AUTHORS));
}

#[test]
fn those_who_write_it_learn_what_was_decided_but_not_from_themselves() {
    let events =
        [opened(), decided(day(4, 10), ME, "study", Outcome::Submitted), decided(day(4, 13), id(4), "proposal", Outcome::Returned)];
    assert_eq!(happened(&events[..1]), None);
    assert_eq!(happened(&events[..2]), None);
    let returned = happened(&events).unwrap();
    assert_eq!((returned.key.as_str(), returned.to), ("event/3", ids(&AUTHORS)));
    let gone = Event { on: day(4, 14), by: ME, act: Act::Withdrawn { reason: "重なる案がある".into() } };
    assert_eq!(happened(&[&events[..], &[gone]].concat()).unwrap().to, ids(&[AUTHORS[1]]));
    let given = Event { on: day(4, 14), by: OFFICE, act: Act::HandedOver { to: id(4) } };
    assert_eq!(happened(&[&events[..], &[given]].concat()).unwrap().to, ids(&[id(4)]));
}

#[test]
fn a_delay_as_long_as_the_time_itself_goes_up_to_the_body_above() {
    let (route, bodies) = (kai(), [("coe", Some("section-meeting")), ("section-meeting", Some("hq")), ("hq", None)]);
    let bodies = bodies.map(|(key, parent)| (key.to_owned(), parent.map(str::to_owned)));
    let above = |acts: &Acts| above(&route, acts, &bodies);
    let body = |key: &str| Acts::Body(key.to_owned());
    assert_eq!([above(&body("coe")), above(&body("section-meeting")), above(&body("hq"))], [Some("section-meeting"), Some("hq"), None]);
    assert_eq!([above(&Acts::Secretariat), above(&Acts::Chief), above(&body("gone"))], [Some("hq"), None, None]);
    let events =
        [opened(), decided(day(4, 13), ME, "study", Outcome::Submitted), decided(day(4, 13), id(4), "proposal", Outcome::Accepted)];
    let Standing::At(at) = Case::replay(&route, &events).unwrap().on(&route, day(4, 13)) else { panic!() };
    let reception = route.stage("reception").unwrap();
    // Five business days: due on Monday the 20th, five more until the 27th; the next one is 28 April.
    assert_eq!((at.due, escalates_on(&at, reception)), (Some(day(4, 20)), Some(day(4, 28))));
    assert!(!escalates(&at, reception, day(4, 27)) && escalates(&at, reception, day(4, 28)));
}

proptest! {
    /// However long a case stays at any stage of any shipped route: what it brings is told to somebody, each thing under one key,
    /// it is overdue before it escalates, and it does not stay late without escalating.
    #[test]
    fn nothing_that_is_late_stays_unheard(which in 0..4_usize, stage in any::<prop::sample::Index>(), start in 0..365_i64, wait in 0..120_i64) {
        let (route, hall) = (templates().swap_remove(which).route, Hall::new());
        let stage = stage.get(&route.stages).clone();
        prop_assume!(stage.work != crate::route::Work::Trial);
        let since = day(4, 1).checked_add(start.days()).unwrap();
        // The route as it would be if it began at this stage.
        let mut stages = route.stages.clone();
        let place = stages.iter().position(|one| one.key == stage.key).unwrap();
        stages.swap(0, place);
        let route = Route { stages, ..route };
        let events = [Event { on: since, by: ME, act: Act::Opened }];
        let case = Case::replay(&route, &events).unwrap();
        let watched = Watched { route: &route, case: &case, events: &events, proposal: Proposal { authors: &AUTHORS, section: None } };
        let today = since.checked_add(wait.days()).unwrap();
        let told = watched.due(&hall.town(), today);
        let keys: BTreeSet<&str> = told.iter().map(|telling| telling.key.as_str()).collect();
        prop_assert_eq!(keys.len(), told.len());
        prop_assert!(told.iter().all(|telling| !telling.to.is_empty()));
        let Standing::At(at) = case.on(&route, today) else { panic!("it has not ended") };
        let late = at.due.map_or(0, |due| business_days_between(due, today));
        let allowed = usize::from(stage.days.unwrap_or(u8::MAX));
        prop_assert_eq!(escalates(&at, &stage, today) , at.due.is_some() && (late > allowed));
        if escalates(&at, &stage, today) {
            prop_assert!(at.is_overdue(today));
        }
        if let Some(day) = escalates_on(&at, &stage) {
            prop_assert!(!is_closed(day));
        }
    }
}
