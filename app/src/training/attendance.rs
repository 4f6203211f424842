//! `/{city}/staff/trainings/{number}/attendance`: how many came from each section.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    form::Form,
    ids::SectionId,
    training::{attendance as read, field},
};
use rashin_store::{
    TenantTx,
    tenancy::Section,
    training::{Held, STALE_TRAINING},
};

use super::{
    crumbs,
    form::{is_stale, seen},
    overtaken, permit, proposal, training_url,
};
use crate::{
    ui::{
        field::{Filled, cell_input, hidden, post_form},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, table},
    },
    web::{Page, Posted, Refusal, Visit},
};

pub const OUTSIDE: &str = "庁外の人";

/// Sections of today, those that are gone and have people written down, and people from outside.
async fn places(tx: &mut TenantTx, held: &Held) -> Result<Vec<(Option<SectionId>, String)>, Refusal> {
    let sections = tx.sections().await?;
    // Every 課 may have a 庶務係.
    let above = |section: &Section| sections.iter().find(|one| Some(one.id) == section.parent && section.kind == "係");
    let name = |section: &Section| match above(section) {
        Some(above) => format!("{}　{}", above.name, section.name),
        None => section.name.clone(),
    };
    let mut places: Vec<_> = sections.iter().map(|section| (Some(section.id), name(section))).collect();
    for (id, name) in held.attendance.iter().filter_map(|attended| attended.section.clone()) {
        if !places.iter().any(|(place, _)| *place == Some(id)) {
            places.push((Some(id), name));
        }
    }
    places.push((None, OUTSIDE.to_owned()));
    Ok(places)
}

fn recorded(held: &Held, place: Option<SectionId>) -> Option<i32> {
    let of = |section: &Option<(SectionId, String)>| section.as_ref().map(|(id, _)| *id);
    held.attendance.iter().find(|attended| of(&attended.section) == place).map(|attended| attended.attendees)
}

pub async fn attendance(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let held = tx.training(number).await?;
    let _may = permit(&visit, &mut tx).await?;
    let places = places(&mut tx, &held).await?;
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        form.set("seen", held.revision.to_string());
        for (place, _) in &places {
            form.set(&field(*place), recorded(&held, *place).map(|n| n.to_string()).unwrap_or_default());
        }
        form
    });
    let (url, title) = (training_url(&city, number), "参加者を記録する");
    let body = match held.training.was_held(tx.today()) {
        false => empty("参加者を記録できるのは、当日からです。中止したものには記録しません。", Some((url, "戻る"))),
        true => {
            let sheet = sheet(&held, &places, &filled);
            let fields = view! { {hidden("seen", held.revision.to_string())}{sheet} };
            post_form(format!("{url}/attendance"), fields, "参加者を保存する").into_any()
        }
    };
    let main = view! {
        {filled.summary()}
        {page_head(held.training.title.clone(), title, ())}
        {note("参加した人数を、部署ごとに入力します。参加のない部署は、空のままで構いません。")}
        {body}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&held))).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(title), frame, main))
}

/// A line for each place; for whoever came second also what stands now.
fn sheet(held: &Held, places: &[(Option<SectionId>, String)], filled: &Filled) -> AnyView {
    let stale = is_stale(filled, held);
    let rows = places.iter().map(|(place, name)| {
        let stands = stale.then(|| recorded(held, *place)).flatten();
        let stands = stands.map(|n| view! { <span class="dads-table__sub">{format!("いまの記録：{n}人")}</span> });
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{name.clone()}{stands}</th>
                <td role="cell" class="num"><span class="dads-table__cell-label">"人数"</span><span>{cell_input(filled, &field(*place), format!("{name}の参加者数"), true)}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    table("sheet", format!("{}部署と{OUTSIDE}", places.len() - 1), vec![col("部署"), num("人数")], body, true)
}

/// `POST`. Fields: `seen`, `attendees.{section}`, `attendees.outside`.
pub async fn record(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let url = training_url(&city, number);
    let page = format!("{url}/attendance");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let held = tx.training(number).await?;
    let permit = permit(&visit, &mut tx).await?;
    if !held.training.was_held(tx.today()) {
        return Err(Refusal::Conflict {
            what: "参加者を記録できるのは、当日からです。中止したものには記録しません。".to_owned(),
            back: url,
        });
    }
    let places = places(&mut tx, &held).await?;
    let came = match read(&form, &places) {
        Ok(came) => came,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let people: i32 = came.iter().map(|(_, attendees)| attendees).sum();
    match tx.record_attendance_of(permit, &held, seen(&form), &came).await {
        Err(error) if error.is_conflict_on(STALE_TRAINING) => {
            let held = tx.training(number).await?;
            let first = field(places.first().and_then(|(place, _)| *place));
            return visit.back(&page, form, overtaken(&first, &held)).await;
        }
        done => done?,
    }
    proposal::tell(&mut tx).await?;
    tx.commit().await?;
    visit.go(&url, "参加者を保存しました", format!("{people}人")).await
}
