//! What members of a body are told about its meetings.

use rashin_domain::{
    ids::{ErrandId, MemberId},
    meeting::{Act, Manner, Meeting, day_label},
    notification::{NotificationKind, Told},
};
use rashin_store::{meeting::Sitting, minutes::NewErrand, notification::Note};

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
            (NotificationKind::Rearranged, format!("{words}{}{}", place_words(sitting, after), why(reason)))
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

/// 「（場所：第2会議室）」 where it is another one.
fn place_words(sitting: &Sitting, after: &Meeting) -> String {
    let place = &after.arrangement.place;
    if *place == sitting.meeting.arrangement.place || place.is_empty() { String::new() } else { format!("（場所：{place}）") }
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
