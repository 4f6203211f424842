//! OODAカード: one turn about a KPI or a case, within its days.

mod support;

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{
    Answer, Browser, Service,
    council::{CASE, WHOLE, kai, open},
    error_links, field, hidden, main,
};

const CARDS: &str = "/kai/staff/cards";
const CARD: &str = "/kai/staff/cards/1";

/// Makes a card that 部会 hears of when it is late, five business days after the Friday before: on 30 November 2026.
async fn make(service: &Service, browser: &mut Browser, about: &str, owner: &str) -> Answer {
    let owner = service.member_of("kai", owner).await;
    let fields = [
        ("about", about),
        ("title", "申請の急な減少"),
        ("observation", "先月の半分。"),
        ("days", "５"),
        ("owner", owner.as_str()),
        ("body", "section-meeting"),
    ];
    browser.submit(CARDS, &fields).await
}

async fn go_on(browser: &mut Browser, act: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(CARD).await.text();
    let seen = [("seen", hidden(&page, "seen")), ("step", field(&page, "step").unwrap_or_default())];
    let fields: Vec<_> = seen.iter().map(|(name, value)| (*name, value.as_str())).chain(fields.iter().copied()).collect();
    browser.submit(&format!("{CARD}/{act}"), &fields).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn cards_of_whoever_moves_on_are_handed_over_together_and_every_card_is_found(pool: PgPool) {
    let service = kai(pool).await;
    let mut owner = service.signed_in("shimin@kai.example").await;
    for title in ["窓口の待ち時間", "転入の受付"] {
        let by = service.member_of("kai", "shimin@kai.example").await;
        let fields = [
            ("about", "kpi.KAI-01"),
            ("title", title),
            ("observation", "先月の半分。"),
            ("days", "5"),
            ("owner", by.as_str()),
            ("body", "section-meeting"),
        ];
        owner.submit(CARDS, &fields).await.says(200, &[title, "次は「状況判断」です"]);
    }
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.get("/kai/staff/search?q=%E8%BB%A2%E5%85%A5%E3%81%AE%E5%8F%97%E4%BB%98").await.says(200, &["/kai/staff/cards/2"]);
    let (shimin, sangyo) = (service.member_id("kai", "K007").await.to_string(), service.member_id("kai", "K009").await.to_string());
    office.get("/kai/staff/transfers").await.says(200, &["OODAカード", "2件"]);
    let transfer = format!("/kai/staff/transfers/{shimin}");
    office.get(&transfer).await.says(200, &["担当しているOODAカード", "窓口の待ち時間", "転入の受付"]);
    let url = format!("{transfer}/card-handovers");
    office.submit(&url, &[("card_to", &sangyo)]).await.says(200, &["引き継ぐカードを選択してください"]);
    office.submit(&url, &[("cards.1", "on"), ("card_to", &shimin)]).await.says(200, &["カードの新しい担当を選択してください"]);
    let page = office.submit(&url, &[("cards.1", "on"), ("cards.2", "on"), ("card_to", &sangyo)]).await;
    page.says(200, &["OODAカード2件を", "引き継ぎました"]);
    assert!(!main(&page.text()).contains("担当しているOODAカード"));
    let mut other = service.signed_in("sangyo@kai.example").await;
    other.get("/kai/staff/notifications").await.says(200, &["OODAカード「転入の受付」の担当になりました"]);
    other.post(&url, &[("cards.1", "on"), ("card_to", &sangyo)]).await.says(403, &[]);
}

async fn days(service: &Service, days: i64) {
    for _ in 0..days {
        service.advance(SignedDuration::from_hours(24));
        service.morning().await;
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_card_about_a_kpi_goes_round_once_and_ends_with_its_result(pool: PgPool) {
    let service = kai(pool).await;
    let mut owner = service.signed_in("shimin@kai.example").await;
    owner.get(CARDS).await.says(200, &["OODAカードはまだありません", "見たことを書いて作ります"]);
    owner.get("/kai/staff/kpis/KAI-01").await.says(200, &["OODAカードを作る", "about=kpi.KAI-01"]);
    let form = owner.get(&format!("{CARDS}/new?about=kpi.KAI-01")).await.text();
    assert_eq!(field(&form, "about").as_deref(), Some("kpi.KAI-01"));
    let back = owner.submit(CARDS, &[("about", "kpi.KAI-99"), ("title", "申請の急な減少"), ("days", "61"), ("body", "@office")]).await;
    back.says(200, &["対象を選択してください", "観察を入力してください", "1から60まで", "申請の急な減少"]);
    let mut faults = error_links(&back.text());
    faults.sort();
    assert_eq!(faults, ["about", "days", "observation", "owner"]);
    let page = make(&service, &mut owner, "kpi.KAI-01", "shimin@kai.example").await;
    page.says(200, &["次は「状況判断」です", "期限は2026年11月30日（あと5営業日）", "先月の半分。", "部会"]);
    // A second click makes no second card.
    make(&service, &mut owner, "kpi.KAI-01", "shimin@kai.example").await.says(200, &["申請の急な減少"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.cards").await, 1);
    owner.get("/kai/staff").await.says(200, &["申請の急な減少", "次は「状況判断」"]);
    go_on(&mut owner, "steps", &[("text", " ")]).await.says(200, &["状況判断を入力してください"]);
    assert!(!main(&owner.get(CARD).await.text()).contains("結果を書いて終える"));
    for (text, next) in [("様式が変わった。", "次は「意思決定」"), ("様式を戻す。", "次は「実行」"), ("戻した。", "結果を書くと終わります")]
    {
        go_on(&mut owner, "steps", &[("text", text)]).await.says(200, &[text, next, "を書きました"]);
    }
    // A viewer reads all of it and writes nothing.
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    let shown = viewer.get(CARD).await;
    shown.says(200, &["様式が変わった。", "戻した。"]);
    assert!(!main(&shown.text()).contains("<form"));
    viewer.post(&format!("{CARD}/results"), &[("result", "終わり")]).await.says(403, &["その担当と事務局です"]);
    viewer.post(CARDS, &[]).await.says(403, &[]);
    go_on(&mut owner, "results", &[("result", "申請が戻った。")])
        .await
        .says(200, &["OODAカードを終えました", "申請が戻った。", "次のOODAカードを作る"]);
    assert!(!main(&owner.get("/kai/staff").await.text()).contains("申請の急な減少"));
    owner.get("/kai/staff/kpis/KAI-01").await.says(200, &["申請の急な減少", "進行中 0件"]);
    viewer.get(&format!("{CARDS}?show=closed&q=急")).await.says(200, &["申請の急な減少", "終了"]);
    viewer.get(&format!("{CARDS}?show=late")).await.says(200, &["条件に合うカードはありません", "条件を外す"]);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin
        .get("/kai/staff/log?kind=card")
        .await
        .says(200, &["OODAカードの作成", "OODAカードの段階の記入", "OODAカードの終了", "OODAカード 1"]);
    let mut midorino = service.signed_in("jimukyoku@midorino.example").await;
    assert_eq!(midorino.get("/midorino/staff/cards/1").await.status, 404);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_at_once_one_wins_and_the_other_loses_no_text(pool: PgPool) {
    let service = kai(pool).await;
    let mut owner = service.signed_in("shimin@kai.example").await;
    make(&service, &mut owner, "kpi.KAI-01", "shimin@kai.example").await.says(200, &[]);
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let seen = hidden(&office.get(CARD).await.text(), "seen");
    go_on(&mut owner, "steps", &[("text", "様式が変わった。")]).await.says(200, &[]);
    let late = [("seen", seen.as_str()), ("step", "orient"), ("text", "休日が多かった。")];
    office.submit(&format!("{CARD}/steps"), &late).await.says(200, &["先に書きました", "休日が多かった。", "様式が変わった。"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.card_events").await, 3);
    // The page of a card that was given up has no field: the words stand in the message.
    go_on(&mut owner, "abandonments", &[]).await.says(200, &["取りやめる理由を入力してください"]);
    go_on(&mut owner, "abandonments", &[("reason", "誤りだった。")]).await.says(200, &["取りやめました", "誤りだった。"]);
    office.submit(&format!("{CARD}/steps"), &late).await.says(200, &["保存していません：「休日が多かった。」"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.card_events").await, 4);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_late_card_is_told_to_its_owner_and_once_to_its_body(pool: PgPool) {
    let service = kai(pool).await;
    let mut owner = service.signed_in("shimin@kai.example").await;
    make(&service, &mut owner, "kpi.KAI-01", "shimin@kai.example").await.says(200, &[]);
    let told = async || {
        let due = service.count_in("kai", "select count(*) from rashin.notifications where kind = 'card_due'").await;
        (due, service.count_in("kai", "select count(*) from rashin.notifications where kind = 'card_escalated'").await)
    };
    days(&service, 3).await;
    assert_eq!(told().await, (0, 0));
    days(&service, 5).await;
    assert_eq!(told().await, (1, 0), "near until the last day");
    days(&service, 1).await;
    assert_eq!(told().await, (2, 1));
    days(&service, 4).await;
    assert_eq!(told().await, (2, 1), "each is told once");
    let mut owner = service.signed_in("shimin@kai.example").await;
    owner
        .get("/kai/staff/notifications")
        .await
        .says(200, &["期限が近づいています（2026年11月30日）。次は「状況判断」です", "部会にも知らせました"]);
    let mut body = service.signed_in("shimin-kacho@kai.example").await;
    body.get("/kai/staff/notifications").await.says(200, &["期限（2026年11月30日）を過ぎて「状況判断」を待っています。担当（"]);
    let mail = service.mails_to("shimin-kacho@kai.example");
    assert!(mail.iter().any(|mail| mail.contains("■ 期限を過ぎたOODAカード") && mail.contains("申請の急な減少")));
    body.get(CARD).await.says(200, &["営業日過ぎています）。", "部会に知らせました（12月1日）"]);
    body.get(&format!("{CARDS}?show=late")).await.says(200, &["うち1件が期限を過ぎています", "申請の急な減少"]);
    owner.get("/kai/staff").await.says(200, &["営業日過ぎています"]);
    // What was late and is done is late no more.
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    go_on(&mut office, "abandonments", &[("reason", "誤りだった。")]).await.says(200, &[]);
    body.get(&format!("{CARDS}?show=late")).await.says(200, &["条件に合うカードはありません"]);
    body.get(&format!("{CARDS}?show=closed")).await.says(200, &["（期限を過ぎて）"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_card_about_a_case_changes_hands_and_is_the_office_s_when_its_owner_leaves(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    member.get(CASE).await.says(200, &["OODAカードを作る", "about=case.1"]);
    make(&service, &mut member, "case.1", "sangyo@kai.example").await.says(200, &["案件 1　書かない窓口の拡大"]);
    member.get(CASE).await.says(200, &["申請の急な減少", "進行中 1件"]);
    // Who made it for somebody else reads it.
    member.post(&format!("{CARD}/steps"), &[("text", "違う")]).await.says(403, &["その担当と事務局です"]);
    let mut owner = service.signed_in("sangyo@kai.example").await;
    owner.get("/kai/staff/notifications").await.says(200, &["OODAカード「申請の急な減少」の担当になりました（期限2026年11月30日）"]);
    go_on(&mut owner, "handovers", &[]).await.says(200, &["新しい担当を選択してください"]);
    let seen = hidden(&owner.get(CARD).await.text(), "seen");
    let to = service.member_of("kai", "project@kai.example").await;
    go_on(&mut owner, "handovers", &[("owner", to.as_str())]).await.says(200, &["さんに引き継ぎました", "担当が"]);
    // What the former owner was still typing is not lost.
    owner
        .submit(&format!("{CARD}/steps"), &[("seen", seen.as_str()), ("step", "orient"), ("text", "様式が変わった。")])
        .await
        .says(200, &["保存していません：「様式が変わった。」"]);
    let mut new = service.signed_in("project@kai.example").await;
    new.get("/kai/staff/notifications").await.says(200, &["の担当になりました"]);
    new.get(&format!("{CARDS}?show=mine")).await.says(200, &["申請の急な減少", "あなたの担当は1件です"]);
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    assert!(!main(&office.get("/kai/staff").await.text()).contains("申請の急な減少"));
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::query("select from gate.enter_maintenance('kai')").execute(&mut *tx).await.unwrap();
    sqlx::query("update rashin.members set state = 'left' where id = $1::uuid").bind(&to).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    office.get("/kai/staff").await.says(200, &["申請の急な減少", "次は「状況判断」"]);
    go_on(&mut office, "steps", &[("text", "様式が変わった。")]).await.says(200, &["次は「意思決定」"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_late_card_is_told_to_the_office_where_nobody_sits_in_its_body(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.submit("/kai/staff/rosters/from-plan", &[]).await.says(200, &["会議体を3件加えました"]);
    let mut owner = service.signed_in("shimin@kai.example").await;
    make(&service, &mut owner, "kpi.KAI-01", "shimin@kai.example").await.says(200, &["次は「状況判断」です"]);
    days(&service, 9).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.get("/kai/staff/notifications").await.says(200, &["期限（2026年11月30日）を過ぎて「状況判断」を待っています"]);
    office.get(CARD).await.says(200, &["。事務局に知らせました（12月1日）"]);
}
