//! 会議体と経路: the bodies of a municipality, who sits in them, and the ways that cases take.

pub mod bodies;
pub mod body;
pub mod diagram;
pub mod routes;

use rashin_domain::{
    access::{Member, SectionTree},
    case::{Standing, acts},
    clock::FiscalYear,
    ids::MemberId,
    roster::{Proposal, Roster, Town, Turn},
    route::Acts,
};
use rashin_store::{TenantTx, case::CaseFile, roster::Body, tenancy::Section};

use crate::web::Refusal;

pub fn bodies_url(city: &str) -> String {
    format!("/{city}/staff/rosters")
}

pub fn body_url(city: &str, key: &str) -> String {
    format!("{}/{key}", bodies_url(city))
}

pub fn routes_url(city: &str) -> String {
    format!("/{city}/staff/routes")
}

/// What stands above pages of the council.
fn crumbs(city: &str, more: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut crumbs = vec![("案件".to_owned(), crate::case::cases_url(city))];
    crumbs.extend(more);
    crumbs
}

/// Who is who today: what decides whose turn it is.
pub struct Council {
    pub members: Vec<Member>,
    pub sections: Vec<Section>,
    tree: SectionTree,
    bodies: Vec<Body>,
    rosters: Vec<Roster>,
    pub today: jiff::civil::Date,
}

impl Council {
    pub async fn load(tx: &mut TenantTx) -> Result<Self, Refusal> {
        let (members, sections, bodies) = (tx.members_today().await?, tx.sections().await?, tx.rosters().await?);
        let tree = rashin_store::tenancy::tree(&sections);
        let rosters = bodies.iter().map(Body::roster).collect();
        Ok(Self { members, sections, tree, bodies, rosters, today: tx.today() })
    }

    pub fn town(&self) -> Town<'_> {
        Town { members: &self.members, sections: &self.tree, rosters: &self.rosters, year: FiscalYear::of(self.today) }
    }

    pub fn name(&self, id: MemberId) -> &str {
        self.members.iter().find(|member| member.id == id).map_or("（在籍していない職員）", |member| &member.name)
    }

    /// 「提案者」, 「部会」
    pub fn acts_words(&self, acts: &Acts) -> String {
        match acts {
            Acts::Proposer => "提案者".to_owned(),
            Acts::Chief => "提案者の課の承認者".to_owned(),
            Acts::Secretariat => "事務局".to_owned(),
            Acts::Body(key) => {
                self.bodies.iter().find(|body| body.charter.key == *key).map_or_else(|| key.clone(), |body| body.charter.name.clone())
            }
        }
    }

    /// As what a member acts at a stage: the body, or 「市民課　主任」.
    pub fn acting_as(&self, member: &Member, acts: &Acts) -> String {
        if let Acts::Body(_) = acts {
            return self.acts_words(acts);
        }
        let post = member.assignments.first().map(|held| {
            let section = held.section.and_then(|id| self.sections.iter().find(|section| section.id == id));
            [section.map_or("", |section| section.name.as_str()), &held.post].join("　").trim().to_owned()
        });
        post.filter(|words| !words.is_empty()).unwrap_or_else(|| self.acts_words(acts))
    }

    /// Where a case is today.
    pub fn standing(&self, filed: &CaseFile) -> Standing {
        filed.case.on(&filed.route, self.today)
    }

    /// Whose turn it is; `None` where it has ended.
    pub fn turn<'a>(&self, filed: &'a CaseFile) -> Option<(&'a Acts, Turn)> {
        let acts = acts(&filed.route, &self.standing(filed))?;
        Some((acts, self.town().turn(acts, proposal(filed))))
    }

    /// Whether a member may act where a case is.
    pub fn may_act(&self, filed: &CaseFile, member: MemberId) -> bool {
        self.turn(filed).is_some_and(|(acts, _)| self.town().may(member, acts, proposal(filed)))
    }
}

pub fn proposal(filed: &CaseFile) -> Proposal<'_> {
    Proposal { authors: &filed.authors, section: filed.section }
}
