//! Keeping what is typed, checking it, submitting it.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use rashin_domain::{
    access::Action,
    approval::Approval,
    clock::moment_label,
    form::{Form, FormErrors},
    ids::ReportId,
    obligation::Item,
};
use rashin_store::{
    TenantTx,
    report::{LOCKED, NewReport, STALE},
    tenancy::tree,
};

use super::{
    Bench,
    bench::Row,
    check::{ready, stamp, sure},
    updates_url,
};
use crate::{
    kpi::staff::own_section,
    web::{Flash, Posted, Refusal, Tone, Visit},
};

/// The forms that were sent together, by what they are about, with the prefix each had.
pub fn sent(form: &Form) -> BTreeMap<String, (String, Form)> {
    let prefixes = (1..).map(|n| format!("r{n}.")).take_while(|prefix| !form.get(&format!("{prefix}task")).is_empty());
    prefixes
        .map(|prefix| {
            let one = form.under(&prefix);
            (one.get("task").to_owned(), (prefix, one.without(&["task"])))
        })
        .collect()
}

/// Keeps as drafts what was typed and differs from what is kept. What is not owed any more comes back: (name, figures).
async fn keep(tx: &mut TenantTx, form: &Form) -> Result<(Bench, Vec<String>), Refusal> {
    let drafts = tx.report_drafts().await?;
    let Some(bench) = Bench::load(tx, drafts).await? else { return Err(Refusal::NotFound) };
    let sent = sent(form);
    let mut changes = Vec::new();
    for row in bench.rows() {
        let Some((_, typed)) = sent.get(&row.key) else { continue };
        let mut typed = typed.clone();
        typed.set("maturity", row.task.asked.maturity.code());
        let kept = if row.is_begun(&typed) { typed } else { Form::default() };
        if row.draft.map_or(!kept.is_empty(), |draft| draft.form != kept) {
            changes.push((row.task.item.clone(), row.task.asked.period, kept));
        }
    }
    let owed: BTreeSet<String> = bench.rows().into_iter().map(|row| row.key).collect();
    let lost = sent.iter().filter(|(key, _)| !owed.contains(*key));
    let lost = lost.filter_map(|(key, (_, form))| bench.in_words(&Item::parse(key.split('@').next()?)?, form));
    let mut gone: BTreeSet<String> = lost.collect();
    // Told here, and then let go.
    for draft in bench.orphans() {
        gone.extend(bench.in_words(&draft.item, &draft.form));
        changes.push((draft.item.clone(), draft.period, Form::default()));
    }
    for (item, period, kept) in changes {
        tx.keep_draft(&item, period, &kept).await?;
    }
    let drafts = tx.report_drafts().await?;
    Ok((bench.with(drafts), gone.into_iter().collect()))
}

/// Keeps what was typed. An island asks quietly and gets the time as a line of text.
pub async fn save(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = updates_url(&city);
    let quiet = form.get("quiet") == "yes";
    if !quiet {
        visit.or_hold(&page, &form).await?;
    }
    let mut tx = visit.enter(&city).await?;
    let now = tx.now();
    let (_, gone) = keep(&mut tx, &form).await?;
    tx.commit().await?;
    let at = moment_label(now);
    if quiet {
        return Ok(at.into_response());
    }
    match gone.is_empty() {
        true => visit.go(&page, "下書きを保存しました", format!("{at}。まだ提出していません。")).await,
        false => visit.go_with(&page, not_kept(&gone)).await,
    }
}

fn not_kept(gone: &[String]) -> Flash {
    Flash {
        tone: Tone::Warning,
        heading: "ほかの人が先に報告したか、報告の対象でなくなったものがあります".to_owned(),
        body: format!("次の入力は保存していません。{}", gone.concat()),
    }
}

/// Keeps what was typed and goes on to look at it, unless something is wrong.
pub async fn check(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = updates_url(&city);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (bench, gone) = keep(&mut tx, &form).await?;
    tx.commit().await?;
    if !gone.is_empty() {
        return visit.go_with(&page, not_kept(&gone)).await;
    }
    let (rows, sent) = (bench.rows(), sent(&form));
    let mut errors = FormErrors::default();
    for row in rows.iter().filter(|row| row.is_begun(&row.form())) {
        if let (Err(faults), Some((prefix, _))) = (row.read(&row.form()), sent.get(&row.key)) {
            errors.put(prefix, &named(row, &faults));
        }
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    if ready(&rows).is_empty() {
        let flash = Flash {
            tone: Tone::Info,
            heading: "まだ何も入力されていません".to_owned(),
            body: "実績か状況を入力してから、確認へ進んでください。".to_owned(),
        };
        return visit.go_with(&page, flash).await;
    }
    Ok(Redirect::to(&format!("{page}/check")).into_response())
}

/// On a page with many forms a fault says of which it is.
fn named(row: &Row<'_>, faults: &FormErrors) -> FormErrors {
    let mut errors = FormErrors::default();
    for (field, sentence) in faults.iter() {
        errors.push::<()>(field, format!("{}：{sentence}", row.named.name));
    }
    errors
}

/// Submits everything that is ready. A second click finds nothing left to submit.
pub async fn submit(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = updates_url(&city);
    let check = format!("{page}/check");
    visit.or_hold(&check, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let drafts = tx.take_report_drafts().await?;
    if drafts.is_empty() {
        return Ok(Redirect::to(&page).into_response());
    }
    let Some(bench) = Bench::load(&mut tx, drafts).await? else { return Err(Refusal::NotFound) };
    if stamp(&bench) != form.get("saved") {
        let flash = Flash {
            tone: Tone::Warning,
            heading: "別の画面で入力が変わりました".to_owned(),
            body: "いまの内容をもう一度確認してください。まだ提出していません。".to_owned(),
        };
        return visit.go_with(&check, flash).await;
    }
    let rows = bench.rows();
    let ready = ready(&rows);
    if ready.is_empty() {
        let flash = Flash { tone: Tone::Warning, heading: "提出できる入力がありません".to_owned(), body: String::new() };
        return visit.go_with(&page, flash).await;
    }
    let mut errors = FormErrors::default();
    for (row, report) in &ready {
        for (field, question) in row.doubts(report) {
            let name = sure(row, &field);
            if form.get(&name) != "on" {
                errors.push::<()>(
                    &name,
                    format!(
                        "{}：{question}合っていれば「この内容で合っています」を選び、違っていれば「変更」で直してください。",
                        row.named.name
                    ),
                );
            }
        }
    }
    if !errors.is_empty() {
        return visit.back(&check, form, errors).await;
    }
    let sections = tree(&tx.sections().await?);
    for (row, report) in &ready {
        let answering = tx.answering(row.task.item).await?;
        let responsible = own_section(&tx, &answering, &sections).map(|(id, _)| id);
        let permit = visit.permit(&mut tx, &Action::Report { responsible, sections: &sections }).await?;
        let id = ReportId(visit.app.db.ids.uuid(tx.now()));
        let new = NewReport { id, item: row.task.item, code: &row.named.code, said: report, section: responsible };
        match tx.record_report(permit, &new, bench.settings.approval).await {
            Err(error) if error.is_conflict_on(STALE) => {
                let what = format!("「{}」は、ほかの人が先に報告しました。まだ何も提出していません。", row.named.name);
                return Err(Refusal::Conflict { what, back: page });
            }
            Err(error) if error.is_conflict_on(LOCKED) => {
                let what = format!("「{}」の報告は、たったいま締め切られました。まだ何も提出していません。", row.named.name);
                return Err(Refusal::Conflict { what, back: page });
            }
            done => done?,
        }
    }
    // What is not ready stays a draft.
    let submitted: Vec<&str> = ready.iter().map(|(row, _)| row.key.as_str()).collect();
    for row in rows.iter().filter(|row| !submitted.contains(&row.key.as_str())) {
        if let Some(draft) = row.draft {
            tx.keep_draft(&draft.item, draft.period, &draft.form).await?;
        }
    }
    let (count, left) = (ready.len(), rows.len() - ready.len());
    tx.commit().await?;
    let next = match bench.settings.approval {
        Approval::None => "値は確定しました。",
        _ => "承認者が確認します。承認されるまで、公開ページの値は変わりません。",
    };
    let rest = if left == 0 { String::new() } else { format!("残りは{left}件です。") };
    visit.go(&page, format!("{count}件を提出しました"), format!("{next}{rest}")).await
}
