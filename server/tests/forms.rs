//! Bad input on every form: an answer in Japanese, what was typed is still there, and nothing has changed.

mod support;

use axum::http::Method;
use rashin_app::routes::routes;
use rashin_domain::{access::Role, identity::LinkPurpose};
use regex_lite::Regex;
use sqlx::PgPool;
use support::{Answer, Browser, NewMember, Send, Service, error_links, field, figures, title};

/// Imported ones have no reporter.
const MEMBERS_REPORTS: &str = "select count(*) from rashin.reports where reporter_id is not null";

const MEMBERS_DECISIONS: &str = "select count(*) from rashin.report_decisions where decider_id is not null";

/// A form with one fault: where it is sent, what is sent, the field that is at fault, a word of the sentence.
type Fault<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a str, &'a str);

/// Sends a faulty form and checks the page that comes back.
async fn comes_back(browser: &mut Browser, (path, fields, id, words): &Fault<'_>) {
    let answer = browser.submit(path, fields).await;
    let page = answer.text();
    let shown = format!("{path} {id}: 「{}」 {page}", title(&page));
    assert_eq!(answer.status, 200, "{shown}");
    assert!(title(&page).starts_with("エラー："), "{shown}");
    assert!(page.contains(words), "「{words}」 is missing: {shown}");
    assert!(error_links(&page).contains(&(*id).to_owned()), "no link to {id}: {:?} {shown}", error_links(&page));
    for link in error_links(&page) {
        assert_eq!(page.matches(&format!(" id=\"{link}\"")).count(), 1, "#{link} leads nowhere: {shown}");
    }
    for (name, value) in fields {
        let Some(kept) = field(&page, name) else { continue };
        let secret = ["password", "current", "new"].contains(name);
        // An answer that was not offered cannot be shown as chosen; what the server counts is its own.
        let own = name.starts_with("seen.")
            || *name == "number"
            || ["section", "recipient"].contains(name)
            || *value == "nonsense"
            || value.starts_with("FY19");
        if secret {
            assert_eq!(kept, "", "{name} came back: {shown}");
        } else if !own {
            assert_eq!(kept, *value, "{name} is lost: {shown}");
        }
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_faulty_report_comes_back_with_its_fault_and_its_input(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let mut browser = service.signed_in("shimin@kai.example").await;
    let (long, longer) = ("あ".repeat(2_001), "1".repeat(501));
    let date = |y, m, d| vec![("as_of_year", y), ("as_of_month", m), ("as_of_day", d)];
    let kai = |more: Vec<(&'static str, &'static str)>, id, words| ("/kai/staff/kpis/KAI-01/drafts", more, id, words);
    let faults = vec![
        kai(vec![("value.main", "約20")], "value-main", "約20"),
        kai(vec![("value.main", "")], "value-main", "実績値を入力してください"),
        kai(vec![("value.main", "1234567890123456789")], "value-main", "18桁以内"),
        kai(vec![("value.main", "1e9")], "value-main", "数字だけ"),
        kai(vec![("value.main", "NaN")], "value-main", "数字だけ"),
        kai(vec![("value.main", "<b>5</b>")], "value-main", "&lt;b&gt;5&lt;/b&gt;"),
        kai(vec![("value.main", "5\u{1}")], "value-main", "数字だけ"),
        kai(vec![("link", "javascript:alert(1)")], "link", "https://"),
        kai(vec![("link", "https://a\u{7}b")], "link", "制御文字"),
        kai(vec![("note", "あ\u{1b}い")], "note", "制御文字"),
        kai(vec![("answer.main", "nonsense")], "answer-main", "報告のしかた"),
        kai(vec![("answer.main", "not_applicable")], "note", "該当なしとする理由"),
        kai(vec![("answer.main", "collecting")], "expected_year-main", "集計できる見込み"),
        kai(
            vec![("answer.main", "collecting"), ("expected_year.main", "2026"), ("expected_month.main", "13")],
            "expected_year-main",
            "西暦の年と月",
        ),
        kai(
            vec![("answer.main", "collecting"), ("expected_year.main", "2026"), ("expected_month.main", "10")],
            "expected_year-main",
            "今月以降",
        ),
        kai(vec![("maturity", "nonsense")], "maturity", "値の確かさ"),
        kai(vec![("period", "FY1999")], "period", "報告する年度"),
        kai(vec![("period", "nonsense")], "period", "報告する年度"),
        kai(vec![("period", "")], "period", "報告する年度"),
        kai(date("2026", "2", "30"), "as_of_year", "実在する日付"),
        kai(date("来年", "2", "3"), "as_of_year", "「年」を数字で"),
        kai(date("2026", "11", "23"), "as_of_year", "今日まで"),
        kai(date("2026", "", "3"), "as_of_month", "「月」を数字で"),
        kai(date("99999999999", "1", "1"), "as_of_year", "実在する日付"),
    ];
    for (path, more, id, words) in faults {
        comes_back(&mut browser, &(path, figures(&more), id, words)).await;
    }
    comes_back(&mut browser, &("/kai/staff/kpis/KAI-01/drafts", figures(&[("note", &long)]), "note", "2000文字以内")).await;
    comes_back(&mut browser, &("/kai/staff/kpis/KAI-01/drafts", figures(&[("value.main", &longer)]), "value-main", "500文字以内")).await;
    // Nothing at all: every required field is named at once.
    comes_back(&mut browser, &("/kai/staff/kpis/KAI-01/drafts", vec![], "period", "3件")).await;
    // A ratio, and a year that has a figure already.
    let mut browser = service.signed_in("soumu-kacho@midorino.example").await;
    let ratio = |value| figures(&[("value.main", value), ("seen.FY2025", "1"), ("reason", "数え直し")]);
    for (value, words) in [("5", "5/64"), ("6/5", "全体の数"), ("5/0", "全体の数"), ("一/五", "数字だけ")] {
        comes_back(&mut browser, &("/midorino/staff/kpis/MID-04/drafts", ratio(value), "value-main", words)).await;
    }
    comes_back(&mut browser, &("/midorino/staff/kpis/MID-04/drafts", figures(&[("value.main", "22/50")]), "reason", "訂正の理由")).await;
    assert_eq!(service.count_in("kai", MEMBERS_REPORTS).await + service.count_in("midorino", MEMBERS_REPORTS).await, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_other_form_comes_back_with_its_fault_and_its_input(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let mut reporter = service.signed_in("shimin@kai.example").await;
    let report = service.report(&mut reporter, "kai", "KAI-01", &[]).await;
    let returns = format!("{report}/returns");
    let long = "あ".repeat(2_001);
    let mut approver = service.signed_in("shimin-kacho@kai.example").await;
    for (reason, words) in
        [("", "差戻しの理由を入力"), (" 　\n", "差戻しの理由を入力"), (long.as_str(), "2000文字以内"), ("a\u{0008}b", "制御文字")]
    {
        comes_back(&mut approver, &(&returns, vec![("reason", reason)], "reason", words)).await;
    }
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let (kpi, editions, withdrawals) =
        ("/kai/staff/kpis/KAI-01", "/kai/staff/editions", "/kai/staff/plans/dx-action-plan/editions/1/withdrawals");
    let errata = "/kai/staff/plans/dx-action-plan/editions/1/errata";
    let (assign, share) = (format!("{kpi}/responsibilities"), format!("{kpi}/shares"));
    let foreign = service.section("midorino", "shimin").await;
    let publish = |more: &[(&'static str, &'static str)]| [&[("reason", "実績を反映"), ("number", "2")], more].concat();
    let faults: Vec<Fault> = vec![
        (&assign, vec![("section", "nonsense")], "section", "担当課を一覧から"),
        (&assign, vec![("section", "00000000-0000-0000-0000-000000000000")], "section", "担当課を一覧から"),
        (&share, vec![("recipient", "")], "recipient", "都道府県"),
        (&share, vec![("recipient", "nowhere<b>")], "recipient", "都道府県"),
        // A municipality is no prefecture.
        (&share, vec![("recipient", "midorino")], "recipient", "都道府県"),
        (editions, vec![("reason", ""), ("number", "2")], "reason", "公表の理由を入力"),
        (editions, vec![("reason", &long), ("number", "2")], "reason", "2000文字以内"),
        (editions, publish(&[("document_number", "x\u{2}")]), "document_number", "制御文字"),
        (
            editions,
            publish(&[("decided_on_year", "2026"), ("decided_on_month", "2"), ("decided_on_day", "30")]),
            "decided_on_year",
            "実在する日付",
        ),
        (editions, publish(&[("decided_on_year", "来年"), ("decided_on_month", "2"), ("decided_on_day", "3")]), "decided_on_year", "数字"),
        (
            editions,
            publish(&[("decided_on_year", "2026"), ("decided_on_month", "12"), ("decided_on_day", "1")]),
            "decided_on_year",
            "今日まで",
        ),
        (
            editions,
            publish(&[
                ("drafted_on_year", "2026"),
                ("drafted_on_month", "11"),
                ("drafted_on_day", "2"),
                ("decided_on_year", "2026"),
                ("decided_on_month", "11"),
                ("decided_on_day", "1"),
            ]),
            "decided_on_year",
            "起案日と同じ日か、そのあと",
        ),
        (editions, publish(&[("public_from_hour", "9")]), "public_from_year", "時だけでは決まりません"),
        (
            editions,
            publish(&[("public_from_year", "2026"), ("public_from_month", "12"), ("public_from_day", "1"), ("public_from_hour", "25")]),
            "public_from_hour",
            "0から23",
        ),
        (
            editions,
            publish(&[("public_from_year", "2026"), ("public_from_month", "11"), ("public_from_day", "22"), ("public_from_hour", "15")]),
            "public_from_year",
            "いまより後",
        ),
        (errata, vec![("erratum", "1"), ("place", ""), ("wrong", "1"), ("right", "2"), ("erratum_reason", "転記")], "place", "箇所を入力"),
        (errata, vec![("erratum", "1"), ("place", "a"), ("wrong", "1"), ("right", "1"), ("erratum_reason", "転記")], "right", "違う内容"),
        (withdrawals, vec![("withdrawal_reason", "")], "withdrawal_reason", "取り下げの理由を入力"),
        (withdrawals, vec![("withdrawal_reason", &long)], "withdrawal_reason", "2000文字以内"),
        ("/account/password", vec![("current", "wrong"), ("new", "x")], "current", "いまのパスワード"),
        ("/account/password", vec![("current", support::PASSWORD), ("new", "short")], "new", "12文字以上"),
    ];
    for fault in &faults {
        comes_back(&mut office, fault).await;
    }
    // The other form of the page still shows the section that stands.
    let page = office.submit(&share, &[("recipient", "nowhere")]).await.text();
    assert_eq!(field(&page, "section"), Some(service.section("kai", "shimin").await));
    // Another tenant's section says no more than one that is nowhere; the choice cannot be shown.
    let answer = office.submit(&assign, &[("section", &foreign)]).await;
    answer.says(200, &["担当課を一覧から選択してください"]);
    let person = service.person("link@kai.test", "鍵 一", false).await;
    let link = format!("/reset/{}", service.link(person, LinkPurpose::Reset).await);
    let anonymous: Vec<Fault> = vec![
        ("/sign-in", vec![("login", ""), ("password", "x")], "login", "入力してください"),
        ("/sign-in", vec![("login", "shimin@kai.example"), ("password", "")], "password", "パスワードを入力"),
        ("/sign-in", vec![("login", "a\u{3}b"), ("city", "kai"), ("password", "x")], "login", "制御文字"),
        ("/sign-in", vec![("login", &long), ("password", "x")], "login", "254文字以内"),
        ("/sign-in", vec![], "login", "2件"),
        ("/reset", vec![("email", "nobody")], "email", "name@example.jp"),
        ("/reset", vec![("email", "<b>@example.jp")], "email", "name@example.jp"),
        (&link, vec![("new", "")], "new", "12文字以上"),
    ];
    for fault in &anonymous {
        comes_back(&mut service.browser(), fault).await;
    }
    assert_eq!(service.count_in("kai", MEMBERS_DECISIONS).await, 0);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.editions").await, 2);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.responsibilities").await, 1);
}

/// Everything that a form could change.
async fn everything(service: &Service) -> Vec<i64> {
    let mut counts =
        vec![service.count("select count(*) from rashin.identity_log").await, service.count("select count(*) from rashin.sessions").await];
    for sql in [
        "select count(*) from rashin.reports",
        "select count(*) from rashin.report_decisions",
        "select count(*) from rashin.editions",
        "select count(*) from rashin.errata",
        "select count(*) from rashin.responsibilities",
        "select count(*) from rashin.share_grants",
        "select count(*) from rashin.audit_log",
    ] {
        counts.push(service.count_in("kai", sql).await);
    }
    counts
}

/// The actions that read a form with a file.
fn takes_file(path: &str) -> bool {
    ["/import-drafts", "/paste-drafts", "/attachments"].iter().any(|end| path.ends_with(end))
}

fn posts() -> Vec<String> {
    let fill = |path: &str| {
        let path = path.replace("{city}", "kai").replace("{code}", "KAI-01").replace("{number}", "1").replace("{plan}", "dx-action-plan");
        let key = if path.contains("/kpis/") { "KAI-01" } else { "s1" };
        let path = path.replace("{kind}", "nodes").replace("{key}", key).replace("{section}", "shimin").replace("{node}", "s1");
        let path = path.replace("{token}", "00").replace("{handle}", "00");
        // What is left is an id.
        Regex::new(r"\{[a-z]+\}").unwrap().replace_all(&path, "01990000-0000-7000-8000-000000000000").into_owned()
    };
    routes().listed().iter().filter(|(method, _)| *method == "POST").map(|(_, path)| fill(path)).collect()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_another_site_sends_is_refused_and_changes_nothing(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.signed_in("jimukyoku@kai.example").await;
    let before = everything(&service).await;
    let body = support::form(&[
        ("reason", "x"),
        ("number", "2"),
        ("section", ""),
        ("recipient", "mizuho"),
        ("login", "a"),
        ("email", "jimukyoku@kai.example"),
    ]);
    let form = ("content-type", "application/x-www-form-urlencoded");
    let origin = ("origin", support::HTTP);
    let foreign: [&[(&str, &str)]; 7] = [
        &[form],
        &[form, ("origin", "https://evil.example")],
        &[form, ("origin", "null")],
        &[form, ("origin", "http://rashin.example.evil.example")],
        &[form, origin, ("sec-fetch-site", "cross-site")],
        &[form, origin, ("sec-fetch-site", "same-site")],
        &[form, ("sec-fetch-site", "none")],
    ];
    for path in posts() {
        for headers in foreign {
            let answer = browser.send(Send { method: Method::POST, path: &path, headers, body: body.clone().into_bytes() }).await;
            answer.says(403, &["ほかのサイトからの送信は受け付けません"]);
        }
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = browser
            .send(Send { method, path: "/kai/staff/editions", headers: &[form, ("origin", "https://evil.example")], body: vec![] })
            .await;
        answer.says(403, &[]);
    }
    assert_eq!(everything(&service).await, before);
    assert_eq!(browser.get("/account").await.status, 200);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_no_form_with_a_file_sends_is_refused_in_japanese(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.signed_in("kanri@kai.example").await;
    for path in posts().into_iter().filter(|path| takes_file(path)) {
        browser.post_raw(&path, b"reason=x".to_vec()).await.says(400, &["送信の形式"]);
        browser.post_file(&path, &[], ("file", "a.csv", &vec![b'a'; 21 * 1024 * 1024])).await.says(413, &["大きすぎます"]);
        browser.post_file(&path, &[("reason", "a\0b")], ("file", "a.csv", b"x")).await.says(400, &["NUL"]);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_no_form_sends_is_refused_in_japanese_and_changes_nothing(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.signed_in("jimukyoku@kai.example").await;
    let before = everything(&service).await;
    // These read no form.
    let bare = |path: &String| {
        let ends = ["/approvals", "/exports", "/sign-out"].iter().any(|end| path.ends_with(end));
        ends || path.starts_with("/account/devices/")
            || path.starts_with("/kai/staff/reorganisations/0")
            || path.starts_with("/kai/staff/notifications/0")
    };
    for path in posts().into_iter().filter(|path| !bare(path) && !takes_file(path)) {
        let huge = [b"reason=".to_vec(), vec![b'a'; 3 * 1024 * 1024]].concat();
        let large = [b"reason=".to_vec(), vec![b'a'; 700 * 1024]].concat();
        browser.post_raw(&path, huge).await.says(413, &["大きすぎます"]);
        browser.post_raw(&path, large).await.says(413, &["大きすぎます"]);
        for broken in ["reason=%FF", "reason=%E3%81", "%FE=1", "reason=%ED%A0%80"] {
            browser.post_raw(&path, broken.into()).await.says(400, &["UTF-8"]);
        }
        browser.post_raw(&path, b"reason=\xff".to_vec()).await.says(400, &["UTF-8"]);
        browser.post_raw(&path, b"reason=a%00b".to_vec()).await.says(400, &["NUL"]);
        for kind in ["application/json", "multipart/form-data; boundary=x", "text/plain", ""] {
            let headers = [("content-type", kind), ("origin", support::HTTP)];
            let answer = browser.send(Send { method: Method::POST, path: &path, headers: &headers, body: b"reason=x".to_vec() }).await;
            answer.says(400, &["送信の形式"]);
        }
    }
    assert_eq!(everything(&service).await, before);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn no_address_gets_an_english_answer_or_breaks_the_service(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.signed_in("jimukyoku@kai.example").await;
    for path in [
        "/kai/staff/reports/x",
        "/kai/staff/reports/%00",
        "/kai/staff/kpis/%00",
        "/kai/staff/kpis/%FF",
        "/kai/kpis/%00",
        "/kai/nodes/%00",
        "/kai/plans/dx-action-plan/editions/x",
        "/kai/plans/dx-action-plan/editions/99999999999",
        "/kai/plans/dx-action-plan/editions/-1",
        "/kai/plans/dx-action-plan/editions/x/kpis",
        "/kai/plans/dx-action-plan/editions/1/chapters/x",
        "/kai/plans/dx-action-plan/editions/1/kpis/%00",
        "/kai/staff/plans/dx-action-plan/editions/x",
        "/kai/staff/plans/%00/preview",
        "/kai/chapters/x",
        "/kai/chapters/0",
        "/%00",
        "/%FF",
        "/kai%00/staff",
        "/kai/%2e%2e",
        "/nothing/here/at/all",
        "/kai/",
        "/sign-out",
        "/kai/staff/editions",
        "/reset/%00",
        "/reset/%FF",
    ] {
        let answer = browser.get(path).await;
        assert!([404, 410].contains(&answer.status), "{path}: {}", answer.status);
        answer.says(answer.status, &[]);
    }
    for path in [
        "/?q=%00",
        "/?q=%FF",
        "/?q=a&q=b",
        "/?%",
        "/sign-in?back=a&back=b",
        "/sign-in?back=%00",
        "/kai/staff/kpis?show=%FF",
        "/kai/kpis?x=%00",
        "/kai?edition=x",
    ] {
        let answer = browser.get(path).await;
        assert!([200, 400, 404].contains(&answer.status), "{path}: {}", answer.status);
        answer.says(answer.status, &[]);
    }
    for path in [
        "/kai/staff/reports/x/approvals",
        "/kai/staff/plans/dx-action-plan/editions/x/withdrawals",
        "/account/devices/%00/endings",
        "/kai/staff/kpis/%00/drafts",
        "/kai",
        "/about",
    ] {
        browser.post(path, &[("reason", "x")]).await.says(404, &[]);
    }
    for path in [
        "/api/v1/municipalities/%FF/plans",
        "/api/v1/municipalities/192104/plans/%00",
        "/api/v1/municipalities/192104/plans/dx-action-plan?edition=x",
    ] {
        let answer = browser.get(path).await;
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{path}: {}", answer.text()));
        assert!(problem["message"].as_str().unwrap().ends_with('。'), "{path}: {problem}");
    }
}

async fn approver(service: &Service, email: &str) -> Browser {
    service.member(NewMember { city: "kai", email, name: "決裁 一", role: Role::Approver, section: "shimin", state: "active" }).await;
    service.signed_in(email).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_people_on_one_figure_see_both_values_and_lose_nothing(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let (mut first, mut second) = (service.signed_in("shimin@kai.example").await, service.signed_in("sangyo@kai.example").await);
    let url = "/kai/staff/kpis/KAI-01";
    let check = second.submit(&format!("{url}/drafts"), &figures(&[("value.main", "3,222"), ("note", "二人目の備考")])).await;
    let draft = support::hidden(&check.text(), "draft");
    service.report(&mut first, "kai", "KAI-01", &[("value.main", "3,111"), ("note", "一人目の備考")]).await;
    for _ in 0..2 {
        let conflict = second.submit(&format!("{url}/reports"), &[("draft", &draft)]).await;
        conflict.says(409, &["3,111", "3,222", "一人目の備考", "二人目の備考", "架空 健"]);
    }
    let page = second.get(&format!("{url}/report")).await.text();
    assert_eq!(field(&page, "value.main").as_deref(), Some("3,222"), "what was typed is still there");
    assert_eq!(field(&page, "seen.FY2025").as_deref(), Some("1"));
    let corrected = [("value.main", "3,222"), ("seen.FY2025", "1"), ("reason", "集計の範囲が正しいのはこちら。")];
    service.report(&mut second, "kai", "KAI-01", &corrected).await;
    first.get(url).await.says(200, &["3,111", "3,222", "集計の範囲"]);
    assert_eq!(service.count_in("kai", MEMBERS_REPORTS).await, 2);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_second_click_is_harmless_and_a_second_person_is_told(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let mut reporter = service.signed_in("shimin@kai.example").await;
    let url = "/kai/staff/kpis/KAI-01";
    let check = reporter.submit(&format!("{url}/drafts"), &figures(&[])).await;
    let draft = support::hidden(&check.text(), "draft");
    let (mut again, fields) = (reporter.clone(), [("draft", draft.as_str())]);
    let reports = format!("{url}/reports");
    let (one, two) = tokio::join!(reporter.post(&reports, &fields), again.post(&reports, &fields));
    let three = reporter.post(&reports, &fields).await;
    let report = format!("/kai/staff/reports/{draft}");
    for answer in [one, two, three] {
        assert_eq!((answer.status, answer.location()), (303, report.clone()));
    }
    assert_eq!(service.count_in("kai", MEMBERS_REPORTS).await, 1);

    let (mut a, mut b) = (approver(&service, "a@kai.test").await, approver(&service, "b@kai.test").await);
    let approvals = format!("{report}/approvals");
    let (one, two) = tokio::join!(a.post(&approvals, &[]), b.post(&approvals, &[]));
    let told = |answer: &Answer| answer.says(409, &["先にほかの人が承認または差戻し"]).status;
    if one.status == 303 {
        told(&two)
    } else {
        told(&one)
    };
    a.post(&format!("{report}/returns"), &[("reason", "やはり")]).await.says(409, &[]);
    assert_eq!(service.count_in("kai", MEMBERS_DECISIONS).await, 1);

    let (mut a, mut b) = (service.signed_in("jimukyoku@kai.example").await, service.signed_in("watari@kai.example").await);
    let fields = [("reason", "実績を反映"), ("number", "2")];
    let (one, two) = tokio::join!(a.post("/kai/staff/editions", &fields), b.post("/kai/staff/editions", &fields));
    let three = a.post("/kai/staff/editions", &fields).await;
    three.says(409, &["先にほかの人が公表しています"]);
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.editions where plan_slug = 'dx-action-plan'").await, 2);
}
