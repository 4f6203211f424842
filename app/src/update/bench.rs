//! What lies on a member's bench: the tasks of today with all that is needed to fill them in.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    approval::Settings,
    clock::FiscalYear,
    doubt::doubts,
    form::{Form, FormErrors},
    ids::MemberId,
    initiative,
    kpi::ActualReport,
    lock::lock,
    obligation::{Desk, Footing, Item, Task},
    plan::{CellKind, Kpi, PlanContent, RoadmapCell},
    progress::Status,
    value::{Unknown, Value},
};
use rashin_store::{
    TenantTx,
    attachment::Attachment,
    owed::{Named, Owed},
    report::{Report, Wanted},
    report_draft::ReportDraft,
    review::Written,
    training::Held,
};
use rashin_workbook::set_value;

use crate::{kpi::evidence, review::promised, training::proposal, web::Refusal};

/// All that a member owes today, with what they typed so far.
pub struct Bench {
    pub owed: Owed,
    pub content: PlanContent,
    pub settings: Settings,
    pub today: Date,
    pub member: MemberId,
    pub reports: Vec<Report>,
    drafts: Vec<ReportDraft>,
    /// Files that were named evidence.
    pub files: Vec<Attachment>,
    reviews: Vec<Written>,
    trainings: Vec<Held>,
}

/// One report that is owed.
pub struct Row<'a> {
    /// 1, 2, …
    pub n: usize,
    pub key: String,
    pub task: Task<'a>,
    pub footing: Footing,
    pub named: &'a Named,
    /// Title of the node it belongs to.
    pub above: &'a str,
    pub subject: Subject<'a>,
    /// Reports of the item, newest first.
    pub reports: Vec<&'a Report>,
    pub draft: Option<&'a ReportDraft>,
    bench: &'a Bench,
}

pub enum Subject<'a> {
    Kpi(&'a Kpi),
    Initiative,
}

/// How far the member has come with a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Untouched,
    /// Something is missing or cannot be read.
    Faulty,
    /// It can be submitted after a second look.
    Doubtful,
    Collecting,
    Done,
}

/// Fields that a person does not type.
const OURS: [&str; 3] = ["task", "seen_revision", "maturity"];

impl Bench {
    /// `None` without a plan to work on.
    pub async fn load(tx: &mut TenantTx, drafts: Vec<ReportDraft>) -> Result<Option<Self>, Refusal> {
        let Some(member) = tx.member().map(|member| member.id) else { return Err(Refusal::NotFound) };
        let Some(owed) = tx.owed(None).await? else { return Ok(None) };
        let content = tx.plan_content(owed.plan.id).await?;
        let (settings, reports, today) = (tx.settings().await?, tx.reports(Wanted::All).await?, tx.today());
        let (files, reviews, trainings) = (tx.evidence().await?, tx.reviews(None, None).await?, tx.trainings().await?);
        Ok(Some(Self { owed, content, settings, today, member, reports, drafts, files, reviews, trainings }))
    }

    pub fn desk(&self) -> Desk<'_> {
        self.owed.desk()
    }

    /// What is owed, in the order of the page.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let titles: BTreeMap<&str, &str> = self.content.nodes.iter().map(|node| (node.key.as_str(), node.title.as_str())).collect();
        let mut rows = Vec::new();
        for (task, footing) in self.desk().tasks_of(self.member) {
            let Some(named) = self.owed.find(task.item) else { continue };
            // A later round has bound the figure: it is corrected on its own page, with a reason.
            if lock(&self.owed.rounds, &named.entry.rhythm, task.asked, task.stage, self.today).is_correction() {
                continue;
            }
            let key = task.key();
            let subject = match task.item {
                Item::Initiative(..) => Subject::Initiative,
                Item::Kpi(_) => match self.content.kpis.iter().find(|kpi| kpi.code == named.code) {
                    Some(kpi) => Subject::Kpi(kpi),
                    None => continue,
                },
            };
            rows.push(Row {
                n: rows.len() + 1,
                draft: self.drafts.iter().find(|draft| draft.key() == key),
                key,
                footing,
                named,
                above: named.node.as_deref().and_then(|node| titles.get(node).copied()).unwrap_or_default(),
                subject,
                reports: self.reports.iter().filter(|report| report.item == *task.item).collect(),
                task,
                bench: self,
            });
        }
        rows
    }

    pub fn with(self, drafts: Vec<ReportDraft>) -> Self {
        Self { drafts, ..self }
    }

    /// Drafts of what is not owed any more: reported by somebody else, or not asked.
    pub fn orphans(&self) -> Vec<&ReportDraft> {
        let rows = self.rows();
        self.drafts.iter().filter(|draft| !rows.iter().any(|row| row.key == draft.key())).collect()
    }

    /// 「…」（入力：19）; nothing where nothing was typed.
    pub fn in_words(&self, item: &Item, form: &Form) -> Option<String> {
        let figures = form.iter().filter(|(name, _)| name.starts_with("value.")).map(|(_, value)| value);
        let typed: Vec<&str> = figures.chain([form.get("note")]).filter(|text| !text.is_empty()).collect();
        let name = self.owed.find(item).map_or("なくなった指標・取組", |named| &named.name);
        (!typed.is_empty()).then(|| format!("「{name}」（入力：{}）", typed.join("、")))
    }

    /// What the member reported, newest first.
    pub fn own_reports(&self) -> impl Iterator<Item = &Report> {
        self.reports.iter().filter(|report| report.reporter == Some(self.member))
    }

    /// When the newest draft was saved: as long as it is the same, nothing was typed since.
    pub fn saved_at(&self) -> Option<Timestamp> {
        self.drafts.iter().map(|draft| draft.saved_at).max()
    }
}

impl<'a> Row<'a> {
    /// Stands before the names of its fields.
    pub fn prefix(&self) -> String {
        format!("r{}.", self.n)
    }

    /// The report of the period that was sent back.
    pub fn returned(&self) -> Option<&'a Report> {
        self.reports.iter().copied().find(|report| report.period == self.task.asked.period && report.is_returned())
    }

    /// The newest report of another period.
    pub fn last(&self) -> Option<&'a Report> {
        self.reports.iter().copied().find(|report| report.period != self.task.asked.period && report.is_newest && !report.is_returned())
    }

    /// What the review of the year before promised for the one that is reported.
    pub fn promised(&self) -> Option<String> {
        let reviews: Vec<_> = self.bench.reviews.iter().filter(|written| written.item == *self.task.item).collect();
        promised(reviews, self.year())
    }

    /// What the records of trainings say of the figure.
    pub fn recorded(&self) -> Option<String> {
        let Subject::Kpi(kpi) = self.subject else { return None };
        let Bench { content, today, trainings, .. } = self.bench;
        proposal::sentence(&proposal::of_kpi(&content.plan, kpi, self.task.asked.period, *today, trainings))
    }

    /// The newest revision of the period; 0 when there is none.
    pub fn revision(&self) -> i32 {
        self.reports.iter().filter(|report| report.period == self.task.asked.period).map(|report| report.revision).max().unwrap_or(0)
    }

    /// The form before anything is typed; of a report that came back, with what it said.
    pub fn start(&self) -> Form {
        let mut form = Form::default();
        form.set("maturity", self.task.asked.maturity.code());
        form.set("seen_revision", self.revision().to_string());
        let returned = self.returned();
        match &self.subject {
            Subject::Kpi(kpi) => {
                for part in &kpi.parts {
                    let value = returned.and_then(|report| report.values.iter().find(|(key, _)| *key == part.key)).map(|(_, value)| value);
                    set_value(&mut form, &part.key, value);
                }
            }
            Subject::Initiative => {
                let standing = returned.or(self.last()).and_then(|report| report.standing.clone());
                let phase = standing.as_ref().and_then(|standing| standing.phase.clone()).or_else(|| self.planned_phase());
                form.set("phase", phase.unwrap_or_default());
                form.set("slip_years", standing.as_ref().map_or(0, |standing| standing.slip_years).to_string());
                form.set("slip_reason", standing.map_or_else(String::new, |standing| standing.slip_reason));
            }
        }
        form.set("note", returned.map_or("", |report| &report.note));
        form.set("link", returned.map_or("", |report| &report.link));
        form
    }

    /// Key of the phase that the roadmap has for the year, or the last one before it.
    pub fn planned_phase(&self) -> Option<String> {
        let year = self.task.asked.period.fiscal_year();
        let of_node = |cell: &&RoadmapCell| cell.node == self.named.code && cell.kind == CellKind::Planned && cell.fiscal_year <= year;
        self.bench.content.roadmap.iter().filter(of_node).max_by_key(|cell| cell.fiscal_year).map(|cell| cell.phase.clone())
    }

    /// What was typed, or the form before anything was.
    pub fn form(&self) -> Form {
        self.draft.map_or_else(|| self.start(), |draft| draft.form.clone())
    }

    /// Whether a person typed or chose anything.
    pub fn is_begun(&self, form: &Form) -> bool {
        let start = self.start();
        form.clone().without(&OURS).iter().any(|(name, value)| value.trim() != start.get(name).trim())
    }

    /// Reads the report. Period and maturity are what is asked for.
    pub fn read(&self, form: &Form) -> Result<ActualReport, FormErrors> {
        let Bench { content, today, .. } = self.bench;
        let asked = self.task.asked;
        let kpi = match &self.subject {
            Subject::Initiative => return initiative::parse(form, &content.plan.phases, (asked.period, asked.maturity), false, None),
            Subject::Kpi(kpi) => kpi,
        };
        let mut form = form.clone();
        form.set("period", asked.period.to_string());
        form.set("maturity", asked.maturity.code());
        let report = ActualReport::parse(&form, &content.plan, kpi, &[asked.period], false, *today)?;
        evidence::missing(&self.bench.settings, &content.plan, kpi, &report, &self.bench.files, *today)?;
        Ok(report)
    }

    /// What to ask back about a report: (field, question).
    pub fn doubts(&self, report: &ActualReport) -> Vec<(String, String)> {
        let kpi = match &self.subject {
            Subject::Initiative => {
                let behind = |standing| initiative::behind(&self.bench.content.plan.phases, self.planned_phase().as_deref(), standing);
                return report.standing.as_ref().and_then(behind).map(|question| ("phase".to_owned(), question)).into_iter().collect();
            }
            Subject::Kpi(kpi) => kpi,
        };
        let of_part = |(key, value): &(String, Value)| {
            let part = kpi.parts.iter().find(|part| part.key == *key)?;
            let questions: Vec<_> =
                doubts(kpi, part, report.period, value, self.bench.today).iter().map(|doubt| doubt.question(part)).collect();
            (!questions.is_empty()).then(|| (format!("value.{key}"), questions.concat()))
        };
        report.values.iter().filter_map(of_part).collect()
    }

    pub fn progress(&self, form: &Form) -> Progress {
        if !self.is_begun(form) {
            return Progress::Untouched;
        }
        match self.read(form) {
            Err(_) => Progress::Faulty,
            Ok(report) if !self.doubts(&report).is_empty() => Progress::Doubtful,
            Ok(report) if report.values.iter().any(|(_, value)| value.unknown_reason() == Some(Unknown::Collecting)) => {
                Progress::Collecting
            }
            Ok(_) => Progress::Done,
        }
    }

    /// 「2025年度」 of the figure beside the field.
    pub fn year(&self) -> FiscalYear {
        self.task.asked.period.fiscal_year()
    }
}

impl Progress {
    /// Its word and the status whose shape it is drawn with.
    pub fn words(self) -> (&'static str, Status) {
        match self {
            Progress::Untouched => ("未入力", Status::AwaitsTargetYear),
            Progress::Faulty => ("入力の途中", Status::Late),
            Progress::Doubtful => ("確認", Status::SlightlyLate),
            Progress::Collecting => ("集計中", Status::Collecting),
            Progress::Done => ("入力済み", Status::OnTrack),
        }
    }
}
