//! A case as list and board show it: where it is, who holds it, for how long, how late it is.

use rashin_domain::{
    calendar::business_days_between,
    case::{At, Standing},
    clock::date_label,
    ids::MemberId,
    roster::Turn,
};
use rashin_store::{case::CaseFile, case_watch::Escalation};

use super::standing_words;
use crate::council::Council;

pub struct Line<'a> {
    pub filed: &'a CaseFile,
    pub standing: Standing,
    /// 「部会 審議」, 「完了（導入）」
    pub stage: String,
    /// 「部会」; nobody where it has ended.
    pub holder: Option<String>,
    turn: Option<Turn>,
    /// Business days since it came to where it is.
    pub held: Option<usize>,
    /// 「期限 2026年12月7日」, and how late it is.
    pub due: Option<String>,
    overdue: bool,
}

impl<'a> Line<'a> {
    pub fn of(filed: &'a CaseFile, council: &Council, escalations: Option<&Vec<Escalation>>) -> Self {
        let standing = council.standing(filed);
        let turn = council.turn(filed);
        let holder = turn.as_ref().map(|(acts, _)| council.acts_words(acts));
        let (held, due, overdue) = match &standing {
            Standing::At(at) => {
                let due = due_words(at, council, escalations.map_or(&[], Vec::as_slice));
                (Some(business_days_between(at.since, council.today)), due, at.is_overdue(council.today))
            }
            Standing::Ended { .. } => (None, None, false),
        };
        let turn = turn.map(|(_, turn)| turn);
        Self { filed, stage: standing_words(filed, &standing), standing, holder, turn, held, due, overdue }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.standing, Standing::At(_))
    }

    pub fn is_overdue(&self) -> bool {
        self.overdue
    }

    pub fn is_turn_of(&self, member: MemberId) -> bool {
        self.turn.as_ref().is_some_and(|turn| turn.members.contains(&member))
    }

    /// 「11月24日から12営業日」; of one that has ended its last day.
    pub fn since(&self) -> String {
        match (&self.standing, self.held) {
            (Standing::At(at), Some(held)) if held > 0 => format!("{}月{}日から{held}営業日", at.since.month(), at.since.day()),
            (Standing::At(at), _) => format!("{}月{}日から", at.since.month(), at.since.day()),
            (Standing::Ended { on, .. }, _) => date_label(*on),
        }
    }

    /// 「部会」; says when somebody else must act for it.
    pub fn whose(&self) -> String {
        match (&self.holder, &self.turn) {
            (Some(holder), Some(turn)) if turn.instead => format!("{holder}（担う人がいないため事務局）"),
            (Some(holder), _) => holder.clone(),
            (None, _) => "—".to_owned(),
        }
    }
}

/// 「期限 2026年6月30日」, 「期限（2026年6月30日）を12営業日過ぎています。本部に知らせました（7月20日）」
pub fn due_words(at: &At, council: &Council, escalations: &[Escalation]) -> Option<String> {
    let due = at.due?;
    let word = if at.trial_until.is_some() { "トライアルの終わり" } else { "期限" };
    if !at.is_overdue(council.today) {
        return Some(format!("{word} {}", date_label(due)));
    }
    let late = match business_days_between(due, council.today) {
        // Over a weekend.
        0 => "過ぎています".to_owned(),
        days => format!("{days}営業日過ぎています"),
    };
    let told = escalations.iter().find(|one| one.is_of(at)).map(|one| {
        let whom = one.body.as_ref().map_or_else(|| "事務局".to_owned(), |key| format!("{}と事務局", council.body_name(key)));
        format!("。{whom}に知らせました（{}月{}日）", one.told_on.month(), one.told_on.day())
    });
    Some(format!("{word}（{}）を{late}{}", date_label(due), told.unwrap_or_default()))
}
