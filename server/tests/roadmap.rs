//! The roadmap, planned against actual: what was accepted stands under what was planned, and reaches the public with the
//! next edition.

mod support;

use sqlx::PgPool;
use support::{Service, fields};

const STAFF: &str = "/midorino/staff/roadmap";
const NODE: &str = "/midorino/staff/plans/dx-plan/objects/nodes/f2-1-1-1";

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_accepted_report_stands_under_the_plan_and_waits_for_the_next_edition(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    let updates = sato.get("/midorino/staff/updates").await.text();
    let form = updates.split("id=\"report-").find(|form| form.contains("手続きのオンライン化") && form.contains(".task\"")).unwrap();
    let field = |name: &str| format!("r{}.{name}", form.split('"').next().unwrap());
    let mut typed = fields(&updates);
    for (name, value) in [("phase", "trial"), ("note", "試した。"), ("slip_years", "1"), ("slip_reason", "入札の不調のため。")]
    {
        typed.retain(|(known, _)| *known != field(name));
        typed.push((field(name), value.to_owned()));
    }
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let check = sato.submit("/midorino/staff/updates/checks", &typed).await.text();
    let checked = fields(&check);
    let checked: Vec<(&str, &str)> = checked.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    sato.submit("/midorino/staff/updates/reports", &checked).await.says(200, &["1件を提出しました"]);
    assert!(!sato.get(STAFF).await.text().contains("入札の不調のため。"), "nobody accepted it yet");

    let mut chief = service.signed_in("shimin-kacho@midorino.example").await;
    let home = chief.get("/midorino/staff").await.text();
    let report = home.split('"').find(|href| href.starts_with("/midorino/staff/reports/")).unwrap().to_owned();
    chief.submit(&format!("{report}/approvals"), &[]).await.says(200, &["承認しました"]);
    sato.get(STAFF).await.says(200, &["予定より遅れている取組", "1年遅れ", "入札の不調のため。", "いま"]);
    sato.get("/midorino/staff/initiatives/f2-1-1-1").await.says(200, &["実際　試行　予定より1年遅れ", "理由　入札の不調のため。"]);

    let public = "/midorino/roadmap";
    let mut anybody = service.browser();
    assert!(!anybody.get(public).await.text().contains("入札の不調のため。"), "an edition is frozen");
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let page = office.get("/midorino/staff/publish").await.text();
    let number = support::hidden(&page, "number");
    office.submit("/midorino/staff/editions", &[("reason", "上半期の報告の反映"), ("number", &number)]).await.says(200, &["公表"]);
    anybody.get(public).await.says(200, &["入札の不調のため。", "1年遅れ", "実際："]);
    anybody.get("/midorino/nodes/f2-1-1-1").await.says(200, &["予定と実際", "予定より1年遅れ"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_strategy_is_seen_alone_and_milestones_in_words(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let all = viewer.get(STAFF).await;
    all.says(200, &["4件中1件が済みました", "◆ 窓口3か所で書かない窓口を開始", "時期を過ぎています", "防災アプリの配信"]);
    let one = viewer.get(&format!("{STAFF}?strategy=f2")).await;
    one.says(200, &["書かない窓口の拡大"]);
    assert!(!one.text().contains("防災アプリの配信"));
    viewer.get(&format!("{STAFF}?strategy=nothing-like-it")).await.says(200, &["すべての戦略を見る"]);
    assert!(!all.text().contains("節目を編集する"), "a viewer changes nothing");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_office_moves_what_is_planned_by_a_year_and_adds_a_milestone(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let page = office.get(NODE).await;
    page.says(200, &["ロードマップの予定", "1年後ろへ", "節目は、まだありません"]);
    let before = page.text();
    let cell = before.split("name=\"cell\" value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    let [_, year, phase, _] = cell.split('/').collect::<Vec<_>>().try_into().unwrap();
    let moves = format!("{NODE}/cell-moves");
    office.submit(&moves, &[("cell", &cell), ("way", "on")]).await.says(200, &["案に保存しました", "1年後ろへ"]);
    let year: i16 = year.parse().unwrap();
    office.get(NODE).await.says(200, &[&format!("f2-1-1-1/{}/{phase}/planned", year + 1)]);
    let gone = [("cell", cell.as_str()), ("way", "on")];
    office.submit(&moves, &gone).await.says(200, &["対象が、いまの案にありません"]);
    for _ in 0..7 {
        office.post(&moves, &[("way", "back")]).await;
    }
    office.submit(&moves, &[("way", "back")]).await.says(200, &["計画期間の外には移せません"]);

    let milestone =
        [("node", "f2-1-1-1"), ("title", "100手続きに対応"), ("fiscal_year", "2027"), ("season", "10月"), ("reading", "original")];
    office.submit("/midorino/staff/plans/dx-plan/objects/milestones", &milestone).await.says(200, &["100手続きに対応"]);
    office.get("/midorino/staff/plans/dx-plan/preview/roadmap").await.says(200, &["◇ 100手続きに対応", "これから"]);
    assert!(!service.browser().get("/midorino/roadmap").await.text().contains("100手続きに対応"));
    let number = support::hidden(&office.get("/midorino/staff/publish").await.text(), "number");
    office.submit("/midorino/staff/editions", &[("reason", "改訂"), ("number", &number)]).await.says(200, &["公表"]);
    service.browser().get("/midorino/roadmap").await.says(200, &["◇ 100手続きに対応"]);
    office.get(STAFF).await.says(200, &["◇ 100手続きに対応"]);
}
