use super::*;
use uuid::Uuid;

const CITIZENS: SectionId = SectionId(Uuid::from_u128(1));
const COUNTER: SectionId = SectionId(Uuid::from_u128(2));
const INDUSTRY: SectionId = SectionId(Uuid::from_u128(3));
const ME: MemberId = MemberId(Uuid::from_u128(9));
const OTHER: MemberId = MemberId(Uuid::from_u128(8));

fn actor(role: Role, section: SectionId) -> Actor {
    Actor::Member(Member {
        tenant: TenantId(Uuid::nil()),
        id: ME,
        person: PersonId(Uuid::nil()),
        name: "架空 花子".into(),
        assignments: vec![Assignment { role, section: Some(section), post: String::new() }],
    })
}

/// 市民課 > 窓口係, and 産業課.
fn sections() -> SectionTree {
    SectionTree(vec![(CITIZENS, None), (COUNTER, Some(CITIZENS)), (INDUSTRY, None)])
}

#[test]
fn the_table_of_rights() {
    use Role::{Admin, Approver, Reporter, Secretariat, Viewer};
    let tree = sections();
    let report = Action::Report { responsible: Some(CITIZENS), sections: &tree };
    let decide_other = Action::Decide { responsible: Some(CITIZENS), sections: &tree, reporter: Some(OTHER), own: false };
    let decide_own = Action::Decide { responsible: Some(CITIZENS), sections: &tree, reporter: Some(ME), own: false };
    let allowed_own = Action::Decide { responsible: Some(CITIZENS), sections: &tree, reporter: Some(ME), own: true };
    let confirm_other = Action::Confirm { reporter: Some(OTHER), own: false };
    let confirm_own = Action::Confirm { reporter: Some(ME), own: false };
    let table: &[(&Action, &[Role])] = &[
        (&Action::Read, &[Admin, Secretariat, Approver, Reporter, Viewer]),
        (&report, &[Secretariat, Approver, Reporter]),
        (&decide_other, &[Approver]),
        (&decide_own, &[]),
        (&allowed_own, &[Approver]),
        (&confirm_other, &[Secretariat]),
        (&confirm_own, &[]),
        (&Action::Conduct, &[Secretariat]),
        (&Action::Assign, &[Secretariat]),
        (&Action::Constitute, &[Secretariat]),
        (&Action::Propose, &[Admin, Secretariat, Approver, Reporter]),
        (&Action::OpenCard, &[Admin, Secretariat, Approver, Reporter]),
        (&Action::ActOnCard { may: &BTreeSet::from([ME]) }, Role::ALL),
        (&Action::ActOnCard { may: &BTreeSet::from([OTHER]) }, &[]),
        (&Action::ActOnCase { turn: &BTreeSet::from([ME]) }, Role::ALL),
        (&Action::ActOnCase { turn: &BTreeSet::from([OTHER]) }, &[]),
        (&Action::Meet { may: &BTreeSet::from([ME]) }, Role::ALL),
        (&Action::Meet { may: &BTreeSet::from([OTHER]) }, &[]),
        (&Action::Suggest, Role::ALL),
        (&Action::Triage { by: &BTreeSet::from([ME]) }, Role::ALL),
        (&Action::Triage { by: &BTreeSet::from([OTHER]) }, &[]),
        (&Action::Publish, &[Secretariat]),
        (&Action::Share, &[Secretariat]),
        (&Action::Import, &[Secretariat]),
        (&Action::Edit, &[Secretariat]),
        (&Action::Comment { asked: &[INDUSTRY, CITIZENS], sections: &tree }, &[Admin, Approver, Reporter]),
        (&Action::Comment { asked: &[INDUSTRY], sections: &tree }, &[]),
        (&Action::Organise, &[Admin, Secretariat]),
        (&Action::Staff, &[Admin]),
        (&Action::Audit, &[Admin]),
    ];
    for (action, allowed) in table {
        for role in Role::ALL {
            let granted = decide(&actor(*role, CITIZENS), action).is_ok();
            assert_eq!(granted, allowed.contains(role), "{role:?} {action:?}");
        }
    }
}

#[test]
fn a_section_cannot_report_for_another_section() {
    let tree = sections();
    for role in [Role::Reporter, Role::Approver] {
        let action = Action::Report { responsible: Some(CITIZENS), sections: &tree };
        assert_eq!(decide(&actor(role, INDUSTRY), &action).unwrap_err(), Denied::OtherSection);
        assert!(decide(&actor(role, COUNTER), &action).is_ok(), "a subsection reports for its section");
    }
    let unassigned = Action::Report { responsible: None, sections: &tree };
    assert_eq!(decide(&actor(Role::Reporter, CITIZENS), &unassigned).unwrap_err(), Denied::OtherSection);
}

#[test]
fn a_head_below_the_responsible_section_cannot_approve() {
    let tree = sections();
    let action = Action::Decide { responsible: Some(CITIZENS), sections: &tree, reporter: Some(OTHER), own: false };
    assert_eq!(decide(&actor(Role::Approver, COUNTER), &action).unwrap_err(), Denied::OtherSection);
}

#[test]
fn only_the_line_of_an_asked_section_comments() {
    let tree = sections();
    let asked = [CITIZENS, INDUSTRY];
    let Actor::Member(counter) = actor(Role::Reporter, COUNTER) else { unreachable!() };
    assert_eq!(speaks_for(&counter, &asked, &tree), [CITIZENS], "a subsection speaks for its section");
    assert_eq!(
        decide(&actor(Role::Reporter, COUNTER), &Action::Comment { asked: &[INDUSTRY], sections: &tree }).unwrap_err(),
        Denied::NotAsked
    );
    let Actor::Member(viewer) = actor(Role::Viewer, COUNTER) else { unreachable!() };
    assert_eq!((speaks_for(&viewer, &asked, &tree), asked_in_line(&viewer, &asked, &tree)), (vec![], vec![CITIZENS]));
    let Actor::Member(mut both) = actor(Role::Reporter, CITIZENS) else { unreachable!() };
    both.assignments.push(Assignment { role: Role::Secretariat, section: Some(INDUSTRY), post: String::new() });
    assert!(speaks_for(&both, &asked, &tree).is_empty(), "who asks does not answer");
}

#[test]
fn the_command_line_never_speaks_for_a_section() {
    let tree = sections();
    let actor = Actor::Maintenance(TenantId(Uuid::nil()));
    assert!(decide(&actor, &Action::Import).is_ok());
    assert!(decide(&actor, &Action::Report { responsible: Some(CITIZENS), sections: &tree }).is_err());
    assert!(decide(&actor, &Action::Decide { responsible: None, sections: &tree, reporter: None, own: false }).is_err());
    assert!(decide(&actor, &Action::Comment { asked: &[CITIZENS], sections: &tree }).is_err());
}
