//! Sessions as rows: by the hash of their id, with the person they belong to.

use jiff::Timestamp;
use rashin_domain::ids::PersonId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{IdentityTx, Result};

/// A stored session.
#[derive(Debug)]
pub struct Session {
    pub person: Option<PersonId>,
    pub data: Value,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

/// One line of 「ログイン中の端末」. `handle` names it without being its id.
#[derive(Clone, Debug)]
pub struct Device {
    pub handle: String,
    pub address: String,
    pub user_agent: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub is_this: bool,
}

/// What is stored instead of a session id, a token or an account name.
pub fn hashed(secret: &[u8]) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl IdentityTx {
    pub async fn session(&mut self, id: &[u8]) -> Result<Option<Session>> {
        let row = sqlx::query!(
            "select person_id, data, created_at, last_seen_at, expires_at from rashin.sessions where id_hash = $1",
            hashed(id)
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|row| Session {
            person: row.person_id.map(PersonId),
            data: row.data,
            created_at: row.created_at.to_jiff(),
            last_seen_at: row.last_seen_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
        }))
    }

    pub async fn create_session(&mut self, id: &[u8], person: Option<PersonId>, data: &Value, expires_at: Timestamp) -> Result<()> {
        sqlx::query!(
            "insert into rashin.sessions (id_hash, person_id, data, created_at, last_seen_at, expires_at) values ($1, $2, $3, $4, $4, $5)",
            hashed(id),
            person.map(|p| p.0),
            data,
            jiff_sqlx::Timestamp::from(self.now) as _,
            jiff_sqlx::Timestamp::from(expires_at) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Writes a session that is there; one that was ended meanwhile stays ended.
    pub async fn save_session(&mut self, id: &[u8], person: Option<PersonId>, data: &Value, expires_at: Timestamp) -> Result<()> {
        sqlx::query!(
            "update rashin.sessions set person_id = $2, data = $3, last_seen_at = $4, expires_at = $5 where id_hash = $1",
            hashed(id),
            person.map(|p| p.0),
            data,
            jiff_sqlx::Timestamp::from(self.now) as _,
            jiff_sqlx::Timestamp::from(expires_at) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Notes that a session was used, and from where. The caller throttles.
    pub async fn touch_session(&mut self, id: &[u8], address: &str, user_agent: &str) -> Result<()> {
        sqlx::query!(
            "update rashin.sessions set last_seen_at = $2, address = $3, user_agent = $4 where id_hash = $1",
            hashed(id),
            jiff_sqlx::Timestamp::from(self.now) as _,
            address,
            user_agent,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn delete_session(&mut self, id: &[u8]) -> Result<()> {
        sqlx::query!("delete from rashin.sessions where id_hash = $1", hashed(id)).execute(&mut *self.tx).await?;
        Ok(())
    }

    pub async fn delete_expired_sessions(&mut self) -> Result<u64> {
        let now = jiff_sqlx::Timestamp::from(self.now);
        let done = sqlx::query!("delete from rashin.sessions where expires_at < $1", now as _).execute(&mut *self.tx).await?;
        Ok(done.rows_affected())
    }

    pub async fn devices(&mut self, person: PersonId, this: &[u8]) -> Result<Vec<Device>> {
        let this = hashed(this);
        let rows = sqlx::query!(
            "select id_hash, address, user_agent, created_at, last_seen_at from rashin.sessions
             where person_id = $1 and expires_at >= $2 order by last_seen_at desc",
            person.0,
            jiff_sqlx::Timestamp::from(self.now) as _,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let devices = rows.into_iter().map(|row| Device {
            // Half a hash (SHA-256: 32 bytes): enough to name a line, useless as a cookie.
            handle: hex(&row.id_hash[..16]),
            is_this: row.id_hash == this,
            address: row.address,
            user_agent: row.user_agent,
            created_at: row.created_at.to_jiff(),
            last_seen_at: row.last_seen_at.to_jiff(),
        });
        Ok(devices.collect())
    }

    /// Ends one of the person's sessions by its handle; false when it was not (any more) theirs.
    pub async fn end_device(&mut self, person: PersonId, handle: &str) -> Result<bool> {
        let done = sqlx::query!(
            "delete from rashin.sessions where person_id = $1 and encode(substring(id_hash from 1 for 16), 'hex') = $2",
            person.0,
            handle
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends all sessions of a person but, if given, this one: after a change of password or of rights.
    pub async fn end_sessions(&mut self, person: PersonId, but: Option<&[u8]>) -> Result<()> {
        sqlx::query!(
            "delete from rashin.sessions where person_id = $1 and ($2::bytea is null or id_hash <> $2)",
            person.0,
            but.map(hashed)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn log_identity(&mut self, person: Option<PersonId>, event: &str, address: &str) -> Result<()> {
        let id: Uuid = self.ids.uuid(self.now);
        sqlx::query!(
            "insert into rashin.identity_log (id, at, person_id, event, address) values ($1, $2, $3, $4, $5)",
            id,
            jiff_sqlx::Timestamp::from(self.now) as _,
            person.map(|p| p.0),
            event,
            address
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
