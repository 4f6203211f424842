//! What can go wrong below the pages.

/// A failure of the store, as its callers tell it apart.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not there, or not yours: the two look the same.
    #[error("not found")]
    NotFound,
    /// A constraint said no; by its name.
    #[error("conflict on {0}")]
    Conflict(String),
    /// No connection was free, or the database is starting or stopping.
    #[error("busy: {0}")]
    Busy(sqlx::Error),
    #[error(transparent)]
    Db(sqlx::Error),
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    pub fn is_conflict_on(&self, constraint: &str) -> bool {
        matches!(self, StoreError::Conflict(name) if name == constraint)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => StoreError::NotFound,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => StoreError::Busy(error),
            sqlx::Error::Database(db) => match (db.constraint(), db.code().as_deref()) {
                (Some(constraint), _) => StoreError::Conflict(constraint.to_owned()),
                // NUL in an address: no row has such a name.
                (None, Some("22021")) => StoreError::NotFound,
                // Starting up, shutting down, terminated by an administrator.
                (None, Some("57P01" | "57P02" | "57P03")) => StoreError::Busy(error),
                _ => StoreError::Db(error),
            },
            _ => StoreError::Db(error),
        }
    }
}
