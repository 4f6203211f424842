//! `/{city}/staff/plans/{plan}`: the draft as it stands, the tree, and the way to everything else.

use std::collections::HashMap;

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    clock::moment_label,
    draft::{
        Kind,
        compare::{Difference, What, compare},
        edit::check,
    },
    form::FormErrors,
    plan::{Kpi, Node, PlanContent},
};
use rashin_store::draft::{Desk, Step, Undone};

use super::{Place, change, look, page};
use crate::{
    audit::COMMAND_LINE,
    publish::pages::page_of,
    ui::{
        field::{Filled, confirm, hidden},
        provenance::reading,
        section::{empty, note, page_head, section},
        status::lost,
    },
    web::{Flash, Page, Posted, Refusal, Tone, Visit},
};

/// What of an object the draft changes: 「追加」, 「変更」.
pub type Marks = HashMap<(Kind, String), What>;

pub fn marks(differences: &[Difference]) -> Marks {
    differences.iter().map(|d| ((d.kind, d.key.clone()), d.what)).collect()
}

/// The word behind a changed object's name.
pub fn mark(marks: &Marks, kind: Kind, key: &str) -> Option<impl IntoView + use<>> {
    marks.get(&(kind, key.to_owned())).map(|what| view! { <span class="rashin-reading">{what.word()}</span> })
}

/// `/{city}/staff/plans/{plan}`
pub async fn desk(visit: Visit, Path((city, plan)): Path<(String, String)>) -> Result<Page, Refusal> {
    let place = Place::new(&city, &plan);
    let (mut tx, desk) = look(&visit, &place).await?;
    let filled = Filled::new(visit.take_held().await?, Default::default);
    let steps = tx.draft_steps(desk.plan.id).await?;
    let differences = compare(&desk.live, desk.content());
    let marks = marks(&differences);
    let me = tx.member().map(|member| member.id);
    let mine = steps.iter().find(|step| step.member == me && step.undoes.is_none() && !step.is_undone).cloned();
    let links = view! {
        <p class="links">
            <a href="#steps">"案の操作"</a><a href=place.url("/comparison")>"新旧対照"</a><a href=place.url("/inquiries")>"庁内照会"</a><a href=place.url("/preview")>"公表前の確認"</a><a href=page_of(&city, &plan)>"公表へ"</a>
        </p>
    };
    let main = view! {
        {filled.summary()}
        {page_head("計画の編集", desk.plan.title.clone(), links)}
        <p class="lead">{lead(&desk, &differences, &steps)}</p>
        {problem_banner(&place, &desk)}
        <div class="cols" data-cols="8-4">
            {section("tree", "戦略・施策・取組", view! { <p><a href=place.new_one(Kind::Node)>"追加する"</a></p> }, tree(&place, desk.content(), &marks))}
            <div>
                {section("parts", "そのほか", (), parts(&place, desk.content(), &marks))}
                {section("steps", "案の操作", note(format!("{}件", steps.len())), view! {
                    {mine.map(|step| undo(&place, &step))}
                    {step_list(&steps)}
                    {(!steps.is_empty()).then(|| discard(&place, &desk, &filled))}
                })}
            </div>
        </div>
    };
    page(&visit, &tx, &place, &desk, &[], filled.title(&format!("{} 編集", desk.plan.title)), main).await
}

fn lead(desk: &Desk, differences: &[Difference], steps: &[Step]) -> String {
    match steps.first() {
        None => "編集中の案はありません。何かを変えると、案が始まります。公開ページは、公表するまで変わりません。".to_owned(),
        Some(last) if differences.is_empty() => {
            format!("案は、いまの計画と同じです（最後の操作：{}）。", moment_label(last.at))
        }
        Some(last) => {
            let since = desk.revision.as_ref().map(|r| moment_label(r.opened_at)).unwrap_or_default();
            let who = last.member_name.clone().unwrap_or_default();
            format!("{since}からの案で、{}か所が変わります。最後の操作は{who}（{}）です。", differences.len(), moment_label(last.at))
        }
    }
}

/// Why the draft cannot be published yet: sentences, with the KPI that has to be looked at.
pub fn problems(desk: &Desk) -> Vec<(String, Option<String>)> {
    let clash = |kpi: &Kpi| {
        let words =
            format!("指標「{} {}」の定義は、ほかの計画の公表で変わりました。指標の画面で確かめて保存してください。", kpi.code, kpi.name);
        (words, Some(kpi.code.clone()))
    };
    check(desk.content()).into_iter().map(|wrong| (wrong, None)).chain(desk.clashing().map(clash)).collect()
}

pub fn problem_banner(place: &Place, desk: &Desk) -> Option<impl IntoView + use<>> {
    let wrong = problems(desk);
    (!wrong.is_empty()).then(|| {
        let item = |(sentence, kpi): (String, Option<String>)| {
            let link = kpi.map(|code| view! { <br/><a href=place.object(Kind::Kpi, &code)>{format!("指標 {code} を確かめる")}</a> });
            view! { <li>{sentence}{link}</li> }
        };
        let items = wrong.into_iter().map(item).collect_view();
        view! {
            <div class="dads-notification-banner" data-type="warning" role="group" aria-labelledby="problems">
                <h2 class="dads-notification-banner__heading" id="problems">"公表する前に直すところがあります"</h2>
                <div class="dads-notification-banner__body"><ul>{items}</ul></div>
            </div>
        }
    })
}

fn tree(place: &Place, content: &PlanContent, marks: &Marks) -> AnyView {
    if content.nodes.is_empty() {
        let words = "まだ何もありません。最上位の階層から書き始めます。";
        return empty(words, Some((place.new_one(Kind::Node), "最初の一つを追加する"))).into_any();
    }
    let mut children: HashMap<Option<&str>, Vec<&Node>> = HashMap::new();
    let mut kpis: HashMap<&str, usize> = HashMap::new();
    content.nodes.iter().for_each(|node| children.entry(node.parent.as_deref()).or_default().push(node));
    content.kpis.iter().for_each(|kpi| *kpis.entry(&kpi.node).or_default() += 1);
    view! { <div class="rashin-tree">{branch(place, content, marks, &children, &kpis, None)}</div> }.into_any()
}

fn branch(
    place: &Place,
    content: &PlanContent,
    marks: &Marks,
    children: &HashMap<Option<&str>, Vec<&Node>>,
    kpis: &HashMap<&str, usize>,
    parent: Option<&str>,
) -> Option<AnyView> {
    let items = children.get(&parent)?.iter().map(|node| {
        let level = content.plan.level(&node.level).map_or("", |level| level.name.as_str());
        let count = kpis.get(node.key.as_str()).map(|count| format!("指標{count}")).unwrap_or_default();
        let words = [level, &count].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("　");
        view! {
            <li>
                <a href=place.object(Kind::Node, &node.key)>{label_of(node)}</a>" "
                {mark(marks, Kind::Node, &node.key)}{reading(&node.provenance)}{(!node.gap.is_empty()).then(|| lost("原文欠落"))}
                " "<span class="note nobr">{words}</span>
                {branch(place, content, marks, children, kpis, Some(&node.key))}
            </li>
        }
    });
    Some(view! { <ul>{items.collect_view()}</ul> }.into_any())
}

fn label_of(node: &Node) -> String {
    let marker = if node.marker.is_empty() { String::new() } else { format!("{} ", node.marker) };
    if node.number.is_empty() { format!("{marker}{}", node.title) } else { format!("{marker}{} {}", node.number, node.title) }
}

/// How many there are of each other kind, and how many of them change.
fn parts(place: &Place, content: &PlanContent, marks: &Marks) -> impl IntoView + use<> {
    let count = |kind| match kind {
        Kind::Head => None,
        Kind::Level => Some(content.plan.levels.len()),
        Kind::Phase => Some(content.plan.phases.len()),
        Kind::Marker => Some(content.plan.markers.len()),
        Kind::Attribute => Some(content.attributes.len()),
        Kind::Node => Some(content.nodes.len()),
        Kind::Kpi => Some(content.kpis.len()),
        Kind::Cell => Some(content.roadmap.len()),
        Kind::Milestone => Some(content.milestones.len()),
        Kind::Ruling => Some(content.rulings.len()),
        Kind::Body => Some(content.bodies.len()),
        Kind::RelatedPlan => Some(content.related_plans.len()),
        Kind::Term => Some(content.glossary.len()),
        Kind::Chapter => Some(content.chapters.len()),
        Kind::Lineage => Some(content.lineage.len()),
    };
    let line = |kind: Kind| {
        let href = if kind == Kind::Head { place.object(kind, "") } else { place.list(kind) };
        let changed = marks.keys().filter(|(of, _)| *of == kind).count();
        let changed = (changed > 0).then(|| format!("変更 {changed}"));
        let count = count(kind).map(|count| format!("{count}件"));
        let words = [count, changed].into_iter().flatten().collect::<Vec<_>>().join("　");
        view! { <li><a href=href>{kind.label()}</a><span class="note">{words}</span></li> }
    };
    let order = [Kind::Head, Kind::Kpi, Kind::Chapter, Kind::Cell, Kind::Body, Kind::RelatedPlan, Kind::Term, Kind::Attribute, Kind::Level]
        .into_iter()
        .chain([Kind::Milestone, Kind::Ruling, Kind::Phase, Kind::Marker, Kind::Lineage]);
    let grades =
        view! { <li><a href=place.url("/grades")>"判定の決まり"</a><span class="note">{content.plan.grades.name.clone()}</span></li> };
    view! { <ul class="rashin-task-list" data-two="">{order.map(line).collect_view()}{grades}</ul> }
}

fn undo(place: &Place, step: &Step) -> impl IntoView + use<> {
    view! {
        <form method="post" action=place.url("/undoings")>
            {hidden("step", step.number.to_string())}
            <p class="actions">
                <button class="dads-button" data-type="outline">"自分の最後の操作を取り消す"</button>
                <span class="note">{step.summary.clone()}</span>
            </p>
        </form>
    }
}

fn step_list(steps: &[Step]) -> AnyView {
    if steps.is_empty() {
        return note("まだ操作はありません。").into_any();
    }
    let line = |step: &Step| {
        let who = step.member_name.clone().unwrap_or_else(|| COMMAND_LINE.to_owned());
        let undone = step.is_undone.then_some("（取り消し済み）");
        view! { <li><time>{moment_label(step.at)}</time><div>{step.summary.clone()}{undone}<br/><span class="note">{who}</span></div></li> }
    };
    let (shown, rest) = steps.split_at(steps.len().min(20));
    let rest = (!rest.is_empty()).then(|| {
        view! { <details><summary>{format!("前の{}件", rest.len())}</summary><ol class="rashin-timeline">{rest.iter().map(line).collect_view()}</ol></details> }
    });
    view! { <ol class="rashin-timeline">{shown.iter().map(line).collect_view()}</ol>{rest} }.into_any()
}

fn discard(place: &Place, desk: &Desk, filled: &Filled) -> impl IntoView + use<> {
    let steps = desk.revision.as_ref().map_or(0, |revision| revision.steps);
    let open = filled.errors.of("sure").is_some();
    view! {
        <details open=open>
            <summary>"案をすべて破棄する"</summary>
            <form class="stack rashin-form" method="post" action=place.url("/discards") novalidate>
                <p>"案の変更がすべてなくなり、いまの計画に戻ります。操作の記録は残ります。公開ページは変わりません。"</p>
                {hidden("steps", steps.to_string())}
                {confirm(filled, "sure", "案をすべて破棄することを確かめました")}
                <p class="actions"><button class="dads-button" data-type="outline">"破棄する"</button></p>
            </form>
        </details>
    }
}

pub async fn undo_last(visit: Visit, Path((city, plan)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let place = Place::new(&city, &plan);
    visit.or_hold(&place.url(""), &form).await?;
    let (mut tx, permit, desk) = change(&visit, &place).await?;
    match tx.undo_step(permit, &desk).await? {
        Undone::Step { summary } => {
            tx.commit().await?;
            visit.go(&place.url("#steps"), "操作を取り消しました", summary).await
        }
        Undone::Nothing => {
            let flash = Flash { tone: Tone::Info, heading: "取り消す操作はありません".to_owned(), body: String::new() };
            visit.go_with(&place.url(""), flash).await
        }
        Undone::Overtaken { by } => {
            let body = format!("そのあとの操作（{by}）が同じところを変えています。対象のページの「履歴」から前の内容に戻せます。");
            visit.go_with(&place.url(""), Flash { tone: Tone::Warning, heading: "取り消せませんでした".to_owned(), body }).await
        }
        Undone::Needed { wrong } => {
            let body = format!("取り消すと、計画がつながらなくなります（{wrong}）。そのあとの操作を先に取り消してください。");
            visit.go_with(&place.url(""), Flash { tone: Tone::Warning, heading: "取り消せませんでした".to_owned(), body }).await
        }
    }
}

pub async fn discard_all(visit: Visit, Path((city, plan)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let place = Place::new(&city, &plan);
    visit.or_hold(&place.url(""), &form).await?;
    let (mut tx, permit, desk) = change(&visit, &place).await?;
    let Some(revision) = &desk.revision else { return Err(Refusal::NotFound) };
    if form.get("sure") != "on" {
        let errors = FormErrors::one("sure", "破棄してよければ、確かめたことを示すチェックを入れてください。");
        return visit.back(&place.url(""), form, errors).await;
    }
    if form.get("steps") != revision.steps.to_string() {
        let what = "画面を開いたあとに、案がさらに変更されました。内容を確かめてから、もう一度破棄してください。".to_owned();
        return Err(Refusal::Conflict { what, back: place.url("") });
    }
    tx.discard_draft(permit, &desk).await?;
    tx.commit().await?;
    visit.go(&place.url(""), "案を破棄しました", "いまの計画に戻りました。").await
}
