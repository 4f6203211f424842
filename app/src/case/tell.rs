//! Tells who must act on a case, who writes it, and – when it is late for too long – who stands above.

use std::collections::BTreeSet;

use rashin_domain::{
    calendar::business_days_between,
    case::{
        Act, At, Event, Standing,
        watch::{Notice, Watched, above, escalates},
    },
    clock::date_label,
    ids::MemberId,
    notification::{NotificationKind, Told},
    route::{Outcome, Stage},
};
use rashin_store::{StoreError, TenantTx, case::CaseFile, notification::Note};

use crate::council::{Council, proposal};

/// Tells of the newest event of a case, and whose turn it is now; part of the transaction that wrote it.
pub async fn what_happened(tx: &mut TenantTx, number: i32) -> Result<(), StoreError> {
    let Some(filed) = tx.cases(Some(number)).await?.pop() else { return Ok(()) };
    let council = Council::load(tx).await?;
    let notes: Vec<Note> = of_day(&filed, &council).into_iter().chain(of_event(&filed)).collect();
    tx.notify(&notes).await?;
    Ok(())
}

/// The day's work: prepared hand-overs, whose turn it is, what is due or late, and what goes up.
pub async fn daily(tx: &mut TenantTx) -> Result<(), StoreError> {
    tx.hand_over_due_cases().await?;
    let cases = tx.cases(None).await?;
    if cases.is_empty() {
        return Ok(());
    }
    let council = Council::load(tx).await?;
    let lineage = council.lineage();
    let mut notes: Vec<Note> = Vec::new();
    for filed in &cases {
        notes.extend(of_day(filed, &council));
        // A hand-over of today was written by this job.
        let is_given = |event: &Event| event.on == council.today && matches!(event.act, Act::HandedOver { .. });
        if filed.events.last().is_some_and(|last| is_given(&last.event)) {
            notes.extend(of_event(filed));
        }
        let Standing::At(at) = council.standing(filed) else { continue };
        let Some(stage) = filed.route.stage(&at.stage).filter(|stage| escalates(&at, stage, council.today)) else { continue };
        let body = above(&filed.route, &stage.acts, &lineage);
        if tx.escalate(filed, &at, body).await? {
            notes.extend(of_delay(filed, &council, &at, stage, body));
        }
    }
    tx.notify(&notes).await?;
    Ok(())
}

fn watch<T>(filed: &CaseFile, look: impl FnOnce(Watched<'_>) -> T) -> T {
    let events: Vec<Event> = filed.events.iter().map(|happened| happened.event.clone()).collect();
    look(Watched { route: &filed.route, case: &filed.case, events: &events, proposal: proposal(filed) })
}

fn of_day(filed: &CaseFile, council: &Council) -> Vec<Note> {
    let told = watch(filed, |watched| watched.due(&council.town(), council.today));
    let Standing::At(at) = council.standing(filed) else { return Vec::new() };
    told.into_iter().flat_map(|one| notes(filed, &one.to, &one.key, words(filed, &one.notice, Some(&at)))).collect()
}

fn of_event(filed: &CaseFile) -> Vec<Note> {
    let told = watch(filed, |watched| watched.happened());
    told.map(|told| notes(filed, &told.to, &told.key, words(filed, &told.notice, None))).unwrap_or_default()
}

fn of_delay(filed: &CaseFile, council: &Council, at: &At, stage: &Stage, body: Option<&str>) -> Vec<Note> {
    let late = at.due.map_or(0, |due| business_days_between(due, council.today));
    let text = format!(
        "案件「{}」が、「{}」の期限を{late}営業日過ぎて止まっています。{}に確かめてください",
        filed.newest.content.title,
        stage.name,
        council.acts_words(&stage.acts)
    );
    let to: BTreeSet<MemberId> = body.map(|body| council.sit_in(body)).unwrap_or_default().into_iter().chain(council.office()).collect();
    notes(filed, &to, &format!("late/{}/{}", at.stage, at.since), (NotificationKind::CaseEscalated, text))
}

fn notes(filed: &CaseFile, to: &BTreeSet<MemberId>, key: &str, (kind, text): (NotificationKind, String)) -> Vec<Note> {
    let note = |to: &MemberId| Note {
        to: *to,
        key: format!("case/{}/{key}", filed.id),
        told: Told { kind, text: text.clone(), about: vec![filed.newest.content.title.clone()], signed: None },
        href: format!("/staff/cases/{}", filed.number),
    };
    to.iter().map(note).collect()
}

fn words(filed: &CaseFile, notice: &Notice, at: Option<&At>) -> (NotificationKind, String) {
    let name = |key: &str| filed.route.stage(key).map_or_else(|| key.to_owned(), |stage| stage.name.clone());
    let title = &filed.newest.content.title;
    let stage = at.map(|at| name(&at.stage)).unwrap_or_default();
    let due = at.and_then(|at| at.due).map(date_label);
    let until = due.as_ref().map(|due| format!("（期限{due}）")).unwrap_or_default();
    let due = due.unwrap_or_default();
    let trial = at.is_some_and(|at| at.trial_until.is_some());
    match notice {
        Notice::Turn { instead: false } => (NotificationKind::CaseTurn, format!("案件「{title}」が「{stage}」に来ました{until}")),
        Notice::Turn { instead: true } => {
            (NotificationKind::CaseTurn, format!("案件「{title}」の「{stage}」に担う人がいないため、事務局の番です{until}"))
        }
        Notice::Back => (NotificationKind::CaseTurn, format!("案件「{title}」のトライアルが終わり、「{stage}」に戻りました{until}")),
        Notice::ResultOwed => (NotificationKind::CaseTurn, format!("案件「{title}」のトライアルが終わりました。結果を書いてください")),
        Notice::Due if trial => {
            (NotificationKind::CaseDue, format!("案件「{title}」のトライアルが{due}に終わります。結果を書いてください"))
        }
        Notice::Due => (NotificationKind::CaseDue, format!("案件「{title}」の「{stage}」の期限が近づいています（{due}）")),
        Notice::Overdue => (NotificationKind::CaseOverdue, format!("案件「{title}」の「{stage}」の期限（{due}）を過ぎています")),
        Notice::Decided { stage, outcome: Outcome::Returned, .. } => (
            NotificationKind::CaseResult,
            format!("案件「{title}」が「{}」から差し戻されました。理由を確かめて、書き直してください", name(stage)),
        ),
        Notice::Decided { outcome: Outcome::Closed, .. } => (NotificationKind::CaseResult, format!("案件「{title}」が完了しました")),
        Notice::Decided { stage, outcome, until } => {
            let until = until.map(|until| format!("（{}まで）", date_label(until))).unwrap_or_default();
            (NotificationKind::CaseResult, format!("案件「{title}」は「{}」で「{}」と決まりました{until}", name(stage), outcome.label()))
        }
        Notice::Withdrawn => (NotificationKind::CaseResult, format!("案件「{title}」が取り下げられました")),
        Notice::HandedOver => (NotificationKind::Assigned, format!("案件「{title}」の提案者になりました")),
    }
}
