-- OODAカード: about a KPI or a case, with what was written about it and when a body was told that it is late.
set local role rashin_owner;

create table rashin.cards (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- Names it in addresses.
  number integer not null check (number > 0),
  title text not null check (title <> ''),
  kpi_id uuid,
  case_id uuid,
  -- The body that is told when the limit is exceeded; 事務局 where there is none.
  roster_id uuid,
  primary key (tenant_id, id),
  constraint cards_one_number unique (tenant_id, number),
  constraint cards_about_one_thing check (num_nonnulls(kpi_id, case_id) = 1),
  foreign key (tenant_id, kpi_id) references rashin.kpis,
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, roster_id) references rashin.rosters
);
create index cards_by_kpi on rashin.cards (tenant_id, kpi_id);
create index cards_by_case on rashin.cards (tenant_id, case_id);
call rashin.close('rashin.cards', 'select, insert');

-- domain::card::Deed. Of two at once one is the next.
create table rashin.card_events (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  card_id uuid not null,
  version integer not null check (version > 0),
  -- In Japan.
  happened_on date not null,
  event jsonb not null,
  member_id uuid not null,
  happened_at timestamptz not null,
  primary key (tenant_id, id),
  constraint card_events_one_per_version unique (tenant_id, card_id, version),
  foreign key (tenant_id, card_id) references rashin.cards,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.card_events', 'select, insert');

create table rashin.card_escalations (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  card_id uuid not null,
  -- The body that was told; 事務局 where there is none, or nobody sat in it.
  roster_id uuid,
  told_on date not null,
  primary key (tenant_id, id),
  constraint card_escalations_once unique (tenant_id, card_id),
  foreign key (tenant_id, card_id) references rashin.cards,
  foreign key (tenant_id, roster_id) references rashin.rosters
);
call rashin.close('rashin.card_escalations', 'select, insert');

alter table rashin.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check
    check (kind in ('urged', 'case_escalated', 'case_overdue', 'case_due', 'case_turn', 'case_result', 'convened', 'rearranged', 'errand',
                    'waiting', 'overdue', 'due', 'returned', 'assigned', 'inquiry', 'replied', 'approved', 'commented', 'idea_answered',
                    'card_escalated', 'card_due'));

reset role;
