//! What the page of a node has beyond its fields: what is under it, its roadmap, and how it is moved, split, merged.

use leptos::prelude::*;
use rashin_domain::{
    draft::{
        Kind, Object,
        compare::compare,
        fields::{Choices, options},
        label, node_label, origin,
    },
    plan::{CellKind, Milestone, Node, PlanContent},
};
use rashin_store::draft::Desk;

use super::{
    Place,
    desk::{mark, marks},
    objects::shift_form,
};
use crate::ui::{
    field::{Filled, Input, TEXT, checkboxes, confirm, hidden, input, optional, required, select, side_form},
    section::{empty, note, section},
};

/// The level that a new child of a node is likely to have.
pub fn level_below(content: &PlanContent, parent: &str) -> String {
    let depth = content.node(parent).and_then(|node| content.plan.level(&node.level)).map_or(0, |level| level.depth);
    // As its brothers and sisters, if there are any.
    if let Some(sibling) = content.children(Some(parent)).last() {
        return sibling.level.clone();
    }
    let below = content.plan.levels.iter().filter(|level| level.depth > depth).min_by_key(|level| level.depth);
    below.map(|level| level.key.clone()).unwrap_or_default()
}

/// Level and parent of a new node.
pub fn place_controls(filled: &Filled, content: &PlanContent) -> impl IntoView + use<> {
    view! {
        {select(filled, "level", &required("階層"), &options(Choices::Levels, content), "選択してください")}
        {select(filled, "parent", &optional("上位の項目"), &options(Choices::Nodes, content), "なし（最上位）")}
    }
}

/// Puts a node back that the plan had: (key, words) of each.
pub fn dropped(place: &Place, content: &PlanContent, dropped: &[(String, String)], filled: &Filled) -> Option<AnyView> {
    (!dropped.is_empty()).then(|| {
        let fields = view! {
            {select(filled, "dropped", &required("外したもの"), dropped, "選択してください")}
            {select(filled, "dropped_parent", &optional("戻す先（上にあるもの）"), &options(Choices::Nodes, content), "外す前と同じところ")}
        };
        let form = side_form(place.url("/objects/nodes"), fields, "この計画に戻す");
        section("dropped-nodes", "この計画から外したものを戻す", note("文章とロードマップ、添付ファイルも戻ります。"), form)
    })
}

/// Everything under the form of a node.
pub fn sections(place: &Place, desk: &Desk, key: &str, filled: &Filled) -> Option<impl IntoView + use<>> {
    let content = desk.content();
    let node = content.node(key)?;
    let add_child = place.new_one(Kind::Node) + &format!("?parent={}", super::segment(key));
    let add_kpi = place.new_one(Kind::Kpi) + &format!("?parent={}", super::segment(key));
    let add_milestone = place.new_one(Kind::Milestone) + &format!("?parent={}", super::segment(key));
    Some(view! {
        {section("children", "下位の項目", view! { <p><a href=add_child>"追加する"</a></p> }, children(place, desk, node))}
        {section("kpis", "指標", view! { <p><a href=add_kpi>"追加する"</a></p> }, kpis(place, desk, node))}
        {section("roadmap", "ロードマップの予定", (), roadmap(place, content, node, filled))}
        {section("milestones", "節目", view! { <p><a href=add_milestone>"追加する"</a></p> }, milestones(place, content, node))}
        {lineage(place, &desk.live, content, node)}
        {section("place", "構成を変える", (), view! {
            {moving(place, content, node, filled)}
            {splitting(place, content, node, filled)}
            {merging(place, content, node, filled)}
            {super::objects::removal(place, Kind::Node, key, filled)}
        })}
    })
}

fn children(place: &Place, desk: &Desk, node: &Node) -> AnyView {
    let marks = marks(&compare(&desk.live, desk.content()));
    let children: Vec<&Node> = desk.content().children(Some(&node.key)).collect();
    if children.is_empty() {
        return empty("下位の項目は、まだありません。「追加する」から登録します。", None).into_any();
    }
    let total = children.len();
    let item = |(at, child): (usize, &&Node)| {
        let title = label(desk.content(), Kind::Node, &child.key);
        view! {
            <li>
                <span><a href=place.object(Kind::Node, &child.key)>{title.clone()}</a>" "{mark(&marks, Kind::Node, &child.key)}</span>
                {shift_form(place, Kind::Node, &child.key, &title, at, total)}
            </li>
        }
    };
    view! { <ol class="rashin-order">{children.iter().enumerate().map(item).collect_view()}</ol> }.into_any()
}

fn kpis(place: &Place, desk: &Desk, node: &Node) -> AnyView {
    let kpis: Vec<_> = desk.content().kpis.iter().filter(|kpi| kpi.node == node.key).collect();
    if kpis.is_empty() {
        return empty("ここに属する指標は、まだありません。「追加する」から登録します。", None).into_any();
    }
    let item = |kpi: &&rashin_domain::plan::Kpi| {
        let targets = kpi.printed(rashin_domain::kpi::Role::Target);
        view! { <li><a href=place.object(Kind::Kpi, &kpi.code)>{format!("{} {}", kpi.code, kpi.name)}</a><span class="note">{format!("目標値 {targets}")}</span></li> }
    };
    view! { <ul class="rashin-task-list" data-two="">{kpis.iter().map(item).collect_view()}</ul> }.into_any()
}

fn milestones(place: &Place, content: &PlanContent, node: &Node) -> AnyView {
    let milestones: Vec<_> = content.milestones.iter().filter(|milestone| milestone.node == node.key).collect();
    if milestones.is_empty() {
        return empty("節目は、まだありません。「追加する」から登録します。", None).into_any();
    }
    let item = |milestone: &&Milestone| {
        let state = if milestone.done { "済" } else { "まだ" };
        let when = format!("{} {}（{state}）", milestone.fiscal_year.short(), milestone.season);
        view! { <li><a href=place.object(Kind::Milestone, &milestone.key)>{milestone.title.clone()}</a><span class="note">{when}</span></li> }
    };
    view! { <ul class="rashin-task-list" data-two="">{milestones.iter().map(item).collect_view()}</ul> }.into_any()
}

/// One tick for each phase and year.
fn roadmap(place: &Place, content: &PlanContent, node: &Node, filled: &Filled) -> AnyView {
    if content.plan.phases.is_empty() {
        let words = "ロードマップの段階の呼び名が、まだ決まっていません。";
        return empty(words, Some((place.new_one(Kind::Phase), "段階を追加する"))).into_any();
    }
    let mut now = filled.clone();
    if filled.form.get("cells").is_empty() {
        for cell in content.roadmap.iter().filter(|cell| cell.node == node.key && cell.kind == CellKind::Planned) {
            now.form.set(&cell_name(cell.fiscal_year.0, &cell.phase), "on");
        }
    }
    let phases: Vec<_> = content.plan.phases.iter().map(|phase| (phase.key.clone(), phase.name.clone())).collect();
    let years = content.plan.years().map(|year| checkboxes(&now, &format!("cell.{}", year.0), &optional(year.label()), &phases));
    let action = format!("{}/cells", place.object(Kind::Node, &node.key));
    let fields = view! {
        <input type="hidden" name="cells" value="sent"/>
        <div class="rashin-years">{years.collect_view()}</div>
    };
    view! { {cell_moves(place, content, node, filled)}{side_form(action, fields, "ロードマップを案に保存する")} }.into_any()
}

/// Buttons that move what is planned by a year: all of it, and each label.
fn cell_moves(place: &Place, content: &PlanContent, node: &Node, filled: &Filled) -> Option<AnyView> {
    let mut cells: Vec<_> = content.roadmap.iter().filter(|cell| cell.node == node.key && cell.kind == CellKind::Planned).collect();
    cells.sort_by_key(|cell| cell.fiscal_year);
    let (first, last) = (cells.first()?.fiscal_year, cells.last()?.fiscal_year);
    let action = format!("{}/cell-moves", place.object(Kind::Node, &node.key));
    let line = |words: String, key: String, can_back: bool, can_on: bool| {
        let button = |way: &'static str, label: &'static str, can: bool| {
            let spoken = format!("{words}を{label}");
            can.then(|| view! { <button class="dads-button" data-type="outline" data-size="sm" name="way" value=way aria-label=spoken>{label}</button> })
        };
        let buttons = view! { {button("back", "1年前へ", can_back)}{button("on", "1年後ろへ", can_on)} };
        view! {
            <li><span>{words.clone()}</span><form method="post" action=action.clone() class="rashin-order__tools">{hidden("cell", key)}{buttons}</form></li>
        }
    };
    let (from, until) = (content.plan.period_from, content.plan.period_until);
    let all = line("すべての段階".to_owned(), String::new(), from < first, last < until);
    let each = cells.iter().map(|cell| {
        let phase = content.plan.phases.iter().find(|phase| phase.key == cell.phase).map_or(cell.phase.as_str(), |phase| &phase.name);
        line(format!("{} {phase}", cell.fiscal_year.short()), cell.key(), from < cell.fiscal_year, cell.fiscal_year < until)
    });
    let each = each.collect_view();
    let fault = filled.errors.of("cells").map(|words| view! { <p class="dads-form-control-label__error-text">{format!("＊{words}")}</p> });
    Some(view! { <div id="cells">{fault}<ul class="rashin-order">{all}{each}</ul></div> }.into_any())
}

pub fn cell_name(year: i16, phase: &str) -> String {
    format!("cell.{year}.{phase}")
}

fn lineage(place: &Place, live: &PlanContent, content: &PlanContent, node: &Node) -> Option<AnyView> {
    let own = |line: &&rashin_domain::plan::Lineage| {
        line.to_node == node.key || (line.from_plan == content.plan.slug && line.from_node == node.key)
    };
    let lines: Vec<_> = content.lineage.iter().filter(own).collect();
    (!lines.is_empty()).then(|| {
        let item = |line: &&rashin_domain::plan::Lineage| {
            let to = label(content, Kind::Node, &line.to_node);
            view! { <li>{format!("{} → {to}（{}）", origin(line, [live, content]), line.relation.label())}</li> }
        };
        let all = view! { <p><a href=place.list(Kind::Lineage)>"すべてのつながり"</a></p> };
        section("lineage", "つながり", all, view! { <ul>{lines.iter().map(item).collect_view()}</ul> })
    })
}

/// An option for a node: numbers such as 「(1)」 begin anew under every parent.
fn named_with_parent(content: &PlanContent, node: &Node) -> (String, String) {
    let parent = node.parent.as_deref().and_then(|parent| content.node(parent));
    let place = parent.map(|parent| format!("（{}）", node_label(parent))).unwrap_or_default();
    (node.key.clone(), format!("{}{place}", node_label(node)))
}

/// Opened when the form inside came back.
fn folded(summary: &'static str, open: bool, form: impl IntoView) -> impl IntoView {
    view! { <details class="rashin-fold" open=open><summary>{summary}</summary>{form}</details> }
}

fn moving(place: &Place, content: &PlanContent, node: &Node, filled: &Filled) -> impl IntoView + use<> {
    let depth = |node: &Node| content.plan.level(&node.level).map_or(0, |level| level.depth);
    let own = depth(node);
    let possible = content.nodes.iter().filter(|other| depth(other) < own && !content.is_within(&other.key, &node.key));
    let parents: Vec<_> = possible.map(|other| named_with_parent(content, other)).collect();
    let action = format!("{}/moves", place.object(Kind::Node, &node.key));
    let mut now = filled.clone();
    if filled.form.get("to").is_empty() {
        now.form.set("to", node.parent.clone().unwrap_or_default());
    }
    let form = side_form(
        action,
        select(&now, "to", &optional("移す先（上位の項目）").hint("下位の項目と指標も一緒に移ります。"), &parents, "なし（最上位）"),
        "移す",
    );
    folded("ほかのところへ移す", filled.errors.of("to").is_some(), form)
}

fn splitting(place: &Place, content: &PlanContent, node: &Node, filled: &Filled) -> impl IntoView + use<> {
    let children: Vec<_> =
        content.children(Some(&node.key)).map(|child| (child.key.clone(), label(content, Kind::Node, &child.key))).collect();
    let kpis: Vec<_> = content
        .kpis
        .iter()
        .filter(|kpi| kpi.node == node.key)
        .map(|kpi| (kpi.code.clone(), format!("{} {}", kpi.code, kpi.name)))
        .collect();
    let action = format!("{}/splits", place.object(Kind::Node, &node.key));
    let fields = view! {
        {input(filled, "split_title", &required("新しいほうの名称"), TEXT)}
        {input(filled, "split_number", &optional("新しいほうの番号"), Input { width: Some("8"), ..TEXT })}
        {(!children.is_empty()).then(|| checkboxes(filled, "child", &optional("新しいほうへ移すもの"), &children))}
        {(!kpis.is_empty()).then(|| checkboxes(filled, "kpi", &optional("新しいほうへ移す指標"), &kpis))}
    };
    folded("2つに分割する", filled.errors.of("split_title").is_some(), side_form(action, fields, "分割する"))
}

fn merging(place: &Place, content: &PlanContent, node: &Node, filled: &Filled) -> impl IntoView + use<> {
    let others = content.nodes.iter().filter(|other| other.level == node.level && other.key != node.key);
    let others: Vec<_> = others.map(|other| named_with_parent(content, other)).collect();
    let action = format!("{}/mergers", place.object(Kind::Node, &node.key));
    let hint =
        "下位の項目、指標、ロードマップ、属性、経過が統合先に移り、つながりは「統合」として残ります。内容の文章は統合先の後ろに足します。";
    let fields = view! {
        {select(filled, "into", &required("統合する先").hint(hint), &others, "選択してください")}
        {confirm(filled, "sure_merge", "統合することを確かめました")}
    };
    let open = filled.errors.of("into").is_some() || filled.errors.of("sure_merge").is_some();
    if others.is_empty() {
        return note("同じ階層のものがほかにないので、統合はできません。").into_any();
    }
    folded("ほかのものへ統合する", open, side_form(action, fields, "統合する")).into_any()
}
