//! Yearly reviews of KPIs and initiatives. Append-only: the newest revision stands.

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    clock::FiscalYear,
    ids::SectionId,
    obligation::Item,
    period::Period,
    review::{Course, Review},
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx};

/// A review as it stands.
#[derive(Clone, Debug)]
pub struct Written {
    pub item: Item,
    pub year: FiscalYear,
    pub revision: i32,
    pub review: Review,
    /// Section that was responsible when it was written.
    pub section_name: Option<String>,
    pub author_name: String,
    pub at: Timestamp,
}

/// The name under which a review is refused when somebody was quicker.
const STALE: &str = "reviews_one_per_revision";

impl TenantTx {
    /// The newest revision of each review: of one item or all, of one year or all; newest years first.
    pub async fn reviews(&mut self, item: Option<&Item>, year: Option<FiscalYear>) -> Result<Vec<Written>> {
        let (kpi, plan, node) = item.map_or((None, None, None), Item::columns);
        let rows = sqlx::query!(
            r#"select distinct on (r.fiscal_year, r.kpi_id, r.plan_id, r.node_key) r.kpi_id, r.plan_id, r.node_key, r.fiscal_year, r.revision,
                 r.why, r.course, r.next_step, s.name as "section_name?", m.name as author_name, r.written_at
               from rashin.reviews r
               join rashin.members m on m.tenant_id = r.tenant_id and m.id = r.author_id
               left join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
               where ($1::uuid is null or r.kpi_id = $1) and ($2::uuid is null or (r.plan_id = $2 and r.node_key = $3))
                 and ($4::smallint is null or r.fiscal_year = $4)
               order by r.fiscal_year desc, r.kpi_id, r.plan_id, r.node_key, r.revision desc"#,
            kpi,
            plan,
            node,
            year.map(|year| year.0),
        )
        .fetch_all(self.sql())
        .await?;
        let written = rows.into_iter().filter_map(|r| {
            Some(Written {
                item: Item::from_columns(r.kpi_id, r.plan_id, r.node_key)?,
                year: FiscalYear(r.fiscal_year),
                revision: r.revision,
                // The column's check constraint admits the enum's codes only.
                review: Review { why: r.why, course: Course::from_code(&r.course)?, next: r.next_step },
                section_name: r.section_name,
                author_name: r.author_name,
                at: r.written_at.to_jiff(),
            })
        });
        Ok(written.collect())
    }

    /// Writes a review as the revision after the one that was seen (0: none). `code` is the item's name in the log.
    /// `Conflict(reviews_one_per_revision)` when somebody was quicker.
    pub async fn record_review(
        &mut self,
        permit: Permit,
        (item, code): (&Item, &str),
        year: FiscalYear,
        review: &Review,
        section: Option<SectionId>,
        seen: i32,
    ) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let author = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        let (kpi, plan, node) = item.columns();
        let done = sqlx::query!(
            "insert into rashin.reviews (tenant_id, id, kpi_id, plan_id, node_key, fiscal_year, revision, why, course, next_step, section_id,
                                         author_id, written_at)
             select $1, $2, $3, $4, $5, $6::smallint, $7::integer, $8, $9, $10, $11, $12, $13
             where $7::integer = 1 + coalesce((select max(revision) from rashin.reviews r
                                      where r.fiscal_year = $6::smallint and (r.kpi_id = $3 or (r.plan_id = $4 and r.node_key = $5))), 0)
             on conflict do nothing",
            city,
            id,
            kpi,
            plan,
            node,
            year.0,
            seen + 1,
            review.why,
            review.course.code(),
            review.next,
            section.map(|section| section.0),
            author,
            now as _,
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(STALE.to_owned()));
        }
        let subject = format!("{code} {}", Period::FiscalYear(year));
        self.used(permit, subject, json!({ "review": review.course.label(), "revision": seen + 1 }));
        Ok(())
    }
}
