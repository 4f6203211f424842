//! 甲斐市 with its bodies and its route; cases as people work on them, and meetings as whoever runs them arranges them.

use sqlx::PgPool;

use super::{Answer, Browser, Service, field, hidden};

pub const CASES: &str = "/kai/staff/cases";
pub const CASE: &str = "/kai/staff/cases/1";

/// 甲斐市 with its three bodies, a seat in each, and its route.
pub async fn kai(pool: PgPool) -> Service {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.submit("/kai/staff/rosters/from-plan", &[]).await.says(200, &["会議体を3件加えました", "部会", "DX推進員"]);
    for (body, number) in [("coe", "K007"), ("section-meeting", "K006"), ("hq", "K005")] {
        let person = service.member_id("kai", number).await.to_string();
        let seat = [("role", "member"), ("nomination", "section"), ("person", person.as_str()), ("from", "2026"), ("until", "2027")];
        let page = office.submit(&format!("/kai/staff/rosters/{body}/seats"), &seat).await;
        page.says(200, &["席を保存しました", "2026年度から2027年度まで", "各部からの選出"]);
    }
    office.submit("/kai/staff/routes/kai/versions", &[]).await.says(200, &["使えるようにしました", "部会 審議", "推定"]);
    service
}

/// Text of a case that has all that a route asks of it.
pub const WHOLE: [(&str, &str); 11] = [
    ("title", "書かない窓口の拡大"),
    ("problem", "転入の手続きで同じことを何度も書く。"),
    ("proposal", "聞き取って入力し、署名だけにする。"),
    ("as_is.0.name", "申請書を書く"),
    ("as_is.0.minutes", "38"),
    ("as_is.0.times", "８,９４５"),
    ("to_be.0.name", "聞き取って入力する"),
    ("to_be.0.minutes", "11"),
    ("to_be.0.times", "8945"),
    ("costs.initial", "3000"),
    ("costs.saving", "1000"),
];

pub async fn open(service: &Service, browser: &mut Browser, text: &[(&str, &str)]) {
    let route = field(&browser.get(&format!("{CASES}/new")).await.text(), "route").unwrap();
    let section = service.section("kai", "shimin").await;
    let fields: Vec<_> = text.iter().copied().chain([("route", route.as_str()), ("section", section.as_str())]).collect();
    browser.submit(CASES, &fields).await.says(200, &["案件 1を保存しました", "提案者の番です"]);
}

pub async fn decide(browser: &mut Browser, outcome: &str, more: &[(&str, &str)]) -> Answer {
    let seen = hidden(&browser.get(CASE).await.text(), "seen");
    let fields: Vec<_> = [("seen", seen.as_str()), ("outcome", outcome)].into_iter().chain(more.iter().copied()).collect();
    browser.submit(&format!("{CASE}/decisions"), &fields).await
}

/// A case that waits for 部会 from today on; its number.
pub async fn case_before_the_section_meeting(service: &Service, title: &str) -> i32 {
    let mut member = service.signed_in("shimin@kai.example").await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let route = field(&member.get("/kai/staff/cases/new").await.text(), "route").unwrap();
    let section = service.section("kai", "shimin").await;
    let text = WHOLE.iter().copied().filter(|(name, _)| *name != "title");
    let fields: Vec<_> = text.chain([("title", title), ("route", route.as_str()), ("section", section.as_str())]).collect();
    let url = member.post("/kai/staff/cases", &fields).await.location();
    office.get(&url).await.says(200, &[title]);
    for outcome in ["submitted", "accepted"] {
        let seen = hidden(&member.get(&url).await.text(), "seen");
        member.submit(&format!("{url}/decisions"), &[("seen", seen.as_str()), ("outcome", outcome)]).await.says(200, &["としました"]);
    }
    office.submit(&format!("{url}/remarks"), &[("kind", "opinion"), ("text", "費用の根拠は確かめました。")]).await.says(200, &[]);
    let seen = hidden(&office.get(&url).await.text(), "seen");
    let accepted = [("seen", seen.as_str()), ("outcome", "accepted")];
    office.submit(&format!("{url}/decisions"), &accepted).await.says(200, &["いまは「部会 審議」"]);
    url.rsplit('/').next().unwrap().parse().unwrap()
}

/// Arranges a meeting of a body for today with a case on its agenda; its address. The browser's member may arrange it.
pub async fn meet(service: &Service, browser: &mut Browser, city: &str, body: &str, case: i32) -> String {
    let today = service.db.today();
    let [year, month, day] = [i32::from(today.year()), today.month().into(), today.day().into()].map(|part: i32| part.to_string());
    let fields =
        [("body", body), ("title", "定例の会議"), ("manner", "in_person"), ("on_year", &*year), ("on_month", &*month), ("on_day", &*day)];
    let url = browser.post(&format!("/{city}/staff/meetings"), &fields).await.location();
    browser.submit(&format!("{url}/agenda"), &[(&*format!("case.{case}"), "on")]).await.says(200, &["次第に加えました"]);
    url
}
