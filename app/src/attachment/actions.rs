//! Attaching, removing, and saying whether the next edition makes a file public.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Action,
    attachment::{Cleaned, MediaKind, TENANT_LIMIT, clean, size_label},
    form::FormErrors,
    ids::AttachmentId,
    period::Period,
    text::sentences,
};
use rashin_store::{TenantTx, attachment::Attached};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Owner, page::checked};
use crate::{
    kpi::evidence,
    web::{Flash, Posted, Refusal, SentFile, Tone, Uploaded, Visit},
};

/// Longest title, in characters.
const TITLE_LIMIT: usize = 100;

/// Unpacking and packing takes memory and a core: other uploads wait, without holding a connection.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

async fn place() -> Result<SemaphorePermit<'static>, Refusal> {
    AT_ONCE.acquire().await.map_err(Refusal::incident)
}

pub async fn to_kpi(visit: Visit, Path((city, code)): Path<(String, String)>, uploaded: Uploaded) -> Result<Response, Refusal> {
    let _place = place().await?;
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::kpi(&mut tx, &city, &code).await?;
    attach(visit, tx, owner, uploaded).await
}

pub async fn to_node(
    visit: Visit,
    Path((city, plan, node)): Path<(String, String, String)>,
    uploaded: Uploaded,
) -> Result<Response, Refusal> {
    let _place = place().await?;
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::node(&mut tx, &city, &plan, &node).await?;
    attach(visit, tx, owner, uploaded).await
}

pub async fn to_edition(
    visit: Visit,
    Path((city, plan, number)): Path<(String, String, i32)>,
    uploaded: Uploaded,
) -> Result<Response, Refusal> {
    let _place = place().await?;
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::edition(&mut tx, &city, &plan, number).await?;
    attach(visit, tx, owner, uploaded).await
}

pub async fn to_case(visit: Visit, Path((city, number)): Path<(String, i32)>, uploaded: Uploaded) -> Result<Response, Refusal> {
    let _place = place().await?;
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::case(&mut tx, &city, number).await?;
    attach(visit, tx, owner, uploaded).await
}

pub async fn to_training(visit: Visit, Path((city, number)): Path<(String, i32)>, uploaded: Uploaded) -> Result<Response, Refusal> {
    let _place = place().await?;
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::training(&mut tx, &city, number).await?;
    attach(visit, tx, owner, uploaded).await
}

async fn attach(visit: Visit, mut tx: TenantTx, owner: Owner, uploaded: Uploaded) -> Result<Response, Refusal> {
    let permit = visit.permit(&mut tx, &owner.action()).await?;
    let (mut errors, form) = (FormErrors::default(), uploaded.form.clone());
    let title = form.text("title", "表題", TITLE_LIMIT, &mut errors);
    let named = form.get("evidence_for");
    let evidence_for = evidence::periods(tx.today()).iter().find(|(code, _)| code == named).and_then(|(code, _)| Period::parse(code).ok());
    if evidence_for.is_none() && !named.is_empty() {
        errors.push::<()>("evidence_for", sentences::choose("どの期間の根拠か"));
    }
    let file = match uploaded.file("file") {
        None => Err("添付するファイルを選択してください。".to_owned()),
        Some(sent) => cleaned(sent).await?,
    };
    let file = file.map_err(|sentence| errors.push::<()>("file", sentence)).ok().filter(|_| errors.is_empty());
    let Some(file) = file else { return visit.back(&owner.url, form, errors).await };
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    let title = if title.is_empty() { stem.chars().take(TITLE_LIMIT).collect() } else { title };
    match tx.attach(permit, &owner.subject, &title, &file, evidence_for.filter(|_| owner.subject.kind.can_be_published())).await? {
        Attached::Done(_) => {}
        Attached::Already => {
            let heading = "同じファイルがすでに添付されています".to_owned();
            return visit.go_with(&owner.url, Flash { tone: Tone::Info, heading, body: String::new() }).await;
        }
        Attached::Full => {
            let used = size_label(tx.attachment_space().await?);
            let limit = TENANT_LIMIT / (1024 * 1024);
            let sentence =
                format!("この団体の添付ファイルは、合わせて{limit}MBまでです（いま{used}）。要らないファイルを削除してください。");
            return visit.back(&owner.url, form, FormErrors::one("file", sentence)).await;
        }
    }
    tx.commit().await?;
    visit.go(&owner.url, "添付しました", format!("{title}（{} {}）", file.kind.label(), size_label(file.bytes.len() as i64))).await
}

/// The cleaned file, or a sentence why not. Off the async threads.
async fn cleaned(sent: &SentFile) -> Result<Result<Cleaned, String>, Refusal> {
    let (name, bytes) = (sent.name.clone(), sent.bytes.clone());
    tokio::task::spawn_blocking(move || clean(&name, &bytes)).await.map_err(Refusal::incident)
}

/// `POST /{city}/staff/attachments/{attachment}/removals`
pub async fn remove(visit: Visit, Path((city, id)): Path<(String, AttachmentId)>, Posted(_): Posted) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let file = tx.attachment(id).await?;
    let owner = Owner::of(&mut tx, &city, &file).await?;
    let permit = visit.permit(&mut tx, &owner.action()).await?;
    if !tx.remove_attachment(permit, &file).await? {
        let heading = "すでに削除されています".to_owned();
        return visit.go_with(&owner.url, Flash { tone: Tone::Info, heading, body: String::new() }).await;
    }
    tx.commit().await?;
    visit.go(&owner.url, "削除しました", file.title).await
}

/// `POST /{city}/staff/attachments/{attachment}/listings`
pub async fn list(visit: Visit, Path((city, id)): Path<(String, AttachmentId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let file = tx.attachment(id).await?;
    let owner = Owner::of(&mut tx, &city, &file).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let gone = |what: &str| Refusal::Conflict { what: what.to_owned(), back: owner.url.clone() };
    if file.removed {
        return Err(gone("このファイルは、先に削除されています。"));
    }
    if !owner.subject.kind.can_be_published() {
        return Err(gone(&format!("{}に添付したファイルは公開できません。", owner.subject.kind.label())));
    }
    let to_publish = form.get("to_publish") == "on";
    let field = checked(id);
    if to_publish && file.kind == MediaKind::Pdf && form.get(&field) != "on" {
        let sentence = "PDFのプロパティを確かめて、印を付けてください。".to_owned();
        return visit.back(&owner.url, form, FormErrors::one(&field, sentence)).await;
    }
    tx.plan_publication(permit, &file, to_publish).await?;
    tx.commit().await?;
    match to_publish {
        true => visit.go(&owner.url, "次の版で公開します", "次の版を公表するまで、公開されません。").await,
        false => {
            visit
                .go(&owner.url, "次の版には載せません", "公表した版には残ります。すぐに公開をやめるときは、ファイルを削除してください。")
                .await
        }
    }
}
