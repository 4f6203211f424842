//! Drafts and what is not theirs alone: KPIs that several plans share, and what earlier editions took out of the plan.

use std::collections::BTreeMap;

use rashin_domain::{
    draft::{
        Change, Draft, Kind, ObjectKey, label,
        shared::{Clash, rebase},
    },
    ids::PlanId,
    plan::{Kpi, PlanContent},
};

use crate::{
    Result, StoreError, TenantTx,
    draft::Desk,
    kpi::{definition, of_plan, taken_out_of_plan},
    plan::PlanRef,
};

/// A change as it is stored. `on`: version of the definition that a KPI was made on, 0 when it had none.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub change: Change,
    pub on: Option<i32>,
}

/// Newest change of each object; `None`: as the live plan has it.
pub(crate) type Changes = BTreeMap<ObjectKey, Option<Stored>>;

/// Versions of the definition that a draft's KPI stands on, and in what they disagree.
#[derive(Clone, Debug)]
pub(crate) struct Footing {
    on: i32,
    newest: i32,
    clashes: Vec<Clash>,
    /// Somebody saw the newest version and decided.
    settled: bool,
}

/// Of each KPI that a draft changes, by code.
pub(crate) type Footings = BTreeMap<String, Footing>;

impl Desk {
    /// In what a KPI of the draft disagrees with a definition that another plan's publication made meanwhile.
    pub fn clashes(&self, code: &str) -> &[Clash] {
        self.footings.get(code).map_or(&[], |footing| &footing.clashes)
    }

    /// KPIs of the draft that somebody has to look at before it can be published.
    pub fn clashing(&self) -> impl Iterator<Item = &Kpi> {
        self.content().kpis.iter().filter(|kpi| !self.clashes(&kpi.code).is_empty())
    }

    /// Newest version of the definition of a KPI that the draft changes.
    pub fn newest_definition(&self, code: &str) -> Option<i32> {
        self.footings.get(code).map(|footing| footing.newest)
    }

    /// The next step is made by somebody who saw the newest definition: what disagreed is decided.
    pub fn settle(&mut self, code: &str) {
        if let Some(footing) = self.footings.get_mut(code) {
            footing.settled = !std::mem::take(&mut footing.clashes).is_empty();
            footing.on = footing.newest;
        }
    }

    /// The next step makes a KPI what it was when it was made on an earlier version.
    pub fn step_back(&mut self, code: &str, on: i32) {
        let newest = self.newest_definition(code).unwrap_or(on);
        self.footings.insert(code.to_owned(), Footing { on, newest, clashes: Vec::new(), settled: false });
    }

    /// KPIs that were decided to stay as they are: that is a step, too.
    pub(crate) fn settled_without_change(&self, changes: &[Change]) -> Vec<Change> {
        let is_new = |code: &&String| !changes.iter().any(|change| change.kind == Kind::Kpi && change.key == **code);
        let settled = self.footings.iter().filter(|(_, footing)| footing.settled).map(|(code, _)| code);
        settled.filter(is_new).map(|code| self.draft.as_it_stands(Kind::Kpi, code)).collect()
    }

    pub(crate) fn made_on(&self, change: &Change) -> Option<i32> {
        self.footings.get(&change.key).filter(|_| change.kind == Kind::Kpi && change.body.is_some()).map(|footing| footing.on)
    }
}

impl TenantTx {
    /// Lays changes over the live plan, each KPI brought up to the definition that stands now.
    pub(crate) async fn lay(&mut self, live: PlanContent, changes: Changes) -> Result<(Draft, Footings)> {
        let mut changes: Vec<Stored> = changes.into_values().flatten().collect();
        let codes: Vec<String> = changes.iter().filter(|stored| stored.on.is_some()).map(|stored| stored.change.key.clone()).collect();
        let mut footings = Footings::new();
        if !codes.is_empty() {
            let newest = self.newest_definitions(&codes).await?;
            for Stored { change, on } in &mut changes {
                let Some(on) = *on else { continue };
                let newest = newest.get(&change.key).copied().unwrap_or(on);
                let mut footing = Footing { on, newest, clashes: Vec::new(), settled: false };
                if on < newest {
                    footing.clashes = self.bring_up(change, &footing, &live).await?;
                }
                if footing.clashes.is_empty() {
                    footing.on = newest;
                }
                footings.insert(change.key.clone(), footing);
            }
        }
        let draft = Draft::over(live, changes.into_iter().map(|stored| stored.change)).map_err(unreadable)?;
        Ok((draft, footings))
    }

    async fn newest_definitions(&mut self, codes: &[String]) -> Result<BTreeMap<String, i32>> {
        let rows = sqlx::query!(
            r#"select k.code, max(d.version) as "version!" from rashin.kpis k
               join rashin.kpi_definitions d on d.tenant_id = k.tenant_id and d.kpi_id = k.id
               where k.code = any ($1) group by k.code"#,
            codes
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| (r.code, r.version)).collect())
    }

    async fn bring_up(&mut self, change: &mut Change, footing: &Footing, live: &PlanContent) -> Result<Vec<Clash>> {
        let Some(body) = change.body.take() else { return Ok(Vec::new()) };
        let mine: Kpi = serde_json::from_value(body).map_err(unreadable)?;
        let base = definition(self, &change.key, footing.on).await?;
        let now = definition(self, &change.key, footing.newest).await?.ok_or(StoreError::NotFound)?;
        let (kpi, clashes) = rebase(&mine, base.as_ref(), &now, live);
        change.body = Some(serde_json::to_value(kpi).map_err(unreadable)?);
        Ok(clashes)
    }

    /// Keys of a kind that this plan has or ever had, so that none is given twice; of KPIs, any plan of the tenant.
    pub async fn used_keys(&mut self, plan: PlanId, kind: Kind) -> Result<Vec<String>> {
        let rows = sqlx::query_scalar!(
            r#"select key as "key!" from rashin.nodes where plan_id = $1 and $2 = 'nodes'
               union select k.code from rashin.kpis k where $2 = 'kpis'
               union select c.key from rashin.draft_changes c join rashin.drafts d on d.tenant_id = c.tenant_id and d.id = c.draft_id
                     where c.kind = $2 and (d.plan_id = $1 or $2 = 'kpis')"#,
            plan.0,
            kind.code()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows)
    }

    /// KPIs of the tenant's other plans that this one does not use: (code, name).
    pub async fn kpis_elsewhere(&mut self, plan: PlanId) -> Result<Vec<(String, String)>> {
        let rows = sqlx::query!(
            r#"select distinct k.code, d.name from rashin.plan_kpis pk
               join rashin.kpis k on k.tenant_id = pk.tenant_id and k.id = pk.kpi_id
               join lateral (select name from rashin.kpi_definitions d where d.tenant_id = k.tenant_id and d.kpi_id = k.id
                             order by version desc limit 1) d on true
               where pk.plan_id <> $1 and not pk.retired
                 and not exists (select from rashin.plan_kpis own where own.tenant_id = pk.tenant_id and own.kpi_id = pk.kpi_id
                                 and own.plan_id = $1 and not own.retired)
               order by k.code"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| (r.code, r.name)).collect())
    }

    /// The plans that use a KPI.
    pub async fn plans_of_kpi(&mut self, code: &str) -> Result<Vec<PlanRef>> {
        let ids = sqlx::query_scalar!(
            "select pk.plan_id from rashin.plan_kpis pk join rashin.kpis k on k.tenant_id = pk.tenant_id and k.id = pk.kpi_id
             where k.code = $1 and not pk.retired",
            code
        )
        .fetch_all(self.sql())
        .await?;
        Ok(self.plans().await?.into_iter().filter(|plan| ids.contains(&plan.id.0)).collect())
    }

    /// A KPI as another plan of the tenant has it.
    pub async fn kpi_elsewhere(&mut self, plan: PlanId, code: &str) -> Result<Option<Kpi>> {
        for other in self.plans_of_kpi(code).await?.into_iter().filter(|other| other.id != plan) {
            if let Some(kpi) = of_plan(self, other.id, Some(code)).await?.pop() {
                return Ok(Some(kpi));
            }
        }
        Ok(None)
    }

    /// KPIs that the plan had and its draft has not: of the live plan, or of earlier editions.
    pub async fn dropped_kpis(&mut self, desk: &Desk) -> Result<Vec<Kpi>> {
        let mut dropped = desk.live.kpis.clone();
        dropped.extend(taken_out_of_plan(self, desk.plan.id).await?);
        dropped.retain(|kpi| desk.content().kpi(&kpi.code).is_none());
        Ok(dropped)
    }

    /// Nodes that the plan had and its draft has not, of the live plan or of earlier editions: (key, words).
    pub async fn dropped_nodes(&mut self, desk: &Desk) -> Result<Vec<(String, String)>> {
        let gone = |key: &str| desk.content().node(key).is_none();
        let live = desk.live.nodes.iter().filter(|node| gone(&node.key));
        let mut dropped: Vec<_> = live.map(|node| (node.key.clone(), label(&desk.live, Kind::Node, &node.key))).collect();
        let rows = sqlx::query!(
            "select key, number, title from rashin.nodes n
             where plan_id = $1 and retired and key in (
               select o ->> 'key' from rashin.editions e, json_array_elements(e.content #> '{content,nodes}') o where e.plan_id = $1)
             order by position, key",
            desk.plan.id.0
        )
        .fetch_all(self.sql())
        .await?;
        let named = |number: String, title: String| if number.is_empty() { title } else { format!("{number} {title}") };
        dropped.extend(rows.into_iter().filter(|r| gone(&r.key)).map(|r| (r.key, named(r.number, r.title))));
        Ok(dropped)
    }

    /// The plan in which a node was last: the live one, or the content of the newest edition that has it.
    pub async fn last_with_node(&mut self, desk: &Desk, key: &str) -> Result<Option<PlanContent>> {
        if desk.live.node(key).is_some() {
            return Ok(Some(desk.live.clone()));
        }
        let number = sqlx::query_scalar!(
            "select max(number) from rashin.editions e
             where plan_id = $1 and exists (select from json_array_elements(e.content #> '{content,nodes}') o where o ->> 'key' = $2)",
            desk.plan.id.0,
            key
        )
        .fetch_one(self.sql())
        .await?;
        Ok(match number {
            Some(number) => Some(self.numbered_edition(desk.plan.id, number).await?.content),
            None => None,
        })
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Db(sqlx::Error::Decode(Box::new(error)))
}
