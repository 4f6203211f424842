//! 案件: who holds them for how long, who is told, and what happens when nobody moves.

mod support;

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{
    Service,
    council::{CASE, CASES, WHOLE, decide, kai, meet, open},
};

/// 部会 below 本部, 研究会 below 部会.
async fn lineage(service: &Service) {
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    for (body, name, kind, parent) in
        [("section-meeting", "部会", "section_meeting", "hq"), ("coe", "DX推進員（CoE）", "coe", "section-meeting")]
    {
        let charter = [("name", name), ("kind", kind), ("parent", parent)];
        office.submit(&format!("/kai/staff/rosters/{body}/charters"), &charter).await.says(200, &["保存しました"]);
    }
}

async fn days(service: &Service, days: i64) {
    for _ in 0..days {
        service.advance(SignedDuration::from_hours(24));
        service.morning().await;
    }
}

async fn told(service: &Service, kind: &str) -> i64 {
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::query("select from gate.enter_maintenance('kai')").execute(&mut *tx).await.unwrap();
    sqlx::query_scalar("select count(*) from rashin.notifications where kind = $1").bind(kind).fetch_one(&mut *tx).await.unwrap()
}

/// Of a meeting's address.
fn number(meeting: &str) -> &str {
    meeting.rsplit('/').next().unwrap()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_case_that_nobody_moves_goes_up_to_the_body_above_once(pool: PgPool) {
    let service = kai(pool).await;
    lineage(&service).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    decide(&mut member, "submitted", &[]).await.says(200, &["提案"]);
    // At once to who sits in the study meeting; the headquarters hears nothing.
    member.get("/kai/staff/notifications").await.says(200, &["案件「書かない窓口の拡大」が「提案」に来ました（期限2026年12月21日）"]);
    // 20 business days after Friday, 20 November, as the Sunday counts.
    days(&service, 26).await;
    assert_eq!((told(&service, "case_due").await, told(&service, "case_overdue").await), (1, 0));
    days(&service, 8).await;
    assert_eq!((told(&service, "case_overdue").await, told(&service, "case_escalated").await), (1, 0));
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office
        .get(&format!("{CASES}?state=overdue&sort=held"))
        .await
        .says(200, &["書かない窓口の拡大", "営業日過ぎています", "1件が期限を過ぎています"]);
    // 20 business days more, over the end of the year.
    days(&service, 36).await;
    assert!(told(&service, "case_escalated").await > 0);
    let once = told(&service, "case_escalated").await;
    days(&service, 5).await;
    assert_eq!(told(&service, "case_escalated").await, once, "each is told once");
    let words = "営業日過ぎています。部会と事務局に知らせました（1月";
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    for page in [CASE.to_owned(), format!("{CASES}?view=board"), format!("{CASES}?state=overdue")] {
        office.get(&page).await.says(200, &[words]);
    }
    let mut above = service.signed_in("shimin-kacho@kai.example").await;
    above.get("/kai/staff/notifications").await.says(200, &["長く止まっている案件", "営業日過ぎて止まっています"]);
    assert!(
        service
            .mails_to("shimin-kacho@kai.example")
            .iter()
            .any(|mail| mail.contains("■ 長く止まっている案件") && mail.contains("/kai/staff/cases?mine=on"))
    );
    let mut hq = service.signed_in("project@kai.example").await;
    assert!(!hq.get("/kai/staff/notifications").await.text().contains("長く止まっている"), "the headquarters is not the body above");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn authors_learn_what_was_decided_and_a_trial_that_comes_back_wakes_both_sides(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let mut chiefs = service.signed_in("shimin-kacho@kai.example").await;
    let mut hq = service.signed_in("project@kai.example").await;
    decide(&mut member, "submitted", &[]).await.says(200, &[]);
    decide(&mut member, "accepted", &[]).await.says(200, &[]);
    office.get("/kai/staff/notifications").await.says(200, &["「DX推進係 受付」に来ました"]);
    office.submit(&format!("{CASE}/remarks"), &[("kind", "opinion"), ("text", "よい案です。")]).await.says(200, &[]);
    decide(&mut office, "accepted", &[]).await.says(200, &[]);
    let met = meet(&service, &mut chiefs, "kai", "section-meeting", 1).await;
    decide(&mut chiefs, "accepted", &[("meeting", number(&met))]).await.says(200, &["本部 決定"]);
    let met = meet(&service, &mut hq, "kai", "hq", 1).await;
    let trial = [("until_year", "2026"), ("until_month", "12"), ("until_day", "18"), ("meeting", number(&met))];
    decide(&mut hq, "trial", &trial).await.says(200, &["トライアル"]);
    let page = "/kai/staff/notifications";
    member.get(page).await.says(200, &["は「本部 決定」で「トライアル」と決まりました（2026年12月18日まで）"]);
    days(&service, 30).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    member
        .get(page)
        .await
        .says(200, &["のトライアルが2026年12月18日に終わります。結果を書いてください", "のトライアルが終わりました。結果を書いてください"]);
    let mut hq = service.signed_in("project@kai.example").await;
    hq.get(page).await.says(200, &["のトライアルが終わり、「本部 決定」に戻りました"]);
    assert_eq!(told(&service, "case_result").await, 1);
    // Returned: with the reason on the case's page.
    decide(&mut hq, "returned", &[("reason", "結果がありません。")]).await.says(200, &["調査・研究"]);
    member.get(page).await.says(200, &["が「本部 決定」から差し戻されました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_board_shows_each_case_at_its_stage_and_filters_are_addresses(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    decide(&mut member, "submitted", &[]).await.says(200, &[]);
    let board = member.get(&format!("{CASES}?view=board")).await;
    board.says(200, &["研究会から本部まで", "DX推進係 受付", "なし", "書かない窓口の拡大", "案件 1　"]);
    member
        .get(&format!("{CASES}?view=board&stage=%E6%8F%90%E6%A1%88&mine=on&q=%E7%AA%93%E5%8F%A3"))
        .await
        .says(200, &["書かない窓口の拡大"]);
    member.get(&format!("{CASES}?body=%E4%BA%8B%E5%8B%99%E5%B1%80")).await.says(200, &["条件に合う案件はありません", "条件を外す"]);
    member.get(&format!("{CASES}?view=board&state=ended")).await.says(200, &["条件に合う案件はありません"]);
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    viewer.get(&format!("{CASES}?mine=on")).await.says(200, &["条件に合う案件はありません", "あなたの番は0件です"]);
}
