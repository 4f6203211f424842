//! `/{city}/editions` and `/{city}/data`.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, japan_date},
    publish::edition_label,
};

use crate::{
    plan::Shown,
    ui::{
        frame::Here,
        section::{note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

pub async fn editions(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let shown = Shown::newest(&visit, &city).await?;
    let mut tx = visit.public(&city).await?;
    let editions = tx.editions(&shown.edition.content.plan.slug).await?;
    let items = editions.into_iter().map(|edition| {
        let day = date_label(japan_date(edition.published_at));
        let name = edition_label(edition.number);
        let link = match &edition.withdrawn {
            None => {
                let data = format!("/api/v1/municipalities/{}/plans/{}", shown.city.code, shown.edition.content.plan.slug);
                let (csv, json) = (format!("{data}/kpis.csv?edition={}", edition.number), format!("{data}?edition={}", edition.number));
                let label = |kind: &str| format!("{name}の{kind}");
                view! {
                    <a href=shown.url(&format!("/editions/{}", edition.number))>{name.clone()}</a>"　"
                    <a class="note" href=csv aria-label=label("CSV")>"CSV"</a>"　"<a class="note" href=json aria-label=label("JSON")>"JSON"</a>
                }
                .into_any()
            }
            Some(withdrawal) => view! { {name}<span class="note">{format!("　取り下げ（{}）：{}", date_label(japan_date(withdrawal.at)), withdrawal.reason)}</span> }.into_any(),
        };
        view! { <li><time>{day}</time><div><b>{link}</b><br/>{edition.reason}</div></li> }
    });
    let main = view! {
        {page_head(shown.edition.content.plan.title.clone(), "公表した版", ())}
        <p class="prose">"公開ページとデータは、公表した版だけから作っています。過去の版は、あらましとデータ（CSV・JSON）を見られます。"</p>
        <ol class="rashin-timeline">{items.collect_view()}</ol>
    };
    Ok(shown.page(Here::Data, "公表した版", main))
}

pub async fn data(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let shown = Shown::newest(&visit, &city).await?;
    let mut tx = visit.public(&city).await?;
    let base = format!("/api/v1/municipalities/{}/plans", shown.city.code);
    let plans = tx.published_plans().await?.into_iter().map(|(slug, title, _, number, at)| {
        let (json, csv) = (format!("{base}/{slug}"), format!("{base}/{slug}/kpis.csv"));
        view! {
            <li>
                <div><b>{title}</b><p class="note">{format!("{}（{}公表）", edition_label(number), date_label(japan_date(at)))}</p></div>
                <p class="links"><a href=csv>"指標のCSV"</a><a href=json>"計画全体のJSON"</a></p>
            </li>
        }
    });
    let plans = plans.collect_view();
    let licence = match shown.city.fictional {
        true => "架空のデータです。説明と試験のために使えます。",
        false => "このデータの利用条件は、もとの計画書を公表した団体の定めによります。ここでは利用許諾を示していません。",
    };
    let main = view! {
        {page_head(shown.edition.content.plan.title.clone(), "データ", ())}
        <ul class="rashin-directory">{plans}</ul>
        {section("how", "データの形", (), view! {
            <div class="prose rashin-prose">
                <ul>
                    <li>"CSVは文字コードUTF-8（BOM付き）で、Excelでそのまま開けます。1行が、指標の1つの部分・年度の値です。"</li>
                    <li>"JSONは版の全体です。すべての値に、原文・補正・推定・要確認の別と、計画書での場所が付きます。小数は印刷された桁のまま（86.0は86.0）の文字列です。"</li>
                    <li>"値のないところは、理由（—、導入時に設定、未報告、調査なし、原文欠落など）を持ちます。0や空欄にはなりません。"</li>
                    <li>"団体の計画の一覧："<a href=base.clone()>{base.clone()}</a></li>
                    <li>"APIの仕様（OpenAPI 3.1）："<a href="/api/openapi.json">"/api/openapi.json"</a></li>
                </ul>
            </div>
        })}
        {note(licence)}
        {note(format!("出典：{}", shown.edition.content.plan.source))}
    };
    Ok(shown.page(Here::Data, "データ", main))
}
