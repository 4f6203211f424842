//! A route as a form: filled, read as far as it can be read, its stages put in another order.
//!
//! Fields: `name`, `note`; for the stage at a position, from 0, `stage.{at}.` with `key`, `name`, `work`, `acts`
//! (`body.{key}` for a body), `days`, `requires.{code}` and `to.{outcome}` (`stage.{key}`, `end.{code}`). What does not belong
//! to the work of a stage is not read: its fields are hidden where the browser can hide them.

use std::collections::BTreeSet;

use super::{Acts, Ending, Flaw, Outcome, Part, Place, Requirement, Route, Stage, To, Way, Work, flaw::MOST_STAGES};
use crate::{
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    text::{half_width, sentences},
};

/// Longest time at a stage, in business days: most of a year.
const MOST_DAYS: u8 = 240;
/// Longest name of a route, in characters.
const ROUTE_NAME_LIMIT: usize = 60;

/// A change to the order of stages, as a button of the form says it: `add.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// A new stage at this position.
    Add(usize),
    /// Before the one above it.
    Up(usize),
    /// After the one below it.
    Down(usize),
    Remove(usize),
}

impl Move {
    /// `None` for anything else: the form is drawn as it stands.
    pub fn read(text: &str) -> Option<Self> {
        let (act, at) = text.split_once('.')?;
        let at = at.parse().ok().filter(|at| *at <= MOST_STAGES)?;
        match act {
            "add" => Some(Self::Add(at)),
            "up" => Some(Self::Up(at)),
            "down" => Some(Self::Down(at)),
            "remove" => Some(Self::Remove(at)),
            _ => None,
        }
    }
}

/// Name of a field of the stage at a position.
pub fn field(at: usize, name: &str) -> String {
    format!("stage.{at}.{name}")
}

/// The field at which a flaw is shown.
pub fn field_of(place: Place) -> String {
    match place {
        Place::Name => "name".to_owned(),
        Place::Stages => "stages".to_owned(),
        Place::Stage(at, part) => match part {
            Part::Name => field(at, "name"),
            Part::Work => field(at, "work"),
            Part::Acts => field(at, "acts"),
            Part::Requires => field(at, "requires"),
            Part::Ways => field(at, "ways"),
            Part::Way(outcome) => field(at, &format!("to.{}", outcome.code())),
        },
    }
}

/// What a select holds for who acts.
pub fn acts_code(acts: &Acts) -> String {
    match acts {
        Acts::Proposer => "proposer".to_owned(),
        Acts::Chief => "chief".to_owned(),
        Acts::Secretariat => "secretariat".to_owned(),
        Acts::Body(key) => format!("body.{key}"),
    }
}

/// What a select holds for where an outcome leads.
pub fn to_code(to: &To) -> String {
    match to {
        To::Stage(key) => format!("stage.{key}"),
        To::End(ending) => format!("end.{}", ending.code()),
    }
}

fn acts(code: &str) -> Option<Acts> {
    match code {
        "proposer" => Some(Acts::Proposer),
        "chief" => Some(Acts::Chief),
        "secretariat" => Some(Acts::Secretariat),
        _ => code.strip_prefix("body.").map(|key| Acts::Body(key.to_owned())),
    }
}

fn to(code: &str) -> Option<To> {
    match code.split_once('.')? {
        ("stage", key) => Some(To::Stage(key.to_owned())),
        ("end", code) => Ending::from_code(code).map(To::End),
        _ => None,
    }
}

/// The form of a route.
pub fn fill(route: &Route) -> Form {
    let mut form = Form::default();
    form.set("name", route.name.clone());
    form.set("note", route.note.clone());
    for (at, stage) in route.stages.iter().enumerate() {
        form.put(&field(at, ""), &fill_stage(stage));
    }
    form
}

fn fill_stage(stage: &Stage) -> Form {
    let mut form = Form::default();
    form.set("key", stage.key.clone());
    form.set("name", stage.name.clone());
    form.set("work", stage.work.code());
    form.set("acts", acts_code(&stage.acts));
    form.set("days", stage.days.map(|days| days.to_string()).unwrap_or_default());
    stage.requires.iter().for_each(|requirement| form.set(&format!("requires.{}", requirement.code()), "on"));
    stage.ways.iter().for_each(|way| form.set(&format!("to.{}", way.outcome.code()), to_code(&way.to)));
    form
}

/// The route in a form as far as it can be read – enough to draw it –, and what cannot.
pub fn read(form: &Form) -> (Route, FormErrors) {
    let mut errors = FormErrors::default();
    let name = form.text("name", "経路の名前", ROUTE_NAME_LIMIT, &mut errors);
    let note = form.text("note", "説明", NOTE_LIMIT, &mut errors);
    let mut stages: Vec<Stage> = Vec::new();
    for at in 0..count(form) {
        let stage = read_stage(form, at, &stages, &mut errors);
        stages.push(stage);
    }
    (Route { name, note, stages }, errors)
}

/// How many stages a form has. One beyond the limit is read, so that the limit is told.
fn count(form: &Form) -> usize {
    (0..=MOST_STAGES).take_while(|at| form.has(&field(*at, "name"))).count()
}

fn read_stage(form: &Form, at: usize, before: &[Stage], errors: &mut FormErrors) -> Stage {
    let of = |name: &str| form.get(&field(at, name));
    let nth = format!("{}番目の段階", at + 1);
    let name = form.text(&field(at, "name"), &format!("{nth}の名前"), NOTE_LIMIT, errors);
    let work = Work::from_code(of("work"));
    if work.is_none() {
        errors.push::<()>(&field(at, "work"), sentences::choose(&format!("{nth}の種類")));
    }
    let work = work.unwrap_or(Work::Deliberation);
    let acts = acts(of("acts"));
    if acts.is_none() {
        errors.push::<()>(&field(at, "acts"), sentences::choose(&format!("{nth}の担い手")));
    }
    let typed = half_width(of("days").trim());
    let days = typed.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    if days.is_none() && !typed.is_empty() && work != Work::Trial {
        errors.push::<()>(&field(at, "days"), format!("{nth}の期限は、1から{MOST_DAYS}までの営業日の数で入力してください。"));
    }
    let requires = Requirement::ALL.iter().filter(|one| of(&format!("requires.{}", one.code())) == "on").copied();
    let way = |outcome: &Outcome| Some(Way { outcome: *outcome, to: to(of(&format!("to.{}", outcome.code())))? });
    Stage {
        key: Some(of("key"))
            .filter(|key| is_key(key))
            .map_or_else(|| unused(|key| before.iter().any(|stage| stage.key == key)), str::to_owned),
        name,
        work,
        acts: acts.unwrap_or(Acts::Secretariat),
        requires: requires.filter(|one| work.requirements().contains(one)).collect(),
        // A trial has a last day of its own.
        days: days.filter(|_| work != Work::Trial),
        ways: work.outcomes().iter().filter_map(way).collect(),
    }
}

/// A route without faults, or every fault at its field; `bodies`: keys of the tenant's bodies.
pub fn parse(form: &Form, bodies: &BTreeSet<String>) -> Result<Route, FormErrors> {
    let (route, unread) = read(form);
    // What could not be read is said once.
    let flaws = super::flaws(&route, bodies).into_iter().map(|Flaw { place, sentence }| (field_of(place), sentence));
    let flaws = flaws.filter(|(field, _)| unread.of(field).is_none());
    let mut all: Vec<(String, String)> =
        unread.iter().map(|(field, sentence)| (field.to_owned(), sentence.to_owned())).chain(flaws).collect();
    if all.is_empty() {
        return Ok(route);
    }
    // In the order of the page: the route, then stage by stage.
    all.sort_by_key(|(field, _)| stage_of(field));
    let mut errors = FormErrors::default();
    all.into_iter().for_each(|(field, sentence)| _ = errors.push::<()>(&field, sentence));
    Err(errors)
}

fn stage_of(field: &str) -> Option<usize> {
    field.strip_prefix("stage.")?.split('.').next()?.parse().ok()
}

/// Whether a text can name a route, a stage or a body.
pub fn is_key(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn unused(taken: impl Fn(&str) -> bool) -> String {
    (1..).map(|n| format!("s{n}")).find(|key| !taken(key)).unwrap_or_default()
}

/// The form with its stages in another order, everything typed kept; what led to a stage that is taken out leads nowhere.
pub fn arranged(form: &Form, change: Move) -> Form {
    let mut stages: Vec<Form> = (0..count(form)).map(|at| form.under(&field(at, ""))).collect();
    match change {
        Move::Add(at) if at <= stages.len() && stages.len() < MOST_STAGES => {
            let mut stage = Form::default();
            stage.set("key", unused(|key| stages.iter().any(|other| other.get("key") == key)));
            stage.set("name", "");
            stages.insert(at, stage);
        }
        Move::Up(at) if (1..stages.len()).contains(&at) => stages.swap(at - 1, at),
        Move::Down(at) if at + 1 < stages.len() => stages.swap(at, at + 1),
        Move::Remove(at) if at < stages.len() => {
            let gone = format!("stage.{}", stages.remove(at).get("key"));
            for stage in &mut stages {
                let led: Vec<String> =
                    stage.iter().filter(|(name, to)| name.starts_with("to.") && *to == gone).map(|(name, _)| name.to_owned()).collect();
                led.iter().for_each(|name| stage.set(name, ""));
            }
        }
        Move::Add(_) | Move::Up(_) | Move::Down(_) | Move::Remove(_) => {}
    }
    let mut new = Form::from_pairs(
        form.iter().filter(|(name, _)| !name.starts_with("stage.")).map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    for (at, stage) in stages.iter().enumerate() {
        new.put(&field(at, ""), stage);
    }
    new
}
