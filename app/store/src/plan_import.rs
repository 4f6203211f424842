//! Writes a plan that was read from a plan folder. Idempotent: what is already so is left alone. Nothing is ever
//! deleted that figures or people hang on; a KPI whose meaning changed gets a new definition version, a planned
//! value that changed a new revision, and figures that staff reported are never overridden.

use rashin_domain::{
    access::Permit,
    approval::Step,
    ids::{PlanId, ReportId},
    initiative::Standing,
    kpi::{ActualReport, Maturity},
    obligation::Item,
    period::Period,
    plan::{NodeStanding, PlanContent},
};
use serde_json::json;
use sqlx::types::Json;

use crate::{
    Result, TenantTx,
    report::{Decision, Filing},
};

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Lists of the plan (head, nodes, roadmap …) that were written because they differed.
    pub lists: usize,
    pub kpis: usize,
    pub points: usize,
    pub actuals: usize,
}

impl Imported {
    pub fn nothing_changed(&self) -> bool {
        *self == Self::default()
    }
}

/// JSON rows of a list with their place in it, as the statements below take them.
fn rows<T: serde::Serialize>(list: &[T]) -> Json<&[T]> {
    Json(list)
}

impl TenantTx {
    /// Writes the plan under its slug.
    pub async fn import_plan(&mut self, permit: Permit, content: &PlanContent) -> Result<Imported> {
        self.hold_plans().await?;
        let (plan, before) = match self.plan_id(&content.plan.slug).await? {
            Some(id) => (id, Some(self.plan_content(id).await?)),
            None => (PlanId(self.new_id()), None),
        };
        let done = self.write_plan(plan, before.as_ref(), content).await?;
        let detail = json!({ "lists": done.lists, "kpis": done.kpis, "points": done.points, "actuals": done.actuals });
        self.used(permit, content.plan.slug.clone(), detail);
        Ok(done)
    }

    /// Makes the live plan what its draft says: what the draft leaves out is retired or goes. Figures stay.
    pub(crate) async fn apply_plan(&mut self, plan: PlanId, live: &PlanContent, content: &PlanContent) -> Result<()> {
        let mut content = content.clone();
        // What its values replace stands in the database, and goes today.
        for part in content.kpis.iter_mut().flat_map(|kpi| &mut kpi.parts) {
            part.points.iter_mut().for_each(|point| point.replaced.clear());
        }
        let content = &content;
        self.write_plan(plan, Some(live), content).await?;
        // KPIs that were here before come back with their old planned values, which the draft does not know.
        self.withdraw_points(plan, content).await?;
        let keys = |list: Vec<&String>| list.into_iter().cloned().collect::<Vec<_>>();
        let (nodes, codes) = (keys(content.nodes.iter().map(|o| &o.key).collect()), keys(content.kpis.iter().map(|o| &o.code).collect()));
        sqlx::query!(
            "update rashin.plan_kpis pk set retired = true from rashin.kpis k
                      where k.tenant_id = pk.tenant_id and k.id = pk.kpi_id and pk.plan_id = $1 and k.code <> all($2)",
            plan.0,
            &codes
        )
        .execute(self.sql())
        .await?;
        // Level and parent may go, too: a retired node names neither.
        sqlx::query!(
            "update rashin.nodes set retired = true, level = null, parent_key = null where plan_id = $1 and key <> all($2)",
            plan.0,
            &nodes
        )
        .execute(self.sql())
        .await?;
        let head = &content.plan;
        let kept = keys(head.levels.iter().map(|o| &o.key).collect());
        sqlx::query!("delete from rashin.plan_levels where plan_id = $1 and key <> all($2)", plan.0, &kept).execute(self.sql()).await?;
        let kept = keys(head.phases.iter().map(|o| &o.key).collect());
        sqlx::query!("delete from rashin.plan_phases where plan_id = $1 and key <> all($2)", plan.0, &kept).execute(self.sql()).await?;
        let kept = keys(head.markers.iter().map(|o| &o.symbol).collect());
        sqlx::query!("delete from rashin.plan_markers where plan_id = $1 and symbol <> all($2)", plan.0, &kept).execute(self.sql()).await?;
        let kept = keys(content.attributes.iter().map(|o| &o.key).collect());
        sqlx::query!("delete from rashin.attributes where plan_id = $1 and key <> all($2)", plan.0, &kept).execute(self.sql()).await?;
        let kept = keys(content.bodies.iter().map(|o| &o.key).collect());
        sqlx::query!("delete from rashin.bodies where plan_id = $1 and key <> all($2)", plan.0, &kept).execute(self.sql()).await?;
        Ok(())
    }

    async fn write_plan(&mut self, plan: PlanId, before: Option<&PlanContent>, content: &PlanContent) -> Result<Imported> {
        let mut done = Imported::default();
        if before.is_none_or(|b| b.plan != content.plan) {
            self.write_head(plan, content).await?;
            done.lists += 1;
        }
        if before.is_none_or(|b| b.attributes != content.attributes) {
            self.write_attributes(plan, content).await?;
            done.lists += 1;
        }
        if before.is_none_or(|b| b.nodes != content.nodes) {
            self.write_nodes(plan, content).await?;
            done.lists += 1;
        }
        if before.is_none_or(|b| (&b.roadmap, &b.milestones, &b.rulings) != (&content.roadmap, &content.milestones, &content.rulings)) {
            self.write_roadmap(plan, content).await?;
            self.write_milestones(plan, content).await?;
            self.write_rulings(plan, content).await?;
            done.lists += 1;
        }
        if before.is_none_or(|b| b.bodies != content.bodies) {
            self.write_bodies(plan, content).await?;
            done.lists += 1;
        }
        if before.is_none_or(|b| {
            b.related_plans != content.related_plans
                || b.glossary != content.glossary
                || b.chapters != content.chapters
                || b.lineage != content.lineage
        }) {
            self.write_texts(plan, content).await?;
            done.lists += 1;
        }
        for (position, kpi) in content.kpis.iter().enumerate() {
            let before = before.and_then(|b| b.kpi(&kpi.code));
            self.write_kpi(plan, kpi, before, position as i32, &mut done).await?;
        }
        let known = before.map(|before| before.standings.as_slice()).unwrap_or_default();
        for standing in content.standings.iter().filter(|standing| !known.contains(standing)) {
            done.actuals += usize::from(self.write_standing(plan, standing).await?);
        }
        Ok(done)
    }

    async fn write_head(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        let (city, now, head) = (self.city().id.0, self.now(), &content.plan);
        sqlx::query!(
            "insert into rashin.plans (tenant_id, id, slug, kind, title, period_from, period_until, published, editor, vision, future_image,
                                       notice, predecessor, source, grades, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             on conflict (tenant_id, id) do update set
               kind = excluded.kind, title = excluded.title, period_from = excluded.period_from, period_until = excluded.period_until,
               published = excluded.published, editor = excluded.editor, vision = excluded.vision, future_image = excluded.future_image,
               notice = excluded.notice, predecessor = excluded.predecessor, source = excluded.source, grades = excluded.grades",
            city,
            plan.0,
            head.slug,
            head.kind.code(),
            head.title,
            head.period_from.0,
            head.period_until.0,
            head.published,
            head.editor,
            head.vision,
            head.future_image,
            head.notice,
            head.predecessor,
            head.source,
            Json(&head.grades) as _,
            jiff_sqlx::Timestamp::from(now) as _,
        )
        .execute(self.sql())
        .await?;
        let ids = self.new_ids(head.levels.len());
        sqlx::query!(
            "insert into rashin.plan_levels (tenant_id, id, plan_id, key, name, depth, position)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'key', e.o ->> 'name', (e.o ->> 'depth')::smallint, e.n
             from jsonb_array_elements($4) with ordinality e (o, n)
             on conflict (tenant_id, plan_id, key) do update set name = excluded.name, depth = excluded.depth, position = excluded.position",
            city,
            plan.0,
            &ids,
            rows(&head.levels) as _,
        )
        .execute(self.sql())
        .await?;
        let ids = self.new_ids(head.phases.len());
        sqlx::query!(
            "insert into rashin.plan_phases (tenant_id, id, plan_id, key, name, look, position)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'key', e.o ->> 'name', e.o ->> 'look', e.n
             from jsonb_array_elements($4) with ordinality e (o, n)
             on conflict (tenant_id, plan_id, key) do update set name = excluded.name, look = excluded.look, position = excluded.position",
            city,
            plan.0,
            &ids,
            rows(&head.phases) as _,
        )
        .execute(self.sql())
        .await?;
        let ids = self.new_ids(head.markers.len());
        sqlx::query!(
            "insert into rashin.plan_markers (tenant_id, id, plan_id, symbol, meaning, position)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'symbol', e.o ->> 'meaning', e.n
             from jsonb_array_elements($4) with ordinality e (o, n)
             on conflict (tenant_id, plan_id, symbol) do update set meaning = excluded.meaning, position = excluded.position",
            city,
            plan.0,
            &ids,
            rows(&head.markers) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn write_attributes(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        let (city, ids) = (self.city().id.0, self.new_ids(content.attributes.len()));
        sqlx::query!(
            "insert into rashin.attributes (tenant_id, id, plan_id, key, name, description, position, reading, source_text, source_place)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'key', e.o ->> 'name', e.o ->> 'description', e.n,
               e.o ->> 'reading', coalesce(e.o ->> 'source_text', ''), coalesce(e.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n)
             on conflict (tenant_id, plan_id, key) do update set
               name = excluded.name, description = excluded.description, position = excluded.position,
               reading = excluded.reading, source_text = excluded.source_text, source_place = excluded.source_place",
            city,
            plan.0,
            &ids,
            rows(&content.attributes) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn write_nodes(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        let (city, nodes) = (self.city().id.0, rows(&content.nodes));
        let ids = self.new_ids(content.nodes.len());
        sqlx::query!(
            "insert into rashin.nodes (tenant_id, id, plan_id, key, parent_key, level, number, marker, title, description, status, gap,
                                       position, reading, source_text, source_place)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'key', e.o ->> 'parent', e.o ->> 'level', e.o ->> 'number', e.o ->> 'marker',
               e.o ->> 'title', e.o ->> 'description', e.o ->> 'status', e.o ->> 'gap', e.n,
               e.o ->> 'reading', coalesce(e.o ->> 'source_text', ''), coalesce(e.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n)
             on conflict on constraint nodes_one_key do update set
               retired = false, parent_key = excluded.parent_key, level = excluded.level, number = excluded.number, marker = excluded.marker,
               title = excluded.title, description = excluded.description, status = excluded.status, gap = excluded.gap,
               position = excluded.position, reading = excluded.reading, source_text = excluded.source_text, source_place = excluded.source_place",
            city,
            plan.0,
            &ids,
            nodes as _,
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("delete from rashin.node_attributes where plan_id = $1", plan.0).execute(self.sql()).await?;
        let ids = self.new_ids(content.nodes.iter().map(|node| node.attributes.len()).sum());
        sqlx::query!(
            "insert into rashin.node_attributes (tenant_id, id, plan_id, node_key, attribute_key, position)
             select $1, ($3::uuid[])[row_number() over ()], $2, e.o ->> 'key', a.key, a.n
             from jsonb_array_elements($4) with ordinality e (o, n), jsonb_array_elements_text(e.o -> 'attributes') with ordinality a (key, n)",
            city,
            plan.0,
            &ids,
            rows(&content.nodes) as _,
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("delete from rashin.node_notes where plan_id = $1", plan.0).execute(self.sql()).await?;
        let ids = self.new_ids(content.nodes.iter().map(|node| node.notes.len()).sum());
        sqlx::query!(
            "insert into rashin.node_notes (tenant_id, id, plan_id, node_key, from_year, text, position, reading, source_text, source_place)
             select $1, ($3::uuid[])[row_number() over ()], $2, e.o ->> 'key', (a.o ->> 'from_year')::smallint, a.o ->> 'text', a.n,
               a.o ->> 'reading', coalesce(a.o ->> 'source_text', ''), coalesce(a.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n), jsonb_array_elements(e.o -> 'notes') with ordinality a (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.nodes) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn write_roadmap(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        let (city, ids) = (self.city().id.0, self.new_ids(content.roadmap.len()));
        sqlx::query!("delete from rashin.roadmap_cells where plan_id = $1", plan.0).execute(self.sql()).await?;
        sqlx::query!(
            "insert into rashin.roadmap_cells (tenant_id, id, plan_id, node_key, fiscal_year, phase_key, kind, position,
                                               reading, source_text, source_place)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'node', (e.o ->> 'fiscal_year')::smallint, e.o ->> 'phase', e.o ->> 'kind', e.n,
               e.o ->> 'reading', coalesce(e.o ->> 'source_text', ''), coalesce(e.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.roadmap) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn write_milestones(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        let (city, ids) = (self.city().id.0, self.new_ids(content.milestones.len()));
        sqlx::query!("delete from rashin.plan_milestones where plan_id = $1", plan.0).execute(self.sql()).await?;
        sqlx::query!(
            "insert into rashin.plan_milestones (tenant_id, id, plan_id, key, node_key, title, fiscal_year, season, done, position,
                                                 reading, source_text, source_place)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'key', e.o ->> 'node', e.o ->> 'title', (e.o ->> 'fiscal_year')::smallint,
               e.o ->> 'season', (e.o ->> 'done')::boolean, e.n,
               e.o ->> 'reading', coalesce(e.o ->> 'source_text', ''), coalesce(e.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.milestones) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn write_rulings(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        let (city, ids) = (self.city().id.0, self.new_ids(content.rulings.len()));
        sqlx::query!("delete from rashin.plan_rulings where plan_id = $1", plan.0).execute(self.sql()).await?;
        sqlx::query!(
            "insert into rashin.plan_rulings (tenant_id, id, plan_id, key, node_key, effect, fiscal_year, decided_on, body,
                                              document_number, case_number, position)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'key', e.o ->> 'node', e.o ->> 'effect', (e.o ->> 'fiscal_year')::smallint,
               (e.o ->> 'decided_on')::date, e.o ->> 'body', e.o ->> 'document',
               (e.o ->> 'case')::integer, e.n
             from jsonb_array_elements($4) with ordinality e (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.rulings) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// What a folder says of a year of an initiative, as an accepted report, unless staff have reported there.
    async fn write_standing(&mut self, plan: PlanId, standing: &NodeStanding) -> Result<bool> {
        let year = standing.fiscal_year;
        let filed = sqlx::query!(
            r#"select coalesce(max(revision) filter (where period = $3), 0) as "revision!", bool_or(reporter_id is not null) as "by_staff"
               from rashin.reports where plan_id = $1 and node_key = $2 and period = any (array[$3, $4]::text[])"#,
            plan.0,
            standing.node,
            Period::FiscalYear(year).to_string(),
            Period::Half(year, 1).to_string(),
        )
        .fetch_one(self.sql())
        .await?;
        if filed.by_staff == Some(true) {
            return Ok(false);
        }
        let report = ActualReport {
            period: Period::FiscalYear(year),
            maturity: Maturity::Final,
            as_of: None,
            values: Vec::new(),
            standing: Some(Standing {
                phase: standing.phase.clone(),
                slip_years: standing.slip_years,
                slip_reason: standing.slip_reason.clone(),
            }),
            note: String::new(),
            link: String::new(),
            reason: if filed.revision > 0 { "取り込みによる更新".to_owned() } else { String::new() },
            seen_revision: filed.revision,
        };
        let (id, at) = (ReportId(self.new_id()), self.now());
        let item = Item::Initiative(plan, standing.node.clone());
        self.insert_report(id, &item, &report, filed.revision + 1, &Filing { section: None, reporter: None, at }).await?;
        let accepted = Decision { step: Step::Unasked, approved: true, settles: true, reason: "" };
        self.insert_decision(id, &accepted, None, at).await?;
        Ok(true)
    }

    async fn write_bodies(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        let (city, ids) = (self.city().id.0, self.new_ids(content.bodies.len()));
        sqlx::query!(
            "insert into rashin.bodies (tenant_id, id, plan_id, key, name, kind, composition, parent_key, note, position,
                                        reading, source_text, source_place)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'key', e.o ->> 'name', e.o ->> 'kind', e.o ->> 'composition', e.o ->> 'parent',
               e.o ->> 'note', e.n, e.o ->> 'reading', coalesce(e.o ->> 'source_text', ''), coalesce(e.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n)
             on conflict (tenant_id, plan_id, key) do update set
               name = excluded.name, kind = excluded.kind, composition = excluded.composition, parent_key = excluded.parent_key,
               note = excluded.note, position = excluded.position, reading = excluded.reading, source_text = excluded.source_text,
               source_place = excluded.source_place",
            city,
            plan.0,
            &ids,
            rows(&content.bodies) as _,
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("delete from rashin.body_duties where plan_id = $1", plan.0).execute(self.sql()).await?;
        let ids = self.new_ids(content.bodies.iter().map(|body| body.duties.len()).sum());
        sqlx::query!(
            "insert into rashin.body_duties (tenant_id, id, plan_id, body_key, text, position, reading, source_text, source_place)
             select $1, ($3::uuid[])[row_number() over ()], $2, e.o ->> 'key', a.o ->> 'text', a.n,
               a.o ->> 'reading', coalesce(a.o ->> 'source_text', ''), coalesce(a.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n), jsonb_array_elements(e.o -> 'duties') with ordinality a (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.bodies) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Lists that nothing refers to are written anew.
    async fn write_texts(&mut self, plan: PlanId, content: &PlanContent) -> Result<()> {
        let city = self.city().id.0;
        sqlx::query!("delete from rashin.related_plans where plan_id = $1", plan.0).execute(self.sql()).await?;
        let ids = self.new_ids(content.related_plans.len());
        sqlx::query!(
            "insert into rashin.related_plans (tenant_id, id, plan_id, key, title, issuer, aligned, summary, position,
                                               reading, source_text, source_place)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'key', e.o ->> 'title', e.o ->> 'issuer', (e.o ->> 'aligned')::boolean,
               e.o ->> 'summary', e.n, e.o ->> 'reading', coalesce(e.o ->> 'source_text', ''), coalesce(e.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.related_plans) as _,
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("delete from rashin.glossary_terms where plan_id = $1", plan.0).execute(self.sql()).await?;
        let ids = self.new_ids(content.glossary.len());
        sqlx::query!(
            "insert into rashin.glossary_terms (tenant_id, id, plan_id, term, formal_name, explanation, position,
                                                reading, source_text, source_place)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'term', e.o ->> 'formal_name', e.o ->> 'explanation', e.n,
               e.o ->> 'reading', coalesce(e.o ->> 'source_text', ''), coalesce(e.o ->> 'source_place', '')
             from jsonb_array_elements($4) with ordinality e (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.glossary) as _,
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("delete from rashin.chapters where plan_id = $1", plan.0).execute(self.sql()).await?;
        let ids = self.new_ids(content.chapters.len());
        sqlx::query!(
            "insert into rashin.chapters (tenant_id, id, plan_id, number, title, body, position)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'number', e.o ->> 'title', e.o ->> 'body', e.n
             from jsonb_array_elements($4) with ordinality e (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.chapters) as _,
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("delete from rashin.lineage where plan_id = $1", plan.0).execute(self.sql()).await?;
        let ids = self.new_ids(content.lineage.len());
        sqlx::query!(
            "insert into rashin.lineage (tenant_id, id, plan_id, from_plan, from_node, to_node, relation, position)
             select $1, ($3::uuid[])[e.n], $2, e.o ->> 'from_plan', e.o ->> 'from_node', nullif(e.o ->> 'to_node', ''), e.o ->> 'relation', e.n
             from jsonb_array_elements($4) with ordinality e (o, n)",
            city,
            plan.0,
            &ids,
            rows(&content.lineage) as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
