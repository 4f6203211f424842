insert into rashin.indicators (tenant_id, id, number, kind, created_at)
  select tenant_id, gen_random_uuid(), 1 + ('x' || right(tenant_id::text, 7))::bit(28)::int, 'number', now() from rashin.members limit 1;
insert into rashin.indicator_revisions (tenant_id, id, indicator_id, revision, name, definition, numerator, denominator, unit, direction, survey,
                                        as_of, no_ranking, written_at, written_by, reason)
  select i.tenant_id, gen_random_uuid(), i.id, 1, 'X', 'X', '', '', '', 'up', 'X', '', true, now(), m.id, ''
  from rashin.indicators i, rashin.members m limit 1;
insert into rashin.indicator_releases (tenant_id, id, indicator_id, fiscal_year, revision, as_of, bodies, file_name, imported_at, imported_by)
  select i.tenant_id, gen_random_uuid(), i.id, 2025, 1, '2026-04-01', 1, 'x.csv', now(), m.id from rashin.indicators i, rashin.members m limit 1;
insert into rashin.indicator_figures (tenant_id, id, release_id, body, amount)
  select tenant_id, gen_random_uuid(), id, '192104', 1 from rashin.indicator_releases;
