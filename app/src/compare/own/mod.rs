//! `/{city}/staff/compare/own`: indicators that a prefecture defines itself, their definitions and their figures.

pub mod figures;

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    figure::own::{Count, Definition},
    form::{Form, FormErrors},
    kpi::{Direction, NOTE_LIMIT},
    tenancy::TenantKind,
};
use rashin_store::{
    TenantTx,
    own_indicator::{OwnIndicator, OwnRelease, STALE_INDICATOR},
};

use super::{column_url, matrix::frame, matrix_url, own_url};
use crate::{
    ui::{
        field::{Filled, Input, TEXT, checkbox, hidden, input, optional, post_form, radios, required, textarea},
        frame::Frame,
        section::{col, empty, page_head, table},
    },
    web::{Page, Posted, Refusal, Visit},
};

const TITLE: &str = "独自の指標";

fn one_url(city: &str, number: i32) -> String {
    format!("{}/{number}", own_url(city))
}

fn below(tx: &TenantTx, city: &str) -> Frame {
    frame(tx).crumbs(vec![("比較".to_owned(), matrix_url(city)), (TITLE.to_owned(), own_url(city))])
}

/// Only a prefecture surveys its municipalities.
async fn enter(visit: &Visit, city: &str) -> Result<TenantTx, Refusal> {
    let tx = visit.enter(city).await?;
    if tx.city().kind == TenantKind::Prefecture { Ok(tx) } else { Err(Refusal::NotFound) }
}

pub async fn list(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = enter(&visit, &city).await?;
    let (indicators, releases) = (tx.own_indicators().await?, tx.own_releases().await?);
    let may = decide(tx.actor(), &Action::Edit).is_ok();
    let add = may.then(|| view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{}/new", own_url(&city))>"指標を作る"</a></p> });
    let rows = indicators.iter().map(|one| row(&city, one, &releases, may)).collect_view();
    let main = view! {
        {page_head("", TITLE, add)}
        <p class="lead prose">"国の指標にないことを、県の調査で比べるための指標です。定義と値は、この団体の中だけで見られます。"</p>
        {match (indicators.is_empty(), may) {
            (true, true) => empty("独自の指標はまだありません。「指標を作る」で定義を決め、団体ごとの値をCSVで取り込みます。", None),
            (true, false) => empty("独自の指標はまだありません。事務局が作ると、ここに並びます。", None),
            (false, _) => {
                let heads = ["指標", "定義", "数え方", "最新の値", "操作"].map(col);
                table("own", format!("{TITLE} {}件", indicators.len()), heads.into(), view! { <tbody role="rowgroup">{rows}</tbody> }.into_any(), true)
            }
        }}
    };
    let frame = frame(&tx).crumbs(vec![("比較".to_owned(), matrix_url(&city))]).flash(visit.take_flash().await?);
    Ok(Page::new(TITLE, frame, main))
}

fn row(city: &str, one: &OwnIndicator, releases: &[OwnRelease], may: bool) -> impl IntoView + use<> {
    let said = &one.definition;
    let newest = releases.iter().find(|release| release.number == one.number);
    let newest = newest.map_or("まだありません".to_owned(), |release| format!("{}　{}団体", release.year.label(), release.bodies));
    let url = one_url(city, one.number);
    let name = said.name.clone();
    let acts = may.then(|| {
        view! {
            <a href=format!("{url}/figures")>"値を取り込む"<span class="vh">{format!("：{name}")}</span></a>" "
            <a href=format!("{url}/edit")>"編集"<span class="vh">{format!("：{name}")}</span></a>
        }
    });
    let unit = if said.unit.is_empty() { one.count.label().to_owned() } else { format!("{}（{}）", one.count.label(), said.unit) };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=column_url(city, &one.code())>{said.name.clone()}</a><span class="dads-table__sub">{one.code()}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"定義"</span><span>{said.definition.clone()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"数え方"</span><span>{unit}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"最新の値"</span><span>{newest}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"操作"</span><span>{acts}</span></td>
        </tr>
    }
}

pub async fn new(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = enter(&visit, &city).await?;
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let blank = || Form::from_pairs([("no_ranking".to_owned(), "on".to_owned())]);
    let filled = Filled::new(visit.take_held().await?, blank);
    let counts: Vec<_> = Count::ALL.iter().map(|count| (count.code(), count.label().to_owned())).collect();
    let main = view! {
        {filled.summary()}
        {page_head(TITLE, "指標を作る", ())}
        {post_form(own_url(&city), view! {
            {radios(&filled, "count", &required("数え方").hint("あとから変えられません。"), &counts)}
            {fields(&filled, None)}
        }, "保存する")}
        <p><a href=own_url(&city)>"保存せずに戻る"</a></p>
    };
    Ok(Page::new(filled.title("指標を作る"), below(&tx, &city), main))
}

/// `count`: what is asked only of others is left out.
fn fields(filled: &Filled, count: Option<Count>) -> AnyView {
    let directions: Vec<_> = Direction::ALL.iter().map(|direction| (direction.code(), direction.label().to_owned())).collect();
    let is = |one: Count| count.is_none_or(|count| count == one);
    let short = Input { width: Some("8"), ..TEXT };
    view! {
        {input(filled, "name", &required("名称"), TEXT)}
        {textarea(filled, "definition", &required("定義").hint("何を、いつの時点で、どう数えるか。答える団体が迷わないように書きます。"), 4)}
        {is(Count::Ratio).then(|| view! {
            {input(filled, "numerator", &optional("分子").hint("比のときだけ。例：研修を受けた職員の数"), TEXT)}
            {input(filled, "denominator", &optional("分母").hint("比のときだけ。例：全職員の数"), TEXT)}
        })}
        {(count != Some(Count::YesNo)).then(|| input(filled, "unit", &optional("単位").hint("数値と比では必ず書きます。例：件、人、%"), short))}
        {radios(filled, "direction", &required("よい向き"), &directions)}
        {input(filled, "survey", &required("もとの調査").hint("出典として表に印字されます。例：市町村DX推進状況調査（令和8年5月）"), TEXT)}
        {input(filled, "as_of", &optional("時点").hint("例：4月1日時点"), TEXT)}
        {(count != Some(Count::YesNo)).then(|| checkbox(filled, "no_ranking", "順位付けをしない（値で並べ替えず、団体コード順だけで表示する）".to_owned()))}
    }
    .into_any()
}

pub async fn make(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/new", own_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = enter(&visit, &city).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let Some(count) = Count::from_code(form.get("count")) else {
        let errors = FormErrors::one("count", "数え方を選択してください。");
        return visit.back(&page, form, errors).await;
    };
    let definition = match Definition::parse(&form, count) {
        Ok(definition) => definition,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    // A second click finds what the first one made.
    if let Some(same) = tx.own_indicators().await?.iter().find(|one| one.count == count && one.definition == definition) {
        return Ok(Redirect::to(&format!("{}/figures", one_url(&city, same.number))).into_response());
    }
    let number = tx.make_own_indicator(permit, count, &definition).await?;
    tx.commit().await?;
    let words = format!("「{}」を保存しました", definition.name);
    visit.go(&format!("{}/figures", one_url(&city, number)), words, "つづけて、団体ごとの値を取り込めます。").await
}

pub async fn edit(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = enter(&visit, &city).await?;
    let newest = tx.own_indicator(number).await?.swap_remove(0);
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = newest.definition.as_form();
        form.set("seen", newest.revision.to_string());
        form
    });
    let overtaken = filled.errors.of("seen").is_some();
    // Once both are shown, the next save knows what it replaces.
    let seen = if overtaken { newest.revision.to_string() } else { filled.form.get("seen").to_owned() };
    let title = format!("{}の編集", newest.definition.name);
    let theirs = overtaken.then(|| {
        let said = newest.definition.as_form();
        let other = |(name, value): (&str, &str)| (filled.form.get(name) != value).then(|| format!("{}：{value}", label(name)));
        let items: Vec<_> = said.iter().filter_map(other).map(|words| view! { <li>{words}</li> }).collect();
        view! { <div class="rashin-empty" id="seen"><p>{format!("{}さんが保存した内容（違うところ）", newest.written_by)}</p><ul>{items}</ul></div> }
    });
    let main = view! {
        {filled.summary()}
        {page_head(format!("{TITLE} {}　{}", newest.code(), newest.count.label()), title.clone(), ())}
        {theirs}
        {post_form(format!("{}/revisions", one_url(&city, number)), view! {
            {hidden("seen", seen)}
            {fields(&filled, Some(newest.count))}
            {textarea(&filled, "reason", &optional("変更の理由").hint("履歴に残ります。"), 3)}
        }, "保存する")}
        <p><a href=own_url(&city)>"保存せずに戻る"</a></p>
    };
    Ok(Page::new(filled.title(&title), below(&tx, &city), main))
}

fn label(field: &str) -> &'static str {
    match field {
        "name" => "名称",
        "definition" => "定義",
        "numerator" => "分子",
        "denominator" => "分母",
        "unit" => "単位",
        "direction" => "よい向き",
        "survey" => "もとの調査",
        "as_of" => "時点",
        _ => "順位付けをしない",
    }
}

pub async fn revise(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/edit", one_url(&city, number));
    visit.or_hold(&page, &form).await?;
    let mut tx = enter(&visit, &city).await?;
    let newest = tx.own_indicator(number).await?.swap_remove(0);
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let mut errors = FormErrors::default();
    let reason = form.text("reason", "変更の理由", NOTE_LIMIT, &mut errors);
    let definition = match Definition::parse(&form, newest.count) {
        Ok(_) if !errors.is_empty() => return visit.back(&page, form, errors).await,
        Ok(definition) => definition,
        Err(faults) => return visit.back(&page, form, faults.and(errors)).await,
    };
    let list = own_url(&city);
    if definition == newest.definition {
        return visit.go(&list, "保存しました", "前の版から変わったところはありません。").await;
    }
    let seen = form.get("seen").parse().unwrap_or(0);
    match tx.write_own_indicator(permit, number, &definition, seen, &reason).await {
        Ok(()) => tx.commit().await?,
        Err(error) if error.is_conflict_on(STALE_INDICATOR) => {
            let sentence = "編集中に、ほかの人がこの指標を保存しました。違いを確かめ、残す内容にしてから、もう一度保存してください。";
            return visit.back(&page, form, FormErrors::one("seen", sentence)).await;
        }
        Err(error) => return Err(error.into()),
    }
    visit.go(&list, "保存しました", "前の内容は、指標の画面の「定義の履歴」に残っています。").await
}
