//! The KPIs of an import: definitions by version, planned values by revision, figures only where staff reported none.

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    approval::Step,
    clock::japan_moment,
    ids::{KpiId, PlanId, ReportId},
    obligation::Item,
    plan::{DefinitionChange, Kpi, PlanContent, Point, Replaced},
    provenance::Provenance,
    value::Value,
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Result, TenantTx, kpi,
    kpi_history::{reports, steps},
    plan_import::Imported,
    report::{Decision, Filing},
    value::Columns,
};

/// A KPI without its figures, its history and its place in the plan: what a definition version holds.
fn definition(kpi: &Kpi) -> Kpi {
    let mut kpi = Kpi { node: String::new(), headline: false, changes: Vec::new(), set_grade: None, ..kpi.clone() };
    for part in &mut kpi.parts {
        part.points.clear();
        part.actuals.clear();
    }
    kpi
}

/// Changes of a KPI that the database does not have. What it has is never rewritten.
fn new_changes<'a>(kpi: &'a Kpi, before: Option<&Kpi>) -> Vec<&'a DefinitionChange> {
    let mut known: Vec<_> = before.iter().flat_map(|b| &b.changes).collect();
    let mut is_new = |change: &&DefinitionChange| match known.iter().position(|old| old == change) {
        Some(at) => {
            known.remove(at);
            false
        }
        None => true,
    };
    kpi.changes.iter().filter(|change| is_new(change)).collect()
}

/// The same standing value; what was before it is history.
fn same_now(a: &Point, b: &Point) -> bool {
    Point { replaced: Vec::new(), ..a.clone() } == Point { replaced: Vec::new(), ..b.clone() }
}

impl TenantTx {
    pub(crate) async fn write_kpi(
        &mut self,
        plan: PlanId,
        kpi: &Kpi,
        before: Option<&Kpi>,
        position: i32,
        done: &mut Imported,
    ) -> Result<()> {
        let (city, now) = (self.city().id.0, self.now());
        let new = self.new_id();
        let id = sqlx::query_scalar!(
            "with made as (insert into rashin.kpis (tenant_id, id, code, created_at) values ($1, $2, $3, $4)
                           on conflict on constraint kpis_one_code do nothing returning id)
             select id as \"id!\" from made union all select id from rashin.kpis where code = $3 limit 1",
            city,
            new,
            kpi.code,
            jiff_sqlx::Timestamp::from(now) as _,
        )
        .fetch_one(self.sql())
        .await?;
        let id = KpiId(id);
        let link = self.new_id();
        sqlx::query!(
            "insert into rashin.plan_kpis (tenant_id, id, plan_id, kpi_id, node_key, headline, position) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict on constraint plan_kpis_once do update set
               retired = false, node_key = excluded.node_key, headline = excluded.headline, position = excluded.position",
            city,
            link,
            plan.0,
            id.0,
            kpi.node,
            kpi.headline,
            position,
        )
        .execute(self.sql())
        .await?;
        // New to this plan, but another one may have it: its definition and figures are known then.
        let elsewhere = if before.is_none() { kpi::of_plan(self, plan, Some(&kpi.code)).await?.pop() } else { None };
        let before = before.or(elsewhere.as_ref());
        let changes = new_changes(kpi, before);
        if !changes.is_empty() || before.is_none_or(|b| definition(b) != definition(kpi)) {
            self.write_definitions(id, kpi, &changes).await?;
            done.kpis += 1;
        }
        for part in &kpi.parts {
            let known = before.and_then(|b| b.parts.iter().find(|p| p.key == part.key));
            for point in &part.points {
                let old = known.and_then(|k| k.points.iter().find(|old| (old.role, old.period) == (point.role, point.period)));
                if !old.is_some_and(|old| same_now(old, point)) {
                    self.write_revisions(plan, id, &part.key, point, old).await?;
                    done.points += 1;
                }
            }
        }
        done.actuals += self.write_actuals(id, kpi, before).await?;
        Ok(())
    }

    /// One version per change; the words of those between are not known, so all have the newest ones. A version
    /// without a change of meaning (a corrected source, a template) says nothing of years.
    async fn write_definitions(&mut self, kpi_id: KpiId, kpi: &Kpi, changes: &[&DefinitionChange]) -> Result<()> {
        if changes.is_empty() {
            self.write_definition(kpi_id, kpi, None).await?;
        }
        for change in changes {
            self.write_definition(kpi_id, kpi, Some(change)).await?;
        }
        Ok(())
    }

    async fn write_definition(&mut self, kpi_id: KpiId, kpi: &Kpi, change: Option<&DefinitionChange>) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        sqlx::query!(
            "insert into rashin.kpi_definitions (tenant_id, id, kpi_id, version, name, frequency, formula, how_to_count, source, doubt,
                                                 reading, source_text, source_place, effective_from, series_break, change_note, template,
                                                 indicators)
             select $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
             from rashin.kpi_definitions where kpi_id = $3",
            city,
            id,
            kpi_id.0,
            kpi.name,
            kpi.frequency.code(),
            kpi.formula,
            kpi.how_to_count,
            kpi.source,
            kpi.doubt,
            kpi.provenance.reading.code() as _,
            kpi.provenance.source_text,
            kpi.provenance.source_place,
            change.map(|change| change.from_year.0),
            change.is_some_and(|change| change.series_break),
            change.map_or("", |change| &change.note),
            kpi.template,
            Json(&kpi.indicators) as _,
        )
        .execute(self.sql())
        .await?;
        for (position, part) in kpi.parts.iter().enumerate() {
            let part_id: Uuid = self.new_id();
            sqlx::query!(
                "insert into rashin.kpi_parts (tenant_id, id, definition_id, key, name, kind, unit, direction, accumulation,
                                               accumulation_confirmed, position)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                city,
                part_id,
                id,
                part.key,
                part.name,
                part.kind.code(),
                part.unit,
                part.direction.code(),
                part.accumulation.code(),
                part.accumulation_confirmed,
                position as i32,
            )
            .execute(self.sql())
            .await?;
        }
        Ok(())
    }

    /// Planned values of the content's KPIs that it has no more are withdrawn: a last revision says so.
    pub(crate) async fn withdraw_points(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        for kpi in kpi::of_plan(self, plan, None).await? {
            let Some(now) = content.kpi(&kpi.code) else { continue };
            for part in &kpi.parts {
                let still = |point: &&Point| {
                    let part = now.parts.iter().find(|p| p.key == part.key);
                    part.is_some_and(|p| p.points.iter().any(|o| (o.role, o.period) == (point.role, point.period)))
                };
                for point in part.points.iter().filter(|point| !still(point)) {
                    let id = self.kpi_id(&kpi.code).await?;
                    let now = self.now();
                    self.write_point(plan, id, &part.key, point, true, now).await?;
                }
            }
        }
        Ok(())
    }

    /// A moment of a day, or of this import.
    fn moment(&self, on: Option<Date>) -> Timestamp {
        on.and_then(|day| japan_moment(day, 12)).unwrap_or_else(|| self.now())
    }

    /// The standing value, after earlier ones that the database does not have.
    async fn write_revisions(&mut self, plan: PlanId, kpi: KpiId, part: &str, point: &Point, known: Option<&Point>) -> Result<()> {
        let (earlier, standing) = steps(&point.value, &point.replaced, known.map(|known| (&known.value, known.replaced.as_slice())));
        let revision = |value: &_, reason: &str| Point {
            value: Clone::clone(value),
            reason: reason.to_owned(),
            note: String::new(),
            decided_on: None,
            replaced: Vec::new(),
            provenance: Provenance::default(),
            ..*point
        };
        let mut before: Option<&Value> = None;
        for step in &earlier {
            let at = self.moment(step.on);
            // The same value again came after it was withdrawn; else it would read as a corrected note.
            if before == Some(step.value) {
                self.write_point(plan, kpi, part, &revision(step.value, step.reason), true, at).await?;
            }
            self.write_point(plan, kpi, part, &revision(step.value, step.reason), false, at).await?;
            before = Some(step.value);
        }
        let mut at = self.moment(standing.on);
        let went = point.replaced.first().filter(|_| standing.on.is_some());
        // The value before it is the same, or went on another day or for another reason than this one came: it was
        // withdrawn first.
        let parted =
            |old: &&Replaced| old.value == point.value || old.reason != point.reason || point.decided_on.is_some_and(|day| day != old.on);
        if let Some(old) = went.filter(parted) {
            self.write_point(plan, kpi, part, &revision(&old.value, &old.reason), true, at).await?;
            at = self.now();
        }
        self.write_point(plan, kpi, part, point, false, at).await
    }

    async fn write_point(&mut self, plan: PlanId, kpi: KpiId, part: &str, point: &Point, withdrawn: bool, at: Timestamp) -> Result<()> {
        let (city, id, columns) = (self.city().id.0, self.new_id(), Columns::from(&point.value));
        sqlx::query!(
            "insert into rashin.kpi_points (tenant_id, id, plan_id, kpi_id, part, role, period, revision, value_kind, amount, denominator,
                                            words, expected_on, note, reading, source_text, source_place, reason, decided_on, withdrawn, set_at)
             select $1, $2, $3, $4, $5, $6, $7::text, coalesce(max(revision), 0) + 1, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20
             from rashin.kpi_points where plan_id = $3 and kpi_id = $4 and part = $5 and role = $6 and period = $7::text",
            city,
            id,
            plan.0,
            kpi.0,
            part,
            point.role.code(),
            point.period.to_string() as _,
            columns.kind,
            columns.amount,
            columns.denominator,
            columns.words,
            columns.expected_on as _,
            point.note,
            point.provenance.reading.code() as _,
            point.provenance.source_text,
            point.provenance.source_place,
            point.reason,
            point.decided_on.map(jiff_sqlx::Date::from) as _,
            withdrawn,
            jiff_sqlx::Timestamp::from(at) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Figures of each period that the folder says otherwise, unless staff have reported there.
    async fn write_actuals(&mut self, id: KpiId, kpi: &Kpi, before: Option<&Kpi>) -> Result<usize> {
        let mut periods: Vec<_> = kpi.parts.iter().flat_map(|part| &part.actuals).map(|actual| actual.period).collect();
        periods.sort_by_key(|period| (period.last_day(), period.to_string()));
        periods.dedup();
        let mut written = 0;
        for period in periods {
            let reports = reports(kpi, period, before);
            if reports.is_empty() {
                continue;
            }
            let newest = sqlx::query!(
                "select revision, reporter_id from rashin.reports where kpi_id = $1 and period = $2 order by revision desc limit 1",
                id.0,
                period.to_string() as _
            )
            .fetch_optional(self.sql())
            .await?;
            if newest.as_ref().is_some_and(|newest| newest.reporter_id.is_some()) {
                continue;
            }
            let replaces = newest.is_some();
            let mut revision = newest.map_or(0, |newest| newest.revision);
            for mut filed in reports {
                if filed.on.is_none() && replaces {
                    filed.report.reason = "取り込みによる更新".to_owned();
                }
                let at = self.moment(filed.on);
                revision += 1;
                let report_id = ReportId(self.new_id());
                self.insert_report(report_id, &Item::Kpi(id), &filed.report, revision, &Filing { section: None, reporter: None, at })
                    .await?;
                for ((part, value), provenance) in filed.report.values.iter().zip(&filed.provenance) {
                    self.insert_actual(id, part, period, revision, value, provenance).await?;
                }
                let accepted = Decision { step: Step::Unasked, approved: true, settles: true, reason: "" };
                self.insert_decision(report_id, &accepted, None, at).await?;
            }
            written += kpi.parts.iter().filter(|part| part.actual(period).is_some()).count();
        }
        Ok(written)
    }
}
