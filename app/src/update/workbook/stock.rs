//! What can stand in a workbook: everything that is reported on, with what was said of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use rashin_domain::{
    access::{Action, Actor, Denied, Permit, decide},
    clock::{FiscalYear, date_label, japan_date},
    ids::SectionId,
    kpi::{ActualReport, Maturity},
    lock::lock,
    obligation::Item,
    period::Period,
    plan::{CellKind, Kpi},
    round::Asked,
};
use rashin_store::{TenantTx, owed::Named, report::Report, tenancy::Section};
use rashin_workbook::{About, Column, Filed, Finding, Rules, Sheet, Subject, compare};

use crate::{
    kpi::{evidence, fields::beside},
    update::bench::Bench,
    web::Refusal,
};

/// The bench of the one who asks, and the sections of the tenant.
pub struct Stock {
    pub bench: Bench,
    pub sections: Vec<Section>,
    actor: Actor,
}

/// Which lines a workbook has.
pub enum Wanted {
    /// What the member owes today.
    Mine,
    /// What a section answers for, or everybody; only what is owed today, or all years.
    Plan { section: Option<SectionId>, all_years: bool },
}

impl Stock {
    /// `NotFound` without a plan to work on.
    pub async fn load(tx: &mut TenantTx) -> Result<Self, Refusal> {
        let bench = Bench::load(tx, Vec::new()).await?.ok_or(Refusal::NotFound)?;
        Ok(Self { bench, sections: tx.sections().await?, actor: tx.actor().clone() })
    }

    /// Everything that could be reported: what rounds ask, what was reported before, and the years of the plan up to now.
    pub fn subjects(&self) -> Vec<Subject<'_>> {
        let mut asked: HashMap<&Item, Vec<Asked>> = HashMap::new();
        for task in self.bench.desk().tasks() {
            asked.entry(task.item).or_default().push(task.asked);
        }
        let mut reports: HashMap<&Item, Vec<&Report>> = HashMap::new();
        for report in self.bench.reports.iter().rev() {
            reports.entry(&report.item).or_default().push(report);
        }
        let kpis: HashMap<&str, &Kpi> = self.bench.content.kpis.iter().map(|kpi| (kpi.code.as_str(), kpi)).collect();
        let current = FiscalYear::of(self.bench.today);
        let years: Vec<Period> = self.bench.content.plan.years().filter(|year| *year <= current).map(Period::FiscalYear).collect();
        let mut subjects = Vec::new();
        for named in &self.bench.owed.named {
            let item = &named.entry.item;
            let kpi = match item {
                Item::Kpi(_) => match kpis.get(named.code.as_str()) {
                    Some(kpi) => Some(*kpi),
                    None => continue,
                },
                Item::Initiative(..) => None,
            };
            let reports = reports.get(item).map_or(&[][..], Vec::as_slice);
            let asked = asked.get(item).map_or(&[][..], Vec::as_slice);
            let periods = asked.iter().map(|asked| asked.period).chain(reports.iter().map(|report| report.period));
            let periods = periods.chain(years.iter().copied().filter(|_| kpi.is_some()));
            // In the order of time; a year after its halves.
            let periods: BTreeMap<_, Period> =
                periods.map(|period| ((period.last_day(), period.to_string().len() == 6, period.to_string()), period)).collect();
            subjects.extend(periods.into_values().map(|period| self.subject(named, kpi, reports, asked, period)));
        }
        subjects
    }

    fn subject<'a>(&'a self, named: &'a Named, kpi: Option<&'a Kpi>, reports: &[&Report], asked: &[Asked], period: Period) -> Subject<'a> {
        let Bench { content, today, .. } = &self.bench;
        let item = &named.entry.item;
        let filed = filed(kpi, reports, period);
        let asked = asked.iter().find(|asked| asked.period == period).copied().unwrap_or_else(|| {
            let said = filed.last().map(|filed| filed.said.maturity);
            let usual = if period.fiscal_year().is_due(*today) { Maturity::Final } else { Maturity::Preliminary };
            Asked { period, maturity: said.unwrap_or(usual) }
        });
        let responsible = self.responsible(item);
        let may = self.may_report(responsible.map(|section| section.id));
        let about = match kpi {
            Some(kpi) => About::Kpi { kpi, beside: kpi.parts.iter().map(|part| beside(part, period)).collect() },
            None => About::Initiative { phases: &content.plan.phases, beside: self.phases_beside(named, reports, period) },
        };
        Subject {
            item,
            asked,
            name: &named.name,
            above: named.node.as_deref().and_then(|node| content.node(node)).map_or("", |node| node.title.as_str()),
            section: responsible.map_or("", |section| section.name.as_str()),
            about,
            filed,
            bar: may.err().map(|denied| denied.to_string()),
        }
    }

    /// The section that answers for it today; of several the one for which the member may report, else the newest.
    pub fn responsible(&self, item: &Item) -> Option<&Section> {
        let charges: Vec<SectionId> = self.bench.desk().charges_of(item).map(|charge| charge.section).collect();
        let may = charges.iter().rev().find(|section| self.may_report(Some(**section)).is_ok());
        let section = may.or(charges.last())?;
        self.sections.iter().find(|one| one.id == *section)
    }

    fn may_report(&self, responsible: Option<SectionId>) -> Result<Permit, Denied> {
        decide(&self.actor, &Action::Report { responsible, sections: &self.bench.owed.sections })
    }

    /// The phase that was reported the last time, and the one that the roadmap has.
    fn phases_beside(&self, named: &Named, reports: &[&Report], period: Period) -> (String, String) {
        let content = &self.bench.content;
        let name = |key: &str| content.plan.phases.iter().find(|phase| phase.key == key).map_or("", |phase| phase.name.as_str());
        let last = reports.iter().rev().find(|report| report.period != period && report.is_newest && !report.is_returned());
        let last = last.and_then(|report| {
            let phase = report.standing.as_ref()?.phase.as_deref()?;
            Some(format!("{}（{}）", name(phase), date_label(japan_date(report.reported_at))))
        });
        let year = period.fiscal_year();
        let cells =
            content.roadmap.iter().filter(|cell| cell.node == named.code && cell.kind == CellKind::Planned && cell.fiscal_year <= year);
        let planned = cells.max_by_key(|cell| cell.fiscal_year).map(|cell| name(&cell.phase).to_owned());
        (last.unwrap_or_default(), planned.unwrap_or_default())
    }

    /// The subjects of a workbook, in the order of the plan.
    pub fn wanted(&self, wanted: &Wanted) -> Vec<Subject<'_>> {
        let desk = self.bench.desk();
        let mut subjects = self.subjects();
        match wanted {
            Wanted::Mine => {
                let mine: HashSet<String> = desk.tasks_of(self.bench.member).iter().map(|(task, _)| task.key()).collect();
                subjects.retain(|subject| mine.contains(&subject.key()));
            }
            Wanted::Plan { section, all_years } => {
                let owed: HashSet<String> = desk.tasks().iter().map(|task| task.key()).collect();
                let of_section = |item: &Item| section.is_none_or(|section| self.is_of(item, section));
                subjects.retain(|subject| of_section(subject.item) && (*all_years || owed.contains(&subject.key())));
            }
        }
        subjects
    }

    /// Whether a section, or one below it, answers for an item.
    fn is_of(&self, item: &Item, section: SectionId) -> bool {
        self.bench.desk().charges_of(item).any(|charge| self.bench.owed.sections.is_within(charge.section, section))
    }

    /// What a sheet would change, by the rules of the cells, the rights of the sender, the rounds and the tenant's wish for evidence.
    pub fn findings<'s, 'a>(&self, sheet: &Sheet, subjects: &'s [Subject<'a>]) -> Vec<Finding<'s, 'a>> {
        let Bench { content, today, owed, .. } = &self.bench;
        let mut findings = compare(sheet, subjects, Rules { plan: &content.plan, today: *today });
        let desk = self.bench.desk();
        for finding in &mut findings {
            let (Some(subject), Some(report)) = (finding.subject, finding.report()) else { continue };
            let Some(named) = owed.find(subject.item) else { continue };
            let asked = Asked { period: report.period, maturity: report.maturity };
            let lock = lock(&owed.rounds, &named.entry.rhythm, asked, desk.stage(subject.item, asked), *today);
            if lock.is_correction() {
                let sections: Vec<&str> = Some(subject.section).into_iter().filter(|name| !name.is_empty()).collect();
                let sentence = format!("{}訂正は、Excelではなく指標や取組のページから報告してください。", lock.sentence(&sections, *today));
                finding.refuse(sheet, Column::Period, sentence);
            } else if let About::Kpi { kpi, .. } = &subject.about
                && let Err(faults) = evidence::missing(&self.bench.settings, &content.plan, kpi, report, &self.bench.files, *today)
            {
                finding.refuse(sheet, Column::Link, faults.iter().map(|(_, sentence)| sentence).collect());
            }
        }
        findings
    }
}

/// The reports of a period, oldest first. What came with the plan has no reporter; only its newest figure is known here.
fn filed(kpi: Option<&Kpi>, reports: &[&Report], period: Period) -> Vec<Filed> {
    let mut filed: Vec<Filed> = reports.iter().filter(|report| report.period == period).map(|report| of_member(report)).collect();
    if let Some(imported) = kpi.and_then(|kpi| imported(kpi, period))
        && !filed.iter().any(|filed| filed.revision == imported.revision)
    {
        filed.push(imported);
    }
    filed.sort_by_key(|filed| filed.revision);
    filed
}

fn of_member(report: &Report) -> Filed {
    let said = ActualReport {
        period: report.period,
        maturity: report.maturity,
        as_of: report.as_of,
        values: report.values.clone(),
        standing: report.standing.clone(),
        note: report.note.clone(),
        link: report.link.clone(),
        reason: report.reason.clone(),
        seen_revision: report.revision - 1,
    };
    let returned = report.settled().is_some_and(|decision| !decision.approved);
    Filed { revision: report.revision, said, returned, by: report.reporter_name.clone().unwrap_or_default() }
}

fn imported(kpi: &Kpi, period: Period) -> Option<Filed> {
    let actuals = kpi.parts.iter().filter_map(|part| Some((part.key.clone(), part.actual(period)?)));
    let actuals: Vec<_> = actuals.collect();
    let (_, first) = actuals.first()?;
    let said = ActualReport {
        period,
        maturity: first.maturity,
        as_of: first.as_of,
        values: actuals.iter().map(|(part, actual)| (part.clone(), actual.value.clone())).collect(),
        standing: None,
        note: first.note.clone(),
        link: first.link.clone(),
        reason: String::new(),
        seen_revision: first.revision - 1,
    };
    Some(Filed { revision: first.revision, said, returned: false, by: "計画の取り込み".to_owned() })
}
