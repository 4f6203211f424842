//! `/{city}/staff/exports`: everything of the tenant in one ZIP, at any time.

use axum::{
    body::Body,
    extract::Path,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use rashin_domain::{access::Action, clock::moment_code, plan_folder, text::neutral};
use rashin_store::{
    TenantTx,
    export::{Row, Table, file_path},
};
use serde_json::json;
use tokio_util::io::ReaderStream;

use super::{
    archive::Archive,
    contents::{Manifest, described},
    download, frame, tabs,
};
use crate::{
    ui::{
        field::post_form,
        section::{col, note, page_head, section, table},
    },
    web::{Page, Posted, Refusal, Visit},
};

pub async fn exports(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Audit).await?;
    let tables = tx.tables().await?;
    let count = tables.len();
    let rows = tables.into_iter().map(|table| {
        let words = described(&table.name).0.to_owned();
        view! { <tr role="row"><th scope="row" role="rowheader">{words}</th><td role="cell"><span class="dads-table__cell-label">"ファイルの名前"</span><code>{table.name}</code></td></tr> }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let main = view! {
        {page_head("", "データの持ち出し", ())}
        {tabs(&city, "exports")}
        <div class="dads-tab__panel">
            <div class="rashin-lead">
                <p class="prose">"この団体のすべてのデータを、いつでも1つのZIPファイルで取り出せます。ほかの仕組みへ移すとき、手元に写しを置くとき、監査に渡すときに使います。"</p>
                {post_form(format!("/{city}/staff/exports"), note("職員の氏名を含みます。保存先と渡す相手に気をつけてください。取り出したことは記録に残ります。"), "全データをZIPで取り出す")}
            </div>
            {section("contents", "入っているもの", (), view! {
                <div class="prose rashin-prose"><ul>
                    <li>"すべての表：CSV（Excelで開けます）とJSON"</li>
                    <li>"すべての計画：計画フォルダ（羅針にそのまま取り込める形）"</li>
                    <li>"公表したすべての版：JSON（取り下げた版を含みます）"</li>
                    <li>"添付されたファイル"</li>
                    <li>"説明：README.ja.md と README.md"</li>
                </ul></div>
                <details class="rashin-detail"><summary>{format!("{count}の表の一覧")}</summary>{table("tables", "表の一覧", vec![col("内容"), col("ファイルの名前")], body, true)}</details>
            })}
            {section("without", "入っていないもの", (), view! {
                <p class="prose">"パスワード、サインインの状態、招待や再設定のリンク、メールアドレスは、個人のアカウントに属するため入っていません。ほかの団体のデータも入っていません。"</p>
            })}
        </div>
    };
    Ok(Page::new("データの持ち出し", frame(&tx, &city).flash(visit.take_flash().await?), main))
}

/// Packs everything while the transaction is open, then lets it go before the first byte is sent.
pub async fn export(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    visit.or_hold(&format!("/{city}/staff/exports"), &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Audit).await?;
    let archive = Archive::new();
    let packed = pack(&mut tx, &archive).await?;
    let file = archive.finish().await.map_err(Refusal::incident)?;
    tx.taken_out(permit, "tenant", json!({ "tables": packed.tables, "lines": packed.rows, "files": packed.files }));
    let name = format!("{city}-{}.zip", tx.today());
    tx.commit().await?;
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
    Ok((download(&name, "application/zip"), body).into_response())
}

struct Packed {
    tables: usize,
    rows: usize,
    files: usize,
}

async fn pack(tx: &mut TenantTx, archive: &Archive) -> Result<Packed, Refusal> {
    let mut tables = Vec::new();
    let mut files = 0;
    for table in tx.tables().await? {
        let rows = tx.rows(&table).await?;
        archive.add(format!("tables/{}.csv", table.name), csv(&table, &rows).map_err(Refusal::incident)?).await;
        archive.add(format!("tables/{}.json", table.name), json_array(&rows)).await;
        for column in &table.files {
            for id in tx.files(&table, column).await? {
                let bytes = tx.file(&table, column, id).await?;
                archive.add(file_path(&table, column, id), bytes).await;
                files += 1;
            }
        }
        tables.push((table, rows.len()));
    }
    let (mut plans, mut editions) = (Vec::new(), 0);
    let code = tx.city().code.clone();
    for plan in tx.plans().await? {
        for (path, bytes) in plan_folder::write(&code, &tx.plan_content(plan.id).await?) {
            archive.add(format!("plans/{}/{path}", plan.slug), bytes).await;
        }
        for edition in tx.edition_texts(plan.id).await? {
            archive.add(format!("editions/{}/{}.json", edition.plan, edition.number), edition.json).await;
            editions += 1;
        }
        plans.push(plan.slug);
    }
    let taken_at = moment_code(tx.now());
    let city = tx.city();
    let manifest = Manifest { city: &city.name, code: &city.code, taken_at: &taken_at, tables: &tables, plans: &plans, editions, files };
    archive.add("README.ja.md", manifest.readme_ja()).await;
    archive.add("README.md", manifest.readme()).await;
    Ok(Packed { tables: tables.len(), rows: tables.iter().map(|(_, rows)| rows).sum(), files })
}

/// Excel takes 32,767 characters; beyond, it spills a cell over the next lines.
const MOST_CHARACTERS: usize = 30_000;

fn csv(table: &Table, rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(&table.columns)?;
    for row in rows {
        let cell = |cell: &Option<String>| match cell {
            Some(text) if text.len() > MOST_CHARACTERS && text.chars().count() > MOST_CHARACTERS => "（JSONを参照）".to_owned(),
            Some(text) => neutral(text),
            None => String::new(),
        };
        writer.write_record(row.cells.iter().map(cell))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn json_array(rows: &[Row]) -> String {
    let rows: Vec<&str> = rows.iter().map(|row| row.json.as_str()).collect();
    if rows.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", rows.join(",\n")) }
}
