-- Indicators that a prefecture defines and collects itself.
set local role rashin_owner;

create table rashin.indicators (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- Names it in addresses; its code is P-1, P-2 …
  number integer not null check (number > 0),
  -- Figures are kept by it, so it never changes.
  kind text not null check (kind in ('number', 'ratio', 'yes_no')),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  constraint indicators_one_number unique (tenant_id, number)
);
-- domain::figure::own::Definition; the newest revision counts.
create table rashin.indicator_revisions (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  indicator_id uuid not null,
  revision integer not null check (revision > 0),
  name text not null check (name <> ''),
  definition text not null check (definition <> ''),
  numerator text not null,
  denominator text not null,
  unit text not null,
  direction text not null check (direction in ('up', 'down', 'keep')),
  survey text not null check (survey <> ''),
  as_of text not null,
  no_ranking boolean not null,
  written_at timestamptz not null,
  written_by uuid not null,
  reason text not null,
  primary key (tenant_id, id),
  constraint indicator_revisions_one_per_revision unique (tenant_id, indicator_id, revision),
  foreign key (tenant_id, indicator_id) references rashin.indicators,
  foreign key (tenant_id, written_by) references rashin.members
);
-- Its figures of a year, as they were imported; the newest revision counts.
create table rashin.indicator_releases (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  indicator_id uuid not null,
  fiscal_year smallint not null,
  revision integer not null check (revision > 0),
  as_of date not null,
  bodies integer not null check (bodies > 0),
  file_name text not null,
  imported_at timestamptz not null,
  imported_by uuid not null,
  primary key (tenant_id, id),
  constraint indicator_releases_one_per_revision unique (tenant_id, indicator_id, fiscal_year, revision),
  foreign key (tenant_id, indicator_id) references rashin.indicators,
  foreign key (tenant_id, imported_by) references rashin.members
);
-- As rashin.master_figures.
create table rashin.indicator_figures (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  release_id uuid not null,
  body text not null check (body ~ '^[0-9]{6}$'),
  amount numeric,
  denominator numeric check (denominator > 0),
  unknown text check (unknown in ('dash', 'not_stated', 'set_at_introduction', 'unreported', 'collecting', 'not_applicable', 'not_surveyed', 'lost_in_source')),
  primary key (tenant_id, id),
  constraint indicator_figures_one_per_body unique (tenant_id, release_id, body),
  foreign key (tenant_id, release_id) references rashin.indicator_releases,
  check ((amount is null) = (unknown is not null)),
  check (denominator is null or amount <= denominator)
);
call rashin.close('rashin.indicators', 'select, insert');
call rashin.close('rashin.indicator_revisions', 'select, insert');
call rashin.close('rashin.indicator_releases', 'select, insert');
call rashin.close('rashin.indicator_figures', 'select, insert');

reset role;
