-- Editions: what the public reads. Shares: copies of published KPIs under the recipient's tenant_id.
set local role rashin_owner;

create table rashin.editions (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  plan_slug text not null,
  plan_kind text not null,
  number integer not null check (number > 0),
  published_at timestamptz not null,
  published_by uuid,
  reason text not null,
  -- The paper decision (決裁), if recorded.
  document_number text not null default '',
  decided_on date,
  decided_by text not null default '',
  -- domain::publish::Edition. json, not jsonb: it is only ever read whole.
  content json not null,
  withdrawn_at timestamptz,
  withdrawn_reason text,
  primary key (tenant_id, id),
  constraint editions_one_per_number unique (tenant_id, plan_id, number),
  foreign key (tenant_id, plan_id) references rashin.plans,
  foreign key (tenant_id, published_by) references rashin.members,
  check ((withdrawn_at is null) = (withdrawn_reason is null))
);
call rashin.close('rashin.editions', 'select, insert');
-- Immutable but for its withdrawal.
grant update (withdrawn_at, withdrawn_reason) on rashin.editions to rashin_tenant;
grant select on rashin.editions to rashin_public, rashin_gate;

-- At the source: what was shared with whom, and until when.
create table rashin.share_grants (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  recipient_id uuid not null references rashin.tenants,
  recipient_name text not null,
  kpi_code text not null,
  shared_at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (tenant_id, id)
);
create unique index share_grants_one_open on rashin.share_grants (tenant_id, recipient_id, kpi_code) where withdrawn_at is null;
call rashin.close('rashin.share_grants', 'select, insert, update');

-- At the recipient: the copy.
create table rashin.shares (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  source_tenant_id uuid not null references rashin.tenants,
  source_name text not null,
  source_code text not null,
  plan_title text not null,
  -- Of the source; no foreign key, it lies in another tenant.
  edition_id uuid not null,
  edition_number integer not null,
  as_of date not null,
  kpi_code text not null,
  -- domain::plan::Kpi and domain::progress::Judgement of the edition.
  kpi jsonb not null,
  judgement jsonb not null,
  primary key (tenant_id, id),
  constraint shares_one_per_kpi unique (tenant_id, source_tenant_id, kpi_code)
);
call rashin.close('rashin.shares', 'select');
-- The gate writes a copy to the recipient and takes it back, only ever for the tenant of the transaction.
create policy gate_copies on rashin.shares for insert to rashin_gate with check (source_tenant_id = rashin.current_tenant());
create policy gate_refreshes on rashin.shares for update to rashin_gate
  using (source_tenant_id = rashin.current_tenant()) with check (source_tenant_id = rashin.current_tenant());
create policy gate_finds on rashin.shares for select to rashin_gate using (source_tenant_id = rashin.current_tenant());
create policy gate_withdraws on rashin.shares for delete to rashin_gate using (source_tenant_id = rashin.current_tenant());
grant select, insert, update, delete on rashin.shares to rashin_gate;

reset role;
