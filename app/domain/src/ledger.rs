//! 予算と効果: what an initiative cost in a year, where the money came from, what it saved.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::{
    coded::coded,
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    text::{
        number::{self, NumberError},
        sentences,
    },
};

coded! {
    /// 財源
    Fund {
        General = "general", "一般財源";
        National = "national", "国補助";
        Prefecture = "prefecture", "県補助";
        Bonds = "bonds", "起債";
        Others = "others", "その他";
    }
}

/// Longest 予算事業名 and source, in characters.
const SHORT: usize = 200;
/// Money in thousands of yen, hours and sheets: 12 digits, so that sums of many fit.
const MOST: i64 = 999_999_999_999;

/// A line of the ledger. `None`: not entered, which is not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// 予算事業名
    pub project: String,
    /// 予算額, thousands of yen.
    pub budget: Option<i64>,
    /// 決算額, thousands of yen.
    pub settled: Option<i64>,
    /// 財源, thousands of yen.
    pub funds: BTreeMap<Fund, i64>,
    /// Hours of work saved in the year; negative when it took more.
    pub hours: Option<i64>,
    /// Sheets of paper saved in the year; negative when more were used.
    pub sheets: Option<i64>,
    pub note: String,
    pub source: String,
}

impl Entry {
    /// Reads the form of an entry. Fields: `project`, `budget`, `settled`, `fund.{code}`, `hours`, `hours_grew`, `sheets`,
    /// `sheets_grew`, `note`, `source`. ▲ before what was saved means that it grew: people also write it before a saving, so
    /// it takes a tick.
    pub fn parse(form: &Form) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let project = form.text("project", "予算事業名", SHORT, &mut errors);
        let budget = money(form, "budget", "予算額", &mut errors);
        let settled = money(form, "settled", "決算額", &mut errors);
        let mut funds = BTreeMap::new();
        for fund in Fund::ALL.iter().copied() {
            let amount = money(form, &fund_field(fund), fund.label(), &mut errors);
            funds.extend(amount.map(|amount| (fund, amount)));
        }
        let hours = saved(form, "hours", "削減した時間", "時間", &mut errors);
        let sheets = saved(form, "sheets", "削減した紙", "枚", &mut errors);
        let note = form.text("note", "備考", NOTE_LIMIT, &mut errors);
        let source = form.text("source", "根拠", SHORT, &mut errors);
        let entry = Self { project, budget, settled, funds, hours, sheets, note, source };
        if errors.is_empty() { Ok(entry) } else { Err(errors) }
    }

    /// Fills the fields that [`Entry::parse`] reads.
    pub fn fill(&self, form: &mut Form) {
        let printed = |amount: Option<i64>| amount.map(print).unwrap_or_default();
        form.set("project", self.project.clone());
        form.set("budget", printed(self.budget));
        form.set("settled", printed(self.settled));
        for fund in Fund::ALL.iter().copied() {
            form.set(&fund_field(fund), printed(self.funds.get(&fund).copied()));
        }
        for (name, amount) in [("hours", self.hours), ("sheets", self.sheets)] {
            form.set(name, printed(amount));
            if amount.is_some_and(|amount| amount < 0) {
                form.set(&format!("{name}_grew"), "on");
            }
        }
        form.set("note", self.note.clone());
        form.set("source", self.source.clone());
    }

    /// Nothing is entered: it does not count as an entry.
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }

    /// What the funds give together; `None` when none is entered.
    pub fn funded(&self) -> Option<i64> {
        (!self.funds.is_empty()).then(|| self.funds.values().sum())
    }

    /// Funds less what was spent, or is to be while the books are open, if they do not agree.
    pub fn gap(&self) -> Option<i64> {
        let whole = self.settled.or(self.budget)?;
        Some(self.funded()? - whole).filter(|gap| *gap != 0)
    }
}

pub fn fund_field(fund: Fund) -> String {
    format!("fund.{}", fund.code())
}

/// 「1,234」, 「▲56」
pub fn print(amount: i64) -> String {
    number::format(Decimal::from(amount))
}

fn money(form: &Form, name: &str, label: &str, errors: &mut FormErrors) -> Option<i64> {
    match whole(form.get(name)) {
        Ok(amount) if amount.is_none_or(|amount| amount >= 0) => amount,
        Ok(_) => errors.push(name, format!("{label}は0以上の整数で入力してください（単位：千円）。▲は付けられません。")),
        Err(NumberError::TooLong) => errors.push(name, format!("{label}は12桁以内の整数で入力してください（単位：千円）。")),
        Err(_) => errors.push(name, format!("{label}は整数で入力してください（単位：千円）。")),
    }
}

fn saved(form: &Form, name: &str, label: &str, unit: &str, errors: &mut FormErrors) -> Option<i64> {
    let grew = form.get(&format!("{name}_grew")) == "on";
    match whole(form.get(name)) {
        Ok(Some(amount)) if amount < 0 && !grew => errors.push(
            name,
            format!("{label}の▲は、増えたことを表します。減った数なら▲を付けずに入力し、増えたのなら「増えました」を選んでください。"),
        ),
        Ok(Some(amount)) if amount > 0 && grew => {
            errors.push(name, format!("{label}が増えたときは、▲を付けて入力してください。減ったときは「増えました」を外してください。"))
        }
        Ok(amount) => amount,
        Err(NumberError::TooLong) => errors.push(name, format!("{label}は12桁以内の整数で入力してください（単位：{unit}）。")),
        Err(_) => errors.push(name, format!("{label}は整数で入力してください（単位：{unit}）。")),
    }
}

/// A whole number as people type it, or nothing.
fn whole(text: &str) -> Result<Option<i64>, NumberError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let number = number::parse(text)?;
    let amount = i64::try_from(number).ok().filter(|_| number.scale() == 0).ok_or(NumberError::NotANumber)?;
    if amount.abs() <= MOST { Ok(Some(amount)) } else { Err(NumberError::TooLong) }
}

/// Sums of entries. A sum of nothing that was entered is `None`, never 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Entries that say anything.
    pub entries: usize,
    pub budget: Option<i64>,
    pub settled: Option<i64>,
    pub funds: BTreeMap<Fund, i64>,
    pub hours: Option<i64>,
    pub sheets: Option<i64>,
}

impl Sums {
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut sums = Self::default();
        for entry in entries.into_iter().filter(|entry| !entry.is_blank()) {
            sums.entries += 1;
            add(&mut sums.budget, entry.budget);
            add(&mut sums.settled, entry.settled);
            add(&mut sums.hours, entry.hours);
            add(&mut sums.sheets, entry.sheets);
            for (fund, amount) in &entry.funds {
                *sums.funds.entry(*fund).or_default() += amount;
            }
        }
        sums
    }
}

fn add(sum: &mut Option<i64>, amount: Option<i64>) {
    if let Some(amount) = amount {
        *sum = Some(sum.unwrap_or(0) + amount);
    }
}

/// What must be entered before an entry is worth keeping: anything at all, unless one is taken back.
pub fn check_filled(entry: &Entry, stands: bool) -> Result<(), FormErrors> {
    if entry.is_blank() && !stands {
        return Err(FormErrors::one("project", sentences::enter("予算事業名、金額、効果のどれか")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_map, option, prelude::*, sample::select};

    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn entry() -> impl Strategy<Value = Entry> {
        let money = || option::of(0..=MOST);
        let saved = || option::of(-MOST..=MOST);
        let funds = btree_map(select(Fund::ALL), 0..=MOST, 0..4);
        let words = || "([a-zあ-ん]{1,8})?";
        (words(), money(), money(), funds, saved(), saved(), words(), words()).prop_map(
            |(project, budget, settled, funds, hours, sheets, note, source)| Entry {
                project,
                budget,
                settled,
                funds,
                hours,
                sheets,
                note,
                source,
            },
        )
    }

    proptest! {
        #[test]
        fn an_entry_that_is_shown_again_reads_as_it_was(entry in entry()) {
            let mut form = Form::default();
            entry.fill(&mut form);
            prop_assert_eq!(Entry::parse(&form), Ok(entry));
        }

        #[test]
        fn no_text_makes_it_panic_and_what_is_read_is_a_whole_number(text in "\\PC{0,24}") {
            for name in ["budget", "fund.national", "hours"] {
                let read = Entry::parse(&form(&[(name, &text)]));
                prop_assert!(read.is_err() || !text.contains('.'), "{}", text);
            }
        }

        #[test]
        fn sums_of_parts_are_the_sum_of_all(entries in prop::collection::vec(entry(), 0..6), at in 0usize..6) {
            let (one, other) = entries.split_at(at.min(entries.len()));
            let (all, one, other) = (Sums::of(&entries), Sums::of(one), Sums::of(other));
            let plus = |a: Option<i64>, b: Option<i64>| a.or(b).map(|_| a.unwrap_or(0) + b.unwrap_or(0));
            prop_assert_eq!(all.entries, one.entries + other.entries);
            prop_assert_eq!(all.settled, plus(one.settled, other.settled));
            prop_assert_eq!(all.sheets, plus(one.sheets, other.sheets));
        }
    }

    #[test]
    fn amounts_are_read_as_civil_servants_type_them() {
        let typed = form(&[("budget", "１２，３４０"), ("settled", " 12,000 "), ("fund.general", "10,000"), ("fund.national", "２０００")]);
        let entry = Entry::parse(&typed).unwrap();
        assert_eq!((entry.budget, entry.settled, entry.funded(), entry.gap()), (Some(12_340), Some(12_000), Some(12_000), None));
        assert_eq!(Entry { settled: None, ..entry }.gap(), Some(-340));
    }

    #[test]
    fn what_is_no_whole_amount_is_refused_at_its_field() {
        for (field, typed) in [
            ("budget", "12.5"),
            ("budget", "約3000"),
            ("settled", "▲5"),
            ("fund.bonds", "3千"),
            ("hours", "1.5"),
            ("sheets", "1234567890123"),
        ] {
            let errors = Entry::parse(&form(&[(field, typed)])).unwrap_err();
            assert_eq!(errors.fields().collect::<Vec<_>>(), [field], "{typed}");
        }
    }

    #[test]
    fn a_triangle_before_a_saving_asks_whether_it_grew() {
        let asked = Entry::parse(&form(&[("sheets", "▲584,646")])).unwrap_err();
        assert!(asked.of("sheets").unwrap().contains("増えたことを表します"));
        assert_eq!(Entry::parse(&form(&[("sheets", "△3"), ("sheets_grew", "on")])).unwrap().sheets, Some(-3));
        assert!(Entry::parse(&form(&[("sheets", "3"), ("sheets_grew", "on")])).is_err());
        assert_eq!(Entry::parse(&form(&[("sheets", "584,646")])).unwrap().sheets, Some(584_646));
    }

    #[test]
    fn nothing_entered_is_not_zero() {
        let blank = Entry::parse(&Form::default()).unwrap();
        assert!(blank.is_blank() && check_filled(&blank, false).is_err() && check_filled(&blank, true).is_ok());
        assert_eq!(Sums::of([&blank]), Sums::default());
    }
}
