//! Which section answers for a KPI, and since when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rashin_domain::{
    access::Permit,
    ids::{KpiId, MemberId, PlanId, SectionId},
    obligation::Item,
    organisation::Span,
};
use serde_json::json;
use uuid::Uuid;

use crate::{Result, TenantTx, organisation::span};

/// Who is to answer for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub section: SectionId,
    pub person: Option<MemberId>,
    pub deputy: Option<MemberId>,
}

impl Owner {
    fn from_columns(section: Uuid, person: Option<Uuid>, deputy: Option<Uuid>) -> Self {
        Self { section: SectionId(section), person: person.map(MemberId), deputy: deputy.map(MemberId) }
    }
}

/// A section's time of answering for a KPI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsibility {
    pub key: String,
    pub name: String,
    /// Who was named, where somebody was.
    pub person: Option<String>,
    pub span: Span,
}

impl TenantTx {
    /// Section responsible for each KPI today.
    pub async fn responsible_sections(&mut self) -> Result<BTreeMap<String, (SectionId, String)>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query!(
            "select distinct on (k.code) k.code, s.id, s.name
             from rashin.responsibilities r
             join rashin.kpis k on k.tenant_id = r.tenant_id and k.id = r.kpi_id
             join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
             where r.valid_from <= $1 and (r.valid_until is null or $1 <= r.valid_until)
             order by k.code, r.valid_from desc, r.id desc",
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| (r.code, (SectionId(r.id), r.name))).collect())
    }

    /// Sections that answer for each KPI and initiative today, newest first.
    pub async fn answering_today(&mut self) -> Result<BTreeMap<Item, Vec<SectionId>>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query!(
            "select kpi_id, plan_id, node_key, section_id from rashin.responsibilities
             where valid_from <= $1 and (valid_until is null or $1 <= valid_until) order by valid_from, id",
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        let mut answering: BTreeMap<Item, Vec<SectionId>> = BTreeMap::new();
        for r in rows.into_iter().rev() {
            if let Some(item) = Item::from_columns(r.kpi_id, r.plan_id, r.node_key) {
                answering.entry(item).or_default().push(SectionId(r.section_id));
            }
        }
        Ok(answering)
    }

    /// Section responsible for a KPI or an initiative today: (id, name). Of several the newest.
    pub async fn responsible_section(&mut self, item: &Item) -> Result<Option<(SectionId, String)>> {
        Ok(self.answering(item).await?.into_iter().next())
    }

    /// All sections that answer for a KPI or an initiative today, newest first: (id, name).
    pub async fn answering(&mut self, item: &Item) -> Result<Vec<(SectionId, String)>> {
        let today = jiff_sqlx::Date::from(self.today());
        let (kpi, plan, node) = item.columns();
        let rows = sqlx::query!(
            "select s.id, s.name from rashin.responsibilities r
             join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
             where (r.kpi_id = $1 or (r.plan_id = $2 and r.node_key = $3)) and r.valid_from <= $4 and (r.valid_until is null or $4 <= r.valid_until)
             order by r.valid_from desc, r.id desc",
            kpi,
            plan,
            node,
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| (SectionId(r.id), r.name)).collect())
    }

    /// Gives KPIs and initiatives to a section and its people from a day on, or to nobody, with all that is prepared for
    /// the section: when it ends, its successor goes on. Who answered before ends the day before; what was prepared for
    /// that day or later gives way. `items` with the names under which the log knows them.
    pub async fn hand_over(&mut self, permit: Permit, items: &[(Item, String)], owner: Option<&Owner>, from: Date) -> Result<()> {
        let line = match owner {
            Some(owner) => self.organisation().await?.organisation.line(owner.section, from),
            None => Vec::new(),
        };
        for (item, _) in items {
            self.hand_over_one(item, owner, &line, from).await?;
        }
        let names: Vec<&str> = items.iter().map(|(_, name)| name.as_str()).collect();
        let from = rashin_domain::period::date_code(from);
        let (section, person, deputy) = (owner.map(|o| o.section), owner.and_then(|o| o.person), owner.and_then(|o| o.deputy));
        // A single one is found by its own name in the log.
        let subject = if let [name] = names[..] { name.to_owned() } else { format!("{}件", names.len()) };
        self.used(permit, subject, json!({ "section": section, "person": person, "deputy": deputy, "from": from, "items": names }));
        Ok(())
    }

    /// Gives what a decision has started, and nobody answers for, to the section that proposed its case: the initiative
    /// with its KPIs.
    pub(crate) async fn give_adopted(&mut self, plan: PlanId) -> Result<()> {
        let rows = sqlx::query!(
            r#"select r.node_key, k.kpi_id as "kpi_id?", c.section_id as "section_id!"
               from rashin.plan_rulings r
               join rashin.cases c on c.tenant_id = r.tenant_id and c.number = r.case_number and c.section_id is not null
               left join rashin.plan_kpis k on k.tenant_id = r.tenant_id and k.plan_id = r.plan_id and k.node_key = r.node_key
               where r.plan_id = $1 and r.effect = 'starts' order by r.position, k.position"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let (given, organisation, today) = (self.answering_today().await?, self.organisation().await?.organisation, self.today());
        for row in rows {
            let owner = Owner::from_columns(row.section_id, None, None);
            let line = organisation.line(owner.section, today);
            let items = [Some(Item::Initiative(plan, row.node_key)), row.kpi_id.map(|kpi| Item::Kpi(KpiId(kpi)))];
            for item in items.into_iter().flatten().filter(|item| !given.contains_key(item)) {
                self.hand_over_one(&item, Some(&owner), &line, today).await?;
            }
        }
        Ok(())
    }

    async fn hand_over_one(&mut self, item: &Item, owner: Option<&Owner>, line: &[(SectionId, Span)], from: Date) -> Result<()> {
        let city = self.city().id.0;
        let (kpi, plan, node) = item.columns();
        let first = jiff_sqlx::Date::from(from);
        sqlx::query!(
            "delete from rashin.responsibilities where (kpi_id = $1 or (plan_id = $2 and node_key = $3)) and valid_from >= $4",
            kpi,
            plan,
            node,
            first as _
        )
        .execute(self.sql())
        .await?;
        let ends = jiff_sqlx::Date::from(from.yesterday().unwrap_or(from));
        let before = sqlx::query!(
            "update rashin.responsibilities set valid_until = $5
             where (kpi_id = $1 or (plan_id = $2 and node_key = $3)) and valid_from < $4 and (valid_until is null or $5 <= valid_until)
             returning id, section_id, person_id, deputy_id",
            kpi,
            plan,
            node,
            first as _,
            ends as _
        )
        .fetch_all(self.sql())
        .await?;
        // Who goes on as before has one time of answering, not two.
        let same = owner
            .and_then(|owner| before.iter().find(|r| Owner::from_columns(r.section_id, r.person_id, r.deputy_id) == *owner).map(|r| r.id));
        let rest = match (same, line) {
            (Some(id), [(_, first), rest @ ..]) => {
                let until = first.until.map(jiff_sqlx::Date::from);
                sqlx::query!("update rashin.responsibilities set valid_until = $2 where id = $1", id, until as _)
                    .execute(self.sql())
                    .await?;
                rest
            }
            (_, line) => line,
        };
        for (section, span) in rest {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.responsibilities (tenant_id, id, kpi_id, plan_id, node_key, section_id, person_id, deputy_id, valid_from, valid_until)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                city,
                id,
                kpi,
                plan,
                node,
                section.0,
                owner.and_then(|owner| owner.person).map(|person| person.0),
                owner.and_then(|owner| owner.deputy).map(|deputy| deputy.0),
                jiff_sqlx::Date::from(span.from) as _,
                span.until.map(jiff_sqlx::Date::from) as _,
            )
            .execute(self.sql())
            .await?;
        }
        Ok(())
    }

    /// All sections that answered, answer or will answer for a KPI, newest first.
    pub async fn responsibilities(&mut self, code: &str) -> Result<Vec<Responsibility>> {
        let rows = sqlx::query!(
            r#"select s.key, s.name, m.name as "person?", r.valid_from, r.valid_until
             from rashin.responsibilities r
             join rashin.kpis k on k.tenant_id = r.tenant_id and k.id = r.kpi_id
             join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
             left join rashin.members m on m.tenant_id = r.tenant_id and m.id = r.person_id
             where k.code = $1 order by r.valid_from desc, r.id desc"#,
            code
        )
        .fetch_all(self.sql())
        .await?;
        let one = rows.into_iter().map(|r| Responsibility {
            key: r.key,
            name: r.name,
            person: r.person,
            span: span(r.valid_from, r.valid_until),
        });
        Ok(one.collect())
    }
}
