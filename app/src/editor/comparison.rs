//! `/{city}/staff/plans/{plan}/comparison`: 新旧対照, for the screen and for A4 paper.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, moment_label},
    draft::compare::{Difference, Piece, Row, compare, pieces},
    publish::edition_label,
};
use serde::Deserialize;

use super::{Place, look, page};
use crate::{
    ui::section::{col, empty, note, page_head, table},
    web::{Page, Refusal, Visit},
};

#[derive(Debug, Deserialize)]
pub struct Against {
    /// Number of an edition to compare with; the newest one by default.
    edition: Option<i32>,
}

/// The draft against the published edition: exactly what the next one changes.
pub async fn comparison(visit: Visit, Path((city, plan)): Path<(String, String)>, Query(against): Query<Against>) -> Result<Page, Refusal> {
    let place = Place::new(&city, &plan);
    let (mut tx, desk) = look(&visit, &place).await?;
    let old = match against.edition {
        Some(number) => Some(tx.numbered_edition(desk.plan.id, number).await?),
        None => tx.newest_edition(desk.plan.id).await?.map(|(_, edition)| edition),
    };
    let (base, words) = match &old {
        Some(edition) => (&edition.content, format!("{}（{}公表）", edition_label(edition.number), date_label(edition.published_on))),
        None => (&desk.live, "いまの計画（まだ公表していません）".to_owned()),
    };
    let differences = compare(base, desk.content());
    let caption = format!("旧：{words}　新：編集中の案（{}現在）", moment_label(tx.now()));
    let main = view! {
        {page_head(desk.plan.title.clone(), "新旧対照表", ())}
        <p class="lead">{match differences.len() {
            0 => "変わるところはありません。".to_owned(),
            count => format!("{count}か所が変わります。"),
        }}</p>
        {if differences.is_empty() {
            empty("案を編集すると、ここに新旧が並びます。", Some((place.url(""), "編集の画面へ"))).into_any()
        } else {
            comparison_table(&caption, &differences)
        }}
        {note("下線は変わった部分です。報告された実績の値は含みません。印刷するとA4横に収まります。")}
    };
    page(&visit, &tx, &place, &desk, &[(desk.plan.title.clone(), place.url(""))], format!("新旧対照表 {}", desk.plan.title), main).await
}

/// Old on the left, new on the right, one row a field.
pub fn comparison_table(caption: &str, differences: &[Difference]) -> AnyView {
    let rows = differences.iter().map(|difference| {
        let kind = view! { <span class="dads-table__sub">{format!("{}　{}", difference.kind.label(), difference.what.word())}</span> };
        let path = (!difference.path.is_empty()).then(|| view! { <span class="dads-table__sub">{difference.path.join(" ＞ ")}</span> });
        let span = difference.rows.len().max(1).to_string();
        let head = view! { <th scope="rowgroup" role="rowheader" rowspan=span class="rashin-compare__what">{difference.label.clone()}{kind}{path}</th> };
        let lines = match difference.rows.split_first() {
            None => {
                let order = cells("並び順", "―".into_any(), "順序が変わります".into_any());
                view! { <tr role="row">{head}{order}</tr> }.into_any()
            }
            Some((first, rest)) => {
                let rest = rest.iter().map(|row| view! { <tr role="row">{differing(row)}</tr> }).collect_view();
                view! { <tr role="row">{head}{differing(first)}</tr>{rest} }.into_any()
            }
        };
        view! { <tbody role="rowgroup">{lines}</tbody> }
    });
    let columns = vec![col("対象"), col("項目"), col("旧"), col("新")];
    view! { <div class="rashin-compare">{table("comparison", caption.to_owned(), columns, rows.collect_view().into_any(), true)}</div> }
        .into_any()
}

/// One field before and after, with what differs marked as deleted and inserted.
pub fn differing(row: &Row) -> impl IntoView + use<> {
    let (old, new) = pieces(&row.old, &row.new);
    let side = |pieces: Vec<Piece>, all: bool, mark: fn(String) -> AnyView| {
        if pieces.is_empty() {
            return view! { <span class="rashin-unknown">"（なし）"</span> }.into_any();
        }
        // Where everything is new, a line under everything says nothing.
        let piece = |(differs, text): Piece| if differs && !all { mark(text) } else { view! { <span>{text}</span> }.into_any() };
        pieces.into_iter().map(piece).collect_view().into_any()
    };
    let (only_new, only_old) = (row.old.is_empty(), row.new.is_empty());
    let old = side(old, only_old, |text| view! { <del>{text}</del> }.into_any());
    cells(&row.label, old, side(new, only_new, |text| view! { <ins>{text}</ins> }.into_any()))
}

fn cells(field: &str, old: AnyView, new: AnyView) -> impl IntoView + use<> {
    let side = |label: &'static str, words: AnyView| {
        view! { <td role="cell"><span class="dads-table__cell-label">{label}</span><div class="rashin-difference">{words}</div></td> }
    };
    view! { <td role="cell" class="rashin-compare__field">{field.to_owned()}</td>{side("旧", old)}{side("新", new)} }
}
