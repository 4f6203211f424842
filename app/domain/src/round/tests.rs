use proptest::prelude::*;

use super::*;
use crate::{form::Form, plan::sample_kpi};

pub(crate) fn kpi(frequency: Frequency) -> Rhythm {
    Rhythm::of(&Kpi { frequency, ..sample_kpi() })
}

/// The default round of a kind about a year.
pub(crate) fn round(year: i16, kind: RoundKind) -> Round {
    Round::defaults(FiscalYear(year)).into_iter().find(|round| round.kind == kind).unwrap()
}

fn asked(kind: RoundKind, of: &Rhythm) -> String {
    let asked = round(2026, kind).asked(of);
    asked.iter().map(|asked| asked.period.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_rounds_of_a_year_stay_within_their_months_and_on_business_days() {
    let dates: Vec<_> = Round::defaults(FiscalYear(2026))
        .iter()
        .map(|r| (r.key(), r.opens_on.to_string(), r.closes_on.to_string(), r.grace_until.to_string()))
        .collect();
    let row = |key: &str, opens: &str, closes: &str, grace: &str| (key.to_owned(), opens.into(), closes.into(), grace.into());
    assert_eq!(
        dates,
        [
            // 31 October 2026 is a Saturday, 3 November is 文化の日.
            row("FY2026-half", "2026-10-01", "2026-10-30", "2026-11-09"),
            row("FY2026-forecast", "2027-02-01", "2027-02-26", "2027-03-05"),
            row("FY2026-preliminary", "2027-04-01", "2027-05-31", "2027-06-07"),
            row("FY2026-final", "2027-06-01", "2027-06-30", "2027-07-30"),
        ]
    );
}

#[test]
fn each_round_asks_what_its_time_can_tell() {
    use RoundKind::{Final, Forecast, Half, Preliminary};
    for (frequency, half, preliminary) in [
        (Frequency::Year, "FY2026H1", "FY2026"),
        (Frequency::Half, "FY2026H1", "FY2026H2"),
        (Frequency::Quarter, "FY2026Q1 FY2026Q2", "FY2026Q3 FY2026Q4"),
        (Frequency::Month, "2026-04 2026-05 2026-06 2026-07 2026-08 2026-09", "2026-10 2026-11 2026-12 2027-01 2027-02 2027-03"),
    ] {
        let of = kpi(frequency);
        assert_eq!((asked(Half, &of).as_str(), asked(Preliminary, &of).as_str()), (half, preliminary));
        assert_eq!((asked(Forecast, &of).as_str(), asked(Final, &of).as_str()), ("FY2026", "FY2026"));
    }
    let of = Rhythm::Initiative { ended: None };
    assert_eq!((asked(Half, &of), asked(Final, &of)), ("FY2026H1".into(), "FY2026".into()));
}

#[test]
fn what_is_reported_once_is_asked_in_a_target_year_only() {
    let once = kpi(Frequency::Once);
    assert_eq!(asked(RoundKind::Final, &once), "FY2026", "2026 is the year of the interim target");
    assert_eq!(round(2027, RoundKind::Final).asked(&once), []);
}

#[test]
fn what_was_scrapped_is_asked_about_the_years_before() {
    let of = Rhythm::Initiative { ended: Some(FiscalYear(2027)) };
    for kind in [RoundKind::Half, RoundKind::Final] {
        assert_eq!((round(2026, kind).asked(&of).len(), round(2027, kind).asked(&of), round(2028, kind).asked(&of)), (1, vec![], vec![]));
    }
}

#[test]
fn a_narrow_round_leaves_yearly_kpis_alone() {
    let narrow = Round { asks: Asks::HalfYearly, ..round(2026, RoundKind::Half) };
    for (of, is_asked) in [
        (kpi(Frequency::Once), false),
        (kpi(Frequency::Year), false),
        (kpi(Frequency::Half), true),
        (kpi(Frequency::Month), true),
        (Rhythm::Initiative { ended: None }, true),
    ] {
        assert_eq!(!narrow.asked(&of).is_empty(), is_asked, "{of:?}");
    }
}

#[test]
fn rounds_of_spring_are_about_the_year_that_ended() {
    let day = Date::constant;
    assert_eq!(RoundKind::Preliminary.year_on(day(2027, 4, 1)), FiscalYear(2026));
    assert_eq!(RoundKind::Preliminary.year_on(day(2027, 3, 25)), FiscalYear(2026));
    assert_eq!(RoundKind::Final.year_on(day(2027, 7, 1)), FiscalYear(2026));
    assert_eq!(RoundKind::Half.year_on(day(2026, 10, 1)), FiscalYear(2026));
    assert_eq!(RoundKind::Forecast.year_on(day(2027, 2, 1)), FiscalYear(2026));
}

#[test]
fn defaults_read_back_from_their_form() {
    for year in 2020..2040 {
        let all: Vec<_> = (year - 1..=year + 1).flat_map(|year| Round::defaults(FiscalYear(year))).collect();
        for round in &all {
            assert_eq!(round.parse(&round.as_form(), &all).as_ref(), Ok(round));
        }
    }
}

#[test]
fn a_round_with_impossible_days_is_refused_in_words() {
    let all = Round::defaults(FiscalYear(2026));
    let half = &all[0];
    let refused = |changes: &[(&str, &str)]| {
        let mut form = half.as_form();
        for (name, value) in changes {
            form.set(name, *value);
        }
        let errors = half.parse(&form, &[all.as_slice(), &Round::defaults(FiscalYear(2025))].concat()).unwrap_err();
        errors.iter().map(|(field, sentence)| format!("{field}：{sentence}")).collect::<Vec<_>>().join("")
    };
    for (changes, expected) in [
        (&[("closes_month", "9"), ("closes_day", "30")][..], "closes_year：締切日は、開始日以降"),
        (&[("grace_month", "10"), ("grace_day", "1")], "grace_year：猶予の最終日は、締切日以降"),
        (&[("closes_day", "31")], "2026年10月30日か2026年11月2日"),
        (&[("opens_year", "2025")], "2026年4月1日～2027年3月31日の間"),
        (&[("opens_day", "20")], "remind.-10：催促「締切の10営業日前」は2026年10月16日で、開始日より前"),
        (
            &[("grace_year", ""), ("grace_month", ""), ("grace_day", "")],
            "remind.1：催促「締切の翌営業日」は2026年11月2日で、猶予の最終日より後",
        ),
        (&[("opens_year", "2027"), ("opens_month", "3")], "2026(令和8)年度 見込の報告の開始日（2027年2月1日）より前"),
        (&[("opens_day", "")], "opens_day：開始日の「日」"),
        (&[("asks", "")], "asks：対象の指標を選択"),
    ] {
        let sentences = refused(changes);
        assert!(sentences.contains(expected), "{sentences}");
    }
}

#[test]
fn two_rounds_of_a_kind_do_not_overlap_and_a_locked_one_stays() {
    let old = Round { opens_on: Date::constant(2026, 1, 5), ..round(2025, RoundKind::Final) };
    let all = [old.clone(), Round { year: FiscalYear(2024), ..old.clone() }];
    assert!(old.parse(&old.as_form(), &all).unwrap_err().of("opens_year").unwrap().contains("2024(令和6)年度 確定の報告（2026年1月5日～"));
    let locked = Round { locked_on: Some(Date::constant(2026, 8, 1)), ..old };
    assert!(locked.parse(&locked.as_form(), &[]).unwrap_err().of("opens_year").unwrap().contains("固定済み"));
}

fn any_round() -> impl Strategy<Value = Round> {
    let lengths = (0i32..90, 0i32..90, prop::option::of(0i32..400));
    (2020i16..2040, prop::sample::select(RoundKind::ALL), lengths).prop_map(|(year, kind, (open, grace, lock))| {
        let later = |day: Date, days: i32| day.saturating_add(jiff::Span::new().days(days));
        let round = round(year, kind);
        let closes_on = later(round.opens_on, open);
        Round { closes_on, grace_until: later(closes_on, grace), locked_on: lock.map(|days| later(round.opens_on, days)), ..round }
    })
}

proptest! {
    #[test]
    fn a_round_never_goes_back(round in any_round()) {
        let first = round.opens_on.saturating_sub(jiff::Span::new().days(30));
        let states: Vec<_> = first.series(jiff::Span::new().days(1)).take(500).map(|day| round.state(day)).collect();
        prop_assert!(states.is_sorted());
        prop_assert_eq!(states[0], RoundState::Upcoming);
        prop_assert!(*states.last().unwrap() >= RoundState::Closed);
    }
}

/// A form that moves the days of a round.
fn moved(round: &Round, days: [i32; 3]) -> Form {
    let to = |day: Date, by: i32| crate::calendar::next_business_day(day.saturating_add(jiff::Span::new().days(by)));
    let [opens_on, closes_on, grace_until] = [(round.opens_on, days[0]), (round.closes_on, days[1]), (round.grace_until, days[2])]
        .map(|(day, by)| if by == 0 { day } else { to(day, by) });
    Round { opens_on, closes_on, grace_until, reminders: Vec::new(), ..round.clone() }.as_form()
}

proptest! {
    #[test]
    fn no_change_rewrites_what_has_passed(offset in -30i32..120, days in proptest::array::uniform3(-20i32..60), silent: bool) {
        let round = round(2026, RoundKind::Half);
        let today = round.opens_on.saturating_add(jiff::Span::new().days(offset));
        let mut form = moved(&round, days);
        form.set("reason", if silent { "" } else { "災害対応のため" });
        let Ok((changed, reason)) = round.change(&form, std::slice::from_ref(&round), today) else { return Ok(()) };
        let begun = round.opens_on <= today;
        prop_assert!(!begun || (changed.opens_on == round.opens_on && reason == "災害対応のため"));
        for (before, after) in [(round.opens_on, changed.opens_on), (round.closes_on, changed.closes_on), (round.grace_until, changed.grace_until)] {
            prop_assert!(before == after || today <= after, "{before} became {after} on {today}");
        }
        // One that is to come can be opened today; what runs is closed by time alone.
        let latest = if begun { round.state(today) } else { RoundState::Open };
        prop_assert!(changed.state(today) <= latest, "{changed:?} on {today}");
    }
}

#[test]
fn a_running_round_is_put_off_with_a_reason() {
    let (round, today) = (round(2026, RoundKind::Half), Date::constant(2026, 10, 20));
    let mut form = moved(&round, [0, 14, 14]);
    let refused = |form: &Form| round.change(form, &[], today).unwrap_err().fields().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(refused(&form), ["reason"]);
    form.set("reason", "集計が遅れているため");
    assert_eq!(round.change(&form, &[], today).unwrap().0.closes_on, Date::constant(2026, 11, 13));
    form.set("opens_day", "2");
    form.set("closes_month", "10");
    form.set("closes_day", "16");
    assert_eq!(refused(&form), ["opens_year", "closes_year"]);
}

#[test]
fn rounds_are_added_by_name_and_never_out_of_order() {
    let offered = Round::defaults_in(FiscalYear(2026));
    let mut form = Form::default();
    assert_eq!(Round::added(&form, offered.clone(), &[]).unwrap_err().fields().collect::<Vec<_>>(), ["add"]);
    form.set("add.FY2026-half", "on");
    assert_eq!(Round::added(&form, offered.clone(), &[]).unwrap(), offered[2..3]);
    let late = Round { opens_on: Date::constant(2026, 9, 1), ..round(2026, RoundKind::Forecast) };
    assert!(Round::added(&form, offered, &[late]).unwrap_err().of("add").unwrap().contains("見込"));
}
