//! Delays of cases that more than those whose turn it is were told of.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rashin_domain::{case::At, ids::CaseId};

use crate::{Result, TenantTx, case::CaseFile};

/// Of one time that a case was at a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    pub stage: String,
    pub since: Date,
    /// Key of the body that was told beside 事務局.
    pub body: Option<String>,
    pub told_on: Date,
}

impl Escalation {
    /// Whether it is of this time at the stage.
    pub fn is_of(&self, at: &At) -> bool {
        (self.stage.as_str(), self.since) == (at.stage.as_str(), at.since)
    }
}

impl TenantTx {
    /// Of all cases, or of the one of a number.
    pub async fn escalations(&mut self, number: Option<i32>) -> Result<BTreeMap<CaseId, Vec<Escalation>>> {
        let rows = sqlx::query!(
            "select e.case_id, e.stage, e.since_on, e.body_key, e.told_on from rashin.case_escalations e
             join rashin.cases c on c.tenant_id = e.tenant_id and c.id = e.case_id
             where $1::integer is null or c.number = $1 order by e.told_on",
            number
        )
        .fetch_all(self.sql())
        .await?;
        let mut all: BTreeMap<CaseId, Vec<Escalation>> = BTreeMap::new();
        for r in rows {
            let one = Escalation { stage: r.stage, since: r.since_on.to_jiff(), body: r.body_key, told_on: r.told_on.to_jiff() };
            all.entry(CaseId(r.case_id)).or_default().push(one);
        }
        Ok(all)
    }

    /// Writes down that more are told of a delay today. False when they were told before.
    pub async fn escalate(&mut self, filed: &CaseFile, at: &At, body: Option<&str>) -> Result<bool> {
        let (city, id, today) = (self.city().id.0, self.new_id(), self.today());
        let done = sqlx::query!(
            "insert into rashin.case_escalations (tenant_id, id, case_id, stage, since_on, due_on, body_key, told_on)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint case_escalations_once do nothing",
            city,
            id,
            filed.id.0,
            at.stage,
            jiff_sqlx::Date::from(at.since) as _,
            jiff_sqlx::Date::from(at.due.unwrap_or(at.since)) as _,
            body,
            jiff_sqlx::Date::from(today) as _
        )
        .execute(self.sql())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
