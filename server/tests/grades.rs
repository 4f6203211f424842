//! How figures become grades: the plan's rule set, and what a person decides instead.

mod support;

use sqlx::PgPool;
use support::{Answer, Browser, Service, error_links, fields, hidden};

const GRADES: &str = "/midorino/staff/plans/dx-plan/grades";
const KPI: &str = "/midorino/staff/kpis/MID-01";

async fn office(service: &Service) -> Browser {
    service.signed_in("jimukyoku@midorino.example").await
}

async fn publish(office: &mut Browser) {
    let page = office.get("/midorino/staff/publish").await.text();
    let fields = [("reason", "判定の見直し"), ("number", &*hidden(&page, "number")), ("seen", &*hidden(&page, "seen"))];
    office.submit("/midorino/staff/editions", &fields).await.says(200, &["公表しました"]);
}

/// Takes a shipped set over, as the page that was looked at offers it.
async fn take(office: &mut Browser, looked_at: &Answer) -> Answer {
    let page = looked_at.text();
    let fields = [("template", &*hidden(&page, "template")), ("seen", &*hidden(&page, "seen"))];
    office.submit(&format!("{GRADES}/revisions"), &fields).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_rule_set_is_looked_at_taken_over_and_judges_once_it_is_published(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut office, mut public) = (office(&service).await, service.browser());
    office.get(GRADES).await.says(200, &["いまは「標準（達成・順調・やや遅れ・遅れ）」で判定しています", "A 目標達成", "70%以上100%未満"]);
    let looked_at = office.get(&format!("{GRADES}/check?template=nagayo")).await;
    let words = ["16件の指標のうち", "B 計画どおり", "±10%以内", "2026年度の実績（速報）は156件で、中間目標154件の101.2%にあたり、「B」"];
    looked_at.says(200, &words);
    take(&mut office, &looked_at).await.says(200, &["案に保存しました", "案を公表すると、「5区分（S・A・B・C・−）」に変わります"]);
    office.get("/midorino/staff/plans/dx-plan/comparison").await.says(200, &["判定：測るもの", "判定：1番目の区分"]);
    // The live plan and the public judge as before.
    office.get(KPI).await.says(200, &["B 計画どおり"]);
    public.get("/midorino/kpis/MID-01").await.says(200, &["B 計画どおり"]);
    publish(&mut office).await;
    for (browser, path) in [(&mut office, KPI), (&mut public, "/midorino/kpis/MID-01")] {
        browser.get(path).await.says(200, &["中間目標154件の101.2%にあたり、「B」（±10%以内）", "判定の決まりは「5区分"]);
    }
    public.get("/midorino").await.says(200, &["「B」は±10%以内"]);
    let json = public.get("/api/v1/municipalities/992011/plans/dx-plan").await.text();
    assert!(json.contains(r#""grades":{"key":"nagayo""#) && json.contains(r#""word":"B""#), "{json}");
    // The edition of before stays as it was.
    public.get("/midorino/plans/dx-plan/editions/1/kpis/MID-01").await.says(200, &["B 計画どおり"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn bands_that_overlap_come_back_with_what_was_typed(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let mut typed = fields(&office.get(&format!("{GRADES}?template=nagayo")).await.text());
    typed.iter_mut().find(|(name, _)| name == "band.2.from").unwrap().1 = "140%以上".to_owned();
    typed.iter_mut().find(|(name, _)| name == "band.2.label").unwrap().1 = "とても良い".to_owned();
    let sent: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = office.submit(&format!("{GRADES}/checks"), &sent).await;
    page.says(200, &["下限は上の区分ほど大きくしてください（「S」と「とても良い」）", "140%以上"]);
    assert_eq!(error_links(&page.text()), ["bands"]);
    typed.iter_mut().find(|(name, _)| name == "band.2.from").unwrap().1 = "１１０％超".to_owned();
    let sent: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let looked_at = office.submit(&format!("{GRADES}/checks"), &sent).await;
    looked_at.says(200, &["とても良い", "110%超130%未満"]);
    take(&mut office, &looked_at).await.says(200, &["案に保存しました", "とても良い"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_set_that_somebody_else_changed_is_not_silently_replaced(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut office, mut other) = (office(&service).await, service.signed_in("takahashi@midorino.example").await);
    let mine = office.get(&format!("{GRADES}/check?template=nagayo")).await;
    let theirs = other.get(&format!("{GRADES}/check?template=signs")).await;
    take(&mut other, &theirs).await.says(200, &["案に保存しました"]);
    let again = take(&mut office, &mine).await;
    again.says(200, &["ほかの人が、案の決まりを変えました", "記号（◎・○・△・×）", "5区分"]);
    take(&mut office, &again).await.says(200, &["案に保存しました"]);
    office.post(&format!("{GRADES}/revisions"), &[]).await.says(409, &["確かめる決まりがありません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_grade_that_the_office_sets_says_so_everywhere_once_it_is_published(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut office, mut public) = (office(&service).await, service.browser());
    let sheet = office.get(KPI).await;
    sheet.says(200, &["事務局による判定", "2026(令和8)年度の判定"]);
    let back = office.submit(&format!("{KPI}/grades"), &[("label", "B 計画どおり"), ("override_reason", "")]).await;
    back.says(200, &["計算による判定と同じです", "判定を変える理由を入力してください"]);
    let given = [("label", "C やや遅れ"), ("override_reason", "集計の方法を見直しているため。"), ("seen", "")];
    let reason = "に「C やや遅れ」と判定しました（理由：集計の方法を見直しているため）。計算による判定は「B 計画どおり」です";
    office.submit(&format!("{KPI}/grades"), &given).await.says(200, &["にしました", reason, "山田 花子"]);
    office.get("/midorino/staff/kpis").await.says(200, &["事務局による判定"]);
    assert!(!public.get("/midorino/kpis").await.text().contains("事務局による判定"));
    // Two at once: the second one is told.
    office.post(&format!("{KPI}/grades"), &given).await.says(409, &["先にほかの人が"]);
    publish(&mut office).await;
    public.get("/midorino/kpis").await.says(200, &["事務局による判定"]);
    let page = public.get("/midorino/kpis/MID-01").await;
    page.says(200, &["事務局による判定", reason]);
    assert!(!page.text().contains("山田 花子"), "no name in public");
    let json = public.get("/api/v1/municipalities/992011/plans/dx-plan").await.text();
    assert!(json.contains(r#""overruled":true"#) && json.contains(r#""by":"事務局""#), "{json}");
    let csv = public.get("/api/v1/municipalities/992011/plans/dx-plan/kpis.csv").await.text();
    assert!(csv.contains("C やや遅れ,事務局による判定") && csv.contains("計算"), "{csv}");

    let seen = hidden(&office.get(KPI).await.text(), "seen");
    office.submit(&format!("{KPI}/grade-withdrawals"), &[("seen", &seen)]).await.says(200, &["計算による判定に戻しました", "B 計画どおり"]);
    office.post(&format!("{KPI}/grade-withdrawals"), &[("seen", &seen)]).await.says(409, &["先にほかの人が"]);
    public.get("/midorino/kpis/MID-01").await.says(200, &["事務局による判定"]);
    let mut admin = service.signed_in("kanri@midorino.example").await;
    admin.get("/midorino/staff/log").await.says(200, &["事務局による判定", "事務局による判定の取り下げ", "集計の方法を見直しているため。"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_newer_report_ends_a_grade_that_was_set(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let given = [("label", "C やや遅れ"), ("override_reason", "見直し中"), ("seen", "")];
    office.submit(&format!("{KPI}/grades"), &given).await.says(200, &["にしました"]);
    let mut sato = service.signed_in("kimura@midorino.example").await;
    let correction = [("period", "FY2026"), ("value.main", "158"), ("seen.FY2026", "1"), ("reason", "二重計上を除いた")];
    let report = service.report(&mut sato, "midorino", "MID-01", &correction).await;
    office.get(KPI).await.says(200, &["に「C やや遅れ」と判定しました"]);
    let mut chief = service.signed_in("shimin-kacho@midorino.example").await;
    chief.submit(&format!("{report}/approvals"), &[]).await.says(200, &["承認しました"]);
    let page = office.get(KPI).await;
    page.says(200, &["158件", "そのあとに新しい報告があるため、いまは使われていません"]);
    assert!(!page.text().contains("と判定しました"));
}
