//! Many people from a CSV file: a preview of every row, then all of them in one transaction.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Capacity, Role},
    form::{Form, FormErrors},
    staff_import::{COLUMNS, Checked, Known, Row, Verdict, check, text},
};
use rashin_store::{StoreError, TenantTx};
use serde::{Deserialize, Serialize};

use super::{
    frame_below,
    invitations::{Letter, deliver},
    people_url,
};
use crate::{
    ui::{
        field::{Filled, file, file_form, hidden, post_form, required},
        section::{col, facts, num, page_head, section, table},
    },
    web::{Flash, Page, Posted, Refusal, Tone, Uploaded, Visit, digest},
};

/// Key of the uploaded list that waits for its confirmation.
const UPLOAD: &str = "people_import";

#[derive(Serialize, Deserialize)]
struct Upload {
    city: String,
    file_name: String,
    text: String,
}

fn imports_url(city: &str) -> String {
    format!("{}/imports", people_url(city))
}

/// `…/imports`: what the file must look like, and the field to choose it.
pub async fn imports(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let labels = |words: Vec<&str>| words.join("・").into_any();
    let explained = vec![
        ("氏名", "必ず書きます。".into_any()),
        ("メール", "書くと、招待のメールを送ります。".into_any()),
        ("職員番号", "メールがないときは必ず書きます。招待は印刷した用紙で渡します。".into_any()),
        ("所属", "課・係の名前。同じ名前が2つあるときは記号。役割が承認者・担当なら必ず書きます。".into_any()),
        ("役割", labels(Role::ALL.iter().map(|role| role.label()).collect())),
        ("区分", labels(Capacity::ALL.iter().map(|capacity| capacity.label()).collect())),
        ("開始日・終了日", "2027/4/1 や R9.4.1 の形。開始日が空なら今日から、終了日が空なら期限なし。".into_any()),
    ];
    let url = imports_url(&city);
    let form = file_form(
        format!("{}/import-drafts", people_url(&city)),
        file(
            &filled,
            "file",
            &required("職員のCSV").hint("1,000行まで。UTF-8でも、Excelの「CSV（コンマ区切り）」（Shift_JIS）でも読めます。"),
            ".csv",
        ),
        "内容を確かめる",
    );
    let main = view! {
        {filled.summary()}
        {page_head("", "CSVでまとめて招待", ())}
        <p class="prose">"様式に1行に1人ずつ書き、選んでください。次の画面で1行ずつの結果を確かめるまで、何も登録されません。兼務のある人は、同じ人の行を続けて書きます。"</p>
        <p class="prose"><a href=format!("{url}/template.csv") download="shokuin.csv">"様式のCSVをダウンロードする"</a></p>
        {form}
        {section("columns", "列の書き方", (), facts(explained))}
    };
    let frame = frame_below(&tx, &city).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("CSVでまとめて招待"), frame, main))
}

/// The headings, for Excel.
pub async fn template(visit: Visit, Path(city): Path<String>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"shokuin.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, format!("\u{feff}{}\r\n", COLUMNS.join(","))).into_response())
}

/// Takes the file; nothing is written but to the session.
pub async fn upload(visit: Visit, Path(city): Path<String>, uploaded: Uploaded) -> Result<Response, Refusal> {
    let page = imports_url(&city);
    visit.or_hold(&page, &uploaded.form).await?;
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let read = match uploaded.file("file") {
        None => Err("CSVファイルを選択してください。".to_owned()),
        Some(sent) => text(&sent.bytes).map(|text| (sent.name.chars().take(100).collect::<String>(), text)),
    };
    let checked = match read {
        Ok((file_name, text)) => examine(&mut tx, &text).await?.map(|_| Upload { city: city.clone(), file_name, text }),
        Err(sentence) => Err(sentence),
    };
    match checked {
        Ok(upload) => {
            visit.session.insert(UPLOAD, upload).await?;
            Ok(Redirect::to(&format!("{page}/check")).into_response())
        }
        Err(sentence) => visit.back(&page, Form::default(), FormErrors::one("file", sentence)).await,
    }
}

/// Checks a list against the tenant as it is now.
async fn examine(tx: &mut TenantTx, text: &str) -> Result<Result<Checked, String>, Refusal> {
    let (staff, held, sections) = (tx.staff().await?, tx.postings(None).await?, tx.coming_sections().await?);
    let known: Vec<Known> = staff
        .into_iter()
        .map(|member| Known {
            postings: held.iter().filter(|held| held.member == member.id).map(|held| held.posting.clone()).collect(),
            id: member.id,
            name: member.name,
            email: member.email,
            staff_number: member.staff_number,
            state: member.state,
        })
        .collect();
    Ok(check(text, &known, &sections, tx.today()))
}

/// The uploaded list and what it would change now.
async fn waiting(visit: &Visit, tx: &mut TenantTx, city: &str) -> Result<Option<(Upload, Checked)>, Refusal> {
    let Some(upload) = visit.session.get::<Upload>(UPLOAD).await?.filter(|upload| upload.city == city) else { return Ok(None) };
    Ok(examine(tx, &upload.text).await?.ok().map(|checked| (upload, checked)))
}

fn seen(upload: &Upload, checked: &Checked) -> String {
    digest((&upload.text, &checked.rows))
}

fn nothing_waits(city: &str) -> Refusal {
    let what = "確認を待っている取り込みはありません。すでに取り込んだか、時間が経って取り消されました。";
    Refusal::Conflict { what: what.to_owned(), back: imports_url(city) }
}

/// `…/imports/check`: what every row would do.
pub async fn preview(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let (upload, checked) = waiting(&visit, &mut tx, &city).await?.ok_or_else(|| nothing_waits(&city))?;
    let url = imports_url(&city);
    let count = |wanted: fn(&Verdict) -> bool| checked.rows.iter().filter(|row| wanted(&row.verdict)).count();
    let (new, adds, same) = (count(|v| *v == Verdict::New), count(|v| *v == Verdict::Adds), count(|v| *v == Verdict::Same));
    let (refused, seen) = (checked.refused(), seen(&upload, &checked));
    let by_mail = checked.newcomers.iter().filter(|(newcomer, _)| newcomer.email.is_some()).count();
    let on_paper = checked.newcomers.len() - by_mail;
    let act = match (refused, new + adds) {
        (1.., _) => view! {
            <p class="prose">"取り込めない行があるため、まだ取り込めません。ファイルを直して、もう一度選んでください。何も登録していません。"</p>
            <p class="actions"><a class="dads-button" data-type="solid-fill" href=url.clone()>"直したファイルを選ぶ"</a></p>
        }
        .into_any(),
        (0, 0) => view! {
            <p class="prose">"すべて登録済みです。取り込むものはありません。"</p>
            <p><a href=people_url(&city)>"職員の一覧に戻る"</a></p>
        }
        .into_any(),
        (0, _) => view! {
            <p class="prose">{format!("{by_mail}人に招待のメールを送ります。{on_paper}人には、取り込んだ後で用紙を印刷して渡します。")}</p>
            {post_form(url.clone(), hidden("seen", seen), "取り込む")}
            <p><a href=url.clone()>"ほかのファイルを選ぶ"</a></p>
        }
        .into_any(),
    };
    let faults = checked.rows.iter().filter_map(|row| match &row.verdict {
        Verdict::Refused(reasons) => {
            let name = row.cells.first().filter(|name| !name.is_empty()).map(|name| format!("（{name}）")).unwrap_or_default();
            Some(view! { <li>{format!("{}行目{name}：{}", row.line, reasons.concat())}</li> })
        }
        Verdict::New | Verdict::Adds | Verdict::Same => None,
    });
    let faults = faults.collect_view();
    let rows = checked.rows.iter().map(row).collect_view();
    let columns = vec![num("行"), col("氏名"), col("メール・職員番号"), col("所属と役割"), col("期間"), col("結果")];
    let main = view! {
        {page_head(upload.file_name.clone(), "取り込みの確認", ())}
        <p class="lead">{format!("新規 {new}件、所属の追加 {adds}件、登録済み {same}件、取り込めない行 {refused}件です。")}</p>
        {(refused > 0).then(|| section("faults", "取り込めない行", (), view! { <ul class="prose rashin-prose">{faults}</ul> }))}
        {act}
        {section("all", "すべての行", (), table("rows", format!("全{}行", checked.rows.len()), columns, view! { <tbody role="rowgroup">{rows}</tbody> }.into_any(), true))}
    };
    let frame = frame_below(&tx, &city).flash(visit.take_flash().await?);
    Ok(Page::new("取り込みの確認", frame, main))
}

fn row(row: &Row) -> impl IntoView + use<> {
    let [name, _, email, number, section, role, post, capacity, from, until] =
        std::array::from_fn(|at| row.cells.get(at).cloned().unwrap_or_default());
    let outcome = match &row.verdict {
        Verdict::New => view! { <b>"新規"</b> }.into_any(),
        Verdict::Adds => "所属の追加".into_any(),
        Verdict::Same => "登録済み".into_any(),
        Verdict::Refused(reasons) => view! { <b>"取り込めない"</b><span class="dads-table__sub">{reasons.concat()}</span> }.into_any(),
    };
    let joined = |words: [&str; 2]| words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("　");
    let post = format!("{}（{role}・{capacity}）", joined([&section, &post]));
    view! {
        <tr role="row">
            <td role="cell" class="num"><span class="dads-table__cell-label">"行"</span><span>{row.line}</span></td>
            <th scope="row" role="rowheader" class="dads-table__name">{(!name.is_empty()).then_some(name)}</th>
            <td role="cell"><span class="dads-table__cell-label">"メール・番号"</span><span>{joined([&email, &number])}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"所属と役割"</span><span>{post}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"期間"</span><span class="nobr">{format!("{from}～{until}")}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"結果"</span><span>{outcome}</span></td>
        </tr>
    }
}

async fn look_again(visit: &Visit, url: &str) -> Result<Response, Refusal> {
    let heading = "確認の後に、職員か組織が変更されました".to_owned();
    let body = "何も登録していません。最新の結果を確かめてください。".to_owned();
    visit.go_with(&format!("{url}/check"), Flash { tone: Tone::Warning, heading, body }).await
}

/// Writes the whole list, if it is still what the preview showed.
pub async fn import(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let url = imports_url(&city);
    visit.or_hold(&url, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let (upload, checked) = waiting(&visit, &mut tx, &city).await?.ok_or_else(|| nothing_waits(&city))?;
    if form.get("seen") != seen(&upload, &checked) || checked.refused() > 0 {
        return look_again(&visit, &url).await;
    }
    let mut letters = Vec::new();
    let people = checked.newcomers.len();
    for (newcomer, postings) in checked.newcomers {
        let permit = visit.permit(&mut tx, &Action::Staff).await?;
        let member = match tx.invite(permit, &newcomer).await {
            Ok(member) => member,
            // Somebody took the address or the number at this very moment.
            Err(StoreError::Conflict(_)) => return look_again(&visit, &url).await,
            Err(error) => return Err(error.into()),
        };
        for posting in postings {
            let permit = visit.permit(&mut tx, &Action::Staff).await?;
            tx.add_posting(permit, member, &posting).await?;
        }
        if let Some(email) = newcomer.email {
            let letter = Letter { token: visit.app.db.ids.bytes(), email, name: newcomer.name };
            let permit = visit.permit(&mut tx, &Action::Staff).await?;
            tx.make_invitation(permit, member, &letter.token, true).await?;
            letters.push(letter);
        }
    }
    for (member, posting) in &checked.additions {
        let permit = visit.permit(&mut tx, &Action::Staff).await?;
        tx.add_posting(permit, *member, posting).await?;
    }
    let (place, mailed) = (tx.city().name.clone(), letters.len());
    tx.commit().await?;
    visit.session.remove_value(UPLOAD).await?;
    deliver(&visit.app, place, letters);
    let body = match people - mailed {
        0 => format!("{mailed}人に招待のメールを送りました。"),
        on_paper => format!("{mailed}人に招待のメールを送りました。{on_paper}人の用紙を、下のボタンで作って渡してください。"),
    };
    visit.go(&people_url(&city), format!("{people}人を登録しました"), body).await
}
