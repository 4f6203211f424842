//! The log: insert-only, written with the change it tells of, read by 管理者.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::{Actor, LogKind, Permit},
    ids::MemberId,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Db, Result, TenantTx, identity::SignedIn};

pub(crate) struct Line {
    pub action: &'static str,
    pub subject: String,
    pub detail: Value,
}

pub(crate) async fn write(tx: &mut TenantTx, lines: &[Line]) -> Result<()> {
    let (member, actor) = match tx.actor() {
        Actor::Member(member) => (Some(member.id.0), "member"),
        Actor::Maintenance(_) | Actor::Worker(_) => (None, "maintenance"),
    };
    let (city, now) = (tx.city().id.0, tx.now());
    for line in lines {
        let id = tx.new_id();
        sqlx::query!(
            "insert into rashin.audit_log (tenant_id, id, at, member_id, actor, action, subject, detail)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            city,
            id,
            jiff_sqlx::Timestamp::from(now) as _,
            member,
            actor,
            line.action,
            line.subject,
            line.detail,
        )
        .execute(tx.sql())
        .await?;
    }
    Ok(())
}

/// Writes down that somebody was refused, outside the transaction that was rolled back.
pub async fn refused(db: &Db, who: &SignedIn, city: &str, action: &'static str, subject: &str) -> Result<()> {
    let mut tx = db.enter(who, city).await?;
    write(&mut tx, &[Line { action: LogKind::Refused.code(), subject: subject.to_owned(), detail: json!({ "action": action }) }]).await?;
    tx.commit().await
}

/// The newest lines of the tenant's log: (action, subject), newest first.
pub async fn newest(tx: &mut TenantTx, limit: i64) -> Result<Vec<(String, String)>> {
    let rows =
        sqlx::query!("select action, subject from rashin.audit_log order by at desc, id desc limit $1", limit).fetch_all(tx.sql()).await?;
    Ok(rows.into_iter().map(|row| (row.action, row.subject)).collect())
}

/// A line as it is read.
#[derive(Clone, Debug)]
pub struct Entry {
    pub place: Place,
    pub by: By,
    /// A [`LogKind`] by its code; a code of another version stays what it is.
    pub action: String,
    pub subject: String,
    pub detail: Value,
}

/// Where a line stands: its time and, among lines of one time, its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub at: Timestamp,
    pub id: Uuid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Member(MemberId),
    CommandLine,
}

/// Which lines are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// First and last moment; the last one is not included.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub by: Option<By>,
    pub kind: Option<LogKind>,
    pub subject: Option<Subject>,
}

/// A subject holds `words`, or its first word is one of `keys`.
#[derive(Clone, Debug)]
pub struct Subject {
    pub words: String,
    pub keys: Vec<String>,
}

/// Names by what the log writes: codes of KPIs; ids of members and sections, keys of sections, slugs of plans.
#[derive(Clone, Debug, Default)]
pub struct SubjectNames {
    pub kpis: BTreeMap<String, String>,
    /// By the id of the plan and the node's key.
    pub nodes: BTreeMap<(String, String), String>,
    pub others: BTreeMap<String, String>,
}

/// What happened to a member's account.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub place: Place,
    pub member: MemberId,
    pub event: String,
}

/// Lines beside a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    OlderThan(Place),
    NewerThan(Place),
}

/// A post held for a time, to say what somebody was when they acted.
#[derive(Clone, Debug)]
pub struct Post {
    pub member: MemberId,
    pub title: String,
    pub section: Option<String>,
    pub from: Date,
    pub until: Option<Date>,
}

impl TenantTx {
    /// Lines that are wanted, newest first; of newer ones those that are nearest. `None` is no limit.
    pub async fn log(&mut self, wanted: &Wanted, beside: Option<Beside>, limit: Option<i64>) -> Result<Vec<Entry>> {
        let (older, newer) = match beside {
            Some(Beside::OlderThan(place)) => (Some(place), None),
            Some(Beside::NewerThan(place)) => (None, Some(place)),
            None => (None, None),
        };
        let time = |at: Option<Timestamp>| at.map(jiff_sqlx::Timestamp::from);
        let (is_member, member) = match wanted.by {
            Some(By::Member(member)) => (Some(true), Some(member.0)),
            Some(By::CommandLine) => (Some(false), None),
            None => (None, None),
        };
        let (words, keys) = wanted.subject.as_ref().map_or((None, &[][..]), |subject| (Some(subject.words.as_str()), &subject.keys[..]));
        // The sort turns with the direction, so that the index is read from the place on, never from the start.
        let rows = sqlx::query!(
            r#"with line as not materialized (
                 select * from rashin.audit_log
                 where at >= coalesce($6::timestamptz, '-infinity') and at < coalesce($7::timestamptz, 'infinity')
                   and ($8::boolean is null or (member_id is not null) = $8) and ($9::uuid is null or member_id = $9)
                   and ($10::text is null or action = $10)
                   and ($11::text is null or position(lower(normalize($11::text, nfkc)) in lower(subject)) > 0
                     or split_part(subject, ' ', 1) = any ($12::text[]))
               ),
               page as (
                 (select * from line where $1::boolean and (at, id) > ($2::timestamptz, $3::uuid) order by at, id limit $13)
                 union all
                 (select * from line where not $1 and (at, id) < (coalesce($4::timestamptz, 'infinity'), coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
                  order by at desc, id desc limit $13)
               )
               select id as "id!", at as "at!", member_id, action as "action!", subject as "subject!", detail as "detail!"
               from page order by at desc, id desc"#,
            newer.is_some(),
            time(newer.map(|place| place.at)) as _,
            newer.map(|place| place.id),
            time(older.map(|place| place.at)) as _,
            older.map(|place| place.id),
            time(wanted.from) as _,
            time(wanted.until) as _,
            is_member,
            member,
            wanted.kind.map(LogKind::code),
            words,
            keys,
            limit,
        )
        .fetch_all(self.sql())
        .await?;
        let entry = rows.into_iter().map(|row| Entry {
            place: Place { at: row.at.to_jiff(), id: row.id },
            by: row.member_id.map_or(By::CommandLine, |id| By::Member(MemberId(id))),
            action: row.action,
            subject: row.subject,
            detail: row.detail,
        });
        Ok(entry.collect())
    }

    /// Every post of the tenant, past and future ones included; main posts first.
    pub async fn posts(&mut self) -> Result<Vec<Post>> {
        let rows = sqlx::query!(
            r#"select a.member_id, a.post, s.name as "section?", a.valid_from, a.valid_until
               from rashin.assignments a left join rashin.sections s on s.tenant_id = a.tenant_id and s.id = a.section_id
               order by a.capacity <> 'main', a.valid_from desc, a.id"#
        )
        .fetch_all(self.sql())
        .await?;
        let post = rows.into_iter().map(|row| Post {
            member: MemberId(row.member_id),
            title: row.post,
            section: row.section,
            from: row.valid_from.to_jiff(),
            until: row.valid_until.map(|day| day.to_jiff()),
        });
        Ok(post.collect())
    }

    /// Sign-ins and changes of passwords of the tenant's members, newest first.
    pub async fn sign_ins(&mut self, older_than: Option<Place>, limit: i64) -> Result<Vec<SignIn>> {
        let rows = sqlx::query!(
            r#"select id as "id!", at as "at!", member_id as "member!", event as "event!"
               from gate.sign_ins(coalesce($1::timestamptz, 'infinity'), coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), $3)"#,
            older_than.map(|place| jiff_sqlx::Timestamp::from(place.at)) as _,
            older_than.map(|place| place.id),
            limit,
        )
        .fetch_all(self.sql())
        .await?;
        let sign_in = rows.into_iter().map(|row| SignIn {
            place: Place { at: row.at.to_jiff(), id: row.id },
            member: MemberId(row.member),
            event: row.event,
        });
        Ok(sign_in.collect())
    }

    /// What the subjects of the log are called today.
    pub async fn subject_names(&mut self) -> Result<SubjectNames> {
        let kpis = sqlx::query!(
            "select distinct on (k.code) k.code, d.name from rashin.kpis k
             join rashin.kpi_definitions d on d.tenant_id = k.tenant_id and d.kpi_id = k.id order by k.code, d.version desc"
        )
        .fetch_all(self.sql())
        .await?;
        let nodes = sqlx::query!("select plan_id, key, title from rashin.nodes").fetch_all(self.sql()).await?;
        let sections = sqlx::query!("select id, key, name from rashin.sections").fetch_all(self.sql()).await?;
        let plans = self.plans().await?;
        let inquiries = sqlx::query!("select id, title from rashin.inquiries").fetch_all(self.sql()).await?;
        let members = self.member_names().await?;
        let keys = sections.iter().map(|s| (s.key.clone(), s.name.clone()));
        let ids = sections.iter().map(|s| (s.id.to_string(), s.name.clone()));
        let titles: Vec<_> = nodes.iter().map(|node| (node.key.clone(), node.title.clone())).collect();
        let others = titles.into_iter().chain(members.into_iter().map(|(id, name)| (id.to_string(), name))).chain(ids).chain(keys);
        let others = others.chain(inquiries.into_iter().map(|inquiry| (inquiry.id.to_string(), inquiry.title)));
        Ok(SubjectNames {
            kpis: kpis.into_iter().map(|row| (row.code, row.name)).collect(),
            nodes: nodes.into_iter().map(|row| ((row.plan_id.to_string(), row.key), row.title)).collect(),
            others: others
                .chain(plans.into_iter().flat_map(|plan| [plan.id.0.to_string(), plan.slug].map(|key| (key, plan.title.clone()))))
                .collect(),
        })
    }

    /// Writes down that data leave the house.
    pub fn taken_out(&mut self, permit: Permit, subject: &str, detail: Value) {
        self.used_as(permit, LogKind::Export, subject, detail);
    }
}
