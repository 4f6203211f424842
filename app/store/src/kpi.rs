//! KPIs with their figures; reports, decisions and responsibilities.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    ids::{KpiId, MemberId, ReportId, SectionId},
    kpi::{ActualReport, Maturity},
    period::Period,
    plan::Kpi,
    provenance::Provenance,
    value::Value,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Result, StoreError, TenantTx,
    value::{Columns, value},
};

/// A report with what was decided about it.
#[derive(Clone, Debug)]
pub struct Report {
    pub id: ReportId,
    pub kpi: KpiId,
    pub kpi_code: String,
    pub kpi_name: String,
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
    /// (part key, value)
    pub values: Vec<(String, Value)>,
    pub decision: Option<ReportDecision>,
    /// No later revision of the same period exists.
    pub is_newest: bool,
}

#[derive(Clone, Debug)]
pub struct ReportDecision {
    pub approved: bool,
    pub decided_at: Timestamp,
    pub decider_name: Option<String>,
    pub reason: String,
}

/// Who files a report for which section, and when; nobody for an import.
pub(crate) struct Filing {
    pub section: Option<SectionId>,
    pub reporter: Option<MemberId>,
    pub at: Timestamp,
}

impl Report {
    pub fn is_open(&self) -> bool {
        self.decision.is_none() && self.is_newest
    }

    /// Values as one text: 「156件」, 「64台・5台/64台」.
    pub fn printed(&self, kpi: &Kpi) -> String {
        let unit = |key: &str| kpi.parts.iter().find(|part| part.key == key).map_or("", |part| part.unit.as_str());
        self.values.iter().map(|(key, value)| value.with_unit(unit(key))).collect::<Vec<_>>().join("・")
    }
}

pub use crate::kpi_read::of_plan;

pub(crate) fn period(code: &str) -> Result<Period> {
    // The domain `rashin.period` checks the shape; an impossible date is a damaged row, not a missing one.
    Period::parse(code).map_err(|_| StoreError::Db(sqlx::Error::Decode(format!("period {code}").into())))
}

impl TenantTx {
    pub async fn kpi_id(&mut self, code: &str) -> Result<KpiId> {
        let id = sqlx::query_scalar!("select id from rashin.kpis where code = $1", code).fetch_one(self.sql()).await?;
        Ok(KpiId(id))
    }

    /// All reports of a KPI, or of all of them, newest first.
    pub async fn reports(&mut self, code: Option<&str>) -> Result<Vec<Report>> {
        self.find_reports(code, None).await
    }

    pub async fn report(&mut self, id: ReportId) -> Result<Report> {
        self.find_reports(None, Some(id)).await?.pop().ok_or(StoreError::NotFound)
    }

    async fn find_reports(&mut self, code: Option<&str>, id: Option<ReportId>) -> Result<Vec<Report>> {
        let rows = sqlx::query!(
            r#"select r.id, r.kpi_id, k.code, d.name, r.period as "period!: String", r.revision, r.maturity, r.as_of, r.section_id,
                 s.name as "section_name?", r.reporter_id, m.name as "reporter_name?", r.reported_at, r.note, r.link, r.reason,
                 c.outcome as "outcome?", c.decided_at as "decided_at?", dm.name as "decider_name?", c.reason as "decision_reason?",
                 not exists (select from rashin.reports l where l.tenant_id = r.tenant_id and l.kpi_id = r.kpi_id
                             and l.period = r.period and l.revision > r.revision) as "is_newest!"
               from rashin.reports r
               join rashin.kpis k on k.tenant_id = r.tenant_id and k.id = r.kpi_id
               join rashin.kpi_definitions d on d.tenant_id = r.tenant_id and d.id = r.definition_id
               left join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
               left join rashin.members m on m.tenant_id = r.tenant_id and m.id = r.reporter_id
               left join rashin.report_decisions c on c.tenant_id = r.tenant_id and c.report_id = r.id
               left join rashin.members dm on dm.tenant_id = c.tenant_id and dm.id = c.decider_id
               where ($1::text is null or k.code = $1) and ($2::uuid is null or r.id = $2)
                 and ($1::text is not null or $2::uuid is not null or r.reporter_id is not null)
               order by r.reported_at desc, r.id desc"#,
            code,
            id.map(|id| id.0)
        )
        .fetch_all(self.sql())
        .await?;
        // One report needs the values of its own KPI only.
        let of = code.map(str::to_owned).or_else(|| id.and(rows.first()).map(|row| row.code.clone()));
        let mut values = self.report_values(of.as_deref()).await?;
        let mut reports = Vec::with_capacity(rows.len());
        for r in rows {
            let decision = r.outcome.zip(r.decided_at).map(|(outcome, decided_at)| ReportDecision {
                approved: outcome == "approved",
                decided_at: decided_at.to_jiff(),
                decider_name: r.decider_name,
                reason: r.decision_reason.unwrap_or_default(),
            });
            reports.push(Report {
                values: values.remove(&(r.kpi_id, r.period.clone(), r.revision)).unwrap_or_default(),
                id: ReportId(r.id),
                kpi: KpiId(r.kpi_id),
                kpi_code: r.code,
                kpi_name: r.name,
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
                decision,
                is_newest: r.is_newest,
            });
        }
        Ok(reports)
    }

    async fn report_values(&mut self, code: Option<&str>) -> Result<BTreeMap<(Uuid, String, i32), Vec<(String, Value)>>> {
        let rows = sqlx::query!(
            r#"select a.kpi_id, a.part, a.period as "period!: String", a.revision, a.value_kind, a.amount, a.denominator, a.words, a.expected_on
               from rashin.kpi_actuals a
               join rashin.kpis k on k.tenant_id = a.tenant_id and k.id = a.kpi_id
               join rashin.reports r on r.tenant_id = a.tenant_id and r.kpi_id = a.kpi_id and r.period = a.period and r.revision = a.revision
               left join rashin.kpi_parts p on p.tenant_id = r.tenant_id and p.definition_id = r.definition_id and p.key = a.part
               where $1::text is null or k.code = $1 order by p.position"#,
            code
        )
        .fetch_all(self.sql())
        .await?;
        let mut values: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for r in rows {
            let value = value(&r.value_kind, r.amount, r.denominator, r.words, r.expected_on);
            values.entry((r.kpi_id, r.period, r.revision)).or_default().push((r.part, value));
        }
        Ok(values)
    }

    /// Records a report as the next revision after the one the reporter saw. The id makes it idempotent: the same
    /// report sent twice is one report. `Conflict(reports_one_per_revision)` when somebody was quicker.
    pub async fn record_report(
        &mut self,
        permit: Permit,
        id: ReportId,
        code: &str,
        report: &ActualReport,
        section: Option<SectionId>,
    ) -> Result<()> {
        let kpi = self.kpi_id(code).await?;
        let filing = Filing { section, reporter: self.member().map(|member| member.id), at: self.now() };
        let revision = report.seen_revision + 1;
        match self.insert_report(id, code, report, revision, &filing).await {
            Err(error) if error.is_conflict_on("reports_one_per_revision") => {
                let already =
                    sqlx::query_scalar!("select id from rashin.reports where id = $1", id.0).fetch_optional(self.sql()).await?;
                return if already.is_some() { Ok(()) } else { Err(error) };
            }
            done => done?,
        }
        for (part, value) in &report.values {
            self.insert_actual(kpi, part, report.period, revision, value, &Provenance::default()).await?;
        }
        self.used(permit, format!("{code} {}", report.period), json!({ "report": id, "revision": revision }));
        Ok(())
    }

    /// Inserts only if the newest revision is still the one before: one statement, no gap for a second reporter.
    pub(crate) async fn insert_report(
        &mut self,
        id: ReportId,
        code: &str,
        report: &ActualReport,
        revision: i32,
        filing: &Filing,
    ) -> Result<()> {
        let city = self.city().id.0;
        let done = sqlx::query!(
            "insert into rashin.reports (tenant_id, id, kpi_id, period, revision, definition_id, maturity, as_of, section_id, reporter_id,
                                             reported_at, note, link, reason)
             select $1, $2, k.id, $4::text, $5, d.id, $6, $7, $8, $9, $10, $11, $12, $13
             from rashin.kpis k
             join lateral (select id from rashin.kpi_definitions d where d.tenant_id = k.tenant_id and d.kpi_id = k.id
                           order by version desc limit 1) d on true
             where k.code = $3
               and $5 = 1 + coalesce((select max(revision) from rashin.reports r
                                      where r.tenant_id = k.tenant_id and r.kpi_id = k.id and r.period = $4::text), 0)
             on conflict do nothing",
            city,
            id.0,
            code,
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
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            // Somebody's revision is there already, or came at the same time. The transaction lives on.
            Err(StoreError::Conflict("reports_one_per_revision".to_owned()))
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

    /// Approves or returns a report, once. `Conflict(report_decisions_one_per_stage)` when it was decided already.
    pub async fn decide_report(&mut self, permit: Permit, report: &Report, approved: bool, reason: &str) -> Result<()> {
        let decider = self.member().map(|member| member.id);
        let now = self.now();
        self.insert_decision(report.id, approved, reason, decider, now).await?;
        let outcome = if approved { "approved" } else { "returned" };
        self.used(permit, format!("{} {}", report.kpi_code, report.period), json!({ "report": report.id, "outcome": outcome }));
        Ok(())
    }

    pub(crate) async fn insert_decision(
        &mut self,
        report: ReportId,
        approved: bool,
        reason: &str,
        decider: Option<MemberId>,
        at: Timestamp,
    ) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        sqlx::query!(
            "insert into rashin.report_decisions (tenant_id, id, report_id, outcome, decider_id, decided_at, reason)
             values ($1, $2, $3, $4, $5, $6, $7)",
            city,
            id,
            report.0,
            if approved { "approved" } else { "returned" },
            decider.map(|d| d.0),
            jiff_sqlx::Timestamp::from(at) as _,
            reason,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
