//! Figures of many KPIs at once: a table copied out of Excel, on the way to the preview that workbooks have.

use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::moment_label,
    form::{Form, FormErrors},
    ids::WorkbookId,
};
use rashin_store::TenantTx;
use rashin_workbook::{Origin, Sheet, paste};
use serde::Deserialize;

use super::grid_url;
use crate::{
    progress::progress_url,
    ui::{
        field::{Filled, TEXT, file_form, input, optional, required, textarea},
        frame::{Frame, Here},
        section::{Column, col, facts, num, page_head, section, table},
    },
    update::workbook::{preview::sent, steps, stock::Stock, workbook_url},
    web::{Page, Refusal, Uploaded, Visit},
};

const TITLE: &str = "Excelの表を貼り付ける";

/// Characters of the one reason: it is kept with each of up to ten thousand figures.
const REASON_LIMIT: usize = 200;

fn paste_url(city: &str) -> String {
    format!("{}/paste", grid_url(city))
}

/// The page with what was pasted before.
pub fn again_url(city: &str, id: WorkbookId) -> String {
    format!("{}?from={id}", paste_url(city))
}

/// What stands above the page of the grid's children.
pub fn grid_crumbs(city: &str) -> Vec<(String, String)> {
    vec![("進み具合".to_owned(), progress_url(city)), ("指標と期間の一覧".to_owned(), grid_url(city))]
}

#[derive(Deserialize)]
pub struct Before {
    /// Id of a paste that is to be mended; nothing without one.
    #[serde(default)]
    from: String,
}

/// `/{city}/staff/grid/paste`: what the table must look like, and where it goes.
pub async fn page(visit: Visit, Path(city): Path<String>, Query(before): Query<Before>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Conduct).await?;
    let plan = tx.current_plan().await?.ok_or(Refusal::NotFound)?;
    let before = pasted(&mut tx, &before).await?;
    let filled = Filled::new(visit.take_held().await?, || before);
    let table = required("貼り付ける表").hint("Excelで見出しの行から選んでコピーし、ここに貼り付けます。値は一度に1万件まで。");
    let reason = optional("訂正の理由").hint("すでに値のあるところを書き換えるときだけ。書き換えるすべての値の理由になります。");
    let fields = view! {
        {textarea(&filled, "table", &table, 12)}
        {input(&filled, "reason", &reason, TEXT)}
    };
    let main = view! {
        {filled.summary()}
        {page_head(plan.title, TITLE, ())}
        {steps("貼り付け", 1)}
        {section("paste", "表を貼り付ける", (), file_form(format!("{}/paste-drafts", grid_url(&city)), fields, "違いを確かめる"))}
        {section("shape", "表の形", (), shapes())}
        {section("rules", "取り込みの決まり", (), facts(vec![
            ("取り込むまで", "次の画面で違いを一つずつ確かめます。「取り込む」を押すまで、何も報告されません。".into_any()),
            ("空のセル", "「変更なし」です。「—」や「未報告」も同じです。報告した値は消えません。".into_any()),
            ("指標の見つけ方", "「指標コード」で探します。コードの列がなければ、計画と同じ名前の指標を探します。".into_any()),
            ("期間の見出し", "「2026年度」「令和8年度」「R8」「2026年度上半期」「2026年度第1四半期」「2026年9月」などと書きます。".into_any()),
            ("ほかの列", "「単位」「目標値」「担当課」「判定」などの列は、あっても読みません。".into_any()),
            ("値の書き方", "全角の数字、桁区切り、▲や△、単位の付いた値も読み取ります。比は「5/64」のように書きます。".into_any()),
        ]))}
    };
    let frame = Frame::staff(&tx, None, Here::Progress).crumbs(grid_crumbs(&city)).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(TITLE), frame, main))
}

/// The form of a paste that still waits, of the one who asks; an empty one else.
async fn pasted(tx: &mut TenantTx, before: &Before) -> Result<Form, Refusal> {
    let mut form = Form::default();
    let Ok(id) = before.from.parse() else { return Ok(form) };
    match sent(tx, id).await {
        Ok((_, Sheet { origin: Origin::Paste(pasted), .. })) => {
            form.set("table", pasted.text);
            form.set("reason", pasted.reason);
        }
        // Its day is over, or it is somebody else's.
        Ok(_) | Err(Refusal::NotFound) => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(form)
}

/// Both shapes of a table, by example.
fn shapes() -> impl IntoView {
    let wide = [col("指標コード"), col("指標"), col("内訳"), num("2025年度"), num("2026年度上半期")];
    let wide_rows = [["A-01", "オンライン申請の件数", "", "1,180", "640"], ["A-02", "公用車", "電動車", "4/28", "5/28"]];
    let long = [col("指標コード"), col("期間"), num("実績値"), col("備考")];
    let long_rows = [["A-01", "2026年度上半期", "640", "9月末の件数"], ["A-03", "2025年度", "82.5", ""]];
    view! {
        <div class="stack">
            <p>"1行目は見出しです。次のどちらの形でも読み取ります。列の順は問いません。"</p>
            {example("wide", "期間ごとに列のある表（架空の例）", wide, wide_rows)}
            {example("long", "1行に1つの値を書く表（架空の例）", long, long_rows)}
            <p>"1行に1つの値を書く表では、「備考」「根拠のリンク」「時点」「値の確かさ」「報告のしかた」「集計できる見込み」「訂正の理由」の列も読み取ります。「内訳」の列は、内訳のある指標にだけ要ります。"</p>
        </div>
    }
}

fn example<const N: usize>(id: &str, caption: &str, heads: [Column; N], rows: [[&'static str; N]; 2]) -> AnyView {
    let numeric = heads.each_ref().map(Column::is_numeric);
    let row = |row: [&'static str; N]| {
        let cells = row.into_iter().zip(numeric).map(|(cell, numeric)| view! { <td class=numeric.then_some("num")>{cell}</td> });
        view! { <tr>{cells.collect_view()}</tr> }
    };
    let body = view! { <tbody>{rows.map(row).collect_view()}</tbody> }.into_any();
    table(id, caption, heads.into(), body, false)
}

/// `POST /{city}/staff/grid/paste-drafts`: keeps what a table says; nothing is reported.
pub async fn keep(visit: Visit, Path(city): Path<String>, Uploaded { form, .. }: Uploaded) -> Result<Response, Refusal> {
    let page = paste_url(&city);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Conduct).await?;
    let (mut errors, mut of_reason) = (FormErrors::default(), FormErrors::default());
    let reason = form.text("reason", "訂正の理由", REASON_LIMIT, &mut of_reason);
    let stock = Stock::load(&mut tx).await?;
    let sheet = paste(form.get("table"), &stock.subjects(), if of_reason.is_empty() { &reason } else { "" });
    let sheet = sheet.map_err(|sentence| errors.push::<()>("table", sentence)).ok();
    errors.put("", &of_reason);
    let Some(sheet) = sheet.filter(|_| errors.is_empty()) else { return visit.back(&page, form, errors).await };
    let name = format!("貼り付けた表（{}）", moment_label(tx.now()));
    let id = tx.keep_workbook(&name, &serde_json::to_value(&sheet).map_err(Refusal::incident)?).await?;
    tx.commit().await?;
    Ok(Redirect::to(&workbook_url(&city, id)).into_response())
}
