//! An initiative (取組) for members: what was planned and what came of it, its reviews, what it cost and saved.

mod page;

pub use page::initiative;

use std::collections::BTreeSet;

use rashin_domain::{
    access::{Action, decide},
    ids::SectionId,
    obligation::Item,
    plan::{Node, PlanHead},
};
use rashin_store::{
    TenantTx,
    plan::PlanRef,
    tenancy::{Section, tree},
};

use crate::{kpi::staff::own_section, web::Refusal};

pub fn initiative_url(city: &str, key: &str) -> String {
    format!("/{city}/staff/initiatives/{key}")
}

/// Keys of the initiatives among a plan's nodes: what has something above it and nothing under it is reported on.
pub fn leaves(nodes: &[Node]) -> BTreeSet<String> {
    let parents: BTreeSet<&str> = nodes.iter().filter_map(|node| node.parent.as_deref()).collect();
    let leaf = |node: &&Node| node.parent.is_some() && !parents.contains(node.key.as_str());
    nodes.iter().filter(leaf).map(|node| node.key.clone()).collect()
}

/// An initiative of the plan that the tenant works on, with who answers for it.
pub struct Initiative {
    pub plan: PlanRef,
    pub head: PlanHead,
    pub node: Node,
    /// Titles above it, from the top.
    pub above: Vec<String>,
    pub responsible: Option<(SectionId, String)>,
    pub sections: Vec<Section>,
}

impl Initiative {
    pub async fn load(tx: &mut TenantTx, key: &str) -> Result<Self, Refusal> {
        let plan = tx.current_plan().await?.ok_or(Refusal::NotFound)?;
        let nodes = tx.nodes(plan.id).await?;
        let leaves = leaves(&nodes);
        let node = nodes.iter().find(|node| node.key == key && leaves.contains(key)).ok_or(Refusal::NotFound)?.clone();
        let mut above = Vec::new();
        let mut next = node.parent.as_deref();
        while let Some(upper) = nodes.iter().find(|upper| Some(upper.key.as_str()) == next) {
            above.push(upper.title.clone());
            next = upper.parent.as_deref();
        }
        above.reverse();
        let head = tx.plan_head(plan.id).await?;
        let answering = tx.answering(&Item::Initiative(plan.id, key.to_owned())).await?;
        let sections = tx.sections().await?;
        let responsible = own_section(tx, &answering, &tree(&sections));
        Ok(Self { plan, head, node, above, responsible, sections })
    }

    pub fn item(&self) -> Item {
        Item::Initiative(self.plan.id, self.node.key.clone())
    }

    pub fn responsible_id(&self) -> Option<SectionId> {
        self.responsible.as_ref().map(|(id, _)| *id)
    }

    /// Whether this member may write about it.
    pub fn may_report(&self, tx: &TenantTx) -> bool {
        let tree = tree(&self.sections);
        decide(tx.actor(), &Action::Report { responsible: self.responsible_id(), sections: &tree }).is_ok()
    }
}
