//! What can be done to a plan: each edit turns one content into the next, or says why not.

use std::collections::{HashMap, HashSet};

use crate::{
    kpi::Role,
    plan::{CellKind, Kpi, Level, Lineage, Milestone, Node, PlanContent, Point, Relation, RoadmapCell, Ruling},
    provenance::Provenance,
};

use super::{
    Kind,
    object::{self, Object, for_list},
};

/// Why an edit cannot be done. Each is a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("対象が、いまの案にありません。ほかの人が先に変更したようです。")]
    Missing,
    #[error("下に{0}件あります。先に移すか、ほかへ統合してください。")]
    HasChildren(usize),
    #[error("指標が{0}件あります。先に移すか、ほかへ統合してください。")]
    HasKpis(usize),
    #[error("{0}で使われています。先にそちらを変えてください。")]
    InUse(String),
    #[error("自分自身やその下には移せません。")]
    Within,
    #[error("「{child}」の階層は、「{parent}」の階層より下でなければなりません。")]
    Level { parent: String, child: String },
    #[error("同じもの（{0}）がすでにあります。")]
    Taken(String),
    /// A chapter: every other object has a key that is not empty.
    #[error("番号のない章は、1つだけ置けます。番号を付けてください。")]
    SecondUnnumbered,
    #[error("同じ階層のものどうしで統合してください。")]
    OtherLevel,
    #[error("計画期間の外には移せません。")]
    OutOfPeriod,
}

pub type Edited = Result<PlanContent, Fault>;

/// Which way along a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
}

/// Replaces the object of that key, or adds a new one at the end. A changed key must not be another object's.
pub fn put<T: Object>(list: &mut Vec<T>, before: Option<&str>, object: T) -> Result<(), Fault> {
    let key = object.key();
    if before != Some(key.as_str()) && list.iter().any(|other| other.key() == key) {
        return Err(if key.is_empty() { Fault::SecondUnnumbered } else { Fault::Taken(key) });
    }
    match before {
        None => list.push(object),
        Some(before) => *list.iter_mut().find(|other| other.key() == before).ok_or(Fault::Missing)? = object,
    }
    Ok(())
}

/// Adds an object given as JSON, or puts it in the place of the one of that key. Yields its key as it is now.
pub fn put_body(content: &PlanContent, kind: Kind, before: Option<&str>, body: serde_json::Value) -> Result<(PlanContent, String), Fault> {
    // A body is read field by field by the form: what does not fit its kind is gone from under it.
    let unfit = |_| Fault::Missing;
    let mut after = content.clone();
    if kind == Kind::Head {
        object::put_head(&mut after, body).map_err(unfit)?;
        return Ok((after, String::new()));
    }
    if kind == Kind::Node {
        let node: Node = serde_json::from_value(body).map_err(unfit)?;
        let key = node.key.clone();
        return Ok((put_node(content, before, node)?, key));
    }
    if kind == Kind::Level
        && let Some(before) = before
    {
        let level: Level = serde_json::from_value(body.clone()).map_err(unfit)?;
        after.plan.levels.iter_mut().filter(|old| old.key == before).for_each(|old| old.depth = level.depth);
        for node in &after.nodes {
            if let Some(parent) = node.parent.as_deref().and_then(|parent| after.node(parent)) {
                fits_under(&after, node, parent)?;
            }
        }
    }
    let key = for_list!(&mut after, kind, list => {
        let mut object = object::read(list, body).map_err(unfit)?;
        if let Some(old) = before.and_then(|before| list.iter().find(|old| old.key() == before)) {
            object.adopt(old);
        }
        let key = object.key();
        put(list, before, object)?;
        key
    });
    if kind == Kind::Body && is_under_itself(&after, &key) {
        return Err(Fault::Within);
    }
    if kind == Kind::Marker
        && let Some(before) = before.filter(|before| *before != key)
    {
        after.nodes.iter_mut().filter(|node| node.marker == before).for_each(|node| node.marker.clone_from(&key));
    }
    Ok((after, key))
}

/// Whether going up from an organisation leads back to it.
fn is_under_itself(content: &PlanContent, key: &str) -> bool {
    let parent = |key: &str| content.bodies.iter().find(|body| body.key == key).and_then(|body| body.parent.as_deref());
    let above = std::iter::successors(parent(key), |above| parent(above));
    above.take(content.bodies.len()).any(|above| above == key)
}

/// Nodes from the top down, children behind their parents, siblings in their order.
pub fn in_tree_order(nodes: &mut Vec<Node>) {
    let mut left: Vec<Option<Node>> = std::mem::take(nodes).into_iter().map(Some).collect();
    let keys: HashSet<String> = left.iter().flatten().map(|node| node.key.clone()).collect();
    let mut below: HashMap<Option<String>, Vec<usize>> = HashMap::new();
    for (at, node) in left.iter().enumerate().rev() {
        let parent = node.as_ref().and_then(|node| node.parent.clone()).filter(|parent| keys.contains(parent));
        below.entry(parent).or_default().push(at);
    }
    let mut stack = below.remove(&None).unwrap_or_default();
    while let Some(at) = stack.pop() {
        let Some(node) = left[at].take() else { continue };
        stack.extend(below.remove(&Some(node.key.clone())).unwrap_or_default());
        nodes.push(node);
    }
    // A cycle hangs under no top: it is kept, for the check to name it.
    nodes.extend(left.into_iter().flatten());
}

/// One place up or down among its like (children of one parent).
pub fn shift(content: &PlanContent, kind: Kind, key: &str, way: Way) -> Edited {
    let mut after = content.clone();
    if kind == Kind::Head {
        return Err(Fault::Missing);
    }
    for_list!(&mut after, kind, list => {
        let at = list.iter().position(|object| object.key() == key).ok_or(Fault::Missing)?;
        let group = list[at].group();
        let like = |i: &usize| list[*i].group() == group;
        let other = match way {
            Way::Up => (0..at).rev().find(like),
            Way::Down => (at + 1..list.len()).find(like),
        };
        if let Some(other) = other {
            list.swap(at, other);
        }
    });
    in_tree_order(&mut after.nodes);
    Ok(after)
}

/// Takes an object out that nothing hangs on.
pub fn remove(content: &PlanContent, kind: Kind, key: &str) -> Edited {
    let mut after = content.clone();
    let uses = |count: usize, what: &str| if count == 0 { Ok(()) } else { Err(Fault::InUse(format!("{what}{count}件"))) };
    match kind {
        Kind::Head => return Err(Fault::Missing),
        Kind::Node => return end_node(content, key, false),
        Kind::Level => uses(content.nodes.iter().filter(|n| n.level == key).count(), "計画の")?,
        Kind::Phase => uses(content.roadmap.iter().filter(|c| c.phase == key).count(), "ロードマップの")?,
        Kind::Marker => uses(content.nodes.iter().filter(|n| n.marker == key).count(), "計画の")?,
        Kind::Attribute => uses(content.nodes.iter().filter(|n| n.attributes.iter().any(|a| a == key)).count(), "計画の")?,
        Kind::Body => uses(content.bodies.iter().filter(|b| b.parent.as_deref() == Some(key)).count(), "下の組織")?,
        Kind::Kpi | Kind::Cell | Kind::Milestone | Kind::Ruling | Kind::RelatedPlan | Kind::Term | Kind::Chapter | Kind::Lineage => {}
    }
    for_list!(&mut after, kind, list => {
        let at = list.iter().position(|object| object.key() == key).ok_or(Fault::Missing)?;
        list.remove(at);
    });
    Ok(after)
}

/// Puts an object back that was taken out: as `from`, the plan in which it was, has it, behind what stands before it there.
/// Not nodes and KPIs: of them more comes back than their own body.
pub fn put_back(content: &PlanContent, from: &PlanContent, kind: Kind, key: &str) -> Edited {
    let body = object::body(from, kind, key).filter(|_| !matches!(kind, Kind::Head | Kind::Node | Kind::Kpi)).ok_or(Fault::Missing)?;
    let (mut after, _) = put_body(content, kind, None, body)?;
    let before: Vec<String> = for_list!(from, kind, list => list.iter().map(Object::key).take_while(|other| other != key).collect());
    for_list!(&mut after, kind, list => {
        let at = list.iter().rposition(|other| before.contains(&other.key())).map_or(0, |at| at + 1);
        // Behind all others, where it was added.
        list[at..].rotate_right(1);
    });
    Ok(after)
}

fn depth(content: &PlanContent, node: &Node) -> i16 {
    content.plan.level(&node.level).map_or(0, |level| level.depth)
}

fn fits_under(content: &PlanContent, child: &Node, parent: &Node) -> Result<(), Fault> {
    if depth(content, parent) < depth(content, child) {
        return Ok(());
    }
    Err(Fault::Level { parent: parent.title.clone(), child: child.title.clone() })
}

/// Adds a node as the last child of its parent, or changes one. Its place in the tree is [`move_node`]'s.
pub fn put_node(content: &PlanContent, before: Option<&str>, node: Node) -> Edited {
    let mut after = content.clone();
    if let Some(parent) = &node.parent {
        fits_under(content, &node, content.node(parent).ok_or(Fault::Missing)?)?;
    }
    for child in content.children(before) {
        if before.is_some() {
            fits_under(content, child, &node)?;
        }
    }
    put(&mut after.nodes, before, node)?;
    in_tree_order(&mut after.nodes);
    Ok(after)
}

/// Moves a node with all that is under it: to be the last child of `parent`, or the next sibling of `behind`.
pub fn move_node(content: &PlanContent, key: &str, parent: Option<&str>, behind: Option<&str>) -> Edited {
    let mut after = content.clone();
    let mut node = content.node(key).ok_or(Fault::Missing)?.clone();
    if let Some(parent) = parent {
        if content.is_within(parent, key) {
            return Err(Fault::Within);
        }
        fits_under(content, &node, content.node(parent).ok_or(Fault::Missing)?)?;
    }
    node.parent = parent.map(str::to_owned);
    after.nodes.retain(|other| other.key != key);
    let at = match behind {
        Some(behind) => {
            let sibling = |other: &Node| other.key == behind && other.parent == node.parent;
            after.nodes.iter().position(sibling).ok_or(Fault::Missing)? + 1
        }
        None => after.nodes.len(),
    };
    after.nodes.insert(at, node);
    in_tree_order(&mut after.nodes);
    Ok(after)
}

/// What of a node goes to the new one when it is split.
#[derive(Clone, Debug, Default)]
pub struct Share {
    pub children: Vec<String>,
    pub kpis: Vec<String>,
}

/// Splits a node: `new` stands behind it and takes its share; both are linked as 分割.
pub fn split_node(content: &PlanContent, key: &str, new: Node, share: &Share) -> Edited {
    let old = content.node(key).ok_or(Fault::Missing)?;
    let new = Node { parent: old.parent.clone(), level: old.level.clone(), ..new };
    let new_key = new.key.clone();
    let mut after = put_node(content, None, new)?;
    after = move_node(&after, &new_key, old.parent.as_deref(), Some(key))?;
    for node in after.nodes.iter_mut().filter(|node| node.parent.as_deref() == Some(key) && share.children.contains(&node.key)) {
        node.parent = Some(new_key.clone());
    }
    for kpi in after.kpis.iter_mut().filter(|kpi| kpi.node == key && share.kpis.contains(&kpi.code)) {
        kpi.node.clone_from(&new_key);
    }
    link(&mut after, key, &new_key, Relation::Split);
    in_tree_order(&mut after.nodes);
    Ok(after)
}

/// Merges a node into another of its level: children, KPIs, roadmap, notes, attributes and links go over.
pub fn merge_nodes(content: &PlanContent, from: &str, into: &str) -> Edited {
    let (old, target) = (content.node(from).ok_or(Fault::Missing)?, content.node(into).ok_or(Fault::Missing)?);
    if from == into {
        return Err(Fault::Within);
    }
    if old.level != target.level {
        return Err(Fault::OtherLevel);
    }
    let old = old.clone();
    let mut after = content.clone();
    after.nodes.retain(|node| node.key != from);
    for node in &mut after.nodes {
        if node.parent.as_deref() == Some(from) {
            node.parent = Some(into.to_owned());
        }
        if node.key == into {
            if !old.description.is_empty() && node.description != old.description {
                let gap = if node.description.is_empty() { "" } else { "\n" };
                node.description = format!("{}{gap}{}", node.description, old.description);
            }
            let new: Vec<String> = old.attributes.iter().filter(|a| !node.attributes.contains(a)).cloned().collect();
            node.attributes.extend(new);
            node.notes.extend(old.notes.clone());
        }
    }
    after.kpis.iter_mut().filter(|kpi| kpi.node == from).for_each(|kpi| kpi.node = into.to_owned());
    after.roadmap.iter_mut().filter(|cell| cell.node == from).for_each(|cell| cell.node = into.to_owned());
    let mut seen = HashSet::new();
    after.roadmap.retain(|cell| seen.insert(cell.key()));
    after.milestones.iter_mut().filter(|milestone| milestone.node == from).for_each(|milestone| milestone.node = into.to_owned());
    after.rulings.iter_mut().filter(|ruling| ruling.node == from).for_each(|ruling| ruling.node = into.to_owned());
    after.lineage.iter_mut().filter(|line| line.to_node == from).for_each(|line| line.to_node = into.to_owned());
    let mut seen = HashSet::new();
    after.lineage.retain(|line| seen.insert(line.key()));
    link(&mut after, from, into, Relation::Merged);
    in_tree_order(&mut after.nodes);
    Ok(after)
}

/// Takes a node out that has nothing under it. `was_published`: it is written down as 廃止.
pub fn end_node(content: &PlanContent, key: &str, was_published: bool) -> Edited {
    content.node(key).ok_or(Fault::Missing)?;
    let (children, kpis) = (content.children(Some(key)).count(), content.kpis.iter().filter(|kpi| kpi.node == key).count());
    if children > 0 {
        return Err(Fault::HasChildren(children));
    }
    if kpis > 0 {
        return Err(Fault::HasKpis(kpis));
    }
    let mut after = content.clone();
    after.nodes.retain(|node| node.key != key);
    after.roadmap.retain(|cell| cell.node != key);
    after.milestones.retain(|milestone| milestone.node != key);
    after.rulings.retain(|ruling| ruling.node != key);
    // What led here leads to an end.
    for line in after.lineage.iter_mut().filter(|line| line.to_node == key) {
        line.to_node.clear();
        line.relation = Relation::Ended;
    }
    let mut seen = HashSet::new();
    after.lineage.retain(|line| seen.insert(line.key()));
    if was_published {
        link(&mut after, key, "", Relation::Ended);
    }
    Ok(after)
}

/// Puts a node back that was taken out: as `from`, the plan in which it was, has it, with its roadmap, under `parent`.
/// Attributes, marker and phases that are gone by now stay away; a level that is gone becomes the next one below.
pub fn bring_back(content: &PlanContent, from: &PlanContent, key: &str, parent: Option<&str>) -> Edited {
    let mut node = from.node(key).ok_or(Fault::Missing)?.clone();
    node.parent = parent.map(str::to_owned);
    node.attributes.retain(|key| content.attributes.iter().any(|attribute| attribute.key == *key));
    if !content.plan.markers.iter().any(|marker| marker.symbol == node.marker) {
        node.marker.clear();
    }
    if content.plan.level(&node.level).is_none() {
        let above = parent.and_then(|parent| content.node(parent)).map_or(0, |parent| depth(content, parent));
        let below = content.plan.levels.iter().filter(|level| level.depth > above).min_by_key(|level| level.depth);
        node.level.clone_from(&below.ok_or(Fault::Missing)?.key);
    }
    let mut after = put_node(content, None, node)?;
    let cells = from.roadmap.iter().filter(|cell| cell.node == key && content.plan.phases.iter().any(|phase| phase.key == cell.phase));
    after.roadmap.extend(cells.cloned());
    let is_new = |milestone: &&Milestone| milestone.node == key && !content.milestones.iter().any(|other| other.key == milestone.key);
    after.milestones.extend(from.milestones.iter().filter(is_new).cloned());
    let is_new = |ruling: &&Ruling| ruling.node == key && !content.rulings.iter().any(|other| other.key == ruling.key);
    after.rulings.extend(from.rulings.iter().filter(is_new).cloned());
    // It did not end after all, nor did what led to it.
    let ended = |line: &Lineage, plan: &str, node: &str| {
        line.relation == Relation::Ended && line.to_node.is_empty() && (line.from_plan.as_str(), line.from_node.as_str()) == (plan, node)
    };
    after.lineage.retain(|line| !ended(line, &content.plan.slug, key));
    for line in from.lineage.iter().filter(|line| line.to_node == key) {
        after.lineage.retain(|other| !ended(other, &line.from_plan, &line.from_node) && other.key() != line.key());
        after.lineage.push(line.clone());
    }
    Ok(after)
}

/// Moves what the roadmap plans for a node along the years, negative to earlier ones: one cell, or all. What is moved is
/// no longer what the source printed.
pub fn move_cells(content: &PlanContent, node: &str, only: Option<&str>, years: i16) -> Edited {
    let mut after = content.clone();
    let is_meant = |cell: &RoadmapCell| cell.node == node && cell.kind == CellKind::Planned && only.is_none_or(|key| cell.key() == key);
    let mut moved = 0;
    for cell in after.roadmap.iter_mut().filter(|cell| is_meant(cell)) {
        cell.fiscal_year.0 += years;
        cell.provenance = Provenance::default();
        moved += 1;
        if !content.plan.years().any(|year| year == cell.fiscal_year) {
            return Err(Fault::OutOfPeriod);
        }
    }
    let mut seen = HashSet::new();
    match after.roadmap.iter().find(|cell| !seen.insert(cell.key())) {
        Some(twice) => Err(Fault::Taken(object::label(&after, Kind::Cell, &twice.key()))),
        None if moved == 0 => Err(Fault::Missing),
        None => Ok(after),
    }
}

fn link(content: &mut PlanContent, from: &str, to: &str, relation: Relation) {
    let line = Lineage { from_plan: content.plan.slug.clone(), from_node: from.to_owned(), to_node: to.to_owned(), relation };
    if !content.lineage.iter().any(|other| other.key() == line.key()) {
        content.lineage.push(line);
    }
}

/// Adds or changes a KPI. It stands behind the KPIs of its node; a definition may be changed, figures may not.
pub fn put_kpi(content: &PlanContent, before: Option<&str>, kpi: Kpi) -> Edited {
    content.node(&kpi.node).ok_or(Fault::Missing)?;
    let mut after = content.clone();
    put(&mut after.kpis, before, kpi)?;
    Ok(after)
}

/// Sets a planned value of a part: a new one, or in the place of the one of that role and period.
pub fn put_point(content: &PlanContent, code: &str, part: &str, point: Point) -> Edited {
    let mut after = content.clone();
    let kpi = after.kpis.iter_mut().find(|kpi| kpi.code == code).ok_or(Fault::Missing)?;
    let part = kpi.parts.iter_mut().find(|p| p.key == part).ok_or(Fault::Missing)?;
    part.points.retain(|old| (old.role, old.period) != (point.role, point.period));
    part.points.push(point);
    part.points.sort_by_key(|point| (point.period.last_day(), point.role));
    Ok(after)
}

/// Takes a planned value out.
pub fn remove_point(content: &PlanContent, code: &str, part: &str, role: Role, period: crate::period::Period) -> Edited {
    let mut after = content.clone();
    let kpi = after.kpis.iter_mut().find(|kpi| kpi.code == code).ok_or(Fault::Missing)?;
    let part = kpi.parts.iter_mut().find(|p| p.key == part).ok_or(Fault::Missing)?;
    let before = part.points.len();
    part.points.retain(|old| (old.role, old.period) != (role, period));
    if part.points.len() == before { Err(Fault::Missing) } else { Ok(after) }
}

/// What is wrong with a plan as a whole, as sentences; empty when it may be published.
pub fn check(content: &PlanContent) -> Vec<String> {
    let mut wrong = Vec::new();
    let nodes: HashMap<&str, &Node> = content.nodes.iter().map(|node| (node.key.as_str(), node)).collect();
    for node in &content.nodes {
        let title = &node.title;
        if content.plan.level(&node.level).is_none() {
            wrong.push(format!("「{title}」の階層がありません。"));
        }
        match node.parent.as_deref().map(|parent| nodes.get(parent)) {
            Some(None) => wrong.push(format!("「{title}」の上位の項目がありません。")),
            Some(Some(parent)) if fits_under(content, node, parent).is_err() => {
                wrong.push(Fault::Level { parent: parent.title.clone(), child: title.clone() }.to_string());
            }
            _ => {}
        }
        if !node.marker.is_empty() && !content.plan.markers.iter().any(|marker| marker.symbol == node.marker) {
            wrong.push(format!("「{title}」の印「{}」がありません。", node.marker));
        }
        for key in node.attributes.iter().filter(|key| !content.attributes.iter().any(|a| a.key == **key)) {
            wrong.push(format!("「{title}」の属性「{key}」がありません。"));
        }
    }
    for kpi in content.kpis.iter().filter(|kpi| !nodes.contains_key(kpi.node.as_str())) {
        wrong.push(format!("指標「{}」の属する施策がありません。", kpi.name));
    }
    for cell in &content.roadmap {
        if !nodes.contains_key(cell.node.as_str()) || !content.plan.phases.iter().any(|phase| phase.key == cell.phase) {
            wrong.push(format!("ロードマップ（{}）の取組か段階がありません。", cell.key()));
        }
    }
    for milestone in content.milestones.iter().filter(|milestone| !nodes.contains_key(milestone.node.as_str())) {
        wrong.push(format!("節目「{}」の取組がありません。", milestone.title));
    }
    for ruling in content.rulings.iter().filter(|ruling| !nodes.contains_key(ruling.node.as_str())) {
        wrong.push(format!("{}の決定の取組がありません。", ruling.body));
    }
    for line in content.lineage.iter().filter(|line| !line.to_node.is_empty() && !nodes.contains_key(line.to_node.as_str())) {
        wrong.push(format!("つながり（{}）の先がありません。", line.key()));
    }
    for body in &content.bodies {
        if body.parent.as_ref().is_some_and(|parent| !content.bodies.iter().any(|other| other.key == *parent)) {
            wrong.push(format!("「{}」の上の組織がありません。", body.name));
        }
    }
    for kind in Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Head) {
        let mut seen = HashSet::new();
        for_list!(content, kind, list => for object in list {
            if !seen.insert(object.key()) {
                wrong.push(format!("{}に同じもの（{}）が2つあります。", kind.label(), object.key()));
            }
        });
    }
    wrong
}
