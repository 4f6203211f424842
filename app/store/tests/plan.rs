//! Plans go in as folders, come out as they went in, and forget nothing on the way.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use jiff::civil::date;
use rashin_domain::{
    access::Action,
    clock::FiscalYear,
    ids::{PlanId, ReportId, TenantId},
    kpi::{ActualReport, Maturity, Role},
    period::Period,
    plan::{Actual, DefinitionChange, Kpi, PlanContent, Replaced},
    plan_folder::{read, write},
    value::Value,
};
use rashin_store::plan_import::Imported;
use sqlx::PgPool;
use support::{TODAY, Town, World, histories::Pasts, may, seed};

const SEEDS: [&str; 4] = ["kai/smart-kai-promotion", "kai/dx-action-plan", "demo/midorino/dx-plan", "demo/aobadai/dx-kousou"];
const KPI: &str = "AOB-03";

/// Every row of the tenant but its log, as text.
async fn all_rows(world: &World, tenant: TenantId) -> Vec<String> {
    let tables = "select relname::text from pg_class where relnamespace = 'rashin'::regnamespace and relkind = 'r'
                  and relname not in ('audit_log', 'tenant_names', 'public_catalogue')
                  and exists (select from pg_attribute a where a.attrelid = pg_class.oid and a.attname = 'tenant_id') order by 1";
    let mut rows = Vec::new();
    for table in world.texts(tenant, tables).await {
        rows.extend(world.texts(tenant, &format!("select '{table} ' || t::text from rashin.{table} t order by id")).await);
    }
    rows
}

fn kpi(content: &mut PlanContent) -> &mut Kpi {
    content.kpis.iter_mut().find(|kpi| kpi.code == KPI).unwrap()
}

fn number(amount: i64) -> Value {
    Value::number(amount.into())
}

async fn actual(town: &Town, year: i16) -> Option<Actual> {
    let mut content = town.world.content("aobadai", town.plan).await;
    kpi(&mut content).parts[0].actual(Period::year(year)).cloned()
}

async fn import(town: &Town, content: &PlanContent) -> Imported {
    town.world.import("aobadai", content).await.1
}

/// Staff report a figure of 2025, over the one that was imported, or of 2026, which has none.
async fn report(town: &Town, year: i16, amount: i64, approved: bool) {
    let mut tx = town.enter(&town.reporter).await;
    let report = ActualReport {
        period: Period::year(year),
        maturity: Maturity::Final,
        as_of: None,
        values: vec![("main".to_owned(), number(amount))],
        standing: None,
        note: String::new(),
        link: String::new(),
        reason: "再集計".to_owned(),
        seen_revision: i32::from(year == 2025),
    };
    let id = ReportId(town.world.db.ids.uuid(tx.now()));
    town.file(&mut tx, id, KPI, &report).await.unwrap();
    tx.commit().await.unwrap();
    if approved {
        let mut tx = town.enter(&town.approver).await;
        let report = tx.report(id).await.unwrap();
        town.decide(&mut tx, &report, true, "").await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn importing_a_plan_again_changes_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    let city = world.aobadai().await;
    for folder in SEEDS {
        let content = seed(folder);
        let (plan, first) = world.import("aobadai", &content).await;
        assert_eq!(first.kpis, content.kpis.len(), "{folder}");
        let before = all_rows(&world, city).await;
        let (again, second) = world.import("aobadai", &content).await;
        assert_eq!(plan, again);
        assert!(second.nothing_changed(), "{folder}: {second:?}");
        assert_eq!(all_rows(&world, city).await, before, "{folder}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_plan_comes_out_as_it_went_in(pool: PgPool) {
    let world = World::new(pool).await;
    world.aobadai().await;
    let mut plans: Vec<(&str, PlanId)> = Vec::new();
    for folder in SEEDS {
        plans.push((folder, world.import("aobadai", &seed(folder)).await.0));
    }
    // Once all are in: one plan does not disturb another.
    for (folder, plan) in plans {
        let content = world.content("aobadai", plan).await;
        assert_eq!(content, seed(folder), "{folder}");
        let exported = read(&write("993018", &content)).unwrap();
        assert_eq!(exported.content, content, "{folder}");
    }
}

/// What a folder carries: all but how many reports there were, and for which section.
fn carried(mut content: PlanContent) -> PlanContent {
    for actual in content.kpis.iter_mut().flat_map(|kpi| &mut kpi.parts).flat_map(|part| &mut part.actuals) {
        (actual.revision, actual.section) = (1, String::new());
    }
    content
}

/// JSON shows the printed scale of figures, too.
#[track_caller]
fn assert_same(there: PlanContent, here: PlanContent) {
    let (there, here) = (carried(there), carried(here));
    for (there, here) in there.kpis.iter().zip(&here.kpis) {
        assert_eq!(there, here);
    }
    assert_eq!(there, here);
    assert_eq!(serde_json::to_string(&there).unwrap(), serde_json::to_string(&here).unwrap());
}

/// Takes a plan of あおば台町 as a folder to みどり野市, which has none; what is there then.
async fn moved(world: &World, plan: PlanId) -> PlanContent {
    let folder = read(&write("993018", &world.content("aobadai", plan).await)).unwrap();
    let (there, _) = world.import("midorino", &folder.content).await;
    assert!(world.import("midorino", &folder.content).await.1.nothing_changed());
    world.content("midorino", there).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_plan_with_any_past_moves_to_an_empty_tenant_as_it_is(pool: PgPool) {
    let world = World::new(pool).await;
    world.aobadai().await;
    world.midorino().await;
    let mut pasts = Pasts::new();
    for (at, folder) in SEEDS.iter().chain(&SEEDS[1..]).enumerate() {
        let mut content = pasts.give(seed(folder));
        // Each one is new to both tenants.
        content.plan.slug = format!("plan-{at}");
        content.kpis.iter_mut().for_each(|kpi| kpi.code = format!("{at}-{}", kpi.code));
        let (plan, _) = world.import("aobadai", &content).await;
        let here = world.content("aobadai", plan).await;
        assert_same(here.clone(), content);
        assert_same(moved(&world, plan).await, here);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_revised_redefined_and_corrected_moves_to_an_empty_tenant_as_it_is(pool: PgPool) {
    let town = Town::new(pool).await;
    let there = town.world.midorino().await;
    report(&town, 2025, 151, true).await;
    report(&town, 2026, 88, true).await;
    let mut content = town.world.content("aobadai", town.plan).await;
    let changed = kpi(&mut content);
    let change = DefinitionChange { from_year: FiscalYear(2026), series_break: true, note: "コピーも数える。".to_owned() };
    (changed.how_to_count, changed.template) = (change.note.clone(), Some("T-01".to_owned()));
    changed.changes.push(change);
    let targets = changed.parts[0].points.iter_mut().filter(|point| point.role == Role::Target);
    for (point, decided_on) in targets.zip([Some(date(2026, 3, 20)), None]) {
        (point.value, point.reason, point.decided_on) = (number(80), "上方修正".to_owned(), decided_on);
    }
    import(&town, &content).await;
    // Withdrawn, and set again.
    let withdrawn = "insert into rashin.kpi_points
        select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'revision', 2, 'withdrawn', true))).*
        from rashin.kpi_points o join rashin.kpis k on k.id = o.kpi_id where k.code = 'AOB-03' and role = 'baseline'";
    town.world.as_owner(town.id, withdrawn).await;
    import(&town, &content).await;
    let here = town.world.content("aobadai", town.plan).await;
    let of = here.kpi(KPI).unwrap();
    let (baseline, target) = (of.parts[0].point(Role::Baseline).unwrap(), of.parts[0].point(Role::Target).unwrap());
    assert_eq!((baseline.replaced.len(), target.replaced.len()), (1, 1));
    assert_eq!(of.parts[0].actual(Period::year(2025)).unwrap().replaced.len(), 1);
    assert_same(moved(&town.world, town.plan).await, here);
    let versions = "select concat_ws(' ', d.version, d.effective_from, d.series_break, d.template) from rashin.kpi_definitions d
                    join rashin.kpis k on k.id = d.kpi_id where k.code = 'AOB-03' order by d.version";
    assert_eq!(town.world.texts(there, versions).await, ["1 2026 t T-01"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_later_folder_brings_the_revisions_since_the_earlier_one(pool: PgPool) {
    let world = World::new(pool).await;
    world.aobadai().await;
    world.midorino().await;
    let later = Pasts::new().give(seed("demo/aobadai/dx-kousou"));
    let mut earlier = later.clone();
    for part in earlier.kpis.iter_mut().flat_map(|kpi| &mut kpi.parts) {
        for point in part.points.iter_mut().filter(|point| !point.replaced.is_empty()) {
            point.value = point.replaced.remove(0).value;
            (point.reason, point.decided_on) = point.replaced.first().map(|old| (old.reason.clone(), None)).unwrap_or_default();
        }
        for actual in part.actuals.iter_mut().filter(|actual| !actual.replaced.is_empty()) {
            actual.value = actual.replaced.remove(0).value;
        }
    }
    earlier.kpis.iter_mut().for_each(|kpi| drop(kpi.changes.pop()));
    for content in [&earlier, &later] {
        let (plan, _) = world.import("aobadai", content).await;
        let there = world.content("aobadai", plan).await;
        for (there, here) in there.kpis.iter().zip(&content.kpis) {
            assert_eq!(there.changes, here.changes);
            for (there, here) in there.parts.iter().zip(&here.parts) {
                assert_eq!(there.points, here.points);
            }
        }
        assert!(world.import("aobadai", content).await.1.nothing_changed());
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_changed_note_link_or_source_of_a_figure_is_a_new_revision(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut content = seed("demo/aobadai/dx-kousou");
    let changes: [fn(&mut Actual); 3] = [
        |actual| actual.note = "速報値を含む。".to_owned(),
        |actual| actual.link = "https://example.jp/".to_owned(),
        |actual| actual.provenance.source_place = "5 実績".to_owned(),
    ];
    for (before, change) in changes.into_iter().enumerate() {
        change(kpi(&mut content).parts[0].actuals.last_mut().unwrap());
        assert_eq!(import(&town, &content).await, Imported { actuals: 1, ..Imported::default() });
        let of_2025 = actual(&town, 2025).await.unwrap();
        assert_eq!((of_2025.revision, of_2025.replaced.len()), (before as i32 + 2, before + 1));
        assert!(import(&town, &content).await.nothing_changed());
    }
    let last = kpi(&mut content).parts[0].actuals.last().cloned();
    assert_eq!(last.map(|last| (last.note, last.link)), actual(&town, 2025).await.map(|now| (now.note, now.link)));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_changed_target_is_a_new_revision_beside_the_old_one(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut content = seed("demo/aobadai/dx-kousou");
    let target = kpi(&mut content).parts[0].points.iter_mut().find(|point| point.role == Role::Target).unwrap();
    let old = Replaced { value: std::mem::replace(&mut target.value, number(80)), on: TODAY, reason: String::new() };
    assert_eq!(import(&town, &content).await, Imported { points: 1, ..Imported::default() });
    kpi(&mut content).parts[0].points.iter_mut().find(|point| point.role == Role::Target).unwrap().replaced.push(old);
    assert_eq!(town.world.content("aobadai", town.plan).await, content);
    let rows = "select concat_ws(' ', o.revision, o.amount) from rashin.kpi_points o join rashin.kpis k on k.id = o.kpi_id
                where k.code = 'AOB-03' and o.role = 'target' order by o.revision";
    assert_eq!(town.world.texts(town.id, rows).await, ["1 90", "2 80"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_changed_definition_is_a_new_version_beside_the_old_one(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut content = seed("demo/aobadai/dx-kousou");
    kpi(&mut content).how_to_count = "コピーも数える。".to_owned();
    kpi(&mut content).parts[0].unit = "枚".to_owned();
    assert_eq!(import(&town, &content).await, Imported { kpis: 1, ..Imported::default() });
    assert_eq!(town.world.content("aobadai", town.plan).await, content);
    let rows = "select concat_ws(' ', d.version, p.unit, d.how_to_count) from rashin.kpi_definitions d
                join rashin.kpis k on k.id = d.kpi_id join rashin.kpi_parts p on p.definition_id = d.id
                where k.code = 'AOB-03' order by d.version";
    assert_eq!(town.world.texts(town.id, rows).await, ["1 千枚 ", "2 枚 コピーも数える。"]);
    // A figure keeps the definition it was reported under.
    let reports = "select distinct d.version::text from rashin.reports r join rashin.kpi_definitions d on d.id = r.definition_id
                   join rashin.kpis k on k.id = r.kpi_id where k.code = 'AOB-03'";
    assert_eq!(town.world.texts(town.id, reports).await, ["1"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_changed_figure_of_a_folder_replaces_the_imported_one_in_the_open(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut content = seed("demo/aobadai/dx-kousou");
    kpi(&mut content).parts[0].actuals.last_mut().unwrap().value = number(149);
    assert_eq!(import(&town, &content).await, Imported { actuals: 1, ..Imported::default() });
    let of_2025 = actual(&town, 2025).await.unwrap();
    assert_eq!((of_2025.value, of_2025.revision), (number(149), 2));
    assert_eq!(of_2025.replaced.iter().map(|old| &old.value).collect::<Vec<_>>(), [&number(150)]);
    assert!(!of_2025.replaced[0].reason.is_empty());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_staff_reported_is_never_overridden_by_an_import(pool: PgPool) {
    let town = Town::new(pool).await;
    report(&town, 2025, 151, true).await;
    report(&town, 2026, 88, false).await;
    let mut content = seed("demo/aobadai/dx-kousou");
    let actuals = &mut kpi(&mut content).parts[0].actuals;
    actuals.last_mut().unwrap().value = number(149);
    let of_2026 = Actual { period: Period::year(2026), ..actuals[0].clone() };
    actuals.push(of_2026);
    for _ in 0..2 {
        assert!(import(&town, &content).await.nothing_changed());
    }
    let of_2025 = actual(&town, 2025).await.unwrap();
    assert_eq!((of_2025.value, of_2025.section.as_str()), (number(151), "総務課"));
    assert_eq!(actual(&town, 2026).await, None, "a report that waits is not overtaken either");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_kpi_that_serves_two_plans_is_one_kpi(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut second = seed("demo/aobadai/dx-kousou");
    second.plan.slug = "second".to_owned();
    let first_import = import(&town, &second).await;
    let points = second.kpis.iter().flat_map(|kpi| &kpi.parts).map(|part| part.points.len()).sum();
    assert_eq!(first_import, Imported { lists: 6, points, ..Imported::default() }, "planned values are the plan's, the rest is known");
    assert!(import(&town, &second).await.nothing_changed());
    assert!(import(&town, &seed("demo/aobadai/dx-kousou")).await.nothing_changed());
    report(&town, 2026, 88, true).await;
    assert_eq!(actual(&town, 2026).await.unwrap().value, number(88));
    let mut tx = town.enter(&town.secretary).await;
    let second = tx.plan_id("second").await.unwrap().unwrap();
    let kpis = rashin_store::kpi::of_plan(&mut tx, second, Some(KPI)).await.unwrap();
    assert_eq!(kpis[0].parts[0].actual(Period::year(2026)).unwrap().value, number(88));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_import_that_is_not_committed_leaves_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    let city = world.aobadai().await;
    let mut tx = world.maintenance().enter("aobadai").await.unwrap();
    let permit = may(&tx, &Action::Import);
    tx.import_plan(permit, &seed("demo/aobadai/dx-kousou")).await.unwrap();
    drop(tx);
    assert_eq!(all_rows(&world, city).await, [""; 0]);
    assert_eq!(world.texts(city, "select action from rashin.audit_log").await, [""; 0]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_import_is_logged_with_what_it_did(pool: PgPool) {
    let town = Town::new(pool).await;
    let line = "select concat_ws(' ', actor, action, subject, detail ->> 'kpis') from rashin.audit_log where action = 'import'";
    assert_eq!(town.world.texts(town.id, line).await, ["maintenance import dx-kousou 6"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_changed_tree_is_written_in_its_new_order(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut content = seed("demo/aobadai/dx-kousou");
    // A child is moved under another parent, and that parent stands after it.
    let moved = content.nodes.iter().position(|node| node.key == "p1-3").unwrap();
    content.nodes[moved].parent = Some("p3".to_owned());
    let mut parent = content.nodes[0].clone();
    (parent.key, parent.number) = ("p3".to_owned(), "3".to_owned());
    content.nodes.push(parent);
    content.nodes.reverse();
    assert_eq!(import(&town, &content).await.lists, 1);
    assert_eq!(town.world.content("aobadai", town.plan).await, content);
    assert!(import(&town, &content).await.nothing_changed());
}
