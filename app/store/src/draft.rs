//! The draft revision of a plan: steps of changes beside the live plan, append-only until it is published or discarded.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    draft::{Change, Draft, Kind, edit::check},
    ids::{MemberId, PlanId},
    plan::{PlanContent, PlanKind},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Result, StoreError, TenantTx,
    draft_kpi::{Changes, Footings, Stored},
    plan::PlanRef,
};

/// A plan on the desk of those who edit it.
#[derive(Clone, Debug)]
pub struct Desk {
    pub plan: PlanRef,
    pub live: PlanContent,
    /// The live plan with the draft's changes on it; the live plan itself when no draft is open.
    pub draft: Draft,
    pub revision: Option<Revision>,
    pub(crate) footings: Footings,
}

/// The open draft.
#[derive(Clone, Debug)]
pub struct Revision {
    id: Uuid,
    pub opened_at: Timestamp,
    /// Number of the newest step; 0 when none was made.
    pub steps: i32,
}

/// One act of one person.
#[derive(Clone, Debug)]
pub struct Step {
    pub number: i32,
    pub member: Option<MemberId>,
    pub member_name: Option<String>,
    pub at: Timestamp,
    pub summary: String,
    /// The step that this one took back.
    pub undoes: Option<i32>,
    pub is_undone: bool,
}

/// What a step made of one object.
#[derive(Clone, Debug)]
pub struct Version {
    pub step: Step,
    /// Whether the step belongs to the open draft.
    pub is_open: bool,
    /// `None`: taken out, or back to the live plan's.
    pub body: Option<Value>,
    /// Of a KPI: version of the definition that it was made on.
    pub on: Option<i32>,
}

/// Why a step is not taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// This one is, as step.
    Step { summary: String },
    /// There is no step of this person left.
    Nothing,
    /// Somebody's later step stands on it.
    Overtaken { by: String },
    /// Without it something else would hang in the air; what would be wrong, as a sentence.
    Needed { wrong: String },
}

impl Desk {
    pub fn content(&self) -> &PlanContent {
        self.draft.content()
    }
}

impl TenantTx {
    pub async fn plan_named(&mut self, slug: &str) -> Result<PlanRef> {
        let row = sqlx::query!("select id, slug, title, kind from rashin.plans where slug = $1", slug).fetch_one(self.sql()).await?;
        let kind = PlanKind::from_code(&row.kind).unwrap_or(PlanKind::DxPlan);
        Ok(PlanRef { id: PlanId(row.id), slug: row.slug, title: row.title, kind })
    }

    /// The plan with its draft, to look at.
    pub async fn desk(&mut self, slug: &str) -> Result<Desk> {
        let plan = self.plan_named(slug).await?;
        self.desk_of(plan).await
    }

    /// The plan with its draft, to change: others wait until this transaction ends.
    pub async fn desk_to_change(&mut self, slug: &str) -> Result<Desk> {
        let plan = self.plan_named(slug).await?;
        sqlx::query!("select id from rashin.plans where id = $1 for update", plan.id.0).fetch_one(self.sql()).await?;
        self.desk_of(plan).await
    }

    /// Others who want to change or publish any plan of the tenant wait until this transaction ends: what is published
    /// or imported may define KPIs that other plans share. What is to be checked is looked at after this.
    pub async fn hold_plans(&mut self) -> Result<()> {
        sqlx::query!("select id from rashin.plans order by id for update").fetch_all(self.sql()).await?;
        Ok(())
    }

    pub(crate) async fn desk_by_id(&mut self, id: PlanId) -> Result<Desk> {
        let plan = self.plans().await?.into_iter().find(|plan| plan.id == id).ok_or(StoreError::NotFound)?;
        self.desk_of(plan).await
    }

    /// A plan with its draft, to look at.
    pub async fn desk_of(&mut self, plan: PlanRef) -> Result<Desk> {
        let live = self.plan_content(plan.id).await?;
        let revision = self.open_draft(plan.id).await?;
        let changes = match &revision {
            Some(revision) => self.changes(revision.id, None).await?,
            None => BTreeMap::new(),
        };
        let (draft, footings) = self.lay(live.clone(), changes).await?;
        Ok(Desk { plan, live, draft, revision, footings })
    }

    async fn open_draft(&mut self, plan: PlanId) -> Result<Option<Revision>> {
        let row = sqlx::query!(
            r#"select d.id, d.opened_at, coalesce((select max(number) from rashin.draft_steps s
                                                  where s.tenant_id = d.tenant_id and s.draft_id = d.id), 0) as "steps!"
               from rashin.drafts d where d.plan_id = $1 and d.closed_at is null"#,
            plan.0
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|r| Revision { id: r.id, opened_at: r.opened_at.to_jiff(), steps: r.steps }))
    }

    /// Newest change of each object, or the newest before a step; `None` in the map: as the live plan has it.
    async fn changes(&mut self, draft: Uuid, before: Option<i32>) -> Result<Changes> {
        let rows = sqlx::query!(
            "select distinct on (kind, key) kind, key, state, body, rank, definition from rashin.draft_changes
             where draft_id = $1 and ($2::int is null or step < $2) order by kind, key, step desc",
            draft,
            before
        )
        .fetch_all(self.sql())
        .await?;
        let mut changes = BTreeMap::new();
        for r in rows {
            let kind = kind(&r.kind)?;
            let change = Change { kind, key: r.key.clone(), body: r.body, rank: r.rank };
            changes.insert((kind, r.key), (r.state != "live").then_some(Stored { change, on: r.definition }));
        }
        Ok(changes)
    }

    /// Records what turns the desk's draft into `after` as one step. `false`: it is the same, nothing was recorded.
    pub async fn record_step(&mut self, permit: Permit, desk: &Desk, after: &PlanContent, summary: &str) -> Result<bool> {
        let mut changes = desk.draft.changes_to(after);
        changes.extend(desk.settled_without_change(&changes));
        if changes.is_empty() {
            return Ok(false);
        }
        let stored = |change: Change| Stored { on: desk.made_on(&change), change };
        let changes = changes.into_iter().map(|change| ((change.kind, change.key.clone()), Some(stored(change)))).collect();
        let step = self.write_step(desk.plan.id, desk.revision.as_ref(), summary, None, changes).await?;
        self.used(permit, desk.plan.slug.clone(), json!({ "step": step, "summary": summary }));
        Ok(true)
    }

    async fn write_step(
        &mut self,
        plan: PlanId,
        revision: Option<&Revision>,
        summary: &str,
        undoes: Option<i32>,
        changes: Changes,
    ) -> Result<i32> {
        let (city, now) = (self.city().id.0, jiff_sqlx::Timestamp::from(self.now()));
        let member = self.member().map(|member| member.id.0);
        let (draft, steps) = match revision {
            Some(revision) => (revision.id, revision.steps),
            None => {
                let id = self.new_id();
                sqlx::query!(
                    "insert into rashin.drafts (tenant_id, id, plan_id, opened_at, opened_by) values ($1, $2, $3, $4, $5)",
                    city,
                    id,
                    plan.0,
                    now as _,
                    member
                )
                .execute(self.sql())
                .await?;
                (id, 0)
            }
        };
        let (step, id) = (steps + 1, self.new_id());
        sqlx::query!(
            "insert into rashin.draft_steps (tenant_id, id, draft_id, number, member_id, at, summary, undoes) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            city,
            id,
            draft,
            step,
            member,
            now as _,
            summary,
            undoes
        )
        .execute(self.sql())
        .await?;
        for ((kind, key), stored) in changes {
            let id = self.new_id();
            let (rank, on) = stored.as_ref().map_or((0.0, None), |stored| (stored.change.rank, stored.on));
            let state = match &stored {
                None => "live",
                Some(Stored { change: Change { body: None, .. }, .. }) => "gone",
                Some(_) => "put",
            };
            // A KPI that this draft did not have yet is made on the newest definition.
            sqlx::query!(
                "insert into rashin.draft_changes (tenant_id, id, draft_id, step, kind, key, state, body, rank, definition)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                         case when $5 = 'kpis' and $7 = 'put' then coalesce($10, (
                           select coalesce(max(d.version), 0) from rashin.kpis k
                           join rashin.kpi_definitions d on d.tenant_id = k.tenant_id and d.kpi_id = k.id where k.code = $6)) end)",
                city,
                id,
                draft,
                step,
                kind.code(),
                key,
                state,
                stored.and_then(|stored| stored.change.body),
                rank,
                on,
            )
            .execute(self.sql())
            .await?;
        }
        Ok(step)
    }

    /// Takes back this person's last step that is not taken back yet, unless somebody's later step changed the same.
    pub async fn undo_step(&mut self, permit: Permit, desk: &Desk) -> Result<Undone> {
        let Some(revision) = &desk.revision else { return Ok(Undone::Nothing) };
        let me = self.member().map(|member| member.id);
        let steps = self.draft_steps(desk.plan.id).await?;
        let Some(mine) = steps.iter().find(|step| step.member == me && step.undoes.is_none() && !step.is_undone) else {
            return Ok(Undone::Nothing);
        };
        // A later change of the same object stands on it, unless both that change and its taking back are over.
        let overtaken = sqlx::query_scalar!(
            "select s.summary from rashin.draft_changes c
             join rashin.draft_changes l on l.tenant_id = c.tenant_id and l.draft_id = c.draft_id and l.kind = c.kind and l.key = c.key and l.step > c.step
             join rashin.draft_steps s on s.tenant_id = l.tenant_id and s.draft_id = l.draft_id and s.number = l.step
             where c.draft_id = $1 and c.step = $2 and s.undoes is null
               and not exists (select from rashin.draft_steps u where u.tenant_id = s.tenant_id and u.draft_id = s.draft_id and u.undoes = s.number)
             order by s.number desc limit 1",
            revision.id,
            mine.number
        )
        .fetch_optional(self.sql())
        .await?;
        if let Some(by) = overtaken {
            return Ok(Undone::Overtaken { by });
        }
        let touched =
            sqlx::query!("select kind, key from rashin.draft_changes where draft_id = $1 and step = $2", revision.id, mine.number)
                .fetch_all(self.sql())
                .await?;
        let mut before = self.changes(revision.id, Some(mine.number)).await?;
        let mut then = self.changes(revision.id, None).await?;
        let mut back = BTreeMap::new();
        for row in touched {
            let object = (kind(&row.kind)?, row.key);
            let change = before.remove(&object).flatten();
            then.insert(object.clone(), change.clone());
            back.insert(object, change);
        }
        // What came later may hang on it, and not be the same object: a node under a new one.
        let (then, _) = self.lay(desk.live.clone(), then).await?;
        let standing = check(desk.content());
        if let Some(wrong) = check(then.content()).into_iter().find(|fault| !standing.contains(fault)) {
            return Ok(Undone::Needed { wrong });
        }
        let summary = format!("取り消し：{}", mine.summary);
        let step = self.write_step(desk.plan.id, Some(revision), &summary, Some(mine.number), back).await?;
        self.used(permit, desk.plan.slug.clone(), json!({ "step": step, "undoes": mine.number }));
        Ok(Undone::Step { summary: mine.summary.clone() })
    }

    /// Throws the open draft away; its steps stay in the history.
    pub async fn discard_draft(&mut self, permit: Permit, desk: &Desk) -> Result<()> {
        let revision = desk.revision.as_ref().ok_or(StoreError::NotFound)?;
        self.close_draft(revision, "discarded", None).await?;
        self.used(permit, desk.plan.slug.clone(), json!({ "discarded": revision.steps }));
        Ok(())
    }

    pub(crate) async fn close_draft(&mut self, revision: &Revision, outcome: &str, edition: Option<i32>) -> Result<()> {
        let now = jiff_sqlx::Timestamp::from(self.now());
        sqlx::query!(
            "update rashin.drafts set closed_at = $2, outcome = $3, edition = $4 where id = $1",
            revision.id,
            now as _,
            outcome,
            edition
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Steps of the open draft, newest first.
    pub async fn draft_steps(&mut self, plan: PlanId) -> Result<Vec<Step>> {
        let rows = sqlx::query!(
            r#"select s.number, s.member_id, m.name as "member_name?", s.at, s.summary, s.undoes,
                 exists (select from rashin.draft_steps u where u.tenant_id = s.tenant_id and u.draft_id = s.draft_id and u.undoes = s.number)
                   as "is_undone!"
               from rashin.draft_steps s
               join rashin.drafts d on d.tenant_id = s.tenant_id and d.id = s.draft_id
               left join rashin.members m on m.tenant_id = s.tenant_id and m.id = s.member_id
               where d.plan_id = $1 and d.closed_at is null order by s.number desc"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let step = rows.into_iter().map(|r| Step {
            number: r.number,
            member: r.member_id.map(MemberId),
            member_name: r.member_name,
            at: r.at.to_jiff(),
            summary: r.summary,
            undoes: r.undoes,
            is_undone: r.is_undone,
        });
        Ok(step.collect())
    }

    /// What drafts, open and past, made of an object; newest first.
    pub async fn history(&mut self, plan: PlanId, kind: Kind, key: &str) -> Result<Vec<Version>> {
        let rows = sqlx::query!(
            r#"select s.number, s.member_id, m.name as "member_name?", s.at, s.summary, s.undoes, c.body, c.definition, d.closed_at is null as "is_open!",
                 exists (select from rashin.draft_steps u where u.tenant_id = s.tenant_id and u.draft_id = s.draft_id and u.undoes = s.number)
                   as "is_undone!"
               from rashin.draft_changes c
               join rashin.draft_steps s on s.tenant_id = c.tenant_id and s.draft_id = c.draft_id and s.number = c.step
               join rashin.drafts d on d.tenant_id = s.tenant_id and d.id = s.draft_id
               left join rashin.members m on m.tenant_id = s.tenant_id and m.id = s.member_id
               where d.plan_id = $1 and c.kind = $2 and c.key = $3 order by s.at desc, s.number desc"#,
            plan.0,
            kind.code(),
            key
        )
        .fetch_all(self.sql())
        .await?;
        let version = rows.into_iter().map(|r| Version {
            is_open: r.is_open,
            body: r.body,
            on: r.definition,
            step: Step {
                number: r.number,
                member: r.member_id.map(MemberId),
                member_name: r.member_name,
                at: r.at.to_jiff(),
                summary: r.summary,
                undoes: r.undoes,
                is_undone: r.is_undone,
            },
        });
        Ok(version.collect())
    }

    /// Begins a new plan of the tenant. `Conflict(plans_one_slug)` when its address is taken.
    pub async fn create_plan(&mut self, permit: Permit, content: &PlanContent) -> Result<()> {
        if self.plan_id(&content.plan.slug).await?.is_some() {
            return Err(StoreError::Conflict("plans_one_slug".to_owned()));
        }
        self.import_plan(permit, content).await?;
        Ok(())
    }
}

pub(crate) fn kind(code: &str) -> Result<Kind> {
    Kind::from_code(code).ok_or_else(|| StoreError::Db(sqlx::Error::Decode(format!("kind {code}").into())))
}
