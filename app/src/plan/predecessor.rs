//! `/{city}/predecessor`: what the plan before achieved, from its own edition.

use leptos::prelude::*;
use rashin_domain::{
    clock::FiscalYear,
    plan::{Node, PlanContent},
};

use super::{Asked, nodes::year_notes};
use crate::{
    ui::{
        frame::Here,
        provenance::reading,
        section::{col, note, num, page_head, section, table},
    },
    web::{Page, Refusal},
};

pub async fn predecessor(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.predecessor().await?;
    let content = &shown.edition.content;
    let parts = content.children(None).map(|top| {
        view! {
            <section class="section" aria-labelledby=format!("p-{}", top.key)>
                <div class="section__head"><h2 id=format!("p-{}", top.key)>{shown.node_name(top)}</h2></div>
                {(!top.description.is_empty()).then(|| view! { <p class="prose">{top.description.clone()}</p> })}
                {results(content, top)}
                <div class="stack">{leaves(content, &top.key)}</div>
            </section>
        }
    });
    let main = view! {
        {page_head(content.plan.period_label(), content.plan.title.clone(), ())}
        <p class="lead prose">{summary(content)}</p>
        {statuses(content)}
        {parts.collect_view()}
        {note(format!("出典：{}", content.plan.source))}
    };
    Ok(Page::new(content.plan.title.clone(), shown.frame(Here::Documents), main))
}

fn with_status(content: &PlanContent) -> impl Iterator<Item = &Node> {
    content.nodes.iter().filter(|node| !node.status.is_empty())
}

fn summary(content: &PlanContent) -> String {
    let total = with_status(content).count();
    let achieved = with_status(content).filter(|node| node.status.contains("導入・拡充済")).count();
    format!("{total}の項目のうち{achieved}が導入・拡充まで済みました。数値で確かめられる実績を下に示します。")
}

fn statuses(content: &PlanContent) -> impl IntoView + use<> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for node in with_status(content) {
        match counts.iter_mut().find(|(status, _)| *status == node.status) {
            Some((_, count)) => *count += 1,
            None => counts.push((node.status.clone(), 1)),
        }
    }
    let items = counts.into_iter().map(|(status, count)| view! { <div><dt>{status}</dt><dd>{count}<small>"項目"</small></dd></div> });
    section("status", "進捗状況", note("計画書に記載された言葉のまま"), view! { <dl class="rashin-figures">{items.collect_view()}</dl> })
}

/// The figures of a policy, as printed.
fn results(content: &PlanContent, top: &Node) -> Option<impl IntoView + use<>> {
    let kpis: Vec<_> = content.kpis_within(&top.key).collect();
    (!kpis.is_empty()).then(|| {
        let rows = kpis.iter().flat_map(|kpi| kpi.parts.iter().map(move |part| (kpi, part))).map(|(kpi, part)| {
            let name = if part.name.is_empty() { kpi.name.clone() } else { format!("{}（{}）", kpi.name, part.name) };
            let actual = part.actuals.last();
            let value = actual.map_or_else(|| "記載なし".to_owned(), |a| a.value.with_unit(&part.unit));
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{name}{(!kpi.doubt.is_empty()).then(|| view! { <span class="dads-table__sub">{kpi.doubt.clone()}</span> })}</th>
                    <td role="cell" class="num"><span class="dads-table__cell-label">"実績"</span><span>{value}{actual.and_then(|a| reading(&a.provenance))}</span></td>
                    <td role="cell"><span class="dads-table__cell-label">"時点"</span><span>{actual.map(|a| a.period.label())}</span></td>
                </tr>
            }
        });
        let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
        table(&format!("r-{}", top.key), format!("{}　数値で確かめられる実績", top.title), vec![col("実績"), num("値"), col("時点・期間")], body, true)
    })
}

fn leaves(content: &PlanContent, top: &str) -> Vec<AnyView> {
    let leaf = |node: &&Node| content.is_within(&node.key, top) && !node.status.is_empty();
    content.nodes.iter().filter(leaf).map(|node| item(content, node).into_any()).collect()
}

fn item(content: &PlanContent, node: &Node) -> impl IntoView + use<> {
    let parent = node.parent.as_deref().and_then(|key| content.node(key)).map(|p| format!("{} {}", p.number, p.title));
    let schedule = content.plan.phases.iter().filter_map(|phase| {
        let years: Vec<FiscalYear> =
            content.roadmap.iter().filter(|cell| cell.node == node.key && cell.phase == phase.key).map(|cell| cell.fiscal_year).collect();
        (!years.is_empty()).then(|| {
            let words = years.iter().map(|year| year.era()).collect::<Vec<_>>().join("・");
            view! { <div><dt>{phase.name.clone()}</dt><dd>{format!("{words}年度")}</dd></div> }
        })
    });
    view! {
        <details class="rashin-record">
            <summary><h3>{node.title.clone()}</h3><span class="note">{parent}{format!("　{}", node.status)}</span>{reading(&node.provenance)}</summary>
            <div class="stack">
                <p class="prose">{node.description.clone()}</p>
                <dl class="dads-description-list">{schedule.collect_view()}</dl>
                {year_notes(node)}
                {(!node.gap.is_empty()).then(|| note(node.gap.clone()))}
            </div>
        </details>
    }
}
