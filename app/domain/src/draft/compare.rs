//! 新旧対照: what changes from one content to the next, object by object and field by field. Figures that were
//! reported are no change of the plan.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::{
    grading,
    kpi::Role,
    period::Period,
    plan::{DefinitionChange, Kpi, Lineage, Part, PlanContent},
    provenance::Reading,
    template::Mapping,
};

use super::{
    Kind, Ranks, body, changes, differing,
    fields::{Choices, Control, Field, PART, fields, in_words, place_fields, shown},
    label, origin, positions,
};

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Added,
    Removed,
    Changed,
    /// Only its place among its like.
    Moved,
}

impl What {
    pub fn word(self) -> &'static str {
        match self {
            What::Added => "追加",
            What::Removed => "削除",
            What::Changed => "変更",
            What::Moved => "順序",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub kind: Kind,
    pub key: String,
    pub what: What,
    /// What it is called; in the new content if it is there.
    pub label: String,
    /// Titles of the nodes above, from the top; empty for what is not in the tree.
    pub path: Vec<String>,
    pub rows: Vec<Row>,
}

/// One field before and after; empty where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub label: String,
    pub old: String,
    pub new: String,
}

/// All differences: kinds in their order, objects in the order of the plan.
pub fn compare(old: &PlanContent, new: &PlanContent) -> Vec<Difference> {
    let ranks = |content| differing(old, new).flat_map(|kind| positions(content, kind)).collect::<Ranks>();
    let (before, after) = (ranks(old), ranks(new));
    let mut differences: Vec<(f64, Difference)> = Vec::new();
    for change in changes(old, &before, new) {
        let old_body = body(old, change.kind, &change.key);
        let what = match (&change.body, &old_body) {
            (None, _) => What::Removed,
            (Some(_), None) => What::Added,
            (Some(new), Some(old)) if new == old => What::Moved,
            _ => What::Changed,
        };
        let there = if what == What::Removed { (&before, old) } else { (&after, new) };
        let rows = rows(change.kind, old_body.as_ref(), change.body.as_ref(), old, new);
        // A source text that was only made explicit changes nothing that anybody reads.
        if what == What::Changed && rows.is_empty() {
            continue;
        }
        let lineage = (change.kind == Kind::Lineage).then(|| line(change.body.as_ref().or(old_body.as_ref()))).flatten();
        let difference = Difference {
            label: match &lineage {
                Some(line) => lineage_words(line, [old, new]),
                None => label(there.1, change.kind, &change.key),
            },
            path: path(there.1, change.kind, &change.key),
            kind: change.kind,
            what,
            rows,
            key: change.key,
        };
        let place = there.0.get(&(difference.kind, difference.key.clone())).copied().unwrap_or(f64::MAX);
        differences.push((place, difference));
    }
    differences.sort_by(|(a, x), (b, y)| (x.kind, a).partial_cmp(&(y.kind, b)).unwrap_or(std::cmp::Ordering::Equal));
    differences.into_iter().map(|(_, difference)| difference).collect()
}

/// Titles above an object of the tree.
fn path(content: &PlanContent, kind: Kind, key: &str) -> Vec<String> {
    let node = match kind {
        Kind::Node => content.node(key).and_then(|node| node.parent.as_deref()),
        Kind::Kpi => content.kpi(key).map(|kpi| kpi.node.as_str()),
        Kind::Cell => key.split('/').next(),
        Kind::Ruling => content.rulings.iter().find(|ruling| ruling.key == key).map(|ruling| ruling.node.as_str()),
        Kind::Milestone => content.milestones.iter().find(|milestone| milestone.key == key).map(|milestone| milestone.node.as_str()),
        _ => None,
    };
    node.map(|node| content.path(node).iter().map(|node| label(content, Kind::Node, &node.key)).collect()).unwrap_or_default()
}

/// The fields of two bodies of one kind that differ, in the words of each content.
pub fn rows(kind: Kind, old: Option<&Value>, new: Option<&Value>, before: &PlanContent, after: &PlanContent) -> Vec<Row> {
    if kind == Kind::Lineage {
        return lineage_rows(old, new, before, after);
    }
    let mut rows = field_rows(place_fields(kind), "", old, new, before, after);
    rows.extend(field_rows(fields(kind), "", old, new, before, after));
    match kind {
        Kind::Kpi => rows.extend(kpi_rows(old, new, before, after)),
        Kind::Head => rows.extend(grade_rows(old, new)),
        _ => {}
    }
    rows
}

fn grade_rows(old: Option<&Value>, new: Option<&Value>) -> Vec<Row> {
    let rows = |body: Option<&Value>| body.and_then(|body| grading::stored(&body["grades"]).ok()).map(|set| set.rows()).unwrap_or_default();
    let (old, new) = (rows(old), rows(new));
    let mut labels: Vec<&String> = new.iter().chain(&old).map(|(label, _)| label).collect();
    let mut seen = std::collections::HashSet::new();
    labels.retain(|label| seen.insert(*label));
    let words = |rows: &[(String, String)], label: &str| rows.iter().find(|(known, _)| known == label).map(|(_, words)| words.clone());
    let row = |label: &String| Row {
        label: label.clone(),
        old: words(&old, label).unwrap_or_default(),
        new: words(&new, label).unwrap_or_default(),
    };
    labels.into_iter().map(row).filter(|row| row.old != row.new).collect()
}

fn field_rows(
    fields: &[Field],
    prefix: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    before: &PlanContent,
    after: &PlanContent,
) -> Vec<Row> {
    let words = |field: &Field, body: Option<&Value>, content: &PlanContent| body.map(|b| in_words(field, b, content)).unwrap_or_default();
    let row =
        |field: &Field| Row { label: format!("{prefix}{}", field.label), old: words(field, old, before), new: words(field, new, after) };
    // Of what is new as a whole, the ordinary is not worth a line: 「いいえ」, 「原文」, and the place that its path names.
    let is_plain = |field: &Field| match field.control {
        Control::YesNo => true,
        Control::Choice(Choices::Nodes | Choices::ParentNodes) => true,
        Control::Choice(Choices::Readings) => [old, new].into_iter().flatten().all(|body| shown(field, body) == Reading::Original.code()),
        _ => false,
    };
    let told = fields.iter().filter(|field| (old.is_some() && new.is_some()) || !is_plain(field));
    told.map(row).filter(|row| row.old != row.new).collect()
}

fn line(body: Option<&Value>) -> Option<Lineage> {
    serde_json::from_value(body?.clone()).ok()
}

/// 「(4) …（統合）(3) …」: what was merged away is in the old content only.
fn lineage_words(line: &Lineage, contents: [&PlanContent; 2]) -> String {
    format!("{}（{}）{}", origin(line, contents), line.relation.label(), label(contents[1], Kind::Node, &line.to_node))
}

/// A line is told by the names of what it links, not by their keys.
fn lineage_rows(old: Option<&Value>, new: Option<&Value>, before: &PlanContent, after: &PlanContent) -> Vec<Row> {
    let words = |body: Option<&Value>| line(body).map(|line| lineage_words(&line, [before, after])).unwrap_or_default();
    let row = Row { label: "つながり".to_owned(), old: words(old), new: words(new) };
    Some(row).filter(|row| row.old != row.new).into_iter().collect()
}

fn kpi_rows(old: Option<&Value>, new: Option<&Value>, before: &PlanContent, after: &PlanContent) -> Vec<Row> {
    let kpi = |body: Option<&Value>| body.and_then(|body| serde_json::from_value::<Kpi>(body.clone()).ok());
    let (old_kpi, new_kpi) = (kpi(old), kpi(new));
    let mut rows = Vec::new();
    let parts = |kpi: &Option<Kpi>| kpi.iter().flat_map(|kpi| kpi.parts.clone()).collect::<Vec<Part>>();
    let (old_parts, new_parts) = (parts(&old_kpi), parts(&new_kpi));
    let mut keys: Vec<&str> = old_parts.iter().chain(&new_parts).map(|part| part.key.as_str()).collect();
    let mut seen = std::collections::HashSet::new();
    keys.retain(|key| seen.insert(*key));
    for key in &keys {
        let find = |parts: &'_ [Part]| parts.iter().find(|part| part.key == *key).cloned();
        let (was, is) = (find(&old_parts), find(&new_parts));
        let name = is.as_ref().or(was.as_ref()).map(|part| part.name.clone()).unwrap_or_default();
        let prefix = if keys.len() == 1 || name.is_empty() { String::new() } else { format!("{name}：") };
        let body = |part: &Option<Part>| part.as_ref().and_then(|part| serde_json::to_value(part).ok());
        rows.extend(field_rows(PART, &prefix, body(&was).as_ref(), body(&is).as_ref(), before, after));
        rows.extend(point_rows(&prefix, was.as_ref(), is.as_ref()));
    }
    let lines = |kpi: &Option<Kpi>, words: &dyn Fn(&Kpi) -> String| kpi.as_ref().map(words).unwrap_or_default();
    let mut text = |label: &str, words: &dyn Fn(&Kpi) -> String| {
        let row = Row { label: label.to_owned(), old: lines(&old_kpi, words), new: lines(&new_kpi, words) };
        rows.extend(Some(row).filter(|row| row.old != row.new));
    };
    text("雛形", &|kpi| kpi.template.clone().unwrap_or_default());
    text("国の指標との対応", &mapping_words);
    text("定義の変更", &|kpi| change_words(&kpi.changes));
    rows
}

/// The national indicators of a KPI, one a line.
pub(super) fn mapping_words(kpi: &Kpi) -> String {
    let line = |m: &Mapping| format!("{}（{}）{}", m.indicator, m.correspondence.label(), m.note);
    kpi.indicators.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Changes of a definition, one a line.
pub(super) fn change_words(changes: &[DefinitionChange]) -> String {
    let line = |c: &DefinitionChange| {
        let broken = if c.series_break { "（前後の数値は比べられない）" } else { "" };
        format!("{}から{broken}：{}", c.from_year.label(), c.note)
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn point_rows(prefix: &str, old: Option<&Part>, new: Option<&Part>) -> Vec<Row> {
    let places = |part: Option<&Part>| {
        part.into_iter().flat_map(|p| p.points.iter().map(|o| (o.period.last_day(), o.role, o.period))).collect::<Vec<_>>()
    };
    let mut all: Vec<(jiff::civil::Date, Role, Period)> = places(old);
    all.extend(places(new));
    all.sort_by_key(|(day, role, period)| (*day, *role, period.to_string()));
    all.dedup();
    let words = |part: Option<&Part>, role: Role, period: Period| {
        let part = part?;
        let point = part.points.iter().find(|point| point.role == role && point.period == period)?;
        let mut words = point.value.with_unit(&part.unit);
        for extra in [&point.note, &point.reason] {
            if !extra.is_empty() {
                words.push_str(&format!("（{extra}）"));
            }
        }
        Some(words)
    };
    let row = |(_, role, period): (_, Role, Period)| Row {
        label: format!("{prefix}{} {}", role.label(), period.label()),
        old: words(old, role, period).unwrap_or_default(),
        new: words(new, role, period).unwrap_or_default(),
    };
    all.into_iter().map(row).filter(|row| row.old != row.new).collect()
}

/// A piece of text: whether it differs from the other side, and the words.
pub type Piece = (bool, String);

/// Two texts with what differs marked: the old one's pieces and the new one's.
pub fn pieces(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (mut left, mut right): (Vec<Piece>, Vec<Piece>) = (Vec::new(), Vec::new());
    let add = |side: &mut Vec<Piece>, differs: bool, text: &str| match side.last_mut() {
        Some((last, words)) if *last == differs => words.push_str(text),
        _ => side.push((differs, text.to_owned())),
    };
    for change in TextDiff::from_unicode_words(old, new).iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                add(&mut left, false, change.value());
                add(&mut right, false, change.value());
            }
            ChangeTag::Delete => add(&mut left, true, change.value()),
            ChangeTag::Insert => add(&mut right, true, change.value()),
        }
    }
    (left, right)
}
