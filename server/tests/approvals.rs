//! Many reports decided at once, what is said about them, and what proves them.

mod support;

use rashin_domain::{
    access::{Action, decide},
    approval::{Approval, Settings},
};
use sqlx::PgPool;
use support::{Answer, Browser, Service, error_links, fields, figures, title};

const PAGE: &str = "/midorino/staff/approvals";
/// Figures of 市民課: code, first figure.
const KPIS: [(&str, &str); 4] = [("MID-01", "151"), ("MID-02", "21"), ("MID-03", "1,300"), ("MID-09", "3.4")];

/// 市民課 has reported four corrections for 2025; addresses of the reports.
async fn reported(service: &Service) -> Vec<String> {
    let mut reporter = service.signed_in("kimura@midorino.example").await;
    let mut reports = Vec::new();
    for (code, value) in KPIS {
        let more = [("value.main", value), ("seen.FY2025", "1"), ("reason", "集計の誤りを直した"), ("note", "窓口分を加えた")];
        reports.push(service.report(&mut reporter, "midorino", code, &more).await);
    }
    reports
}

async fn chief(service: &Service) -> Browser {
    service.signed_in("shimin-kacho@midorino.example").await
}

async fn settle(service: &Service, settings: &Settings) {
    let mut tx = service.maintenance.enter("midorino").await.unwrap();
    let permit = decide(tx.actor(), &Action::Conduct).unwrap();
    let seen = tx.settings().await.unwrap();
    tx.change_settings(permit, &seen, settings).await.unwrap();
    tx.commit().await.unwrap();
}

/// Sends the page's form as a browser would: its fields, some boxes ticked, one button.
async fn press(browser: &mut Browser, page: &Answer, to: &str, more: &[(&str, &str)]) -> Answer {
    let mut sent = fields(&page.text());
    sent.retain(|(name, _)| name.starts_with("step."));
    sent.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(&format!("/midorino/staff/{to}"), &sent).await
}

fn tick(report: &str) -> String {
    format!("report.{}", report.rsplit('/').next().unwrap())
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn all_that_waits_is_approved_with_one_button(pool: PgPool) {
    let service = Service::start(pool).await;
    reported(&service).await;
    let mut chief = chief(&service).await;
    chief.get("/midorino/staff").await.says(200, &["承認待ち 4件", "href=\"/midorino/staff/approvals\""]);
    let page = chief.get(PAGE).await;
    // The figure, the one before with the difference, the target, the judgement it would make, who and why.
    let words = ["4件の報告が", "151件", "＋4", "前回 147件", "2026年度の目標 154件", "B 計画どおり", "窓口分を加えた"];
    page.says(200, &words).says(200, &["木村 愛", "訂正の理由：集計の誤りを直した", "根拠の添付なし"]);
    press(&mut chief, &page, "approvals", &[("which", "all")]).await.says(200, &["4件を承認しました", "承認を待っている報告はありません"]);
    chief.get("/midorino/staff/kpis/MID-03").await.says(200, &["1,300件"]);
    assert_eq!(service.count_in("midorino", "select count(*) from rashin.audit_log where action = 'decide'").await, 4);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn chosen_ones_are_returned_with_one_reason_and_a_missing_one_keeps_the_ticks(pool: PgPool) {
    let service = Service::start(pool).await;
    let reports = reported(&service).await;
    let mut chief = chief(&service).await;
    let page = chief.get(PAGE).await;
    let (first, second) = (tick(&reports[0]), tick(&reports[1]));
    let ticked = [(first.as_str(), "on"), (second.as_str(), "on")];
    let back = press(&mut chief, &page, "returns", &[&ticked[..], &[("reason", " ")]].concat()).await;
    back.says(200, &["差戻しの理由を入力してください"]);
    assert_eq!(error_links(&back.text()), ["reason"]);
    assert_eq!(back.text().matches(" checked").count(), 2);
    let none = press(&mut chief, &page, "approvals", &[("which", "chosen")]).await;
    none.says(200, &["承認する報告を、表の左の欄で選んでください"]);
    let done = press(&mut chief, &page, "returns", &[&ticked[..], &[("reason", "内訳を付けてください")]].concat()).await;
    done.says(200, &["2件を差し戻しました", "2件の報告が"]);
    let third = tick(&reports[2]);
    press(&mut chief, &done, "approvals", &[("which", "chosen"), (&third, "on")]).await.says(200, &["1件を承認しました", "1件の報告が"]);
    let mut reporter = service.signed_in("kimura@midorino.example").await;
    reporter.get("/midorino/staff").await.says(200, &["差戻し", "内訳を付けてください"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_somebody_else_decided_is_told_and_the_others_go_through(pool: PgPool) {
    let service = Service::start(pool).await;
    let reports = reported(&service).await;
    let (mut chief, mut deputy) = (chief(&service).await, service.signed_in("sato@midorino.example").await);
    let page = chief.get(PAGE).await;
    // The deputy decides about one, and a second one is corrected again.
    deputy.get(PAGE).await.says(200, &["4件の報告が"]);
    deputy.submit(&format!("{}/approvals", reports[0]), &[]).await.says(200, &["承認しました"]);
    let mut reporter = service.signed_in("kimura@midorino.example").await;
    let again = [("value.main", "22"), ("seen.FY2025", "2"), ("reason", "もう一度数えた")];
    service.report(&mut reporter, "midorino", "MID-02", &again).await;
    let done = press(&mut chief, &page, "approvals", &[("which", "all")]).await;
    done.says(200, &["2件を承認しました", "「各種申請手続き等のデジタル化数」", "1件の報告が", "22"]);
    let nothing = press(&mut chief, &page, "approvals", &[("which", "all")]).await;
    nothing.says(200, &["先に決められていたため、何もしていません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn reports_of_others_are_neither_shown_nor_decided(pool: PgPool) {
    let service = Service::start(pool).await;
    reported(&service).await;
    let page = chief(&service).await.get(PAGE).await;
    for login in ["kimura@midorino.example", "gikai@midorino.example", "soumu-kacho@midorino.example", "jimukyoku@midorino.example"] {
        let mut other = service.signed_in(login).await;
        other.get(PAGE).await.says(200, &["あなたの承認を待っている報告はありません"]);
        assert_eq!(press(&mut other, &page, "approvals", &[("which", "all")]).await.status, 403, "{login}");
    }
    assert_eq!(service.count_in("midorino", "select count(*) from rashin.audit_log where action = 'decide'").await, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn after_the_chief_the_office_has_its_own_list(pool: PgPool) {
    let service = Service::start(pool).await;
    settle(&service, &Settings { approval: Approval::ChiefOffice, ..Settings::default() }).await;
    reported(&service).await;
    let (mut chief, mut office) = (chief(&service).await, service.signed_in("jimukyoku@midorino.example").await);
    office.get(PAGE).await.says(200, &["報告はありません"]);
    let page = chief.get(PAGE).await;
    press(&mut chief, &page, "approvals", &[("which", "all")]).await.says(200, &["4件を承認しました"]);
    office.get("/midorino/staff").await.says(200, &["承認待ち 4件"]);
    let page = office.get(PAGE).await;
    press(&mut office, &page, "approvals", &[("which", "all")]).await.says(200, &["4件を承認しました", "報告はありません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_member_reads_and_writes_comments_and_the_public_does_not(pool: PgPool) {
    let service = Service::start(pool).await;
    let report = reported(&service).await.swap_remove(0);
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let page = viewer.get(&report).await;
    page.says(200, &["コメント", "まだありません"]);
    viewer.submit(&format!("{report}/comments"), &[("comment", " ")]).await.says(200, &["コメントを入力してください"]);
    let said = "<b>窓口分</b>は何件ですか。";
    viewer.submit(&format!("{report}/comments"), &[("comment", said)]).await.says(200, &["コメントしました", "コメント1件"]);
    let mut chief = chief(&service).await;
    chief.get(&report).await.says(200, &["三浦 静", "&lt;b&gt;窓口分&lt;/b&gt;は何件ですか。"]);
    chief.get(PAGE).await.says(200, &["コメント1件"]);
    chief.get("/midorino/staff/kpis/MID-01").await.says(200, &["コメント1件"]);
    let page = chief.get(PAGE).await;
    press(&mut chief, &page, "approvals", &[("which", "all")]).await.says(200, &["4件を承認しました"]);
    assert!(!service.browser().get("/midorino/kpis/MID-01").await.text().contains("窓口分</b>は"));
    let mut admin = service.signed_in("kanri@midorino.example").await;
    admin.get("/midorino/staff/log").await.says(200, &["報告へのコメント"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_file_that_was_named_evidence_of_the_period_proves_an_achieved_target(pool: PgPool) {
    let service = Service::start(pool).await;
    settle(&service, &Settings { evidence_required: true, ..Settings::default() }).await;
    let kpi = "/midorino/staff/kpis/MID-12";
    let mut mori = service.signed_in("mori@midorino.example").await;
    let achieved = figures(&[("period", "FY2026"), ("value.main", "8,600"), ("seen.FY2026", "1"), ("reason", "10月末の値")]);
    let refused = mori.submit(&format!("{kpi}/drafts"), &achieved).await;
    refused.says(200, &["「達成」になる報告には、根拠が要ります", "8,600"]);
    assert_eq!(error_links(&refused.text()), ["link"]);
    let upload = async |browser: &mut Browser, period: &str, name: &str, bytes: &[u8]| {
        let answer = browser.post_file(&format!("{kpi}/attachments"), &[("evidence_for", period)], ("file", name, bytes)).await;
        browser.follow(answer).await
    };
    upload(&mut mori, "FY2019", "a.txt", b"a").await.says(200, &["どの期間の根拠かを選択してください"]);
    upload(&mut mori, "FY2025", "before.txt", b"b").await.says(200, &["添付しました", "2025(令和7)年度の根拠"]);
    mori.submit(&format!("{kpi}/drafts"), &achieved).await.says(200, &["根拠が要ります"]);
    upload(&mut mori, "FY2026", "registered.txt", b"c").await.says(200, &["添付しました"]);
    let more: Vec<(&str, &str)> = achieved.iter().copied().filter(|(name, _)| !["maturity", "answer.main"].contains(name)).collect();
    let report = service.report(&mut mori, "midorino", "MID-12", &more).await;
    let mut chief = service.signed_in("bosai-kacho@midorino.example").await;
    let page = chief.get(&report).await;
    page.says(200, &["根拠の添付ファイル", "registered"]);
    assert!(!page.text().contains(">before<"), "{}", title(&page.text()));
    chief.get(PAGE).await.says(200, &["registered", "A 目標達成"]);
}
