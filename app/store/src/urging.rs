//! 催促 by hand: when who was last asked, and asking.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    ids::{MemberId, NotificationId},
    round::Round,
};
use serde_json::json;

use crate::{Result, TenantTx, notification::Note};

/// When a member was last asked to report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastAsked {
    pub by_hand: Option<(NotificationId, Timestamp)>,
    /// By the daily job.
    pub by_itself: Option<Timestamp>,
}

/// Of a notification that is sent from a page, by the last one by hand that the page showed: two clicks, and two people whose
/// pages showed the same, send one.
pub fn key(seen: Option<NotificationId>) -> String {
    seen.map_or_else(|| "urged/first".to_owned(), |id| format!("urged/{id}"))
}

impl TenantTx {
    /// Everybody who was ever asked to report, as long as that is kept.
    pub async fn last_asked(&mut self) -> Result<BTreeMap<MemberId, LastAsked>> {
        let rows = sqlx::query!(
            r#"select distinct on (member_id, kind = 'urged') member_id, id, created_at, kind = 'urged' as "by_hand!"
               from rashin.notifications where kind in ('urged', 'overdue', 'due')
               order by member_id, kind = 'urged', created_at desc, id desc"#
        )
        .fetch_all(self.sql())
        .await?;
        let mut asked: BTreeMap<MemberId, LastAsked> = BTreeMap::new();
        for row in rows {
            let last = asked.entry(MemberId(row.member_id)).or_default();
            let at = row.created_at.to_jiff();
            match row.by_hand {
                true => last.by_hand = Some((NotificationId(row.id), at)),
                false => last.by_itself = Some(at),
            }
        }
        Ok(asked)
    }

    /// Asks members for what is owed in some rounds. How many were asked: who was from another page meanwhile is not.
    pub async fn urge(&mut self, permit: Permit, notes: &[Note], rounds: &[&Round]) -> Result<usize> {
        let urged = self.notify(notes).await?;
        if urged > 0 {
            let keys: Vec<String> = rounds.iter().map(|round| round.key()).collect();
            // One that concerns a single round is found by its name in the log.
            let subject = if let [key] = &keys[..] { key.clone() } else { "rounds".to_owned() };
            self.used(permit, subject, json!({ "urged": urged, "rounds": keys }));
        }
        Ok(urged)
    }
}
