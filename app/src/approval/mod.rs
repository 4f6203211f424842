//! `/{city}/staff/approvals`: all that waits for one's decision, decided at once.

pub mod actions;
pub mod page;

use std::collections::BTreeMap;

use rashin_domain::{
    access::{Actor, Member, SectionTree, decide},
    approval::{Settings, Step},
    ids::SectionId,
    notification::{NotificationKind, Told},
    obligation::Item,
};
use rashin_store::{
    StoreError, TenantTx,
    notification::Note,
    report::{Report, Wanted},
    tenancy::tree,
};

use crate::kpi::actions::action;

pub fn approvals_url(city: &str) -> String {
    format!("/{city}/staff/approvals")
}

/// Who decides about what, today.
pub struct Deciders {
    pub settings: Settings,
    sections: SectionTree,
    answering: BTreeMap<Item, Vec<SectionId>>,
}

impl Deciders {
    pub async fn load(tx: &mut TenantTx) -> Result<Self, StoreError> {
        let (settings, sections) = (tx.settings().await?, tree(&tx.sections().await?));
        Ok(Self { settings, sections, answering: tx.answering_today().await? })
    }

    /// What deciding about a report at a step is.
    pub fn action(&self, report: &Report, step: Step) -> rashin_domain::access::Action<'_> {
        let answering = self.answering.get(&report.item).map_or(&[][..], Vec::as_slice);
        action(step, report, report.decided_by(answering), &self.sections, self.settings.own_approval)
    }

    /// The step at which a report waits for this member; `None` when it does not.
    pub fn step(&self, tx: &TenantTx, report: &Report) -> Option<Step> {
        self.step_of(tx.actor(), report)
    }

    fn step_of(&self, actor: &Actor, report: &Report) -> Option<Step> {
        report.waits_for(self.settings.approval).filter(|step| decide(actor, &self.action(report, *step)).is_ok())
    }
}

/// Tells everybody who can decide what waits for them. Again only when something newer waits.
pub async fn tell_of_waiting(tx: &mut TenantTx) -> Result<(), StoreError> {
    let Some(owed) = tx.owed(None).await? else { return Ok(()) };
    let deciders = Deciders::load(tx).await?;
    let reports = tx.reports(Wanted::All).await?;
    let note = |member: &Member| {
        let actor = Actor::Member(member.clone());
        let waiting: Vec<&Report> = reports.iter().filter(|report| deciders.step_of(&actor, report).is_some()).collect();
        let newest = waiting.iter().max_by_key(|report| report.reported_at)?;
        let told = Told {
            kind: NotificationKind::Waiting,
            text: format!("承認を待っている報告が{}件あります", waiting.len()),
            about: waiting.iter().map(|report| report.name.clone()).collect(),
            signed: None,
        };
        Some(Note { to: member.id, key: format!("waiting/{}", newest.id), told, href: "/staff/approvals".to_owned() })
    };
    let notes: Vec<Note> = owed.members.iter().filter_map(note).collect();
    tx.notify(&notes).await?;
    Ok(())
}
