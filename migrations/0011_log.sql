-- The log is read by time, and everything of a tenant is taken out by the tables of the catalogue.
set local role rashin_owner;

-- Pages follow each other by (at, id): lines of one transaction have one time.
drop index rashin.audit_log_by_time;
create index audit_log_by_time on rashin.audit_log (tenant_id, at, id);

-- Names of tenants and the list of publications are public already; an export holds the tenant's own rows of them.
grant select on rashin.tenant_names, rashin.public_catalogue to rashin_tenant;

-- Every table with rows of tenants. Not only those that a member may read: one that nobody thought of fails the export
-- instead of missing in it.
create function rashin.tenant_tables() returns table (name text, columns text[], files text[])
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select c.relname::text,
    array_agg(a.attname::text order by a.attnum),
    coalesce(array_agg(a.attname::text order by a.attnum) filter (where a.atttypid = 'bytea'::regtype), '{}')
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'rashin'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped)
  group by c.relname
  order by c.relname
$$;

-- The rows of one of them: cells as text in the order of the columns, and the row as JSON. Decimals are strings in JSON
-- (86.0 stays 86.0); bytes are not here, but the path that they have in the export.
create function rashin.tenant_rows(relation text) returns table (cells text[], row_json text)
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  listed text;
  texts text;
begin
  select string_agg(
      case a.atttypid
        when 'bytea'::regtype then format('case when %1$I is not null then concat(''files/%2$s/'', id, ''/%1$s'') end as %1$I', a.attname, relation)
        when 'numeric'::regtype then format('%1$I::text as %1$I', a.attname)
        else quote_ident(a.attname)
      end, ', ' order by a.attnum),
    string_agg(format('r.%I::text', a.attname), ', ' order by a.attnum)
  into listed, texts
  from rashin.tenant_tables() t
  join pg_attribute a on a.attrelid = format('rashin.%I', t.name)::regclass and a.attnum > 0 and not a.attisdropped
  where t.name = relation;
  -- The second column is the id, or what a table that has none is known by.
  return query execute format(
    'select array[%s], row_to_json(r)::text from (select %s from rashin.%I where tenant_id = rashin.current_tenant() order by 2) r',
    texts, listed, relation);
end $$;

-- Which rows have bytes in a column, and the bytes of one.
create function rashin.tenant_files(relation text, bytes text) returns setof uuid
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return query execute format('select id from rashin.%I where tenant_id = rashin.current_tenant() and %I is not null order by id', relation, bytes);
end $$;

create function rashin.tenant_file(relation text, bytes text, row_id uuid) returns bytea
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  found bytea;
begin
  execute format('select %I from rashin.%I where tenant_id = rashin.current_tenant() and id = $1', bytes, relation) into found using row_id;
  return found;
end $$;

-- Nobody needs them but a transaction inside a tenant.
revoke execute on function rashin.tenant_tables, rashin.tenant_rows, rashin.tenant_files, rashin.tenant_file from public;
grant execute on function rashin.tenant_tables, rashin.tenant_rows, rashin.tenant_files, rashin.tenant_file to rashin_tenant;

-- Sign-ins belong to people, not to tenants. A tenant sees those of its own members, without the address: a person may
-- work for others, too.
create index identity_log_by_person on rashin.identity_log (person_id, at, id);
grant select on rashin.identity_log to rashin_gate;
reset role;

set local role rashin_gate;
create function gate.sign_ins(before timestamptz, before_id uuid, lines bigint)
  returns table (id uuid, at timestamptz, member_id uuid, event text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select l.id, l.at, m.id, l.event
  from rashin.members m
  join rashin.identity_log l on l.person_id = m.person_id
  where m.tenant_id = rashin.current_tenant() and (l.at, l.id) < (before, before_id)
  order by l.at desc, l.id desc limit lines
$$;
revoke execute on function gate.sign_ins from public;
grant execute on function gate.sign_ins to rashin_tenant;

reset role;
