//! What lies between axum and the pages: the visitor, refusals, submitted forms, mail, passwords.

mod csv;
mod held;
mod mail;
mod page;
mod passwords;
mod posted;
mod refusal;
mod visit;

pub use csv::csv_file;
pub use held::{Flash, Tone};
pub use mail::{Mailer, MailerError};
pub use page::{Page, set_style_version};
pub use passwords::{Passwords, hash_with};
pub use posted::{FILE_LIMIT, Posted, SentFile, Uploaded, digest, file_limit};
pub use refusal::{Refusal, log_attempts};
pub use visit::{ClientAddress, SIGNED_IN, SignedInMark, TIMED_OUT, Visit};

use std::sync::Arc;

use rashin_store::Db;

/// What every handler can reach.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub mail: Mailer,
    pub passwords: Passwords,
    pub site: Arc<Site>,
}

/// How the instance presents itself.
#[derive(Clone, Debug)]
pub struct Site {
    /// `https://rashin.example.jp`, without a slash at the end. For links in mails and the API.
    pub public_url: String,
    /// Who to turn to, as text: a section, a telephone number. May be empty.
    pub contact: String,
}
