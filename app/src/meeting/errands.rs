//! 対応事項: what somebody has to do after a meeting, until it is done.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    form::FormErrors,
    ids::{ErrandId, MemberId},
    meeting::{State, day_label},
    text::sentences,
};
use rashin_store::{
    TenantTx,
    minutes::{Errand, Errands, NewErrand},
};

use super::{Hall, meeting_url, notice};
use crate::{
    tenancy::home::Task,
    ui::{
        field::{Filled, TEXT, date, day, hidden, input, optional, required, select, side_form},
        section::{empty, note, section},
    },
    update::updates_url,
    web::{Posted, Refusal, Visit},
};

/// Longest text, in characters.
const TEXT_LIMIT: usize = 200;

/// Errands in a list, with a button for what the member may call done. `me`: who looks, and whether they may for everybody.
pub fn list(city: &str, errands: &[Errand], today: jiff::civil::Date, me: Option<(MemberId, bool, &'static str)>) -> AnyView {
    let items = errands.iter().map(|errand| {
        let (kind, when) = match &errand.done {
            Some((on, by)) => ("済み", format!("{}に済み（{by}）", day_label(*on))),
            None if errand.is_overdue(today) => ("期限超過", format!("期限 {}を過ぎています", day_label(errand.due))),
            None => ("未了", format!("期限 {}", day_label(errand.due))),
        };
        let may = me.filter(|(me, all, _)| errand.done.is_none() && (*all || errand.owner == *me));
        let done = may.map(|(.., from)| {
            view! {
                <form method="post" action=format!("/{city}/staff/errands/{}/completions", errand.id)>
                    {hidden("from", from)}
                    <button class="dads-button" data-type="outline" data-size="sm">"済みにする"<span class="vh">{format!("：{}", errand.text)}</span></button>
                </form>
            }
        });
        let (number, title) = errand.meeting.clone();
        view! {
            <li>
                <span class="rashin-task-list__kind" data-late=errand.is_overdue(today).then_some("")>{kind}</span>
                <span class="rashin-task-list__body">{errand.text.clone()}<br/><span class="note">{format!("{}　{when}　", errand.owner_name)}<a href=meeting_url(city, number)>{title}</a></span></span>
                {done}
            </li>
        }
    });
    view! { <ul class="rashin-task-list rashin-errands">{items.collect_view()}</ul> }.into_any()
}

/// On the page of a meeting, with the form for another one.
pub fn section_of(city: &str, hall: &Hall, errands: &[Errand], is_host: bool, me: Option<MemberId>, filled: &Filled) -> AnyView {
    let body = match errands.is_empty() {
        true => empty("対応事項はありません。", None).into_any(),
        false => list(city, errands, hall.council.today, me.map(|me| (me, is_host, "meeting"))),
    };
    let give = (is_host && hall.sitting.meeting.state != State::CalledOff).then(|| {
        let people: Vec<_> = hall.council.members.iter().map(|member| (member.id.to_string(), member.name.clone())).collect();
        let cases: Vec<_> = (hall.sitting.agenda.iter())
            .filter_map(|point| point.case.as_ref().map(|case| (case.number.to_string(), format!("案件 {}　{}", case.number, case.title))))
            .collect();
        let fields = view! {
            {input(filled, "errand", &required("すること").hint("例：窓口の人員の見込みを確かめる"), TEXT)}
            {select(filled, "owner", &required("担当").hint("わたしの更新とホームに出ます。"), &people, "選択してください")}
            {date(filled, &required("期限"), &day("due"))}
            {(!cases.is_empty()).then(|| select(filled, "about", &optional("関係する案件"), &cases, "なし"))}
        };
        let open = filled.errors.fields().any(|field| ["errand", "owner", "due_year", "due_month", "due_day"].contains(&field));
        view! { <details class="rashin-detail" open=open><summary>"対応事項を加える"</summary>{side_form(format!("{}/errands", meeting_url(city, hall.sitting.number)), fields, "対応事項を加える")}</details> }
    });
    let open = errands.iter().filter(|errand| errand.done.is_none()).count();
    section("errands", "対応事項", note(format!("未了 {open}件")), view! { {body}{give} })
}

/// `POST /{city}/staff/meetings/{number}/errands`. Fields: `errand`, `owner`, `due_*`, `about` (number of a case).
pub async fn give(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = meeting_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let (mut tx, hall, permit) = Hall::run(&visit, &city, number).await?;
    let mut errors = FormErrors::default();
    let text = form.required("errand", "すること", TEXT_LIMIT, &mut errors);
    let owner = hall.council.members.iter().find(|member| member.id.to_string() == form.get("owner")).map(|member| member.id);
    if owner.is_none() {
        errors.push::<()>("owner", sentences::choose("担当"));
    }
    let due = form.date("due", "期限", &mut errors);
    match due {
        Some(None) => errors.push("due_year", sentences::enter("期限")).unwrap_or_default(),
        Some(Some(day)) if day < hall.council.today => {
            errors.push("due_year", "期限は、今日以後の日にしてください。".to_owned()).unwrap_or_default()
        }
        _ => {}
    }
    let about =
        hall.sitting.agenda.iter().filter_map(|point| point.case.as_ref()).find(|case| case.number.to_string() == form.get("about"));
    let (Some(owner), Some(due), true) = (owner, due.flatten(), errors.is_empty()) else { return visit.back(&page, form, errors).await };
    let new = NewErrand { text, owner, due, case: about.map(|case| case.id) };
    let id = tx.give_errand(permit, &hall.sitting, &new).await?;
    tx.notify(&[notice::of_errand(&hall.sitting, id, &new)]).await?;
    tx.commit().await?;
    visit.go(&format!("{page}#errands"), "対応事項を加えました", "担当に知らせました。").await
}

/// `POST /{city}/staff/errands/{errand}/completions`: by whose it is, or who runs the meeting. `from`: the page to go back to.
pub async fn finish(visit: Visit, Path((city, id)): Path<(String, ErrandId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    visit.or_hold(&updates_url(&city), &form).await?;
    let mut tx = visit.enter(&city).await?;
    let errand = tx.errands(Errands::One(id)).await?.pop().ok_or(Refusal::NotFound)?;
    let hall = Hall::load(&mut tx, errand.meeting.0).await?;
    let may = hall.hosts().into_iter().chain([errand.owner]).collect();
    let permit = visit.permit(&mut tx, &Action::Meet { may: &may }).await?;
    if errand.done.is_none() {
        tx.finish_errand(permit, &errand).await?;
    }
    tx.commit().await?;
    let back = match form.get("from") {
        "updates" => updates_url(&city),
        _ => format!("{}#errands", meeting_url(&city, errand.meeting.0)),
    };
    visit.go(&back, "対応事項を済みにしました", errand.text).await
}

/// What the member has still to do, as a section of わたしの更新; nothing without any.
pub async fn mine(tx: &mut TenantTx, city: &str) -> Result<Option<AnyView>, Refusal> {
    let Some(me) = tx.member().map(|member| member.id) else { return Ok(None) };
    let (errands, today) = (tx.errands(Errands::Open(me)).await?, tx.today());
    Ok((!errands.is_empty()).then(|| {
        section(
            "my-errands",
            "会議の対応事項",
            note(format!("{}件", errands.len())),
            list(city, &errands, today, Some((me, false, "updates"))),
        )
    }))
}

/// The same as lines of the home page.
pub async fn tasks(tx: &mut TenantTx, city: &str) -> Result<Vec<Task>, Refusal> {
    let Some(me) = tx.member().map(|member| member.id) else { return Ok(Vec::new()) };
    let today = tx.today();
    let task = |errand: Errand| {
        let over = if errand.is_overdue(today) { "を過ぎています" } else { "" };
        Task {
            kind: "対応事項",
            href: format!("{}#my-errands", updates_url(city)),
            detail: format!("期限 {}{over}　{}", day_label(errand.due), errand.meeting.1),
            title: errand.text,
        }
    };
    Ok(tx.errands(Errands::Open(me)).await?.into_iter().map(task).collect())
}
