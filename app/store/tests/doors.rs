//! Who may enter, from which day on, and with which login.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use rashin_domain::access::Role;
use rashin_store::{Db, StartError, StoreError, TenantTx};
use sqlx::{ConnectOptions, PgPool};
use support::{NOW, TODAY, World};

fn is_not_found(entered: rashin_store::Result<TenantTx>) -> bool {
    matches!(entered, Err(StoreError::NotFound))
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn who_has_no_assignment_today_cannot_enter(pool: PgPool) {
    let world = World::new(pool).await;
    world.aobadai().await;
    let stranger = world.sign_in(world.person("架空 花子").await).await;
    assert!(is_not_found(world.db.enter(&stranger, "aobadai").await));

    let (yesterday, tomorrow) = (TODAY.yesterday().unwrap(), TODAY.tomorrow().unwrap());
    let cases = [
        ("active", yesterday, None, true),
        ("active", TODAY, Some(TODAY), true),
        ("active", tomorrow, None, false),
        ("active", yesterday, Some(yesterday), false),
        ("invited", yesterday, None, false),
        ("suspended", yesterday, None, false),
        ("left", yesterday, None, false),
    ];
    for (state, from, until, enters) in cases {
        let who = world.member_from("aobadai", state, Role::Admin, None, from, until).await;
        let entered = world.db.enter(&who, "aobadai").await;
        assert_eq!(!is_not_found(entered), enters, "{state} {from} {until:?}");
        let places = world.db.identity().await.unwrap().memberships(who.person()).await.unwrap();
        assert_eq!(!places.is_empty(), enters, "the list of places agrees: {state} {from} {until:?}");
        assert!(is_not_found(world.db.enter(&who, "nowhere").await));
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_assignment_begins_at_midnight_in_japan(pool: PgPool) {
    let world = World::new(pool).await;
    world.aobadai().await;
    let who = world.member_from("aobadai", "active", Role::Viewer, None, TODAY, None).await;
    assert!(is_not_found(world.db_at("2026-06-30T14:59:59Z").await.enter(&who, "aobadai").await));
    assert!(world.db_at("2026-06-30T15:00:00Z").await.enter(&who, "aobadai").await.is_ok());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_login_that_policies_do_not_bind_is_refused(pool: PgPool) {
    let world = World::new(pool).await;
    let options = world.owner.connect_options();
    let superuser: String =
        sqlx::query_scalar("select rolname::text from pg_roles where rolsuper limit 1").fetch_one(&world.owner).await.unwrap();
    for login in [superuser.as_str(), "rashin_migrator", "rashin_backup"] {
        let url = options.as_ref().clone().username(login).to_url_lossy();
        let refused = Db::connect(url.as_str(), world.db.clock.clone(), world.db.ids.clone()).await;
        assert!(matches!(refused, Err(StartError::TooPowerful(ref name, _)) if name == login), "{login}");
    }
    let url = options.as_ref().clone().username("rashin_app").to_url_lossy();
    assert!(Db::connect(url.as_str(), world.db.clock.clone(), world.db.ids.clone()).await.is_ok());
    assert_eq!(world.db.now().to_string(), NOW);
}

#[sqlx::test(migrations = false)]
async fn a_database_without_the_schema_is_refused(pool: PgPool) {
    let url = pool.connect_options().as_ref().clone().username("rashin_app").to_url_lossy();
    let clock = rashin_domain::clock::Clock::fixed(NOW.parse().unwrap());
    let refused = Db::connect(url.as_str(), clock, rashin_domain::ids::Ids::new(|_| {})).await;
    assert!(matches!(refused, Err(StartError::NotMigrated(0, _))));
}
