//! Editions: immutable publications of a plan. Public pages, open data and the API read nothing else.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    attachment::{Listed, SubjectKind},
    coded::coded,
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    plan::{Kpi, PlanContent},
    progress::{Judgement, Status, judge},
};

/// One published state of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Edition {
    pub municipality: Municipality,
    /// 1 for the first edition (初版).
    pub number: i32,
    /// Day of publication in Japan; statuses are as of this day.
    #[cfg_attr(feature = "server", schema(value_type = String, format = Date))]
    pub published_on: Date,
    pub reason: String,
    pub decision: Option<Decision>,
    pub content: PlanContent,
    /// Status of each KPI, by code.
    pub statuses: BTreeMap<String, Judgement>,
    /// Section responsible for each KPI, by code; unassigned ones are absent.
    pub sections: BTreeMap<String, String>,
    /// Files of its nodes and KPIs that it makes public.
    #[serde(default)]
    pub attachments: Vec<Listed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Municipality {
    /// Six digits with check digit.
    pub code: String,
    pub name: String,
    pub prefecture: String,
    /// A made-up municipality with made-up figures.
    pub fictional: bool,
}

/// The town hall's own decision on paper (決裁), if it was recorded. Publication here does not replace it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Decision {
    pub document_number: String,
    /// 起案日
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = Date))]
    pub drafted_on: Option<Date>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = Date))]
    pub decided_on: Option<Date>,
    /// Post of who decided (職名), never a name.
    pub decided_by: String,
    /// 施行日: from when on what was decided holds; before or after its publication.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = Date))]
    pub effective_on: Option<Date>,
}

/// What is said when an edition is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub reason: String,
    pub decision: Option<Decision>,
    /// Until when nobody but the staff knows of it; at once without.
    pub embargo: Option<Timestamp>,
}

/// One correction of a published edition (正誤). The edition itself stays as it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Erratum {
    /// 1 for the first one of an edition.
    pub number: i32,
    /// Where: a page, a KPI, a heading.
    pub place: String,
    pub wrong: String,
    pub right: String,
    pub reason: String,
    /// Day on which it was made public.
    #[cfg_attr(feature = "server", schema(value_type = String, format = Date))]
    pub issued_on: Date,
}

coded! {
    /// Where an edition stands.
    Standing {
        /// Embargoed: the public finds nothing under its address.
        Waiting = "waiting", "公開待ち";
        Public = "public", "公開中";
        Withdrawn = "withdrawn", "取り下げ";
        /// Withdrawn while it waited: the public never knew of it.
        Cancelled = "cancelled", "公開の取りやめ";
    }
}

/// An edition is judged by the clock alone; nothing has to happen when its time comes.
pub fn standing(public_from: Timestamp, withdrawn_at: Option<Timestamp>, now: Timestamp) -> Standing {
    match withdrawn_at {
        Some(at) if at < public_from => Standing::Cancelled,
        Some(_) => Standing::Withdrawn,
        None if now < public_from => Standing::Waiting,
        None => Standing::Public,
    }
}

/// Longest 文書番号, 職名 and place, in characters.
const SHORT: usize = 100;

impl Publication {
    /// Reads the form of a publication at a moment that is a day in Japan.
    pub fn parse(form: &Form, now: Timestamp, today: Date) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let reason = form.required("reason", "公表の理由", NOTE_LIMIT, &mut errors);
        let decision = Decision {
            document_number: form.text("document_number", "文書番号", SHORT, &mut errors),
            drafted_on: form.date("drafted_on", "起案日", &mut errors).flatten(),
            decided_on: form.date("decided_on", "決裁日", &mut errors).flatten(),
            decided_by: form.text("decided_by", "決裁者の職名", SHORT, &mut errors),
            effective_on: form.date("effective_on", "施行日", &mut errors).flatten(),
        };
        for (field, label, day) in [("drafted_on", "起案日", decision.drafted_on), ("decided_on", "決裁日", decision.decided_on)] {
            if day.is_some_and(|day| day > today) {
                errors.push::<()>(&format!("{field}_year"), format!("{label}は今日までの日付にしてください。"));
            }
        }
        if decision.drafted_on.zip(decision.decided_on).is_some_and(|(drafted, decided)| decided < drafted) {
            errors.push::<()>("decided_on_year", "決裁日は起案日と同じ日か、そのあとの日付にしてください。".to_owned());
        }
        let embargo = embargo(form, now, &mut errors);
        let decision = (decision != Decision::default()).then_some(decision);
        if errors.is_empty() { Ok(Self { reason, decision, embargo }) } else { Err(errors) }
    }
}

/// The moment that a form puts a publication off to. `None` when it says nothing, and after an error.
pub fn embargo(form: &Form, now: Timestamp, errors: &mut FormErrors) -> Option<Timestamp> {
    let until = form.moment("public_from", "公開日時", errors).flatten()?;
    if until > now {
        return Some(until);
    }
    errors.push("public_from_year", "公開日時は、いまより後にしてください。すぐに公開するときは空にします。".to_owned())
}

impl Erratum {
    /// Reads the form of a correction; `number` counts those of the edition.
    pub fn parse(form: &Form, number: i32, today: Date) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let erratum = Self {
            number,
            place: form.required("place", "箇所", SHORT, &mut errors),
            wrong: form.required("wrong", "誤", NOTE_LIMIT, &mut errors),
            right: form.required("right", "正", NOTE_LIMIT, &mut errors),
            reason: form.required("erratum_reason", "訂正の理由", NOTE_LIMIT, &mut errors),
            issued_on: today,
        };
        if !erratum.wrong.is_empty() && erratum.wrong == erratum.right {
            errors.push::<()>("right", "正は、誤と違う内容にしてください。".to_owned());
        }
        if errors.is_empty() { Ok(erratum) } else { Err(errors) }
    }
}

impl Edition {
    /// Freezes a plan as of a day.
    pub fn freeze(
        municipality: Municipality,
        number: i32,
        published_on: Date,
        reason: String,
        decision: Option<Decision>,
        content: PlanContent,
        sections: BTreeMap<String, String>,
    ) -> Self {
        let status = |kpi: &Kpi| (kpi.code.clone(), judge(&content.plan, kpi, published_on));
        let statuses = content.kpis.iter().map(status).collect();
        Self { municipality, number, published_on, reason, decision, content, statuses, sections, attachments: Vec::new() }
    }

    /// Makes files public, as far as what they are attached to is in the edition.
    pub fn with_attachments(mut self, files: Vec<Listed>) -> Self {
        let is_here = |file: &Listed| match file.subject {
            SubjectKind::Node => self.content.node(&file.key).is_some(),
            SubjectKind::Kpi => self.content.kpi(&file.key).is_some(),
            SubjectKind::Edition | SubjectKind::Case | SubjectKind::Training => false,
        };
        self.attachments = files.into_iter().filter(is_here).collect();
        self
    }

    /// Files of one node or KPI.
    pub fn attachments_of<'a>(&'a self, subject: SubjectKind, key: &'a str) -> impl Iterator<Item = &'a Listed> {
        self.attachments.iter().filter(move |file| file.subject == subject && file.key == key)
    }

    /// 「初版」, 「第2版」
    pub fn label(&self) -> String {
        edition_label(self.number)
    }

    /// How many KPIs have each status, in the order of [`Status::ALL`]; absent ones left out.
    pub fn tally<'a>(&'a self, kpis: impl Iterator<Item = &'a Kpi>) -> Vec<(Status, usize)> {
        let mut counts = BTreeMap::new();
        for status in kpis.filter_map(|kpi| self.statuses.get(&kpi.code)) {
            *counts.entry(status.status).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }
}

pub fn edition_label(number: i32) -> String {
    if number == 1 { "初版".to_owned() } else { format!("第{number}版") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::{japan_date, japan_moment};

    const TODAY: Date = Date::constant(2026, 11, 22);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn set_date(form: &mut Form, name: &str, day: Date) {
        for (part, number) in [("year", day.year()), ("month", day.month().into()), ("day", day.day().into())] {
            form.set(&format!("{name}_{part}"), number.to_string());
        }
    }

    proptest! {
        #[test]
        fn an_edition_is_public_from_its_time_until_it_is_withdrawn(public_from in 0i64..100, withdrawn in proptest::option::of(0i64..100), now in 0i64..100) {
            // What is still to come has not happened.
            let withdrawn = withdrawn.filter(|at| *at <= now);
            let standing = standing(at(public_from), withdrawn.map(at), at(now));
            prop_assert_eq!(standing == Standing::Public, public_from <= now && withdrawn.is_none());
            prop_assert_eq!(standing == Standing::Waiting, now < public_from && withdrawn.is_none());
            // What the public never saw is never said to be withdrawn, not even later.
            prop_assert_eq!(standing == Standing::Withdrawn, withdrawn.is_some_and(|at| at >= public_from));
        }

        #[test]
        fn drafted_before_decided_before_today_or_refused(drafted in -400i32..400, decided in -400i32..400, effective in -400i32..400) {
            let day = |offset: i32| TODAY.checked_add(jiff::Span::new().days(offset)).unwrap();
            let mut form = Form::default();
            form.set("reason", "実績の反映");
            for (name, offset) in [("drafted_on", drafted), ("decided_on", decided), ("effective_on", effective)] {
                set_date(&mut form, name, day(offset));
            }
            let now = japan_moment(TODAY, 15).unwrap();
            let read = Publication::parse(&form, now, TODAY);
            prop_assert_eq!(read.is_ok(), drafted <= decided && decided <= 0, "{:?}", read);
            if let Ok(Publication { decision: Some(decision), .. }) = read {
                prop_assert_eq!(decision.effective_on, Some(day(effective)));
            }
        }

        #[test]
        fn an_embargo_lies_ahead_or_is_refused(hours in -100i64..100) {
            let now = japan_moment(TODAY, 15).unwrap();
            let until = now + jiff::SignedDuration::from_hours(hours);
            let mut form = Form::default();
            form.set("reason", "実績の反映");
            form.set_moment("public_from", until);
            let read = Publication::parse(&form, now, japan_date(now)).map(|publication| publication.embargo);
            prop_assert_eq!(read.ok(), (hours > 0).then_some(Some(until)));
        }
    }

    #[test]
    fn an_edition_of_the_time_before_rule_sets_is_read_with_its_own_words() {
        use crate::{grading::Bound, plan::sample_kpi, progress::tests::plan};
        let city =
            Municipality { code: "992020".into(), name: "みどり野市（架空）".into(), prefecture: String::new(), fictional: true };
        let content = PlanContent { kpis: vec![sample_kpi()], ..PlanContent::empty(plan()) };
        let edition = Edition::freeze(city, 1, TODAY, "計画の公開".into(), None, content, BTreeMap::new());
        let mut json = serde_json::to_value(&edition).unwrap();
        assert_eq!(serde_json::from_value::<Edition>(json.clone()).unwrap(), edition);
        let words = [("slightly_late_from", "0.7"), ("achieved", "A"), ("on_track", "B"), ("slightly_late", "C"), ("late", "D")];
        json["content"]["plan"]["grades"] = words.into_iter().collect();
        let read: Edition = serde_json::from_value(json).unwrap();
        let grades = &read.content.plan.grades;
        assert_eq!(Status::GRADES.iter().map(|status| grades.word(*status)).collect::<String>(), "ABCD");
        assert_eq!(grades.bands[2].from, Bound::AtLeast(70.into()));
        assert_eq!(read.statuses, edition.statuses);
    }

    #[test]
    fn a_correction_says_what_was_wrong_and_what_is_right() {
        let mut form = Form::default();
        for (name, value) in [("place", "KAI-01"), ("wrong", "144"), ("right", "144"), ("erratum_reason", "転記の誤り")] {
            form.set(name, value);
        }
        assert_eq!(Erratum::parse(&form, 1, TODAY).unwrap_err().fields().collect::<Vec<_>>(), ["right"]);
        form.set("right", "141");
        assert_eq!(Erratum::parse(&form, 1, TODAY).unwrap().issued_on, TODAY);
        let errors = Erratum::parse(&Form::default(), 1, TODAY).unwrap_err();
        assert_eq!(errors.fields().collect::<Vec<_>>(), ["place", "wrong", "right", "erratum_reason"]);
    }
}
