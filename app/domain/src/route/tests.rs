use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn bodies_of(route: &Route) -> BTreeSet<String> {
    route.bodies().into_iter().map(str::to_owned).collect()
}

fn kai() -> Route {
    templates().remove(0).route
}

fn sentences(route: &Route) -> Vec<String> {
    flaws(route, &bodies_of(&kai())).into_iter().map(|flaw| flaw.sentence).collect()
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
fn a_flaw_names_its_stage_and_what_to_do() {
    let broken = |change: &dyn Fn(&mut Route)| {
        let mut route = kai();
        change(&mut route);
        sentences(&route).join("\n")
    };
    let at = |route: &mut Route, key: &str| route.stages.iter().position(|stage| stage.key == key).unwrap();
    assert!(broken(&|route| route.stages.clear()).contains("段階を一つ以上"));
    assert!(broken(&|route| route.name = " ".into()).contains("経路の名前"));
    assert!(broken(&|route| route.stages[0].ways.clear()).contains("「調査・研究」の次がありません"));
    assert!(broken(&|route| route.stages[1].acts = Acts::Body("nobody".into())).contains("「提案」を担う会議体がありません"));
    let lost = broken(&|route| {
        let hq = at(route, "hq");
        route.stages[hq].ways.retain(|way| way.outcome != Outcome::Adopted);
    });
    assert_eq!(lost, "「導入」へ進む道がありません。");
    let endless = broken(&|route| {
        let feedback = at(route, "feedback");
        route.stages[feedback].ways = vec![Way { outcome: Outcome::Returned, to: To::Stage("study".into()) }];
    });
    assert!(endless.contains("「フィードバック」から先に、終わりがありません"), "{endless}");
    let dangling = broken(&|route| {
        let hq = at(route, "hq");
        route.stages.remove(hq);
    });
    assert!(dangling.contains("「部会 審議」の「了承」の行き先がありません"), "{dangling}");
    assert!(broken(&|route| route.stages[1].key = "study".into()).contains("同じ記号"));
    let stuck = broken(&|route| {
        let hq = at(route, "hq");
        route.stages[hq].ways.push(Way { outcome: Outcome::Reported, to: To::Stage("hq".into()) });
    });
    assert!(stuck.contains("「本部 決定」に留まる結果は「継続審議」だけ"), "{stuck}");
    let trial = broken(&|route| {
        let trial = at(route, "trial");
        route.stages[trial].ways[0].outcome = Outcome::Closed;
    });
    assert!(trial.contains("トライアルが終わったあと"), "{trial}");
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
                let (mut seen, mut open, mut ended) = (BTreeSet::new(), vec![stage.key.clone()], false);
                while let Some(key) = open.pop() {
                    for way in &route.stage(&key).unwrap().ways {
                        match &way.to {
                            To::End(_) => ended = true,
                            To::Stage(next) if seen.insert(next.clone()) => open.push(next.clone()),
                            To::Stage(_) => {}
                        }
                    }
                }
                prop_assert!(ended, "{} never ends", stage.name);
            }
        }
    }
}
