-- People are global, membership belongs to the tenant.
set local role rashin_owner;

create table rashin.people (
  id uuid primary key,
  email text constraint people_one_email unique check (email = lower(email)),
  name text not null,
  -- May run the instance; never reads tenant content by that.
  operator boolean not null default false,
  created_at timestamptz not null
);
create table rashin.credentials (
  person_id uuid primary key references rashin.people,
  -- argon2id in PHC form.
  password_hash text not null,
  set_at timestamptz not null
);
-- Growing soft lock per account. The account is a hash, so that a table of tried names is no directory.
create table rashin.sign_in_guards (
  account bytea primary key,
  failures integer not null,
  last_failure_at timestamptz not null
);
create table rashin.sessions (
  -- SHA-256 of the id in the cookie.
  id_hash bytea primary key,
  person_id uuid references rashin.people,
  data jsonb not null,
  address text not null default '',
  user_agent text not null default '',
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_by_person on rashin.sessions (person_id);
create index sessions_by_expiry on rashin.sessions (expires_at);
create table rashin.one_time_links (
  token_hash bytea primary key,
  person_id uuid not null references rashin.people,
  purpose text not null check (purpose in ('invitation', 'reset')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
-- Sign-ins and account changes, which belong to no tenant.
create table rashin.identity_log (
  id uuid primary key,
  at timestamptz not null,
  person_id uuid,
  event text not null,
  address text not null
);
grant select, insert, update on rashin.people, rashin.credentials, rashin.one_time_links to rashin_identity;
grant select, insert, update, delete on rashin.sign_in_guards, rashin.sessions to rashin_identity;
grant insert on rashin.identity_log to rashin_identity;

create table rashin.sections (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  key text not null,
  parent_id uuid,
  name text not null,
  kind text not null check (kind in ('部', '課', '係', 'その他')),
  position integer not null,
  valid_from date not null,
  -- Last day, included.
  valid_until date,
  primary key (tenant_id, id),
  constraint sections_one_key unique (tenant_id, key),
  foreign key (tenant_id, parent_id) references rashin.sections,
  check (valid_until is null or valid_from <= valid_until)
);
create table rashin.section_successors (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  section_id uuid not null,
  successor_id uuid not null,
  effective_on date not null,
  primary key (tenant_id, id),
  unique (tenant_id, section_id, successor_id),
  foreign key (tenant_id, section_id) references rashin.sections,
  foreign key (tenant_id, successor_id) references rashin.sections
);
create table rashin.members (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  person_id uuid not null references rashin.people,
  -- The tenant's own spelling; the global person is not the tenant's to change.
  name text not null,
  kana text not null default '',
  staff_number text,
  -- invited: has never signed in. suspended, left: may not enter.
  state text not null check (state in ('invited', 'active', 'suspended', 'left')),
  primary key (tenant_id, id),
  constraint members_one_per_person unique (tenant_id, person_id),
  constraint members_one_staff_number unique (tenant_id, staff_number)
);
create index members_by_person on rashin.members (person_id);
create table rashin.assignments (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  member_id uuid not null,
  section_id uuid,
  role text not null check (role in ('admin', 'secretariat', 'approver', 'reporter', 'viewer')),
  post text not null default '',
  capacity text not null check (capacity in ('main', 'concurrent', 'acting')),
  -- May lie in the future: prepared in March, in force on 1 April.
  valid_from date not null,
  valid_until date,
  primary key (tenant_id, id),
  foreign key (tenant_id, member_id) references rashin.members,
  foreign key (tenant_id, section_id) references rashin.sections,
  check (valid_until is null or valid_from <= valid_until)
);
create unique index assignments_once on rashin.assignments
  (tenant_id, member_id, coalesce(section_id, '00000000-0000-0000-0000-000000000000'), role, valid_from);

call rashin.close('rashin.sections', 'select, insert, update');
call rashin.close('rashin.section_successors', 'select, insert');
call rashin.close('rashin.members', 'select, insert, update');
call rashin.close('rashin.assignments', 'select, insert, update');

-- The gate proves memberships, so it sees them in every tenant; FORCE binds the owner, hence a policy of its own.
create policy gate_reads on rashin.members for select to rashin_gate using (true);
create policy gate_reads on rashin.assignments for select to rashin_gate using (true);
create policy gate_activates on rashin.members for update to rashin_gate using (state = 'invited') with check (state = 'active');
grant select on rashin.members, rashin.assignments to rashin_gate;
grant update (state) on rashin.members to rashin_gate;

-- Insert-only: no transaction of a member can change or remove a line.
create table rashin.audit_log (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  at timestamptz not null,
  member_id uuid,
  -- Who, when no member did: the command line.
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}',
  primary key (tenant_id, id)
);
create index audit_log_by_time on rashin.audit_log (tenant_id, at);
call rashin.close('rashin.audit_log', 'select, insert');

reset role;
