-- A round that has not begun can be cancelled.
set local role rashin_owner;

grant delete on rashin.rounds to rashin_tenant;

reset role;
