//! Workbooks of reports that wait to be imported: their sender's own, for a day.

use jiff::SignedDuration;
use rashin_domain::ids::WorkbookId;
use sqlx::types::Json;

use crate::{Result, StoreError, TenantTx};

/// How long a workbook waits.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Workbooks of one member that wait at the same time.
const MOST: i64 = 5;

/// A workbook that was sent.
#[derive(Clone, Debug)]
pub struct SentWorkbook {
    pub file_name: String,
    /// What was read from it.
    pub sheet: serde_json::Value,
}

impl TenantTx {
    /// Keeps what was read from a workbook, for the member who is signed in: seen by nobody else and no report yet, so no
    /// permit. What waits too long, or is too much, goes.
    pub async fn keep_workbook(&mut self, file_name: &str, sheet: &serde_json::Value) -> Result<WorkbookId> {
        let member = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        let (city, id, now) = (self.city().id.0, self.new_id(), self.now());
        let too_old = jiff_sqlx::Timestamp::from(now - LIFE);
        sqlx::query!(
            "delete from rashin.report_workbooks where sent_at < $1
               or member_id = $2 and id not in (select w.id from rashin.report_workbooks w where w.member_id = $2
                                                order by w.sent_at desc, w.id desc limit $3)",
            too_old as _,
            member,
            MOST - 1
        )
        .execute(self.sql())
        .await?;
        sqlx::query!(
            "insert into rashin.report_workbooks (tenant_id, id, member_id, file_name, sheet, sent_at) values ($1, $2, $3, $4, $5, $6)",
            city,
            id,
            member,
            file_name,
            Json(sheet) as _,
            jiff_sqlx::Timestamp::from(now) as _
        )
        .execute(self.sql())
        .await?;
        Ok(WorkbookId(id))
    }

    /// A workbook of the member who is signed in. `NotFound` once its day is over.
    pub async fn workbook(&mut self, id: WorkbookId) -> Result<SentWorkbook> {
        let member = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        let since = jiff_sqlx::Timestamp::from(self.now() - LIFE);
        let row = sqlx::query!(
            r#"select file_name, sheet as "sheet: Json<serde_json::Value>" from rashin.report_workbooks
               where id = $1 and member_id = $2 and sent_at >= $3"#,
            id.0,
            member,
            since as _
        )
        .fetch_one(self.sql())
        .await?;
        Ok(SentWorkbook { file_name: row.file_name, sheet: row.sheet.0 })
    }

    /// Makes a second click on its import wait until the first one is through.
    pub async fn lock_workbook(&mut self, id: WorkbookId) -> Result<()> {
        sqlx::query!("select from rashin.report_workbooks where id = $1 for update", id.0).execute(self.sql()).await?;
        Ok(())
    }
}
