-- What is wrong with the schema by the rules of tenant isolation: "where: what", one per row.
-- A relation is global if it stands on the list below; every other one belongs to tenants.
with global (name) as (values
  ('rashin.tenants'), ('rashin.tenant_names'), ('rashin.public_catalogue'),
  ('rashin.people'), ('rashin.credentials'), ('rashin.sign_in_guards'), ('rashin.sessions'), ('rashin.one_time_links'), ('rashin.identity_log'),
  ('rashin.master_prefectures'), ('rashin.master_municipalities'), ('rashin.master_indicators'),
  ('rashin.master_indicator_revisions'), ('rashin.master_releases'), ('rashin.master_summaries'), ('rashin.master_figures'),
  ('public._sqlx_migrations')
),
-- The gate proves memberships and copies shares; nobody else is let in by a policy of its own.
gate_policy (name, policy) as (values
  ('rashin.members', 'gate_reads'), ('rashin.members', 'gate_activates'), ('rashin.assignments', 'gate_reads'),
  ('rashin.shares', 'gate_copies'), ('rashin.shares', 'gate_refreshes'), ('rashin.shares', 'gate_finds'), ('rashin.shares', 'gate_withdraws')
),
-- These keep the public out of more rows.
public_restriction (name, policy) as (values ('rashin.editions', 'embargo'), ('rashin.attachments', 'listed')),
public_table (name) as (values ('rashin.editions'), ('rashin.errata'), ('rashin.attachments')),
append_only (name) as (values
  ('rashin.audit_log'), ('rashin.identity_log'), ('rashin.kpis'), ('rashin.kpi_definitions'), ('rashin.kpi_parts'), ('rashin.kpi_points'),
  ('rashin.reports'), ('rashin.kpi_actuals'), ('rashin.report_decisions'), ('rashin.report_comments'), ('rashin.kpi_templates'), ('rashin.kpi_template_revisions'),
  ('rashin.errata'), ('rashin.inquiry_answers'),
  ('rashin.indicators'), ('rashin.indicator_revisions'), ('rashin.indicator_releases'), ('rashin.indicator_figures')
),
app as (select * from pg_roles where rolname = 'rashin_app'),
relation as (
  select c.*, n.nspname, n.nspname || '.' || c.relname as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
),
tenant_table as (
  select r.*, a.attnum as tenant_id, a.atttypid = 'uuid'::regtype and a.attnotnull as tenant_id_is_sound
  from relation r left join pg_attribute a on a.attrelid = r.oid and a.attname = 'tenant_id' and not a.attisdropped
  where r.relkind in ('r', 'p') and r.name not in (select name from global) and r.nspname <> 'graphile_worker'
),
policy as (
  select r.name, p.*, pg_get_expr(p.polqual, p.polrelid) as read, pg_get_expr(p.polwithcheck, p.polrelid) as write
  from pg_policy p join relation r on r.oid = p.polrelid
),
-- Privileges of anybody but the owner, on whole relations and on columns. Null grantee: PUBLIC.
privilege as (
  select r.name, g.rolname as grantee, a.privilege_type as right, null as column
  from relation r, aclexplode(r.relacl) a left join pg_roles g on g.oid = a.grantee
  where a.grantee <> r.relowner
  union all
  select r.name, g.rolname, a.privilege_type, c.attname::text
  from relation r join pg_attribute c on c.attrelid = r.oid, aclexplode(c.attacl) a left join pg_roles g on g.oid = a.grantee
  where a.grantee <> r.relowner
),
routine as (select p.*, n.nspname || '.' || p.proname as name, n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace),
fault (name, what) as (
  -- Policy
  select name, 'row level security is not enabled' from tenant_table where not relrowsecurity
  union all
  select name, 'row level security is not forced' from tenant_table where not relforcerowsecurity
  union all
  select name, 'no policy tenant_isolation as every table has it' from tenant_table t
  where not exists (
    select from policy p where p.polrelid = t.oid and p.polname = 'tenant_isolation' and p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
      and p.read = '(tenant_id = rashin.current_tenant())' and p.write = '(tenant_id = rashin.current_tenant())')
  union all
  select p.name, 'unknown policy ' || p.polname from policy p
  where p.polname <> 'tenant_isolation'
    and not ((p.name, p.polname) in (select name, policy from gate_policy) and p.polroles = array['rashin_gate'::regrole::oid])
    and not ((p.name, p.polname) in (select name, policy from public_restriction) and p.polroles = array['rashin_public'::regrole::oid]
      and not p.polpermissive)
  union all
  select name, 'no restriction ' || policy from public_restriction r
  where not exists (select from policy p where (p.name, p.polname) = (r.name, r.policy))
  union all
  -- pg_depend is silent about built-in functions, so the stored expression itself is asked.
  select p.name, 'policy ' || p.polname || ' calls the volatile ' || f.name
  from policy p, regexp_matches(concat(p.polqual::text, p.polwithcheck::text), ':(?:funcid|opfuncid) (\d+)', 'g') called (id)
  join routine f on f.oid = called.id[1]::oid
  where f.provolatile = 'v'
  -- Key
  union all
  select name, 'no tenant_id uuid not null' from tenant_table where tenant_id_is_sound is not true
  union all
  select name, 'the primary key is not (tenant_id, id)' from tenant_table t
  where not exists (
    select from pg_constraint k where k.conrelid = t.oid and k.contype = 'p'
      and array(select a.attname::text from unnest(k.conkey) with ordinality c (num, n)
                join pg_attribute a on a.attrelid = t.oid and a.attnum = c.num order by c.n) = array['tenant_id', 'id'])
  union all
  select t.name, 'unique index ' || i.indexrelid::regclass || ' is not led by tenant_id' from tenant_table t join pg_index i on i.indrelid = t.oid
  where i.indisunique and i.indkey[0] is distinct from t.tenant_id
  union all
  select t.name, 'foreign key ' || k.conname || ' is not led by tenant_id'
  from tenant_table t join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
  left join tenant_table target on target.oid = k.confrelid
  where k.confrelid not in ('rashin.tenants'::regclass, 'rashin.people'::regclass)
    and (k.conkey[1] is distinct from t.tenant_id or k.confkey[1] is distinct from target.tenant_id)
  union all
  select r.name, 'a global table refers to ' || t.name
  from relation r join pg_constraint k on k.conrelid = r.oid and k.contype = 'f' join tenant_table t on t.oid = k.confrelid
  where r.name in (select name from global)
  -- Side doors
  union all
  select name, 'a view without security_invoker' from relation
  where relkind = 'v' and nspname <> 'graphile_worker' and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false)
  union all
  select name, 'a materialised view' from relation where relkind = 'm'
  union all
  select name, 'a foreign table' from relation where relkind = 'f'
  union all
  select name, 'security definer outside schema gate' from routine where prosecdef and nspname <> 'gate' and nspname !~ '^pg_'
  union all
  select name, 'its search_path is not pinned' from routine
  where nspname = 'gate' and 'search_path=pg_catalog, pg_temp' <> all (coalesce(proconfig, '{}'))
  union all
  select name, 'not owned by rashin_gate' from routine where nspname = 'gate' and proowner <> 'rashin_gate'::regrole
  union all
  select distinct f.name, 'everybody may execute it' from routine f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
  where f.nspname = 'gate' and a.grantee = 0
  -- Ownership and grants
  union all
  select name, 'not owned by rashin_owner' from relation
  where relowner <> 'rashin_owner'::regrole and name <> 'public._sqlx_migrations' and nspname <> 'graphile_worker'
  -- The queue holds jobs of all tenants: nobody touches it but its owner, whom the gate and the worker become.
  union all
  select name, 'not owned by rashin_jobs' from relation where nspname = 'graphile_worker' and relowner <> 'rashin_jobs'::regrole
  union all
  select name, 'granted to ' || coalesce(grantee, 'PUBLIC') from privilege where name like 'graphile\_worker.%'
  union all
  select 'graphile_worker', 'somebody else may use the schema' from pg_namespace n, aclexplode(n.nspacl) a
  where n.nspname = 'graphile_worker' and a.grantee <> 'rashin_jobs'::regrole
  union all
  select rolname, 'it is a member of rashin_jobs' from pg_roles
  where pg_has_role(oid, 'rashin_jobs', 'member') and not rolsuper and rolname not in ('rashin_jobs', 'rashin_gate', 'rashin_worker', 'rashin_migrator')
  union all
  select t.name, 'granted to ' || coalesce(p.grantee, 'PUBLIC') from tenant_table t join privilege p using (name)
  where coalesce(p.grantee, '') not in ('rashin_tenant', 'rashin_gate', 'rashin_app')
    and not (t.name in (select name from public_table) and (p.grantee, p.right) is not distinct from ('rashin_public', 'SELECT'))
  union all
  select name, p.right || ' granted to ' || coalesce(p.grantee, 'PUBLIC') from privilege p
  where p.right in ('TRUNCATE', 'REFERENCES', 'TRIGGER') or (p.right in ('UPDATE', 'DELETE') and name in (select name from append_only))
  union all
  select name, concat_ws(' ', p.right, p.column) || ' granted to ' || coalesce(p.grantee, 'PUBLIC') from privilege p
  where name = 'rashin.editions' and p.right in ('UPDATE', 'DELETE')
    and (p.right, p.column) is distinct from ('UPDATE', 'withdrawn_at') and (p.right, p.column) is distinct from ('UPDATE', 'withdrawn_reason')
    and (p.right, p.column) is distinct from ('UPDATE', 'public_from')
  union all
  select rolname, 'too powerful' from pg_roles where rolname = 'rashin_worker' and (rolinherit or rolcreaterole or rolcreatedb or rolreplication)
  -- The application's login
  union all
  select r.name, 'the login rashin_app may touch it' from relation r, app
  where case r.relkind
    when 'S' then has_sequence_privilege(app.oid, r.oid, 'usage, select, update')
    else has_table_privilege(app.oid, r.oid, 'select, insert, update, delete, truncate, references, trigger')
      or has_any_column_privilege(app.oid, r.oid, 'select, insert, update, references')
  end
  union all
  select 'rashin_app', 'it is missing' where not exists (select from app)
  union all
  select 'rashin_app', 'too powerful' from app
  where rolsuper or rolbypassrls or rolinherit or rolcreaterole or rolcreatedb or rolreplication
  union all
  select 'rashin_app', 'it owns something' from app where exists (select from pg_shdepend d where d.refobjid = app.oid and d.deptype = 'o')
  union all
  select 'rashin_app', 'its roles are ' || coalesce(string_agg(m.roleid::regrole::text, ', ' order by m.roleid::regrole::text), 'none')
  from app left join pg_auth_members m on m.member = app.oid
  having array_agg(m.roleid::regrole::text order by m.roleid::regrole::text)
    is distinct from array['rashin_identity', 'rashin_public', 'rashin_tenant']
  union all
  select rolname, 'row level security does not bind it' from pg_roles
  where rolname ~ '^rashin_' and (rolsuper or rolbypassrls) and rolname <> 'rashin_backup'
)
select format('%s: %s', name, what) from fault order by 1
