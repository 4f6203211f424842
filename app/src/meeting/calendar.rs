//! 予定表に入れる: a meeting, or all of a body, for a calendar program. Behind the sign-in, as the pages are.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use rashin_domain::meeting::{
    State,
    ics::{Entry, calendar},
};
use rashin_store::{
    meeting::{Sitting, Wanted},
    roster::Body,
};

use super::{Hall, meeting_url};
use crate::{
    audit::download,
    web::{Refusal, Visit},
};

/// `/{city}/staff/meetings/{number}/invitation.ics`
pub async fn invitation(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let hall = Hall::load(&mut tx, number).await?;
    Ok(file(&visit, &city, &hall.body, &[&hall.sitting], &format!("meeting-{number}.ics")))
}

/// `/{city}/staff/rosters/{body}/calendar.ics`
pub async fn of_body(visit: Visit, Path((city, key)): Path<(String, String)>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let body = tx.rosters().await?.into_iter().find(|body| body.charter.key == key).ok_or(Refusal::NotFound)?;
    let sittings = tx.meetings(Wanted::default()).await?;
    let sittings: Vec<&Sitting> = sittings.iter().filter(|sitting| sitting.body == key).collect();
    Ok(file(&visit, &city, &body, &sittings, &format!("{key}.ics")))
}

fn file(visit: &Visit, city: &str, body: &Body, sittings: &[&Sitting], name: &str) -> Response {
    let entries: Vec<Entry<'_>> = sittings.iter().map(|sitting| entry(visit, city, body, sitting)).collect();
    (download(name, "text/calendar; charset=utf-8"), calendar(&body.charter.name, &entries)).into_response()
}

fn entry<'a>(visit: &Visit, city: &str, body: &Body, sitting: &'a Sitting) -> Entry<'a> {
    let meeting = &sitting.meeting;
    let agenda = sitting.agenda.iter().enumerate().map(|(n, point)| format!("{}　{}", n + 1, point.title()));
    let head = [format!("{}（{}）", body.charter.name, meeting.arrangement.manner.label())];
    Entry {
        uid: format!("{}@rashin", sitting.id),
        sequence: meeting.sequence,
        changed: sitting.changed(),
        called_off: meeting.state == State::CalledOff,
        description: head.into_iter().chain(agenda).collect::<Vec<_>>().join("\n"),
        url: format!("{}{}", visit.app.site.public_url, meeting_url(city, sitting.number)),
        arrangement: &meeting.arrangement,
    }
}
