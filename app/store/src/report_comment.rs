//! What members say about a report among themselves.

use jiff::Timestamp;
use rashin_domain::{
    access::{LogKind, Permit},
    ids::ReportId,
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx, report::Report};

/// What somebody said about a figure.
#[derive(Clone, Debug)]
pub struct Comment {
    pub member_name: String,
    pub at: Timestamp,
    pub text: String,
}

impl TenantTx {
    /// What was said about a report, oldest first.
    pub async fn report_comments(&mut self, report: ReportId) -> Result<Vec<Comment>> {
        let rows = sqlx::query!(
            "select m.name, c.at, c.text from rashin.report_comments c
             join rashin.members m on m.tenant_id = c.tenant_id and m.id = c.member_id
             where c.report_id = $1 order by c.at, c.id",
            report.0
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| Comment { member_name: r.name, at: r.at.to_jiff(), text: r.text }).collect())
    }

    /// Says something about a report, and tells whom it concerns.
    pub async fn comment_on_report(&mut self, permit: Permit, report: &Report, text: &str) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let member = self.member().map(|member| member.id).ok_or(StoreError::NotFound)?;
        sqlx::query!(
            "insert into rashin.report_comments (tenant_id, id, report_id, member_id, at, text) values ($1, $2, $3, $4, $5, $6)",
            city,
            id,
            report.id.0,
            member.0,
            now as _,
            text
        )
        .execute(self.sql())
        .await?;
        self.tell_of_comment(report, id, member).await?;
        let subject = format!("{} {}", report.code, report.period);
        self.used_as(permit, LogKind::Report, subject, json!({ "report": report.id, "said": id }));
        Ok(())
    }
}
