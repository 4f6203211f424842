//! お知らせ: written with the event or by the daily job, read on the pages, sent by mail.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rashin_domain::{
    access::Role,
    approval::Approval,
    ids::{MemberId, NotificationId, SectionId},
    notification::{NotificationKind, Signed, Told},
    obligation::Item,
    reminder::{Reminder, ReminderKind},
};

use uuid::Uuid;

use crate::{Result, StoreError, TenantTx, inquiry::Inquiry, owed::Owed, report::Report};

/// How long a notification that was read is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Reminders are made up for within days ([`rashin_domain::reminder::CATCH_UP`]): older ones cannot come again.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Something to be told to one member.
#[derive(Clone, Debug)]
pub struct Note {
    pub to: MemberId,
    /// What has the same key is told once.
    pub key: String,
    pub told: Told,
    /// Below the tenant's address.
    pub href: String,
}

/// A notification as its member sees it.
#[derive(Clone, Debug)]
pub struct Notification {
    pub id: NotificationId,
    pub told: Told,
    pub href: String,
    pub created_at: Timestamp,
    pub is_read: bool,
}

/// What waits to be sent to a member.
pub struct Unmailed {
    pub ids: Vec<NotificationId>,
    pub name: String,
    pub email: String,
    pub told: Vec<Told>,
}

impl TenantTx {
    /// Tells what was not told yet, and puts the mails off to jobs: with this transaction, or not at all. How many of them
    /// were new.
    pub async fn notify(&mut self, notes: &[Note]) -> Result<usize> {
        let (city, now) = (self.city().id.0, self.now());
        let (mut new, mut by_mail) = (0, BTreeSet::new());
        for note in notes {
            let id = self.new_id();
            let signed = note.told.signed.as_ref();
            let told = sqlx::query_scalar!(
                "insert into rashin.notifications (tenant_id, id, member_id, kind, key, text, about, href, created_at, sender, words, by_mail)
                 select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                   $12 and not exists (select from rashin.mail_refusals f where f.member_id = $3 and f.kind = $4)
                     and exists (select from gate.member_addresses() d where d.member_id = $3)
                 on conflict on constraint notifications_once do nothing
                 returning by_mail",
                city,
                id,
                note.to.0,
                note.told.kind.code(),
                note.key,
                note.told.text,
                note.told.about.join("\n"),
                note.href,
                jiff_sqlx::Timestamp::from(now) as _,
                signed.map_or("", |signed| &signed.sender),
                signed.map_or("", |signed| &signed.words),
                note.told.kind.is_mailed(),
            )
            .fetch_optional(self.sql())
            .await?;
            new += usize::from(told.is_some());
            if told == Some(true) {
                by_mail.insert(note.to);
            }
        }
        for member in by_mail {
            sqlx::query!("select gate.enqueue_mail($1)", member.0).execute(self.sql()).await?;
        }
        Ok(new)
    }

    /// Tells everybody what is due today.
    pub async fn remind_all(&mut self) -> Result<()> {
        self.remind_of(|_| true).await
    }

    /// Tells what was just decided about these, or that they were given to somebody today.
    pub async fn remind_about(&mut self, items: &[&Item]) -> Result<()> {
        self.remind_of(|reminder| reminder.round.is_none() && reminder.about.iter().any(|(item, _)| items.contains(item))).await
    }

    async fn remind_of(&mut self, is_meant: impl Fn(&Reminder<'_>) -> bool) -> Result<()> {
        let Some(owed) = self.owed(None).await? else { return Ok(()) };
        // Where nobody is asked, what somebody submits approves itself.
        let is_approval = self.settings().await?.approval != Approval::None;
        let sent = self.told_lately().await?;
        let due = owed.due(&sent).into_iter().filter(|one| is_meant(one) && (is_approval || one.kind != ReminderKind::Approved));
        let notes: Vec<Note> = due.map(|reminder| note(&owed, reminder)).collect();
        self.notify(&notes).await?;
        Ok(())
    }

    async fn told_lately(&mut self) -> Result<BTreeSet<String>> {
        let since = jiff_sqlx::Timestamp::from(self.now() - REMEMBERED);
        let keys = sqlx::query_scalar!("select key from rashin.notifications where created_at > $1", since as _);
        Ok(keys.fetch_all(self.sql()).await?.into_iter().collect())
    }

    /// Tells the asked sections of an inquiry, which mails them itself.
    pub async fn tell_of_inquiry(&mut self, inquiry: &Inquiry) -> Result<()> {
        let tree = crate::tenancy::tree(&self.sections().await?);
        let asked: Vec<SectionId> = inquiry.sections();
        let speaks = |role| matches!(role, Role::Approver | Role::Reporter);
        let members = self.members_today().await?.into_iter().filter(|member| {
            let posts = member.assignments.iter().filter(|post| speaks(post.role)).filter_map(|post| post.section);
            posts.into_iter().any(|section| asked.iter().any(|asked| tree.is_within(section, *asked)))
        });
        let deadline = rashin_domain::clock::date_label(inquiry.deadline);
        let text = format!("庁内照会「{}」が届いています（回答期限{deadline}）", inquiry.title);
        let notes: Vec<Note> =
            members.map(|member| about_inquiry(inquiry, member.id, NotificationKind::Inquiry, text.clone(), "sent")).collect();
        self.notify(&notes).await?;
        Ok(())
    }

    /// Tells who sent an inquiry that a section replied, the first time it does.
    pub async fn tell_of_reply(&mut self, inquiry: &Inquiry, section: SectionId) -> Result<()> {
        let sender = sqlx::query_scalar!("select sent_by from rashin.inquiries where id = $1", inquiry.id.0).fetch_one(self.sql()).await?;
        let name = inquiry.asked.iter().find(|asked| asked.section == section).map_or("", |asked| asked.name.as_str());
        let text = format!("庁内照会「{}」に{name}が回答しました", inquiry.title);
        let note = |to| about_inquiry(inquiry, MemberId(to), NotificationKind::Replied, text, &section.to_string());
        self.notify(&sender.map(note).into_iter().collect::<Vec<_>>()).await?;
        Ok(())
    }

    /// Tells who reported a figure, and who spoke about it before, what somebody else says about it.
    pub async fn tell_of_comment(&mut self, report: &Report, comment: Uuid, by: MemberId) -> Result<()> {
        let spoke = sqlx::query_scalar!("select distinct member_id from rashin.report_comments where report_id = $1", report.id.0)
            .fetch_all(self.sql())
            .await?;
        let to: BTreeSet<MemberId> = spoke.into_iter().map(MemberId).chain(report.reporter).filter(|to| *to != by).collect();
        let text = format!("「{}」（{}）の報告にコメントがあります", report.name, report.period.label());
        let told = Told { kind: NotificationKind::Commented, text, about: vec![report.name.clone()], signed: None };
        let href = format!("/staff/reports/{}#comments", report.id);
        let note = |to| Note { to, key: format!("comment/{comment}"), told: told.clone(), href: href.clone() };
        self.notify(&to.into_iter().map(note).collect::<Vec<_>>()).await?;
        Ok(())
    }

    /// The newest of the member who is signed in.
    pub async fn notifications(&mut self, limit: i64) -> Result<Vec<Notification>> {
        let member = self.reader()?;
        let rows = sqlx::query!(
            "select id, kind, text, about, sender, words, href, created_at, read_at from rashin.notifications
             where member_id = $1 order by (read_at is null) desc, created_at desc, id desc limit $2",
            member.0,
            limit
        )
        .fetch_all(self.sql())
        .await?;
        let rows = rows.into_iter().filter_map(|row| {
            Some(Notification {
                id: NotificationId(row.id),
                told: told(&row.kind, row.text, &row.about, row.sender, row.words)?,
                href: row.href,
                created_at: row.created_at.to_jiff(),
                is_read: row.read_at.is_some(),
            })
        });
        Ok(rows.collect())
    }

    /// Marks one as read, with those of its kind that came up together with it. [`StoreError::NotFound`] of somebody else's.
    pub async fn read_notification(&mut self, id: NotificationId) -> Result<()> {
        let (member, now) = (self.reader()?, jiff_sqlx::Timestamp::from(self.now()));
        let done = sqlx::query!(
            "update rashin.notifications n set read_at = coalesce(n.read_at, $3)
             from rashin.notifications one
             where one.tenant_id = n.tenant_id and one.id = $1 and one.member_id = $2
               and n.member_id = one.member_id and n.kind = one.kind and n.created_at = one.created_at",
            id.0,
            member.0,
            now as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Marks all as read that came up until the moment the page was made.
    pub async fn read_notifications(&mut self, until: Timestamp) -> Result<u64> {
        let (member, now) = (self.reader()?, jiff_sqlx::Timestamp::from(self.now()));
        let done = sqlx::query!(
            "update rashin.notifications set read_at = $2 where member_id = $1 and read_at is null and created_at <= $3",
            member.0,
            now as _,
            jiff_sqlx::Timestamp::from(until) as _
        )
        .execute(self.sql())
        .await?;
        Ok(done.rows_affected())
    }

    /// The kinds of which the member wants no mail.
    pub async fn mail_refusals(&mut self) -> Result<BTreeSet<NotificationKind>> {
        let member = self.reader()?;
        let kinds = sqlx::query_scalar!("select kind from rashin.mail_refusals where member_id = $1", member.0);
        Ok(kinds.fetch_all(self.sql()).await?.iter().filter_map(|kind| NotificationKind::from_code(kind)).collect())
    }

    /// Sets them. What cannot be refused is not among them.
    pub async fn refuse_mails(&mut self, kinds: &BTreeSet<NotificationKind>) -> Result<()> {
        let (city, member) = (self.city().id.0, self.reader()?);
        let kinds: Vec<String> = kinds.iter().filter(|kind| kind.is_optional()).map(|kind| kind.code().to_owned()).collect();
        let ids = self.new_ids(kinds.len());
        sqlx::query!("delete from rashin.mail_refusals where member_id = $1", member.0).execute(self.sql()).await?;
        sqlx::query!(
            "insert into rashin.mail_refusals (tenant_id, id, member_id, kind)
             select $1, row.id, $2, row.kind from unnest($3::uuid[], $4::text[]) as row (id, kind)
             on conflict on constraint mail_refusals_once do nothing",
            city,
            member.0,
            &ids,
            &kinds
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// What waits to be sent to a member. A second worker waits for the first, and then finds nothing. `None` where nothing
    /// waits, or who left has no business with it any more.
    pub async fn unmailed(&mut self, member: MemberId) -> Result<Option<Unmailed>> {
        let rows = sqlx::query!(
            "select id, kind, text, about, sender, words from rashin.notifications
             where member_id = $1 and by_mail and mailed_at is null order by created_at, id for update",
            member.0
        )
        .fetch_all(self.sql())
        .await?;
        let to = sqlx::query!(
            r#"select m.name, d.email as "email!" from rashin.members m join gate.member_addresses() d on d.member_id = m.id
               where m.id = $1 and m.state = 'active'"#,
            member.0
        )
        .fetch_optional(self.sql())
        .await?;
        let Some(to) = to.filter(|_| !rows.is_empty()) else { return Ok(None) };
        let ids = rows.iter().map(|row| NotificationId(row.id)).collect();
        let told = rows.into_iter().filter_map(|row| told(&row.kind, row.text, &row.about, row.sender, row.words)).collect();
        Ok(Some(Unmailed { ids, name: to.name, email: to.email, told }))
    }

    /// Writes down that these were sent.
    pub async fn mailed(&mut self, ids: &[NotificationId]) -> Result<()> {
        let now = jiff_sqlx::Timestamp::from(self.now());
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        sqlx::query!("update rashin.notifications set mailed_at = $2 where id = any ($1)", &ids, now as _).execute(self.sql()).await?;
        Ok(())
    }

    /// Removes what was read and is old.
    pub async fn forget_notifications(&mut self) -> Result<u64> {
        let before = jiff_sqlx::Timestamp::from(self.now() - KEPT);
        let gone = sqlx::query!("delete from rashin.notifications where read_at is not null and created_at < $1", before as _);
        Ok(gone.execute(self.sql()).await?.rows_affected())
    }

    /// Nobody is told anything but a member.
    fn reader(&self) -> Result<MemberId> {
        self.member().map(|member| member.id).ok_or(StoreError::NotFound)
    }
}

fn told(kind: &str, text: String, about: &str, sender: String, words: String) -> Option<Told> {
    let signed = (!sender.is_empty()).then_some(Signed { sender, words });
    Some(Told { kind: NotificationKind::from_code(kind)?, text, about: about.lines().map(str::to_owned).collect(), signed })
}

fn about_inquiry(inquiry: &Inquiry, to: MemberId, kind: NotificationKind, text: String, key: &str) -> Note {
    Note {
        to,
        key: format!("inquiry/{}/{key}", inquiry.id),
        told: Told { kind, text, about: vec![inquiry.title.clone()], signed: None },
        href: format!("/staff/inquiries/{}", inquiry.id),
    }
}

/// A reminder in words.
fn note(owed: &Owed, reminder: Reminder<'_>) -> Note {
    let names: Vec<String> =
        reminder.about.iter().map(|(item, _)| owed.find(item).map_or_else(String::new, |named| named.name.clone())).collect();
    let (name, period) = (names.first().map_or("", String::as_str), reminder.about.first().and_then(|(_, asked)| *asked));
    let of = period.map_or_else(String::new, |asked| format!("（{}）", asked.period.label()));
    let text = match reminder.kind {
        ReminderKind::Due | ReminderKind::Overdue => reminder.subject(),
        ReminderKind::Returned => format!("「{name}」{of}の報告が差し戻されました。理由を確かめて、報告し直してください"),
        ReminderKind::Approved => format!("「{name}」{of}の報告が承認されました"),
        ReminderKind::Assigned => format!("「{name}」の担当になりました"),
    };
    let kpi = reminder.about.iter().find_map(|(item, _)| match item {
        Item::Kpi(_) => owed.find(item).map(|named| named.code.as_str()),
        Item::Initiative(..) => None,
    });
    let href = match (reminder.kind, kpi) {
        (ReminderKind::Approved | ReminderKind::Assigned, Some(code)) => format!("/staff/kpis/{code}"),
        _ => "/staff/updates".to_owned(),
    };
    Note { to: reminder.to, key: reminder.key, told: Told { kind: reminder.kind.into(), text, about: names, signed: None }, href }
}
