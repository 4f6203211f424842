//! Which section answers for a KPI, and since when.

use std::collections::BTreeMap;

use rashin_domain::{access::Permit, ids::SectionId, obligation::Item, organisation::Span};
use serde_json::json;

use crate::{Result, TenantTx, organisation::span};

/// A section's time of answering for a KPI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsibility {
    pub key: String,
    pub name: String,
    pub span: Span,
}

impl TenantTx {
    /// Section responsible for each KPI today.
    pub async fn responsible_sections(&mut self) -> Result<BTreeMap<String, (SectionId, String)>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query!(
            "select distinct on (k.code) k.code, s.id, s.name
             from rashin.responsibilities r
             join rashin.kpis k on k.tenant_id = r.tenant_id and k.id = r.kpi_id
             join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
             where r.valid_from <= $1 and (r.valid_until is null or $1 <= r.valid_until)
             order by k.code, r.valid_from desc, r.id desc",
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| (r.code, (SectionId(r.id), r.name))).collect())
    }

    /// Sections that answer for each KPI and initiative today, newest first.
    pub async fn answering_today(&mut self) -> Result<BTreeMap<Item, Vec<SectionId>>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query!(
            "select kpi_id, plan_id, node_key, section_id from rashin.responsibilities
             where valid_from <= $1 and (valid_until is null or $1 <= valid_until) order by valid_from, id",
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        let mut answering: BTreeMap<Item, Vec<SectionId>> = BTreeMap::new();
        for r in rows.into_iter().rev() {
            if let Some(item) = Item::from_columns(r.kpi_id, r.plan_id, r.node_key) {
                answering.entry(item).or_default().push(SectionId(r.section_id));
            }
        }
        Ok(answering)
    }

    /// Section responsible for a KPI or an initiative today: (id, name).
    pub async fn responsible_section(&mut self, item: &Item) -> Result<Option<(SectionId, String)>> {
        let today = jiff_sqlx::Date::from(self.today());
        let (kpi, plan, node) = item.columns();
        let row = sqlx::query!(
            "select s.id, s.name from rashin.responsibilities r
             join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
             where (r.kpi_id = $1 or (r.plan_id = $2 and r.node_key = $3)) and r.valid_from <= $4 and (r.valid_until is null or $4 <= r.valid_until)
             order by r.valid_from desc, r.id desc limit 1",
            kpi,
            plan,
            node,
            today as _
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|r| (SectionId(r.id), r.name)))
    }

    /// Makes a section responsible from today on, with all that is prepared for it: when it ends, its successor goes on.
    /// The one before ends yesterday, or vanishes if it began today; what was prepared for the KPI gives way.
    pub async fn assign_section(&mut self, permit: Permit, code: &str, section: Option<SectionId>) -> Result<()> {
        let kpi = self.kpi_id(code).await?;
        let (city, today) = (self.city().id.0, self.today());
        let yesterday = jiff_sqlx::Date::from(today.yesterday().unwrap_or(today));
        let first = jiff_sqlx::Date::from(today);
        sqlx::query!("delete from rashin.responsibilities where kpi_id = $1 and valid_from >= $2", kpi.0, first as _)
            .execute(self.sql())
            .await?;
        sqlx::query!(
            "update rashin.responsibilities set valid_until = $2
             where kpi_id = $1 and valid_from < $3 and (valid_until is null or $3 <= valid_until)",
            kpi.0,
            yesterday as _,
            first as _,
        )
        .execute(self.sql())
        .await?;
        let line = match section {
            Some(section) => self.organisation().await?.organisation.line(section, today),
            None => Vec::new(),
        };
        for (section, span) in line {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.responsibilities (tenant_id, id, kpi_id, section_id, valid_from, valid_until) values ($1, $2, $3, $4, $5, $6)",
                city,
                id,
                kpi.0,
                section.0,
                jiff_sqlx::Date::from(span.from) as _,
                span.until.map(jiff_sqlx::Date::from) as _,
            )
            .execute(self.sql())
            .await?;
        }
        self.used(permit, code, json!({ "section": section }));
        Ok(())
    }

    /// All sections that answered, answer or will answer for a KPI, newest first.
    pub async fn responsibilities(&mut self, code: &str) -> Result<Vec<Responsibility>> {
        let rows = sqlx::query!(
            "select s.key, s.name, r.valid_from, r.valid_until
             from rashin.responsibilities r
             join rashin.kpis k on k.tenant_id = r.tenant_id and k.id = r.kpi_id
             join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
             where k.code = $1 order by r.valid_from desc, r.id desc",
            code
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| Responsibility { key: r.key, name: r.name, span: span(r.valid_from, r.valid_until) }).collect())
    }
}
