-- What a year came to: milestones of the plan, the yearly review of KPIs and initiatives, cost and effect of initiatives.
set local role rashin_owner;

-- domain::plan::Milestone. Part of the plan as it was printed or revised: written anew with it.
create table rashin.plan_milestones (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  key text not null,
  node_key text not null,
  title text not null check (title <> ''),
  fiscal_year smallint not null,
  -- When in the year, in words.
  season text not null,
  done boolean not null,
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  constraint plan_milestones_one_key unique (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key)
);
call rashin.close('rashin.plan_milestones', 'select, insert, delete');

-- domain::review::Review. Append-only: the newest revision stands.
create table rashin.reviews (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  kpi_id uuid,
  plan_id uuid,
  node_key text,
  fiscal_year smallint not null,
  revision integer not null check (revision > 0),
  why text not null check (why <> ''),
  course text not null check (course in ('expand', 'continue', 'improve', 'shrink', 'abolish', 'finish')),
  next_step text not null,
  -- The section that was responsible when it was written.
  section_id uuid,
  author_id uuid not null,
  written_at timestamptz not null,
  primary key (tenant_id, id),
  constraint reviews_one_subject check ((kpi_id is null) = (node_key is not null) and (plan_id is null) = (node_key is null)),
  constraint reviews_one_per_revision unique (tenant_id, kpi_id, fiscal_year, revision),
  constraint reviews_one_per_revision_of_a_node unique (tenant_id, plan_id, node_key, fiscal_year, revision),
  foreign key (tenant_id, kpi_id) references rashin.kpis,
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key),
  foreign key (tenant_id, section_id) references rashin.sections,
  foreign key (tenant_id, author_id) references rashin.members
);
call rashin.close('rashin.reviews', 'select, insert');

-- domain::ledger::Entry. Append-only: the newest revision stands; one with nothing in it takes the entry back.
create table rashin.ledger_entries (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  node_key text not null,
  fiscal_year smallint not null,
  revision integer not null check (revision > 0),
  project text not null,
  -- Thousands of yen.
  budget bigint check (budget >= 0),
  settled bigint check (settled >= 0),
  from_general bigint check (from_general >= 0),
  from_national bigint check (from_national >= 0),
  from_prefecture bigint check (from_prefecture >= 0),
  from_bonds bigint check (from_bonds >= 0),
  from_others bigint check (from_others >= 0),
  -- Saved in the year; negative when more was used.
  hours bigint,
  sheets bigint,
  note text not null,
  source text not null,
  section_id uuid,
  author_id uuid not null,
  written_at timestamptz not null,
  primary key (tenant_id, id),
  constraint ledger_entries_one_per_revision unique (tenant_id, plan_id, node_key, fiscal_year, revision),
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key),
  foreign key (tenant_id, section_id) references rashin.sections,
  foreign key (tenant_id, author_id) references rashin.members
);
call rashin.close('rashin.ledger_entries', 'select, insert');

reset role;
