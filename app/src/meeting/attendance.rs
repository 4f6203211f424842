//! 出席: a line for each seat, with who came instead.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    form::{Form, FormErrors},
    ids::{MemberId, SeatId},
    meeting::{Manner, Presence},
    roster::{Held, Seat},
};
use rashin_store::minutes::{Answered, Attended};

use super::{Hall, NOT_NOW, crumbs, meeting_url};
use crate::{
    ui::{
        field::{Filled, cell_input, cell_select, post_form},
        frame::{Frame, Here},
        section::{col, empty, note, page_head, section, table},
    },
    web::{Page, Posted, Refusal, Visit},
};

const NAME_LIMIT: usize = 60;

/// A seat of the meeting's year, as it is shown and written down.
struct Place<'a> {
    id: SeatId,
    seat: &'a Seat,
    /// Names of those who hold it; empty where it is vacant.
    name: String,
    /// 「市民課　課長」
    sat_as: String,
    holders: Vec<MemberId>,
}

fn places(hall: &Hall) -> Vec<Place<'_>> {
    let year = hall.sitting.meeting.year();
    let council = &hall.council;
    let seats = hall.body.seats.iter().filter(|(_, seat)| seat.holds(year));
    seats
        .map(|(id, seat)| {
            let holders = seat.holders(&council.members);
            let name = holders.iter().map(|id| council.name(*id)).collect::<Vec<_>>().join("、");
            let section = |id| council.sections.iter().find(|section| section.id == id).map_or("", |section| section.name.as_str());
            let post = match &seat.held {
                Held::Post { section: place, post } => [place.map_or("", section), post].join("　"),
                Held::Person(person) => (council.members.iter().find(|member| member.id == *person))
                    .and_then(|member| member.assignments.first())
                    .map_or_else(String::new, |held| [held.section.map_or("", section), &held.post].join("　")),
            };
            Place { id: *id, seat, name, sat_as: post.trim().to_owned(), holders }
        })
        .collect()
}

/// 「出席 5／8（うち代理 1）」
pub fn words(attended: &[Attended]) -> String {
    let present = attended.iter().filter(|one| one.presence.counts()).count();
    let deputies = attended.iter().filter(|one| one.presence == Presence::Deputy).count();
    let deputies = if deputies > 0 { format!("（うち代理 {deputies}）") } else { String::new() };
    format!("出席 {present}／{}{deputies}", attended.len())
}

/// Who sits in the body, or once it was written down who came.
pub fn section_of(city: &str, hall: &Hall, attended: &[Attended], answered: &[Answered]) -> AnyView {
    let line = |who: String, below: String, state: String| {
        view! { <li><span>{who}<br/><span class="note">{below}</span></span><span class="note">{state}</span></li> }
    };
    let items: Vec<_> = match attended.is_empty() {
        false => (attended.iter())
            .map(|one| {
                let deputy = if one.deputy.is_empty() { String::new() } else { format!("：{}", one.deputy) };
                line(or_vacant(&one.name), one.sat_as.clone(), format!("{}{deputy}", one.presence.label()))
            })
            .collect(),
        true => (places(hall).iter())
            .map(|place| {
                let has_answered = answered.iter().any(|one| place.holders.contains(&one.member) || place.seat.deputy == Some(one.member));
                let state = match (hall.sitting.meeting.arrangement.manner, has_answered) {
                    (Manner::Written, true) => "回答済み",
                    (Manner::Written, false) => "未回答",
                    (Manner::InPerson, _) => place.seat.role.label(),
                };
                line(or_vacant(&place.name), place.sat_as.clone(), state.to_owned())
            })
            .collect(),
    };
    let body = match items.is_empty() {
        true => {
            empty("委員はまだ登録されていません。", Some((crate::council::body_url(city, &hall.sitting.body), "会議体と委員"))).into_any()
        }
        false => view! { <ul class="rashin-task-list" data-two="">{items}</ul> }.into_any(),
    };
    let (heading, count) = match attended.is_empty() {
        true => ("委員", format!("{}席", places(hall).len())),
        false => ("出席", words(attended)),
    };
    section("members", heading, note(count), body)
}

fn or_vacant(name: &str) -> String {
    if name.is_empty() { "（空席）".to_owned() } else { name.to_owned() }
}

/// `/{city}/staff/meetings/{number}/attendance`
pub async fn attendance(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let (mut tx, hall, _may) = Hall::run(&visit, &city, number).await?;
    let (attended, answered) = (tx.attendance(&hall.sitting).await?, tx.answers(&hall.sitting).await?);
    let places = places(&hall);
    let filled = Filled::new(visit.take_held().await?, || filled(&hall, &places, &attended, &answered));
    let (url, title) = (meeting_url(&city, number), "出席を記録する");
    let options: Vec<_> = Presence::ALL.iter().map(|presence| (presence.code(), presence.label())).collect();
    let rows = places.iter().map(|place| {
        let who = or_vacant(&place.name);
        let deputy = place.seat.deputy.map(|id| view! { <span class="dads-table__sub">{format!("決まっている代理：{}", hall.council.name(id))}</span> });
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{who.clone()}<span class="dads-table__sub">{[place.seat.role.label(), &place.sat_as].join("　")}</span></th>
                <td role="cell"><span class="dads-table__cell-label">"出欠"</span><span>{cell_select(&filled, &format!("presence.{}", place.id), format!("{who}の出欠"), &options)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"代理の人"</span><span>{cell_input(&filled, &format!("deputy.{}", place.id), format!("{who}の代理の人"), false)}{deputy}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let form = match (hall.sitting.meeting.is_recorded_on(hall.council.today), places.is_empty()) {
        (false, _) => empty(NOT_NOW, Some((url, "会議に戻る"))).into_any(),
        (true, true) => {
            empty("この年度の委員が登録されていません。", Some((crate::council::body_url(&city, &hall.sitting.body), "委員を登録する")))
                .into_any()
        }
        (true, false) => {
            let sheet = table("attendance", format!("{}席", places.len()), vec![col("委員"), col("出欠"), col("代理の人")], body, true);
            post_form(format!("{url}/attendance"), sheet, "出席を保存する").into_any()
        }
    };
    let main = view! {
        {filled.summary()}
        {page_head(hall.sitting.meeting.arrangement.title.clone(), title, ())}
        {note("代理出席のときは、代理の人を入力します。決まっている代理の人が出席したときは、空のままで構いません。定足数は画面では判定しません。")}
        {form}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&hall.sitting))).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(title), frame, main))
}

fn filled(hall: &Hall, places: &[Place<'_>], attended: &[Attended], answered: &[Answered]) -> Form {
    let mut form = Form::default();
    for place in places {
        let known = attended.iter().find(|one| one.seat == place.id);
        let has_answered = answered.iter().any(|one| place.holders.contains(&one.member) || place.seat.deputy == Some(one.member));
        let presence = match (known, hall.sitting.meeting.arrangement.manner) {
            (Some(known), _) => known.presence,
            (None, Manner::Written) if has_answered => Presence::Written,
            (None, Manner::InPerson) if !place.holders.is_empty() => Presence::Present,
            (None, _) => Presence::Absent,
        };
        form.set(&format!("presence.{}", place.id), presence.code());
        form.set(&format!("deputy.{}", place.id), known.map(|known| known.deputy.clone()).unwrap_or_default());
    }
    form
}

/// `POST /{city}/staff/meetings/{number}/attendance`
pub async fn keep(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let url = meeting_url(&city, number);
    let page = format!("{url}/attendance");
    visit.or_hold(&page, &form).await?;
    let (mut tx, hall, permit) = Hall::run(&visit, &city, number).await?;
    hall.must_record(&url)?;
    let mut errors = FormErrors::default();
    let mut attended = Vec::new();
    for place in places(&hall) {
        let (field, who) = (format!("deputy.{}", place.id), or_vacant(&place.name));
        let presence = Presence::from_code(form.get(&format!("presence.{}", place.id))).unwrap_or(Presence::Absent);
        let typed = form.text(&field, &format!("{who}の代理の人"), NAME_LIMIT, &mut errors);
        let fixed = place.seat.deputy.map(|id| hall.council.name(id).to_owned());
        let deputy = match (presence, typed.is_empty()) {
            (Presence::Deputy, false) => typed,
            (Presence::Deputy, true) => {
                fixed.or_else(|| errors.push(&field, format!("{who}の代理の人を入力してください。"))).unwrap_or_default()
            }
            (Presence::Present | Presence::Written | Presence::Absent, true) => String::new(),
            (Presence::Present | Presence::Written | Presence::Absent, false) => {
                errors.push(&field, format!("{who}の代理の人を入力したときは、出欠を「代理出席」にしてください。")).unwrap_or_default()
            }
        };
        attended.push(Attended { seat: place.id, presence, name: place.name, sat_as: place.sat_as, deputy });
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    tx.keep_attendance(permit, &hall.sitting, &attended).await?;
    tx.commit().await?;
    visit.go(&url, "出席を記録しました", words(&attended)).await
}

/// The seats of the meeting's year as a list on paper: what each is, who holds it.
pub fn seats(hall: &Hall) -> AnyView {
    let items: Vec<_> = (places(hall).iter())
        .map(|place| {
            view! { <li><span>{place.seat.role.label()}</span><span>{place.sat_as.clone()}</span><b>{or_vacant(&place.name)}</b></li> }
        })
        .collect();
    match items.is_empty() {
        true => view! { <p>"委員はまだ登録されていません。"</p> }.into_any(),
        false => view! { <ul class="rashin-packet__seats">{items}</ul> }.into_any(),
    }
}
