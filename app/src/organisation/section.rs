//! `/{city}/staff/sections/{section}`: what a section holds and held, where it comes from, and what was reported there.

use std::collections::BTreeMap;

use axum::extract::Path;
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::date_label,
    form::Form,
    ids::SectionId,
    organisation::{Act, Organisation, Section, Subject, Tenure},
    plan::Kpi,
};
use rashin_store::{
    kpi,
    organisation::Chart,
    report::{Report, Wanted},
};

use super::{frame, may_organise, quoted, section_url, span_label};
use crate::{
    kpi::staff::staff_url,
    ui::{
        field::{Filled, hidden, optional, select, side_form},
        section::{col, empty, facts, note, num, page_head, section as part, table},
    },
    web::{Page, Refusal, Visit},
};

pub async fn section(visit: Visit, Path((city, key)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let chart = tx.organisation().await?;
    let organisation = &chart.organisation;
    let section = organisation.by_key(&key).ok_or(Refusal::NotFound)?;
    let reports = tx.reports(Wanted::All).await?;
    let kpis = match tx.current_plan().await? {
        Some(plan) => kpi::of_plan(&mut tx, plan.id, None).await?,
        None => Vec::new(),
    };
    let today = tx.today();
    // A section of the past or of the future is described by its last or first day.
    let day = section.span.until.map_or(today, |until| until.min(today)).max(section.span.from);
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let may = may_organise(&tx) && section.span.until.is_none();
    let main = view! {
        {filled.summary()}
        {page_head(section.kind.clone(), section.name.clone(), ())}
        {standing(&city, organisation, section, day, today)}
        {part("held", "担当する指標と取組", (), responsibilities(&city, &chart, section))}
        {part("people", "人の配置", (), people(&chart, section, day, today))}
        {part("figures", "報告した実績", note("この組織と、その前身が報告した値です。"), figures(&city, organisation, section, &reports, &kpis))}
        {part("history", "変遷", (), history(&city, organisation, section.id))}
        {may.then(|| changes(&city, organisation, section, day, &filled))}
    };
    Ok(Page::new(filled.title(&section.name), frame(&tx, &city).flash(visit.take_flash().await?), main))
}

fn link(city: &str, section: &Section) -> AnyView {
    view! { <a href=section_url(city, &section.key)>{section.name.clone()}</a> }.into_any()
}

fn links(city: &str, organisation: &Organisation, sections: impl Iterator<Item = SectionId>) -> Option<AnyView> {
    let found: Vec<AnyView> = sections
        .filter_map(|id| organisation.section(id))
        .map(|section| view! { <span class="rashin-sections__name">{link(city, section)}</span> }.into_any())
        .collect();
    (!found.is_empty()).then(|| found.into_any())
}

fn standing(city: &str, organisation: &Organisation, section: &Section, day: Date, today: Date) -> impl IntoView + use<> {
    let after = organisation.successions.iter().filter(|one| one.section == section.id).map(|one| one.successor);
    let before = organisation.successions.iter().filter(|one| one.successor == section.id).map(|one| one.section);
    let words = match (section.span.until, section.span.from > today) {
        (_, true) => format!("{}に始まる組織です。それまでは、前身の組織が担当します。", date_label(section.span.from)),
        (Some(until), false) if until < today => format!("{}まであった組織です。", date_label(until)),
        (Some(until), false) => format!("{}に終わることが準備されています。", date_label(until)),
        (None, false) => format!("{}から続いている組織です。", date_label(section.span.from)),
    };
    let mut rows = vec![("期間", span_label(section.span).into_any())];
    rows.extend(links(city, organisation, section.parent_on(day).into_iter()).map(|above| ("上の組織", above)));
    let below = organisation.sections.iter().filter(|other| other.span.holds(day) && other.parent_on(day) == Some(section.id));
    rows.extend(links(city, organisation, below.map(|other| other.id)).map(|below| ("下の組織", below)));
    rows.extend(links(city, organisation, before).map(|before| ("前身", before)));
    rows.extend(links(city, organisation, after).map(|after| ("引き継いだ組織", after)));
    view! { <div class="rashin-sections__standing stack"><p class="lead">{words}</p>{facts(rows)}</div> }
}

/// Current ones first, then by their first day.
fn in_order(tenures: impl Iterator<Item = Tenure>) -> Vec<Tenure> {
    let mut tenures: Vec<Tenure> = tenures.collect();
    tenures.sort_by_key(|tenure| (tenure.span.until.is_some(), std::cmp::Reverse(tenure.span.from)));
    tenures
}

fn responsibilities(city: &str, chart: &Chart, section: &Section) -> AnyView {
    let line = chart.organisation.with_predecessors(section.id);
    let held = in_order(
        chart.organisation.tenures.iter().filter(|t| line.contains(&t.section) && !matches!(t.subject, Subject::Assignment(..))).cloned(),
    );
    if held.is_empty() {
        return empty("担当する指標や取組は、まだありません。指標の画面で、事務局が担当課を決めます。", None).into_any();
    }
    let rows = held.iter().filter_map(|tenure| {
        let words = chart.held.get(&tenure.id)?;
        let name = match tenure.subject {
            Subject::Kpi(_) => view! { <a href=staff_url(city, &words.detail)>{words.name.clone()}</a> }.into_any(),
            Subject::Initiative(..) | Subject::Assignment(..) => words.name.clone().into_any(),
        };
        Some(view! {
            <tr role="row">
                <th scope="row" role="rowheader">{name}<span class="dads-table__sub">{words.detail.clone()}</span></th>
                <td role="cell"><span class="dads-table__cell-label">"担当した組織"</span><span>{chart.organisation.name(tenure.section).to_owned()}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"期間"</span><span>{span_label(tenure.span)}</span></td>
            </tr>
        })
    });
    let caption = format!("担当の記録 {}件（いまの担当が上）", held.len());
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    table("held-table", caption, vec![col("指標・取組"), col("担当した組織"), col("期間")], body, true)
}

fn people(chart: &Chart, section: &Section, day: Date, today: Date) -> AnyView {
    let here = chart.organisation.tenures.iter().filter(|t| t.section == section.id && matches!(t.subject, Subject::Assignment(..)));
    let items: Vec<_> = here
        .filter(|tenure| tenure.span.reaches(day))
        .filter_map(|tenure| {
            let words = chart.held.get(&tenure.id)?;
            let when = (tenure.span.from > today || tenure.span.until.is_some()).then(|| span_label(tenure.span));
            Some(view! { <li><div><b>{words.name.clone()}</b>"　"{words.detail.clone()}{when.map(|when| view! { <p class="note">{when}</p> })}</div></li> })
        })
        .collect();
    if items.is_empty() {
        return empty("この組織に配置されている人はいません。", None).into_any();
    }
    view! { <ul class="rashin-task-list" data-two="">{items}</ul> }.into_any()
}

/// The newest report of each KPI and period, by this section or one before it.
fn figures(city: &str, organisation: &Organisation, section: &Section, reports: &[Report], kpis: &[Kpi]) -> AnyView {
    let line = organisation.with_predecessors(section.id);
    let mut newest: BTreeMap<(&str, std::cmp::Reverse<Date>), &Report> = BTreeMap::new();
    for report in reports.iter().filter(|report| report.is_newest && report.section.is_some_and(|id| line.contains(&id))) {
        newest.insert((&report.code, std::cmp::Reverse(report.period.last_day())), report);
    }
    if newest.is_empty() {
        return empty("この組織からの報告は、まだありません。", None).into_any();
    }
    let count = newest.len();
    let rows = newest.into_values().map(|report| {
        let value = kpis.iter().find(|kpi| kpi.code == report.code).map(|kpi| report.printed(kpi)).unwrap_or_default();
        let state = match report.settled() {
            None => "承認待ち",
            Some(decision) if decision.approved => "承認",
            Some(_) => "差戻し",
        };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=staff_url(city, &report.code)>{report.name.clone()}</a><span class="dads-table__sub">{report.code.clone()}</span></th>
                <td role="cell"><span class="dads-table__cell-label">"期間"</span><span>{report.period.label()}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"値"</span><span><a href=format!("/{city}/staff/reports/{}", report.id)>{value}</a></span></td>
                <td role="cell"><span class="dads-table__cell-label">"報告した組織"</span><span>{report.section_name.clone().unwrap_or_default()}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"状態"</span><span>{state}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let columns = vec![col("指標"), col("期間"), num("値"), col("報告した組織"), col("状態")];
    table("figures-table", format!("実績 {count}件"), columns, body, true)
}

/// Each change in the line of the section: what became what.
fn history(city: &str, organisation: &Organisation, id: SectionId) -> AnyView {
    let (before, after) = (organisation.with_predecessors(id), organisation.with_successors(id));
    let of_line = organisation.successions.iter().filter(|one| before.contains(&one.successor) || after.contains(&one.section));
    let mut merged: BTreeMap<(Date, SectionId), Vec<SectionId>> = BTreeMap::new();
    for one in of_line {
        merged.entry((one.on, one.successor)).or_default().push(one.section);
    }
    if merged.is_empty() {
        return empty("前身や後継の組織はありません。", None).into_any();
    }
    let items = merged.into_iter().rev().filter_map(|((on, successor), old)| {
        let new = organisation.section(successor)?;
        Some(view! { <li><time>{date_label(on)}</time><div>{links(city, organisation, old.into_iter())}<span aria-label="から">" → "</span>{link(city, new)}</div></li> })
    });
    view! { <ol class="rashin-timeline">{items.collect_view()}</ol> }.into_any()
}

/// What can be done with the section, and its place among those beside it.
fn changes(city: &str, organisation: &Organisation, section: &Section, day: Date, filled: &Filled) -> impl IntoView + use<> {
    let acts = [Act::Rename, Act::Merge, Act::Split, Act::Move, Act::Abolish].map(|act| {
        let href = format!("/{city}/staff/reorganisations/new?kind={}&section={}", act.code(), section.key);
        view! { <li><a href=href>{format!("{}を準備する", act.label())}</a></li> }
    });
    let beside: Vec<&Section> = beside(organisation, section, day);
    let at = beside.iter().position(|other| other.id == section.id).unwrap_or_default();
    let others: Vec<(String, String)> = beside
        .iter()
        .filter(|other| other.id != section.id)
        .map(|other| (other.id.to_string(), format!("{}の次", quoted(organisation, &[other.id]))))
        .collect();
    let mut chosen = filled.clone();
    if chosen.errors.is_empty() {
        chosen.form.set("after", at.checked_sub(1).map(|at| beside[at].id.to_string()).unwrap_or_default());
    }
    let order = (!others.is_empty()).then(|| {
        let fields = view! {
            {select(&chosen, "after", &optional("並び順").hint("同じ組織の下での順番です。"), &others, "先頭")}
            {hidden("seen", seen(&beside))}
        };
        side_form(format!("{}/positions", section_url(city, &section.key)), fields, "並び順を保存する")
    });
    part(
        "changes",
        "変更する",
        note("確認の画面で担当と配置の移り先を確かめてから、確定します。"),
        view! { <ul class="links">{acts.collect_view()}</ul>{order} },
    )
}

/// Sections under the same one on a day, in their order.
pub(super) fn beside<'a>(organisation: &'a Organisation, section: &Section, day: Date) -> Vec<&'a Section> {
    let there = organisation.tree(day).into_iter().map(|(_, other)| other);
    there.filter(|other| other.parent_on(day) == section.parent_on(day)).collect()
}

/// The order that a page showed.
pub(super) fn seen(beside: &[&Section]) -> String {
    beside.iter().map(|section| section.key.as_str()).collect::<Vec<_>>().join(",")
}
