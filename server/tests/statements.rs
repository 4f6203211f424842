//! How often a page asks the database.

mod support;

use std::sync::{Arc, Mutex};

use sqlx::PgPool;
use support::Service;
use tracing::{Event, Metadata, Subscriber, field::Visit, span};

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
async fn pages_of_the_whole_plan_read_it_in_six_statements_of_one_transaction(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let statements = Statements::default();
    // The only test of this file: nobody else's statements are noted.
    tracing::subscriber::set_global_default(statements.clone()).unwrap();
    for page in ["progress", "grid"] {
        statements.0.lock().unwrap().clear();
        viewer.get(&format!("/midorino/staff/{page}")).await.says(200, &[]);
        let sent = statements.0.lock().unwrap().clone();
        // From the entry of the tenant on: what comes before is who is there.
        let of_page: Vec<_> = sent.iter().skip_while(|summary| !summary.contains("tenant_id as")).collect();
        assert!((2..=6).contains(&of_page.len()), "{page}: {} statements: {sent:#?}", of_page.len());
    }
}
