//! The draft on a real database: whatever is done in it, the live plan and its editions stay until it is published,
//! and then they are what the draft said.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use jiff::civil::Date;
use rashin_domain::{
    access::{Action, Role as Post},
    clock::FiscalYear,
    draft::{Kind, edit},
    ids::PlanId,
    kpi::Role,
    plan::{DefinitionChange, Kpi, PlanContent, PlanKind, Point, Replaced},
    publish::Edition,
    value::Value,
};
use rashin_store::{
    Db, StoreError,
    draft::{Desk, Undone},
    identity::SignedIn,
    publish::Found,
};
use sqlx::PgPool;
use support::{Town, edits::Dice, may, seed};

const CITY: &str = "aobadai";
const SLUG: &str = "dx-kousou";
const KPI: &str = "AOB-03";

/// A town whose plan is published, and a second person who edits it.
struct Office {
    town: Town,
    other: SignedIn,
}

impl Office {
    async fn new(pool: PgPool) -> Self {
        let town = Town::new(pool).await;
        let other = town.world.member(CITY, Post::Secretariat, None).await;
        let office = Self { town, other };
        office.publish(&office.town.world.db).await;
        office
    }

    fn first(&self) -> &SignedIn {
        &self.town.secretary
    }

    async fn desk(&self) -> Desk {
        self.town.enter(self.first()).await.desk(SLUG).await.unwrap()
    }

    /// One edit by one person, recorded. `false`: it changed nothing.
    async fn step(&self, who: &SignedIn, summary: &str, edit: impl FnOnce(&PlanContent) -> PlanContent) -> bool {
        let mut tx = self.town.enter(who).await;
        let desk = tx.desk_to_change(SLUG).await.unwrap();
        let after = edit(desk.content());
        let permit = may(&tx, &Action::Edit);
        let recorded = tx.record_step(permit, &desk, &after, summary).await.unwrap();
        tx.commit().await.unwrap();
        recorded
    }

    async fn undo(&self, who: &SignedIn) -> Undone {
        let mut tx = self.town.enter(who).await;
        let desk = tx.desk_to_change(SLUG).await.unwrap();
        let permit = may(&tx, &Action::Edit);
        let undone = tx.undo_step(permit, &desk).await.unwrap();
        tx.commit().await.unwrap();
        undone
    }

    async fn discard(&self) {
        let mut tx = self.town.enter(self.first()).await;
        let desk = tx.desk_to_change(SLUG).await.unwrap();
        let permit = may(&tx, &Action::Edit);
        tx.discard_draft(permit, &desk).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn publish(&self, db: &Db) -> i32 {
        self.publish_plan(db, self.town.plan).await
    }

    async fn publish_plan(&self, db: &Db, plan: PlanId) -> i32 {
        let mut tx = db.enter(self.first(), CITY).await.unwrap();
        let permit = may(&tx, &Action::Publish);
        let number = tx.publish(permit, plan, rashin_store::publish::Base::Draft, "計画の変更", None, None).await.unwrap();
        tx.commit().await.unwrap();
        number
    }

    async fn live(&self) -> PlanContent {
        self.town.world.content(CITY, self.town.plan).await
    }

    /// What the public reads once all that a test publishes is out.
    async fn edition(&self, plan: &str, number: Option<i32>) -> Edition {
        let mut tx = self.town.world.db_at("2030-01-01T03:00:00Z").await.public(CITY).await.unwrap();
        match tx.edition(Some(plan), PlanKind::DxPlan, number).await.unwrap() {
            Found::Edition(edition) => *edition,
            Found::Withdrawn(_) => panic!("withdrawn"),
        }
    }
}

/// A plan without what is reported and remembered: figures, and values that stood before.
fn said(content: &PlanContent) -> PlanContent {
    let mut content = content.clone();
    for part in content.kpis.iter_mut().flat_map(|kpi| &mut kpi.parts) {
        part.actuals.clear();
        part.points.iter_mut().for_each(|point| point.replaced.clear());
    }
    content
}

fn kpi<'a>(content: &'a PlanContent, code: &str) -> &'a Kpi {
    content.kpi(code).unwrap()
}

fn target(content: &PlanContent) -> &Point {
    kpi(content, KPI).parts[0].points.iter().find(|point| point.role == Role::Target).unwrap()
}

/// The target as the form of the editor revises it.
fn revised(content: &PlanContent, live: &PlanContent, amount: i64, reason: &str, on: Date) -> PlanContent {
    let old = target(live);
    let mut replaced = old.replaced.clone();
    replaced.insert(0, Replaced { value: old.value.clone(), on, reason: reason.to_owned() });
    let point =
        Point { value: Value::number(amount.into()), reason: reason.to_owned(), decided_on: Some(on), replaced, ..target(content).clone() };
    edit::put_point(content, KPI, "main", point).unwrap()
}

fn titled(content: &PlanContent, node: &str, title: &str) -> PlanContent {
    let mut node = content.node(node).unwrap().clone();
    node.title = title.to_owned();
    let key = node.key.clone();
    edit::put_node(content, Some(&key), node).unwrap()
}

fn child(content: &PlanContent, parent: &str, key: &str) -> PlanContent {
    let mut node = content.node("p1-1").unwrap().clone();
    (node.key, node.parent, node.title) = (key.to_owned(), Some(parent.to_owned()), format!("取組 {key}"));
    edit::put_node(content, None, node).unwrap()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_done_and_discarded_leaves_no_trace_in_the_plan_or_its_next_edition(pool: PgPool) {
    let office = Office::new(pool).await;
    let (live, first) = (office.live().await, office.edition(SLUG, Some(1)).await);
    for seed in 0..8 {
        let mut dice = Dice::new(seed);
        for n in 0..8 {
            let who = if dice.below(2) == 0 { office.first() } else { &office.other };
            let mut wanted = None;
            office.step(who, "試し", |content| wanted.insert(dice.edit(content, &format!("d{seed}x{n}"))).clone()).await;
            assert_eq!(Some(office.desk().await.content()), wanted.as_ref(), "{dice:?}");
            assert_eq!(office.live().await, live, "{dice:?}");
        }
        office.discard().await;
        assert_eq!(office.desk().await.content(), &live);
    }
    office.publish(&office.town.world.db).await;
    let next = office.edition(SLUG, None).await;
    assert_eq!((next.number, next.content, next.statuses), (2, first.content, first.statuses));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_done_and_published_is_the_plan_and_earlier_editions_stand(pool: PgPool) {
    let office = Office::new(pool).await;
    let mut editions = vec![office.edition(SLUG, Some(1)).await];
    for seed in 100..110 {
        let mut dice = Dice::new(seed);
        for n in 0..8 {
            office.step(office.first(), "試し", |content| dice.edit(content, &format!("d{seed}x{n}"))).await;
        }
        let wanted = office.desk().await.content().clone();
        let number = office.publish(&office.town.world.db).await;
        let live = office.live().await;
        assert_eq!(said(&live), said(&wanted), "{dice:?}");
        let published = office.edition(SLUG, Some(number)).await;
        assert_eq!(published.content, live, "the edition is the plan, with its figures: {dice:?}");
        assert!(office.desk().await.revision.is_none());
        for old in &editions {
            assert_eq!(&office.edition(SLUG, Some(old.number)).await, old);
        }
        editions.push(published);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_people_take_back_their_steps_and_the_plan_is_in_order_all_the_way(pool: PgPool) {
    let office = Office::new(pool).await;
    let live = office.live().await;
    for seed in 200..208 {
        let mut dice = Dice::new(seed);
        for n in 0..14 {
            let who = if dice.below(2) == 0 { office.first() } else { &office.other };
            if dice.below(4) == 0 {
                office.undo(who).await;
            } else {
                office.step(who, "試し", |content| dice.edit(content, &format!("u{seed}x{n}"))).await;
            }
            assert_eq!(edit::check(office.desk().await.content()), Vec::<String>::new(), "{dice:?}");
        }
        // From the newest to the oldest nothing stands in the way.
        loop {
            let mut tx = office.town.enter(office.first()).await;
            let (me, steps) = (tx.member().unwrap().id, tx.draft_steps(office.town.plan).await.unwrap());
            drop(tx);
            let Some(newest) = steps.into_iter().find(|step| step.undoes.is_none() && !step.is_undone) else { break };
            let who = if newest.member == Some(me) { office.first() } else { &office.other };
            assert_eq!(office.undo(who).await, Undone::Step { summary: newest.summary }, "{dice:?}");
        }
        assert_eq!(office.desk().await.content(), &live, "{dice:?}");
        if office.desk().await.revision.is_some() {
            office.discard().await;
        }
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn each_takes_back_the_own_last_step_unless_somebody_built_on_it(pool: PgPool) {
    let office = Office::new(pool).await;
    assert_eq!(office.undo(office.first()).await, Undone::Nothing);
    office.step(office.first(), "甲の題", |content| titled(content, "p1-1", "甲")).await;
    office.step(&office.other, "乙の題", |content| titled(content, "p1-2", "乙")).await;
    // Not the newest of all, but the own.
    assert_eq!(office.undo(office.first()).await, Undone::Step { summary: "甲の題".to_owned() });
    let desk = office.desk().await;
    assert_eq!(desk.content().node("p1-1"), desk.live.node("p1-1"));
    assert_eq!(desk.content().node("p1-2").unwrap().title, "乙");

    office.step(office.first(), "甲が先", |content| titled(content, "p1-3", "甲")).await;
    office.step(&office.other, "乙が後", |content| titled(content, "p1-3", "乙")).await;
    assert_eq!(office.undo(office.first()).await, Undone::Overtaken { by: "乙が後".to_owned() });
    assert_eq!(office.desk().await.content().node("p1-3").unwrap().title, "乙");
    assert_eq!(office.undo(&office.other).await, Undone::Step { summary: "乙が後".to_owned() });
    assert_eq!(office.undo(office.first()).await, Undone::Step { summary: "甲が先".to_owned() });
    assert_eq!(office.desk().await.content().node("p1-3"), office.live().await.node("p1-3"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_step_that_something_hangs_on_is_not_taken_back(pool: PgPool) {
    let office = Office::new(pool).await;
    office
        .step(office.first(), "柱を追加", |content| {
            let mut pillar = content.node("p1").unwrap().clone();
            (pillar.key, pillar.title) = ("p9".to_owned(), "新しい柱".to_owned());
            edit::put_node(content, None, pillar).unwrap()
        })
        .await;
    office.step(&office.other, "取組を追加", |content| child(content, "p9", "p9-1")).await;
    assert!(matches!(office.undo(office.first()).await, Undone::Needed { .. }));
    assert_eq!(edit::check(office.desk().await.content()), Vec::<String>::new());
    assert_eq!(office.undo(&office.other).await, Undone::Step { summary: "取組を追加".to_owned() });
    assert_eq!(office.undo(office.first()).await, Undone::Step { summary: "柱を追加".to_owned() });
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_at_the_same_time_the_second_waits_and_sees_the_firsts_step(pool: PgPool) {
    let office = Office::new(pool).await;
    let mut first = office.town.enter(office.first()).await;
    let mut second = office.town.enter(&office.other).await;
    let desk = first.desk_to_change(SLUG).await.unwrap();
    let permit = may(&first, &Action::Edit);
    first.record_step(permit, &desk, &titled(desk.content(), "p1-1", "甲"), "甲の題").await.unwrap();
    let (_, seen) = tokio::join!(
        async {
            support::wait_for_a_lock(&office.town.world).await;
            first.commit().await.unwrap();
        },
        second.desk_to_change(SLUG)
    );
    let desk = seen.unwrap();
    assert_eq!(desk.content().node("p1-1").unwrap().title, "甲");
    let permit = may(&second, &Action::Edit);
    assert!(second.record_step(permit, &desk, &titled(desk.content(), "p1-2", "乙"), "乙の題").await.unwrap());
    second.commit().await.unwrap();
    let desk = office.desk().await;
    assert_eq!(desk.revision.as_ref().unwrap().steps, 2, "one draft, not two");
    assert_eq!(["p1-1", "p1-2"].map(|key| desk.content().node(key).unwrap().title.clone()), ["甲", "乙"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_target_that_was_revised_twice_shows_both_old_values_with_reason_and_day(pool: PgPool) {
    let office = Office::new(pool).await;
    let mut shown = Vec::new();
    for (day, amount, reason) in [("2026-09-01", 80, "国の指針の改定"), ("2027-02-01", 70, "予算の見直し")] {
        let (live, on) = (office.live().await, day.parse::<Date>().unwrap());
        office.step(office.first(), reason, |content| revised(content, &live, amount, reason, on)).await;
        // Corrected once more before anybody saw it: the public sees one revision.
        office.step(office.first(), reason, |content| revised(content, &live, amount + 1, reason, on)).await;
        office.publish(&office.town.world.db_at(&format!("{day}T03:00:00Z")).await).await;
        shown.push(target(&office.live().await).clone());
    }
    let old = |point: &Point| {
        point.replaced.iter().map(|old| (old.value.with_unit("千枚"), old.on.to_string(), old.reason.clone())).collect::<Vec<_>>()
    };
    let first = ("90千枚".to_owned(), "2026-09-01".to_owned(), "国の指針の改定".to_owned());
    assert_eq!(old(&shown[0]), std::slice::from_ref(&first));
    assert_eq!(old(&shown[1]), [("81千枚".to_owned(), "2027-02-01".to_owned(), "予算の見直し".to_owned()), first]);
    assert_eq!(target(&office.edition(SLUG, None).await.content), &shown[1]);
    assert_eq!(target(&office.edition(SLUG, Some(1)).await.content).value, Value::number(90.into()));

    // A corrected note revises no value.
    office
        .step(office.first(), "備考", |content| {
            let point = Point { note: "町内の会議のみ".to_owned(), ..target(content).clone() };
            edit::put_point(content, KPI, "main", point).unwrap()
        })
        .await;
    office.publish(&office.town.world.db_at("2027-03-01T03:00:00Z").await).await;
    let noted = target(&office.live().await).clone();
    assert_eq!((noted.note.as_str(), old(&noted)), ("町内の会議のみ", old(&shown[1])));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_planned_value_that_is_taken_out_is_gone_from_the_plan_and_stays_in_the_edition_before(pool: PgPool) {
    let office = Office::new(pool).await;
    let (role, period) = (target(&office.live().await).role, target(&office.live().await).period);
    office.step(office.first(), "目標値を削除", |content| edit::remove_point(content, KPI, "main", role, period).unwrap()).await;
    office.publish(&office.town.world.db).await;
    let none = |content: &PlanContent| kpi(content, KPI).parts[0].points.iter().all(|point| point.role != Role::Target);
    assert!(none(&office.live().await) && none(&office.edition(SLUG, Some(2)).await.content));
    assert_eq!(target(&office.edition(SLUG, Some(1)).await.content).value, Value::number(90.into()));
    // The record of it is kept.
    let rows = "select concat_ws(' ', o.revision, o.amount, o.withdrawn) from rashin.kpi_points o join rashin.kpis k on k.id = o.kpi_id
                where k.code = 'AOB-03' and o.role = 'target' order by o.revision";
    assert_eq!(office.town.world.texts(office.town.id, rows).await, ["1 90 f", "2 90 t"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_kpi_that_is_taken_out_and_put_back_keeps_its_figures(pool: PgPool) {
    let office = Office::new(pool).await;
    let before = kpi(&office.live().await, KPI).clone();
    assert!(!before.parts[0].actuals.is_empty());
    office.step(office.first(), "指標を削除", |content| edit::remove(content, Kind::Kpi, KPI).unwrap()).await;
    office.publish(&office.town.world.db).await;
    assert!(office.live().await.kpi(KPI).is_none() && office.edition(SLUG, Some(2)).await.content.kpi(KPI).is_none());

    // As a form would make it again: without figures, and with a target only.
    let mut back = before.clone();
    back.parts[0].actuals.clear();
    back.parts[0].points.retain(|point| point.role == Role::Target);
    office.step(office.first(), "指標を戻す", |content| edit::put_kpi(content, None, back.clone()).unwrap()).await;
    office.publish(&office.town.world.db).await;
    let again = kpi(&office.live().await, KPI).clone();
    assert_eq!(again.parts[0].actuals, before.parts[0].actuals);
    assert_eq!(again.parts[0].points, back.parts[0].points, "the planned values are the new ones");
    let third = office.edition(SLUG, Some(3)).await;
    assert_eq!(third.content.kpi(KPI), Some(&again));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_key_of_a_retired_node_is_not_given_again(pool: PgPool) {
    let office = Office::new(pool).await;
    office.step(office.first(), "追加", |content| child(content, "p2", "n7")).await;
    office.publish(&office.town.world.db).await;
    office.step(office.first(), "廃止", |content| edit::end_node(content, "n7", true).unwrap()).await;
    office.publish(&office.town.world.db).await;
    office.step(office.first(), "追加", |content| child(content, "p2", "n8")).await;
    office.discard().await;
    let mut tx = office.town.enter(office.first()).await;
    let used = tx.used_keys(office.town.plan, Kind::Node).await.unwrap();
    for key in ["n7", "n8", "p1-1"] {
        assert!(used.iter().any(|used| used == key), "{key}");
    }
    let line = office.live().await.lineage;
    assert!(line.iter().any(|line| line.from_node == "n7" && line.to_node.is_empty()), "its end is written down: {line:?}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_kpi_of_two_plans_shares_figures_and_definition_and_has_targets_of_its_own(pool: PgPool) {
    let office = Office::new(pool).await;
    let mut second = seed("demo/aobadai/dx-kousou");
    (second.plan.slug, second.kpis) = ("second".to_owned(), Vec::new());
    let (plan, _) = office.town.world.import(CITY, &second).await;

    let mut tx = office.town.enter(office.first()).await;
    let desk = tx.desk_to_change("second").await.unwrap();
    assert!(tx.kpis_elsewhere(plan).await.unwrap().iter().any(|(code, _)| code == KPI));
    let mut shared = tx.kpi_elsewhere(plan, KPI).await.unwrap().unwrap();
    let mut point = target(&office.live().await).clone();
    (point.value, point.replaced) = (Value::number(55.into()), Vec::new());
    shared.parts[0].points = vec![point];
    let after = edit::put_kpi(desk.content(), None, shared).unwrap();
    let permit = may(&tx, &Action::Edit);
    tx.record_step(permit, &desk, &after, "ほかの計画の指標を使う").await.unwrap();
    tx.commit().await.unwrap();
    office.publish_plan(&office.town.world.db, plan).await;

    let (ours, theirs) = (office.live().await, office.town.world.content(CITY, plan).await);
    let (one, other) = (kpi(&ours, KPI), kpi(&theirs, KPI));
    assert_eq!((one.parts[0].actuals.len(), &one.parts[0].actuals), (2, &other.parts[0].actuals));
    assert_eq!((&one.name, &one.formula, &one.parts[0].unit), (&other.name, &other.formula, &other.parts[0].unit));
    assert_eq!((&target(&ours).value, &target(&theirs).value), (&Value::number(90.into()), &Value::number(55.into())));
    let published = office.edition("second", Some(1)).await;
    assert_eq!(published.content.kpi(KPI), Some(other), "the edition shows the shared figures");
    // Taken out of one plan, it stays in the other.
    office.step(office.first(), "指標を削除", |content| edit::remove(content, Kind::Kpi, KPI).unwrap()).await;
    office.publish(&office.town.world.db).await;
    assert_eq!(office.town.world.content(CITY, plan).await, theirs);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_kpi_that_was_dropped_and_brought_back_is_what_it_was_with_its_figures(pool: PgPool) {
    let office = Office::new(pool).await;
    let (live, first) = (office.live().await, office.edition(SLUG, Some(1)).await);
    office.step(office.first(), "指標を削除", |content| edit::remove(content, Kind::Kpi, KPI).unwrap()).await;
    office.publish(&office.town.world.db).await;
    assert_eq!(office.live().await.kpi(KPI), None);
    let desk = office.desk().await;
    let dropped = office.town.enter(office.first()).await.dropped_kpis(&desk).await.unwrap();
    assert_eq!(dropped, [kpi(&live, KPI).clone()]);
    office.step(office.first(), "指標を戻す", |content| edit::put_kpi(content, None, dropped[0].clone()).unwrap()).await;
    office.publish(&office.town.world.db).await;
    assert_eq!(kpi(&office.live().await, KPI), kpi(&live, KPI));
    assert_eq!(office.edition(SLUG, None).await.content.kpi(KPI), first.content.kpi(KPI));
    let mut tx = office.town.enter(office.first()).await;
    assert_eq!(tx.dropped_kpis(&office.desk().await).await.unwrap(), []);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_new_definition_begins_with_a_year_and_breaks_the_series(pool: PgPool) {
    let office = Office::new(pool).await;
    let change = DefinitionChange { from_year: FiscalYear(2027), series_break: true, note: "両面を2枚と数えます。".to_owned() };
    let wanted = change.clone();
    office
        .step(office.first(), "定義の変更", |content| {
            let mut changed = kpi(content, KPI).clone();
            changed.how_to_count = "両面は2枚。".to_owned();
            changed.changes.push(change);
            edit::put_kpi(content, Some(KPI), changed).unwrap()
        })
        .await;
    office.publish(&office.town.world.db).await;
    for content in [office.live().await, office.edition(SLUG, Some(2)).await.content] {
        assert_eq!(kpi(&content, KPI).changes, std::slice::from_ref(&wanted));
        assert_eq!(kpi(&content, KPI).how_to_count, "両面は2枚。");
    }
    assert!(kpi(&office.edition(SLUG, Some(1)).await.content, KPI).changes.is_empty());
    // Figures that were reported before stay with the definition they were counted by.
    let reports = "select distinct d.version::text from rashin.reports r join rashin.kpi_definitions d on d.id = r.definition_id
                   join rashin.kpis k on k.id = r.kpi_id where k.code = 'AOB-03'";
    assert_eq!(office.town.world.texts(office.town.id, reports).await, ["1"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_plan_with_a_known_address_is_not_begun_again(pool: PgPool) {
    let office = Office::new(pool).await;
    let mut tx = office.town.enter(office.first()).await;
    let permit = may(&tx, &Action::Edit);
    let error = tx.create_plan(permit, &seed("demo/aobadai/dx-kousou")).await.unwrap_err();
    assert!(error.is_conflict_on("plans_one_slug"));
    assert!(matches!(tx.desk("nowhere").await, Err(StoreError::NotFound)));
}
