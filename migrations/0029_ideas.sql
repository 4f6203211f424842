-- Routes that take no new cases.
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

reset role;
