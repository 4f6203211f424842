//! How long the server takes for its heaviest pages, on a plan larger than any town's: `cargo xtask bench`.

mod support;

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use rashin_domain::{
    clock::FiscalYear,
    kpi::{Maturity, Role},
    period::Period,
    plan::{Actual, Kpi, Level, Node, PlanContent, Point, RoadmapCell},
    value::Value,
};
use rashin_server::folder;
use rashin_workbook::MOST_ROWS;
use sqlx::PgPool;
use support::{Browser, Service, Table, repository};

/// Nodes of the generated plan: 5 levels, each node above with as many below.
const NODES: usize = 500;
const KPIS: usize = 300;
const ROUNDS: usize = 30;
/// What a page may take, in a release build.
const LIMIT: Duration = Duration::from_millis(50);

/// Midorino's plan grown to a size that no plan has: its texts, over and over.
fn grown() -> PlanContent {
    let mut content = folder::load(&repository().join("seeds/demo/midorino/dx-plan")).unwrap().content;
    content.plan.levels = (1..=5).map(|depth| Level { key: format!("l{depth}"), name: format!("第{depth}層"), depth }).collect();
    let (node, kpi) = (content.nodes[3].clone(), content.kpis[0].clone());
    let mut nodes: Vec<Node> = Vec::new();
    // Four children each: 4, 16, 64, 256, and the rest on the last level.
    for at in 0..NODES {
        let parent = (at >= 4).then(|| nodes[(at - 4) / 4].clone());
        let depth = parent.as_ref().map_or(1, |parent| parent.level[1..].parse::<i16>().unwrap() + 1).min(5);
        nodes.push(Node {
            key: format!("n{at}"),
            parent: parent.map(|parent| parent.key),
            level: format!("l{depth}"),
            number: format!("({at})"),
            title: format!("{}その{at}", node.title),
            ..node.clone()
        });
    }
    rashin_domain::draft::edit::in_tree_order(&mut nodes);
    let phase = content.plan.phases[0].key.clone();
    let cell = content.roadmap[0].clone();
    let years = || 2023..=2026;
    content.roadmap = nodes
        .iter()
        .flat_map(|node| years().map(|year| (node.key.clone(), year)))
        .map(|(node, year)| RoadmapCell { node, fiscal_year: FiscalYear(year), phase: phase.clone(), ..cell.clone() })
        .collect();
    let point = |role, year, amount: i64| {
        let sample = kpi.parts[0].points[0].clone();
        Point { role, period: Period::year(year), value: Value::number(amount.into()), ..sample }
    };
    let actual = |year: i16, amount: i64| {
        let sample = kpi.parts[0].actuals[0].clone();
        Actual { period: Period::year(year), value: Value::number(amount.into()), maturity: Maturity::Final, ..sample }
    };
    content.kpis = (0..KPIS)
        .map(|at| {
            let mut kpi =
                Kpi { code: format!("BIG-{at:03}"), name: format!("{}その{at}", kpi.name), node: nodes[at].key.clone(), ..kpi.clone() };
            let part = &mut kpi.parts[0];
            part.points = vec![point(Role::Baseline, 2022, 100), point(Role::Interim, 2026, 150), point(Role::Target, 2029, 200)];
            part.actuals = years().take(4).map(|year| actual(year, 100 + i64::from(year - 2022) * 15)).collect();
            kpi
        })
        .collect();
    content.nodes = nodes;
    // They hang on nodes that are gone.
    (content.milestones, content.standings) = (Vec::new(), Vec::new());
    content.plan.slug = "large".to_owned();
    // The newest plan of the town is the one that its pages show.
    content.plan.period_from = FiscalYear(2024);
    content
}

/// KPIs and years of the plan whose progress is looked at, and whose workbook is taken out: as many rows as both.
const PROGRESS: (usize, i16) = (200, 5);
/// What a page of its progress may take.
const PROGRESS_LIMIT: Duration = Duration::from_millis(30);
/// What taking out that workbook may take, and what looking at it filled in may, upload included.
const WORKBOOK_LIMITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(2));

/// Says how long something took; whether it was too long, in a release build.
fn is_slow(name: &str, begun: Instant, limit: Duration) -> bool {
    let took = begun.elapsed();
    println!("{name:40}{:8.1} ms", took.as_secs_f64() * 1000.0);
    // An unoptimised build says nothing about the limit.
    !cfg!(debug_assertions) && took > limit
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
#[ignore = "a measurement: cargo xtask bench"]
async fn a_workbook_of_a_large_plan_is_quick_both_ways(pool: PgPool) {
    let service = Service::start(pool.clone()).await;
    let mut content = grown();
    let (kpis, years) = PROGRESS;
    // In its fifth year all of them can be reported.
    content.plan.period_until = FiscalYear(2024 + years);
    service.advance(SignedDuration::from_hours(24 * 731));
    content.kpis.truncate(kpis);
    // Only the year before it is known.
    content.kpis.iter_mut().for_each(|kpi| kpi.parts[0].actuals.truncate(1));
    service.import("midorino", &content).await;
    sqlx::raw_sql("begin; set local role rashin_owner; analyze; commit").execute(&pool).await.unwrap();
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let url = "/midorino/staff/plans/large/workbook";
    // A row for each year, and for the half that a round asks.
    let rows = kpis * (usize::try_from(years).unwrap() + 1);
    office.get(url).await;
    let begun = Instant::now();
    let file = office.get(url).await;
    let mut slow = vec![is_slow(&format!("workbook: {rows} rows taken out"), begun, WORKBOOK_LIMITS.0)];
    let filled = Table::open(&file.body).type_everywhere("実績値", "151");
    let bytes = filled.save();
    let begun = Instant::now();
    let sent = office.post_file("/midorino/staff/updates/import-drafts", &[], ("file", "a.xlsx", &bytes)).await;
    let shown = office.follow(sent).await;
    slow.push(is_slow(&format!("workbook: {rows} rows looked at"), begun, WORKBOOK_LIMITS.1));
    shown.says(200, &[&format!("新規 {rows}件")]);
    // As many rows as are taken at all: each of them several times.
    let many = filled.repeated(MOST_ROWS / rows).save();
    let begun = Instant::now();
    let sent = office.post_file("/midorino/staff/updates/import-drafts", &[], ("file", "a.xlsx", &many)).await;
    assert_eq!(office.follow(sent).await.status, 200);
    slow.push(is_slow(&format!("workbook: {MOST_ROWS} rows looked at"), begun, WORKBOOK_LIMITS.1 * 3));
    assert!(!slow.contains(&true), "over the limits");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
#[ignore = "a measurement: cargo xtask bench"]
async fn the_progress_of_a_large_plan_is_read_quickly(pool: PgPool) {
    let service = Service::start(pool.clone()).await;
    let mut content = grown();
    let (kpis, years) = PROGRESS;
    content.plan.period_until = FiscalYear(2024 + years);
    service.advance(SignedDuration::from_hours(24 * 731));
    content.kpis.truncate(kpis);
    for kpi in &mut content.kpis {
        let part = &mut kpi.parts[0];
        let sample = part.actuals[0].clone();
        let of = |year| Actual {
            period: Period::year(year),
            value: Value::number((100 + i64::from(year - 2022) * 15).into()),
            ..sample.clone()
        };
        part.actuals = (2024..2024 + years).map(of).collect();
    }
    service.import("midorino", &content).await;
    sqlx::raw_sql("begin; set local role rashin_owner; analyze; commit").execute(&pool).await.unwrap();
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    println!("{kpis} KPIs × {years} years, median of {ROUNDS} rounds");
    let mut slow = Vec::new();
    for page in ["progress", "grid", "grid?sort=status&state=open&year=2028"] {
        let took = median(&mut office, &format!("/midorino/staff/{page}")).await;
        println!("{page:40}{:8.1} ms", took.as_secs_f64() * 1000.0);
        slow.extend((!cfg!(debug_assertions) && took > PROGRESS_LIMIT).then_some(page));
    }
    assert!(slow.is_empty(), "over {PROGRESS_LIMIT:?}: {slow:?}");
}

/// The median of some rounds, after one to warm up.
async fn median(browser: &mut Browser, path: &str) -> Duration {
    browser.get(path).await.says(200, &[]);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let answer = browser.get(path).await;
        times.push(begun.elapsed());
        assert_eq!(answer.status, 200, "{path}");
    }
    times.sort();
    times[times.len() / 2]
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
#[ignore = "a measurement: cargo xtask bench"]
async fn the_heaviest_pages_of_the_largest_plan_are_quick(pool: PgPool) {
    let service = Service::start(pool.clone()).await;
    service.import("midorino", &grown()).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let publish = [("reason", "計測"), ("number", "1")];
    office.submit("/midorino/staff/editions", &publish).await.says(200, &["公表しました"]);
    let desk = "/midorino/staff/plans/large";
    for at in 0..20 {
        let term = format!("用語{at}");
        let fields = [("term", term.as_str()), ("explanation", "説明"), ("reading", "original")];
        office.submit(&format!("{desk}/objects/terms"), &fields).await.says(200, &["案に保存しました"]);
    }
    // PostgreSQL's own housekeeping does this within a minute; until then it guesses how large the tables are.
    sqlx::raw_sql("begin; set local role rashin_owner; analyze; commit").execute(&pool).await.unwrap();
    let mut public = service.browser();
    let mut slow = Vec::new();
    println!("{NODES} nodes, {KPIS} KPIs, median of {ROUNDS} rounds");
    for (name, path, staff) in [
        ("editor: desk", desk.to_owned(), true),
        ("editor: node", format!("{desk}/objects/nodes/n1"), true),
        ("editor: list of KPIs", format!("{desk}/objects/kpis"), true),
        ("editor: KPI", format!("{desk}/objects/kpis/BIG-007"), true),
        ("editor: comparison", format!("{desk}/comparison"), true),
        ("public: list of KPIs", "/midorino/kpis".to_owned(), false),
        ("public: KPI", "/midorino/kpis/BIG-007".to_owned(), false),
    ] {
        let took = median(if staff { &mut office } else { &mut public }, &path).await;
        println!("{name:24}{:8.1} ms", took.as_secs_f64() * 1000.0);
        if took > LIMIT {
            slow.push(name);
        }
    }
    // An unoptimised build says nothing about the limit.
    assert!(cfg!(debug_assertions) || slow.is_empty(), "over {LIMIT:?}: {slow:?}");
}
