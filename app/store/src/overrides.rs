//! Grades that 事務局 sets instead of the rule. At most one stands for a KPI in a plan; what was taken back stays.

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    grading::Override,
    ids::{KpiId, PlanId},
};
use serde_json::json;
use uuid::Uuid;

use crate::{Result, StoreError, TenantTx, plan::PlanRef};

/// The override that stands, as the office sees it.
#[derive(Clone, Debug)]
pub struct Standing {
    pub id: Uuid,
    /// `None` is the command line.
    pub decided_by: Option<String>,
    pub decided_at: Timestamp,
}

/// The name under which an override is refused when somebody was quicker.
pub const OVERRULED: &str = "kpi_overrides_one_stands";

impl TenantTx {
    pub async fn standing_override(&mut self, plan: &PlanRef, code: &str) -> Result<Option<Standing>> {
        let row = sqlx::query!(
            r#"select o.id, o.decided_at, m.name as "name?" from rashin.kpi_overrides o
               join rashin.kpis k on k.tenant_id = o.tenant_id and k.id = o.kpi_id
               left join rashin.members m on m.tenant_id = o.tenant_id and m.id = o.decided_by
               where o.plan_id = $1 and k.code = $2 and o.withdrawn_at is null"#,
            plan.id.0,
            code
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|r| Standing { id: r.id, decided_by: r.name, decided_at: r.decided_at.to_jiff() }))
    }

    /// Sets a grade in the place of the one that the member saw standing. `Conflict(kpi_overrides_one_stands)` when
    /// another one stands by now.
    pub async fn overrule(&mut self, permit: Permit, plan: PlanId, code: &str, seen: Option<Uuid>, given: &Override) -> Result<()> {
        let kpi = self.kpi_id(code).await?;
        if let Some(seen) = seen {
            self.end_override(plan, kpi, seen).await?;
        }
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let member = self.member().map(|member| member.id.0);
        sqlx::query!(
            "insert into rashin.kpi_overrides (tenant_id, id, plan_id, kpi_id, period, revision, label, reason, decided_by, decided_as, decided_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            city,
            id,
            plan.0,
            kpi.0,
            given.period.to_string() as _,
            given.revision,
            given.label,
            given.reason,
            member,
            given.by,
            now as _,
        )
        .execute(self.sql())
        .await?;
        self.used(permit, format!("{code} {}", given.period), json!({ "grade": given.label, "reason": given.reason }));
        Ok(())
    }

    /// Takes back the grade that the member saw standing: the rule counts again. `Conflict(kpi_overrides_one_stands)` when
    /// it does not stand any more.
    pub async fn withdraw_override(&mut self, permit: Permit, plan: PlanId, code: &str, seen: Uuid) -> Result<()> {
        let kpi = self.kpi_id(code).await?;
        self.end_override(plan, kpi, seen).await?;
        self.used(permit, code, json!({ "withdrawn_grade": seen }));
        Ok(())
    }

    async fn end_override(&mut self, plan: PlanId, kpi: KpiId, seen: Uuid) -> Result<()> {
        let (now, member) = (jiff_sqlx::Timestamp::from(self.now()), self.member().map(|member| member.id.0));
        let ended = sqlx::query!(
            "update rashin.kpi_overrides set withdrawn_at = $4, withdrawn_by = $5
             where id = $1 and plan_id = $2 and kpi_id = $3 and withdrawn_at is null",
            seen,
            plan.0,
            kpi.0,
            now as _,
            member
        )
        .execute(self.sql())
        .await?;
        if ended.rows_affected() == 0 { Err(StoreError::Conflict(OVERRULED.to_owned())) } else { Ok(()) }
    }
}
