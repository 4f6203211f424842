-- 催促: a notification that 事務局 sends by hand, signed, with words of its own if it likes. 承認待ち: told who can decide.
set local role rashin_owner;

alter table rashin.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check
    check (kind in ('urged', 'waiting', 'overdue', 'due', 'returned', 'assigned', 'inquiry', 'replied', 'approved')),
  -- Name of who sent it; empty of what the program tells by itself.
  add column sender text not null default '',
  -- What that one adds.
  add column words text not null default '',
  add constraint notifications_signed check ((kind = 'urged') = (sender <> '') and (words = '' or sender <> ''));

reset role;
