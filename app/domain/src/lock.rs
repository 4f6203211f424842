//! What may be reported now for a period, and what is a correction.

use jiff::civil::Date;

use crate::{
    calendar::business_days_between,
    clock::date_label,
    obligation::Stage,
    round::{Asked, Rhythm, Round, RoundState},
};

/// How a figure may be reported today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock<'a> {
    /// No round speaks of it yet: at any time.
    Free,
    InRound(&'a Round),
    /// After the closing day: in the grace, or later as long as no figure stands and the round is not locked.
    Late(&'a Round),
    /// Only as a correction: with a reason, approved by the section that is responsible now, and with an erratum.
    Locked(&'a Round),
}

/// What may be done with a figure of something that is reported in a rhythm. `stage`: the newest report of the period.
///
/// 1. A locked round that asked for the period so settled, or more, binds.
/// 2. Else the round that asks just this decides by its state; once it is closed, what stands is bound.
/// 3. Else a locked round that asked for the period less settled binds: outside of rounds its figure stays.
pub fn lock<'a>(rounds: &'a [Round], of: &Rhythm, asked: Asked, stage: Option<Stage>, today: Date) -> Lock<'a> {
    let about = rounds.iter().filter_map(|round| {
        let asks = round.asked(of).into_iter().find(|it| it.period == asked.period)?;
        let state = round.state(today);
        (state != RoundState::Upcoming).then_some((round, asks.maturity, state))
    });
    let about: Vec<_> = about.collect();
    let locked = |settled: bool| {
        let binds = |(_, maturity, state): &&(_, _, RoundState)| *state == RoundState::Locked && (*maturity >= asked.maturity) == settled;
        about.iter().filter(binds).max_by_key(|(round, ..)| round.kind).map(|(round, ..)| Lock::Locked(round))
    };
    let stands = stage.is_some_and(Stage::is_reported);
    let own = about.iter().find(|(_, maturity, _)| *maturity == asked.maturity).and_then(|(round, _, state)| match state {
        RoundState::Open => Some(Lock::InRound(round)),
        RoundState::Closed if stands => Some(Lock::Locked(round)),
        RoundState::Grace | RoundState::Closed => Some(Lock::Late(round)),
        RoundState::Upcoming | RoundState::Locked => None,
    });
    locked(true).or(own).or_else(|| locked(false)).unwrap_or(Lock::Free)
}

impl Lock<'_> {
    /// Takes a reason and an approval whatever the tenant's way of approval, and leaves an erratum.
    pub fn is_correction(&self) -> bool {
        match self {
            Lock::Locked(_) => true,
            Lock::Free | Lock::InRound(_) | Lock::Late(_) => false,
        }
    }

    /// For the page. `responsible`: names of the sections that are responsible today.
    pub fn sentence(&self, responsible: &[&str], today: Date) -> String {
        match self {
            Lock::Free => "報告期の対象ではないため、いつでも報告できます。".to_owned(),
            Lock::InRound(round) => {
                let left = match business_days_between(today, round.closes_on) {
                    0 => "今日まで".to_owned(),
                    days => format!("あと{days}営業日"),
                };
                format!("{}は{}に締め切ります（{left}）。", round.label(), date_label(round.closes_on))
            }
            Lock::Late(round) => {
                let closed = format!("{}は{}に締め切りました。", round.label(), date_label(round.closes_on));
                let until = date_label(round.grace_until);
                if today <= round.grace_until {
                    format!("{closed}{until}まで、期限後の報告として受け付けます。")
                } else {
                    format!("{closed}値がまだないため、期限後の報告として受け付けます。")
                }
            }
            Lock::Locked(round) => {
                let (label, done) =
                    (round.label(), if round.state(today) == RoundState::Locked { "固定されています" } else { "締め切られています" });
                match responsible {
                    [] => format!("{label}の値は{done}。訂正には担当課の承認が必要です。先に担当課を決めてください。"),
                    names => {
                        format!("{label}の値は{done}。理由を付けた訂正として受け付け、{}の承認を経て正誤に残します。", names.join("・"))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::FiscalYear,
        kpi::{
            Frequency,
            Maturity::{self, Final, Forecast, Preliminary},
        },
        period::Period,
        round::{RoundKind, tests::kpi},
    };

    const fn day(year: i16, month: i8, day: i8) -> Date {
        Date::constant(year, month, day)
    }

    /// 上半期, 見込 and 速報 of 2026 are locked some days after their grace, 確定 on 20 August 2027.
    fn rounds() -> Vec<Round> {
        let locks = [day(2026, 11, 20), day(2027, 3, 20), day(2027, 6, 20), day(2027, 8, 20)];
        Round::defaults(FiscalYear(2026)).into_iter().zip(locks).map(|(round, on)| Round { locked_on: Some(on), ..round }).collect()
    }

    /// The kind of lock and of its round.
    fn found(code: &str, maturity: Maturity, stage: Option<Stage>, today: Date) -> (&'static str, Option<RoundKind>) {
        let asked = Asked { period: Period::parse(code).unwrap(), maturity };
        match lock(&rounds(), &kpi(Frequency::Year), asked, stage, today) {
            Lock::Free => ("free", None),
            Lock::InRound(round) => ("in", Some(round.kind)),
            Lock::Late(round) => ("late", Some(round.kind)),
            Lock::Locked(round) => ("locked", Some(round.kind)),
        }
    }

    #[test]
    fn a_figure_is_free_then_asked_then_late_then_bound() {
        let stands = Some(Stage::Approved);
        for (today, stage, expected) in [
            (day(2026, 9, 30), None, ("free", None)),
            (day(2026, 10, 1), None, ("in", Some(RoundKind::Half))),
            (day(2026, 10, 30), stands, ("in", Some(RoundKind::Half))),
            (day(2026, 10, 31), stands, ("late", Some(RoundKind::Half))),
            (day(2026, 11, 10), None, ("late", Some(RoundKind::Half))),
            (day(2026, 11, 10), Some(Stage::Returned), ("late", Some(RoundKind::Half))),
            (day(2026, 11, 10), stands, ("locked", Some(RoundKind::Half))),
            (day(2026, 11, 20), None, ("locked", Some(RoundKind::Half))),
        ] {
            assert_eq!(found("FY2026H1", Preliminary, stage, today), expected, "{today}");
        }
    }

    #[test]
    fn a_locked_figure_is_not_replaced_under_another_maturity() {
        let (stands, half, settled) = (Some(Stage::Approved), RoundKind::Half, RoundKind::Final);
        assert_eq!(found("FY2026H1", Final, stands, day(2026, 12, 1)), ("locked", Some(half)));
        assert_eq!(found("FY2026", Forecast, stands, day(2027, 9, 1)), ("locked", Some(settled)));
        assert_eq!(found("FY2026", Preliminary, stands, day(2027, 6, 25)), ("locked", Some(RoundKind::Preliminary)));
        // 速報 is locked, and 確定 asks for the settled figure.
        assert_eq!(found("FY2026", Final, stands, day(2027, 6, 25)), ("in", Some(settled)));
        // Before 確定 opens, the forecast of February is locked.
        assert_eq!(found("FY2026", Final, stands, day(2027, 5, 1)), ("locked", Some(RoundKind::Forecast)));
    }

    #[test]
    fn an_earlier_round_that_was_left_open_is_no_way_around_a_locked_one() {
        let mut rounds = rounds();
        rounds[2].locked_on = None;
        let asked = Asked { period: Period::year(2026), maturity: Preliminary };
        let found = lock(&rounds, &kpi(Frequency::Year), asked, None, day(2027, 9, 1));
        assert!(matches!(found, Lock::Locked(round) if round.kind == RoundKind::Final), "{found:?}");
    }

    #[test]
    fn what_no_round_asks_is_free() {
        let month = Asked { period: Period::Month(2026, 5), maturity: Preliminary };
        let locked = day(2027, 9, 1);
        assert_eq!(lock(&rounds(), &kpi(Frequency::Year), month, None, locked), Lock::Free);
        assert!(lock(&rounds(), &kpi(Frequency::Month), month, None, locked).is_correction());
        assert_eq!(lock(&[], &kpi(Frequency::Month), month, None, locked), Lock::Free);
    }

    #[test]
    fn the_page_says_until_when_and_what_a_correction_takes() {
        let rounds = rounds();
        let half = &rounds[0];
        let closed = Round { locked_on: None, ..half.clone() };
        for (lock, today, sentence) in [
            (Lock::InRound(half), day(2026, 10, 27), "2026(令和8)年度 上半期の報告は2026年10月30日に締め切ります（あと3営業日）。"),
            (Lock::InRound(half), day(2026, 10, 30), "2026(令和8)年度 上半期の報告は2026年10月30日に締め切ります（今日まで）。"),
            (
                Lock::Late(half),
                day(2026, 11, 2),
                "2026(令和8)年度 上半期の報告は2026年10月30日に締め切りました。2026年11月9日まで、期限後の報告として受け付けます。",
            ),
            (
                Lock::Locked(half),
                day(2026, 12, 1),
                "2026(令和8)年度 上半期の報告の値は固定されています。理由を付けた訂正として受け付け、市民課の承認を経て正誤に残します。",
            ),
            (
                Lock::Locked(&closed),
                day(2026, 12, 1),
                "2026(令和8)年度 上半期の報告の値は締め切られています。理由を付けた訂正として受け付け、市民課の承認を経て正誤に残します。",
            ),
        ] {
            assert_eq!(lock.sentence(&["市民課"], today), sentence);
        }
        assert!(Lock::Locked(half).sentence(&[], day(2026, 12, 1)).contains("先に担当課を決めてください"));
    }
}
