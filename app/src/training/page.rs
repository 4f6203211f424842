//! `/{city}/staff/trainings/{number}`: one training, who came, its materials, and the KPI that it counts for.

use axum::extract::Path;
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::{FiscalYear, date_label, moment_label},
    training::Training,
};
use rashin_store::training::{Attended, Held};

use super::{attendance::OUTSIDE, crumbs, may, proposal, training_url};
use crate::{
    attachment::{Owner, shelf},
    kpi::staff::staff_url,
    ui::{
        frame::{Frame, Here},
        section::{col, empty, facts, note, num, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

pub async fn training(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let held = tx.training(number).await?;
    let (may, today) = (may(&mut tx).await?, tx.today());
    let training = &held.training;
    let counted = proposal::of_training(&mut tx, training).await?;
    let owner = Owner::training(&mut tx, &city, number).await?;
    let files = shelf(&mut tx, &owner).await?;
    let edit = may.then(|| view! { <p class="links"><a href=format!("{}/edit", training_url(&city, number))>"記録を直す"</a></p> });
    let name = counted.as_ref().map(|about| about.name.clone());
    let main = view! {
        {page_head(format!("{}　{}", training.kind.label(), FiscalYear::of(training.on).label()), training.title.clone(), edit)}
        <p class="lead">{lead(&held, today)}</p>
        <div class="cols" data-cols="8-4">
            <div class="stack">
                {facts(said(&city, training, name))}
                {attendance(&city, &held, may, today)}
            </div>
            <div class="stack">
                {counted.map(|about| section("counts", "実績の案", (), about.view(&city)))}
                {files}
            </div>
        </div>
        {note(format!("最後の保存：{}　{}", moment_label(held.saved_at), held.saved_by))}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, None)).flash(visit.take_flash().await?);
    Ok(Page::new(training.title.clone(), frame, main))
}

fn lead(held: &Held, today: Date) -> String {
    let (training, on) = (&held.training, date_label(held.training.on));
    match (training.called_off, training.was_held(today), held.attendees()) {
        (true, ..) => format!("{on}の予定でしたが、中止しました。"),
        (false, false, _) => format!("{on}に予定しています。"),
        (false, true, 0) => format!("{on}に行いました。参加者はまだ記録していません。"),
        (false, true, attendees) => format!("{on}に行い、{attendees}人が参加しました。"),
    }
}

/// What was said of it but for its kind and its title, for a list of facts. `name`: of the KPI, where it is known.
pub fn said(city: &str, training: &Training, name: Option<String>) -> Vec<(&'static str, AnyView)> {
    let mut rows = vec![("開く日", date_label(training.on).into_any()), ("開き方", training.manner.label().into_any())];
    if !training.place.is_empty() {
        rows.push(("場所", training.place.clone().into_any()));
    }
    if !training.text.is_empty() {
        rows.push(("内容", view! { <span class="rashin-lines">{training.text.clone()}</span> }.into_any()));
    }
    if !training.links.is_empty() {
        let links = training.links.iter().map(|link| view! { <li><a href=link.clone() rel="noreferrer">{link.clone()}</a></li> });
        rows.push(("資料のリンク", view! { <ul class="rashin-lines">{links.collect_view()}</ul> }.into_any()));
    }
    if let Some(tie) = &training.tie {
        let words = name.map_or_else(|| tie.code.clone(), |name| format!("{}　{name}", tie.code));
        rows.push(("数える指標", view! { <a href=staff_url(city, &tie.code)>{words}</a> }.into_any()));
    }
    if training.called_off {
        rows.push(("中止", "中止した".into_any()));
    }
    rows
}

fn attendance(city: &str, held: &Held, may: bool, today: Date) -> AnyView {
    let was_held = held.training.was_held(today);
    let href = format!("{}/attendance", training_url(city, held.number));
    let words = if held.attendance.is_empty() { "参加者を記録する" } else { "参加者を直す" };
    let look = if held.attendance.is_empty() { "solid-fill" } else { "outline" };
    let record = (may && was_held).then(|| view! { <p class="actions"><a class="dads-button" data-type=look href=href>{words}</a></p> });
    let body = match (held.attendance.is_empty(), was_held) {
        (true, false) => empty("当日から、部署ごとの参加者数を記録できます。", None),
        (true, true) => empty("参加者はまだ記録されていません。", None),
        (false, _) => listed(held),
    };
    section("attendance", "参加者", (), view! { {body}{record} })
}

const SUM: &str = "合計";

fn listed(held: &Held) -> AnyView {
    let row = |name: String, attendees: i64| {
        let is_sum = name == SUM;
        view! {
            <tr role="row" class=is_sum.then_some("rashin-sum")>
                <th scope="row" role="rowheader">{name}</th>
                <td role="cell" class="num"><span class="dads-table__cell-label">"参加者"</span><span>{format!("{attendees}人")}</span></td>
            </tr>
        }
    };
    let rows = held.attendance.iter().map(|attended| row(place(attended), attended.attendees.into())).collect_view();
    let sections = held.attendance.iter().filter(|attended| attended.section.is_some()).count();
    let sum = row(SUM.to_owned(), held.attendees());
    let body = view! { <tbody role="rowgroup">{rows}{sum}</tbody> }.into_any();
    table("attendees", format!("{sections}部署から"), vec![col("部署"), num("参加者")], body, true)
}

/// The section's name, or that they came from outside.
pub fn place(attended: &Attended) -> String {
    attended.section.as_ref().map_or_else(|| OUTSIDE.to_owned(), |(_, name)| name.clone())
}
