-- Changes of the organisation: prepared acts that can be shown and withdrawn, and where a section stands over time.
set local role rashin_owner;

create table rashin.reorganisations (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  kind text not null check (kind in ('found', 'move', 'rename', 'merge', 'split', 'abolish')),
  effective_on date not null,
  reason text not null,
  -- One sentence: what becomes of what.
  summary text not null,
  -- domain::organisation::Changes: every row that was made, ended or moved, with what it was. A withdrawal undoes it.
  changes jsonb not null,
  -- Null: the command line.
  planned_by uuid,
  planned_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, planned_by) references rashin.members,
  foreign key (tenant_id, withdrawn_by) references rashin.members
);
call rashin.close('rashin.reorganisations', 'select, insert');
-- What was done stays; it can only be marked as withdrawn.
grant update (withdrawn_at, withdrawn_by) on rashin.reorganisations to rashin_tenant;

-- The section above, from a day on. Before the first one sections.parent_id holds.
create table rashin.section_moves (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  section_id uuid not null,
  parent_id uuid,
  effective_on date not null,
  primary key (tenant_id, id),
  constraint section_moves_one_a_day unique (tenant_id, section_id, effective_on),
  foreign key (tenant_id, section_id) references rashin.sections,
  foreign key (tenant_id, parent_id) references rashin.sections
);
call rashin.close('rashin.section_moves', 'select, insert, update, delete');

-- A withdrawn preparation takes back the rows that it made; foreign keys keep what has been used.
grant delete on rashin.sections, rashin.section_successors, rashin.assignments to rashin_tenant;

reset role;
