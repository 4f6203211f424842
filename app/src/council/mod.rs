//! 会議体と経路: the bodies of a municipality, who sits in them, and the ways that cases take.

pub mod bodies;
pub mod body;
mod chart;
pub mod diagram;
pub mod editor;
pub mod edits;
pub mod routes;
pub mod text;
pub mod versions;

use std::collections::BTreeSet;

use rashin_domain::{
    access::{Member, Role, SectionTree},
    case::{Standing, acts},
    clock::FiscalYear,
    ids::MemberId,
    plan::BodyKind,
    roster::{Proposal, Roster, Town, Turn},
    route::Acts,
};
use rashin_store::{StoreError, TenantTx, case::CaseFile, roster::Body, tenancy::Section};

pub fn bodies_url(city: &str) -> String {
    format!("/{city}/staff/rosters")
}

pub fn body_url(city: &str, key: &str) -> String {
    format!("{}/{key}", bodies_url(city))
}

pub fn routes_url(city: &str) -> String {
    format!("/{city}/staff/routes")
}

pub fn route_url(city: &str, key: &str) -> String {
    format!("{}/{key}", routes_url(city))
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
    pub async fn load(tx: &mut TenantTx) -> Result<Self, StoreError> {
        let (members, sections, bodies) = (tx.members_today().await?, tx.sections().await?, tx.rosters().await?);
        let tree = rashin_store::tenancy::tree(&sections);
        let rosters = bodies.iter().map(Body::roster).collect();
        Ok(Self { members, sections, tree, bodies, rosters, today: tx.today() })
    }

    /// (key, key of the body above) of all bodies.
    pub fn lineage(&self) -> Vec<(String, Option<String>)> {
        self.bodies.iter().map(|body| (body.charter.key.clone(), body.charter.parent.clone())).collect()
    }

    /// (key, name) of all bodies, in their order.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bodies.iter().map(|body| (body.charter.key.as_str(), body.charter.name.as_str()))
    }

    /// Everybody who sits in a body this year.
    pub fn sit_in(&self, body: &str) -> BTreeSet<MemberId> {
        let roster = self.rosters.iter().find(|roster| roster.body == body);
        roster.map(|roster| roster.members(FiscalYear::of(self.today), &self.members)).unwrap_or_default()
    }

    pub fn office(&self) -> BTreeSet<MemberId> {
        self.members.iter().filter(|member| member.has(Role::Secretariat)).map(|member| member.id).collect()
    }

    /// Who runs the CoE: who sits in a body of that kind this year, and 事務局.
    pub fn coe_and_office(&self) -> BTreeSet<MemberId> {
        let coe = self.bodies.iter().filter(|body| body.charter.kind == BodyKind::Coe).flat_map(|body| self.sit_in(&body.charter.key));
        coe.chain(self.office()).collect()
    }

    pub fn town(&self) -> Town<'_> {
        Town { members: &self.members, sections: &self.tree, rosters: &self.rosters, year: FiscalYear::of(self.today) }
    }

    pub fn name(&self, id: MemberId) -> &str {
        self.members.iter().find(|member| member.id == id).map_or("（在籍していない職員）", |member| &member.name)
    }

    /// 「市民課　佐藤 健」
    pub fn with_section(&self, id: MemberId) -> String {
        let section =
            self.members.iter().find(|member| member.id == id).and_then(|member| member.assignments.iter().find_map(|held| held.section));
        let section = section.and_then(|id| self.sections.iter().find(|section| section.id == id));
        match section {
            Some(section) => format!("{}　{}", section.name, self.name(id)),
            None => self.name(id).to_owned(),
        }
    }

    /// 「提案者」, 「部会」
    pub fn acts_words(&self, acts: &Acts) -> String {
        match acts {
            Acts::Proposer => "提案者".to_owned(),
            Acts::Chief => "提案者の課の承認者".to_owned(),
            Acts::Secretariat => "事務局".to_owned(),
            Acts::Body(key) => self.body_name(key).to_owned(),
        }
    }

    /// 「部会」; of a body that is gone its key.
    pub fn body_name<'a>(&'a self, key: &'a str) -> &'a str {
        self.bodies.iter().find(|body| body.charter.key == *key).map_or(key, |body| &body.charter.name)
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
