//! Mails of an inquiry: that it came, and that it still waits.

use rashin_domain::{clock::date_label, ids::SectionId};
use rashin_store::{
    TenantTx,
    inquiry::{Inquiry, Recipient},
};

use super::{Concern, url};
use crate::web::{App, Refusal};

/// What a mail is about.
#[derive(Clone, Copy)]
pub enum Letter {
    Sent,
    Reminder,
}

/// A mail to several people.
pub struct Letters {
    recipients: Vec<Recipient>,
    subject: String,
    body: String,
}

impl Letters {
    /// To 承認者 and 担当 of sections.
    pub async fn write(app: &App, tx: &mut TenantTx, concern: &Concern, sections: &[SectionId], letter: Letter) -> Result<Self, Refusal> {
        let recipients = tx.inquiry_recipients(sections, &concern.tree).await?;
        let (place, slug) = (tx.city().name.clone(), tx.city().slug.clone());
        let Inquiry { id, title, deadline, .. } = &concern.inquiry;
        let link = format!("{}{}", app.site.public_url, url(&slug, *id));
        let (kind, sentence) = match letter {
            Letter::Sent => ("照会", "計画の案について、あなたの部署へ意見の照会がありました。"),
            Letter::Reminder => ("回答のお願い", "計画の案についての照会に、あなたの部署の回答がまだありません。"),
        };
        let subject = format!("【{kind}】{title}（{place}）");
        let body = format!(
            "{sentence}\n\n件名：{title}\n回答期限：{}\n\n次のページで、意見を書くか「意見なし」と回答してください。\n{link}\n",
            date_label(*deadline)
        );
        Ok(Self { recipients, subject, body })
    }

    pub fn count(&self) -> usize {
        self.recipients.len()
    }

    /// In the background: nobody waits for a slow mail server.
    pub fn deliver(self, app: &App) {
        let app = app.clone();
        tokio::spawn(async move {
            for to in self.recipients {
                app.mail.send(&to.email, &self.subject, format!("{}様\n\n{}", to.name, self.body)).await;
            }
        });
    }
}
