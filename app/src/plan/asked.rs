//! Which edition an address asks for. The same pages stand under three families of addresses: the newest edition
//! (`/{city}/…`), a numbered one (`/{city}/editions/{number}/…`), and the one that would be published now
//! (`/{city}/staff/plans/{plan}/preview/…`).

use axum::{
    extract::{FromRef, FromRequestParts, Path},
    http::request::Parts,
};
use rashin_domain::{
    access::Action,
    clock::japan_date,
    plan::{PlanContent, PlanKind},
    publish::Edition,
};
use rashin_store::{
    PublicTx,
    publish::{Base, Found},
};
use serde::Deserialize;

use super::{Shown, shown::Place};
use crate::web::{App, Refusal, Visit};

/// A family of addresses: every link of its pages stays in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Family {
    Newest,
    Edition(i32),
    /// By the plan's slug.
    Preview(String),
}

impl Family {
    pub fn base(&self, city: &str) -> String {
        match self {
            Family::Newest => format!("/{city}"),
            Family::Edition(number) => format!("/{city}/editions/{number}"),
            Family::Preview(plan) => format!("/{city}/staff/plans/{plan}/preview"),
        }
    }

    /// How many parts of a path [`Family::base`] takes.
    fn depth(&self) -> usize {
        match self {
            Family::Newest => 1,
            Family::Edition(_) => 3,
            Family::Preview(_) => 5,
        }
    }
}

/// The places of all routes that show editions.
#[derive(Deserialize)]
struct Address {
    city: String,
    number: Option<i32>,
    plan: Option<String>,
    node: Option<String>,
    code: Option<String>,
    chapter: Option<usize>,
}

/// A visit to a page that shows an edition.
pub struct Asked {
    visit: Visit,
    address: Address,
    family: Family,
}

impl<S> FromRequestParts<S> for Asked
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Path(address) = Path::<Address>::from_request_parts(parts, state).await.map_err(|_| Refusal::NotFound)?;
        let family = match (&address.plan, address.number) {
            (Some(plan), _) => Family::Preview(plan.clone()),
            (None, Some(number)) => Family::Edition(number),
            (None, None) => Family::Newest,
        };
        Ok(Self { visit: Visit::from_request_parts(parts, state).await?, address, family })
    }
}

impl Asked {
    /// The edition of the DX plan that the address asks for; a withdrawn one is gone, with its reason.
    pub async fn shown(&self) -> Result<Shown, Refusal> {
        match &self.family {
            Family::Newest => self.published(PlanKind::DxPlan, None).await,
            Family::Edition(number) => self.published(PlanKind::DxPlan, Some(*number)).await,
            Family::Preview(plan) => self.preview(plan).await,
        }
    }

    /// The newest edition of the plan before; under an edition's address only if that edition's plan names one.
    pub async fn predecessor(&self) -> Result<Shown, Refusal> {
        let shown = self.published(PlanKind::Predecessor, None).await?;
        if self.family == Family::Newest {
            return Ok(shown);
        }
        let above = self.shown().await?;
        if above.edition.content.plan.predecessor.is_none() {
            return Err(Refusal::NotFound);
        }
        Ok(Shown { place: above.place, ..shown })
    }

    /// The tenant's published editions.
    pub async fn public(&self) -> Result<PublicTx, Refusal> {
        self.visit.public(&self.address.city).await
    }

    async fn published(&self, kind: PlanKind, number: Option<i32>) -> Result<Shown, Refusal> {
        let mut tx = self.public().await?;
        let edition = found(&mut tx, kind, number).await?;
        let record = tx.edition_record(&edition.content.plan.slug, edition.number).await?;
        let newest = match number {
            Some(number) => Some(found(&mut tx, kind, None).await?).filter(|newest| newest.number != number),
            None => None,
        };
        let newest = newest.map(|newest| self.same_in(&newest.content, &tx.city.slug));
        let place = Place { label: edition.label(), public_on: japan_date(record.public_from), newest };
        let files = tx.attachments_there(&edition.attachments).await?;
        Ok(Shown { city: tx.city, place, errata: record.errata, files, family: self.family.clone(), edition })
    }

    /// What the next edition would be, for those who publish.
    async fn preview(&self, plan: &str) -> Result<Shown, Refusal> {
        let mut tx = self.visit.enter(&self.address.city).await?;
        let _may = self.visit.permit(&mut tx, &Action::Publish).await?;
        let plan = tx.plan_id(plan).await?.ok_or(Refusal::NotFound)?;
        let edition = tx.next_edition(plan, Base::Draft, String::new(), None).await?;
        let place = Place { label: edition.label(), public_on: edition.published_on, newest: None };
        let files = edition.attachments.iter().map(|file| file.id).collect();
        Ok(Shown { city: tx.city().clone(), place, errata: 0, files, family: self.family.clone(), edition })
    }

    /// The address of this page's object in the newest edition; of the whole plan when it is not there any more.
    fn same_in(&self, newest: &PlanContent, city: &str) -> String {
        let Address { node, code, chapter, .. } = &self.address;
        let is_there = node.as_ref().is_none_or(|key| newest.node(key).is_some())
            && code.as_ref().is_none_or(|code| newest.kpi(code).is_some())
            && chapter.is_none_or(|number| (1..=newest.chapters.len()).contains(&number));
        let path: Vec<&str> = self.visit.path.trim_start_matches('/').split('/').skip(self.family.depth()).collect();
        // Corrections belong to one edition.
        let path = if is_there && path != ["errata"] { path } else { Vec::new() };
        path.into_iter().fold(Family::Newest.base(city), |url, part| format!("{url}/{part}"))
    }
}

async fn found(tx: &mut PublicTx, kind: PlanKind, number: Option<i32>) -> Result<Edition, Refusal> {
    match tx.edition(None, kind, number).await? {
        Found::Edition(edition) => Ok(*edition),
        Found::Withdrawn(withdrawal) => Err(Refusal::Gone(withdrawal)),
    }
}
