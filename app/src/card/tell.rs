//! Tells the owner of a card what its days bring, and the body that it names when it is late.

use std::collections::BTreeSet;

use rashin_domain::{
    card::{Deed, Notice},
    clock::date_label,
    ids::MemberId,
    notification::{NotificationKind, Told},
};
use rashin_store::{
    StoreError, TenantTx,
    card::{CardFile, Wanted},
    notification::Note,
};

use super::standing;
use crate::council::Council;

/// The day's work: what is near, what is late, and what goes up.
pub async fn daily(tx: &mut TenantTx) -> Result<(), StoreError> {
    let today = tx.today();
    let cards = tx.cards(Wanted::All).await?;
    let due: Vec<_> = cards.iter().filter_map(|filed| Some((filed, filed.card.notice(today)?))).collect();
    if due.is_empty() {
        return Ok(());
    }
    let council = Council::load(tx).await?;
    let mut notes = Vec::new();
    for (filed, notice) in due {
        let (title, last, holding) = (&filed.title, date_label(filed.card.due), council.holding(&filed.card));
        match notice {
            Notice::Near => {
                let text = format!("OODAカード「{title}」の期限が近づいています（{last}）。次は「{}」です", standing(&filed.card));
                notes.extend(notes_to(&holding, filed, "near", NotificationKind::CardDue, &text));
            }
            Notice::Late => {
                let (body, above) = council.above(filed);
                let whom = council.above_words(body);
                let text = format!("OODAカード「{title}」の期限（{last}）を過ぎています。{whom}にも知らせました");
                notes.extend(notes_to(&holding, filed, "late", NotificationKind::CardDue, &text));
                if tx.escalate_card(filed, body).await? {
                    let (stands, owner) = (standing(&filed.card), council.with_section(filed.card.owner));
                    let text = format!(
                        "OODAカード「{title}」が、期限（{last}）を過ぎて「{stands}」を待っています。担当（{owner}）に確かめてください"
                    );
                    let others: BTreeSet<MemberId> = above.difference(&holding).copied().collect();
                    notes.extend(notes_to(&others, filed, "escalated", NotificationKind::CardEscalated, &text));
                }
            }
        }
    }
    tx.notify(&notes).await?;
    Ok(())
}

/// Tells who has just become the owner of a card, unless they did it themselves.
pub async fn owner(tx: &mut TenantTx, number: i32) -> Result<(), StoreError> {
    let Some(filed) = tx.cards(Wanted::One(number)).await?.pop() else { return Ok(()) };
    let given = filed.history.iter().rposition(|happened| matches!(happened.event.deed, Deed::Opened { .. } | Deed::HandedOver { .. }));
    let Some(given) = given.filter(|at| filed.history[*at].by != filed.card.owner) else { return Ok(()) };
    let text = format!("OODAカード「{}」の担当になりました（期限{}）", filed.title, date_label(filed.card.due));
    let to = BTreeSet::from([filed.card.owner]);
    let notes: Vec<Note> = notes_to(&to, &filed, &format!("owner/{given}"), NotificationKind::Assigned, &text).collect();
    tx.notify(&notes).await?;
    Ok(())
}

fn notes_to(to: &BTreeSet<MemberId>, filed: &CardFile, key: &str, kind: NotificationKind, text: &str) -> impl Iterator<Item = Note> {
    to.iter().map(move |to| Note {
        to: *to,
        key: format!("card/{}/{key}", filed.id),
        told: Told { kind, text: text.to_owned(), about: vec![filed.title.clone()], signed: None },
        href: format!("/staff/cards/{}", filed.number),
    })
}
