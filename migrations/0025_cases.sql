-- The way of a case: bodies with their seats, routes as data, cases with their versions and what happened to them.
set local role rashin_owner;

-- 会議体: a body of the tenant that meets and decides. domain::roster::Roster. Bodies of a plan's document are its text;
-- these act, whatever plan is in force.
create table rashin.rosters (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- Names it in routes and addresses.
  key text not null check (key ~ '^[a-z0-9-]{1,40}$'),
  name text not null check (name <> ''),
  kind text not null check (kind in ('headquarters', 'section_meeting', 'coe', 'secretariat', 'other')),
  composition text not null,
  -- A line each.
  duties text not null,
  parent_key text,
  -- Writes down what the body decided; the tenant's 事務局 where there is none.
  secretariat_id uuid,
  position integer not null,
  primary key (tenant_id, id),
  constraint rosters_one_key unique (tenant_id, key),
  constraint rosters_parent_is_another check (parent_key <> key),
  foreign key (tenant_id, parent_key) references rashin.rosters (tenant_id, key),
  foreign key (tenant_id, secretariat_id) references rashin.sections
);
call rashin.close('rashin.rosters', 'select, insert, delete');
grant update (name, kind, composition, duties, parent_key, secretariat_id, position) on rashin.rosters to rashin_tenant;

-- domain::roster::Seat. A term that is over stays.
create table rashin.seats (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  roster_id uuid not null,
  role text not null check (role in ('chair', 'vice', 'member')),
  member_id uuid,
  section_id uuid,
  -- 職名 that holds the seat, whoever holds the post; empty of a seat held by name.
  post text not null,
  nomination text not null check (nomination in ('section', 'own', 'ex_officio')),
  from_year smallint not null,
  until_year smallint,
  deputy_id uuid,
  position integer not null,
  primary key (tenant_id, id),
  constraint seats_one_holder check ((member_id is null) = (post <> '') and (section_id is null or post <> '')),
  constraint seats_term_in_order check (until_year is null or from_year <= until_year),
  foreign key (tenant_id, roster_id) references rashin.rosters,
  foreign key (tenant_id, member_id) references rashin.members,
  foreign key (tenant_id, section_id) references rashin.sections,
  foreign key (tenant_id, deputy_id) references rashin.members
);
call rashin.close('rashin.seats', 'select, insert, delete');
grant update (role, member_id, section_id, post, nomination, from_year, until_year, deputy_id, position) on rashin.seats to rashin_tenant;

-- 経路: domain::route::Route. Append-only versions: a case keeps the one it started with.
create table rashin.routes (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  key text not null check (key ~ '^[a-z0-9-]{1,40}$'),
  version integer not null check (version > 0),
  route jsonb not null,
  -- Nobody of the tenant where it came with the tenant.
  made_by uuid,
  made_at timestamptz not null,
  primary key (tenant_id, id),
  constraint routes_one_per_version unique (tenant_id, key, version),
  foreign key (tenant_id, made_by) references rashin.members
);
call rashin.close('rashin.routes', 'select, insert');

-- 案件
create table rashin.cases (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- Names it in addresses.
  number integer not null check (number > 0),
  route_id uuid not null,
  -- The section that proposes it.
  section_id uuid,
  opened_at timestamptz not null,
  primary key (tenant_id, id),
  constraint cases_one_number unique (tenant_id, number),
  foreign key (tenant_id, route_id) references rashin.routes,
  foreign key (tenant_id, section_id) references rashin.sections
);
call rashin.close('rashin.cases', 'select, insert');

-- Who writes a case beside its proposer.
create table rashin.case_authors (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  case_id uuid not null,
  member_id uuid not null,
  primary key (tenant_id, id),
  constraint case_authors_once unique (tenant_id, case_id, member_id),
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.case_authors', 'select, insert, delete');

-- domain::case::content::Content. Append-only: every save is a version, the newest stands.
create table rashin.case_versions (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  case_id uuid not null,
  revision integer not null check (revision > 0),
  content jsonb not null,
  written_by uuid not null,
  written_at timestamptz not null,
  primary key (tenant_id, id),
  constraint case_versions_one_per_revision unique (tenant_id, case_id, revision),
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, written_by) references rashin.members
);
call rashin.close('rashin.case_versions', 'select, insert');

-- domain::case::Event. Append-only; of two events at once one is the next.
create table rashin.case_events (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  case_id uuid not null,
  -- 1 for the opening.
  version integer not null check (version > 0),
  happened_on date not null,
  member_id uuid not null,
  -- As what: 「部会」, 「DX推進係 係長」; names are posts where it is published.
  acted_as text not null,
  event jsonb not null,
  -- 文書番号 of a decision, if it has one.
  document_number text not null,
  happened_at timestamptz not null,
  primary key (tenant_id, id),
  constraint case_events_one_per_version unique (tenant_id, case_id, version),
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.case_events', 'select, insert');

-- What was said at a stage: an opinion, the result of a trial.
create table rashin.case_remarks (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  case_id uuid not null,
  -- Version of the case when it was said.
  version integer not null check (version > 0),
  kind text not null check (kind in ('opinion', 'result')),
  text text not null check (text <> ''),
  member_id uuid not null,
  acted_as text not null,
  said_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.case_remarks', 'select, insert');

reset role;
