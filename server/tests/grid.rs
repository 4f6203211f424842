//! 指標と期間の一覧: every KPI with its figures, what is owed, filtered, ordered and taken away.

mod support;

use sqlx::PgPool;
use support::{Service, main};

const GRID: &str = "/midorino/staff/grid";

/// The names of the KPIs of a page, in their order.
fn names(page: &str) -> Vec<String> {
    let rows = main(page).split("<th scope=\"row\">").skip(1);
    rows.map(|row| row.split_once("</a>").unwrap().0.trim_end_matches("<!>").rsplit('>').next().unwrap().to_owned()).collect()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_kpi_stands_with_its_figures_and_with_what_is_owed(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let page = office.get(GRID).await;
    page.says(200, &["指標は16件です。2026(令和8)年度 上半期の報告は、指標16件中", "各種申請手続き等のデジタル化数", "2025(令和7)年度"]);
    let all = names(&page.text());
    assert!(all.len() >= 16 && all[0] == "各種申請手続き等のデジタル化数", "the plan's order: {all:?}");
    // Only who runs the year chooses whom to remind.
    assert!(page.text().contains("選んだ指標の担当に催促する"));
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let seen = viewer.get(GRID).await;
    seen.says(200, &["各種申請手続き等のデジタル化数"]);
    assert!(!seen.text().contains("催促") && !seen.text().contains("type=\"checkbox\""));
    // A report turns 未報告 into 承認待ち.
    let state = |code| format!("{GRID}?state={code}&year=2026");
    assert!(office.get(&state("missing")).await.text().contains("MID-01"));
    assert!(!office.get(&state("waiting")).await.text().contains("MID-01　"));
    let half = [("period", "FY2026H1"), ("maturity", "preliminary"), ("value.main", "150"), ("seen.FY2026H1", "0")];
    let mut section = service.signed_in("sato@midorino.example").await;
    service.report(&mut section, "midorino", "MID-01", &half).await;
    assert!(!office.get(&state("missing")).await.text().contains("MID-01　"));
    let waiting = office.get(&state("waiting")).await;
    waiting.says(200, &["MID-01", "承認待ち", "2026(令和8)年度 上半期"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_list_is_narrowed_and_ordered_by_the_address_alone(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let all = names(&viewer.get(GRID).await.text());
    let called = names(&viewer.get(&format!("{GRID}?q=%E3%83%87%E3%82%B8%E3%82%BF%E3%83%AB%E5%8C%96")).await.text());
    assert!(!called.is_empty() && called.iter().all(|name| name.contains("デジタル化")), "{called:?}");
    let shimin = service.section("midorino", "shimin").await;
    let of_section = viewer.get(&format!("{GRID}?section={shimin}")).await;
    let mut narrowed = names(&of_section.text());
    assert!(narrowed.len() > 1 && narrowed.len() < all.len());
    narrowed.retain(|name| !all.contains(name));
    assert_eq!(narrowed, Vec::<String>::new());
    let mut by_name = all.clone();
    by_name.sort();
    assert_eq!(names(&viewer.get(&format!("{GRID}?sort=name")).await.text()), by_name);
    // What no plan knows shows nothing, and the way back.
    for nonsense in ["section=nowhere", "strategy=x", "q=nothing-like-it", "state=unheard"] {
        viewer.get(&format!("{GRID}?{nonsense}")).await.says(200, &["条件に合う指標はありません", "すべてを表示する"]);
    }
    viewer.get(&format!("{GRID}?page=99&year=1900&sort=up&status=none")).await.says(200, &["16件（計画の掲載順）"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_file_has_what_the_page_shows(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let file = viewer.get(&format!("{GRID}.csv?sort=name")).await.text();
    let head = "\u{feff}指標コード,指標,内訳,単位,重点戦略,担当課,現状値,";
    assert!(file.starts_with(head) && file.contains(",目標値,判定,報告の状況\r\n"), "{file}");
    let mut reader = csv::Reader::from_reader(file.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let shown = names(&viewer.get(&format!("{GRID}?sort=name")).await.text());
    assert_eq!(rows.len(), shown.len());
    let first = rows.iter().find(|row| &row[0] == "MID-01").unwrap();
    let year = reader.headers().unwrap().iter().position(|name| name == "2025(令和7)年度").unwrap();
    let page = viewer.get(&format!("{GRID}?q=MID-01")).await;
    assert!(!first[year].is_empty() && page.text().contains(&format!(">{}<", &first[year])), "{first:?}");
    let narrowed = viewer.get(&format!("{GRID}.csv?q=MID-01")).await.text();
    assert_eq!(narrowed.lines().count(), 2, "{narrowed}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_town_without_rounds_or_figures_has_a_list_too(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@aobadai.example").await;
    let page = office.get("/aobadai/staff/grid").await;
    page.says(200, &["指標は"]);
    assert!(!page.text().contains("報告の状況") && !page.text().contains("催促"), "nobody is asked anything");
}
