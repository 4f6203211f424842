-- Roles of the cluster. Run once as superuser, before the first migration; running it again changes nothing.
-- Passwords are set by the operator (docs/deploy.md); the embedded cluster trusts its socket instead.
do $$
declare
  wanted text;
begin
  -- owner: owns every table. gate: owns the look-ups that prove a membership. jobs: owns the queue. The other three are
  -- what a transaction becomes: a member of a tenant, a reader of editions, or the sign-in.
  foreach wanted in array array['rashin_owner', 'rashin_gate', 'rashin_jobs', 'rashin_tenant', 'rashin_public', 'rashin_identity'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin', wanted);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'rashin_migrator') then
    create role rashin_migrator login createdb;
  end if;
  if not exists (select from pg_roles where rolname = 'rashin_app') then
    create role rashin_app login noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'rashin_worker') then
    create role rashin_worker login noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'rashin_backup') then
    create role rashin_backup login bypassrls;
  end if;
end $$;

grant rashin_owner, rashin_gate, rashin_jobs, rashin_tenant, rashin_identity to rashin_migrator;
-- The gate puts jobs into the queue, and asks it which tenant a job belongs to.
grant rashin_jobs to rashin_gate;
-- NOINHERIT, too: takes jobs as rashin_jobs, and does them as a tenant.
grant rashin_jobs, rashin_tenant to rashin_worker;
-- NOINHERIT: the login itself can touch no table; it becomes one of these inside a transaction.
grant rashin_tenant, rashin_public, rashin_identity to rashin_app;
grant pg_read_all_data to rashin_backup;
