-- An admin invites people, who are global, from inside a tenant: through the narrow doors below.
set local role rashin_owner;

alter table rashin.members
  -- The state that a suspension or a leave interrupted.
  add column resumes_as text constraint members_resume check (resumes_as in ('invited', 'active')),
  -- Last day of service, included; may lie ahead.
  add column left_on date,
  -- When the newest invitation was sent or printed.
  add column invited_at timestamptz;
-- At sign-in 「a1」 and 「A1」 are one number.
create unique index members_one_staff_number_in_any_case on rashin.members (tenant_id, lower(staff_number));
-- What is prepared can be taken back before its day; the store does so for later days only.
grant delete on rashin.assignments to rashin_tenant;

grant select, insert on rashin.people to rashin_gate;
-- Whether there is a password; never which.
grant select (person_id) on rashin.credentials to rashin_gate;
grant select, insert, update on rashin.one_time_links to rashin_gate;
grant insert on rashin.members to rashin_gate;

reset role;
set local role rashin_gate;

-- Makes an invited member of the transaction's own tenant: the person who has this address already, or a new one.
-- Answers nothing: whether the address is known elsewhere stays unsaid. Without an address nobody is found, only made.
create function gate.invite(member uuid, newcomer uuid, address text, called text, reading text, number text, moment timestamptz)
  returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  who uuid := newcomer;
begin
  if address is null then
    if number is null then
      raise check_violation using message = 'neither an address nor a staff number';
    end if;
    insert into rashin.people (id, name, created_at) values (newcomer, called, moment);
  else
    insert into rashin.people (id, email, name, created_at) values (newcomer, address, called, moment)
      on conflict on constraint people_one_email do nothing;
    select p.id into strict who from rashin.people p where p.email = address;
  end if;
  insert into rashin.members (tenant_id, id, person_id, name, kana, staff_number, state)
    values (rashin.current_tenant(), member, who, called, reading, number, 'invited');
end $$;

-- Stores the hash of an invitation's token for an invited member of the transaction's own tenant. False when there is no
-- such member, or the way does not fit.
-- By mail: only for who has an address; true also for who has a password already, for whom nothing is stored.
-- On paper, which the admin sees: only for who has no address, no password and no other tenant. An address proves nothing
-- before its mailbox was read, and a later tenant would trust it.
create function gate.make_invitation(member uuid, token bytea, by_mail boolean, moment timestamptz, expiry timestamptz) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  who rashin.people;
  is_settled boolean;
begin
  select p.* into who from rashin.members m join rashin.people p on p.id = m.person_id
  where m.tenant_id = rashin.current_tenant() and m.id = member and m.state = 'invited';
  if not found or by_mail <> (who.email is not null) then
    return false;
  end if;
  is_settled := who.operator or exists (select from rashin.credentials c where c.person_id = who.id);
  if not by_mail and (is_settled or exists (
    select from rashin.members m where m.person_id = who.id and m.tenant_id <> rashin.current_tenant())) then
    return false;
  end if;
  if not is_settled then
    update rashin.one_time_links l set used_at = moment
      where l.person_id = who.id and l.purpose = 'invitation' and l.used_at is null;
    insert into rashin.one_time_links (token_hash, person_id, purpose, created_at, expires_at)
      values (token, who.id, 'invitation', moment, expiry);
  end if;
  return true;
end $$;

-- The addresses that members of the transaction's own tenant sign in with.
create function gate.member_addresses() returns table (member_id uuid, email text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.id, p.email from rashin.members m join rashin.people p on p.id = m.person_id
  where m.tenant_id = rashin.current_tenant() and p.email is not null
$$;

revoke execute on function gate.invite, gate.make_invitation, gate.member_addresses from public;
grant execute on function gate.invite, gate.make_invitation, gate.member_addresses to rashin_tenant;

reset role;
