//! What becomes of a report between two people and over time.

mod support;

use jiff::SignedDuration;
use rashin_domain::{access::Role, identity::LinkPurpose};
use rashin_server::session::DbSessions;
use sqlx::PgPool;
use support::{NewMember, Service, figures};
use tower_sessions::{SessionStore, session::Record};

const NEW: &str = "あたらしい合言葉です一号";
const KPI: &str = "/kai/staff/kpis/KAI-01";

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_waiting_report_is_replaced_only_with_a_reason(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let (mut first, mut second) = (service.signed_in("shimin@kai.example").await, service.signed_in("sangyo@kai.example").await);
    service.report(&mut first, "kai", "KAI-01", &[("value.main", "3,111")]).await;
    let silent = figures(&[("value.main", "3,222"), ("seen.FY2025", "1")]);
    second.submit(&format!("{KPI}/drafts"), &silent).await.says(200, &["訂正の理由を入力してください", "3,222"]);
    service.report(&mut second, "kai", "KAI-01", &[("value.main", "3,222"), ("seen.FY2025", "1"), ("reason", "範囲の違い")]).await;
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_returned_correction_waits_on_the_reporters_home(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let mut reporter = service.signed_in("shimin@kai.example").await;
    let mut head = service.signed_in("shimin-kacho@kai.example").await;
    let report = service.report(&mut reporter, "kai", "KAI-01", &[("value.main", "3,111")]).await;
    head.submit(&format!("{report}/approvals"), &[]).await.says(200, &["承認しました"]);
    let correction = [("value.main", "3,100"), ("seen.FY2025", "1"), ("reason", "二重計上を除いた")];
    let report = service.report(&mut reporter, "kai", "KAI-01", &correction).await;
    head.submit(&format!("{report}/returns"), &[("reason", "根拠の資料を付けてください")]).await.says(200, &["差し戻しました"]);
    reporter.get("/kai/staff").await.says(200, &["差戻し", "根拠の資料を付けてください"]);
    reporter.get(KPI).await.says(200, &["3,111"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_draft_stays_in_its_tenant(pool: PgPool) {
    let service = Service::start(pool).await;
    // A second municipality with a KPI of the same code, and a person who works for both.
    let mut content = rashin_server::folder::load(&support::repository().join("seeds/demo/aobadai/dx-kousou")).unwrap().content;
    content.kpis[0].code = "KAI-01".to_owned();
    service.import("aobadai", &content).await;
    let mut both = service.signed_in("jimukyoku@kai.example").await;
    let member = NewMember {
        city: "aobadai",
        email: "jimukyoku@kai.example",
        name: "架空 花子",
        role: Role::Secretariat,
        section: "kikaku",
        state: "active",
    };
    service.member(member).await;
    both.submit(&format!("{KPI}/drafts"), &figures(&[("value.main", "3,333")])).await.says(200, &["3,333"]);
    let there = "/aobadai/staff/kpis/KAI-01/report";
    let form = both.get(there).await;
    form.says(200, &["実績の報告"]);
    assert!(!form.text().contains("3,333"), "the other tenant's figure is shown");
    both.get(&format!("{there}/check")).await.says(409, &["確認する報告がありません"]);
    both.get(&format!("{KPI}/report/check")).await.says(200, &["3,333"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_session_that_was_ended_stays_ended(pool: PgPool) {
    let service = Service::start(pool).await;
    let store = DbSessions(service.db.clone());
    let mut record =
        Record { id: Default::default(), data: Default::default(), expiry_date: tower_sessions::cookie::time::OffsetDateTime::UNIX_EPOCH };
    store.create(&mut record).await.unwrap();
    assert!(store.load(&record.id).await.unwrap().is_some());
    store.delete(&record.id).await.unwrap();
    // A request that was under way meanwhile saves what it had loaded.
    store.save(&record).await.unwrap();
    assert!(store.load(&record.id).await.unwrap().is_none());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_new_password_ends_every_link_and_a_mailbox_is_not_flooded(pool: PgPool) {
    let service = Service::start(pool).await;
    let person = service.person("shimin@kai.example", "架空 健", false).await;
    let lost = service.link(person, LinkPurpose::Invitation).await;
    let found = service.link(person, LinkPurpose::Reset).await;
    service.browser().submit(&format!("/reset/{found}"), &[("new", NEW)]).await.says(200, &["パスワードを保存しました"]);
    service.browser().get(&format!("/invitations/{lost}")).await.says(410, &["このリンクは使えません"]);

    let before = service.mails_to("shimin@kai.example").len();
    for _ in 0..3 {
        service.browser().submit("/reset", &[("email", "shimin@kai.example")]).await.says(200, &["登録がある場合"]);
    }
    service.advance(SignedDuration::from_mins(3));
    service.browser().submit("/reset", &[("email", "shimin@kai.example")]).await.says(200, &["登録がある場合"]);
    // Mails go out in the background: wait for the two that are due, then see that there are no more.
    let mut moments = tokio::time::interval(std::time::Duration::from_millis(5));
    for _ in 0..1_000 {
        if service.mails_to("shimin@kai.example").len() >= before + 2 {
            break;
        }
        moments.tick().await;
    }
    assert_eq!(service.mails_to("shimin@kai.example").len(), before + 2);
}
