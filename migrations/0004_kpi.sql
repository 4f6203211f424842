-- KPIs belong to the tenant and may serve several plans; planned values belong to (plan, KPI, part, period,
-- revision), actuals to (KPI, part, period, revision). Nothing reported is ever changed in place.
set local role rashin_owner;

create domain rashin.period as text check (
  value ~ '^(FY[0-9]{4}(H[12]|Q[1-4])?|CY[0-9]{4}|[0-9]{4}-[0-9]{2}|@[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}\.\.[0-9]{4}-[0-9]{2})$');

create table rashin.kpis (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  code text not null check (code ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$'),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  constraint kpis_one_code unique (tenant_id, code)
);
-- What a KPI means, by version. series_break: figures before it cannot be compared with those after.
create table rashin.kpi_definitions (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  kpi_id uuid not null,
  version integer not null,
  effective_from smallint,
  name text not null,
  frequency text not null check (frequency in ('once', 'year', 'half', 'quarter', 'month')),
  formula text not null,
  how_to_count text not null,
  source text not null,
  doubt text not null,
  series_break boolean not null default false,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  constraint kpi_definitions_one_per_version unique (tenant_id, kpi_id, version),
  foreign key (tenant_id, kpi_id) references rashin.kpis
);
create table rashin.kpi_parts (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  definition_id uuid not null,
  key text not null,
  name text not null,
  kind text not null check (kind in ('number', 'ratio', 'yes_no', 'text')),
  unit text not null,
  direction text not null check (direction in ('up', 'down', 'keep')),
  accumulation text not null check (accumulation in ('per_year', 'cumulative', 'point_in_time')),
  accumulation_confirmed boolean not null,
  position integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, definition_id, key),
  foreign key (tenant_id, definition_id) references rashin.kpi_definitions
);
create table rashin.plan_kpis (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  kpi_id uuid not null,
  node_key text not null,
  headline boolean not null,
  position integer not null,
  primary key (tenant_id, id),
  constraint plan_kpis_once unique (tenant_id, plan_id, kpi_id),
  foreign key (tenant_id, kpi_id) references rashin.kpis,
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key)
);
-- A value is its kind and what that kind needs: number (amount), ratio (amount of denominator), yes_no and text
-- (words), unknown (words = the reason, expected_on). Decimals keep their printed scale.
create table rashin.kpi_points (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  kpi_id uuid not null,
  part text not null,
  role text not null check (role in ('baseline', 'interim', 'target')),
  period rashin.period not null,
  revision integer not null check (revision > 0),
  value_kind text not null check (value_kind in ('number', 'ratio', 'yes_no', 'text', 'unknown')),
  amount numeric,
  denominator numeric,
  words text,
  expected_on date,
  note text not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  constraint kpi_points_one_per_revision unique (tenant_id, plan_id, kpi_id, part, role, period, revision),
  foreign key (tenant_id, plan_id, kpi_id) references rashin.plan_kpis (tenant_id, plan_id, kpi_id),
  constraint kpi_points_value check (
    (value_kind in ('number', 'ratio')) = (amount is not null) and (value_kind = 'ratio') = (denominator is not null)
    and (value_kind in ('yes_no', 'text', 'unknown')) = (words is not null))
);
-- One act of reporting: all parts of a KPI for one period.
create table rashin.kpi_reports (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  kpi_id uuid not null,
  period rashin.period not null,
  revision integer not null check (revision > 0),
  definition_id uuid not null,
  maturity text not null check (maturity in ('forecast', 'preliminary', 'final')),
  as_of date,
  -- Section that was responsible when it was reported, and who reported; null for an import.
  section_id uuid,
  reporter_id uuid,
  reported_at timestamptz not null,
  note text not null,
  link text not null,
  -- Why an earlier figure is replaced.
  reason text not null,
  primary key (tenant_id, id),
  constraint kpi_reports_one_per_revision unique (tenant_id, kpi_id, period, revision),
  foreign key (tenant_id, kpi_id) references rashin.kpis,
  foreign key (tenant_id, definition_id) references rashin.kpi_definitions,
  foreign key (tenant_id, section_id) references rashin.sections,
  foreign key (tenant_id, reporter_id) references rashin.members
);
create table rashin.kpi_actuals (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  kpi_id uuid not null,
  part text not null,
  period rashin.period not null,
  revision integer not null,
  value_kind text not null check (value_kind in ('number', 'ratio', 'yes_no', 'text', 'unknown')),
  amount numeric,
  denominator numeric,
  words text,
  expected_on date,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  constraint kpi_actuals_one_per_revision unique (tenant_id, kpi_id, part, period, revision),
  foreign key (tenant_id, kpi_id, period, revision) references rashin.kpi_reports (tenant_id, kpi_id, period, revision),
  constraint kpi_actuals_value check (
    (value_kind in ('number', 'ratio')) = (amount is not null) and (value_kind = 'ratio') = (denominator is not null)
    and (value_kind in ('yes_no', 'text', 'unknown')) = (words is not null))
);
-- Approval or return of a report, once.
create table rashin.kpi_decisions (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  report_id uuid not null,
  outcome text not null check (outcome in ('approved', 'returned')),
  -- Who decided; null when the figures came with an import.
  decider_id uuid,
  decided_at timestamptz not null,
  reason text not null check (outcome = 'approved' or reason <> ''),
  primary key (tenant_id, id),
  constraint kpi_decisions_one_per_report unique (tenant_id, report_id),
  foreign key (tenant_id, report_id) references rashin.kpi_reports,
  foreign key (tenant_id, decider_id) references rashin.members
);
create table rashin.responsibilities (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- A KPI or an initiative.
  kpi_id uuid,
  plan_id uuid,
  node_key text,
  section_id uuid not null,
  person_id uuid,
  deputy_id uuid,
  valid_from date not null,
  valid_until date,
  primary key (tenant_id, id),
  foreign key (tenant_id, kpi_id) references rashin.kpis,
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key),
  foreign key (tenant_id, section_id) references rashin.sections,
  foreign key (tenant_id, person_id) references rashin.members,
  foreign key (tenant_id, deputy_id) references rashin.members,
  check ((kpi_id is not null) <> (node_key is not null)),
  check (valid_until is null or valid_from <= valid_until)
);
create unique index responsibilities_once on rashin.responsibilities (tenant_id, kpi_id, section_id, valid_from) where kpi_id is not null;

call rashin.close('rashin.kpis', 'select, insert');
call rashin.close('rashin.kpi_definitions', 'select, insert');
call rashin.close('rashin.kpi_parts', 'select, insert');
call rashin.close('rashin.plan_kpis', 'select, insert, update, delete');
call rashin.close('rashin.kpi_points', 'select, insert');
call rashin.close('rashin.kpi_reports', 'select, insert');
call rashin.close('rashin.kpi_actuals', 'select, insert');
call rashin.close('rashin.kpi_decisions', 'select, insert');
call rashin.close('rashin.responsibilities', 'select, insert, update, delete');

reset role;
