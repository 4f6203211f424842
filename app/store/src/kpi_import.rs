//! The KPIs of an import: definitions by version, planned values by revision, figures only where staff reported none.

use rashin_domain::{
    ids::{KpiId, PlanId, ReportId},
    kpi::ActualReport,
    plan::{Actual, Kpi, Part, PlanContent, Point},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, TenantTx, kpi, plan_import::Imported, value::Columns};

/// A KPI without its figures and its place in the plan: what a definition version holds.
fn definition(kpi: &Kpi) -> Kpi {
    let mut kpi = Kpi { node: String::new(), headline: false, ..kpi.clone() };
    for part in &mut kpi.parts {
        part.points.clear();
        part.actuals.clear();
    }
    kpi
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
        if before.is_none_or(|b| definition(b) != definition(kpi)) {
            self.write_definition(id, kpi, before).await?;
            done.kpis += 1;
        }
        for part in &kpi.parts {
            let known = before.and_then(|b| b.parts.iter().find(|p| p.key == part.key));
            for point in &part.points {
                if !known.is_some_and(|k| k.points.iter().any(|old| same_now(old, point))) {
                    self.write_point(plan, id, &part.key, point, false).await?;
                    done.points += 1;
                }
            }
        }
        done.actuals += self.write_actuals(id, kpi, before).await?;
        Ok(())
    }

    async fn write_definition(&mut self, kpi_id: KpiId, kpi: &Kpi, before: Option<&Kpi>) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        // A version without a change of meaning (a corrected source, a template) says nothing of years.
        let change = kpi.changes.last().filter(|_| before.is_none_or(|b| b.changes.len() < kpi.changes.len()));
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
                    self.write_point(plan, id, &part.key, point, true).await?;
                }
            }
        }
        Ok(())
    }

    async fn write_point(&mut self, plan: PlanId, kpi: KpiId, part: &str, point: &Point, withdrawn: bool) -> Result<()> {
        let (city, id, columns, now) = (self.city().id.0, self.new_id(), Columns::from(&point.value), self.now());
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
            jiff_sqlx::Timestamp::from(now) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// One report per period that the folder has figures for and whose newest report, if any, was an import of
    /// other values.
    async fn write_actuals(&mut self, id: KpiId, kpi: &Kpi, before: Option<&Kpi>) -> Result<usize> {
        let mut periods: Vec<_> = kpi.parts.iter().flat_map(|part| &part.actuals).map(|actual| actual.period).collect();
        periods.sort_by_key(|period| period.last_day());
        periods.dedup();
        let mut written = 0;
        for period in periods {
            let of_period = |part: &Part| part.actual(period).cloned();
            let wanted: Vec<(&Part, Actual)> = kpi.parts.iter().filter_map(|part| Some((part, of_period(part)?))).collect();
            let same = |(part, actual): &(&Part, Actual)| {
                let known = before.and_then(|b| b.parts.iter().find(|p| p.key == part.key)).and_then(|p| p.actual(period));
                known.is_some_and(|known| known.value == actual.value && known.maturity == actual.maturity && known.as_of == actual.as_of)
            };
            let Some((_, first)) = wanted.first().filter(|_| !wanted.iter().all(same)) else { continue };
            let newest = sqlx::query!(
                "select revision, reporter_id from rashin.kpi_reports where kpi_id = $1 and period = $2 order by revision desc limit 1",
                id.0,
                period.to_string() as _
            )
            .fetch_optional(self.sql())
            .await?;
            if newest.as_ref().is_some_and(|newest| newest.reporter_id.is_some()) {
                continue;
            }
            let report = ActualReport {
                period,
                maturity: first.maturity,
                as_of: first.as_of,
                values: Vec::new(),
                note: first.note.clone(),
                link: first.link.clone(),
                reason: if newest.is_some() { "取り込みによる更新".to_owned() } else { String::new() },
                seen_revision: newest.map_or(0, |newest| newest.revision),
            };
            let revision = report.seen_revision + 1;
            let report_id = ReportId(self.new_id());
            self.insert_report(report_id, &kpi.code, &report, revision, None, None).await?;
            for (part, actual) in &wanted {
                self.insert_actual(id, &part.key, period, revision, &actual.value, &actual.provenance).await?;
            }
            self.insert_decision(report_id, true, "", None).await?;
            written += wanted.len();
        }
        Ok(written)
    }
}
