//! 評価と改善: what a year came to, written once, listed for everybody, promised for the next year.

mod support;

use sqlx::PgPool;
use support::{Browser, Service, hidden};

const LIST: &str = "/midorino/staff/reviews";
const KPI: &str = "/midorino/staff/kpis/MID-01";
const INITIATIVE: &str = "/midorino/staff/initiatives/f2-1-1-2";

/// What a form says, with what its page carries along.
async fn write(browser: &mut Browser, subject: &str, fields: &[(&str, &str)]) -> support::Answer {
    let page = browser.get(&format!("{subject}/review?year=2025")).await;
    let seen = hidden(&page.text(), "seen");
    let carried = [("year", "2025"), ("seen", seen.as_str())];
    browser.submit(&format!("{subject}/reviews"), &[&carried[..], fields].concat()).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_a_section_owes_is_on_its_home_until_it_is_written(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.get("/midorino/staff").await.says(200, &["2025(令和7)年度の評価と改善　", "を過ぎています"]);
    sato.get("/midorino/staff/updates").await.says(200, &["2025(令和7)年度の評価と改善　"]);
    let before = sato.get(&format!("{LIST}?show=mine")).await;
    before.says(200, &["件中0件の評価が済みました", "評価を書く", "書かない窓口の拡大"]);

    write(&mut sato, KPI, &[("why", ""), ("course", "continue"), ("next", "")])
        .await
        .says(200, &["入力内容に問題があります（2件）", "評価を入力してください", "次年度の取組を入力してください"]);
    let review = [("why", "件数の多い手続きを先にした。"), ("course", "continue"), ("next", "様式を半分に減らす。")];
    write(&mut sato, KPI, &review).await.says(200, &["評価を保存しました", "件中1件の評価が済みました", "様式を半分に減らす。"]);
    write(&mut sato, INITIATIVE, &[("why", "終えた。"), ("course", "finish")]).await.says(200, &["件中2件の評価が済みました"]);

    sato.get(&format!("{LIST}?show=open")).await.says(200, &["まだ書かれていません"]);
    assert!(!sato.get(&format!("{LIST}?show=open")).await.text().contains("件数の多い手続き"));
    sato.get(KPI).await.says(200, &["評価と改善", "継続：様式を半分に減らす。", "件数の多い手続きを先にした。"]);
    sato.get(INITIATIVE).await.says(200, &["終えた。", "予定と実際"]);
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    office.get("/midorino/staff").await.says(200, &["2025年度の評価が済んでいないもの"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn last_years_improvement_stands_beside_this_years_report(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    write(&mut sato, KPI, &[("why", "x"), ("course", "improve"), ("next", "様式を半分に減らす。")])
        .await
        .says(200, &["評価を保存しました"]);
    let promise = "2025年度の改善　改善：様式を半分に減らす。";
    sato.get("/midorino/staff/updates").await.says(200, &[promise]);
    sato.get(&format!("{KPI}/review?year=2026")).await.says(200, &[promise]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn whoever_comes_second_sees_both_before_anything_is_replaced(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut sato, mut kimura) = (service.signed_in("sato@midorino.example").await, service.signed_in("kimura@midorino.example").await);
    let stale = hidden(&kimura.get(&format!("{KPI}/review?year=2025")).await.text(), "seen");
    write(&mut sato, KPI, &[("why", "先の評価"), ("course", "expand"), ("next", "広げる。")]).await.says(200, &["評価を保存しました"]);
    let second = [("year", "2025"), ("seen", stale.as_str()), ("why", "後の評価"), ("course", "shrink"), ("next", "縮める。")];
    let page = kimura.submit(&format!("{KPI}/reviews"), &second).await;
    page.says(200, &["ほかの人が先に保存しました", "いま保存されている内容", "先の評価", "拡大：広げる。", "後の評価"]);
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    viewer.get(KPI).await.says(200, &["先の評価"]);
    let seen = hidden(&page.text(), "seen");
    let again = [("seen", seen.as_str()), ("year", "2025"), ("why", "後の評価"), ("course", "shrink"), ("next", "縮める。")];
    kimura.submit(&format!("{KPI}/reviews"), &again).await.says(200, &["評価を保存しました"]);
    let now = viewer.get(KPI).await;
    now.says(200, &["縮小：縮める。", "木村 愛"]);
    assert!(!now.text().contains("先の評価"), "the newest revision stands");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn other_sections_read_and_do_not_write(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.get("/midorino/staff/kpis/MID-04/review").await.says(403, &["担当"]);
    sato.post("/midorino/staff/initiatives/f1-1-1-1/reviews", &[("year", "2025")]).await.says(403, &[]);
    sato.get(&format!("{KPI}/review?year=2031")).await.says(404, &[]);
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let csv = viewer.get(&format!("{LIST}.csv?year=2025")).await;
    assert!(csv.header("content-type").starts_with("text/csv"));
    let text = csv.text();
    assert!(text.starts_with("\u{feff}年度,種類,コード") && text.contains("\r\n2025,指標,MID-01,"), "{text}");
}
