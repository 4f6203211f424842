//! `/{city}/staff/cases/{number}/versions`: every save of a case, and two of them side by side.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    case::words::{Change, changes},
    clock::moment_label,
    draft::compare::Row,
    form::Form,
};
use rashin_store::case::Version;
use serde::Deserialize;

use super::{
    case_url,
    form::{crumbs, load},
    offer::Offer,
};
use crate::{
    editor::comparison::differing,
    ui::{
        field::{Filled, required, select},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

/// Which two are compared; the newest with the one before it by default.
#[derive(Deserialize)]
pub struct Asked {
    old: Option<i32>,
    new: Option<i32>,
}

pub fn versions_url(city: &str, number: i32) -> String {
    format!("{}/versions", case_url(city, number))
}

pub async fn versions(visit: Visit, Path((city, number)): Path<(String, i32)>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (filed, _) = load(&mut tx, number).await?;
    let (versions, offer) = (tx.case_versions(filed.id).await?, Offer::load(&mut tx).await?);
    let find = |revision: i32| versions.iter().find(|version| version.revision == revision).ok_or(Refusal::NotFound);
    let new = find(asked.new.unwrap_or(filed.newest.revision))?;
    let old = match asked.old {
        Some(revision) => Some(find(revision)?),
        None => versions.iter().find(|version| version.revision < new.revision),
    };
    let named = |key: &str| offer.named(key);
    let against = match old {
        None => empty("版はまだ一つです。書き直すと、ここで前の版との違いを見られます。", Some((case_url(&city, number), "案件に戻る")))
            .into_any(),
        Some(old) => compared(old, new, &changes(&old.content, &new.content, &named)),
    };
    let choice = (versions.len() > 1).then(|| choose(&versions, old, new));
    let main = view! {
        {page_head(format!("案件 {number}"), "版と違い", ())}
        <p class="lead">{format!("第{}版まであります。いまの版は{}さんが{}に保存しました。", filed.newest.revision, filed.newest.author, moment_label(filed.newest.at))}</p>
        {choice}
        {section("difference", "二つの版の違い", note("線のある部分が、消した言葉と加えた言葉です。"), against)}
        {section("saves", "保存の記録", (), saves(&city, number, &versions, &named))}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&filed))).flash(visit.take_flash().await?);
    Ok(Page::new(format!("版と違い {}", filed.newest.content.title), frame, main))
}

/// 「第2版　架空 健　2026年11月22日 15:00」
fn words(version: &Version) -> String {
    format!("第{}版　{}　{}", version.revision, version.author, moment_label(version.at))
}

fn choose(versions: &[Version], old: Option<&Version>, new: &Version) -> impl IntoView + use<> {
    let mut form = Form::default();
    form.set("old", old.map(|version| version.revision.to_string()).unwrap_or_default());
    form.set("new", new.revision.to_string());
    let filled = Filled { form, ..Filled::default() };
    let all: Vec<_> = versions.iter().map(|version| (version.revision.to_string(), words(version))).collect();
    view! {
        <form class="rashin-filter" method="get" aria-label="比べる版">
            {select(&filled, "old", &required("古い版"), &all, "選択してください")}
            {select(&filled, "new", &required("新しい版"), &all, "選択してください")}
            <p class="actions"><button class="dads-button" data-type="outline">"比べる"</button></p>
        </form>
    }
}

fn compared(old: &Version, new: &Version, changes: &[Change]) -> AnyView {
    if changes.is_empty() {
        return empty("この二つの版に、違いはありません。", None).into_any();
    }
    let rows = changes.iter().map(|change| {
        let row = Row { label: change.label.to_owned(), old: change.old.clone(), new: change.new.clone() };
        view! { <tr role="row">{differing(&row)}</tr> }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let caption = format!("旧：{}　新：{}　{}か所", words(old), words(new), changes.len());
    let heads = vec![col("項目"), col("旧"), col("新")];
    view! { <div class="rashin-compare" data-two="">{table("comparison", caption, heads, body, true)}</div> }.into_any()
}

/// Each save with what it changed, newest first.
fn saves(city: &str, number: i32, versions: &[Version], named: &dyn Fn(&str) -> String) -> AnyView {
    let rows = versions.iter().map(|version| {
        let before = versions.iter().find(|before| before.revision < version.revision);
        let changed = before.map(|before| changes(&before.content, &version.content, named));
        let labels = match &changed {
            None => "はじめの版".to_owned(),
            Some(changed) => changed.iter().map(|change| change.label).collect::<Vec<_>>().join("、"),
        };
        let link = before.map(|before| {
            let href = format!("{}?old={}&new={}", versions_url(city, number), before.revision, version.revision);
            view! { <a href=href>"前の版との違い"<span class="vh">{format!("（第{}版）", version.revision)}</span></a> }
        });
        view! {
            <tr role="row">
                <th scope="row" role="rowheader" class="num">{format!("第{}版", version.revision)}</th>
                <td role="cell"><span class="dads-table__cell-label">"いつ"</span><span>{moment_label(version.at)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"誰が"</span><span>{version.author.clone()}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"変えたところ"</span><span>{labels}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"違い"</span><span>{link}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let heads = vec![num("版"), col("いつ"), col("誰が"), col("変えたところ"), col("違い")];
    table("saves-table", format!("{}版（新しい順）", versions.len()), heads, body, true)
}
