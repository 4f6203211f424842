-- Figures of the national library: what was published of every body, release by release.
set local role rashin_owner;

alter table rashin.master_indicators
  add column numerator text not null default '',
  add column denominator text not null default '',
  add column survey text not null default '',
  -- Shown in the order of codes only.
  add column no_ranking boolean not null default true,
  drop constraint master_indicators_library_check,
  add constraint master_indicators_library_check check (library in ('dashboard', 'dx_plan', 'applications'));

-- What an indicator said, as domain::indicator::Indicator; a row for each time that its file changed. The newest is the row above.
create table rashin.master_indicator_revisions (
  code text not null references rashin.master_indicators,
  revision integer not null check (revision > 0),
  content jsonb not null,
  written_at timestamptz not null,
  primary key (code, revision)
);

-- One import of a national table for one year. A ministry restates figures later: that is the next revision, and the newest counts.
create table rashin.master_releases (
  number integer primary key check (number > 0),
  dataset text not null
    check (dataset in ('municipal_comparison', 'municipal_applications', 'prefectural_comparison', 'prefectural_applications')),
  fiscal_year smallint not null,
  revision integer not null check (revision > 0),
  -- The day of which its publisher speaks.
  as_of date not null,
  -- Bodies in it; fewer than there are when a part was imported.
  bodies integer not null check (bodies > 0),
  file_name text not null,
  imported_at timestamptz not null,
  constraint master_releases_one_per_revision unique (dataset, fiscal_year, revision)
);
-- What the figures of a whole release come to (domain::figure::Summary): read on every page, and never changing.
create table rashin.master_summaries (
  release integer not null references rashin.master_releases,
  indicator text not null references rashin.master_indicators,
  summary jsonb not null,
  primary key (release, indicator)
);
-- A figure by the kind of its indicator: 実施 is 1, 未実施 is 0, a ratio has its denominator. Or the reason why there is none.
create table rashin.master_figures (
  release integer not null,
  indicator text not null,
  body text not null check (body ~ '^[0-9]{6}$'),
  amount numeric,
  denominator numeric check (denominator > 0),
  unknown text check (unknown in ('dash', 'not_stated', 'set_at_introduction', 'unreported', 'collecting', 'not_applicable', 'not_surveyed', 'lost_in_source')),
  primary key (release, indicator, body),
  foreign key (release, indicator) references rashin.master_summaries,
  check ((amount is null) = (unknown is not null)),
  check (denominator is null or amount <= denominator)
);
-- One indicator of all bodies is the primary key; some bodies with all indicators is this.
create index master_figures_by_body on rashin.master_figures (release, body);
grant select on rashin.master_indicator_revisions, rashin.master_releases, rashin.master_summaries, rashin.master_figures to rashin_tenant;

reset role;
