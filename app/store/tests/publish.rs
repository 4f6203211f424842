//! Editions: written once, numbered upwards, taken back only in the open.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use jiff::civil::Date;
use rashin_domain::{
    access::Action,
    plan::PlanKind,
    progress::Status,
    publish::{Decision, Edition, Erratum, Standing},
};
use rashin_store::{
    Db, Result, StoreError, TenantTx,
    publish::{Base, Found},
};
use sqlx::{Connection, PgPool};
use support::{Town, may, seed};

const SLUG: &str = "dx-kousou";

async fn publish(town: &Town, db: &Db, reason: &str) -> Result<i32> {
    let mut tx = db.enter(&town.secretary, "aobadai").await?;
    let permit = may(&tx, &Action::Publish);
    let number = tx.publish(permit, town.plan, Base::Draft, reason, None, None).await?;
    tx.commit().await?;
    Ok(number)
}

async fn withdraw(town: &Town, number: i32) -> Result<()> {
    let mut tx = town.enter(&town.secretary).await;
    let permit = may(&tx, &Action::Publish);
    tx.withdraw_edition(permit, town.plan, number, "数値の誤り").await?;
    tx.commit().await
}

async fn found_in(db: &Db, number: Option<i32>) -> Result<Found> {
    db.public("aobadai").await?.edition(Some(SLUG), PlanKind::DxPlan, number).await
}

async fn found(town: &Town, number: Option<i32>) -> Result<Found> {
    found_in(&town.world.db, number).await
}

async fn edition(town: &Town, number: Option<i32>) -> Option<Edition> {
    edition_in(&town.world.db, number).await
}

async fn edition_in(db: &Db, number: Option<i32>) -> Option<Edition> {
    match found_in(db, number).await.unwrap() {
        Found::Edition(edition) => Some(*edition),
        Found::Withdrawn(withdrawal) => {
            assert_eq!(withdrawal.reason, "数値の誤り");
            None
        }
    }
}

/// The numbers that the front page shows.
async fn listed(town: &Town) -> Vec<i32> {
    town.world.db.catalogue("").await.unwrap().iter().map(|line| line.edition_number).collect()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn nothing_is_public_before_it_is_published(pool: PgPool) {
    let town = Town::new(pool).await;
    assert!(matches!(found(&town, None).await, Err(StoreError::NotFound)));
    assert!(matches!(town.world.db.slug_by_code("993018").await, Err(StoreError::NotFound)));
    assert_eq!(listed(&town).await, [0; 0]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_edition_is_the_plan_as_it_was(pool: PgPool) {
    let town = Town::new(pool).await;
    let decision = Decision {
        document_number: "6企第12号".to_owned(),
        decided_on: Some(Date::constant(2026, 6, 30)),
        decided_by: "企画課長".to_owned(),
        drafted_on: Some(Date::constant(2026, 6, 1)),
        effective_on: Some(Date::constant(2026, 8, 1)),
    };
    let mut tx = town.enter(&town.secretary).await;
    let permit = may(&tx, &Action::Publish);
    assert_eq!(tx.publish(permit, town.plan, Base::Draft, "計画の公開", Some(decision.clone()), None).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let first = edition(&town, None).await.unwrap();
    assert_eq!((first.number, first.published_on, first.reason.as_str()), (1, support::TODAY, "計画の公開"));
    assert_eq!(first.decision, Some(decision.clone()));
    let mut tx = town.world.db.public("aobadai").await.unwrap();
    assert_eq!(tx.edition_record(SLUG, 1).await.unwrap().decision, decision);
    drop(tx);
    assert_eq!(first.sections["AOB-03"], "総務課");
    assert_eq!((first.municipality.code.as_str(), first.municipality.fictional), ("993018", true));
    assert_eq!(first.content, seed("demo/aobadai/dx-kousou"));

    let mut changed = seed("demo/aobadai/dx-kousou");
    changed.plan.title = "別の題（架空）".to_owned();
    town.world.import("aobadai", &changed).await;
    assert_eq!(edition(&town, None).await.unwrap(), first, "working on the plan changes no edition");
    publish(&town, &town.world.db, "題の変更").await.unwrap();
    assert_eq!(edition(&town, Some(1)).await.unwrap(), first);
    assert_eq!(edition(&town, None).await.unwrap().content.plan.title, "別の題（架空）");
    let catalogue = town.world.db.catalogue("あおば").await.unwrap();
    assert_eq!((catalogue[0].plan_title.as_str(), catalogue[0].edition_number), ("別の題（架空）", 2));
    assert!(town.world.db.catalogue("みどり").await.unwrap().is_empty());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_edition_cannot_be_changed_or_removed(pool: PgPool) {
    let town = Town::new(pool).await;
    publish(&town, &town.world.db, "計画の公開").await.unwrap();
    let mut app = town.world.app_connection().await;
    for sql in [
        "update rashin.editions set content = '{}'",
        "update rashin.editions set number = 7",
        "update rashin.editions set published_at = now()",
        "update rashin.editions set effective_on = null",
        "delete from rashin.editions",
    ] {
        let mut tx = app.begin().await.unwrap();
        sqlx::query("select from gate.enter($1, 'aobadai', '2026-07-01')").bind(town.secretary.person().0).execute(&mut *tx).await.unwrap();
        let error = sqlx::query(sql).execute(&mut *tx).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("42501"), "{sql}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_withdrawn_edition_answers_with_its_reason_and_the_one_before_is_the_newest(pool: PgPool) {
    let town = Town::new(pool).await;
    for number in 1..=3 {
        assert_eq!(publish(&town, &town.world.db, "更新").await.unwrap(), number);
    }
    withdraw(&town, 3).await.unwrap();
    assert!(edition(&town, Some(3)).await.is_none());
    assert_eq!(edition(&town, None).await.unwrap().number, 2);
    assert_eq!(listed(&town).await, [2]);
    assert!(matches!(withdraw(&town, 3).await, Err(StoreError::NotFound)), "once is enough");
    assert!(matches!(found(&town, Some(4)).await, Err(StoreError::NotFound)));

    withdraw(&town, 1).await.unwrap();
    assert_eq!(listed(&town).await, [2]);
    withdraw(&town, 2).await.unwrap();
    assert!(edition(&town, None).await.is_none(), "the plan's address says why");
    assert_eq!(listed(&town).await, [0; 0]);

    // A number is never given twice.
    assert_eq!(publish(&town, &town.world.db, "訂正").await.unwrap(), 4);
    assert_eq!(edition(&town, None).await.unwrap().number, 4);
    assert_eq!(listed(&town).await, [4]);
    let lines = town.world.db.public("aobadai").await.unwrap().editions(SLUG).await.unwrap();
    assert_eq!(
        lines.iter().map(|line| (line.number, line.withdrawn.is_some())).collect::<Vec<_>>(),
        [(4, false), (3, true), (2, true), (1, true)]
    );
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_who_publish_at_once_the_second_waits_and_has_the_next_number(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut first = town.enter(&town.secretary).await;
    let mut second = town.enter(&town.secretary).await;
    let permit = may(&first, &Action::Publish);
    assert_eq!(first.publish(permit, town.plan, Base::Draft, "計画の公開", None, None).await.unwrap(), 1);
    let permit = may(&second, &Action::Publish);
    let (first, second): (Result<()>, Result<i32>) = tokio::join!(
        async {
            support::wait_for_a_lock(&town.world).await;
            first.commit().await
        },
        second.publish(permit, town.plan, Base::Draft, "計画の公開", None, None)
    );
    first.unwrap();
    // The page was about number 1: it does not commit this.
    assert_eq!(second.unwrap(), 2);
    assert_eq!(listed(&town).await, [1]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_edition_that_is_not_committed_is_not_listed(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut tx: TenantTx = town.enter(&town.secretary).await;
    let permit = may(&tx, &Action::Publish);
    tx.publish(permit, town.plan, Base::Draft, "計画の公開", None, None).await.unwrap();
    drop(tx);
    assert_eq!(listed(&town).await, [0; 0]);
    assert!(matches!(found(&town, None).await, Err(StoreError::NotFound)));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn statuses_are_as_of_the_day_of_publication(pool: PgPool) {
    let town = Town::new(pool).await;
    // 2025 is reported, 2026 is not. In Japan the second moment is 1 April 2027, when 2026 is due.
    for (moment, status) in [("2027-03-31T14:59:59Z", false), ("2027-03-31T15:00:00Z", true)] {
        let db = town.world.db_at(moment).await;
        publish(&town, &db, "年度の更新").await.unwrap();
        let edition = edition_in(&db, None).await.unwrap();
        assert_eq!(edition.statuses["AOB-03"].status == Status::Unreported, status, "{moment}: {:?}", edition.statuses["AOB-03"]);
        assert_eq!(edition.statuses.len(), edition.content.kpis.len());
    }
}

/// Moments around the embargo of the tests, which stand at 1 July 2026.
const BEFORE: &str = "2026-07-31T23:59:59Z";
const DUE: &str = "2026-08-01T00:00:00Z";

/// Publishes an edition that waits until `DUE`.
async fn put_off(town: &Town) -> i32 {
    let mut tx = town.enter(&town.secretary).await;
    let permit = may(&tx, &Action::Publish);
    let number = tx.publish(permit, town.plan, Base::Draft, "年度の更新", None, Some(DUE.parse().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    number
}

/// What the public finds at a moment: the newest number, whether the second edition is there, and what the front page lists.
async fn public_at(town: &Town, moment: &str) -> (Option<i32>, bool, Vec<i32>) {
    let db = town.world.db_at(moment).await;
    let mut tx = db.public("aobadai").await.unwrap();
    let newest = match tx.edition(Some(SLUG), PlanKind::DxPlan, None).await {
        Ok(Found::Edition(edition)) => Some(edition.number),
        Ok(Found::Withdrawn(_)) | Err(_) => None,
    };
    let second = !matches!(tx.edition(Some(SLUG), PlanKind::DxPlan, Some(2)).await, Err(StoreError::NotFound));
    assert_eq!(tx.editions(SLUG).await.unwrap().iter().any(|edition| edition.number == 2), second);
    assert_eq!(tx.published_plans().await.unwrap().first().map(|plan| plan.3), newest);
    let listed = db.catalogue("").await.unwrap().iter().map(|line| line.edition_number).collect();
    assert_eq!(db.slug_by_code("993018").await.is_ok(), newest.is_some());
    (newest, second, listed)
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_embargoed_edition_is_found_from_its_time_on(pool: PgPool) {
    let town = Town::new(pool).await;
    publish(&town, &town.world.db, "計画の公開").await.unwrap();
    assert_eq!(put_off(&town).await, 2);
    assert_eq!(public_at(&town, BEFORE).await, (Some(1), false, vec![1]));
    assert_eq!(public_at(&town, DUE).await, (Some(2), true, vec![2]));
    let mut tx = town.enter(&town.secretary).await;
    assert_eq!(tx.newest_edition(town.plan).await.unwrap().unwrap().1.number, 1, "what is shared is what is public");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_first_edition_that_waits_is_no_publication_yet(pool: PgPool) {
    let town = Town::new(pool).await;
    assert_eq!(put_off(&town).await, 1);
    assert_eq!(public_at(&town, BEFORE).await, (None, false, vec![]));
    assert_eq!(public_at(&town, DUE).await, (Some(1), false, vec![1]));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_withdrawn_while_it_waits_was_never_there(pool: PgPool) {
    let town = Town::new(pool).await;
    publish(&town, &town.world.db, "計画の公開").await.unwrap();
    put_off(&town).await;
    withdraw(&town, 2).await.unwrap();
    for moment in [BEFORE, DUE, "2027-08-01T00:00:00Z"] {
        assert_eq!(public_at(&town, moment).await, (Some(1), false, vec![1]), "{moment}");
    }
    let mut tx = town.enter(&town.secretary).await;
    let record = tx.edition_record(SLUG, 2).await.unwrap();
    assert_eq!(record.standing(DUE.parse().unwrap()), Standing::Cancelled);
    assert_eq!(publish(&town, &town.world.db, "訂正").await.unwrap(), 3, "a number is never given twice");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_embargo_changes_only_as_it_was_seen_and_only_while_it_lasts(pool: PgPool) {
    let town = Town::new(pool).await;
    publish(&town, &town.world.db, "計画の公開").await.unwrap();
    put_off(&town).await;
    let (due, later) = (DUE.parse().unwrap(), "2026-09-01T00:00:00Z".parse().unwrap());
    let set = async |number, seen, until| {
        let mut tx = town.enter(&town.secretary).await;
        let permit = may(&tx, &Action::Publish);
        let done = tx.set_embargo(permit, town.plan, number, seen, until).await.unwrap();
        tx.commit().await.unwrap();
        done
    };
    assert!(set(2, due, later).await);
    assert!(!set(2, due, later).await, "somebody else has changed it");
    assert_eq!(public_at(&town, DUE).await.0, Some(1));
    let now = support::NOW.parse().unwrap();
    assert!(set(2, later, now).await, "lifted");
    assert_eq!(public_at(&town, support::NOW).await, (Some(2), true, vec![2]));
    assert!(!set(2, now, later).await, "what is public stays public");
    assert!(!set(1, now, later).await);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn corrections_are_added_one_after_the_other_to_what_is_public(pool: PgPool) {
    let town = Town::new(pool).await;
    publish(&town, &town.world.db, "計画の公開").await.unwrap();
    put_off(&town).await;
    let add = async |edition, number| {
        let mut tx = town.enter(&town.secretary).await;
        let permit = may(&tx, &Action::Publish);
        let (place, reason) = ("AOB-03".to_owned(), "転記の誤り".to_owned());
        let erratum = Erratum { number, place, wrong: "12".into(), right: "21".into(), reason, issued_on: support::TODAY };
        let done = tx.add_erratum(permit, town.plan, edition, &erratum).await.unwrap();
        tx.commit().await.unwrap();
        done
    };
    let before = edition(&town, Some(1)).await.unwrap();
    assert!(add(1, 1).await);
    assert!(!add(1, 1).await, "a second click");
    assert!(!add(1, 7).await, "no gaps");
    assert!(add(1, 2).await);
    assert!(!add(2, 1).await, "nobody has read what waits");
    assert!(!add(9, 1).await);
    assert_eq!(edition(&town, Some(1)).await.unwrap(), before, "the edition stays as it was published");
    let mut tx = town.world.db.public("aobadai").await.unwrap();
    let errata = tx.errata(SLUG, 1).await.unwrap();
    assert_eq!(errata.iter().map(|one| (one.number, one.right.as_str())).collect::<Vec<_>>(), [(1, "21"), (2, "21")]);
    assert_eq!(tx.edition_record(SLUG, 1).await.unwrap().errata, 2);
    drop(tx);
    withdraw(&town, 1).await.unwrap();
    assert!(!add(1, 3).await, "what is withdrawn is corrected no more");
}
