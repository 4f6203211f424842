-- A KPI's definition is the tenant's: while a draft of one plan changes it, another plan's publication may do so, too.
set local role rashin_owner;

-- Version of the definition that a change of a KPI was made on; 0 when there was none yet. Null: no KPI is put, or it
-- was written before this column.
alter table rashin.draft_changes add column definition integer check (definition >= 0);

reset role;
