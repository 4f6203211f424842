//! 評価と改善: what a year of a KPI or an initiative came to, why, and what follows from it.

use jiff::{ToSpan, civil::Date};

use crate::{
    clock::FiscalYear,
    coded::coded,
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    round::{Round, RoundKind},
    text::sentences,
};

coded! {
    /// 改善: how it goes on.
    Course {
        Expand = "expand", "拡大";
        Continue = "continue", "継続";
        Improve = "improve", "改善";
        Shrink = "shrink", "縮小";
        Abolish = "abolish", "廃止";
        Finish = "finish", "終了";
    }
}

impl Course {
    /// Whether something is left to be done in the next year.
    pub fn goes_on(self) -> bool {
        match self {
            Course::Expand | Course::Continue | Course::Improve | Course::Shrink => true,
            Course::Abolish | Course::Finish => false,
        }
    }
}

/// What was said of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// 評価: why it came to this.
    pub why: String,
    pub course: Course,
    /// 次年度の取組; may be empty when it does not go on.
    pub next: String,
}

impl Review {
    /// Reads the form of a review. Fields: `why`, `course`, `next`.
    pub fn parse(form: &Form) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let why = form.required("why", "評価", NOTE_LIMIT, &mut errors);
        let course = match Course::from_code(form.get("course")) {
            Some(course) => Some(course),
            None => errors.push("course", sentences::choose("改善の方向")),
        };
        let next = form.text("next", "次年度の取組", NOTE_LIMIT, &mut errors);
        if next.is_empty() && course.is_some_and(Course::goes_on) {
            errors.push::<()>("next", sentences::enter("次年度の取組"));
        }
        match (course, errors.is_empty()) {
            (Some(course), true) => Ok(Self { why, course, next }),
            _ => Err(errors),
        }
    }

    /// 「継続：受付の時間を広げる。」
    pub fn in_brief(&self) -> String {
        if self.next.is_empty() { self.course.label().to_owned() } else { format!("{}：{}", self.course.label(), self.next) }
    }

    /// Fills the fields that [`Review::parse`] reads.
    pub fn fill(&self, form: &mut Form) {
        form.set("why", self.why.clone());
        form.set("course", self.course.code());
        form.set("next", self.next.clone());
    }
}

/// When the reviews of a year are written: from 速報 about it until the day before 上半期 of the next year opens, so that
/// its improvements are known when that is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub year: FiscalYear,
    pub from: Date,
    pub until: Date,
}

impl Window {
    /// By the rounds that the tenant has planned, else by their usual months.
    pub fn of(year: FiscalYear, rounds: &[Round]) -> Self {
        let opens =
            |year: FiscalYear, kind| rounds.iter().find(|round| (round.year, round.kind) == (year, kind)).map(|round| round.opens_on);
        let next = FiscalYear(year.0 + 1);
        let from = opens(year, RoundKind::Preliminary).unwrap_or(Date::constant(next.0, 4, 1));
        let before = opens(next, RoundKind::Half).unwrap_or(Date::constant(next.0, 10, 1));
        Self { year, from, until: before.saturating_sub(1.day()) }
    }

    /// The year whose reviews are asked on a day: the last one whose time has begun. Its successor's time takes over.
    pub fn on(today: Date, rounds: &[Round]) -> Self {
        let ended = FiscalYear(FiscalYear::of(today).0 - 1);
        let current = Self::of(FiscalYear(ended.0 + 1), rounds);
        if current.from <= today { current } else { Self::of(ended, rounds) }
    }

    pub fn is_over(&self, today: Date) -> bool {
        self.until < today
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_review_says_why_how_it_goes_on_and_what_is_done_next() {
        let typed = form(&[("why", " 窓口を広げた。\r\n"), ("course", "continue"), ("next", "様式を減らす。")]);
        let review = Review::parse(&typed).unwrap();
        assert_eq!((review.why.as_str(), review.in_brief().as_str()), ("窓口を広げた。", "継続：様式を減らす。"));
        let empty = Review::parse(&Form::default()).unwrap_err();
        assert_eq!(empty.fields().collect::<Vec<_>>(), ["why", "course"]);
    }

    #[test]
    fn what_goes_on_says_what_is_done_next_and_what_ends_need_not() {
        for course in Course::ALL {
            let typed = form(&[("why", "x"), ("course", course.code())]);
            assert_eq!(Review::parse(&typed).is_ok(), !course.goes_on(), "{course:?}");
        }
    }

    #[test]
    fn a_year_is_reviewed_before_the_next_half_is_reported() {
        let rounds: Vec<Round> = [2025, 2026].into_iter().flat_map(|year| Round::defaults(FiscalYear(year))).collect();
        let window = Window::of(FiscalYear(2025), &rounds);
        assert_eq!((window.from, window.until), (Date::constant(2026, 4, 1), Date::constant(2026, 9, 30)));
        let november = Date::constant(2026, 11, 22);
        assert_eq!(Window::on(november, &rounds).year, FiscalYear(2025));
        assert!(Window::on(november, &rounds).is_over(november));
        let april = Date::constant(2027, 4, 1);
        assert_eq!(Window::on(april, &rounds).year, FiscalYear(2026));
        assert!(!Window::on(april, &rounds).is_over(april));
    }

    proptest! {
        #[test]
        fn on_every_day_one_ended_year_is_asked_and_none_is_skipped(offset in 0i32..4000) {
            let day = Date::constant(2020, 4, 1).saturating_add(offset.days());
            let rounds = Round::defaults(FiscalYear(2024));
            let (window, next) = (Window::on(day, &rounds), Window::on(day.tomorrow().unwrap(), &rounds));
            prop_assert!(window.from <= day && window.from < window.until);
            prop_assert!((0..=1).contains(&(next.year.0 - window.year.0)));
        }

        #[test]
        fn a_review_that_is_shown_again_reads_as_it_was(why in "[a-zあ-ん][a-zあ-ん\n]{0,20}[a-zあ-ん]", next in "[a-zあ-ん]{1,20}", at in 0usize..6) {
            let review = Review { why, course: Course::ALL[at], next };
            let mut form = Form::default();
            review.fill(&mut form);
            prop_assert_eq!(Review::parse(&form), Ok(review));
        }
    }
}
