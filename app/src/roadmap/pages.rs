//! `/{city}/roadmap` of an edition, and `/{city}/staff/roadmap` with what was accepted since.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::FiscalYear,
};

use super::chart::{Filter, Roadmap};
use crate::{
    case::case_url,
    initiative::initiative_url,
    plan::Asked,
    ui::{
        frame::{Frame, Here},
        section::{empty, note, page_head},
    },
    web::{Page, Refusal, Visit},
};

pub async fn roadmap(asked: Asked, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let roadmap = Roadmap {
        content,
        now: FiscalYear::of(shown.edition.published_on),
        filter: &filter,
        here: shown.url("/roadmap"),
        href: &|node| shown.node_url(node),
        case: None,
    };
    let main = view! { {page_head(content.plan.title.clone(), "ロードマップ", ())}{roadmap.view()} };
    Ok(shown.page(Here::Roadmap, "ロードマップ", main))
}

pub fn roadmap_url(city: &str) -> String {
    format!("/{city}/staff/roadmap")
}

pub async fn staff(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let frame =
        Frame::staff(&tx, None, Here::Home).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]).flash(visit.take_flash().await?);
    let Some(plan) = tx.current_plan().await? else {
        let main = view! { {page_head("", "ロードマップ", ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new("ロードマップ", frame, main));
    };
    let content = tx.plan_content(plan.id).await?;
    let here = roadmap_url(&city);
    let roadmap = Roadmap {
        content: &content,
        now: FiscalYear::of(tx.today()),
        filter: &filter,
        here,
        href: &|node| initiative_url(&city, &node.key),
        case: Some(&|number| case_url(&city, number)),
    };
    let milestones = format!("/{city}/staff/plans/{}/objects/milestones", plan.slug);
    let edit = decide(tx.actor(), &Action::Edit).is_ok().then(|| {
        view! { <p class="links"><a href=milestones>"節目を編集する"</a></p> }
    });
    let main = view! {
        {note("この画面は庁内の最新の内容です。予定を変えるには、取組の画面から計画の案を編集します。公開ページには、次に公表する版から反映されます。")}
        {page_head(plan.title.clone(), "ロードマップ", edit)}
        {roadmap.view()}
    };
    Ok(Page::new("ロードマップ", frame, main))
}
