//! The rounds of a tenant's years, and how it reports.

use rashin_domain::{
    access::Permit,
    approval::{Approval, Settings},
    clock::FiscalYear,
    round::{Asks, Round, RoundKind},
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx};

/// The name under which a change is refused when somebody else made another one meanwhile.
pub const SEEN: &str = "seen";

impl TenantTx {
    /// The rounds that the tenant has, by year and kind. A year that nobody has planned has none.
    pub async fn rounds(&mut self) -> Result<Vec<Round>> {
        let rows = sqlx::query!(
            "select fiscal_year, kind, opens_on, closes_on, grace_until, reminders, purpose, asks, locked_on
             from rashin.rounds order by opens_on, fiscal_year"
        )
        .fetch_all(self.sql())
        .await?;
        let round = rows.into_iter().filter_map(|r| {
            Some(Round {
                year: FiscalYear(r.fiscal_year),
                // The columns' check constraints admit the enums' codes only.
                kind: RoundKind::from_code(&r.kind)?,
                asks: Asks::from_code(&r.asks)?,
                opens_on: r.opens_on.to_jiff(),
                closes_on: r.closes_on.to_jiff(),
                grace_until: r.grace_until.to_jiff(),
                reminders: r.reminders.into_iter().filter_map(|offset| i8::try_from(offset).ok()).collect(),
                purpose: r.purpose,
                locked_on: r.locked_on.map(jiff_sqlx::Date::to_jiff),
            })
        });
        Ok(round.collect())
    }

    /// Plans the rounds of a year. `Conflict(rounds_one_per_kind)` when somebody planned it already.
    pub async fn plan_rounds(&mut self, permit: Permit, rounds: &[Round]) -> Result<()> {
        let city = self.city().id.0;
        for round in rounds {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.rounds (tenant_id, id, fiscal_year, kind, opens_on, closes_on, grace_until, reminders, purpose, asks)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                city,
                id,
                round.year.0,
                round.kind.code(),
                jiff_sqlx::Date::from(round.opens_on) as _,
                jiff_sqlx::Date::from(round.closes_on) as _,
                jiff_sqlx::Date::from(round.grace_until) as _,
                &reminders(round),
                round.purpose,
                round.asks.code()
            )
            .execute(self.sql())
            .await?;
        }
        let keys: Vec<_> = rounds.iter().map(Round::key).collect();
        self.used(permit, "rounds", json!({ "planned": keys }));
        Ok(())
    }

    /// Changes days, reminders, purpose, breadth or lock of a round; why stands in the log. [`StoreError::Conflict`] ([`SEEN`])
    /// when it is not any more as `seen`.
    pub async fn change_round(&mut self, permit: Permit, seen: &Round, round: &Round, reason: &str) -> Result<()> {
        self.hold_as_seen(seen).await?;
        sqlx::query!(
            "update rashin.rounds set opens_on = $3, closes_on = $4, grace_until = $5, reminders = $6, purpose = $7, asks = $8, locked_on = $9
             where fiscal_year = $1 and kind = $2",
            round.year.0,
            round.kind.code(),
            jiff_sqlx::Date::from(round.opens_on) as _,
            jiff_sqlx::Date::from(round.closes_on) as _,
            jiff_sqlx::Date::from(round.grace_until) as _,
            &reminders(round),
            round.purpose,
            round.asks.code(),
            round.locked_on.map(jiff_sqlx::Date::from) as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, round.key(), json!({ "before": seen, "after": round, "reason": reason }));
        Ok(())
    }

    /// Takes a round out of the year; what was reported stays. `Conflict` ([`SEEN`]) when it is not any more as `seen`.
    pub async fn cancel_round(&mut self, permit: Permit, seen: &Round) -> Result<()> {
        self.hold_as_seen(seen).await?;
        sqlx::query!("delete from rashin.rounds where fiscal_year = $1 and kind = $2", seen.year.0, seen.kind.code())
            .execute(self.sql())
            .await?;
        self.used(permit, seen.key(), json!({ "cancelled": seen }));
        Ok(())
    }

    /// Others who want to change rounds, or to report in them, wait.
    async fn hold_as_seen(&mut self, seen: &Round) -> Result<()> {
        sqlx::query!("select id from rashin.rounds order by id for update").fetch_all(self.sql()).await?;
        if self.rounds().await?.contains(seen) { Ok(()) } else { Err(StoreError::Conflict(SEEN.to_owned())) }
    }

    /// The rounds, which nobody changes until this transaction is over.
    pub(crate) async fn rounds_that_stand(&mut self) -> Result<Vec<Round>> {
        sqlx::query!("select id from rashin.rounds order by id for share").fetch_all(self.sql()).await?;
        self.rounds().await
    }

    /// How the tenant reports.
    pub async fn settings(&mut self) -> Result<Settings> {
        let row = sqlx::query!("select approval, own_approval, evidence_required, stale_months from rashin.progress_settings")
            .fetch_optional(self.sql())
            .await?;
        Ok(row.map_or_else(Settings::default, |r| Settings {
            approval: Approval::from_code(&r.approval).unwrap_or(Approval::Chief),
            own_approval: r.own_approval,
            evidence_required: r.evidence_required,
            stale_months: u8::try_from(r.stale_months).unwrap_or(u8::MAX),
        }))
    }

    /// `Conflict` ([`SEEN`]) when they are not any more as `seen`.
    pub async fn change_settings(&mut self, permit: Permit, seen: &Settings, settings: &Settings) -> Result<()> {
        let changed = || StoreError::Conflict(SEEN.to_owned());
        if self.settings().await? != *seen {
            return Err(changed());
        }
        let (city, id) = (self.city().id.0, self.new_id());
        // Where somebody else comes between, their row is not any more what was seen.
        let done = sqlx::query!(
            "insert into rashin.progress_settings (tenant_id, id, approval, own_approval, evidence_required, stale_months)
             values ($1, $2, $3, $4, $5, $6)
             on conflict on constraint progress_settings_one do update set
               approval = excluded.approval, own_approval = excluded.own_approval, evidence_required = excluded.evidence_required,
               stale_months = excluded.stale_months
             where (progress_settings.approval, progress_settings.own_approval, progress_settings.evidence_required,
                    progress_settings.stale_months) = ($7, $8, $9, $10)",
            city,
            id,
            settings.approval.code(),
            settings.own_approval,
            settings.evidence_required,
            i16::from(settings.stale_months),
            seen.approval.code(),
            seen.own_approval,
            seen.evidence_required,
            i16::from(seen.stale_months)
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(changed());
        }
        self.used(permit, "settings", json!({ "before": seen, "after": settings }));
        Ok(())
    }
}

fn reminders(round: &Round) -> Vec<i16> {
    round.reminders.iter().map(|offset| i16::from(*offset)).collect()
}
