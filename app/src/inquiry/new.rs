//! `/{city}/staff/plans/{plan}/inquiries/new`: what is asked, of whom, until when.

use axum::{extract::Path, response::Response};
use jiff::{ToSpan, civil::Date};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::{date_label, moment_label},
    draft::{
        compare::compare,
        fields::{Choices, options},
    },
    form::Form,
    ids::InquiryId,
    inquiry::{Asking, Department, Snapshot},
    publish::edition_label,
};
use rashin_store::{
    TenantTx,
    draft::Desk,
    tenancy::{Section, tree},
};

use super::{
    letters::{Letter, Letters},
    url,
};
use crate::{
    editor::{Place, look, page},
    ui::{
        field::{Filled, TEXT, checkbox, date, day, group, hidden, input, optional, post_form, required, select, textarea},
        section::page_head,
    },
    web::{Page, Posted, Refusal, Visit},
};

pub async fn new(visit: Visit, Path((city, plan)): Path<(String, String)>) -> Result<Page, Refusal> {
    let place = Place::new(&city, &plan);
    let (mut tx, desk) = look(&visit, &place).await?;
    let departments = departments(&tx.sections().await?);
    let snapshot = snapshot(&mut tx, &desk).await?;
    let id = InquiryId(visit.app.db.ids.uuid(tx.now()));
    let filled = Filled::new(visit.take_held().await?, || beginning(&desk.plan.title, id, tx.today()));
    let count = compare(&snapshot.base, &snapshot.draft).len();
    let lead = match count {
        0 => format!("いまの案は、{}から変わっていません。このまま計画への意見を集めることもできます。", snapshot.against),
        count => format!("いまの案は、{}から{count}か所が変わります。", snapshot.against),
    };
    let main = view! {
        {filled.summary()}
        {page_head(desk.plan.title.clone(), "部署へ照会する", ())}
        <p class="lead">{lead}</p>
        <p class="note">"送ったときの案を写して残します。そのあとに案を編集しても、照会した内容は変わりません。"</p>
        {post_form(
            place.url("/inquiries"),
            view! {
                {hidden("inquiry", filled.form.get("inquiry"))}
                {input(&filled, "title", &required("件名"), TEXT)}
                {textarea(&filled, "message", &optional("照会文").hint("見てほしいところ、回答のしかたなど。"), 5)}
                {select(&filled, "branch", &optional("照会する範囲"), &options(Choices::Nodes, desk.content()), "計画全体")}
                {date(&filled, &required("回答期限"), &day("deadline"))}
                {recipients(&filled, &departments)}
            },
            "照会を送る",
        )}
    };
    let above = [(desk.plan.title.clone(), place.url("")), ("庁内照会".to_owned(), place.url("/inquiries"))];
    page(&visit, &tx, &place, &desk, &above, filled.title("部署へ照会する"), main).await
}

fn beginning(plan: &str, id: InquiryId, today: Date) -> Form {
    let mut form = Form::default();
    form.set("inquiry", id.to_string());
    form.set("title", format!("{plan}（案）への意見照会"));
    form.set("message", "計画の案について、所管する取組と指標を中心に確認し、意見があれば項目ごとに記入してください。");
    form.set_date("deadline", today.saturating_add(14.days()));
    form
}

fn recipients(filled: &Filled, departments: &[Department]) -> impl IntoView + use<> {
    let lists = departments.iter().map(|department| {
        let (name, all) = match &department.head {
            Some((key, name)) => (name.clone(), (format!("all.{key}"), format!("{name}のすべての課"))),
            // Small towns have no 部.
            None if departments.len() == 1 => ("部署".to_owned(), ("all.".to_owned(), "すべての部署".to_owned())),
            None => ("部に属さない部署".to_owned(), ("all.".to_owned(), "部に属さないすべての部署".to_owned())),
        };
        let boxes = department.sections.iter().map(|(_, key, name)| {
            let head = department.head.as_ref().is_some_and(|(head, _)| head == key);
            let words = if head { format!("{name}（全体として）") } else { name.clone() };
            checkbox(filled, &format!("section.{key}"), words)
        });
        view! {
            <div role="group" aria-label=name class="rashin-asked">
                <p class="rashin-asked__all">{checkbox(filled, &all.0, all.1)}</p>
                <div class="rashin-update__choices">{boxes.collect_view()}</div>
            </div>
        }
    });
    let label = required("照会先").hint("承認者と担当にメールで知らせ、ホームに表示します。");
    group(filled, "section", &label, lists.collect_view())
}

/// 部 and 課 of today by the 部 on top; 係 answer through their 課.
fn departments(sections: &[Section]) -> Vec<Department> {
    let tree = tree(sections);
    let asked: Vec<&Section> = sections.iter().filter(|section| section.kind != "係").collect();
    let one = |section: &Section| (section.id, section.key.clone(), section.name.clone());
    let below = |top: &Section| asked.iter().filter(|section| tree.is_within(section.id, top.id)).map(|section| one(section)).collect();
    let (mut departments, mut alone) = (Vec::new(), Vec::new());
    for top in asked.iter().filter(|section| section.parent.is_none()) {
        let sections: Vec<_> = below(top);
        match sections.len() {
            1 => alone.extend(sections),
            _ => departments.push(Department { head: Some((top.key.clone(), top.name.clone())), sections }),
        }
    }
    if !alone.is_empty() {
        departments.push(Department { head: None, sections: alone });
    }
    departments
}

/// The draft as it is now, and what it is compared with: the newest edition, or the live plan.
async fn snapshot(tx: &mut TenantTx, desk: &Desk) -> Result<Snapshot, Refusal> {
    let edition = tx.newest_edition(desk.plan.id).await?.map(|(_, edition)| edition);
    let draft = desk.content().clone();
    Ok(match edition {
        Some(edition) => {
            let against = format!("{}（{}公表）", edition_label(edition.number), date_label(edition.published_on));
            Snapshot { against, base: edition.content, draft }
        }
        None => Snapshot { against: format!("{}現在の計画", moment_label(tx.now())), base: desk.live.clone(), draft },
    })
}

pub async fn send(visit: Visit, Path((city, plan)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let place = Place::new(&city, &plan);
    let back = place.url("/inquiries/new");
    visit.or_hold(&back, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let desk = tx.desk(&plan).await?;
    let departments = departments(&tx.sections().await?);
    let asking = match Asking::parse(&form, desk.content(), &departments, tx.today()) {
        Ok(asking) => asking,
        Err(errors) => return visit.back(&back, form, errors).await,
    };
    let snapshot = snapshot(&mut tx, &desk).await?;
    let id = form.get("inquiry").parse().unwrap_or_else(|_| InquiryId(visit.app.db.ids.uuid(tx.now())));
    let to = url(&city, id);
    match tx.send_inquiry(permit, id, desk.plan.id, &asking, &snapshot).await {
        Ok(()) => {}
        // A second click.
        Err(error) if error.is_conflict_on("inquiries_pkey") => return visit.go(&to, "照会は送られています", "").await,
        Err(error) => return Err(error.into()),
    }
    let inquiry = tx.inquiry(id).await?;
    tx.tell_of_inquiry(&inquiry).await?;
    let concern = super::concern(&mut tx, inquiry).await?;
    let letters = Letters::write(&visit.app, &mut tx, &concern, &asking.sections, Letter::Sent).await?;
    tx.commit().await?;
    let words = format!("{}人にメールで知らせました。回答期限は{}です。", letters.count(), date_label(asking.deadline));
    letters.deliver(&visit.app);
    visit.go(&to, format!("{}部署へ照会を送りました", asking.sections.len()), words).await
}
