-- The year of a town hall: rounds, reports of initiatives beside those of KPIs, approval in one or two stages, drafts of
-- what is being written, words about a figure.
set local role rashin_owner;

-- domain::round::Round. Identity: (year, kind).
create table rashin.rounds (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  fiscal_year smallint not null,
  kind text not null check (kind in ('half', 'forecast', 'preliminary', 'final')),
  opens_on date not null,
  closes_on date not null,
  grace_until date not null,
  -- Business days from the closing day.
  reminders smallint[] not null,
  purpose text not null,
  asks text not null check (asks in ('all', 'half_yearly')),
  locked_on date,
  primary key (tenant_id, id),
  constraint rounds_one_per_kind unique (tenant_id, fiscal_year, kind),
  constraint rounds_days check (opens_on <= closes_on and closes_on <= grace_until)
);
call rashin.close('rashin.rounds', 'select, insert, update');

-- How a tenant reports; without a row the defaults of domain::settings hold.
create table rashin.progress_settings (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  approval text not null check (approval in ('none', 'chief', 'chief_office')),
  -- Whether somebody may approve what they reported themselves.
  own_approval boolean not null,
  -- Whether 達成 takes a file or a link.
  evidence_required boolean not null,
  stale_months smallint not null check (stale_months between 1 and 60),
  primary key (tenant_id, id),
  constraint progress_settings_one unique (tenant_id)
);
call rashin.close('rashin.progress_settings', 'select, insert, update');

-- A report is of a KPI or of an initiative; what decides about it is the same.
alter table rashin.kpi_reports rename to reports;
alter table rashin.reports rename constraint kpi_reports_pkey to reports_pkey;
alter table rashin.reports rename constraint kpi_reports_one_per_revision to reports_one_per_revision;
alter table rashin.reports
  alter column kpi_id drop not null,
  alter column definition_id drop not null,
  add column plan_id uuid,
  add column node_key text,
  -- Of an initiative: the phase it is in, years behind the roadmap and why.
  add column phase text,
  add column slip_years smallint check (slip_years >= 0),
  add column slip_reason text not null default '',
  add constraint reports_one_subject check (
    (kpi_id is null) = (node_key is not null) and (plan_id is null) = (node_key is null) and (definition_id is null) = (kpi_id is null)),
  add constraint reports_slip_has_a_reason check (coalesce(slip_years, 0) = 0 or slip_reason <> ''),
  add constraint reports_one_per_revision_of_a_node unique (tenant_id, plan_id, node_key, period, revision),
  add foreign key (tenant_id, plan_id, node_key) references rashin.nodes (tenant_id, plan_id, key);

alter table rashin.kpi_decisions rename to report_decisions;
alter table rashin.report_decisions drop constraint kpi_decisions_one_per_report;
alter table rashin.report_decisions
  add column stage text not null default 'chief' check (stage in ('none', 'chief', 'office')),
  -- Whether it settles the report: returned, or approved by the last who must.
  add column settles boolean not null default true,
  add constraint report_decisions_one_per_step unique (tenant_id, report_id, stage),
  add constraint report_decisions_returned_settles check (outcome = 'approved' or settles);
alter table rashin.report_decisions alter column stage drop default, alter column settles drop default;

-- What a member is writing in わたしの更新, until it is submitted.
create table rashin.report_drafts (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  member_id uuid not null,
  -- domain::obligation::Item and the period, as text: the fields' names.
  item text not null,
  period rashin.period not null,
  -- Names and values of the fields as they were typed.
  form jsonb not null,
  saved_at timestamptz not null,
  primary key (tenant_id, id),
  constraint report_drafts_one unique (tenant_id, member_id, item, period),
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.report_drafts', 'select, insert, update, delete');

-- What members say about a figure among themselves.
create table rashin.report_comments (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  report_id uuid not null,
  member_id uuid not null,
  at timestamptz not null,
  text text not null check (text <> ''),
  primary key (tenant_id, id),
  foreign key (tenant_id, report_id) references rashin.reports,
  foreign key (tenant_id, member_id) references rashin.members
);
call rashin.close('rashin.report_comments', 'select, insert');

-- Two kinds of values more: a milestone (rank in amount, name of the state in words), a score (amount, sample in denominator).
do $$
declare
  kinds constant text := $k$'number', 'ratio', 'yes_no', 'text', 'milestone', 'score'$k$;
  target record;
  relation text;
begin
  for target in select * from (values
      ('kpi_parts', 'kind', kinds), ('master_indicators', 'kind', kinds), ('kpi_template_revisions', 'kind', kinds),
      ('kpi_points', 'value_kind', kinds || $k$, 'unknown'$k$), ('kpi_actuals', 'value_kind', kinds || $k$, 'unknown'$k$)) t (name, field, allowed)
  loop
    execute format('alter table rashin.%I drop constraint %I', target.name, target.name || '_' || target.field || '_check');
    execute format('alter table rashin.%I add check (%I in (%s))', target.name, target.field, target.allowed);
  end loop;
  foreach relation in array array['kpi_points', 'kpi_actuals'] loop
    execute format('alter table rashin.%1$I drop constraint %1$s_value, add constraint %1$s_value check (
      (value_kind in (''number'', ''ratio'', ''milestone'', ''score'')) = (amount is not null)
      and case value_kind when ''ratio'' then denominator is not null when ''score'' then true else denominator is null end
      and (value_kind in (''yes_no'', ''text'', ''unknown'', ''milestone'')) = (words is not null))', relation);
  end loop;
end $$;

reset role;
