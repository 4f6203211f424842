//! Templates: every revision stays, a stale one is refused, the library is read only.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use rashin_domain::{
    access::Action,
    indicator::{Indicator, Library},
    provenance::{Provenance, Reading},
    template::{Correspondence, Mapping, Template},
};
use rashin_store::{StoreError, template::Change};
use sqlx::PgPool;
use support::{Town, may, template};

const STALE: &str = "kpi_template_revisions_one_per_revision";

fn indicator(code: &str, definition: &str) -> Indicator {
    Indicator {
        code: code.into(),
        library: Library::DxPlan,
        category: "重点取組事項".into(),
        name: "テレワークの推進".into(),
        kind: None,
        unit: String::new(),
        direction: None,
        accumulation: None,
        frequency: None,
        formula: String::new(),
        definition: definition.into(),
        as_of: String::new(),
        pitfalls: String::new(),
        for_municipalities: true,
        for_prefectures: false,
        source: "自治体DX推進計画（第3.0版）".into(),
        source_place: String::new(),
        reading: Reading::Doubtful,
        numerator: String::new(),
        denominator: String::new(),
        survey: String::new(),
        no_ranking: true,
    }
}

async fn make(town: &Town, template: &Template, origin: Option<&str>) -> Result<(), StoreError> {
    let mut tx = town.enter(&town.secretary).await;
    let permit = may(&tx, &Action::Edit);
    tx.make_template(permit, template, origin).await?;
    tx.commit().await
}

async fn write(town: &Town, template: &Template, change: Change<'_>) -> Result<(), StoreError> {
    let mut tx = town.enter(&town.secretary).await;
    let permit = may(&tx, &Action::Edit);
    tx.write_template(permit, template, change).await?;
    tx.commit().await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_template_reads_back_as_it_was_written(pool: PgPool) {
    let town = Town::new(pool).await;
    let mapping = Mapping { indicator: "DA-13".into(), correspondence: Correspondence::Similar, note: "範囲が違う".into() };
    let provenance = Provenance { reading: Reading::Doubtful, source_text: "名称".into(), source_place: "参考".into() };
    let nothing = Mapping { indicator: String::new(), correspondence: Correspondence::Nothing, note: String::new() };
    let written = [
        template("T-01"),
        Template { mapping: Some(mapping), provenance, ..template("T-02") },
        Template { mapping: Some(nothing), ..template("T-03") },
    ];
    for one in &written {
        make(&town, one, (one.code == "T-02").then_some("DA-13")).await.unwrap();
    }
    let read = town.enter(&town.reporter).await.templates().await.unwrap();
    assert_eq!(read.iter().map(|revision| &revision.template).collect::<Vec<_>>(), written.iter().collect::<Vec<_>>());
    assert_eq!(read.iter().map(|revision| revision.origin.as_deref()).collect::<Vec<_>>(), [None, Some("DA-13"), None]);
    assert_eq!((read[0].number, read[0].retired, read[0].written_by.as_deref()), (1, false, Some("架空 太郎")));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_old_revision_stays_readable(pool: PgPool) {
    let town = Town::new(pool).await;
    make(&town, &template("T-01"), None).await.unwrap();
    let renamed = Template { name: "電子申請件数".into(), ..template("T-01") };
    write(&town, &renamed, Change { seen: 1, retired: false, reason: "用語の統一" }).await.unwrap();
    write(&town, &renamed, Change { seen: 2, retired: true, reason: "" }).await.unwrap();
    let mut tx = town.enter(&town.reporter).await;
    let history = tx.template_history("T-01").await.unwrap();
    let seen: Vec<_> = history.iter().map(|r| (r.number, r.template.name.as_str(), r.retired, r.reason.as_str())).collect();
    assert_eq!(seen, [(3, "電子申請件数", true, ""), (2, "電子申請件数", false, "用語の統一"), (1, "オンライン申請件数", false, "")]);
    let newest = tx.templates().await.unwrap();
    assert_eq!(newest.iter().map(|r| (r.number, r.retired)).collect::<Vec<_>>(), [(3, true)]);
    assert!(matches!(tx.template_history("T-99").await, Err(StoreError::NotFound)));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_revision_on_a_stale_one_is_refused_and_changes_nothing(pool: PgPool) {
    let town = Town::new(pool).await;
    make(&town, &template("T-01"), None).await.unwrap();
    let first = Template { unit: "手続".into(), ..template("T-01") };
    write(&town, &first, Change { seen: 1, retired: false, reason: "" }).await.unwrap();
    for seen in [0, 1, 3] {
        let late = write(&town, &template("T-01"), Change { seen, retired: false, reason: "" }).await.unwrap_err();
        assert!(late.is_conflict_on(STALE), "{seen}: {late:?}");
    }
    let absent = write(&town, &template("T-99"), Change { seen: 0, retired: false, reason: "" }).await.unwrap_err();
    assert!(absent.is_conflict_on(STALE), "{absent:?}");
    assert_eq!(town.enter(&town.secretary).await.template_history("T-01").await.unwrap()[0].template, first);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_code_is_taken_even_by_a_retired_template(pool: PgPool) {
    let town = Town::new(pool).await;
    make(&town, &template("T-01"), None).await.unwrap();
    write(&town, &template("T-01"), Change { seen: 1, retired: true, reason: "" }).await.unwrap();
    assert!(make(&town, &template("T-01"), None).await.unwrap_err().is_conflict_on("kpi_templates_one_code"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_written_stands_in_the_log(pool: PgPool) {
    let town = Town::new(pool).await;
    make(&town, &template("T-01"), None).await.unwrap();
    let mut tx = town.enter(&town.secretary).await;
    let log = rashin_store::audit::newest(&mut tx, 50).await.unwrap();
    assert!(log.contains(&("edit".to_owned(), "T-01".to_owned())), "{log:?}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_library_is_loaded_twice_without_harm_and_follows_its_file(pool: PgPool) {
    let town = Town::new(pool).await;
    let loads = |definition: &str| [indicator("DX-01", definition), indicator("DX-02", "テレワークの推進")];
    for definition in ["前の定義", "テレワークの推進", "テレワークの推進"] {
        town.world.maintenance().load_indicators(&loads(definition)).await.unwrap();
    }
    assert_eq!(town.enter(&town.reporter).await.indicators().await.unwrap(), loads("テレワークの推進"));
}
