use jiff::ToSpan;
use proptest::prelude::*;

use super::{
    series::{Every, Nth, Series, Weekday},
    *,
};
use crate::calendar::is_closed;

fn day(month: i8, day: i8) -> Date {
    Date::constant(2026, month, day)
}

fn arrangement(on: Date) -> Arrangement {
    Arrangement { title: "第1回 部会".to_owned(), manner: Manner::InPerson, on, from: None, until: None, place: String::new() }
}

fn arranged(today: Date, on: Date, reason: &str) -> Event {
    Event { on: today, act: Act::Arranged { arrangement: arrangement(on), reason: reason.to_owned() } }
}

fn act(on: Date, act: Act) -> Event {
    Event { on, act }
}

#[test]
fn a_meeting_is_called_held_and_closed() {
    let meeting = Meeting::replay(&[arranged(day(4, 1), day(4, 10), "")]).unwrap();
    assert!(!meeting.has_met(day(4, 9)) && meeting.has_met(day(4, 10)));
    let called = meeting.after(&act(day(4, 2), Act::Convened)).unwrap();
    assert_eq!(called.after(&act(day(4, 3), Act::Convened)), Err(Refused::AlreadyConvened));
    assert_eq!(called.after(&act(day(4, 9), Act::Closed)), Err(Refused::NotMet));
    let closed = called.after(&act(day(4, 12), Act::Closed)).unwrap();
    assert!(closed.has_met(day(4, 12)) && !closed.is_recorded_on(day(4, 12)));
    assert_eq!(closed.after(&arranged(day(4, 13), day(4, 20), "x")), Err(Refused::Over));
}

#[test]
fn whoever_was_called_learns_why_the_day_is_another() {
    let called = Meeting::replay(&[arranged(day(4, 1), day(4, 10), ""), act(day(4, 2), Act::Convened)]).unwrap();
    assert_eq!(called.after(&arranged(day(4, 3), day(4, 17), " ")), Err(Refused::NoReason));
    let moved = called.after(&arranged(day(4, 3), day(4, 17), "議会のため")).unwrap();
    assert_eq!((moved.arrangement.on, moved.state, moved.sequence), (day(4, 17), State::Convened, 1));
    assert_eq!(called.after(&act(day(4, 3), Act::CalledOff { reason: String::new() })), Err(Refused::NoReason));
    let off = called.after(&act(day(4, 3), Act::CalledOff { reason: "案件がないため".to_owned() })).unwrap();
    assert!(!off.has_met(day(5, 1)));
    assert_eq!(off.sequence, 1);
    let late = Meeting::replay(&[arranged(day(4, 1), day(4, 10), "")]).unwrap();
    assert_eq!(late.after(&act(day(4, 11), Act::Convened)), Err(Refused::PastDay));
}

#[test]
fn papers_go_round_only_when_they_were_sent() {
    let written = Arrangement { manner: Manner::Written, ..arrangement(day(4, 10)) };
    let event = act(day(4, 1), Act::Arranged { arrangement: written, reason: String::new() });
    let planned = Meeting::replay(&[event]).unwrap();
    assert!(!planned.takes_answers(day(4, 2)) && !planned.has_met(day(4, 10)));
    let sent = planned.after(&act(day(4, 2), Act::Convened)).unwrap();
    assert!(sent.takes_answers(day(4, 10)) && !sent.takes_answers(day(4, 11)));
    assert!(!sent.has_met(day(4, 9)) && sent.is_recorded_on(day(4, 10)));
    assert_eq!(sent.arrangement.when(), "2026年4月10日（金）まで");
}

#[test]
fn a_time_is_typed_as_people_write_it() {
    let form = |pairs: &[(&str, &str)]| {
        let always = [("title", "部会"), ("manner", "in_person"), ("on_year", "2026"), ("on_month", "12"), ("on_day", "10")];
        Form::from_pairs(always.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    };
    for (typed, label) in [("14:30", "14:30"), ("１４：３０", "14:30"), ("14時", "14:00"), ("9時5分", "9:05"), ("9", "9:00")] {
        let read = Arrangement::parse(&form(&[("from", typed)]), true).unwrap();
        assert_eq!(read.from.map(time_label).as_deref(), Some(label));
    }
    for (typed, fields) in [
        (vec![("from", "25:00")], vec!["from"]),
        (vec![("until", "10:00")], vec!["from"]),
        (vec![("from", "10:00"), ("until", "9:00")], vec!["until"]),
        (vec![("title", ""), ("manner", "x"), ("on_year", ""), ("on_month", ""), ("on_day", "")], vec!["title", "manner", "on_year"]),
    ] {
        let errors = Arrangement::parse(&form(&typed), true).unwrap_err();
        assert_eq!(errors.fields().collect::<Vec<_>>(), fields, "{typed:?}");
    }
    let read = Arrangement::parse(&form(&[("from", "14:00"), ("until", "15:30"), ("place", "第1会議室")]), true).unwrap();
    assert_eq!(read.when(), "2026年12月10日（木） 14:00～15:30");
    let mut again = Form::default();
    read.fill(&mut again);
    assert_eq!(Arrangement::parse(&again, true).unwrap(), read);
}

#[test]
fn a_monthly_meeting_moves_from_a_holiday() {
    // 11 February 2027 is a holiday on a Thursday; the 12th is open.
    let series = Series { every: Every::Weekday(Nth::Second, Weekday::Thursday), from: day(12, 1), until: Date::constant(2027, 3, 31) };
    let days: Vec<String> = series.days().iter().map(|day| day.to_string()).collect();
    assert_eq!(days, ["2026-12-10", "2027-01-14", "2027-02-12", "2027-03-11"]);
    assert_eq!(series.label(), "毎月 第2木曜日、2026年12月1日から2027年3月31日まで");
    let ends = Series { every: Every::Day(31), from: day(2, 1), until: day(3, 31) };
    // 28 February 2026 is a Saturday.
    assert_eq!(ends.days(), [day(3, 2), day(3, 31)]);
}

#[test]
fn a_series_names_what_it_lacks() {
    let form = |pairs: &[(&str, &str)]| Form::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields = |pairs: &[(&str, &str)]| Series::parse(&form(pairs)).unwrap_err().fields().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(fields(&[]), ["nth", "begin_year", "end_year"]);
    assert_eq!(fields(&[("every", "day"), ("day", "32")]), ["day", "begin_year", "end_year"]);
    let mut typed = form(&[("every", "day"), ("day", "１５")]);
    typed.set_date("begin", day(4, 1));
    typed.set_date("end", Date::constant(2030, 4, 1));
    assert_eq!(Series::parse(&typed).unwrap_err().fields().collect::<Vec<_>>(), ["end_year"]);
    typed.set_date("end", day(4, 10));
    assert!(Series::parse(&typed).unwrap_err().of("end_year").unwrap().contains("定例の日がありません"));
    typed.set_date("end", day(4, 30));
    assert_eq!(Series::parse(&typed).unwrap().days(), [day(4, 15)]);
}

fn any_every() -> impl Strategy<Value = Every> {
    let weekday = (prop::sample::select(Nth::ALL), prop::sample::select(Weekday::ALL));
    prop_oneof![weekday.prop_map(|(nth, weekday)| Every::Weekday(nth, weekday)), (1..=31_i8).prop_map(Every::Day)]
}

proptest! {
    #[test]
    fn a_body_meets_once_a_month_on_open_days(every in any_every(), start in 0..1_000_i32, months in 1..36_i32) {
        let from = Date::constant(2025, 1, 1).checked_add(start.days()).unwrap();
        let until = from.checked_add(months.months()).unwrap();
        let days = Series { every, from, until }.days();
        prop_assert!(days.iter().all(|day| !is_closed(*day)));
        prop_assert!(days.windows(2).all(|two| two[0] < two[1]));
        prop_assert!((months - 1..=months + 1).contains(&(days.len() as i32)), "{} days in {months} months", days.len());
        prop_assert!(days.iter().all(|day| from <= *day));
    }

    /// Whatever is tried: what happened replays to the same, nothing follows an end, and a calendar's number never falls.
    #[test]
    fn a_meeting_never_comes_back(tried in prop::collection::vec((0..4_i32, 0..5_u8, -5..20_i32, any::<bool>()), 0..30)) {
        let mut today = day(4, 1);
        let mut events = vec![arranged(today, day(4, 10), "")];
        let mut meeting = Meeting::replay(&events).unwrap();
        for (days, which, ahead, said) in tried {
            today = today.checked_add(days.days()).unwrap();
            let reason = if said { "理由" } else { "" };
            let event = match which {
                0 => act(today, Act::Convened),
                1 => act(today, Act::CalledOff { reason: reason.to_owned() }),
                2 => act(today, Act::Closed),
                _ => arranged(today, today.checked_add(ahead.days()).unwrap(), reason),
            };
            if let Ok(next) = meeting.after(&event) {
                prop_assert!(!meeting.is_over());
                prop_assert_eq!(next.version, meeting.version + 1);
                prop_assert!(next.sequence >= meeting.sequence);
                prop_assert!(next.state != State::Closed || next.arrangement.on <= today);
                events.push(event);
                meeting = next;
            }
            prop_assert_eq!(&Meeting::replay(&events).unwrap(), &meeting);
            prop_assert!(!(meeting.takes_answers(today) && meeting.is_over()));
        }
    }
}
