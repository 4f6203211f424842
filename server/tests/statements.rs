//! How often a page asks the database.

mod support;

use sqlx::PgPool;
use support::{Service, statements::Statements};

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn pages_of_the_whole_plan_read_it_in_six_statements_of_one_transaction(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let statements = Statements::default();
    // The only test of this file: nobody else's statements are noted.
    tracing::subscriber::set_global_default(statements.clone()).unwrap();
    for page in ["progress", "grid"] {
        viewer.get(&format!("/midorino/staff/{page}")).await.says(200, &[]);
        let sent = statements.of_page();
        assert!((2..=6).contains(&sent.len()), "{page}: {} statements: {sent:#?}", sent.len());
    }
}
