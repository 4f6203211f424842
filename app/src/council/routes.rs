//! `/{city}/staff/routes`: the ways that cases take, and those that come with the product.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    route::{Template, flaws, templates},
};
use rashin_store::{roster::Body, route::STALE};

use super::{bodies::read_only, bodies_url, route_url, routes_url};
use crate::{
    case::area::{Area, areas},
    ui::{
        field::{hidden, side_form},
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
    let new = may.then(|| view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{}/new", routes_url(&city))>"経路を作る"</a></p> });
    let rows = kept.iter().map(|kept| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=route_url(&city, &kept.key)>{kept.route.name.clone()}</a>{(!kept.in_use).then(|| view! { <span class="dads-table__sub">"使用停止"</span> })}</th>
                <td role="cell"><span class="dads-table__cell-label">"段階"</span><span>{kept.route.stages.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>().join(" → ")}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"版"</span><span>{kept.version}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"案件"</span><span>{format!("{}件", kept.cases)}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let list = match kept.is_empty() {
        true => empty("経路はまだありません。下のひな形から始めるか、「経路を作る」で自分で決められます。", None).into_any(),
        false => table("routes", format!("{}件", kept.len()), vec![col("経路"), col("段階"), num("版"), num("案件")], body, true),
    };
    let offers = may.then(|| {
        let offered = templates().into_iter().filter(|template| !kept.iter().any(|kept| kept.key == template.key));
        let items: Vec<_> = offered.map(|template| offer(&city, &bodies, &template)).collect();
        (!items.is_empty()).then(|| section("templates", "ひな形", (), view! { <div class="stack">{items}</div> }))
    });
    let main = view! {
        {areas(&tx, Area::Routes)}
        {page_head("", TITLE, new)}
        {list}
        {offers}
        {(!may).then(read_only)}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
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
            <p class="links"><a href=format!("{}/new?from=template.{}", routes_url(city), template.key)>"もとにして、自分の経路を作る"<span class="vh">{format!("（{}）", template.route.name)}</span></a></p>
        </div>
    }
    .into_any()
}

/// Names of bodies that a template needs and the tenant has not.
fn lacking<'a>(template: &'a Template, bodies: &[Body]) -> Vec<&'a str> {
    let missing = template.bodies.iter().filter(|(key, _)| !bodies.iter().any(|body| body.charter.key == *key));
    missing.map(|(_, name)| *name).collect()
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
    visit.go(&route_url(&city, &key), format!("経路「{}」を使えるようにしました", template.route.name), "").await
}
