//! The export holds everything of the tenant and nothing else, and what it holds can be read back.

mod support;

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    time::{Duration, Instant},
};

use rashin_domain::{
    access::{Action, decide},
    plan::PlanContent,
    plan_folder::{Files, read, write},
    tenancy::{LocalCode, Slug, TenantKind},
};
use rashin_server::folder;
use rashin_store::maintenance::NewTenant;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool};
use support::{Service, repository};

const PAGE: &str = "/kai/staff/exports";

/// The files of the tenant's export, as its admin takes it.
async fn taken(service: &Service, city: &str) -> BTreeMap<String, Vec<u8>> {
    let mut admin = service.signed_in(&format!("kanri@{city}.example")).await;
    let answer = admin.post(&format!("/{city}/staff/exports"), &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/zip"), "{}", answer.text());
    assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{city}-2026-11-22.zip\""));
    assert_eq!(answer.header("content-encoding"), "", "it is packed already");
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.body)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().to_owned(), bytes);
    }
    files
}

fn text<'a>(files: &'a BTreeMap<String, Vec<u8>>, path: &str) -> &'a str {
    std::str::from_utf8(files.get(path).unwrap_or_else(|| panic!("no {path}"))).unwrap()
}

fn rows(files: &BTreeMap<String, Vec<u8>>, table: &str) -> Vec<Value> {
    serde_json::from_str(text(files, &format!("tables/{table}.json"))).unwrap()
}

/// Every table of every schema that has a tenant_id, asked without the function that the export asks.
async fn tenant_tables(service: &Service) -> Vec<String> {
    let sql =
        "select table_name::text from information_schema.columns where column_name = 'tenant_id' and table_schema = 'rashin' order by 1";
    sqlx::query_scalar(sql).fetch_all(&service.pool).await.unwrap()
}

/// Statements with the owner's rights inside 甲斐市.
async fn run(service: &Service, sql: &str) {
    let id = "select set_config('app.tenant_id', tenant_id::text, true) from rashin.tenant_names where slug = 'kai'";
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::raw_sql("set local role rashin_owner").execute(&mut *tx).await.unwrap();
    sqlx::query(id).execute(&mut *tx).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn count(service: &Service, table: &str) -> usize {
    let id = "select set_config('app.tenant_id', tenant_id::text, true) from rashin.tenant_names where slug = 'kai'";
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::raw_sql("set local role rashin_owner").execute(&mut *tx).await.unwrap();
    sqlx::query(id).execute(&mut *tx).await.unwrap();
    let sql = format!("select count(*) from rashin.{table} where tenant_id = rashin.current_tenant()");
    sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).fetch_one(&mut *tx).await.unwrap() as usize
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_table_with_rows_of_tenants_is_in_it_whole(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut counts = BTreeMap::new();
    for table in tenant_tables(&service).await {
        counts.insert(table.clone(), count(&service, &table).await);
    }
    let files = taken(&service, "kai").await;
    let own: String =
        sqlx::query_scalar("select tenant_id::text from rashin.tenant_names where slug = 'kai'").fetch_one(&service.pool).await.unwrap();
    assert!(counts.len() > 30 && counts.values().filter(|rows| **rows > 0).count() > 25, "{counts:?}");
    for (table, expected) in counts {
        let rows = rows(&files, &table);
        assert_eq!(rows.len(), expected, "{table}");
        assert!(rows.iter().all(|row| row["tenant_id"] == own.as_str()), "{table} has rows of others");
        let csv = text(&files, &format!("tables/{table}.csv"));
        assert!(csv.starts_with('\u{feff}'), "{table}");
        let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        let columns = reader.headers().unwrap().clone();
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), expected, "{table}");
        for (record, row) in records.iter().zip(&rows) {
            assert_eq!(row.as_object().unwrap().len(), columns.len(), "{table}");
            assert!(record.iter().all(|cell| cell.chars().count() <= 30_001), "{table}: Excel takes no longer cell");
        }
        for readme in ["README.md", "README.ja.md"] {
            let line = text(&files, readme).lines().find(|line| line.contains(&format!("tables/{table}.json"))).unwrap();
            assert!(!line.contains(&format!("| {table} |")), "{readme} does not describe {table}: app/src/audit/contents.rs");
        }
    }
    let page = service.signed_in("kanri@kai.example").await.get(PAGE).await.says(200, &["全データをZIPで取り出す", "操作の記録"]).text();
    assert!(page.contains("<code>kpi_actuals"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_decimal_keeps_its_digits_and_no_secret_is_in_it(pool: PgPool) {
    let service = Service::start(pool).await;
    let files = taken(&service, "kai").await;
    let amounts: Vec<String> = rows(&files, "kpi_points").iter().filter_map(|row| row["amount"].as_str().map(str::to_owned)).collect();
    assert!(amounts.iter().any(|amount| amount.contains('.')), "{amounts:?}");
    assert!(rows(&files, "kpi_points").iter().all(|row| !row["amount"].is_number()));
    for (path, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        for secret in ["argon2id", "password_hash", "token_hash", "@kai.example"] {
            assert!(!text.contains(secret), "{path} holds {secret}");
        }
    }
    for table in ["people", "credentials", "sessions", "one_time_links", "identity_log"] {
        assert!(!files.contains_key(&format!("tables/{table}.json")), "{table}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn plans_are_read_back_into_an_empty_tenant_without_a_difference(pool: PgPool) {
    let service = Service::start(pool).await;
    let files = taken(&service, "kai").await;
    let (slug, code) = (Slug::parse("empty").unwrap(), LocalCode::parse("992020").unwrap());
    let empty = NewTenant {
        kind: TenantKind::Municipality,
        slug: &slug,
        code: &code,
        name: "空町（架空）",
        kana: "からまち",
        prefecture: "99",
        fictional: true,
    };
    service.maintenance.create_tenant(empty).await.unwrap();
    let mut plans = 0;
    // The predecessor first: the plan names it.
    for plan in ["smart-kai-promotion", "dx-action-plan"] {
        let prefix = format!("plans/{plan}/");
        let folder: Files =
            files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&prefix)?.to_owned(), bytes.clone()))).collect();
        let content = read(&folder).unwrap_or_else(|faults| panic!("{faults:?}")).content;
        let mut tx = service.maintenance.enter("empty").await.unwrap();
        let permit = decide(tx.actor(), &Action::Import).unwrap();
        tx.import_plan(permit, &content).await.unwrap();
        let id = tx.plan_id(plan).await.unwrap().unwrap();
        let again = tx.plan_content(id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(write("192104", &again), folder, "{plan}");
        plans += 1;
    }
    assert_eq!(files.keys().filter(|path| path.starts_with("plans/") && path.ends_with("/plan.toml")).count(), plans);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn editions_are_the_stored_ones_with_those_that_were_withdrawn(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let withdrawal = office.post("/kai/staff/plans/dx-action-plan/editions/1/withdrawals", &[("withdrawal_reason", "試験")]).await;
    assert_eq!(withdrawal.status, 303);
    let files = taken(&service, "kai").await;
    let edition: Value = serde_json::from_str(text(&files, "editions/dx-action-plan/1.json")).unwrap();
    assert_eq!((&edition["number"], &edition["municipality"]["code"]), (&Value::from(1), &Value::from("192104")));
    let row = rows(&files, "editions").into_iter().find(|row| row["plan_slug"] == "dx-action-plan").unwrap();
    assert_eq!((&row["withdrawn_reason"], &row["content"]), (&Value::from("試験"), &edition), "the table tells that it was withdrawn");
    assert!(text(&files, "tables/editions.csv").contains("（JSONを参照）"), "too long for a cell");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn bytes_of_a_table_that_comes_later_are_files(pool: PgPool) {
    let service = Service::start(pool).await;
    run(&service, "create table rashin.later (tenant_id uuid not null references rashin.tenants, id uuid not null, \"odd name\" text, bytes bytea, primary key (tenant_id, id));
                   call rashin.close('rashin.later', 'select');
                   insert into rashin.later values (rashin.current_tenant(), '01990000-0000-7000-8000-000000000001', '=a', '\\x00ff2501'),
                                                   (rashin.current_tenant(), '01990000-0000-7000-8000-000000000002', null, null);
                   insert into rashin.later select id, gen_random_uuid(), 'of another', '\\x01' from rashin.tenants where false").await;
    let files = taken(&service, "kai").await;
    let path = "files/later/01990000-0000-7000-8000-000000000001/bytes";
    assert_eq!(files[path], [0x00, 0xff, 0x25, 0x01]);
    assert_eq!(files.keys().filter(|path| path.starts_with("files/later/")).count(), 1);
    let rows = rows(&files, "later");
    assert_eq!((&rows[0]["bytes"], &rows[0]["odd name"]), (&Value::from(path), &Value::from("=a")));
    assert_eq!((&rows[1]["bytes"], &rows[1]["odd name"]), (&Value::Null, &Value::Null));
    let csv = text(&files, "tables/later.csv");
    assert!(csv.contains(&format!(",'=a,{path}\r\n")), "{csv}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_table_that_nobody_may_read_fails_the_export_instead_of_missing(pool: PgPool) {
    let service = Service::start(pool).await;
    run(&service, "create table rashin.hidden (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)); call rashin.close('rashin.hidden', 'insert')").await;
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.post(PAGE, &[]).await.says(500, &["受付番号"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn taking_it_is_logged_and_trying_to_is_too(pool: PgPool) {
    let service = Service::start(pool).await;
    taken(&service, "kai").await;
    service.signed_in("jimukyoku@kai.example").await.post(PAGE, &[]).await.says(403, &["管理者"]);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.get("/kai/staff/log?kind=export").await.says(200, &["データの持ち出し", "団体の全データ", "架空 太郎", "表の数"]);
    admin.get("/kai/staff/log?kind=refused").await.says(200, &["断られた操作（記録の閲覧）", PAGE]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_large_tenant_takes_seconds(pool: PgPool) {
    let service = Service::start(pool).await;
    service.import("kai", &large()).await;
    let begun = Instant::now();
    let files = taken(&service, "kai").await;
    let took = begun.elapsed();
    eprintln!("a tenant of 500 nodes and 300 KPIs: {took:?}");
    assert!(rows(&files, "nodes").len() > 500 && rows(&files, "kpis").len() > 300);
    assert!(took < Duration::from_secs(20), "{took:?}");
}

/// 甲斐市's plan, grown to 500 nodes and 300 KPIs.
fn large() -> PlanContent {
    let mut content = folder::load(&repository().join("seeds/kai/dx-action-plan")).unwrap().content;
    for number in content.nodes.len()..500 {
        let mut node = content.nodes[0].clone();
        (node.key, node.title) = (format!("x{number}"), format!("追加の取組{number}"));
        content.nodes.push(node);
    }
    for number in content.kpis.len()..300 {
        let mut kpi = content.kpis[0].clone();
        (kpi.code, kpi.name) = (format!("XX-{number}"), format!("追加の指標{number}"));
        content.kpis.push(kpi);
    }
    content
}
