-- Routes that take no new cases; ideas and what became of them.
set local role rashin_owner;

-- Whether new cases can take a route. Append-only: the newest line counts; none: they can.
create table rashin.route_uses (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  route_key text not null,
  -- The version that was seen when it was decided.
  version integer not null,
  in_use boolean not null,
  set_by uuid not null,
  set_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, route_key, version) references rashin.routes (tenant_id, key, version),
  foreign key (tenant_id, set_by) references rashin.members
);
call rashin.close('rashin.route_uses', 'select, insert');

-- domain::idea::Idea. As it was sent: nobody changes or deletes it.
create table rashin.ideas (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- Names it in addresses.
  number integer not null check (number > 0),
  title text not null check (title <> ''),
  text text not null check (text <> ''),
  member_id uuid not null,
  sent_at timestamptz not null,
  primary key (tenant_id, id),
  constraint ideas_one_number unique (tenant_id, number),
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.ideas', 'select, insert');

-- domain::idea::Fate: said once.
create table rashin.idea_fates (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  idea_id uuid not null,
  fate text not null check (fate in ('adopted', 'merged', 'answered')),
  -- The answer; may be empty unless it is all there is.
  text text not null,
  -- The case that it became.
  case_id uuid,
  -- The idea that it was merged into.
  into_id uuid,
  member_id uuid not null,
  said_at timestamptz not null,
  primary key (tenant_id, id),
  constraint idea_fates_once unique (tenant_id, idea_id),
  constraint idea_fates_of_their_kind check (
    (case_id is not null) = (fate = 'adopted') and (into_id is not null) = (fate = 'merged') and (text <> '' or fate <> 'answered')),
  constraint idea_fates_into_another check (into_id <> idea_id),
  foreign key (tenant_id, idea_id) references rashin.ideas,
  foreign key (tenant_id, into_id) references rashin.ideas,
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.idea_fates', 'select, insert');

-- All kinds of the issue that this belongs to, whichever of them come first.
alter table rashin.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check
    check (kind in ('urged', 'case_escalated', 'case_overdue', 'case_due', 'case_turn', 'case_result', 'convened', 'rearranged', 'errand',
                    'waiting', 'overdue', 'due', 'returned', 'assigned', 'inquiry', 'replied', 'approved', 'commented', 'idea_answered'));
alter table rashin.mail_refusals
  drop constraint mail_refusals_kind_check,
  add constraint mail_refusals_kind_check check (kind in ('assigned', 'replied', 'approved', 'commented', 'case_result', 'idea_answered'));

reset role;
