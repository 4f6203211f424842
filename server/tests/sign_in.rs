//! Sign-in, sessions, passwords and single-use links.

mod support;

use jiff::SignedDuration;
use rashin_domain::{access::Role, identity::LinkPurpose};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use support::{Browser, NewMember, PASSWORD, Service, field, figures, hidden};

const REPORT: &str = "/kai/staff/kpis/KAI-01/report";
const NEW: &str = "あたらしい合言葉です一号";

fn cookie(browser: &Browser) -> (String, String) {
    browser.cookies.iter().next().map(|(name, value)| (name.clone(), value.clone())).unwrap_or_default()
}

async fn stands(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == 200
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_person_signs_in_by_address_in_any_spelling_or_by_staff_number(pool: PgPool) {
    let service = Service::start(pool).await;
    for login in ["shimin@kai.example", "SHIMIN@Kai.Example", "　ｓｈｉｍｉｎ＠ｋａｉ．ｅｘａｍｐｌｅ "] {
        let mut browser = service.browser();
        assert_eq!(browser.sign_in(login, PASSWORD).await.location(), "/kai/staff", "{login}");
    }
    for (city, number) in [("kai", "K007"), ("kai", "k007"), (" kai ", "K007")] {
        let mut browser = service.browser();
        let answer = browser.post("/sign-in", &[("login", number), ("city", city), ("password", PASSWORD)]).await;
        assert_eq!(answer.location(), "/kai/staff", "{city} {number}");
    }
    // The number belongs to its tenant.
    let mut browser = service.browser();
    let answer = browser.submit("/sign-in", &[("login", "K007"), ("city", "midorino"), ("password", PASSWORD)]).await;
    answer.says(200, &["パスワードが違います"]);
    browser.submit("/sign-in", &[("login", "K007"), ("password", PASSWORD)]).await.says(200, &["団体を入力してください"]);
    // Who belongs to two tenants chooses; who followed a link comes back to it.
    assert_eq!(service.browser().sign_in("watari@kai.example", PASSWORD).await.location(), "/account");
    let mut browser = service.browser();
    let asked = browser.get("/kai/staff/kpis").await;
    let page = browser.follow(asked).await.text();
    assert_eq!(hidden(&page, "back"), "/kai/staff/kpis");
    let answer = browser.post("/sign-in", &[("login", "shimin@kai.example"), ("password", PASSWORD), ("back", "/kai/staff/kpis")]).await;
    assert_eq!(answer.location(), "/kai/staff/kpis");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_wrong_name_and_a_wrong_password_look_the_same(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut seen = Vec::new();
    for login in ["shimin@kai.example", "nobody@kai.example"] {
        let mut browser = service.browser();
        let answer = browser.sign_in(login, "wrong wrong wrong").await;
        let (status, location) = (answer.status, answer.location());
        let page = browser.follow(answer).await.text();
        assert_eq!(field(&page, "login").as_deref(), Some(login), "what was typed is kept");
        assert_eq!(field(&page, "password").as_deref(), Some(""), "a password never comes back");
        seen.push((status, location, page.replace(login, "")));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(service.count("select count(*) from rashin.sign_in_guards").await, 2, "both are counted");
    // Those who may not come in, too: invited without a password, suspended by number.
    for (email, state) in [("invited@kai.test", "invited"), ("left@kai.test", "left")] {
        service.member(NewMember { city: "kai", email, name: "試験 花子", role: Role::Viewer, section: "shimin", state }).await;
    }
    sqlx::query("delete from rashin.credentials where person_id = (select id from rashin.people where email = 'invited@kai.test')")
        .execute(&service.pool)
        .await
        .unwrap();
    let mut browser = service.browser();
    let page = browser.submit("/sign-in", &[("login", "invited@kai.test"), ("password", PASSWORD)]).await.text();
    assert_eq!(page.replace("invited@kai.test", ""), seen[0].2);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn five_wrong_passwords_make_an_account_wait_and_no_other(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.browser();
    for _ in 0..5 {
        browser
            .submit("/sign-in", &[("login", "shimin@kai.example"), ("password", "wrong wrong")])
            .await
            .says(200, &["パスワードが違います"]);
    }
    browser.submit("/sign-in", &[("login", "Shimin@KAI.example"), ("password", PASSWORD)]).await.says(200, &["お待ちください"]);
    // From the same address, at the same moment.
    service.signed_in("sangyo@kai.example").await;
    service.advance(SignedDuration::from_secs(31));
    assert_eq!(browser.sign_in("shimin@kai.example", PASSWORD).await.location(), "/kai/staff");
    assert_eq!(service.count("select count(*) from rashin.sign_in_guards").await, 0, "success forgets the failures");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn many_guesses_at_once_are_not_many_guesses(pool: PgPool) {
    let service = Service::start(pool).await;
    let guesses = (0..30).map(|_| {
        let mut browser = service.browser();
        tokio::spawn(async move { browser.sign_in("shimin@kai.example", "a guess of many").await.status })
    });
    for guess in guesses.collect::<Vec<_>>() {
        guess.await.unwrap();
    }
    // Only those already past the second look when the fifth failure was written are counted.
    let counted = service.count("select failures::bigint from rashin.sign_in_guards").await;
    assert!((5..=9).contains(&counted), "{counted} of 30 guesses were tried");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn rights_change_the_session_id_and_only_hashes_are_stored(pool: PgPool) {
    let service = Service::start(pool).await;
    // An attacker's session, planted before the sign-in.
    let mut browser = service.browser();
    browser.submit("/sign-in", &[("login", "shimin@kai.example"), ("password", "")]).await;
    let mut planted = browser.clone();
    browser.sign_in("shimin@kai.example", PASSWORD).await;
    assert_ne!(cookie(&browser), cookie(&planted));
    assert!(stands(&mut browser).await);
    assert!(!stands(&mut planted).await, "the planted id is worth nothing");

    let mut before = browser.clone();
    let mut elsewhere = service.signed_in("shimin@kai.example").await;
    let wrong = browser.submit("/account/password", &[("current", "not this one"), ("new", NEW)]).await;
    wrong.says(200, &["いまのパスワードが違います"]);
    assert!(!wrong.text().contains(NEW) && !wrong.text().contains("not this one"));
    browser.submit("/account/password", &[("current", PASSWORD), ("new", NEW)]).await.says(200, &["パスワードを変更しました"]);
    assert!(stands(&mut browser).await);
    assert!(!stands(&mut before).await, "the id from before the change is dead");
    assert!(!stands(&mut elsewhere).await, "other devices are signed out");
    assert_eq!(service.browser().sign_in("shimin@kai.example", NEW).await.location(), "/kai/staff");
    assert_eq!(service.mails_to("shimin@kai.example").len(), 1, "the holder is told");

    let value = cookie(&browser).1;
    let rows: Vec<(Vec<u8>, String)> =
        sqlx::query_as("select id_hash, data::text from rashin.sessions").fetch_all(&service.pool).await.unwrap();
    assert!(rows.iter().all(|(_, data)| !data.contains(&value)), "no session holds its own id");
    // The cookie is the number's bytes in base64, lowest first; the highest first are what is hashed.
    let mut id = support::base64(&value);
    assert_eq!(id.len(), 16);
    id.reverse();
    assert!(rows.iter().any(|(hash, _)| *hash == Sha256::digest(&id).to_vec()));
    assert!(rows.iter().all(|(hash, _)| hash.len() == 32 && !hash.windows(16).any(|part| part == id)));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_typed_survives_a_time_out_for_its_author_only(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let typed = figures(&[("value.main", "3,150"), ("note", "転入届の集計による。")]);
    let mut browser = service.signed_in("shimin@kai.example").await;
    for (sign_in_as, returns) in [("shimin@kai.example", true), ("sangyo@kai.example", false), ("shimin@kai.example", true)] {
        assert!(stands(&mut browser).await);
        service.advance(SignedDuration::from_hours(9));
        let refused = browser.post("/kai/staff/kpis/KAI-01/drafts", &typed).await;
        let page = browser.follow(refused).await;
        page.says(200, &["入力内容は保持しています"]);
        assert_eq!(hidden(&page.text(), "back"), REPORT);
        // A slip of the pen does not lose it.
        browser
            .submit("/sign-in", &[("login", sign_in_as), ("password", "wrong wrong"), ("back", REPORT)])
            .await
            .says(200, &["パスワードが違います"]);
        let page = browser.submit("/sign-in", &[("login", sign_in_as), ("password", PASSWORD), ("back", REPORT)]).await;
        page.says(200, &["実績の報告"]);
        let shown = (field(&page.text(), "value.main").unwrap(), field(&page.text(), "note").unwrap());
        if returns {
            page.says(200, &["まだ提出していません"]);
            assert_eq!(shown, ("3,150".to_owned(), "転入届の集計による。".to_owned()));
        } else {
            assert_eq!(shown, (String::new(), String::new()), "another person sees nothing of it");
            // It is gone for good, and the author starts over.
            browser.post("/sign-out", &[]).await;
            browser.sign_in("shimin@kai.example", PASSWORD).await;
            assert_eq!(field(&browser.get(REPORT).await.text(), "value.main").unwrap(), "");
        }
    }
    assert_eq!(service.count_in("kai", "select count(*) from rashin.reports where reporter_id is not null").await, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_checked_draft_is_not_for_the_next_person_at_the_machine(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let check = format!("{REPORT}/check");
    let draft = figures(&[("value.main", "3,150")]);
    let mut browser = service.signed_in("shimin@kai.example").await;
    for (next, returns) in [("shimin@kai.example", true), ("sangyo@kai.example", false)] {
        browser.submit("/kai/staff/kpis/KAI-01/drafts", &draft).await.says(200, &["提出前に内容を確認してください"]);
        service.advance(SignedDuration::from_hours(9));
        browser.get(&check).await;
        browser.sign_in(next, PASSWORD).await;
        let page = browser.get(&check).await;
        if returns {
            page.says(200, &["3,150"])
        } else {
            page.says(409, &["確認する報告がありません"])
        };
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn sessions_end_after_a_day_of_rest_and_after_two_weeks(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut idle = service.signed_in("shimin@kai.example").await;
    let mut busy = service.signed_in("sangyo@kai.example").await;
    for _ in 1..(14 * 24 / 7) {
        service.advance(SignedDuration::from_hours(7));
        assert!(stands(&mut busy).await, "used every seven hours");
    }
    assert!(!stands(&mut idle).await, "eight hours of rest");
    service.advance(SignedDuration::from_hours(7));
    assert!(!stands(&mut busy).await, "two weeks in any case");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn devices_are_listed_and_can_be_ended_and_signing_out_ends_this_one(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut here = service.signed_in("shimin@kai.example").await;
    let mut there = service.signed_in("shimin@kai.example").await;
    let mut other = service.signed_in("sangyo@kai.example").await;
    let page = here.get("/account").await;
    page.says(200, &["この端末"]);
    let text = page.text();
    let ending =
        text.split("action=\"").map(|rest| rest.split('"').next().unwrap_or_default()).find(|action| action.ends_with("/endings")).unwrap();
    other.post(ending, &[]).await.says(404, &[]);
    assert!(stands(&mut there).await, "nobody else can end it");
    here.submit(ending, &[]).await.says(200, &["端末をサインアウトしました"]);
    assert!(!stands(&mut there).await);
    assert!(stands(&mut here).await);
    here.post(ending, &[]).await.says(404, &[]);
    let mut copy = here.clone();
    assert_eq!(here.post("/sign-out", &[]).await.location(), "/");
    assert!(here.cookies.is_empty(), "the cookie is taken back");
    assert!(!stands(&mut copy).await, "a copy of the cookie is dead, too");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_reset_works_once_and_ends_every_session(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut elsewhere = service.signed_in("shimin@kai.example").await;
    let mut answers = Vec::new();
    for email in ["shimin@kai.example", "nobody@kai.example"] {
        let mut browser = service.browser();
        let answer = browser.post("/reset", &[("email", email)]).await;
        let location = answer.location();
        answers.push((location, browser.follow(answer).await.text()));
    }
    assert_eq!(answers[0], answers[1], "the answer tells nobody who is registered");
    assert!(answers[0].1.contains("登録がある場合"));
    let mail = wait_for_mail(&service, "shimin@kai.example").await;
    assert!(service.mails_to("nobody@kai.example").is_empty());
    let link = mail.split_whitespace().find(|word| word.contains("/reset/")).unwrap().strip_prefix(support::HTTP).unwrap().to_owned();
    let token = link.rsplit('/').next().unwrap();
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from rashin.one_time_links").fetch_all(&service.pool).await.unwrap();
    let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&token[2 * i..2 * i + 2], 16).unwrap()).collect();
    assert_eq!(stored, [Sha256::digest(&bytes).to_vec()], "the database holds the hash only");

    let mut browser = service.browser();
    for (bad, why) in [
        ("short", "12文字以上"),
        ("password1234", "推測されやすい"),
        ("shimin@kai.example", "推測されやすい"),
        (&"あ".repeat(257), "256文字以内"),
    ] {
        let page = browser.submit(&link, &[("new", bad)]).await;
        page.says(200, &[why, "エラー："]);
        assert_eq!(field(&page.text(), "new").as_deref(), Some(""));
    }
    browser.submit(&link, &[("new", NEW)]).await.says(200, &["パスワードを保存しました"]);
    assert!(!stands(&mut elsewhere).await);
    assert_eq!(browser.sign_in("shimin@kai.example", NEW).await.location(), "/kai/staff");
    let mut second = service.browser();
    second.get(&link).await.says(410, &["このリンクは使えません"]);
    second.submit(&link, &[("new", "もうひとつの合言葉です")]).await.says(410, &[]);
    assert_eq!(service.browser().sign_in("shimin@kai.example", NEW).await.location(), "/kai/staff");
}

/// The mail is written in the background; the file system tells when.
async fn wait_for_mail(service: &Service, to: &str) -> String {
    let arrives = async {
        loop {
            if let Some(mail) = service.mails_to(to).pop() {
                return mail;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), arrives).await.expect("the mail is in the outbox")
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_open_session_is_no_place_to_guess_the_password(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.signed_in("shimin@kai.example").await;
    for _ in 0..5 {
        browser.submit("/account/password", &[("current", "a guess"), ("new", NEW)]).await.says(200, &["いまのパスワードが違います"]);
    }
    let right = [("current", PASSWORD), ("new", NEW)];
    browser.submit("/account/password", &right).await.says(200, &["続けて間違えたため"]);
    service.advance(SignedDuration::from_mins(1));
    browser.submit("/account/password", &right).await.says(200, &["パスワードを変更しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_invitation_makes_a_member_active_and_links_expire(pool: PgPool) {
    let service = Service::start(pool).await;
    // Signed in before the invitation: from the next sign-in on they would be a member.
    service.person("new@kai.test", "新人 一", false).await;
    let mut browser = service.signed_in("new@kai.test").await;
    let person = service
        .member(NewMember {
            city: "kai",
            email: "new@kai.test",
            name: "新人 一",
            role: Role::Reporter,
            section: "shimin",
            state: "invited",
        })
        .await;
    browser.get("/kai/staff").await.says(404, &[]);
    let token = service.link(person, LinkPurpose::Invitation).await;
    let mut invited = service.browser();
    invited.get(&format!("/invitations/{token}")).await.says(200, &["ようこそ", "新人 一"]);
    invited.submit(&format!("/invitations/{token}"), &[("new", NEW)]).await.says(200, &["パスワードを保存しました"]);
    assert_eq!(invited.sign_in("new@kai.test", NEW).await.location(), "/kai/staff");
    assert_eq!(invited.get("/kai/staff").await.status, 200);
    assert!(!stands(&mut browser).await, "a session from before ends");

    for (purpose, path, life) in [(LinkPurpose::Invitation, "/invitations", 7 * 24), (LinkPurpose::Reset, "/reset", 1)] {
        let token = service.link(person, purpose).await;
        let path = format!("{path}/{token}");
        assert_eq!(service.browser().get(&path).await.status, 200);
        service.advance(SignedDuration::from_hours(life) + SignedDuration::from_secs(1));
        service.browser().get(&path).await.says(410, &["このリンクは使えません"]);
        service.browser().submit(&path, &[("new", NEW)]).await.says(410, &[]);
    }
    // A newer reset ends the older.
    let older = service.link(person, LinkPurpose::Reset).await;
    service.link(person, LinkPurpose::Reset).await;
    service.browser().get(&format!("/reset/{older}")).await.says(410, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_sign_in_never_leads_to_another_site(pool: PgPool) {
    let service = Service::start(pool).await;
    for back in [
        "//evil.example",
        "https://evil.example/kai",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
    ] {
        let mut browser = service.browser();
        let answer = browser.post("/sign-in", &[("login", "shimin@kai.example"), ("password", PASSWORD), ("back", back)]).await;
        assert_eq!(answer.location(), "/kai/staff", "{back}");
        let mut browser = service.browser();
        let answer = browser.post("/sign-in", &[("login", "shimin@kai.example"), ("password", ""), ("back", back)]).await;
        assert_eq!(answer.location(), "/sign-in", "{back}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn behind_tls_the_cookie_is_bound_to_the_host(pool: PgPool) {
    let plain = Service::start(pool.clone()).await;
    let answer = plain.browser().sign_in("shimin@kai.example", PASSWORD).await;
    let [cookie] = answer.set_cookies().try_into().unwrap();
    assert!(
        cookie.starts_with("rashin=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert_eq!(answer.header("strict-transport-security"), "");
    drop(plain);
    let secure = Service::start_secure(pool).await;
    let answer = secure.browser().sign_in("shimin@kai.example", PASSWORD).await;
    let [cookie] = answer.set_cookies().try_into().unwrap();
    for part in ["__Host-rashin=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part} is missing: {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
}
