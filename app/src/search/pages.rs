//! `/{city}/search` over the newest edition, and `/{city}/staff/search` over the working plan with sections and people.

use axum::extract;
use rashin_domain::{
    card::Deed,
    plan::{PlanContent, PlanKind},
    search::{Hit, Kind, Thing, of_plan, of_predecessor},
};
use rashin_store::{TenantTx, card::Wanted};

use super::{Query, results};
use crate::{
    card::cards_url,
    case::cases_url,
    kpi::staff::staff_url,
    plan::Asked,
    ui::frame::{Frame, Here},
    web::{Page, Refusal, Visit},
};

pub async fn public(asked: Asked, extract::Query(query): extract::Query<Query>) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let mut things = of_plan(&shown.edition.content);
    match asked.predecessor().await {
        Ok(before) => things.extend(of_predecessor(&before.edition.content)),
        Err(Refusal::NotFound | Refusal::Gone { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    let city = &shown.city.slug;
    let scope = "戦略と取組、指標、計画書の本文、推進体制、用語、前の計画";
    let main = results(&shown.url("/search"), &query, scope, &things, |hit| Some(public_url(city, hit)));
    Ok(shown.page(Here::None, "検索", main))
}

/// Where the public finds a hit.
fn public_url(city: &str, hit: &Hit) -> String {
    let key = &hit.key;
    match hit.kind {
        Kind::Plan | Kind::Case | Kind::Card | Kind::Section | Kind::Person => format!("/{city}"),
        Kind::Node => format!("/{city}/nodes/{key}"),
        Kind::Kpi => format!("/{city}/kpis/{key}"),
        Kind::Chapter => format!("/{city}/chapters/{key}"),
        Kind::Body => format!("/{city}/bodies#body-{key}"),
        Kind::Related => format!("/{city}/bodies#related"),
        Kind::Term => format!("/{city}/glossary"),
        Kind::Predecessor => format!("/{city}/predecessor#p-{key}"),
    }
}

pub async fn staff(
    visit: Visit,
    extract::Path(city): extract::Path<String>,
    extract::Query(query): extract::Query<Query>,
) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let mut things = Vec::new();
    let (mut published, mut before) = (None, None);
    let plans = tx.plans().await?;
    if let Some(plan) = plans.iter().find(|plan| plan.kind == PlanKind::DxPlan) {
        let content = tx.plan_content(plan.id).await?;
        things.extend(of_plan(&content));
        before = content.plan.predecessor;
        published = tx.newest_edition(plan.id).await?.map(|(_, edition)| edition.content);
    }
    let mut predecessor_is_public = false;
    if let Some(plan) = plans.iter().find(|plan| before.as_ref() == Some(&plan.slug)) {
        things.extend(of_predecessor(&tx.plan_content(plan.id).await?));
        predecessor_is_public = tx.newest_edition(plan.id).await?.is_some();
    }
    things.extend(cases_and_cards(&mut tx).await?);
    things.extend(sections_and_people(&mut tx).await?);
    let href = |hit: &Hit| match (&hit.kind, &published) {
        (Kind::Kpi, _) => Some(staff_url(&city, &hit.key)),
        (Kind::Case, _) => Some(format!("{}/{}", cases_url(&city), hit.key)),
        (Kind::Card, _) => Some(format!("{}/{}", cards_url(&city), hit.key)),
        (Kind::Section, _) => Some(format!("/{city}/staff/sections/{}", hit.key)),
        // People have no page for everybody.
        (Kind::Person, _) => None,
        (Kind::Predecessor, _) => predecessor_is_public.then(|| public_url(&city, hit)),
        (_, published) => published.as_ref().is_some_and(|content| is_in(content, hit)).then(|| public_url(&city, hit)),
    };
    let scope = "計画、指標、計画書の本文、推進体制、用語、前の計画、案件、OODAカード、課・係、職員の氏名と職名";
    let main = results(&format!("/{city}/staff/search"), &query, scope, &things, href);
    let frame = Frame::staff(&tx, None, Here::Search).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]);
    Ok(Page::new("検索", frame, main))
}

/// What was added to the working plan since its newest edition has no page yet.
fn is_in(edition: &PlanContent, hit: &Hit) -> bool {
    match hit.kind {
        Kind::Node => edition.node(&hit.key).is_some(),
        Kind::Chapter => hit.key.parse().is_ok_and(|number: usize| number <= edition.chapters.len()),
        Kind::Body => edition.bodies.iter().any(|body| body.key == hit.key),
        Kind::Related => edition.related_plans.iter().any(|plan| plan.key == hit.key),
        Kind::Term => edition.glossary.iter().any(|term| term.term == hit.key),
        Kind::Plan | Kind::Kpi | Kind::Predecessor | Kind::Case | Kind::Card | Kind::Section | Kind::Person => true,
    }
}

/// Cases by what is proposed, cards by what was written on them.
async fn cases_and_cards(tx: &mut TenantTx) -> Result<Vec<Thing>, Refusal> {
    let cases = tx.cases(None).await?.into_iter().map(|filed| {
        let content = filed.newest.content;
        Thing {
            kind: Kind::Case,
            key: filed.number.to_string(),
            title: content.title,
            beside: format!("案件 {}", filed.number),
            texts: vec![content.problem, content.proposal, content.risks],
        }
    });
    let cards = tx.cards(Wanted::All).await?.into_iter().map(|filed| {
        let written = |deed: Deed| match deed {
            Deed::Written { text, .. } | Deed::Closed { result: text } | Deed::GivenUp { reason: text } => Some(text),
            Deed::Opened { .. } | Deed::HandedOver { .. } => None,
        };
        Thing {
            kind: Kind::Card,
            key: filed.number.to_string(),
            title: filed.title,
            beside: format!("OODAカード {}", filed.number),
            texts: filed.history.into_iter().filter_map(|happened| written(happened.event.deed)).collect(),
        }
    });
    Ok(cases.chain(cards).collect())
}

async fn sections_and_people(tx: &mut TenantTx) -> Result<Vec<Thing>, Refusal> {
    let sections = tx.sections().await?;
    let parent = |id| sections.iter().find(|section| Some(section.id) == id).map_or("", |section| section.name.as_str());
    let mut things: Vec<Thing> = (sections.iter())
        .map(|section| Thing {
            kind: Kind::Section,
            key: section.key.clone(),
            title: section.name.clone(),
            beside: parent(section.parent).to_owned(),
            texts: Vec::new(),
        })
        .collect();
    things.extend(tx.people_today().await?.into_iter().map(|person| Thing {
        kind: Kind::Person,
        key: person.member.to_string(),
        title: person.name,
        beside: person.posts.join("、"),
        texts: Vec::new(),
    }));
    Ok(things)
}
