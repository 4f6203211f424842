//! `/{city}/staff/routes`: the ways that cases take, and those that come with the product.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    form::Form,
    route::{Route, Stage, Template, To, flaws, templates},
};
use rashin_store::{roster::Body, route::STALE};

use super::{Council, bodies::read_only, bodies_url, crumbs, diagram::diagram, routes_url};
use crate::{
    ui::{
        field::{Filled, hidden, side_form},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, section, table},
    },
    web::{Flash, Page, Posted, Refusal, Tone, Visit},
};

const TITLE: &str = "経路";

pub async fn routes(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (bodies, kept) = (tx.rosters().await?, tx.routes().await?);
    let may = decide(tx.actor(), &Action::Constitute).is_ok();
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let links = view! { <p class="links"><a href=bodies_url(&city)>"会議体と委員"</a></p> };
    let rows = kept.iter().map(|kept| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=format!("{}/{}", routes_url(&city), kept.key)>{kept.route.name.clone()}</a></th>
                <td role="cell"><span class="dads-table__cell-label">"段階"</span><span>{kept.route.stages.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>().join(" → ")}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"版"</span><span>{kept.version}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"案件"</span><span>{format!("{}件", kept.cases)}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let list = match kept.is_empty() {
        true => empty("経路はまだありません。下のひな形から始められます。", None).into_any(),
        false => table("routes", format!("{}件", kept.len()), vec![col("経路"), col("段階"), num("版"), num("案件")], body, true),
    };
    let offers = may.then(|| {
        let offered = templates().into_iter().filter(|template| !kept.iter().any(|kept| kept.key == template.key));
        let items: Vec<_> = offered.map(|template| offer(&city, &bodies, &template)).collect();
        (!items.is_empty()).then(|| section("templates", "ひな形", (), view! { <div class="stack">{items}</div> }))
    });
    let main = view! {
        {filled.summary()}
        {page_head("", TITLE, links)}
        {list}
        {offers}
        {(!may).then(read_only)}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Vec::new())).flash(visit.take_flash().await?);
    Ok(Page::new(TITLE, frame, main))
}

/// A template with what it needs and the button that takes it over.
fn offer(city: &str, bodies: &[Body], template: &Template) -> AnyView {
    let lacking: Vec<&str> = lacking(template, bodies);
    let stages = template.route.stages.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>().join(" → ");
    let take = match lacking.is_empty() {
        true => side_form(format!("{}/{}/versions", routes_url(city), template.key), hidden("template", template.key), "この経路を使う")
            .into_any(),
        false => {
            view! { <p>{format!("先に会議体を加えてください：{}。", lacking.join("、"))}" "<a href=bodies_url(city)>"会議体と委員"</a></p> }
                .into_any()
        }
    };
    view! {
        <div>
            <h3>{template.route.name.clone()}</h3>
            <p>{stages}</p>
            {note(template.route.note.clone())}
            {take}
        </div>
    }
    .into_any()
}

/// Names of bodies that a template needs and the tenant has not.
fn lacking<'a>(template: &'a Template, bodies: &[Body]) -> Vec<&'a str> {
    let missing = template.bodies.iter().filter(|(key, _)| !bodies.iter().any(|body| body.charter.key == *key));
    missing.map(|(_, name)| *name).collect()
}

/// `/{city}/staff/routes/{route}`
pub async fn route(visit: Visit, Path((city, key)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (council, kept) = (Council::load(&mut tx).await?, tx.routes().await?);
    let kept = kept.into_iter().find(|kept| kept.key == key).ok_or(Refusal::NotFound)?;
    let main = view! {
        {page_head("経路", kept.route.name.clone(), ())}
        {note(format!("第{}版。{}", kept.version, kept.route.note))}
        {diagram(&kept.route, None)}
        {section("stages", "段階", (), stages(&council, &kept.route))}
    };
    let frame = Frame::staff(&tx, None, Here::Cases)
        .crumbs(crumbs(&city, vec![(TITLE.to_owned(), routes_url(&city))]))
        .flash(visit.take_flash().await?);
    Ok(Page::new(kept.route.name.clone(), frame, main))
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

/// `POST /{city}/staff/routes/{route}/versions`: takes a template over as the first version.
pub async fn keep(visit: Visit, Path((city, key)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = routes_url(&city);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let template = templates().into_iter().find(|template| template.key == key).ok_or(Refusal::NotFound)?;
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    let bodies = tx.rosters().await?.into_iter().map(|body| body.charter.key).collect();
    if let Some(flaw) = flaws(&template.route, &bodies).into_iter().next() {
        return visit
            .go_with(&page, Flash { tone: Tone::Warning, heading: "この経路はまだ使えません".to_owned(), body: flaw.sentence })
            .await;
    }
    match tx.keep_route(permit, &key, &template.route, 0).await {
        // A second click: it is there.
        Err(error) if error.is_conflict_on(STALE) => return visit.go(&page, "この経路は、もうあります", "").await,
        done => done?,
    };
    tx.commit().await?;
    visit.go(&format!("{page}/{key}"), format!("経路「{}」を使えるようにしました", template.route.name), "").await
}
