//! 進み具合: where the plan stands, said with how much is known and how old it is, and read in a few statements.

mod support;

use std::sync::{Arc, Mutex};

use sqlx::PgPool;
use support::{Service, main};
use tracing::{Event, Metadata, Subscriber, field::Visit, span};

const PAGE: &str = "/midorino/staff/progress";

/// Notes the statements that sqlx sends.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl Visit for Statements {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        if field.name() == "summary" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_dashboard_says_how_much_is_reported_and_how_old_it_is(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let page = viewer.get(PAGE).await;
    page.says(
        200,
        &[
            "2026(令和8)年度 上半期の報告は32件中",
            "締切 2026年11月30日",
            "重点戦略・分野ごと",
            "担当課なし",
            "最も古い値",
            "計画全体",
        ],
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

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_dashboard_reads_the_whole_plan_in_six_statements_of_one_transaction(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    viewer.get(PAGE).await.says(200, &[]);
    let statements = Statements::default();
    {
        let _noting = tracing::subscriber::set_default(statements.clone());
        viewer.get(PAGE).await.says(200, &[]);
    }
    let sent = statements.0.lock().unwrap().clone();
    // From the entry of the tenant on: what comes before is who is there.
    let of_page: Vec<_> = sent.iter().skip_while(|summary| !summary.contains("tenant_id as")).collect();
    assert!((2..=6).contains(&of_page.len()), "{} statements: {sent:#?}", of_page.len());
}
