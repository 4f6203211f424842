//! Cases: their versions, what happened to them, what was said. All of it append-only.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::Permit,
    case::{Act, Case, Event, Remark, content::Content},
    clock::japan_date,
    ids::{CaseId, MemberId, RouteId, SectionId},
    route::Route,
};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, StoreError, TenantTx, db::Numbered};

/// Something that happened, with who it was.
#[derive(Clone, Debug)]
pub struct Happened {
    pub event: Event,
    /// The day of a decision: that of the meeting where it was taken, else as it was entered, else that of recording.
    pub decided_on: Date,
    pub name: String,
    /// 「部会」, 「DX推進係 係長」
    pub acted_as: String,
    /// 文書番号; may be empty.
    pub document: String,
    pub at: Timestamp,
}

/// A save of the text.
#[derive(Clone, Debug)]
pub struct Version {
    pub revision: i32,
    pub content: Content,
    pub by: MemberId,
    pub author: String,
    pub at: Timestamp,
}

/// Something said at a stage.
#[derive(Clone, Debug)]
pub struct Said {
    pub kind: Remark,
    /// The case's version when it was said.
    pub version: u32,
    pub text: String,
    pub name: String,
    pub acted_as: String,
    pub at: Timestamp,
}

/// A case with all that the board, the list and its page show.
#[derive(Clone, Debug)]
pub struct CaseFile {
    pub id: CaseId,
    /// Names it in addresses.
    pub number: i32,
    pub route: Route,
    pub section: Option<SectionId>,
    /// The proposer first, then co-authors.
    pub authors: Vec<MemberId>,
    pub case: Case,
    pub events: Vec<Happened>,
    /// The newest version of the text.
    pub newest: Version,
    pub remarks: Vec<Said>,
}

/// An event to be written.
pub(crate) struct Happening<'a> {
    pub by: MemberId,
    pub act: &'a Act,
    pub acted_as: &'a str,
    pub document: &'a str,
}

/// The names under which somebody who came second is refused.
pub const STALE_EVENT: &str = "case_events_one_per_version";
pub const STALE_TEXT: &str = "case_versions_one_per_revision";

impl TenantTx {
    /// All cases, or the one of a number; newest first.
    pub async fn cases(&mut self, number: Option<i32>) -> Result<Vec<CaseFile>> {
        let rows = sqlx::query!(
            r#"select c.id, c.number, c.section_id, r.route as "route: Json<Route>",
                 array(select a.member_id from rashin.case_authors a where a.case_id = c.id order by a.id) as "authors!: Vec<Uuid>",
                 v.revision, v.content as "content: Json<Content>", v.written_by, m.name as author, v.written_at
               from rashin.cases c
               join rashin.routes r on r.tenant_id = c.tenant_id and r.id = c.route_id
               join lateral (select * from rashin.case_versions v where v.tenant_id = c.tenant_id and v.case_id = c.id
                             order by v.revision desc limit 1) v on true
               join rashin.members m on m.tenant_id = v.tenant_id and m.id = v.written_by
               where $1::integer is null or c.number = $1
               order by c.number desc"#,
            number
        )
        .fetch_all(self.sql())
        .await?;
        let mut events = self.case_events(number).await?;
        let mut remarks = self.case_remarks(number).await?;
        let mut cases = Vec::new();
        for r in rows {
            let (id, route) = (CaseId(r.id), r.route.0);
            let events = events.remove(&id).unwrap_or_default();
            let happened: Vec<Event> = events.iter().map(|one| one.event.clone()).collect();
            // What was recorded was possible when it was recorded: a case that does not replay was written past the rules.
            let broken = |(at, refused)| sqlx::Error::Decode(format!("case {id}: event {at}: {refused:?}").into());
            let case = Case::replay(&route, &happened).map_err(broken)?;
            let authors =
                [case.proposer].into_iter().chain(r.authors.into_iter().map(MemberId).filter(|id| *id != case.proposer)).collect();
            cases.push(CaseFile {
                id,
                number: r.number,
                route,
                section: r.section_id.map(SectionId),
                authors,
                case,
                events,
                newest: Version {
                    revision: r.revision,
                    content: r.content.0,
                    by: MemberId(r.written_by),
                    author: r.author,
                    at: r.written_at.to_jiff(),
                },
                remarks: remarks.remove(&id).unwrap_or_default(),
            });
        }
        Ok(cases)
    }

    async fn case_events(&mut self, number: Option<i32>) -> Result<BTreeMap<CaseId, Vec<Happened>>> {
        let rows = sqlx::query!(
            r#"select e.case_id, e.happened_on, e.member_id, e.event as "act: Json<Act>", e.acted_as, e.document_number, e.happened_at, m.name,
                 (select (v.event -> 'arrangement' ->> 'on')::date
                  from rashin.meeting_outcomes o
                  join rashin.agenda_items a on a.tenant_id = o.tenant_id and a.id = o.agenda_id
                  join rashin.meeting_events v on v.tenant_id = a.tenant_id and v.meeting_id = a.meeting_id and v.event ->> 'act' = 'arranged'
                  where o.tenant_id = e.tenant_id and o.case_id = e.case_id and o.case_version = e.version
                  order by v.version desc limit 1) as met_on
               from rashin.case_events e
               join rashin.cases c on c.tenant_id = e.tenant_id and c.id = e.case_id
               join rashin.members m on m.tenant_id = e.tenant_id and m.id = e.member_id
               where $1::integer is null or c.number = $1
               order by e.case_id, e.version"#,
            number
        )
        .fetch_all(self.sql())
        .await?;
        let mut events: BTreeMap<CaseId, Vec<Happened>> = BTreeMap::new();
        for r in rows {
            let event = Event { on: r.happened_on.to_jiff(), by: MemberId(r.member_id), act: r.act.0 };
            let entered = match &event.act {
                Act::Decided { decided_on, .. } => *decided_on,
                Act::Opened | Act::Withdrawn { .. } | Act::HandedOver { .. } => None,
            };
            events.entry(CaseId(r.case_id)).or_default().push(Happened {
                decided_on: r.met_on.map(jiff_sqlx::Date::to_jiff).or(entered).unwrap_or(event.on),
                event,
                name: r.name,
                acted_as: r.acted_as,
                document: r.document_number,
                at: r.happened_at.to_jiff(),
            });
        }
        Ok(events)
    }

    async fn case_remarks(&mut self, number: Option<i32>) -> Result<BTreeMap<CaseId, Vec<Said>>> {
        let rows = sqlx::query!(
            r#"select s.case_id, s.version, s.kind, s.text, s.acted_as, s.said_at, m.name
               from rashin.case_remarks s
               join rashin.cases c on c.tenant_id = s.tenant_id and c.id = s.case_id
               join rashin.members m on m.tenant_id = s.tenant_id and m.id = s.member_id
               where $1::integer is null or c.number = $1
               order by s.case_id, s.said_at, s.id"#,
            number
        )
        .fetch_all(self.sql())
        .await?;
        let mut remarks: BTreeMap<CaseId, Vec<Said>> = BTreeMap::new();
        for r in rows {
            let kind = Remark::from_code(&r.kind).unwrap_or(Remark::Opinion);
            let version = u32::try_from(r.version).unwrap_or_default();
            let said = Said { kind, version, text: r.text, name: r.name, acted_as: r.acted_as, at: r.said_at.to_jiff() };
            remarks.entry(CaseId(r.case_id)).or_default().push(said);
        }
        Ok(remarks)
    }

    /// All versions of a case's text, newest first.
    pub async fn case_versions(&mut self, id: CaseId) -> Result<Vec<Version>> {
        let rows = sqlx::query!(
            r#"select v.revision, v.content as "content: Json<Content>", v.written_by, m.name as author, v.written_at
               from rashin.case_versions v join rashin.members m on m.tenant_id = v.tenant_id and m.id = v.written_by
               where v.case_id = $1 order by v.revision desc"#,
            id.0
        )
        .fetch_all(self.sql())
        .await?;
        let version = rows.into_iter().map(|r| Version {
            revision: r.revision,
            content: r.content.0,
            by: MemberId(r.written_by),
            author: r.author,
            at: r.written_at.to_jiff(),
        });
        Ok(version.collect())
    }

    /// Opens a case on a version of a route; its number.
    pub async fn open_case(
        &mut self,
        permit: Permit,
        route: RouteId,
        section: Option<SectionId>,
        content: &Content,
        acted_as: &str,
    ) -> Result<i32> {
        let (city, id, now) = (self.city().id.0, CaseId(self.new_id()), jiff_sqlx::Timestamp::from(self.now()));
        let number = self.next_number(Numbered::Cases).await?;
        sqlx::query!(
            "insert into rashin.cases (tenant_id, id, number, route_id, section_id, opened_at) values ($1, $2, $3, $4, $5, $6)",
            city,
            id.0,
            number,
            route.0,
            section.map(|section| section.0),
            now as _
        )
        .execute(self.sql())
        .await?;
        self.write_version(id, content, 0).await?;
        let by = self.member().map(|member| member.id).ok_or(StoreError::NotFound)?;
        self.write_event(id, 0, &Happening { by, act: &Act::Opened, acted_as, document: "" }).await?;
        self.used(permit, format!("case {number}"), json!({ "case": content.title }));
        Ok(number)
    }

    /// Writes the text as the version after the one that was seen. `Conflict(case_versions_one_per_revision)` when somebody
    /// was quicker.
    pub async fn save_case(&mut self, permit: Permit, filed: &CaseFile, content: &Content, seen: i32) -> Result<()> {
        self.write_version(filed.id, content, seen).await?;
        self.used(permit, format!("case {}", filed.number), json!({ "case": content.title, "revision": seen + 1 }));
        Ok(())
    }

    /// Records what happened, if nothing else happened since the case was seen: else `Conflict(case_events_one_per_version)`.
    pub async fn record_event(&mut self, permit: Permit, filed: &CaseFile, act: &Act, acted_as: &str, document: &str) -> Result<()> {
        let by = self.member().map(|member| member.id).ok_or(StoreError::NotFound)?;
        self.write_event(filed.id, filed.case.version, &Happening { by, act, acted_as, document }).await?;
        let stage = |key: &str| filed.route.stage(key).map_or_else(|| key.to_owned(), |stage| stage.name.clone());
        let detail = match act {
            Act::Decided { stage: key, outcome, reason, .. } => json!({ "stage": stage(key), "result": outcome.label(), "reason": reason }),
            Act::Withdrawn { reason } => json!({ "result": "取下げ", "reason": reason }),
            Act::HandedOver { to } => json!({ "proposer": to }),
            Act::Opened => json!({}),
        };
        self.used(permit, format!("case {}", filed.number), detail);
        Ok(())
    }

    /// Writes an opinion, or the result of a trial.
    pub async fn remark(&mut self, permit: Permit, filed: &CaseFile, kind: Remark, text: &str, acted_as: &str) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let by = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        sqlx::query!(
            "insert into rashin.case_remarks (tenant_id, id, case_id, version, kind, text, member_id, acted_as, said_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            city,
            id,
            filed.id.0,
            i32::try_from(filed.case.version).unwrap_or(i32::MAX),
            kind.code(),
            text,
            by,
            acted_as,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, format!("case {}", filed.number), json!({ "remark": kind.label() }));
        Ok(())
    }

    async fn write_version(&mut self, case: CaseId, content: &Content, seen: i32) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let by = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        let done = sqlx::query!(
            "insert into rashin.case_versions (tenant_id, id, case_id, revision, content, written_by, written_at)
             select $1, $2, $3::uuid, $4::integer, $5, $6, $7
             where $4::integer = 1 + coalesce((select max(revision) from rashin.case_versions v where v.case_id = $3::uuid), 0)
             on conflict do nothing",
            city,
            id,
            case.0,
            seen + 1,
            Json(content) as _,
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::Conflict(STALE_TEXT.to_owned())) } else { Ok(()) }
    }

    /// As the event after those that were seen; else `Conflict(case_events_one_per_version)`.
    pub(crate) async fn write_event(&mut self, case: CaseId, seen: u32, happening: &Happening<'_>) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), self.now());
        let version = i32::try_from(seen).unwrap_or(i32::MAX - 1) + 1;
        let done = sqlx::query!(
            "insert into rashin.case_events (tenant_id, id, case_id, version, happened_on, member_id, acted_as, event, document_number, happened_at)
             select $1, $2, $3::uuid, $4::integer, $5, $6, $7, $8, $9, $10
             where $4::integer = 1 + coalesce((select max(version) from rashin.case_events e where e.case_id = $3::uuid), 0)
             on conflict do nothing",
            city,
            id,
            case.0,
            version,
            jiff_sqlx::Date::from(japan_date(now)) as _,
            happening.by.0,
            happening.acted_as,
            Json(happening.act) as _,
            happening.document,
            jiff_sqlx::Timestamp::from(now) as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::Conflict(STALE_EVENT.to_owned())) } else { Ok(()) }
    }
}
