-- Work on cases: files of a case, hand-overs that are prepared, who was told of a delay, how long records are kept.
set local role rashin_owner;

-- Files of cases are records of deliberation: never public.
alter table rashin.attachments
  drop constraint attachments_subject_kind_check,
  add constraint attachments_subject_kind_check check (subject_kind in ('nodes', 'kpis', 'editions', 'cases')),
  drop constraint attachments_of_a_plan,
  add constraint attachments_of_a_plan check ((plan_id is null) = (subject_kind in ('kpis', 'cases'))),
  drop constraint attachments_of_editions_stay_inside,
  add constraint attachments_that_stay_inside check (subject_kind not in ('editions', 'cases') or not to_publish);

-- Somebody else proposes a case from a day on: prepared, and taken away when the daily job has written the event.
create table rashin.case_handovers (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  case_id uuid not null,
  to_id uuid not null,
  from_on date not null,
  made_by uuid not null,
  acted_as text not null,
  made_at timestamptz not null,
  primary key (tenant_id, id),
  constraint case_handovers_one_per_case unique (tenant_id, case_id),
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, to_id) references rashin.members,
  foreign key (tenant_id, made_by) references rashin.members
);
call rashin.close('rashin.case_handovers', 'select, insert, delete');

-- A case is so late that more than those whose turn it is were told. Once for each time that it comes to a stage.
create table rashin.case_escalations (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  case_id uuid not null,
  stage text not null,
  since_on date not null,
  due_on date not null,
  -- The body above, where there is one; 事務局 is told of every one.
  body_key text,
  told_on date not null,
  primary key (tenant_id, id),
  constraint case_escalations_once unique (tenant_id, case_id, stage, since_on),
  foreign key (tenant_id, case_id) references rashin.cases,
  foreign key (tenant_id, body_key) references rashin.rosters (tenant_id, key)
);
call rashin.close('rashin.case_escalations', 'select, insert');

-- 保存年限: years after the fiscal year in which something ended. domain::record::RecordKind.
create table rashin.record_periods (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  kind text not null check (kind in ('cases', 'meetings')),
  years smallint not null check (years between 1 and 50),
  primary key (tenant_id, id),
  constraint record_periods_one_per_kind unique (tenant_id, kind)
);
call rashin.close('rashin.record_periods', 'select, insert');
grant update (years) on rashin.record_periods to rashin_tenant;

-- With the kinds that comments (0026) and meetings (0027) brought.
alter table rashin.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check
    check (kind in ('urged', 'case_escalated', 'case_overdue', 'case_due', 'case_turn', 'case_result', 'waiting', 'overdue', 'due',
                    'returned', 'assigned', 'inquiry', 'replied', 'approved', 'commented', 'convened', 'rearranged', 'errand'));
alter table rashin.mail_refusals
  drop constraint mail_refusals_kind_check,
  add constraint mail_refusals_kind_check check (kind in ('assigned', 'replied', 'approved', 'commented', 'case_result'));

reset role;
