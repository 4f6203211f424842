-- A row of every table of cards, for a tenant that has a KPI, a case, a body and members.
insert into rashin.cards (tenant_id, id, number, title, kpi_id, roster_id)
  select k.tenant_id, gen_random_uuid(), 1, 'X', k.id, r.id from rashin.kpis k, rashin.rosters r limit 1;
insert into rashin.cards (tenant_id, id, number, title, case_id)
  select tenant_id, gen_random_uuid(), 2, 'X', id from rashin.cases limit 1;
insert into rashin.card_events (tenant_id, id, card_id, version, happened_on, event, member_id, happened_at)
  select c.tenant_id, gen_random_uuid(), c.id, 1, '2026-07-01', '{}', m.id, now() from rashin.cards c, rashin.members m limit 1;
insert into rashin.card_escalations (tenant_id, id, card_id, roster_id, told_on)
  select tenant_id, gen_random_uuid(), id, roster_id, '2026-07-01' from rashin.cards where number = 1;
