//! What the store does with an act is what the rule says.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use jiff::civil::Date;
use rashin_domain::{
    access::{Action, Role},
    ids::{ReorganisationId, SectionId},
    organisation::{Act, Choices, NewSection, Order, Organisation},
};
use rashin_store::{StoreError, TenantTx, maintenance};
use sqlx::PgPool;
use support::{TODAY, Town, may};
use uuid::Uuid;

const APRIL: Date = Date::constant(2027, 4, 1);

fn new(n: u128, parent: Option<SectionId>) -> NewSection {
    NewSection {
        id: SectionId(Uuid::from_u128(n)),
        key: format!("new-{n}"),
        name: format!("新{n}課"),
        kind: "課".into(),
        parent,
        position: 1,
    }
}

fn order(act: Act, old: &[SectionId], new: Vec<NewSection>) -> Order {
    Order { act, on: APRIL, old: old.to_vec(), new, into: None, under: None, reason: "機構改革".into() }
}

/// In an order that does not depend on how rows were read.
fn sorted(mut organisation: Organisation) -> Organisation {
    organisation.sections.sort_by_key(|section| section.id);
    organisation.tenures.sort_by_key(|tenure| tenure.id);
    organisation.successions.sort_by_key(|one| (one.section, one.successor));
    organisation
}

async fn read(tx: &mut TenantTx) -> Organisation {
    sorted(tx.organisation().await.unwrap().organisation)
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn rows_change_as_the_rule_says_and_a_withdrawal_restores_them(pool: PgPool) {
    let town = Town::new(pool).await;
    let other = town.world.section("aobadai", "jumin", None, "住民課").await;
    let below = town.world.section("aobadai", "mado", Some(other), "窓口係").await;
    town.world.member("aobadai", Role::Reporter, Some(other)).await;
    let initiative = format!(
        "insert into rashin.responsibilities (tenant_id, id, plan_id, node_key, section_id, valid_from)
         select tenant_id, gen_random_uuid(), plan_id, key, '{other}', '2026-04-01' from rashin.nodes limit 1"
    );
    town.world.as_owner(town.id, &initiative).await;
    let into = Order { into: Some(town.section), ..order(Act::Merge, &[other], Vec::new()) };
    let orders = [
        order(Act::Merge, &[town.section, other], vec![new(1, None)]),
        order(Act::Split, &[other], vec![new(1, None), new(2, Some(town.section))]),
        Order { under: Some(town.section), ..order(Act::Move, &[below], Vec::new()) },
        order(Act::Abolish, &[below], Vec::new()),
        order(Act::Found, &[], vec![new(1, Some(other))]),
        into,
    ];
    for (n, order) in (1u128..).zip(orders) {
        let id = ReorganisationId(Uuid::from_u128(n));
        let mut tx = town.enter(&town.secretary).await;
        let before = sorted(tx.organisation_to_change().await.unwrap().organisation);
        let mut count = n * 1_000;
        let mut ids = || {
            count += 1;
            Uuid::from_u128(count)
        };
        let changes = before.plan(&order, &Choices::new(), &mut ids).unwrap();
        let permit = may(&tx, &Action::Organise);
        tx.reorganise(permit, id, &order, &changes, &order.summary(&before)).await.unwrap();
        let mut wanted = before.clone();
        wanted.apply(&changes);
        assert_eq!(read(&mut tx).await, sorted(wanted), "{:?}", order.act);
        // Sections of today are as they were.
        let keys: Vec<String> = tx.sections().await.unwrap().into_iter().map(|section| section.key).collect();
        assert_eq!(keys, ["jumin", "mado", "soumu"]);
        tx.commit().await.unwrap();

        let mut tx = town.enter(&town.secretary).await;
        let act = tx.reorganisation(id).await.unwrap();
        assert_eq!((act.on, &act.changes, act.is_withdrawn), (APRIL, &changes, false));
        let permit = may(&tx, &Action::Organise);
        tx.withdraw_reorganisation(permit, &act).await.unwrap();
        assert_eq!(read(&mut tx).await, before, "{:?} taken back", order.act);
        let permit = may(&tx, &Action::Organise);
        assert!(matches!(tx.withdraw_reorganisation(permit, &act).await, Err(StoreError::Conflict(_))), "once only");
        tx.commit().await.unwrap();
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_section_that_moves_stands_elsewhere_from_its_day_on(pool: PgPool) {
    let town = Town::new(pool).await;
    let other = town.world.section("aobadai", "jumin", None, "住民課").await;
    let mut tx = town.enter(&town.secretary).await;
    let order = Order { under: Some(town.section), on: TODAY, ..order(Act::Move, &[other], Vec::new()) };
    let organisation = tx.organisation_to_change().await.unwrap().organisation;
    let changes = organisation.plan(&order, &Choices::new(), &mut Uuid::nil).unwrap();
    let permit = may(&tx, &Action::Organise);
    tx.reorganise(permit, ReorganisationId(Uuid::from_u128(1)), &order, &changes, "").await.unwrap();
    let parents: Vec<_> = tx.sections().await.unwrap().into_iter().map(|section| (section.key, section.parent)).collect();
    assert_eq!(parents, [("soumu".to_owned(), None), ("jumin".to_owned(), Some(town.section))]);
    tx.commit().await.unwrap();
    // The command line says otherwise on the same day.
    let third = town.world.section("aobadai", "kikaku", None, "企画課").await;
    let mut tx = town.world.maintenance().enter("aobadai").await.unwrap();
    let moved = maintenance::NewSection {
        key: "jumin",
        parent: Some(third),
        name: "住民課",
        kind: "課",
        position: 1,
        valid_from: TODAY,
        valid_until: None,
    };
    let permit = may(&tx, &Action::Organise);
    tx.write_section(permit, &moved).await.unwrap();
    let moved = tx.sections().await.unwrap().into_iter().find(|section| section.key == "jumin").unwrap();
    assert_eq!(moved.parent, Some(third));
}
