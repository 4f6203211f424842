//! Mail: to files by default, to an SMTP server by configuration. Plain text, no tracking.

use std::{path::PathBuf, sync::Arc};

use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::Mailbox, message::header::ContentType,
};

/// Where mail goes.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    to: Arc<Transport>,
}

enum Transport {
    /// One `.eml` file a mail: read it, print it, or carry it out of a closed network.
    Files(AsyncFileTransport<Tokio1Executor>),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    #[error("RASHIN_MAIL_FROM is no mail address: {0}")]
    From(lettre::address::AddressError),
    #[error("RASHIN_MAIL is neither \"file\" nor an smtp:// or smtps:// address: {0}")]
    Transport(lettre::transport::smtp::Error),
    #[error("the outbox {0} cannot be made: {1}")]
    Outbox(PathBuf, std::io::Error),
}

impl Mailer {
    pub fn files(from: &str, outbox: PathBuf) -> Result<Self, MailerError> {
        std::fs::create_dir_all(&outbox).map_err(|error| MailerError::Outbox(outbox.clone(), error))?;
        let transport = Transport::Files(AsyncFileTransport::new(outbox));
        Ok(Self { from: from.parse().map_err(MailerError::From)?, to: Arc::new(transport) })
    }

    pub fn smtp(from: &str, url: &str) -> Result<Self, MailerError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(MailerError::Transport)?.build();
        Ok(Self { from: from.parse().map_err(MailerError::From)?, to: Arc::new(Transport::Smtp(transport)) })
    }

    /// Sends, or says in the log why not. Nobody is told on the page: the answer must be the same for every address.
    pub async fn send(&self, to: &str, subject: &str, body: String) -> bool {
        let Ok(to) = to.parse::<Mailbox>() else { return false };
        let message = Message::builder().from(self.from.clone()).to(to).subject(subject).header(ContentType::TEXT_PLAIN).body(body);
        let message = match message {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(%error, "a mail could not be written");
                return false;
            }
        };
        let sent = match &*self.to {
            Transport::Files(files) => files.send(message).await.map(drop).map_err(|error| error.to_string()),
            Transport::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(|error| error.to_string()),
        };
        if let Err(error) = &sent {
            tracing::error!(error, "a mail could not be sent");
        }
        sent.is_ok()
    }
}
