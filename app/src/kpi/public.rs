//! `/{city}/kpis` and `/{city}/kpis/{code}`, from the edition.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{attachment::SubjectKind, progress::Status};
use serde::Deserialize;

use super::{
    sheet::{self, Sheet},
    table::kpi_table,
};
use crate::{
    attachment::public::listed,
    plan::Asked,
    search::search_field,
    ui::{
        frame::Here,
        section::{empty, page_head},
        status::{by_word, tally_words},
        text::terms_in,
    },
    web::{Page, Refusal},
};

#[derive(Deserialize)]
pub struct Filter {
    #[serde(default)]
    attribute: String,
    #[serde(default)]
    status: String,
}

pub async fn kpis(asked: Asked, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let grades = &content.plan.grades;
    let status = Status::from_code(&filter.status);
    let attribute = content.attributes.iter().find(|a| a.key == filter.attribute);
    let wanted = |kpi: &&rashin_domain::plan::Kpi| {
        let has_attribute = |key: &str| content.node(&kpi.node).is_some_and(|node| node.attributes.iter().any(|a| a == key));
        attribute.is_none_or(|a| has_attribute(&a.key))
            && status.is_none_or(|s| shown.edition.statuses.get(&kpi.code).is_some_and(|j| grades.word(j.status) == grades.word(s)))
    };
    let found = content.kpis.iter().filter(wanted).count();
    let tally = shown.edition.tally(content.kpis.iter());
    let option = |value: String, label: String, chosen: bool| view! { <option value=value selected=chosen>{label}</option> };
    let attributes = content.attributes.iter().map(|a| option(a.key.clone(), a.name.clone(), attribute == Some(a))).collect_view();
    let statuses = by_word(&tally, grades)
        .into_iter()
        .map(|(s, word, n)| option(s.code().to_owned(), format!("{word}（{n}件）"), status == Some(s)))
        .collect_view();
    let conditions: Vec<String> = attribute.map(|a| a.name.clone()).into_iter().chain(status.map(|s| grades.word(s))).collect();
    let main = view! {
        {page_head(content.plan.title.clone(), "指標", shown.is_public().then(|| view! { <p class="links"><a href=shown.url("/data")>"CSV・JSON"</a></p> }))}
        <p class="lead prose">{format!("{}の指標です。{}。", content.kpis.len(), tally_words(&tally, grades))}</p>
        {shown.can_be_searched().then(|| search_field(format!("/{}/search", shown.city.slug), "計画の中を探す"))}
        <form method="get" class="rashin-filter">
            {(!content.attributes.is_empty()).then(|| view! {
                <div class="dads-form-control-label">
                    <label class="dads-form-control-label__label" for="attribute">"属性"</label>
                    <select class="dads-select__select" data-size="sm" id="attribute" name="attribute"><option value="">"すべて"</option>{attributes}</select>
                </div>
            })}
            <div class="dads-form-control-label">
                <label class="dads-form-control-label__label" for="status">"状態"</label>
                <select class="dads-select__select" data-size="sm" id="status" name="status"><option value="">"すべて"</option>{statuses}</select>
            </div>
            <button class="dads-button" data-type="outline" data-size="sm">"絞り込む"</button>
            {(!conditions.is_empty()).then(|| view! { <p class="note">{format!("条件：{}　", conditions.join("、"))}<a href=shown.url("/kpis")>"解除"</a></p> })}
        </form>
        {if found == 0 {
            empty("条件に合う指標はありません。", Some((shown.url("/kpis"), "条件を解除する"))).into_any()
        } else {
            kpi_table(&shown, "kpis", &format!("指標 {found}件（計画の掲載順）"), content.kpis.iter().filter(wanted))
        }}
    };
    Ok(shown.page(Here::Kpis, "指標", main))
}

#[derive(Deserialize)]
pub struct Code {
    code: String,
}

pub async fn kpi(asked: Asked, Path(Code { code }): Path<Code>) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let content = &shown.edition.content;
    let kpi = content.kpi(&code).ok_or(Refusal::NotFound)?;
    let sheet = Sheet {
        plan: &content.plan,
        kpi,
        judgement: shown.edition.statuses.get(&code),
        section: shown.edition.sections.get(&code).map(String::as_str),
        attributes: content.node(&kpi.node).map(|node| content.attribute_names(node)).unwrap_or_default(),
        today: shown.edition.published_on,
        actions: ().into_any(),
    };
    let path = content.path(&kpi.node);
    let frame = shown.frame_under(Here::Kpis, &path);
    let measure = content.node(&kpi.node).map_or("", |node| node.title.as_str());
    let files = listed(&shown, SubjectKind::Kpi, &code);
    let terms = terms_in(&format!("{} {measure}", kpi.name), &content.glossary);
    Ok(Page::new(shown.title(&kpi.name), frame, view! { {sheet::view(sheet)}{files}{terms} }))
}
