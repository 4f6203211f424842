//! Editions: written once, read by everybody.

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::Permit,
    ids::{EditionId, PlanId},
    plan::PlanKind,
    publish::{Decision, Edition, Municipality},
};
use serde_json::json;
use sqlx::types::Json;

use crate::{City, Db, PublicTx, Result, StoreError, TenantTx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    pub at: Timestamp,
    pub reason: String,
}

/// What the public finds under a plan's address.
pub enum Found {
    Edition(Box<Edition>),
    Withdrawn(Withdrawal),
}

/// A line of the front page.
#[derive(Clone, Debug)]
pub struct Listed {
    pub slug: String,
    pub code: String,
    pub name: String,
    pub kana: String,
    pub prefecture: String,
    pub fictional: bool,
    pub plan_title: String,
    pub period_from: i16,
    pub period_until: i16,
    pub edition_number: i32,
    pub published_on: Date,
}

impl Db {
    /// Municipalities with the plan under their own address, in code order. `words` are matched against name, kana and code.
    pub async fn catalogue(&self, words: &str) -> Result<Vec<Listed>> {
        let mut tx = self.public_list().await?;
        let rows = sqlx::query!(
            r#"select n.slug, n.code, n.name, n.kana, coalesce(p.name, '') as "prefecture!", t.fictional, c.plan_title, c.period_from,
                 c.period_until, c.edition_number, c.published_on
               from (
                 select distinct on (tenant_id) * from rashin.public_catalogue where kind <> 'predecessor' and public_from <= $2
                 order by tenant_id, kind <> 'dx_plan', period_from desc, plan_slug, edition_number desc
               ) c
               join rashin.tenants t on t.id = c.tenant_id
               join rashin.tenant_names n on n.tenant_id = c.tenant_id and n.valid_until is null
               left join rashin.master_prefectures p on left(p.code, 2) = n.prefecture
               where $1 = '' or position($1 in n.name || ' ' || n.kana || ' ' || n.code || ' ' || coalesce(p.name, '')) > 0
               order by t.fictional, n.code"#,
            words,
            jiff_sqlx::Timestamp::from(self.now()) as _,
        )
        .fetch_all(&mut *tx)
        .await?;
        let listed = rows.into_iter().map(|r| Listed {
            slug: r.slug,
            code: r.code,
            name: r.name,
            kana: r.kana,
            prefecture: r.prefecture,
            fictional: r.fictional,
            plan_title: r.plan_title,
            period_from: r.period_from,
            period_until: r.period_until,
            edition_number: r.edition_number,
            published_on: r.published_on.to_jiff(),
        });
        Ok(listed.collect())
    }

    /// Slug of the tenant with a code, if it has published anything.
    pub async fn slug_by_code(&self, code: &str) -> Result<String> {
        let mut tx = self.public_list().await?;
        let slug = sqlx::query_scalar!(
            "select n.slug from rashin.tenant_names n where n.code = $1 and n.valid_until is null
               and exists (select from rashin.public_catalogue c where c.tenant_id = n.tenant_id and c.public_from <= $2)",
            code,
            jiff_sqlx::Timestamp::from(self.now()) as _,
        )
        .fetch_one(&mut *tx)
        .await?;
        Ok(slug)
    }
}

/// What waits for its time or was withdrawn before, the policy of the table hides.
impl PublicTx {
    /// An edition: of the named plan, or of the newest plan of a kind; the newest one, or the numbered.
    pub async fn edition(&mut self, plan: Option<&str>, kind: PlanKind, number: Option<i32>) -> Result<Found> {
        let row = sqlx::query!(
            r#"select content as "content: Json<Edition>", withdrawn_at, withdrawn_reason from rashin.editions
               where case when $1::text is null then plan_kind = $2 else plan_slug = $1 end and ($3::int is null or number = $3)
               order by ($3::int is null and withdrawn_at is null) desc, (content #>> '{content,plan,period_from}') desc, plan_slug,
                 number desc limit 1"#,
            plan,
            kind.code(),
            number
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(match row.withdrawn_at.zip(row.withdrawn_reason) {
            Some((at, reason)) => Found::Withdrawn(Withdrawal { at: at.to_jiff(), reason }),
            None => Found::Edition(Box::new(row.content.0)),
        })
    }

    /// Published plans of the tenant: (slug, title, kind, newest number, since when it is public).
    pub async fn published_plans(&mut self) -> Result<Vec<(String, String, PlanKind, i32, Timestamp)>> {
        let rows = sqlx::query!(
            r#"select distinct on (plan_slug) plan_slug, content #>> '{content,plan,title}' as "title!", plan_kind, number, public_from
               from rashin.editions where withdrawn_at is null order by plan_slug, number desc"#
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let kind = |code: &str| PlanKind::from_code(code).unwrap_or(PlanKind::DxPlan);
        Ok(rows.into_iter().map(|r| (r.plan_slug, r.title, kind(&r.plan_kind), r.number, r.public_from.to_jiff())).collect())
    }
}

fn municipality(city: &City, prefecture: String) -> Municipality {
    Municipality { code: city.code.clone(), name: city.name.clone(), prefecture, fictional: city.fictional }
}

/// What an edition is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The live plan with its open draft.
    Draft,
    /// The live plan with its figures; an open draft stays open.
    Live,
}

impl TenantTx {
    /// What the next edition of a plan would be if it were published now.
    pub async fn next_edition(&mut self, plan: PlanId, base: Base, reason: String, decision: Option<Decision>) -> Result<Edition> {
        let content = match base {
            Base::Draft => self.desk_by_id(plan).await?.content().clone(),
            Base::Live => self.plan_content(plan).await?,
        };
        let sections = self.responsible_sections().await?.into_iter().map(|(code, (_, name))| (code, name)).collect();
        let number = sqlx::query_scalar!("select coalesce(max(number), 0) + 1 as \"n!\" from rashin.editions where plan_id = $1", plan.0)
            .fetch_one(self.sql())
            .await?;
        let code = self.city().prefecture.clone();
        let prefecture = sqlx::query_scalar!("select name from rashin.master_prefectures where left(code, 2) = $1", code)
            .fetch_optional(self.sql())
            .await?
            .unwrap_or_default();
        let municipality = municipality(self.city(), prefecture);
        let files = self.attachments_to_publish(plan).await?;
        Ok(Edition::freeze(municipality, number, self.today(), reason, decision, content, sections).with_attachments(files))
    }

    /// Publishes the next edition, to be public from the embargo's end on. `Conflict(editions_one_per_number)` when
    /// somebody published at the same time, `Conflict(draft_clashes)` when a KPI of the draft disagrees with another plan's
    /// publication.
    pub async fn publish(
        &mut self,
        permit: Permit,
        plan: PlanId,
        base: Base,
        reason: &str,
        decision: Option<Decision>,
        embargo: Option<Timestamp>,
    ) -> Result<i32> {
        self.hold_plans().await?;
        let mut drafted = None;
        if base == Base::Draft {
            let desk = self.desk_by_id(plan).await?;
            if desk.clashing().next().is_some() {
                return Err(StoreError::Conflict("draft_clashes".to_owned()));
            }
            if desk.revision.is_some() {
                self.apply_plan(plan, &desk.live, desk.content()).await?;
                self.give_adopted(plan).await?;
            }
            drafted = desk.revision;
        }
        // Read anew: a KPI that came from another plan has brought its figures.
        let edition = self.next_edition(plan, Base::Live, reason.to_owned(), decision.clone()).await?;
        if let Some(revision) = drafted {
            self.close_draft(&revision, "published", Some(edition.number)).await?;
        }
        let decision = decision.unwrap_or_default();
        let (city, id, now) = (self.city().id.0, EditionId(self.new_id()), self.now());
        let publisher = self.member().map(|member| member.id.0);
        let (slug, number) = (edition.content.plan.slug.clone(), edition.number);
        let files: Vec<_> = edition.attachments.iter().map(|file| file.id.0).collect();
        sqlx::query!(
            "insert into rashin.editions (tenant_id, id, plan_id, plan_slug, plan_kind, number, published_at, published_by, reason,
                                          document_number, drafted_on, decided_on, decided_by, effective_on, public_from, content,
                                          attachments)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            city,
            id.0,
            plan.0,
            slug,
            edition.content.plan.kind.code(),
            number,
            jiff_sqlx::Timestamp::from(now) as _,
            publisher,
            reason,
            decision.document_number,
            decision.drafted_on.map(jiff_sqlx::Date::from) as _,
            decision.decided_on.map(jiff_sqlx::Date::from) as _,
            decision.decided_by,
            decision.effective_on.map(jiff_sqlx::Date::from) as _,
            jiff_sqlx::Timestamp::from(embargo.unwrap_or(now)) as _,
            Json(&edition) as _,
            &files,
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("select gate.list_publication($1)", slug).execute(self.sql()).await?;
        self.used(permit, slug, json!({ "edition": number, "embargo": embargo.map(|until| until.to_string()) }));
        Ok(number)
    }

    /// Takes an edition back: its address answers 410 with the reason from now on. One that waits will never be public.
    pub async fn withdraw_edition(&mut self, permit: Permit, plan: PlanId, number: i32, reason: &str) -> Result<()> {
        let now = jiff_sqlx::Timestamp::from(self.now());
        let row = sqlx::query!(
            "update rashin.editions set withdrawn_at = $3, withdrawn_reason = $4
             where plan_id = $1 and number = $2 and withdrawn_at is null returning id, plan_slug",
            plan.0,
            number,
            now as _,
            reason
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound)?;
        sqlx::query!("select gate.list_publication($1)", row.plan_slug).execute(self.sql()).await?;
        let standing = self.newest_edition(plan).await?.map(|(id, _)| id);
        self.move_shares(EditionId(row.id), standing).await?;
        self.used(permit, row.plan_slug, json!({ "withdrawn": number, "reason": reason }));
        Ok(())
    }

    /// An edition as its staff may read it, withdrawn or not.
    pub async fn numbered_edition(&mut self, plan: PlanId, number: i32) -> Result<Edition> {
        let content = sqlx::query_scalar!(
            r#"select content as "content: Json<Edition>" from rashin.editions where plan_id = $1 and number = $2"#,
            plan.0,
            number
        )
        .fetch_one(self.sql())
        .await?;
        Ok(content.0)
    }

    /// The newest edition of a plan that stands: what the public reads now.
    pub async fn newest_edition(&mut self, plan: PlanId) -> Result<Option<(EditionId, Edition)>> {
        let now = jiff_sqlx::Timestamp::from(self.now());
        let row = sqlx::query!(
            r#"select id, content as "content: Json<Edition>" from rashin.editions
               where plan_id = $1 and withdrawn_at is null and public_from <= $2 order by number desc limit 1"#,
            plan.0,
            now as _
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|row| (EditionId(row.id), row.content.0)))
    }
}
