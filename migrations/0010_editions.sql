-- Editions that wait for their time, and corrections of published ones.
set local role rashin_owner;

-- The moment of a transaction, as the application's clock gave it; null where none was given.
create function rashin.current_moment() returns timestamptz
  language sql stable parallel safe
  return nullif(current_setting('app.now', true), '')::timestamptz;

alter table rashin.editions
  -- The paper decision's other days: 起案日 and 施行日.
  add column drafted_on date,
  add column effective_on date,
  -- Until then the edition is embargoed.
  add column public_from timestamptz;
-- The owner is bound by row level security, too, and has entered no tenant.
alter table rashin.editions no force row level security;
update rashin.editions set public_from = published_at;
alter table rashin.editions force row level security;
alter table rashin.editions
  alter column public_from set not null,
  add constraint editions_drafted_before_decided check (drafted_on <= decided_on),
  add constraint editions_public_after_published check (public_from >= published_at);
grant update (public_from) on rashin.editions to rashin_tenant;

-- The public finds an edition from its time on; one that was withdrawn before, it never finds. By policy, so that no
-- query can forget it.
create policy embargo on rashin.editions as restrictive for select to rashin_public
  using (public_from <= rashin.current_moment() and (withdrawn_at is null or withdrawn_at >= public_from));

create table rashin.errata (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  edition_id uuid not null,
  number integer not null check (number > 0),
  place text not null,
  wrong text not null,
  correct text not null,
  reason text not null,
  issued_on date not null,
  issued_by uuid,
  primary key (tenant_id, id),
  constraint errata_one_per_number unique (tenant_id, edition_id, number),
  foreign key (tenant_id, edition_id) references rashin.editions,
  foreign key (tenant_id, issued_by) references rashin.members
);
call rashin.close('rashin.errata', 'select, insert');
grant select on rashin.errata to rashin_public;

-- The front page needs every edition that stands, with its time: readers take the newest one that is due.
alter table rashin.public_catalogue
  add column public_from timestamptz,
  drop constraint public_catalogue_pkey;
update rashin.public_catalogue set public_from = published_on::timestamp at time zone interval '9 hours';
alter table rashin.public_catalogue
  alter column public_from set not null,
  add primary key (tenant_id, plan_slug, edition_number);

reset role;
set local role rashin_gate;

-- Puts the editions of the transaction's own tenant that stand on the list of the front page. Waiting ones are on it,
-- too; whoever reads it compares with the clock.
create or replace function gate.list_publication(plan text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from rashin.public_catalogue c where c.tenant_id = rashin.current_tenant() and c.plan_slug = plan;
  insert into rashin.public_catalogue (tenant_id, plan_slug, plan_title, kind, period_from, period_until, edition_number, published_on, public_from)
  select e.tenant_id, e.plan_slug, e.content #>> '{content,plan,title}', e.plan_kind,
    (e.content #>> '{content,plan,period_from}')::smallint, (e.content #>> '{content,plan,period_until}')::smallint,
    e.number, (e.public_from at time zone interval '9 hours')::date, e.public_from
  from rashin.editions e
  where e.tenant_id = rashin.current_tenant() and e.plan_slug = plan and e.withdrawn_at is null;
end $$;

-- Copies one KPI of a published edition to a prefecture. Takes it from the edition itself, so nothing unpublished or
-- waiting can be shared. False when the KPI is not in that edition or the recipient is no prefecture.
create or replace function gate.share_kpi(share uuid, recipient uuid, edition uuid, code text) returns boolean
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
    and e.public_from <= rashin.current_moment()
    and k.kpi ->> 'code' = code
    and exists (select from rashin.tenants t where t.id = recipient and t.kind = 'prefecture')
  on conflict on constraint shares_one_per_kpi do update set
    source_name = excluded.source_name, source_code = excluded.source_code, plan_title = excluded.plan_title,
    edition_id = excluded.edition_id, edition_number = excluded.edition_number, as_of = excluded.as_of, kpi = excluded.kpi, judgement = excluded.judgement;
  get diagnostics copied = row_count;
  return copied > 0;
end $$;

reset role;
