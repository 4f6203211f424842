//! What is wrong with a route, for the form that edits it.

use std::collections::BTreeSet;

use super::{Outcome, Route, Stage, To, Work};

/// A fault with the key of the stage it is at; `None` of the route as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub stage: Option<String>,
    pub sentence: String,
}

/// Names and keys longer than this do not fit the diagram.
const NAME_LIMIT: usize = 30;
/// More stages than anybody can follow.
const MOST_STAGES: usize = 20;

/// All that is wrong; `bodies`: keys of the tenant's bodies. A route without flaws has one start, no stage that cannot be
/// reached, and from every stage a way to an end.
pub fn flaws(route: &Route, bodies: &BTreeSet<String>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut whole = |sentence: &str| flaws.push(Flaw { stage: None, sentence: sentence.to_owned() });
    if route.name.trim().is_empty() {
        whole("経路の名前を入力してください。");
    }
    if route.stages.is_empty() {
        whole("段階を一つ以上入力してください。");
    }
    if route.stages.len() > MOST_STAGES {
        whole(&format!("段階は{MOST_STAGES}個までにしてください。"));
    }
    let mut seen = BTreeSet::new();
    for stage in &route.stages {
        let mut at = |sentence: String| flaws.push(Flaw { stage: Some(stage.key.clone()), sentence });
        if !seen.insert(stage.key.as_str()) {
            at(format!("「{}」と同じ記号の段階がほかにあります。", stage.name));
        }
        if stage.name.trim().is_empty() {
            at("段階の名前を入力してください。".to_owned());
        }
        if stage.name.chars().count() > NAME_LIMIT {
            at(format!("段階の名前は{NAME_LIMIT}文字までで入力してください。"));
        }
        if let super::Acts::Body(key) = &stage.acts
            && !bodies.contains(key)
        {
            at(format!("「{}」を担う会議体がありません。", stage.name));
        }
        of_ways(route, stage, &mut at);
    }
    if flaws.is_empty() {
        flaws.extend(unconnected(route));
    }
    flaws
}

fn of_ways(route: &Route, stage: &Stage, at: &mut impl FnMut(String)) {
    if stage.ways.is_empty() {
        at(format!("「{}」の次がありません。結果と行き先を決めてください。", stage.name));
    }
    let mut outcomes = BTreeSet::new();
    for way in &stage.ways {
        if !outcomes.insert(way.outcome) {
            at(format!("「{}」に「{}」が二つあります。", stage.name, way.outcome.label()));
        }
        match &way.to {
            To::Stage(key) if route.stage(key).is_none() => {
                at(format!("「{}」の「{}」の行き先がありません。", stage.name, way.outcome.label()));
            }
            To::Stage(key) if (*key == stage.key) != (way.outcome == Outcome::Continued) => {
                at(format!("「{}」に留まる結果は「継続審議」だけにしてください。", stage.name));
            }
            To::End(_) if way.outcome == Outcome::Continued => {
                at(format!("「{}」の「継続審議」は、同じ段階に留めてください。", stage.name));
            }
            To::Stage(key) => {
                let to_trial = route.stage(key).is_some_and(|to| to.work == Work::Trial);
                if to_trial != (way.outcome == Outcome::Trial) {
                    at(format!(
                        "「{}」の「{}」：トライアルの段階へは「トライアル」で、ほかの段階へはほかの結果で進めてください。",
                        stage.name,
                        way.outcome.label()
                    ));
                }
            }
            To::End(_) if way.outcome == Outcome::Trial => {
                at(format!("「{}」の「トライアル」の行き先は、トライアルの段階にしてください。", stage.name));
            }
            To::End(_) => {}
        }
    }
    // It goes on by itself on its last day.
    let returns = stage.way(Outcome::Reported).is_some_and(|way| matches!(way.to, To::Stage(_)));
    if stage.work == Work::Trial && !returns {
        at(format!("「{}」：トライアルが終わったあとに「報告」で進む段階を決めてください。", stage.name));
    }
}

/// Stages that are never reached, and stages from which nothing ends.
fn unconnected(route: &Route) -> Vec<Flaw> {
    let next = |stage: &Stage| {
        let keys = stage.ways.iter().filter_map(|way| match &way.to {
            To::Stage(key) => route.stages.iter().position(|other| other.key == *key),
            To::End(_) => None,
        });
        keys.collect::<Vec<_>>()
    };
    let mut reached = BTreeSet::from([0]);
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        open.extend(next(&route.stages[at]).into_iter().filter(|to| reached.insert(*to)));
    }
    // Backwards from what ends, until nothing more is added.
    let ends = |stage: &Stage| stage.ways.iter().any(|way| matches!(way.to, To::End(_)));
    let mut ending: BTreeSet<usize> = (0..route.stages.len()).filter(|at| ends(&route.stages[*at])).collect();
    loop {
        let more = |at: &usize| !ending.contains(at) && next(&route.stages[*at]).iter().any(|to| ending.contains(to));
        let Some(at) = (0..route.stages.len()).find(more) else { break };
        ending.insert(at);
    }
    let flaw = |(at, stage): (usize, &Stage)| {
        let sentence = match (reached.contains(&at), ending.contains(&at)) {
            (false, _) => format!("「{}」へ進む道がありません。", stage.name),
            (true, false) => format!("「{}」から先に、終わりがありません。", stage.name),
            (true, true) => return None,
        };
        Some(Flaw { stage: Some(stage.key.clone()), sentence })
    };
    route.stages.iter().enumerate().filter_map(flaw).collect()
}
