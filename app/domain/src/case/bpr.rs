//! BPRシート: how a piece of work is done and how it would be, step by step, with what a year of each takes.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    form::{Form, FormErrors},
    text::{number, sentences},
};

/// One step. `None`: not known, which is not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
    /// Who does it: 「窓口の職員」, 「市民」
    pub actor: String,
    /// Of one time.
    pub minutes: Option<u32>,
    /// In a year.
    pub times: Option<u32>,
    /// Yen of one time, beside the work.
    pub yen: Option<u32>,
    /// Sheets of paper of one time.
    pub sheets: Option<u32>,
}

impl Step {
    /// `None` unless both the minutes and the times are known.
    pub fn minutes_of_year(&self) -> Option<u64> {
        Some(u64::from(self.minutes?) * u64::from(self.times?))
    }
}

/// Both ways of doing the work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// いまの流れ
    pub as_is: Vec<Step>,
    /// 見直し後の流れ
    pub to_be: Vec<Step>,
}

/// What a year of some steps takes; each `None` when no step says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Year {
    pub minutes: Option<u64>,
    pub yen: Option<u64>,
    pub sheets: Option<u64>,
    /// Steps that do not say how often or how long: the sums are too small by them.
    pub incomplete: usize,
}

/// Which of the two lists a field belongs to, as fields name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    AsIs,
    ToBe,
}

impl Side {
    pub const ALL: [Side; 2] = [Side::AsIs, Side::ToBe];

    pub fn code(self) -> &'static str {
        match self {
            Side::AsIs => "as_is",
            Side::ToBe => "to_be",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Side::AsIs => "いまの流れ",
            Side::ToBe => "見直し後の流れ",
        }
    }
}

/// More steps than anybody describes.
pub const MOST_STEPS: usize = 60;
const NAME_LIMIT: usize = 80;
/// Nine digits: a year of 60 steps stays far below what a u64 holds.
const MOST: u32 = 999_999_999;

impl Sheet {
    pub fn side(&self, side: Side) -> &[Step] {
        match side {
            Side::AsIs => &self.as_is,
            Side::ToBe => &self.to_be,
        }
    }

    pub fn is_blank(&self) -> bool {
        self.as_is.is_empty() && self.to_be.is_empty()
    }

    /// Minutes of a year that are saved; negative when it takes more. `None` unless both sides say it.
    pub fn minutes_saved(&self) -> Option<i64> {
        self.saved(|year| year.minutes)
    }

    /// The same in yen.
    pub fn yen_saved(&self) -> Option<i64> {
        self.saved(|year| year.yen)
    }

    /// The same in sheets of paper.
    pub fn sheets_saved(&self) -> Option<i64> {
        self.saved(|year| year.sheets)
    }

    fn saved(&self, of: fn(Year) -> Option<u64>) -> Option<i64> {
        let signed = |side| of(year(self.side(side))).and_then(|amount| i64::try_from(amount).ok());
        Some(signed(Side::AsIs)? - signed(Side::ToBe)?)
    }

    /// Reads the fields `{side}.{n}.{name, actor, minutes, times, yen, sheets}`, n from 0 on. A line without anything is left
    /// out, wherever it stands.
    pub fn parse(form: &Form) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let mut sides = Side::ALL.map(|side| {
            let lines = (0..MOST_STEPS).filter_map(|n| step(form, side, n, &mut errors));
            lines.collect::<Vec<_>>()
        });
        let [as_is, to_be] = &mut sides;
        let sheet = Self { as_is: std::mem::take(as_is), to_be: std::mem::take(to_be) };
        if errors.is_empty() { Ok(sheet) } else { Err(errors) }
    }

    /// Fills the fields that [`Sheet::parse`] reads.
    pub fn fill(&self, form: &mut Form) {
        for side in Side::ALL {
            for (n, step) in self.side(side).iter().enumerate() {
                let mut set = |name: &str, value: String| form.set(&field(side, n, name), value);
                set("name", step.name.clone());
                set("actor", step.actor.clone());
                for (name, amount) in [("minutes", step.minutes), ("times", step.times), ("yen", step.yen), ("sheets", step.sheets)] {
                    set(name, amount.map(print).unwrap_or_default());
                }
            }
        }
    }
}

/// `as_is.0.minutes`
pub fn field(side: Side, n: usize, name: &str) -> String {
    format!("{}.{n}.{name}", side.code())
}

fn print(amount: u32) -> String {
    number::format(Decimal::from(amount))
}

/// What a year of these steps takes.
pub fn year(steps: &[Step]) -> Year {
    let mut year = Year::default();
    for step in steps {
        let times = step.times.map(u64::from);
        let add = |sum: &mut Option<u64>, amount: Option<u32>| {
            if let (Some(times), Some(amount)) = (times, amount) {
                *sum = Some(sum.unwrap_or(0) + times * u64::from(amount));
            }
        };
        add(&mut year.minutes, step.minutes);
        add(&mut year.yen, step.yen);
        add(&mut year.sheets, step.sheets);
        year.incomplete += usize::from(step.times.is_none() || step.minutes.is_none());
    }
    year
}

/// 「4,025時間」, 「18時間30分」, 「45分」 of minutes.
pub fn hours(minutes: u64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, rest) => format!("{rest}分"),
        // Nobody counts minutes of thousands of hours.
        (hours, rest) if rest == 0 || hours >= 100 => format!("{}時間", number::format(Decimal::from(hours))),
        (hours, rest) => format!("{hours}時間{rest}分"),
    }
}

fn step(form: &Form, side: Side, n: usize, errors: &mut FormErrors) -> Option<Step> {
    let name_of = |name: &str| field(side, n, name);
    let said = |name: &str| !form.get(&name_of(name)).trim().is_empty();
    if !["name", "actor", "minutes", "times", "yen", "sheets"].into_iter().any(said) {
        return None;
    }
    let place = format!("{}の{}番目", side.label(), n + 1);
    let name = form.required(&name_of("name"), &format!("{place}の手順"), NAME_LIMIT, errors);
    let actor = form.text(&name_of("actor"), &format!("{place}の担い手"), NAME_LIMIT, errors);
    let mut amount = |name: &str, label: &str| whole(form, &name_of(name), &format!("{place}の{label}"), errors);
    let (minutes, times) = (amount("minutes", "1回の時間（分）"), amount("times", "年間の回数"));
    let (yen, sheets) = (amount("yen", "1回の費用（円）"), amount("sheets", "1回の紙（枚）"));
    Some(Step { name, actor, minutes, times, yen, sheets })
}

/// A whole number from 0 on, or nothing.
fn whole(form: &Form, name: &str, label: &str, errors: &mut FormErrors) -> Option<u32> {
    let typed = form.get(name).trim();
    if typed.is_empty() {
        return None;
    }
    let number = number::parse(typed).ok().filter(|number| number.fract().is_zero()).and_then(|number| u32::try_from(number).ok());
    match number.filter(|number| *number <= MOST) {
        Some(number) => Some(number),
        None => errors.push(name, format!("{}は0から{}までの整数で入力してください。", label, print(MOST))),
    }
}

/// What must be there before a sheet is handed in.
pub fn check_whole(sheet: &Sheet) -> Result<(), FormErrors> {
    let mut errors = FormErrors::default();
    for side in Side::ALL {
        if sheet.side(side).is_empty() {
            errors.push::<()>(&field(side, 0, "name"), sentences::enter(&format!("{}の手順", side.label())));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::{option, prelude::*};

    use super::*;

    pub(in crate::case) fn any_step() -> impl Strategy<Value = Step> {
        let amount = || option::of(0..=MOST);
        ("[ぁ-ん]{1,20}", "[ァ-ン]{0,10}", amount(), amount(), amount(), amount())
            .prop_map(|(name, actor, minutes, times, yen, sheets)| Step { name, actor, minutes, times, yen, sheets })
    }

    proptest! {
        #[test]
        fn a_sheet_goes_through_its_form_unchanged(as_is in prop::collection::vec(any_step(), 0..8), to_be in prop::collection::vec(any_step(), 0..8)) {
            let sheet = Sheet { as_is, to_be };
            let mut form = Form::default();
            sheet.fill(&mut form);
            prop_assert_eq!(Sheet::parse(&form).unwrap(), sheet);
        }

        #[test]
        fn no_field_makes_it_panic(typed in prop::collection::vec(("(as_is|to_be)\\.[0-9]{1,2}\\.(name|actor|minutes|times|yen|sheets)", "\\PC{0,12}"), 0..20)) {
            let sheet = Sheet::parse(&Form::from_pairs(typed));
            if let Ok(sheet) = sheet {
                let _ = (sheet.minutes_saved(), sheet.yen_saved(), sheet.sheets_saved());
            }
        }

        #[test]
        fn a_year_is_the_sum_of_its_steps(steps in prop::collection::vec(any_step(), 0..10)) {
            let minutes: Option<u64> = steps.iter().filter_map(|step| Some(u64::from(step.minutes?) * u64::from(step.times?))).reduce(|a, b| a + b);
            prop_assert_eq!(year(&steps).minutes, minutes);
        }
    }

    fn step_of(minutes: u32, times: u32) -> Step {
        Step { name: "受付".into(), minutes: Some(minutes), times: Some(times), ..Step::default() }
    }

    #[test]
    fn what_is_saved_in_a_year_is_what_both_sides_say() {
        let sheet = Sheet { as_is: vec![step_of(30, 8_945), step_of(8, 8_945)], to_be: vec![step_of(11, 8_945)] };
        assert_eq!(sheet.minutes_saved(), Some(27 * 8_945));
        assert_eq!(hours(27 * 8_945), "4,025時間");
        let unknown = Sheet { to_be: vec![Step { minutes: None, ..step_of(1, 10) }], ..sheet };
        assert_eq!(unknown.minutes_saved(), None, "an unknown is not zero");
        assert_eq!(year(&unknown.to_be).incomplete, 1);
        assert_eq!([45, 90, 1110, 6000].map(hours), ["45分", "1時間30分", "18時間30分", "100時間"]);
    }

    #[test]
    fn bad_numbers_are_told_at_their_fields() {
        let typed = [("as_is.0.name", "申請書を書く"), ("as_is.0.minutes", "約10"), ("as_is.2.times", "１,２００"), ("to_be.1.yen", "-5")];
        let errors = Sheet::parse(&Form::from_pairs(typed.map(|(name, value)| (name.to_owned(), value.to_owned())))).unwrap_err();
        assert_eq!(errors.fields().collect::<Vec<_>>(), ["as_is.0.minutes", "as_is.2.name", "to_be.1.name", "to_be.1.yen"]);
        assert!(check_whole(&Sheet::default()).is_err());
    }
}
