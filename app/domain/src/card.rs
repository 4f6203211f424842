//! OODAカード: one turn of observing, orienting, deciding and acting about a KPI or a case, beside the yearly PDCA, within a few
//! business days. A pure state machine: events in; state out.
//!
//! Events are append-only. That the days are over is no event; it is asked with the day.

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{business_days_after, business_days_between, is_closed},
    coded::coded,
    form::{Form, FormErrors},
    ids::MemberId,
    kpi::NOTE_LIMIT,
    text::half_width,
};

coded! {
    /// In their order; each is written once.
    Step {
        Observe = "observe", "観察";
        Orient = "orient", "状況判断";
        Decide = "decide", "意思決定";
        Act = "act", "実行";
    }
}

impl Step {
    /// What is asked for.
    pub fn hint(self) -> &'static str {
        match self {
            Step::Observe => "何が起きているか。数字や現場の声を、見たまま書きます。",
            Step::Orient => "なぜ起きたか、何を意味するか。考えられる手も挙げます。",
            Step::Decide => "どの手をとるか。誰が、いつまでに行うか。",
            Step::Act => "実際に何を行ったか。",
        }
    }
}

coded! {
    /// How a card ended.
    Ending {
        Closed = "closed", "終了";
        GivenUp = "given_up", "取りやめ";
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub on: Date,
    pub deed: Deed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// The first event. `days`: business days that the whole card has.
    Opened {
        owner: MemberId,
        days: u8,
    },
    Written {
        step: Step,
        text: String,
    },
    HandedOver {
        to: MemberId,
    },
    /// With what came of it, after all steps.
    Closed {
        result: String,
    },
    GivenUp {
        reason: String,
    },
}

/// A card after its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub owner: MemberId,
    pub opened_on: Date,
    /// The last day on which it is in time.
    pub due: Date,
    /// The step to be written; `None` when all are.
    pub next: Option<Step>,
    pub ended: Option<(Ending, Date)>,
    /// How many events it has seen: what a deed is checked against.
    pub version: u32,
}

coded! {
    /// Why a deed is not possible.
    Refused {
        NeverOpened = "never_opened", "カードがまだ作られていません。";
        Over = "over", "このカードは終わっています。";
        NotNext = "not_next", "この段階は、いま書く段階ではありません。";
        NoText = "no_text", "内容を入力してください。";
        NotActed = "not_acted", "「実行」まで書いてから、結果を書いて終えてください。";
    }
}

/// What the days bring, to whom it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The last day is near: to the owner.
    Near,
    /// It has passed: to the owner, and to the body that the card names.
    Late,
}

/// Business days before the last day from which it is near.
const SOON: usize = 2;

impl Card {
    /// Replays events, oldest first. The reason and the number of the first event that cannot have happened.
    pub fn replay(events: &[Event]) -> Result<Self, (usize, Refused)> {
        let Some((Event { on, deed: Deed::Opened { owner, days } }, rest)) = events.split_first() else {
            return Err((0, Refused::NeverOpened));
        };
        let due = business_days_after(*on, *days);
        let mut card = Self { owner: *owner, opened_on: *on, due, next: Some(Step::Observe), ended: None, version: 1 };
        for (at, event) in rest.iter().enumerate() {
            card = card.after(event).map_err(|refused| (at + 1, refused))?;
        }
        Ok(card)
    }

    /// The card after one more event; who may do it is not asked here.
    pub fn after(&self, event: &Event) -> Result<Self, Refused> {
        if self.ended.is_some() {
            return Err(Refused::Over);
        }
        let mut card = Self { version: self.version + 1, ..self.clone() };
        match &event.deed {
            Deed::Opened { .. } => return Err(Refused::NotNext),
            Deed::Written { step, .. } if self.next != Some(*step) => return Err(Refused::NotNext),
            Deed::Written { text, .. } | Deed::Closed { result: text } | Deed::GivenUp { reason: text } if text.trim().is_empty() => {
                return Err(Refused::NoText);
            }
            Deed::Written { step, .. } => card.next = Step::ALL.iter().copied().find(|later| later > step),
            Deed::HandedOver { to } => card.owner = *to,
            Deed::Closed { .. } if self.next.is_some() => return Err(Refused::NotActed),
            Deed::Closed { .. } => card.ended = Some((Ending::Closed, event.on)),
            Deed::GivenUp { .. } => card.ended = Some((Ending::GivenUp, event.on)),
        }
        Ok(card)
    }

    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    pub fn is_late(&self, today: Date) -> bool {
        self.is_open() && self.due < today
    }

    /// Business days from the last day in time to `today`; 0 in time.
    pub fn days_late(&self, today: Date) -> usize {
        business_days_between(self.due, today)
    }

    /// What is to be told on a day, of what may have been told before. Nothing on closed days.
    pub fn notice(&self, today: Date) -> Option<Notice> {
        let is_near = || self.opened_on < today && business_days_between(today, self.due) <= SOON;
        match self.is_open() && !is_closed(today) {
            true if self.is_late(today) => Some(Notice::Late),
            true if is_near() => Some(Notice::Near),
            _ => None,
        }
    }
}

/// Longest title, in characters: as of a case.
const TITLE_LIMIT: usize = 80;
/// A card is for what cannot wait: business days that one can have at most.
pub const MOST_DAYS: u8 = 60;

/// What a new card says; whom and what it concerns is asked beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    pub title: String,
    /// Business days, 1 to [`MOST_DAYS`].
    pub days: u8,
    /// A card begins with what was seen.
    pub observation: String,
}

impl Opening {
    /// Reads `title`, `days`, `observation`.
    pub fn parse(form: &Form) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let title = form.required("title", "題名", TITLE_LIMIT, &mut errors);
        let observation = form.required("observation", Step::Observe.label(), NOTE_LIMIT, &mut errors);
        let days = half_width(form.get("days").trim()).parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
        let days = days.or_else(|| errors.push("days", format!("期限は1から{MOST_DAYS}までの営業日数で入力してください。")));
        match days {
            Some(days) if errors.is_empty() => Ok(Self { title, days, observation }),
            _ => Err(errors),
        }
    }
}
