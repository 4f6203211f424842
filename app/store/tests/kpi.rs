//! Reports, decisions and responsibilities.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use jiff::civil::Date;
use rashin_domain::{
    access::{Action, Role},
    ids::{Ids, ReportId},
    kpi::{ActualReport, Maturity},
    obligation::Item,
    period::Period,
    plan::Actual,
    value::Value,
};
use rashin_store::{Result, StoreError, TenantTx, audit, identity::SignedIn, kpi, report::Wanted, responsibility::Owner};
use sqlx::PgPool;
use support::{NOW, TODAY, Town, may, seed, wait_for_a_lock};

const KPI: &str = "AOB-03";
const STALE: &str = "reports_one_per_revision";

fn report_id(n: u8) -> ReportId {
    ReportId(Ids::new(move |bytes| bytes.fill(n)).uuid(NOW.parse().unwrap()))
}

/// 印刷枚数 of 2026, which the plan has no figure for.
fn figure(amount: i64, seen_revision: i32) -> ActualReport {
    ActualReport {
        period: Period::year(2026),
        maturity: Maturity::Preliminary,
        as_of: Some(TODAY),
        values: vec![("main".to_owned(), Value::number(amount.into()))],
        standing: None,
        note: "速報です".to_owned(),
        link: String::new(),
        reason: if seen_revision == 0 { String::new() } else { "数え間違い".to_owned() },
        seen_revision,
    }
}

async fn record(town: &Town, tx: &mut TenantTx, id: ReportId, report: &ActualReport) -> Result<()> {
    town.file(tx, id, KPI, report).await
}

async fn report(town: &Town, id: ReportId, report: &ActualReport) -> Result<()> {
    let mut tx = town.enter(&town.reporter).await;
    record(town, &mut tx, id, report).await?;
    tx.commit().await
}

async fn decide(town: &Town, id: ReportId, approved: bool, reason: &str) -> Result<()> {
    let mut tx = town.enter(&town.approver).await;
    let report = tx.report(id).await?;
    town.decide(&mut tx, &report, approved, reason).await?;
    tx.commit().await
}

/// What the plan shows for 2026.
async fn shown(town: &Town) -> Option<Actual> {
    let mut tx = town.enter(&town.secretary).await;
    let kpis = kpi::of_plan(&mut tx, town.plan, Some(KPI)).await.unwrap();
    kpis[0].parts[0].actual(Period::year(2026)).cloned()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_report_is_shown_once_it_is_approved(pool: PgPool) {
    let town = Town::new(pool).await;
    report(&town, report_id(1), &figure(120, 0)).await.unwrap();
    assert_eq!(shown(&town).await, None);
    decide(&town, report_id(1), true, "").await.unwrap();
    let actual = shown(&town).await.unwrap();
    assert_eq!((actual.value, actual.revision, actual.as_of), (Value::number(120.into()), 1, Some(TODAY)));
    assert_eq!((actual.section.as_str(), actual.note.as_str()), ("総務課", "速報です"));
    assert!(actual.replaced.is_empty());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_returned_report_is_not_shown(pool: PgPool) {
    let town = Town::new(pool).await;
    report(&town, report_id(1), &figure(120, 0)).await.unwrap();
    let wordless = decide(&town, report_id(1), false, "").await.unwrap_err();
    assert!(matches!(wordless, StoreError::Conflict(_)), "a return says why: {wordless:?}");
    decide(&town, report_id(1), false, "単位が違います").await.unwrap();
    assert_eq!(shown(&town).await, None);

    let mut tx = town.enter(&town.reporter).await;
    let returned = tx.report(report_id(1)).await.unwrap();
    let decision = returned.settled().unwrap();
    assert_eq!((decision.approved, decision.reason.as_str()), (false, "単位が違います"));
    assert_eq!(decision.decider_name.as_deref(), Some("架空 太郎"));
    drop(tx);

    report(&town, report_id(2), &figure(125, 1)).await.unwrap();
    decide(&town, report_id(2), true, "").await.unwrap();
    let actual = shown(&town).await.unwrap();
    assert_eq!((actual.value, actual.revision), (Value::number(125.into()), 2));
    assert!(actual.replaced.is_empty(), "what was never accepted was never replaced");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_correction_keeps_the_old_value_with_the_reason(pool: PgPool) {
    let town = Town::new(pool).await;
    for (n, amount) in [(0, 120), (1, 121), (2, 119)] {
        report(&town, report_id(n as u8), &figure(amount, n)).await.unwrap();
        // Until it is approved, the earlier figure stands.
        assert_eq!(shown(&town).await.map(|actual| actual.revision), (n > 0).then_some(n));
        decide(&town, report_id(n as u8), true, "").await.unwrap();
    }
    let actual = shown(&town).await.unwrap();
    assert_eq!(actual.value, Value::number(119.into()));
    let replaced: Vec<_> = actual.replaced.iter().map(|old| (old.value.plain(), old.on, old.reason.as_str())).collect();
    assert_eq!(replaced, [("121".to_owned(), TODAY, "数え間違い"), ("120".to_owned(), TODAY, "数え間違い")]);

    let mut tx = town.enter(&town.reporter).await;
    let reports = tx.reports(Wanted::Kpi(KPI)).await.unwrap();
    let of_2026: Vec<_> = reports.iter().filter(|r| r.period == Period::year(2026)).map(|r| (r.revision, r.is_newest)).collect();
    assert_eq!(of_2026.iter().filter(|(_, newest)| *newest).collect::<Vec<_>>(), [&(3, true)]);
    assert_eq!(of_2026.len(), 3, "nothing is overwritten");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_report_on_a_revision_that_is_no_longer_the_newest_is_a_conflict(pool: PgPool) {
    let town = Town::new(pool).await;
    report(&town, report_id(1), &figure(120, 0)).await.unwrap();
    for seen in [0, 2] {
        let error = report(&town, report_id(2), &figure(121, seen)).await.unwrap_err();
        assert!(error.is_conflict_on(STALE), "{error:?}");
    }
}

/// Two members act at once: the second waits for the first one's commit, then hears of it.
async fn at_once<'t, F>(town: &'t Town, act: impl Fn(TenantTx) -> F, who: &SignedIn) -> (Result<()>, Result<()>)
where
    F: Future<Output = (TenantTx, Result<()>)> + 't,
{
    let (first, done) = act(town.enter(who).await).await;
    done.unwrap();
    let second = act(town.enter(who).await);
    let commit = async {
        wait_for_a_lock(&town.world).await;
        first.commit().await
    };
    let (first, (second, done)) = tokio::join!(commit, second);
    let second = match done {
        Ok(()) => second.commit().await,
        Err(error) => Err(error),
    };
    (first, second)
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_reports_at_once_one_is_a_conflict(pool: PgPool) {
    let town = Town::new(pool).await;
    let next = std::sync::atomic::AtomicU8::new(1);
    let act = |mut tx: TenantTx| {
        let (town, id) = (&town, report_id(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)));
        async move {
            let done = record(town, &mut tx, id, &figure(100 + i64::from(id.0.as_bytes()[15]), 0)).await;
            (tx, done)
        }
    };
    let (first, second) = at_once(&town, act, &town.reporter).await;
    first.unwrap();
    assert!(second.unwrap_err().is_conflict_on(STALE));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_same_report_sent_twice_is_one_report(pool: PgPool) {
    let town = Town::new(pool).await;
    for _ in 0..2 {
        report(&town, report_id(1), &figure(120, 0)).await.unwrap();
    }
    let act = |mut tx: TenantTx| {
        let town = &town;
        async move {
            let done = record(town, &mut tx, report_id(2), &figure(121, 1)).await;
            (tx, done)
        }
    };
    let (first, second) = at_once(&town, act, &town.reporter).await;
    first.unwrap();
    second.unwrap();
    let mut tx = town.enter(&town.reporter).await;
    let reports = tx.reports(Wanted::Kpi(KPI)).await.unwrap();
    let mut revisions: Vec<_> = reports.iter().filter(|r| r.period == Period::year(2026)).map(|r| (r.revision, r.values.len())).collect();
    revisions.sort_unstable();
    assert_eq!(revisions, [(1, 1), (2, 1)]);
    let lines = audit::newest(&mut tx, 100).await.unwrap();
    assert_eq!(lines.iter().filter(|(action, _)| action == "report").count(), 2, "one line for one report");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_report_is_decided_once(pool: PgPool) {
    let town = Town::new(pool).await;
    report(&town, report_id(1), &figure(120, 0)).await.unwrap();
    let act = |mut tx: TenantTx| {
        let town = &town;
        async move {
            let report = tx.report(report_id(1)).await.unwrap();
            let done = town.decide(&mut tx, &report, true, "").await;
            (tx, done)
        }
    };
    let (first, second) = at_once(&town, act, &town.approver).await;
    first.unwrap();
    assert!(second.unwrap_err().is_conflict_on("report_decisions_one_per_step"));
    let again = decide(&town, report_id(1), false, "やはり違います").await.unwrap_err();
    assert!(again.is_conflict_on("report_decisions_one_per_step"));
    assert!(shown(&town).await.is_some());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_report_on_a_kpi_that_is_not_there_is_not_found(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut tx = town.enter(&town.reporter).await;
    let error = town.file(&mut tx, report_id(1), "AOB-99", &figure(1, 0)).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound), "{error:?}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_not_committed_is_neither_done_nor_logged(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut tx = town.enter(&town.reporter).await;
    let before = audit::newest(&mut tx, 100).await.unwrap();
    record(&town, &mut tx, report_id(1), &figure(120, 0)).await.unwrap();
    drop(tx);
    let mut tx = town.enter(&town.reporter).await;
    assert!(matches!(tx.report(report_id(1)).await, Err(StoreError::NotFound)));
    assert_eq!(audit::newest(&mut tx, 100).await.unwrap(), before);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_act_leaves_its_line_in_the_log(pool: PgPool) {
    let town = Town::new(pool).await;
    report(&town, report_id(1), &figure(120, 0)).await.unwrap();
    decide(&town, report_id(1), false, "単位が違います").await.unwrap();
    audit::refused(&town.world.db, &town.reporter, "aobadai", "publish", "/aobadai/publish").await.unwrap();
    let lines =
        "select concat_ws('|', m.id is not null, l.actor, l.action, l.subject, coalesce(l.detail ->> 'outcome', l.detail ->> 'action'))
                 from rashin.audit_log l left join rashin.members m on m.tenant_id = l.tenant_id and m.id = l.member_id
                 where l.actor = 'member' order by l.action";
    let wanted = ["t|member|decide|AOB-03 FY2026|returned", "t|member|refused|/aobadai/publish|publish", "t|member|report|AOB-03 FY2026"];
    assert_eq!(town.world.texts(town.id, lines).await, wanted);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_values_of_a_report_stand_in_the_order_of_the_parts(pool: PgPool) {
    let town = Town::new(pool).await;
    let content = seed("kai/dx-action-plan");
    town.world.import("aobadai", &content).await;
    let parts: Vec<_> = content.kpi("KAI-22").unwrap().parts.iter().map(|part| part.key.clone()).collect();
    assert!(parts.len() > 2);
    let values: Vec<_> = parts.iter().map(|part| (part.clone(), Value::Text { words: part.clone() })).collect();
    let mut tx = town.enter(&town.secretary).await;
    for n in 1..=4 {
        let report = ActualReport { values: values.clone(), ..figure(0, i32::from(n) - 1) };
        town.file(&mut tx, report_id(n), "KAI-22", &report).await.unwrap();
    }
    for report in tx.reports(Wanted::Kpi("KAI-22")).await.unwrap() {
        assert_eq!(report.values, values, "revision {}", report.revision);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_section_is_responsible_until_another_one_is(pool: PgPool) {
    let town = Town::new(pool).await;
    let other = town.world.section("aobadai", "kikaku", None, "企画課").await;
    let mut tx = town.enter(&town.secretary).await;
    let (items, today) = ([(Item::Kpi(tx.kpi_id(KPI).await.unwrap()), KPI.to_owned())], tx.today());
    assert_eq!(tx.responsible_sections().await.unwrap()[KPI].0, town.section);
    // To and fro on one day, as when the wrong line was clicked.
    for section in [other, town.section, other, town.section, other] {
        let permit = may(&tx, &Action::Assign);
        tx.hand_over(permit, &items, Some(&Owner { section, person: None, deputy: None }), today).await.unwrap();
        assert_eq!(tx.responsible_sections().await.unwrap()[KPI].0, section);
    }
    tx.commit().await.unwrap();
    let periods = "select concat_ws(' ', s.key, r.valid_from, r.valid_until) from rashin.responsibilities r
                   join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id order by r.valid_from";
    let wanted = ["soumu 2024-04-01 2026-06-30", "kikaku 2026-07-01"];
    assert_eq!(town.world.texts(town.id, periods).await, wanted);

    let mut tx = town.enter(&town.secretary).await;
    let permit = may(&tx, &Action::Assign);
    tx.hand_over(permit, &items, None, today).await.unwrap();
    assert!(!tx.responsible_sections().await.unwrap().contains_key(KPI), "nobody, from today on");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_prepared_for_april_counts_from_april_and_can_be_taken_back(pool: PgPool) {
    let town = Town::new(pool).await;
    let mut tx = town.enter(&town.secretary).await;
    let items = [(Item::Kpi(tx.kpi_id(KPI).await.unwrap()), KPI.to_owned())];
    let april = Date::constant(2027, 4, 1);
    let reporter = tx.owed(None).await.unwrap().unwrap().members.iter().find(|m| m.has(Role::Reporter)).unwrap().id;
    let now = Owner { section: town.section, person: None, deputy: None };
    let then = Owner { person: Some(reporter), ..now.clone() };
    let permit = may(&tx, &Action::Assign);
    tx.hand_over(permit, &items, Some(&then), april).await.unwrap();
    let desk = tx.owed(None).await.unwrap().unwrap();
    let charges: Vec<_> =
        desk.charges.iter().filter(|charge| charge.item == items[0].0).map(|c| (c.person, c.span.from, c.span.until)).collect();
    let since = Date::constant(2024, 4, 1);
    assert_eq!(charges, [(None, since, april.yesterday().ok()), (Some(reporter), april, None)]);
    assert_eq!(desk.desk().charges_of(&items[0].0).count(), 1, "April is hidden until April");
    // Taken back: one time of answering, as if nothing had been prepared.
    let permit = may(&tx, &Action::Assign);
    tx.hand_over(permit, &items, Some(&now), april).await.unwrap();
    let desk = tx.owed(None).await.unwrap().unwrap();
    let charges: Vec<_> = desk.charges.iter().filter(|charge| charge.item == items[0].0).map(|c| (c.span.from, c.span.until)).collect();
    assert_eq!(charges, [(since, None)]);
}
