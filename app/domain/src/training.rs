//! 研修会・情報発信: what was held or sent out, who came, and what its records say of a KPI.

use std::fmt;

use jiff::civil::Date;

use crate::{
    accumulate::{Entered, before},
    coded::coded,
    form::{Form, FormErrors},
    ids::SectionId,
    kpi::{Accumulation, LINK_LIMIT, NOTE_LIMIT},
    period::Period,
    plan::{Part, PlanHead},
    text::{number, sentences},
    value::ValueKind,
};

coded! {
    TrainingKind {
        Workshop = "workshop", "研修会";
        Information = "information", "情報発信";
    }
}

coded! {
    /// How it reached people.
    Manner {
        InPerson = "in_person", "会場";
        Online = "online", "オンライン";
        Both = "both", "会場とオンライン";
        Published = "published", "配布・掲示";
    }
}

coded! {
    /// What of the records is a KPI's figure.
    Counted {
        Sessions = "sessions", "開催の回数";
        Attendees = "attendees", "参加者の数";
    }
}

impl Counted {
    /// By the unit of what is reported: 「人」 counts people, 「回」 and the like count what was held. `None`: neither can be
    /// this figure.
    pub fn of(part: &Part) -> Option<Self> {
        let unit = part.unit.trim();
        match unit {
            _ if part.kind != ValueKind::Number => None,
            "回" | "件" | "本" | "講座" => Some(Counted::Sessions),
            _ if unit.ends_with(['人', '名']) => Some(Counted::Attendees),
            _ => None,
        }
    }
}

/// The part of a KPI that a training counts for. `Display` and `parse` use `{code} {part}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    pub code: String,
    pub part: String,
}

impl Tie {
    pub fn parse(text: &str) -> Option<Self> {
        let (code, part) = text.split_once(' ')?;
        Some(Self { code: code.to_owned(), part: part.to_owned() })
    }
}

impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.part)
    }
}

/// Longest title and place, in characters.
const TITLE_LIMIT: usize = 80;
/// Most links to materials.
const LINKS: usize = 20;
/// Most people of one section at one training.
const MOST: i32 = 100_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Training {
    pub kind: TrainingKind,
    pub manner: Manner,
    pub title: String,
    pub on: Date,
    pub place: String,
    pub text: String,
    /// Addresses of materials.
    pub links: Vec<String>,
    pub tie: Option<Tie>,
    pub called_off: bool,
}

impl Training {
    /// Whether it has been held, or is held, on a day.
    pub fn was_held(&self, today: Date) -> bool {
        self.on <= today && !self.called_off
    }

    /// Reads the fields `kind`, `manner`, `title`, `on_year` …, `place`, `text`, `links` (an address a line), `kpi` (a [`Tie`] of
    /// those that are offered), `called_off`.
    pub fn parse(form: &Form, offered: &[Tie]) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let kind = TrainingKind::from_code(form.get("kind")).or_else(|| errors.push("kind", sentences::choose("種類")));
        let title = form.required("title", "題名", TITLE_LIMIT, &mut errors);
        let on = form.date("on", "開く日", &mut errors);
        if on == Some(None) {
            errors.push::<()>("on_year", sentences::enter("開く日"));
        }
        let manner = Manner::from_code(form.get("manner")).or_else(|| errors.push("manner", sentences::choose("開き方")));
        let place = form.text("place", "場所", TITLE_LIMIT, &mut errors);
        let text = form.text("text", "内容", NOTE_LIMIT, &mut errors);
        let links = links(form, &mut errors);
        let tie = match form.get("kpi") {
            "" => None,
            chosen => offered
                .iter()
                .find(|tie| tie.to_string() == chosen)
                .cloned()
                .or_else(|| errors.push("kpi", sentences::choose("数える指標"))),
        };
        let called_off = form.get("called_off") == "on";
        match (kind, manner, on.flatten()) {
            (Some(kind), Some(manner), Some(on)) if errors.is_empty() => {
                Ok(Self { kind, manner, title, on, place, text, links, tie, called_off })
            }
            _ => Err(errors),
        }
    }

    /// Fills the fields that [`Training::parse`] reads.
    pub fn fill(&self, form: &mut Form) {
        form.set_date("on", self.on);
        let tie = self.tie.as_ref().map(Tie::to_string).unwrap_or_default();
        let called_off = if self.called_off { "on" } else { "" };
        for (name, value) in [("kind", self.kind.code()), ("manner", self.manner.code()), ("called_off", called_off)] {
            form.set(name, value);
        }
        for (name, value) in
            [("title", &self.title), ("place", &self.place), ("text", &self.text), ("links", &self.links.join("\n")), ("kpi", &tie)]
        {
            form.set(name, value.clone());
        }
    }
}

fn links(form: &Form, errors: &mut FormErrors) -> Vec<String> {
    let lines: Vec<String> = form.get("links").lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    // A space would be the beginning of a name, which the page does not show.
    let is_address = |line: &&String| {
        (line.starts_with("https://") || line.starts_with("http://")) && !line.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    if lines.len() > LINKS {
        errors.push::<()>("links", format!("資料のリンクは{LINKS}件までです（入力：{}件）。", lines.len()));
    }
    if let Some((at, line)) = lines.iter().enumerate().find(|(_, line)| !is_address(line)) {
        let quoted: String = line.chars().take(20).collect();
        let sentence = format!("資料のリンクの{}件目を、「https://」で始まるアドレスだけにしてください（入力：{quoted}）。", at + 1);
        errors.push::<()>("links", sentence);
    }
    if lines.iter().any(|line| line.chars().count() > LINK_LIMIT) {
        errors.push::<()>("links", sentences::too_long("資料のリンク1件", LINK_LIMIT));
    }
    lines
}

/// The field of how many came from a section; `None`: from outside.
pub fn field(section: Option<SectionId>) -> String {
    match section {
        Some(id) => format!("attendees.{id}"),
        None => "attendees.outside".to_owned(),
    }
}

/// Reads how many came from each of some sections, with their names; those from which nobody came are left out.
pub fn attendance(form: &Form, places: &[(Option<SectionId>, String)]) -> Result<Vec<(Option<SectionId>, i32)>, FormErrors> {
    let (mut came, mut errors) = (Vec::new(), FormErrors::default());
    for (section, name) in places {
        let field = field(*section);
        let typed = form.get(&field).trim();
        if typed.is_empty() {
            continue;
        }
        let whole = number::parse(typed).ok().filter(|number| number.fract().is_zero());
        match whole.and_then(|number| i32::try_from(number).ok()).filter(|number| (0..=MOST).contains(number)) {
            Some(0) => {}
            Some(number) => came.push((*section, number)),
            None => {
                let quoted: String = typed.chars().take(20).collect();
                errors.push::<()>(&field, format!("「{name}」の参加者数は、0以上{MOST}以下の整数で入力してください（入力：{quoted}）。"));
            }
        }
    }
    if errors.is_empty() { Ok(came) } else { Err(errors) }
}

/// What the records say of a figure. A person decides whether to report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub counted: Counted,
    pub count: i64,
    /// Which of a cumulative KPI's two figures it is; of another one the total.
    pub entered: Entered,
    /// What was held from this day on is in it,
    pub from: Date,
    /// until this day.
    pub until: Date,
    /// How many of those that count people have no attendance yet.
    pub unrecorded: usize,
}

/// What was held so far in the time of a figure: (training, people who came) of those that count for the part. `None` where
/// there is nothing. Of a cumulative figure it is the year's where a total of the year before is known, else that of the whole plan.
pub fn propose(plan: &PlanHead, part: &Part, period: Period, today: Date, trainings: &[(&Training, i64)]) -> Option<Proposal> {
    let counted = Counted::of(part)?;
    let year = Period::FiscalYear(period.fiscal_year()).first_day();
    let (from, entered) = match (part.accumulation, period) {
        (Accumulation::Cumulative, _) => match before(plan, part, period) {
            Ok(_) => (year, Entered::Year),
            Err(_) => (Period::FiscalYear(plan.period_from).first_day(), Entered::Total),
        },
        // A day has no length.
        (Accumulation::PerYear | Accumulation::PointInTime, Period::Instant(_)) => (year, Entered::Total),
        (Accumulation::PerYear | Accumulation::PointInTime, _) => (period.first_day(), Entered::Total),
    };
    let until = period.last_day().min(today);
    let held: Vec<i64> = (trainings.iter())
        .filter(|(training, _)| training.was_held(until) && from <= training.on)
        .map(|(_, attendees)| *attendees)
        .collect();
    let (count, unrecorded) = match counted {
        Counted::Sessions => (held.len() as i64, 0),
        Counted::Attendees => (held.iter().sum(), held.iter().filter(|attendees| **attendees == 0).count()),
    };
    (!held.is_empty()).then_some(Proposal { counted, count, entered, from, until, unrecorded })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        plan::{Actual, sample_actual, sample_kpi},
        progress::tests::plan,
    };

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn held(on: Date) -> Training {
        Training {
            kind: TrainingKind::Workshop,
            manner: Manner::InPerson,
            title: "BPRの進め方".to_owned(),
            on,
            place: String::new(),
            text: String::new(),
            links: vec!["https://example.jp/1".to_owned()],
            tie: Some(Tie { code: "K-1".to_owned(), part: "main".to_owned() }),
            called_off: false,
        }
    }

    fn part(unit: &str, accumulation: Accumulation) -> Part {
        Part { unit: unit.to_owned(), accumulation, ..sample_kpi().parts.remove(0) }
    }

    #[test]
    fn what_is_saved_is_what_the_form_says_again() {
        let training = held(day("2026-11-10"));
        let mut form = Form::default();
        training.fill(&mut form);
        assert_eq!(Training::parse(&form, &training.tie.iter().cloned().collect::<Vec<_>>()), Ok(training));
        // A KPI that cannot be counted so is refused, not forgotten.
        assert_eq!(Training::parse(&form, &[]).unwrap_err().fields().collect::<Vec<_>>(), ["kpi"]);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let typed = [("links", "https://example.jp/a\n資料はこちら"), ("on_year", "2026"), ("manner", "fax")];
        let errors = Training::parse(&Form::from_pairs(typed.map(|(a, b)| (a.to_owned(), b.to_owned()))), &[]).unwrap_err();
        assert_eq!(errors.fields().collect::<Vec<_>>(), ["kind", "title", "on_month", "manner", "links"]);
        assert!(errors.of("links").unwrap().contains("2件目"));
    }

    #[test]
    fn the_unit_says_what_is_counted() {
        let counted = |unit| Counted::of(&part(unit, Accumulation::PerYear));
        assert_eq!(
            [counted("回"), counted("件"), counted("延べ人"), counted("名"), counted("%"), counted("時間")],
            [Some(Counted::Sessions), Some(Counted::Sessions), Some(Counted::Attendees), Some(Counted::Attendees), None, None]
        );
        assert_eq!(Counted::of(&Part { kind: ValueKind::YesNo, ..part("回", Accumulation::PerYear) }), None);
    }

    #[test]
    fn nobody_from_a_section_is_left_out_and_a_wrong_number_stays() {
        let places = [(Some(SectionId(uuid::Uuid::nil())), "市民課".to_owned()), (None, "庁外の人".to_owned())];
        let typed =
            |section: &str, outside: &str| Form::from_pairs([(field(places[0].0), section.to_owned()), (field(None), outside.to_owned())]);
        assert_eq!(attendance(&typed("１２", "0"), &places), Ok(vec![(places[0].0, 12)]));
        assert_eq!(attendance(&typed("", "約5"), &places).unwrap_err().fields().collect::<Vec<_>>(), [field(None)]);
        assert!(attendance(&typed("-1", "1.5"), &places).unwrap_err().len() == 2);
    }

    #[test]
    fn a_cumulative_figure_is_the_years_where_the_total_before_is_known() {
        let trainings = [held(day("2025-05-01")), held(day("2026-04-01")), held(day("2026-12-01"))];
        let records: Vec<_> = trainings.iter().map(|training| (training, 7)).collect();
        let mut part = part("回", Accumulation::Cumulative);
        let proposed = |part: &Part| propose(&plan(), part, Period::year(2026), day("2026-11-24"), &records).unwrap();
        let all = proposed(&part);
        assert_eq!((all.count, all.entered, all.until), (2, Entered::Total, day("2026-11-24")));
        part.actuals = vec![Actual { period: Period::year(2025), ..sample_actual("3") }];
        let years = proposed(&part);
        assert_eq!((years.count, years.entered, years.from), (1, Entered::Year, day("2026-04-01")));
    }

    #[test]
    fn who_counts_people_is_told_what_is_not_written_down_yet() {
        let trainings = [held(day("2026-05-01")), held(day("2026-06-01"))];
        let records = [(&trainings[0], 12), (&trainings[1], 0)];
        let proposed = propose(&plan(), &part("人", Accumulation::PerYear), Period::year(2026), day("2026-11-24"), &records).unwrap();
        assert_eq!((proposed.counted, proposed.count, proposed.unrecorded), (Counted::Attendees, 12, 1));
    }

    proptest! {
        /// What is proposed was held: in the period, not later than today, not called off.
        #[test]
        fn only_what_was_held_in_the_period_is_counted(
            trainings in prop::collection::vec((0..900_i64, any::<bool>(), 0..50_i64), 0..30),
            today in 0..900_i64,
            code in prop::sample::select(vec!["FY2026", "FY2026H1", "FY2026H2", "FY2026Q4", "2026-11", "CY2026", "@2026-09-30"]),
        ) {
            let start = day("2025-04-01");
            let on = |days: i64| start.checked_add(jiff::Span::new().days(days)).unwrap();
            let trainings: Vec<_> = trainings.into_iter().map(|(days, called_off, people)| (Training { called_off, ..held(on(days)) }, people)).collect();
            let records: Vec<_> = trainings.iter().map(|(training, people)| (training, *people)).collect();
            let (period, today) = (Period::parse(code).unwrap(), on(today));
            let proposed = |unit| propose(&plan(), &part(unit, Accumulation::PerYear), period, today, &records);
            let within = |on: Date| on <= today && on <= period.last_day() && match period {
                Period::Instant(_) => day("2026-04-01") <= on,
                _ => period.first_day() <= on,
            };
            let counted: Vec<i64> = trainings.iter().filter(|(t, _)| !t.called_off && within(t.on)).map(|(_, people)| *people).collect();
            prop_assert_eq!(proposed("回").map_or(0, |p| p.count), counted.len() as i64);
            prop_assert_eq!(proposed("人").map_or(0, |p| p.count), counted.iter().sum::<i64>());
            prop_assert_eq!(proposed("回").is_none(), counted.is_empty());
        }
    }
}
