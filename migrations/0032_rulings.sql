-- 決定: what a body decided about an initiative, as part of the plan. domain::plan::Ruling.
set local role rashin_owner;

-- Written anew with the plan.
create table rashin.plan_rulings (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  key text not null,
  node_key text not null,
  effect text not null check (effect in ('starts', 'changes', 'scraps')),
  -- First fiscal year with its effect.
  fiscal_year smallint not null,
  decided_on date not null,
  -- Name of the body.
  body text not null check (body <> ''),
  document_number text not null,
  -- Number of the case, where there was one.
  case_number integer,
  position integer not null,
  primary key (tenant_id, id),
  constraint plan_rulings_one_key unique (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key),
  foreign key (tenant_id, case_number) references rashin.cases (tenant_id, number)
);
call rashin.close('rashin.plan_rulings', 'select, insert, delete');

reset role;
