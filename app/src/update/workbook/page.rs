//! Taking a workbook out, and the page on which a filled-in one is sent.

use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Role},
    clock::date_label,
    form::Form,
    ids::SectionId,
    round::Round,
};
use rashin_store::TenantTx;
use rashin_workbook::{Book, lines, write};
use serde::Deserialize;

use super::{
    steps,
    stock::{Stock, Wanted},
    workbooks_url,
};
use crate::{
    audit::download,
    ui::{
        field::{Filled, file, file_form, optional, radios, required, select},
        frame::{Frame, Here},
        section::{empty, facts, note, page_head, section},
    },
    update::updates_url,
    web::{Page, Refusal, Visit},
};

/// `/{city}/staff/updates/workbooks`: where a workbook comes from and where it goes.
pub async fn workbooks(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let stock = Stock::load(&mut tx).await?;
    let owed = stock.bench.desk().tasks_of(stock.bench.member).len();
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let is_office = tx.member().is_some_and(|member| member.has(Role::Secretariat));
    let whole = is_office.then(|| {
        let href = format!("/{city}/staff/plans/{}/workbooks", stock.bench.owed.plan.slug);
        view! { <p><a href=href>"計画全体・部署ごとのExcelを受け取る"</a></p> }
    });
    let take = if owed > 0 {
        view! { <p><a class="dads-button" data-type="outline" href=format!("{}/workbook", updates_url(&city)) download="">{format!("Excelで受け取る（{owed}件）")}</a></p> }.into_any()
    } else {
        empty("いま、あなたが報告するものはありません。報告期が始まると、ここから受け取れます。", None).into_any()
    };
    let label = required("書き込んだExcel").hint("受け取ったExcelブック（.xlsx）。20MB、1万行まで。");
    let main = view! {
        {filled.summary()}
        {page_head("わたしの更新", "Excelで報告する", ())}
        {steps("ファイル選択", 1)}
        {section("take", "Excelを受け取る", (), view! {
            {take}
            {whole}
            {note("前回の値と目標が入っています。白いセルに書いて保存します。")}
        })}
        {section("send", "Excelから取り込む", (), view! {
            {file_form(format!("{}/import-drafts", updates_url(&city)), file(&filled, "file", &label, ".xlsx"), "違いを確かめる")}
        })}
        {section("rules", "取り込みの決まり", (), facts(vec![
            ("取り込むまで", "次の画面で違いを一つずつ確かめます。「取り込む」を押すまで、何も報告されません。".into_any()),
            ("空のセル", "「変更なし」です。セルを消しても、報告した値は消えません。".into_any()),
            ("行と列", "要らない行は消して構いません。列の順も変えられます。行を増やすことはできません。".into_any()),
            ("ほかの人の報告", "受け取ったあとにほかの人が違う値を報告していたら「競合」として両方の値を示します。黙って上書きしません。".into_any()),
            ("保存の期間", "取り込みを待つファイルは、送った人だけが見られ、1日で消えます。".into_any()),
        ]))}
    };
    let frame = Frame::staff(&tx, None, Here::Updates)
        .crumbs(vec![("わたしの更新".to_owned(), updates_url(&city))])
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("Excelで報告する"), frame, main))
}

/// `/{city}/staff/updates/workbook`: all that the member owes.
pub async fn mine(visit: Visit, Path(city): Path<String>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let stock = Stock::load(&mut tx).await?;
    let rounds: Vec<String> = stock.bench.owed.rounds.iter().filter(|round| asks_me(&stock, round)).map(Round::label).collect();
    let title = [tx.city().name.as_str(), "わたしの更新", &rounds.join("・")].join("　");
    file_of(&tx, &stock, title, &Wanted::Mine, "updates")
}

fn asks_me(stock: &Stock, round: &Round) -> bool {
    stock.bench.desk().tasks_of(stock.bench.member).iter().any(|(task, _)| task.round == round)
}

/// Which part of a plan a workbook is of.
#[derive(Debug, Deserialize)]
pub struct Choice {
    /// Id of a section; everybody's when empty.
    #[serde(default)]
    section: String,
    /// `due`: only what is owed today.
    #[serde(default)]
    years: String,
}

/// `/{city}/staff/plans/{plan}/workbook`: a plan, or what one section answers for.
pub async fn plan(visit: Visit, Path((city, plan)): Path<(String, String)>, Query(choice): Query<Choice>) -> Result<Response, Refusal> {
    let (tx, stock) = office(&visit, &city, &plan).await?;
    let section = match choice.section.as_str() {
        "" => None,
        id => {
            let id: SectionId = id.parse().map_err(|_| Refusal::NotFound)?;
            Some(stock.sections.iter().find(|section| section.id == id).ok_or(Refusal::NotFound)?)
        }
    };
    let title = [stock.bench.content.plan.title.as_str(), section.map_or("計画全体", |section| &section.name)].join("　");
    let wanted = Wanted::Plan { section: section.map(|section| section.id), all_years: choice.years != "due" };
    file_of(&tx, &stock, title, &wanted, &plan)
}

async fn office(visit: &Visit, city: &str, plan: &str) -> Result<(TenantTx, Stock), Refusal> {
    let mut tx = visit.enter(city).await?;
    let _may = visit.permit(&mut tx, &Action::Conduct).await?;
    let stock = Stock::load(&mut tx).await?;
    // Rounds ask for the plan that the tenant works on.
    if stock.bench.owed.plan.slug != plan {
        return Err(Refusal::NotFound);
    }
    Ok((tx, stock))
}

fn file_of(tx: &TenantTx, stock: &Stock, title: String, wanted: &Wanted, name: &str) -> Result<Response, Refusal> {
    let lines = stock.wanted(wanted).iter().flat_map(lines).collect();
    let bytes = write(&Book { title, made_on: tx.today(), lines }).map_err(Refusal::incident)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok((download(&format!("{}-{name}-{}.xlsx", tx.city().slug, tx.today()), kind), bytes).into_response())
}

/// `/{city}/staff/plans/{plan}/workbooks`: which workbook of a plan.
pub async fn choose(visit: Visit, Path((city, plan)): Path<(String, String)>) -> Result<Page, Refusal> {
    let (tx, stock) = office(&visit, &city, &plan).await?;
    let mut form = Form::default();
    form.set("years", "all");
    let filled = Filled::new(None, || form);
    let sections: Vec<_> = stock.sections.iter().map(|section| (section.id.to_string(), section.name.clone())).collect();
    let years = [("all", "これまでのすべての年度".to_owned()), ("due", "いま報告期にある、まだ報告されていないもの".to_owned())];
    let main = view! {
        {page_head(stock.bench.content.plan.title.clone(), "計画のExcelを受け取る", ())}
        <form class="stack rashin-form" method="get" action=format!("/{city}/staff/plans/{plan}/workbook")>
            {select(&filled, "section", &optional("部署").hint("下の係が担当するものも入ります。"), &sections, "計画全体")}
            {radios(&filled, "years", &required("期間"), &years)}
            <p class="actions"><button class="dads-button" data-type="solid-fill">"Excelで受け取る"</button></p>
        </form>
        <p class="note">{format!("{}現在の報告が入ります。書き込んだものは「Excelで報告する」から取り込みます。", date_label(tx.today()))}</p>
    };
    let crumbs = vec![("わたしの更新".to_owned(), updates_url(&city)), ("Excelで報告する".to_owned(), workbooks_url(&city))];
    let frame = Frame::staff(&tx, None, Here::Updates).crumbs(crumbs);
    Ok(Page::new("計画のExcelを受け取る", frame, main))
}
