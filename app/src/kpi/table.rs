//! A list of KPIs with values and status, grouped by the top of the plan's tree.

use leptos::prelude::*;
use rashin_domain::{
    kpi::Role,
    plan::{Kpi, Node},
};

use crate::{
    plan::Shown,
    ui::{
        section::{col, num, table},
        status::status,
    },
};

/// 「2026年度」 of the first KPI that has the role; most plans have one year for all.
fn year(kpis: &[&Kpi], role: Role) -> String {
    let mut years: Vec<_> = kpis.iter().flat_map(|k| &k.parts).filter_map(|p| p.point(role)).map(|p| p.period.fiscal_year()).collect();
    years.sort();
    years.dedup();
    match years.as_slice() {
        [one] => one.short(),
        _ => String::new(),
    }
}

pub fn kpi_table<'a>(shown: &Shown, id: &'static str, caption: &str, kpis: impl Iterator<Item = &'a Kpi>) -> AnyView {
    let kpis: Vec<&Kpi> = kpis.collect();
    let content = &shown.edition.content;
    let groups: Vec<&Node> = content.children(None).collect();
    let bodies = groups.into_iter().filter_map(|top| {
        let mine: Vec<&Kpi> = kpis.iter().copied().filter(|kpi| content.is_within(&kpi.node, &top.key)).collect();
        (!mine.is_empty()).then(|| {
            let rows = mine.into_iter().map(|kpi| row(shown, kpi)).collect_view();
            view! {
                <tbody role="rowgroup" data-group="">
                    <tr role="row"><th scope="rowgroup" role="rowheader" colspan="5">{shown.node_name(top)}</th></tr>
                    {rows}
                </tbody>
            }
        })
    });
    let heads = vec![
        col("指標"),
        num(format!("現状値 {}", year(&kpis, Role::Baseline))),
        num(format!("中間目標 {}", year(&kpis, Role::Interim))),
        num(format!("目標 {}", year(&kpis, Role::Target))),
        col("最新の実績と判定"),
    ];
    let bodies = bodies.collect_view().into_any();
    table(id, caption, heads, bodies, true).into_any()
}

fn row(shown: &Shown, kpi: &Kpi) -> impl IntoView + use<> {
    let content = &shown.edition.content;
    let node = content.node(&kpi.node);
    let under = node.map(|node| if kpi.headline { shown.node_name(node) } else { node.title.clone() });
    let attributes = node.map(|node| content.attribute_names(node).join("・")).filter(|names| !names.is_empty());
    let unit = |role| {
        let values: Vec<_> =
            kpi.parts.iter().filter_map(|p| p.point(role).map(|point| (point.value.is_known(), point.value.with_unit(&p.unit)))).collect();
        let known = values.iter().any(|(known, _)| *known);
        let words = match values.is_empty() {
            true => vec!["記載なし".to_owned()],
            false => values.into_iter().map(|(_, words)| words).collect(),
        };
        let class = if known { "rashin-parts" } else { "rashin-parts rashin-unknown" };
        words.into_iter().map(|words| view! { <span class=class>{words}</span> }).collect_view().into_any()
    };
    let judgement = shown.edition.statuses.get(&kpi.code);
    let newest = kpi.newest().map(|actual| {
        let unit = kpi.parts.first().map_or("", |part| part.unit.as_str());
        format!("{} {}", actual.value.with_unit(unit), actual.period.fiscal_year().short())
    });
    let cell = |label: &'static str, value: AnyView| view! { <td role="cell" class="num"><span class="dads-table__cell-label">{label}</span><span>{value}</span></td> };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                <a href=shown.kpi_url(&kpi.code)>{kpi.name.clone()}</a>
                <span class="dads-table__sub">{under}{attributes.map(|names| format!("　{names}"))}</span>
            </th>
            {cell("現状値", unit(Role::Baseline))}
            {cell("中間目標", unit(Role::Interim))}
            {cell("目標", unit(Role::Target))}
            <td role="cell">
                <span class="dads-table__cell-label">"最新の実績と判定"</span>
                <span>{newest.map(|words| view! { {words}<br/> })}{judgement.map(status)}</span>
            </td>
        </tr>
    }
}
