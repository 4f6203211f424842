use jiff::ToSpan;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::route::templates;

const ME: MemberId = MemberId(Uuid::from_u128(1));
const OFFICE: MemberId = MemberId(Uuid::from_u128(2));

fn kai() -> Route {
    templates().remove(0).route
}

fn day(month: i8, day: i8) -> Date {
    Date::constant(2026, month, day)
}

fn opened() -> Event {
    Event { on: day(4, 1), by: ME, act: Act::Opened }
}

fn decided(on: Date, stage: &str, outcome: Outcome) -> Event {
    let reason = if outcome.needs_reason() { "費用の根拠が足りません。".to_owned() } else { String::new() };
    let until = (outcome == Outcome::Trial).then(|| on.checked_add(3.months()).unwrap());
    Event { on, by: OFFICE, act: Act::Decided { stage: stage.to_owned(), outcome, reason, until, decided_on: None } }
}

fn at(case: &Case, on: Date) -> At {
    match case.on(&kai(), on) {
        Standing::At(at) => at,
        Standing::Ended { ending, .. } => panic!("it has ended: {ending:?}"),
    }
}

/// The way of the issue: returned once, adopted as a trial, back by itself, adopted, told.
fn whole_way() -> Vec<Event> {
    use Outcome::*;
    vec![
        opened(),
        decided(day(4, 12), "study", Submitted),
        decided(day(4, 20), "proposal", Accepted),
        decided(day(4, 22), "reception", Accepted),
        decided(day(5, 11), "section-meeting", Returned),
        decided(day(5, 12), "study", Submitted),
        decided(day(5, 20), "proposal", Accepted),
        decided(day(5, 21), "reception", Accepted),
        decided(day(6, 1), "section-meeting", Amended),
        decided(day(6, 10), "hq", Trial),
        // It has come back on 11 September.
        decided(day(9, 20), "hq", Adopted),
        decided(day(9, 21), "adoption", Adopted),
        decided(day(9, 25), "feedback", Closed),
    ]
}

#[test]
fn a_case_goes_its_whole_way() {
    let route = kai();
    let case = Case::replay(&route, &whole_way()).unwrap();
    assert_eq!(case.on(&route, day(10, 1)), Standing::Ended { ending: Ending::Closed, on: day(9, 25) });
    assert_eq!((case.decided, case.version), (Some(Outcome::Adopted), 13));
}

#[test]
fn a_trial_comes_back_by_itself_and_owes_its_result() {
    let route = kai();
    let case = Case::replay(&route, &whole_way()[..10]).unwrap();
    let trial = at(&case, day(9, 10));
    assert_eq!((trial.stage.as_str(), trial.trial_until), ("trial", Some(day(9, 10))));
    let back = at(&case, day(9, 11));
    assert_eq!((back.stage.as_str(), back.since, back.owes_result), ("hq", day(9, 11), true));
    let hq = route.stage("hq").unwrap();
    assert!(back.required(hq, Outcome::Adopted).contains(&Requirement::Result));
    assert!(back.required(hq, Outcome::Rejected).is_empty());
    // Whoever reports it before its last day owes nothing more.
    let early = case.after(&route, &decided(day(7, 1), "trial", Outcome::Reported)).unwrap();
    assert!(!at(&early, day(7, 1)).owes_result);
    // A decision about the trial comes too late once it is back.
    let late = decided(day(9, 12), "trial", Outcome::Reported);
    assert_eq!(case.after(&route, &late), Err(Refused::Elsewhere));
}

#[test]
fn what_is_not_possible_is_refused_with_a_reason() {
    let route = kai();
    let case = Case::replay(&route, &whole_way()[..4]).unwrap();
    let refused = |event: Event| case.after(&route, &event).unwrap_err();
    assert_eq!(refused(decided(day(5, 1), "hq", Outcome::Adopted)), Refused::Elsewhere);
    assert_eq!(refused(decided(day(5, 1), "section-meeting", Outcome::Adopted)), Refused::NotOffered);
    assert_eq!(refused(opened()), Refused::OpenedTwice);
    let silent =
        Act::Decided { stage: "section-meeting".into(), outcome: Outcome::Returned, reason: " ".into(), until: None, decided_on: None };
    assert_eq!(refused(Event { on: day(5, 1), by: OFFICE, act: silent }), Refused::NoReason);
    let at_hq = case.after(&route, &decided(day(5, 1), "section-meeting", Outcome::Accepted)).unwrap();
    for (until, why) in [(None, Refused::NoEndOfTrial), (Some(day(5, 2)), Refused::EndOfTrialIsPast)] {
        let act = Act::Decided { stage: "hq".into(), outcome: Outcome::Trial, reason: String::new(), until, decided_on: None };
        assert_eq!(at_hq.after(&route, &Event { on: day(5, 2), by: OFFICE, act }), Err(why));
    }
    let gone = case.after(&route, &Event { on: day(5, 1), by: ME, act: Act::Withdrawn { reason: "別の案にまとめます。".into() } }).unwrap();
    assert_eq!(gone.after(&route, &decided(day(5, 2), "section-meeting", Outcome::Accepted)), Err(Refused::Ended));
    assert_eq!(Case::replay(&route, &[]), Err((0, Refused::NeverOpened)));
    assert_eq!(Case::replay(&route, &whole_way()[1..]), Err((0, Refused::NeverOpened)));
    let mut back = whole_way();
    back[5].on = day(4, 2);
    assert_eq!(Case::replay(&route, &back), Err((5, Refused::BeforeTheLast)));
}

#[test]
fn a_decision_is_of_a_day_between_the_submission_and_today() {
    let route = kai();
    let case = Case::replay(&route, &whole_way()[..9]).unwrap();
    let on = |decided_on| {
        let act = Act::Decided { stage: "hq".into(), outcome: Outcome::Adopted, reason: String::new(), until: None, decided_on };
        case.after(&route, &Event { on: day(6, 10), by: OFFICE, act })
    };
    // It was submitted again on 12 May.
    for decided in [None, Some(day(5, 12)), Some(day(6, 10))] {
        assert!(on(decided).is_ok(), "{decided:?}");
    }
    assert_eq!(on(Some(day(6, 11))), Err(Refused::DecidedLater));
    assert_eq!(on(Some(day(5, 11))), Err(Refused::DecidedBefore));
    // What was written before there was such a day reads as it did.
    let act: Act = serde_json::from_str(r#"{"act":"decided","stage":"hq","outcome":"adopted","reason":"","until":null}"#).unwrap();
    assert_eq!(case.after(&route, &Event { on: day(6, 10), by: OFFICE, act }), on(None));
}

#[test]
fn days_are_business_days_and_begin_anew_when_it_stays() {
    let route = kai();
    let case = Case::replay(&route, &whole_way()[..3]).unwrap();
    let reception = at(&case, day(4, 20));
    // 20 April 2026 is a Monday; five business days later.
    assert_eq!(reception.due, Some(day(4, 27)));
    assert!(!reception.is_overdue(day(4, 27)) && reception.is_overdue(day(4, 28)));
    let meeting = Case::replay(&route, &whole_way()[..4]).unwrap();
    let stays = meeting.after(&route, &decided(day(5, 1), "section-meeting", Outcome::Continued)).unwrap();
    assert_eq!(at(&stays, day(5, 1)).since, day(5, 1));
}

#[test]
fn what_stands_now_is_in_favour_and_nothing_that_was() {
    let (route, way) = (kai(), whole_way());
    let favour = |events: usize, on: Date| Case::replay(&route, &way[..events]).unwrap().in_favour(&route, on);
    assert_eq!(favour(9, day(6, 2)), None, "nobody has decided");
    assert_eq!(favour(10, day(9, 10)), Some(9), "the trial runs");
    assert_eq!(favour(10, day(9, 11)), None, "the trial is over, and waits for the body");
    assert_eq!(favour(11, day(9, 20)), Some(10));
    assert_eq!(favour(13, day(12, 1)), Some(10), "what the stage 導入 says is no other decision");
    // The trial came back, and was sent back or turned down.
    for outcome in [Outcome::Returned, Outcome::Rejected] {
        let case = Case::replay(&route, &way[..10]).unwrap().after(&route, &decided(day(9, 20), "hq", outcome)).unwrap();
        assert_eq!(case.in_favour(&route, day(9, 20)), None);
    }
    let gone = Event { on: day(7, 1), by: ME, act: Act::Withdrawn { reason: "取りやめます。".into() } };
    assert_eq!(Case::replay(&route, &way[..10]).unwrap().after(&route, &gone).unwrap().in_favour(&route, day(7, 1)), None);
    // On the short route nobody says 導入 before its stage: what the chief accepted is the decision.
    let short = templates().into_iter().find(|template| template.key == "short").unwrap().route;
    let events = [opened(), decided(day(4, 2), "draft", Outcome::Submitted), decided(day(4, 3), "chief", Outcome::Accepted)];
    assert_eq!(Case::replay(&short, &events[..2]).unwrap().in_favour(&short, day(4, 3)), None);
    assert_eq!(Case::replay(&short, &events).unwrap().in_favour(&short, day(4, 3)), Some(2));
}

/// Any sequence of acts, possible or not.
fn acts_of() -> impl Strategy<Value = Vec<(u8, u8, Act)>> {
    let act = prop_oneof![
        8 => (0..7_usize, prop::sample::select(Outcome::ALL), any::<bool>(), prop::option::of(1..200_i64)).prop_map(|(stage, outcome, said, until)| {
            let route = kai();
            let until = until.and_then(|days| day(4, 1).checked_add(days.days()).ok());
            let reason = if said { "理由".to_owned() } else { String::new() };
            Act::Decided { stage: route.stages[stage].key.clone(), outcome, reason, until, decided_on: None }
        }),
        1 => Just(Act::Withdrawn { reason: "重なる案がある".into() }),
        1 => Just(Act::HandedOver { to: OFFICE }),
    ];
    prop::collection::vec((0..20_u8, 0..2_u8, act), 0..60)
}

/// The longest route, on which 導入 can be undone, too.
fn undoing() -> Route {
    let mut route = kai();
    let adoption = route.stages.iter_mut().find(|stage| stage.key == "adoption").unwrap();
    let ways = [(Outcome::Returned, "study"), (Outcome::Rejected, "feedback")];
    adoption.ways.extend(ways.map(|(outcome, to)| Way { outcome, to: To::Stage(to.into()) }));
    route
}

proptest! {
    /// Whatever comes after a return: until a new decision in favour the case may not be adopted.
    #[test]
    fn nothing_from_before_a_return_is_in_favour(chosen in prop::collection::vec((0..9_u8, 0..60_usize), 0..60), after in 0..200_i32) {
        // From a trial that runs; one of the ways that there are is taken at a time.
        let (route, mut events, mut today) = (undoing(), whole_way()[..10].to_vec(), day(6, 10));
        let mut case = Case::replay(&route, &events).unwrap();
        for (days, way) in chosen {
            today = today.checked_add(i32::from(days).days()).unwrap();
            let Standing::At(at) = case.on(&route, today) else { break };
            let ways = &route.stage(&at.stage).unwrap().ways;
            let event = decided(today, &at.stage, ways[way % ways.len()].outcome);
            case = case.after(&route, &event).unwrap();
            events.push(event);
        }
        let outcome = |event: &Event| match &event.act {
            Act::Decided { outcome, .. } => Some(*outcome),
            Act::Opened | Act::Withdrawn { .. } | Act::HandedOver { .. } => None,
        };
        let is_against = |event: &Event| matches!(outcome(event), Some(Outcome::Returned | Outcome::Rejected));
        let against = events.iter().rposition(is_against);
        if let Some(at) = case.in_favour(&route, today.checked_add(after.days()).unwrap()) {
            prop_assert!(against < Some(at), "{at} is older than what undid it: {against:?}");
            prop_assert!(matches!(outcome(&events[at]), Some(Outcome::Adopted | Outcome::Trial)));
        }
    }

    /// Whatever is tried: a case always has a holder or an end, what happened replays to the same, nothing happens twice.
    #[test]
    fn no_case_is_ever_stuck(tried in acts_of()) {
        let route = kai();
        let mut events = vec![opened()];
        let mut case = Case::replay(&route, &events).unwrap();
        let mut today = day(4, 1);
        for (days, _, act) in tried {
            today = today.checked_add(i32::from(days).days()).unwrap();
            let event = Event { on: today, by: OFFICE, act };
            let before = case.on(&route, today);
            match case.after(&route, &event) {
                Ok(next) => {
                    // It was possible where the case stood, and counts as one more.
                    prop_assert_eq!(next.version, case.version + 1);
                    if let (Act::Decided { stage, .. }, Standing::At(at)) = (&event.act, &before) {
                        prop_assert_eq!(stage, &at.stage);
                    }
                    events.push(event);
                    case = next;
                }
                Err(_) => prop_assert_eq!(case.on(&route, today), before),
            }
            prop_assert_eq!(&Case::replay(&route, &events).unwrap(), &case);
            match case.on(&route, today) {
                Standing::At(at) => {
                    let stage = route.stage(&at.stage).unwrap();
                    prop_assert!(acts(&route, &Standing::At(at.clone())).is_some());
                    prop_assert!(!stage.ways.is_empty());
                    prop_assert_eq!(at.trial_until.is_some(), stage.work == Work::Trial);
                    // It cannot stay in a trial for ever.
                    if let Some(until) = at.trial_until {
                        let Standing::At(later) = case.on(&route, until.tomorrow().unwrap()) else { panic!("a trial is no end") };
                        prop_assert!(later.trial_until.is_none());
                    }
                }
                Standing::Ended { on, .. } => prop_assert!(on <= today),
            }
        }
    }
}
