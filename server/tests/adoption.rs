//! 計画への反映: what was decided becomes an initiative of the plan, or ends one, and is in the register of decisions.

mod support;

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{Browser, Service, council, field, hidden, main};

const CASES: &str = "/midorino/staff/cases";
const PLAN: &str = "/midorino/staff/plans/dx-plan";

/// みどり野市 with the short route and a case of 市民課 that waits for its chief.
async fn submitted(pool: PgPool) -> (Service, Browser) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    office.submit("/midorino/staff/routes/short/versions", &[]).await.says(200, &["使えるようにしました"]);
    let mut sato = service.signed_in("sato@midorino.example").await;
    let route = field(&sato.get(&format!("{CASES}/new")).await.text(), "route").unwrap();
    let section = service.section("midorino", "shimin").await;
    let text = [("route", route.as_str()), ("section", &section), ("title", "申請書の自動作成"), ("proposal", "聞き取って作る。")];
    sato.submit(CASES, &text).await.says(200, &["案件 1を保存しました"]);
    decide(&mut sato, "submitted").await.says(200, &["課長 承認"]);
    (service, office)
}

/// The same once the chief has accepted it.
async fn accepted(pool: PgPool) -> (Service, Browser) {
    let (service, office) = submitted(pool).await;
    let mut chief = service.signed_in("shimin-kacho@midorino.example").await;
    decide(&mut chief, "accepted").await.says(200, &["いまは「DX推進係 受付」"]);
    (service, office)
}

async fn decide(browser: &mut Browser, outcome: &str) -> support::Answer {
    decide_with(browser, outcome, &[]).await
}

async fn decide_with(browser: &mut Browser, outcome: &str, more: &[(&str, &str)]) -> support::Answer {
    let case = format!("{CASES}/1");
    let seen = hidden(&browser.get(&case).await.text(), "seen");
    let fields = [&[("seen", seen.as_str()), ("outcome", outcome)], more].concat();
    browser.submit(&format!("{case}/decisions"), &fields).await
}

async fn publish(office: &mut Browser) {
    let number = hidden(&office.get("/midorino/staff/publish").await.text(), "number");
    office.submit("/midorino/staff/editions", &[("reason", "改訂"), ("number", &number)]).await.says(200, &["公表しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_decision_starts_an_initiative_that_the_next_edition_shows(pool: PgPool) {
    let (service, mut office) = accepted(pool).await;
    let (case, rulings) = (format!("{CASES}/1"), format!("{CASES}/1/rulings"));
    decide(&mut office, "adopted").await.says(200, &["先に、決定を計画の案に入れてください"]);
    office.get(&case).await.says(200, &["計画への反映", "まだ計画の案に入っていません"]);
    office.get(&format!("{case}/adoption")).await.says(200, &["申請書の自動作成", "市民課になります", "始める年度"]);
    let wrong = [("effect", "starts"), ("fiscal_year", "来年"), ("title", ""), ("kpi_code", "あ"), ("kpi_target", "約10")];
    let sentences = ["年度は西暦4桁", "上位の施策を選択", "取組の名称を入力", "指標コードは、半角", "指標の名称を入力", "約10"];
    office.submit(&rulings, &wrong).await.says(200, &sentences);
    let right = [
        ("effect", "starts"),
        ("parent", "f2-1-1"),
        ("number", "ウ"),
        ("title", "申請書の自動作成"),
        ("fiscal_year", "2027"),
        ("phase.2027", "trial"),
        ("phase.2028", "full"),
        ("kpi_code", "MID-90"),
        ("kpi_name", "自動で作った申請書"),
        ("kpi_unit", "件"),
        ("kpi_target", "1,200件"),
    ];
    office.submit(&rulings, &right).await.says(200, &["計画の案に入れました", "ウ 申請書の自動作成", "計画の案にあります（次の版で公開）"]);
    let preview = format!("{PLAN}/preview/roadmap");
    office.get(&preview).await.says(200, &["申請書の自動作成", "決定による開始と廃止", "課長の決定により開始"]);
    office.get(&format!("{PLAN}/comparison")).await.says(200, &["申請書の自動作成", "決定", "自動で作った申請書"]);
    decide(&mut office, "adopted").await.says(200, &["「導入（導入）」で終わりました"]);
    office.get("/midorino/staff/decisions").await.says(200, &["申請書の自動作成", "取組「ウ 申請書の自動作成」を開始", "了承"]);
    office.get("/midorino/staff/decisions?outcome=returned").await.says(200, &["条件に合う決定はありません"]);
    let mut public = service.browser();
    assert!(!public.get("/midorino/roadmap").await.text().contains("申請書の自動作成"), "the draft is not public");

    publish(&mut office).await;
    public.get("/midorino/roadmap").await.says(200, &["申請書の自動作成", "課長の決定により開始"]);
    let page = public.get("/midorino/roadmap").await.text();
    assert!(!page.contains("案件1"), "cases are not public");
    office.get("/midorino/staff/roadmap").await.says(200, &["案件1", "★"]);
    office.get(&case).await.says(200, &["公表済みの計画にあります"]);
    // The section that proposed it answers for it and for its KPI.
    office.get("/midorino/staff/kpis/MID-90").await.says(200, &["自動で作った申請書", "担当 市民課"]);
    let node = "select count(*) from rashin.responsibilities r join rashin.nodes n using (tenant_id, plan_id)
                where n.key = r.node_key and n.title = '申請書の自動作成' and r.section_id is not null";
    assert_eq!(service.count_in("midorino", node).await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_a_decision_scraps_ends_on_the_roadmap_and_keeps_its_past(pool: PgPool) {
    let (service, mut office) = accepted(pool).await;
    let rulings = format!("{CASES}/1/rulings");
    let page = format!("{CASES}/1/adoption?effect=scraps");
    office.get(&page).await.says(200, &["行わなくなる最初の年度", "前の年度までの予定と実際は残ります"]);
    office.submit(&rulings, &[("effect", "scraps"), ("fiscal_year", "2028")]).await.says(200, &["取組を選択してください"]);
    let scrap = [("effect", "scraps"), ("node", "f2-1-1-2"), ("fiscal_year", "2028")];
    office.submit(&rulings, &scrap).await.says(200, &["計画の案に入れました", "課長の決定により廃止"]);
    office.submit(&rulings, &scrap).await.says(200, &["この決定は、もう計画の案に入っています"]);
    publish(&mut office).await;
    let text = main(&service.browser().get("/midorino/nodes/f2-1-1-2").await.text()).to_owned();
    assert!(text.contains("課長の決定により廃止") && text.contains("予定　本格実施"), "{text}");
    assert!(!text.contains("見直し"), "what was planned from 2028 on is gone");
    // Nobody but 事務局 puts a decision into the plan, and none that was not taken.
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.post(&rulings, &scrap).await.says(403, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_public_page_says_the_day_of_the_meeting_that_decided(pool: PgPool) {
    let service = council::kai(pool).await;
    council::case_before_the_section_meeting(&service, "書かない窓口の拡大").await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let meeting = council::meet(&service, &mut office, "kai", "section-meeting", 1).await;
    outcome(&mut office, &meeting, "accepted").await.says(200, &["結果を1件記録しました"]);
    let meeting = council::meet(&service, &mut office, "kai", "hq", 1).await;
    // 本部 decides on 22 November, and it is written down three days later.
    service.advance(SignedDuration::from_hours(3 * 24));
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    outcome(&mut office, &meeting, "adopted").await.says(200, &["結果を1件記録しました"]);
    let page = office.get(council::CASE).await;
    page.says(200, &["本部 決定：導入　決定日 2026年11月22日"]);
    office.get("/kai/staff/decisions").await.says(200, &["2026年11月22日", "甲斐市スマートプロジェクト推進本部"]);
    office.get(&format!("{}/adoption", council::CASE)).await.says(200, &["2026年11月22日 甲斐市スマートプロジェクト推進本部"]);
    let page = office.get(&format!("{}/adoption?effect=changes", council::CASE)).await.text();
    let options = page.split_once("name=\"node\"").unwrap().1.split("value=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let node = options.into_iter().find(|node| !node.is_empty()).unwrap();
    let ruling = [("effect", "changes"), ("node", node), ("fiscal_year", "2026")];
    office.submit(&format!("{}/rulings", council::CASE), &ruling).await.says(200, &["計画の案に入れました", "2026年11月22日"]);
    let number = hidden(&office.get("/kai/staff/publish").await.text(), "number");
    office.submit("/kai/staff/editions", &[("reason", "改訂"), ("number", &number)]).await.says(200, &["公表しました"]);
    let mut public = service.browser();
    public.get("/kai/roadmap").await.says(200, &["2026年11月22日 甲斐市スマートプロジェクト推進本部の決定により変更"]);
}

/// Writes down what came of case 1 at a meeting.
async fn outcome(browser: &mut Browser, meeting: &str, outcome: &str) -> support::Answer {
    let page = format!("{meeting}/outcomes");
    let seen = hidden(&browser.get(&page).await.text(), "c1.seen");
    browser.submit(&page, &[("c1.seen", seen.as_str()), ("c1.outcome", outcome)]).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_decision_on_paper_keeps_its_day(pool: PgPool) {
    let (service, _) = submitted(pool).await;
    service.advance(SignedDuration::from_hours(3 * 24));
    let mut chief = service.signed_in("shimin-kacho@midorino.example").await;
    let on = |day| [("decided_year", "2026"), ("decided_month", "11"), ("decided_day", day)];
    let refused = [
        ("26", "決定日は、今日までの日にしてください"),
        ("21", "案件が提出された日より前にはできません"),
        ("31", "決定日は実在する日付にしてください"),
    ];
    for (day, sentence) in refused {
        decide_with(&mut chief, "accepted", &on(day)).await.says(200, &[sentence, &format!("value=\"{day}\"")]);
    }
    decide_with(&mut chief, "accepted", &on("24")).await.says(200, &["課長 承認：了承　決定日 2026年11月24日"]);
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    office.get(&format!("{CASES}/1/adoption")).await.says(200, &["2026年11月24日"]);
    let file = office.get("/midorino/staff/decisions.csv").await.text();
    assert!(file.contains("2026-11-24,2026,市民課　課長,1,申請書の自動作成,了承"), "{file}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_scrapped_is_no_longer_asked_for(pool: PgPool) {
    let (service, mut office) = accepted(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    let (updates, progress) = ("/midorino/staff/updates", "/midorino/staff/progress");
    sato.get(updates).await.says(200, &["手続きのオンライン化"]);
    sato.get(progress).await.says(200, &["2026(令和8)年度 上半期の報告は32件中"]);
    let node = "select count(*) from rashin.nodes where key = 'f2-1-1-1' and title = '手続きのオンライン化'";
    assert_eq!(service.count_in("midorino", node).await, 1);
    let scrap = [("effect", "scraps"), ("node", "f2-1-1-1"), ("fiscal_year", "2026")];
    office.submit(&format!("{CASES}/1/rulings"), &scrap).await.says(200, &["課長の決定により廃止"]);
    sato.get(progress).await.says(200, &["32件中"]);
    publish(&mut office).await;
    sato.get(progress).await.says(200, &["2026(令和8)年度 上半期の報告は31件中"]);
    assert!(!main(&sato.get(updates).await.text()).contains("手続きのオンライン化"), "nobody owes a report about it");
}
