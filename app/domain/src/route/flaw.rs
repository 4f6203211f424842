//! What is wrong with a route, for the form that edits it.

use std::collections::BTreeSet;

use super::{Acts, Outcome, Requirement, Route, Stage, To, Way, Work};

/// A fault, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub place: Place,
    pub sentence: String,
}

/// What of a route a flaw is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Name,
    Stages,
    /// Part of the stage at this position, from 0.
    Stage(usize, Part),
}

/// What of a stage a flaw is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Name,
    Work,
    Acts,
    Requires,
    /// Its outcomes together.
    Ways,
    /// Where one outcome leads.
    Way(Outcome),
}

/// Names and keys longer than this do not fit the diagram.
pub const NAME_LIMIT: usize = 30;
/// More stages than anybody can follow.
pub const MOST_STAGES: usize = 20;

/// All that is wrong, in the order of the form; `bodies`: keys of the tenant's bodies. A route without flaws has one start
/// at which the proposer writes, no stage that cannot be reached, from every stage a way to an end, and nothing required
/// that cannot be given.
pub fn flaws(route: &Route, bodies: &BTreeSet<String>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut whole = |place, sentence: String| flaws.push(Flaw { place, sentence });
    if route.name.trim().is_empty() {
        whole(Place::Name, "経路の名前を入力してください。".to_owned());
    }
    if route.stages.is_empty() {
        whole(Place::Stages, "段階を一つ以上入力してください。".to_owned());
    }
    if route.stages.len() > MOST_STAGES {
        whole(Place::Stages, format!("段階は{MOST_STAGES}個までにしてください。"));
    }
    let (mut keys, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (at, stage) in route.stages.iter().enumerate() {
        let mut say = |part, sentence: String| flaws.push(Flaw { place: Place::Stage(at, part), sentence });
        let called = call(route, at);
        if !keys.insert(stage.key.as_str()) {
            say(Part::Name, format!("{called}と同じ記号の段階がほかにあります。"));
        }
        if stage.name.trim().is_empty() {
            say(Part::Name, format!("{}番目の段階の名前を入力してください。", at + 1));
        } else if !names.insert(stage.name.trim()) {
            say(Part::Name, format!("{called}と同じ名前の段階がほかにあります。見分けられる名前にしてください。"));
        }
        if stage.name.chars().count() > NAME_LIMIT {
            say(Part::Name, format!("段階の名前は{NAME_LIMIT}文字までで入力してください。"));
        }
        of_work(stage, at, &called, bodies, &mut say);
        of_ways(route, stage, at, &called, &mut say);
    }
    // Where an arrow is wrong, what it does not reach would only be its echo.
    let is_arrow = |flaw: &Flaw| matches!(flaw.place, Place::Stages | Place::Stage(_, Part::Ways | Part::Way(_)));
    if !flaws.iter().any(is_arrow) {
        flaws.extend(unconnected(route));
    }
    flaws
}

/// 「部会 審議」, or its number where it has no name.
fn call(route: &Route, at: usize) -> String {
    match route.stages[at].name.trim() {
        "" => format!("{}番目の段階", at + 1),
        name => format!("「{name}」"),
    }
}

fn of_work(stage: &Stage, at: usize, called: &str, bodies: &BTreeSet<String>, say: &mut impl FnMut(Part, String)) {
    let is_draft = stage.work == Work::Draft;
    if at == 0 && !is_draft {
        say(Part::Work, format!("最初の段階は、提案者が案件を書く「起案」にしてください（いまは{called}）。"));
    }
    if is_draft && stage.acts != Acts::Proposer {
        say(Part::Acts, format!("{called}：起案を担うのは提案者です。"));
    }
    if let Acts::Body(key) = &stage.acts
        && !bodies.contains(key)
    {
        say(Part::Acts, format!("{called}を担う会議体がありません。"));
    }
    for requirement in stage.requires.iter().filter(|one| !stage.work.requirements().contains(one)) {
        say(Part::Requires, format!("{called}：「{}」の段階で「{}」は求められません。", stage.work.label(), requirement.label()));
    }
    if stage.requires.contains(&Requirement::Meeting) && !matches!(stage.acts, Acts::Body(_)) {
        say(Part::Requires, format!("{called}：「会議」を求められるのは、会議体が担う段階です。"));
    }
}

fn of_ways(route: &Route, stage: &Stage, at: usize, called: &str, say: &mut impl FnMut(Part, String)) {
    if stage.ways.is_empty() {
        say(Part::Ways, format!("{called}の次がありません。結果と行き先を決めてください。"));
    }
    let mut outcomes = BTreeSet::new();
    for way in &stage.ways {
        if !outcomes.insert(way.outcome) {
            say(Part::Way(way.outcome), format!("{called}に「{}」が二つあります。", way.outcome.label()));
        }
        if let Some(why) = misled(route, stage, at, way) {
            say(Part::Way(way.outcome), format!("{called}の「{}」：{why}", way.outcome.label()));
        }
    }
    // It goes on by itself on its last day.
    let returns = stage.way(Outcome::Reported).is_some_and(|way| matches!(way.to, To::Stage(_)));
    if stage.work == Work::Trial && !stage.ways.is_empty() && !returns {
        say(Part::Way(Outcome::Reported), format!("{called}：トライアルが終わったあとに「報告」で進む段階を決めてください。"));
    }
}

/// Why a way cannot lead where it leads.
fn misled(route: &Route, stage: &Stage, at: usize, way: &Way) -> Option<String> {
    let outcome = way.outcome;
    if !stage.work.outcomes().contains(&outcome) {
        return Some(format!("「{}」の段階では選べない結果です。", stage.work.label()));
    }
    let key = match &way.to {
        To::End(ending) => {
            let ends = outcome.endings();
            let words = ends.iter().map(|one| format!("「{}」", one.label())).collect::<Vec<_>>().join("か");
            return match (ends.contains(ending), outcome) {
                (true, _) => None,
                (false, Outcome::Continued) => Some("同じ段階に留めてください。".to_owned()),
                (false, Outcome::Trial) => Some("行き先は、トライアルの段階にしてください。".to_owned()),
                (false, _) if ends.is_empty() => Some("ここで終わりにはできません。段階を選んでください。".to_owned()),
                (false, _) => Some(format!("終わり方は{words}にしてください。")),
            };
        }
        To::Stage(key) => key,
    };
    let Some(to) = route.stages.iter().position(|other| other.key == *key) else {
        return Some("行き先がありません。".to_owned());
    };
    let is_trial = route.stages[to].work == Work::Trial;
    match outcome {
        Outcome::Continued if to == at => None,
        Outcome::Continued => Some("同じ段階に留めてください。".to_owned()),
        _ if to == at => Some("同じ段階に留まる結果は「継続審議」だけです。".to_owned()),
        Outcome::Trial if !is_trial => Some("行き先は、トライアルの段階にしてください。".to_owned()),
        Outcome::Trial => None,
        _ if is_trial => Some("トライアルの段階へは「トライアル」で進めてください。".to_owned()),
        Outcome::Returned if to > at => Some("戻す先は、前にある段階にしてください。".to_owned()),
        _ => None,
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
    let flaw = |at: usize| {
        let called = call(route, at);
        let (part, sentence) = match (reached.contains(&at), ending.contains(&at)) {
            (false, _) => (Part::Name, format!("{called}へ進む道がありません。ほかの段階の行き先に選ぶか、この段階を外してください。")),
            (true, false) => (Part::Ways, format!("{called}から先に、終わりがありません。")),
            (true, true) => return None,
        };
        Some(Flaw { place: Place::Stage(at, part), sentence })
    };
    (0..route.stages.len()).filter_map(flaw).collect()
}
