//! `/{city}/editions`, `/{city}/plans/{plan}/editions/{number}/errata` and `/{city}/data`.

use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, japan_date},
    plan::PlanKind,
    publish::{Decision, Erratum, edition_label},
};
use rashin_store::editions::EditionRecord;

use crate::{
    plan::{Asked, Family, Shown},
    ui::{
        frame::Here,
        section::{col, empty, note, page_head, section, table},
    },
    web::{Page, Refusal},
};

/// Every edition of every plan that has one, the plan under the tenant's own address first.
pub async fn editions(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let front = &shown.edition.content.plan.slug;
    let mut tx = asked.public().await?;
    let mut plans = tx.published_plans().await?;
    plans.sort_by_key(|(slug, _, kind, ..)| (slug != front, PlanKind::ALL.iter().position(|k| k == kind)));
    let mut parts = Vec::new();
    for (slug, title, kind, ..) in plans {
        let editions = tx.editions(&slug).await?;
        let items = editions.iter().map(|edition| entry(&shown, &slug, &title, edition)).collect_view();
        let id = format!("of-{slug}");
        let labelled = id.clone();
        parts.push(view! {
            <section class="section" aria-labelledby=labelled>
                <div class="section__head"><h2 id=id>{title}</h2><p class="note">{kind.label()}</p></div>
                <ol class="rashin-timeline">{items}</ol>
            </section>
        });
    }
    let main = view! {
        {page_head("", "公表した版", ())}
        <div class="stack"><p class="prose">"公開ページとデータは、公表した版だけから作っています。過去の版も、それぞれのアドレスでそのまま見られます。"</p></div>
        {parts}
    };
    Ok(shown.page(Here::Data, "公表した版", main))
}

/// Addresses of an edition's open data: (CSV, JSON); of the newest one without a number.
fn files(shown: &Shown, plan: &str, number: Option<i32>) -> (String, String) {
    let base = format!("/api/v1/municipalities/{}/plans/{plan}", shown.city.code);
    let which = number.map(|number| format!("?edition={number}")).unwrap_or_default();
    (format!("{base}/kpis.csv{which}"), format!("{base}{which}"))
}

fn entry(shown: &Shown, plan: &str, title: &str, edition: &EditionRecord) -> impl IntoView + use<> {
    let name = edition_label(edition.number);
    let own = Family::Edition(plan.to_owned(), edition.number).base(&shown.city.slug);
    let link = match &edition.withdrawn {
        None => {
            let (csv, json) = files(shown, plan, Some(edition.number));
            let label = |kind: &str| format!("{title} {name}の{kind}");
            let errata = (edition.errata > 0).then(|| {
                let words = format!("正誤表（{}件）", edition.errata);
                view! { "　"<a class="note" href=format!("{own}/errata") aria-label=label(&words)>{words.clone()}</a> }
            });
            view! {
                <a href=own.clone()>{name.clone()}</a>"　"
                <a class="note" href=csv aria-label=label("CSV")>"CSV"</a>"　"<a class="note" href=json aria-label=label("JSON")>"JSON"</a>{errata}
            }
            .into_any()
        }
        Some(withdrawal) => {
            let words = format!("　取り下げ（{}）：{}", date_label(japan_date(withdrawal.at)), withdrawal.reason);
            view! { {name}<span class="note">{words}</span> }.into_any()
        }
    };
    let decided = decision_words(&edition.decision).map(|words| view! { <p class="note">{words}</p> });
    let day = date_label(japan_date(edition.public_from));
    view! { <li><time>{day}</time><div><b>{link}</b><p>{edition.reason.clone()}</p>{decided}</div></li> }
}

/// 「文書番号 政戦第12号、起案 2026年11月1日、決裁 2026年11月10日（市長）、施行 2026年12月1日」
pub fn decision_words(decision: &Decision) -> Option<String> {
    let dated = |word: &str, day: Option<jiff::civil::Date>| day.map(|day| format!("{word} {}", date_label(day)));
    let by = (!decision.decided_by.is_empty()).then(|| decision.decided_by.clone());
    let decided = match (dated("決裁", decision.decided_on), by) {
        (Some(day), Some(by)) => Some(format!("{day}（{by}）")),
        (None, Some(by)) => Some(format!("決裁 {by}")),
        (day, None) => day,
    };
    let number = (!decision.document_number.is_empty()).then(|| format!("文書番号 {}", decision.document_number));
    let words: Vec<String> =
        [number, dated("起案", decision.drafted_on), decided, dated("施行", decision.effective_on)].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join("、"))
}

/// `/{city}/plans/{plan}/editions/{number}/errata`
pub async fn errata(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let errata = asked.public().await?.errata(&shown.edition.content.plan.slug, shown.edition.number).await?;
    let main = view! {
        {page_head(shown.edition.content.plan.title.clone(), format!("{}の正誤表", shown.edition.label()), ())}
        <p class="prose">"公表した版は書き換えません。誤りは、ここに訂正として載せます。"</p>
        {errata_table(&errata)}
        <p class="links"><a href=shown.url("")>{format!("{}のあらまし", shown.edition.label())}</a><a href=shown.editions_url()>"公表した版"</a></p>
    };
    Ok(shown.page(Here::Data, "正誤表", main))
}

pub fn errata_table(errata: &[Erratum]) -> AnyView {
    if errata.is_empty() {
        return empty("この版に訂正はありません。", None).into_any();
    }
    let cell = |label: &'static str, words: String| view! { <td role="cell"><span class="dads-table__cell-label">{label}</span><span>{words}</span></td> };
    let rows = errata.iter().map(|erratum| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{format!("{}　{}", erratum.number, erratum.place)}</th>
                {cell("誤", erratum.wrong.clone())}
                {cell("正", erratum.right.clone())}
                {cell("理由", erratum.reason.clone())}
                {cell("訂正した日", date_label(erratum.issued_on))}
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let heads = vec![col("箇所"), col("誤"), col("正"), col("理由"), col("訂正した日")];
    table("errata", format!("訂正 {}件", errata.len()), heads, body, true)
}

pub async fn data(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let plan = &shown.edition.content.plan;
    let mut tx = asked.public().await?;
    let plans: Vec<_> = match shown.family {
        Family::Edition(_, number) => {
            vec![(plan.slug.clone(), plan.title.clone(), shown.place.label.clone(), shown.place.public_on, Some(number))]
        }
        Family::Newest | Family::Preview(_) => {
            let plans = tx.published_plans().await?.into_iter();
            plans.map(|(slug, title, _, number, at)| (slug, title, edition_label(number), japan_date(at), None)).collect()
        }
    };
    let plans = plans.into_iter().map(|(slug, title, label, day, number)| {
        let (csv, json) = files(&shown, &slug, number);
        view! {
            <li>
                <div><b>{title}</b><p class="note">{format!("{label}（{}公表）", date_label(day))}</p></div>
                <p class="links"><a href=csv>"指標のCSV"</a><a href=json>"計画全体のJSON"</a></p>
            </li>
        }
    });
    let plans = plans.collect_view();
    let base = format!("/api/v1/municipalities/{}/plans", shown.city.code);
    let licence = match shown.city.fictional {
        true => "架空のデータです。説明と試験のために使えます。",
        false => "このデータの利用条件は、もとの計画書を公表した団体の定めによります。ここでは利用許諾を示していません。",
    };
    let main = view! {
        {page_head(plan.title.clone(), "データ", ())}
        <ul class="rashin-directory">{plans}</ul>
        {section("how", "データの形", (), view! {
            <div class="prose rashin-prose">
                <ul>
                    <li>"CSVは文字コードUTF-8（BOM付き）で、Excelでそのまま開けます。1行が、指標の1つの部分・年度の値です。"</li>
                    <li>"JSONは版の全体と、その版の正誤です。すべての値に、原文・補正・推定・要確認の別と、計画書での場所が付きます。小数は印刷された桁のまま（86.0は86.0）の文字列です。"</li>
                    <li>"値のないところは、理由（—、導入時に設定、未報告、調査なし、原文欠落など）を持ちます。0や空欄にはなりません。"</li>
                    <li>"団体の計画の一覧："<a href=base.clone()>{base.clone()}</a></li>
                    <li>"APIの仕様（OpenAPI 3.1）："<a href="/api/openapi.json">"/api/openapi.json"</a></li>
                </ul>
            </div>
        })}
        {note(licence)}
        {note(format!("出典：{}", plan.source))}
    };
    Ok(shown.page(Here::Data, "データ", main))
}
