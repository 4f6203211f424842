//! A case as it is given out on request (情報公開): everything that is kept of it, with posts instead of names, on paper or
//! as a ZIP with its files.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::Path,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, civil::Date};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    attachment::SubjectKind,
    case::{Act, Standing, words::changes},
    clock::{date_label, japan_date, moment_label},
    ids::MemberId,
    record::{RecordKind, until_label},
};
use rashin_store::{
    TenantTx,
    attachment::{Attachment, Subject},
    case::{CaseFile, Version},
    postings::HeldPosting,
};
use serde_json::json;
use tokio_util::io::ReaderStream;

use crate::{
    audit::{archive::Archive, download},
    case::{
        case_url, decided_words,
        form::{crumbs, load},
        offer::Offer,
        standing_words,
    },
    council::Council,
    ui::{
        frame::{Frame, Here},
        section::{note, page_head},
    },
    web::{Page, Refusal, Visit},
};

/// All that is given out.
struct Dossier {
    city: String,
    filed: CaseFile,
    council: Council,
    versions: Vec<Version>,
    offer: Offer,
    files: Vec<Attachment>,
    postings: BTreeMap<MemberId, Vec<HeldPosting>>,
    kept_until: Option<String>,
    now: Timestamp,
}

impl Dossier {
    async fn load(tx: &mut TenantTx, number: i32) -> Result<Self, Refusal> {
        let (filed, council) = load(tx, number).await?;
        let subject = Subject { kind: SubjectKind::Case, plan: None, key: number.to_string() };
        let mut postings: BTreeMap<MemberId, Vec<HeldPosting>> = BTreeMap::new();
        for posting in tx.postings(None).await? {
            postings.entry(posting.member).or_default().push(posting);
        }
        let kept_until = match council.standing(&filed) {
            Standing::Ended { on, .. } => Some(until_label(tx.record_periods().await?.last_year(RecordKind::Cases, on))),
            Standing::At(_) => None,
        };
        let (versions, offer, files) = (tx.case_versions(filed.id).await?, Offer::load(tx).await?, tx.attachments(&subject).await?);
        Ok(Self { city: tx.city().name.clone(), filed, council, versions, offer, files, postings, kept_until, now: tx.now() })
    }

    /// 「市民課　主任」, as it was on a day; never a name.
    fn post(&self, member: MemberId, on: Date) -> String {
        let holds = |held: &&HeldPosting| held.posting.term.holds(on);
        let held = self.postings.get(&member).and_then(|all| all.iter().find(holds));
        let words = held.map(|held| [held.section_name.as_deref().unwrap_or_default(), &held.posting.post].join("　").trim().to_owned());
        words.filter(|words| !words.is_empty()).unwrap_or_else(|| "職員".to_owned())
    }

    fn paper(&self) -> AnyView {
        let filed = &self.filed;
        let opened = filed.events.first().map(|happened| happened.event.on).unwrap_or(self.council.today);
        let section = filed.section.and_then(|id| self.council.sections.iter().find(|section| section.id == id));
        let facts = [
            ("件名", filed.newest.content.title.clone()),
            ("提案した課", section.map_or_else(|| "—".to_owned(), |section| section.name.clone())),
            ("提案者", self.post(filed.case.proposer, opened)),
            ("経路", filed.route.name.clone()),
            ("起こした日", date_label(opened)),
            ("いまの段階", standing_words(filed, &self.council.standing(filed))),
            ("保存期限", self.kept_until.clone().unwrap_or_else(|| "終わるまで".to_owned())),
        ];
        let content = filed.newest.content.in_words(&|key| self.offer.named(key));
        let files = self.files.iter().map(|file| view! { <li>{format!("{}（{}）", file.title, file.file_name)}</li> }).collect_view();
        view! {
            <section class="section"><h2>"案件"</h2>{list(facts.map(|(label, words)| (label.to_owned(), words)).to_vec())}</section>
            <section class="section"><h2>{format!("内容（第{}版）", filed.newest.revision)}</h2>{list(content.into_iter().map(|(label, words)| (label.to_owned(), words)).collect())}</section>
            <section class="section"><h2>"書き直しの記録"</h2>{self.saves()}</section>
            <section class="section"><h2>"経緯と意見"</h2>{list(self.history())}</section>
            <section class="section"><h2>"添付ファイル"</h2>{if self.files.is_empty() { view! { <p>"ありません。"</p> }.into_any() } else { view! { <ul>{files}</ul> }.into_any() }}</section>
        }
        .into_any()
    }

    /// Each save with what it changed, oldest first.
    fn saves(&self) -> AnyView {
        let named = |key: &str| self.offer.named(key);
        let saves = self.versions.iter().rev().map(|version| {
            let before = self.versions.iter().find(|before| before.revision < version.revision);
            let changed = before.map(|before| changes(&before.content, &version.content, &named)).unwrap_or_default();
            let or_none = |words: String| if words.is_empty() { "（なし）".to_owned() } else { words };
            let lines = changed
                .into_iter()
                .map(|change| (change.label.to_owned(), format!("旧：{}\n新：{}", or_none(change.old), or_none(change.new))));
            let head = format!("第{}版　{}　{}", version.revision, moment_label(version.at), self.post(version.by, japan_date(version.at)));
            let lines = match before {
                Some(_) => list(lines.collect()),
                None => view! { <p>"はじめの版"</p> }.into_any(),
            };
            view! { <h3>{head}</h3>{lines} }
        });
        saves.collect_view().into_any()
    }

    /// What happened and what was said, oldest first: when and as what, then the words.
    fn history(&self) -> Vec<(String, String)> {
        let mut lines: Vec<(Timestamp, String, String)> = Vec::new();
        for happened in &self.filed.events {
            let (what, reason) = match &happened.event.act {
                Act::Opened => ("案件を起こした".to_owned(), ""),
                Act::Decided { reason, .. } => (decided_words(&self.filed, happened), reason.as_str()),
                Act::Withdrawn { reason } => ("取り下げた".to_owned(), reason.as_str()),
                Act::HandedOver { to } => (format!("提案者が代わった（{}）", self.post(*to, happened.event.on)), ""),
            };
            let parts = [what.as_str(), &happened.document, reason];
            let words = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
            lines.push((happened.at, happened.acted_as.clone(), words));
        }
        lines.extend(
            self.filed.remarks.iter().map(|said| (said.at, said.acted_as.clone(), format!("{}\n{}", said.kind.label(), said.text))),
        );
        lines.sort_by_key(|(at, ..)| *at);
        lines.into_iter().map(|(at, who, words)| (format!("{}　{who}", moment_label(at)), words)).collect()
    }

    /// A page that stands alone.
    fn html(&self) -> String {
        let title = format!("{} 案件 {}　{}", self.city, self.filed.number, self.filed.newest.content.title);
        let made = format!("{}に取り出した写し。職員の氏名は職名に置き換えています。", moment_label(self.now));
        let body = Owner::new().with(|| view! { <body><h1>{title.clone()}</h1><p>{made}</p>{self.paper()}</body> }.to_html());
        let title = title.replace('&', "&amp;").replace('<', "&lt;");
        format!("<!DOCTYPE html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>{title}</title></head>{body}</html>")
    }
}

/// Terms and words; line breaks as they were written.
fn list(lines: Vec<(String, String)>) -> AnyView {
    let lines = lines.into_iter().filter(|(_, words)| !words.is_empty());
    let lines = lines.map(|(term, words)| {
        let words = words.lines().enumerate().map(|(n, line)| view! { {(n > 0).then(|| view! { <br/> })}{line.to_owned()} }).collect_view();
        view! { <div><dt>{term}</dt><dd>{words}</dd></div> }
    });
    view! { <dl class="dads-description-list">{lines.collect_view()}</dl> }.into_any()
}

pub fn export_url(city: &str, number: i32) -> String {
    format!("{}/export", case_url(city, number))
}

/// `/{city}/staff/cases/{number}/export`: to be looked through and printed.
pub async fn paper(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let dossier = Dossier::load(&mut tx, number).await?;
    let _may = visit.permit(&mut tx, &Action::Constitute).await?;
    let link = view! { <p class="links"><a href=format!("{}.zip", export_url(&city, number)) download="">"添付ファイルと一緒にZIPで取り出す"</a></p> };
    let main = view! {
        {page_head(format!("案件 {number}"), "情報公開のための写し", link)}
        {note("職員の氏名は職名に置き換えています。文章と添付ファイルの中の氏名は、そのまま残ります。渡す前に確かめてください。取り出したことは記録に残ります。")}
        {dossier.paper()}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&dossier.filed)));
    Ok(Page::new(format!("情報公開のための写し 案件 {number}"), frame, main))
}

/// `/{city}/staff/cases/{number}/export.zip`: the paper and the files; the log tells of it.
pub async fn zip(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let dossier = Dossier::load(&mut tx, number).await?;
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    let archive = Archive::new();
    archive.add("case.html", dossier.html()).await;
    for (n, file) in dossier.files.iter().enumerate() {
        let name: String = file.file_name.chars().map(|c| if matches!(c, '/' | '\\') { '_' } else { c }).collect();
        archive.add(format!("files/{:02}-{name}", n + 1), tx.attachment_content(file.id).await?.bytes).await;
    }
    let packed = archive.finish().await.map_err(Refusal::incident)?;
    tx.taken_out(permit, &format!("case {number}"), json!({ "versions": dossier.versions.len(), "files": dossier.files.len() }));
    tx.commit().await?;
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(packed)));
    Ok((download(&format!("{city}-case-{number}.zip"), "application/zip"), body).into_response())
}
