use jiff::ToSpan;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

/// A Monday.
const MONDAY: Date = Date::constant(2026, 11, 16);

fn member(number: u8) -> MemberId {
    MemberId(Uuid::from_u128(number.into()))
}

fn event(deed: Deed) -> Event {
    Event { on: MONDAY, deed }
}

fn opened(days: u8) -> Event {
    event(Deed::Opened { owner: member(1), days })
}

fn written(step: Step) -> Event {
    event(Deed::Written { step, text: "x".to_owned() })
}

fn closed() -> Event {
    event(Deed::Closed { result: "x".to_owned() })
}

fn deed() -> impl Strategy<Value = Deed> {
    let text = || prop_oneof![3 => Just("x".to_owned()), 1 => Just(" ".to_owned())];
    prop_oneof![
        1 => (0..3u8, 1..=MOST_DAYS).prop_map(|(owner, days)| Deed::Opened { owner: member(owner), days }),
        6 => (prop::sample::select(Step::ALL), text()).prop_map(|(step, text)| Deed::Written { step, text }),
        2 => (0..3u8).prop_map(|to| Deed::HandedOver { to: member(to) }),
        1 => text().prop_map(|result| Deed::Closed { result }),
        1 => text().prop_map(|reason| Deed::GivenUp { reason }),
    ]
}

/// The events of what was tried that were possible, with the card after them.
fn live(tried: Vec<(Deed, i32)>) -> (Vec<Event>, Card) {
    let mut events = vec![opened(5)];
    let mut card = Card::replay(&events).unwrap();
    let mut on = MONDAY;
    for (deed, later) in tried {
        on = on.saturating_add(later.days());
        let next = Event { on, deed };
        if let Ok(after) = card.after(&next) {
            card = after;
            events.push(next);
        }
    }
    (events, card)
}

#[test]
fn a_card_goes_round_once_and_is_closed_with_its_result() {
    let mut card = Card::replay(&[opened(5)]).unwrap();
    for step in Step::ALL {
        assert_eq!(card.after(&closed()), Err(Refused::NotActed), "before {step:?}");
        assert_eq!(card.next, Some(*step));
        card = card.after(&written(*step)).unwrap();
        assert_eq!(card.after(&written(*step)), Err(Refused::NotNext), "{step:?} twice");
    }
    let over = card.after(&closed()).unwrap();
    assert_eq!(over.ended, Some((Ending::Closed, MONDAY)));
    assert_eq!(over.after(&event(Deed::HandedOver { to: member(2) })), Err(Refused::Over));
}

#[test]
fn the_last_day_is_counted_in_business_days_and_told_on_business_days() {
    // A holiday (23 November) and a weekend lie between.
    let card = Card::replay(&[opened(5)]).unwrap();
    let day = |day: i8| Date::constant(2026, 11, day);
    assert_eq!(card.due, day(24));
    let told: Vec<_> = (16..=26).map(|on| card.notice(day(on))).collect();
    let (near, late) = (Some(Notice::Near), Some(Notice::Late));
    assert_eq!(told, [None, None, None, near, near, None, None, None, near, late, late]);
    assert_eq!((card.days_late(day(24)), card.days_late(day(26))), (0, 2));
    // Of one that lasts a day nothing is near on the day it is made.
    assert_eq!(Card::replay(&[opened(1)]).unwrap().notice(MONDAY), None);
    let given_up = card.after(&event(Deed::GivenUp { reason: "x".to_owned() })).unwrap();
    assert!(!given_up.is_late(day(30)) && given_up.notice(day(30)).is_none());
}

#[test]
fn a_card_is_made_with_what_was_seen_and_a_limit() {
    let form = |days: &str, observation: &str| {
        let fields = [("title", "申請の急な減少"), ("days", days), ("observation", observation)];
        Form::from_pairs(fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
    };
    assert_eq!(Opening::parse(&form(" １０ ", "先月の半分。")).unwrap().days, 10);
    for days in ["0", "61", "", "ten", "-1", "256"] {
        assert!(Opening::parse(&form(days, "先月の半分。")).unwrap_err().of("days").is_some(), "{days}");
    }
    assert!(Opening::parse(&form("10", " ")).unwrap_err().of("observation").is_some());
}

proptest! {
    #[test]
    fn replaying_the_events_gives_the_same_card(tried in prop::collection::vec((deed(), 0..4i32), 0..24)) {
        let (events, card) = live(tried);
        prop_assert_eq!(Card::replay(&events), Ok(card.clone()));
        prop_assert_eq!(card.version as usize, events.len());
    }

    #[test]
    fn no_step_is_written_twice_or_out_of_order(tried in prop::collection::vec((deed(), 0..4i32), 0..24)) {
        let (events, card) = live(tried);
        let steps: Vec<Step> = events.iter().filter_map(|event| match &event.deed {
            Deed::Written { step, .. } => Some(*step),
            _ => None,
        }).collect();
        prop_assert_eq!(steps.as_slice(), &Step::ALL[..steps.len()]);
        let is_closed = matches!(card.ended, Some((Ending::Closed, _)));
        prop_assert!(!is_closed || steps.len() == Step::ALL.len());
    }

    #[test]
    fn nothing_happens_after_the_end_and_an_open_card_can_always_end(
        tried in prop::collection::vec((deed(), 0..4i32), 0..24), more in deed(),
    ) {
        let (_, card) = live(tried);
        let more = Event { on: MONDAY, deed: more };
        prop_assert!(card.is_open() || card.after(&more) == Err(Refused::Over));
        let give_up = event(Deed::GivenUp { reason: "x".to_owned() });
        prop_assert_eq!(card.after(&give_up).is_ok(), card.is_open());
    }

    #[test]
    fn of_two_deeds_on_the_same_card_both_lead_to_the_same_version(
        tried in prop::collection::vec((deed(), 0..4i32), 0..24), one in deed(), other in deed(),
    ) {
        // One number, kept once: of two at once one is the next event.
        let (_, card) = live(tried);
        let after = |deed| card.after(&Event { on: MONDAY, deed }).map(|card| card.version);
        if let (Ok(one), Ok(other)) = (after(one), after(other)) {
            prop_assert_eq!((one, other), (card.version + 1, card.version + 1));
        }
    }
}
