-- Grades that a person sets instead of the rule, and files that are evidence of a figure.
set local role rashin_owner;

-- domain::grading::Override. The newest report ends it; taken back it stays with its reason.
create table rashin.kpi_overrides (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- Grades are the plan's: a KPI of two plans may have one in each.
  plan_id uuid not null,
  kpi_id uuid not null,
  -- The report that was judged; revision 0 when there was none.
  period rashin.period not null,
  revision integer not null check (revision >= 0),
  -- Label of the band.
  label text not null check (label <> ''),
  reason text not null check (reason <> ''),
  decided_by uuid,
  -- As the public is told: an office, never a person.
  decided_as text not null,
  decided_at timestamptz not null,
  withdrawn_by uuid,
  withdrawn_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, plan_id, kpi_id) references rashin.plan_kpis (tenant_id, plan_id, kpi_id),
  foreign key (tenant_id, decided_by) references rashin.members,
  foreign key (tenant_id, withdrawn_by) references rashin.members,
  constraint kpi_overrides_withdrawn check (withdrawn_at is not null or withdrawn_by is null)
);
create unique index kpi_overrides_one_stands on rashin.kpi_overrides (tenant_id, plan_id, kpi_id) where withdrawn_at is null;
call rashin.close('rashin.kpi_overrides', 'select, insert');
grant update (withdrawn_by, withdrawn_at) on rashin.kpi_overrides to rashin_tenant;

-- The period whose figure a file proves.
alter table rashin.attachments
  add column evidence_for rashin.period,
  add constraint attachments_evidence_of_figures check (evidence_for is null or subject_kind <> 'editions');

reset role;
