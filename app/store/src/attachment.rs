//! Attached files. Lists never read their bytes; a removed one keeps its line and loses its bytes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rashin_domain::{
    access::{LogKind, Permit},
    attachment::{Cleaned, Listed, MediaKind, SubjectKind, TENANT_LIMIT},
    ids::{AttachmentId, PlanId},
    obligation::Item,
    period::Period,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::{PublicTx, Result, StoreError, TenantTx, kpi::period};

/// What files are attached to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub kind: SubjectKind,
    /// Of nodes and editions; KPIs belong to the tenant.
    pub plan: Option<PlanId>,
    /// Key of the node, code of the KPI, number of the edition, the case or the training.
    pub key: String,
}

impl Subject {
    /// As the log knows it.
    fn logged(&self) -> String {
        match self.kind {
            SubjectKind::Case => format!("case {}", self.key),
            SubjectKind::Training => format!("training {}", self.key),
            SubjectKind::Node | SubjectKind::Kpi | SubjectKind::Edition => self.key.clone(),
        }
    }

    /// What files of a reported item are attached to; `code` is the KPI's.
    pub fn of(item: &Item, code: &str) -> Self {
        match item {
            Item::Kpi(_) => Self { kind: SubjectKind::Kpi, plan: None, key: code.to_owned() },
            Item::Initiative(plan, key) => Self { kind: SubjectKind::Node, plan: Some(*plan), key: key.clone() },
        }
    }
}

/// A line of a list of files.
#[derive(Clone, Debug)]
pub struct Attachment {
    pub id: AttachmentId,
    pub subject: Subject,
    pub title: String,
    pub file_name: String,
    pub kind: MediaKind,
    /// In bytes.
    pub size: i64,
    /// Whether the next edition lists it.
    pub to_publish: bool,
    /// The newest edition by which the public reads it now.
    pub public_in: Option<i32>,
    /// The period whose figure it proves.
    pub evidence_for: Option<Period>,
    /// `None` is the command line.
    pub uploaded_by: Option<String>,
    pub uploaded_at: Timestamp,
    pub removed: bool,
}

impl Attachment {
    /// Whether it was named evidence of a report's period, or of the fiscal year in which that lies.
    pub fn proves(&self, subject: &Subject, period: Period) -> bool {
        self.subject == *subject
            && self.evidence_for.is_some_and(|named| named == period || named == Period::FiscalYear(period.fiscal_year()))
    }
}

/// A file to be sent.
#[derive(Clone, Debug)]
pub struct FileContent {
    pub name: String,
    pub kind: MediaKind,
    pub bytes: Vec<u8>,
}

/// How an upload ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    Done(AttachmentId),
    /// The same bytes are there already.
    Already,
    /// The tenant's space is used up.
    Full,
}

async fn content(sql: &mut PgConnection, id: AttachmentId) -> Result<FileContent> {
    let r = sqlx::query!(
        r#"select file_name, media_type, content as "content!" from rashin.attachments where id = $1 and removed_at is null"#,
        id.0
    )
    .fetch_one(sql)
    .await?;
    Ok(FileContent { name: r.file_name, kind: media_kind(&r.media_type)?, bytes: r.content })
}

impl TenantTx {
    /// Files of a subject without the removed ones, oldest first.
    pub async fn attachments(&mut self, subject: &Subject) -> Result<Vec<Attachment>> {
        self.attachment_rows(None, Some(subject), false).await
    }

    /// Files that were named evidence of a period, oldest first.
    pub async fn evidence(&mut self) -> Result<Vec<Attachment>> {
        self.attachment_rows(None, None, true).await
    }

    /// One file, be it removed.
    pub async fn attachment(&mut self, id: AttachmentId) -> Result<Attachment> {
        self.attachment_rows(Some(id), None, false).await?.pop().ok_or(StoreError::NotFound)
    }

    async fn attachment_rows(&mut self, id: Option<AttachmentId>, of: Option<&Subject>, evidence: bool) -> Result<Vec<Attachment>> {
        let now = jiff_sqlx::Timestamp::from(self.now());
        let rows = sqlx::query!(
            r#"select a.id, a.subject_kind, a.plan_id, a.subject_key, a.title, a.file_name, a.media_type, a.size, a.to_publish,
                 a.evidence_for as "evidence_for: String", a.uploaded_at, a.removed_at is not null as "removed!", m.name as "uploaded_by?",
                 (select max(e.number) from rashin.editions e
                  where a.id = any (e.attachments) and e.withdrawn_at is null and e.public_from <= $5) as public_in
               from rashin.attachments a
               left join rashin.members m on m.tenant_id = a.tenant_id and m.id = a.uploaded_by
               where a.id = $1
                  or a.subject_kind = $2 and a.plan_id is not distinct from $3 and a.subject_key = $4 and a.removed_at is null
                  or $6 and a.evidence_for is not null and a.removed_at is null
               order by a.uploaded_at, a.id"#,
            id.map(|id| id.0),
            of.map(|subject| subject.kind.code()),
            of.and_then(|subject| subject.plan).map(|plan| plan.0),
            of.map(|subject| subject.key.as_str()),
            now as _,
            evidence,
        )
        .fetch_all(self.sql())
        .await?;
        let attachment = rows.into_iter().map(|r| {
            Ok(Attachment {
                id: AttachmentId(r.id),
                subject: Subject { kind: subject_kind(&r.subject_kind)?, plan: r.plan_id.map(PlanId), key: r.subject_key },
                title: r.title,
                file_name: r.file_name,
                kind: media_kind(&r.media_type)?,
                size: r.size,
                to_publish: r.to_publish,
                public_in: r.public_in,
                evidence_for: r.evidence_for.as_deref().map(period).transpose()?,
                uploaded_by: r.uploaded_by,
                uploaded_at: r.uploaded_at.to_jiff(),
                removed: r.removed,
            })
        });
        attachment.collect()
    }

    /// The bytes of a file that was not removed.
    pub async fn attachment_content(&mut self, id: AttachmentId) -> Result<FileContent> {
        content(self.sql(), id).await
    }

    /// How many bytes the tenant's files take.
    pub async fn attachment_space(&mut self) -> Result<i64> {
        let used =
            sqlx::query_scalar!(r#"select coalesce(sum(size), 0)::bigint as "used!" from rashin.attachments where removed_at is null"#);
        Ok(used.fetch_one(self.sql()).await?)
    }

    /// Keeps a cleaned file, as evidence of a period's figure if one is named.
    pub async fn attach(
        &mut self,
        permit: Permit,
        subject: &Subject,
        title: &str,
        file: &Cleaned,
        evidence_for: Option<Period>,
    ) -> Result<Attached> {
        let size = file.bytes.len() as i64;
        if self.attachment_space().await? + size > TENANT_LIMIT {
            return Ok(Attached::Full);
        }
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let member = self.member().map(|member| member.id.0);
        let digest = Sha256::digest(&file.bytes).to_vec();
        let added = sqlx::query!(
            "insert into rashin.attachments (tenant_id, id, subject_kind, plan_id, subject_key, title, file_name, media_type, size, sha256,
                                             content, uploaded_by, uploaded_at, evidence_for)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing",
            city,
            id,
            subject.kind.code(),
            subject.plan.map(|plan| plan.0),
            subject.key,
            title,
            file.name,
            file.kind.code(),
            size,
            digest,
            file.bytes,
            member,
            now as _,
            evidence_for.map(|period| period.to_string()) as _,
        )
        .execute(self.sql())
        .await?;
        if added.rows_affected() == 0 {
            return Ok(Attached::Already);
        }
        self.used_as(permit, LogKind::Attach, subject.logged(), json!({ "plan": subject.plan, "file": file.name, "size": size }));
        Ok(Attached::Done(AttachmentId(id)))
    }

    /// Removes a file everywhere, from public pages, too: its bytes are gone. False when somebody did so before.
    pub async fn remove_attachment(&mut self, permit: Permit, file: &Attachment) -> Result<bool> {
        let (now, member) = (jiff_sqlx::Timestamp::from(self.now()), self.member().map(|member| member.id.0));
        let removed = sqlx::query!(
            "update rashin.attachments set content = null, to_publish = false, removed_at = $2, removed_by = $3
             where id = $1 and removed_at is null",
            file.id.0,
            now as _,
            member
        )
        .execute(self.sql())
        .await?;
        if removed.rows_affected() > 0 {
            self.used_as(
                permit,
                LogKind::Attach,
                file.subject.logged(),
                json!({ "plan": file.subject.plan, "removed_file": file.file_name }),
            );
        }
        Ok(removed.rows_affected() > 0)
    }

    /// Says whether editions from the next one on list the file. [`StoreError::NotFound`] for one that was removed.
    pub async fn plan_publication(&mut self, permit: Permit, file: &Attachment, to_publish: bool) -> Result<()> {
        sqlx::query!(
            "update rashin.attachments set to_publish = $2 where id = $1 and removed_at is null returning id",
            file.id.0,
            to_publish
        )
        .fetch_one(self.sql())
        .await?;
        self.used_as(
            permit,
            LogKind::Attach,
            file.subject.logged(),
            json!({ "plan": file.subject.plan, "file": file.file_name, "to_publish": to_publish }),
        );
        Ok(())
    }

    /// Files that the next edition of a plan lists, if it has what they are attached to.
    pub(crate) async fn attachments_to_publish(&mut self, plan: PlanId) -> Result<Vec<Listed>> {
        let rows = sqlx::query!(
            "select id, subject_kind, subject_key, title, file_name, media_type, size from rashin.attachments
             where to_publish and removed_at is null and (subject_kind = 'kpis' or plan_id = $1) order by uploaded_at, id",
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let listed = rows.into_iter().map(|r| {
            Ok(Listed {
                id: AttachmentId(r.id),
                subject: subject_kind(&r.subject_kind)?,
                key: r.subject_key,
                title: r.title,
                file_name: r.file_name,
                media_type: media_kind(&r.media_type)?,
                size: r.size,
            })
        });
        listed.collect()
    }
}

/// What no edition lists, the policy of the table hides.
impl PublicTx {
    pub async fn attachment_content(&mut self, id: AttachmentId) -> Result<FileContent> {
        content(&mut self.tx, id).await
    }

    /// Those of some files that were not removed since an edition listed them.
    pub async fn attachments_there(&mut self, listed: &[Listed]) -> Result<BTreeSet<AttachmentId>> {
        let ids: Vec<_> = listed.iter().map(|file| file.id.0).collect();
        let there = sqlx::query_scalar!("select id from rashin.attachments where id = any ($1) and removed_at is null", &ids)
            .fetch_all(&mut *self.tx)
            .await?;
        Ok(there.into_iter().map(AttachmentId).collect())
    }
}

// The check constraint and the only writer admit known codes; another one is a damaged row.
fn subject_kind(code: &str) -> Result<SubjectKind> {
    SubjectKind::from_code(code).ok_or_else(|| damaged(code))
}

fn media_kind(code: &str) -> Result<MediaKind> {
    MediaKind::from_code(code).ok_or_else(|| damaged(code))
}

fn damaged(code: &str) -> StoreError {
    StoreError::Db(sqlx::Error::Decode(format!("code {code}").into()))
}
