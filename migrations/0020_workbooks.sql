-- Workbooks of reports that were sent and wait for their sender to look at what they would change.
set local role rashin_owner;

create table rashin.report_workbooks (
  tenant_id uuid not null references rashin.tenants,
  id uuid not null,
  member_id uuid not null,
  file_name text not null,
  -- The cells that were read.
  sheet jsonb not null,
  sent_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, member_id) references rashin.members
);
create index report_workbooks_of_member on rashin.report_workbooks (tenant_id, member_id, sent_at);
-- Nothing is ever changed in a row; without the right to update it could not be locked while it is imported.
call rashin.close('rashin.report_workbooks', 'select, insert, update, delete');

reset role;
