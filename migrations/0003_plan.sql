-- Plans: documents with a period, a tree of nodes, and what hangs on it. The working state; the public
-- reads editions. Every object has a key that is unique in its plan and a provenance.
set local role rashin_owner;

create domain rashin.reading as text check (value in ('original', 'corrected', 'inferred', 'doubtful'));

create table rashin.plans (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
  kind text not null check (kind in ('dx_plan', 'predecessor')),
  title text not null,
  period_from smallint not null,
  period_until smallint not null,
  published text not null,
  editor text not null,
  vision text not null,
  future_image text not null,
  notice text not null,
  predecessor text,
  source text not null,
  -- Words of the grades and the threshold of 「やや遅れ」 (domain::plan::Grades).
  grades jsonb not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  constraint plans_one_slug unique (tenant_id, slug),
  check (period_from <= period_until)
);
create table rashin.plan_levels (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  key text not null,
  name text not null,
  depth smallint not null check (depth between 1 and 5),
  position integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id) references rashin.plans
);
create table rashin.plan_phases (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  key text not null,
  name text not null,
  look text not null check (look in ('survey', 'build', 'run', 'other')),
  position integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id) references rashin.plans
);
create table rashin.plan_markers (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  symbol text not null,
  meaning text not null,
  position integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, symbol),
  foreign key (tenant_id, plan_id) references rashin.plans
);
create table rashin.attributes (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  key text not null,
  name text not null,
  description text not null,
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id) references rashin.plans
);
create table rashin.nodes (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  key text not null,
  parent_key text,
  level text not null,
  number text not null,
  marker text not null,
  title text not null,
  description text not null,
  status text not null,
  gap text not null,
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  constraint nodes_one_key unique (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id) references rashin.plans,
  foreign key (tenant_id, plan_id, parent_key) references rashin.nodes (tenant_id, plan_id, key) deferrable initially deferred,
  foreign key (tenant_id, plan_id, level) references rashin.plan_levels (tenant_id, plan_id, key)
);
create table rashin.node_attributes (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  node_key text not null,
  attribute_key text not null,
  position integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, node_key, attribute_key),
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id, attribute_key) references rashin.attributes (tenant_id, plan_id, key)
);
create table rashin.node_notes (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  node_key text not null,
  from_year smallint not null,
  text text not null,
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, node_key, position),
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key)
);
create table rashin.roadmap_cells (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  node_key text not null,
  fiscal_year smallint not null,
  phase_key text not null,
  kind text not null check (kind in ('planned', 'actual')),
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, node_key, fiscal_year, phase_key, kind),
  foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id, phase_key) references rashin.plan_phases (tenant_id, plan_id, key)
);
create table rashin.bodies (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  key text not null,
  name text not null,
  kind text not null check (kind in ('headquarters', 'section_meeting', 'coe', 'secretariat', 'other')),
  composition text not null,
  parent_key text,
  note text not null,
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id) references rashin.plans,
  foreign key (tenant_id, plan_id, parent_key) references rashin.bodies (tenant_id, plan_id, key) deferrable initially deferred
);
create table rashin.body_duties (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  body_key text not null,
  text text not null,
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, body_key, position),
  foreign key (tenant_id, plan_id, body_key) references rashin.bodies (tenant_id, plan_id, key)
);
create table rashin.related_plans (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  key text not null,
  title text not null,
  issuer text not null check (issuer in ('city', 'national', 'other')),
  aligned boolean not null,
  summary text not null,
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, key),
  foreign key (tenant_id, plan_id) references rashin.plans
);
create table rashin.glossary_terms (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  term text not null,
  formal_name text not null,
  explanation text not null,
  position integer not null,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, term),
  foreign key (tenant_id, plan_id) references rashin.plans
);
create table rashin.chapters (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  number text not null,
  title text not null,
  body text not null,
  position integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, plan_id, position),
  foreign key (tenant_id, plan_id) references rashin.plans
);
create table rashin.lineage (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  from_plan text not null,
  from_node text not null,
  -- Null when it ended (廃止).
  to_node text,
  relation text not null check (relation in ('continued', 'split', 'merged', 'new', 'ended')),
  position integer not null,
  primary key (tenant_id, id),
  unique nulls not distinct (tenant_id, plan_id, from_plan, from_node, to_node),
  foreign key (tenant_id, plan_id, to_node) references rashin.nodes (tenant_id, plan_id, key)
);

do $$
declare
  relation text;
begin
  foreach relation in array array['plans', 'plan_levels', 'plan_phases', 'plan_markers', 'attributes', 'nodes', 'node_attributes',
    'node_notes', 'roadmap_cells', 'bodies', 'body_duties', 'related_plans', 'glossary_terms', 'chapters', 'lineage'] loop
    call rashin.close(('rashin.' || relation)::regclass, 'select, insert, update, delete');
  end loop;
end $$;

reset role;
