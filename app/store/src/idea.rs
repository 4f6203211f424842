//! The idea box: what was sent, and what became of it. Append-only.

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    idea::{Fate, Idea},
    ids::{CaseId, IdeaId, MemberId},
    notification::{NotificationKind, Told},
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx, db::Numbered, notification::Note};

/// An idea with what became of it.
#[derive(Clone, Debug)]
pub struct Sent {
    pub id: IdeaId,
    /// Names it in addresses.
    pub number: i32,
    pub idea: Idea,
    pub by: MemberId,
    pub name: String,
    pub at: Timestamp,
    pub fate: Option<Said>,
}

/// What became of an idea.
#[derive(Clone, Debug)]
pub struct Said {
    pub fate: Fate,
    pub text: String,
    /// Number of the case that it became.
    pub case: Option<i32>,
    pub into: Option<IdeaId>,
    pub name: String,
    pub at: Timestamp,
}

/// What is to become of an idea.
#[derive(Clone, Copy, Debug)]
pub enum Becomes<'a> {
    /// The case of this number.
    Adopted(i32),
    Merged(&'a Sent),
    Answered,
}

/// The name under which a second fate is refused.
pub const SAID: &str = "idea_fates_once";

impl TenantTx {
    /// All ideas, the newest first.
    pub async fn ideas(&mut self) -> Result<Vec<Sent>> {
        let rows = sqlx::query!(
            r#"select i.id, i.number, i.title, i.text, i.member_id, m.name, i.sent_at,
                 f.fate as "fate?", f.text as "answer?", c.number as "case?", f.into_id as "into_id?", t.name as "said_by?", f.said_at as "said_at?"
               from rashin.ideas i
               join rashin.members m on m.tenant_id = i.tenant_id and m.id = i.member_id
               left join rashin.idea_fates f on f.tenant_id = i.tenant_id and f.idea_id = i.id
               left join rashin.cases c on c.tenant_id = f.tenant_id and c.id = f.case_id
               left join rashin.members t on t.tenant_id = f.tenant_id and t.id = f.member_id
               order by i.number desc"#
        )
        .fetch_all(self.sql())
        .await?;
        let said =
            |fate: Option<String>, text: Option<String>, case, into: Option<uuid::Uuid>, name: Option<String>, at: Option<Timestamp>| {
                Some(Said { fate: Fate::from_code(&fate?)?, text: text?, case, into: into.map(IdeaId), name: name?, at: at? })
            };
        let sent = rows.into_iter().map(|r| Sent {
            id: IdeaId(r.id),
            number: r.number,
            idea: Idea { title: r.title, text: r.text },
            by: MemberId(r.member_id),
            name: r.name,
            at: r.sent_at.to_jiff(),
            fate: said(r.fate, r.answer, r.case, r.into_id, r.said_by, r.said_at.map(|at| at.to_jiff())),
        });
        Ok(sent.collect())
    }

    /// Keeps an idea; its number.
    pub async fn send_idea(&mut self, permit: Permit, idea: &Idea) -> Result<i32> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let by = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        let number = self.next_number(Numbered::Ideas).await?;
        sqlx::query!(
            "insert into rashin.ideas (tenant_id, id, number, title, text, member_id, sent_at) values ($1, $2, $3, $4, $5, $6, $7)",
            city,
            id,
            number,
            idea.title,
            idea.text,
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, format!("idea {number}"), json!({ "idea": idea.title }));
        Ok(number)
    }

    /// Says what becomes of an idea, and tells who sent it, and who sent those that were merged into it. `Conflict(idea_fates_once)` when somebody was quicker.
    pub async fn say_fate(&mut self, permit: Permit, sent: &Sent, becomes: Becomes<'_>, text: &str) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let by = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        let (fate, number, into) = match becomes {
            Becomes::Adopted(number) => (Fate::Adopted, Some(number), None),
            Becomes::Merged(into) => (Fate::Merged, None, Some(into.id.0)),
            Becomes::Answered => (Fate::Answered, None, None),
        };
        // Two that are merged into each other at once would both be gone.
        self.one_at_a_time("ideas").await?;
        let case = sqlx::query_scalar!("select id from rashin.cases where number = $1", number).fetch_optional(self.sql()).await?;
        let done = sqlx::query!(
            "insert into rashin.idea_fates (tenant_id, id, idea_id, fate, text, case_id, into_id, member_id, said_at)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9
             where not exists (select from rashin.idea_fates f where f.idea_id = $7 and f.fate = 'merged')
             on conflict on constraint idea_fates_once do nothing",
            city,
            id,
            sent.id.0,
            fate.code(),
            text,
            case,
            into,
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(SAID.to_owned()));
        }
        if let Some(case) = case {
            self.write_with(CaseId(case), sent.by).await?;
        }
        self.used(permit, format!("idea {}", sent.number), json!({ "idea": sent.idea.title, "fate": fate.label() }));
        self.tell_fate(sent, fate).await
    }

    /// Makes a member co-author of a case, unless they propose it.
    async fn write_with(&mut self, case: CaseId, member: MemberId) -> Result<()> {
        if self.member().is_some_and(|me| me.id == member) {
            return Ok(());
        }
        let (city, id) = (self.city().id.0, self.new_id());
        sqlx::query!(
            "insert into rashin.case_authors (tenant_id, id, case_id, member_id) values ($1, $2, $3, $4)
             on conflict on constraint case_authors_once do nothing",
            city,
            id,
            case.0,
            member.0
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn tell_fate(&mut self, sent: &Sent, fate: Fate) -> Result<()> {
        let me = self.member().map(|member| member.id);
        let others: Vec<Sent> = self.ideas().await?.into_iter().filter(|other| other.number != sent.number).collect();
        // The idea itself, and all that share its fate.
        let mut sharing = vec![sent];
        let mut at = 0;
        while let Some(into) = sharing.get(at).map(|one| one.id) {
            sharing.extend(others.iter().filter(|other| other.fate.as_ref().is_some_and(|said| said.into == Some(into))));
            at += 1;
        }
        let words = match fate {
            Fate::Adopted => "採用され、案件になりました",
            Fate::Merged => "ほかのアイデアとまとめました",
            Fate::Answered => "回答がありました",
        };
        let note = |one: &&Sent| Note {
            to: one.by,
            key: format!("idea/{}/{}", one.id, sent.id),
            told: Told {
                kind: NotificationKind::IdeaAnswered,
                text: format!("アイデア「{}」：{words}", one.idea.title),
                about: Vec::new(),
                signed: None,
            },
            href: format!("/staff/ideas/{}", one.number),
        };
        let notes: Vec<Note> = sharing.iter().filter(|one| Some(one.by) != me).map(note).collect();
        self.notify(&notes).await?;
        Ok(())
    }
}
