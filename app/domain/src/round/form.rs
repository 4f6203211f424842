//! A round as 事務局 edits it.

use jiff::civil::Date;

use super::{Asks, Round};
use crate::{
    calendar::{is_closed, next_business_day, previous_business_day},
    clock::date_label,
    form::{Form, FormErrors},
    text::sentences,
};

/// Reminders that can be chosen, in business days from the closing day.
pub const REMINDERS: [i8; 9] = [-20, -10, -5, -3, -1, 0, 1, 3, 5];
/// Characters of the purpose.
pub const PURPOSE_LIMIT: usize = 200;

/// 「締切の10営業日前」, 「締切の日」, 「締切の翌営業日」
pub fn reminder_label(offset: i8) -> String {
    match offset {
        ..0 => format!("締切の{}営業日前", offset.unsigned_abs()),
        0 => "締切の日".to_owned(),
        1 => "締切の翌営業日".to_owned(),
        _ => format!("締切の{offset}営業日後"),
    }
}

impl Round {
    /// Reads the form of a round. Fields: `opens_{year,month,day}`, `closes_…`, `grace_…` (empty: no grace),
    /// `remind.{offset}` = `on` for each of [`REMINDERS`], `purpose`, `asks`. `all`: the rounds of the tenant, itself too.
    pub fn parse(&self, form: &Form, all: &[Round]) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        if self.locked_on.is_some() {
            return Err(FormErrors::one("opens_year", format!("{}は固定済みのため、変更できません。", self.label())));
        }
        let mut day = |name: &str, label: &str| match form.date(name, label, &mut errors)? {
            Some(day) => Some(day),
            None if name == "grace" => None,
            None => errors.push(&format!("{name}_year"), sentences::enter(label)),
        };
        let (opens_on, closes_on, grace) = (day("opens", "開始日"), day("closes", "締切日"), day("grace", "猶予の最終日"));
        let offered = REMINDERS.into_iter().filter(|offset| form.get(&format!("remind.{offset}")) == "on");
        let reminders = offered.collect();
        let purpose = form.text("purpose", "目的", PURPOSE_LIMIT, &mut errors);
        let asks = Asks::from_code(form.get("asks")).or_else(|| errors.push("asks", sentences::choose("対象の指標")));
        let (Some(opens_on), Some(closes_on), Some(asks)) = (opens_on, closes_on, asks) else { return Err(errors) };
        let round = Self { opens_on, closes_on, grace_until: grace.unwrap_or(closes_on), reminders, purpose, asks, ..self.clone() };
        round.check(all, &mut errors);
        if errors.is_empty() { Ok(round) } else { Err(errors) }
    }

    /// Fills the fields that [`Round::parse`] reads.
    pub fn as_form(&self) -> Form {
        let mut form = Form::default();
        for (name, day) in [("opens", self.opens_on), ("closes", self.closes_on), ("grace", self.grace_until)] {
            for (part, number) in [("year", i32::from(day.year())), ("month", day.month().into()), ("day", day.day().into())] {
                form.set(&format!("{name}_{part}"), number.to_string());
            }
        }
        for offset in &self.reminders {
            form.set(&format!("remind.{offset}"), "on");
        }
        form.set("purpose", self.purpose.as_str());
        form.set("asks", self.asks.code());
        form
    }

    /// What must hold of its days.
    fn check(&self, all: &[Round], errors: &mut FormErrors) {
        if self.closes_on < self.opens_on {
            errors.push::<()>("closes_year", "締切日は、開始日以降の日付にしてください。".to_owned());
        }
        if self.grace_until < self.closes_on {
            errors.push::<()>("grace_year", "猶予の最終日は、締切日以降の日付にしてください。".to_owned());
        }
        if self.kind.year_on(self.opens_on) != self.year {
            let (year, kind) = (self.year.short(), self.kind.label());
            errors.push::<()>("opens_year", format!("{year}の{kind}の開始日は、{}。", self.window()));
        }
        for (name, label, day) in [("closes_year", "締切日", self.closes_on), ("grace_year", "猶予の最終日", self.grace_until)] {
            // Without a grace of its own its last day is the closing day, which has been said.
            let is_said = name == "grace_year" && day == self.closes_on;
            if is_closed(day) && !is_said && errors.of(name).is_none() {
                let (before, after) = (date_label(previous_business_day(day)), date_label(next_business_day(day)));
                errors.push::<()>(name, format!("{label}の{}は閉庁日です。{before}か{after}にしてください。", date_label(day)));
            }
        }
        for offset in &self.reminders {
            let day = self.reminder_day(*offset);
            if errors.is_empty() && !self.runs_on(day) {
                let why = if day < self.opens_on { "開始日より前" } else { "猶予の最終日より後" };
                let sentence = format!("催促「{}」は{}で、{why}です。選択を外してください。", reminder_label(*offset), date_label(day));
                errors.push::<()>(&format!("remind.{offset}"), sentence);
            }
        }
        for other in all.iter().filter(|other| (other.year, other.kind) != (self.year, self.kind)) {
            self.check_beside(other, errors);
        }
    }

    fn check_beside(&self, other: &Round, errors: &mut FormErrors) {
        let overlaps = self.opens_on <= other.grace_until && other.opens_on <= self.grace_until;
        if other.kind == self.kind && overlaps {
            let span = span(other.opens_on, other.grace_until);
            errors.push::<()>("opens_year", format!("{}（{span}）と重ならない日付にしてください。", other.label()));
        }
        let out_of_order = self.kind.cmp(&other.kind) != self.opens_on.cmp(&other.opens_on);
        if other.year == self.year && out_of_order {
            let side = if self.kind < other.kind { "前" } else { "後" };
            let opens = date_label(other.opens_on);
            errors.push::<()>("opens_year", format!("開始日は、{}の開始日（{opens}）より{side}にしてください。", other.label()));
        }
    }

    /// Within which days a round of its kind opens.
    fn window(&self) -> String {
        let year = self.year.0;
        let (from, until) = match self.kind {
            super::RoundKind::Half | super::RoundKind::Forecast => ((year, 4, 1), (year + 1, 3, 31)),
            super::RoundKind::Preliminary | super::RoundKind::Final => ((year + 1, 1, 1), (year + 1, 12, 31)),
        };
        let day = |(year, month, day)| Date::constant(year, month, day);
        format!("{}の間にしてください", span(day(from), day(until)))
    }
}

fn span(from: Date, until: Date) -> String {
    format!("{}～{}", date_label(from), date_label(until))
}
