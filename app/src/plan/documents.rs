//! Chapters, glossary, and bodies with related plans.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::plan::{Body, PlanContent, RelatedPlan};
use serde::Deserialize;

use super::Asked;
use crate::{
    ui::{
        frame::Here,
        provenance::reading,
        section::{col, empty, note, page_head, section, table},
        text::prose,
    },
    web::{Page, Refusal},
};

pub async fn chapters(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let items = content.chapters.iter().enumerate().map(|(index, chapter)| {
        view! { <li><a href=shown.url(&format!("/chapters/{}", index + 1))>{format!("{}　{}", chapter.number, chapter.title)}</a></li> }
    });
    let main = view! {
        {page_head(content.plan.title.clone(), "計画書", ())}
        {if content.chapters.is_empty() {
            empty("この計画の本文は、まだ登録されていません。", None).into_any()
        } else {
            view! { <ol class="rashin-task-list" data-two="">{items.collect_view()}</ol> }.into_any()
        }}
        <p class="links">
            <a href=shown.url("/glossary")>"用語集"</a>
            {content.plan.predecessor.is_some().then(|| view! { <a href=shown.url("/predecessor")>"前の計画の実績"</a> })}
        </p>
        {note(format!("出典：{}", content.plan.source))}
    };
    Ok(shown.page(Here::Documents, "計画書", main))
}

#[derive(Deserialize)]
pub struct Number {
    chapter: usize,
}

pub async fn chapter(asked: Asked, Path(Number { chapter: number }): Path<Number>) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let index = number.checked_sub(1).ok_or(Refusal::NotFound)?;
    let chapter = content.chapters.get(index).ok_or(Refusal::NotFound)?;
    let neighbour = |index: Option<usize>, word: &'static str| {
        let index = index?;
        let chapter = content.chapters.get(index)?;
        Some(view! { <a href=shown.url(&format!("/chapters/{}", index + 1))>{format!("{word}：{} {}", chapter.number, chapter.title)}</a> })
    };
    let main = view! {
        {page_head(chapter.number.clone(), chapter.title.clone(), ())}
        {prose(&chapter.body, &content.glossary, 1)}
        <nav class="links rashin-neighbours" aria-label="前後の章">{neighbour(index.checked_sub(1), "前")}{neighbour(Some(index + 1), "次")}</nav>
    };
    let crumbs =
        vec![("羅針".to_owned(), "/".to_owned()), (shown.city.name.clone(), shown.url("")), ("計画書".to_owned(), shown.url("/chapters"))];
    let frame = shown.frame(Here::Documents).crumbs(crumbs);
    Ok(Page::new(shown.title(&chapter.title), frame, main))
}

pub async fn glossary(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let terms = &shown.edition.content.glossary;
    let rows = terms.iter().map(|term| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{term.term.clone()}{reading(&term.provenance)}</th>
                <td role="cell"><span class="dads-table__cell-label">"正式名称"</span><span>{term.formal_name.clone()}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"解説"</span><span>{term.explanation.clone()}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let caption = format!("用語 {}件（計画の掲載順）", terms.len());
    let main = view! {
        {page_head(shown.edition.content.plan.title.clone(), "用語集", ())}
        {if terms.is_empty() {
            empty("この計画に用語集はありません。", None).into_any()
        } else {
            table("terms", caption, vec![col("用語"), col("正式名称"), col("解説")], body, true).into_any()
        }}
    };
    Ok(shown.page(Here::Documents, "用語集", main))
}

pub async fn bodies(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let main = view! {
        {page_head(content.plan.title.clone(), "推進体制", ())}
        {if content.bodies.is_empty() {
            empty("推進体制は、まだ登録されていません。", None).into_any()
        } else {
            content.bodies.iter().map(|b| body(content, b)).collect_view().into_any()
        }}
        {related(content)}
    };
    Ok(shown.page(Here::Bodies, "推進体制", main))
}

fn body(content: &PlanContent, body: &Body) -> impl IntoView + use<> {
    let parent = body.parent.as_deref().and_then(|key| content.bodies.iter().find(|b| b.key == key));
    let duties = body.duties.iter().map(|duty| view! { <li>{duty.text.clone()}{reading(&duty.provenance)}</li> }).collect_view();
    let id = format!("body-{}", body.key);
    let labelled = id.clone();
    view! {
        <section class="section" aria-labelledby=labelled>
            <div class="section__head"><h2 id=id>{body.name.clone()}</h2><p class="note">{body.kind.label()}{reading(&body.provenance)}</p></div>
            <div class="cols" data-cols="1-1">
                <dl class="dads-description-list" data-narrow="">
                    <div><dt>"構成"</dt><dd>{if body.composition.is_empty() { "記載なし".to_owned() } else { body.composition.clone() }}</dd></div>
                    {parent.map(|p| view! { <div><dt>"上位"</dt><dd>{p.name.clone()}</dd></div> })}
                    {(!body.note.is_empty()).then(|| view! { <div><dt>"注"</dt><dd>{body.note.clone()}</dd></div> })}
                </dl>
                <div class="rashin-prose"><h3>"役割"</h3><ul>{duties}</ul></div>
            </div>
        </section>
    }
}

fn related(content: &PlanContent) -> Option<impl IntoView + use<>> {
    (!content.related_plans.is_empty()).then(|| {
        let plans = content.related_plans.iter().map(|p| related_plan(content, p)).collect_view();
        section(
            "related",
            "関連する計画",
            note("整合を図る計画と、計画書が紹介する国の計画です。"),
            view! { <div class="stack">{plans}</div> },
        )
    })
}

fn related_plan(content: &PlanContent, plan: &RelatedPlan) -> impl IntoView + use<> {
    let aligned = if plan.aligned { "整合を図る計画" } else { "参考" };
    let summary = (!plan.summary.is_empty()).then(|| {
        let summary = prose(&plan.summary, &content.glossary, 3);
        view! { <details><summary>"概要を見る"</summary>{summary}</details> }
    });
    view! { <div><h3>{plan.title.clone()}{reading(&plan.provenance)}</h3><p class="note">{format!("{}の計画　{aligned}", plan.issuer.label())}</p>{summary}</div> }
}
