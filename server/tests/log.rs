//! The log as 管理者 reads it: in words, by filter, page by page, as CSV.

mod support;

use rashin_domain::access::Role;
use sqlx::{AssertSqlSafe, PgPool};
use support::{Browser, NewMember, Service, percent, unescape};

const LOG: &str = "/kai/staff/log";

/// Statements run inside 甲斐市 with the owner's rights.
async fn run(service: &Service, sql: &str) {
    let mut tx = service.pool.begin().await.unwrap();
    let id = "select set_config('app.tenant_id', tenant_id::text, true) from rashin.tenant_names where slug = 'kai'";
    sqlx::raw_sql("set local role rashin_owner").execute(&mut *tx).await.unwrap();
    sqlx::query(id).execute(&mut *tx).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// `count` lines of the command line, three at each moment, older than everything else.
async fn fill(service: &Service, count: usize) {
    let lines = format!(
        "insert into rashin.audit_log (tenant_id, id, at, actor, action, subject)
         select rashin.current_tenant(), gen_random_uuid(), timestamptz '2026-01-01' + (n / 3) * interval '1 second', 'maintenance', 'import', 'line-' || n || '-'
         from generate_series(1, {count}) n"
    );
    run(service, &lines).await;
}

/// What a page lists, by its subjects that begin with `line-`.
fn listed(page: &str) -> Vec<usize> {
    let table = page.split("<tbody").nth(1).unwrap_or_default();
    table.split("line-").skip(1).filter_map(|rest| rest.split('-').next()?.parse().ok()).collect()
}

fn link(page: &str, words: &str) -> Option<String> {
    let before = page.split(&format!(">{words}<")).next().filter(|before| before.len() < page.len())?;
    Some(unescape(before.rsplit("href=\"").next()?.split('"').next()?))
}

async fn admin(service: &Service) -> Browser {
    service.signed_in("kanri@kai.example").await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_log_says_who_did_what_on_what(pool: PgPool) {
    let service = Service::start(pool).await;
    service
        .member(NewMember {
            city: "kai", email: "r@kai.test", name: "試験 太郎", role: Role::Reporter, section: "shimin", state: "active"
        })
        .await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let mut reporter = service.signed_in("r@kai.test").await;
    let report = service.report(&mut reporter, "kai", "KAI-01", &[]).await;
    reporter.get("/kai/staff/publish").await.says(403, &[]);
    let page = admin(&service)
        .await
        .get(LOG)
        .await
        .says(200, &["実績の報告", "試験 太郎", "市民課（架空の配置） 主事", "（KAI-01）　2025(令和7)年度"])
        .text();
    assert!(page.contains(&format!("href=\"{report}\"")), "the subject leads to the report");
    for words in ["断られた操作（公表・取り下げ）", "/kai/staff/publish", "計画の取り込み", "システム管理者", "2026年11月22日 15:00"]
    {
        assert!(page.contains(words), "「{words}」 is missing");
    }
    assert!(page.contains("<details"), "details can be read");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_address_is_the_filter(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    fill(&service, 30).await;
    let mut admin = admin(&service).await;
    for (query, expected) in [
        ("kind=import&words=LINE-7-", 1),
        ("kind=import&words=%EF%BC%AC%EF%BD%89%EF%BD%8E%EF%BD%85-7-", 1),
        ("kind=assign&words=line-7-", 0),
        ("by=command-line&words=line-", 30),
        ("from_year=2026&from_month=1&from_day=1&until_year=2026&until_month=1&until_day=1", 30),
        ("from_year=2026&from_month=1&from_day=2&words=line-", 0),
        ("until_year=2025&until_month=12&until_day=31", 0),
        ("kind=nonsense&by=nonsense&older=nonsense&words=line-", 30),
    ] {
        let page = admin.get(&format!("{LOG}?{query}")).await.says(200, &[]).text();
        assert_eq!(listed(&page).len(), expected, "{query}");
    }
    // A KPI is found by its name, which the log does not write.
    let name = service.maintenance.enter("kai").await.unwrap().subject_names().await.unwrap().kpis.remove("KAI-01").unwrap();
    admin.get(&format!("{LOG}?kind=assign&words={}", percent(&name))).await.says(200, &["（KAI-01）"]);
    admin.get(&format!("{LOG}?words=nothing-like-it")).await.says(200, &["条件に合う記録はありません", "解除"]);
    let wrong = admin.get(&format!("{LOG}?from_year=2026&from_month=2&from_day=30")).await.says(200, &["実在する日付", "エラー"]).text();
    assert_eq!(support::field(&wrong, "from_day").as_deref(), Some("30"), "what was typed is kept");
    admin.get(&format!("{LOG}?words={}", percent("<script>\"'"))).await.says(200, &["条件に合う記録はありません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn pages_hold_every_line_once_also_among_lines_of_one_moment(pool: PgPool) {
    let service = Service::start(pool).await;
    fill(&service, 250).await;
    let mut admin = admin(&service).await;
    let (mut seen, mut pages) = (Vec::new(), Vec::new());
    let mut next = Some(format!("{LOG}?words=line-"));
    while let Some(at) = next {
        let page = admin.get(&at).await.says(200, &[]).text();
        pages.push(listed(&page));
        seen.extend(listed(&page));
        next = link(&page, "より古い記録");
        if next.is_none() {
            let back = link(&page, "より新しい記録").unwrap();
            let before = admin.get(&back).await.text();
            assert_eq!(listed(&before), pages[pages.len() - 2], "the way back is the way there");
            let first = admin.get(&link(&before, "より新しい記録").unwrap()).await.text();
            assert_eq!(listed(&first), pages[0]);
            assert_eq!(link(&first, "より新しい記録"), None, "there is nothing newer");
        }
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
    seen.sort_unstable();
    assert_eq!(seen, (1..=250).collect::<Vec<_>>());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_csv_has_the_filtered_lines_for_excel_and_is_logged(pool: PgPool) {
    let service = Service::start(pool).await;
    fill(&service, 150).await;
    run(
        &service,
        "insert into rashin.audit_log (tenant_id, id, at, actor, action, subject)
                   values (rashin.current_tenant(), gen_random_uuid(), '2026-01-02', 'maintenance', 'organise', '=1+1')",
    )
    .await;
    let mut admin = admin(&service).await;
    let answer = admin.get(&format!("{LOG}.csv?until_year=2026&until_month=1&until_day=2")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"kai-log-2026-11-22.csv\"");
    let text = answer.text();
    assert!(text.starts_with("\u{feff}日時（日本時間）,氏名,"), "{text}");
    assert_eq!(text.matches("\r\n").count(), 152, "header, 150 lines and one");
    assert!(text.contains("2026-01-02 09:00:00,システム管理者,"), "Japan's time: {text}");
    assert!(text.contains("'=1+1") && !text.contains(",=1+1"), "no formula");
    admin.get(LOG).await.says(200, &["データの持ち出し", "操作の記録", "行の数", "151"]);
    let refused = admin.get(&format!("{LOG}.csv?from_year=x")).await;
    refused.says(400, &["はじめの日"]);
    let logged = "select count(*) from rashin.audit_log where action = 'export' and member_id is not null";
    assert_eq!(service.count_in("kai", logged).await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_hundred_thousand_lines_stay_fast(pool: PgPool) {
    let service = Service::start(pool).await;
    fill(&service, 100_000).await;
    run(&service, "analyze rashin.audit_log").await;
    let mut admin = admin(&service).await;
    for query in ["", "?kind=refused", "?words=line-5-", "?by=command-line", "?older=1767225700000000-01990000000070008000000000000001"] {
        let begun = std::time::Instant::now();
        admin.get(&format!("{LOG}{query}")).await.says(200, &[]);
        let took = begun.elapsed();
        eprintln!("{query}: {took:?}");
        assert!(took < std::time::Duration::from_secs(3), "{query} took {took:?}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn sign_ins_are_those_of_the_tenants_own_members(pool: PgPool) {
    let service = Service::start(pool).await;
    service.signed_in("jimukyoku@kai.example").await;
    service.signed_in("jimukyoku@midorino.example").await;
    let mut admin = admin(&service).await;
    admin.post("/sign-in", &[("login", "jimukyoku@kai.example"), ("password", "wrong wrong wrong")]).await;
    let page = admin.get("/kai/staff/log/sign-ins").await.says(200, &["架空 花子", "架空 太郎", "サインインの失敗"]).text();
    assert!(!page.contains("山田 花子"), "of another tenant");
    let mut neighbour = service.signed_in("kanri@midorino.example").await;
    let page = neighbour.get("/midorino/staff/log/sign-ins").await.says(200, &["山田 花子"]).text();
    assert!(!page.contains("架空 花子"), "of another tenant");
}
