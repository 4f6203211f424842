//! The grid as a table: a row for each part of a KPI, a column for each time.

use leptos::prelude::*;
use rashin_domain::{
    kpi::{Maturity, Role},
    obligation::Reporting,
    period::Period,
    plan::{Kpi, Part},
    progress::Status,
    value::Value,
};

use super::{
    cells::{Cell, Column, within_year},
    lines::Line,
};
use crate::{
    kpi::staff::staff_url,
    ui::{
        section::{col, num, table},
        status::{chip_of, status},
    },
};

/// `ticks`: what is not reported can be chosen.
pub fn grid_table(city: &str, caption: String, lines: &[&Line<'_>], columns: &[Column], ticks: bool) -> AnyView {
    let mut heads = vec![col("指標"), col("担当課"), num("現状値")];
    heads.extend(columns.iter().map(|column| num(column.short())));
    heads.extend([num("目標値"), col("判定")]);
    if ticks {
        heads.insert(0, col("選択"));
    }
    let rows = lines.iter().flat_map(|line| {
        let row = |(at, part): (usize, &Part)| row(city, line, part, at == 0, columns, ticks);
        line.kpi.parts.iter().enumerate().map(row).collect::<Vec<_>>()
    });
    let body = view! { <tbody>{rows.collect_view()}</tbody> }.into_any();
    view! { <div class="rashin-grid" data-ticks=ticks.then_some("")>{table("grid", caption, heads, body, false)}</div> }.into_any()
}

/// 「申請のデジタル化数（窓口）」
pub fn name_of(kpi: &Kpi, part: &Part) -> String {
    if part.name.is_empty() { kpi.name.clone() } else { format!("{}（{}）", kpi.name, part.name) }
}

fn row(city: &str, line: &Line<'_>, part: &Part, first: bool, columns: &[Column], ticks: bool) -> AnyView {
    let name = name_of(line.kpi, part);
    let below = if part.unit.is_empty() { line.kpi.code.clone() } else { format!("{}　単位：{}", line.kpi.code, part.unit) };
    let may_choose = ticks && first && line.reporting.is_some_and(|reporting| !reporting.is_reported());
    let tick = ticks.then(|| {
        let field = format!("item.{}", line.item);
        let label = may_choose.then(|| {
            view! { <label class="rashin-tick"><input class="dads-checkbox__input" type="checkbox" name=field value="on"/><span class="vh">{format!("{name}を選ぶ")}</span></label> }
        });
        view! { <td>{label}</td> }
    });
    let cells = columns.iter().map(|column| {
        let reporting = column.reporting(&line.asked).filter(|_| first);
        cell(&column.cell(part), reporting)
    });
    let judged = first.then(|| status(&line.judgement));
    view! {
        <tr>
            {tick}
            <th scope="row"><a href=staff_url(city, &line.kpi.code)>{name}</a><span class="dads-table__sub">{below}</span></th>
            <td>{line.sections.join("、")}</td>
            {planned(part, Role::Baseline)}
            {cells.collect_view()}
            {planned(part, Role::Target)}
            <td>{judged}</td>
        </tr>
    }
    .into_any()
}

fn planned(part: &Part, role: Role) -> AnyView {
    match part.point(role) {
        Some(point) => {
            let year = point.period.fiscal_year().short();
            view! { <td class="num">{value(&point.value)}<span class="dads-table__sub">{year}</span></td> }.into_any()
        }
        None => view! { <td class="num"><span class="rashin-unknown">"記載なし"</span></td> }.into_any(),
    }
}

/// The figure with how settled it is, the target of the time, and what is still owed.
fn cell(cell: &Cell<'_>, reporting: Option<(Reporting, Option<Period>)>) -> AnyView {
    let figure = cell.actual.map(|actual| value(&actual.value));
    let unsettled = cell.actual.filter(|actual| actual.maturity != Maturity::Final).map(|actual| actual.maturity.label().to_owned());
    let target = cell.target.filter(|point| point.value.is_known()).map(|point| format!("目標 {}", point.value.plain()));
    let below =
        [unsettled, target].into_iter().flatten().map(|words| view! { <span class="dads-table__sub">{words}</span> }).collect_view();
    let owed = reporting.and_then(|(reporting, part)| {
        let part = part.map(|period| view! { <small>{within_year(period)}</small> });
        Some(view! { <span class="rashin-grid__owed">{part}{mark(reporting)?}</span> })
    });
    let nothing = (figure.is_none() && owed.is_none()).then_some("—");
    view! { <td class="num">{figure}{nothing}{below}{owed}</td> }.into_any()
}

fn value(value: &Value) -> AnyView {
    match value.is_known() {
        true => value.plain().into_any(),
        false => view! { <span class="rashin-unknown">{value.plain()}</span> }.into_any(),
    }
}

/// What is not settled yet, as a shape and a word.
fn mark(reporting: Reporting) -> Option<AnyView> {
    let like = match reporting {
        Reporting::Missing => Status::Unreported,
        Reporting::Returned => Status::SlightlyLate,
        Reporting::Collecting => Status::Collecting,
        Reporting::Waiting => Status::AwaitsTargetYear,
        Reporting::Done => return None,
    };
    Some(chip_of(like, reporting.label()).into_any())
}
