//! The edition that a page shows, and the frame all of them share.

use std::collections::BTreeSet;

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::date_label,
    ids::AttachmentId,
    plan::{Node, PlanContent},
    publish::Edition,
};
use rashin_store::City;

use super::asked::Family;
use crate::{
    ui::frame::{Frame, Here, Which},
    web::Page,
};

/// A tenant and one edition of its plan.
pub struct Shown {
    pub city: City,
    pub edition: Edition,
    pub family: Family,
    pub place: Place,
    /// How many corrections it has.
    pub errata: i64,
    /// Of the files that it lists, those that are still there.
    pub files: BTreeSet<AttachmentId>,
}

/// Where the edition of an address stands among the others. A predecessor plan is shown at the place of its successor.
pub struct Place {
    /// 「第2版」
    pub label: String,
    /// Since when the public reads it.
    pub public_on: Date,
    /// Where to go on from here: address and words.
    pub link: Option<(String, &'static str)>,
}

impl Shown {
    pub fn frame(&self, here: Here) -> Frame {
        let above = self.above();
        let crumbs = if here == Here::Overview { above[..1].to_vec() } else { above };
        self.frame_with(here, crumbs)
    }

    /// The frame with the way down to a node.
    pub fn frame_under(&self, here: Here, nodes: &[&Node]) -> Frame {
        let mut crumbs = self.above();
        crumbs.extend(nodes.iter().map(|node| (self.node_name(node), self.node_url(node))));
        self.frame_with(here, crumbs)
    }

    fn above(&self) -> Vec<(String, String)> {
        vec![("羅針".to_owned(), "/".to_owned()), (self.city.name.clone(), self.url(""))]
    }

    fn frame_with(&self, here: Here, crumbs: Vec<(String, String)>) -> Frame {
        let frame = Frame::public(&self.city, &self.edition.content.plan, &self.url(""), here).crumbs(crumbs);
        match &self.family {
            Family::Newest => frame,
            Family::Edition(..) => frame.which(self.which_edition()),
            Family::Preview(plan) => frame.unpublished(Which {
                words: "公表前の確認です。いま公表すると、このとおりに公開されます。".to_owned(),
                link: Some((format!("/{}/staff/plans/{plan}", self.city.slug), "計画の編集に戻る")),
            }),
        }
    }

    fn which_edition(&self) -> Which {
        let Place { label, public_on, link } = &self.place;
        let words = format!("「{}」の{label}（{}公表）です。", self.edition.content.plan.title, date_label(*public_on));
        match link {
            Some(link) => Which { words, link: Some(link.clone()) },
            None => Which { words: format!("{words}これより新しい版はありません。"), link: None },
        }
    }

    pub fn page(&self, here: Here, heading: &str, main: impl IntoAny) -> Page {
        Page::new(self.title(heading), self.frame(here), main)
    }

    /// A page's title: its heading, the plan, and which edition unless it is the newest.
    pub fn title(&self, heading: &str) -> String {
        let plan = &self.edition.content.plan.title;
        let plan = match &self.family {
            Family::Newest => plan.clone(),
            Family::Edition(..) => format!("{plan}（{}）", self.place.label),
            Family::Preview(_) => format!("{plan}（公表前の確認）"),
        };
        if heading.is_empty() { plan } else { format!("{heading} {plan}") }
    }

    pub fn is_public(&self) -> bool {
        !matches!(self.family, Family::Preview(_))
    }

    /// Search looks through what stands under the tenant's own address.
    pub fn can_be_searched(&self) -> bool {
        self.family == Family::Newest
    }

    /// An address of the same family.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.family.base(&self.city.slug))
    }

    pub fn node_url(&self, node: &Node) -> String {
        self.url(&format!("/nodes/{}", node.key))
    }

    pub fn kpi_url(&self, code: &str) -> String {
        self.url(&format!("/kpis/{code}"))
    }

    /// The list of all editions, and the corrections of this one: the same from every family.
    pub fn editions_url(&self) -> String {
        format!("/{}/editions", self.city.slug)
    }

    pub fn errata_url(&self) -> String {
        let edition = Family::Edition(self.edition.content.plan.slug.clone(), self.edition.number);
        format!("{}/errata", edition.base(&self.city.slug))
    }

    /// 「重点戦略2　甲斐市への…」: the level's name before numbered nodes of the top, the number before others.
    pub fn node_name(&self, node: &Node) -> String {
        node_name(&self.edition.content, node)
    }
}

pub fn node_name(content: &PlanContent, node: &Node) -> String {
    let level = content.plan.level(&node.level).filter(|level| level.depth == 1);
    match (level, node.number.is_empty()) {
        // Some plans print the level with the number: 「柱1」.
        (Some(level), false) if !node.number.starts_with(&level.name) => format!("{}{}　{}", level.name, node.number, node.title),
        (_, false) => format!("{} {}", node.number, node.title),
        (_, true) => node.title.clone(),
    }
}
