-- The national library of indicators, and each tenant's templates of KPIs.
set local role rashin_owner;

-- Reference data, seeded from seeds/masters/indicators.csv; domain::indicator::Indicator. What the source does not say is empty or null.
create table rashin.master_indicators (
  code text primary key check (code ~ '^[A-Z]{2}-[0-9]{2,3}$'),
  library text not null check (library in ('dashboard', 'dx_plan')),
  category text not null,
  name text not null,
  kind text check (kind in ('number', 'ratio', 'yes_no', 'text')),
  unit text not null,
  direction text check (direction in ('up', 'down', 'keep')),
  accumulation text check (accumulation in ('per_year', 'cumulative', 'point_in_time')),
  frequency text check (frequency in ('once', 'year', 'half', 'quarter', 'month')),
  formula text not null,
  definition text not null check (definition <> ''),
  as_of text not null,
  pitfalls text not null,
  for_municipalities boolean not null,
  for_prefectures boolean not null,
  source text not null check (source <> ''),
  source_place text not null,
  reading rashin.reading not null
);
grant select on rashin.master_indicators to rashin_tenant;

create table rashin.kpi_templates (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  code text not null check (code ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$' and code <> 'new'),
  -- The national indicator it was copied from; no foreign key, masters belong to no tenant.
  origin text,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  constraint kpi_templates_one_code unique (tenant_id, code)
);
-- What a template says, by revision; the newest one counts. Retiring and restoring are revisions, too.
create table rashin.kpi_template_revisions (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  template_id uuid not null,
  revision integer not null check (revision > 0),
  retired boolean not null,
  name text not null check (name <> ''),
  description text not null,
  formula text not null,
  kind text not null check (kind in ('number', 'ratio', 'yes_no', 'text')),
  unit text not null,
  direction text not null check (direction in ('up', 'down', 'keep')),
  accumulation text not null check (accumulation in ('per_year', 'cumulative', 'point_in_time')),
  frequency text not null check (frequency in ('once', 'year', 'half', 'quarter', 'month')),
  source text not null,
  how_to_count text not null,
  pitfalls text not null,
  -- Code of a national indicator; all three are null while nobody has looked.
  indicator text,
  correspondence text check (correspondence in ('same', 'similar', 'none')),
  mapping_note text,
  reading rashin.reading not null,
  source_text text not null,
  source_place text not null,
  written_at timestamptz not null,
  -- Null when it came with a file.
  written_by uuid,
  reason text not null,
  primary key (tenant_id, id),
  constraint kpi_template_revisions_one_per_revision unique (tenant_id, template_id, revision),
  foreign key (tenant_id, template_id) references rashin.kpi_templates,
  foreign key (tenant_id, written_by) references rashin.members,
  constraint kpi_template_revisions_mapping check (
    (correspondence is null) = (indicator is null) and (correspondence is null) = (mapping_note is null)
    and (correspondence in ('same', 'similar')) = (indicator <> '') and (correspondence <> 'similar' or mapping_note <> ''))
);
call rashin.close('rashin.kpi_templates', 'select, insert');
call rashin.close('rashin.kpi_template_revisions', 'select, insert');

reset role;
