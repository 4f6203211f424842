-- Meetings of bodies: their days, what was before them, who came, what came of it, and what somebody has to do.
set local role rashin_owner;

-- 採決をとる: numbers of votes are written down beside an outcome.
alter table rashin.rosters add column votes boolean not null default false;
grant update (votes) on rashin.rosters to rashin_tenant;

-- 定例: domain::meeting::series::Series.
create table rashin.meeting_series (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  roster_id uuid not null,
  series jsonb not null,
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, roster_id) references rashin.rosters,
  foreign key (tenant_id, made_by) references rashin.members
);
call rashin.close('rashin.meeting_series', 'select, insert');

create table rashin.meetings (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- Names it in addresses.
  number integer not null check (number > 0),
  roster_id uuid not null,
  series_id uuid,
  primary key (tenant_id, id),
  constraint meetings_one_number unique (tenant_id, number),
  foreign key (tenant_id, roster_id) references rashin.rosters,
  foreign key (tenant_id, series_id) references rashin.meeting_series
);
call rashin.close('rashin.meetings', 'select, insert');

-- domain::meeting::Event: arranged, moved, called, called off, closed. Append-only; of two at once one is the next.
create table rashin.meeting_events (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  meeting_id uuid not null,
  version integer not null check (version > 0),
  happened_on date not null,
  event jsonb not null,
  member_id uuid not null,
  happened_at timestamptz not null,
  primary key (tenant_id, id),
  constraint meeting_events_one_per_version unique (tenant_id, meeting_id, version),
  foreign key (tenant_id, meeting_id) references rashin.meetings,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.meeting_events', 'select, insert');

-- 次第: a case, or a point of its own.
create table rashin.agenda_items (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  meeting_id uuid not null,
  position integer not null,
  case_id uuid,
  -- Empty of a case, which has a title.
  text text not null,
  -- What came of it, where it is no decision about a case.
  result text not null default '',
  primary key (tenant_id, id),
  constraint agenda_items_case_once unique (tenant_id, meeting_id, case_id),
  constraint agenda_items_say_what check ((case_id is null) = (text <> '')),
  foreign key (tenant_id, meeting_id) references rashin.meetings,
  foreign key (tenant_id, case_id) references rashin.cases
);
call rashin.close('rashin.agenda_items', 'select, insert, delete');
grant update (position, result) on rashin.agenda_items to rashin_tenant;

-- Who came, as it was on the day: names and posts change.
create table rashin.meeting_attendance (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  meeting_id uuid not null,
  seat_id uuid not null,
  presence text not null check (presence in ('present', 'deputy', 'written', 'absent')),
  name text not null,
  -- 「市民課　課長」; names are posts where minutes are published.
  sat_as text not null,
  deputy_name text not null,
  primary key (tenant_id, id),
  constraint meeting_attendance_once unique (tenant_id, meeting_id, seat_id),
  constraint meeting_attendance_by_deputy check ((presence = 'deputy') = (deputy_name <> '')),
  foreign key (tenant_id, meeting_id) references rashin.meetings,
  foreign key (tenant_id, seat_id) references rashin.seats
);
call rashin.close('rashin.meeting_attendance', 'select, insert');
grant update (presence, name, sat_as, deputy_name) on rashin.meeting_attendance to rashin_tenant;

-- What members answer where papers go round; until the day it can be changed.
create table rashin.meeting_answers (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  agenda_id uuid not null,
  member_id uuid not null,
  answer text not null check (answer in ('agreed', 'opinion')),
  text text not null,
  acted_as text not null,
  answered_at timestamptz not null,
  primary key (tenant_id, id),
  constraint meeting_answers_once unique (tenant_id, agenda_id, member_id),
  constraint meeting_answers_say_it check (answer = 'agreed' or text <> ''),
  foreign key (tenant_id, agenda_id) references rashin.agenda_items,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.meeting_answers', 'select, insert');
grant update (answer, text, acted_as, answered_at) on rashin.meeting_answers to rashin_tenant;

-- A decision about a case that was taken at a meeting: which event of the case it is.
create table rashin.meeting_outcomes (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  agenda_id uuid not null,
  case_id uuid not null,
  case_version integer not null,
  votes_for integer check (votes_for >= 0),
  votes_against integer check (votes_against >= 0),
  votes_withheld integer check (votes_withheld >= 0),
  primary key (tenant_id, id),
  constraint meeting_outcomes_one_per_item unique (tenant_id, agenda_id),
  constraint meeting_outcomes_one_per_event unique (tenant_id, case_id, case_version),
  foreign key (tenant_id, agenda_id) references rashin.agenda_items,
  foreign key (tenant_id, case_id, case_version) references rashin.case_events (tenant_id, case_id, version)
);
call rashin.close('rashin.meeting_outcomes', 'select, insert');

-- 議事録: every save is a version, the newest stands.
create table rashin.meeting_minutes (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  meeting_id uuid not null,
  revision integer not null check (revision > 0),
  text text not null check (text <> ''),
  confirmed boolean not null,
  -- Of a correction after it was confirmed.
  reason text not null,
  written_by uuid not null,
  written_at timestamptz not null,
  primary key (tenant_id, id),
  constraint meeting_minutes_one_per_revision unique (tenant_id, meeting_id, revision),
  foreign key (tenant_id, meeting_id) references rashin.meetings,
  foreign key (tenant_id, written_by) references rashin.members
);
call rashin.close('rashin.meeting_minutes', 'select, insert');

-- 対応事項: what somebody has to do after a meeting.
create table rashin.errands (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  meeting_id uuid not null,
  case_id uuid,
  text text not null check (text <> ''),
  owner_id uuid not null,
  due_on date not null,
  given_by uuid not null,
  given_at timestamptz not null,
  done_on date,
  done_by uuid,
  primary key (tenant_id, id),
  constraint errands_done_by_somebody check ((done_on is null) = (done_by is null)),
  foreign key (tenant_id, meeting_id) references rashin.meetings,
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, owner_id) references rashin.members,
  foreign key (tenant_id, given_by) references rashin.members,
  foreign key (tenant_id, done_by) references rashin.members
);
call rashin.close('rashin.errands', 'select, insert');
grant update (done_on, done_by) on rashin.errands to rashin_tenant;

alter table rashin.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check
    check (kind in ('urged', 'waiting', 'overdue', 'due', 'returned', 'assigned', 'inquiry', 'replied', 'approved', 'commented',
                    'convened', 'rearranged', 'errand'));

reset role;
