//! Templates of KPIs with their history, and the national library they are copied from.

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    indicator::Indicator,
    kpi::{Accumulation, Direction, Frequency},
    template::{Correspondence, Mapping, Template},
    value::ValueKind,
};
use serde_json::json;
use sqlx::{PgConnection, types::Json};

use crate::{Maintenance, Result, StoreError, TenantTx, plan::provenance};

/// One revision of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    pub template: Template,
    /// Code of the national indicator that the template was copied from.
    pub origin: Option<String>,
    /// 1 for the first.
    pub number: i32,
    /// Not offered for new KPIs any more.
    pub retired: bool,
    pub written_at: Timestamp,
    /// `None` when it came with a file.
    pub written_by: Option<String>,
    pub reason: String,
}

/// What a new revision says beside the template itself.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The number of the revision that its writer saw.
    pub seen: i32,
    pub retired: bool,
    pub reason: &'a str,
}

impl Maintenance {
    /// The national library, by code.
    pub async fn indicators(&self) -> Result<Vec<Indicator>> {
        library(&mut *self.begin().await?).await
    }

    /// Writes the national library and remembers what it said before; running it again changes nothing.
    pub async fn load_indicators(&self, indicators: &[Indicator]) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "insert into rashin.master_indicators
             select i.* from jsonb_array_elements($1) o, jsonb_populate_record(null::rashin.master_indicators, o) i
             on conflict (code) do update set
               library = excluded.library, category = excluded.category, name = excluded.name, kind = excluded.kind, unit = excluded.unit,
               direction = excluded.direction, accumulation = excluded.accumulation, frequency = excluded.frequency,
               formula = excluded.formula, definition = excluded.definition, as_of = excluded.as_of, pitfalls = excluded.pitfalls,
               for_municipalities = excluded.for_municipalities, for_prefectures = excluded.for_prefectures, source = excluded.source,
               source_place = excluded.source_place, reading = excluded.reading, numerator = excluded.numerator,
               denominator = excluded.denominator, survey = excluded.survey, no_ranking = excluded.no_ranking",
            Json(indicators) as _
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "insert into rashin.master_indicator_revisions (code, revision, content, written_at)
             select i.code, coalesce(last.revision, 0) + 1, to_jsonb(i), $2
             from rashin.master_indicators i
             left join lateral (select r.revision, r.content from rashin.master_indicator_revisions r
                                where r.code = i.code order by r.revision desc limit 1) last on true
             where i.code = any($1) and to_jsonb(i) is distinct from last.content",
            &indicators.iter().map(|one| one.code.clone()).collect::<Vec<_>>(),
            jiff_sqlx::Timestamp::from(self.now()) as _,
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}

impl TenantTx {
    /// The national library, by code.
    pub async fn indicators(&mut self) -> Result<Vec<Indicator>> {
        library(self.sql()).await
    }

    /// The newest revision of each template, retired ones included, by code.
    pub async fn templates(&mut self) -> Result<Vec<Revision>> {
        self.template_revisions(None).await
    }

    /// All revisions of a template, newest first; never empty.
    pub async fn template_history(&mut self, code: &str) -> Result<Vec<Revision>> {
        let revisions = self.template_revisions(Some(code)).await?;
        if revisions.is_empty() { Err(StoreError::NotFound) } else { Ok(revisions) }
    }

    /// Every revision of one template, or the newest of each.
    async fn template_revisions(&mut self, code: Option<&str>) -> Result<Vec<Revision>> {
        let rows = sqlx::query!(
            r#"select t.code, t.origin, r.revision, r.retired, r.name, r.description, r.formula, r.kind, r.unit, r.direction, r.accumulation,
                 r.frequency, r.source, r.how_to_count, r.pitfalls, r.indicator, r.correspondence, r.mapping_note,
                 r.reading as "reading!: String", r.source_text, r.source_place, r.written_at, m.name as "written_by?", r.reason
               from rashin.kpi_templates t
               join rashin.kpi_template_revisions r on r.tenant_id = t.tenant_id and r.template_id = t.id
               left join rashin.members m on m.tenant_id = r.tenant_id and m.id = r.written_by
               where t.code = $1
                  or $1 is null and not exists (select from rashin.kpi_template_revisions l where l.tenant_id = r.tenant_id
                                                and l.template_id = r.template_id and l.revision > r.revision)
               order by t.code, r.revision desc"#,
            code
        )
        .fetch_all(self.sql())
        .await?;
        let mut revisions = Vec::with_capacity(rows.len());
        for r in rows {
            let mapping = r.indicator.zip(r.correspondence).map(|(indicator, correspondence)| {
                let correspondence = known(Correspondence::from_code, &correspondence)?;
                Ok::<_, StoreError>(Mapping { indicator, correspondence, note: r.mapping_note.unwrap_or_default() })
            });
            let template = Template {
                code: r.code,
                name: r.name,
                description: r.description,
                formula: r.formula,
                kind: known(ValueKind::from_code, &r.kind)?,
                unit: r.unit,
                direction: known(Direction::from_code, &r.direction)?,
                accumulation: known(Accumulation::from_code, &r.accumulation)?,
                frequency: known(Frequency::from_code, &r.frequency)?,
                source: r.source,
                how_to_count: r.how_to_count,
                pitfalls: r.pitfalls,
                mapping: mapping.transpose()?,
                provenance: provenance(&r.reading, r.source_text, r.source_place),
            };
            revisions.push(Revision {
                template,
                origin: r.origin,
                number: r.revision,
                retired: r.retired,
                written_at: r.written_at.to_jiff(),
                written_by: r.written_by,
                reason: r.reason,
            });
        }
        Ok(revisions)
    }

    /// Makes a template. `Conflict(kpi_templates_one_code)` when the code is taken, be it by a retired one.
    pub async fn make_template(&mut self, permit: Permit, template: &Template, origin: Option<&str>) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), self.now());
        sqlx::query!(
            "insert into rashin.kpi_templates (tenant_id, id, code, origin, created_at) values ($1, $2, $3, $4, $5)",
            city,
            id,
            template.code,
            origin,
            jiff_sqlx::Timestamp::from(now) as _,
        )
        .execute(self.sql())
        .await?;
        self.write_template(permit, template, Change { seen: 0, retired: false, reason: "" }).await
    }

    /// Writes the next revision of the template with this code; what it replaces stays readable.
    /// `Conflict(kpi_template_revisions_one_per_revision)` when it is not the one after the seen revision.
    pub async fn write_template(&mut self, permit: Permit, template: &Template, change: Change<'_>) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), self.now());
        let writer = self.member().map(|member| member.id.0);
        let mapping = template.mapping.as_ref();
        let revision = change.seen + 1;
        let done = sqlx::query!(
            "insert into rashin.kpi_template_revisions
               (tenant_id, id, template_id, revision, retired, name, description, formula, kind, unit, direction, accumulation, frequency,
                source, how_to_count, pitfalls, indicator, correspondence, mapping_note, reading, source_text, source_place, written_at,
                written_by, reason)
             select $1, $2, t.id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25
             from rashin.kpi_templates t
             where t.code = $3
               and $4 = 1 + coalesce((select max(revision) from rashin.kpi_template_revisions r
                                      where r.tenant_id = t.tenant_id and r.template_id = t.id), 0)
             on conflict do nothing",
            city,
            id,
            template.code,
            revision,
            change.retired,
            template.name,
            template.description,
            template.formula,
            template.kind.code(),
            template.unit,
            template.direction.code(),
            template.accumulation.code(),
            template.frequency.code(),
            template.source,
            template.how_to_count,
            template.pitfalls,
            mapping.map(|m| m.indicator.as_str()),
            mapping.map(|m| m.correspondence.code()),
            mapping.map(|m| m.note.as_str()),
            template.provenance.reading.code() as _,
            template.provenance.source_text,
            template.provenance.source_place,
            jiff_sqlx::Timestamp::from(now) as _,
            writer,
            change.reason,
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict("kpi_template_revisions_one_per_revision".to_owned()));
        }
        self.used(permit, &template.code, json!({ "revision": revision, "retired": change.retired }));
        Ok(())
    }
}

async fn library(sql: &mut PgConnection) -> Result<Vec<Indicator>> {
    let all = sqlx::query_scalar!(
        r#"select coalesce(jsonb_agg(to_jsonb(i) order by i.code), '[]') as "all!: Json<Vec<Indicator>>" from rashin.master_indicators i"#
    );
    Ok(all.fetch_one(sql).await?.0)
}

/// A code as its enum. The tables' check constraints admit nothing else; another one is a damaged row.
pub(crate) fn known<T>(read: fn(&str) -> Option<T>, code: &str) -> Result<T> {
    read(code).ok_or_else(|| StoreError::Db(sqlx::Error::Decode(format!("code {code}").into())))
}
