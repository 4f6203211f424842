//! 経路: the way of a case through the bodies of a municipality, as data.
//!
//! A route is a list of stages; the first one is where a case begins. Who acts at a stage, which outcomes are possible
//! there, what they require and where each leads is the tenant's; what an outcome means is not. Source of Kai's route:
//! 「2-2 BPRのための新たな組織体制」 of its plan; that 部会 comes before 本部 is an assumption (推定).

mod docs;
mod flaw;
pub mod form;
mod rules;
mod shipped;
#[cfg(test)]
mod tests;

pub use docs::tables;
pub use flaw::{Flaw, MOST_STAGES, Part, Place, flaws};
pub use shipped::{Template, templates};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::coded::coded;

coded! {
    /// What is done at a stage.
    Work {
        /// 調査・研究, 提案: the case is written.
        Draft = "draft", "起案";
        /// 受付: one person looks whether it is complete.
        Reception = "reception", "受付";
        /// 審議, 決定
        Deliberation = "deliberation", "審議";
        /// トライアル: has a last day, and goes on by itself.
        Trial = "trial", "トライアル";
        /// 導入: becomes an initiative of the plan.
        Adoption = "adoption", "導入";
        /// What came of it is told to who proposed it.
        Feedback = "feedback", "フィードバック";
    }
}

coded! {
    /// What can come out of a stage.
    Outcome {
        Submitted = "submitted", "提出する";
        Accepted = "accepted", "了承";
        Amended = "amended", "修正了承";
        Continued = "continued", "継続審議";
        Trial = "trial", "トライアル";
        Adopted = "adopted", "導入";
        Reported = "reported", "報告";
        Returned = "returned", "差戻し";
        Rejected = "rejected", "見送り";
        Closed = "closed", "完了";
    }
}

impl Outcome {
    /// Whether it takes a reason: whoever worked on the case must learn why it does not go on as written.
    pub fn needs_reason(self) -> bool {
        matches!(self, Outcome::Amended | Outcome::Continued | Outcome::Returned | Outcome::Rejected)
    }

    /// Whether what a stage requires must be there: not to stop, and not to send back for it.
    pub fn goes_on(self) -> bool {
        !matches!(self, Outcome::Continued | Outcome::Returned | Outcome::Rejected)
    }
}

coded! {
    /// What must be there before a case goes on from a stage.
    Requirement {
        Opinion = "opinion", "意見";
        Bpr = "bpr", "BPRシート";
        Costs = "costs", "費用と効果";
        Meeting = "meeting", "会議";
        Result = "result", "トライアルの結果";
    }
}

coded! {
    /// How a case ends.
    Ending {
        Adopted = "adopted", "導入";
        Rejected = "rejected", "見送り";
        Closed = "closed", "完了";
        /// By who proposed it.
        Withdrawn = "withdrawn", "取下げ";
    }
}

/// Who acts at a stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acts {
    /// 提案者 and co-authors.
    Proposer,
    /// 承認者 of the proposer's section.
    Chief,
    /// 事務局 of the tenant.
    Secretariat,
    /// Members of a body, and its secretariat for it: the body's key.
    Body(String),
}

/// Where an outcome leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// Key of a stage.
    Stage(String),
    End(Ending),
}

/// One arrow of the diagram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub outcome: Outcome,
    pub to: To,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Names it in events: `a`–`z`, digits, `-`.
    pub key: String,
    /// 「部会 審議」
    pub name: String,
    pub work: Work,
    pub acts: Acts,
    pub requires: BTreeSet<Requirement>,
    /// Business days within which something must come out.
    pub days: Option<u8>,
    pub ways: Vec<Way>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// 「甲斐市の経路」
    pub name: String,
    /// What a reader must know: an order that is assumed, …
    pub note: String,
    /// In the order in which they are drawn; the first one is the start.
    pub stages: Vec<Stage>,
}

impl Route {
    pub fn stage(&self, key: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.key == key)
    }

    pub fn start(&self) -> Option<&Stage> {
        self.stages.first()
    }

    /// Keys of the bodies that act in it.
    pub fn bodies<'a>(&'a self) -> BTreeSet<&'a str> {
        let body = |stage: &'a Stage| match &stage.acts {
            Acts::Body(key) => Some(key.as_str()),
            Acts::Proposer | Acts::Chief | Acts::Secretariat => None,
        };
        self.stages.iter().filter_map(body).collect()
    }
}

impl Stage {
    pub fn way(&self, outcome: Outcome) -> Option<&Way> {
        self.ways.iter().find(|way| way.outcome == outcome)
    }
}
