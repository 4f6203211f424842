//! `/{city}/staff/compare/indicators/{code}`: one indicator among the bodies of a comparison: how they lie, what it means, and
//! what was published when.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, moment_label},
    figure::{Summary, level_of, printed},
    indicator::Indicator,
    kpi::Direction,
    value::{Value, ValueKind},
};
use rashin_store::{TenantTx, figure::Release};
use rust_decimal::Decimal;

use super::{
    board::{Board, Column},
    lens::Lens,
    matrix::{frame, release_words},
    matrix_url,
};
use crate::{
    ui::{
        chart::{Strip, distribution, short},
        provenance::reading,
        section::{col, facts, note, num, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

/// With fewer figures a place among them would point at single bodies.
const FEWEST: usize = 5;

pub async fn column(
    visit: Visit,
    Path((city, code)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let lens = Lens::new(query);
    let board = Board::load(&mut tx, &lens.of_one(&code), usize::MAX).await?;
    let indicator = tx.indicators().await?.into_iter().find(|one| one.code == code).ok_or(Refusal::NotFound)?;
    let at = board.as_ref().and_then(|board| board.columns.iter().position(|column| column.code() == code));
    let shown = match (&board, at) {
        (Some(board), Some(at)) => among(board, at, &tx.city().code),
        _ => note("この指標の数値は、まだ取り込まれていません。").into_any(),
    };
    let column = board.as_ref().zip(at).map(|(board, at)| &board.columns[at]);
    let releases = match column {
        Some(column) => releases(&mut tx, column).await?,
        None => ().into_any(),
    };
    let wordings = wordings(&mut tx, &code).await?;
    let main = view! {
        {page_head(format!("{} {}", indicator.category, indicator.code), indicator.name.clone(), ())}
        {shown}
        {definition(&indicator)}
        {releases}
        {wordings}
    };
    let frame = frame(&tx).crumbs(vec![("比較".to_owned(), lens.address(&matrix_url(&city), 1))]).flash(visit.take_flash().await?);
    Ok(Page::new(indicator.name, frame, main))
}

/// How the shown bodies lie: counts for 実施・未実施, a strip for what can be ranked, and the figures in the order of codes.
fn among(board: &Board, at: usize, own: &str) -> AnyView {
    let (column, sum) = (&board.columns[at], &board.sums[at]);
    let place = format!("{}、{}", board.place(), board.year.short());
    let mut levels: Vec<Decimal> = board.rows.iter().filter_map(|row| row.values[at].as_ref().and_then(level_of)).collect();
    levels.sort_unstable();
    let mine = board.rows.iter().find(|row| row.body.code == own);
    let mine = mine.and_then(|row| Some((row.body.name.as_str(), row.values[at].as_ref().and_then(level_of)?)));
    let point = point(board, column, sum, mine);
    let chart = match sum.quartiles.filter(|_| column.is_ranked()) {
        Some(quartiles) if levels.len() >= FEWEST => {
            let title = format!("{}（{place}）", column.indicator.name);
            distribution("strip", &Strip { title, unit: unit(column), levels: &levels, quartiles, own: mine, point: point.clone() })
        }
        Some(_) => note(format!("値のある団体が{FEWEST}団体に満たないため、分布は表示しません。")).into_any(),
        None => note("順位付けをしない指標です。値による分布や並べ替えはしません。").into_any(),
    };
    let rows = board.rows.iter().map(|row| {
        let said = row.values[at].as_ref().map_or("未取り込み".to_owned(), |value| in_words(value, column));
        let mark = (row.body.code == own).then(|| view! { <span class="dads-table__sub">"自団体"</span> });
        view! { <tr><th scope="row">{row.body.name.clone()}{mark}</th><td class="num">{said}</td></tr> }
    });
    let body = view! { <tbody>{rows.collect_view()}</tbody> }.into_any();
    let caption = format!("{}　{}団体　団体コード順（順位ではありません）", column.indicator.name, board.rows.len());
    let figures = table("figures", caption, vec![col("団体"), num("値")], body, false);
    let source = format!("出典：{}を加工して作成。{}。", column.indicator.source, release_words(&column.release));
    let body = view! {
        <p class="lead">{point}</p>
        {chart}
        <details class="rashin-detail"><summary>"団体ごとの値を表で見る"</summary>{figures}</details>
        {note(source)}
    };
    section("among", &format!("{}の団体のなかで", board.place()), (), view! { <div class="stack">{body}</div> })
}

fn unit(column: &Column) -> &str {
    match column.indicator.kind {
        Some(ValueKind::Ratio) => "%",
        _ => &column.indicator.unit,
    }
}

fn in_words(value: &Value, column: &Column) -> String {
    match (value, level_of(value)) {
        (Value::Ratio { n, of }, Some(rate)) => format!("{n}／{of}　{}%", short(rate)),
        _ => printed(value, &column.indicator.unit),
    }
}

/// One sentence, always with the bodies that it counts.
fn point(board: &Board, column: &Column, sum: &Summary, mine: Option<(&str, Decimal)>) -> String {
    let (bodies, known) = (board.shown, sum.known);
    if column.indicator.kind == Some(ValueKind::YesNo) {
        return format!("値のある{known}団体（{bodies}団体中）のうち、{}団体が実施しています。", sum.yes);
    }
    let Some([lower, median, upper]) = sum.quartiles.filter(|_| known >= FEWEST) else {
        return format!("{bodies}団体中{known}団体に値があります。");
    };
    let unit = unit(column);
    let band = match lower == upper {
        true => String::new(),
        false => format!("、真ん中の半数は{}～{}{unit}", short(lower), short(upper)),
    };
    let own = mine.map(|(name, level)| {
        let among = match () {
            () if level < lower => "真ん中の半数より低い値です",
            () if level > upper => "真ん中の半数より高い値です",
            () => "真ん中の半数のなかにあります",
        };
        format!("{name}は{}{unit}で、{among}。", short(level))
    });
    format!("値のある{known}団体（{bodies}団体中）の中央値は{}{unit}{band}です。{}", short(median), own.unwrap_or_default())
}

fn definition(indicator: &Indicator) -> AnyView {
    let text = |words: &str| words.to_owned().into_any();
    let mut rows: Vec<(&'static str, AnyView)> = Vec::new();
    let definition = match indicator.is_label_only() {
        true => view! { {indicator.definition.clone()}{reading(&indicator.provenance())}<span class="dads-table__sub">"公表された定義は未確認です。名称から読める範囲で使ってください。"</span> }.into_any(),
        false => text(&indicator.definition),
    };
    rows.push(("定義", definition));
    for (term, words) in [
        ("分子", &indicator.numerator),
        ("分母", &indicator.denominator),
        ("算式", &indicator.formula),
        ("単位", &indicator.unit),
        ("もとの調査", &indicator.survey),
        ("時点", &indicator.as_of),
        ("注意", &indicator.pitfalls),
    ] {
        if !words.is_empty() {
            rows.push((term, text(words)));
        }
    }
    rows.push(("よい向き", text(indicator.direction.map_or("決めていません", Direction::label))));
    let ranking =
        if indicator.no_ranking { "順位付けをしない（団体コード順で表示）" } else { "値で並べ替えられる" };
    rows.push(("順位付け", text(ranking)));
    rows.push(("出典", text(&format!("{} {}", indicator.source, indicator.source_place))));
    section("definition", "定義", (), facts(rows))
}

/// What was published when, and what a later release said otherwise.
async fn releases(tx: &mut TenantTx, column: &Column) -> Result<AnyView, Refusal> {
    let mut of_table = tx.releases().await?;
    of_table.retain(|release| release.dataset == column.release.dataset);
    let mut changes = Vec::new();
    for release in &of_table {
        let before = of_table.iter().find(|other| other.year == release.year && other.revision + 1 == release.revision);
        if let Some(before) = before {
            for (name, was, is) in tx.restated(column.code(), before.number, release.number).await? {
                changes.push(view! { <li>{format!("{} 第{}版：{name} {} → {}", release.year.short(), release.revision, in_words(&was, column), in_words(&is, column))}</li> });
            }
        }
    }
    let row = |release: &Release| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{release.year.label()}</th>
                <td role="cell"><span class="dads-table__cell-label">"版"</span><span>{format!("第{}版", release.revision)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"時点"</span><span>{date_label(release.as_of)}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"団体"</span><span>{release.bodies}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"取り込み"</span><span>{moment_label(release.imported_at)}</span></td>
            </tr>
        }
    };
    let rows = of_table.iter().map(row).collect_view();
    let heads = vec![col("年度"), col("版"), col("時点"), num("団体"), col("取り込み")];
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let caption = format!("{} {}件（新しい順）", column.release.dataset.label(), of_table.len());
    let restated = match changes.is_empty() {
        true => note("後の版で改められた値はありません。").into_any(),
        false => view! {
            <details class="rashin-detail"><summary>{format!("後の版で改められた値（{}件）", changes.len())}</summary><ul>{changes}</ul></details>
        }
        .into_any(),
    };
    Ok(section("releases", "数値の版", (), view! { {table("release-list", caption, heads, body, true)}{restated} }))
}

/// How the definition was before, where it was another one.
async fn wordings(tx: &mut TenantTx, code: &str) -> Result<Option<AnyView>, Refusal> {
    let wordings = tx.wordings(code).await?;
    let items = wordings.iter().skip(1).map(|wording| {
        let one = &wording.indicator;
        view! { <li>{format!("第{}版（{}から）　{}　{}", wording.revision, moment_label(wording.written_at), one.name, one.definition)}</li> }
    });
    let items = items.collect_view();
    Ok((wordings.len() > 1).then(|| section("wordings", "定義の履歴", (), view! { <ul>{items}</ul> })))
}
