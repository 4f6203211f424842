//! Which edition an address asks for. The same pages stand under three families of addresses: the newest edition of the
//! tenant's DX plan (`/{city}/…`), a numbered one of any plan (`/{city}/plans/{plan}/editions/{number}/…`), and the one that
//! would be published now (`/{city}/staff/plans/{plan}/preview/…`). Shorter addresses lead to the second family.

use axum::{
    extract::{FromRef, FromRequestParts, Path, RawQuery},
    http::request::Parts,
    response::Redirect,
};
use rashin_domain::{
    access::Action,
    clock::japan_date,
    plan::{PlanContent, PlanKind},
    publish::Edition,
};
use rashin_store::{
    PublicTx, StoreError,
    publish::{Base, Found},
};
use serde::Deserialize;

use super::{Shown, shown::Place};
use crate::web::{App, Refusal, Visit};

/// A family of addresses: every link of its pages stays in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Family {
    Newest,
    /// By the plan's slug, and the number within that plan.
    Edition(String, i32),
    /// By the plan's slug.
    Preview(String),
}

impl Family {
    pub fn base(&self, city: &str) -> String {
        match self {
            Family::Newest => format!("/{city}"),
            Family::Edition(plan, number) => format!("{}/editions/{number}", plan_url(city, plan)),
            Family::Preview(plan) => format!("/{city}/staff/plans/{plan}/preview"),
        }
    }

    /// How many parts of a path [`Family::base`] takes.
    fn depth(&self) -> usize {
        match self {
            Family::Newest => 1,
            Family::Edition(..) | Family::Preview(_) => 5,
        }
    }
}

/// Leads to the newest edition of a plan.
pub fn plan_url(city: &str, plan: &str) -> String {
    format!("/{city}/plans/{plan}")
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
            (Some(plan), Some(number)) => Family::Edition(plan.clone(), number),
            (Some(plan), None) => Family::Preview(plan.clone()),
            (None, _) => Family::Newest,
        };
        Ok(Self { visit: Visit::from_request_parts(parts, state).await?, address, family })
    }
}

impl Asked {
    /// The edition that the address asks for; a withdrawn one is gone, with its reason.
    pub async fn shown(&self) -> Result<Shown, Refusal> {
        match &self.family {
            Family::Newest => self.published(None, None).await,
            Family::Edition(plan, number) => self.published(Some(plan), Some(*number)).await,
            Family::Preview(plan) => self.preview(plan).await,
        }
    }

    /// The newest edition of the plan that the shown one names as the plan before it.
    pub async fn predecessor(&self) -> Result<Shown, Refusal> {
        let above = self.shown().await?;
        let plan = above.edition.content.plan.predecessor.as_deref().ok_or(Refusal::NotFound)?;
        let before = self.published(Some(plan), None).await?;
        Ok(Shown { place: above.place, ..before })
    }

    /// The tenant's published editions.
    pub async fn public(&self) -> Result<PublicTx, Refusal> {
        self.visit.public(&self.address.city).await
    }

    async fn published(&self, plan: Option<&str>, number: Option<i32>) -> Result<Shown, Refusal> {
        let mut tx = self.public().await?;
        let edition = found(&mut tx, plan, number).await?;
        let slug = &edition.content.plan.slug;
        let record = tx.edition_record(slug, edition.number).await?;
        let link = match number {
            Some(_) => self.onward(&mut tx, &edition).await?,
            None => None,
        };
        let place = Place { label: edition.label(), public_on: japan_date(record.public_from), link };
        let files = tx.attachments_there(&edition.attachments).await?;
        Ok(Shown { city: tx.city, place, errata: record.errata, files, family: self.family.clone(), edition })
    }

    /// From an old edition to the same object in the plan's newest one; from the newest one of another plan to the DX plan.
    async fn onward(&self, tx: &mut PublicTx, edition: &Edition) -> Result<Option<(String, &'static str)>, Refusal> {
        let (slug, city) = (&edition.content.plan.slug, tx.city.slug.clone());
        let front = match found(tx, None, None).await {
            Ok(front) => Some(front.content.plan.slug),
            Err(Refusal::NotFound | Refusal::Gone { .. }) => None,
            Err(refusal) => return Err(refusal),
        };
        let is_front = front.as_ref() == Some(slug);
        let newest = found(tx, Some(slug), None).await?;
        Ok(if newest.number != edition.number {
            let family = if is_front { Family::Newest } else { Family::Edition(slug.clone(), newest.number) };
            Some((self.same_in(&newest.content, &family.base(&city)), "最新の版を見る"))
        } else {
            front.filter(|_| !is_front).map(|_| (Family::Newest.base(&city), "いまの計画を見る"))
        })
    }

    /// What the next edition would be, for those who publish.
    async fn preview(&self, plan: &str) -> Result<Shown, Refusal> {
        let mut tx = self.visit.enter(&self.address.city).await?;
        let _may = self.visit.permit(&mut tx, &Action::Publish).await?;
        let plan = tx.plan_id(plan).await?.ok_or(Refusal::NotFound)?;
        let edition = tx.next_edition(plan, Base::Draft, String::new(), None).await?;
        let place = Place { label: edition.label(), public_on: edition.published_on, link: None };
        let files = edition.attachments.iter().map(|file| file.id).collect();
        Ok(Shown { city: tx.city().clone(), place, errata: 0, files, family: self.family.clone(), edition })
    }

    /// The address of this page's object in another edition; of the whole plan when it is not there.
    fn same_in(&self, newest: &PlanContent, base: &str) -> String {
        let Address { node, code, chapter, .. } = &self.address;
        let is_there = node.as_ref().is_none_or(|key| newest.node(key).is_some())
            && code.as_ref().is_none_or(|code| newest.kpi(code).is_some())
            && chapter.is_none_or(|number| (1..=newest.chapters.len()).contains(&number));
        let path: Vec<&str> = self.visit.path.trim_start_matches('/').split('/').skip(self.family.depth()).collect();
        // Corrections belong to one edition.
        let path = if is_there && path != ["errata"] { path } else { Vec::new() };
        path.into_iter().fold(base.to_owned(), |url, part| format!("{url}/{part}"))
    }
}

/// An edition of a plan; without one named, of the plan under the tenant's own address: the newest DX plan, or where there
/// is none the newest of the others.
async fn found(tx: &mut PublicTx, plan: Option<&str>, number: Option<i32>) -> Result<Edition, Refusal> {
    let found = match tx.edition(plan, PlanKind::DxPlan, number).await {
        Err(StoreError::NotFound) if plan.is_none() => tx.edition(None, PlanKind::Other, number).await?,
        found => found?,
    };
    match found {
        Found::Edition(edition) => Ok(*edition),
        Found::Withdrawn(withdrawal) => Err(Refusal::Gone { city: Box::new(tx.city.clone()), number, withdrawal }),
    }
}

/// `/{city}/plans/{plan}`: the plan's newest edition, under its own address.
pub async fn plan(visit: Visit, Path((city, plan)): Path<(String, String)>) -> Result<Redirect, Refusal> {
    let newest = found(&mut visit.public(&city).await?, Some(&plan), None).await?;
    Ok(Redirect::temporary(&Family::Edition(plan, newest.number).base(&city)))
}

/// `/{city}/editions/{number}` and all below: the address without a plan means the one under the tenant's own address.
pub async fn numbered(visit: Visit, Path(numbered): Path<Numbered>, RawQuery(query): RawQuery) -> Result<Redirect, Refusal> {
    let front = found(&mut visit.public(&numbered.city).await?, None, None).await?;
    let base = Family::Edition(front.content.plan.slug, numbered.number).base(&numbered.city);
    // As it was typed: 「01」 is a number, too.
    let below = visit.path.splitn(5, '/').nth(4).map(|below| format!("/{below}")).unwrap_or_default();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok(Redirect::temporary(&format!("{base}{below}{query}")))
}

#[derive(Deserialize)]
pub struct Numbered {
    city: String,
    number: i32,
}
