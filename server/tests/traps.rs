//! What went wrong with these libraries before; each test fails without its cure.

mod support;

use std::time::Duration;

use axum::{Router, routing::get};
use jiff::SignedDuration;
use rashin_app::routes::routes;
use rashin_server::{api, folder, router::protected};
use regex_lite::Regex;
use sqlx::PgPool;
use support::{Answer, Browser, Service, field, hidden, repository};

/// Ends every kind of element it could stand in, then runs.
const EVIL: &str = "\"'></title></textarea></select></script><script>alert(1)</script><b>&amp;";
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Addresses of all pages of a tenant, with its own objects.
fn pages(city: &str, code: &str, node: &str, report: &str) -> Vec<String> {
    let listed = routes();
    let gets = listed.listed().iter().chain(&api::LISTED).filter(|(method, _)| *method == "GET");
    let fill = |path: &str| {
        let code = if path.starts_with("/api") { "192104" } else { code };
        let path =
            path.replace("{city}", city).replace("{code}", code).replace("{node}", node).replace("{number}", "1").replace("{chapter}", "1");
        let path = path.replace("{report}", report).replace("{token}", "00").replace("{plan}", "dx-action-plan");
        let key = if path.contains("/kpis/") { code } else { node };
        path.replace("{kind}", "nodes").replace("{key}", key)
    };
    gets.map(|(_, path)| fill(path)).collect()
}

/// Asks with a bound: a page that waits for its own session would wait forever.
async fn ask(browser: &mut Browser, path: &str) -> Answer {
    tokio::time::timeout(Duration::from_secs(20), browser.get(path)).await.unwrap_or_else(|_| panic!("{path} hangs"))
}

fn tags(page: &str) -> Vec<String> {
    Regex::new("<[a-zA-Z][^>]*>").unwrap().find_iter(page).map(|tag| tag.as_str().to_owned()).collect()
}

/// Nothing inline, nothing from elsewhere.
fn is_clean(path: &str, page: &str) {
    let attribute = Regex::new(r#" ([a-z:-]+)="([^"]*)""#).unwrap();
    for tag in tags(page) {
        let name = tag[1..].split([' ', '>', '/']).next().unwrap_or_default();
        assert!(name != "style" && name != "iframe" && name != "object" && name != "base", "{path}: {tag}");
        assert!(name != "script" || tag.contains(" src=\"/"), "{path}: an inline script: {tag}");
        for found in attribute.captures_iter(&tag) {
            let (key, value) = (&found[1], found[2].to_lowercase());
            assert!(key != "style" && !key.starts_with("on"), "{path}: {tag}");
            let leads = ["href", "src", "srcset", "action", "formaction", "poster", "data", "xlink:href"].contains(&key);
            assert!(!leads || !value.trim_start().starts_with("javascript:"), "{path}: {tag}");
            let foreign = value.starts_with("//") || value.contains("://");
            assert!(!leads || !foreign || name == "a", "{path}: something from elsewhere: {tag}");
        }
    }
    assert!(!page.contains("<script>"), "{path}: an inline script");
    assert!(page.trim_end().ends_with("</html>"), "{path}: something after the end of the page");
}

fn is_guarded(path: &str, answer: &Answer) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ] {
        assert_eq!(answer.header(name), value, "{path}: {name}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_page_answers_guarded_and_without_anything_inline(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let mut reporter = service.signed_in("shimin@kai.example").await;
    let report = service.report(&mut reporter, "kai", "KAI-01", &[]).await;
    let report = report.rsplit('/').next().unwrap();
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.submit("/kai/staff/kpis/KAI-01/drafts", &support::figures(&[("seen.FY2025", "1"), ("reason", "訂正")])).await.says(200, &[]);
    let mut prefecture = service.signed_in("shien@mizuho.example").await;
    let mut anonymous = service.browser();
    let (mut seen, mut with_islands) = (0, 0);
    for path in pages("kai", "KAI-01", "s1", report).iter().chain(&[
        "/mizuho/staff".to_owned(),
        "/mizuho/staff/shares".to_owned(),
        "/none".to_owned(),
    ]) {
        for browser in [&mut anonymous, &mut office, &mut prefecture] {
            let answer = ask(browser, path).await;
            assert!(answer.status < 500, "{path}: {}", answer.status);
            is_guarded(path, &answer);
            if answer.header("content-type").starts_with("text/html") {
                let page = answer.text();
                is_clean(path, &page);
                seen += 1;
                with_islands += usize::from(page.contains("<leptos-island"));
            }
        }
    }
    assert!(seen > 60, "only {seen} pages");
    assert!(with_islands > 0, "no page with an island was among them");
    // Refusals, too.
    let refused = anonymous.post_raw("/sign-in", vec![b'a'; 3 * 1024 * 1024]).await;
    is_guarded("413", &refused);
    is_clean("413", &refused.text());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_people_type_is_text_on_every_page(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut content = folder::load(&repository().join("seeds/demo/midorino/dx-plan")).unwrap().content;
    let evil = || EVIL.to_owned();
    content.plan.title = evil();
    content.plan.notice = evil();
    content.plan.vision = evil();
    content.plan.editor = evil();
    content.plan.source = evil();
    content.nodes[0].title = evil();
    content.nodes[0].description = evil();
    content.nodes[0].gap = evil();
    content.kpis[0].name = evil();
    content.kpis[0].how_to_count = evil();
    content.kpis[0].doubt = evil();
    content.kpis[0].parts[0].unit = evil();
    content.bodies[0].name = evil();
    content.bodies[0].composition = evil();
    content.glossary[0].term = evil();
    content.glossary[0].explanation = evil();
    content.related_plans[0].title = evil();
    content.related_plans[0].summary = evil();
    content.chapters[0].title = evil();
    content.chapters[0].body = format!("{EVIL}\n\n{EVIL}\n\n[押す](javascript:alert(1) \"> RPA <b\") ![x](https://evil.example/x.png)\n");
    content.attributes[0].name = evil();
    service.import("midorino", &content).await;
    let node = content.nodes[0].key.clone();
    let (url, link) = ("/midorino/staff/kpis/MID-01", format!("https://x.example/{EVIL}"));
    let mut reporter = service.signed_in("kimura@midorino.example").await;
    // Refused, it comes back into its textarea and its inputs.
    let fields = [("note", EVIL), ("link", EVIL), ("value.main", EVIL), ("reason", EVIL), ("as_of_year", EVIL)];
    let back = reporter.submit(&format!("{url}/drafts"), &support::figures(&fields)).await.text();
    assert!(!back.contains("<script>alert"), "a refilled form runs");
    for (name, _) in fields {
        assert_eq!(field(&back, name).as_deref(), Some(EVIL), "{name}");
    }
    let fields = [("value.main", "155"), ("note", EVIL), ("link", &link), ("reason", EVIL), ("seen.FY2025", "1")];
    let report = service.report(&mut reporter, "midorino", "MID-01", &fields).await;
    let mut approver = service.signed_in("shimin-kacho@midorino.example").await;
    approver.get(&report).await.says(200, &["&lt;script"]);
    approver.submit(&format!("{report}/approvals"), &[]).await.says(200, &[]);
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let number = hidden(&office.get("/midorino/staff/publish").await.text(), "number");
    let fields = [("reason", EVIL), ("number", &number), ("document_number", "1"), ("decided_by", EVIL)];
    office.submit("/midorino/staff/editions", &fields).await.says(200, &["公表しました"]);
    let share = [("recipient", "mizuho")];
    office.submit(&format!("{url}/shares"), &share).await.says(200, &["共有しました"]);
    let mut prefecture = service.signed_in("shien@mizuho.example").await;
    let report = report.rsplit('/').next().unwrap();
    let mut shown = 0;
    for path in pages("midorino", "MID-01", &node, report)
        .iter()
        .chain(&["/mizuho/staff/shares".to_owned(), format!("/?q={}", support::percent(EVIL))])
    {
        for browser in [&mut service.browser(), &mut office, &mut approver, &mut prefecture] {
            let answer = ask(browser, path).await;
            assert!(answer.status < 500, "{path}: {}", answer.status);
            if answer.header("content-type").starts_with("text/html") {
                let page = answer.text();
                assert!(!page.contains("<script>alert") && !page.contains("<b>&amp;"), "{path} shows what was typed as HTML");
                is_clean(path, &page);
                shown += page.matches("&lt;script").count();
            }
        }
    }
    assert!(shown > 50, "the pages hardly show it: {shown}");
    office
        .submit(&format!("/midorino/staff/plans/dx-plan/editions/{number}/withdrawals"), &[("withdrawal_reason", EVIL)])
        .await
        .says(200, &[]);
    let gone = office.get(&format!("/midorino/plans/dx-plan/editions/{number}")).await;
    gone.says(410, &["&lt;script"]);
    assert!(!gone.text().contains("<script>alert"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_title_is_shown_without_marks_of_the_renderer(pool: PgPool) {
    let service = Service::start(pool).await;
    let page = service.browser().get("/kai").await.text();
    assert_eq!(support::title(&page), "甲斐市DXアクションプラン｜羅針");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_look_around_leaves_no_trace(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut anonymous = service.browser();
    for path in pages("kai", "KAI-01", "s1", "01990000-0000-7000-8000-000000000000") {
        let answer = anonymous.get(&path).await;
        assert!(answer.set_cookies().is_empty(), "{path} sets a cookie");
    }
    assert_eq!(service.count("select count(*) from rashin.sessions").await, 0);
    // A made-up cookie is no session either.
    anonymous.cookies.insert("rashin".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    for path in ["/kai", "/sign-in", "/kai/staff"] {
        assert!(anonymous.get(path).await.set_cookies().iter().all(|cookie| cookie.contains("Max-Age=0")), "{path}");
    }
    assert_eq!(service.count("select count(*) from rashin.sessions").await, 0);
    // A member who reads writes nothing for five minutes.
    let mut member = service.signed_in("etsuran@kai.example").await;
    for path in ["/kai/staff", "/kai/staff/kpis", "/account", "/kai"] {
        assert!(member.get(path).await.set_cookies().is_empty(), "{path} writes the session");
    }
    // After that, the public page that renews the cookie is kept by nobody.
    service.advance(SignedDuration::from_mins(6));
    let renewed = member.get("/kai").await;
    assert_eq!((renewed.set_cookies().len(), renewed.header("cache-control"), renewed.header("etag")), (1, "no-store", ""));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn forged_messages_change_nothing(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut member = service.signed_in("jimukyoku@kai.example").await;
    let forged = "__path=%2Fdo%2Freport&__err=eyJlcnJvciI6ImZvcmdlZCJ9&error=forged&flash=forged&heading=forged&errors=forged&login=forged&reason=forged";
    for path in ["/", "/sign-in", "/reset", "/account", "/kai", "/kai/staff", "/kai/staff/publish", "/kai/staff/kpis/KAI-01"] {
        let (plain, changed) = (member.get(path).await, member.get(&format!("{path}?{forged}")).await);
        assert_eq!(plain.text(), changed.text(), "{path}");
    }
    // A refusal leads to the page itself, whatever the sender says it came from.
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), ("origin", support::HTTP), ("referer", "https://evil.example/?__err=x")];
    let send =
        support::Send { method: axum::http::Method::POST, path: "/kai/staff/editions", headers: &headers, body: b"reason=".to_vec() };
    assert_eq!(member.send(send).await.location(), "/kai/staff/publish");
}

async fn panics() -> &'static str {
    panic!("on purpose")
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_panicking_page_answers_with_an_incident_number(pool: PgPool) {
    let service = Service::start(pool).await;
    let inside = protected(Router::new().route("/panic", get(panics)), service.edge.clone());
    let answer = Browser::new(inside, support::HTTP).get("/panic").await;
    answer.says(500, &["処理を続けられませんでした", "受付番号"]);
    assert!(!answer.text().contains("on purpose"), "the reason is for the log");
    is_guarded("/panic", &answer);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_failure_loses_no_message_and_tells_no_secret(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let answer = office.post("/kai/staff/editions", &[("reason", "実績を反映"), ("number", "2")]).await;
    assert_eq!((answer.status, answer.location().as_str()), (303, "/kai/staff"));
    as_owner(&service, "alter table rashin.plans rename to plans_away").await;
    let failed = office.get("/kai/staff").await;
    failed.says(500, &["受付番号"]);
    assert!(!failed.text().contains("plans"), "{}", failed.text());
    assert!(failed.set_cookies().is_empty());
    as_owner(&service, "alter table rashin.plans_away rename to plans").await;
    office.get("/kai/staff").await.says(200, &["公表しました"]);
    assert!(!office.get("/kai/staff").await.text().contains("公表しました"), "a message is shown once");
    // Without a database the service says so, in words, and the watch sees it.
    service.db.close().await;
    service.browser().get("/kai").await.says(503, &["混み合っています"]);
    assert_eq!(service.browser().get("/health").await.status, 503);
    assert_eq!(service.browser().get("/api/v1/municipalities/192104/plans").await.status, 503);
}

async fn as_owner(service: &Service, sql: &'static str) {
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::query("set local role rashin_owner").execute(&mut *tx).await.unwrap();
    sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn islands_are_optimised_by_a_binaryen_that_does_not_break_them() {
    let package = std::fs::read_to_string(repository().join("frontend/package.json")).unwrap();
    let package: serde_json::Value = serde_json::from_str(&package).unwrap();
    let version = package["devDependencies"]["binaryen"].as_str().unwrap();
    let (major, _) = version.split_once('.').unwrap();
    assert!(major.parse::<u32>().is_ok_and(|major| major >= 132), "{version}: 108 exports the wrong table, and a range may bring anything");
}
