//! Reports of KPIs and initiatives, what was decided about them, what was said about them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    approval::{Approval, Step},
    ids::{KpiId, MemberId, PlanId, ReportId, SectionId},
    initiative::Standing,
    kpi::{ActualReport, Maturity},
    obligation::Item,
    period::Period,
    plan::Kpi,
    provenance::Provenance,
    round::Asked,
    value::Value,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Result, StoreError, TenantTx,
    kpi::period,
    value::{Columns, value},
};

/// A report with what was decided about it.
#[derive(Clone, Debug)]
pub struct Report {
    pub id: ReportId,
    pub item: Item,
    /// Code of the KPI, key of the initiative.
    pub code: String,
    pub name: String,
    pub period: Period,
    pub revision: i32,
    pub maturity: Maturity,
    pub as_of: Option<jiff::civil::Date>,
    pub section: Option<SectionId>,
    pub section_name: Option<String>,
    pub reporter: Option<MemberId>,
    pub reporter_name: Option<String>,
    pub reported_at: Timestamp,
    pub note: String,
    pub link: String,
    pub reason: String,
    /// (part key, value); nothing of an initiative.
    pub values: Vec<(String, Value)>,
    /// Of an initiative: what it has come to.
    pub standing: Option<Standing>,
    /// Approvals and the return, in their order.
    pub decisions: Vec<ReportDecision>,
    /// No later revision of the same period exists.
    pub is_newest: bool,
    /// How many comments it has.
    pub comments: i64,
}

#[derive(Clone, Debug)]
pub struct ReportDecision {
    pub step: Step,
    pub approved: bool,
    /// Nobody else is asked.
    pub settles: bool,
    pub decided_at: Timestamp,
    pub decider_name: Option<String>,
    pub reason: String,
}

/// Which reports are wanted.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// What members reported, of all items.
    All,
    Kpi(&'a str),
    Initiative(PlanId, &'a str),
    One(ReportId),
}

/// A report to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct NewReport<'a> {
    pub id: ReportId,
    pub item: &'a Item,
    /// As the log names the item: code of the KPI, key of the initiative.
    pub code: &'a str,
    pub said: &'a ActualReport,
    /// The section that is responsible today.
    pub section: Option<SectionId>,
}

/// Who files a report for which section, and when; nobody for an import.
pub(crate) struct Filing {
    pub section: Option<SectionId>,
    pub reporter: Option<MemberId>,
    pub at: Timestamp,
}

/// An approval, or a return with its reason.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    pub step: Step,
    pub approved: bool,
    /// Nobody after it is asked.
    pub settles: bool,
    pub reason: &'a str,
}

impl Decision<'_> {
    fn outcome(&self) -> &'static str {
        if self.approved { "approved" } else { "returned" }
    }
}

/// The name under which a decision is refused when somebody was quicker.
pub const DECIDED: &str = "report_decisions_one_per_step";

/// The name under which a report is refused when somebody was quicker.
pub const STALE: &str = "reports_one_per_revision";
/// The name under which a figure is refused that is locked: a correction takes a reason and a responsible section.
pub const LOCKED: &str = "reports_locked";

impl Report {
    /// All reports of what it is about.
    pub fn wanted(&self) -> Wanted<'_> {
        match &self.item {
            Item::Kpi(_) => Wanted::Kpi(&self.code),
            Item::Initiative(plan, key) => Wanted::Initiative(*plan, key),
        }
    }

    /// Of the sections that answer today the one that decides about it: the one that reported, else the newest.
    pub fn decided_by(&self, answering: &[SectionId]) -> Option<SectionId> {
        self.section.filter(|section| answering.contains(section)).or(answering.first().copied())
    }

    /// What it said.
    pub fn said(&self) -> ActualReport {
        ActualReport {
            period: self.period,
            maturity: self.maturity,
            as_of: self.as_of,
            values: self.values.clone(),
            standing: self.standing.clone(),
            note: self.note.clone(),
            link: self.link.clone(),
            reason: self.reason.clone(),
            seen_revision: self.revision - 1,
        }
    }

    /// The decision that settled it.
    pub fn settled(&self) -> Option<&ReportDecision> {
        self.decisions.iter().find(|decision| decision.settles)
    }

    pub fn is_open(&self) -> bool {
        self.settled().is_none() && self.is_newest
    }

    /// The newest report of its period, sent back.
    pub fn is_returned(&self) -> bool {
        self.is_newest && self.settled().is_some_and(|decision| !decision.approved)
    }

    /// The step it waits for; `None` once it is settled or overtaken.
    pub fn waits_for(&self, approval: Approval) -> Option<Step> {
        let approved: Vec<Step> = self.decisions.iter().filter(|d| d.approved).map(|d| d.step).collect();
        // Who is asked no more, because the tenant changed its way meanwhile, still decides about what waited for them; and
        // where nobody is asked, the chief decides about corrections.
        let left = || if approved.contains(&Step::Chief) { Step::Office } else { Step::Chief };
        let next = || approval.next(&approved).filter(|step| *step != Step::Unasked).unwrap_or_else(left);
        self.is_open().then(next)
    }

    /// Values as one text: 「156件」, 「64台・5台/64台」.
    pub fn printed(&self, kpi: &Kpi) -> String {
        let unit = |key: &str| kpi.parts.iter().find(|part| part.key == key).map_or("", |part| part.unit.as_str());
        self.values.iter().map(|(key, value)| value.with_unit(unit(key))).collect::<Vec<_>>().join("・")
    }
}

impl TenantTx {
    pub async fn kpi_id(&mut self, code: &str) -> Result<KpiId> {
        let id = sqlx::query_scalar!("select id from rashin.kpis where code = $1", code).fetch_one(self.sql()).await?;
        Ok(KpiId(id))
    }

    pub async fn report(&mut self, id: ReportId) -> Result<Report> {
        self.reports(Wanted::One(id)).await?.pop().ok_or(StoreError::NotFound)
    }

    /// Reports, newest first.
    pub async fn reports(&mut self, wanted: Wanted<'_>) -> Result<Vec<Report>> {
        let (code, node, id) = match wanted {
            Wanted::All => (None, None, None),
            Wanted::Kpi(code) => (Some(code), None, None),
            Wanted::Initiative(plan, key) => (None, Some((plan.0, key)), None),
            Wanted::One(id) => (None, None, Some(id.0)),
        };
        let (plan, key) = node.unzip();
        let rows = sqlx::query!(
            r#"select r.id, r.kpi_id, r.plan_id, coalesce(k.code, r.node_key) as "code!", coalesce(d.name, n.title) as "name!",
                 r.period as "period!: String", r.revision, r.maturity, r.as_of, r.phase, r.slip_years, r.slip_reason,
                 r.section_id, s.name as "section_name?", r.reporter_id, m.name as "reporter_name?", r.reported_at, r.note, r.link, r.reason,
                 not exists (select from rashin.reports l where l.tenant_id = r.tenant_id and l.period = r.period and l.revision > r.revision
                             and (l.kpi_id = r.kpi_id or (l.plan_id = r.plan_id and l.node_key = r.node_key))) as "is_newest!",
                 (select count(*) from rashin.report_comments c where c.tenant_id = r.tenant_id and c.report_id = r.id) as "comments!"
               from rashin.reports r
               left join rashin.kpis k on k.tenant_id = r.tenant_id and k.id = r.kpi_id
               left join rashin.kpi_definitions d on d.tenant_id = r.tenant_id and d.id = r.definition_id
               left join rashin.nodes n on n.tenant_id = r.tenant_id and n.plan_id = r.plan_id and n.key = r.node_key
               left join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
               left join rashin.members m on m.tenant_id = r.tenant_id and m.id = r.reporter_id
               where ($1::text is null or k.code = $1) and ($2::uuid is null or (r.plan_id = $2 and r.node_key = $3)) and ($4::uuid is null or r.id = $4)
                 and ($1::text is not null or $2::uuid is not null or $4::uuid is not null or r.reporter_id is not null)
               order by r.reported_at desc, r.id desc"#,
            code,
            plan,
            key,
            id
        )
        .fetch_all(self.sql())
        .await?;
        let of: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut values = self.report_values(&of).await?;
        let mut decisions = self.report_decisions(&of).await?;
        let mut reports = Vec::with_capacity(rows.len());
        for r in rows {
            let (item, standing) = match (r.kpi_id, r.plan_id) {
                (Some(kpi), _) => (Item::Kpi(KpiId(kpi)), None),
                (None, plan) => {
                    // `reports_one_subject`: without a KPI there is a plan.
                    let plan = PlanId(plan.ok_or(StoreError::NotFound)?);
                    let slip_years = u8::try_from(r.slip_years.unwrap_or(0)).unwrap_or(u8::MAX);
                    (Item::Initiative(plan, r.code.clone()), Some(Standing { phase: r.phase, slip_years, slip_reason: r.slip_reason }))
                }
            };
            reports.push(Report {
                values: values.remove(&r.id).unwrap_or_default(),
                decisions: decisions.remove(&r.id).unwrap_or_default(),
                id: ReportId(r.id),
                item,
                standing,
                code: r.code,
                name: r.name,
                period: period(&r.period)?,
                revision: r.revision,
                maturity: Maturity::from_code(&r.maturity).unwrap_or(Maturity::Preliminary),
                as_of: r.as_of.map(jiff_sqlx::Date::to_jiff),
                section: r.section_id.map(SectionId),
                section_name: r.section_name,
                reporter: r.reporter_id.map(MemberId),
                reporter_name: r.reporter_name,
                reported_at: r.reported_at.to_jiff(),
                note: r.note,
                link: r.link,
                reason: r.reason,
                is_newest: r.is_newest,
                comments: r.comments,
            });
        }
        Ok(reports)
    }

    async fn report_values(&mut self, reports: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<(String, Value)>>> {
        let rows = sqlx::query!(
            r#"select r.id, a.part, a.value_kind, a.amount, a.denominator, a.words, a.expected_on
               from rashin.reports r
               join rashin.kpi_actuals a on a.tenant_id = r.tenant_id and a.kpi_id = r.kpi_id and a.period = r.period and a.revision = r.revision
               left join rashin.kpi_parts p on p.tenant_id = r.tenant_id and p.definition_id = r.definition_id and p.key = a.part
               where r.id = any ($1) order by p.position"#,
            reports
        )
        .fetch_all(self.sql())
        .await?;
        let mut values: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for r in rows {
            let value = value(&r.value_kind, r.amount, r.denominator, r.words, r.expected_on);
            values.entry(r.id).or_default().push((r.part, value));
        }
        Ok(values)
    }

    async fn report_decisions(&mut self, reports: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<ReportDecision>>> {
        let rows = sqlx::query!(
            r#"select d.report_id, d.stage, d.outcome, d.settles, d.decided_at, m.name as "name?", d.reason
               from rashin.report_decisions d left join rashin.members m on m.tenant_id = d.tenant_id and m.id = d.decider_id
               where d.report_id = any ($1) order by d.decided_at, d.id"#,
            reports
        )
        .fetch_all(self.sql())
        .await?;
        let mut decisions: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for r in rows {
            decisions.entry(r.report_id).or_default().push(ReportDecision {
                step: Step::from_code(&r.stage).unwrap_or(Step::Chief),
                approved: r.outcome == "approved",
                settles: r.settles,
                decided_at: r.decided_at.to_jiff(),
                decider_name: r.name,
                reason: r.reason,
            });
        }
        Ok(decisions)
    }

    /// Records a report as the next revision after the one the reporter saw. The id makes it idempotent: the same
    /// report sent twice is one report. `Conflict(reports_one_per_revision)` when somebody was quicker,
    /// `Conflict(reports_locked)` when the figure is locked by now and this is no correction. Where the tenant asks nobody, it
    /// counts at once, but for a correction.
    pub async fn record_report(&mut self, permit: Permit, new: &NewReport<'_>, approval: Approval) -> Result<()> {
        let NewReport { id, item, code, said, section } = *new;
        let rounds = self.rounds_that_stand().await?;
        let asked = Asked { period: said.period, maturity: said.maturity };
        let is_correction = self.locks_by(item, rounds).await?.of(asked).is_correction();
        let filing = Filing { section, reporter: self.member().map(|member| member.id), at: self.now() };
        let revision = said.seen_revision + 1;
        match self.insert_report(id, item, said, revision, &filing).await {
            Err(error) if error.is_conflict_on(STALE) => {
                let already = sqlx::query_scalar!("select id from rashin.reports where id = $1", id.0).fetch_optional(self.sql()).await?;
                return if already.is_some() { Ok(()) } else { Err(error) };
            }
            done => done?,
        }
        if is_correction && (said.reason.is_empty() || section.is_none()) {
            return Err(StoreError::Conflict(LOCKED.to_owned()));
        }
        if let Item::Kpi(kpi) = item {
            for (part, value) in &said.values {
                self.insert_actual(*kpi, part, said.period, revision, value, &Provenance::default()).await?;
            }
        }
        if approval == Approval::None && !is_correction {
            let decision = Decision { step: Step::Unasked, approved: true, settles: true, reason: "" };
            self.insert_decision(id, &decision, filing.reporter, filing.at).await?;
        }
        self.used(permit, format!("{code} {}", said.period), json!({ "report": id, "revision": revision, "correction": is_correction }));
        Ok(())
    }

    /// Inserts only if the newest revision is still the one before: one statement, no gap for a second reporter.
    pub(crate) async fn insert_report(
        &mut self,
        id: ReportId,
        item: &Item,
        report: &ActualReport,
        revision: i32,
        filing: &Filing,
    ) -> Result<()> {
        let city = self.city().id.0;
        let (kpi, plan, node) = item.columns();
        let standing = report.standing.as_ref();
        let done = sqlx::query!(
            "insert into rashin.reports (tenant_id, id, kpi_id, plan_id, node_key, period, revision, definition_id, maturity, as_of, section_id,
                                         reporter_id, reported_at, note, link, reason, phase, slip_years, slip_reason)
             select $1, $2, $3, $4, $5, $6::text, $7,
               (select d.id from rashin.kpi_definitions d where d.kpi_id = $3 order by version desc limit 1),
               $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18
             where $7 = 1 + coalesce((select max(revision) from rashin.reports r
                                      where r.period = $6::text and (r.kpi_id = $3 or (r.plan_id = $4 and r.node_key = $5))), 0)
             on conflict do nothing",
            city,
            id.0,
            kpi,
            plan,
            node,
            report.period.to_string() as _,
            revision,
            report.maturity.code(),
            report.as_of.map(jiff_sqlx::Date::from) as _,
            filing.section.map(|s| s.0),
            filing.reporter.map(|r| r.0),
            jiff_sqlx::Timestamp::from(filing.at) as _,
            report.note,
            report.link,
            report.reason,
            standing.and_then(|standing| standing.phase.as_deref()),
            standing.map(|standing| i16::from(standing.slip_years)),
            standing.map_or("", |standing| standing.slip_reason.as_str()),
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            // Somebody's revision is there already, or came at the same time. The transaction lives on.
            Err(StoreError::Conflict(STALE.to_owned()))
        }
    }

    pub(crate) async fn insert_actual(
        &mut self,
        kpi: KpiId,
        part: &str,
        period: Period,
        revision: i32,
        value: &Value,
        provenance: &Provenance,
    ) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        let columns = Columns::from(value);
        sqlx::query!(
            "insert into rashin.kpi_actuals (tenant_id, id, kpi_id, part, period, revision, value_kind, amount, denominator, words,
                                             expected_on, reading, source_text, source_place)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            city,
            id,
            kpi.0,
            part,
            period.to_string() as _,
            revision,
            columns.kind,
            columns.amount,
            columns.denominator,
            columns.words,
            columns.expected_on as _,
            provenance.reading.code() as _,
            provenance.source_text,
            provenance.source_place,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Approves or returns a report at a step, once. `Conflict(report_decisions_one_per_step)` when it was decided already.
    pub async fn decide_report(&mut self, permit: Permit, report: &Report, decision: &Decision<'_>) -> Result<()> {
        let decider = self.member().map(|member| member.id);
        let now = self.now();
        self.insert_decision(report.id, decision, decider, now).await?;
        let outcome = decision.outcome();
        self.used(
            permit,
            format!("{} {}", report.code, report.period),
            json!({ "report": report.id, "step": decision.step, "outcome": outcome }),
        );
        Ok(())
    }

    pub(crate) async fn insert_decision(
        &mut self,
        report: ReportId,
        decision: &Decision<'_>,
        decider: Option<MemberId>,
        at: Timestamp,
    ) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        let done = sqlx::query!(
            "insert into rashin.report_decisions (tenant_id, id, report_id, stage, outcome, settles, decider_id, decided_at, reason)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict on constraint report_decisions_one_per_step do nothing",
            city,
            id,
            report.0,
            decision.step.code(),
            decision.outcome(),
            decision.settles,
            decider.map(|d| d.0),
            jiff_sqlx::Timestamp::from(at) as _,
            decision.reason,
        )
        .execute(self.sql())
        .await?;
        // The transaction lives on: other reports may be decided in it.
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Conflict(DECIDED.to_owned())) }
    }
}
