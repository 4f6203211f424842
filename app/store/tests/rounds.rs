//! Rounds and settings, two people at once.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use jiff::civil::Date;
use rashin_domain::{
    access::Action,
    approval::{Approval, Settings},
    clock::FiscalYear,
    ids::{Ids, ReportId},
    kpi::{ActualReport, Maturity},
    period::Period,
    round::{Round, RoundKind},
    value::Value,
};
use rashin_store::{TenantTx, report::LOCKED, rounds::SEEN};
use sqlx::PgPool;
use support::{NOW, TODAY, Town, may, wait_for_a_lock};

/// 速報 of 2026, closed since June.
fn closed() -> Round {
    let day = |month, day| Date::constant(2026, month, day);
    let round = Round::defaults(FiscalYear(2026)).into_iter().find(|round| round.kind == RoundKind::Preliminary).unwrap();
    Round { opens_on: day(4, 1), closes_on: day(5, 29), grace_until: day(6, 5), ..round }
}

async fn town(pool: PgPool) -> Town {
    let town = Town::new(pool).await;
    let mut tx = town.enter(&town.secretary).await;
    let permit = may(&tx, &Action::Conduct);
    tx.plan_rounds(permit, &[closed()]).await.unwrap();
    tx.commit().await.unwrap();
    town
}

async fn file(town: &Town, tx: &mut TenantTx, reason: &str) -> rashin_store::Result<()> {
    let said = ActualReport {
        period: Period::year(2026),
        maturity: Maturity::Preliminary,
        as_of: None,
        values: vec![("main".to_owned(), Value::number(120.into()))],
        standing: None,
        note: String::new(),
        link: String::new(),
        reason: reason.to_owned(),
        seen_revision: 0,
    };
    let id = ReportId(Ids::new(|bytes| bytes.fill(7)).uuid(NOW.parse().unwrap()));
    town.file(tx, id, "AOB-03", &said).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_report_waits_for_the_lock_that_is_being_set_and_is_refused(pool: PgPool) {
    let town = town(pool).await;
    let mut office = town.enter(&town.secretary).await;
    let permit = may(&office, &Action::Conduct);
    office.change_round(permit, &closed(), &Round { locked_on: Some(TODAY), ..closed() }, "").await.unwrap();
    let mut reporter = town.enter(&town.reporter).await;
    let (_, late) = tokio::join!(
        async {
            wait_for_a_lock(&town.world).await;
            office.commit().await.unwrap();
        },
        file(&town, &mut reporter, "")
    );
    assert!(late.unwrap_err().is_conflict_on(LOCKED));
    drop(reporter);
    let mut reporter = town.enter(&town.reporter).await;
    file(&town, &mut reporter, "集計の遅れ").await.unwrap();
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn nobody_overwrites_what_they_have_not_seen(pool: PgPool) {
    let town = town(pool).await;
    let mut first = town.enter(&town.secretary).await;
    let mut second = town.enter(&town.secretary).await;
    let permit = may(&first, &Action::Conduct);
    first.change_round(permit, &closed(), &Round { purpose: "甲".to_owned(), ..closed() }, "").await.unwrap();
    let (permit, seen) = (may(&second, &Action::Conduct), closed());
    let (_, late) = tokio::join!(
        async {
            wait_for_a_lock(&town.world).await;
            first.commit().await.unwrap();
        },
        second.cancel_round(permit, &seen)
    );
    assert!(late.unwrap_err().is_conflict_on(SEEN));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_the_first_two_to_set_how_a_tenant_reports_one_hears_of_the_other(pool: PgPool) {
    let town = town(pool).await;
    let mut first = town.enter(&town.secretary).await;
    let mut second = town.enter(&town.secretary).await;
    let (none, both) =
        (Settings { approval: Approval::None, ..Settings::default() }, Settings { approval: Approval::ChiefOffice, ..Settings::default() });
    let permit = may(&first, &Action::Conduct);
    first.change_settings(permit, &Settings::default(), &none).await.unwrap();
    let seen = Settings::default();
    let permit = may(&second, &Action::Conduct);
    let (_, late) = tokio::join!(
        async {
            wait_for_a_lock(&town.world).await;
            first.commit().await.unwrap();
        },
        second.change_settings(permit, &seen, &both)
    );
    assert!(late.unwrap_err().is_conflict_on(SEEN));
    assert_eq!(town.enter(&town.secretary).await.settings().await.unwrap(), none);
}
