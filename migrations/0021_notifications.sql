-- What members are told, whether by mail, too; and the queue of jobs that write the mails.
set local role rashin_owner;

create table rashin.notifications (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  member_id uuid not null,
  kind text not null check (kind in ('overdue', 'due', 'returned', 'assigned', 'inquiry', 'replied', 'approved')),
  -- What has the same key is the same notification, whoever writes it and how often.
  key text not null,
  text text not null check (text <> ''),
  -- Names of what it is about, a line each.
  about text not null,
  -- Below the tenant's address, which can change: '/staff/updates'.
  href text not null check (href like '/%'),
  created_at timestamptz not null,
  read_at timestamptz,
  -- Whether a mail was to be written when it came up; then, when it was sent.
  by_mail boolean not null,
  mailed_at timestamptz,
  primary key (tenant_id, id),
  constraint notifications_once unique (tenant_id, member_id, key),
  foreign key (tenant_id, member_id) references rashin.members,
  check (mailed_at is null or by_mail)
);
create index notifications_unread on rashin.notifications (tenant_id, member_id) where read_at is null;
create index notifications_to_mail on rashin.notifications (tenant_id, member_id) where by_mail and mailed_at is null;

-- A member wants no mail of this kind.
create table rashin.mail_refusals (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  member_id uuid not null,
  kind text not null check (kind in ('assigned', 'replied', 'approved')),
  primary key (tenant_id, id),
  constraint mail_refusals_once unique (tenant_id, member_id, kind),
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.notifications', 'select, insert, delete');
grant update (read_at, mailed_at) on rashin.notifications to rashin_tenant;
call rashin.close('rashin.mail_refusals', 'select, insert, delete');
reset role;

-- The queue's tables come from the library's own migrations, which the migrator runs as rashin_jobs. With this table there,
-- they do not ask for leave to make schemas.
create schema graphile_worker authorization rashin_jobs;
set local role rashin_jobs;
create table graphile_worker.migrations (
  id int primary key,
  ts timestamptz default now() not null,
  breaking boolean not null default false
);
reset role;

set local role rashin_gate;

-- Puts off to a job: mail for a member of the transaction's own tenant. Nothing remains of it if the transaction fails; one
-- that waits already is enough.
create function gate.enqueue_mail(member uuid) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := rashin.current_tenant();
begin
  if tenant is null then
    raise insufficient_privilege using message = 'no tenant';
  end if;
  perform graphile_worker.add_job('mail', json_build_object('tenant', tenant, 'member', member), max_attempts => 12,
    job_key => format('mail/%s/%s', tenant, member));
end $$;

-- One job a tenant: what is due on a day. A second server that asks for the same day changes nothing that waits.
create function gate.enqueue_reminders(day date) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('remind', json_build_object('tenant', t.id), max_attempts => 12,
    job_key => format('remind/%s/%s', t.id, day), job_key_mode => 'preserve_run_at')
  from rashin.tenants t order by t.id;
end $$;

-- The tenant of a job that somebody is doing right now.
create function gate.job_tenant(job bigint)
  returns table (tenant_id uuid, slug text, code text, name text, prefecture text, kind text, fictional boolean)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
  select t.* from graphile_worker._private_jobs j
  join rashin.tenant_names n on n.tenant_id = (j.payload ->> 'tenant')::uuid and n.valid_until is null,
  gate.find_tenant(n.slug) t
  where j.id = job and j.locked_at is not null;
end $$;

-- Entry of the worker: it names its job, never a tenant.
create function gate.enter_job(job bigint)
  returns table (tenant_id uuid, slug text, code text, name text, prefecture text, kind text, fictional boolean)
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  select t.* into tenant_id, slug, code, name, prefecture, kind, fictional from gate.job_tenant(job) t;
  if tenant_id is null then
    raise insufficient_privilege using message = 'no such job';
  end if;
  perform set_config('app.tenant_id', tenant_id::text, true);
  set local role rashin_tenant;
  return next;
end $$;

-- What the queue gave up, or will try again; without what the jobs are about.
create function gate.failed_jobs()
  returns table (id bigint, task text, attempts integer, max_attempts integer, run_at timestamptz, last_error text)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
  select j.id, j.task_identifier, j.attempts::integer, j.max_attempts::integer, j.run_at, j.last_error
  from graphile_worker.jobs j where j.last_error is not null order by j.id;
end $$;

-- Entry of a member, as before, with the number of unread notifications: counted by the role that the transaction has become.
drop function gate.enter(uuid, text, date);
create function gate.enter(person uuid, city text, today date)
  returns table (tenant_id uuid, slug text, code text, name text, prefecture text, kind text, fictional boolean,
                 member_id uuid, member_name text, assignments jsonb, unread bigint)
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  member uuid;
begin
  select t.*, l.* into tenant_id, slug, code, name, prefecture, kind, fictional, member_id, member_name, assignments
  from gate.find_tenant(city) t, gate.lookup(person, t.tenant_id, today) l;
  if member_id is null then
    raise insufficient_privilege using message = 'no assignment';
  end if;
  member := member_id;
  perform set_config('app.tenant_id', tenant_id::text, true), set_config('app.actor', member_id::text, true);
  set local role rashin_tenant;
  select count(*) into unread from rashin.notifications n where n.member_id = member and n.read_at is null;
  return next;
end $$;

revoke execute on all functions in schema gate from public;
grant usage on schema gate to rashin_worker;
grant execute on function gate.enter to rashin_app;
grant execute on function gate.enqueue_mail to rashin_tenant;
grant execute on function gate.job_tenant, gate.enter_job, gate.enqueue_reminders, gate.schema_version to rashin_worker;
grant execute on function gate.failed_jobs to rashin_migrator;

reset role;
