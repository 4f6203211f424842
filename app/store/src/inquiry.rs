//! 庁内照会: who was asked about which draft, what they said, what 事務局 answered.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::{Permit, SectionTree},
    ids::{CommentId, InquiryId, MemberId, PlanId, SectionId},
    inquiry::{Answer, Asking, Comment, Outcome, Reply, Said, Snapshot, Standing},
};
use serde_json::json;
use sqlx::types::Json;

use crate::{Result, StoreError, TenantTx, draft::kind};

/// An inquiry without its snapshot and comments.
#[derive(Clone, Debug)]
pub struct Inquiry {
    pub id: InquiryId,
    /// Address and title of the plan.
    pub plan: String,
    pub plan_title: String,
    pub title: String,
    pub message: String,
    pub branch: Option<String>,
    pub deadline: Date,
    pub sent_at: Timestamp,
    pub sender_name: Option<String>,
    pub closed_at: Option<Timestamp>,
    /// In the order of the organisation.
    pub asked: Vec<Asked>,
    /// Comments that stand and have no answer.
    pub unanswered: i64,
}

/// A section that was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub section: SectionId,
    pub name: String,
    /// With its moment and who gave it; `None` while the section is silent.
    pub reply: Option<(Reply, Timestamp, Option<String>)>,
    pub reminded_at: Option<Timestamp>,
}

impl Inquiry {
    pub fn sections(&self) -> Vec<SectionId> {
        self.asked.iter().map(|asked| asked.section).collect()
    }

    pub fn missing(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().filter(|asked| asked.reply.is_none())
    }

    pub fn standing(&self, today: Date) -> Standing {
        Standing::of(self.closed_at.is_some(), self.deadline, today)
    }
}

/// Somebody of an asked section who can be reached by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub name: String,
    pub email: String,
}

impl TenantTx {
    /// All inquiries, or those about a plan; newest first.
    pub async fn inquiries(&mut self, plan: Option<PlanId>) -> Result<Vec<Inquiry>> {
        self.find_inquiries(plan, None).await
    }

    pub async fn inquiry(&mut self, id: InquiryId) -> Result<Inquiry> {
        self.find_inquiries(None, Some(id)).await?.pop().ok_or(StoreError::NotFound)
    }

    /// The same, to change: others wait until this transaction ends, so that nothing slips in behind the closing.
    pub async fn inquiry_to_change(&mut self, id: InquiryId) -> Result<Inquiry> {
        sqlx::query!("select id from rashin.inquiries where id = $1 for update", id.0).fetch_one(self.sql()).await?;
        self.inquiry(id).await
    }

    async fn find_inquiries(&mut self, plan: Option<PlanId>, id: Option<InquiryId>) -> Result<Vec<Inquiry>> {
        let mut asked = self.asked_sections(id).await?;
        let rows = sqlx::query!(
            r#"select i.id, p.slug, p.title as plan_title, i.title, i.message, i.branch, i.deadline, i.sent_at, m.name as "sender_name?", i.closed_at,
                 (select count(*) from rashin.inquiry_comments c where c.tenant_id = i.tenant_id and c.inquiry_id = i.id and c.withdrawn_at is null
                  and not exists (select from rashin.inquiry_answers a where a.tenant_id = c.tenant_id and a.comment_id = c.id)) as "unanswered!"
               from rashin.inquiries i
               join rashin.plans p on p.tenant_id = i.tenant_id and p.id = i.plan_id
               left join rashin.members m on m.tenant_id = i.tenant_id and m.id = i.sent_by
               where ($1::uuid is null or i.plan_id = $1) and ($2::uuid is null or i.id = $2)
               order by i.sent_at desc, i.id desc"#,
            plan.map(|plan| plan.0),
            id.map(|id| id.0)
        )
        .fetch_all(self.sql())
        .await?;
        let inquiry = rows.into_iter().map(|row| Inquiry {
            id: InquiryId(row.id),
            plan: row.slug,
            plan_title: row.plan_title,
            title: row.title,
            message: row.message,
            branch: row.branch,
            deadline: row.deadline.to_jiff(),
            sent_at: row.sent_at.to_jiff(),
            sender_name: row.sender_name,
            closed_at: row.closed_at.map(|at| at.to_jiff()),
            asked: asked.remove(&InquiryId(row.id)).unwrap_or_default(),
            unanswered: row.unanswered,
        });
        Ok(inquiry.collect())
    }

    async fn asked_sections(&mut self, id: Option<InquiryId>) -> Result<BTreeMap<InquiryId, Vec<Asked>>> {
        let rows = sqlx::query!(
            r#"select a.inquiry_id, a.section_id, s.name, a.reply, a.answered_at, m.name as "by?", a.reminded_at
               from rashin.inquiry_sections a
               join rashin.sections s on s.tenant_id = a.tenant_id and s.id = a.section_id
               left join rashin.members m on m.tenant_id = a.tenant_id and m.id = a.answered_by
               where $1::uuid is null or a.inquiry_id = $1
               order by a.inquiry_id, s.position, s.key"#,
            id.map(|id| id.0)
        )
        .fetch_all(self.sql())
        .await?;
        let mut asked: BTreeMap<InquiryId, Vec<Asked>> = BTreeMap::new();
        for row in rows {
            let reply = row.reply.as_deref().and_then(Reply::from_code);
            let reply = reply.zip(row.answered_at).map(|(reply, at)| (reply, at.to_jiff(), row.by));
            let one =
                Asked { section: SectionId(row.section_id), name: row.name, reply, reminded_at: row.reminded_at.map(|at| at.to_jiff()) };
            asked.entry(InquiryId(row.inquiry_id)).or_default().push(one);
        }
        Ok(asked)
    }

    /// What the sections were asked about, as it was sent.
    pub async fn inquiry_snapshot(&mut self, id: InquiryId) -> Result<Snapshot> {
        let row = sqlx::query!(r#"select snapshot as "snapshot: Json<Snapshot>" from rashin.inquiries where id = $1"#, id.0)
            .fetch_one(self.sql())
            .await?;
        Ok(row.snapshot.0)
    }

    /// Comments with their newest answers, oldest first, withdrawn ones included.
    pub async fn inquiry_comments(&mut self, id: InquiryId) -> Result<Vec<Comment>> {
        let rows = sqlx::query!(
            r#"select c.id, c.kind, c.key, c.section_id, s.name as section_name, c.member_id, m.name as member_name, c.text, c.at,
                 c.withdrawn_at is not null as "is_withdrawn!", a.revision as "revision?", a.outcome as "outcome?", a.text as "answer?",
                 w.name as "answerer?", a.at as "answered_at?"
               from rashin.inquiry_comments c
               join rashin.sections s on s.tenant_id = c.tenant_id and s.id = c.section_id
               join rashin.members m on m.tenant_id = c.tenant_id and m.id = c.member_id
               left join lateral (select a.revision, a.outcome, a.text, a.member_id, a.at from rashin.inquiry_answers a
                                  where a.tenant_id = c.tenant_id and a.comment_id = c.id order by a.revision desc limit 1) a on true
               left join rashin.members w on w.tenant_id = c.tenant_id and w.id = a.member_id
               where c.inquiry_id = $1 order by c.at, c.id"#,
            id.0
        )
        .fetch_all(self.sql())
        .await?;
        let mut comments = Vec::with_capacity(rows.len());
        for row in rows {
            let answer = match (row.revision, row.outcome.as_deref().and_then(Outcome::from_code), row.answer, row.answered_at) {
                (Some(revision), Some(outcome), Some(text), Some(at)) => {
                    Some(Answer { revision, outcome, text, member_name: row.answerer.unwrap_or_default(), at: at.to_jiff() })
                }
                _ => None,
            };
            comments.push(Comment {
                id: CommentId(row.id),
                kind: kind(&row.kind)?,
                key: row.key,
                section: SectionId(row.section_id),
                section_name: row.section_name,
                member: MemberId(row.member_id),
                member_name: row.member_name,
                text: row.text,
                at: row.at.to_jiff(),
                is_withdrawn: row.is_withdrawn,
                answer,
            });
        }
        Ok(comments)
    }

    /// Asks. The snapshot is what the sections will see, whatever becomes of the draft. [`StoreError::Conflict`] on
    /// `inquiries_pkey` when this one was sent already.
    pub async fn send_inquiry(&mut self, permit: Permit, id: InquiryId, plan: PlanId, asking: &Asking, snapshot: &Snapshot) -> Result<()> {
        let (city, now) = (self.city().id.0, jiff_sqlx::Timestamp::from(self.now()));
        let sender = self.member().map(|member| member.id.0);
        sqlx::query!(
            "insert into rashin.inquiries (tenant_id, id, plan_id, title, message, branch, snapshot, deadline, sent_at, sent_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            city,
            id.0,
            plan.0,
            asking.title,
            asking.message,
            asking.branch,
            Json(snapshot) as _,
            jiff_sqlx::Date::from(asking.deadline) as _,
            now as _,
            sender
        )
        .execute(self.sql())
        .await?;
        let sections: Vec<_> = asking.sections.iter().map(|section| section.0).collect();
        let ids = self.new_ids(sections.len());
        sqlx::query!(
            "insert into rashin.inquiry_sections (tenant_id, id, inquiry_id, section_id)
             select $1, row.id, $2, row.section from unnest($3::uuid[], $4::uuid[]) as row (id, section)",
            city,
            id.0,
            &ids,
            &sections
        )
        .execute(self.sql())
        .await?;
        self.used(
            permit,
            id.to_string(),
            json!({ "inquiry": "sent", "sections": sections.len(), "deadline": asking.deadline.to_string() }),
        );
        Ok(())
    }

    /// Adds what a section says; what it has said in the same words already is not said twice. The section has replied with it.
    pub async fn add_comments(&mut self, permit: Permit, inquiry: &Inquiry, section: SectionId, said: &[Said]) -> Result<()> {
        let before = self.inquiry_comments(inquiry.id).await?;
        let (city, now) = (self.city().id.0, jiff_sqlx::Timestamp::from(self.now()));
        let member = self.speaker()?;
        let is_new = |said: &&Said| {
            let same =
                |c: &Comment| !c.is_withdrawn && c.section == section && c.kind == said.kind && c.key == said.key && c.text == said.text;
            !before.iter().any(same)
        };
        for said in said.iter().filter(is_new) {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.inquiry_comments (tenant_id, id, inquiry_id, section_id, kind, key, member_id, text, at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                city,
                id,
                inquiry.id.0,
                section.0,
                said.kind.code(),
                said.key,
                member.0,
                said.text,
                now as _
            )
            .execute(self.sql())
            .await?;
        }
        self.set_reply(inquiry.id, section, Some(Reply::Comments)).await?;
        self.used(permit, inquiry.id.to_string(), json!({ "section": section, "comments": said.len() }));
        Ok(())
    }

    /// The section has nothing to say.
    pub async fn reply_nothing(&mut self, permit: Permit, inquiry: &Inquiry, section: SectionId) -> Result<()> {
        self.set_reply(inquiry.id, section, Some(Reply::Nothing)).await?;
        self.used(permit, inquiry.id.to_string(), json!({ "section": section, "reply": Reply::Nothing.code() }));
        Ok(())
    }

    /// An author takes a comment back; a section without any comment left has not replied. [`StoreError::NotFound`] for
    /// what is not this member's, or withdrawn already.
    pub async fn withdraw_comment(&mut self, permit: Permit, inquiry: &Inquiry, comment: CommentId) -> Result<()> {
        let (now, member) = (jiff_sqlx::Timestamp::from(self.now()), self.speaker()?);
        let section = sqlx::query_scalar!(
            "update rashin.inquiry_comments set withdrawn_at = $4 where id = $1 and inquiry_id = $2 and member_id = $3 and withdrawn_at is null
             returning section_id",
            comment.0,
            inquiry.id.0,
            member.0,
            now as _
        )
        .fetch_one(self.sql())
        .await?;
        let left = sqlx::query_scalar!(
            r#"select count(*) as "left!" from rashin.inquiry_comments where inquiry_id = $1 and section_id = $2 and withdrawn_at is null"#,
            inquiry.id.0,
            section
        )
        .fetch_one(self.sql())
        .await?;
        if left == 0 {
            self.set_reply(inquiry.id, SectionId(section), None).await?;
        }
        self.used(permit, inquiry.id.to_string(), json!({ "section": section, "withdrawn_comment": comment }));
        Ok(())
    }

    /// Comments are a person's words; the command line has none.
    fn speaker(&self) -> Result<MemberId> {
        self.member().map(|member| member.id).ok_or(StoreError::NotFound)
    }

    async fn set_reply(&mut self, inquiry: InquiryId, section: SectionId, reply: Option<Reply>) -> Result<()> {
        let by = self.member().map(|member| member.id.0).filter(|_| reply.is_some());
        let at = reply.map(|_| jiff_sqlx::Timestamp::from(self.now()));
        sqlx::query!(
            "update rashin.inquiry_sections set reply = $3, answered_at = $4, answered_by = $5 where inquiry_id = $1 and section_id = $2",
            inquiry.0,
            section.0,
            reply.map(Reply::code),
            at as _,
            by
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Answers a comment as the revision after the one that was seen. [`StoreError::Conflict`] on
    /// `inquiry_answers_one_per_revision` when somebody was quicker.
    pub async fn answer_comment(
        &mut self,
        permit: Permit,
        inquiry: &Inquiry,
        comment: CommentId,
        seen: i32,
        (outcome, text): (Outcome, &str),
    ) -> Result<()> {
        let (city, id, now, member) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()), self.speaker()?);
        sqlx::query!(
            "insert into rashin.inquiry_answers (tenant_id, id, comment_id, revision, outcome, text, member_id, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            city,
            id,
            comment.0,
            seen + 1,
            outcome.code(),
            text,
            member.0,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, inquiry.id.to_string(), json!({ "inquiry": "answered", "comment": comment, "answer": outcome.code() }));
        Ok(())
    }

    /// Ends the taking of comments. [`StoreError::NotFound`] when that is done.
    pub async fn close_inquiry(&mut self, permit: Permit, inquiry: InquiryId) -> Result<()> {
        let (now, member) = (jiff_sqlx::Timestamp::from(self.now()), self.member().map(|member| member.id.0));
        let closed = sqlx::query!(
            "update rashin.inquiries set closed_at = $2, closed_by = $3 where id = $1 and closed_at is null",
            inquiry.0,
            now as _,
            member
        )
        .execute(self.sql())
        .await?;
        if closed.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.used(permit, inquiry.to_string(), json!({ "inquiry": "closed" }));
        Ok(())
    }

    pub async fn move_deadline(&mut self, permit: Permit, inquiry: &Inquiry, deadline: Date) -> Result<()> {
        let day = jiff_sqlx::Date::from(deadline);
        sqlx::query!("update rashin.inquiries set deadline = $2 where id = $1", inquiry.id.0, day as _).execute(self.sql()).await?;
        let (from, to) = (inquiry.deadline.to_string(), deadline.to_string());
        self.used(permit, inquiry.id.to_string(), json!({ "inquiry": "deadline", "from": from, "deadline": to }));
        Ok(())
    }

    /// Writes down that sections were reminded.
    pub async fn remind(&mut self, permit: Permit, inquiry: InquiryId, sections: &[SectionId]) -> Result<()> {
        let now = jiff_sqlx::Timestamp::from(self.now());
        let ids: Vec<_> = sections.iter().map(|section| section.0).collect();
        sqlx::query!(
            "update rashin.inquiry_sections set reminded_at = $3 where inquiry_id = $1 and section_id = any ($2)",
            inquiry.0,
            &ids,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, inquiry.to_string(), json!({ "inquiry": "reminded", "sections": sections.len() }));
        Ok(())
    }

    /// 承認者 and 担当 of today in these sections and below them who have an address.
    pub async fn inquiry_recipients(&mut self, sections: &[SectionId], tree: &SectionTree) -> Result<Vec<Recipient>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query!(
            r#"select distinct m.name, d.email as "email!", a.section_id as "section!"
               from rashin.assignments a
               join rashin.members m on m.tenant_id = a.tenant_id and m.id = a.member_id
               join gate.member_addresses() d on d.member_id = m.id
               where a.role in ('approver', 'reporter') and a.section_id is not null and m.state in ('invited', 'active')
                 and a.valid_from <= $1 and (a.valid_until is null or $1 <= a.valid_until)
               order by d.email"#,
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        let is_asked = |section: SectionId| sections.iter().any(|asked| tree.is_within(section, *asked));
        let rows = rows.into_iter().filter(|row| is_asked(SectionId(row.section)));
        let mut recipients: Vec<Recipient> = rows.map(|row| Recipient { name: row.name, email: row.email }).collect();
        // Several posts, one mail.
        recipients.dedup();
        Ok(recipients)
    }
}
