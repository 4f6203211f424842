//! 保存年限: for how long records are kept. The time begins on 1 April after the fiscal year in which something ended.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    clock::FiscalYear,
    coded::coded,
    form::{Form, FormErrors},
    text::number,
};

coded! {
    RecordKind {
        Cases = "cases", "案件の記録";
        Meetings = "meetings", "会議の記録";
    }
}

/// What a tenant keeps that has not decided otherwise.
const USUAL: u8 = 5;
const MOST: u8 = 50;

/// Years for each kind, in the order of [`RecordKind::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Periods([u8; RecordKind::ALL.len()]);

impl Default for Periods {
    fn default() -> Self {
        Self([USUAL; RecordKind::ALL.len()])
    }
}

impl Periods {
    pub fn of(&self, kind: RecordKind) -> u8 {
        self.0[kind as usize]
    }

    pub fn with(mut self, kind: RecordKind, years: u8) -> Self {
        self.0[kind as usize] = years;
        self
    }

    /// Reads the fields `years.{kind}`.
    pub fn parse(form: &Form) -> Result<Self, FormErrors> {
        let (mut periods, mut errors) = (Self::default(), FormErrors::default());
        for kind in RecordKind::ALL {
            let years = number::parse(form.get(&field(*kind))).ok().filter(|years| years.fract().is_zero());
            match years.and_then(|years| u8::try_from(years).ok()).filter(|years| (1..=MOST).contains(years)) {
                Some(years) => periods = periods.with(*kind, years),
                None => {
                    _ = errors.push::<()>(&field(*kind), format!("{}の保存年限は、1から{MOST}までの整数で入力してください。", kind.label()))
                }
            }
        }
        if errors.is_empty() { Ok(periods) } else { Err(errors) }
    }

    /// Fills the fields that [`Periods::parse`] reads.
    pub fn fill(&self, form: &mut Form) {
        for kind in RecordKind::ALL {
            form.set(&field(*kind), self.of(*kind).to_string());
        }
    }

    /// The fiscal year with whose end a record of something that has ended may go.
    pub fn last_year(&self, kind: RecordKind, ended: Date) -> FiscalYear {
        FiscalYear(FiscalYear::of(ended).0 + i16::from(self.of(kind)))
    }
}

/// `years.cases`
pub fn field(kind: RecordKind) -> String {
    format!("years.{}", kind.code())
}

/// 「令和13年度末」
pub fn until_label(year: FiscalYear) -> String {
    format!("{}年度末", year.era())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_time_begins_in_april_after_the_end() {
        let day = Date::constant;
        let kept = |ended| until_label(Periods::default().last_year(RecordKind::Cases, ended));
        // Five years from 1 April 2027: until 31 March 2032.
        assert_eq!(
            [kept(day(2026, 4, 1)), kept(day(2027, 3, 31)), kept(day(2027, 4, 1))],
            ["令和13年度末", "令和13年度末", "令和14年度末"]
        );
        let ten = Periods::default().with(RecordKind::Meetings, 10);
        assert_eq!((ten.of(RecordKind::Meetings), ten.of(RecordKind::Cases)), (10, 5));
    }

    proptest! {
        /// Whole years, and none shorter than was said.
        #[test]
        fn a_record_is_kept_for_all_its_years(days in 0..20_000_i64, years in 1..=MOST) {
            let ended = Date::constant(2000, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let periods = Periods::default().with(RecordKind::Cases, years);
            let last = periods.last_year(RecordKind::Cases, ended).last_day();
            let from = FiscalYear::of(ended).last_day();
            prop_assert_eq!(i16::from(years), last.year() - from.year());
            prop_assert!(ended <= from);
            let mut form = Form::default();
            periods.fill(&mut form);
            prop_assert_eq!(Periods::parse(&form).unwrap(), periods);
        }
    }

    #[test]
    fn a_period_is_a_small_whole_number() {
        let typed = [("years.cases", "０"), ("years.meetings", "約5年")];
        let errors = Periods::parse(&Form::from_pairs(typed.map(|(a, b)| (a.to_owned(), b.to_owned())))).unwrap_err();
        assert_eq!(errors.fields().collect::<Vec<_>>(), ["years.cases", "years.meetings"]);
    }
}
