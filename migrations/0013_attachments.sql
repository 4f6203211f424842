-- Files attached to nodes, KPIs and editions.
set local role rashin_owner;

create table rashin.attachments (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- domain::attachment::SubjectKind. A KPI is the tenant's, the others are a plan's.
  subject_kind text not null check (subject_kind in ('nodes', 'kpis', 'editions')),
  plan_id uuid,
  -- Key of the node, code of the KPI or number of the edition.
  subject_key text not null check (subject_key <> ''),
  title text not null check (title <> ''),
  file_name text not null check (file_name <> ''),
  media_type text not null,
  size bigint not null check (size > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  -- As it was cleaned of authors and places; the file as it was sent is not kept. Null once it was removed.
  content bytea check (octet_length(content) = size),
  -- Whether the next edition shall list it.
  to_publish boolean not null default false,
  uploaded_by uuid,
  uploaded_at timestamptz not null,
  removed_by uuid,
  removed_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, plan_id) references rashin.plans,
  foreign key (tenant_id, uploaded_by) references rashin.members,
  foreign key (tenant_id, removed_by) references rashin.members,
  constraint attachments_of_a_plan check ((plan_id is null) = (subject_kind = 'kpis')),
  constraint attachments_gone_when_removed check ((content is null) = (removed_at is not null)),
  constraint attachments_of_editions_stay_inside check (subject_kind <> 'editions' or not to_publish)
);
create unique index attachments_once on rashin.attachments (tenant_id, subject_kind, plan_id, subject_key, sha256) nulls not distinct
  where removed_at is null;
call rashin.close('rashin.attachments', 'select, insert');
grant update (content, to_publish, removed_by, removed_at) on rashin.attachments to rashin_tenant;

-- Which of them an edition lists: the same ids as in its content.
alter table rashin.editions add column attachments uuid[] not null default '{}';

-- The public finds a file while an edition that it may read, and that was not withdrawn, lists it. The subquery is
-- bound by the embargo, too.
grant select on rashin.attachments to rashin_public;
create policy listed on rashin.attachments as restrictive for select to rashin_public
  using (exists (
    select from rashin.editions e
    where e.tenant_id = attachments.tenant_id and attachments.id = any (e.attachments) and e.withdrawn_at is null));

reset role;
