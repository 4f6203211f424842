-- コメント: whoever reported a figure, and whoever spoke about it, is told what somebody says about it.
set local role rashin_owner;

alter table rashin.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check
    (kind in ('urged', 'waiting', 'overdue', 'due', 'returned', 'assigned', 'inquiry', 'replied', 'approved', 'commented'));
alter table rashin.mail_refusals
  drop constraint mail_refusals_kind_check,
  add constraint mail_refusals_kind_check check (kind in ('assigned', 'replied', 'approved', 'commented'));

reset role;
