-- What is told on the pages only: that a meeting comes, that the records of trainings propose a figure.
set local role rashin_owner;

alter table rashin.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check
    check (kind in ('urged', 'case_escalated', 'case_overdue', 'case_due', 'case_turn', 'case_result', 'convened', 'rearranged', 'errand',
                    'waiting', 'overdue', 'due', 'returned', 'assigned', 'inquiry', 'replied', 'approved', 'commented', 'idea_answered',
                    'card_escalated', 'card_due', 'meeting_soon', 'figure_proposed'));

reset role;
