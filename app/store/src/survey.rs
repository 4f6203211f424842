//! Where the tenant's plan stands, read at one go: five statements, however large the plan is.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use rashin_domain::{
    access::SectionTree,
    approval::Settings,
    clock::FiscalYear,
    ids::{KpiId, MemberId, PlanId, SectionId},
    ledger,
    obligation::{Charge, Desk, Entry, Item, Reports},
    organisation::Span,
    period::parse_date,
    plan::{Kpi, PlanHead},
    round::{Rhythm, Round},
};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, TenantTx, kpi};

/// The plan that the tenant works on with all that is known of its progress on a day.
#[derive(Clone, Debug)]
pub struct Survey {
    pub plan: PlanId,
    pub head: PlanHead,
    /// The plan's tree, in its order.
    pub nodes: Vec<Place>,
    /// (key, name)
    pub attributes: Vec<(String, String)>,
    pub kpis: Vec<Kpi>,
    pub rounds: Vec<Round>,
    pub settings: Settings,
    /// Sections of today: (id, name), in their order.
    pub sections: Vec<(SectionId, String)>,
    /// KPIs as [`Survey::kpis`], then initiatives.
    pub entries: Vec<Entry>,
    /// Where each entry belongs: the KPI's node, the initiative itself.
    pub places: Vec<String>,
    pub charges: Vec<Charge>,
    pub reports: Reports,
    /// The ledger of the newest year that has one, up to the current year: (year, key of the initiative, entry).
    pub ledger: Vec<(FiscalYear, String, ledger::Entry)>,
    pub today: Date,
}

/// A node of the plan's tree, without its texts.
#[derive(Clone, Debug, Deserialize)]
pub struct Place {
    pub key: String,
    pub parent: Option<String>,
    pub number: String,
    pub title: String,
    /// First year in which a decision has scrapped it.
    pub ended: Option<FiscalYear>,
    /// Keys of attributes.
    #[serde(skip)]
    pub attributes: Vec<String>,
}

/// Who may report is no matter of a survey.
static NO_SECTIONS: SectionTree = SectionTree(Vec::new());

impl Survey {
    /// How far reporting has come. Without members and the tree of sections: whose task something is, it does not say.
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            rounds: &self.rounds,
            entries: &self.entries,
            charges: &self.charges,
            reports: &self.reports,
            members: &[],
            sections: &NO_SECTIONS,
            today: self.today,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Named {
    id: Uuid,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Held {
    kpi: Option<Uuid>,
    plan: Option<Uuid>,
    node: Option<String>,
    section: Uuid,
    person: Option<Uuid>,
    deputy: Option<Uuid>,
    from: String,
    until: Option<String>,
}

impl TenantTx {
    /// `None` without a plan to work on.
    pub async fn survey(&mut self) -> Result<Option<Survey>> {
        let today = self.today();
        let row = sqlx::query!(
            r#"select h.plan_id as "plan_id!", h.head as "head!: Json<PlanHead>",
                 (select coalesce(jsonb_agg(jsonb_build_object('key', n.key, 'parent', n.parent_key, 'number', n.number, 'title', n.title,
                    'ended', (select max(r.fiscal_year) from rashin.plan_rulings r
                              where r.plan_id = n.plan_id and r.node_key = n.key and r.effect = 'scraps'))
                    order by n.position), '[]') from rashin.nodes n
                  where n.plan_id = h.plan_id and not n.retired) as "nodes!: Json<Vec<Place>>",
                 (select coalesce(jsonb_agg(jsonb_build_array(t.node_key, t.attribute_key) order by t.position), '[]')
                  from rashin.node_attributes t where t.plan_id = h.plan_id) as "tags!: Json<Vec<(String, String)>>",
                 (select coalesce(jsonb_agg(jsonb_build_array(a.key, a.name) order by a.position), '[]') from rashin.attributes a
                  where a.plan_id = h.plan_id) as "attributes!: Json<Vec<(String, String)>>",
                 (select coalesce(jsonb_agg(jsonb_build_object('year', r.fiscal_year, 'kind', r.kind, 'opens_on', r.opens_on,
                    'closes_on', r.closes_on, 'grace_until', r.grace_until, 'reminders', r.reminders, 'purpose', r.purpose, 'asks', r.asks,
                    'locked_on', r.locked_on) order by r.opens_on, r.fiscal_year), '[]') from rashin.rounds r) as "rounds!: Json<Vec<Round>>",
                 (select jsonb_build_object('approval', s.approval, 'own_approval', s.own_approval, 'evidence_required', s.evidence_required,
                    'stale_months', s.stale_months) from rashin.progress_settings s) as "settings: Json<Settings>",
                 (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.position, s.key), '[]') from rashin.sections s
                  where s.valid_from <= $2 and (s.valid_until is null or $2 <= s.valid_until)) as "sections!: Json<Vec<Named>>",
                 (select coalesce(jsonb_agg(jsonb_build_object('kpi', c.kpi_id, 'plan', c.plan_id, 'node', c.node_key, 'section', c.section_id,
                    'person', c.person_id, 'deputy', c.deputy_id, 'from', c.valid_from, 'until', c.valid_until) order by c.valid_from, c.id), '[]')
                  from rashin.responsibilities c) as "charges!: Json<Vec<Held>>",
                 (select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'name', k.code)), '[]') from rashin.kpis k) as "kpis!: Json<Vec<Named>>",
                 (select coalesce(jsonb_agg(jsonb_build_array(l.fiscal_year, l.node_key, jsonb_build_object('project', l.project,
                    'budget', l.budget, 'settled', l.settled, 'funds', jsonb_strip_nulls(jsonb_build_object('general', l.from_general,
                    'national', l.from_national, 'prefecture', l.from_prefecture, 'bonds', l.from_bonds, 'others', l.from_others)),
                    'hours', l.hours, 'sheets', l.sheets, 'note', l.note, 'source', l.source))), '[]')
                  from (select distinct on (e.node_key) e.* from rashin.ledger_entries e
                        where e.plan_id = h.plan_id and e.fiscal_year = (select max(y.fiscal_year) from rashin.ledger_entries y
                                                                         where y.plan_id = h.plan_id and y.fiscal_year <= $1)
                        order by e.node_key, e.revision desc) l) as "ledger!: Json<Vec<(i16, String, ledger::Entry)>>"
               from rashin.plan_heads h where h.kind = 'dx_plan' order by h.period_from > $1, abs(h.period_from - $1), h.slug limit 1"#,
            FiscalYear::of(today).0,
            jiff_sqlx::Date::from(today) as _
        )
        .fetch_optional(self.sql())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (plan, mut nodes) = (PlanId(row.plan_id), row.nodes.0);
        let mut tags: HashMap<String, Vec<String>> = HashMap::new();
        row.tags.0.into_iter().for_each(|(node, attribute)| tags.entry(node).or_default().push(attribute));
        nodes.iter_mut().for_each(|node| node.attributes = tags.remove(&node.key).unwrap_or_default());
        let kpis = kpi::of_plan(self, plan, None).await?;
        let reports = self.filed(None).await?;
        let ids: HashMap<&str, Uuid> = row.kpis.iter().map(|named| (named.name.as_str(), named.id)).collect();
        let (mut entries, mut places) = (Vec::new(), Vec::new());
        for kpi in &kpis {
            let Some(id) = ids.get(kpi.code.as_str()) else { continue };
            entries.push(Entry { item: Item::Kpi(KpiId(*id)), rhythm: Rhythm::of(kpi) });
            places.push(kpi.node.clone());
        }
        let parents: HashSet<&str> = nodes.iter().filter_map(|node| node.parent.as_deref()).collect();
        let is_leaf = |node: &&Place| node.parent.is_some() && !parents.contains(node.key.as_str());
        for node in nodes.iter().filter(is_leaf) {
            entries.push(Entry { item: Item::Initiative(plan, node.key.clone()), rhythm: Rhythm::Initiative { ended: node.ended } });
            places.push(node.key.clone());
        }
        let charge = |held: Held| {
            let day = |text: &str| parse_date(text).ok();
            Some(Charge {
                item: Item::from_columns(held.kpi, held.plan, held.node)?,
                section: SectionId(held.section),
                person: held.person.map(MemberId),
                deputy: held.deputy.map(MemberId),
                span: Span { from: day(&held.from)?, until: held.until.as_deref().and_then(day) },
            })
        };
        Ok(Some(Survey {
            plan,
            head: row.head.0,
            nodes,
            attributes: row.attributes.0,
            kpis,
            rounds: row.rounds.0,
            settings: row.settings.map(|settings| settings.0).unwrap_or_default(),
            sections: row.sections.0.into_iter().map(|named| (SectionId(named.id), named.name)).collect(),
            entries,
            places,
            charges: row.charges.0.into_iter().filter_map(charge).collect(),
            reports,
            ledger: row.ledger.0.into_iter().map(|(year, node, entry)| (FiscalYear(year), node, entry)).collect(),
            today,
        }))
    }
}
