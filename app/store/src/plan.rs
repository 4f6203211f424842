//! Plans as one value, read from their tables.

use std::collections::BTreeMap;

use rashin_domain::{
    clock::FiscalYear,
    ids::PlanId,
    plan::{
        Attribute, Body, BodyKind, CellKind, Chapter, Duty, Issuer, Lineage, Milestone, Node, NodeStanding, PlanContent, PlanHead,
        PlanKind, RelatedPlan, Relation, RoadmapCell, Ruling, RulingEffect, Term,
    },
    provenance::{Provenance, Reading},
};
use sqlx::types::Json;

use crate::{Result, TenantTx, kpi};

/// A plan of the tenant, by name.
#[derive(Clone, Debug)]
pub struct PlanRef {
    pub id: PlanId,
    pub slug: String,
    pub title: String,
    pub kind: PlanKind,
}

/// Provenance columns. The domain `rashin.reading` admits the enum's codes only.
pub(crate) fn provenance(reading: &str, source_text: String, source_place: String) -> Provenance {
    Provenance { reading: Reading::from_code(reading).unwrap_or_default(), source_text, source_place }
}

/// Groups (key, value) rows by key, order kept.
fn grouped<T>(rows: impl Iterator<Item = (String, T)>) -> BTreeMap<String, Vec<T>> {
    let mut groups: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for (key, value) in rows {
        groups.entry(key).or_default().push(value);
    }
    groups
}

impl TenantTx {
    /// All plans of the tenant, the current DX plan first: the one begun last, then those to come.
    pub async fn plans(&mut self) -> Result<Vec<PlanRef>> {
        let year = FiscalYear::of(self.today()).0;
        let rows = sqlx::query!(
            "select id, slug, title, kind from rashin.plans order by kind, period_from > $1, abs(period_from - $1), slug",
            year
        )
        .fetch_all(self.sql())
        .await?;
        let plan = |id, slug, title, kind: String| PlanRef {
            id: PlanId(id),
            slug,
            title,
            kind: PlanKind::from_code(&kind).unwrap_or(PlanKind::DxPlan),
        };
        Ok(rows.into_iter().map(|row| plan(row.id, row.slug, row.title, row.kind)).collect())
    }

    /// The plan that the tenant works on.
    pub async fn current_plan(&mut self) -> Result<Option<PlanRef>> {
        Ok(self.plans().await?.into_iter().find(|plan| plan.kind == PlanKind::DxPlan))
    }

    pub async fn plan_id(&mut self, slug: &str) -> Result<Option<PlanId>> {
        let id = sqlx::query_scalar!("select id from rashin.plans where slug = $1", slug).fetch_optional(self.sql()).await?;
        Ok(id.map(PlanId))
    }

    /// The whole plan with the accepted figures.
    pub async fn plan_content(&mut self, plan: PlanId) -> Result<PlanContent> {
        Ok(PlanContent {
            plan: self.plan_head(plan).await?,
            attributes: self.attributes(plan).await?,
            nodes: self.nodes(plan).await?,
            kpis: kpi::of_plan(self, plan, None).await?,
            roadmap: self.roadmap(plan).await?,
            bodies: self.bodies(plan).await?,
            related_plans: self.related_plans(plan).await?,
            glossary: self.glossary(plan).await?,
            chapters: self.chapters(plan).await?,
            lineage: self.lineage(plan).await?,
            milestones: self.milestones(plan).await?,
            rulings: self.rulings(plan).await?,
            standings: self.standings(plan).await?,
        })
    }

    pub async fn plan_head(&mut self, plan: PlanId) -> Result<PlanHead> {
        let head = sqlx::query_scalar!(r#"select head as "head!: Json<PlanHead>" from rashin.plan_heads where plan_id = $1"#, plan.0)
            .fetch_one(self.sql())
            .await?;
        Ok(head.0)
    }

    async fn attributes(&mut self, plan: PlanId) -> Result<Vec<Attribute>> {
        let rows = sqlx::query!(
            r#"select key, name, description, reading as "reading!: String", source_text, source_place
               from rashin.attributes where plan_id = $1 order by position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let attribute = rows.into_iter().map(|r| Attribute {
            key: r.key,
            name: r.name,
            description: r.description,
            provenance: provenance(&r.reading, r.source_text, r.source_place),
        });
        Ok(attribute.collect())
    }

    /// In the order of the plan.
    pub async fn nodes(&mut self, plan: PlanId) -> Result<Vec<Node>> {
        let nodes = sqlx::query_scalar!(
            r#"select node as "node!: Json<Node>" from rashin.plan_nodes where plan_id = $1 order by position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        Ok(nodes.into_iter().map(|node| node.0).collect())
    }

    async fn roadmap(&mut self, plan: PlanId) -> Result<Vec<RoadmapCell>> {
        let rows = sqlx::query!(
            r#"select node_key, fiscal_year, phase_key, kind, reading as "reading!: String", source_text, source_place
               from rashin.roadmap_cells where plan_id = $1 order by position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let cell = rows.into_iter().map(|r| RoadmapCell {
            node: r.node_key,
            fiscal_year: FiscalYear(r.fiscal_year),
            phase: r.phase_key,
            kind: CellKind::from_code(&r.kind).unwrap_or(CellKind::Planned),
            provenance: provenance(&r.reading, r.source_text, r.source_place),
        });
        Ok(cell.collect())
    }

    async fn milestones(&mut self, plan: PlanId) -> Result<Vec<Milestone>> {
        let rows = sqlx::query!(
            r#"select key, node_key, title, fiscal_year, season, done, reading as "reading!: String", source_text, source_place
               from rashin.plan_milestones where plan_id = $1 order by position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let milestone = rows.into_iter().map(|r| Milestone {
            key: r.key,
            node: r.node_key,
            title: r.title,
            fiscal_year: FiscalYear(r.fiscal_year),
            season: r.season,
            done: r.done,
            provenance: provenance(&r.reading, r.source_text, r.source_place),
        });
        Ok(milestone.collect())
    }

    async fn rulings(&mut self, plan: PlanId) -> Result<Vec<Ruling>> {
        let rows = sqlx::query!(
            "select key, node_key, effect, fiscal_year, decided_on, body, document_number, case_number
             from rashin.plan_rulings where plan_id = $1 order by position",
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let ruling = rows.into_iter().map(|r| Ruling {
            key: r.key,
            node: r.node_key,
            effect: RulingEffect::from_code(&r.effect).unwrap_or(RulingEffect::Changes),
            fiscal_year: FiscalYear(r.fiscal_year),
            decided_on: r.decided_on.to_jiff(),
            body: r.body,
            document: r.document_number,
            case: r.case_number,
        });
        Ok(ruling.collect())
    }

    /// The newest accepted report of each initiative and year: the year's before the half's, a later revision before an
    /// earlier one.
    async fn standings(&mut self, plan: PlanId) -> Result<Vec<NodeStanding>> {
        let rows = sqlx::query!(
            r#"select distinct on (n.position, n.key, substr(r.period::text, 3, 4)) n.key, r.period as "period!: String", p.key as "phase?",
                 r.slip_years as "slip_years!", r.slip_reason
               from rashin.reports r
               join rashin.report_decisions d on d.tenant_id = r.tenant_id and d.report_id = r.id and d.settles and d.outcome = 'approved'
               join rashin.nodes n on n.tenant_id = r.tenant_id and n.plan_id = r.plan_id and n.key = r.node_key and not n.retired
               left join rashin.plan_phases p on p.tenant_id = r.tenant_id and p.plan_id = r.plan_id and p.key = r.phase
               where r.plan_id = $1 and r.slip_years is not null
               order by n.position, n.key, substr(r.period::text, 3, 4), length(r.period::text), r.revision desc"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let mut standings = Vec::with_capacity(rows.len());
        for r in rows {
            standings.push(NodeStanding {
                node: r.key,
                fiscal_year: kpi::period(&r.period)?.fiscal_year(),
                phase: r.phase,
                slip_years: u8::try_from(r.slip_years).unwrap_or(u8::MAX),
                slip_reason: r.slip_reason,
            });
        }
        Ok(standings)
    }

    async fn bodies(&mut self, plan: PlanId) -> Result<Vec<Body>> {
        let duties = sqlx::query!(
            r#"select body_key, text, reading as "reading!: String", source_text, source_place
               from rashin.body_duties where plan_id = $1 order by body_key, position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let rows = sqlx::query!(
            r#"select key, name, kind, composition, parent_key, note, reading as "reading!: String", source_text, source_place
               from rashin.bodies where plan_id = $1 order by position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let duty = |text, provenance| Duty { text, provenance };
        let mut duties =
            grouped(duties.into_iter().map(|r| (r.body_key, duty(r.text, provenance(&r.reading, r.source_text, r.source_place)))));
        let body = rows.into_iter().map(|r| Body {
            duties: duties.remove(&r.key).unwrap_or_default(),
            key: r.key,
            name: r.name,
            kind: BodyKind::from_code(&r.kind).unwrap_or(BodyKind::Other),
            composition: r.composition,
            parent: r.parent_key,
            note: r.note,
            provenance: provenance(&r.reading, r.source_text, r.source_place),
        });
        Ok(body.collect())
    }

    async fn related_plans(&mut self, plan: PlanId) -> Result<Vec<RelatedPlan>> {
        let rows = sqlx::query!(
            r#"select key, title, issuer, aligned, summary, reading as "reading!: String", source_text, source_place
               from rashin.related_plans where plan_id = $1 order by position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let related = rows.into_iter().map(|r| RelatedPlan {
            key: r.key,
            title: r.title,
            issuer: Issuer::from_code(&r.issuer).unwrap_or(Issuer::Other),
            aligned: r.aligned,
            summary: r.summary,
            provenance: provenance(&r.reading, r.source_text, r.source_place),
        });
        Ok(related.collect())
    }

    async fn glossary(&mut self, plan: PlanId) -> Result<Vec<Term>> {
        let rows = sqlx::query!(
            r#"select term, formal_name, explanation, reading as "reading!: String", source_text, source_place
               from rashin.glossary_terms where plan_id = $1 order by position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let term = rows.into_iter().map(|r| Term {
            term: r.term,
            formal_name: r.formal_name,
            explanation: r.explanation,
            provenance: provenance(&r.reading, r.source_text, r.source_place),
        });
        Ok(term.collect())
    }

    async fn chapters(&mut self, plan: PlanId) -> Result<Vec<Chapter>> {
        let rows = sqlx::query!("select number, title, body from rashin.chapters where plan_id = $1 order by position", plan.0)
            .fetch_all(self.sql())
            .await?;
        Ok(rows.into_iter().map(|r| Chapter { number: r.number, title: r.title, body: r.body }).collect())
    }

    async fn lineage(&mut self, plan: PlanId) -> Result<Vec<Lineage>> {
        let rows =
            sqlx::query!("select from_plan, from_node, to_node, relation from rashin.lineage where plan_id = $1 order by position", plan.0)
                .fetch_all(self.sql())
                .await?;
        let lineage = rows.into_iter().map(|r| Lineage {
            from_plan: r.from_plan,
            from_node: r.from_node,
            to_node: r.to_node.unwrap_or_default(),
            relation: Relation::from_code(&r.relation).unwrap_or(Relation::Continued),
        });
        Ok(lineage.collect())
    }
}
