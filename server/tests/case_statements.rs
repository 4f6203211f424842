//! List and board of many cases.

mod support;

use sqlx::PgPool;
use support::{
    council::{CASES, WHOLE, kai, open},
    statements::Statements,
};

/// As many more as there are numbers up to 200, all alike.
const MORE: [&str; 3] = [
    "insert into rashin.cases (tenant_id, id, number, route_id, section_id, opened_at)
     select tenant_id, gen_random_uuid(), n, route_id, section_id, opened_at from rashin.cases, generate_series(2, 200) n",
    "insert into rashin.case_versions (tenant_id, id, case_id, revision, content, written_by, written_at)
     select v.tenant_id, gen_random_uuid(), c.id, 1, v.content, v.written_by, v.written_at
     from rashin.case_versions v, rashin.cases c where c.number > 1",
    "insert into rashin.case_events (tenant_id, id, case_id, version, happened_on, member_id, acted_as, event, document_number, happened_at)
     select e.tenant_id, gen_random_uuid(), c.id, 1, e.happened_on, e.member_id, e.acted_as, e.event, '', e.happened_at
     from rashin.case_events e, rashin.cases c where c.number > 1",
];

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_hundred_cases_take_no_statement_more_than_one(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    let statements = Statements::default();
    // The only test of this file: nobody else's statements are noted.
    tracing::subscriber::set_global_default(statements.clone()).unwrap();
    let pages = [CASES.to_owned(), format!("{CASES}?view=board"), format!("{CASES}?mine=on&sort=new")];
    let mut one = Vec::new();
    for page in &pages {
        statements.of_page();
        member.get(page).await.says(200, &["案件は1件"]);
        one.push(statements.of_page().len());
    }
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::query("select from gate.enter_maintenance('kai')").execute(&mut *tx).await.unwrap();
    for sql in MORE {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (page, one) in pages.iter().zip(one) {
        statements.of_page();
        member.get(page).await.says(200, &["案件は200件", "案件 200"]);
        assert_eq!(statements.of_page().len(), one, "{page}");
    }
}
