//! Open data: complete, exact, and of editions only.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use rashin_server::api::LISTED;
use serde_json::Value;
use sqlx::PgPool;
use support::{Answer, Browser, Send, Service};

const KAI: &str = "/api/v1/municipalities/192104/plans";
const PLAN: &str = "/api/v1/municipalities/192104/plans/dx-action-plan";

async fn json(browser: &mut Browser, path: &str) -> Value {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/json");
    serde_json::from_slice(&answer.body).unwrap()
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a Vec<Value> {
    value.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {pointer}"))
}

fn count(list: &[Value], is: impl Fn(&Value) -> bool) -> usize {
    list.iter().filter(|value| is(value)).count()
}

/// 「86.0」, 「5/64」, 「はい」, or the reason why there is none.
fn printed(value: &Value) -> String {
    match value["kind"].as_str().unwrap() {
        "number" => value["amount"].as_str().unwrap().to_owned(),
        "ratio" => format!("{}/{}", value["n"].as_str().unwrap(), value["of"].as_str().unwrap()),
        "yes_no" => if value["yes"] == true { "はい" } else { "いいえ" }.to_owned(),
        "unknown" => value["reason"].as_str().unwrap().to_owned(),
        other => panic!("{other}"),
    }
}

/// (KPI, part): baseline, interim target, target, exactly as printed in the plan, chapter 3-2.
const PRINTED: &[(&str, &str, [&str; 3])] = &[
    ("KAI-01", "main", ["3113", "not_stated", "3172"]),
    ("KAI-02", "main", ["60000", "66000", "72000"]),
    ("KAI-03", "main", ["4", "5", "6"]),
    ("KAI-04", "main", ["dash", "16", "40"]),
    ("KAI-05", "main", ["0", "not_stated", "set_at_introduction"]),
    ("KAI-06", "main", ["dash", "2", "5"]),
    ("KAI-07", "main", ["dash", "74.7", "86.0"]),
    ("KAI-08", "main", ["144", "154", "169"]),
    ("KAI-09", "main", ["16", "17", "18"]),
    ("KAI-10", "main", ["1", "set_at_introduction", "set_at_introduction"]),
    ("KAI-11", "main", ["27", "28", "30"]),
    ("KAI-12", "main", ["17580", "24200", "27000"]),
    ("KAI-13", "main", ["dash", "50.0", "100"]),
    ("KAI-14", "main", ["dash", "dash", "60"]),
    ("KAI-15", "main", ["1082000", "1094000", "1106000"]),
    ("KAI-16", "main", ["99.77", "100", "100"]),
    ("KAI-17", "main", ["dash", "12", "30"]),
    ("KAI-18", "main", ["dash", "20.0", "50.0"]),
    ("KAI-19", "main", ["dash", "74.7", "86.0"]),
    ("KAI-20", "main", ["dash", "2", "5"]),
    ("KAI-21", "main", ["13", "17", "23"]),
    ("KAI-22", "vehicles", ["64", "64", "63"]),
    ("KAI-22", "electric", ["5/64", "8/64", "12/63"]),
    ("KAI-22", "system", ["not_stated", "not_stated", "はい"]),
];

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn kais_plan_is_complete_and_its_values_are_as_printed(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.browser();
    let plan = json(&mut browser, PLAN).await;
    let nodes = list(&plan, "/content/nodes");
    let level = |key: &str| count(nodes, |node| node["level"] == key);
    assert_eq!(["strategy", "item", "initiative", "measure"].map(level), [4, 14, 35, 20]);
    let initiatives = |marker: &str, readings: &[&str]| {
        count(nodes, |node| {
            node["level"] == "initiative" && node["marker"] == marker && readings.contains(&node["reading"].as_str().unwrap())
        })
    };
    assert_eq!(initiatives("◆", &["original", "corrected"]), 13);
    assert_eq!(initiatives("◇", &["original", "corrected"]), 12);
    assert_eq!(initiatives("◆", &["inferred"]) + initiatives("◇", &["inferred"]) + initiatives("", &["inferred"]), 10);

    let kpis = list(&plan, "/content/kpis");
    assert_eq!(kpis.len(), 22);
    let mut values = BTreeMap::new();
    for kpi in kpis {
        for part in kpi["parts"].as_array().unwrap() {
            for point in part["points"].as_array().unwrap() {
                let key = (kpi["code"].as_str().unwrap(), part["key"].as_str().unwrap(), point["role"].as_str().unwrap());
                assert!(values.insert(key, printed(&point["value"])).is_none(), "{key:?} twice");
                assert!(point["source_place"].as_str().is_some_and(|place| !place.is_empty()), "{key:?} does not say where it stands");
            }
        }
    }
    assert_eq!(values.len(), 3 * PRINTED.len());
    for (code, part, expected) in PRINTED {
        let got = ["baseline", "interim", "target"].map(|role| values[&(*code, *part, role)].as_str());
        assert_eq!(got, *expected, "{code} {part}");
    }

    assert_eq!(list(&plan, "/content/attributes").len(), 7);
    let roadmap = list(&plan, "/content/roadmap");
    let rows: BTreeSet<&str> = roadmap.iter().map(|cell| cell["node"].as_str().unwrap()).collect();
    assert_eq!((rows.len(), roadmap.len()), (23, 47));
    let bodies = list(&plan, "/content/bodies");
    let duties: usize = bodies.iter().map(|body| body["duties"].as_array().unwrap().len()).sum();
    assert_eq!((bodies.len(), duties), (4, 13));
    assert_eq!(list(&plan, "/content/glossary").len(), 12);

    let before = json(&mut browser, &format!("{KAI}/smart-kai-promotion")).await;
    let nodes = list(&before, "/content/nodes");
    let level = |key: &str| count(nodes, |node| node["level"] == key);
    assert_eq!(["policy", "measure", "item"].map(level), [3, 10, 14]);
    assert_eq!(list(&before, "/content/roadmap").len(), 65);
    let parts: Vec<&Value> = list(&before, "/content/kpis").iter().flat_map(|kpi| kpi["parts"].as_array().unwrap()).collect();
    let actuals: Vec<String> =
        parts.iter().flat_map(|part| part["actuals"].as_array().unwrap()).map(|actual| printed(&actual["value"])).collect();
    assert_eq!(actuals.len(), 14);
    for value in ["141", "8945", "97.2", "-584646", "98.90", "11446", "75.4"] {
        assert!(actuals.contains(&value.to_owned()), "{value} is missing: {actuals:?}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_csv_opens_in_excel_and_runs_no_formula(pool: PgPool) {
    let service = Service::start(pool).await;
    rename(&service, "=HYPERLINK(\"http://evil.example\",\"押す\")", "+表題").await;
    publish(&service, "midorino").await;
    let mut browser = service.browser();
    let answer = browser.get("/api/v1/municipalities/992011/plans/dx-plan/kpis.csv").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"992011-dx-plan-edition2.csv\""));
    assert!(answer.body.starts_with(b"\xef\xbb\xbf"), "no BOM");
    let mut reader = csv::Reader::from_reader(&answer.body[3..]);
    let head = reader.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|one| one == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    assert!(rows.len() > 50);
    for cell in rows.iter().flat_map(|row| row.iter()) {
        let number = cell.parse::<f64>().is_ok();
        assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a formula: {cell}");
    }
    assert!(rows.iter().any(|row| row[column("指標名")].starts_with("'=HYPERLINK")));
    assert!(rows.iter().all(|row| row[column("計画")] == *"'+表題"));
    // Digits as printed, in Kai's plan.
    let answer = browser.get(&format!("{PLAN}/kpis.csv")).await.text();
    for value in ["86.0", "99.77", "原文", "導入時に設定", "記載なし"] {
        assert!(answer.contains(&format!(",{value},")), "{value} is missing");
    }
}

/// Gives Midorino's first KPI and its plan other names, as an import would.
async fn rename(service: &Service, kpi: &str, title: &str) {
    let mut folder = rashin_server::folder::load(&support::repository().join("seeds/demo/midorino/dx-plan")).unwrap();
    folder.content.kpis[0].name = kpi.to_owned();
    folder.content.plan.title = title.to_owned();
    service.import("midorino", &folder.content).await;
}

async fn publish(service: &Service, city: &str) -> i32 {
    let mut office = service.signed_in(&format!("jimukyoku@{city}.example")).await;
    let page = office.get(&format!("/{city}/staff/publish")).await.text();
    let number = support::hidden(&page, "number");
    let answer = office.submit(&format!("/{city}/staff/editions"), &[("reason", "試験"), ("number", &number)]).await;
    answer.says(200, &["公表しました"]);
    number.parse().unwrap()
}

async fn asked_with(browser: &mut Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    browser.send(Send { method: Method::GET, path, headers, body: vec![] }).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_unchanged_answer_is_not_sent_again(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.browser();
    for path in [KAI, PLAN, "/api/v1/municipalities/192104/plans/dx-action-plan/kpis.csv", "/kai", "/kai/kpis", "/"] {
        let first = browser.get(path).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"'), "{path} has no ETag: {tag}");
        assert!(first.header("cache-control").starts_with("public"), "{path}");
        for asked in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let again = asked_with(&mut browser, path, &[("if-none-match", &asked)]).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{path} {asked}");
            assert_eq!(again.header("etag"), tag);
        }
        let packed = asked_with(&mut browser, path, &[("accept-encoding", "br, gzip")]).await;
        assert_eq!(packed.header("content-encoding"), "br", "{path}");
        assert!(packed.body.len() < first.body.len());
        let packed_tag = packed.header("etag").to_owned();
        let again = asked_with(&mut browser, path, &[("accept-encoding", "br"), ("if-none-match", &packed_tag)]).await;
        assert_eq!(again.status, 304, "{path} packed");
        assert_eq!(asked_with(&mut browser, path, &[("if-none-match", "\"other\"")]).await.status, 200);
    }
    // What is not public is neither tagged nor kept.
    let mut member = service.signed_in("etsuran@kai.example").await;
    for path in ["/kai/staff", "/account", "/sign-in"] {
        let answer = member.get(path).await;
        assert_eq!((answer.header("etag"), answer.header("cache-control")), ("", "no-store"), "{path}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_wrong_address_is_told_apart_from_an_empty_one(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.browser();
    for (path, status, error, words) in [
        ("/api/v1/municipalities/192105/plans", 400, "bad_code", "検査数字"),
        ("/api/v1/municipalities/1921/plans", 400, "bad_code", "6桁"),
        ("/api/v1/municipalities/kai/plans", 400, "bad_code", "6桁"),
        // A municipality in the master that is no tenant, and a prefecture that publishes nothing.
        ("/api/v1/municipalities/011002/plans", 404, "not_found", "見つかりません"),
        ("/api/v1/municipalities/990001/plans", 404, "not_found", "見つかりません"),
        ("/api/v1/municipalities/192104/plans/none", 404, "not_found", "見つかりません"),
        // Another tenant's plan.
        ("/api/v1/municipalities/192104/plans/dx-plan", 404, "not_found", "見つかりません"),
        ("/api/v1/municipalities/192104/plans/none/kpis.csv", 404, "not_found", "見つかりません"),
        ("/api/v1/municipalities/192104/plans/dx-action-plan?edition=9", 404, "not_found", "見つかりません"),
        ("/api/v2/anything", 404, "not_found", "見つかりません"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        let problem: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["error"], error, "{path}");
        assert!(problem["message"].as_str().unwrap().contains(words), "{path}: {problem}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn only_what_was_published_is_public(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let (value, note) = ("3,777", "未公表の備考一号");
    let mut reporter = service.signed_in("shimin@kai.example").await;
    let report = service.report(&mut reporter, "kai", "KAI-01", &[("value.main", value), ("note", note)]).await;
    let mut browser = service.browser();
    let public = [
        "/",
        "/kai",
        "/kai/strategies",
        "/kai/nodes/s2",
        "/kai/kpis",
        "/kai/kpis/KAI-01",
        "/kai/roadmap",
        "/kai/data",
        "/kai/editions",
        PLAN,
        "/api/v1/municipalities/192104/plans/dx-action-plan/kpis.csv",
    ];
    let shows = async |browser: &mut Browser| {
        let mut found = Vec::new();
        for path in public {
            let text = browser.get(path).await.text();
            if [value, "3777", note].iter().any(|word| text.contains(word)) {
                found.push(path);
            }
        }
        found
    };
    assert!(shows(&mut browser).await.is_empty(), "a report that waits is not public");
    let mut approver = service.signed_in("shimin-kacho@kai.example").await;
    approver.submit(&format!("{report}/approvals"), &[]).await.says(200, &["承認しました"]);
    assert!(shows(&mut browser).await.is_empty(), "an approved report is not public before it is published");
    assert_eq!(publish(&service, "kai").await, 2);
    let found = shows(&mut browser).await;
    for path in ["/kai/kpis", "/kai/kpis/KAI-01", PLAN, "/api/v1/municipalities/192104/plans/dx-action-plan/kpis.csv"] {
        assert!(found.contains(&path), "{path} does not show what was published: {found:?}");
    }
    // No name of a member of staff, not even in a report that is published.
    let edition = browser.get(PLAN).await.text();
    for name in ["架空 健", "架空 恵", "架空 花子", "kai.example"] {
        assert!(!edition.contains(name), "{name} is public");
    }

    let first = json(&mut browser, &format!("{PLAN}?edition=1")).await;
    assert_eq!(first["number"], 1);
    assert!(!first.to_string().contains(note), "an edition never changes");
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let withdrawal = [("withdrawal_reason", "値の誤りのため")];
    office.submit("/kai/staff/plans/dx-action-plan/editions/2/withdrawals", &withdrawal).await.says(200, &["取り下げました"]);
    assert!(shows(&mut browser).await.is_empty(), "a withdrawn edition is gone everywhere");
    assert_eq!(json(&mut browser, PLAN).await["number"], 1, "the edition before stands again");
    browser.get("/kai/plans/dx-action-plan/editions/2").await.says(410, &["値の誤りのため"]);
    for path in [format!("{PLAN}?edition=2"), format!("{PLAN}/kpis.csv?edition=2")] {
        let gone = browser.get(&path).await;
        assert!([404, 410].contains(&gone.status) && !gone.text().contains("3777"), "{path}: {}", gone.status);
    }
    office.post("/kai/staff/plans/dx-action-plan/editions/2/withdrawals", &withdrawal).await.says(404, &[]);
    // With all withdrawn there is nothing, and nothing breaks.
    office.submit("/kai/staff/plans/dx-action-plan/editions/1/withdrawals", &withdrawal).await.says(200, &["取り下げました"]);
    for path in public {
        let status = browser.get(path).await.status;
        assert!([200, 404, 410].contains(&status), "{path}: {status}");
    }
    assert!(!browser.get("/").await.text().contains("甲斐市DXアクションプラン"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_description_describes_what_is_served(pool: PgPool) {
    let service = Service::start(pool).await;
    let document = json(&mut service.browser(), "/api/openapi.json").await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document["info"]["title"], "羅針 オープンデータAPI");
    assert!(document["info"].get("contact").is_none() && document["info"].get("license").is_none(), "the library's author is not ours");
    let described: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let served: BTreeSet<&str> = LISTED.iter().map(|(_, path)| *path).filter(|path| *path != "/api/openapi.json").collect();
    assert_eq!(described, served);
    for (path, item) in document["paths"].as_object().unwrap() {
        let named: BTreeSet<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let parameters = item["get"]["parameters"].as_array().unwrap();
        let described: BTreeSet<&str> =
            parameters.iter().filter(|one| one["in"] == "path").map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(described, named, "{path}");
    }
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out of the document"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| collect(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}
