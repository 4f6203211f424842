//! What is done after a transaction: jobs in a queue of the same database, taken by a worker with a login of its own.
//!
//! A job carries ids only. To do it, the worker enters the tenant of the job by the job's number; it cannot name a tenant.
//! A job may come twice, and what it does is written so that the second time finds nothing to do.

use std::{future::Future, pin::Pin, sync::Arc};

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions, WorkerUtils};
use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::Actor,
    clock::Clock,
    ids::{Ids, MemberId},
};
use serde::{Deserialize, Serialize};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

use crate::{
    Maintenance, Result, StartError, TenantTx,
    db::{city_of, no_right_is_not_found, refuse_powerful_login},
};

const SCHEMA: &str = "graphile_worker";
/// Jobs at a time: a slow mail server must not take every connection.
const AT_A_TIME: usize = 2;

/// What is to be done in a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Tell everybody what is due today.
    Remind,
    /// Send a member what waits for them.
    Mail(MemberId),
}

/// Why a job is to be tried again; read in the log and by `rashin jobs`.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
type Doing = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
type Do = Arc<dyn Fn(TenantTx, Work) -> Doing + Send + Sync>;

/// The worker's two sides of the database: the queue, and the tenants of its jobs.
#[derive(Clone)]
pub struct Jobs {
    queue: PgPool,
    tenants: PgPool,
    clock: Clock,
    ids: Ids,
}

impl Jobs {
    /// Connects as the worker's login, and refuses one that row level security would not bind.
    pub async fn connect(url: &str, clock: Clock, ids: Ids) -> Result<Self, StartError> {
        Self::with(url.parse().map_err(StartError::Connect)?, clock, ids).await
    }

    /// For tests: the worker's login on the same database as a test's pool.
    pub async fn for_test(owner: &PgPool, clock: Clock, ids: Ids) -> Result<Self, StartError> {
        Self::with((*owner.connect_options()).clone().username("rashin_worker"), clock, ids).await
    }

    async fn with(options: PgConnectOptions, clock: Clock, ids: Ids) -> Result<Self, StartError> {
        let pool = |options| PgPoolOptions::new().max_connections(4).connect_with(options);
        let tenants = pool(options.clone()).await.map_err(StartError::Connect)?;
        refuse_powerful_login(&tenants).await?;
        let queue = pool(as_queue(options)).await.map_err(StartError::Connect)?;
        Ok(Self { queue, tenants, clock, ids })
    }

    /// Asks for everybody's reminders of a day. More than once changes nothing.
    pub async fn enqueue_reminders(&self, day: Date) -> Result<()> {
        sqlx::query!("select gate.enqueue_reminders($1)", jiff_sqlx::Date::from(day) as _).execute(&self.tenants).await?;
        Ok(())
    }

    /// Does the jobs that come up, by what it is given, until it is told to stop; then finishes those it has begun.
    pub async fn run<D>(
        &self,
        stop: impl Future<Output = ()> + Send + 'static,
        doing: impl Fn(TenantTx, Work) -> D + Send + Sync + 'static,
    ) -> Result<(), Failure>
    where
        D: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let doing: Do = Arc::new(move |tx, work| Box::pin(doing(tx, work)));
        Ok(self.options(doing).shutdown_signal(stop).init().await?.run().await?)
    }

    /// Does the jobs that wait, once.
    pub async fn run_once<D>(&self, doing: impl Fn(TenantTx, Work) -> D + Send + Sync + 'static) -> Result<(), Failure>
    where
        D: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let doing: Do = Arc::new(move |tx, work| Box::pin(doing(tx, work)));
        Ok(self.options(doing).init().await?.run_once().await?)
    }

    fn options(&self, doing: Do) -> WorkerOptions {
        WorkerOptions::default()
            .pg_pool(self.queue.clone())
            .schema(SCHEMA)
            .concurrency(AT_A_TIME)
            // The server says when to stop.
            .listen_os_shutdown_signals(false)
            .add_extension(Bench { jobs: self.clone(), doing })
            .define_job::<RemindJob>()
            .define_job::<MailJob>()
    }

    /// Enters the tenant of a job that is being done. [`StoreError::NotFound`](crate::StoreError::NotFound) for any other number.
    pub async fn enter(&self, job: i64) -> Result<TenantTx> {
        let now: Timestamp = self.clock.now();
        let mut tx = self.tenants.begin().await?;
        let row = sqlx::query!(
            r#"select tenant_id as "tenant_id!", slug as "slug!", code as "code!", name as "name!", prefecture as "prefecture!",
                 kind as "kind!", fictional as "fictional!"
               from gate.enter_job($1), set_config('app.now', $2, true)"#,
            job,
            now.to_string(),
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(no_right_is_not_found)?;
        let city = city_of(row.tenant_id, row.slug, row.code, row.name, row.prefecture, &row.kind, row.fictional);
        let actor = Actor::Worker(city.id);
        Ok(TenantTx::new(tx, city, actor, now, self.ids.clone()))
    }

    pub async fn close(&self) {
        self.queue.close().await;
        self.tenants.close().await;
    }
}

/// Every statement as the queue's owner.
fn as_queue(options: PgConnectOptions) -> PgConnectOptions {
    options.options([("role", "rashin_jobs")])
}

/// What the jobs are done with.
#[derive(Clone)]
struct Bench {
    jobs: Jobs,
    doing: Do,
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bench")
    }
}

async fn perform(context: WorkerContext, work: Work) -> Result<(), String> {
    let bench = context.get_ext::<Bench>().ok_or("the worker was made without its bench")?;
    let tx = bench.jobs.enter(*context.job().id()).await.map_err(|error| error.to_string())?;
    (bench.doing)(tx, work).await.map_err(|error| error.to_string())
}

#[derive(Serialize, Deserialize)]
struct RemindJob {}

impl TaskHandler for RemindJob {
    const IDENTIFIER: &'static str = "remind";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        perform(context, Work::Remind).await
    }
}

#[derive(Serialize, Deserialize)]
struct MailJob {
    member: Uuid,
}

impl TaskHandler for MailJob {
    const IDENTIFIER: &'static str = "mail";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        perform(context, Work::Mail(MemberId(self.member))).await
    }
}

/// A job that failed.
#[derive(Clone, Debug)]
pub struct FailedJob {
    pub id: i64,
    pub task: String,
    /// Of how many; when they are used up, nobody tries it again.
    pub attempts: (i32, i32),
    pub next: Timestamp,
    pub error: String,
}

impl FailedJob {
    pub fn is_dead(&self) -> bool {
        self.attempts.0 >= self.attempts.1
    }
}

impl Maintenance {
    /// Brings the queue's own tables to this program's version.
    pub async fn migrate_jobs(&self) -> Result<(), Failure> {
        let options = as_queue((*self.pool().connect_options()).clone());
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
        let done = WorkerUtils::new(pool.clone(), SCHEMA.to_owned()).migrate().await;
        pool.close().await;
        Ok(done?)
    }

    pub async fn failed_jobs(&self) -> Result<Vec<FailedJob>> {
        let rows = sqlx::query!(
            r#"select id as "id!", task as "task!", attempts as "attempts!", max_attempts as "max_attempts!", run_at as "run_at!",
                 last_error as "last_error!" from gate.failed_jobs()"#
        )
        .fetch_all(self.pool())
        .await?;
        let job = rows.into_iter().map(|row| FailedJob {
            id: row.id,
            task: row.task,
            attempts: (row.attempts, row.max_attempts),
            next: row.run_at.to_jiff(),
            error: row.last_error,
        });
        Ok(job.collect())
    }
}
