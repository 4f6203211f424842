//! People of a tenant: invited one by one, by list or on paper; posts that begin and end on their days.

mod support;

use jiff::{SignedDuration, civil::Date};
use rashin_domain::access::Role;
use regex_lite::Regex;
use sqlx::PgPool;
use support::{Answer, Browser, NewMember, PASSWORD, Service, error_links, field, figures, hidden};

const ADMIN: &str = "kanri@kai.example";
const PEOPLE: &str = "/kai/staff/people";
const NEW: &str = "あたらしい合言葉です一号";
/// From the tests' day to 1 April 2027.
const TO_APRIL: SignedDuration = SignedDuration::from_hours(24 * 130);

fn day(name: &'static str, date: Date) -> Vec<(String, String)> {
    let parts = [("year", date.year().to_string()), ("month", date.month().to_string()), ("day", date.day().to_string())];
    parts.map(|(part, number)| (format!("{name}_{part}"), number)).to_vec()
}

async fn send(browser: &mut Browser, path: &str, fields: &[(&str, &str)], days: &[Vec<(String, String)>]) -> Answer {
    let days: Vec<(&str, &str)> = days.iter().flatten().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(path, &[fields, &days].concat()).await
}

fn member_url(answer: &Answer) -> String {
    let found = Regex::new("/kai/staff/people/([0-9a-f-]{36})").unwrap().find(&answer.text()).map(|found| found.as_str().to_owned());
    found.unwrap()
}

/// What a post begins with.
async fn posting(service: &Service, section: &str, role: &'static str, capacity: &'static str) -> Vec<(&'static str, String)> {
    vec![
        ("section", service.section("kai", section).await),
        ("role", role.to_owned()),
        ("capacity", capacity.to_owned()),
        ("post", "主事".to_owned()),
    ]
}

fn refs<'a>(fields: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// The admin's act on a member's page, with what the page shows now.
async fn act(admin: &mut Browser, url: &str, what: &str, fields: &[(&str, &str)], days: &[Vec<(String, String)>]) -> Answer {
    let seen = hidden(&admin.get(url).await.text(), "seen");
    send(admin, &format!("{url}/{what}"), &[&[("seen", seen.as_str())], fields].concat(), days).await
}

/// The newest mail to an address once there are so many.
async fn mail(service: &Service, address: &str, count: usize) -> String {
    service.mails_of(address, count).await.pop().unwrap()
}

async fn invite(service: &Service, admin: &mut Browser, who: &[(&str, &str)]) -> Answer {
    let post = posting(service, "shimin", "reporter", "main").await;
    send(admin, PEOPLE, &[who, &refs(&post)].concat(), &[day("from", Date::constant(2026, 11, 22))]).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn somebody_new_is_invited_by_mail_and_begins(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let page = invite(&service, &mut admin, &[("name", "架空 新"), ("kana", "かくう あらた"), ("email", "Arata@kai.example")]).await;
    page.says(200, &["架空 新さんを招待しました", "arata@kai.example", "招待中", "市民課（架空の配置）　主事（担当・本務）"]);
    let letter = mail(&service, "arata@kai.example", 1).await;
    let link = Regex::new("/invitations/[0-9a-f]{64}").unwrap().find(&letter).unwrap().as_str().to_owned();
    assert!(!page.text().contains(&link), "the admin never sees it");

    let mut arata = service.browser();
    arata.submit(&link, &[("new", NEW)]).await.says(200, &["パスワードを保存しました"]);
    assert_eq!(arata.sign_in("arata@kai.example", NEW).await.location(), "/kai/staff");
    arata.get("/kai/staff").await.says(200, &["担当　架空 新"]);
    admin.get(&format!("{PEOPLE}?q=あらた")).await.says(200, &["職員 1人", "利用中"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_page_is_the_same_whether_an_address_is_known_elsewhere(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let known = "sato@midorino.example";
    let mut pages = Vec::new();
    for email in [known, "nobody@midorino.example"] {
        let page = invite(&service, &mut admin, &[("name", "架空 次"), ("email", email)]).await;
        let url = member_url(&page);
        pages.push(page.text().replace(email, "").replace(&url, ""));
    }
    let plain = |page: &str| Regex::new("value=\"[0-9a-f-]{16,36}\"").unwrap().replace_all(page, "").into_owned();
    assert_eq!(plain(&pages[0]), plain(&pages[1]));

    // Only the mailbox learns the difference; the old password goes on, and the new place is there.
    let letter = mail(&service, known, 1).await;
    assert!(letter.contains("いまお使いのパスワード") && !letter.contains("/invitations/"), "{letter}");
    assert!(mail(&service, "nobody@midorino.example", 1).await.contains("/invitations/"));
    let mut sato = service.browser();
    assert_eq!(sato.sign_in(known, PASSWORD).await.location(), "/account");
    sato.get("/account").await.says(200, &["甲斐市", "みどり野市（架空）", "管理者：架空 太郎"]);
    assert_eq!(sato.get("/kai/staff").await.status, 200);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn somebody_without_mailbox_begins_with_a_sheet(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let page = invite(&service, &mut admin, &[("name", "架空 紙"), ("staff_number", "Ｋ１００")]).await;
    page.says(200, &["架空 紙さんを登録しました", "職員番号 K100、団体 kai", "招待の用紙を作って印刷する"]);
    let member = hidden(&page.text(), "member");
    let code = |page: &str| Regex::new("/invitations/([0-9a-z]{4}-){3}[0-9a-z]{4}").unwrap().find(page).unwrap().as_str().to_owned();
    let first = admin.post(&format!("{PEOPLE}/sheets"), &[("member", &member)]).await;
    first.says(200, &["架空 紙　様", "K100", ">kai<", "2026年11月29日", "/sign-in"]);
    assert_eq!(first.header("cache-control"), "no-store");
    let second = admin.post(&format!("{PEOPLE}/sheets"), &[("member", &member)]).await;
    let (first, second) = (code(&first.text()), code(&second.text()));
    let mut kami = service.browser();
    kami.get(&first).await.says(410, &["使えません"]);
    // As it is typed from paper.
    kami.submit(&second.replace('-', "").to_uppercase().replace("INVITATIONS", "invitations"), &[("new", NEW)]).await.says(200, &[]);
    let answer = kami.post("/sign-in", &[("login", "K100"), ("city", "kai"), ("password", NEW)]).await;
    assert_eq!(answer.location(), "/kai/staff");
    // Who has a password is no longer for the admin to reset.
    admin.post(&format!("{PEOPLE}/sheets"), &[("member", &member)]).await.says(409, &["用紙を作れる人がいません"]);
    let of_mail = service.member_id("kai", "K010").await.to_string();
    admin.post(&format!("{PEOPLE}/sheets"), &[("member", &of_mail)]).await.says(409, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_typed_wrong_comes_back_with_its_reason(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let page = send(&mut admin, PEOPLE, &[("name", "架空 誤"), ("email", "x"), ("role", "reporter"), ("capacity", "acting")], &[]).await;
    page.says(200, &["メールアドレスを「name@example.jp」の形で"]);
    assert_eq!(error_links(&page.text()), ["email", "from_year"]);
    assert_eq!((field(&page.text(), "name").as_deref(), field(&page.text(), "capacity").as_deref()), (Some("架空 誤"), Some("acting")));
    invite(&service, &mut admin, &[("name", "架空 健"), ("email", "shimin@kai.example")]).await.says(200, &["すでにこの団体の職員です"]);
    invite(&service, &mut admin, &[("name", "架空 健"), ("staff_number", "k007")]).await.says(200, &["ほかの職員が使っています"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_prepared_post_is_hidden_and_without_effect_before_its_day(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "sangyo").await;
    let mut admin = service.signed_in(ADMIN).await;
    let viewer = format!("{PEOPLE}/{}", service.member_id("kai", "K010").await);
    let april = Date::constant(2027, 4, 1);
    let post = posting(&service, "sangyo", "reporter", "concurrent").await;
    let page = act(&mut admin, &viewer, "assignments", &refs(&post), &[day("from", april)]).await;
    page.says(200, &["2027年4月1日からの所属を予定しました", "予定している所属と役割"]);
    let mut shizuka = service.signed_in("etsuran@kai.example").await;
    shizuka.post("/kai/staff/kpis/KAI-01/drafts", &figures(&[])).await.says(403, &[]);
    let roles = shizuka.get("/kai/staff/roles").await;
    assert!(!roles.text().contains("架空 静　主事（兼務）"), "only 管理者 sees what is prepared");

    service.advance(TO_APRIL);
    let mut shizuka = service.signed_in("etsuran@kai.example").await;
    shizuka.get("/kai/staff/roles").await.says(200, &["架空 静　主事（兼務）"]);
    assert_eq!(shizuka.post("/kai/staff/kpis/KAI-01/drafts", &figures(&[])).await.status, 303);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_prepared_post_can_be_withdrawn_and_a_running_one_ended(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let viewer = format!("{PEOPLE}/{}", service.member_id("kai", "K010").await);
    let post = posting(&service, "sangyo", "reporter", "concurrent").await;
    let page = act(&mut admin, &viewer, "assignments", &refs(&post), &[day("from", Date::constant(2027, 4, 1))]).await.text();
    let prepared = page.split("id=\"prepared\"").nth(1).and_then(|rest| field(rest, "assignment")).unwrap();
    act(&mut admin, &viewer, "withdrawals", &[("assignment", &prepared)], &[]).await.says(200, &["予定を取り消しました"]);

    // A second main post does not go beside the first; once that has an end, it does.
    let main = posting(&service, "sangyo", "viewer", "main").await;
    let from = day("from", Date::constant(2027, 4, 1));
    let page = act(&mut admin, &viewer, "assignments", &refs(&main), std::slice::from_ref(&from)).await;
    page.says(200, &["本務の所属は同時に1つだけです"]);
    assert_eq!(field(&page.text(), "role").as_deref(), Some("viewer"));
    let running = Regex::new("<option value=\"([0-9a-f-]{36})\"[^>]*>政策戦略課").unwrap();
    let running = running.captures(&page.text()).unwrap()[1].to_owned();
    let ended = day("ended", Date::constant(2027, 3, 31));
    act(&mut admin, &viewer, "endings", &[("assignment", &running)], &[ended]).await.says(200, &["2027年3月31日まで"]);
    act(&mut admin, &viewer, "assignments", &refs(&main), &[from]).await.says(200, &["所属を予定しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_suspension_ends_the_entry_at_once_and_can_be_taken_back(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let mut shizuka = service.signed_in("etsuran@kai.example").await;
    let viewer = format!("{PEOPLE}/{}", service.member_id("kai", "K010").await);
    assert_eq!(shizuka.get("/kai/staff").await.status, 200);
    act(&mut admin, &viewer, "suspensions", &[("reason", "育児休業")], &[]).await.says(200, &["利用を停止しました", "停止中"]);
    shizuka.get("/kai/staff").await.says(404, &[]);
    act(&mut admin, &viewer, "reactivations", &[], &[]).await.says(200, &["利用を再開しました"]);
    assert_eq!(shizuka.get("/kai/staff").await.status, 200);
    let left = day("left", Date::constant(2026, 11, 21));
    let planned = day("left", Date::constant(2027, 3, 31));
    act(&mut admin, &viewer, "leavings", &[], &[planned]).await.says(200, &["2027年3月31日に退職予定"]);
    act(&mut admin, &viewer, "reactivations", &[], &[]).await.says(200, &["退職の予定を取り消しました"]);
    act(&mut admin, &viewer, "leavings", &[], &[left]).await.says(200, &["退職", "これまでの所属と役割"]);
    shizuka.get("/kai/staff").await.says(404, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_last_admin_stays(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let own = format!("{PEOPLE}/{}", service.member_id("kai", "K001").await);
    let words = "管理者のいない日ができるため、できません";
    let page = act(&mut admin, &own, "suspensions", &[("reason", "試験")], &[]).await;
    page.says(200, &[words]);
    assert_eq!(field(&page.text(), "reason").as_deref(), Some("試験"), "what was typed is kept");
    act(&mut admin, &own, "leavings", &[], &[day("left", Date::constant(2027, 3, 31))]).await.says(200, &[words]);
    let running = Regex::new("<option value=\"([0-9a-f-]{36})\"[^>]*>政策戦略課　課長").unwrap();
    let running = running.captures(&admin.get(&own).await.text()).unwrap()[1].to_owned();
    act(&mut admin, &own, "endings", &[("assignment", &running)], &[day("ended", Date::constant(2026, 12, 31))]).await.says(200, &[words]);

    let second =
        NewMember { city: "kai", email: "second@kai.test", name: "試験 次", role: Role::Admin, section: "shimin", state: "active" };
    service.member(second).await;
    act(&mut admin, &own, "suspensions", &[], &[]).await.says(404, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_admins_on_one_page_do_not_overwrite_each_other(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let viewer = format!("{PEOPLE}/{}", service.member_id("kai", "K010").await);
    let seen = hidden(&admin.get(&viewer).await.text(), "seen");
    act(&mut admin, &viewer, "suspensions", &[], &[]).await.says(200, &[]);
    let late = admin.post(&format!("{viewer}/leavings"), &[("seen", &seen)]).await;
    late.says(409, &["画面を開いたあとに変更されています"]);
}

const HEAD: &str = "氏名,かな,メール,職員番号,所属,役割,職名,区分,開始日,終了日\r\n";

fn list(rows: &[&str]) -> String {
    format!("{HEAD}{}\r\n", rows.join("\r\n"))
}

async fn upload(admin: &mut Browser, bytes: &[u8]) -> Answer {
    let answer = admin.post_file(&format!("{PEOPLE}/import-drafts"), &[], ("file", "職員.csv", bytes)).await;
    admin.follow(answer).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_list_is_previewed_then_written_as_a_whole(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let rows = list(&[
        "髙橋 一,たかはし はじめ,hajime@kai.example,K200,市民課（架空の配置）,担当,主事,本務,2027/4/1,",
        "髙橋 一,たかはし はじめ,hajime@kai.example,K200,sangyo,閲覧者,主事,兼務,2027/4/1,2028/3/31",
        "架空 紙,かくう かみ,,K201,市民課（架空の配置）,閲覧者,,本務,2026/11/1,",
        "架空 健,,shimin@kai.example,K007,sangyo,担当,主査,兼務,2027/4/1,",
        "架空 静,,,K010,seisaku,閲覧者,主事,本務,2025/4/1,",
    ]);
    // As Excel on Windows saves it by default; 髙 is not in plain JIS X 0208.
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode(&rows);
    let page = upload(&mut admin, &shift_jis).await;
    page.says(200, &["新規 2件、所属の追加 2件、登録済み 1件、取り込めない行 0件", "髙橋 一", "1人に招待のメールを送ります。1人には"]);
    let staff = "select count(*) from rashin.members";
    let before = service.count_in("kai", staff).await;
    assert!(service.mails_to("hajime@kai.example").is_empty(), "a preview writes nothing");

    let seen = hidden(&page.text(), "seen");
    let done = admin.submit(&format!("{PEOPLE}/imports"), &[("seen", &seen)]).await;
    done.says(200, &["2人を登録しました", "1人分の用紙を作って印刷する"]);
    assert_eq!(service.count_in("kai", staff).await, before + 2);
    assert!(mail(&service, "hajime@kai.example", 1).await.contains("/invitations/"));
    let sheets = admin.post(&format!("{PEOPLE}/sheets"), &[]).await;
    sheets.says(200, &["招待の用紙（1人）", "架空 紙　様"]);
    // Sent twice, nothing is made twice; and the same list again is there already.
    admin.post(&format!("{PEOPLE}/imports"), &[("seen", &seen)]).await.says(409, &["確認を待っている取り込みはありません"]);
    upload(&mut admin, rows.as_bytes()).await.says(200, &["新規 0件、所属の追加 0件、登録済み 5件", "すべて登録済みです"]);
    assert!(!admin.get(PEOPLE).await.text().contains("人分の用紙を作って印刷する"), "its sheet is fresh");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_list_with_a_refused_row_writes_nothing(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let rows = list(&[
        "架空 新,,arata@kai.example,,shimin,担当,,本務,2027/4/1,",
        "\"=HYPERLINK(\"\"http://evil.example\"\")\",,evil@kai.example,,shimin,担当,,本務,2027/4/1,",
        "架空 次,,tsugi@kai.example,,税務課,担当,,本務,2027/4/1,",
    ]);
    let page = upload(&mut admin, rows.as_bytes()).await;
    page.says(
        200,
        &[
            "取り込めない行 2件",
            "3行目",
            "数式のおそれ",
            "4行目（架空 次）：所属：「税務課」という課・係はありません",
            "直したファイルを選ぶ",
        ],
    );
    assert!(field(&page.text(), "seen").is_none(), "there is no way on");
    let before = service.count_in("kai", "select count(*) from rashin.members").await;
    for seen in ["", "0000000000000000"] {
        let answer = admin.submit(&format!("{PEOPLE}/imports"), &[("seen", seen)]).await;
        answer.says(200, &["何も登録していません", "取り込めない行 2件"]);
    }
    assert_eq!(service.count_in("kai", "select count(*) from rashin.members").await, before);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_changed_after_the_preview_is_looked_at_again(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let page = upload(&mut admin, list(&["架空 新,,arata@kai.example,,shimin,担当,,本務,2027/4/1,"]).as_bytes()).await;
    let seen = hidden(&page.text(), "seen");
    invite(&service, &mut admin, &[("name", "架空 新"), ("email", "arata@kai.example")]).await.says(200, &[]);
    let answer = admin.submit(&format!("{PEOPLE}/imports"), &[("seen", &seen)]).await;
    answer.says(200, &["確認の後に、職員か組織が変更されました", "取り込めない行 1件"]);
    // Another tenant's admin does not find it in the same browser.
    admin.get("/midorino/staff/people/imports/check").await.says(404, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_file_that_is_no_list_says_why(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let many = list(&vec!["架空 新,,a@kai.example,,shimin,担当,,本務,2027/4/1,"; 1_001]);
    let cases: [(&[u8], &str); 6] = [
        (b"", "ファイルが空です"),
        (b" ", "ファイルが空です"),
        (b"PK\x03\x04", "xlsx"),
        (HEAD.as_bytes(), "2行目から"),
        ("名前,メール\r\nx,y\r\n".as_bytes(), "ない見出し：氏名"),
        (many.as_bytes(), "1001行"),
    ];
    for (bytes, words) in cases {
        let page = upload(&mut admin, bytes).await;
        page.says(200, &[words]);
        assert_eq!(error_links(&page.text()), ["file"], "{words}");
    }
    let template = admin.get(&format!("{PEOPLE}/imports/template.csv")).await;
    assert_eq!(template.text(), format!("\u{feff}{HEAD}"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn members_see_who_may_do_what_and_whom_to_ask(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut reporter = service.signed_in("shimin@kai.example").await;
    reporter
        .get("/kai/staff/roles")
        .await
        .says(200, &["この団体の管理者は、政策戦略課　架空 太郎　課長（本務）です", "版を公表・取り下げる", "自課"]);
    reporter.get("/account").await.says(200, &["管理者：架空 太郎", "/kai/staff/roles"]);
    reporter.get(PEOPLE).await.says(403, &["管理者（架空 太郎）へ連絡"]);
    let refused = "select count(*) from rashin.audit_log where action = 'refused' and subject = '/kai/staff/people'";
    assert_eq!(service.count_in("kai", refused).await, 1);
    let home = reporter.get("/kai/staff").await.text();
    assert!(!home.contains(">職員<"), "the entry is for 管理者");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn names_are_corrected_and_the_log_keeps_what_they_were(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in(ADMIN).await;
    let page = invite(&service, &mut admin, &[("name", "架空 新"), ("kana", "かくう あらた"), ("email", "arata@kai.example")]).await;
    let url = member_url(&page);
    let corrections = format!("{url}/corrections");
    page.says(200, &["団体の管理者は変えられません"]);
    assert_eq!(field(&page.text(), "email"), None, "an address is no tenant's to change");
    let seen = hidden(&page.text(), "names_seen");

    let wrong = [("names_seen", seen.as_str()), ("name", ""), ("kana", "かくう かい"), ("staff_number", "番号")];
    let back = admin.submit(&corrections, &wrong).await;
    back.says(200, &["氏名を入力してください", "英数字とハイフン"]);
    assert_eq!(error_links(&back.text()), ["name", "staff_number"]);
    assert_eq!(field(&back.text(), "staff_number").as_deref(), Some("番号"));

    let right = [("names_seen", seen.as_str()), ("name", "架空 改"), ("kana", "かくう かい"), ("staff_number", "Ｋ９００")];
    admin.submit(&corrections, &right).await.says(200, &["架空 改さんの登録内容を直しました", "K900", "arata@kai.example"]);
    admin.get("/kai/staff/log").await.says(200, &["登録内容の訂正", "架空 新", "架空 改", "K900"]);

    // Somebody who had opened the page before sees what it is now, beside what they typed.
    let late = [("names_seen", seen.as_str()), ("name", "架空 遅"), ("kana", ""), ("staff_number", "")];
    let back = admin.submit(&corrections, &late).await;
    back.says(200, &["氏名「架空 改」", "職員番号「K900」に変更されています"]);
    assert_eq!(field(&back.text(), "name").as_deref(), Some("架空 遅"));

    let other = invite(&service, &mut admin, &[("name", "架空 紙"), ("staff_number", "K901")]).await;
    let (url, seen) = (member_url(&other), hidden(&other.text(), "names_seen"));
    for (number, words) in [("k900", "ほかの職員が使っています"), ("", "職員番号でサインインします")] {
        let fields = [("names_seen", seen.as_str()), ("name", "架空 紙"), ("kana", ""), ("staff_number", number)];
        admin.submit(&format!("{url}/corrections"), &fields).await.says(200, &[words]);
    }
}
