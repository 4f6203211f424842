-- A row of every table of meetings, for a tenant that has bodies, seats, members and a case.
insert into rashin.meeting_series (tenant_id, id, roster_id, series, made_by, made_at)
  select r.tenant_id, gen_random_uuid(), r.id, '{}', m.id, now() from rashin.rosters r, rashin.members m limit 1;
insert into rashin.meetings (tenant_id, id, number, roster_id, series_id)
  select tenant_id, gen_random_uuid(), 1, roster_id, id from rashin.meeting_series;
insert into rashin.meeting_events (tenant_id, id, meeting_id, version, happened_on, event, member_id, happened_at)
  select t.tenant_id, gen_random_uuid(), t.id, 1, '2026-07-01', '{}', m.id, now() from rashin.meetings t, rashin.members m limit 1;
insert into rashin.agenda_items (tenant_id, id, meeting_id, position, case_id, text)
  select t.tenant_id, gen_random_uuid(), t.id, 1, c.id, '' from rashin.meetings t, rashin.cases c limit 1;
insert into rashin.meeting_attendance (tenant_id, id, meeting_id, seat_id, presence, name, sat_as, deputy_name)
  select t.tenant_id, gen_random_uuid(), t.id, s.id, 'present', 'X', 'X', '' from rashin.meetings t, rashin.seats s limit 1;
insert into rashin.meeting_answers (tenant_id, id, agenda_id, member_id, answer, text, acted_as, answered_at)
  select a.tenant_id, gen_random_uuid(), a.id, m.id, 'agreed', '', '', now() from rashin.agenda_items a, rashin.members m limit 1;
insert into rashin.meeting_outcomes (tenant_id, id, agenda_id, case_id, case_version)
  select a.tenant_id, gen_random_uuid(), a.id, a.case_id, 1 from rashin.agenda_items a;
insert into rashin.meeting_minutes (tenant_id, id, meeting_id, revision, text, confirmed, reason, written_by, written_at)
  select t.tenant_id, gen_random_uuid(), t.id, 1, 'X', false, '', m.id, now() from rashin.meetings t, rashin.members m limit 1;
insert into rashin.errands (tenant_id, id, meeting_id, case_id, text, owner_id, due_on, given_by, given_at, done_on, done_by)
  select t.tenant_id, gen_random_uuid(), t.id, c.id, 'X', m.id, '2026-07-01', m.id, now(), '2026-07-01', m.id
  from rashin.meetings t, rashin.cases c, rashin.members m limit 1;
