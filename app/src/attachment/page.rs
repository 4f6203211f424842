//! `…/attachments`: the files of one KPI, node or edition, and what can be done with them.

use axum::{extract::Path, response::Response};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    attachment::{ACCEPTED, MediaKind, SubjectKind, TENANT_LIMIT, size_label},
    clock::moment_label,
    form::Form,
    ids::AttachmentId,
    publish::edition_label,
};
use rashin_store::{TenantTx, attachment::Attachment};

use super::{Owner, download, link, staff_file_url, weight};
use crate::{
    audit::COMMAND_LINE,
    kpi::evidence,
    ui::{
        field::{Filled, TEXT, confirm, file, file_form, hidden, input, optional, required, select},
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
    },
    web::{FILE_LIMIT, Page, Refusal, Visit},
};

/// `/{city}/staff/kpis/{code}/attachments`
pub async fn kpi(visit: Visit, Path((city, code)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::kpi(&mut tx, &city, &code).await?;
    files(visit, tx, owner, Here::Kpis).await
}

/// `/{city}/staff/plans/{plan}/nodes/{node}/attachments`
pub async fn node(visit: Visit, Path((city, plan, node)): Path<(String, String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::node(&mut tx, &city, &plan, &node).await?;
    files(visit, tx, owner, Here::Plans).await
}

/// `/{city}/staff/plans/{plan}/editions/{number}/attachments`
pub async fn edition(visit: Visit, Path((city, plan, number)): Path<(String, String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::edition(&mut tx, &city, &plan, number).await?;
    files(visit, tx, owner, Here::Publish).await
}

/// `/{city}/staff/cases/{number}/attachments`
pub async fn case(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::case(&mut tx, &city, number).await?;
    files(visit, tx, owner, Here::Cases).await
}

/// `/{city}/staff/trainings/{number}/attachments`
pub async fn training(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let owner = Owner::training(&mut tx, &city, number).await?;
    files(visit, tx, owner, Here::Cases).await
}

/// `/{city}/staff/attachments/{attachment}`: the file itself, for every member.
pub async fn content(visit: Visit, Path((city, id)): Path<(String, AttachmentId)>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    Ok(download(tx.attachment_content(id).await?, "no-store"))
}

/// What a member may do on the page.
struct Rights {
    change: bool,
    publish: bool,
}

async fn files(visit: Visit, mut tx: TenantTx, owner: Owner, here: Here) -> Result<Page, Refusal> {
    let attachments = tx.attachments(&owner.subject).await?;
    let city = tx.city().slug.clone();
    let is_office = decide(tx.actor(), &Action::Edit).is_ok();
    let rights = Rights { change: owner.may_change(&tx), publish: is_office && owner.subject.kind.can_be_published() };
    let used = tx.attachment_space().await?;
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let items = attachments.iter().map(|file| item(&city, file, &rights, &filled)).collect_view();
    let about = match owner.subject.kind {
        SubjectKind::Edition => "伺いなど、この版の公表に関わる書類です。庁内だけで見られ、公開されることはありません。",
        SubjectKind::Case => "案件の審議に使う資料です。庁内の全員が見られ、公開されることはありません。",
        SubjectKind::Training => "研修会・情報発信の資料です。庁内の全員が見られ、公開されることはありません。",
        SubjectKind::Node | SubjectKind::Kpi => {
            "庁内の全員が見られます。公開されるのは、事務局が「次の版で公開する」を選び、その版を公表したときだけです。"
        }
    };
    let main = view! {
        {filled.summary()}
        {page_head(format!("{}　{}", owner.subject.kind.label(), owner.title), "添付ファイル", ())}
        <p class="prose">{about}</p>
        {match (attachments.is_empty(), rights.change) {
            (false, _) => section("files", "添付したファイル", (), view! { <ul class="rashin-task-list" data-two="">{items}</ul> }),
            (true, true) => empty("添付ファイルはまだありません。下の欄でファイルを選ぶと、ここに並びます。", None).into_any(),
            (true, false) => empty("添付ファイルはまだありません。", None).into_any(),
        }}
        {rights.change.then(|| upload(&owner, used, tx.today(), &filled))}
    };
    let mut above = vec![("ホーム".to_owned(), format!("/{city}/staff"))];
    above.extend(owner.above.iter().cloned());
    let frame = Frame::staff(&tx, None, here).crumbs(above).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("添付ファイル {}", owner.title)), frame, main))
}

fn item(city: &str, file: &Attachment, rights: &Rights, filled: &Filled) -> impl IntoView + use<> {
    let evidence = file.evidence_for.map(|period| view! { <br/>{format!("{}の根拠", period.label())} });
    let by = file.uploaded_by.clone().unwrap_or_else(|| COMMAND_LINE.to_owned());
    let label = |words: &str| format!("「{}」を{words}", file.title);
    let more = (rights.change || rights.publish).then(|| {
        view! {
            {rights.publish.then(|| publication(city, file, filled))}
            {rights.change.then(|| removal(city, file, label("削除する")))}
        }
    });
    view! {
        <li>
            <div class="stack">
                <b>{link(city, file)}</b>
                <p class="note">{format!("{}　{}", file.file_name, weight(file))}<br/>{format!("{}　{by}", moment_label(file.uploaded_at))}{evidence}</p>
                {more}
            </div>
            {file.subject.kind.can_be_published().then(|| view! { <span class="note">{standing(file)}</span> })}
        </li>
    }
}

/// Who reads the file, and who will.
fn standing(file: &Attachment) -> String {
    match (file.public_in.map(edition_label), file.to_publish) {
        (Some(edition), true) => format!("公開中（{edition}）"),
        (Some(edition), false) => format!("公開中（{edition}）。次の版には載りません"),
        (None, true) => "次の版から公開".to_owned(),
        (None, false) => "庁内だけ".to_owned(),
    }
}

fn publication(city: &str, file: &Attachment, filled: &Filled) -> AnyView {
    let action = format!("{}/listings", staff_file_url(city, file.id));
    let button = |words: &'static str| {
        let label = format!("「{}」を{words}", file.title);
        view! { <button class="dads-button" data-type="outline" data-size="sm" aria-label=label>{words}</button> }
    };
    if file.to_publish {
        let words = if file.public_in.is_some() { "次の版には載せない" } else { "公開をやめる" };
        return view! { <form method="post" action=action>{hidden("to_publish", "off")}<p>{button(words)}</p></form> }.into_any();
    }
    if file.kind != MediaKind::Pdf {
        return view! { <form method="post" action=action>{hidden("to_publish", "on")}<p>{button("次の版で公開する")}</p></form> }
            .into_any();
    }
    // A PDF still says who made it.
    let name = checked(file.id);
    let open = filled.errors.of(&name).is_some();
    view! {
        <details class="rashin-detail" open=open>
            <summary>"次の版で公開する"</summary>
            <form class="stack rashin-form" method="post" action=action novalidate>
                {hidden("to_publish", "on")}
                <p>"PDFの文書のプロパティ（作成者名など）は、取り除いていません。PDFを開いて「プロパティ」を確かめてください。"</p>
                {confirm(filled, &name, "公開してよい内容だけであることを確かめました")}
                <p>{button("次の版で公開する")}</p>
            </form>
        </details>
    }
    .into_any()
}

/// The box that is ticked for a PDF.
pub fn checked(id: AttachmentId) -> String {
    format!("checked.{id}")
}

fn removal(city: &str, file: &Attachment, label: String) -> impl IntoView + use<> {
    let public = file.public_in.map(|_| "公開ページからもすぐに開けなくなります。").unwrap_or_default();
    view! {
        <details class="rashin-detail">
            <summary>"削除する"</summary>
            <form class="stack" method="post" action=format!("{}/removals", staff_file_url(city, file.id))>
                <p>{format!("{public}ファイルの中身は消え、元に戻せません。だれがいつ削除したかは記録に残ります。")}</p>
                <p><button class="dads-button" data-type="outline" data-size="sm" aria-label=label>"削除する"</button></p>
            </form>
        </details>
    }
}

fn upload(owner: &Owner, used: i64, today: Date, filled: &Filled) -> AnyView {
    let limit = size_label(FILE_LIMIT as i64).replace(".0", "");
    let hint = format!("{ACCEPTED}。一つ{limit}まで。マクロやパスワードの付いたものは添付できません。");
    let space = format!("この団体の添付ファイル：{}（{}まで）", size_label(used), size_label(TENANT_LIMIT).replace(".0", ""));
    section(
        "upload",
        "ファイルを添付する",
        note(space),
        view! {
            <p class="prose">"作成者名や位置情報は取り除いて保存します（画像の撮影情報、Word・Excel・PowerPointの文書のプロパティ、コメントや変更履歴の作成者名）。PDFのプロパティと、文書の本文は変わりません。"</p>
            {file_form(owner.url.clone(), view! {
                {file(filled, "file", &required("ファイル").hint(hint), ".pdf,.docx,.xlsx,.pptx,.jpg,.jpeg,.png,.webp,.csv,.txt")}
                {owner.subject.kind.can_be_published().then(|| {
                    let label = optional("どの期間の根拠か").hint("報告した実績の根拠になる資料のときに選びます。年度を選ぶと、その年度の上半期・下半期の根拠にもなります。");
                    select(filled, "evidence_for", &label, &evidence::periods(today), "根拠ではない")
                })}
                {input(filled, "title", &optional("表題").hint("空のときは、ファイル名を表題にします。"), TEXT)}
            }, "添付する")}
        },
    )
}
