//! `/{city}/staff/compare/matrix.csv`: what the matrix shows, all pages of it.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query},
    response::Response,
};
use rashin_domain::{
    figure::{level_of, printed},
    period::date_code,
    value::{Value, ValueKind},
};

use super::{
    board::{Board, Column},
    lens::Lens,
};
use crate::web::{Refusal, Visit, csv_file};

/// A row for each body; numerator and denominator have columns of their own beside the rate. What the figures are, stands at
/// the end of each row, so that a part of the file still says it.
pub async fn csv(visit: Visit, Path(city): Path<String>, Query(query): Query<BTreeMap<String, String>>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let lens = Lens::new(query);
    let board = Board::load(&mut tx, &lens, usize::MAX).await?.ok_or(Refusal::NotFound)?;
    let mut header = vec!["団体コード".to_owned(), "団体名".to_owned()];
    header.extend(board.columns.iter().flat_map(headings));
    header.extend(["年度", "時点", "版", "出典", "並び"].map(str::to_owned));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let each = |word: &dyn Fn(&Column) -> String| {
        let mut words: Vec<String> = board.origins().into_iter().map(word).collect();
        words.dedup();
        words.join("、")
    };
    let order = board.sorted.map_or("団体コード順（順位ではありません）".to_owned(), |at| {
        format!("{}の{}", board.columns[at].name, board.columns[at].order())
    });
    let end = [
        board.year.label(),
        each(&|column| date_code(column.origin.as_of())),
        each(&|column| format!("第{}版", column.origin.revision())),
        each(&|column| format!("{}を加工して作成", column.source)),
        order,
    ];
    let rows = board.rows.iter().map(|row| {
        let figures = board.columns.iter().zip(&row.values).flat_map(|(column, value)| cells(column, value.as_ref()));
        [row.body.code.clone(), row.body.name.clone()].into_iter().chain(figures).chain(end.clone()).collect()
    });
    csv_file(&format!("{city}-compare-{}.csv", board.year.0), &header, rows)
}

fn headings(column: &Column) -> Vec<String> {
    let name = &column.name;
    match column.kind {
        ValueKind::Ratio => vec![format!("{name}（分子）"), format!("{name}（分母）"), format!("{name}（%）")],
        _ if column.unit.is_empty() => vec![name.clone()],
        _ => vec![format!("{name}（{}）", column.unit)],
    }
}

/// An unknown stands as its word in each of its columns: it is no blank, and no 0.
fn cells(column: &Column, value: Option<&Value>) -> Vec<String> {
    let word = |words: &str| vec![words.to_owned(); headings(column).len()];
    match value {
        None => word("未取り込み"),
        Some(Value::Ratio { n, of }) => {
            let rate = value.and_then(level_of).map(|rate| rate.round_dp(1).to_string()).unwrap_or_default();
            vec![n.to_string(), of.to_string(), rate]
        }
        Some(Value::Number { amount }) => vec![amount.to_string()],
        Some(value) => word(&printed(value, "")),
    }
}
