//! Sections that are reorganised: before the day, on the day, and after.

mod support;

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{Browser, Service, figures, hidden};

const DRAFTS: &str = "/kai/staff/reorganisations/drafts";
const CONFIRM: &str = "/kai/staff/reorganisations";
const CHART: &str = "/kai/staff/sections";

/// Kai, where 市民課 and 産業課 answer for a KPI each.
async fn kai(pool: PgPool) -> Service {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-08", "shimin").await;
    service.responsible("kai", "KAI-09", "sangyo").await;
    service
}

fn form<'a>(kind: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("kind", kind), ("on_year", "2027"), ("on_month", "4"), ("on_day", "1"), ("reason", "令和9年4月の機構改革")];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| name != other));
    fields.extend_from_slice(more);
    fields
}

/// 市民課 and 産業課 become 市民産業課.
async fn merger(service: &Service) -> [(&'static str, String); 4] {
    let (shimin, sangyo) = (service.section("kai", "shimin").await, service.section("kai", "sangyo").await);
    [("old.1", shimin), ("old.2", sangyo), ("new.1.name", "市民産業課".to_owned()), ("new.1.kind", "課".to_owned())]
}

/// What the check page would send, with what is chosen on it.
fn confirmed<'a>(check: &'a (String, String), more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("draft", check.0.as_str()), ("seen", check.1.as_str())], more].concat()
}

async fn checked(office: &mut Browser, fields: &[(&str, &str)]) -> (String, String) {
    let check = office.submit(DRAFTS, fields).await;
    check.says(200, &["確定する前に内容を確認してください"]);
    (hidden(&check.text(), "draft"), hidden(&check.text(), "seen"))
}

async fn merge(service: &Service, office: &mut Browser) {
    let fields = merger(service).await;
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let check = checked(office, &form("merge", &fields)).await;
    office.submit(CONFIRM, &confirmed(&check, &[])).await.says(200, &["に統合する準備ができました", "2027年4月1日に切り替わります"]);
}

fn next_april(service: &Service) {
    // From 22 November 2026, 15:00 to 1 April 2027.
    service.advance(SignedDuration::from_hours(24 * 130));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_merged_section_reports_and_finds_its_predecessors_figures(pool: PgPool) {
    let service = kai(pool).await;
    let mut reporter = service.signed_in("sangyo@kai.example").await;
    let mut head = service.signed_in("shimin-kacho@kai.example").await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let report = service.report(&mut reporter, "kai", "KAI-08", &[("value.main", "147")]).await;
    head.submit(&format!("{report}/approvals"), &[]).await.says(200, &["承認しました"]);
    merge(&service, &mut office).await;
    office
        .get("/kai/staff/kpis/KAI-08")
        .await
        .says(200, &["市民課（架空の配置）", "2026年4月1日～2027年3月31日", "市民産業課", "2027年4月1日から"]);

    next_april(&service);
    // 産業課's reporter, now of 市民産業課, reports for both.
    let mut reporter = service.signed_in("sangyo@kai.example").await;
    for kpi in ["KAI-08", "KAI-09"] {
        let year = [("period", "FY2026"), ("value.main", "150"), ("seen.FY2026", "0")];
        service.report(&mut reporter, "kai", kpi, &year).await;
    }
    let page = reporter.get("/kai/staff/sections/shimin-2027").await;
    page.says(200, &["市民産業課", "147件", "150件", "2025(令和7)年度", "産業課（架空の配置）", "架空 幸"]);
    let figures = support::main(&page.text()).split("id=\"figures\"").nth(1).unwrap().to_owned();
    assert!(figures.contains("市民課（架空の配置）"), "who reported it then stays named");
    reporter.get("/kai/staff/sections/shimin").await.says(200, &["2027年3月31日まであった組織です", "引き継いだ組織", "市民産業課"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn nothing_changes_before_the_day_and_a_withdrawal_gives_everything_back(pool: PgPool) {
    let service = kai(pool).await;
    let rows = "select count(*) + 1000 * count(*) filter (where valid_until is null) from
                (select valid_until from rashin.sections union all select valid_until from rashin.responsibilities
                 union all select valid_until from rashin.assignments) r";
    let before = service.count_in("kai", rows).await;
    let mut admin = service.signed_in("kanri@kai.example").await;
    merge(&service, &mut admin).await;
    assert_ne!(service.count_in("kai", rows).await, before);
    let page = admin.get(CHART).await;
    page.says(
        200,
        &["準備している変更", "「市民課（架空の配置）」「産業課（架空の配置）」を「市民産業課」に統合", "2027年3月31日まで", "取り下げる"],
    );
    admin.get(&format!("{CHART}?on=2027-04-01")).await.says(200, &["2027年4月1日の組織", "市民産業課"]);
    let mut reporter = service.signed_in("shimin@kai.example").await;
    service.report(&mut reporter, "kai", "KAI-08", &[]).await;
    assert!(!reporter.get(CHART).await.text().contains("取り下げる"), "a reporter may only read it");

    let text = page.text();
    let act = text.split("/staff/reorganisations/").find_map(|rest| rest.split_once("/withdrawals")).unwrap().0.to_owned();
    let withdrawal = format!("/kai/staff/reorganisations/{act}/withdrawals");
    admin.submit(&withdrawal, &[]).await.says(200, &["準備を取り下げました", "準備している変更はありません"]);
    assert_eq!(service.count_in("kai", rows).await, before);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.section_successors").await, 0);
    admin.post(&withdrawal, &[]).await.says(409, &["先に取り下げられています"]);
    // The same again, until it is too late.
    merge(&service, &mut admin).await;
    let text = admin.get(CHART).await.text();
    let act = text.split("/staff/reorganisations/").find_map(|rest| rest.split_once("/withdrawals")).unwrap().0.to_owned();
    next_april(&service);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.post(&format!("/kai/staff/reorganisations/{act}/withdrawals"), &[]).await.says(409, &["実施日を過ぎた変更は取り下げられません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_proposal_that_has_changed_meanwhile_is_looked_at_again(pool: PgPool) {
    let service = kai(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let fields = merger(&service).await;
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let check = checked(&mut office, &form("merge", &fields)).await;
    service.responsible("kai", "KAI-20", "shimin").await;
    office.submit(CONFIRM, &confirmed(&check, &[])).await.says(200, &["確認している間に、担当、配置または組織が変わりました", "KAI-20"]);
    let again = office.get("/kai/staff/reorganisations/check").await.text();
    let check = (hidden(&again, "draft"), hidden(&again, "seen"));
    let first = office.post(CONFIRM, &confirmed(&check, &[])).await;
    let second = office.post(CONFIRM, &confirmed(&check, &[])).await;
    assert_eq!((first.location(), second.location()), (CHART.to_owned(), CHART.to_owned()), "a double click is one act");
    assert_eq!(service.count_in("kai", "select count(*) from rashin.reorganisations").await, 1);
    // Another window had the same idea.
    let late = office.submit(DRAFTS, &form("merge", &fields)).await;
    late.says(200, &["入力内容に問題があります", "廃止が準備されている組織です", "市民産業課"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn each_row_of_a_split_goes_where_it_is_told_and_rights_follow(pool: PgPool) {
    let service = kai(pool).await;
    service.responsible("kai", "KAI-20", "shimin").await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let shimin = service.section("kai", "shimin").await;
    let new = [("new.1.name", "窓口課"), ("new.1.kind", "課"), ("new.2.name", "生活課"), ("new.2.kind", "課")];
    let fields = form("split", &[&[("old.1", shimin.as_str())], &new[..]].concat());
    let page = office.submit(DRAFTS, &fields).await.text();
    let check = (hidden(&page, "draft"), hidden(&page, "seen"));
    let selects: Vec<String> = page.split("name=\"to.").skip(1).map(|rest| format!("to.{}", rest.split('"').next().unwrap())).collect();
    assert_eq!(selects.len(), 2 + 4, "two KPIs and four assignments: {selects:?}");
    let options: Vec<&str> = page
        .split("name=\"to.")
        .nth(1)
        .unwrap()
        .split("</select>")
        .next()
        .unwrap()
        .split("value=\"")
        .skip(2)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    // The first KPI to 窓口課; the second one and all people to 生活課.
    let mut chosen: Vec<(&str, &str)> = selects.iter().map(|name| (name.as_str(), options[1])).collect();
    (chosen[0].1, chosen[1].1) = (options[0], "");
    let back = office.submit(CONFIRM, &confirmed(&check, &chosen)).await;
    back.says(200, &["移る先を一覧から選択してください"]);
    assert_eq!(support::field(&back.text(), &selects[0]).as_deref(), Some(options[0]), "what was chosen is kept");
    chosen[1].1 = options[1];
    office.submit(CONFIRM, &confirmed(&check, &chosen)).await.says(200, &["に分割する準備ができました"]);
    next_april(&service);
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let first = office.get("/kai/staff/sections/shimin-2027").await.text();
    let second = office.get("/kai/staff/sections/shimin-2027-2").await.text();
    let held =
        |page: &str| page.split("id=\"held\"").nth(1).unwrap().split("id=\"people\"").next().unwrap().matches("2027年4月1日から").count();
    assert_eq!((held(&first), held(&second)), (1, 1));
    let mut reporter = service.signed_in("shimin@kai.example").await;
    let refused = reporter.get("/kai/staff/kpis/KAI-08/report").await;
    refused.says(403, &["あなたの課が担当する指標ではありません"]);
    reporter.get("/kai/staff/kpis/KAI-20/report").await.says(200, &["実績の報告"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_wrong_with_an_order_is_said_and_what_was_typed_is_kept(pool: PgPool) {
    let service = kai(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let seisaku = service.section("kai", "seisaku").await;
    let faulty =
        form("rename", &[("old.1", &seisaku), ("new.1.name", ""), ("new.1.kind", "課"), ("on_year", "2026"), ("reason", "仮の理由")]);
    let back = office.submit(DRAFTS, &faulty).await;
    back.says(200, &["新しい組織の名称を入力してください", "実施日は今日以後の日付にしてください", "仮の理由"]);
    assert_eq!(support::field(&back.text(), "old.1"), Some(seisaku.clone()));
    let orphaned = form("abolish", &[("old.1", &seisaku)]);
    office.submit(DRAFTS, &orphaned).await.says(200, &["「DX推進係」の上の組織「政策戦略課」が"]);
    // From the check back to the form, and not a word lost.
    let rename = form("rename", &[("old.1", &seisaku), ("new.1.name", "デジタル戦略課"), ("new.1.kind", "課")]);
    let (draft, _) = checked(&mut office, &rename).await;
    assert!(!draft.is_empty());
    let again = office.submit(DRAFTS, &[("again", "on")]).await;
    again.says(200, &["デジタル戦略課", "令和9年4月の機構改革"]);
    office
        .submit("/kai/staff/sections/sangyo/positions", &[("after", ""), ("seen", "old")])
        .await
        .says(200, &["並び順か組織が変わりました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_kpi_given_to_an_ending_section_follows_it(pool: PgPool) {
    let service = kai(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    merge(&service, &mut office).await;
    let shimin = service.section("kai", "shimin").await;
    office.submit("/kai/staff/kpis/KAI-20/responsibilities", &[("section", &shimin)]).await.says(200, &["担当課を"]);
    next_april(&service);
    let mut reporter = service.signed_in("sangyo@kai.example").await;
    let year = figures(&[("period", "FY2026"), ("seen.FY2026", "0")]);
    assert_eq!(reporter.post("/kai/staff/kpis/KAI-20/drafts", &year).await.status, 303);
    reporter.get("/kai/staff/kpis/KAI-20").await.says(200, &["市民産業課"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_post_given_in_an_ending_section_goes_on_in_the_one_that_follows(pool: PgPool) {
    let service = kai(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    merge(&service, &mut office).await;
    let mut admin = service.signed_in("kanri@kai.example").await;
    let page = format!("/kai/staff/people/{}", service.member_id("kai", "K010").await);
    let (seen, shimin) = (hidden(&admin.get(&page).await.text(), "seen"), service.section("kai", "shimin").await);
    let post = [
        ("seen", seen.as_str()),
        ("role", "reporter"),
        ("section", &shimin),
        ("post", "主事"),
        ("capacity", "concurrent"),
        ("from_year", "2026"),
        ("from_month", "12"),
        ("from_day", "1"),
    ];
    admin.submit(&format!("{page}/assignments"), &post).await.says(200, &["所属を予定しました"]);
    next_april(&service);
    let mut reporter = service.signed_in("etsuran@kai.example").await;
    let year = figures(&[("period", "FY2026"), ("seen.FY2026", "0")]);
    assert_eq!(reporter.post("/kai/staff/kpis/KAI-09/drafts", &year).await.status, 303);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_prepared_for_a_section_of_next_april_names_it(pool: PgPool) {
    let service = kai(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    merge(&service, &mut office).await;
    let page = office.get("/kai/staff/transfers").await;
    page.says(200, &["準備してある引き継ぎ", "2027年4月1日", "市民産業課"]);
    assert!(!page.text().contains("廃止された課"));
}
