//! What members of a body are told about its meetings.

use rashin_domain::{
    calendar::business_days_before,
    ids::{ErrandId, MemberId},
    meeting::{Act, Manner, Meeting, State, day_label},
    notification::{NotificationKind, Told},
};
use rashin_store::{
    StoreError, TenantTx,
    meeting::{Sitting, Wanted},
    minutes::NewErrand,
    notification::Note,
};

use super::Hall;

/// Of what just happened to a meeting. `after`: the meeting with it.
pub fn of(hall: &Hall, act: &Act, after: &Meeting) -> Vec<Note> {
    let Hall { sitting, body, .. } = hall;
    let title = format!("{}「{}」", body.charter.name, after.arrangement.title);
    let why = |reason: &str| if reason.is_empty() { String::new() } else { format!("。理由：{}", reason.replace('\n', " ")) };
    let (kind, text) = match act {
        Act::Convened => {
            let place = if after.arrangement.place.is_empty() { String::new() } else { format!("、{}", after.arrangement.place) };
            let what = match after.arrangement.manner {
                Manner::InPerson => format!("{title}が招集されました：{}{place}", after.arrangement.when()),
                Manner::Written => format!("{title}が持ち回りになりました：{}に回答してください", after.arrangement.when()),
            };
            (NotificationKind::Convened, format!("{what}。議題{}件", sitting.agenda.len()))
        }
        Act::Arranged { reason, .. } => {
            let words = format!("{title}の予定が変わりました：{} → {}", sitting.meeting.arrangement.when(), after.arrangement.when());
            let place = match &after.arrangement.place {
                place if *place == sitting.meeting.arrangement.place => String::new(),
                place => place_words(place),
            };
            (NotificationKind::Rearranged, format!("{words}{place}{}", why(reason)))
        }
        Act::CalledOff { reason } => {
            (NotificationKind::Rearranged, format!("{title}（{}）は中止になりました{}", after.arrangement.when(), why(reason)))
        }
        Act::Closed => return Vec::new(),
    };
    let note = |to: MemberId| Note {
        to,
        key: format!("meeting/{}/{}", sitting.id, after.version),
        told: Told { kind, text: text.clone(), about: Vec::new(), signed: None },
        href: format!("/staff/meetings/{}", sitting.number),
    };
    hall.members().into_iter().map(note).collect()
}

/// 「（場所：第2会議室）」; empty where none is named.
fn place_words(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("（場所：{place}）") }
}

/// The day's work: on the business day before a meeting, those who sit in its body are told once; when it was moved, again.
pub async fn daily(tx: &mut TenantTx) -> Result<(), StoreError> {
    let today = tx.today();
    let sittings = tx.meetings(Wanted::default()).await?;
    let is_near = |sitting: &&Sitting| {
        let meeting = &sitting.meeting;
        // Papers that were not sent take no answers yet.
        let is_held = !meeting.is_over() && (meeting.arrangement.manner == Manner::InPerson || meeting.state == State::Convened);
        is_held && today < meeting.arrangement.on && business_days_before(meeting.arrangement.on, 1) <= today
    };
    let near: Vec<&Sitting> = sittings.iter().filter(is_near).collect();
    if near.is_empty() {
        return Ok(());
    }
    let (bodies, members) = (tx.rosters().await?, tx.members_today().await?);
    let mut notes = Vec::new();
    for sitting in near {
        let Some(body) = bodies.iter().find(|body| body.charter.key == sitting.body) else { continue };
        let arrangement = &sitting.meeting.arrangement;
        let title = format!("{}「{}」", body.charter.name, arrangement.title);
        let text = match arrangement.manner {
            Manner::InPerson => format!("{title}が近づいています：{}{}", arrangement.when(), place_words(&arrangement.place)),
            Manner::Written => format!("{title}の回答の期限が近づいています：{}", arrangement.when()),
        };
        notes.extend(body.roster().members(sitting.meeting.year(), &members).into_iter().map(|to| Note {
            to,
            key: format!("meeting/{}/eve/{}", sitting.id, arrangement.on),
            told: Told { kind: NotificationKind::MeetingSoon, text: text.clone(), about: Vec::new(), signed: None },
            href: format!("/staff/meetings/{}", sitting.number),
        }));
    }
    tx.notify(&notes).await?;
    Ok(())
}

/// Of something that somebody has to do.
pub fn of_errand(sitting: &Sitting, id: ErrandId, new: &NewErrand) -> Note {
    let text = format!("「{}」の対応事項：{}（期限 {}）", sitting.meeting.arrangement.title, new.text, day_label(new.due));
    Note {
        to: new.owner,
        key: format!("errand/{id}"),
        told: Told { kind: NotificationKind::Errand, text, about: Vec::new(), signed: None },
        href: format!("/staff/meetings/{}", sitting.number),
    }
}
