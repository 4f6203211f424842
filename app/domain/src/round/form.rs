//! A round as 事務局 edits it.

use jiff::civil::Date;

use super::{Asks, Round, RoundState};
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
/// Characters of why a round that has begun was changed.
pub const REASON_LIMIT: usize = 200;

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

    /// Reads the form of a round that stands, on a day: the round as it is to be, and why (`reason`). What has begun keeps its
    /// opening day and takes a reason; no day is moved into the past.
    pub fn change(&self, form: &Form, all: &[Round], today: Date) -> Result<(Self, String), FormErrors> {
        let (mut errors, has_begun) = (FormErrors::default(), self.state(today) != RoundState::Upcoming);
        let reason = match has_begun {
            true => form.required("reason", "変更の理由", REASON_LIMIT, &mut errors),
            false => String::new(),
        };
        let round = match self.parse(form, all) {
            Ok(round) => round,
            Err(faults) => return Err(faults.and(errors)),
        };
        let mut faults = FormErrors::default();
        if has_begun && round.opens_on != self.opens_on {
            let opened = date_label(self.opens_on);
            faults.push::<()>("opens_year", format!("始まった報告期の開始日は変えられません。{opened}に戻してください。"));
        }
        let days = [
            ("opens_year", "開始日", self.opens_on, round.opens_on),
            ("closes_year", "締切日", self.closes_on, round.closes_on),
            ("grace_year", "猶予の最終日", self.grace_until, round.grace_until),
        ];
        for (field, label, before, after) in days {
            if before != after && after < today && faults.of(field).is_none() {
                let sentence = format!("{label}を変えるときは、今日（{}）以降の日付にしてください。", date_label(today));
                faults.push::<()>(field, sentence);
            }
        }
        let errors = faults.and(errors);
        if errors.is_empty() { Ok((round, reason)) } else { Err(errors) }
    }

    /// Reads which of the offered rounds are to be added: `add.{key}` = `on`. `all`: those that the tenant has.
    pub fn added(form: &Form, offered: Vec<Round>, all: &[Round]) -> Result<Vec<Self>, FormErrors> {
        let chosen = offered.into_iter().filter(|round| form.get(&format!("add.{}", round.key())) == "on");
        let chosen: Vec<Self> = chosen.collect();
        if chosen.is_empty() {
            return Err(FormErrors::one("add", sentences::choose("加える報告期")));
        }
        let together = [all, &chosen].concat();
        let mut errors = FormErrors::default();
        for round in &chosen {
            let mut faults = FormErrors::default();
            round.check(&together, &mut faults);
            for (_, sentence) in faults.iter() {
                errors.push::<()>("add", sentence.to_owned());
            }
        }
        if errors.is_empty() { Ok(chosen) } else { Err(errors) }
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
