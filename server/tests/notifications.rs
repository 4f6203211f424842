//! お知らせ: each thing once, on the page and by mail; jobs of a transaction, of its tenant only.

mod support;

use jiff::SignedDuration;
use rashin_app::{
    notification::jobs::perform,
    web::{App, Mailer},
};
use rashin_domain::{
    ids::MemberId,
    notification::{NotificationKind, Told},
    obligation::Item,
    reminder::morning,
};
use rashin_store::{StoreError, TenantTx, jobs::Work, notification::Note};
use sqlx::PgPool;
use support::{Browser, Service, hidden};

const PAGE: &str = "/kai/staff/notifications";
const SHIMIN: &str = "shimin@kai.example";

/// 甲斐市 on a Sunday, with 市民課 answering for one KPI and 産業課 for another.
async fn kai(pool: PgPool) -> Service {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-08", "shimin").await;
    service.responsible("kai", "KAI-09", "sangyo").await;
    service
}

/// What the server does every minute and the worker at once: a day's reminders, and all mails.
async fn day(service: &Service) {
    if let Some(day) = morning(service.now()) {
        service.jobs.enqueue_reminders(day).await.unwrap();
    }
    service.work().await;
    // The mails that the reminders put off.
    service.work().await;
}

async fn report(service: &Service) -> String {
    let mut reporter = service.signed_in(SHIMIN).await;
    let fields =
        [("period", "FY2026H1"), ("maturity", "preliminary"), ("value.main", "147"), ("seen.FY2026H1", "0"), ("note", "窓口を含みます。")];
    service.report(&mut reporter, "kai", "KAI-08", &fields).await
}

async fn approve(service: &Service, report: &str) {
    let mut chief = service.signed_in("shimin-kacho@kai.example").await;
    chief.submit(&format!("{report}/approvals"), &[]).await.says(200, &["承認しました"]);
}

async fn unread(browser: &mut Browser) -> String {
    let page = browser.get("/kai/staff").await.text();
    page.split("お知らせ").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default().trim().to_owned()
}

async fn jobs(service: &Service) -> i64 {
    service.count("select count(*) from graphile_worker.jobs").await
}

/// Something to tell the first member of a tenant who has an address.
async fn note(tx: &mut TenantTx, key: &str) -> Note {
    let to = tx.staff().await.unwrap().into_iter().find(|member| member.staff_number.as_deref() == Some("K010")).unwrap().id;
    let told = Told { kind: NotificationKind::Approved, text: "試験の文".to_owned(), about: Vec::new(), signed: None };
    Note { to, key: key.to_owned(), told, href: "/staff/updates".to_owned() }
}

async fn member(service: &Service, email: &str) -> MemberId {
    let mut tx = service.maintenance.enter("kai").await.unwrap();
    tx.staff().await.unwrap().into_iter().find(|member| member.email.as_deref() == Some(email)).unwrap().id
}

/// Tells it and commits; its member.
async fn tell(service: &Service, key: &str) -> MemberId {
    let mut tx = service.maintenance.enter("kai").await.unwrap();
    let note = note(&mut tx, key).await;
    tx.notify(std::slice::from_ref(&note)).await.unwrap();
    tx.commit().await.unwrap();
    note.to
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn who_can_decide_is_told_in_the_morning_what_waits_and_again_only_of_something_newer(pool: PgPool) {
    const CHIEF: &str = "shimin-kacho@kai.example";
    let service = kai(pool).await;
    let report = report(&service).await;
    service.work().await;
    assert_eq!(service.mails_to(CHIEF).len(), 0, "it is Sunday");
    service.advance(SignedDuration::from_hours(24));
    day(&service).await;
    assert_eq!(service.mails_to(CHIEF).len(), 0, "勤労感謝の日");
    service.advance(SignedDuration::from_hours(24));
    day(&service).await;
    let mails = service.mails_to(CHIEF);
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("承認を待っている報告が1件あります") && mails[0].contains("各種申請手続き等のデジタル化数"), "{}", mails[0]);
    let mut chief = service.signed_in(CHIEF).await;
    chief.get(PAGE).await.says(200, &["承認を待っている報告が1件あります", "/kai/staff/approvals"]);
    // Whoever cannot decide is not told, and nobody is told twice of the same.
    assert!(!service.mails_to(SHIMIN).iter().any(|mail| mail.contains("承認を待っている")));
    service.advance(SignedDuration::from_hours(24 * 2));
    day(&service).await;
    let of_waiting = || service.mails_to(CHIEF).iter().filter(|mail| mail.contains("承認を待っている")).count();
    assert_eq!(of_waiting(), 1);
    approve(&service, &report).await;
    service.advance(SignedDuration::from_hours(24));
    day(&service).await;
    assert_eq!(of_waiting(), 1, "nothing waits any more");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_approval_is_told_on_the_page_and_by_one_mail(pool: PgPool) {
    let service = kai(pool).await;
    let mut reporter = service.signed_in(SHIMIN).await;
    assert_eq!(unread(&mut reporter).await, "");
    let report = report(&service).await;
    approve(&service, &report).await;
    assert_eq!(unread(&mut reporter).await, "1件");
    reporter.get(PAGE).await.says(200, &["未読のお知らせが1件あります", "の報告が承認されました", "/kai/staff/kpis/KAI-08"]);
    assert_eq!(service.mails_to(SHIMIN).len(), 0, "a job sends it");

    service.work().await;
    let mails = service.mails_to(SHIMIN);
    assert_eq!(mails.len(), 1);
    for words in [
        "架空 健様",
        "の報告が承認されました",
        "/kai/staff/updates",
        "事務局（架空 光、架空 渡、架空 花子）",
        "/kai/staff/notifications/settings",
    ] {
        assert!(mails[0].contains(words), "{words} is missing: {}", mails[0]);
    }
    assert_eq!(jobs(&service).await, 0);
    // The days after have nothing to add.
    for _ in 0..4 {
        service.advance(SignedDuration::from_hours(24));
        day(&service).await;
    }
    assert_eq!(unread(&mut service.signed_in(SHIMIN).await).await, "1件");
    assert_eq!(service.mails_to(SHIMIN).len(), 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_kind_comes_once_and_none_twice(pool: PgPool) {
    let service = kai(pool).await;
    let of = |kind| format!("select count(*) from rashin.notifications where kind = '{kind}'");
    // An inquiry, and its reply; twice.
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let asking =
        [("title", "案への意見"), ("deadline_year", "2026"), ("deadline_month", "12"), ("deadline_day", "6"), ("section.shimin", "on")];
    let inquiry = office.post("/kai/staff/plans/dx-action-plan/inquiries", &asking).await.location();
    let mut reporter = service.signed_in(SHIMIN).await;
    reporter.get(PAGE).await.says(200, &["庁内照会「案への意見」が届いています（回答期限2026年12月6日）"]);
    let section = service.section("kai", "shimin").await;
    for words in ["一つめの意見", "二つめの意見"] {
        let fields = [("section", section.as_str()), ("comment.kpis.KAI-01", words)];
        reporter.submit(&format!("{inquiry}/comments"), &fields).await.says(200, &["送りました"]);
    }
    office.get(PAGE).await.says(200, &["庁内照会「案への意見」に市民課（架空の配置）が回答しました"]);

    // A return, and an approval.
    let first = report(&service).await;
    let mut chief = service.signed_in("shimin-kacho@kai.example").await;
    chief.submit(&format!("{first}/returns"), &[("reason", "数え直してください")]).await.says(200, &["差し戻しました"]);
    reporter.get(PAGE).await.says(200, &["の報告が差し戻されました"]);

    // A responsibility that begins today; one of April is told in April.
    let item = {
        let mut tx = service.maintenance.enter("kai").await.unwrap();
        format!("item.{}", Item::Kpi(tx.kpi_id("KAI-10").await.unwrap()))
    };
    let person = member(&service, SHIMIN).await.to_string();
    let april = [("from_year", "2027"), ("from_month", "4"), ("from_day", "1")];
    let give = [(item.as_str(), "on"), ("section", section.as_str()), ("person", person.as_str())];
    let later = [&give[..], &april[..]].concat();
    office.submit("/kai/staff/responsibilities", &later).await.says(200, &["2027年4月1日から有効になります"]);
    assert_eq!(count_in(&service, &of("assigned")).await, 0);
    office.submit("/kai/staff/responsibilities", &give).await.says(200, &["割り当てました"]);
    reporter.get(PAGE).await.says(200, &["の担当になりました", "/kai/staff/kpis/KAI-10"]);

    // The days until the grace is over: due on 25 and 30 November, overdue on 1 December, each to who owes.
    for _ in 0..12 {
        service.advance(SignedDuration::from_hours(24));
        day(&service).await;
        day(&service).await;
    }
    let mut counts = Vec::new();
    for kind in ["replied", "returned", "assigned"] {
        counts.push((kind, count_in(&service, &of(kind)).await));
    }
    assert_eq!(counts, [("replied", 1), ("returned", 1), ("assigned", 1)]);
    assert_eq!(count_in(&service, "select count(*) from rashin.notifications where by_mail and mailed_at is null").await, 0);
    assert_eq!(jobs(&service).await, 0);
    // The inquiry has a mail of its own.
    let mut due = service.mails_to("sangyo@kai.example");
    due.retain(|mail| mail.contains("羅針からのお知らせ"));
    assert_eq!(due.len(), 3, "due on 25 and 30 November, overdue on 1 December: {due:?}");
    assert!(due.iter().filter(|mail| mail.contains("締切2026年11月30日")).count() == 2, "{due:?}");
    assert!(due.iter().any(|mail| mail.contains("締切を過ぎた未報告")), "{due:?}");
}

async fn count_in(service: &Service, sql: &str) -> i64 {
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::query("select from gate.enter_maintenance('kai')").execute(&mut *tx).await.unwrap();
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&mut *tx).await.unwrap()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_read_is_counted_no_more(pool: PgPool) {
    let service = kai(pool).await;
    let report = report(&service).await;
    approve(&service, &report).await;
    let mut reporter = service.signed_in(SHIMIN).await;
    let page = reporter.get(PAGE).await.text();
    let one = page.split(&format!("{PAGE}/")).find_map(|rest| rest.split_once("/readings")).unwrap().0.to_owned();
    let mut chief = service.signed_in("shimin-kacho@kai.example").await;
    assert_eq!(chief.post(&format!("{PAGE}/{one}/readings"), &[]).await.status, 404, "somebody else's");
    reporter.submit(&format!("{PAGE}/{one}/readings"), &[]).await.says(200, &["既読にしました", "未読のお知らせはありません"]);
    assert_eq!(unread(&mut reporter).await, "");

    // What comes up after the page was made is not marked with the rest.
    let until = hidden(&page, "until");
    service.advance(SignedDuration::from_mins(1));
    tell(&service, "later").await;
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    viewer.submit(&format!("{PAGE}/readings"), &[("until", &until)]).await.says(200, &["0件を既読にしました", "試験の文"]);
    let until = hidden(&viewer.get(PAGE).await.text(), "until");
    viewer.submit(&format!("{PAGE}/readings"), &[("until", &until)]).await.says(200, &["1件を既読にしました"]);

    // After 400 days it is forgotten.
    service.advance(SignedDuration::from_hours(401 * 24));
    let mut tx = service.maintenance.enter("kai").await.unwrap();
    assert_eq!(tx.forget_notifications().await.unwrap(), 2);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn mails_can_be_refused_but_for_what_must_be_done(pool: PgPool) {
    let service = kai(pool).await;
    let mut reporter = service.signed_in(SHIMIN).await;
    let url = format!("{PAGE}/settings");
    let settings = reporter.get(&url).await;
    settings.says(200, &["いつもメールで届きます：催促、長く止まっている案件、期限を過ぎた案件、案件の期限、期限を過ぎたOODAカード、OODAカードの期限、案件の順番、期限を過ぎた報告、締切のお知らせ、差戻し、承認待ち、会議の招集、会議の変更・中止、対応事項、庁内照会"]);
    assert!(settings.text().contains("name=\"mail.approved\"") && !settings.text().contains("mail.due"));
    reporter.submit(&url, &[("mail.assigned", "on")]).await.says(200, &["メールの設定を保存しました"]);
    let kept = reporter.get(&url).await.text();
    let refused = ["mail.replied", "mail.approved", "mail.idea_answered", "mail.case_result", "mail.commented"];
    assert_eq!(support::boxes(&kept), refused);

    let report = report(&service).await;
    let mut chief = service.signed_in("shimin-kacho@kai.example").await;
    chief.submit(&format!("{report}/returns"), &[("reason", "数え直してください")]).await.says(200, &[]);
    service.work().await;
    assert_eq!(service.mails_to(SHIMIN).len(), 1, "a return cannot be refused");
    tell_approved(&service, SHIMIN).await;
    service.work().await;
    assert_eq!(service.mails_to(SHIMIN).len(), 1);
    assert_eq!(unread(&mut reporter).await, "2件", "the page tells it");
}

/// Tells a person that something was approved.
async fn tell_approved(service: &Service, email: &str) {
    let mut tx = service.maintenance.enter("kai").await.unwrap();
    let mut note = note(&mut tx, "approved/x").await;
    note.to = member(service, email).await;
    tx.notify(&[note]).await.unwrap();
    tx.commit().await.unwrap();
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_act_that_fails_leaves_neither_notification_nor_job(pool: PgPool) {
    let service = kai(pool).await;
    let mut tx = service.maintenance.enter("kai").await.unwrap();
    let note = note(&mut tx, "undone").await;
    tx.notify(&[note]).await.unwrap();
    drop(tx);
    assert_eq!(jobs(&service).await, 0);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.notifications").await, 0);
    tell(&service, "done").await;
    tell(&service, "done").await;
    assert_eq!(jobs(&service).await, 1);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.notifications").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_workers_send_one_mail(pool: PgPool) {
    let service = kai(pool).await;
    let to = tell(&service, "once").await;
    let (one, two) = (service.maintenance.enter("kai").await.unwrap(), service.maintenance.enter("kai").await.unwrap());
    let app = || service.app.clone();
    let (first, second) = tokio::join!(perform(app(), one, Work::Mail(to)), perform(app(), two, Work::Mail(to)));
    first.unwrap();
    second.unwrap();
    // And the job itself, which comes last.
    service.work().await;
    assert_eq!(service.mails_to("etsuran@kai.example").len(), 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_mail_that_the_server_does_not_take_is_tried_again(pool: PgPool) {
    let service = kai(pool).await;
    tell(&service, "late").await;
    // Nobody listens on the port of `discard`.
    let broken = App { mail: Mailer::smtp("no-reply@rashin.example", "smtp://127.0.0.1:9").unwrap(), ..service.app.clone() };
    service.work_with(broken).await;
    let failed = service.maintenance.failed_jobs().await.unwrap();
    assert_eq!(failed.iter().map(|job| (job.task.as_str(), job.attempts, job.is_dead())).collect::<Vec<_>>(), [("mail", (1, 12), false)]);
    assert!(failed[0].error.contains("the mail was not taken") && !failed[0].error.contains('@'), "{}", failed[0].error);
    service.work().await;
    assert!(service.mails_to("etsuran@kai.example").is_empty(), "not before its time");

    sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&service.pool).await.unwrap();
    service.work().await;
    assert_eq!(service.mails_to("etsuran@kai.example").len(), 1);
    assert!(service.maintenance.failed_jobs().await.unwrap().is_empty());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_worker_enters_only_the_tenant_of_the_job_it_does(pool: PgPool) {
    let service = kai(pool).await;
    tell(&service, "here").await;
    let job: i64 = sqlx::query_scalar("select id from graphile_worker.jobs").fetch_one(&service.pool).await.unwrap();
    for number in [job, job + 1] {
        let refused = service.jobs.enter(number).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "job {number} is not being done");
    }
    let done = service.jobs.run_once(|mut tx, _| async move {
        assert_eq!(tx.city().slug, "kai");
        assert!(tx.kpi_id("MID-01").await.is_err(), "another tenant's");
        Ok(tx.commit().await?)
    });
    done.await.unwrap();
    assert_eq!(jobs(&service).await, 0, "the job was done");

    let options = service.pool.connect_options().as_ref().clone().username("rashin_worker");
    let worker = sqlx::postgres::PgPoolOptions::new().connect_with(options).await.unwrap();
    for sql in
        ["select from rashin.notifications", "select from gate.enter_maintenance('midorino')", "select from gate.enter_public('midorino')"]
    {
        let refused = sqlx::query(sql).execute(&worker).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{sql}");
    }
}

/// The question of somebody else reaches who reported; the answer reaches who asked, and nobody is told of own words.
#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_comment_is_told_to_who_reported_and_to_who_spoke(pool: PgPool) {
    let service = kai(pool).await;
    let report = report(&service).await;
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    viewer.submit(&format!("{report}/comments"), &[("comment", "本庁だけの件数ですか。")]).await.says(200, &["コメントしました"]);
    let mut reporter = service.signed_in(SHIMIN).await;
    reporter.get(PAGE).await.says(200, &["報告にコメントがあります", &format!("{report}#comments")]);
    assert_eq!(unread(&mut viewer).await, "");
    reporter.submit(&format!("{report}/comments"), &[("comment", "支所も含みます。")]).await.says(200, &["コメント2件"]);
    viewer.get(PAGE).await.says(200, &["報告にコメントがあります"]);
    service.work().await;
    let mails = service.mails_to(SHIMIN);
    assert!(mails.iter().any(|mail| mail.contains("報告にコメントがあります")), "{mails:?}");
}
