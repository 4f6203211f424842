//! Sharing across tenants: a published KPI is copied to a prefecture under the prefecture's own tenant_id.
//! No policy looks across tenants; two narrow functions write the copy and take it back.

use jiff::civil::Date;
use rashin_domain::{
    access::Permit,
    ids::{EditionId, TenantId},
    plan::Kpi,
    progress::Judgement,
};
use serde_json::json;
use sqlx::types::Json;

use crate::{Result, StoreError, TenantTx};

/// A KPI that a municipality shared with this tenant.
#[derive(Clone, Debug)]
pub struct Share {
    pub source_name: String,
    pub source_code: String,
    pub plan_title: String,
    pub edition_number: i32,
    pub as_of: Date,
    pub kpi: Kpi,
    pub judgement: Judgement,
}

/// A prefecture that KPIs can be shared with, or a share that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub id: TenantId,
    pub name: String,
}

impl TenantTx {
    /// What municipalities share with this tenant, by code.
    pub async fn shares(&mut self) -> Result<Vec<Share>> {
        let rows = sqlx::query!(
            r#"select source_name, source_code, plan_title, edition_number, as_of, kpi as "kpi: Json<Kpi>", judgement as "judgement: Json<Judgement>"
               from rashin.shares order by source_code, kpi_code"#
        )
        .fetch_all(self.sql())
        .await?;
        let share = rows.into_iter().map(|r| Share {
            source_name: r.source_name,
            source_code: r.source_code,
            plan_title: r.plan_title,
            edition_number: r.edition_number,
            as_of: r.as_of.to_jiff(),
            kpi: r.kpi.0,
            judgement: r.judgement.0,
        });
        Ok(share.collect())
    }

    /// Prefectures that KPIs can be shared with: (slug, name), by code.
    pub async fn prefectures(&mut self) -> Result<Vec<(String, String)>> {
        let rows = sqlx::query!(r#"select slug as "slug!", name as "name!" from gate.prefectures()"#).fetch_all(self.sql()).await?;
        Ok(rows.into_iter().map(|row| (row.slug, row.name)).collect())
    }

    /// The tenant with a slug, if it is a prefecture.
    pub async fn prefecture(&mut self, slug: &str) -> Result<Recipient> {
        let row = sqlx::query!(r#"select tenant_id as "id!", name as "name!" from gate.find_tenant($1) where kind = 'prefecture'"#, slug)
            .fetch_one(self.sql())
            .await?;
        Ok(Recipient { id: TenantId(row.id), name: row.name })
    }

    /// Copies a KPI of an edition to a prefecture; sharing again refreshes the copy.
    pub async fn share_kpi(&mut self, permit: Permit, to: &Recipient, edition: EditionId, code: &str) -> Result<()> {
        let share = self.new_id();
        let copied = sqlx::query_scalar!("select gate.share_kpi($1, $2, $3, $4) as \"copied!\"", share, to.id.0, edition.0, code)
            .fetch_one(self.sql())
            .await?;
        if !copied {
            return Err(StoreError::NotFound);
        }
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        sqlx::query!(
            "insert into rashin.share_grants (tenant_id, id, recipient_id, recipient_name, kpi_code, shared_at) values ($1, $2, $3, $4, $5, $6)
             on conflict (tenant_id, recipient_id, kpi_code) where withdrawn_at is null do nothing",
            city,
            id,
            to.id.0,
            to.name,
            code,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, code, json!({ "shared_with": to.name }));
        Ok(())
    }

    /// Takes the copy back: the prefecture has it no more.
    pub async fn withdraw_share(&mut self, permit: Permit, from: &Recipient, code: &str) -> Result<()> {
        self.take_back(from.id, code).await?;
        self.used(permit, code, json!({ "withdrawn_from": from.name }));
        Ok(())
    }

    /// After a withdrawal: copies of the edition become copies of the one that stands, or go.
    pub(crate) async fn move_shares(&mut self, from: EditionId, to: Option<EditionId>) -> Result<()> {
        let copies = sqlx::query!(r#"select recipient as "recipient!", code as "code!" from gate.shares_of_edition($1)"#, from.0)
            .fetch_all(self.sql())
            .await?;
        for copy in copies {
            let share = self.new_id();
            let moved = sqlx::query_scalar!(
                "select gate.share_kpi($1, $2, $3, $4) as \"copied!\"",
                share,
                copy.recipient,
                to.map(|edition| edition.0),
                copy.code
            )
            .fetch_one(self.sql())
            .await?;
            if !moved {
                self.take_back(TenantId(copy.recipient), &copy.code).await?;
            }
        }
        Ok(())
    }

    async fn take_back(&mut self, recipient: TenantId, code: &str) -> Result<()> {
        let now = jiff_sqlx::Timestamp::from(self.now());
        let gone = sqlx::query_scalar!("select gate.withdraw_share($1, $2) as \"gone!\"", recipient.0, code).fetch_one(self.sql()).await?;
        if !gone {
            return Err(StoreError::NotFound);
        }
        sqlx::query!(
            "update rashin.share_grants set withdrawn_at = $3 where recipient_id = $1 and kpi_code = $2 and withdrawn_at is null",
            recipient.0,
            code,
            now as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// With whom a KPI is shared now.
    pub async fn shared_with(&mut self, code: &str) -> Result<Vec<Recipient>> {
        let rows =
            sqlx::query!("select recipient_id, recipient_name from rashin.share_grants where kpi_code = $1 and withdrawn_at is null", code)
                .fetch_all(self.sql())
                .await?;
        Ok(rows.into_iter().map(|r| Recipient { id: TenantId(r.recipient_id), name: r.recipient_name }).collect())
    }
}
