-- 庁内照会: a draft goes to sections for comment, and the answers of 事務局.
set local role rashin_owner;

-- One round of asking. What is asked about does not move: the snapshot holds the draft as it was sent
-- (domain::inquiry::Snapshot).
create table rashin.inquiries (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  plan_id uuid not null,
  title text not null check (title <> ''),
  message text not null,
  -- Key of the node whose branch is asked about; null for the whole plan.
  branch text,
  snapshot jsonb not null,
  -- Last day for comments, included.
  deadline date not null,
  sent_at timestamptz not null,
  sent_by uuid,
  closed_at timestamptz,
  closed_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, plan_id) references rashin.plans,
  foreign key (tenant_id, sent_by) references rashin.members,
  foreign key (tenant_id, closed_by) references rashin.members,
  check (closed_by is null or closed_at is not null)
);
-- Who is asked, and whether they have replied.
create table rashin.inquiry_sections (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  inquiry_id uuid not null,
  section_id uuid not null,
  reply text check (reply in ('comments', 'none')),
  answered_at timestamptz,
  answered_by uuid,
  -- When its people were last reminded by mail.
  reminded_at timestamptz,
  primary key (tenant_id, id),
  constraint inquiry_sections_once unique (tenant_id, inquiry_id, section_id),
  foreign key (tenant_id, inquiry_id) references rashin.inquiries,
  foreign key (tenant_id, section_id) references rashin.sections,
  foreign key (tenant_id, answered_by) references rashin.members,
  check ((reply is null) = (answered_at is null) and (reply is not null or answered_by is null))
);
-- What a section says about one object of the draft (domain::draft::Kind).
create table rashin.inquiry_comments (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  inquiry_id uuid not null,
  section_id uuid not null,
  kind text not null check (kind in ('nodes', 'kpis')),
  key text not null,
  member_id uuid not null,
  text text not null check (text <> ''),
  at timestamptz not null,
  -- When its author took it back.
  withdrawn_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, inquiry_id, section_id) references rashin.inquiry_sections (tenant_id, inquiry_id, section_id),
  foreign key (tenant_id, member_id) references rashin.members
);
create index inquiry_comments_by_inquiry on rashin.inquiry_comments (tenant_id, inquiry_id);
-- What 事務局 makes of a comment; the newest revision counts.
create table rashin.inquiry_answers (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  comment_id uuid not null,
  revision integer not null check (revision > 0),
  outcome text not null check (outcome in ('adopted', 'partly', 'noted', 'declined')),
  text text not null,
  member_id uuid not null,
  at timestamptz not null,
  primary key (tenant_id, id),
  constraint inquiry_answers_one_per_revision unique (tenant_id, comment_id, revision),
  foreign key (tenant_id, comment_id) references rashin.inquiry_comments,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.inquiries', 'select, insert');
grant update (deadline, closed_at, closed_by) on rashin.inquiries to rashin_tenant;
call rashin.close('rashin.inquiry_sections', 'select, insert');
grant update (reply, answered_at, answered_by, reminded_at) on rashin.inquiry_sections to rashin_tenant;
call rashin.close('rashin.inquiry_comments', 'select, insert');
grant update (withdrawn_at) on rashin.inquiry_comments to rashin_tenant;
call rashin.close('rashin.inquiry_answers', 'select, insert');

reset role;
