-- 研修会・情報発信: what was held or sent out, and who came, by section.
set local role rashin_owner;

-- domain::training::Training.
create table rashin.trainings (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  -- Names it in addresses.
  number integer not null check (number > 0),
  kind text not null check (kind in ('workshop', 'information')),
  manner text not null check (manner in ('in_person', 'online', 'both', 'published')),
  title text not null check (title <> ''),
  held_on date not null,
  place text not null,
  text text not null,
  links text[] not null,
  called_off boolean not null,
  -- The KPI, and the part of it, whose figure it counts for.
  kpi_id uuid,
  part text,
  -- Goes up with every save, of attendance, too.
  revision integer not null check (revision > 0),
  saved_by uuid not null,
  saved_at timestamptz not null,
  primary key (tenant_id, id),
  constraint trainings_one_number unique (tenant_id, number),
  constraint trainings_count_for_a_part check ((kpi_id is null) = (part is null)),
  foreign key (tenant_id, kpi_id) references rashin.kpis,
  foreign key (tenant_id, saved_by) references rashin.members
);
call rashin.close('rashin.trainings', 'select, insert');
grant update (kind, manner, title, held_on, place, text, links, called_off, kpi_id, part, revision, saved_by, saved_at)
  on rashin.trainings to rashin_tenant;

create table rashin.training_attendance (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  training_id uuid not null,
  -- Null: people from outside.
  section_id uuid,
  attendees integer not null check (attendees > 0),
  primary key (tenant_id, id),
  constraint training_attendance_one_per_section unique nulls not distinct (tenant_id, training_id, section_id),
  foreign key (tenant_id, training_id) references rashin.trainings,
  foreign key (tenant_id, section_id) references rashin.sections
);
call rashin.close('rashin.training_attendance', 'select, insert, delete');

-- Their materials are for the town hall, as papers of cases are.
alter table rashin.attachments
  drop constraint attachments_subject_kind_check,
  add constraint attachments_subject_kind_check check (subject_kind in ('nodes', 'kpis', 'editions', 'cases', 'trainings')),
  drop constraint attachments_of_a_plan,
  add constraint attachments_of_a_plan check ((plan_id is null) = (subject_kind in ('kpis', 'cases', 'trainings'))),
  drop constraint attachments_that_stay_inside,
  add constraint attachments_that_stay_inside check (subject_kind not in ('editions', 'cases', 'trainings') or not to_publish);

reset role;
