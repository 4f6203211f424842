//! `/{city}/staff/compare/indicators/{code}`: one indicator among the bodies of a comparison: how they lie, what it means, and
//! what was published when.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use jiff::{Timestamp, civil::Date};
use leptos::prelude::*;
use rashin_domain::{
    clock::{FiscalYear, date_label, moment_label},
    figure::{Summary, level_of, printed},
    indicator::Indicator,
    kpi::Direction,
    value::{Value, ValueKind},
};
use rashin_store::{
    TenantTx,
    figure::{Release, Wording},
    own_indicator::OwnIndicator,
};
use rust_decimal::Decimal;

use super::{
    board::{Board, Column, Origin},
    counted,
    lens::Lens,
    matrix::{frame, origin_words},
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
    let of = About::find(&mut tx, &code).await?;
    let board = Board::load(&mut tx, &lens.of_one(&code), usize::MAX).await?;
    let at = board.as_ref().and_then(|board| board.columns.iter().position(|column| column.code == code));
    let shown = match (&board, at) {
        (Some(board), Some(at)) => among(board, at, &tx.city().code),
        _ => note("この指標の数値は、まだ取り込まれていません。").into_any(),
    };
    let column = board.as_ref().zip(at).map(|(board, at)| &board.columns[at]);
    let releases = match column {
        Some(column) => releases(&mut tx, column).await?,
        None => ().into_any(),
    };
    let (name, kicker) = (of.name().to_owned(), of.kicker());
    let (facts, wordings) = (of.definition(), of.wordings(&mut tx).await?);
    let main = view! {
        {page_head(kicker, name.clone(), ())}
        {shown}
        {section("definition", "定義", (), facts)}
        {releases}
        {wordings}
    };
    let frame = frame(&tx).crumbs(vec![("比較".to_owned(), lens.address(&matrix_url(&city), 1))]).flash(visit.take_flash().await?);
    Ok(Page::new(name, frame, main))
}

/// Whose indicator it is.
enum About {
    National(Box<Indicator>),
    /// All revisions, newest first.
    Own(Vec<OwnIndicator>),
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
            let title = format!("{}（{place}）", column.name);
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
    let caption = format!("{}　{}団体　団体コード順（順位ではありません）", column.name, counted(board.rows.len()));
    let figures = table("figures", caption, vec![col("団体"), num("値")], body, false);
    let source = format!("出典：{}を加工して作成。{}。", column.source, origin_words(column));
    let body = view! {
        <p class="lead">{point}</p>
        {chart}
        <details class="rashin-detail"><summary>"団体ごとの値を表で見る"</summary>{figures}</details>
        {note(source)}
    };
    section("among", &format!("{}の団体のなかで", board.place()), (), view! { <div class="stack">{body}</div> })
}

fn unit(column: &Column) -> &str {
    match column.kind {
        ValueKind::Ratio => "%",
        _ => &column.unit,
    }
}

fn in_words(value: &Value, column: &Column) -> String {
    match (value, level_of(value)) {
        (Value::Ratio { n, of }, Some(rate)) => format!("{n}／{of}　{}%", short(rate)),
        _ => printed(value, &column.unit),
    }
}

/// One sentence, always with the bodies that it counts.
fn point(board: &Board, column: &Column, sum: &Summary, mine: Option<(&str, Decimal)>) -> String {
    let (bodies, known) = (counted(board.shown), counted(sum.known));
    if column.kind == ValueKind::YesNo {
        return format!("値のある{known}団体（{bodies}団体中）のうち、{}団体が実施しています。", counted(sum.yes));
    }
    let Some([lower, median, upper]) = sum.quartiles.filter(|_| sum.known >= FEWEST) else {
        return format!("{bodies}団体中{known}団体に値があります。");
    };
    let unit = unit(column);
    let whole = format!("値のある{known}団体（{bodies}団体中）の中央値は{}{unit}", short(median));
    // Where nothing is ranked, nobody's place is told.
    if !column.is_ranked() {
        return format!("{whole}です。");
    }
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
    format!("{whole}{band}です。{}", own.unwrap_or_default())
}

impl About {
    async fn find(tx: &mut TenantTx, code: &str) -> Result<Self, Refusal> {
        match code.strip_prefix("P-") {
            Some(number) => Ok(Self::Own(tx.own_indicator(number.parse().map_err(|_| Refusal::NotFound)?).await?)),
            None => {
                let found = tx.indicators().await?.into_iter().find(|one| one.code == code);
                Ok(Self::National(Box::new(found.ok_or(Refusal::NotFound)?)))
            }
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::National(one) => &one.name,
            Self::Own(revisions) => revisions.first().map_or("", |one| &one.definition.name),
        }
    }

    fn kicker(&self) -> String {
        match self {
            Self::National(one) => format!("{} {}", one.category, one.code),
            Self::Own(revisions) => revisions.first().map_or(String::new(), |one| format!("独自の指標 {}", one.code())),
        }
    }

    fn definition(&self) -> AnyView {
        match self {
            Self::National(one) => national(one),
            Self::Own(revisions) => revisions.first().map_or(().into_any(), own),
        }
    }

    /// How the definition was before, where it was another one.
    async fn wordings(&self, tx: &mut TenantTx) -> Result<Option<AnyView>, Refusal> {
        let before: Vec<String> = match self {
            Self::National(one) => {
                let before = tx.wordings(&one.code).await?.into_iter().skip(1);
                let said = |one: Wording| {
                    format!(
                        "第{}版（{}から）　{}　{}",
                        one.revision,
                        moment_label(one.written_at),
                        one.indicator.name,
                        one.indicator.definition
                    )
                };
                before.map(said).collect()
            }
            Self::Own(revisions) => {
                let said = |one: &OwnIndicator| {
                    let by = format!("{} {}", moment_label(one.written_at), one.written_by);
                    format!("第{}版（{by}）　{}　{}", one.revision, one.definition.name, one.definition.definition)
                };
                revisions.iter().skip(1).map(said).collect()
            }
        };
        let items = before.iter().map(|words| view! { <li>{words.clone()}</li> }).collect_view();
        Ok((!before.is_empty()).then(|| section("wordings", "定義の履歴", (), view! { <ul>{items}</ul> })))
    }
}

/// Terms with words; empty ones are left out.
fn rows<'a>(pairs: impl IntoIterator<Item = (&'static str, &'a str)>) -> Vec<(&'static str, AnyView)> {
    pairs.into_iter().filter(|(_, words)| !words.is_empty()).map(|(term, words)| (term, words.to_owned().into_any())).collect()
}

fn ranking(no_ranking: bool) -> &'static str {
    if no_ranking { "順位付けをしない（団体コード順で表示）" } else { "値で並べ替えられる" }
}

fn national(one: &Indicator) -> AnyView {
    let definition = match one.is_label_only() {
        true => {
            let unsure = "公表された定義は未確認です。名称から読める範囲で使ってください。";
            view! { {one.definition.clone()}{reading(&one.provenance())}<span class="dads-table__sub">{unsure}</span> }.into_any()
        }
        false => one.definition.clone().into_any(),
    };
    let source = format!("{} {}", one.source, one.source_place);
    let more = rows([
        ("分子", &*one.numerator),
        ("分母", &one.denominator),
        ("算式", &one.formula),
        ("単位", &one.unit),
        ("もとの調査", &one.survey),
        ("時点", &one.as_of),
        ("注意", &one.pitfalls),
        ("よい向き", one.direction.map_or("決めていません", Direction::label)),
        ("順位付け", ranking(one.no_ranking)),
        ("出典", &source),
    ]);
    facts([vec![("定義", definition)], more].into_iter().flatten().collect()).into_any()
}

fn own(one: &OwnIndicator) -> AnyView {
    let said = &one.definition;
    let written = format!("{} {}（第{}版）", moment_label(one.written_at), one.written_by, one.revision);
    facts(rows([
        ("定義", &*said.definition),
        ("数え方", one.count.label()),
        ("分子", &said.numerator),
        ("分母", &said.denominator),
        ("単位", &said.unit),
        ("もとの調査", &said.survey),
        ("時点", &said.as_of),
        ("よい向き", said.direction.label()),
        ("順位付け", ranking(said.no_ranking)),
        ("書いた人", &written),
    ]))
    .into_any()
}

/// What was published when, and what a later release said otherwise.
async fn releases(tx: &mut TenantTx, column: &Column) -> Result<AnyView, Refusal> {
    let (name, lines, changes) = match &column.origin {
        Origin::National(release) => {
            let mut of_table = tx.releases().await?;
            of_table.retain(|other| other.dataset == release.dataset);
            let lines = of_table.iter().map(|one| (one.year, one.revision, one.as_of, one.bodies, one.imported_at)).collect();
            (release.dataset.label().to_owned(), lines, restated(tx, column, &of_table).await?)
        }
        Origin::Own(release) => {
            let of_it = tx.own_releases().await?.into_iter().filter(|other| other.number == release.number);
            let lines: Vec<_> = of_it.map(|one| (one.year, one.revision, one.as_of, one.bodies, one.imported_at)).collect();
            (column.name.clone(), lines, None)
        }
    };
    let row = |(year, revision, as_of, bodies, at): &(FiscalYear, i32, Date, i32, Timestamp)| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{year.label()}</th>
                <td role="cell"><span class="dads-table__cell-label">"版"</span><span>{format!("第{revision}版")}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"時点"</span><span>{date_label(*as_of)}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"団体"</span><span>{counted(*bodies)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"取り込み"</span><span>{moment_label(*at)}</span></td>
            </tr>
        }
    };
    let heads = vec![col("年度"), col("版"), col("時点"), num("団体"), col("取り込み")];
    let caption = format!("{name} {}件（新しい順）", lines.len());
    let body = view! { <tbody role="rowgroup">{lines.iter().map(row).collect_view()}</tbody> }.into_any();
    Ok(section("releases", "数値の版", (), view! { {table("release-list", caption, heads, body, true)}{changes} }))
}

/// Figures that a later revision of the same year said otherwise.
async fn restated(tx: &mut TenantTx, column: &Column, releases: &[Release]) -> Result<Option<AnyView>, Refusal> {
    let mut changes = Vec::new();
    for release in releases {
        let before = releases.iter().find(|other| other.year == release.year && other.revision + 1 == release.revision);
        let Some(before) = before else { continue };
        for (name, was, is) in tx.restated(&column.code, before.number, release.number).await? {
            let which = format!("{} 第{}版", release.year.short(), release.revision);
            changes.push(format!("{which}：{name} {} → {}", in_words(&was, column), in_words(&is, column)));
        }
    }
    let summary = format!("後の版で改められた値（{}件）", changes.len());
    let items = changes.iter().map(|words| view! { <li>{words.clone()}</li> }).collect_view();
    Ok(Some(match changes.is_empty() {
        true => note("後の版で改められた値はありません。").into_any(),
        false => view! { <details class="rashin-detail"><summary>{summary}</summary><ul>{items}</ul></details> }.into_any(),
    }))
}
