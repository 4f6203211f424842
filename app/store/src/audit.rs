//! The log: insert-only, written with the change it tells of.

use rashin_domain::access::Actor;
use serde_json::{Value, json};

use crate::{Db, Result, TenantTx, identity::SignedIn};

pub(crate) struct Line {
    pub action: &'static str,
    pub subject: String,
    pub detail: Value,
}

pub(crate) async fn write(tx: &mut TenantTx, lines: &[Line]) -> Result<()> {
    let (member, actor) = match tx.actor() {
        Actor::Member(member) => (Some(member.id.0), "member"),
        Actor::Maintenance(_) => (None, "maintenance"),
    };
    let (city, now) = (tx.city().id.0, tx.now());
    for line in lines {
        let id = tx.new_id();
        sqlx::query!(
            "insert into rashin.audit_log (tenant_id, id, at, member_id, actor, action, subject, detail)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            city,
            id,
            jiff_sqlx::Timestamp::from(now) as _,
            member,
            actor,
            line.action,
            line.subject,
            line.detail,
        )
        .execute(tx.sql())
        .await?;
    }
    Ok(())
}

/// Writes down that somebody was refused, outside the transaction that was rolled back.
pub async fn refused(db: &Db, who: &SignedIn, city: &str, action: &'static str, subject: &str) -> Result<()> {
    let mut tx = db.enter(who, city).await?;
    write(&mut tx, &[Line { action: "refused", subject: subject.to_owned(), detail: json!({ "action": action }) }]).await?;
    tx.commit().await
}

/// The newest lines of the tenant's log: (action, subject), newest first.
pub async fn newest(tx: &mut TenantTx, limit: i64) -> Result<Vec<(String, String)>> {
    let rows =
        sqlx::query!("select action, subject from rashin.audit_log order by at desc, id desc limit $1", limit).fetch_all(tx.sql()).await?;
    Ok(rows.into_iter().map(|row| (row.action, row.subject)).collect())
}
