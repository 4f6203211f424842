//! Moving, splitting, merging nodes, and their roadmap.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    clock::FiscalYear,
    draft::{
        Kind,
        edit::{self, Share},
        label,
    },
    form::{Form, FormErrors},
    plan::{CellKind, Node, PlanContent, RoadmapCell},
    provenance::Provenance,
    text::sentences,
};
use serde_json::{Value, json};

use super::{
    Place,
    actions::{Act, fresh_key},
    node_page::cell_name,
};
use crate::web::{Posted, Refusal, Visit};

/// Level and parent of a new node, into its body: an object, as `blank` makes it.
pub fn read_place(form: &Form, body: &mut Value, content: &PlanContent, errors: &mut FormErrors) {
    let (level, parent) = (form.get("level"), form.get("parent"));
    if content.plan.level(level).is_none() {
        errors.push::<()>("level", sentences::choose("階層"));
    }
    if !parent.is_empty() && content.node(parent).is_none() {
        errors.push::<()>("parent", sentences::choose("上位の項目"));
    }
    body["level"] = json!(level);
    body["parent"] = if parent.is_empty() { Value::Null } else { json!(parent) };
}

/// `POST …/objects/nodes` of the form that puts a node back: with its texts and its roadmap, under its old key.
pub async fn bring_back(mut act: Act) -> Result<Response, Refusal> {
    let mut errors = FormErrors::default();
    let key = act.form.get("dropped").to_owned();
    let from = act.tx.last_with_node(&act.desk, &key).await?.filter(|_| act.desk.content().node(&key).is_none());
    let Some((from, node)) = from.and_then(|from| from.node(&key).cloned().map(|node| (from, node))) else {
        errors.push::<()>("dropped", sentences::choose("外したもの"));
        return act.back(errors).await;
    };
    let parent = match act.form.get("dropped_parent") {
        "" => node.parent.clone(),
        chosen => Some(chosen.to_owned()),
    };
    if parent.as_ref().is_some_and(|parent| act.desk.content().node(parent).is_none()) {
        errors.push::<()>("dropped_parent", "外す前に上にあったものは、いまの案にありません。戻す先を選択してください。".to_owned());
        return act.back(errors).await;
    }
    match edit::bring_back(act.desk.content(), &from, &key, parent.as_deref()) {
        Ok(after) => {
            let to = act.place.object(Kind::Node, &key);
            act.done(&after, &format!("「{}」を計画に戻す", label(&after, Kind::Node, &key)), &to).await
        }
        Err(fault) => act.fault("dropped_parent", &fault).await,
    }
}

/// Opens the act on a node that is in the draft.
async fn open(visit: Visit, (city, plan, key): (String, String, String), form: Form) -> Result<(Act, Node), Refusal> {
    let place = Place::new(&city, &plan);
    let page = place.object(Kind::Node, &key);
    let act = Act::open(visit, place, page, form).await?;
    let node = act.desk.content().node(&key).cloned().ok_or(Refusal::NotFound)?;
    Ok((act, node))
}

/// `POST …/objects/nodes/{key}/moves`
pub async fn relocate(visit: Visit, Path(path): Path<(String, String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (act, node) = open(visit, path, form).await?;
    let to = Some(act.form.get("to").to_owned()).filter(|to| !to.is_empty());
    match edit::move_node(act.desk.content(), &node.key, to.as_deref(), None) {
        Ok(after) => {
            let where_to = to.map_or_else(|| "最上位".to_owned(), |to| format!("「{}」の下", label(&after, Kind::Node, &to)));
            let (summary, page) = (format!("「{}」を{where_to}へ移動", node.title), act.page.clone());
            act.done(&after, &summary, &page).await
        }
        Err(fault) => act.fault("to", &fault).await,
    }
}

/// `POST …/objects/nodes/{key}/splits`
pub async fn split(visit: Visit, Path(path): Path<(String, String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (mut act, node) = open(visit, path, form).await?;
    let mut errors = FormErrors::default();
    let title = act.form.required("split_title", "新しいほうの名称", 400, &mut errors);
    let number = act.form.text("split_number", "新しいほうの番号", 20, &mut errors);
    if !errors.is_empty() {
        return act.back(errors).await;
    }
    let used = act.tx.used_keys(act.desk.plan.id, Kind::Node).await?;
    let key = fresh_key("n", &used, &act.desk.draft.keys(Kind::Node));
    let content = act.desk.content();
    let chosen = |prefix: &str, key: &str| act.form.get(&format!("{prefix}.{key}")) == "on";
    let share = Share {
        children: content.children(Some(&node.key)).filter(|child| chosen("child", &child.key)).map(|child| child.key.clone()).collect(),
        kpis: content.kpis.iter().filter(|kpi| chosen("kpi", &kpi.code)).map(|kpi| kpi.code.clone()).collect(),
    };
    let new = Node {
        key: key.clone(),
        title,
        number,
        description: String::new(),
        status: String::new(),
        gap: String::new(),
        notes: Vec::new(),
        provenance: Provenance::default(),
        ..node.clone()
    };
    match edit::split_node(content, &node.key, new, &share) {
        Ok(after) => {
            let summary = format!("「{}」から「{}」を分割", node.title, label(&after, Kind::Node, &key));
            let to = act.place.object(Kind::Node, &key);
            act.done(&after, &summary, &to).await
        }
        Err(fault) => act.fault("split_title", &fault).await,
    }
}

/// `POST …/objects/nodes/{key}/mergers`
pub async fn merge(visit: Visit, Path(path): Path<(String, String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (act, node) = open(visit, path, form).await?;
    let mut errors = FormErrors::default();
    let into = act.form.get("into").to_owned();
    if act.desk.content().node(&into).is_none() {
        errors.push::<()>("into", sentences::choose("統合する先"));
    }
    if act.form.get("sure_merge") != "on" {
        errors.push::<()>("sure_merge", "統合してよければ、確かめたことを示すチェックを入れてください。".to_owned());
    }
    if !errors.is_empty() {
        return act.back(errors).await;
    }
    match edit::merge_nodes(act.desk.content(), &node.key, &into) {
        Ok(after) => {
            let summary = format!("「{}」を「{}」へ統合", node.title, label(&after, Kind::Node, &into));
            let to = act.place.object(Kind::Node, &into);
            act.done(&after, &summary, &to).await
        }
        Err(fault) => act.fault("into", &fault).await,
    }
}

/// `POST …/objects/nodes/{key}/cell-moves`: a cell of the roadmap (`cell`), or all of the node, a year to the front or back.
pub async fn move_cells(visit: Visit, Path(path): Path<(String, String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (act, node) = open(visit, path, form).await?;
    let (years, words) = match act.form.get("way") {
        "back" => (-1, "1年前へ"),
        "on" => (1, "1年後ろへ"),
        _ => return Err(Refusal::bad_request("どちらへ動かすかが分かりません。取組の画面からやり直してください。")),
    };
    let only = Some(act.form.get("cell")).filter(|cell| !cell.is_empty());
    match edit::move_cells(act.desk.content(), &node.key, only, years) {
        Ok(after) => {
            let (summary, page) = (format!("「{}」のロードマップを{words}", node.title), act.page.clone());
            act.done(&after, &summary, &format!("{page}#roadmap")).await
        }
        Err(fault) => act.fault("cells", &fault).await,
    }
}

/// `POST …/objects/nodes/{key}/cells`: which phases are planned for which years. Ticked ones that were there keep
/// their source.
pub async fn cells(visit: Visit, Path(path): Path<(String, String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (act, node) = open(visit, path, form).await?;
    let mut after = act.desk.content().clone();
    let ticked = |year: FiscalYear, phase: &str| act.form.get(&cell_name(year.0, phase)) == "on";
    let in_form = |cell: &RoadmapCell| {
        cell.node == node.key && cell.kind == CellKind::Planned && after.plan.years().any(|year| year == cell.fiscal_year)
    };
    let (own, mut cells): (Vec<_>, Vec<_>) = after.roadmap.iter().cloned().partition(in_form);
    for year in after.plan.years() {
        for phase in after.plan.phases.iter().filter(|phase| ticked(year, &phase.key)) {
            let known = own.iter().find(|cell| cell.fiscal_year == year && cell.phase == phase.key).cloned();
            cells.push(known.unwrap_or_else(|| RoadmapCell {
                node: node.key.clone(),
                fiscal_year: year,
                phase: phase.key.clone(),
                kind: CellKind::Planned,
                provenance: Provenance::default(),
            }));
        }
    }
    // As before, if the same cells are there: the order of the roadmap's rows is the tree's.
    let same = |a: &[RoadmapCell], b: &[RoadmapCell]| a.len() == b.len() && a.iter().all(|cell| b.contains(cell));
    if !same(&cells, &after.roadmap) {
        after.roadmap = cells;
    }
    let (summary, page) = (format!("「{}」のロードマップを変更", node.title), act.page.clone());
    act.done(&after, &summary, &format!("{page}#roadmap")).await
}
