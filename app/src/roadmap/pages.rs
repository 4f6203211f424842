//! `/{city}/roadmap`

use leptos::prelude::*;
use rashin_domain::{
    clock::FiscalYear,
    plan::{Node, PlanContent},
};

use super::{Slot, look, row, words};
use crate::{
    plan::{Asked, Shown},
    ui::{
        frame::Here,
        provenance::reading,
        section::{empty, note, page_head},
    },
    web::{Page, Refusal},
};

pub async fn roadmap(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let today = FiscalYear::of(shown.edition.published_on);
    let rows = content.nodes.iter().filter(|node| row(content, &node.key).is_some()).count();
    let main = view! {
        {page_head(content.plan.title.clone(), "ロードマップ", ())}
        {if rows == 0 {
            empty("ロードマップは、まだ登録されていません。", None).into_any()
        } else {
            view! {
                <p class="lead prose">{lead(content, today, rows)}</p>
                {this_year(&shown, today)}
                {chart(&shown, today)}
                {note(format!("出典：{}。計画書に記載のない年度は、前の段階が続くとみなしています（推定）。", content.plan.source))}
            }.into_any()
        }}
    };
    Ok(shown.page(Here::Roadmap, "ロードマップ", main))
}

fn slot_of<'a>(content: &'a PlanContent, node: &Node, year: FiscalYear) -> Option<Slot<'a>> {
    row(content, &node.key)?.into_iter().find(|(y, _)| *y == year).map(|(_, slot)| slot)
}

/// How many rows are in which phase this year.
fn in_phase(content: &PlanContent, year: FiscalYear) -> Vec<(&str, Vec<&Node>)> {
    let of = |key: &str| {
        let here = |node: &&Node| match slot_of(content, node, year) {
            Some(Slot::Printed(phases)) => phases.last().is_some_and(|phase| phase.key == key),
            Some(Slot::Continued(phase)) => phase.key == key,
            Some(Slot::Unknown) | None => false,
        };
        content.nodes.iter().filter(here).collect::<Vec<_>>()
    };
    content.plan.phases.iter().map(|phase| (phase.name.as_str(), of(&phase.key))).filter(|(_, nodes)| !nodes.is_empty()).collect()
}

fn lead(content: &PlanContent, today: FiscalYear, rows: usize) -> String {
    let counts: Vec<_> = in_phase(content, today).iter().map(|(name, nodes)| format!("{name}が{}件", nodes.len())).collect();
    match counts.is_empty() {
        true => format!("{rows}の取組の予定です。"),
        false => format!("{rows}の取組のうち、{}は{}の計画です。", today.short(), counts.join("、")),
    }
}

/// On a phone the table is hard work: what is planned this year, as lists.
fn this_year(shown: &Shown, today: FiscalYear) -> impl IntoView + use<> {
    let groups = in_phase(&shown.edition.content, today).into_iter().map(|(name, nodes)| {
        let items = nodes.into_iter().map(|node| view! { <li><a href=shown.node_url(node)>{node.title.clone()}</a></li> });
        view! { <div><h3>{format!("{name}（{}件）", items.len())}</h3><ul class="rashin-task-list" data-two="">{items.collect_view()}</ul></div> }
    });
    view! {
        <section class="section rashin-narrow" aria-labelledby="this-year">
            <div class="section__head"><h2 id="this-year">{format!("{}の予定", today.short())}</h2></div>
            {groups.collect_view()}
        </section>
    }
}

fn chart(shown: &Shown, today: FiscalYear) -> impl IntoView + use<> {
    let content = &shown.edition.content;
    let span = content.plan.years().count();
    let heads = content.plan.years().map(|year| {
        let now = (year == today).then_some("");
        let era = if year == today { format!("{}　いま", year.era()) } else { year.era() };
        view! { <th scope="col" data-year="" data-now=now>{year.short()}<small>{era}</small></th> }
    });
    let legend = content.plan.phases.iter().map(|phase| {
        view! { <div><dt class="rashin-bar" data-phase=look(phase.look)>{phase.name.clone()}</dt><dd>{phase.look.label()}</dd></div> }
    });
    let groups = content.children(None).filter_map(|top| {
        let nodes: Vec<&Node> = content.nodes.iter().filter(|n| content.is_within(&n.key, &top.key) && row(content, &n.key).is_some()).collect();
        (!nodes.is_empty()).then(|| {
            let rows = nodes.into_iter().map(|node| node_row(shown, node, today)).collect_view();
            view! { <tbody><tr><th scope="rowgroup" colspan=(span + 2).to_string()><span>{shown.node_name(top)}</span></th></tr>{rows}</tbody> }
        })
    });
    view! {
        <figure class="dads-table">
            <figcaption class="stack">
                <p class="dads-table__caption" id="rc">{format!("取組ごとの予定　{}　計画の掲載順", content.plan.period_label())}</p>
                <dl class="rashin-legend">
                    {legend.collect_view()}
                    <div><dt class="rashin-bar" data-phase="unknown"><span>"記載なし"</span></dt><dd>"斜線"</dd></div>
                    <div><dt>"細い帯"</dt><dd>"前の段階の続き（推定）"</dd></div>
                </dl>
            </figcaption>
            <p class="dads-table__hint">"表は横に動かして見られます。"</p>
            <div class="rashin-roadmap" role="region" tabindex="0" aria-labelledby="rc">
                <table aria-labelledby="rc">
                    <colgroup><col data-col="name"/><col data-col="item"/><col span=span.to_string()/></colgroup>
                    <thead><tr><th scope="col">"取組"</th><th scope="col">"項目"</th>{heads.collect_view()}</tr></thead>
                    {groups.collect_view()}
                </table>
            </div>
        </figure>
    }
}

fn node_row(shown: &Shown, node: &Node, today: FiscalYear) -> impl IntoView + use<> {
    let content = &shown.edition.content;
    let years = row(content, &node.key).unwrap_or_default();
    let parent = node.parent.as_deref().and_then(|key| content.node(key));
    // 「2-(3)」: numbers of the tree above.
    let item = parent.map(|p| {
        let top = p.parent.as_deref().and_then(|key| content.node(key)).map(|top| format!("{}-", top.number)).unwrap_or_default();
        format!("{top}{}", p.number)
    });
    let bars = years.iter().enumerate().map(|(index, (year, slot))| {
        let goes_on = matches!(years.get(index + 1), Some((_, Slot::Continued(_))));
        let end = (!goes_on).then_some("");
        let now = (*year == today).then_some("");
        view! { <td data-year="" data-now=now>{bar(slot, end)}</td> }
    });
    let bars = bars.collect_view();
    view! {
        <tr>
            <th scope="row"><a href=shown.node_url(node)>{node.title.clone()}</a></th>
            <td class="rashin-roadmap__item">{item}{reading(&node.provenance)}</td>
            {bars}
        </tr>
    }
}

fn bar(slot: &Slot, end: Option<&'static str>) -> AnyView {
    match slot {
        Slot::Printed(phases) => phases
            .iter()
            .map(|phase| view! { <div class="rashin-bar" data-phase=look(phase.look) data-end=end>{phase.name.clone()}</div> })
            .collect_view()
            .into_any(),
        Slot::Continued(phase) => {
            view! { <div class="rashin-bar" data-phase=look(phase.look) data-tail="" data-end=end><span class="vh">{words(slot)}</span></div> }.into_any()
        }
        Slot::Unknown => view! { <div class="rashin-bar" data-phase="unknown"><span>"記載なし"</span></div> }.into_any(),
    }
}
