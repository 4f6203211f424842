//! 催促: 事務局 asks those who have not reported, by hand.

pub mod actions;
pub mod page;
mod rows;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rashin_domain::{
    clock::japan_date,
    ids::{MemberId, SectionId},
    obligation::{Item, Task},
    urging::{Debt, Debts, Only, debts, names},
};
use rashin_store::{TenantTx, owed::Owed, tenancy::Section, urging::LastAsked};

use crate::web::Refusal;

pub fn reminders_url(city: &str) -> String {
    format!("/{city}/staff/reminders")
}

/// The page of a part of what is owed.
fn page_url(city: &str, only: &Only) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(only.fields()).finish();
    if query.is_empty() { reminders_url(city) } else { format!("{}?{query}", reminders_url(city)) }
}

/// All that is looked at to ask for reports.
struct Register {
    owed: Owed,
    sections: Vec<Section>,
    asked: BTreeMap<MemberId, LastAsked>,
    today: Date,
}

impl Register {
    /// `None` without a plan to work on.
    async fn load(tx: &mut TenantTx) -> Result<Option<Self>, Refusal> {
        let Some(owed) = tx.owed(None).await? else { return Ok(None) };
        Ok(Some(Self { owed, sections: tx.sections().await?, asked: tx.last_asked().await?, today: tx.today() }))
    }

    fn debts(&self, only: &Only) -> Debts<'_> {
        debts(&self.owed.desk(), only)
    }

    fn name(&self, item: &Item) -> &str {
        self.owed.find(item).map_or("", |named| &named.name)
    }

    fn names(&self, tasks: &[&Task<'_>]) -> Vec<String> {
        names(tasks, |item| self.name(item))
    }

    fn member(&self, id: MemberId) -> &str {
        self.owed.members.iter().find(|member| member.id == id).map_or("", |member| &member.name)
    }

    /// The section that a member stands under, by its place among the sections.
    fn place(&self, id: MemberId) -> Option<usize> {
        let member = self.owed.members.iter().find(|member| member.id == id)?;
        let own: SectionId = member.assignments.iter().find_map(|held| held.section)?;
        self.sections.iter().position(|section| section.id == own)
    }

    fn last(&self, id: MemberId) -> LastAsked {
        self.asked.get(&id).cloned().unwrap_or_default()
    }

    fn urged_on(&self, id: MemberId) -> Option<Date> {
        self.last(id).by_hand.map(|(_, at)| japan_date(at))
    }

    /// Whether a debt is asked for unless somebody says otherwise.
    fn is_meant(&self, debt: &Debt<'_>) -> bool {
        debt.is_meant(self.urged_on(debt.of), self.today)
    }
}
