//! 庁内照会: 事務局 sends a draft to sections, they comment, and the comments are answered and rolled up for the meeting.

pub mod actions;
mod letters;
pub mod list;
pub mod new;
mod office;
pub mod page;
mod section;
pub mod table;
pub mod tasks;

use leptos::prelude::*;
use rashin_domain::{
    access::{Role, SectionTree, asked_in_line, speaks_for},
    clock::{date_label, moment_label},
    draft::{Kind, label},
    ids::{InquiryId, SectionId},
    inquiry::{Comment, Snapshot, Standing, Subject},
};
use rashin_store::{TenantTx, inquiry::Inquiry, tenancy::tree};

use crate::{
    ui::{
        frame::{Frame, Here},
        section::facts,
    },
    web::{Refusal, Visit},
};

/// The address of one inquiry.
fn url(city: &str, inquiry: InquiryId) -> String {
    format!("/{city}/staff/inquiries/{inquiry}")
}

/// An inquiry, and how far the visitor has to do with it.
struct Concern {
    inquiry: Inquiry,
    tree: SectionTree,
    /// Asked sections for which the visitor may answer.
    speaks: Vec<SectionId>,
    /// Asked sections whose line the visitor belongs to.
    line: Vec<SectionId>,
    is_office: bool,
    /// 事務局 and 管理者 see what every section said.
    sees_all: bool,
}

impl Concern {
    fn url(&self, city: &str) -> String {
        url(city, self.inquiry.id)
    }

    fn name(&self, section: SectionId) -> String {
        self.inquiry.asked.iter().find(|asked| asked.section == section).map(|asked| asked.name.clone()).unwrap_or_default()
    }
}

/// Opens an inquiry. It is not there for those whom it does not concern.
async fn open(visit: &Visit, city: &str, id: InquiryId) -> Result<(TenantTx, Concern), Refusal> {
    let mut tx = visit.enter(city).await?;
    let inquiry = tx.inquiry(id).await?;
    let concern = concern(&mut tx, inquiry).await?;
    Ok((tx, concern))
}

/// The same to change it: others wait.
async fn change(visit: &Visit, city: &str, id: InquiryId) -> Result<(TenantTx, Concern), Refusal> {
    let mut tx = visit.enter(city).await?;
    let inquiry = tx.inquiry_to_change(id).await?;
    let concern = concern(&mut tx, inquiry).await?;
    Ok((tx, concern))
}

async fn concern(tx: &mut TenantTx, inquiry: Inquiry) -> Result<Concern, Refusal> {
    let tree = tree(&tx.sections().await?);
    let member = tx.member().ok_or(Refusal::NotFound)?;
    let asked = inquiry.sections();
    let (speaks, line) = (speaks_for(member, &asked, &tree), asked_in_line(member, &asked, &tree));
    let is_office = member.has(Role::Secretariat);
    let sees_all = is_office || member.has(Role::Admin);
    if !sees_all && line.is_empty() {
        return Err(Refusal::NotFound);
    }
    Ok(Concern { inquiry, tree, speaks, line, is_office, sees_all })
}

async fn frame(visit: &Visit, tx: &TenantTx, city: &str, concern: &Concern, snapshot: &Snapshot) -> Result<Frame, Refusal> {
    let mut crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff"))];
    if concern.is_office {
        crumbs.push(("庁内照会".to_owned(), format!("/{city}/staff/plans/{}/inquiries", concern.inquiry.plan)));
    }
    let notice = Some(snapshot.draft.plan.notice.clone()).filter(|notice| !notice.is_empty());
    let here = if concern.is_office { Here::Plans } else { Here::None };
    Ok(Frame::staff(tx, notice, here).crumbs(crumbs).flash(visit.take_flash().await?))
}

/// 「計画全体」, or the name of the branch.
fn scope(inquiry: &Inquiry, snapshot: &Snapshot) -> String {
    inquiry.branch.as_deref().map_or_else(|| "計画全体".to_owned(), |key| label(&snapshot.draft, Kind::Node, key))
}

/// What is asked, of what, by whom, until when.
fn terms(inquiry: &Inquiry, snapshot: &Snapshot, standing: Standing) -> impl IntoView + use<> {
    let text = |words: String| view! { <span>{words}</span> }.into_any();
    let sender = inquiry.sender_name.clone().unwrap_or_default();
    let closed = inquiry.closed_at.map(|at| format!("（{}）", moment_label(at))).unwrap_or_default();
    let mut rows = vec![
        ("回答期限", text(date_label(inquiry.deadline))),
        ("状態", text(format!("{}{closed}", standing.label()))),
        ("範囲", text(scope(inquiry, snapshot))),
        ("比べるもの", text(snapshot.against.clone())),
        ("送付", text(format!("{}　{sender}", moment_label(inquiry.sent_at)))),
    ];
    if !inquiry.message.is_empty() {
        rows.push(("照会文", view! { <p class="rashin-quote">{inquiry.message.clone()}</p> }.into_any()));
    }
    facts(rows)
}

/// Words and moment of a comment, and what became of it.
fn comment_view(comment: &Comment, more: AnyView) -> impl IntoView + use<> {
    let who = format!("{}　{}　{}", comment.section_name, comment.member_name, moment_label(comment.at));
    let answer = comment.answer.as_ref().map(|answer| {
        let words = format!("対応：{}", answer.outcome.label());
        let by = format!("{}　{}", answer.member_name, moment_label(answer.at));
        let text = (!answer.text.is_empty()).then(|| view! { <p class="rashin-difference">{answer.text.clone()}</p> });
        view! { <div class="rashin-comment__answer"><p><b>{words}</b>" "<span class="note">{by}</span></p>{text}</div> }
    });
    view! {
        <li class="rashin-comment" id=format!("c-{}", comment.id)>
            <p class="note">{who}</p>
            <p class="rashin-quote">{comment.text.clone()}</p>
            {answer}
            {more}
        </li>
    }
}

/// The heading of a subject: its name, its kind, what becomes of it.
fn subject_head(subject: &Subject) -> impl IntoView + use<> {
    let kind = if subject.kind == Kind::Kpi { "指標" } else { "取組など" };
    let what = subject.what.map(|what| view! { " "<span class="rashin-reading">{what.word()}</span> });
    view! { {subject.label.clone()}{what}" "<span class="note">{kind}</span> }
}
