//! 会議: when bodies meet, what is before them, and what came of it.

pub mod agenda;
pub mod answers;
pub mod attendance;
pub mod calendar;
pub mod errands;
pub mod form;
pub mod list;
pub mod minutes;
pub mod notice;
pub mod of_case;
pub mod outcomes;
pub mod packet;
pub mod page;

use std::collections::BTreeSet;

use rashin_domain::{
    access::{Action, Permit},
    case::Standing,
    clock::FiscalYear,
    ids::MemberId,
    meeting::State,
    roster::Proposal,
    route::Acts,
};
use rashin_store::{
    TenantTx,
    case::CaseFile,
    meeting::{Sitting, Wanted},
    roster::Body,
};

use crate::{
    council::Council,
    web::{Refusal, Visit},
};

pub fn meetings_url(city: &str) -> String {
    format!("/{city}/staff/meetings")
}

pub fn meeting_url(city: &str, number: i32) -> String {
    format!("{}/{number}", meetings_url(city))
}

/// What stands above pages of meetings.
fn crumbs(city: &str, sitting: Option<&Sitting>) -> Vec<(String, String)> {
    let mut crumbs = vec![("案件".to_owned(), crate::case::cases_url(city)), ("会議".to_owned(), meetings_url(city))];
    crumbs.extend(sitting.map(|sitting| (sitting.meeting.arrangement.title.clone(), meeting_url(city, sitting.number))));
    crumbs
}

/// Why nothing is written down: it has not met, or is over.
const NOT_NOW: &str = "記録できるのは、会議の日から、議事録を確定するまでです。持ち回りは、招集してから、回答期限の日に記録できます。";

/// A meeting with the body that holds it and who is who.
pub struct Hall {
    pub sitting: Sitting,
    pub body: Body,
    pub council: Council,
}

impl Hall {
    /// `NotFound` without a meeting of that number.
    pub async fn load(tx: &mut TenantTx, number: i32) -> Result<Self, Refusal> {
        let wanted = Wanted { number: Some(number), ..Wanted::default() };
        let sitting = tx.meetings(wanted).await?.pop().ok_or(Refusal::NotFound)?;
        let body = tx.rosters().await?.into_iter().find(|body| body.charter.key == sitting.body).ok_or(Refusal::NotFound)?;
        Ok(Self { sitting, body, council: Council::load(tx).await? })
    }

    /// Those who arrange it and write down what came of it.
    pub fn hosts(&self) -> BTreeSet<MemberId> {
        hosts(&self.council, &self.sitting.body)
    }

    /// Who sits in the body in the meeting's year, deputies included.
    pub fn members(&self) -> BTreeSet<MemberId> {
        self.body.roster().members(self.sitting.meeting.year(), &self.council.members)
    }

    /// The same for those who run it: a transaction, the meeting, and leave.
    pub async fn run(visit: &Visit, city: &str, number: i32) -> Result<(TenantTx, Self, Permit), Refusal> {
        let mut tx = visit.enter(city).await?;
        let hall = Self::load(&mut tx, number).await?;
        let permit = hall.permit(visit, &mut tx).await?;
        Ok((tx, hall, permit))
    }

    /// Refuses to write down what came of it before its day, and after its end.
    fn must_record(&self, back: &str) -> Result<(), Refusal> {
        match self.sitting.meeting.is_recorded_on(self.council.today) {
            true => Ok(()),
            false => Err(Refusal::Conflict { what: NOT_NOW.to_owned(), back: back.to_owned() }),
        }
    }

    pub async fn permit(&self, visit: &Visit, tx: &mut TenantTx) -> Result<Permit, Refusal> {
        visit.permit(tx, &Action::Meet { may: &self.hosts() }).await
    }

    /// Whether a form was made for the meeting as it stands.
    fn is_seen(&self, form: &rashin_domain::form::Form) -> bool {
        form.get("seen") == self.sitting.meeting.version.to_string()
    }

    /// Where a case stands on the day of the meeting, or today when that is later, if the body decides about it there.
    fn stage_of<'a>(&self, filed: &'a CaseFile) -> Option<(&'a rashin_domain::route::Stage, rashin_domain::case::At)> {
        let day = self.sitting.meeting.arrangement.on.max(self.council.today);
        let Standing::At(at) = filed.case.on(&filed.route, day) else { return None };
        let stage = filed.route.stage(&at.stage)?;
        let is_ours = matches!(&stage.acts, Acts::Body(key) if *key == self.sitting.body);
        is_ours.then_some((stage, at))
    }
}

/// Members and secretariat of a body; where nobody sits in it, 事務局.
fn hosts(council: &Council, body: &str) -> BTreeSet<MemberId> {
    let (acts, town) = (Acts::Body(body.to_owned()), council.town());
    council.members.iter().map(|member| member.id).filter(|id| town.may(*id, &acts, of_nobody())).collect()
}

/// Where it is asked who acts in a body, and no case is meant.
fn of_nobody() -> Proposal<'static> {
    Proposal { authors: &[], section: None }
}

/// 「招集済み」; of a day that has come 「記録待ち」.
fn state_words(sitting: &Sitting, today: jiff::civil::Date) -> &'static str {
    match sitting.meeting.state {
        State::Planned | State::Convened if sitting.meeting.has_met(today) && sitting.meeting.arrangement.on < today => "記録待ち",
        state => state.label(),
    }
}

/// The fiscal year of a form's or filter's field.
fn year_of(text: &str) -> Option<FiscalYear> {
    text.parse().ok().map(FiscalYear)
}

/// A meeting that a member is called to.
pub struct Coming {
    pub href: String,
    pub title: String,
    pub when: String,
    pub detail: String,
}

/// Meetings of the member's bodies that are still to come, the next first.
pub async fn coming(tx: &mut TenantTx, city: &str) -> Result<Vec<Coming>, Refusal> {
    let Some(me) = tx.member().map(|member| member.id) else { return Ok(Vec::new()) };
    let today = tx.today();
    let sittings = tx.meetings(Wanted::default()).await?;
    let ahead: Vec<&Sitting> =
        sittings.iter().filter(|sitting| !sitting.meeting.is_over() && today <= sitting.meeting.arrangement.on).collect();
    if ahead.is_empty() {
        return Ok(Vec::new());
    }
    let (bodies, council) = (tx.rosters().await?, Council::load(tx).await?);
    let mine = ahead.into_iter().filter_map(|sitting| {
        let body = bodies.iter().find(|body| body.charter.key == sitting.body)?;
        body.roster().members(sitting.meeting.year(), &council.members).contains(&me).then_some((sitting, body))
    });
    let words = |(sitting, body): (&Sitting, &Body)| {
        let arrangement = &sitting.meeting.arrangement;
        let place = [body.charter.name.as_str(), &arrangement.place].into_iter().filter(|words| !words.is_empty());
        Coming {
            href: meeting_url(city, sitting.number),
            title: arrangement.title.clone(),
            when: arrangement.when(),
            detail: format!("{}　議題{}件", place.collect::<Vec<_>>().join("　"), sitting.agenda.len()),
        }
    };
    Ok(mine.map(words).collect())
}
