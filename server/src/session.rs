//! The session store: rows of `rashin.sessions`, by the hash of their id.

use std::fmt;

use async_trait::async_trait;
use rashin_app::web::{SIGNED_IN, SignedInMark};
use rashin_domain::identity::ABSOLUTE_LIMIT;
use rashin_store::{Db, StoreError};
use tower_sessions::{
    SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{Error, Result},
};

#[derive(Clone)]
pub struct DbSessions(pub Db);

impl fmt::Debug for DbSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DbSessions")
    }
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

fn key(id: &Id) -> [u8; 16] {
    id.0.to_be_bytes()
}

enum Write {
    New,
    Known,
}

impl DbSessions {
    async fn write(&self, record: &Record, write: Write) -> Result<()> {
        let mark = record.data.get(SIGNED_IN).and_then(|mark| serde_json::from_value::<SignedInMark>(mark.clone()).ok());
        let data = serde_json::to_value(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        // By our clock, not by the record's: the library asks the system's.
        let expires = self.0.now() + ABSOLUTE_LIMIT;
        let mut tx = self.0.identity().await.map_err(backend)?;
        let person = mark.map(|mark| mark.person);
        match write {
            Write::New => tx.create_session(&key(&record.id), person, &data, expires).await,
            Write::Known => tx.save_session(&key(&record.id), person, &data, expires).await,
        }
        .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

#[async_trait]
impl SessionStore for DbSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.write(record, Write::New).await
    }

    /// Never makes a session: one that was ended while a request was under way stays ended.
    async fn save(&self, record: &Record) -> Result<()> {
        self.write(record, Write::Known).await
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut tx = self.0.identity().await.map_err(backend)?;
        let Some(session) = tx.session(&key(id)).await.map_err(backend)? else { return Ok(None) };
        if session.expires_at <= self.0.now() {
            return Ok(None);
        }
        let data = serde_json::from_value(session.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(session.expires_at.as_second()).map_err(backend)?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut tx = self.0.identity().await.map_err(backend)?;
        tx.delete_session(&key(id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

/// Removes what has expired; called once an hour.
pub async fn clean(db: &Db) -> std::result::Result<u64, StoreError> {
    let mut tx = db.identity().await?;
    let gone = tx.delete_expired_sessions().await?;
    tx.commit().await?;
    Ok(gone)
}
