//! `/`: municipalities with a published plan; `/about`.

use axum::extract::Query;
use leptos::prelude::*;
use rashin_domain::clock::{FiscalYear, date_label};
use rashin_store::publish::Listed;
use serde::Deserialize;

use crate::{
    ui::{
        frame::Frame,
        section::{empty, page_head},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// Longer than any name; keeps a pasted page out of the query.
const WORDS_LIMIT: usize = 60;

pub async fn directory(visit: Visit, Query(search): Query<Search>) -> Result<Page, Refusal> {
    let words: String = search.q.trim().chars().take(WORDS_LIMIT).collect();
    let listed = visit.app.db.catalogue(&rashin_domain::text::search::search_form(&words)).await?;
    let count = listed.len();
    let results = if listed.is_empty() && words.is_empty() {
        empty("公開している計画は、まだありません。", None).into_any()
    } else if listed.is_empty() {
        empty(
            "条件に合う団体はありません。名前の一部、ひらがなの読み、6桁の団体コードで探せます。",
            Some(("/".to_owned(), "すべての団体を表示")),
        )
        .into_any()
    } else {
        let items = listed.into_iter().map(entry).collect_view();
        view! { <p class="note">{format!("{count}団体（実在の団体、団体コード順。架空の団体は後ろ）")}</p><ul class="rashin-directory">{items}</ul> }.into_any()
    };
    let main = view! {
        {page_head("羅針（らしん）", "自治体DX計画の進み具合", ())}
        <div class="stack">
            <p class="lead prose">"市町村のDX計画と指標を、庁内と住民が同じ数字で見るための場所です。"</p>
            <form method="get" role="search" class="rashin-filter">
                <div class="dads-form-control-label">
                    <label class="dads-form-control-label__label" for="q">"団体を探す"</label>
                    <p class="dads-form-control-label__support-text" id="q-hint">"名前、読み（ひらがな）、団体コード"</p>
                    <input class="dads-input-text__input" type="search" id="q" name="q" value=words aria-describedby="q-hint"/>
                </div>
                <button class="dads-button" data-type="outline">"探す"</button>
            </form>
            {results}
        </div>
    };
    let frame = if visit.who.is_some() { Frame::plain(visit.who.as_ref()) } else { Frame::directory() };
    Ok(Page::new("自治体DX計画の進み具合", frame, main))
}

fn entry(listed: Listed) -> impl IntoView {
    let period = format!("{}～{}", FiscalYear(listed.period_from).label(), FiscalYear(listed.period_until).label());
    let edition = rashin_domain::publish::edition_label(listed.edition_number);
    let place = if listed.prefecture.is_empty() { "架空の団体".to_owned() } else { listed.prefecture };
    view! {
        <li>
            <h2><a href=format!("/{}", listed.slug)>{listed.name}</a></h2>
            <p>{listed.plan_title}</p>
            <p class="note">{format!("{place}　団体コード {}　{period}　{edition}（{}公表）", listed.code, date_label(listed.published_on))}</p>
        </li>
    }
}

pub async fn about(visit: Visit) -> Page {
    let contact = match visit.app.site.contact.is_empty() {
        true => "各団体の計画の内容については、その団体のDX担当課へお問い合わせください。".to_owned(),
        false => visit.app.site.contact.clone(),
    };
    let main = view! {
        {page_head("", "羅針について", ())}
        <div class="prose rashin-prose">
            <h2 id="use">"使い方"</h2>
            <p>"団体を選ぶと、DX計画のあらまし、戦略と取組、指標、ロードマップ、推進体制を見られます。公開ページは、団体が公表した版だけを表示します。"</p>
            <p>"指標の状態は、団体が決めた判定の決まりに沿って、実績を目標と比べて自動で判定し、理由を一文で示します。実績のない年度を0として扱うことはありません。"</p>
            <p>"職員は右上の「職員のサインイン」から、担当する指標の実績を報告できます。"</p>
            <h2 id="accessibility">"アクセシビリティ方針"</h2>
            <p>"JIS X 8341-3:2016 の適合レベルAAを含む WCAG 2.2 AA に沿って作っています。JavaScriptがなくても、キーボードだけでも、すべての操作ができます。使いにくいところがあれば、お知らせください。"</p>
            <h2 id="privacy">"個人情報の取扱い"</h2>
            <p>"公開ページの閲覧に、Cookieや外部のサービスは使いません。職員のサインインには、サインインを保つためのCookieを1つだけ使います。公表する資料に職員の氏名は載りません。"</p>
            <h2 id="contact">"問い合わせ"</h2>
            <p>{contact}</p>
        </div>
    };
    Page::new("羅針について", Frame::directory(), main)
}
