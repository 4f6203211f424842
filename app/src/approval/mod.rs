//! `/{city}/staff/approvals`: all that waits for one's decision, decided at once.

pub mod actions;
pub mod page;

use std::collections::BTreeMap;

use rashin_domain::{
    access::{SectionTree, decide},
    approval::{Settings, Step},
    ids::SectionId,
    obligation::Item,
};
use rashin_store::{TenantTx, report::Report, tenancy::tree};

use crate::{kpi::actions::action, web::Refusal};

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
    pub async fn load(tx: &mut TenantTx) -> Result<Self, Refusal> {
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
        report.waits_for(self.settings.approval).filter(|step| decide(tx.actor(), &self.action(report, *step)).is_ok())
    }
}
