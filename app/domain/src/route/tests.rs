use std::collections::BTreeSet;

use proptest::{prelude::*, strategy::ValueTree};

use super::*;

fn bodies_of(route: &Route) -> BTreeSet<String> {
    route.bodies().into_iter().map(str::to_owned).collect()
}

fn kai() -> Route {
    templates().remove(0).route
}

#[test]
fn every_shipped_route_is_without_flaws_once_its_bodies_are_there() {
    for template in templates() {
        assert_eq!(flaws(&template.route, &bodies_of(&template.route)), Vec::new(), "{}", template.key);
        let named: BTreeSet<&str> = template.bodies.iter().map(|(key, _)| *key).collect();
        assert_eq!(named, template.route.bodies(), "{}", template.key);
    }
}

#[test]
fn a_flaw_names_its_place_and_what_to_do() {
    let broken = |change: &dyn Fn(&mut Route)| {
        let mut route = kai();
        change(&mut route);
        flaws(&route, &bodies_of(&kai()))
    };
    let at = |route: &Route, key: &str| route.stages.iter().position(|stage| stage.key == key).unwrap();
    let lead = |route: &mut Route, key: &str, outcome, to| {
        let stage = at(route, key);
        route.stages[stage].ways.retain(|way| way.outcome != outcome);
        route.stages[stage].ways.push(Way { outcome, to });
    };
    let stage = |key: &str| To::Stage(key.to_owned());
    let says = |flaws: Vec<Flaw>, place: Place, words: &str| {
        assert!(flaws.iter().any(|flaw| flaw.place == place && flaw.sentence.contains(words)), "{words}: {flaws:?}");
    };
    let way = |at, outcome| Place::Stage(at, Part::Way(outcome));
    use Outcome::{Accepted, Adopted, Closed, Rejected, Reported, Returned, Submitted};
    says(broken(&|route| route.stages.clear()), Place::Stages, "段階を一つ以上");
    says(broken(&|route| route.name = " ".into()), Place::Name, "経路の名前");
    says(broken(&|route| route.stages[0].ways.clear()), Place::Stage(0, Part::Ways), "「調査・研究」の次がありません");
    says(broken(&|route| route.stages[1].acts = Acts::Body("nobody".into())), Place::Stage(1, Part::Acts), "会議体がありません");
    says(broken(&|route| route.stages[1].key = "study".into()), Place::Stage(1, Part::Name), "同じ記号");
    says(broken(&|route| route.stages[1].name = "本部 決定".into()), Place::Stage(4, Part::Name), "同じ名前");
    says(broken(&|route| _ = route.stages.remove(4)), way(3, Accepted), "「部会 審議」の「了承」：行き先がありません");
    // The start, and who writes.
    says(broken(&|route| _ = route.stages.remove(0)), Place::Stage(0, Part::Work), "最初の段階は");
    says(broken(&|route| route.stages[0].acts = Acts::Chief), Place::Stage(0, Part::Acts), "起案を担うのは提案者");
    // What an outcome may mean.
    says(broken(&|route| lead(route, "hq", Reported, stage("hq"))), way(4, Reported), "留まる結果は「継続審議」だけ");
    says(broken(&|route| lead(route, "hq", Closed, stage("feedback"))), way(4, Closed), "選べない結果");
    says(broken(&|route| lead(route, "hq", Outcome::Trial, stage("adoption"))), way(4, Outcome::Trial), "トライアルの段階に");
    says(broken(&|route| lead(route, "hq", Adopted, stage("trial"))), way(4, Adopted), "「トライアル」で進めて");
    says(broken(&|route| lead(route, "hq", Adopted, To::End(Ending::Rejected))), way(4, Adopted), "終わり方は「導入」か「完了」");
    says(broken(&|route| lead(route, "hq", Rejected, To::End(Ending::Withdrawn))), way(4, Rejected), "「見送り」か「完了」");
    says(broken(&|route| lead(route, "study", Submitted, To::End(Ending::Closed))), way(0, Submitted), "終わりにはできません");
    says(broken(&|route| lead(route, "proposal", Returned, stage("hq"))), way(1, Returned), "前にある段階");
    says(broken(&|route| lead(route, "trial", Reported, To::End(Ending::Closed))), way(5, Reported), "「報告」で進む段階");
    // What can be given where it is required.
    let require = |route: &mut Route, at: usize, one| _ = route.stages[at].requires.insert(one);
    says(broken(&|route| require(route, 3, Requirement::Result)), Place::Stage(3, Part::Requires), "求められません");
    says(broken(&|route| require(route, 5, Requirement::Opinion)), Place::Stage(5, Part::Requires), "求められません");
    says(broken(&|route| route.stages[4].acts = Acts::Secretariat), Place::Stage(4, Part::Requires), "会議体が担う段階");
}

#[test]
fn every_stage_is_reached_and_ends() {
    let mut lost = kai();
    lost.stages[4].ways.retain(|way| way.outcome != Outcome::Adopted);
    let [flaw] = &flaws(&lost, &bodies_of(&lost))[..] else { panic!() };
    assert_eq!((flaw.place, flaw.sentence.contains("「導入」へ進む道がありません")), (Place::Stage(6, Part::Name), true));
    let mut short = templates().remove(1).route;
    short.stages.truncate(2);
    short.stages[1].ways.retain(|way| way.outcome == Outcome::Returned);
    let found = flaws(&short, &BTreeSet::new());
    assert_eq!(found.iter().map(|flaw| flaw.place).collect::<Vec<_>>(), [0, 1].map(|at| Place::Stage(at, Part::Ways)));
    assert!(found[1].sentence.contains("「課長 承認」から先に、終わりがありません"), "{found:?}");
}

#[test]
fn a_form_gives_back_its_route() {
    for template in templates() {
        let form = form::fill(&template.route);
        assert_eq!(form::parse(&form, &bodies_of(&template.route)), Ok(template.route));
    }
}

#[test]
fn every_fault_of_a_form_is_at_its_field() {
    let mut form = form::fill(&kai());
    for (field, value) in [
        ("name", ""),
        ("stage.1.acts", ""),
        ("stage.1.days", "二十"),
        ("stage.2.work", ""),
        ("stage.3.name", ""),
        ("stage.7.to.closed", ""),
    ] {
        form.set(field, value);
    }
    let errors = form::parse(&form, &bodies_of(&kai())).unwrap_err();
    let fields: Vec<&str> = errors.fields().collect();
    assert_eq!(fields, ["name", "stage.1.acts", "stage.1.days", "stage.2.work", "stage.3.name", "stage.7.ways"]);
    // It can be drawn all the same.
    assert_eq!(form::read(&form).0.stages.len(), 8);
}

#[test]
fn stages_are_put_in_another_order_with_all_that_was_typed() {
    use form::{Move, arranged, read};
    let mut form = form::fill(&kai());
    form.set("stage.1.days", "約20日");
    let names = |form: &crate::form::Form| read(form).0.stages.into_iter().map(|stage| stage.name).collect::<Vec<_>>();
    let down = arranged(&form, Move::Down(1));
    assert_eq!((names(&down)[2].as_str(), down.get("stage.2.days")), ("提案", "約20日"));
    assert_eq!(arranged(&down, Move::Up(2)), form);
    let added = arranged(&form, Move::Add(2));
    assert_eq!((names(&added)[2].as_str(), added.get("stage.2.key"), added.get("stage.3.key")), ("", "s1", "reception"));
    assert_eq!(arranged(&added, Move::Remove(2)), form);
    // What led there leads nowhere, and is not forgotten silently: the form says so when it is saved.
    let without = arranged(&form, Move::Remove(4));
    assert_eq!((without.get("stage.3.to.accepted"), without.get("stage.3.to.rejected")), ("", "stage.feedback"));
    for odd in [Move::Up(0), Move::Down(7), Move::Remove(8), Move::Add(9)] {
        assert_eq!(arranged(&form, odd), form);
    }
    assert_eq!([Move::read("up.3"), Move::read("draw"), Move::read("up.99")], [Some(Move::Up(3)), None, None]);
}

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/coe.md");
const BEGIN: &str = "<!-- who may do what: written by `cargo test -p rashin-domain -- --ignored write_the_guide` -->\n";
const END: &str = "<!-- end -->\n";

/// The guide with its tables as the code has them.
fn guide() -> (String, String) {
    let text = std::fs::read_to_string(GUIDE).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the tables begin");
    let (_, after) = rest.split_once(END).expect("the tables end");
    let new = format!("{before}{BEGIN}\n{}\n{END}{after}", tables(&templates()));
    (text, new)
}

#[test]
fn the_guide_says_who_may_do_what() {
    let (written, code) = guide();
    assert!(
        written == code,
        "docs/coe.md is not what the code says: cargo test -p rashin-domain --features server -- --ignored write_the_guide"
    );
}

#[test]
#[ignore = "writes docs/coe.md"]
fn write_the_guide() {
    std::fs::write(GUIDE, guide().1).unwrap();
}

#[test]
fn a_route_is_kept_as_json() {
    for template in templates() {
        let json = serde_json::to_string(&template.route).unwrap();
        assert_eq!(serde_json::from_str::<Route>(&json).unwrap(), template.route);
    }
}

/// Any route: a way through all stages to an end, and some more arrows, sensible or not.
fn any_route() -> impl Strategy<Value = Route> {
    let extra = (any::<prop::sample::Index>(), prop::option::of(any::<prop::sample::Index>()), 0..3_usize);
    let one = (prop::sample::select(&Work::ALL[1..]), prop::collection::vec(extra, 0..4), any::<bool>());
    prop::collection::vec(one, 1..7).prop_map(|drawn| {
        let key = |at: usize| format!("s{at}");
        let last = drawn.len();
        let on = |at: usize, work: Work| {
            let mut goes_on = work.outcomes().iter().copied().find(|outcome| outcome.goes_on()).unwrap();
            if at < last {
                // A trial is entered from where it can be decided on.
                if drawn[at].0 == Work::Trial && work.outcomes().contains(&Outcome::Trial) {
                    goes_on = Outcome::Trial;
                }
                return Way { outcome: goes_on, to: To::Stage(key(at + 1)) };
            }
            Way { outcome: goes_on, to: To::End(goes_on.endings().last().copied().unwrap_or(Ending::Closed)) }
        };
        let start = Stage {
            key: key(0),
            name: "起案".to_owned(),
            work: Work::Draft,
            acts: Acts::Proposer,
            requires: BTreeSet::new(),
            days: None,
            ways: vec![on(0, Work::Draft)],
        };
        let stage = |at: usize| {
            let (work, extras, requires) = &drawn[at - 1];
            let mut ways = vec![on(at, *work)];
            for (outcome, to, ending) in extras {
                let outcome = *outcome.get(work.outcomes());
                let to = match (outcome, to) {
                    (Outcome::Continued, _) => To::Stage(key(at)),
                    (_, Some(to)) => To::Stage(key(to.index(last + 1))),
                    (_, None) => To::End(Ending::ALL[*ending]),
                };
                if ways.iter().all(|way| way.outcome != outcome) {
                    ways.push(Way { outcome, to });
                }
            }
            let requires = if *requires { work.requirements().iter().copied().collect() } else { BTreeSet::new() };
            Stage {
                key: key(at), name: format!("段階{at}"), work: *work, acts: Acts::Body("hq".to_owned()), requires, days: Some(3), ways
            }
        };
        let stages = [start].into_iter().chain((1..=last).map(stage)).collect();
        Route { name: "任意の経路".to_owned(), note: String::new(), stages }
    })
}

#[test]
fn the_check_lets_many_of_those_routes_through() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let clean = (0..400)
        .map(|_| any_route().new_tree(&mut runner).unwrap().current())
        .filter(|route| flaws(route, &bodies_of(route)).is_empty())
        .count();
    assert!((40..360).contains(&clean), "{clean} of 400: the property below would say little");
}

/// Whether an end is reached from a stage.
fn ends(route: &Route, from: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(key) = open.pop() {
        for way in &route.stage(&key).unwrap().ways {
            match &way.to {
                To::End(_) => return true,
                To::Stage(next) if seen.insert(next.clone()) => open.push(next.clone()),
                To::Stage(_) => {}
            }
        }
    }
    false
}

proptest! {
    /// From every stage of a route without flaws an end is reached, whatever way is cut from it.
    #[test]
    fn what_the_check_lets_through_can_end(cut in any::<prop::sample::Index>(), which in 0..4_usize) {
        let mut route = templates().swap_remove(which).route;
        let ways: Vec<(usize, usize)> =
            route.stages.iter().enumerate().flat_map(|(at, stage)| (0..stage.ways.len()).map(move |way| (at, way))).collect();
        let (at, way) = *cut.get(&ways);
        route.stages[at].ways.remove(way);
        if flaws(&route, &bodies_of(&route)).is_empty() {
            for stage in &route.stages {
                prop_assert!(ends(&route, &stage.key), "{} never ends", stage.name);
            }
        }
    }

    /// On a route that the check lets through every outcome that a stage offers can be recorded, and wherever that brings a
    /// case, an end is still reached; what is required can be given there.
    #[test]
    fn no_case_is_stuck_on_a_route_that_the_check_lets_through(route in any_route(), choices in prop::collection::vec(any::<prop::sample::Index>(), 30)) {
        use crate::{case::{Act, Case, Event, Standing}, ids::MemberId};
        if !flaws(&route, &bodies_of(&route)).is_empty() {
            return Ok(());
        }
        let by = MemberId(uuid::Uuid::from_u128(1));
        let mut today = jiff::civil::Date::constant(2026, 4, 1);
        let mut case = Case::replay(&route, &[Event { on: today, by, act: Act::Opened }]).unwrap();
        for choice in choices {
            today = today.tomorrow().unwrap();
            let Standing::At(at) = case.on(&route, today) else { return Ok(()) };
            prop_assert!(ends(&route, &at.stage), "{} never ends", at.stage);
            let stage = route.stage(&at.stage).unwrap();
            prop_assert!(stage.requires.iter().all(|one| stage.work.requirements().contains(one)));
            let outcome = choice.get(&stage.ways).outcome;
            let until = (outcome == Outcome::Trial).then(|| today.tomorrow().unwrap());
            let act = Act::Decided { stage: at.stage.clone(), outcome, reason: "理由".to_owned(), until, decided_on: None };
            case = case.after(&route, &Event { on: today, by, act }).unwrap();
        }
    }

    /// Whatever is typed and moved, a form is read, and what was drawn from a route gives that route back.
    #[test]
    fn any_route_survives_its_form(route in any_route(), moves in prop::collection::vec((0..4_u8, 0..8_usize), 0..6)) {
        let mut form = form::fill(&route);
        let (read, errors) = form::read(&form);
        prop_assert!(errors.is_empty());
        for (one, other) in read.stages.iter().zip(&route.stages) {
            prop_assert_eq!((&one.key, one.work, &one.acts), (&other.key, other.work, &other.acts));
        }
        for (act, at) in moves {
            let change = [form::Move::Add(at), form::Move::Up(at), form::Move::Down(at), form::Move::Remove(at)][act as usize];
            form = form::arranged(&form, change);
            let (read, _) = form::read(&form);
            let keys: BTreeSet<&str> = read.stages.iter().map(|stage| stage.key.as_str()).collect();
            prop_assert_eq!(keys.len(), read.stages.len(), "keys stay apart");
        }
    }
}
