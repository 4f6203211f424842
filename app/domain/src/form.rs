//! Submitted forms: strings in, typed values out, errors that carry back what was typed.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    clock::{japan_date, japan_hour, japan_moment},
    text::{number, sentences},
    written,
};

/// The fields of a submitted form. A repeated name keeps its last value; a missing one reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Form(BTreeMap<String, String>);

impl Form {
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether the field was sent, empty or not: which of a page's forms this is.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// (name, value) of every field that was sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The fields whose names begin with a prefix, without it: one of several forms that were sent together.
    pub fn under(&self, prefix: &str) -> Self {
        let named = |(name, value): (&String, &String)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone()));
        Self(self.0.iter().filter_map(named).collect())
    }

    /// Takes in a form under a prefix.
    pub fn put(&mut self, prefix: &str, form: &Form) {
        form.iter().for_each(|(name, value)| self.set(&format!("{prefix}{name}"), value));
    }

    /// Drops a field, so that it is never carried back (passwords).
    pub fn without(mut self, names: &[&str]) -> Self {
        for name in names {
            self.0.remove(*name);
        }
        self
    }

    /// Trimmed text of at most `limit` characters; line ends as LF. Control characters are refused.
    pub fn text(&self, name: &str, label: &str, limit: usize, errors: &mut FormErrors) -> String {
        let text = self.get(name).replace("\r\n", "\n").trim().to_owned();
        if text.chars().count() > limit {
            errors.push::<()>(name, sentences::too_long(label, limit));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            errors.push::<()>(name, format!("{label}に使えない文字（制御文字）が含まれています。入力し直してください。"));
        }
        text
    }

    /// Text that must not be empty.
    pub fn required(&self, name: &str, label: &str, limit: usize, errors: &mut FormErrors) -> String {
        let text = self.text(name, label, limit, errors);
        if text.is_empty() {
            errors.push::<()>(name, sentences::enter(label));
        }
        text
    }

    /// Three fields `{name}_year`, `{name}_month`, `{name}_day`. `Some(None)` when all are empty,
    /// `None` after an error.
    pub fn date(&self, name: &str, label: &str, errors: &mut FormErrors) -> Option<Option<Date>> {
        let fields = ["year", "month", "day"].map(|part| format!("{name}_{part}"));
        if fields.iter().all(|field| self.get(field).trim().is_empty()) {
            return Some(None);
        }
        let mut numbers = [0; 3];
        for ((field, word), number) in fields.iter().zip(["年", "月", "日"]).zip(&mut numbers) {
            let typed = self.get(field);
            let era = (word == "年").then(|| written::year(typed)).flatten().map(i64::from);
            match era.or_else(|| whole(typed)) {
                Some(n) => *number = n,
                None => return errors.push(field, format!("{label}の「{word}」を数字で入力してください。")),
            }
        }
        let [year, month, day] = numbers;
        let date = small(year, month, day).and_then(|(y, m, d)| Date::new(y, m, d).ok());
        match date {
            Some(date) => Some(Some(date)),
            None => errors.push(&fields[0], format!("{label}は実在する日付にしてください（西暦。例：2026年4月1日）。")),
        }
    }

    /// A date's three fields and `{name}_hour`: a full hour in Japan. `Some(None)` when all are empty, `None` after an error.
    pub fn moment(&self, name: &str, label: &str, errors: &mut FormErrors) -> Option<Option<Timestamp>> {
        let hour_field = format!("{name}_hour");
        let hour = self.get(&hour_field).trim();
        let Some(date) = self.date(name, label, errors)? else {
            let sentence = || format!("{label}の年月日を入力してください。時だけでは決まりません。");
            return if hour.is_empty() { Some(None) } else { errors.push(&format!("{name}_year"), sentence()) };
        };
        match whole(hour).and_then(|hour| japan_moment(date, i8::try_from(hour).ok()?)) {
            Some(moment) => Some(Some(moment)),
            None => errors.push(&hour_field, format!("{label}の「時」を0から23までの数字で入力してください。")),
        }
    }

    /// Fills the fields that [`Form::date`] reads.
    pub fn set_date(&mut self, name: &str, date: Date) {
        for (part, number) in [("year", date.year()), ("month", date.month().into()), ("day", date.day().into())] {
            self.set(&format!("{name}_{part}"), number.to_string());
        }
    }

    /// Fills the fields that [`Form::moment`] reads.
    pub fn set_moment(&mut self, name: &str, at: Timestamp) {
        self.set_date(name, japan_date(at));
        self.set(&format!("{name}_hour"), japan_hour(at).to_string());
    }

    /// Two fields for a month; the first day of it.
    pub fn month(&self, year: &str, month: &str, label: &str, errors: &mut FormErrors) -> Option<Date> {
        let date = written::year(self.get(year)).map(i64::from).zip(whole(self.get(month))).and_then(|(y, m)| {
            let (y, m, _) = small(y, m, 1)?;
            Date::new(y, m, 1).ok()
        });
        match date {
            Some(date) => Some(date),
            None => errors.push(year, format!("{label}を西暦の年と月で入力してください。例：2026年12月")),
        }
    }
}

fn whole(text: &str) -> Option<i64> {
    number::parse(text).ok().filter(|n| n.scale() == 0).and_then(|n| i64::try_from(n).ok())
}

/// Years a plan can be about; keeps later date arithmetic far from its limits.
fn small(year: i64, month: i64, day: i64) -> Option<(i16, i8, i8)> {
    let year = i16::try_from(year).ok().filter(|year| (1900..=2200).contains(year))?;
    Some((year, i8::try_from(month).ok()?, i8::try_from(day).ok()?))
}

/// What is wrong with a form: (field name, sentence), in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// Records a fault and yields `None`, so that a reader can `return errors.push(…)`.
    pub fn push<T>(&mut self, field: &str, sentence: String) -> Option<T> {
        self.0.push((field.to_owned(), sentence));
        None
    }

    /// Takes in the errors of one of several forms, its fields under a prefix.
    pub fn put(&mut self, prefix: &str, errors: &FormErrors) {
        errors.iter().for_each(|(field, sentence)| self.0.push((format!("{prefix}{field}"), sentence.to_owned())));
    }

    /// Both, the own ones first.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    pub fn one(field: &str, sentence: impl Into<String>) -> Self {
        Self(vec![(field.to_owned(), sentence.into())])
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, sentence)| sentence.as_str())
    }

    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, sentence)| (name.as_str(), sentence.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form::from_pairs(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn a_date_is_three_numbers_of_any_width() {
        let mut errors = FormErrors::default();
        let full = form(&[("d_year", "２０２６"), ("d_month", "9"), ("d_day", "30")]);
        assert_eq!(full.date("d", "時点", &mut errors), Some(Some(Date::constant(2026, 9, 30))));
        assert_eq!(form(&[]).date("d", "時点", &mut errors), Some(None));
        assert!(errors.is_empty());
        for wrong in [[("d_year", "2026"), ("d_month", "2"), ("d_day", "30")], [("d_year", "2026"), ("d_month", ""), ("d_day", "1")]] {
            assert_eq!(form(&wrong).date("d", "時点", &mut errors), None);
        }
        assert_eq!(errors.fields().collect::<Vec<_>>(), ["d_year", "d_month"]);
    }

    #[test]
    fn a_moment_is_a_day_and_a_full_hour() {
        let mut errors = FormErrors::default();
        let moment: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let mut typed = Form::default();
        typed.set_moment("at", moment);
        assert_eq!(typed.get("at_hour"), "9");
        assert_eq!(typed.moment("at", "公開日時", &mut errors), Some(Some(moment)));
        assert_eq!(form(&[]).moment("at", "公開日時", &mut errors), Some(None));
        assert!(errors.is_empty());
        for (field, value) in [("at_hour", "24"), ("at_hour", ""), ("at_hour", "9.5"), ("at_day", "")] {
            let mut wrong = typed.clone();
            wrong.set(field, value);
            assert_eq!(wrong.moment("at", "公開日時", &mut errors), None);
        }
        assert_eq!(form(&[("at_hour", "9")]).moment("at", "公開日時", &mut errors), None);
        assert_eq!(errors.fields().collect::<Vec<_>>(), ["at_hour", "at_hour", "at_hour", "at_day", "at_year"]);
    }

    #[test]
    fn forms_that_were_sent_together_are_told_apart() {
        let all = form(&[("r1.note", "一"), ("r11.note", "十一"), ("note", "なし")]);
        assert_eq!(all.under("r1."), form(&[("note", "一")]));
        let mut again = Form::default();
        again.put("r1.", &all.under("r1."));
        assert_eq!(again, form(&[("r1.note", "一")]));
        let mut errors = FormErrors::default();
        errors.put("r2.", &FormErrors::one("note", "備考を入力してください。"));
        assert_eq!(errors.of("r2.note"), Some("備考を入力してください。"));
    }

    #[test]
    fn long_and_strange_text_is_refused_but_kept() {
        let mut errors = FormErrors::default();
        let typed = form(&[("note", "あいうえお"), ("odd", "a\u{0}b")]);
        assert_eq!(typed.text("note", "備考", 4, &mut errors), "あいうえお");
        typed.text("odd", "備考", 10, &mut errors);
        assert_eq!(errors.len(), 2);
    }
}
