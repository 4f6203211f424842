//! Every relation of the database obeys the rules of tenant isolation, and the check that says so is checked.

use sqlx::{AssertSqlSafe, PgPool};

/// Walks the catalogue of all schemas.
async fn faults(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(include_str!("support/faults.sql")).fetch_all(pool).await.unwrap()
}

async fn as_owner(pool: &PgPool, sql: &str) {
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("set local role rashin_owner").execute(&mut *tx).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// What a change of the schema breaks; once undone, nothing is broken.
async fn broken_by(pool: &PgPool, change: &'static str, undo: &'static str) -> Vec<String> {
    as_owner(pool, change).await;
    let found = faults(pool).await;
    as_owner(pool, undo).await;
    assert_eq!(faults(pool).await, [""; 0], "after it was undone");
    found
}

const DROP: &str = "drop table rashin.notes";

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_relation_obeys_the_rules_of_isolation(pool: PgPool) {
    assert_eq!(faults(&pool).await, [""; 0]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_table_that_was_closed_has_no_fault(pool: PgPool) {
    let change =
        "create table rashin.notes (tenant_id uuid not null references rashin.tenants, id uuid not null, primary key (tenant_id, id));
                  call rashin.close('rashin.notes', 'select, insert, update, delete')";
    assert_eq!(broken_by(&pool, change, DROP).await, [""; 0]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_table_without_row_level_security_is_found(pool: PgPool) {
    let change = "create table rashin.notes (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id))";
    let found = broken_by(&pool, change, DROP).await;
    assert_eq!(
        found,
        [
            "rashin.notes: no policy tenant_isolation as every table has it",
            "rashin.notes: row level security is not enabled",
            "rashin.notes: row level security is not forced",
        ]
    );
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_table_outside_the_schema_is_found(pool: PgPool) {
    // As the migrator: the owner may not create in public.
    sqlx::raw_sql("create table public.notes (id int)").execute(&pool).await.unwrap();
    let found = faults(&pool).await;
    assert!(found.contains(&"public.notes: row level security is not enabled".to_owned()), "{found:#?}");
    assert!(found.contains(&"public.notes: no tenant_id uuid not null".to_owned()), "{found:#?}");
    assert!(found.contains(&"public.notes: not owned by rashin_owner".to_owned()), "{found:#?}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_table_that_is_enabled_but_not_forced_is_found(pool: PgPool) {
    let change = "create table rashin.notes (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id));
                  call rashin.close('rashin.notes', 'select');
                  alter table rashin.notes no force row level security";
    assert_eq!(broken_by(&pool, change, DROP).await, ["rashin.notes: row level security is not forced"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_partition_that_was_not_closed_is_found(pool: PgPool) {
    let change =
        "create table rashin.notes (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)) partition by hash (tenant_id);
                  call rashin.close('rashin.notes', 'select');
                  create table rashin.notes_0 partition of rashin.notes for values with (modulus 1, remainder 0)";
    let found = broken_by(&pool, change, DROP).await;
    assert!(found.contains(&"rashin.notes_0: row level security is not enabled".to_owned()), "{found:#?}");
    assert!(!found.iter().any(|fault| fault.starts_with("rashin.notes:")), "{found:#?}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_key_on_the_id_alone_is_found(pool: PgPool) {
    let change = "create table rashin.notes (tenant_id uuid not null, id uuid primary key);
                  call rashin.close('rashin.notes', 'select')";
    assert_eq!(
        broken_by(&pool, change, DROP).await,
        ["rashin.notes: the primary key is not (tenant_id, id)", "rashin.notes: unique index rashin.notes_pkey is not led by tenant_id",]
    );
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_foreign_key_on_the_id_alone_is_found(pool: PgPool) {
    // The reference needs a unique id, which is a fault of its own.
    let change = "alter table rashin.kpis add constraint kpis_id unique (id);
                  create table rashin.notes (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id),
                                             kpi_id uuid constraint notes_kpi references rashin.kpis (id));
                  call rashin.close('rashin.notes', 'select')";
    let undo = "drop table rashin.notes; alter table rashin.kpis drop constraint kpis_id";
    assert_eq!(
        broken_by(&pool, change, undo).await,
        ["rashin.kpis: unique index rashin.kpis_id is not led by tenant_id", "rashin.notes: foreign key notes_kpi is not led by tenant_id"]
    );
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_view_that_reads_as_its_owner_is_found(pool: PgPool) {
    let change = "create view rashin.titles as select title from rashin.plans";
    assert_eq!(broken_by(&pool, change, "drop view rashin.titles").await, ["rashin.titles: a view without security_invoker"]);
    let change = "create view rashin.titles with (security_invoker = true) as select title from rashin.plans";
    assert_eq!(broken_by(&pool, change, "drop view rashin.titles").await, [""; 0]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_materialised_view_is_found(pool: PgPool) {
    let change = "create materialized view rashin.titles as select title from rashin.plans";
    assert_eq!(broken_by(&pool, change, "drop materialized view rashin.titles").await, ["rashin.titles: a materialised view"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_policy_that_calls_a_volatile_function_is_found(pool: PgPool) {
    let change =
        "create function rashin.slow_tenant() returns uuid language plpgsql volatile as 'begin return rashin.current_tenant(); end';
                  create table rashin.notes (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id));
                  call rashin.close('rashin.notes', 'select');
                  alter policy tenant_isolation on rashin.notes using (tenant_id = rashin.slow_tenant())";
    let undo = "drop table rashin.notes; drop function rashin.slow_tenant";
    assert_eq!(
        broken_by(&pool, change, undo).await,
        [
            "rashin.notes: no policy tenant_isolation as every table has it",
            "rashin.notes: policy tenant_isolation calls the volatile rashin.slow_tenant",
        ]
    );
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_second_policy_is_found(pool: PgPool) {
    let change = "create policy gate_peeks on rashin.kpis to rashin_tenant using (random() < 2)";
    assert_eq!(
        broken_by(&pool, change, "drop policy gate_peeks on rashin.kpis").await,
        ["rashin.kpis: policy gate_peeks calls the volatile pg_catalog.random", "rashin.kpis: unknown policy gate_peeks"]
    );
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_embargo_that_does_not_hold_is_found(pool: PgPool) {
    let create = "drop policy embargo on rashin.editions; create policy embargo on rashin.editions as";
    let rule = "for select to rashin_public using (public_from <= rashin.current_moment() and (withdrawn_at is null or withdrawn_at >= public_from))";
    as_owner(&pool, "drop policy embargo on rashin.editions").await;
    assert_eq!(faults(&pool).await, ["rashin.editions: no restriction embargo"]);
    as_owner(&pool, &format!("create policy embargo on rashin.editions as permissive {rule}")).await;
    assert_eq!(faults(&pool).await, ["rashin.editions: unknown policy embargo"], "a permissive one lets more in");
    as_owner(&pool, &format!("{create} restrictive {rule}")).await;
    assert_eq!(faults(&pool).await, [""; 0]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_grant_to_the_applications_login_is_found(pool: PgPool) {
    let change = "grant select on rashin.plans to rashin_app";
    assert_eq!(
        broken_by(&pool, change, "revoke select on rashin.plans from rashin_app").await,
        ["rashin.plans: the login rashin_app may touch it"]
    );
    let change = "grant select (title) on rashin.plans to public";
    assert_eq!(
        broken_by(&pool, change, "revoke select (title) on rashin.plans from public").await,
        ["rashin.plans: granted to PUBLIC", "rashin.plans: the login rashin_app may touch it"]
    );
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_grant_to_rewrite_history_is_found(pool: PgPool) {
    let change = "grant update, delete on rashin.audit_log to rashin_tenant";
    assert_eq!(
        broken_by(&pool, change, "revoke update, delete on rashin.audit_log from rashin_tenant").await,
        ["rashin.audit_log: DELETE granted to rashin_tenant", "rashin.audit_log: UPDATE granted to rashin_tenant"]
    );
    let change = "grant update (content) on rashin.editions to rashin_tenant";
    assert_eq!(
        broken_by(&pool, change, "revoke update (content) on rashin.editions from rashin_tenant").await,
        ["rashin.editions: UPDATE content granted to rashin_tenant"]
    );
    let change = "grant delete on rashin.errata to rashin_tenant";
    assert_eq!(
        broken_by(&pool, change, "revoke delete on rashin.errata from rashin_tenant").await,
        ["rashin.errata: DELETE granted to rashin_tenant"]
    );
    // TRUNCATE passes by every policy.
    let change = "grant truncate on rashin.plans to rashin_tenant";
    assert_eq!(
        broken_by(&pool, change, "revoke truncate on rashin.plans from rashin_tenant").await,
        ["rashin.plans: TRUNCATE granted to rashin_tenant"]
    );
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_definer_function_in_the_wrong_place_is_found(pool: PgPool) {
    let change = "create function rashin.peek() returns bigint language sql security definer as 'select count(*) from rashin.plans'";
    assert_eq!(broken_by(&pool, change, "drop function rashin.peek").await, ["rashin.peek: security definer outside schema gate"]);
    sqlx::raw_sql(
        "begin; set local role rashin_gate; create function gate.peek() returns int language sql security definer as 'select 1'; commit",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(faults(&pool).await, ["gate.peek: everybody may execute it", "gate.peek: its search_path is not pinned"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_queue_of_jobs_is_touched_by_its_owner_only(pool: PgPool) {
    let clock = rashin_domain::clock::Clock::fixed("2026-07-01T03:00:00Z".parse().unwrap());
    let maintenance = rashin_store::Maintenance::for_test(pool.clone(), clock, rashin_domain::ids::Ids::new(|_| {}));
    maintenance.migrate_jobs().await.unwrap();
    assert_eq!(faults(&pool).await, [""; 0]);
    let change = "begin; set local role rashin_jobs; grant usage on schema graphile_worker to rashin_tenant;
                  grant select on graphile_worker.jobs to rashin_tenant; commit";
    sqlx::raw_sql(change).execute(&pool).await.unwrap();
    let found = faults(&pool).await;
    assert_eq!(found, ["graphile_worker.jobs: granted to rashin_tenant", "graphile_worker: somebody else may use the schema"]);
}
