//! Figures of many bodies: releases of the national library, which all tenants read and only the command line writes.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    clock::FiscalYear,
    figure::{Body, Column, Dataset, Level, Summary, Table},
    indicator::Indicator,
    value::{Unknown, Value, ValueKind},
};
use rust_decimal::Decimal;
use sqlx::{PgConnection, types::Json};

use crate::{Maintenance, Result, StoreError, TenantTx, template::known};

/// One import of a national table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub number: i32,
    pub dataset: Dataset,
    pub year: FiscalYear,
    /// 1 for the first import of that year; the newest counts.
    pub revision: i32,
    /// The day of which its publisher speaks.
    pub as_of: Date,
    pub bodies: i32,
    pub file_name: String,
    pub imported_at: Timestamp,
}

/// What a release is besides its figures.
#[derive(Clone, Copy, Debug)]
pub struct NewRelease<'a> {
    pub dataset: Dataset,
    pub year: FiscalYear,
    /// Revision of the release that its differences were shown against; 0 without one.
    pub seen: i32,
    pub as_of: Date,
    pub file_name: &'a str,
}

/// How the definition of an indicator was.
#[derive(Clone, Debug)]
pub struct Wording {
    pub revision: i32,
    pub indicator: Indicator,
    pub written_at: Timestamp,
}

/// A prefecture with its municipalities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Two digits.
    pub code: String,
    pub name: String,
    /// Municipalities in it.
    pub bodies: i64,
    /// Those that a release speaks of.
    pub covered: i64,
}

/// Figures by (release, indicator, body).
pub type Figures = HashMap<(i32, String, String), Value>;
/// Sums of whole releases by (release, indicator).
pub type Summaries = BTreeMap<(i32, String), Summary>;

/// How a figure lies in `amount, denominator, unknown`.
pub(crate) fn columns(value: &Value) -> Result<(Option<Decimal>, Option<Decimal>, Option<&'static str>)> {
    match value {
        Value::Number { amount } => Ok((Some(*amount), None, None)),
        Value::Ratio { n, of } => Ok((Some(*n), Some(*of), None)),
        Value::YesNo { yes } => Ok((Some(Decimal::from(u8::from(*yes))), None, None)),
        Value::Unknown { reason, .. } => Ok((None, None, Some(reason.code()))),
        Value::Text { .. } | Value::Milestone { .. } | Value::Score { .. } => {
            Err(StoreError::Db(sqlx::Error::Decode("no figure of many bodies".into())))
        }
    }
}

/// Back from the columns, by the kind of the indicator. A row that fits no kind reads as lost.
pub(crate) fn figure(kind: Option<&str>, amount: Option<Decimal>, of: Option<Decimal>, unknown: Option<&str>) -> Value {
    match (kind.and_then(ValueKind::from_code), amount, of) {
        (Some(ValueKind::YesNo), Some(amount), _) => Value::YesNo { yes: !amount.is_zero() },
        (_, Some(n), Some(of)) => Value::Ratio { n, of },
        (_, Some(amount), None) => Value::number(amount),
        (_, None, _) => Value::unknown(unknown.and_then(Unknown::from_code).unwrap_or(Unknown::LostInSource)),
    }
}

/// The bodies of a level, by code; of municipalities those of one prefecture (two digits), if asked.
async fn local_bodies(sql: &mut PgConnection, level: Level, prefecture: Option<&str>) -> Result<Vec<Body>> {
    let rows = sqlx::query!(
        r#"select code as "code!", name as "name!" from rashin.master_municipalities
           where $1 = 'municipality' and ($2::text is null or left(code, 2) = $2)
           union all select code, name from rashin.master_prefectures where $1 = 'prefecture'
           order by 1"#,
        level.code(),
        prefecture
    )
    .fetch_all(sql)
    .await?;
    Ok(rows.into_iter().map(|row| Body { code: row.code, name: row.name }).collect())
}

async fn releases(sql: &mut PgConnection) -> Result<Vec<Release>> {
    let rows = sqlx::query!(
        "select number, dataset, fiscal_year, revision, as_of, bodies, file_name, imported_at
         from rashin.master_releases order by fiscal_year desc, dataset, revision desc"
    )
    .fetch_all(sql)
    .await?;
    let release = rows.into_iter().map(|r| {
        Ok(Release {
            number: r.number,
            dataset: known(Dataset::from_code, &r.dataset)?,
            year: FiscalYear(r.fiscal_year),
            revision: r.revision,
            as_of: r.as_of.to_jiff(),
            bodies: r.bodies,
            file_name: r.file_name,
            imported_at: r.imported_at.to_jiff(),
        })
    });
    release.collect()
}

async fn table(sql: &mut PgConnection, release: i32) -> Result<Table> {
    let rows = sqlx::query!(
        "select f.indicator, f.body, i.kind, f.amount, f.denominator, f.unknown
         from rashin.master_figures f join rashin.master_indicators i on i.code = f.indicator
         where f.release = $1 order by f.indicator, f.body",
        release
    )
    .fetch_all(sql)
    .await?;
    let mut table = Table::default();
    for row in rows {
        let value = figure(row.kind.as_deref(), row.amount, row.denominator, row.unknown.as_deref());
        // Every column of a release has the same bodies, so the first one names them.
        if table.columns.len() < 2 && table.columns.first().is_none_or(|first| first.indicator == row.indicator) {
            table.bodies.push(row.body);
        }
        match table.columns.last_mut() {
            Some(column) if column.indicator == row.indicator => column.values.push(value),
            _ => table.columns.push(Column { indicator: row.indicator, values: vec![value] }),
        }
    }
    Ok(table)
}

impl Maintenance {
    pub async fn local_bodies(&self, level: Level) -> Result<Vec<Body>> {
        local_bodies(&mut *self.begin().await?, level, None).await
    }

    /// The newest release of a year with its figures.
    pub async fn newest_release(&self, dataset: Dataset, year: FiscalYear) -> Result<Option<(Release, Table)>> {
        let mut tx = self.begin().await?;
        let found = releases(&mut tx).await?.into_iter().find(|one| one.dataset == dataset && one.year == year);
        match found {
            Some(release) => {
                let table = table(&mut tx, release.number).await?;
                Ok(Some((release, table)))
            }
            None => Ok(None),
        }
    }

    /// Writes figures as the release after the one that was seen, and returns its revision.
    /// `Conflict(master_releases_one_per_revision)` when somebody imported since.
    pub async fn write_release(&self, new: NewRelease<'_>, table: &Table) -> Result<i32> {
        let mut tx = self.begin().await?;
        let bodies = i32::try_from(table.bodies.len()).unwrap_or(i32::MAX);
        let number = sqlx::query_scalar!(
            "insert into rashin.master_releases (number, dataset, fiscal_year, revision, as_of, bodies, file_name, imported_at)
             select coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7 from rashin.master_releases
             returning number",
            new.dataset.code(),
            new.year.0,
            new.seen + 1,
            jiff_sqlx::Date::from(new.as_of) as _,
            bodies,
            new.file_name,
            jiff_sqlx::Timestamp::from(self.now()) as _,
        )
        .fetch_one(&mut *tx)
        .await?;
        for column in &table.columns {
            sqlx::query!(
                "insert into rashin.master_summaries (release, indicator, summary) values ($1, $2, $3)",
                number,
                column.indicator,
                Json(Summary::of(&column.values)) as _
            )
            .execute(&mut *tx)
            .await?;
            let (mut amounts, mut denominators, mut unknowns) = (Vec::new(), Vec::new(), Vec::new());
            for value in &column.values {
                let (amount, denominator, unknown) = columns(value)?;
                amounts.push(amount);
                denominators.push(denominator);
                unknowns.push(unknown);
            }
            sqlx::query!(
                "insert into rashin.master_figures (release, indicator, body, amount, denominator, unknown)
                 select $1, $2, f.* from unnest($3::text[], $4::numeric[], $5::numeric[], $6::text[]) f",
                number,
                column.indicator,
                &table.bodies,
                &amounts as _,
                &denominators as _,
                &unknowns as _,
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(new.seen + 1)
    }
}

impl TenantTx {
    /// The bodies of a level, by code; of municipalities those of one prefecture (two digits), if asked.
    pub async fn local_bodies(&mut self, level: Level, prefecture: Option<&str>) -> Result<Vec<Body>> {
        local_bodies(self.sql(), level, prefecture).await
    }

    /// Prefectures with the municipalities that a release speaks of, by code.
    pub async fn areas(&mut self, release: i32, indicator: &str) -> Result<Vec<Area>> {
        let rows = sqlx::query!(
            r#"select left(p.code, 2) as "code!", p.name, count(*) as "bodies!", count(f.body) as "covered!"
               from rashin.master_municipalities m
               join rashin.master_prefectures p on p.code = m.prefecture
               left join rashin.master_figures f on f.release = $1 and f.indicator = $2 and f.body = m.code
               group by p.code, p.name order by p.code"#,
            release,
            indicator
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| Area { code: r.code, name: r.name, bodies: r.bodies, covered: r.covered }).collect())
    }

    /// All of them, the newest year and revision first.
    pub async fn releases(&mut self) -> Result<Vec<Release>> {
        releases(self.sql()).await
    }

    /// What some indicators say of some bodies in some releases.
    pub async fn figures(&mut self, releases: &[i32], indicators: &[String], bodies: &[String]) -> Result<Figures> {
        let rows = sqlx::query!(
            "select f.release, f.indicator, f.body, i.kind, f.amount, f.denominator, f.unknown
             from rashin.master_figures f join rashin.master_indicators i on i.code = f.indicator
             where f.release = any($1) and f.indicator = any($2) and f.body = any($3)",
            releases,
            indicators,
            bodies
        )
        .fetch_all(self.sql())
        .await?;
        let figure = |kind: Option<String>, amount, of, unknown: Option<String>| figure(kind.as_deref(), amount, of, unknown.as_deref());
        Ok(rows.into_iter().map(|r| ((r.release, r.indicator, r.body), figure(r.kind, r.amount, r.denominator, r.unknown))).collect())
    }

    /// What one indicator says of all bodies of a release, by code.
    pub async fn column(&mut self, release: i32, indicator: &str) -> Result<Vec<(String, Value)>> {
        let rows = sqlx::query!(
            "select f.body, i.kind, f.amount, f.denominator, f.unknown
             from rashin.master_figures f join rashin.master_indicators i on i.code = f.indicator
             where f.release = $1 and f.indicator = $2 order by f.body",
            release,
            indicator
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| (r.body, figure(r.kind.as_deref(), r.amount, r.denominator, r.unknown.as_deref()))).collect())
    }

    /// What the figures of whole releases come to.
    pub async fn summaries(&mut self, releases: &[i32]) -> Result<Summaries> {
        let rows = sqlx::query!(
            r#"select release, indicator, summary as "summary: Json<Summary>" from rashin.master_summaries where release = any($1)"#,
            releases
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| ((row.release, row.indicator), row.summary.0)).collect())
    }

    /// Figures of an indicator that a release restated: (name of the body, before, after), by code.
    pub async fn restated(&mut self, indicator: &str, before: i32, after: i32) -> Result<Vec<(String, Value, Value)>> {
        let rows = sqlx::query!(
            r#"select coalesce(m.name, p.name, a.body) as "name!", i.kind, b.amount as b_amount, b.denominator as b_of,
                 b.unknown as b_unknown, a.amount, a.denominator, a.unknown
               from rashin.master_figures b
               join rashin.master_figures a on a.release = $3 and a.indicator = b.indicator and a.body = b.body
                 and (a.amount, a.denominator, a.unknown) is distinct from (b.amount, b.denominator, b.unknown)
               join rashin.master_indicators i on i.code = b.indicator
               left join rashin.master_municipalities m on m.code = a.body
               left join rashin.master_prefectures p on p.code = a.body
               where b.release = $2 and b.indicator = $1
               order by a.body"#,
            indicator,
            before,
            after
        )
        .fetch_all(self.sql())
        .await?;
        let restated = rows.into_iter().map(|r| {
            let kind = r.kind.as_deref();
            (r.name, figure(kind, r.b_amount, r.b_of, r.b_unknown.as_deref()), figure(kind, r.amount, r.denominator, r.unknown.as_deref()))
        });
        Ok(restated.collect())
    }

    /// What the library said of an indicator, newest first.
    pub async fn wordings(&mut self, code: &str) -> Result<Vec<Wording>> {
        let rows = sqlx::query!(
            r#"select revision, content as "content: Json<Indicator>", written_at
               from rashin.master_indicator_revisions where code = $1 order by revision desc"#,
            code
        )
        .fetch_all(self.sql())
        .await?;
        let wording =
            rows.into_iter().map(|row| Wording { revision: row.revision, indicator: row.content.0, written_at: row.written_at.to_jiff() });
        Ok(wording.collect())
    }
}
