//! Who writes a case: co-authors, and hand-overs to another proposer, at once or from a day on.

use jiff::civil::Date;
use rashin_domain::{
    access::Permit,
    case::{Act, Event, Standing},
    ids::{CaseId, MemberId},
    period::date_code,
};
use serde_json::json;

use crate::{
    Result, StoreError, TenantTx,
    case::{CaseFile, Happening},
};

/// A hand-over that is prepared.
#[derive(Clone, Debug)]
pub struct Handover {
    pub case: CaseId,
    /// The case's number and title.
    pub number: i32,
    pub title: String,
    pub to: MemberId,
    pub name: String,
    pub from: Date,
}

impl TenantTx {
    /// Lets somebody write a case beside its proposer; once is enough.
    pub async fn add_author(&mut self, permit: Permit, filed: &CaseFile, member: MemberId) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        sqlx::query!(
            "insert into rashin.case_authors (tenant_id, id, case_id, member_id) values ($1, $2, $3, $4)
             on conflict on constraint case_authors_once do nothing",
            city,
            id,
            filed.id.0,
            member.0
        )
        .execute(self.sql())
        .await?;
        self.used(permit, format!("case {}", filed.number), json!({ "author": member }));
        Ok(())
    }

    /// [`StoreError::NotFound`] of somebody who does not write it.
    pub async fn remove_author(&mut self, permit: Permit, filed: &CaseFile, member: MemberId) -> Result<()> {
        let gone = sqlx::query!("delete from rashin.case_authors where case_id = $1 and member_id = $2", filed.id.0, member.0)
            .execute(self.sql())
            .await?;
        if gone.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.used(permit, format!("case {}", filed.number), json!({ "removed_author": member }));
        Ok(())
    }

    /// Prepares that somebody else proposes a case from a later day on; what was prepared before gives way.
    pub async fn prepare_handover(&mut self, permit: Permit, filed: &CaseFile, to: MemberId, from: Date, acted_as: &str) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let by = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        self.forget_handover(filed.id).await?;
        sqlx::query!(
            "insert into rashin.case_handovers (tenant_id, id, case_id, to_id, from_on, made_by, acted_as, made_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            city,
            id,
            filed.id.0,
            to.0,
            jiff_sqlx::Date::from(from) as _,
            by,
            acted_as,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, format!("case {}", filed.number), json!({ "proposer": to, "since": date_code(from) }));
        Ok(())
    }

    /// Takes a prepared hand-over back. [`StoreError::NotFound`] without one.
    pub async fn withdraw_handover(&mut self, permit: Permit, filed: &CaseFile) -> Result<()> {
        if self.forget_handover(filed.id).await? == 0 {
            return Err(StoreError::NotFound);
        }
        self.used(permit, format!("case {}", filed.number), json!({ "withdrawn_proposer": true }));
        Ok(())
    }

    async fn forget_handover(&mut self, case: CaseId) -> Result<u64> {
        let gone = sqlx::query!("delete from rashin.case_handovers where case_id = $1", case.0).execute(self.sql()).await?;
        Ok(gone.rows_affected())
    }

    /// All that are prepared, by day.
    pub async fn handovers(&mut self) -> Result<Vec<Handover>> {
        let rows = sqlx::query!(
            r#"select h.case_id, c.number, h.to_id, m.name, h.from_on, v.title as "title!"
               from rashin.case_handovers h
               join rashin.cases c on c.tenant_id = h.tenant_id and c.id = h.case_id
               join rashin.members m on m.tenant_id = h.tenant_id and m.id = h.to_id
               join lateral (select v.content ->> 'title' as title from rashin.case_versions v
                             where v.tenant_id = c.tenant_id and v.case_id = c.id order by v.revision desc limit 1) v on true
               order by h.from_on, c.number"#
        )
        .fetch_all(self.sql())
        .await?;
        let handover = rows.into_iter().map(|r| Handover {
            case: CaseId(r.case_id),
            number: r.number,
            title: r.title,
            to: MemberId(r.to_id),
            name: r.name,
            from: r.from_on.to_jiff(),
        });
        Ok(handover.collect())
    }

    /// Makes the prepared hand-overs whose day has come to events, in the name of who prepared them; those of cases that
    /// have ended are dropped. The log has their preparation.
    pub async fn hand_over_due_cases(&mut self) -> Result<()> {
        let today = self.today();
        let rows = sqlx::query!(
            "select h.case_id, c.number, h.to_id, h.made_by, h.acted_as from rashin.case_handovers h
             join rashin.cases c on c.tenant_id = h.tenant_id and c.id = h.case_id
             where h.from_on <= $1 order by c.number",
            jiff_sqlx::Date::from(today) as _
        )
        .fetch_all(self.sql())
        .await?;
        for r in rows {
            let Some(filed) = self.cases(Some(r.number)).await?.pop() else { continue };
            let act = Act::HandedOver { to: MemberId(r.to_id) };
            let event = Event { on: today, by: MemberId(r.made_by), act };
            let runs = matches!(filed.case.on(&filed.route, today), Standing::At(_));
            if runs && filed.case.proposer.0 != r.to_id && filed.case.after(&filed.route, &event).is_ok() {
                let happening = Happening { by: event.by, act: &event.act, acted_as: &r.acted_as, document: "" };
                self.write_event(filed.id, filed.case.version, &happening).await?;
            }
            self.forget_handover(filed.id).await?;
        }
        Ok(())
    }
}
