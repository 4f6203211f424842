//! 案件: what staff propose, on its way through the bodies of the municipality.

pub mod actions;
pub mod form;
pub mod list;
pub mod page;
mod sheet;

use rashin_domain::{
    access::{Member, SectionTree},
    case::{Standing, acts},
    clock::{FiscalYear, date_label},
    ids::MemberId,
    roster::{Proposal, Roster, Town, Turn},
    route::Acts,
};
use rashin_store::{TenantTx, case::Filed, roster::Body, tenancy::Section};

use crate::{tenancy::home::Task, web::Refusal};

pub fn cases_url(city: &str) -> String {
    format!("/{city}/staff/cases")
}

pub fn case_url(city: &str, number: i32) -> String {
    format!("{}/{number}", cases_url(city))
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
    pub fn standing(&self, filed: &Filed) -> Standing {
        filed.case.on(&filed.route, self.today)
    }

    /// Whose turn it is; `None` where it has ended.
    pub fn turn<'a>(&self, filed: &'a Filed) -> Option<(&'a Acts, Turn)> {
        let acts = acts(&filed.route, &self.standing(filed))?;
        Some((acts, self.town().turn(acts, proposal(filed))))
    }

    /// Whether a member may act where a case is.
    pub fn may_act(&self, filed: &Filed, member: MemberId) -> bool {
        self.turn(filed).is_some_and(|(acts, _)| self.town().may(member, acts, proposal(filed)))
    }
}

pub fn proposal(filed: &Filed) -> Proposal<'_> {
    Proposal { authors: &filed.authors, section: filed.section }
}

/// 「部会 審議」, 「完了」
pub fn standing_words(filed: &Filed, standing: &Standing) -> String {
    match standing {
        Standing::At(at) => filed.route.stage(&at.stage).map_or_else(|| at.stage.clone(), |stage| stage.name.clone()),
        Standing::Ended { ending, .. } => match filed.case.decided {
            Some(decided) => format!("{}（{}）", ending.label(), decided.label()),
            None => ending.label().to_owned(),
        },
    }
}

/// 「期限 2026年6月30日」, 「期限 2026年6月30日を過ぎています」
pub fn due_words(standing: &Standing, today: jiff::civil::Date) -> Option<String> {
    let Standing::At(at) = standing else { return None };
    let due = at.due?;
    let word = if at.trial_until.is_some() { "トライアルの終わり" } else { "期限" };
    Some(if at.is_overdue(today) {
        format!("{word} {}を過ぎています", date_label(due))
    } else {
        format!("{word} {}", date_label(due))
    })
}

/// The cases whose turn is the member's.
pub async fn tasks(tx: &mut TenantTx, city: &str) -> Result<Vec<Task>, Refusal> {
    let Some(me) = tx.member().map(|member| member.id) else { return Ok(Vec::new()) };
    let cases = tx.cases(None).await?;
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let council = Council::load(tx).await?;
    let is_mine = |filed: &&Filed| council.turn(filed).is_some_and(|(_, turn)| turn.members.contains(&me));
    let task = |filed: &Filed| {
        let standing = council.standing(filed);
        let due = due_words(&standing, council.today).map(|due| format!("　{due}")).unwrap_or_default();
        Task {
            kind: "案件",
            href: case_url(city, filed.number),
            title: filed.newest.content.title.clone(),
            detail: format!("{}{due}", standing_words(filed, &standing)),
        }
    };
    Ok(cases.iter().filter(is_mine).map(task).collect())
}
