//! Hashing passwords: argon2id, off the async threads, few at a time.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use super::Refusal;

/// argon2id with the library's parameters (OWASP's first recommendation: 19 MiB, 2 passes, 1 lane).
#[derive(Clone)]
pub struct Passwords {
    /// Each hash takes 19 MiB and a core: a burst of sign-ins waits instead of filling the memory.
    at_once: Arc<Semaphore>,
    /// What a wrong name is checked against, so that it takes as long as a wrong password.
    nobody: Arc<str>,
}

impl Passwords {
    /// `salt` is any 16 random bytes; the hash they go into is never anybody's.
    pub fn new(salt: &[u8; 16]) -> Result<Self, String> {
        let nobody = hash_with(b"a password of nobody", salt)?;
        Ok(Self { at_once: Arc::new(Semaphore::new(4)), nobody: nobody.into() })
    }

    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Refusal> {
        self.run(move || hash_with(password.as_bytes(), &salt)).await?.map_err(Refusal::incident)
    }

    /// Whether the password is the one of the hash. Without a hash it takes as long and is wrong.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Refusal> {
        let known = hash.is_some();
        let against = hash.unwrap_or_else(|| self.nobody.to_string());
        let matches = self
            .run(move || {
                PasswordHash::new(&against).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(known && matches)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let _place = self.at_once.acquire().await.map_err(|_| Refusal::incident("hashing is closed"))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::incident(error.to_string()))
    }
}

/// The PHC string of a password.
pub fn hash_with(password: &[u8], salt: &[u8; 16]) -> Result<String, String> {
    Argon2::default().hash_password_with_salt(password, salt).map(|hash| hash.to_string()).map_err(|error| error.to_string())
}
