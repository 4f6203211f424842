//! A city shares a published KPI with its prefecture: as a copy, for nobody else, until it takes it back.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use rashin_domain::{
    access::{Action, Role},
    ids::{EditionId, TenantId},
    plan::PlanContent,
    value::Value,
};
use rashin_store::{
    Result, StoreError,
    compare::{Recipient, Share},
    identity::SignedIn,
    publish::Base,
};
use sqlx::PgPool;
use support::{Town, World, may, seed};

const KPI: &str = "AOB-03";

/// A town with a first edition, a neighbour, and the prefecture of both.
struct Region {
    town: Town,
    neighbour: TenantId,
    neighbours_secretary: SignedIn,
    official: SignedIn,
}

impl Region {
    async fn new(owner: PgPool) -> Self {
        let town = Town::new(owner).await;
        let world = &town.world;
        world.publish("aobadai", town.plan).await;
        let neighbour = world.midorino().await;
        world.mizuho().await;
        let neighbours_secretary = world.member("midorino", Role::Secretariat, None).await;
        let official = world.member("mizuho", Role::Viewer, None).await;
        Self { neighbour, neighbours_secretary, official, town }
    }

    fn world(&self) -> &World {
        &self.town.world
    }

    async fn edition(&self) -> EditionId {
        let mut tx = self.town.enter(&self.town.secretary).await;
        tx.newest_edition(self.town.plan).await.unwrap().unwrap().0
    }

    async fn prefecture(&self) -> Recipient {
        self.town.enter(&self.town.secretary).await.prefecture("mizuho").await.unwrap()
    }

    async fn share(&self, who: &SignedIn, city: &str, to: &Recipient, edition: EditionId, code: &str) -> Result<()> {
        let mut tx = self.world().db.enter(who, city).await?;
        let permit = may(&tx, &Action::Share);
        tx.share_kpi(permit, to, edition, code).await?;
        tx.commit().await
    }

    async fn share_newest(&self, code: &str) -> Result<()> {
        self.share(&self.town.secretary, "aobadai", &self.prefecture().await, self.edition().await, code).await
    }

    async fn withdraw(&self, who: &SignedIn, city: &str) -> Result<()> {
        let mut tx = self.world().db.enter(who, city).await?;
        let permit = may(&tx, &Action::Share);
        let from = tx.prefecture("mizuho").await?;
        tx.withdraw_share(permit, &from, KPI).await?;
        tx.commit().await
    }

    async fn seen_by(&self, who: &SignedIn, city: &str) -> Vec<Share> {
        self.world().db.enter(who, city).await.unwrap().shares().await.unwrap()
    }

    async fn publish_again(&self, content: &PlanContent) {
        self.world().import("aobadai", content).await;
        self.world().publish("aobadai", self.town.plan).await;
    }
}

fn refused(done: Result<()>) -> bool {
    matches!(done, Err(StoreError::NotFound))
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_prefecture_reads_what_a_city_shares_and_the_neighbour_does_not(pool: PgPool) {
    let region = Region::new(pool).await;
    region.share_newest(KPI).await.unwrap();
    let shares = region.seen_by(&region.official, "mizuho").await;
    let content = seed("demo/aobadai/dx-kousou");
    assert_eq!(shares.len(), 1);
    assert_eq!(shares[0].kpi, *content.kpi(KPI).unwrap());
    assert_eq!((shares[0].source_name.as_str(), shares[0].source_code.as_str()), ("あおば台町（架空）", "993018"));
    assert_eq!(
        (shares[0].plan_title.as_str(), shares[0].edition_number, shares[0].as_of),
        (content.plan.title.as_str(), 1, support::TODAY)
    );
    assert!(!shares[0].judgement.reason.is_empty());
    assert!(region.seen_by(&region.neighbours_secretary, "midorino").await.is_empty());
    assert!(region.seen_by(&region.town.secretary, "aobadai").await.is_empty(), "the copy is the prefecture's");

    let mut tx = region.town.enter(&region.town.secretary).await;
    assert_eq!(tx.shared_with(KPI).await.unwrap(), [region.prefecture().await]);
    assert!(tx.shared_with("AOB-01").await.unwrap().is_empty());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_not_published_cannot_be_shared(pool: PgPool) {
    let region = Region::new(pool).await;
    let mut content = seed("demo/aobadai/dx-kousou");
    let mut kpi = content.kpis[0].clone();
    kpi.code = "AOB-90".to_owned();
    content.kpis.push(kpi);
    region.world().import("aobadai", &content).await;
    assert!(refused(region.share_newest("AOB-90").await), "not in the edition");
    assert!(refused(region.share_newest("AOB-91").await), "not there at all");
    region.world().publish("aobadai", region.town.plan).await;
    region.share_newest("AOB-90").await.unwrap();

    let edition = region.edition().await;
    let mut tx = region.town.enter(&region.town.secretary).await;
    let permit = may(&tx, &Action::Publish);
    tx.withdraw_edition(permit, region.town.plan, 2, "数値の誤り").await.unwrap();
    tx.commit().await.unwrap();
    let withdrawn = region.share(&region.town.secretary, "aobadai", &region.prefecture().await, edition, KPI).await;
    assert!(refused(withdrawn), "of a withdrawn edition");

    let mut tx = region.town.enter(&region.town.secretary).await;
    let permit = may(&tx, &Action::Publish);
    tx.publish(permit, region.town.plan, Base::Draft, "年度の更新", None, Some("2026-08-01T00:00:00Z".parse().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    let waiting = region.world().texts(region.town.id, "select id::text from rashin.editions where number = 3").await;
    let waiting = EditionId(waiting[0].parse().unwrap());
    let shared = region.share(&region.town.secretary, "aobadai", &region.prefecture().await, waiting, KPI).await;
    assert!(refused(shared), "of an edition that waits");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn only_a_prefecture_can_be_shared_with(pool: PgPool) {
    let region = Region::new(pool).await;
    let mut tx = region.town.enter(&region.town.secretary).await;
    assert!(matches!(tx.prefecture("midorino").await, Err(StoreError::NotFound)));
    assert!(matches!(tx.prefecture("nowhere").await, Err(StoreError::NotFound)));
    drop(tx);
    let neighbour = Recipient { id: region.neighbour, name: "みどり野市（架空）".to_owned() };
    assert!(refused(region.share(&region.town.secretary, "aobadai", &neighbour, region.edition().await, KPI).await));
    assert!(region.seen_by(&region.neighbours_secretary, "midorino").await.is_empty());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_city_cannot_share_or_withdraw_another_ones_kpi(pool: PgPool) {
    let region = Region::new(pool).await;
    let stolen = region.share(&region.neighbours_secretary, "midorino", &region.prefecture().await, region.edition().await, KPI).await;
    assert!(refused(stolen));
    region.share_newest(KPI).await.unwrap();
    assert!(refused(region.withdraw(&region.neighbours_secretary, "midorino").await));
    assert_eq!(region.seen_by(&region.official, "mizuho").await.len(), 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_share_that_is_withdrawn_is_gone(pool: PgPool) {
    let region = Region::new(pool).await;
    region.share_newest(KPI).await.unwrap();
    region.withdraw(&region.town.secretary, "aobadai").await.unwrap();
    assert!(region.seen_by(&region.official, "mizuho").await.is_empty());
    assert!(region.town.enter(&region.town.secretary).await.shared_with(KPI).await.unwrap().is_empty());
    assert!(refused(region.withdraw(&region.town.secretary, "aobadai").await), "there is nothing to withdraw any more");
    region.share_newest(KPI).await.unwrap();
    assert_eq!(region.seen_by(&region.official, "mizuho").await.len(), 1);
    let grants = "select (withdrawn_at is null)::text from rashin.share_grants order by 1";
    assert_eq!(region.world().texts(region.town.id, grants).await, ["false", "true"], "what was withdrawn stays on record");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn sharing_again_refreshes_the_copy(pool: PgPool) {
    let region = Region::new(pool).await;
    region.share_newest(KPI).await.unwrap();
    let mut content = seed("demo/aobadai/dx-kousou");
    content.plan.title = "あおば台町デジタル構想 改定版（架空）".to_owned();
    let kpi = content.kpis.iter_mut().find(|kpi| kpi.code == KPI).unwrap();
    kpi.parts[0].points.last_mut().unwrap().value = Value::number(80.into());
    region.publish_again(&content).await;

    let before = region.seen_by(&region.official, "mizuho").await;
    assert_eq!(before[0].edition_number, 1, "a copy does not change by itself");
    region.share_newest(KPI).await.unwrap();
    let shares = region.seen_by(&region.official, "mizuho").await;
    assert_eq!((shares.len(), shares[0].edition_number), (1, 2));
    assert_eq!(shares[0].kpi.parts[0].points.last().unwrap().value, Value::number(80.into()));
    assert_eq!(shares[0].plan_title, content.plan.title);
    let mut tx = region.town.enter(&region.town.secretary).await;
    assert_eq!(tx.shared_with(KPI).await.unwrap().len(), 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn copies_of_a_withdrawn_edition_fall_back_to_the_one_that_stands_or_go(pool: PgPool) {
    let region = Region::new(pool).await;
    region.world().publish("aobadai", region.town.plan).await;
    region.share_newest(KPI).await.unwrap();
    let withdraw = async |number| {
        let mut tx = region.town.enter(&region.town.secretary).await;
        let permit = may(&tx, &Action::Publish);
        tx.withdraw_edition(permit, region.town.plan, number, "数値の誤り").await.unwrap();
        tx.commit().await.unwrap();
    };
    assert_eq!(region.seen_by(&region.official, "mizuho").await[0].edition_number, 2);
    withdraw(2).await;
    assert_eq!(region.seen_by(&region.official, "mizuho").await[0].edition_number, 1);
    withdraw(1).await;
    assert!(region.seen_by(&region.official, "mizuho").await.is_empty());
    assert!(region.town.enter(&region.town.secretary).await.shared_with(KPI).await.unwrap().is_empty());
}
