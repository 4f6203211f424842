//! 庁内照会 from the sending to the meeting.

mod support;

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use jiff::SignedDuration;
use rashin_domain::access::{Action, Role, decide};
use sqlx::PgPool;
use support::{Answer, Browser, NewMember, Service, field, hidden};

const PLAN: &str = "/kai/staff/plans/dx-action-plan";
const COMMENTS: &str = "select count(*) from rashin.inquiry_comments";

/// The draft renames KAI-01.
async fn rename(service: &Service, name: &str) {
    let mut tx = service.maintenance.enter("kai").await.unwrap();
    let desk = tx.desk_to_change("dx-action-plan").await.unwrap();
    let mut after = desk.content().clone();
    after.kpis.iter_mut().find(|kpi| kpi.code == "KAI-01").unwrap().name = name.to_owned();
    let permit = decide(tx.actor(), &Action::Edit).unwrap();
    assert!(tx.record_step(permit, &desk, &after, "名称を変える").await.unwrap());
    tx.commit().await.unwrap();
}

/// Sends an inquiry due on 6 December 2026; its address.
async fn send(office: &mut Browser, more: &[(&str, &str)]) -> String {
    let page = office.get(&format!("{PLAN}/inquiries/new")).await.text();
    let id = hidden(&page, "inquiry");
    let fields = [("inquiry", id.as_str()), ("title", "次期計画への照会"), ("message", "ご確認ください。")];
    let date = [("deadline_year", "2026"), ("deadline_month", "12"), ("deadline_day", "6")];
    let answer = office.post(&format!("{PLAN}/inquiries"), &[&fields[..], &date, more].concat()).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location()
}

async fn comment(service: &Service, browser: &mut Browser, url: &str, section: &str, comments: &[(&str, &str)]) -> Answer {
    let section = service.section("kai", section).await;
    browser.submit(&format!("{url}/comments"), &[&[("section", section.as_str())], comments].concat()).await
}

/// Ids of the comments on a page, in its order.
fn comment_ids(page: &str) -> Vec<String> {
    let ids = page.split("id=\"c-").skip(1).filter_map(|rest| rest.split('"').next());
    ids.map(str::to_owned).collect()
}

async fn start(pool: PgPool) -> (Service, Browser) {
    let service = Service::start(pool).await;
    let office = service.signed_in("jimukyoku@kai.example").await;
    (service, office)
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_draft_goes_to_sections_and_comes_back_as_a_table(pool: PgPool) {
    let (service, mut office) = start(pool).await;
    rename(&service, "改めた指標の名").await;
    office.get(&format!("{PLAN}/inquiries/new")).await.says(200, &["1か所が変わります", "市民課", "value=\"6\""]);
    let url = send(&mut office, &[("section.shimin", "on"), ("section.sangyo", "on")]).await;
    let mails = service.mails_of("shimin-kacho@kai.example", 1).await;
    assert!(mails.len() == 1 && mails[0].contains(&url) && mails[0].contains("2026年12月6日"), "{mails:?}");

    let mut citizens = service.signed_in("shimin-kacho@kai.example").await;
    citizens.get("/kai/staff").await.says(200, &["次期計画への照会", &url, "回答期限 2026年12月6日"]);
    citizens.get(&url).await.says(200, &["改めた指標の名", "市民課（架空の配置）はまだ回答していません", "ご確認ください。"]);
    // The change of it is marked word by word; another one is not changed and can be commented on, too.
    let said = [("comment.kpis.KAI-01", "=名称は\r\n前のままで"), ("comment.kpis.KAI-02", "数え方の説明を"), ("comment.nodes.s1", "")];
    comment(&service, &mut citizens, &url, "shimin", &said).await.says(200, &["意見を2件送りました", "=名称は\n前のままで"]);
    // A second click says nothing twice.
    comment(&service, &mut citizens, &url, "shimin", &said).await.says(200, &[]);
    assert_eq!(service.count_in("kai", COMMENTS).await, 2);
    assert!(!citizens.get("/kai/staff").await.text().contains("次期計画への照会"), "the section has replied");

    let mut industry = service.signed_in("sangyo-kacho@kai.example").await;
    let page = industry.get(&url).await.text();
    assert!(!page.contains("前のままで"), "sections do not see each other's comments");
    let section = service.section("kai", "sangyo").await;
    let nothing = [("section", section.as_str())];
    let typed = [("section", section.as_str()), ("comment.kpis.KAI-02", "やはり")];
    let back = industry.submit(&format!("{url}/replies"), &typed).await;
    back.says(200, &["意見が入力されています"]);
    assert_eq!(field(&back.text(), "comment.kpis.KAI-02").as_deref(), Some("やはり"));
    industry.submit(&format!("{url}/replies"), &nothing).await.says(200, &["「意見なし」と回答しました"]);

    let roll = office.get(&url).await;
    roll.says(200, &["2部署のすべてが回答しました", "対応を書いていないものが2件", "=名称は", "意見あり", "意見なし"]);
    let ids = comment_ids(&roll.text());
    assert_eq!(ids.len(), 2);
    let answers = |id: &str| format!("{url}/comments/{id}/answers");
    let (outcome, text) = (format!("outcome.{}", ids[0]), format!("answer.{}", ids[0]));
    let bad = office.submit(&answers(&ids[0]), &[("seen", "0"), (&outcome, "declined")]).await;
    bad.says(200, &["「採用」のほかは、回答"]);
    let good = [("seen", "0"), (outcome.as_str(), "declined"), (text.as_str(), "<b>名称は国にそろえます。</b>")];
    office.submit(&answers(&ids[0]), &good).await.says(200, &["対応を保存しました", "&lt;b&gt;名称は国にそろえます。"]);
    // Who comes second sees both.
    let mut colleague = service.signed_in("watari@kai.example").await;
    let late = colleague.submit(&answers(&ids[0]), &[("seen", "0"), (&outcome, "noted"), (&text, "別の回答")]).await;
    late.says(200, &["架空 花子さんが「不採用」", "名称は国にそろえます。", "別の回答"]);
    citizens.get(&url).await.says(200, &["対応：不採用", "名称は国にそろえます。"]);

    let table = office.get(&format!("{url}/table")).await;
    table.says(200, &["市民課（架空の配置）", "不採用", "未対応", "意見なしの部署：産業課（架空の配置）"]);
    let file = office.get(&format!("{url}/table.xlsx")).await;
    assert_eq!(file.status, 200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.body)).unwrap();
    assert_eq!(book.sheet_names(), ["意見一覧"]);
    assert!(book.worksheet_formula("意見一覧").unwrap().is_empty(), "a comment is no formula");
    let sheet = book.worksheet_range("意見一覧").unwrap();
    let rows: Vec<Vec<String>> = sheet.rows().map(|row| row.iter().map(Data::to_string).collect()).collect();
    assert_eq!(rows[0][0], "次期計画への照会");
    assert_eq!(rows[3], ["No.", "対象", "部署", "意見", "対応", "回答"]);
    assert_eq!(
        rows[4],
        ["1", "指標 KAI-01 改めた指標の名", "市民課（架空の配置）", "=名称は\n前のままで", "不採用", "<b>名称は国にそろえます。</b>"]
    );
    assert_eq!((rows[5][3].as_str(), rows[5][4].as_str(), rows.len()), ("数え方の説明を", "未対応", 6));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_asked_about_stays_although_the_draft_moves_on(pool: PgPool) {
    let (service, mut office) = start(pool).await;
    rename(&service, "照会したときの名").await;
    let url = send(&mut office, &[("section.shimin", "on")]).await;
    rename(&service, "あとで変えた名").await;
    let page = service.signed_in("shimin@kai.example").await.get(&url).await;
    page.says(200, &["照会したときの名"]);
    assert!(!page.text().contains("あとで変えた名"));
    assert!(!office.get(&format!("{url}/table")).await.text().contains("あとで変えた名"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_section_that_was_not_asked_finds_nothing(pool: PgPool) {
    let (service, mut office) = start(pool).await;
    let url = send(&mut office, &[("section.sangyo", "on")]).await;
    let mut stranger = service.signed_in("shimin-kacho@kai.example").await;
    assert!(!stranger.get("/kai/staff").await.text().contains("次期計画への照会"));
    for path in ["", "/table", "/table.xlsx"] {
        assert_eq!(stranger.get(&format!("{url}{path}")).await.status, 404, "{path}");
    }
    let said = [("comment.kpis.KAI-01", "意見")];
    comment(&service, &mut stranger, &url, "sangyo", &said).await.says(404, &[]);
    // 事務局 reads everything and speaks for nobody; an asked viewer reads.
    comment(&service, &mut office, &url, "sangyo", &said).await.says(403, &["照会を受けた部署の職員"]);
    let viewer = NewMember { city: "kai", email: "v@kai.test", name: "試験 見", role: Role::Viewer, section: "sangyo", state: "active" };
    service.member(viewer).await;
    let mut viewer = service.signed_in("v@kai.test").await;
    let page = viewer.get(&url).await;
    page.says(200, &["意見を書けるのは"]);
    assert!(!page.text().contains("<textarea"));
    comment(&service, &mut viewer, &url, "sangyo", &said).await.says(403, &[]);
    // Asked for one section, nobody speaks for another.
    let mut industry = service.signed_in("sangyo-kacho@kai.example").await;
    comment(&service, &mut industry, &url, "shimin", &said).await.says(200, &["どの部署として回答するか"]);
    assert_eq!(service.count_in("kai", COMMENTS).await, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn after_the_closing_nothing_is_taken_and_nothing_typed_is_lost(pool: PgPool) {
    let (service, mut office) = start(pool).await;
    let url = send(&mut office, &[("section.shimin", "on")]).await;
    let mut citizens = service.signed_in("shimin@kai.example").await;
    let said = [("comment.kpis.KAI-01", "一つ目の意見")];
    let page = comment(&service, &mut citizens, &url, "shimin", &said).await.text();
    let id = comment_ids(&page).swap_remove(0);
    office.submit(&format!("{url}/closings"), &[]).await.says(200, &["チェックを入れてください"]);
    office.submit(&format!("{url}/closings"), &[("sure", "on")]).await.says(200, &["照会を締め切りました"]);
    let late = comment(&service, &mut citizens, &url, "shimin", &[("comment.kpis.KAI-02", "遅れた意見")]).await;
    late.says(200, &["に締め切られました。送られていません", "送れなかった意見"]);
    assert_eq!(field(&late.text(), "comment.kpis.KAI-02").as_deref(), Some("遅れた意見"));
    citizens.submit(&format!("{url}/comments/{id}/withdrawals"), &[]).await.says(200, &["一つ目の意見"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.inquiry_comments where withdrawn_at is null").await, 1);
    for act in ["closings", "deadlines", "reminders"] {
        office.submit(&format!("{url}/{act}"), &[("sure", "on")]).await.says(409, &["先に締め切られています"]);
    }
    // What is not answered waits for the office, and can still be.
    office.get("/kai/staff").await.says(200, &["対応を書いていない意見 1件"]);
    let (outcome, answers) = (format!("outcome.{id}"), format!("{url}/comments/{id}/answers"));
    office.submit(&answers, &[("seen", "0"), (&outcome, "adopted")]).await.says(200, &["対応：採用"]);
    assert!(!office.get("/kai/staff").await.text().contains("次期計画への照会"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_author_takes_a_comment_back_and_the_section_has_not_replied(pool: PgPool) {
    let (service, mut office) = start(pool).await;
    let url = send(&mut office, &[("section.shimin", "on")]).await;
    let mut author = service.signed_in("shimin@kai.example").await;
    let page = comment(&service, &mut author, &url, "shimin", &[("comment.nodes.s1", "取り下げる意見")]).await.text();
    let withdrawals = format!("{url}/comments/{}/withdrawals", comment_ids(&page)[0]);
    let mut head = service.signed_in("shimin-kacho@kai.example").await;
    head.post(&withdrawals, &[]).await.says(404, &[]);
    let section = service.section("kai", "shimin").await;
    head.submit(&format!("{url}/replies"), &[("section", &section)]).await.says(200, &["すでに意見を出しています"]);
    author.submit(&withdrawals, &[]).await.says(200, &["意見を取り下げました", "まだ回答していません"]);
    assert!(!office.get(&url).await.text().contains("取り下げる意見"));
    author.get("/kai/staff").await.says(200, &["次期計画への照会"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn silent_sections_are_reminded_once_a_day_and_the_deadline_moves(pool: PgPool) {
    let (service, mut office) = start(pool).await;
    let url = send(&mut office, &[("all.", "on")]).await;
    let mut citizens = service.signed_in("shimin@kai.example").await;
    comment(&service, &mut citizens, &url, "shimin", &[("comment.nodes.s1", "意見")]).await.says(200, &[]);
    service.advance(SignedDuration::from_hours(24 * 15));
    office = service.signed_in("jimukyoku@kai.example").await;
    office.get(&url).await.says(200, &["期限を過ぎています"]);
    let reminders = format!("{url}/reminders");
    office.submit(&reminders, &[]).await.says(200, &["部署に督促を送りました", "最後の督促 2026年12月7日"]);
    office.submit(&reminders, &[]).await.says(200, &["督促は送りませんでした"]);
    // The asking and the reminder.
    service.mails_of("sangyo-kacho@kai.example", 2).await;
    let reminded = |login: &str| service.mails_to(login).iter().filter(|mail| mail.contains("回答がまだありません")).count();
    assert_eq!((reminded("sangyo-kacho@kai.example"), reminded("shimin-kacho@kai.example")), (1, 0));
    let day = [("deadline_year", "2026"), ("deadline_month", "12"), ("deadline_day", "20")];
    let deadlines = format!("{url}/deadlines");
    office
        .submit(&deadlines, &[&day[..], &[("seen_deadline", "2026-12-05")]].concat())
        .await
        .says(200, &["2026年12月6日に変えられています"]);
    office.submit(&deadlines, &[&day[..], &[("seen_deadline", "2026-12-06")]].concat()).await.says(200, &["2026年12月20日に変えました"]);
    office.get(&format!("{PLAN}/inquiries")).await.says(200, &["受付中", "2026年12月20日"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_faulty_asking_and_a_faulty_comment_come_back_with_what_was_typed(pool: PgPool) {
    let (service, mut office) = start(pool).await;
    let faulty = [("title", ""), ("message", "残る文"), ("deadline_year", "2026"), ("deadline_month", "11"), ("deadline_day", "21")];
    let back = office.submit(&format!("{PLAN}/inquiries"), &faulty).await;
    back.says(200, &["件名を入力", "今日以降の日付", "照会先を選択"]);
    assert_eq!(field(&back.text(), "message").as_deref(), Some("残る文"));
    for link in support::error_links(&back.text()) {
        assert!(back.text().contains(&format!(" id=\"{link}\"")), "#{link} leads nowhere");
    }
    let url = send(&mut office, &[("section.shimin", "on"), ("branch", "s1")]).await;
    // A second click sends nothing twice.
    let again = [("inquiry", url.rsplit('/').next().unwrap()), ("title", "x"), ("section.shimin", "on")];
    let date = [("deadline_year", "2026"), ("deadline_month", "12"), ("deadline_day", "6")];
    office
        .submit(&format!("{PLAN}/inquiries"), &[&again[..], &date].concat())
        .await
        .says(200, &["照会は送られています", "次期計画への照会"]);
    let mut citizens = service.signed_in("shimin@kai.example").await;
    comment(&service, &mut citizens, &url, "shimin", &[]).await.says(200, &["意見を1つ以上入力"]);
    let long = "あ".repeat(1_001);
    let back = comment(&service, &mut citizens, &url, "shimin", &[("comment.nodes.s1", &long)]).await;
    back.says(200, &["1000文字以内"]);
    assert_eq!(field(&back.text(), "comment.nodes.s1").as_deref(), Some(long.as_str()));
    // Beside the branch there is nothing to say.
    comment(&service, &mut citizens, &url, "shimin", &[("comment.nodes.s2", "よその意見")]).await.says(200, &["意見を1つ以上入力"]);
}
