-- The doors. Invoker functions become a role; definer look-ups prove the right to. PostgreSQL refuses SET ROLE
-- inside a definer, hence two of each. search_path is pinned everywhere.
set local role rashin_gate;

-- The tenant behind a slug, old slugs included, with its name of today.
create function gate.find_tenant(city text)
  returns table (tenant_id uuid, slug text, code text, name text, prefecture text, kind text, fictional boolean)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t.id, now.slug, now.code, now.name, now.prefecture, t.kind, t.fictional
  from rashin.tenant_names asked
  join rashin.tenants t on t.id = asked.tenant_id
  join rashin.tenant_names now on now.tenant_id = t.id and now.valid_until is null
  where asked.slug = city
$$;

-- A person's assignments that are in force on a day, in one tenant.
create function gate.lookup(person uuid, tenant uuid, today date)
  returns table (member_id uuid, member_name text, assignments jsonb)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.id, m.name, jsonb_agg(jsonb_build_object('role', a.role, 'section', a.section_id, 'post', a.post)
    order by a.capacity <> 'main', a.role, a.id)
  from rashin.members m
  join rashin.assignments a on a.tenant_id = m.tenant_id and a.member_id = m.id
  where m.tenant_id = tenant and m.person_id = person and m.state = 'active'
    and a.valid_from <= today and (a.valid_until is null or today <= a.valid_until)
  group by m.id, m.name
$$;

-- Where a person may go: the tenants with an assignment today.
create function gate.memberships(person uuid, today date)
  returns table (slug text, name text, kind text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct n.slug, n.name, t.kind
  from rashin.members m
  join rashin.assignments a on a.tenant_id = m.tenant_id and a.member_id = m.id
  join rashin.tenants t on t.id = m.tenant_id
  join rashin.tenant_names n on n.tenant_id = m.tenant_id and n.valid_until is null
  where m.person_id = person and m.state = 'active'
    and a.valid_from <= today and (a.valid_until is null or today <= a.valid_until)
  order by n.slug
$$;

create function gate.person_by_staff_number(city text, number text) returns uuid
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.person_id
  from gate.find_tenant(city) t
  join rashin.members m on m.tenant_id = t.tenant_id and lower(m.staff_number) = lower(number)
  where m.state in ('active', 'invited')
$$;

-- An accepted invitation makes the person's invited memberships active.
create function gate.activate(person uuid) returns void
  language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update rashin.members set state = 'active' where person_id = person and state = 'invited'
$$;

-- Entry of a member. 42501 when there is no assignment today: not yours and not there look the same.
create function gate.enter(person uuid, city text, today date)
  returns table (tenant_id uuid, slug text, code text, name text, prefecture text, kind text, fictional boolean,
                 member_id uuid, member_name text, assignments jsonb)
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  select t.*, l.* into tenant_id, slug, code, name, prefecture, kind, fictional, member_id, member_name, assignments
  from gate.find_tenant(city) t, gate.lookup(person, t.tenant_id, today) l;
  if member_id is null then
    raise insufficient_privilege using message = 'no assignment';
  end if;
  perform set_config('app.tenant_id', tenant_id::text, true), set_config('app.actor', member_id::text, true);
  set local role rashin_tenant;
  return next;
end $$;

-- Entry of the public: editions of one tenant.
create function gate.enter_public(city text)
  returns table (tenant_id uuid, slug text, code text, name text, prefecture text, kind text, fictional boolean)
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  select t.* into tenant_id, slug, code, name, prefecture, kind, fictional from gate.find_tenant(city) t;
  if tenant_id is not null then
    perform set_config('app.tenant_id', tenant_id::text, true);
    set local role rashin_public;
    return next;
  end if;
end $$;

-- Entry of the command line (migrator's login only): acts for the tenant, as nobody.
create function gate.enter_maintenance(city text)
  returns table (tenant_id uuid, slug text, code text, name text, prefecture text, kind text, fictional boolean)
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  select t.* into tenant_id, slug, code, name, prefecture, kind, fictional from gate.find_tenant(city) t;
  if tenant_id is not null then
    perform set_config('app.tenant_id', tenant_id::text, true);
    set local role rashin_tenant;
    return next;
  end if;
end $$;

-- Puts the newest edition of the transaction's own tenant that stands on the front page, or takes it off.
create function gate.list_publication(plan text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from rashin.public_catalogue c where c.tenant_id = rashin.current_tenant() and c.plan_slug = plan;
  insert into rashin.public_catalogue (tenant_id, plan_slug, plan_title, kind, period_from, period_until, edition_number, published_on)
  select e.tenant_id, e.plan_slug, e.content #>> '{content,plan,title}', e.plan_kind,
    (e.content #>> '{content,plan,period_from}')::smallint, (e.content #>> '{content,plan,period_until}')::smallint,
    e.number, (e.content ->> 'published_on')::date
  from rashin.editions e
  where e.tenant_id = rashin.current_tenant() and e.plan_slug = plan and e.withdrawn_at is null
  order by e.number desc limit 1;
end $$;

-- Copies one KPI of a published edition to a prefecture. Takes it from the edition itself, so nothing
-- unpublished can be shared. False when the KPI is not in that edition or the recipient is no prefecture.
create function gate.share_kpi(share uuid, recipient uuid, edition uuid, code text) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  copied integer;
begin
  insert into rashin.shares (tenant_id, id, source_tenant_id, source_name, source_code, plan_title, edition_id, edition_number, as_of,
                             kpi_code, kpi, judgement)
  select recipient, share, e.tenant_id, e.content #>> '{municipality,name}', e.content #>> '{municipality,code}',
    e.content #>> '{content,plan,title}', e.id, e.number, (e.content ->> 'published_on')::date,
    code, k.kpi::jsonb, (e.content #> array['statuses', code])::jsonb
  from rashin.editions e, json_array_elements(e.content #> '{content,kpis}') k (kpi)
  where e.tenant_id = rashin.current_tenant() and e.id = edition and e.withdrawn_at is null
    and k.kpi ->> 'code' = code
    and exists (select from rashin.tenants t where t.id = recipient and t.kind = 'prefecture')
  on conflict on constraint shares_one_per_kpi do update set
    source_name = excluded.source_name, source_code = excluded.source_code, plan_title = excluded.plan_title,
    edition_id = excluded.edition_id, edition_number = excluded.edition_number, as_of = excluded.as_of, kpi = excluded.kpi, judgement = excluded.judgement;
  get diagnostics copied = row_count;
  return copied > 0;
end $$;

-- Copies that were taken from one edition of the transaction's own tenant.
create function gate.shares_of_edition(edition uuid) returns table (recipient uuid, code text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.tenant_id, s.kpi_code from rashin.shares s where s.source_tenant_id = rashin.current_tenant() and s.edition_id = edition
$$;

create function gate.withdraw_share(recipient uuid, code text) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone integer;
begin
  delete from rashin.shares s
  where s.tenant_id = recipient and s.source_tenant_id = rashin.current_tenant() and s.kpi_code = code;
  get diagnostics gone = row_count;
  return gone > 0;
end $$;

-- Whom a municipality can share with.
create function gate.prefectures() returns table (slug text, name text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select n.slug, n.name from rashin.tenants t
  join rashin.tenant_names n on n.tenant_id = t.id and n.valid_until is null
  where t.kind = 'prefecture' order by n.code
$$;

-- What the server checks before it starts: it may read no table, so it asks.
create function gate.schema_version() returns bigint
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select max(version) from public._sqlx_migrations where success);
end $$;

revoke execute on all functions in schema gate from public;
-- sqlx made the table as the migrator; the gate may read its versions.
reset role;
grant select on public._sqlx_migrations to rashin_gate;
set local role rashin_gate;
grant usage on schema gate to rashin_app, rashin_tenant, rashin_identity, rashin_migrator;
grant execute on function gate.find_tenant, gate.lookup, gate.enter, gate.enter_public, gate.schema_version to rashin_app;
grant execute on function gate.memberships, gate.person_by_staff_number, gate.activate to rashin_identity;
grant execute on function gate.list_publication, gate.share_kpi, gate.withdraw_share, gate.shares_of_edition, gate.find_tenant, gate.prefectures to rashin_tenant;

reset role;
