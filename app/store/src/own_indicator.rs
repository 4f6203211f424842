//! Indicators of a prefecture with their revisions and figures. Nothing is changed in place.

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::Permit,
    clock::FiscalYear,
    figure::{
        Column, Table,
        own::{Count, Definition},
    },
    kpi::Direction,
    value::Value,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Result, StoreError, TenantTx,
    figure::{columns, figure},
    template::known,
};

/// The name under which a revision is refused that is not the one after the seen one.
pub const STALE_INDICATOR: &str = "indicator_revisions_one_per_revision";
/// The same of figures.
pub const STALE_RELEASE: &str = "indicator_releases_one_per_revision";

/// One revision of an own indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnIndicator {
    /// Names it in addresses.
    pub number: i32,
    pub count: Count,
    pub definition: Definition,
    /// 1 for the first.
    pub revision: i32,
    pub written_at: Timestamp,
    pub written_by: String,
    pub reason: String,
}

impl OwnIndicator {
    /// 「P-1」: like no code of the national library.
    pub fn code(&self) -> String {
        format!("P-{}", self.number)
    }
}

/// Figures of an own indicator for a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRelease {
    pub id: Uuid,
    /// Of the indicator.
    pub number: i32,
    pub year: FiscalYear,
    pub revision: i32,
    pub as_of: Date,
    pub bodies: i32,
    pub imported_at: Timestamp,
}

/// What figures to be written are of.
#[derive(Clone, Copy, Debug)]
pub struct NewOwnRelease<'a> {
    pub year: FiscalYear,
    /// Revision that the differences were shown against; 0 without one.
    pub seen: i32,
    pub as_of: Date,
    pub file_name: &'a str,
}

impl TenantTx {
    /// The newest revision of each, by number.
    pub async fn own_indicators(&mut self) -> Result<Vec<OwnIndicator>> {
        let mut newest: Vec<OwnIndicator> = Vec::new();
        for revision in self.own_revisions(None).await? {
            if newest.last().is_none_or(|last| last.number != revision.number) {
                newest.push(revision);
            }
        }
        Ok(newest)
    }

    /// All revisions of one, newest first; never empty.
    pub async fn own_indicator(&mut self, number: i32) -> Result<Vec<OwnIndicator>> {
        let revisions = self.own_revisions(Some(number)).await?;
        if revisions.is_empty() { Err(StoreError::NotFound) } else { Ok(revisions) }
    }

    async fn own_revisions(&mut self, number: Option<i32>) -> Result<Vec<OwnIndicator>> {
        let rows = sqlx::query!(
            "select i.number, i.kind, r.revision, r.name, r.definition, r.numerator, r.denominator, r.unit, r.direction, r.survey, r.as_of,
               r.no_ranking, r.written_at, m.name as writer, r.reason
             from rashin.indicators i
             join rashin.indicator_revisions r on r.tenant_id = i.tenant_id and r.indicator_id = i.id
             join rashin.members m on m.tenant_id = r.tenant_id and m.id = r.written_by
             where $1::int is null or i.number = $1
             order by i.number, r.revision desc",
            number
        )
        .fetch_all(self.sql())
        .await?;
        let revision = rows.into_iter().map(|r| {
            let definition = Definition {
                name: r.name,
                definition: r.definition,
                numerator: r.numerator,
                denominator: r.denominator,
                unit: r.unit,
                direction: known(Direction::from_code, &r.direction)?,
                survey: r.survey,
                as_of: r.as_of,
                no_ranking: r.no_ranking,
            };
            Ok(OwnIndicator {
                number: r.number,
                count: known(Count::from_code, &r.kind)?,
                definition,
                revision: r.revision,
                written_at: r.written_at.to_jiff(),
                written_by: r.writer,
                reason: r.reason,
            })
        });
        revision.collect()
    }

    /// Makes an indicator and returns its number. `Conflict(indicators_one_number)` when somebody made one at the same moment.
    pub async fn make_own_indicator(&mut self, permit: Permit, count: Count, definition: &Definition) -> Result<i32> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let number = sqlx::query_scalar!(
            "insert into rashin.indicators (tenant_id, id, number, kind, created_at)
             select $1, $2, coalesce(max(number), 0) + 1, $3, $4 from rashin.indicators returning number",
            city,
            id,
            count.code(),
            now as _,
        )
        .fetch_one(self.sql())
        .await?;
        self.write_own_indicator(permit, number, definition, 0, "").await?;
        Ok(number)
    }

    /// Writes the next revision. `Conflict(`[`STALE_INDICATOR`]`)` when it is not the one after the seen one.
    pub async fn write_own_indicator(&mut self, permit: Permit, number: i32, new: &Definition, seen: i32, reason: &str) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let writer = self.member().ok_or(StoreError::NotFound)?.id.0;
        let done = sqlx::query!(
            "insert into rashin.indicator_revisions
               (tenant_id, id, indicator_id, revision, name, definition, numerator, denominator, unit, direction, survey, as_of, no_ranking,
                written_at, written_by, reason)
             select $1, $2, i.id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
             from rashin.indicators i
             where i.number = $3
               and $4 = 1 + coalesce((select max(revision) from rashin.indicator_revisions r
                                      where r.tenant_id = i.tenant_id and r.indicator_id = i.id), 0)
             on conflict do nothing",
            city,
            id,
            number,
            seen + 1,
            new.name,
            new.definition,
            new.numerator,
            new.denominator,
            new.unit,
            new.direction.code(),
            new.survey,
            new.as_of,
            new.no_ranking,
            now as _,
            writer,
            reason,
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(STALE_INDICATOR.to_owned()));
        }
        self.used(permit, format!("P-{number} {}", new.name), json!({ "indicator_revision": seen + 1 }));
        Ok(())
    }

    /// Releases of all own indicators, the newest year and revision first.
    pub async fn own_releases(&mut self) -> Result<Vec<OwnRelease>> {
        let rows = sqlx::query!(
            "select r.id, i.number, r.fiscal_year, r.revision, r.as_of, r.bodies, r.imported_at
             from rashin.indicator_releases r
             join rashin.indicators i on i.tenant_id = r.tenant_id and i.id = r.indicator_id
             order by r.fiscal_year desc, i.number, r.revision desc"
        )
        .fetch_all(self.sql())
        .await?;
        let release = rows.into_iter().map(|r| OwnRelease {
            id: r.id,
            number: r.number,
            year: FiscalYear(r.fiscal_year),
            revision: r.revision,
            as_of: r.as_of.to_jiff(),
            bodies: r.bodies,
            imported_at: r.imported_at.to_jiff(),
        });
        Ok(release.collect())
    }

    /// Figures of some releases: (release, body, value), by body.
    pub async fn own_figures(&mut self, releases: &[Uuid]) -> Result<Vec<(Uuid, String, Value)>> {
        let rows = sqlx::query!(
            "select f.release_id, f.body, i.kind, f.amount, f.denominator, f.unknown
             from rashin.indicator_figures f
             join rashin.indicator_releases r on r.tenant_id = f.tenant_id and r.id = f.release_id
             join rashin.indicators i on i.tenant_id = r.tenant_id and i.id = r.indicator_id
             where f.release_id = any($1) order by f.body",
            releases
        )
        .fetch_all(self.sql())
        .await?;
        let row = rows.into_iter().map(|r| (r.release_id, r.body, figure(Some(&r.kind), r.amount, r.denominator, r.unknown.as_deref())));
        Ok(row.collect())
    }

    /// The newest figures of an indicator for a year, and their revision; an empty table and 0 without any.
    pub async fn own_table(&mut self, indicator: &OwnIndicator, year: FiscalYear) -> Result<(i32, Table)> {
        let releases = self.own_releases().await?;
        let Some(newest) = releases.into_iter().find(|release| release.number == indicator.number && release.year == year) else {
            return Ok((0, Table::default()));
        };
        let (bodies, values) = self.own_figures(&[newest.id]).await?.into_iter().map(|(_, body, value)| (body, value)).unzip();
        Ok((newest.revision, Table { bodies, columns: vec![Column { indicator: indicator.code(), values }] }))
    }

    /// Writes figures as the revision after the seen one. `Conflict(`[`STALE_RELEASE`]`)` when somebody imported since.
    pub async fn write_own_figures(&mut self, permit: Permit, of: &OwnIndicator, new: NewOwnRelease<'_>, table: &Table) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let writer = self.member().ok_or(StoreError::NotFound)?.id.0;
        let values = table.columns.first().map(|column| column.values.as_slice()).unwrap_or_default();
        sqlx::query!(
            "insert into rashin.indicator_releases
               (tenant_id, id, indicator_id, fiscal_year, revision, as_of, bodies, file_name, imported_at, imported_by)
             select $1, $2, i.id, $4, $5, $6, $7, $8, $9, $10 from rashin.indicators i where i.number = $3",
            city,
            id,
            of.number,
            new.year.0,
            new.seen + 1,
            jiff_sqlx::Date::from(new.as_of) as _,
            i32::try_from(table.bodies.len()).unwrap_or(i32::MAX),
            new.file_name,
            now as _,
            writer,
        )
        .execute(self.sql())
        .await?;
        let ids = self.new_ids(table.bodies.len());
        let (mut amounts, mut denominators, mut unknowns) = (Vec::new(), Vec::new(), Vec::new());
        for value in values {
            let (amount, denominator, unknown) = columns(value)?;
            amounts.push(amount);
            denominators.push(denominator);
            unknowns.push(unknown);
        }
        sqlx::query!(
            "insert into rashin.indicator_figures (tenant_id, id, release_id, body, amount, denominator, unknown)
             select $1, f.id, $2, f.body, f.amount, f.denominator, f.unknown
             from unnest($3::uuid[], $4::text[], $5::numeric[], $6::numeric[], $7::text[]) f (id, body, amount, denominator, unknown)",
            city,
            id,
            &ids,
            &table.bodies,
            &amounts as _,
            &denominators as _,
            &unknowns as _,
        )
        .execute(self.sql())
        .await?;
        self.used(
            permit,
            format!("{} {}", of.code(), of.definition.name),
            json!({ "figures_of": new.year.0, "bodies": table.bodies.len() }),
        );
        Ok(())
    }
}
