//! 年間のイメージ: the rounds of a fiscal year, and how the tenant reports.

pub mod actions;
pub mod calendar;
pub mod round;
pub mod settings;

use jiff::civil::Date;
use rashin_domain::{
    clock::{FiscalYear, date_label},
    round::{Round, RoundState},
};

use crate::ui::frame::{Frame, Here};

pub fn year_url(city: &str, year: FiscalYear) -> String {
    format!("/{city}/staff/year?year={}", year.0)
}

pub fn round_url(city: &str, round: &Round) -> String {
    format!("/{city}/staff/year/rounds/{}", round.key())
}

/// A page below the calendar.
fn below(frame: Frame, city: &str) -> Frame {
    frame.crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff")), ("年間のイメージ".to_owned(), format!("/{city}/staff/year"))])
}

const HERE: Here = Here::Year;

/// 「あと8日」, 「今日まで」
fn days_left(today: Date, until: Date) -> String {
    match (until - today).get_days() {
        ..=0 => "今日まで".to_owned(),
        days => format!("あと{days}日"),
    }
}

/// The round that runs and closes, or ends its grace, next.
pub fn running(rounds: &[Round], today: Date) -> Option<&Round> {
    let runs = rounds.iter().filter(|round| matches!(round.state(today), RoundState::Open | RoundState::Grace));
    runs.min_by_key(|round| if today <= round.closes_on { round.closes_on } else { round.grace_until })
}

/// The round that runs, or opened last.
pub fn latest(rounds: &[Round], today: Date) -> Option<&Round> {
    let opened = || rounds.iter().filter(|round| round.opens_on <= today).max_by_key(|round| round.opens_on);
    running(rounds, today).or_else(opened)
}

/// 「上半期の報告　締切 2026年11月30日（あと8日）」 of a round that runs.
pub fn deadline(round: &Round, today: Date) -> String {
    format!("{}の報告　{}", round.kind.label(), closing(round, today))
}

/// 「締切 2026年11月30日（あと8日）」
pub fn closing(round: &Round, today: Date) -> String {
    match round.state(today) {
        RoundState::Grace => {
            let until = date_label(round.grace_until);
            format!("締切を過ぎています。猶予 {until}まで（{}）", days_left(today, round.grace_until))
        }
        RoundState::Closed | RoundState::Locked => format!("締切 {}を過ぎました", date_label(round.closes_on)),
        RoundState::Upcoming | RoundState::Open => format!("締切 {}（{}）", date_label(round.closes_on), days_left(today, round.closes_on)),
    }
}
