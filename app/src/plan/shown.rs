//! The edition that a public page shows, and the frame all of them share.

use leptos::prelude::*;
use rashin_domain::{
    plan::{Node, PlanKind},
    publish::Edition,
};
use rashin_store::{City, publish::Found};

use crate::{
    ui::frame::{Frame, Here},
    web::{Page, Refusal, Visit},
};

/// A tenant and one published edition of its plan.
pub struct Shown {
    pub city: City,
    pub edition: Edition,
}

impl Shown {
    /// The newest edition of the tenant's DX plan.
    pub async fn newest(visit: &Visit, city: &str) -> Result<Self, Refusal> {
        Self::load(visit, city, PlanKind::DxPlan, None).await
    }

    /// An edition of the tenant's newest plan of a kind; a withdrawn one is gone, with its reason.
    pub async fn load(visit: &Visit, city: &str, kind: PlanKind, number: Option<i32>) -> Result<Self, Refusal> {
        let mut tx = visit.public(city).await?;
        match tx.edition(None, kind, number).await? {
            Found::Edition(edition) => Ok(Self { city: tx.city, edition: *edition }),
            Found::Withdrawn(withdrawal) => Err(Refusal::Gone(withdrawal)),
        }
    }

    pub fn frame(&self, here: Here) -> Frame {
        let above = vec![("羅針".to_owned(), "/".to_owned()), (self.city.name.clone(), self.url(""))];
        let crumbs = if here == Here::Overview { above[..1].to_vec() } else { above };
        Frame::public(&self.city, &self.edition.content.plan.notice, here).crumbs(crumbs)
    }

    /// The frame with the way down to a node.
    pub fn frame_under(&self, here: Here, nodes: &[&Node]) -> Frame {
        let mut crumbs = vec![("羅針".to_owned(), "/".to_owned()), (self.city.name.clone(), self.url(""))];
        crumbs.extend(nodes.iter().map(|node| (self.node_name(node), self.node_url(node))));
        Frame::public(&self.city, &self.edition.content.plan.notice, here).crumbs(crumbs)
    }

    pub fn page(&self, here: Here, heading: &str, main: impl IntoAny) -> Page {
        Page::new(format!("{heading} {}", self.edition.content.plan.title), self.frame(here), main)
    }

    pub fn url(&self, path: &str) -> String {
        format!("/{}{path}", self.city.slug)
    }

    pub fn node_url(&self, node: &Node) -> String {
        self.url(&format!("/nodes/{}", node.key))
    }

    pub fn kpi_url(&self, code: &str) -> String {
        self.url(&format!("/kpis/{code}"))
    }

    /// 「重点戦略2　甲斐市への…」: the level's name before numbered nodes of the top, the number before others.
    pub fn node_name(&self, node: &Node) -> String {
        node_name(&self.edition, node)
    }
}

pub fn node_name(edition: &Edition, node: &Node) -> String {
    let level = edition.content.plan.level(&node.level).filter(|level| level.depth == 1);
    match (level, node.number.is_empty()) {
        // Some plans print the level with the number: 「柱1」.
        (Some(level), false) if !node.number.starts_with(&level.name) => format!("{}{}　{}", level.name, node.number, node.title),
        (_, false) => format!("{} {}", node.number, node.title),
        (_, true) => node.title.clone(),
    }
}
