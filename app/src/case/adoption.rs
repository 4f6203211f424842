//! `/{city}/staff/cases/{number}/adoption`: what was decided goes into the draft of the plan (スクラップ&ビルド).

use axum::{
    extract::{Path, Query},
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    case::{Act, phase::Phase},
    clock::{FiscalYear, date_label},
    draft::{
        Kind,
        edit::Fault,
        node_label,
        ruling::{Begun, rule, start},
    },
    form::{Form, FormErrors},
    kpi::{Accumulation, Direction, Frequency, Role, is_code},
    period::Period,
    plan::{Kpi, Node, Part, PlanContent, Point, Ruling, RulingEffect},
    provenance::Provenance,
    route::{Stage, Work},
    text::sentences,
    value::{Value, ValueKind},
    written,
};
use rashin_store::{
    TenantTx,
    case::{CaseFile, Happened},
    draft::Desk,
};
use serde::Deserialize;

use super::{
    case_url,
    form::{crumbs, load},
};
use crate::{
    editor::{Place, actions::fresh_key, node_page::level_below},
    initiative::leaves,
    roadmap::ruling_words,
    ui::{
        field::{Filled, Input, TEXT, hidden, input, optional, post_form, required, select, textarea},
        frame::{Frame, Here},
        section::{empty, facts, note, page_head, section},
    },
    web::{Flash, Page, Posted, Refusal, Tone, Visit},
};

/// Longest title of an initiative, as in the editor.
const TITLE_LIMIT: usize = 400;
const YEAR: Input = Input { width: Some("4"), numeric: true, ..TEXT };
const SHORT: Input = Input { width: Some("8"), ..TEXT };

#[derive(Deserialize)]
pub struct Chosen {
    /// Code of a [`RulingEffect`]; 開始 when empty.
    #[serde(default)]
    effect: String,
}

/// What a case has done to the plan: the decision, the initiative's name, and whether the plan has it already.
pub struct Trace {
    pub ruling: Ruling,
    pub initiative: String,
    pub published: bool,
}

/// The traces of a case in the plan that the tenant works on, and its draft. `None` without a plan.
pub async fn traces(tx: &mut TenantTx, number: i32) -> Result<Option<(Place, Vec<Trace>)>, Refusal> {
    let Some(plan) = tx.current_plan().await? else { return Ok(None) };
    let place = Place::new(&tx.city().slug.clone(), &plan.slug);
    let desk = tx.desk_of(plan).await?;
    let is_ours = |ruling: &&Ruling| ruling.case == Some(number);
    let trace = |ruling: &Ruling| Trace {
        initiative: desk.content().node(&ruling.node).map(node_label).unwrap_or_default(),
        published: desk.live.rulings.iter().any(|live| live.key == ruling.key),
        ruling: ruling.clone(),
    };
    let traces = desk.content().rulings.iter().filter(is_ours).map(trace).collect();
    Ok(Some((place, traces)))
}

/// The decision that lets a case into the plan today: see [`rashin_domain::case::Case::in_favour`].
fn deciding(filed: &CaseFile, today: Date) -> Option<&Happened> {
    filed.events.get(filed.case.in_favour(&filed.route, today)?)
}

/// 「計画への反映」 on the page of a case: nothing before it is decided.
pub fn shelf(city: &str, filed: &CaseFile, today: Date, traces: Option<&(Place, Vec<Trace>)>, may: bool) -> Option<AnyView> {
    let ((place, traces), is_decided) = (traces?, deciding(filed, today).is_some());
    if traces.is_empty() && !is_decided {
        return None;
    }
    let items = traces.iter().map(|trace| {
        let state =
            if trace.published { "公表済みの計画にあります" } else { "計画の案にあります（次の版で公開）" };
        let href = place.object(Kind::Node, &trace.ruling.node);
        let name = match may {
            true => view! { <a href=href>{trace.initiative.clone()}</a> }.into_any(),
            false => trace.initiative.clone().into_any(),
        };
        view! { <li><span>{name}<br/><span class="note">{ruling_words(&trace.ruling)}</span></span><span class="note">{state}</span></li> }
    });
    let list = match traces.is_empty() {
        true => empty("まだ計画の案に入っていません。", None).into_any(),
        false => view! { <ul class="rashin-task-list" data-two="">{items.collect_view()}</ul> }.into_any(),
    };
    let link =
        (may && is_decided).then(|| view! { <p><a href=format!("{}/adoption", case_url(city, filed.number))>"計画の案に入れる"</a></p> });
    Some(section("plan", "計画への反映", link, list))
}

/// Why a stage 導入 does not end yet.
pub const LACKS: &str = "先に、決定を計画の案に入れてください（「計画への反映」から）。";

/// Whether a case would leave its stage 導入 without a trace in the plan. A tenant without a plan has nowhere to put it.
pub async fn lacks(tx: &mut TenantTx, filed: &CaseFile, stage: &Stage, act: &Act) -> Result<bool, Refusal> {
    let goes_on = matches!(act, Act::Decided { outcome, .. } if outcome.goes_on());
    if stage.work != Work::Adoption || !goes_on {
        return Ok(false);
    }
    Ok(traces(tx, filed.number).await?.is_some_and(|(_, traces)| traces.is_empty()))
}

fn decided<'a>(filed: &'a CaseFile, today: Date, back: &str) -> Result<&'a Happened, Refusal> {
    deciding(filed, today).ok_or_else(|| Refusal::Conflict {
        what: "いま導入かトライアルに決まっている案件だけを、計画の案に入れられます。差し戻された案件と、トライアルが終わってまだ決まっていない案件は、次の決定を待ってください。".to_owned(),
        back: back.to_owned(),
    })
}

pub async fn adoption(visit: Visit, Path((city, number)): Path<(String, i32)>, Query(chosen): Query<Chosen>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let happened = decided(&filed, council.today, &case_url(&city, number))?;
    let title = "計画の案に入れる";
    let above = crumbs(&city, Some(&filed));
    let Some(plan) = tx.current_plan().await? else {
        let frame = Frame::staff(&tx, None, Here::Cases).crumbs(above);
        let main = view! { {page_head("", title, ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new(title, frame, main));
    };
    let desk = tx.desk_of(plan).await?;
    let effect = RulingEffect::from_code(&chosen.effect).unwrap_or(RulingEffect::Starts);
    let filled = Filled::new(visit.take_held().await?, || begin(&filed, &desk, effect, council.today));
    let section_name = filed.section.and_then(|id| council.sections.iter().find(|one| one.id == id)).map(|one| one.name.clone());
    let rows = vec![
        ("案件", filed.newest.content.title.clone().into_any()),
        ("決定", format!("{} {}", date_label(happened.decided_on), happened.acted_as).into_any()),
        ("文書番号", if happened.document.is_empty() { "なし".to_owned() } else { happened.document.clone() }.into_any()),
        ("計画", desk.plan.title.clone().into_any()),
    ];
    let tabs = RulingEffect::ALL.iter().map(|one| {
        let href = format!("{}/adoption?effect={}", case_url(&city, number), one.code());
        view! { <li><a class="dads-tab__tab" href=href aria-current=(*one == effect).then_some("page")>{way_words(*one)}</a></li> }
    });
    let fields = match effect {
        RulingEffect::Starts => new_fields(&filled, desk.content(), &filed.newest.content.phases, section_name.as_deref()).into_any(),
        RulingEffect::Changes | RulingEffect::Scraps => old_fields(&filled, desk.content(), effect).into_any(),
    };
    let form = view! { {hidden("effect", effect.code())}{fields} };
    let main = view! {
        {filled.summary()}
        {page_head(format!("案件 {number}"), title, ())}
        {facts(rows)}
        <nav aria-label="決定の種類"><ul class="dads-tab__list">{tabs.collect_view()}</ul></nav>
        {note("計画の案に入ります。公開ページには、案を次の版として公表したときに、決定した日と会議体とともに載ります。")}
        {post_form(format!("{}/rulings", case_url(&city, number)), form, "案に保存する")}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(above).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(title), frame, main))
}

fn way_words(effect: RulingEffect) -> &'static str {
    match effect {
        RulingEffect::Starts => "新しい取組を加える",
        RulingEffect::Changes => "いまの取組に結び付ける",
        RulingEffect::Scraps => "いまの取組を廃止する",
    }
}

fn begin(filed: &CaseFile, desk: &Desk, effect: RulingEffect, today: Date) -> Form {
    let (mut form, content, next) = (Form::default(), &filed.newest.content, FiscalYear(FiscalYear::of(today).0 + 1));
    let year = if effect == RulingEffect::Starts { FiscalYear::of(today) } else { next };
    form.set("fiscal_year", year.0.to_string());
    form.set("title", content.title.clone());
    form.set("description", content.proposal.clone());
    // 「進め方」 of the case, where it names a phase as the plan does; its words stand beside each year.
    for planned in &content.phases {
        if let Some(phase) = desk.content().plan.phases.iter().find(|phase| phase.name == planned.what) {
            form.set(&phase_field(planned.year), phase.key.clone());
        }
    }
    if let Some(first) = content.phases.iter().map(|planned| planned.year).min().filter(|_| effect == RulingEffect::Starts) {
        form.set("fiscal_year", first.0.to_string());
    }
    if let Some(("initiative", key)) = content.target.split_once('.') {
        form.set("node", key.to_owned());
        form.set("parent", desk.content().node(key).and_then(|node| node.parent.clone()).unwrap_or_default());
    }
    form
}

fn new_fields(filled: &Filled, content: &PlanContent, planned: &[Phase], section_name: Option<&str>) -> impl IntoView + use<> {
    let phases: Vec<(String, String)> = content.plan.phases.iter().map(|phase| (phase.key.clone(), phase.name.clone())).collect();
    let years = content.plan.years().map(|year| {
        let said: Vec<&str> = planned.iter().filter(|planned| planned.year == year).map(|planned| planned.what.as_str()).collect();
        let label = optional(year.label());
        let label = if said.is_empty() { label } else { label.hint(format!("案件の進め方：{}", said.join("、"))) };
        select(filled, &phase_field(year), &label, &phases, "なし").into_any()
    });
    let owner = match section_name {
        Some(name) => format!("担当課は、公表したときに、提案した{name}になります。あとから変えられます。"),
        None => "担当課は、公表したあとに決めてください。".to_owned(),
    };
    view! {
        {select(filled, "parent", &required("上位の施策"), &parents(content), "選択してください")}
        {input(filled, "number", &optional("番号").hint("計画書に載せる番号。例：(3)"), SHORT)}
        {input(filled, "title", &required("取組の名称"), TEXT)}
        {textarea(filled, "description", &optional("内容"), 4)}
        {input(filled, "fiscal_year", &required("始める年度").hint("西暦。例：2027"), YEAR)}
        {section("adopted-phases", "ロードマップの予定", note("段階の変わる年度だけを選びます。"), view! { <div class="rashin-pairs">{years.collect_view()}</div> })}
        {section("adopted-kpi", "指標", note("指標を置かないときは、コードを空欄にします。"), view! {
            <div class="stack">
                {input(filled, "kpi_code", &optional("指標コード").hint("半角の英数字とハイフン。ほかの指標と重ならないもの。"), SHORT)}
                {input(filled, "kpi_name", &optional("指標の名称"), TEXT)}
                {input(filled, "kpi_unit", &optional("単位").hint("例：件、%、時間"), SHORT)}
                {input(filled, "kpi_target", &optional("目標値"), SHORT)}
                {input(filled, "kpi_year", &optional("目標の年度").hint("西暦。空欄なら計画の最後の年度。"), YEAR)}
            </div>
        })}
        {note(format!("{owner}指標の数え方や向きは、案に入れたあとに指標の画面で決めます。"))}
    }
}

fn old_fields(filled: &Filled, content: &PlanContent, effect: RulingEffect) -> impl IntoView + use<> {
    let leaves = leaves(&content.nodes);
    let options: Vec<_> =
        content.nodes.iter().filter(|node| leaves.contains(&node.key)).map(|node| (node.key.clone(), node_label(node))).collect();
    let year = match effect {
        RulingEffect::Scraps => required("行わなくなる最初の年度")
            .hint("西暦。この年度からの予定は、ロードマップから外れます。前の年度までの予定と実際は残ります。"),
        RulingEffect::Starts | RulingEffect::Changes => required("変わる最初の年度").hint("西暦。例：2027"),
    };
    view! {
        {select(filled, "node", &required("取組"), &options, "選択してください")}
        {input(filled, "fiscal_year", &year, YEAR)}
    }
}

fn phase_field(year: FiscalYear) -> String {
    format!("phase.{}", year.0)
}

/// What an initiative can stand under: whatever has a level below it.
fn parents(content: &PlanContent) -> Vec<(String, String)> {
    let depth = |node: &Node| content.plan.level(&node.level).map_or(0, |level| level.depth);
    let deepest = content.plan.levels.iter().map(|level| level.depth).max().unwrap_or(0);
    content.nodes.iter().filter(|node| depth(node) < deepest).map(|node| (node.key.clone(), node_label(node))).collect()
}

/// `POST /{city}/staff/cases/{number}/rulings`
pub async fn adopt(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let effect = RulingEffect::from_code(form.get("effect")).unwrap_or(RulingEffect::Starts);
    let page = format!("{}/adoption?effect={}", case_url(&city, number), effect.code());
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let happened = decided(&filed, council.today, &case_url(&city, number))?;
    let plan = tx.current_plan().await?.ok_or(Refusal::NotFound)?;
    let desk = tx.desk_to_change(&plan.slug).await?;
    let key = |prefix: &str, used: &[String], kind| fresh_key(prefix, used, &desk.draft.keys(kind));
    let rulings = tx.used_keys(plan.id, Kind::Ruling).await?;
    let mut ruling = Ruling {
        key: key("e", &rulings, Kind::Ruling),
        node: form.get("node").to_owned(),
        effect,
        fiscal_year: FiscalYear::of(council.today),
        decided_on: happened.decided_on,
        body: happened.acted_as.clone(),
        document: happened.document.clone(),
        case: Some(number),
    };
    let mut errors = FormErrors::default();
    if let Some(year) = year(&form, "fiscal_year", &mut errors) {
        ruling.fiscal_year = year;
    }
    let content = desk.content();
    if content.rulings.iter().any(|other| other.case == Some(number) && other.effect == effect && other.node == ruling.node) {
        return visit.go(&case_url(&city, number), "この決定は、もう計画の案に入っています", "").await;
    }
    let after = match effect {
        RulingEffect::Starts => {
            let (nodes, kpis) = (tx.used_keys(plan.id, Kind::Node).await?, tx.used_keys(plan.id, Kind::Kpi).await?);
            ruling.node = key("n", &nodes, Kind::Node);
            let begun = begun(&form, content, &ruling, &kpis, &mut errors);
            begun.map(|begun| start(content, begun, ruling.clone()))
        }
        RulingEffect::Changes | RulingEffect::Scraps if content.node(&ruling.node).is_none() => {
            errors.push::<()>("node", sentences::choose("取組"));
            None
        }
        RulingEffect::Changes | RulingEffect::Scraps => Some(rule(content, ruling.clone())),
    };
    let after = match after.filter(|_| errors.is_empty()).transpose() {
        Ok(after) => after,
        Err(fault) => {
            let field = if matches!(fault, Fault::Level { .. }) { "parent" } else { "title" };
            return visit.back(&page, form, FormErrors::one(field, fault.to_string())).await;
        }
    };
    let Some(after) = after else { return visit.back(&page, form, errors).await };
    let name = after.node(&ruling.node).map(node_label).unwrap_or_default();
    let summary = format!("案件{number}の決定により「{name}」を{}", effect.label());
    tx.record_step(permit, &desk, &after, &summary).await?;
    tx.commit().await?;
    let body = "次の版を公表すると、公開ページに載ります。".to_owned();
    visit.go_with(&case_url(&city, number), Flash { tone: Tone::Success, heading: "計画の案に入れました".to_owned(), body }).await
}

fn year(form: &Form, field: &str, errors: &mut FormErrors) -> Option<FiscalYear> {
    match written::year(form.get(field)) {
        Some(year) => Some(FiscalYear(year)),
        None => errors.push(field, "年度は西暦4桁で入力してください。例：2027".to_owned()),
    }
}

/// The decision is the source of what it brings into the plan.
fn decreed(ruling: &Ruling) -> Provenance {
    Provenance { source_place: format!("{} {}の決定", date_label(ruling.decided_on), ruling.body), ..Provenance::default() }
}

/// Reads a new initiative with its roadmap and its KPI.
fn begun(form: &Form, content: &PlanContent, ruling: &Ruling, kpis: &[String], errors: &mut FormErrors) -> Option<Begun> {
    let parent = form.get("parent");
    if !parents(content).iter().any(|(key, _)| key == parent) {
        errors.push::<()>("parent", sentences::choose("上位の施策"));
    }
    let title = form.required("title", "取組の名称", TITLE_LIMIT, errors);
    let number = form.text("number", "番号", 20, errors);
    let description = form.text("description", "内容", rashin_domain::kpi::NOTE_LIMIT, errors);
    let phase = |year: FiscalYear| {
        let chosen = form.get(&phase_field(year)).to_owned();
        content.plan.phases.iter().any(|phase| phase.key == chosen).then_some((year, chosen))
    };
    let phases = content.plan.years().filter_map(phase).collect();
    let kpi = if form.get("kpi_code").trim().is_empty() { None } else { Some(read_kpi(form, content, ruling, kpis, errors)?) };
    let node = Node {
        key: ruling.node.clone(),
        parent: Some(parent.to_owned()),
        level: level_below(content, parent),
        number,
        marker: String::new(),
        title,
        description,
        attributes: Vec::new(),
        status: String::new(),
        gap: String::new(),
        notes: Vec::new(),
        provenance: decreed(ruling),
    };
    Some(Begun { node, phases, kpi })
}

fn read_kpi(form: &Form, content: &PlanContent, ruling: &Ruling, used: &[String], errors: &mut FormErrors) -> Option<Kpi> {
    let code = form.get("kpi_code").trim().to_owned();
    if !is_code(&code) {
        errors.push::<()>("kpi_code", "指標コードは、半角の英数字とハイフンで入力してください。例：KAI-23".to_owned());
    } else if used.contains(&code) || content.kpi(&code).is_some() {
        errors.push::<()>("kpi_code", format!("「{code}」は、すでに使われています。ほかの番号にしてください。"));
    }
    let name = form.required("kpi_name", "指標の名称", 200, errors);
    let unit = form.text("kpi_unit", "単位", 20, errors);
    let mut points = Vec::new();
    let typed = form.get("kpi_target").trim();
    if !typed.is_empty() {
        let in_year = if form.get("kpi_year").trim().is_empty() { Some(content.plan.period_until) } else { year(form, "kpi_year", errors) };
        let value = match Value::parse_figure(ValueKind::Number, &unit, typed) {
            Ok(value) => Some(value),
            Err(error) => errors.push("kpi_target", sentences::value_error("目標値", typed, error)),
        };
        let point = |(year, value)| Point {
            role: Role::Target,
            period: Period::FiscalYear(year),
            value,
            note: String::new(),
            reason: String::new(),
            decided_on: None,
            replaced: Vec::new(),
            provenance: decreed(ruling),
        };
        points.extend(in_year.zip(value).map(point));
    }
    let part = Part {
        key: "main".to_owned(),
        name: String::new(),
        kind: ValueKind::Number,
        unit,
        direction: Direction::Up,
        accumulation: Accumulation::PerYear,
        accumulation_confirmed: false,
        points,
        actuals: Vec::new(),
    };
    let kpi = Kpi {
        code,
        name,
        node: ruling.node.clone(),
        headline: false,
        frequency: Frequency::Year,
        formula: String::new(),
        how_to_count: String::new(),
        source: String::new(),
        doubt: String::new(),
        parts: vec![part],
        template: None,
        indicators: Vec::new(),
        changes: Vec::new(),
        set_grade: None,
        provenance: decreed(ruling),
    };
    errors.is_empty().then_some(kpi)
}
