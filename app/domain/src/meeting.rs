//! 会議: when a body meets, in a room or by circulated papers, as a pure state machine. Events in; state out.
//!
//! Events are append-only: a meeting that was moved keeps the days it had. Whether its day has come is no event; it is
//! asked with the day.

pub mod ics;
pub mod series;
#[cfg(test)]
mod tests;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::{
    clock::{FiscalYear, date_label},
    coded::coded,
    form::{Form, FormErrors},
    text::{half_width, sentences},
};

coded! {
    /// How a body meets.
    Manner {
        InPerson = "in_person", "対面";
        /// Papers go round; members answer until a day.
        Written = "written", "持ち回り（書面）";
    }
}

coded! {
    State {
        Planned = "planned", "予定";
        /// 招集: the papers are out.
        Convened = "convened", "招集済み";
        /// Closed with its minutes.
        Closed = "closed", "終了";
        CalledOff = "called_off", "中止";
    }
}

coded! {
    /// Whether a seat was filled at a meeting.
    Presence {
        Present = "present", "出席";
        Deputy = "deputy", "代理出席";
        Written = "written", "書面で回答";
        Absent = "absent", "欠席";
    }
}

impl Presence {
    /// Whether it counts for 「出席 5/8」.
    pub fn counts(self) -> bool {
        !matches!(self, Presence::Absent)
    }
}

coded! {
    /// What a member answers where papers go round.
    Answer {
        Agreed = "agreed", "了承";
        Opinion = "opinion", "意見あり";
    }
}

/// When and where: what can be changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement {
    pub title: String,
    pub manner: Manner,
    /// Of circulated papers the last day of answers.
    pub on: Date,
    pub from: Option<Time>,
    pub until: Option<Time>,
    /// May be empty.
    pub place: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub on: Date,
    pub act: Act,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// The first event, and every change of when and where.
    Arranged {
        arrangement: Arrangement,
        reason: String,
    },
    Convened,
    CalledOff {
        reason: String,
    },
    /// With its minutes.
    Closed,
}

/// A meeting after its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    pub arrangement: Arrangement,
    pub state: State,
    /// How many events it has seen: what an act is checked against.
    pub version: u32,
    /// Of calendars (RFC 5545 SEQUENCE): goes up with every change that moves an entry.
    pub sequence: u32,
}

coded! {
    /// Why an act is not possible.
    Refused {
        NeverArranged = "never_arranged", "会議の予定がありません。";
        Over = "over", "この会議は終わっているか、中止されています。";
        NoReason = "no_reason", "理由を入力してください。";
        AlreadyConvened = "already_convened", "招集は済んでいます。";
        PastDay = "past_day", "会議の日を過ぎています。日を変えてから招集してください。";
        NotMet = "not_met", "会議の日がまだ来ていません。持ち回りは、招集してから回答期限の日に記録できます。";
    }
}

impl Meeting {
    /// Replays events, oldest first. The reason and the number of the first event that cannot have happened.
    pub fn replay(events: &[Event]) -> Result<Self, (usize, Refused)> {
        let Some((Event { act: Act::Arranged { arrangement, .. }, .. }, rest)) = events.split_first() else {
            return Err((0, Refused::NeverArranged));
        };
        let mut meeting = Self { arrangement: arrangement.clone(), state: State::Planned, version: 1, sequence: 0 };
        for (at, event) in rest.iter().enumerate() {
            meeting = meeting.after(event).map_err(|refused| (at + 1, refused))?;
        }
        Ok(meeting)
    }

    /// The meeting after one more event; who may do it is not asked here.
    pub fn after(&self, event: &Event) -> Result<Self, Refused> {
        if self.is_over() {
            return Err(Refused::Over);
        }
        let mut meeting = Self { version: self.version + 1, ..self.clone() };
        match &event.act {
            // Whoever was called must learn why it is another day.
            Act::Arranged { reason, .. } if self.state == State::Convened && reason.trim().is_empty() => return Err(Refused::NoReason),
            Act::Arranged { arrangement, .. } => {
                meeting.arrangement = arrangement.clone();
                meeting.sequence += 1;
            }
            Act::Convened if self.state == State::Convened => return Err(Refused::AlreadyConvened),
            Act::Convened if self.arrangement.on < event.on => return Err(Refused::PastDay),
            Act::Convened => meeting.state = State::Convened,
            Act::CalledOff { reason } if reason.trim().is_empty() => return Err(Refused::NoReason),
            Act::CalledOff { .. } => {
                meeting.state = State::CalledOff;
                meeting.sequence += 1;
            }
            Act::Closed if !self.has_met(event.on) => return Err(Refused::NotMet),
            Act::Closed => meeting.state = State::Closed,
        }
        Ok(meeting)
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Closed | State::CalledOff)
    }

    /// Whether it has taken place by a day. Papers that nobody was sent have not gone round.
    pub fn has_met(&self, today: Date) -> bool {
        let called = match self.arrangement.manner {
            Manner::InPerson => self.state != State::CalledOff,
            Manner::Written => matches!(self.state, State::Convened | State::Closed),
        };
        called && self.arrangement.on <= today
    }

    /// Whether attendance and outcomes are written down on a day.
    pub fn is_recorded_on(&self, today: Date) -> bool {
        self.has_met(today) && !self.is_over()
    }

    /// Whether members answer on a day.
    pub fn takes_answers(&self, today: Date) -> bool {
        self.arrangement.manner == Manner::Written && self.state == State::Convened && today <= self.arrangement.on
    }

    pub fn year(&self) -> FiscalYear {
        FiscalYear::of(self.arrangement.on)
    }
}

/// Longest title and longest place, in characters.
const TITLE_LIMIT: usize = 80;

impl Arrangement {
    /// Reads `title`, `manner`, `on_*`, `from`, `until`, `place`. `dated`: with its day; a series has days of its own.
    pub fn parse(form: &Form, dated: bool) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let title = form.required("title", "会議名", TITLE_LIMIT, &mut errors);
        let manner = Manner::from_code(form.get("manner"));
        if manner.is_none() {
            errors.push::<()>("manner", sentences::choose("開き方"));
        }
        let on = if dated { form.date("on", "開く日", &mut errors) } else { Some(Some(Date::ZERO)) };
        if on == Some(None) {
            errors.push::<()>("on_year", sentences::enter("開く日"));
        }
        let (from, until) = (clock_time(form, "from", "始まる時刻", &mut errors), clock_time(form, "until", "終わる時刻", &mut errors));
        match (from, until) {
            (None, Some(_)) if errors.of("from").is_none() => {
                errors.push::<()>("from", sentences::enter("始まる時刻"));
            }
            (Some(from), Some(until)) if until <= from => {
                errors.push::<()>("until", "終わる時刻は、始まる時刻より後にしてください。".to_owned());
            }
            _ => {}
        }
        let place = form.text("place", "場所", TITLE_LIMIT, &mut errors);
        match (manner, on.flatten()) {
            (Some(manner), Some(on)) if errors.is_empty() => Ok(Self { title, manner, on, from, until, place }),
            _ => Err(errors),
        }
    }

    /// Fills the fields that [`Arrangement::parse`] reads.
    pub fn fill(&self, form: &mut Form) {
        form.set("title", self.title.clone());
        form.set("manner", self.manner.code());
        form.set_date("on", self.on);
        form.set("from", self.from.map(time_label).unwrap_or_default());
        form.set("until", self.until.map(time_label).unwrap_or_default());
        form.set("place", self.place.clone());
    }

    /// 「2026年12月10日（木） 14:00～15:30」, 「2026年12月10日（木）まで」
    pub fn when(&self) -> String {
        let day = day_label(self.on);
        match (self.manner, self.from, self.until) {
            (Manner::Written, ..) => format!("{day}まで"),
            (Manner::InPerson, Some(from), Some(until)) => format!("{day} {}～{}", time_label(from), time_label(until)),
            (Manner::InPerson, Some(from), None) => format!("{day} {}から", time_label(from)),
            (Manner::InPerson, None, _) => day,
        }
    }
}

/// 「2026年12月10日（木）」
pub fn day_label(date: Date) -> String {
    let weekday = ["月", "火", "水", "木", "金", "土", "日"][date.weekday().to_monday_zero_offset() as usize];
    format!("{}（{weekday}）", date_label(date))
}

/// 「9:05」
pub fn time_label(time: Time) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

/// 「14:30」, 「１４時３０分」, 「14時」 or nothing.
fn clock_time(form: &Form, name: &str, label: &str, errors: &mut FormErrors) -> Option<Time> {
    let typed = half_width(form.get(name).trim());
    if typed.is_empty() {
        return None;
    }
    let typed = typed.replace(['時', '：'], ":").replace('分', "");
    let (hour, minute) = typed.split_once(':').unwrap_or((&typed, ""));
    let minute = if minute.trim().is_empty() { Some(0) } else { minute.trim().parse().ok() };
    let time = hour.trim().parse().ok().zip(minute).and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    match time {
        Some(time) => Some(time),
        None => errors.push(name, format!("{label}は「14:30」のように入力してください。")),
    }
}
