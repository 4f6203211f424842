//! Strategies, items, initiatives and measures: the tree, and a page for each node.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    attachment::SubjectKind,
    plan::{Node, PlanContent},
};
use serde::Deserialize;

use super::{Asked, Shown};
use crate::{
    attachment::public::listed,
    kpi::table::kpi_table,
    roadmap::this_years,
    search::search_field,
    ui::{
        frame::Here,
        provenance::{reading, source},
        section::{facts, note, page_head, section},
        status::lost,
        text::terms_in,
    },
    web::{Page, Refusal},
};

/// `/{city}/strategies`: the whole tree on one page.
pub async fn strategies(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let legend = content.plan.markers.iter().map(|marker| format!("{} {}", marker.symbol, marker.meaning)).collect::<Vec<_>>().join("　");
    let parts = content.children(None).map(|node| {
        view! {
            <section class="section" aria-labelledby=format!("n-{}", node.key)>
                <div class="section__head">
                    <h2 id=format!("n-{}", node.key)><a href=shown.node_url(node)>{shown.node_name(node)}</a></h2>
                </div>
                {gap(node)}
                <div class="rashin-tree">{tree(&shown, Some(&node.key))}</div>
            </section>
        }
    });
    let main = view! {
        {page_head(content.plan.title.clone(), "戦略と取組", ())}
        {shown.can_be_searched().then(|| search_field(format!("/{}/search", shown.city.slug), "計画の中を探す"))}
        {(!legend.is_empty()).then(|| note(legend))}
        {parts.collect_view()}
    };
    Ok(shown.page(Here::Strategies, "戦略と取組", main))
}

fn gap(node: &Node) -> Option<impl IntoView + use<>> {
    (!node.gap.is_empty()).then(|| view! { <p>{lost("原文欠落")}<span class="note">{format!("　{}", node.gap)}</span></p> })
}

fn tree(shown: &Shown, parent: Option<&str>) -> AnyView {
    let children: Vec<&Node> = shown.edition.content.children(parent).collect();
    if children.is_empty() {
        return ().into_any();
    }
    // Numbered and marked lines say what they are; others stand together under the name of their level.
    let (plain, named): (Vec<&Node>, Vec<&Node>) = children.into_iter().partition(|node| node.number.is_empty() && node.marker.is_empty());
    let level = plain.first().and_then(|node| shown.edition.content.plan.level(&node.level)).map(|level| level.name.clone());
    let items = |nodes: Vec<&Node>| {
        let item = |node: &Node| {
            let missing = (!node.gap.is_empty()).then(|| lost("原文欠落"));
            view! { <li>{node_line(shown, node)}" "{missing}{tree(shown, Some(&node.key))}</li> }
        };
        nodes.into_iter().map(item).collect_view()
    };
    let under = level.map(|level| view! { <li><span class="note">{level}</span><ul>{items(plain)}</ul></li> });
    view! { <ul>{items(named)}{under}</ul> }.into_any()
}

fn node_line(shown: &Shown, node: &Node) -> impl IntoView + use<> {
    let words = if node.number.is_empty() { node.title.clone() } else { format!("{} {}", node.number, node.title) };
    view! {
        {(!node.marker.is_empty()).then(|| view! { <span class="rashin-marker">{node.marker.clone()}</span> })}
        <a href=shown.node_url(node)>{words}</a>
        {reading(&node.provenance)}
    }
}

#[derive(Deserialize)]
pub struct Key {
    node: String,
}

/// `/{city}/nodes/{node}`
pub async fn node(asked: Asked, Path(Key { node: key }): Path<Key>) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let node = content.node(&key).ok_or(Refusal::NotFound)?;
    let path = content.path(&key);
    let level = content.plan.level(&node.level).map_or("", |level| level.name.as_str());
    let chips =
        content.attribute_names(node).into_iter().map(|name| view! { <li class="dads-chip-label">{name.to_owned()}</li> }).collect_view();
    let marker = content.plan.markers.iter().find(|marker| marker.symbol == node.marker);
    let heading = if node.number.is_empty() { node.title.clone() } else { format!("{} {}", node.number, node.title) };
    let has_kpis = content.kpis_within(&key).next().is_some();
    let main = view! {
        {page_head(level, heading, ())}
        <ul class="rashin-chips" aria-label="属性">{chips}</ul>
        <div class="stack rashin-node">
            {(!node.description.is_empty()).then(|| view! { <p class="prose">{node.description.clone()}</p> })}
            {gap(node)}
            {facts(node_facts(content, node, marker.map(|m| format!("{} {}", m.symbol, m.meaning))))}
        </div>
        {year_notes(node).map(|notes| section("notes", "年度ごとの経過", (), notes))}
        {content.children(Some(&key)).next().is_some().then(|| {
            section("children", "この下にあるもの", (), view! { <div class="rashin-tree">{tree(&shown, Some(&key))}</div> })
        })}
        {has_kpis.then(|| section("kpis", "指標", (), kpi_table(&shown, "node-kpis", "この戦略・取組の指標", content.kpis_within(&key))))}
        {this_years(&shown, &key)}
        {listed(&shown, SubjectKind::Node, &key)}
        {terms_in(&words_of(node), &content.glossary)}
    };
    let frame = shown.frame_under(Here::Strategies, &path[..path.len().saturating_sub(1)]);
    Ok(Page::new(shown.title(&node.title), frame, main))
}

/// What was done from which year on, as the document tells it.
pub fn year_notes(node: &Node) -> Option<impl IntoView + use<>> {
    let notes = node
        .notes
        .iter()
        .map(|note| view! { <li><b>{format!("{}～　", note.from_year.short())}</b>{note.text.clone()}{reading(&note.provenance)}</li> });
    (!node.notes.is_empty()).then(|| view! { <ul class="rashin-notes">{notes.collect_view()}</ul> })
}

/// All that is written on the page of a node.
fn words_of(node: &Node) -> String {
    let notes = node.notes.iter().map(|note| note.text.as_str());
    [node.title.as_str(), &node.description].into_iter().chain(notes).collect::<Vec<_>>().join(" ")
}

fn node_facts(content: &PlanContent, node: &Node, marker: Option<String>) -> Vec<(&'static str, AnyView)> {
    let mut rows = Vec::new();
    if let Some(marker) = marker {
        rows.push(("印", marker.into_any()));
    }
    if !node.status.is_empty() {
        rows.push(("進捗状況", node.status.clone().into_any()));
    }
    if node.level != content.plan.levels.first().map(|level| level.key.clone()).unwrap_or_default() {
        rows.push(("担当課", view! { <span class="rashin-unknown">"計画に記載なし"</span> }.into_any()));
    }
    rows.push(("出典", view! { {source(&node.provenance)}{reading(&node.provenance)} }.into_any()));
    rows
}
