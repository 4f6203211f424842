//! The ledger of cost and effect. Append-only: the newest revision stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    clock::FiscalYear,
    ids::{PlanId, SectionId},
    ledger::{Entry, Fund},
    period::Period,
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx};

/// An entry as it stands.
#[derive(Clone, Debug)]
pub struct Line {
    /// Key of the initiative.
    pub node: String,
    pub year: FiscalYear,
    pub revision: i32,
    pub entry: Entry,
    /// Section that was responsible when it was written.
    pub section_name: Option<String>,
    pub author_name: String,
    pub at: Timestamp,
}

/// The name under which an entry is refused when somebody was quicker.
const STALE: &str = "ledger_entries_one_per_revision";

impl TenantTx {
    /// The newest revision of each entry of a plan: of one initiative or all, of one year or all; newest years first. An
    /// entry that was taken back is there as a blank one.
    pub async fn ledger(&mut self, plan: PlanId, node: Option<&str>, year: Option<FiscalYear>) -> Result<Vec<Line>> {
        let rows = sqlx::query!(
            r#"select distinct on (l.fiscal_year, l.node_key) l.node_key, l.fiscal_year, l.revision, l.project, l.budget, l.settled,
                 l.from_general, l.from_national, l.from_prefecture, l.from_bonds, l.from_others, l.hours, l.sheets, l.note, l.source,
                 s.name as "section_name?", m.name as author_name, l.written_at
               from rashin.ledger_entries l
               join rashin.members m on m.tenant_id = l.tenant_id and m.id = l.author_id
               left join rashin.sections s on s.tenant_id = l.tenant_id and s.id = l.section_id
               where l.plan_id = $1 and ($2::text is null or l.node_key = $2) and ($3::smallint is null or l.fiscal_year = $3)
               order by l.fiscal_year desc, l.node_key, l.revision desc"#,
            plan.0,
            node,
            year.map(|year| year.0),
        )
        .fetch_all(self.sql())
        .await?;
        let line = rows.into_iter().map(|r| {
            let funds = [
                (Fund::General, r.from_general),
                (Fund::National, r.from_national),
                (Fund::Prefecture, r.from_prefecture),
                (Fund::Bonds, r.from_bonds),
                (Fund::Others, r.from_others),
            ];
            let funds: BTreeMap<Fund, i64> = funds.into_iter().filter_map(|(fund, amount)| Some((fund, amount?))).collect();
            Line {
                node: r.node_key,
                year: FiscalYear(r.fiscal_year),
                revision: r.revision,
                entry: Entry {
                    project: r.project,
                    budget: r.budget,
                    settled: r.settled,
                    funds,
                    hours: r.hours,
                    sheets: r.sheets,
                    note: r.note,
                    source: r.source,
                },
                section_name: r.section_name,
                author_name: r.author_name,
                at: r.written_at.to_jiff(),
            }
        });
        Ok(line.collect())
    }

    /// Writes an entry as the revision after the one that was seen (0: none). `Conflict(ledger_entries_one_per_revision)`
    /// when somebody was quicker.
    pub async fn record_entry(
        &mut self,
        permit: Permit,
        (plan, node): (PlanId, &str),
        year: FiscalYear,
        entry: &Entry,
        section: Option<SectionId>,
        seen: i32,
    ) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let author = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        let fund = |fund: Fund| entry.funds.get(&fund).copied();
        let done = sqlx::query!(
            "insert into rashin.ledger_entries (tenant_id, id, plan_id, node_key, fiscal_year, revision, project, budget, settled, from_general,
                                                from_national, from_prefecture, from_bonds, from_others, hours, sheets, note, source,
                                                section_id, author_id, written_at)
             select $1, $2, $3::uuid, $4::text, $5::smallint, $6::integer, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21
             where $6::integer = 1 + coalesce((select max(revision) from rashin.ledger_entries l
                                               where l.plan_id = $3::uuid and l.node_key = $4::text and l.fiscal_year = $5::smallint), 0)
             on conflict do nothing",
            city,
            id,
            plan.0,
            node,
            year.0,
            seen + 1,
            entry.project,
            entry.budget,
            entry.settled,
            fund(Fund::General),
            fund(Fund::National),
            fund(Fund::Prefecture),
            fund(Fund::Bonds),
            fund(Fund::Others),
            entry.hours,
            entry.sheets,
            entry.note,
            entry.source,
            section.map(|section| section.0),
            author,
            now as _,
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(STALE.to_owned()));
        }
        let subject = format!("{node} {}", Period::FiscalYear(year));
        self.used(permit, subject, json!({ "ledger": year.label(), "revision": seen + 1 }));
        Ok(())
    }
}
