//! 催促 by hand: who is listed, who is asked, once, and by a signed mail.

mod support;

use jiff::SignedDuration;
use rashin_domain::obligation::Item;
use sqlx::PgPool;
use support::{Answer, Browser, Service, fields, main};

const PAGE: &str = "/kai/staff/reminders";
const SHIMIN: &str = "shimin@kai.example";
const SANGYO: &str = "sangyo@kai.example";
const URGED: &str = "select count(*) from rashin.notifications where kind = 'urged'";

/// 市民課 (健; 幸 as well) answers for KAI-08, 産業課 (幸) for KAI-09; 上半期 closes on 30 November.
async fn kai(pool: PgPool) -> (Service, Browser) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-08", "shimin").await;
    service.responsible("kai", "KAI-09", "sangyo").await;
    let office = service.signed_in("jimukyoku@kai.example").await;
    (service, office)
}

/// Everybody that can be ticked, and whether they are.
fn ticks(page: &str) -> Vec<(String, bool)> {
    let open = support::boxes(page);
    let boxes = main(page).split("name=\"to.").skip(1).map(|rest| format!("to.{}", rest.split('"').next().unwrap()));
    boxes.map(|name| (name.clone(), !open.contains(&name))).collect()
}

async fn tick(service: &Service, number: &str) -> String {
    format!("to.{}", service.member_id("kai", number).await)
}

/// Sends the page as it is, with `more`.
async fn send(office: &mut Browser, page: &Answer, more: &[(&str, &str)]) -> Answer {
    let shown = fields(&page.text());
    let shown = shown.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let sent: Vec<_> = shown.filter(|(name, _)| more.iter().all(|(other, _)| name != other)).chain(more.iter().copied()).collect();
    office.submit(PAGE, &sent).await
}

async fn report(service: &Service, code: &str) {
    let mut reporter = service.signed_in(SHIMIN).await;
    let fields =
        [("period", "FY2026H1"), ("maturity", "preliminary"), ("value.main", "147"), ("seen.FY2026H1", "0"), ("note", "窓口を含みます。")];
    service.report(&mut reporter, "kai", code, &fields).await;
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn those_who_owe_are_listed_and_ticked_but_for_deputies(pool: PgPool) {
    let (service, mut office) = kai(pool).await;
    let (ken, sachi) = (tick(&service, "K007").await, tick(&service, "K009").await);
    let page = office.get(PAGE).await;
    page.says(200, &["架空 健", "架空 幸", "2026年11月30日締切", "まだ", "催促する相手がいないもの", "/kai/staff/owners?show=none"]);
    assert_eq!(ticks(&page.text()), [(ken.clone(), true), (sachi.clone(), true)], "neither 承認者 nor 閲覧者");

    // A named person is asked, and the deputy only on request.
    let item = {
        let mut tx = service.maintenance.enter("kai").await.unwrap();
        format!("item.{}", Item::Kpi(tx.kpi_id("KAI-08").await.unwrap()))
    };
    let section = service.section("kai", "shimin").await;
    let (person, deputy) = (ken.trim_start_matches("to."), sachi.trim_start_matches("to."));
    let give = [(item.as_str(), "on"), ("section", &section), ("person", person), ("deputy", deputy)];
    office.submit("/kai/staff/responsibilities", &give).await.says(200, &["割り当てました"]);
    let page = office.get(PAGE).await;
    page.says(200, &["架空 幸（代理として）"]);
    let as_deputy = format!("{sachi}.deputy");
    assert_eq!(ticks(&page.text()), [(ken.clone(), true), (sachi.clone(), true), (as_deputy.clone(), false)]);
    for (which, ticked) in [("all", true), ("none", false)] {
        let page = office.get(&format!("{PAGE}?ticks={which}")).await.text();
        assert!(ticks(&page).iter().all(|(_, is)| *is == ticked), "{which}");
    }

    // One section, one item, nothing.
    let page = office.get(&format!("{PAGE}?section={section}")).await;
    assert_eq!(ticks(&page.text()), [(ken, true), (as_deputy, false)]);
    assert!(!page.text().contains("催促する相手がいないもの"), "it is nobody's of this section");
    let sangyo = service.section("kai", "sangyo").await;
    let page = office.get(&format!("{PAGE}?section={sangyo}&{item}=on")).await;
    page.says(200, &["条件に合う未報告はありません", "選んだ指標・取組1件"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_signed_mail_asks_for_what_is_owed(pool: PgPool) {
    let (service, mut office) = kai(pool).await;
    let page = office.get(PAGE).await;
    let words = "議会の資料に使います。\r\n水曜日までにお願いします。";
    send(&mut office, &page, &[("words", words)])
        .await
        .says(200, &["2人に催促しました", "今日15:00に催促済み", "2人全員に、今日催促しました"]);
    service.work().await;
    let mails = service.mails_to(SANGYO);
    assert_eq!(mails.len(), 1);
    for words in [
        "架空 幸様",
        "■ 催促\n2026(令和8)年度 上半期の報告をお願いします（2件）。締切は2026年11月30日です。\n　・",
        "甲斐市事務局　架空 花子より\n　議会の資料に使います。\n　水曜日までにお願いします。\n",
        "/kai/staff/updates",
        "催促・締切・期限後・差戻し・承認待ち・案件の順番と期限・OODAカードの期限・会議・対応事項のメールは止められません",
    ] {
        assert!(mails[0].replace("\r\n", "\n").contains(words), "{words} is missing: {}", mails[0]);
    }
    let mut reporter = service.signed_in(SHIMIN).await;
    let told = [
        "報告をお願いします（1件）",
        "各種申請手続き等のデジタル化数",
        "水曜日までにお願いします。",
        "事務局　架空 花子より",
        "/kai/staff/updates",
    ];
    reporter.get("/kai/staff/notifications").await.says(200, &told);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.get("/kai/staff/log").await.says(200, &["催促", "2026(令和8)年度 上半期の報告", "催促した人数"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.audit_log where detail ? 'urged'").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn nobody_is_asked_twice_a_day_unless_ticked_again(pool: PgPool) {
    let (service, mut office) = kai(pool).await;
    let (ken, sachi) = (tick(&service, "K007").await, tick(&service, "K009").await);
    let page = office.get(&format!("{PAGE}?ticks=none")).await;
    send(&mut office, &page, &[(&ken, "on")]).await.says(200, &["1人に催促しました", "2人のうち1人には、今日催促しました"]);
    service.advance(SignedDuration::from_mins(5));
    let page = office.get(PAGE).await;
    assert_eq!(ticks(&page.text()), [(ken.clone(), false), (sachi.clone(), true)]);
    send(&mut office, &page, &[]).await.says(200, &["1人に催促しました"]);
    assert_eq!(service.count_in("kai", URGED).await, 2);
    // Ticked knowingly, somebody is asked again.
    let page = office.get(PAGE).await;
    send(&mut office, &page, &[(&ken, "on")]).await.says(200, &["1人に催促しました"]);
    assert_eq!(service.count_in("kai", URGED).await, 3);
    service.advance(SignedDuration::from_hours(24));
    office = service.signed_in("jimukyoku@kai.example").await;
    let page = office.get(PAGE).await;
    page.says(200, &["11月22日"]);
    assert_eq!(ticks(&page.text()), [(ken, true), (sachi, true)], "the next day");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_clicks_and_two_people_ask_once(pool: PgPool) {
    let (service, mut office) = kai(pool).await;
    let mut other = service.signed_in("watari@kai.example").await;
    let (mine, others) = (office.get(PAGE).await, other.get(PAGE).await);
    let mut second = office.clone();
    let (one, two) = tokio::join!(send(&mut office, &mine, &[]), send(&mut second, &mine, &[]));
    assert_eq!((one.status, two.status), (200, 200));
    let late = send(&mut other, &others, &[]).await;
    late.says(200, &["催促は送りませんでした", "先に催促が送られていた2人には、重ねて送っていません"]);
    assert_eq!(service.count_in("kai", URGED).await, 2);
    service.work().await;
    assert_eq!((service.mails_to(SHIMIN).len(), service.mails_to(SANGYO).len()), (1, 1));
    assert_eq!(service.count_in("kai", "select count(*) from rashin.audit_log where detail ? 'urged'").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_reported_meanwhile_is_left_out_and_said(pool: PgPool) {
    let (service, mut office) = kai(pool).await;
    let page = office.get(PAGE).await;
    report(&service, "KAI-08").await;
    // 健 owes nothing any more, 幸 one thing less.
    send(&mut office, &page, &[]).await.says(200, &["1人に催促しました", "報告されたか担当が変わった2件は、除きました"]);
    service.work().await;
    assert!(service.mails_to(SHIMIN).is_empty());
    assert!(service.mails_to(SANGYO)[0].contains("お願いします（1件）"), "{:?}", service.mails_to(SANGYO));

    // Who is suspended is not asked, whatever a page showed.
    service.advance(SignedDuration::from_hours(24));
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let page = office.get(PAGE).await;
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::query("select from gate.enter_maintenance('kai')").execute(&mut *tx).await.unwrap();
    sqlx::query("update rashin.members set state = 'suspended' where staff_number = 'K009'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    send(&mut office, &page, &[])
        .await
        .says(200, &["催促は送りませんでした", "未報告が", "催促できる人がいません", "に、報告できる職員がいません"]);
    assert_eq!(service.count_in("kai", URGED).await, 1);
    office.submit(PAGE, &[]).await.says(200, &["催促は送りませんでした"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn only_what_the_page_showed_is_asked_for(pool: PgPool) {
    let (service, mut office) = kai(pool).await;
    let sangyo = service.section("kai", "sangyo").await;
    let page = office.get(&format!("{PAGE}?section={sangyo}")).await;
    let after = send(&mut office, &page, &[]).await;
    after.says(200, &["1人に催促しました"]);
    assert_eq!(support::field(&after.text(), "section"), Some(sangyo), "the page keeps its part");
    service.work().await;
    assert!(service.mails_to(SANGYO)[0].contains("お願いします（1件）"), "nothing of 市民課: {:?}", service.mails_to(SANGYO));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_faulty_form_comes_back_with_its_ticks_and_words(pool: PgPool) {
    let (service, mut office) = kai(pool).await;
    let (ken, sachi) = (tick(&service, "K007").await, tick(&service, "K009").await);
    let page = office.get(&format!("{PAGE}?ticks=none")).await;
    let answer = send(&mut office, &page, &[("words", "水曜日まで")]).await;
    answer.says(200, &["催促する人を、表の左の欄で選択してください", "水曜日まで", "エラー：催促"]);
    assert_eq!(support::error_links(&answer.text()), ["to"]);
    let long = "あ".repeat(501);
    let answer = send(&mut office, &page, &[("words", &long), (&sachi, "on")]).await;
    answer.says(200, &["ひとことは500文字以内", &long]);
    assert_eq!(ticks(&answer.text()), [(ken, false), (sachi, true)]);
    assert_eq!(service.count_in("kai", URGED).await, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn where_nothing_is_owed_the_page_says_what_comes(pool: PgPool) {
    let (service, mut office) = kai(pool).await;
    let mut aobadai = service.signed_in("jimukyoku@aobadai.example").await;
    aobadai.get("/aobadai/staff/reminders").await.says(200, &["報告の時期がまだ決まっていない", "/aobadai/staff/year"]);
    let progress = office.get("/kai/staff/progress").await;
    assert!(progress.text().contains(&format!("href=\"{PAGE}\"")), "事務局 is led here");
    let viewer = service.signed_in("etsuran@kai.example").await.get("/kai/staff/progress").await;
    assert!(!viewer.text().contains(PAGE), "nobody else is");
    // After the closing day each section that is late has its own link.
    service.advance(SignedDuration::from_hours(9 * 24));
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let shimin = service.section("kai", "shimin").await;
    assert!(office.get("/kai/staff/progress").await.text().contains(&format!("{PAGE}?section={shimin}")));
    office.get(PAGE).await.says(200, &["期限超過", "2026年11月30日締切"]);
}
