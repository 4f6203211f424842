//! Few doors, no public pool.

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::{Actor, Assignment, LogKind, Member, Permit, Role},
    clock::{Clock, japan_date},
    ids::{Ids, MemberId, SectionId, TenantId},
    tenancy::TenantKind,
};
use sqlx::{
    PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

use crate::{Result, StoreError, audit, identity::SignedIn};

/// Why the server refuses to start on a database.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("DATABASE_URL cannot be used: {0}")]
    Connect(sqlx::Error),
    #[error("the database's login \"{0}\" is too powerful ({1}); tenants are only isolated for a plain login such as rashin_app")]
    TooPowerful(String, &'static str),
    #[error("the database is at version {0}, this program needs {1}; run `rashin migrate` first")]
    NotMigrated(i64, i64),
}

/// A tenant as its own pages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    pub id: TenantId,
    /// Of today; the asked one may be an old slug.
    pub slug: String,
    pub code: String,
    pub name: String,
    /// Two digits of the prefecture.
    pub prefecture: String,
    pub kind: TenantKind,
    pub fictional: bool,
}

/// The database under the application's plain login.
#[derive(Clone)]
pub struct Db {
    pool: PgPool,
    pub clock: Clock,
    pub ids: Ids,
}

impl Db {
    /// Connects, and refuses a login that row level security would not bind.
    pub async fn connect(url: &str, clock: Clock, ids: Ids) -> Result<Self, StartError> {
        let options: PgConnectOptions = url.parse().map_err(StartError::Connect)?;
        let pool = PgPoolOptions::new().max_connections(16).connect_with(options).await.map_err(StartError::Connect)?;
        Self::from_pool(pool, clock, ids).await
    }

    async fn from_pool(pool: PgPool, clock: Clock, ids: Ids) -> Result<Self, StartError> {
        refuse_powerful_login(&pool).await?;
        let db = Self { pool, clock, ids };
        db.check_version().await?;
        Ok(db)
    }

    /// For tests: the application's login on the same database as a test's pool.
    pub async fn for_test(owner: &PgPool, clock: Clock, ids: Ids) -> Result<Self, StartError> {
        let options = (*owner.connect_options()).clone().username("rashin_app");
        let pool = PgPoolOptions::new().max_connections(4).connect_with(options).await.map_err(StartError::Connect)?;
        Self::from_pool(pool, clock, ids).await
    }

    async fn check_version(&self) -> Result<(), StartError> {
        let wanted = crate::maintenance::MIGRATOR.iter().map(|m| m.version).max().unwrap_or(0);
        let found = sqlx::query_scalar!("select gate.schema_version()").fetch_one(&self.pool).await.map_err(|error| match error {
            sqlx::Error::Database(_) => StartError::NotMigrated(0, wanted),
            other => StartError::Connect(other),
        })?;
        let found = found.unwrap_or(0);
        if found == wanted { Ok(()) } else { Err(StartError::NotMigrated(found, wanted)) }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn today(&self) -> Date {
        self.clock.today()
    }

    /// Enters a tenant as a member. [`StoreError::NotFound`] when there is no assignment today.
    pub async fn enter(&self, who: &SignedIn, city: &str) -> Result<TenantTx> {
        let now = self.now();
        let mut tx = self.pool.begin().await?;
        let row = sqlx::query!(
            r#"select tenant_id as "tenant_id!", slug as "slug!", code as "code!", name as "name!", prefecture as "prefecture!",
                 kind as "kind!", fictional as "fictional!", member_id as "member_id!", member_name as "member_name!",
                 assignments as "assignments!", unread as "unread!"
               from gate.enter($1, $2, $3), set_config('app.now', $4, true)"#,
            who.person().0,
            city,
            jiff_sqlx::Date::from(japan_date(now)) as _,
            now.to_string(),
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(no_right_is_not_found)?;
        let member = Member {
            tenant: TenantId(row.tenant_id),
            id: MemberId(row.member_id),
            person: who.person(),
            name: row.member_name,
            assignments: assignments(&row.assignments),
        };
        let city = city_of(row.tenant_id, row.slug, row.code, row.name, row.prefecture, &row.kind, row.fictional);
        let tx = TenantTx::new(tx, city, Actor::Member(member), now, self.ids.clone());
        Ok(TenantTx { unread: row.unread, ..tx })
    }

    /// Opens a tenant's editions to the public. [`StoreError::NotFound`] when there is no such tenant.
    pub async fn public(&self, city: &str) -> Result<PublicTx> {
        let mut tx = self.pool.begin().await?;
        // The moment decides which editions the policy shows.
        let row = sqlx::query!(
            r#"select tenant_id as "tenant_id!", slug as "slug!", code as "code!", name as "name!", prefecture as "prefecture!",
                 kind as "kind!", fictional as "fictional!"
               from gate.enter_public($1), set_config('app.now', $2, true)"#,
            city,
            self.now().to_string(),
        )
        .fetch_one(&mut *tx)
        .await?;
        let city = city_of(row.tenant_id, row.slug, row.code, row.name, row.prefecture, &row.kind, row.fictional);
        Ok(PublicTx { tx, city })
    }

    /// A transaction that reads the list of publications, of no tenant.
    pub(crate) async fn public_list(&self) -> Result<Transaction<'static, Postgres>> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("set local role rashin_public").execute(&mut *tx).await?;
        Ok(tx)
    }

    /// Opens people, sessions and links: sign-in and account pages.
    pub async fn identity(&self) -> Result<IdentityTx> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("set local role rashin_identity").execute(&mut *tx).await?;
        Ok(IdentityTx { tx, now: self.now(), ids: self.ids.clone() })
    }

    /// Whether the database answers.
    pub async fn is_alive(&self) -> bool {
        sqlx::query("select 1").execute(&self.pool).await.is_ok()
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

pub(crate) async fn refuse_powerful_login(pool: &PgPool) -> Result<(), StartError> {
    let row = sqlx::query!(
        r#"select rolname::text as "name!", rolsuper, rolbypassrls, rolinherit,
             exists (select from pg_class c where c.relowner = r.oid) or pg_has_role(r.oid, 'rashin_owner', 'member') as "owns!"
           from pg_roles r where rolname = current_user"#
    )
    .fetch_one(pool)
    .await
    .map_err(StartError::Connect)?;
    let why = if row.rolsuper == Some(true) {
        "superuser"
    } else if row.rolbypassrls == Some(true) {
        "BYPASSRLS"
    } else if row.owns {
        "it owns tables or is a member of their owner"
    } else if row.rolinherit == Some(true) {
        "INHERIT"
    } else {
        return Ok(());
    };
    Err(StartError::TooPowerful(row.name, why))
}

pub(crate) fn no_right_is_not_found(error: sqlx::Error) -> StoreError {
    match error.as_database_error().and_then(|db| db.code()).as_deref() {
        Some("42501") => StoreError::NotFound,
        _ => error.into(),
    }
}

fn assignments(json: &serde_json::Value) -> Vec<Assignment> {
    let one = |value: &serde_json::Value| {
        Some(Assignment {
            role: Role::from_code(value["role"].as_str()?)?,
            section: value["section"].as_str().and_then(|id| Uuid::parse_str(id).ok()).map(SectionId),
            post: value["post"].as_str().unwrap_or_default().to_owned(),
        })
    };
    json.as_array().map(|list| list.iter().filter_map(one).collect()).unwrap_or_default()
}

pub(crate) fn city_of(id: Uuid, slug: String, code: String, name: String, prefecture: String, kind: &str, fictional: bool) -> City {
    // The column's check constraint admits the enum's codes only.
    let kind = TenantKind::from_code(kind).unwrap_or(TenantKind::Municipality);
    City { id: TenantId(id), slug, code, name, prefecture, kind, fictional }
}

/// What a tenant counts from 1, for addresses.
#[derive(Clone, Copy)]
pub(crate) enum Numbered {
    Cases,
    Meetings,
    Cards,
    Ideas,
    Trainings,
}

impl Numbered {
    /// Of the table, and of the lock.
    fn name(self) -> &'static str {
        match self {
            Numbered::Cases => "cases",
            Numbered::Meetings => "meetings",
            Numbered::Cards => "cards",
            Numbered::Ideas => "ideas",
            Numbered::Trainings => "trainings",
        }
    }
}

/// A transaction inside one tenant. Dropped without [`TenantTx::commit`], nothing happened.
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    city: City,
    actor: Actor,
    now: Timestamp,
    ids: Ids,
    log: Vec<audit::Line>,
    unread: i64,
}

impl TenantTx {
    pub(crate) fn new(tx: Transaction<'static, Postgres>, city: City, actor: Actor, now: Timestamp, ids: Ids) -> Self {
        Self { tx, city, actor, now, ids, log: Vec::new(), unread: 0 }
    }

    pub fn city(&self) -> &City {
        &self.city
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// `None` for the command line and for jobs.
    pub fn member(&self) -> Option<&Member> {
        match &self.actor {
            Actor::Member(member) => Some(member),
            Actor::Maintenance(_) | Actor::Worker(_) => None,
        }
    }

    /// Notifications that the member had not read when the transaction began.
    pub fn unread(&self) -> i64 {
        self.unread
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn today(&self) -> Date {
        japan_date(self.now)
    }

    pub(crate) fn sql(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    pub(crate) fn new_id(&self) -> Uuid {
        self.ids.uuid(self.now)
    }

    pub(crate) fn new_ids(&self, count: usize) -> Vec<Uuid> {
        (0..count).map(|_| self.new_id()).collect()
    }

    /// Makes whoever does the same in this tenant wait until this transaction is over.
    pub(crate) async fn one_at_a_time(&mut self, what: &str) -> Result<()> {
        let name = format!("{what} {}", self.city.id);
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", name).execute(self.sql()).await?;
        Ok(())
    }

    /// The number after the highest one in this tenant. Two at once would take the same: the second one waits.
    pub(crate) async fn next_number(&mut self, of: Numbered) -> Result<i32> {
        let of = of.name();
        self.one_at_a_time(of).await?;
        let number = sqlx::query_scalar!(
            r#"select 1 + coalesce(case $1
                 when 'cases' then (select max(number) from rashin.cases)
                 when 'meetings' then (select max(number) from rashin.meetings)
                 when 'cards' then (select max(number) from rashin.cards)
                 when 'ideas' then (select max(number) from rashin.ideas)
                 when 'trainings' then (select max(number) from rashin.trainings)
               end, 0) as "number!""#,
            of
        );
        Ok(number.fetch_one(self.sql()).await?)
    }

    /// Uses up a permit: what it allowed stands in the log when the transaction commits.
    pub(crate) fn used(&mut self, permit: Permit, subject: impl Into<String>, detail: serde_json::Value) {
        self.log.push(audit::Line { action: permit.action(), subject: subject.into(), detail });
    }

    /// The same for an act that the log calls by a name of its own.
    pub(crate) fn used_as(&mut self, _permit: Permit, kind: LogKind, subject: impl Into<String>, detail: serde_json::Value) {
        self.log.push(audit::Line { action: kind.code(), subject: subject.into(), detail });
    }

    pub async fn commit(mut self) -> Result<()> {
        let log = std::mem::take(&mut self.log);
        audit::write(&mut self, &log).await?;
        Ok(self.tx.commit().await?)
    }
}

/// A transaction that reads one tenant's editions.
pub struct PublicTx {
    pub(crate) tx: Transaction<'static, Postgres>,
    pub city: City,
}

/// A transaction over people, credentials, sessions and links.
pub struct IdentityTx {
    pub(crate) tx: Transaction<'static, Postgres>,
    pub(crate) now: Timestamp,
    pub(crate) ids: Ids,
}

impl IdentityTx {
    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn today(&self) -> Date {
        japan_date(self.now)
    }

    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}
