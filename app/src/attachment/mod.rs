//! Files attached to nodes, KPIs, editions, cases and trainings: a page for those of each, a short list on the page of the thing itself.

pub mod actions;
pub mod page;
pub mod public;

use std::collections::BTreeSet;

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, SectionTree, decide},
    attachment::{SubjectKind, size_label},
    draft::Kind,
    ids::{AttachmentId, MemberId, SectionId},
    plan::Node,
    publish::edition_label,
};
use rashin_store::{
    TenantTx,
    attachment::{Attachment, FileContent, Subject},
    case::CaseFile,
    plan::PlanRef,
    tenancy::tree,
};

use crate::{
    case,
    council::Council,
    editor::{Place, segment},
    kpi::staff::{Live, staff_url},
    publish::pages::page_of,
    training,
    ui::section::{note, section},
    web::Refusal,
};

/// What files are attached to, and who may change them.
pub struct Owner {
    pub subject: Subject,
    pub title: String,
    /// Of the page of its files.
    pub url: String,
    /// The pages above below the home, from the top: the thing itself is the last. (label, address)
    pub above: Vec<(String, String)>,
    right: Right,
}

/// Whoever may change the thing may change its files.
enum Right {
    Edit,
    Report {
        responsible: Option<SectionId>,
        sections: SectionTree,
    },
    /// Who writes the case, whose turn it is, and 事務局.
    Case(BTreeSet<MemberId>),
    /// Who keeps their records.
    Training(BTreeSet<MemberId>),
}

impl Owner {
    /// A KPI that is reported on; for those who edit, also one that is only in a draft or in another plan.
    pub async fn kpi(tx: &mut TenantTx, city: &str, code: &str) -> Result<Self, Refusal> {
        match Live::load(tx, code).await {
            Ok(live) => Ok(Self::of_live(&live, city)),
            Err(Refusal::NotFound) if decide(tx.actor(), &Action::Edit).is_ok() => Self::of_edited_kpi(tx, city, code).await,
            Err(refusal) => Err(refusal),
        }
    }

    async fn of_edited_kpi(tx: &mut TenantTx, city: &str, code: &str) -> Result<Self, Refusal> {
        for plan in tx.plans().await? {
            let desk = tx.desk_of(plan).await?;
            let Some(kpi) = desk.content().kpi(code) else { continue };
            return Ok(Self {
                subject: Subject { kind: SubjectKind::Kpi, plan: None, key: code.to_owned() },
                title: kpi.name.clone(),
                url: format!("{}/attachments", staff_url(city, code)),
                above: edited(city, &desk.plan, (kpi.name.clone(), Place::new(city, &desk.plan.slug).object(Kind::Kpi, code))),
                right: Right::Edit,
            });
        }
        Err(Refusal::NotFound)
    }

    pub fn of_live(live: &Live, city: &str) -> Self {
        let (page, name) = (staff_url(city, &live.kpi.code), live.kpi.name.clone());
        Self {
            subject: Subject { kind: SubjectKind::Kpi, plan: None, key: live.kpi.code.clone() },
            title: name.clone(),
            url: format!("{page}/attachments"),
            above: vec![("指標".to_owned(), format!("/{city}/staff/kpis")), (name, page)],
            right: Right::Report { responsible: live.responsible_id(), sections: tree(&live.sections) },
        }
    }

    /// A node of the plan; of its draft for those who edit it.
    pub async fn node(tx: &mut TenantTx, city: &str, plan: &str, key: &str) -> Result<Self, Refusal> {
        let desk = tx.desk(plan).await?;
        let content = if decide(tx.actor(), &Action::Edit).is_ok() { desk.content() } else { &desk.live };
        let node = content.node(key).or_else(|| desk.live.node(key)).ok_or(Refusal::NotFound)?;
        Ok(Self::of_node(city, &desk.plan, node))
    }

    pub fn of_node(city: &str, plan: &PlanRef, node: &Node) -> Self {
        let below = format!("/{city}/staff/plans/{}", plan.slug);
        let key = segment(&node.key);
        Self {
            subject: Subject { kind: SubjectKind::Node, plan: Some(plan.id), key: node.key.clone() },
            title: node.title.clone(),
            url: format!("{below}/nodes/{key}/attachments"),
            above: edited(city, plan, (node.title.clone(), format!("{below}/objects/nodes/{key}"))),
            right: Right::Edit,
        }
    }

    pub async fn edition(tx: &mut TenantTx, city: &str, plan: &str, number: i32) -> Result<Self, Refusal> {
        let plan = tx.plan_named(plan).await?;
        tx.edition_record(&plan.slug, number).await?;
        let page = crate::publish::edition::url(city, &plan.slug, number);
        Ok(Self {
            subject: Subject { kind: SubjectKind::Edition, plan: Some(plan.id), key: number.to_string() },
            title: format!("{} {}", plan.title, edition_label(number)),
            url: format!("{page}/attachments"),
            above: vec![("公表".to_owned(), page_of(city, &plan.slug)), (format!("{}の記録", edition_label(number)), page)],
            right: Right::Edit,
        })
    }

    pub async fn case(tx: &mut TenantTx, city: &str, number: i32) -> Result<Self, Refusal> {
        let (filed, council) = case::form::load(tx, number).await?;
        Ok(Self::of_case(city, &filed, &council))
    }

    pub fn of_case(city: &str, filed: &CaseFile, council: &Council) -> Self {
        let (page, title) = (case::case_url(city, filed.number), filed.newest.content.title.clone());
        let acts = council.members.iter().map(|member| member.id).filter(|id| council.may_act(filed, *id));
        Self {
            subject: Subject { kind: SubjectKind::Case, plan: None, key: filed.number.to_string() },
            title: title.clone(),
            url: format!("{page}/attachments"),
            above: vec![("案件".to_owned(), case::cases_url(city)), (title, page)],
            right: Right::Case(acts.chain(filed.authors.iter().copied()).chain(council.office()).collect()),
        }
    }

    pub async fn training(tx: &mut TenantTx, city: &str, number: i32) -> Result<Self, Refusal> {
        let held = tx.training(number).await?;
        Ok(Self {
            subject: Subject { kind: SubjectKind::Training, plan: None, key: number.to_string() },
            title: held.training.title.clone(),
            url: format!("{}/attachments", training::training_url(city, number)),
            above: training::crumbs(city, Some(&held)),
            right: Right::Training(training::trainers(tx).await?),
        })
    }

    /// What a file is attached to.
    async fn of(tx: &mut TenantTx, city: &str, file: &Attachment) -> Result<Self, Refusal> {
        let key = &file.subject.key;
        match (file.subject.kind, key.parse()) {
            (SubjectKind::Kpi, _) => return Self::kpi(tx, city, key).await,
            (SubjectKind::Training, Ok(number)) => return Self::training(tx, city, number).await,
            (SubjectKind::Case, Ok(number)) => return Self::case(tx, city, number).await,
            _ => {}
        }
        let plan = tx.plans().await?.into_iter().find(|plan| Some(plan.id) == file.subject.plan).ok_or(Refusal::NotFound)?.slug;
        match key.parse() {
            Ok(number) if file.subject.kind == SubjectKind::Edition => Self::edition(tx, city, &plan, number).await,
            _ => Self::node(tx, city, &plan, key).await,
        }
    }

    /// What attaching to it or removing from it is.
    fn action(&self) -> Action<'_> {
        match &self.right {
            Right::Edit => Action::Edit,
            Right::Case(turn) => Action::ActOnCase { turn },
            Right::Training(by) => Action::Train { by },
            Right::Report { responsible, sections } => Action::Report { responsible: *responsible, sections },
        }
    }

    fn may_change(&self, tx: &TenantTx) -> bool {
        decide(tx.actor(), &self.action()).is_ok()
    }
}

/// The way down to an object of the plan's editor.
fn edited(city: &str, plan: &PlanRef, object: (String, String)) -> Vec<(String, String)> {
    let plans = format!("/{city}/staff/plans");
    let own = (plan.title.clone(), format!("{plans}/{}", plan.slug));
    vec![("計画の編集".to_owned(), plans), own, object]
}

pub fn staff_file_url(city: &str, id: AttachmentId) -> String {
    format!("/{city}/staff/attachments/{id}")
}

/// 「添付ファイル」 on the page of what they are attached to. Nothing for those who find none and may add none.
pub async fn shelf(tx: &mut TenantTx, owner: &Owner) -> Result<AnyView, Refusal> {
    let files = tx.attachments(&owner.subject).await?;
    let may_change = owner.may_change(tx);
    if files.is_empty() && !may_change {
        return Ok(().into_any());
    }
    let city = tx.city().slug.clone();
    let items = files.iter().map(|file| view! { <li>{link(&city, file)}<span class="note">{weight(file)}</span></li> }).collect_view();
    let all = if may_change { "追加・削除する" } else { "くわしく見る" };
    Ok(section(
        "attachments",
        "添付ファイル",
        view! { <p><a href=owner.url.clone() aria-label=format!("添付ファイルを{all}")>{all}</a></p> },
        if files.is_empty() {
            note("まだありません。").into_any()
        } else {
            view! { <ul class="rashin-task-list" data-two="">{items}</ul> }.into_any()
        },
    ))
}

pub fn link(city: &str, file: &Attachment) -> impl IntoView + use<> {
    view! { <a href=staff_file_url(city, file.id) download="">{file.title.clone()}</a> }
}

/// 「PDF 1.2MB」
fn weight(file: &Attachment) -> String {
    format!("{} {}", file.kind.label(), size_label(file.size))
}

/// A file to be saved, never to be shown or run by the browser. `cache`: the value of `Cache-Control`.
fn download(file: FileContent, cache: &'static str) -> Response {
    let end = file.kind.extensions()[0];
    // RFC 6266: the plain name for old programs, the real one as RFC 5987 says.
    let disposition = format!("attachment; filename=\"file.{end}\"; filename*=UTF-8''{}", segment(&file.name));
    let Ok(disposition) = HeaderValue::from_str(&disposition) else { return Refusal::incident("a file name is no header").into_response() };
    let fixed = HeaderValue::from_static;
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, fixed(file.kind.code())),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, fixed(cache)),
        (header::CONTENT_SECURITY_POLICY, fixed("default-src 'none'; sandbox")),
    ];
    (headers, file.bytes).into_response()
}
