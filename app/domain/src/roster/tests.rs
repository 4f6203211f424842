use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    access::Assignment,
    ids::{PersonId, TenantId},
    route::templates,
};

const TOWN: SectionId = SectionId(Uuid::from_u128(100));
const CITIZENS: SectionId = SectionId(Uuid::from_u128(101));
const OFFICE: SectionId = SectionId(Uuid::from_u128(102));

fn id(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

fn member(n: u128, role: Role, section: Option<SectionId>, post: &str) -> Member {
    Member {
        tenant: TenantId(Uuid::from_u128(1)),
        id: id(n),
        person: PersonId(Uuid::from_u128(n)),
        name: format!("架空 {n}"),
        assignments: vec![Assignment { role, section, post: post.to_owned() }],
    }
}

fn sections() -> SectionTree {
    SectionTree(vec![(TOWN, None), (CITIZENS, Some(TOWN)), (OFFICE, Some(TOWN))])
}

/// A reporter, the chief of the citizens' section, the office, a mayor.
fn people() -> Vec<Member> {
    vec![
        member(1, Role::Reporter, Some(CITIZENS), "主任"),
        member(2, Role::Approver, Some(CITIZENS), "課長"),
        member(3, Role::Secretariat, Some(OFFICE), "係長"),
        member(4, Role::Viewer, None, "市長"),
    ]
}

fn seat(held: Held, from: i16, until: Option<i16>) -> Seat {
    let (from, until) = (FiscalYear(from), until.map(FiscalYear));
    Seat { role: SeatRole::Ordinary, held, nomination: Nomination::Section, from, until, deputy: None }
}

fn roster(seats: Vec<Seat>) -> Roster {
    Roster { body: "hq".to_owned(), seats, secretariat: None }
}

fn ids(numbers: &[u128]) -> BTreeSet<MemberId> {
    numbers.iter().map(|n| id(*n)).collect()
}

const PROPOSAL: Proposal<'static> = Proposal { authors: &[MemberId(Uuid::from_u128(1))], section: Some(CITIZENS) };

#[test]
fn a_seat_by_post_follows_the_post_and_one_by_name_the_person() {
    let by_post = seat(Held::Post { section: None, post: "市長".into() }, 2025, None);
    let by_name = seat(Held::Person(id(1)), 2025, Some(2026));
    assert_eq!((by_post.holders(&people()), by_name.holders(&people())), (vec![id(4)], vec![id(1)]));
    // Everybody is transferred: the mayor's successor sits, the person stays.
    let mut later = people();
    later[3].assignments[0].post = "前市長".into();
    later.push(member(5, Role::Viewer, None, "市長"));
    later[0].assignments[0].section = Some(OFFICE);
    assert_eq!((by_post.holders(&later), by_name.holders(&later)), (vec![id(5)], vec![id(1)]));
    // A term ends with its last year.
    assert!(by_name.holds(FiscalYear(2026)) && !by_name.holds(FiscalYear(2027)) && !by_name.holds(FiscalYear(2024)));
    let body = roster(vec![by_post, by_name]);
    assert_eq!(body.members(FiscalYear(2026), &later), ids(&[1, 5]));
    assert_eq!(body.members(FiscalYear(2027), &later), ids(&[5]));
    // Who has left leaves a vacancy.
    later.remove(0);
    assert_eq!(body.vacancies(FiscalYear(2026), &later), 1);
}

#[test]
fn a_deputy_acts_beside_who_holds_the_seat() {
    let held = Seat { deputy: Some(id(2)), ..seat(Held::Person(id(1)), 2026, None) };
    assert_eq!(roster(vec![held.clone()]).members(FiscalYear(2026), &people()), ids(&[1, 2]));
    let gone = Seat { deputy: Some(id(99)), ..held };
    assert_eq!(roster(vec![gone]).members(FiscalYear(2026), &people()), ids(&[1]));
}

#[test]
fn where_nobody_is_there_the_office_acts() {
    let (members, sections, rosters) = (people(), sections(), [roster(Vec::new())]);
    let town = Town { members: &members, sections: &sections, rosters: &rosters, year: FiscalYear(2026) };
    let hq = Acts::Body("hq".into());
    assert_eq!(town.turn(&hq, PROPOSAL), Turn { members: ids(&[3]), instead: true });
    assert_eq!(town.turn(&Acts::Body("nowhere".into()), PROPOSAL), Turn { members: ids(&[3]), instead: true });
    assert_eq!(town.turn(&Acts::Chief, PROPOSAL), Turn { members: ids(&[2]), instead: false });
    assert_eq!(town.turn(&Acts::Proposer, PROPOSAL), Turn { members: ids(&[1]), instead: false });
    let left = Proposal { authors: &[MemberId(Uuid::from_u128(77))], section: None };
    assert_eq!(town.turn(&Acts::Proposer, left), Turn { members: ids(&[3]), instead: true });
    assert_eq!(town.turn(&Acts::Chief, left), Turn { members: ids(&[3]), instead: true });
}

#[test]
fn only_its_members_and_its_secretariat_speak_for_a_body() {
    let (members, sections) = (people(), sections());
    let mut body = roster(vec![seat(Held::Person(id(4)), 2026, None)]);
    let hq = Acts::Body("hq".into());
    let may = |body: &Roster, n| {
        let rosters = [body.clone()];
        Town { members: &members, sections: &sections, rosters: &rosters, year: FiscalYear(2026) }.may(id(n), &hq, PROPOSAL)
    };
    // Without a secretariat of its own, the tenant's records.
    assert_eq!([1, 2, 3, 4].map(|n| may(&body, n)), [false, false, true, true]);
    body.secretariat = Some(CITIZENS);
    assert_eq!([1, 2, 3, 4].map(|n| may(&body, n)), [true, true, false, true]);
}

proptest! {
    /// Whatever the rosters are, somebody can act at every stage of every shipped route as long as there is a 事務局.
    #[test]
    fn somebody_can_always_act(seats in prop::collection::vec((0..6_u128, 2020..2030_i16, prop::option::of(2020..2030_i16)), 0..6), year in 2020..2030_i16) {
        let (members, sections) = (people(), sections());
        let seats: Vec<Seat> = seats.into_iter().map(|(who, from, until)| seat(Held::Person(id(who)), from, until)).collect();
        for template in templates() {
            let rosters: Vec<Roster> =
                template.bodies.iter().map(|(key, _)| Roster { body: (*key).to_owned(), ..roster(seats.clone()) }).collect();
            let town = Town { members: &members, sections: &sections, rosters: &rosters, year: FiscalYear(year) };
            for stage in &template.route.stages {
                let turn = town.turn(&stage.acts, PROPOSAL);
                prop_assert!(!turn.members.is_empty());
                prop_assert!(turn.members.iter().all(|member| town.may(*member, &stage.acts, PROPOSAL)));
            }
        }
    }
}
