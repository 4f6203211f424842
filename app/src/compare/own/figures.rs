//! `…/own/{number}/figures`: figures of an own indicator from a CSV file: a preview of the differences, then the next revision.

use std::collections::HashMap;

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::{FiscalYear, date_label},
    figure::{
        Body, Column, Differences, Level, Table, printed,
        sheet::{Gauge, read, rows},
    },
    form::{Form, FormErrors},
    text::from_excel,
    value::{Unknown, Value},
};
use rashin_store::{
    TenantTx,
    own_indicator::{NewOwnRelease, OwnIndicator, STALE_RELEASE},
};
use serde::{Deserialize, Serialize};

use super::{below, enter, one_url, own_url};
use crate::{
    compare::matrix_url,
    ui::{
        field::{Filled, date, day, file, file_form, hidden, post_form, required, select},
        section::{col, note, num, page_head, table},
    },
    web::{Page, Posted, Refusal, Uploaded, Visit, csv_file},
};

/// Key of the file that waits for its confirmation.
const UPLOAD: &str = "own_figures";
/// A line for each municipality and more.
const MOST_BYTES: usize = 1_000_000;

#[derive(Serialize, Deserialize)]
struct Upload {
    city: String,
    number: i32,
    year: i16,
    as_of: Date,
    file_name: String,
    text: String,
}

/// What an upload comes to.
struct Look {
    table: Table,
    /// Revision that it is compared with; 0 for none.
    seen: i32,
    differences: Differences,
}

/// Municipalities that may be asked: those of the prefecture, or where the code master has none, all.
async fn bodies(tx: &mut TenantTx) -> Result<Vec<Body>, Refusal> {
    let prefecture = tx.city().prefecture.clone();
    let own = tx.local_bodies(Level::Municipality, Some(&prefecture)).await?;
    if own.is_empty() { Ok(tx.local_bodies(Level::Municipality, None).await?) } else { Ok(own) }
}

async fn look(tx: &mut TenantTx, indicator: &OwnIndicator, year: FiscalYear, text: &str) -> Result<Result<Look, Vec<String>>, Refusal> {
    let code = indicator.code();
    let gauge = Gauge { code: &code, kind: indicator.count.kind(), unit: &indicator.definition.unit };
    let table = match read(text, &bodies(tx).await?, &[gauge]) {
        Ok(table) => table,
        Err(faults) => return Ok(Err(faults)),
    };
    let (seen, before) = tx.own_table(indicator, year).await?;
    Ok(Ok(Look { differences: table.since(&before), table, seen }))
}

pub async fn figures(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = enter(&visit, &city).await?;
    let indicator = tx.own_indicator(number).await?.swap_remove(0);
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let this = FiscalYear::of(tx.today());
    let years: Vec<_> = (0..10).map(|back| FiscalYear(this.0 - back)).map(|year| (year.0.to_string(), year.label())).collect();
    let url = one_url(&city, number);
    let title = format!("{}の値を取り込む", indicator.definition.name);
    let form = file_form(
        format!("{url}/import-drafts"),
        view! {
            {select(&filled, "year", &required("年度"), &years, "選択してください")}
            {date(&filled, &required("時点").hint("値がいつのものか。西暦で入力。例：2026年4月1日"), &day("as_of"))}
            {file(&filled, "file", &required("値のCSV").hint("UTF-8でも、Excelの「CSV（コンマ区切り）」（Shift_JIS）でも読めます。1MBまで。"), ".csv")}
        },
        "違いを確かめる",
    );
    let main = view! {
        {filled.summary()}
        {page_head(format!("独自の指標 {}", indicator.code()), title.clone(), ())}
        <p class="prose">"様式に団体ごとの値を書き、選んでください。次の画面で前の版との違いを確かめるまで、何も保存されません。空欄は「記載なし」として取り込みます。調べていない団体は「調査なし」と書くか、行を消してください。"</p>
        <p class="prose"><a href=format!("{url}/figures.csv")>"様式のCSVをダウンロードする"</a></p>
        {form}
        <p><a href=own_url(&city)>"独自の指標の一覧に戻る"</a></p>
    };
    Ok(Page::new(filled.title(&title), below(&tx, &city).flash(visit.take_flash().await?), main))
}

/// The rows to fill in, with the newest figures where there are some.
pub async fn template(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Response, Refusal> {
    let mut tx = enter(&visit, &city).await?;
    let indicator = tx.own_indicator(number).await?.swap_remove(0);
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let bodies = bodies(&mut tx).await?;
    let (code, kind) = (indicator.code(), indicator.count.kind());
    let values = vec![Value::unknown(Unknown::NotStated); bodies.len()];
    let codes = bodies.iter().map(|body| body.code.clone()).collect();
    let table = Table { bodies: codes, columns: vec![Column { indicator: code.clone(), values }] };
    let mut lines = rows(&table, &bodies, &[Gauge { code: &code, kind, unit: &indicator.definition.unit }]);
    let header = lines.remove(0);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    // To be filled in: an empty cell reads back as the same.
    let blank = |mut line: Vec<String>| {
        line.truncate(2);
        line.push(String::new());
        line
    };
    csv_file(&format!("{city}-{code}.csv"), &header, lines.into_iter().map(blank))
}

/// Takes the file; nothing is written but to the session.
pub async fn upload(visit: Visit, Path((city, number)): Path<(String, i32)>, uploaded: Uploaded) -> Result<Response, Refusal> {
    let url = one_url(&city, number);
    let page = format!("{url}/figures");
    let form = &uploaded.form;
    visit.or_hold(&page, form).await?;
    let mut tx = enter(&visit, &city).await?;
    let indicator = tx.own_indicator(number).await?.swap_remove(0);
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let mut errors = FormErrors::default();
    let year = form.get("year").parse::<i16>().ok().map(FiscalYear).filter(|year| (1989..=FiscalYear::of(tx.today()).0).contains(&year.0));
    if year.is_none() {
        errors.push::<()>("year", "年度を選択してください。".to_owned());
    }
    let as_of = match form.date("as_of", "時点", &mut errors) {
        Some(None) => errors.push("as_of_year", "時点を入力してください。".to_owned()),
        Some(Some(day)) if day > tx.today() => errors.push("as_of_year", "時点は今日までの日付にしてください。".to_owned()),
        other => other.flatten(),
    };
    let text = match uploaded.file("file") {
        None => errors.push("file", "CSVファイルを選択してください。".to_owned()),
        Some(sent) if sent.bytes.len() > MOST_BYTES => errors.push("file", "ファイルが大きすぎます。1MB以下にしてください。".to_owned()),
        Some(sent) => match from_excel(&sent.bytes) {
            Some(text) => Some((sent.name.chars().take(100).collect::<String>(), text)),
            None => errors.push(
                "file",
                "CSVファイルとして読み取れません。Excelで「CSV UTF-8（コンマ区切り）」として保存し直してください。".to_owned(),
            ),
        },
    };
    let (Some(year), Some(as_of), Some((file_name, text))) = (year, as_of, text) else {
        return visit.back(&page, uploaded.form, errors).await;
    };
    if let Err(faults) = look(&mut tx, &indicator, year, &text).await? {
        let mut errors = FormErrors::default();
        for fault in faults {
            errors.push::<()>("file", fault);
        }
        return visit.back(&page, uploaded.form, errors).await;
    }
    visit.session.insert(UPLOAD, Upload { city: city.clone(), number, year: year.0, as_of, file_name, text }).await?;
    Ok(Redirect::to(&format!("{page}/check")).into_response())
}

/// The file that waits and what it would change now.
async fn waiting(visit: &Visit, tx: &mut TenantTx, city: &str, indicator: &OwnIndicator) -> Result<(Upload, Look), Refusal> {
    let nothing = || {
        let what = "確認を待っている取り込みはありません。すでに取り込んだか、時間が経って取り消されました。".to_owned();
        Refusal::Conflict { what, back: format!("{}/figures", one_url(city, indicator.number)) }
    };
    let waits = |upload: &Upload| upload.city == city && upload.number == indicator.number;
    let upload = visit.session.get::<Upload>(UPLOAD).await?.filter(waits).ok_or_else(nothing)?;
    let look = look(tx, indicator, FiscalYear(upload.year), &upload.text).await?.map_err(|_| nothing())?;
    Ok((upload, look))
}

pub async fn check(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = enter(&visit, &city).await?;
    let indicator = tx.own_indicator(number).await?.swap_remove(0);
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let (upload, look) = waiting(&visit, &mut tx, &city, &indicator).await?;
    let names: HashMap<_, _> = bodies(&mut tx).await?.into_iter().map(|body| (body.code, body.name)).collect();
    let found = &look.differences;
    let url = one_url(&city, number);
    let said = |value: &Option<Value>| value.as_ref().map_or("なし".to_owned(), |value| printed(value, &indicator.definition.unit));
    let lines = found.changes.iter().map(|change| {
        let what = match (&change.before, &change.after) {
            (None, _) => "追加",
            (_, None) => "なくなる",
            _ => "変更",
        };
        let name = names.get(&change.body).cloned().unwrap_or_else(|| change.body.clone());
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{name}</th>
                <td role="cell"><span class="dads-table__cell-label">"区分"</span><span>{what}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"前の値"</span><span>{said(&change.before)}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"新しい値"</span><span>{said(&change.after)}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{lines.collect_view()}</tbody> }.into_any();
    let (restated, added, gone) = (found.restated().count(), found.added(), found.gone());
    let counts = format!("変更 {restated}件、追加 {added}件、なくなる値 {gone}件、変更なし {}件です。", found.same);
    let against = match look.seen {
        0 => "この年度の値は、まだありません。第1版になります。".to_owned(),
        seen => format!("第{seen}版と比べています。取り込むと第{}版になり、第{seen}版も残ります。", seen + 1),
    };
    let act = match found.changes.is_empty() {
        true => view! { <p class="prose">"前の版と同じ値のため、取り込むものはありません。"</p> }.into_any(),
        false => {
            let warning = (gone > 0).then(|| {
                note(format!("前の版にある{gone}団体の値が、このファイルにはありません。取り込むと、その団体は「未取り込み」になります。"))
            });
            view! { {warning}{post_form(format!("{url}/releases"), hidden("seen", look.seen.to_string()), "取り込む")} }.into_any()
        }
    };
    let year = FiscalYear(upload.year);
    let title = format!("{}　取り込みの確認", indicator.definition.name);
    let heads = vec![col("団体"), col("区分"), num("前の値"), num("新しい値")];
    let main = view! {
        {page_head(format!("{}　{}　{}時点", upload.file_name, year.label(), date_label(upload.as_of)), title.clone(), ())}
        <p class="lead">{counts}</p>
        <p class="prose">{against}</p>
        {act}
        <p><a href=format!("{url}/figures")>"ほかのファイルを選ぶ"</a></p>
        {(!found.changes.is_empty()).then(|| table("changes", format!("違い {}件", found.changes.len()), heads, body, true))}
    };
    Ok(Page::new(title, below(&tx, &city).flash(visit.take_flash().await?), main))
}

/// Writes the next revision, if it is still compared with what the preview showed.
pub async fn import(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let check = format!("{}/figures/check", one_url(&city, number));
    visit.or_hold(&check, &form).await?;
    let mut tx = enter(&visit, &city).await?;
    let indicator = tx.own_indicator(number).await?.swap_remove(0);
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let (upload, look) = waiting(&visit, &mut tx, &city, &indicator).await?;
    let overtaken = || {
        let what = "確認の後に、ほかの人がこの指標の値を取り込みました。違いをもう一度確かめてください。".to_owned();
        Refusal::Conflict { what, back: check.clone() }
    };
    if form.get("seen") != look.seen.to_string() {
        return Err(overtaken());
    }
    let new = NewOwnRelease { year: FiscalYear(upload.year), seen: look.seen, as_of: upload.as_of, file_name: &upload.file_name };
    match tx.write_own_figures(permit, &indicator, new, &look.table).await {
        Ok(()) => tx.commit().await?,
        Err(error) if error.is_conflict_on(STALE_RELEASE) => return Err(overtaken()),
        Err(error) => return Err(error.into()),
    }
    visit.session.remove_value(UPLOAD).await?;
    let to = format!("{}?set=own&year={}", matrix_url(&city), upload.year);
    visit
        .go(
            &to,
            format!("{}団体の値を取り込みました", look.table.bodies.len()),
            format!("第{}版です。前の版も残っています。", look.seen + 1),
        )
        .await
}
