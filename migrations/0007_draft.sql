-- The draft revision: what is to become of a plan, step by step, beside the live plan. And what the next edition
-- takes out of a plan stays in its table, retired: figures, sections and earlier editions still speak of it.
set local role rashin_owner;

-- One revision in preparation. The open one has no end.
create table rashin.drafts (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  opened_at timestamptz not null,
  opened_by uuid,
  closed_at timestamptz,
  outcome text check (outcome in ('published', 'discarded')),
  -- Number of the edition that it became.
  edition integer,
  primary key (tenant_id, id),
  foreign key (tenant_id, plan_id) references rashin.plans,
  foreign key (tenant_id, opened_by) references rashin.members,
  check ((closed_at is null) = (outcome is null)),
  check ((outcome = 'published') = (edition is not null))
);
create unique index drafts_one_open on rashin.drafts (tenant_id, plan_id) where closed_at is null;
-- One act of one person.
create table rashin.draft_steps (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  draft_id uuid not null,
  number integer not null check (number > 0),
  member_id uuid,
  at timestamptz not null,
  -- What was done, as a sentence.
  summary text not null,
  -- The step that this one takes back.
  undoes integer,
  primary key (tenant_id, id),
  constraint draft_steps_one_per_number unique (tenant_id, draft_id, number),
  constraint draft_steps_undone_once unique (tenant_id, draft_id, undoes),
  foreign key (tenant_id, draft_id) references rashin.drafts,
  foreign key (tenant_id, member_id) references rashin.members
);
-- What the step made of an object of the plan (domain::draft). The newest change of an object counts.
create table rashin.draft_changes (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  draft_id uuid not null,
  step integer not null,
  kind text not null,
  key text not null,
  -- put: body and place. gone: taken out. live: again as the live plan has it.
  state text not null check (state in ('put', 'gone', 'live')),
  body jsonb,
  rank double precision not null,
  primary key (tenant_id, id),
  constraint draft_changes_once unique (tenant_id, draft_id, kind, key, step),
  foreign key (tenant_id, draft_id, step) references rashin.draft_steps (tenant_id, draft_id, number),
  check ((state = 'put') = (body is not null))
);
call rashin.close('rashin.drafts', 'select, insert');
grant update (closed_at, outcome, edition) on rashin.drafts to rashin_tenant;
call rashin.close('rashin.draft_steps', 'select, insert');
call rashin.close('rashin.draft_changes', 'select, insert');

alter table rashin.nodes add column retired boolean not null default false, alter column level drop not null,
  add check (retired or level is not null);
alter table rashin.plan_kpis add column retired boolean not null default false;

-- 総合計画 and 総合戦略 share KPIs with the DX plan.
alter table rashin.plans drop constraint plans_kind_check, add constraint plans_kind_check check (kind in ('dx_plan', 'other', 'predecessor'));

-- A new definition says since when, and why; a template and the national indicators belong to the definition.
alter table rashin.kpi_definitions add column change_note text not null default '', add column template text,
  add column indicators jsonb not null default '[]',
  add constraint kpi_definitions_change_has_year check (change_note = '' or effective_from is not null);
-- Why a planned value was revised. A withdrawn one stands no longer in the plan.
alter table rashin.kpi_points add column reason text not null default '', add column decided_on date,
  add column withdrawn boolean not null default false, add column set_at timestamptz;
update rashin.kpi_points o set set_at = p.created_at from rashin.plans p where p.tenant_id = o.tenant_id and p.id = o.plan_id;
alter table rashin.kpi_points alter column set_at set not null;

reset role;
