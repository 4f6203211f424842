//! Sending a workbook, and taking over what it says.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use rashin_domain::{
    access::Action,
    approval::Approval,
    form::{Form, FormErrors},
    ids::{ReportId, WorkbookId},
};
use rashin_store::report::{LOCKED, NewReport, STALE};
use rashin_workbook::{Finding, Sheet, read};
use tokio::sync::Semaphore;

use super::{
    preview::{Fate, can_be_ticked, seen, sent, take},
    stock::Stock,
    workbook_url, workbooks_url,
};
use crate::web::{Flash, Posted, Refusal, SentFile, Tone, Uploaded, Visit};

/// Unpacking takes memory and a core: other uploads wait, without holding a connection.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// `POST /{city}/staff/updates/import-drafts`: reads the file and keeps what it says; nothing is reported.
pub async fn send(visit: Visit, Path(city): Path<String>, uploaded: Uploaded) -> Result<Response, Refusal> {
    let page = workbooks_url(&city);
    visit.or_hold(&page, &uploaded.form).await?;
    // Only members have the server read their files.
    drop(visit.enter(&city).await?);
    let sheet = match uploaded.file("file") {
        None => Err("Excelファイルを選択してください。".to_owned()),
        Some(sent) => {
            sheet_of(sent).await?.map(|sheet| (sent.name.chars().filter(|c| !c.is_control()).take(100).collect::<String>(), sheet))
        }
    };
    match sheet {
        Ok((name, sheet)) => {
            let mut tx = visit.enter(&city).await?;
            let sheet = serde_json::to_value(&sheet).map_err(Refusal::incident)?;
            let id = tx.keep_workbook(&name, &sheet).await?;
            tx.commit().await?;
            Ok(Redirect::to(&workbook_url(&city, id)).into_response())
        }
        Err(sentence) => visit.back(&page, Form::default(), FormErrors::one("file", sentence)).await,
    }
}

/// What a file says, or a sentence why it cannot be read. Off the async threads.
async fn sheet_of(sent: &SentFile) -> Result<Result<Sheet, String>, Refusal> {
    let _place = AT_ONCE.acquire().await.map_err(Refusal::incident)?;
    let bytes = sent.bytes.clone();
    tokio::task::spawn_blocking(move || read(&bytes)).await.map_err(Refusal::incident)
}

/// Whether a finding is taken over with this form.
fn is_taken(finding: &Finding<'_, '_>, form: &Form) -> bool {
    match Fate::of(finding) {
        Fate::New | Fate::Change => true,
        Fate::Doubtful | Fate::Conflict => can_be_ticked(finding) && form.get(&take(finding)) == "on",
        Fate::Same | Fate::Refused => false,
    }
}

/// `POST …/workbooks/{workbook}/reports`: reports what the preview showed, if it still stands so; all of it or nothing.
pub async fn import(visit: Visit, Path((city, id)): Path<(String, WorkbookId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = workbook_url(&city, id);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    tx.lock_workbook(id).await?;
    let (_, sheet) = sent(&mut tx, id).await?;
    let stock = Stock::load(&mut tx).await?;
    let subjects = stock.subjects();
    let findings = stock.findings(&sheet, &subjects);
    if findings.iter().all(|finding| finding.report().is_none()) {
        // A second click: the first one has reported it all.
        return Ok(Redirect::to(&page).into_response());
    }
    if seen(&findings) != form.get("seen") {
        return look_again(&visit, &page).await;
    }
    let taken: Vec<_> = findings.iter().filter(|finding| is_taken(finding, &form)).collect();
    if taken.is_empty() {
        let flash = Flash {
            tone: Tone::Warning,
            heading: "取り込む行が選ばれていません".to_owned(),
            body: "取り込む行に印を付けてください。何も報告していません。".to_owned(),
        };
        return visit.go_with(&page, flash).await;
    }
    for finding in &taken {
        let (Some(subject), Some(report)) = (finding.subject, finding.report()) else { continue };
        let responsible = stock.responsible(subject.item).map(|section| section.id);
        let permit = visit.permit(&mut tx, &Action::Report { responsible, sections: &stock.bench.owed.sections }).await?;
        let code = stock.bench.owed.find(subject.item).map_or("", |named| named.code.as_str());
        let report_id = ReportId(visit.app.db.ids.uuid(tx.now()));
        let new = NewReport { id: report_id, item: subject.item, code, said: report, section: responsible };
        match tx.record_report(permit, &new, stock.bench.settings.approval).await {
            // Somebody was quicker, or a round was locked at this very moment.
            Err(error) if error.is_conflict_on(STALE) || error.is_conflict_on(LOCKED) => return look_again(&visit, &page).await,
            done => done?,
        }
        // What the member was writing about it is overtaken.
        tx.keep_draft(subject.item, report.period, &Form::default()).await?;
    }
    let count = taken.len();
    tx.commit().await?;
    let next = match stock.bench.settings.approval {
        Approval::None => "値は確定しました。",
        Approval::Chief | Approval::ChiefOffice => "承認者が確認します。承認されるまで、公開ページの値は変わりません。",
    };
    visit.go(&format!("{page}?imported={count}"), format!("{count}件を提出しました"), next).await
}

async fn look_again(visit: &Visit, page: &str) -> Result<Response, Refusal> {
    let heading = "確認のあとに、報告が変わりました".to_owned();
    let body = "何も取り込んでいません。いまの違いをもう一度確かめてください。".to_owned();
    visit.go_with(page, Flash { tone: Tone::Warning, heading, body }).await
}
