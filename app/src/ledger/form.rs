//! Entering cost and effect: `…/initiatives/{node}/ledger?year=`.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::{FiscalYear, moment_label},
    form::{Form, FormErrors},
    ledger::{Entry, Fund, check_filled, fund_field},
};
use rashin_store::{StoreError, ledger::Line, tenancy::tree};
use serde::Deserialize;

use super::{amounts_table, gap_words, ledger_url};
use crate::{
    initiative::{Initiative, initiative_url},
    ui::{
        field::{Filled, Input, TEXT, checkbox, hidden, input, optional, post_form, textarea},
        frame::{Frame, Here},
        section::{note, page_head, section},
    },
    web::{Page, Posted, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Asked {
    /// Fiscal year; the current one when empty.
    year: Option<i16>,
}

/// Years of the plan: budgets of years to come are known, too.
fn year_of(it: &Initiative, year: i16) -> Option<FiscalYear> {
    it.head.years().find(|one| one.0 == year)
}

fn page_url(city: &str, key: &str, year: FiscalYear) -> String {
    format!("{}/ledger?year={}", initiative_url(city, key), year.0)
}

pub async fn entry(visit: Visit, Path((city, key)): Path<(String, String)>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let it = Initiative::load(&mut tx, &key).await?;
    let tree = tree(&it.sections);
    let _may = visit.permit(&mut tx, &Action::Report { responsible: it.responsible_id(), sections: &tree }).await?;
    let held = visit.take_held().await?;
    let kept = held.as_ref().and_then(|(form, _)| form.get("year").parse().ok());
    let now = FiscalYear::of(tx.today());
    let current = now.0.clamp(it.head.period_from.0, it.head.period_until.0);
    let year = year_of(&it, asked.year.or(kept).unwrap_or(current)).ok_or(Refusal::NotFound)?;
    let lines = tx.ledger(it.plan.id, Some(&key), None).await?;
    let standing = lines.iter().find(|line| line.year == year);
    let filled = Filled::new(held.filter(|(form, _)| form.get("year") == year.0.to_string()), || {
        let mut form = Form::default();
        if let Some(standing) = standing {
            standing.entry.fill(&mut form);
        }
        form
    });
    let tabs = it.head.years().map(|other| {
        let here = other == year;
        view! { <li><a class="dads-tab__tab" href=(!here).then(|| page_url(&city, &key, other)) aria-current=here.then_some("page")>{other.short()}</a></li> }
    });
    let stands = (!filled.errors.is_empty()).then(|| standing.map(as_it_stands)).flatten();
    let gap = standing.and_then(|line| gap_words(&line.entry)).map(|words| note(format!("確かめてください：{words}ようです。")));
    let main = view! {
        {filled.summary()}
        {page_head(format!("予算と効果　{}", it.above.join("　")), it.node.title.clone(), ())}
        <nav aria-label="年度"><ul class="dads-tab__list">{tabs.collect_view()}</ul></nav>
        <div class="dads-tab__panel stack">
            <p class="lead">{format!("{}の予算と効果。分かるところだけで構いません。空欄は「分からない」で、0ではありません。", year.label())}</p>
            {gap}
            {stands}
            {post_form(format!("{}/ledger-entries", initiative_url(&city, &key)), fields(&filled, year, standing), "予算と効果を保存する")}
        </div>
    };
    let crumbs = vec![
        ("ホーム".to_owned(), format!("/{city}/staff")),
        ("予算と効果".to_owned(), format!("{}?year={}", ledger_url(&city), year.0)),
        (it.node.title.clone(), initiative_url(&city, &key)),
    ];
    let frame = Frame::staff(&tx, None, Here::Home).crumbs(crumbs).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("予算と効果　{}　{}", year.short(), it.node.title)), frame, main))
}

fn fields(filled: &Filled, year: FiscalYear, standing: Option<&Line>) -> impl IntoView + use<> {
    let amount = Input { width: Some("8"), numeric: true, ..TEXT };
    let funds = Fund::ALL.iter().map(|fund| input(filled, &fund_field(*fund), &optional(fund.label()), amount)).collect_view();
    let last = standing.map(|line| {
        note(format!("最後に保存した人：{} {}　{}", line.section_name.clone().unwrap_or_default(), line.author_name, moment_label(line.at)))
    });
    view! {
        {hidden("year", year.0.to_string())}
        {hidden("seen", standing.map_or(0, |line| line.revision).to_string())}
        {input(filled, "project", &optional("予算事業名").hint("予算書に載っている事業の名前。複数あるときは「、」で区切ります。"), TEXT)}
        {input(filled, "budget", &optional("予算額（千円）").hint("整数で入力。例：12,340"), amount)}
        {input(filled, "settled", &optional("決算額（千円）"), amount)}
        <fieldset class="stack rashin-ledger-funds">
            <legend class="dads-form-control-label__label">"財源の内訳（千円）"</legend>
            {funds}
        </fieldset>
        {input(filled, "hours", &optional("削減した時間（時間）").hint("この年度に減った作業時間。減った数を、▲を付けずに入力します。"), amount)}
        {checkbox(filled, "hours_grew", "時間は増えました（▲を付けて入力）".to_owned())}
        {input(filled, "sheets", &optional("削減した紙（枚）").hint("この年度に減った枚数。減った数を、▲を付けずに入力します。"), amount)}
        {checkbox(filled, "sheets_grew", "紙は増えました（▲を付けて入力）".to_owned())}
        {input(filled, "source", &optional("根拠").hint("数字の出どころ。例：令和8年度当初予算書 72ページ"), TEXT)}
        {textarea(filled, "note", &optional("備考"), 3)}
        {last}
    }
}

fn as_it_stands(line: &Line) -> AnyView {
    let table = amounts_table(std::slice::from_ref(line), |line| line.year.label().into_any());
    section("stands", "いま保存されている内容", (), table)
}

/// `POST …/initiatives/{node}/ledger-entries`
pub async fn write(visit: Visit, Path((city, key)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    visit.or_hold(&format!("{}/ledger", initiative_url(&city, &key)), &form).await?;
    let mut tx = visit.enter(&city).await?;
    let it = Initiative::load(&mut tx, &key).await?;
    let tree = tree(&it.sections);
    let permit = visit.permit(&mut tx, &Action::Report { responsible: it.responsible_id(), sections: &tree }).await?;
    let year = form.get("year").parse().ok().and_then(|year| year_of(&it, year));
    let year = year.ok_or_else(|| Refusal::bad_request("入力する年度が分かりません。予算と効果の画面からやり直してください。"))?;
    let page = page_url(&city, &key, year);
    let seen = form.get("seen").parse().unwrap_or(0);
    let entry = match Entry::parse(&form).and_then(|entry| check_filled(&entry, seen > 0).map(|()| entry)) {
        Ok(entry) => entry,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    match tx.record_entry(permit, (it.plan.id, &key), year, &entry, it.responsible_id(), seen).await {
        Err(StoreError::Conflict(_)) => {
            let sentence = "ほかの人が先に保存しました。下の「いま保存されている内容」と比べ、残す内容にしてもう一度保存してください。";
            return visit.back(&page, form, FormErrors::one("project", sentence)).await;
        }
        done => done?,
    }
    tx.commit().await?;
    let body = gap_words(&entry).map(|words| format!("確かめてください：{words}ようです。")).unwrap_or_default();
    let heading = format!("「{}」の{}の予算と効果を保存しました", it.node.title, year.short());
    visit.go(&initiative_url(&city, &key), heading, body).await
}
