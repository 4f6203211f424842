//! How long records are kept.

use rashin_domain::{
    access::Permit,
    record::{Periods, RecordKind},
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx};

/// The name under which somebody who came second is refused.
pub const STALE_PERIODS: &str = "record_periods_seen";

impl TenantTx {
    pub async fn record_periods(&mut self) -> Result<Periods> {
        let rows = sqlx::query!("select kind, years from rashin.record_periods").fetch_all(self.sql()).await?;
        let known = rows.iter().filter_map(|r| Some((RecordKind::from_code(&r.kind)?, u8::try_from(r.years).ok()?)));
        Ok(known.fold(Periods::default(), |periods, (kind, years)| periods.with(kind, years)))
    }

    /// Keeps them, if they still are what was seen: else `Conflict(record_periods_seen)`.
    pub async fn keep_record_periods(&mut self, permit: Permit, seen: &Periods, periods: &Periods) -> Result<()> {
        let city = self.city().id.0;
        for kind in RecordKind::ALL.iter().copied().filter(|kind| seen.of(*kind) != periods.of(*kind)) {
            let id = self.new_id();
            let done = sqlx::query!(
                "insert into rashin.record_periods as p (tenant_id, id, kind, years) values ($1, $2, $3, $4)
                 on conflict on constraint record_periods_one_per_kind do update set years = excluded.years where p.years = $5",
                city,
                id,
                kind.code(),
                i16::from(periods.of(kind)),
                i16::from(seen.of(kind))
            )
            .execute(self.sql())
            .await?;
            if done.rows_affected() == 0 {
                return Err(StoreError::Conflict(STALE_PERIODS.to_owned()));
            }
        }
        let detail = RecordKind::ALL.iter().map(|kind| (format!("kept_{}", kind.code()), json!(periods.of(*kind))));
        self.used(permit, "records", serde_json::Value::Object(detail.collect()));
        Ok(())
    }
}
