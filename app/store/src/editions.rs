//! What is recorded about editions: how each was published, how long it waits, what was corrected.

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    ids::{MemberId, PlanId},
    publish::{Decision, Erratum, Standing, standing},
};
use serde_json::json;
use sqlx::PgConnection;

use crate::{PublicTx, Result, StoreError, TenantTx, publish::Withdrawal};

/// One line of a plan's list of editions.
#[derive(Clone, Debug)]
pub struct EditionRecord {
    pub number: i32,
    pub published_at: Timestamp,
    /// `None` is the command line.
    pub published_by: Option<MemberId>,
    /// Later than `published_at` under an embargo.
    pub public_from: Timestamp,
    pub reason: String,
    pub decision: Decision,
    pub withdrawn: Option<Withdrawal>,
    /// How many corrections it has.
    pub errata: i64,
}

impl EditionRecord {
    pub fn standing(&self, now: Timestamp) -> Standing {
        standing(self.public_from, self.withdrawn.as_ref().map(|withdrawal| withdrawal.at), now)
    }
}

/// Editions of a plan that the transaction may see, newest first.
async fn records(sql: &mut PgConnection, plan: &str) -> Result<Vec<EditionRecord>> {
    let rows = sqlx::query!(
        r#"select number, published_at, published_by, public_from, reason, document_number, drafted_on, decided_on, decided_by, effective_on,
             withdrawn_at, withdrawn_reason,
             (select count(*) from rashin.errata x where x.tenant_id = e.tenant_id and x.edition_id = e.id) as "errata!"
           from rashin.editions e where plan_slug = $1 order by number desc"#,
        plan
    )
    .fetch_all(sql)
    .await?;
    let record = rows.into_iter().map(|r| EditionRecord {
        number: r.number,
        published_at: r.published_at.to_jiff(),
        published_by: r.published_by.map(MemberId),
        public_from: r.public_from.to_jiff(),
        reason: r.reason,
        decision: Decision {
            document_number: r.document_number,
            drafted_on: r.drafted_on.map(|day| day.to_jiff()),
            decided_on: r.decided_on.map(|day| day.to_jiff()),
            decided_by: r.decided_by,
            effective_on: r.effective_on.map(|day| day.to_jiff()),
        },
        withdrawn: r.withdrawn_at.zip(r.withdrawn_reason).map(|(at, reason)| Withdrawal { at: at.to_jiff(), reason }),
        errata: r.errata,
    });
    Ok(record.collect())
}

/// Corrections of an edition that the transaction may see, in their order.
async fn errata(sql: &mut PgConnection, plan: &str, number: i32) -> Result<Vec<Erratum>> {
    let rows = sqlx::query!(
        "select x.number, place, wrong, correct, x.reason, issued_on
         from rashin.errata x join rashin.editions e on e.tenant_id = x.tenant_id and e.id = x.edition_id
         where e.plan_slug = $1 and e.number = $2 order by x.number",
        plan,
        number
    )
    .fetch_all(sql)
    .await?;
    let erratum = rows.into_iter().map(|r| Erratum {
        number: r.number,
        place: r.place,
        wrong: r.wrong,
        right: r.correct,
        reason: r.reason,
        issued_on: r.issued_on.to_jiff(),
    });
    Ok(erratum.collect())
}

impl PublicTx {
    /// Editions of a plan that are public or were, newest first.
    pub async fn editions(&mut self, plan: &str) -> Result<Vec<EditionRecord>> {
        records(&mut self.tx, plan).await
    }

    /// How a public edition of a plan was published.
    pub async fn edition_record(&mut self, plan: &str, number: i32) -> Result<EditionRecord> {
        one(self.editions(plan).await?, number)
    }

    pub async fn errata(&mut self, plan: &str, number: i32) -> Result<Vec<Erratum>> {
        errata(&mut self.tx, plan, number).await
    }
}

fn one(records: Vec<EditionRecord>, number: i32) -> Result<EditionRecord> {
    records.into_iter().find(|record| record.number == number).ok_or(StoreError::NotFound)
}

impl TenantTx {
    /// All editions of a plan, newest first.
    pub async fn editions(&mut self, plan: &str) -> Result<Vec<EditionRecord>> {
        records(self.sql(), plan).await
    }

    pub async fn edition_record(&mut self, plan: &str, number: i32) -> Result<EditionRecord> {
        one(self.editions(plan).await?, number)
    }

    pub async fn errata(&mut self, plan: &str, number: i32) -> Result<Vec<Erratum>> {
        errata(self.sql(), plan, number).await
    }

    /// Gives a waiting edition another time, at the earliest now. False when it waits no more, or no more until `seen`.
    pub async fn set_embargo(&mut self, permit: Permit, plan: PlanId, number: i32, seen: Timestamp, until: Timestamp) -> Result<bool> {
        let now = self.now();
        let until = until.max(now);
        let slug = sqlx::query_scalar!(
            "update rashin.editions set public_from = $4
             where plan_id = $1 and number = $2 and withdrawn_at is null and public_from = $3 and public_from > $5 returning plan_slug",
            plan.0,
            number,
            jiff_sqlx::Timestamp::from(seen) as _,
            jiff_sqlx::Timestamp::from(until) as _,
            jiff_sqlx::Timestamp::from(now) as _,
        )
        .fetch_optional(self.sql())
        .await?;
        let Some(slug) = slug else { return Ok(false) };
        sqlx::query!("select gate.list_publication($1)", slug).execute(self.sql()).await?;
        self.used(permit, slug, json!({ "edition": number, "embargo": until.to_string(), "before": seen.to_string() }));
        Ok(true)
    }

    /// Adds a correction to an edition that is public. False when it is not, or when somebody added another one first.
    pub async fn add_erratum(&mut self, permit: Permit, plan: PlanId, number: i32, erratum: &Erratum) -> Result<bool> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let issuer = self.member().map(|member| member.id.0);
        let added = sqlx::query_scalar!(
            "insert into rashin.errata (tenant_id, id, edition_id, number, place, wrong, correct, reason, issued_on, issued_by)
             select $1, $2, e.id, $6, $7, $8, $9, $10, $11, $12 from rashin.editions e
             where e.plan_id = $3 and e.number = $4 and e.withdrawn_at is null and e.public_from <= $5
               and (select count(*) from rashin.errata x where x.tenant_id = e.tenant_id and x.edition_id = e.id) = $6::int - 1
             returning (select plan_slug from rashin.editions where id = edition_id) as \"slug!\"",
            city,
            id,
            plan.0,
            number,
            now as _,
            erratum.number,
            erratum.place,
            erratum.wrong,
            erratum.right,
            erratum.reason,
            jiff_sqlx::Date::from(erratum.issued_on) as _,
            issuer,
        )
        .fetch_optional(self.sql())
        .await
        .map_err(StoreError::from);
        let slug = match added {
            Ok(Some(slug)) => slug,
            Ok(None) => return Ok(false),
            Err(error) if error.is_conflict_on("errata_one_per_number") => return Ok(false),
            Err(error) => return Err(error),
        };
        self.used(permit, slug, json!({ "edition": number, "erratum": erratum.number, "place": erratum.place }));
        Ok(true)
    }
}
