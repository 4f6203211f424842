//! Meetings of bodies: what happened to them, append-only, and their agenda.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    case,
    ids::{AgendaId, CaseId, MeetingId},
    meeting::{Act, Arrangement, Event, Meeting, series::Series},
};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, StoreError, TenantTx, db::Numbered, roster::Body};

/// A meeting with all that lists and its page show.
#[derive(Clone, Debug)]
pub struct Sitting {
    pub id: MeetingId,
    /// Names it in addresses.
    pub number: i32,
    /// Key of the body.
    pub body: String,
    pub series: Option<Series>,
    pub meeting: Meeting,
    pub history: Vec<Past>,
    /// 次第, in its order.
    pub agenda: Vec<Point>,
}

/// Something that happened to a meeting, and who did it.
#[derive(Clone, Debug)]
pub struct Past {
    pub event: Event,
    pub name: String,
    pub at: Timestamp,
}

/// A point of an agenda.
#[derive(Clone, Debug)]
pub struct Point {
    pub id: AgendaId,
    pub case: Option<Brought>,
    /// Empty of a case.
    pub text: String,
    /// What came of it without a decision about a case.
    pub result: String,
    pub outcome: Option<Taken>,
}

/// A case as an agenda names it.
#[derive(Clone, Debug)]
pub struct Brought {
    pub id: CaseId,
    pub number: i32,
    pub title: String,
}

/// A decision that was taken at a meeting.
#[derive(Clone, Debug)]
pub struct Taken {
    pub act: case::Act,
    pub document: String,
    pub votes: Option<Votes>,
}

/// 賛成・反対・保留
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Votes {
    pub agreed: i32,
    pub against: i32,
    pub withheld: i32,
}

/// Which meetings are asked for; all of them by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    pub number: Option<i32>,
    /// Those that had it on their agenda.
    pub case: Option<CaseId>,
}

/// The name under which somebody who came second is refused.
pub const STALE_MEETING: &str = "meeting_events_one_per_version";

impl Sitting {
    /// When it was last changed: for calendars.
    pub fn changed(&self) -> Timestamp {
        self.history.last().map_or(Timestamp::UNIX_EPOCH, |past| past.at)
    }

    pub fn point_of(&self, case: CaseId) -> Option<&Point> {
        self.agenda.iter().find(|point| point.case.as_ref().is_some_and(|brought| brought.id == case))
    }
}

impl Point {
    pub fn title(&self) -> &str {
        self.case.as_ref().map_or(&self.text, |case| &case.title)
    }
}

impl TenantTx {
    /// Meetings, the earliest day first.
    pub async fn meetings(&mut self, wanted: Wanted) -> Result<Vec<Sitting>> {
        let rows = sqlx::query!(
            r#"select m.id, m.number, r.key, s.series as "series?: Json<Series>"
               from rashin.meetings m
               join rashin.rosters r on r.tenant_id = m.tenant_id and r.id = m.roster_id
               left join rashin.meeting_series s on s.tenant_id = m.tenant_id and s.id = m.series_id
               where ($1::integer is null or m.number = $1)
                 and ($2::uuid is null or exists (select from rashin.agenda_items a where a.meeting_id = m.id and a.case_id = $2))"#,
            wanted.number,
            wanted.case.map(|case| case.0)
        )
        .fetch_all(self.sql())
        .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut history = self.meeting_events(&ids).await?;
        let mut agendas = self.agendas(&ids).await?;
        let mut sittings = Vec::with_capacity(rows.len());
        for row in rows {
            let id = MeetingId(row.id);
            let history = history.remove(&id).unwrap_or_default();
            let events: Vec<Event> = history.iter().map(|past| past.event.clone()).collect();
            // What was recorded was possible when it was recorded.
            let broken = |(at, refused)| sqlx::Error::Decode(format!("meeting {id}: event {at}: {refused:?}").into());
            let meeting = Meeting::replay(&events).map_err(broken)?;
            let (series, agenda) = (row.series.map(|series| series.0), agendas.remove(&id).unwrap_or_default());
            sittings.push(Sitting { id, number: row.number, body: row.key, series, meeting, history, agenda });
        }
        sittings.sort_by_key(|sitting| (sitting.meeting.arrangement.on, sitting.meeting.arrangement.from, sitting.number));
        Ok(sittings)
    }

    async fn meeting_events(&mut self, meetings: &[Uuid]) -> Result<BTreeMap<MeetingId, Vec<Past>>> {
        let rows = sqlx::query!(
            r#"select e.meeting_id, e.happened_on, e.event as "act: Json<Act>", e.happened_at, m.name
               from rashin.meeting_events e join rashin.members m on m.tenant_id = e.tenant_id and m.id = e.member_id
               where e.meeting_id = any ($1) order by e.meeting_id, e.version"#,
            meetings
        )
        .fetch_all(self.sql())
        .await?;
        let mut history: BTreeMap<MeetingId, Vec<Past>> = BTreeMap::new();
        for row in rows {
            let event = Event { on: row.happened_on.to_jiff(), act: row.act.0 };
            history.entry(MeetingId(row.meeting_id)).or_default().push(Past { event, name: row.name, at: row.happened_at.to_jiff() });
        }
        Ok(history)
    }

    async fn agendas(&mut self, meetings: &[Uuid]) -> Result<BTreeMap<MeetingId, Vec<Point>>> {
        let rows = sqlx::query!(
            r#"select a.id, a.meeting_id, a.text, a.result, a.case_id, c.number as "number?",
                 (select v.content ->> 'title' from rashin.case_versions v where v.case_id = c.id order by v.revision desc limit 1) as title,
                 e.event as "act?: Json<case::Act>", e.document_number as "document?", o.votes_for, o.votes_against, o.votes_withheld
               from rashin.agenda_items a
               left join rashin.cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
               left join rashin.meeting_outcomes o on o.tenant_id = a.tenant_id and o.agenda_id = a.id
               left join rashin.case_events e on e.tenant_id = o.tenant_id and e.case_id = o.case_id and e.version = o.case_version
               where a.meeting_id = any ($1) order by a.meeting_id, a.position, a.id"#,
            meetings
        )
        .fetch_all(self.sql())
        .await?;
        let mut agendas: BTreeMap<MeetingId, Vec<Point>> = BTreeMap::new();
        for row in rows {
            let case =
                row.case_id.zip(row.number).map(|(id, number)| Brought { id: CaseId(id), number, title: row.title.unwrap_or_default() });
            let votes = match (row.votes_for, row.votes_against, row.votes_withheld) {
                (Some(agreed), Some(against), Some(withheld)) => Some(Votes { agreed, against, withheld }),
                _ => None,
            };
            let outcome = row.act.map(|act| Taken { act: act.0, document: row.document.unwrap_or_default(), votes });
            let point = Point { id: AgendaId(row.id), case, text: row.text, result: row.result, outcome };
            agendas.entry(MeetingId(row.meeting_id)).or_default().push(point);
        }
        Ok(agendas)
    }

    /// Arranges meetings of a body, with their series if they are one; the number of the first.
    pub async fn arrange_meetings(
        &mut self,
        permit: Permit,
        body: &Body,
        arrangements: &[Arrangement],
        series: Option<&Series>,
    ) -> Result<i32> {
        let (city, by, now) = (self.city().id.0, self.author()?, jiff_sqlx::Timestamp::from(self.now()));
        let series_id = series.map(|_| self.new_id());
        if let (Some(id), Some(series)) = (series_id, series) {
            sqlx::query!(
                "insert into rashin.meeting_series (tenant_id, id, roster_id, series, made_by, made_at) values ($1, $2, $3, $4, $5, $6)",
                city,
                id,
                body.id.0,
                Json(series) as _,
                by,
                now as _
            )
            .execute(self.sql())
            .await?;
        }
        let title = &arrangements.first().ok_or(StoreError::NotFound)?.title;
        let first = self.next_number(Numbered::Meetings).await?;
        for (number, arrangement) in (first..).zip(arrangements) {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.meetings (tenant_id, id, number, roster_id, series_id) values ($1, $2, $3, $4, $5)",
                city,
                id,
                number,
                body.id.0,
                series_id
            )
            .execute(self.sql())
            .await?;
            let act = Act::Arranged { arrangement: arrangement.clone(), reason: String::new() };
            self.write_meeting_event(MeetingId(id), 0, &act).await?;
        }
        self.used(
            permit,
            format!("meeting {first}"),
            json!({ "body": body.charter.name, "meeting": title, "meetings": arrangements.len() }),
        );
        Ok(first)
    }

    /// Records what happened to a meeting, if nothing else happened since it was seen: else
    /// `Conflict(meeting_events_one_per_version)`.
    pub async fn record_meeting(&mut self, permit: Permit, sitting: &Sitting, act: &Act) -> Result<()> {
        self.write_meeting_event(sitting.id, sitting.meeting.version, act).await?;
        let detail = match act {
            Act::Arranged { arrangement, reason } => json!({ "arranged": arrangement.when(), "reason": reason }),
            Act::Convened => json!({ "convened": sitting.meeting.arrangement.title }),
            Act::CalledOff { reason } => json!({ "called_off": sitting.meeting.arrangement.title, "reason": reason }),
            Act::Closed => json!({ "closed": sitting.meeting.arrangement.title }),
        };
        self.used(permit, format!("meeting {}", sitting.number), detail);
        Ok(())
    }

    async fn write_meeting_event(&mut self, meeting: MeetingId, seen: u32, act: &Act) -> Result<()> {
        let (city, id, by, now, today) = (self.city().id.0, self.new_id(), self.author()?, self.now(), self.today());
        let version = i32::try_from(seen).unwrap_or(i32::MAX - 1) + 1;
        let done = sqlx::query!(
            "insert into rashin.meeting_events (tenant_id, id, meeting_id, version, happened_on, event, member_id, happened_at)
             select $1, $2, $3::uuid, $4::integer, $5, $6, $7, $8
             where $4::integer = 1 + coalesce((select max(version) from rashin.meeting_events e where e.meeting_id = $3::uuid), 0)
             on conflict do nothing",
            city,
            id,
            meeting.0,
            version,
            jiff_sqlx::Date::from(today) as _,
            Json(act) as _,
            by,
            jiff_sqlx::Timestamp::from(now) as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::Conflict(STALE_MEETING.to_owned())) } else { Ok(()) }
    }

    /// Adds cases, then a point of its own if there is one, at the end of an agenda. A case that is on it stays where it is.
    pub async fn add_to_agenda(&mut self, permit: Permit, sitting: &Sitting, cases: &[CaseId], text: &str) -> Result<()> {
        let city = self.city().id.0;
        let points = cases.iter().map(|case| (Some(case.0), "")).chain((!text.is_empty()).then_some((None, text)));
        for (case, text) in points {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.agenda_items (tenant_id, id, meeting_id, position, case_id, text)
                 values ($1, $2, $3, 1 + coalesce((select max(position) from rashin.agenda_items where meeting_id = $3), 0), $4, $5)
                 on conflict on constraint agenda_items_case_once do nothing",
                city,
                id,
                sitting.id.0,
                case,
                text
            )
            .execute(self.sql())
            .await?;
        }
        self.used(permit, format!("meeting {}", sitting.number), json!({ "agenda": cases.len() + usize::from(!text.is_empty()) }));
        Ok(())
    }

    /// Puts an agenda into another order. What came to it meanwhile stays where it is.
    pub async fn order_agenda(&mut self, permit: Permit, sitting: &Sitting, order: &[AgendaId]) -> Result<()> {
        let ids: Vec<Uuid> = order.iter().map(|id| id.0).collect();
        sqlx::query!(
            "update rashin.agenda_items a set position = o.position
             from unnest($2::uuid[]) with ordinality as o (id, position) where a.id = o.id and a.meeting_id = $1",
            sitting.id.0,
            &ids
        )
        .execute(self.sql())
        .await?;
        self.used(permit, format!("meeting {}", sitting.number), json!({ "agenda": order.len() }));
        Ok(())
    }

    /// Takes a point from an agenda; one with answers or an outcome stays: `Conflict`.
    pub async fn take_from_agenda(&mut self, permit: Permit, sitting: &Sitting, point: &Point) -> Result<()> {
        sqlx::query!("delete from rashin.agenda_items where id = $1 and meeting_id = $2", point.id.0, sitting.id.0)
            .execute(self.sql())
            .await?;
        self.used(permit, format!("meeting {}", sitting.number), json!({ "taken_off": point.title() }));
        Ok(())
    }

    /// Writes down what came of points that are no decision about a case.
    pub async fn keep_results(&mut self, permit: Permit, sitting: &Sitting, results: &[(AgendaId, String)]) -> Result<()> {
        for (id, result) in results {
            sqlx::query!("update rashin.agenda_items set result = $3 where id = $1 and meeting_id = $2", id.0, sitting.id.0, result)
                .execute(self.sql())
                .await?;
        }
        self.used(permit, format!("meeting {}", sitting.number), json!({ "results": results.len() }));
        Ok(())
    }

    /// Ties the newest event of a case – the one after the version that was seen – to the meeting where it was decided.
    pub async fn tie_outcome(&mut self, point: AgendaId, case: CaseId, seen: u32, votes: Option<Votes>) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        sqlx::query!(
            "insert into rashin.meeting_outcomes (tenant_id, id, agenda_id, case_id, case_version, votes_for, votes_against, votes_withheld)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            city,
            id,
            point.0,
            case.0,
            i32::try_from(seen).unwrap_or(i32::MAX - 1) + 1,
            votes.map(|votes| votes.agreed),
            votes.map(|votes| votes.against),
            votes.map(|votes| votes.withheld)
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Who writes: nobody but a member.
    pub(crate) fn author(&self) -> Result<Uuid> {
        self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)
    }
}
