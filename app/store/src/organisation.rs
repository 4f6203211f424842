//! Sections over time: the whole history, what changes it, and what takes a change back.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::{Capacity, Permit, Role},
    ids::{KpiId, MemberId, PlanId, ReorganisationId, SectionId},
    organisation::{Act, Changes, Order, Organisation, Place, Section, Span, Subject, Succession, Tenure},
};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, StoreError, TenantTx};

/// All sections with what they hold, and how it is called.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    pub organisation: Organisation,
    /// By the id of the responsibility or assignment.
    pub held: BTreeMap<Uuid, Held>,
}

/// A responsibility or assignment in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Of the KPI, the initiative or the person.
    pub name: String,
    /// Code of the KPI, key of the initiative; role, post and capacity.
    pub detail: String,
}

/// An act that was prepared or has taken effect.
#[derive(Clone, Debug)]
pub struct Reorganisation {
    pub id: ReorganisationId,
    pub act: Act,
    pub on: Date,
    pub reason: String,
    pub summary: String,
    pub changes: Changes,
    pub planned_by: Option<String>,
    pub planned_at: Timestamp,
    pub is_withdrawn: bool,
}

/// The days of a row that is in force for a time.
pub(crate) fn span(from: jiff_sqlx::Date, until: Option<jiff_sqlx::Date>) -> Span {
    Span { from: from.to_jiff(), until: until.map(|day| day.to_jiff()) }
}

fn day(date: Date) -> jiff_sqlx::Date {
    jiff_sqlx::Date::from(date)
}

impl TenantTx {
    pub async fn organisation(&mut self) -> Result<Chart> {
        let mut chart = Chart::default();
        chart.organisation.sections = self.all_sections().await?;
        chart.organisation.successions = self.successions().await?;
        self.add_responsibilities(&mut chart).await?;
        self.add_assignments(&mut chart).await?;
        Ok(chart)
    }

    /// The same, to be changed: whoever else wants to change it waits until this transaction is over.
    pub async fn organisation_to_change(&mut self) -> Result<Chart> {
        self.one_at_a_time("organisation").await?;
        self.organisation().await
    }

    /// Sections of the past and of the future, too.
    pub async fn all_sections(&mut self) -> Result<Vec<Section>> {
        let rows = sqlx::query!(
            "select id, key, parent_id, name, kind, position, valid_from, valid_until from rashin.sections order by position, key"
        )
        .fetch_all(self.sql())
        .await?;
        let moves = sqlx::query!("select section_id, parent_id, effective_on from rashin.section_moves order by effective_on")
            .fetch_all(self.sql())
            .await?;
        let mut places: BTreeMap<Uuid, Vec<Place>> = BTreeMap::new();
        for row in moves {
            let place = Place { from: row.effective_on.to_jiff(), parent: row.parent_id.map(SectionId) };
            places.entry(row.section_id).or_default().push(place);
        }
        let sections = rows.into_iter().map(|row| {
            let first = Place { from: row.valid_from.to_jiff(), parent: row.parent_id.map(SectionId) };
            Section {
                id: SectionId(row.id),
                key: row.key,
                name: row.name,
                kind: row.kind,
                position: row.position,
                span: span(row.valid_from, row.valid_until),
                places: std::iter::once(first).chain(places.remove(&row.id).unwrap_or_default()).collect(),
            }
        });
        Ok(sections.collect())
    }

    async fn successions(&mut self) -> Result<Vec<Succession>> {
        let rows = sqlx::query!(
            "select f.section_id, f.successor_id, f.effective_on
             from rashin.section_successors f
             join rashin.sections o on o.tenant_id = f.tenant_id and o.id = f.section_id
             join rashin.sections s on s.tenant_id = f.tenant_id and s.id = f.successor_id
             order by f.effective_on, o.position, o.key, s.position, s.key"
        )
        .fetch_all(self.sql())
        .await?;
        let successions = rows.into_iter().map(|row| Succession {
            section: SectionId(row.section_id),
            successor: SectionId(row.successor_id),
            on: row.effective_on.to_jiff(),
        });
        Ok(successions.collect())
    }

    async fn add_responsibilities(&mut self, chart: &mut Chart) -> Result<()> {
        let rows = sqlx::query!(
            r#"select r.id, r.section_id, r.valid_from, r.valid_until, r.kpi_id, r.plan_id, r.node_key, k.code as "code?", d.name as "name?", n.title as "title?"
               from rashin.responsibilities r
               left join rashin.kpis k on k.tenant_id = r.tenant_id and k.id = r.kpi_id
               left join lateral (select name from rashin.kpi_definitions d where d.tenant_id = k.tenant_id and d.kpi_id = k.id
                                  order by version desc limit 1) d on true
               left join rashin.nodes n on n.tenant_id = r.tenant_id and n.plan_id = r.plan_id and n.key = r.node_key
               order by k.code, n.position, r.valid_from desc, r.id desc"#
        )
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            let subject = match (row.kpi_id, row.plan_id, row.node_key) {
                (Some(kpi), ..) => Subject::Kpi(KpiId(kpi)),
                (None, Some(plan), Some(key)) => Subject::Initiative(PlanId(plan), key),
                // The table's check admits nothing else.
                _ => continue,
            };
            let key = match &subject {
                Subject::Initiative(_, key) => key.clone(),
                Subject::Kpi(_) | Subject::Assignment(..) => row.code.unwrap_or_default(),
            };
            chart.held.insert(row.id, Held { name: row.name.or(row.title).unwrap_or_default(), detail: key });
            let span = span(row.valid_from, row.valid_until);
            chart.organisation.tenures.push(Tenure { id: row.id, subject, section: SectionId(row.section_id), span, rank: 0 });
        }
        Ok(())
    }

    async fn add_assignments(&mut self, chart: &mut Chart) -> Result<()> {
        let rows = sqlx::query!(
            r#"select a.id, a.section_id as "section_id!", a.member_id, a.role, a.post, a.capacity, a.valid_from, a.valid_until, m.name
               from rashin.assignments a join rashin.members m on m.tenant_id = a.tenant_id and m.id = a.member_id
               where a.section_id is not null
               order by m.staff_number nulls last, m.name, a.valid_from, a.id"#
        )
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            // The columns' check constraints admit the enums' codes only.
            let role = Role::from_code(&row.role).unwrap_or(Role::Viewer);
            let capacity = Capacity::from_code(&row.capacity).unwrap_or(Capacity::Main);
            let rank = Capacity::ALL.iter().position(|one| *one == capacity).unwrap_or_default() as u8;
            let detail = match row.post.is_empty() {
                true => format!("{}（{}）", role.label(), capacity.label()),
                false => format!("{}（{}・{}）", role.label(), row.post, capacity.label()),
            };
            chart.held.insert(row.id, Held { name: row.name, detail });
            let subject = Subject::Assignment(MemberId(row.member_id), role);
            let span = span(row.valid_from, row.valid_until);
            chart.organisation.tenures.push(Tenure { id: row.id, subject, section: SectionId(row.section_id), span, rank });
        }
        Ok(())
    }

    /// Acts upon the organisation, the latest day first; withdrawn ones too.
    pub async fn reorganisations(&mut self) -> Result<Vec<Reorganisation>> {
        self.find_reorganisations(None).await
    }

    pub async fn reorganisation(&mut self, id: ReorganisationId) -> Result<Reorganisation> {
        self.find_reorganisations(Some(id)).await?.pop().ok_or(StoreError::NotFound)
    }

    async fn find_reorganisations(&mut self, id: Option<ReorganisationId>) -> Result<Vec<Reorganisation>> {
        let rows = sqlx::query!(
            r#"select r.id, r.kind, r.effective_on, r.reason, r.summary, r.changes as "changes: Json<Changes>", r.planned_at, r.withdrawn_at,
                 m.name as "planned_by?"
               from rashin.reorganisations r
               left join rashin.members m on m.tenant_id = r.tenant_id and m.id = r.planned_by
               where $1::uuid is null or r.id = $1 order by r.effective_on desc, r.planned_at desc, r.id desc"#,
            id.map(|id| id.0)
        )
        .fetch_all(self.sql())
        .await?;
        let one = rows.into_iter().map(|row| Reorganisation {
            id: ReorganisationId(row.id),
            act: Act::from_code(&row.kind).unwrap_or(Act::Move),
            on: row.effective_on.to_jiff(),
            reason: row.reason,
            summary: row.summary,
            changes: row.changes.0,
            planned_by: row.planned_by,
            planned_at: row.planned_at.to_jiff(),
            is_withdrawn: row.withdrawn_at.is_some(),
        });
        Ok(one.collect())
    }

    /// Carries an act out: its rows begin and end on its day. `Conflict(reorganisations_pkey)` when it was carried out
    /// already.
    pub async fn reorganise(
        &mut self,
        permit: Permit,
        id: ReorganisationId,
        order: &Order,
        changes: &Changes,
        summary: &str,
    ) -> Result<()> {
        let (city, now) = (self.city().id.0, self.now());
        let by = self.member().map(|member| member.id.0);
        sqlx::query!(
            "insert into rashin.reorganisations (tenant_id, id, kind, effective_on, reason, summary, changes, planned_by, planned_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            city,
            id.0,
            order.act.code(),
            day(order.on) as _,
            order.reason,
            summary,
            Json(changes) as _,
            by,
            jiff_sqlx::Timestamp::from(now) as _,
        )
        .execute(self.sql())
        .await?;
        self.change_sections(changes).await?;
        self.change_held(changes).await?;
        self.used(permit, summary, json!({ "reorganisation": id, "kind": order.act.code(), "on": order.on }));
        Ok(())
    }

    async fn change_sections(&mut self, changes: &Changes) -> Result<()> {
        let (city, on) = (self.city().id.0, changes.on);
        for new in &changes.founded {
            sqlx::query!(
                "insert into rashin.sections (tenant_id, id, key, parent_id, name, kind, position, valid_from) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                city,
                new.id.0,
                new.key,
                new.parent.map(|parent| parent.0),
                new.name,
                new.kind,
                new.position,
                day(on) as _,
            )
            .execute(self.sql())
            .await?;
        }
        for closed in &changes.closed {
            sqlx::query!("update rashin.sections set valid_until = $2 where id = $1", closed.section.0, day(closed.now) as _)
                .execute(self.sql())
                .await?;
        }
        for moved in &changes.moved {
            self.put_section(moved.section, moved.parent, on).await?;
        }
        for (section, successor) in &changes.successors {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.section_successors (tenant_id, id, section_id, successor_id, effective_on) values ($1, $2, $3, $4, $5)",
                city,
                id,
                section.0,
                successor.0,
                day(on) as _
            )
            .execute(self.sql())
            .await?;
        }
        Ok(())
    }

    /// Puts a section under another one from a day on.
    pub(crate) async fn put_section(&mut self, section: SectionId, parent: Option<SectionId>, on: Date) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        sqlx::query!(
            "insert into rashin.section_moves (tenant_id, id, section_id, parent_id, effective_on) values ($1, $2, $3, $4, $5)
             on conflict on constraint section_moves_one_a_day do update set parent_id = excluded.parent_id",
            city,
            id,
            section.0,
            parent.map(|parent| parent.0),
            day(on) as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// A row is a responsibility or an assignment: its id is in one of the two tables, and each statement asks both.
    async fn change_held(&mut self, changes: &Changes) -> Result<()> {
        for copied in &changes.copied {
            sqlx::query!(
                "with responsibility as (
                   insert into rashin.responsibilities
                     (tenant_id, id, kpi_id, plan_id, node_key, section_id, person_id, deputy_id, valid_from, valid_until)
                   select tenant_id, $1, kpi_id, plan_id, node_key, $3, person_id, deputy_id, $4, $5
                   from rashin.responsibilities where id = $2)
                 insert into rashin.assignments (tenant_id, id, member_id, section_id, role, post, capacity, valid_from, valid_until)
                 select tenant_id, $1, member_id, $3, role, post, capacity, $4, $5 from rashin.assignments where id = $2",
                copied.id,
                copied.of,
                copied.section.0,
                day(changes.on) as _,
                copied.until.map(day) as _
            )
            .execute(self.sql())
            .await?;
        }
        for retimed in &changes.retimed {
            self.retime(retimed.id, retimed.was, retimed.now).await?;
        }
        Ok(())
    }

    /// Gives a row another section and last day, if it is still as it was.
    async fn retime(&mut self, id: Uuid, was: (SectionId, Option<Date>), now: (SectionId, Option<Date>)) -> Result<()> {
        sqlx::query!(
            "with responsibility as (
               update rashin.responsibilities set section_id = $4, valid_until = $5
               where id = $1 and section_id = $2 and valid_until is not distinct from $3)
             update rashin.assignments set section_id = $4, valid_until = $5
             where id = $1 and section_id = $2 and valid_until is not distinct from $3",
            id,
            was.0.0,
            was.1.map(day) as _,
            now.0.0,
            now.1.map(day) as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Takes an act back as [`Organisation::undo`] does; whether it can be is asked there. `Conflict` by a foreign key
    /// when a row refers to a section of it, or on `reorganisations` when it was withdrawn already.
    pub async fn withdraw_reorganisation(&mut self, permit: Permit, act: &Reorganisation) -> Result<()> {
        let (now, by) = (self.now(), self.member().map(|member| member.id.0));
        let done = sqlx::query!(
            "update rashin.reorganisations set withdrawn_at = $2, withdrawn_by = $3 where id = $1 and withdrawn_at is null",
            act.id.0,
            jiff_sqlx::Timestamp::from(now) as _,
            by
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict("reorganisations".to_owned()));
        }
        let changes = &act.changes;
        let copies: Vec<Uuid> = changes.copied.iter().map(|copied| copied.id).collect();
        sqlx::query!("delete from rashin.responsibilities where id = any ($1)", &copies).execute(self.sql()).await?;
        sqlx::query!("delete from rashin.assignments where id = any ($1)", &copies).execute(self.sql()).await?;
        for retimed in &changes.retimed {
            self.retime(retimed.id, retimed.now, retimed.was).await?;
        }
        for (section, successor) in &changes.successors {
            sqlx::query!("delete from rashin.section_successors where section_id = $1 and successor_id = $2", section.0, successor.0)
                .execute(self.sql())
                .await?;
        }
        for moved in &changes.moved {
            sqlx::query!(
                "delete from rashin.section_moves where section_id = $1 and effective_on = $2",
                moved.section.0,
                day(changes.on) as _
            )
            .execute(self.sql())
            .await?;
        }
        for closed in &changes.closed {
            let was = closed.was.map(day);
            sqlx::query!("update rashin.sections set valid_until = $2 where id = $1", closed.section.0, was as _)
                .execute(self.sql())
                .await?;
        }
        let founded: Vec<Uuid> = changes.founded.iter().map(|new| new.id.0).collect();
        sqlx::query!("delete from rashin.sections where id = any ($1)", &founded).execute(self.sql()).await?;
        self.used(permit, act.summary.as_str(), json!({ "reorganisation": act.id, "withdrawn": true }));
        Ok(())
    }

    /// Gives sections their order: the first comes first among those beside it.
    pub async fn order_sections(&mut self, permit: Permit, order: &[SectionId]) -> Result<()> {
        let ids: Vec<Uuid> = order.iter().map(|section| section.0).collect();
        sqlx::query!(
            "update rashin.sections s set position = o.n::integer
             from unnest($1::uuid[]) with ordinality o (id, n) where s.id = o.id",
            &ids
        )
        .execute(self.sql())
        .await?;
        self.used(permit, "order", json!({ "sections": order }));
        Ok(())
    }
}
