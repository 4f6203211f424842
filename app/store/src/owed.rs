//! What is reported on, by whom, and how far it has come: all that [`obligation::Desk`](rashin_domain::obligation::Desk) asks.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rashin_domain::{
    access::{Assignment, Member, Role, SectionTree},
    clock::{FiscalYear, japan_date},
    ids::{KpiId, MemberId, PersonId, PlanId, SectionId},
    kpi::{Frequency, Maturity},
    lock::{Lock, lock},
    obligation::{Charge, Desk, Entry, Filed, Item, Reports, Stage},
    organisation::Span,
    reminder::{Reminder, due},
    round::{Asked, Rhythm, Round},
    value::{Unknown, Value},
};
use rust_decimal::Decimal;

use crate::{Result, TenantTx, kpi::period, plan::PlanRef, tenancy::tree};

/// Something to report on, with its name.
#[derive(Clone, Debug)]
pub struct Named {
    pub entry: Entry,
    /// Code of the KPI, key of the initiative.
    pub code: String,
    pub name: String,
    /// The node it belongs to: the KPI's, or the one above the initiative.
    pub node: Option<String>,
}

/// The state of reporting on a day.
#[derive(Clone, Debug)]
pub struct Owed {
    pub plan: PlanRef,
    pub rounds: Vec<Round>,
    /// KPIs, then initiatives, in the order of the plan; as [`Owed::named`].
    pub entries: Vec<Entry>,
    pub named: Vec<Named>,
    pub charges: Vec<Charge>,
    pub reports: Reports,
    pub members: Vec<Member>,
    pub sections: SectionTree,
    today: jiff::civil::Date,
}

impl Owed {
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            rounds: &self.rounds,
            entries: &self.entries,
            charges: &self.charges,
            reports: &self.reports,
            members: &self.members,
            sections: &self.sections,
            today: self.today,
        }
    }

    /// The reminders that are due today, but for those with keys that were sent.
    pub fn due(&self, sent: &BTreeSet<String>) -> Vec<Reminder<'_>> {
        due(&self.desk(), sent)
    }

    pub fn find(&self, item: &Item) -> Option<&Named> {
        self.named.iter().find(|named| named.entry.item == *item)
    }
}

/// What decides how figures of one item may be reported today.
#[derive(Clone, Debug)]
pub struct Locks {
    item: Item,
    /// `None` outside of the plan that the tenant works on: no round asks for it.
    pub rhythm: Option<Rhythm>,
    pub rounds: Vec<Round>,
    reports: Reports,
    today: jiff::civil::Date,
}

impl Locks {
    pub fn of(&self, asked: Asked) -> Lock<'_> {
        let Some(rhythm) = &self.rhythm else { return Lock::Free };
        lock(&self.rounds, rhythm, asked, self.reports.stage(&self.item, asked), self.today)
    }

    /// What the rounds that have opened ask of it, in the order of time.
    pub fn asked(&self) -> Vec<Asked> {
        let opened = self.rounds.iter().filter(|round| round.opens_on <= self.today);
        opened.flat_map(|round| self.rhythm.iter().flat_map(|rhythm| round.asked(rhythm))).collect()
    }

    /// What a round asks of it today, the first to close first.
    pub fn asked_now(&self) -> Option<Asked> {
        let running = self.rounds.iter().filter(|round| round.runs_on(self.today)).min_by_key(|round| round.closes_on)?;
        running.asked(self.rhythm.as_ref()?).into_iter().next_back()
    }
}

impl TenantTx {
    pub async fn locks(&mut self, item: &Item) -> Result<Locks> {
        let rounds = self.rounds().await?;
        self.locks_by(item, rounds).await
    }

    pub(crate) async fn locks_by(&mut self, item: &Item, rounds: Vec<Round>) -> Result<Locks> {
        let plan = self.current_plan().await?;
        let entries = match (item, plan) {
            (Item::Kpi(kpi), Some(plan)) => self.kpi_entries(plan.id, Some(*kpi)).await?,
            (Item::Initiative(of, _), Some(plan)) if *of == plan.id => self.initiative_entries(plan.id).await?,
            _ => Vec::new(),
        };
        let rhythm = entries.into_iter().find(|named| named.entry.item == *item).map(|named| named.entry.rhythm);
        let reports = self.filed(Some(item)).await?;
        Ok(Locks { item: item.clone(), rhythm, rounds, reports, today: self.today() })
    }

    /// All of the plan that the tenant works on; `None` without one. Drafts are those of one member, or none.
    pub async fn owed(&mut self, drafts_of: Option<MemberId>) -> Result<Option<Owed>> {
        let Some(plan) = self.current_plan().await? else { return Ok(None) };
        let mut named = self.kpi_entries(plan.id, None).await?;
        named.extend(self.initiative_entries(plan.id).await?);
        let entries = named.iter().map(|named| named.entry.clone()).collect();
        let sections = self.sections().await?;
        let mut reports = self.filed(None).await?;
        if let Some(member) = drafts_of {
            for draft in self.drafted_reports(member).await? {
                reports.push(draft);
            }
        }
        Ok(Some(Owed {
            plan,
            rounds: self.rounds().await?,
            entries,
            named,
            charges: self.charges().await?,
            reports,
            members: self.members_today().await?,
            sections: tree(&sections),
            today: self.today(),
        }))
    }

    async fn kpi_entries(&mut self, plan: PlanId, one: Option<KpiId>) -> Result<Vec<Named>> {
        let rows = sqlx::query!(
            r#"select k.id, k.code, d.name, d.frequency, pk.node_key,
                 array(select distinct o.period::text from rashin.kpi_points o
                       where o.plan_id = pk.plan_id and o.kpi_id = k.id and o.role <> 'baseline' and not o.withdrawn) as "targets!: Vec<String>"
               from rashin.plan_kpis pk
               join rashin.kpis k on k.tenant_id = pk.tenant_id and k.id = pk.kpi_id
               join lateral (select * from rashin.kpi_definitions d where d.tenant_id = k.tenant_id and d.kpi_id = k.id
                             order by version desc limit 1) d on true
               where pk.plan_id = $1 and not pk.retired and ($2::uuid is null or k.id = $2) order by pk.position"#,
            plan.0,
            one.map(|kpi| kpi.0)
        )
        .fetch_all(self.sql())
        .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for r in rows {
            let mut targets = Vec::new();
            for code in &r.targets {
                targets.push(period(code)?.fiscal_year());
            }
            let frequency = Frequency::from_code(&r.frequency).unwrap_or(Frequency::Year);
            let entry = Entry { item: Item::Kpi(KpiId(r.id)), rhythm: Rhythm::Kpi { frequency, targets } };
            entries.push(Named { entry, code: r.code, name: r.name, node: Some(r.node_key) });
        }
        Ok(entries)
    }

    /// What has nothing under it and something above it.
    async fn initiative_entries(&mut self, plan: PlanId) -> Result<Vec<Named>> {
        let rows = sqlx::query!(
            "select n.key, n.parent_key, n.title,
               (select max(r.fiscal_year) from rashin.plan_rulings r
                where r.plan_id = n.plan_id and r.node_key = n.key and r.effect = 'scraps') as ended
             from rashin.nodes n where n.plan_id = $1 and not n.retired order by n.position",
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        let parents: HashSet<String> = rows.iter().filter_map(|r| r.parent_key.clone()).collect();
        let leaves = rows.into_iter().filter(|r| r.parent_key.is_some() && !parents.contains(&r.key));
        let entry = |key: &str, ended: Option<i16>| Entry {
            item: Item::Initiative(plan, key.to_owned()),
            rhythm: Rhythm::Initiative { ended: ended.map(FiscalYear) },
        };
        Ok(leaves.map(|r| Named { entry: entry(&r.key, r.ended), code: r.key, name: r.title, node: r.parent_key }).collect())
    }

    /// Responsibilities that are over too: who answered when.
    async fn charges(&mut self) -> Result<Vec<Charge>> {
        let rows = sqlx::query!(
            "select kpi_id, plan_id, node_key, section_id, person_id, deputy_id, valid_from, valid_until
             from rashin.responsibilities order by valid_from, id"
        )
        .fetch_all(self.sql())
        .await?;
        let charge = rows.into_iter().filter_map(|r| {
            Some(Charge {
                item: Item::from_columns(r.kpi_id, r.plan_id, r.node_key)?,
                section: SectionId(r.section_id),
                person: r.person_id.map(MemberId),
                deputy: r.deputy_id.map(MemberId),
                span: Span { from: r.valid_from.to_jiff(), until: r.valid_until.map(jiff_sqlx::Date::to_jiff) },
            })
        });
        Ok(charge.collect())
    }

    /// Every report, or those of one item, with how far they have come, oldest first.
    pub(crate) async fn filed(&mut self, of: Option<&Item>) -> Result<Reports> {
        let (kpi, plan, node) = of.map_or((None, None, None), Item::columns);
        let rows = sqlx::query!(
            r#"select r.id, r.kpi_id, r.plan_id, r.node_key, r.period as "period!: String", r.revision, r.maturity, r.reporter_id,
                 coalesce(d.decided_at, r.reported_at) as "at!", d.outcome as "outcome?",
                 a.value_kind as "value_kind?", a.words as "words?", a.expected_on as "expected_on?"
               from rashin.reports r
               left join rashin.report_decisions d on d.tenant_id = r.tenant_id and d.report_id = r.id and d.settles
               left join rashin.kpi_actuals a
                 on a.tenant_id = r.tenant_id and a.kpi_id = r.kpi_id and a.period = r.period and a.revision = r.revision
               where ($1::uuid is null or r.kpi_id = $1) and ($2::uuid is null or (r.plan_id = $2 and r.node_key = $3))
               order by r.reported_at, r.revision, r.id"#,
            kpi,
            plan,
            node
        )
        .fetch_all(self.sql())
        .await?;
        let mut reports = Reports::default();
        // A report has a row for each of its parts.
        for parts in rows.chunk_by(|one, other| one.id == other.id) {
            let r = &parts[0];
            let Some(item) = Item::from_columns(r.kpi_id, r.plan_id, r.node_key.clone()) else { continue };
            // Only what kind of value each is counts for the stage.
            let values = parts.iter().filter_map(|part| {
                let expected = part.expected_on.map(jiff_sqlx::Date::to_jiff);
                Some(match part.value_kind.as_deref()? {
                    "unknown" => {
                        let reason = part.words.as_deref().and_then(Unknown::from_code).unwrap_or(Unknown::Unreported);
                        Value::Unknown { reason, expected }
                    }
                    _ => Value::number(Decimal::ZERO),
                })
            });
            let values: Vec<Value> = values.collect();
            reports.push(Filed {
                item,
                asked: Asked { period: period(&r.period)?, maturity: Maturity::from_code(&r.maturity).unwrap_or(Maturity::Preliminary) },
                revision: r.revision,
                stage: Stage::of(&values, r.outcome.as_deref().map(|outcome| outcome == "approved")),
                by: r.reporter_id.map(MemberId),
                on: japan_date(r.at.to_jiff()),
            });
        }
        Ok(reports)
    }

    /// Everybody who can sign in today, with the assignments in force.
    pub async fn members_today(&mut self) -> Result<Vec<Member>> {
        let today = self.today();
        self.members_in(Span { from: today, until: Some(today) }).await
    }

    /// Everybody with an assignment that reaches into the days, with those assignments. Whoever is invited belongs to them
    /// when they go beyond today.
    pub async fn members_in(&mut self, days: Span) -> Result<Vec<Member>> {
        let (tenant, from) = (self.city().id, jiff_sqlx::Date::from(days.from));
        let (until, later) = (days.until.map(jiff_sqlx::Date::from), days.until != Some(self.today()));
        let rows = sqlx::query!(
            "select m.id, m.person_id, m.name, a.role, a.section_id, a.post
             from rashin.members m
             join rashin.assignments a on a.tenant_id = m.tenant_id and a.member_id = m.id
             where (m.state = 'active' or (m.state = 'invited' and $3)) and (m.left_on is null or $1 <= m.left_on)
               and ($2::date is null or a.valid_from <= $2) and (a.valid_until is null or $1 <= a.valid_until)
             order by m.id, a.capacity <> 'main', a.valid_from",
            from as _,
            until as _,
            later
        )
        .fetch_all(self.sql())
        .await?;
        let mut members: BTreeMap<MemberId, Member> = BTreeMap::new();
        for r in rows {
            let id = MemberId(r.id);
            let member = members.entry(id).or_insert_with(|| Member {
                tenant,
                id,
                person: PersonId(r.person_id),
                name: r.name,
                assignments: Vec::new(),
            });
            let role = Role::from_code(&r.role).unwrap_or(Role::Viewer);
            member.assignments.push(Assignment { role, section: r.section_id.map(SectionId), post: r.post });
        }
        Ok(members.into_values().collect())
    }
}
