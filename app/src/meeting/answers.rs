//! 持ち回り: what members answer to circulated papers, point by point, until the day.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::moment_label,
    form::{Form, FormErrors},
    ids::MemberId,
    kpi::NOTE_LIMIT,
    meeting::{Answer, Manner, State},
    text::sentences,
};
use rashin_store::{meeting::Point, minutes::Answered};

use super::{Hall, meeting_url};
use crate::{
    ui::{
        field::{Filled, optional, post_form, radios, textarea},
        section::{note, section},
    },
    web::{Posted, Refusal, Visit},
};

fn prefix(point: &Point) -> String {
    format!("a{}.", point.id.0.simple())
}

/// The member's own answers, as the form begins.
pub fn filled(answered: &[Answered], me: Option<MemberId>) -> Form {
    let mut form = Form::default();
    for one in answered.iter().filter(|one| Some(one.member) == me) {
        let prefix = format!("a{}.", one.point.0.simple());
        form.set(&format!("{prefix}answer"), one.answer.code());
        form.set(&format!("{prefix}text"), one.text.clone());
    }
    form
}

/// What was answered so far, and the form of a member while answers are taken; nothing of a meeting in a room.
pub fn section_of(city: &str, hall: &Hall, answered: &[Answered], me: Option<MemberId>, filled: &Filled) -> Option<AnyView> {
    let meeting = &hall.sitting.meeting;
    if meeting.arrangement.manner != Manner::Written || meeting.state == State::Planned {
        return None;
    }
    let is_open = meeting.takes_answers(hall.council.today) && !hall.sitting.agenda.is_empty();
    let form = me.filter(|_| is_open).map(|_| form_of(city, hall, filled));
    let of = |point: &Point| {
        let lines: Vec<_> = (answered.iter().filter(|one| one.point == point.id))
            .map(|one| {
                let said = (!one.text.is_empty()).then(|| view! { <blockquote class="rashin-lines">{one.text.clone()}</blockquote> });
                view! {
                    <li>
                        <span class="rashin-task-list__kind">{one.answer.label()}</span>
                        <span class="rashin-task-list__body">{one.name.clone()}<br/><span class="note">{format!("{}　{}", one.acted_as, moment_label(one.at))}</span>{said}</span>
                    </li>
                }
            })
            .collect();
        let body = match lines.is_empty() {
            true => view! { <p class="note">"まだ回答はありません。"</p> }.into_any(),
            false => view! { <ul class="rashin-task-list">{lines}</ul> }.into_any(),
        };
        view! { <div><h3>{point.title().to_owned()}</h3>{body}</div> }
    };
    let all = hall.sitting.agenda.iter().map(of).collect_view();
    let mut who: Vec<MemberId> = answered.iter().map(|one| one.member).collect();
    who.sort_unstable();
    who.dedup();
    let count = format!("{}人が回答（委員{}人）", who.len(), hall.members().len());
    Some(section("answers", "委員の回答", note(count), view! { {form}<div class="stack">{all}</div> }))
}

fn form_of(city: &str, hall: &Hall, filled: &Filled) -> AnyView {
    let answers: Vec<_> = Answer::ALL.iter().map(|answer| (answer.code(), answer.label().to_owned())).collect();
    let fields = hall.sitting.agenda.iter().map(|point| {
        let prefix = prefix(point);
        view! {
            {radios(filled, &format!("{prefix}answer"), &optional(point.title()), &answers)}
            {textarea(filled, &format!("{prefix}text"), &optional(format!("「{}」への意見", point.title())).hint("「意見あり」のときは必須です。"), 3)}
        }
    });
    let words = format!("{}、何度でも書き直せます。", hall.sitting.meeting.arrangement.when());
    view! { {note(words)}{post_form(format!("{}/answers", meeting_url(city, hall.sitting.number)), fields.collect_view(), "回答する")} }
        .into_any()
}

/// `POST /{city}/staff/meetings/{number}/answers`
pub async fn answer(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = meeting_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let hall = Hall::load(&mut tx, number).await?;
    // Who only writes down does not answer.
    let permit = visit.permit(&mut tx, &Action::Meet { may: &hall.members() }).await?;
    let member = tx.member().cloned().ok_or(Refusal::NotFound)?;
    let mut errors = FormErrors::default();
    let mut answers = Vec::new();
    for point in &hall.sitting.agenda {
        let prefix = prefix(point);
        let (field, text_field) = (format!("{prefix}answer"), format!("{prefix}text"));
        let text = form.text(&text_field, "意見", NOTE_LIMIT, &mut errors);
        match Answer::from_code(form.get(&field)) {
            Some(Answer::Opinion) if text.is_empty() => errors.push(&text_field, sentences::enter("意見")).unwrap_or_default(),
            Some(answer) => answers.push((point.id, answer, text)),
            None if !text.is_empty() => errors.push(&field, sentences::choose(point.title())).unwrap_or_default(),
            None => {}
        }
    }
    let first = hall.sitting.agenda.first().map_or_else(String::new, |point| format!("{}answer", prefix(point)));
    if !hall.sitting.meeting.takes_answers(hall.council.today) {
        errors = FormErrors::one(&first, "いまは回答を受け付けていません。意見は事務局に伝えてください。");
    } else if answers.is_empty() && errors.is_empty() {
        errors.push::<()>(&first, "少なくとも1件に回答してください。".to_owned());
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    let acted_as = hall.council.acting_as(&member, &rashin_domain::route::Acts::Proposer);
    tx.answer(permit, &hall.sitting, &answers, &acted_as).await?;
    tx.commit().await?;
    visit.go(&page, "回答しました", format!("{}、書き直せます。", hall.sitting.meeting.arrangement.when())).await
}
