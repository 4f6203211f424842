//! `/{city}/staff/grid.csv`: what the grid shows, all pages of it.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query},
    response::Response,
};
use rashin_domain::{form::Form, kpi::Role, plan::Part};

use super::{
    cells::{Column, columns, years},
    lines::{Grid, Groups},
    page::year_of,
};
use crate::web::{Refusal, Visit, csv_file};

/// What stands before the columns of figures.
const BEFORE: [&str; 7] = ["指標コード", "指標", "内訳", "単位", "重点戦略", "担当課", "現状値"];
const AFTER: [&str; 3] = ["目標値", "判定", "報告の状況"];

/// With the filter and the order of the page. Figures without their unit, each under just its period: a figure of a half must
/// not come back as one of the year when the table is pasted.
pub async fn csv(visit: Visit, Path(city): Path<String>, Query(query): Query<BTreeMap<String, String>>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let survey = tx.survey().await?.ok_or(Refusal::NotFound)?;
    let groups = Groups::of(&survey);
    let (grid, wish) = (Grid::of(&survey, &groups), Form::from_pairs(query));
    let wanted_years = year_of(&survey, &wish).map_or_else(|| years(&survey), |year| vec![year]);
    let columns: Vec<Column> = wanted_years.into_iter().flat_map(|year| columns(&survey, Some(year))).collect();
    let labels: Vec<String> = columns.iter().map(|column| column.label()).collect();
    let header: Vec<&str> = BEFORE.into_iter().chain(labels.iter().map(String::as_str)).chain(AFTER).collect();
    let planned = |part: &Part, role| part.point(role).map(|point| point.value.plain()).unwrap_or_default();
    let wanted = grid.wanted(&wish);
    let rows = wanted.iter().flat_map(|line| {
        let cells = |part: &Part| {
            let kpi = line.kpi;
            let said = [&kpi.code, &kpi.name, &part.name, &part.unit].map(String::clone);
            let place = [line.strategy.to_owned(), line.sections.join("、"), planned(part, Role::Baseline)];
            let figures = columns.iter().map(|column| column.cell(part).actual.map(|actual| actual.value.plain()).unwrap_or_default());
            let stand = line.reporting.map_or("", |reporting| reporting.label()).to_owned();
            let end = [planned(part, Role::Target), line.judgement.word.clone(), stand];
            said.into_iter().chain(place).chain(figures).chain(end).collect::<Vec<_>>()
        };
        line.kpi.parts.iter().map(cells).collect::<Vec<_>>()
    });
    csv_file(&format!("{city}-indicators-{}.csv", survey.today), &header, rows)
}
