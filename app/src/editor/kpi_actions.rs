//! Adding a KPI, changing its definition, adding a part.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    clock::FiscalYear,
    draft::{
        Kind, body, edit,
        fields::{PART, fields, read},
    },
    form::{Form, FormErrors},
    kpi::{Accumulation, CODE_LIMIT, Direction, Role, is_code},
    period::Period,
    plan::{DefinitionChange, Kpi, Part, Point},
    provenance::Provenance,
    text::sentences,
    value::{Value, ValueKind},
    written,
};
use serde_json::json;

use super::{
    Place,
    actions::{Act, fresh_key},
    kpi_page::{DEFINITION, REDEFINITION, form_of, newest_definition, prefix},
    kpi_references::read_mappings,
};
use crate::web::{Posted, Refusal, Visit};

/// A fiscal year: 「2029」, 「令和11」, 「R11年度」.
pub fn year(form: &Form, name: &str, label: &str, errors: &mut FormErrors) -> Option<FiscalYear> {
    match written::year(form.get(name)) {
        Some(year) => Some(FiscalYear(year)),
        None => errors.push(name, format!("{label}を西暦4桁で入力してください。例：2029")),
    }
}

/// `POST …/objects/kpis`
pub async fn create(mut act: Act) -> Result<Response, Refusal> {
    if act.form.has("existing") {
        return adopt(act).await;
    }
    if act.form.has("dropped") {
        return bring_back(act).await;
    }
    let used = act.tx.used_keys(act.desk.plan.id, Kind::Kpi).await?;
    let content = act.desk.content();
    let mut errors = FormErrors::default();
    let code = act.form.required("code", "指標コード", CODE_LIMIT, &mut errors);
    if !code.is_empty() && !is_code(&code) {
        errors.push::<()>("code", "指標コードは、半角の英数字とハイフンで入力してください。例：KAI-23".to_owned());
    } else if used.contains(&code) {
        errors.push::<()>("code", format!("「{code}」は、すでに使われています。ほかの番号にしてください。"));
    }
    let part = json!({ "key": "main", "name": "", "points": [], "actuals": [] });
    let mut body = read(&act.form, "", fields(Kind::Kpi), &json!({ "code": code }), content, &mut errors);
    let part = read(&act.form, "part.main.", &PART[1..], &part, content, &mut errors);
    let kind = ValueKind::from_code(part["kind"].as_str().unwrap_or_default()).unwrap_or(ValueKind::Number);
    let unit = part["unit"].as_str().unwrap_or_default();
    let points: Vec<Point> = [("baseline", Role::Baseline), ("target", Role::Target)]
        .into_iter()
        .filter_map(|(name, role)| first_point(&act.form, name, role, (kind, unit), &mut errors))
        .collect();
    body["parts"] = json!([part]);
    let indicators = read_mappings(&act.form, &mut errors);
    if !errors.is_empty() {
        return act.back(errors).await;
    }
    let mut kpi: Kpi = serde_json::from_value(body).map_err(Refusal::incident)?;
    kpi.indicators = indicators;
    kpi.template = template(&act.form);
    if let Some(part) = kpi.parts.first_mut() {
        part.points = points;
        part.points.sort_by_key(|point| (point.period.last_day(), point.role));
    }
    add(act, kpi, "code").await
}

async fn add(act: Act, kpi: Kpi, field: &str) -> Result<Response, Refusal> {
    let (code, name) = (kpi.code.clone(), kpi.name.clone());
    match edit::put_kpi(act.desk.content(), None, kpi) {
        Ok(after) => {
            let to = act.place.object(Kind::Kpi, &code);
            act.done(&after, &format!("指標「{code} {name}」を追加"), &to).await
        }
        Err(fault) => act.fault(field, &fault).await,
    }
}

/// A baseline or target typed with the new KPI; a value and its year go together.
fn first_point(form: &Form, name: &str, role: Role, (kind, unit): (ValueKind, &str), errors: &mut FormErrors) -> Option<Point> {
    let (value_field, year_field) = (format!("{name}_value"), format!("{name}_year"));
    let typed = form.get(&value_field).trim();
    if typed.is_empty() && form.get(&year_field).trim().is_empty() {
        return None;
    }
    let value = match Value::parse_figure(kind, unit, typed) {
        Ok(value) => Some(value),
        Err(error) => errors.push(&value_field, sentences::value_error(role.label(), typed, error)),
    };
    let year = year(form, &year_field, &format!("{}の年度", role.label()), errors);
    let (year, value) = (year?, value?);
    Some(Point {
        role,
        period: Period::FiscalYear(year),
        value,
        note: String::new(),
        reason: String::new(),
        decided_on: None,
        replaced: Vec::new(),
        provenance: Provenance::default(),
    })
}

/// Uses a KPI of another plan in this one, too: same definition and figures, targets of its own.
async fn adopt(mut act: Act) -> Result<Response, Refusal> {
    let mut errors = FormErrors::default();
    let (code, node) = (act.form.get("existing").to_owned(), act.form.get("existing_node").to_owned());
    let known = act.tx.kpi_elsewhere(act.desk.plan.id, &code).await?;
    if known.is_none() {
        errors.push::<()>("existing", sentences::choose("ほかの計画の指標"));
    }
    if act.desk.content().node(&node).is_none() {
        errors.push::<()>("existing_node", sentences::choose("この計画で属する施策・取組"));
    }
    match known.filter(|_| errors.is_empty()) {
        Some(mut kpi) => {
            kpi.node = node;
            kpi.parts.iter_mut().for_each(|part| part.points.clear());
            add(act, kpi, "existing").await
        }
        None => act.back(errors).await,
    }
}

/// A KPI that this plan had: with its planned values; figures and history are there again with the next edition.
async fn bring_back(mut act: Act) -> Result<Response, Refusal> {
    let mut errors = FormErrors::default();
    let code = act.form.get("dropped").to_owned();
    let known = act.tx.dropped_kpis(&act.desk).await?.into_iter().find(|kpi| kpi.code == code);
    let Some(mut kpi) = known else {
        errors.push::<()>("dropped", sentences::choose("外した指標"));
        return act.back(errors).await;
    };
    let node = act.form.get("dropped_node").to_owned();
    if !node.is_empty() {
        kpi.node = node;
    }
    if act.desk.content().node(&kpi.node).is_none() {
        let words = "外す前に属していた施策・取組は、いまの案にありません。属する施策・取組を選択してください。";
        errors.push::<()>("dropped_node", words.to_owned());
        return act.back(errors).await;
    }
    let (code, name, to) = (kpi.code.clone(), kpi.name.clone(), act.place.object(Kind::Kpi, &kpi.code));
    match edit::put_kpi(act.desk.content(), None, kpi) {
        Ok(after) => act.done(&after, &format!("指標「{code} {name}」を計画に戻す"), &to).await,
        Err(fault) => act.fault("dropped", &fault).await,
    }
}

/// `POST …/objects/kpis/{key}/revisions`
pub async fn revise(act: Act, code: &str) -> Result<Response, Refusal> {
    let kpi = act.desk.content().kpi(code).cloned().ok_or(Refusal::NotFound)?;
    // Another plan's publication changed what this page did not show yet: the page that comes back does.
    if !act.desk.clashes(code).is_empty() && act.form.get(DEFINITION) != newest_definition(&act.desk, code) {
        return act.back(FormErrors::default()).await;
    }
    let sent = act.form.clone();
    let now = with_change(form_of(&act.desk, &kpi), &sent);
    let (mut act, form) = match act.merged(&now, Kind::Kpi, code).await {
        Ok(merged) => merged,
        Err(answer) => return answer,
    };
    let content = act.desk.content();
    let mut errors = FormErrors::default();
    let mut body = body(act.desk.content(), Kind::Kpi, code).ok_or(Refusal::NotFound)?;
    body = read(&form, "", fields(Kind::Kpi), &body, content, &mut errors);
    // The body is this KPI's: it has the same parts.
    for (at, part) in kpi.parts.iter().enumerate() {
        let skip = usize::from(kpi.parts.len() == 1);
        body["parts"][at] = read(&form, &prefix(part), &PART[skip..], &body["parts"][at], content, &mut errors);
    }
    let indicators = read_mappings(&form, &mut errors);
    if !errors.is_empty() {
        return act.back(errors).await;
    }
    let mut changed: Kpi = serde_json::from_value(body).map_err(Refusal::incident)?;
    changed.indicators = indicators;
    changed.template = template(&form);
    let live = act.desk.live.kpi(code);
    if let Some(live) = live {
        redefine(&form, live, &mut changed, &mut errors);
    }
    for part in &changed.parts {
        let unfit = part.points.iter().any(|point| point.value.kind().is_some_and(|kind| kind != part.kind));
        if unfit {
            let field = format!("{}kind", prefix(part));
            errors.push::<()>(&field, "目標値や現状値がこの種類と合いません。先に値を改めてください。".to_owned());
        }
    }
    if !errors.is_empty() {
        return act.back(errors).await;
    }
    // Figures are no part of what was edited.
    for (part, before) in changed.parts.iter_mut().zip(&kpi.parts) {
        part.actuals.clone_from(&before.actuals);
    }
    let (name, page) = (changed.name.clone(), act.page.clone());
    match edit::put_kpi(content, Some(code), changed) {
        Ok(after) => {
            act.desk.settle(code);
            act.done(&after, &format!("指標「{code} {name}」を変更"), &page).await
        }
        Err(fault) => act.fault("node", &fault).await,
    }
}

fn template(form: &Form) -> Option<String> {
    Some(form.get("template").to_owned()).filter(|code| !code.is_empty())
}

/// The fields of the change belong to the act, not to the KPI: they are never in conflict.
fn with_change(mut now: Form, sent: &Form) -> Form {
    for name in ["change", "change_year", "change_note", "change_break"] {
        now.set(name, sent.get(name));
    }
    now
}

/// What a KPI counts, without how its record is worded elsewhere.
fn meaning(kpi: &Kpi) -> impl PartialEq + use<> {
    let part = |p: &Part| (p.key.clone(), p.kind, p.unit.clone(), p.direction, p.accumulation);
    let parts: Vec<_> = kpi.parts.iter().map(part).collect();
    (kpi.name.clone(), kpi.frequency, kpi.formula.clone(), kpi.how_to_count.clone(), parts)
}

/// A published definition that means something else now takes a year and a reason.
fn redefine(form: &Form, live: &Kpi, changed: &mut Kpi, errors: &mut FormErrors) {
    // One draft makes at most one new definition: saying it again corrects it.
    changed.changes.clone_from(&live.changes);
    if meaning(live) == meaning(changed) {
        return;
    }
    match form.get("change") {
        REDEFINITION => {
            let from_year = year(form, "change_year", "新しい定義で数える最初の年度", errors);
            let note = form.required("change_note", "何が、なぜ変わるか", 1_000, errors);
            if let Some(from_year) = from_year {
                changed.changes.push(DefinitionChange { from_year, series_break: form.get("change_break") == "on", note });
            }
        }
        "" => {
            let words = "公表済みの定義を変えています。字句の訂正か、定義の変更かを選択してください。";
            errors.push::<()>("change", words.to_owned());
        }
        _ => {}
    }
}

/// `POST …/objects/kpis/{key}/parts`
pub async fn add_part(
    visit: Visit,
    Path((city, plan, code)): Path<(String, String, String)>,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    let place = Place::new(&city, &plan);
    let page = place.object(Kind::Kpi, &code);
    let act = Act::open(visit, place, page, form).await?;
    let mut kpi = act.desk.content().kpi(&code).cloned().ok_or(Refusal::NotFound)?;
    let mut errors = FormErrors::default();
    let name = act.form.required("new_part_name", "部分の名称", 60, &mut errors);
    let unit = act.form.text("new_part_unit", "単位", 20, &mut errors);
    if kpi.parts.iter().any(|part| part.name == name) {
        errors.push::<()>("new_part_name", "同じ名称の部分があります。".to_owned());
    }
    if !errors.is_empty() {
        return act.back(errors).await;
    }
    let keys: Vec<String> = kpi.parts.iter().map(|part| part.key.clone()).collect();
    kpi.parts.push(Part {
        key: fresh_key("part", &[], &keys),
        name: name.clone(),
        kind: ValueKind::Number,
        unit,
        direction: Direction::Up,
        accumulation: Accumulation::PerYear,
        accumulation_confirmed: false,
        points: Vec::new(),
        actuals: Vec::new(),
    });
    let page = act.page.clone();
    match edit::put_kpi(act.desk.content(), Some(&code), kpi) {
        Ok(after) => act.done(&after, &format!("指標「{code}」に部分「{name}」を追加"), &page).await,
        Err(fault) => act.fault("new_part_name", &fault).await,
    }
}
