//! `/{city}/staff/routes/{route}` and `…/versions/{version}`: a route as it is taken, and as it was.

use std::collections::BTreeMap;

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    case::Standing,
    clock::moment_label,
    ids::RouteId,
    route::{Route, Stage, To},
};
use rashin_store::{TenantTx, route::Kept};

use super::{bodies::read_only, crumbs, diagram::diagram, route_url, routes_url};
use crate::{
    council::Council,
    ui::{
        field::side_form,
        frame::{Frame, Here},
        section::{col, note, num, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

/// How many cases are on their way, by the version that they keep.
pub async fn under_way(tx: &mut TenantTx, council: &Council) -> Result<BTreeMap<RouteId, usize>, Refusal> {
    let (cases, routes) = (tx.cases(None).await?, tx.route_of_cases().await?);
    let mut counts = BTreeMap::new();
    for filed in cases.iter().filter(|filed| matches!(council.standing(filed), Standing::At(_))) {
        if let Some(route) = routes.get(&filed.number) {
            *counts.entry(*route).or_default() += 1;
        }
    }
    Ok(counts)
}

/// `/{city}/staff/routes/{route}`
pub async fn route(visit: Visit, Path((city, key)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let versions = tx.route_versions(&key).await?;
    let council = Council::load(&mut tx).await?;
    let under_way = under_way(&mut tx, &council).await?;
    let may = decide(tx.actor(), &Action::Constitute).is_ok();
    let kept = &versions[0];
    let url = route_url(&city, &key);
    let links = may.then(|| {
        view! {
            <p class="actions"><a href=format!("{}/new?from=route.{key}", routes_url(&city))>"写して新しい経路を作る"</a><a class="dads-button" data-type="solid-fill" href=format!("{url}/edit")>"経路を編集する"</a></p>
        }
    });
    let stopped = (!kept.in_use).then(|| {
        view! { <p class="lead">"この経路は使用を停止しています。新しい案件には選べません。"</p> }
    });
    let standing = may.then(|| match kept.in_use {
        true => section(
            "use",
            "使用を停止する",
            (),
            view! { {note("新しい案件に選べなくなります。進行中の案件は、そのまま進みます。いつでも戻せます。")}{side_form(format!("{url}/retirements"), (), "使用を停止する")} },
        ),
        false => section("use", "ふたたび使う", (), side_form(format!("{url}/restorations"), (), "使えるように戻す")),
    });
    let main = view! {
        {page_head("経路", kept.route.name.clone(), links)}
        {stopped}
        {whole(&council, kept)}
        {section("versions", "版", (), history(&city, &council, &versions, &under_way))}
        {standing}
        {(!may).then(read_only)}
    };
    let frame = Frame::staff(&tx, None, Here::Cases)
        .crumbs(crumbs(&city, vec![("経路".to_owned(), routes_url(&city))]))
        .flash(visit.take_flash().await?);
    Ok(Page::new(kept.route.name.clone(), frame, main))
}

/// `/{city}/staff/routes/{route}/versions/{version}`
pub async fn version(visit: Visit, Path((city, key, version)): Path<(String, String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let versions = tx.route_versions(&key).await?;
    let kept = versions.iter().find(|kept| kept.version == version).ok_or(Refusal::NotFound)?;
    let council = Council::load(&mut tx).await?;
    let title = format!("{}　第{version}版", kept.route.name);
    let newest = versions[0].version;
    let words = match newest == version {
        true => "いまの版です。".to_owned(),
        false => format!("前の版です。いまは第{newest}版です。この版で始まった案件は、この版のまま進みます。"),
    };
    let main = view! {
        {page_head("経路", title.clone(), ())}
        {note(words)}
        {whole(&council, kept)}
    };
    let above = vec![("経路".to_owned(), routes_url(&city)), (versions[0].route.name.clone(), route_url(&city, &key))];
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, above)).flash(visit.take_flash().await?);
    Ok(Page::new(title, frame, main))
}

/// A version with its picture and the same in words.
fn whole(council: &Council, kept: &Kept) -> AnyView {
    let words = [format!("第{}版。", kept.version), kept.route.note.clone()].concat();
    view! {
        {note(words)}
        {diagram(&kept.route, None)}
        {section("stages", "段階", (), stages(council, &kept.route))}
    }
    .into_any()
}

fn history(city: &str, council: &Council, versions: &[Kept], under_way: &BTreeMap<RouteId, usize>) -> AnyView {
    let rows = versions.iter().map(|kept| {
        let who = kept.made_by.map_or("—", |id| council.name(id)).to_owned();
        let open = under_way.get(&kept.id).copied().unwrap_or_default();
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a class="nobr" href=format!("{}/versions/{}", route_url(city, &kept.key), kept.version)>{format!("第{}版", kept.version)}</a></th>
                <td role="cell"><span class="dads-table__cell-label">"保存"</span><span>{moment_label(kept.made_at)}<span class="dads-table__sub">{who}</span></span></td>
                <td role="cell"><span class="dads-table__cell-label">"段階"</span><span>{kept.route.stages.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>().join(" → ")}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"進行中の案件"</span><span>{format!("{open}件")}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"案件（終わったものも）"</span><span>{format!("{}件", kept.cases)}</span></td>
            </tr>
        }
    });
    let heads = vec![col("版"), col("保存"), col("段階"), num("進行中の案件"), num("案件（終わったものも）")];
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    table("versions-table", format!("{}版（新しい順）", versions.len()), heads, body, true)
}

fn stages(council: &Council, route: &Route) -> AnyView {
    let ways = |stage: &Stage| {
        let words = stage.ways.iter().map(|way| {
            let to = match &way.to {
                To::Stage(key) => route.stage(key).map_or(key.as_str(), |stage| &stage.name).to_owned(),
                To::End(ending) => format!("終わり（{}）", ending.label()),
            };
            view! { <li>{format!("{} → {to}", way.outcome.label())}</li> }
        });
        view! { <ul class="rashin-plain">{words.collect_view()}</ul> }
    };
    let rows = route.stages.iter().map(|stage| {
        let requires = stage.requires.iter().map(|one| one.label()).collect::<Vec<_>>().join("、");
        let days = stage.days.map_or_else(|| "—".to_owned(), |days| format!("{days}営業日"));
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{stage.name.clone()}<span class="dads-table__sub">{stage.work.label()}</span></th>
                <td role="cell"><span class="dads-table__cell-label">"担い手"</span><span>{council.acts_words(&stage.acts)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"要るもの"</span><span>{if requires.is_empty() { "—".to_owned() } else { requires }}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"期限"</span><span>{days}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"結果と行き先"</span><div>{ways(stage)}</div></td>
            </tr>
        }
    });
    let heads = vec![col("段階"), col("担い手"), col("要るもの"), num("期限"), col("結果と行き先")];
    table(
        "stages-table",
        format!("{}段階", route.stages.len()),
        heads,
        view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any(),
        true,
    )
}
