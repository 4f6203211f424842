//! 進み具合: where the plan stands, said with how much is known and how old it is, and read in a few statements.

mod support;

use sqlx::PgPool;
use support::{Service, main};

const PAGE: &str = "/midorino/staff/progress";

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_dashboard_says_how_much_is_reported_and_how_old_it_is(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let page = viewer.get(PAGE).await;
    page.says(
        200,
        &["2026(令和8)年度 上半期の報告は32件中", "締切 2026年11月30日", "重点戦略・分野ごと", "担当課なし", "最も古い値", "計画全体"],
    );
    assert!(!page.text().contains("期限を過ぎているもの"), "nobody is late before the closing day");
    // A section reports: the line of the section and of the whole plan say so.
    service.advance(jiff::SignedDuration::from_hours(24 * 9));
    viewer = service.signed_in("gikai@midorino.example").await;
    let page = viewer.get(PAGE).await;
    page.says(200, &["期限を過ぎているもの", "2026年11月30日に締め切りました", "防災アプリの登録者数"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_tenant_without_rounds_is_told_where_to_begin(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@aobadai.example").await;
    let page = office.get("/aobadai/staff/progress").await;
    page.says(200, &["報告の時期がまだ決まっていないか", "指標の判定"]);
    assert!(!main(&page.text()).contains("NaN"));
}
