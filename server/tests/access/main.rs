//! Who gets what: every address of the service, seen by everybody who may come.

#[path = "../support/mod.rs"]
mod support;
mod table;

use rashin_app::routes::routes;
use rashin_domain::{access::Role, identity::LinkPurpose};
use rashin_server::api;
use regex_lite::Regex;
use sqlx::PgPool;
use support::{Answer, Browser, NewMember, Service, field, figures, hidden};
use table::TABLE;

/// The columns of the table.
const ACTORS: [&str; 12] = [
    "anonymous",
    "viewer@kai.test",
    "reporter@kai.test",
    "approver@kai.test",
    "office@kai.test",
    "admin@kai.test",
    "jimukyoku@midorino.example",
    "shien@mizuho.example",
    "invited@kai.test",
    "suspended@kai.test",
    "left@kai.test",
    "operator@rashin.test",
];

/// Objects that the addresses name.
struct Objects {
    report: String,
    foreign_report: String,
    handle: String,
    token: String,
    section: String,
    reorganisation: String,
    foreign_reorganisation: String,
    member: String,
    foreign_member: String,
    attachment: String,
    foreign_attachment: String,
    inquiry: String,
    foreign_inquiry: String,
    comment: String,
    foreign_comment: String,
    notification: String,
    foreign_notification: String,
    workbook: String,
    foreign_workbook: String,
    errand: String,
    foreign_errand: String,
}

/// The same address for the own tenant's object, another tenant's, and one that is nowhere.
fn addresses(path: &str, objects: &Objects) -> [Option<String>; 3] {
    let random = "01990000-0000-7000-8000-000000000000";
    let last = path.rsplit('{').next().and_then(|rest| rest.split('}').next()).unwrap_or_default();
    // (own, another tenant's, nowhere); where a number or a key exists in every tenant, only nowhere is meant.
    let [own, foreign, nowhere] = match last {
        "city" if matches!(path, "/{city}" | "/{city}/staff") => ["kai", "nobody", "x"],
        "city" => ["kai", "", ""],
        "file" => ["rashin.css", "../boot.js", "none.css"],
        "node" if path.contains("initiatives") => ["m06", "f2-1-1-1", "s99"],
        "node" => ["s1", "f2-1-1", "s99"],
        "code" if path.starts_with("/api") => ["192104", "990001", "011002"],
        "code" if path.contains("/compare/") => ["DA-13", "XX-01", "XX-99"],
        "code" if path.contains("templates") => ["KAI-T1", "T-01", "KAI-T9"],
        "code" => ["KAI-01", "MID-01", "KAI-99"],
        "plan" => ["dx-action-plan", "dx-plan", "none"],
        "*page" => ["kpis/KAI-01", "kpis/KAI-99", "none"],
        "chapter" => ["1", "998", "999"],
        "kind" => ["terms", "sections", "none"],
        "key" if path.contains("/kpis/") => ["KAI-01", "MID-01", "KAI-99"],
        "key" => ["s1", "f2-1-1", "s99"],
        "number" => ["1", "998", "999"],
        "body" => ["hq", "none-such", "none"],
        "route" => ["kai", "none-such", "none"],
        "version" => ["1", "98", "99"],
        "report" => [&objects.report, &objects.foreign_report, random],
        "section" => ["shimin", "gakko", "nowhere"],
        "round" => ["FY2026-half", "FY2024-half", "none"],
        "reorganisation" => [&objects.reorganisation, &objects.foreign_reorganisation, random],
        "member" => [&objects.member, &objects.foreign_member, random],
        "attachment" => [&objects.attachment, &objects.foreign_attachment, random],
        "inquiry" => [&objects.inquiry, &objects.foreign_inquiry, random],
        "comment" => [&objects.comment, &objects.foreign_comment, random],
        "notification" => [&objects.notification, &objects.foreign_notification, random],
        "workbook" => [&objects.workbook, &objects.foreign_workbook, random],
        "errand" => [&objects.errand, &objects.foreign_errand, random],
        "handle" => [&objects.handle, "0", random],
        "token" => [&objects.token, "00", random],
        _ => ["", "", ""],
    };
    let fill = |object: &str| {
        let path = path.replace(&format!("{{{last}}}"), object);
        let path = path.replace("{city}", "kai").replace("{code}", "192104");
        // The object's surroundings, where they are named before it.
        let path = path.replace("{number}", "1").replace("{plan}", "dx-action-plan").replace("{kind}", "nodes");
        path.replace("{inquiry}", &objects.inquiry).replace("{route}", "kai")
    };
    let named = |object: &str| (!last.is_empty() && !object.is_empty()).then(|| fill(object));
    [Some(fill(own)), named(foreign), named(nowhere)]
}

fn fields<'a>(path: &str, objects: &'a Objects) -> Vec<(&'a str, &'a str)> {
    match path {
        "/{city}/staff/kpis/{code}/drafts" => figures(&[("period", "FY2026")]),
        "/{city}/staff/kpis/{code}/responsibilities" => vec![("section", &objects.section)],
        "/{city}/staff/kpis/{code}/reviews"
        | "/{city}/staff/initiatives/{node}/reviews"
        | "/{city}/staff/initiatives/{node}/ledger-entries" => vec![("year", "2026")],
        "/{city}/staff/plans/{plan}/objects/nodes/{key}/cell-moves" => vec![("way", "on")],
        "/{city}/staff/kpis/{code}/reports" => vec![("draft", &objects.report)],
        "/{city}/staff/kpis/{code}/share-withdrawals" => vec![("recipient", "みずほ県（架空）")],
        "/{city}/staff/kpis/{code}/shares" => vec![("recipient", "mizuho")],
        "/{city}/staff/reports/{report}/returns" => vec![("reason", "数え方を確かめてください。")],
        "/{city}/staff/templates/{code}/retirements" => vec![("revision", "1")],
        "/{city}/staff/templates/{code}/restorations" => vec![("revision", "2")],
        "/{city}/staff/reorganisations/drafts" => founding("新しい課"),
        "/{city}/staff/editions" => vec![("reason", "実績の反映"), ("number", "2")],
        "/{city}/staff/plans/{plan}/editions/{number}/errata" => {
            vec![("erratum", "1"), ("place", "KAI-01"), ("wrong", "1"), ("right", "2"), ("erratum_reason", "転記の誤り")]
        }
        "/{city}/staff/plans/{plan}/editions/{number}/withdrawals" => vec![("withdrawal_reason", "試験")],
        "/{city}/staff/people/sheets" => vec![("member", &objects.member)],
        "/{city}/staff/plans/{plan}/objects/{kind}/{key}/restorations" => vec![("step", "1")],
        "/{city}/staff/plans/{plan}/objects/kpis/{key}/point-removals" => {
            vec![("part", "main"), ("role", "target"), ("period", "FY2029")]
        }
        "/{city}/staff/plans/{plan}/inquiries" => asking("section.shimin"),
        "/{city}/staff/inquiries/{inquiry}/comments" => vec![("section", &objects.section), ("comment.kpis.KAI-01", "意見")],
        "/{city}/staff/inquiries/{inquiry}/replies" => vec![("section", &objects.section)],
        "/{city}/staff/trainings" => TRAINING.to_vec(),
        "/reset" => vec![("email", "nobody@example.jp")],
        _ => Vec::new(),
    }
}

async fn ask(browser: &mut Browser, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    match method {
        "GET" => browser.get(path).await,
        _ if ["/import-drafts", "/paste-drafts", "/attachments"].iter().any(|end| path.ends_with(end)) => {
            browser.post_file(path, fields, ("file", "list.csv", b"x")).await
        }
        _ => browser.post(path, fields).await,
    }
}

fn outcome(answer: &Answer) -> String {
    match answer.status {
        303 if answer.location().starts_with("/sign-in") => "in".to_owned(),
        status => status.to_string(),
    }
}

const TRAINING: &[(&str, &str)] =
    &[("kind", "workshop"), ("title", "試験"), ("on_year", "2026"), ("on_month", "11"), ("on_day", "2"), ("manner", "in_person")];

/// A form that founds a section next April.
fn founding(name: &str) -> Vec<(&str, &str)> {
    let on = [("on_year", "2027"), ("on_month", "4"), ("on_day", "1"), ("reason", "試験")];
    [&[("kind", "found"), ("new.1.name", name), ("new.1.kind", "課")], &on[..]].concat()
}

/// The id of an act that a city's secretariat has prepared.
async fn prepared(service: &Service, city: &str) -> String {
    let mut office = service.signed_in(&format!("jimukyoku@{city}.example")).await;
    let check = office.submit(&format!("/{city}/staff/reorganisations/drafts"), &founding("準備課")).await.text();
    let confirmed = [("draft", &*support::hidden(&check, "draft")), ("seen", &*support::hidden(&check, "seen"))];
    let chart = office.submit(&format!("/{city}/staff/reorganisations"), &confirmed).await.text();
    chart.split("/staff/reorganisations/").nth(2).and_then(|rest| rest.split('/').next()).unwrap().to_owned()
}

/// The id of a file that a city's secretariat has attached to a KPI.
async fn attached(service: &Service, city: &str, code: &str) -> String {
    let mut office = service.signed_in(&format!("jimukyoku@{city}.example")).await;
    let url = format!("/{city}/staff/kpis/{code}/attachments");
    let answer = office.post_file(&url, &[], ("file", "a.txt", "添付".as_bytes())).await;
    let page = office.follow(answer).await.text();
    page.split("/staff/attachments/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

/// Asks a section about the whole plan.
fn asking(section: &str) -> Vec<(&str, &str)> {
    vec![("title", "案への意見"), ("deadline_year", "2026"), ("deadline_month", "12"), ("deadline_day", "6"), (section, "on")]
}

/// An inquiry to 市民課 and what 市民課 says: their ids.
async fn asked(service: &Service, city: &str, plan: &str, kpi: &str, login: &str) -> (String, String) {
    let mut office = service.signed_in(&format!("jimukyoku@{city}.example")).await;
    let url = office.post(&format!("/{city}/staff/plans/{plan}/inquiries"), &asking("section.shimin")).await.location();
    let mut member = service.signed_in(login).await;
    let (section, field) = (service.section(city, "shimin").await, format!("comment.kpis.{kpi}"));
    let page = member.submit(&format!("{url}/comments"), &[("section", section.as_str()), (&field, "意見")]).await.text();
    let comment = page.split("/comments/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_else(|| panic!("{page}"));
    (url.rsplit('/').next().unwrap().to_owned(), comment.to_owned())
}

async fn people(service: &Service) -> Objects {
    let members = [
        ("viewer@kai.test", Role::Viewer, "active"),
        ("reporter@kai.test", Role::Reporter, "active"),
        ("approver@kai.test", Role::Approver, "active"),
        ("office@kai.test", Role::Secretariat, "active"),
        ("admin@kai.test", Role::Admin, "active"),
        ("suspended@kai.test", Role::Secretariat, "suspended"),
        ("left@kai.test", Role::Secretariat, "left"),
    ];
    for (email, role, state) in members {
        // Told apart in lists of people.
        let name = if role == Role::Reporter { "試験 次郎" } else { "試験 太郎" };
        service.member(NewMember { city: "kai", email, name, role, section: "shimin", state }).await;
    }
    service.person("invited@kai.test", "試験 太郎", false).await;
    service.person("operator@rashin.test", "運用 花子", true).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    service.responsible_for("kai", "m06", "shimin").await;
    service.template("kai", "KAI-T1").await;
    let holder = service.person("link@kai.test", "鍵 一", false).await;
    let mut reporter = service.signed_in("reporter@kai.test").await;
    let report = service.report(&mut reporter, "kai", "KAI-01", &[]).await;
    let mut office = service.signed_in("office@kai.test").await;
    let url = "/kai/staff/plans/dx-action-plan/objects/nodes/s1";
    let seen = hidden(&office.get(url).await.text(), "seen");
    let changed = [("seen", seen.as_str()), ("title", "別の名称"), ("reading", "original")];
    office.submit(&format!("{url}/revisions"), &changed).await.says(200, &["案に保存しました"]);
    office.submit("/kai/staff/rosters/from-plan", &[]).await.says(200, &["会議体を3件加えました"]);
    office.submit("/kai/staff/routes/kai/versions", &[]).await.says(200, &["使えるようにしました"]);
    let route = field(&reporter.get("/kai/staff/cases/new").await.text(), "route").unwrap();
    let section = service.section("kai", "shimin").await;
    let case = [("title", "書かない窓口"), ("route", route.as_str()), ("section", &section)];
    reporter.submit("/kai/staff/cases", &case).await.says(200, &["案件 1を保存しました"]);
    let errand = met(&mut office, "kai", "hq", "試験 次郎").await;
    let mut foreign_office = service.signed_in("jimukyoku@midorino.example").await;
    foreign_office.submit("/midorino/staff/rosters", &[("name", "本部"), ("key", "dx-hq"), ("kind", "headquarters")]).await.says(200, &[]);
    let foreign_errand = met(&mut foreign_office, "midorino", "dx-hq", "").await;
    reporter.submit("/kai/staff/ideas", &[("title", "試験"), ("text", "試験")]).await.says(200, &["アイデアを送りました"]);
    let owner = service.member_of("kai", "reporter@kai.test").await;
    let card = [("about", "kpi.KAI-01"), ("title", "試験"), ("observation", "試験"), ("days", "10"), ("owner", &owner), ("body", "hq")];
    reporter.submit("/kai/staff/cards", &card).await.says(200, &["OODAカードを作りました"]);
    office.submit("/kai/staff/trainings", TRAINING).await.says(200, &["研修会を保存しました"]);
    let account = service.signed_in("link@kai.test").await.get("/account").await.text();
    let mut second = service.signed_in("link@kai.test").await;
    let handle = second.get("/account").await.text();
    let handle = handle.split("/account/devices/").nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_owned();
    assert!(!account.contains(&handle), "a device ends itself by signing out");
    let (inquiry, comment) = asked(service, "kai", "dx-action-plan", "KAI-01", "reporter@kai.test").await;
    let (foreign_inquiry, foreign_comment) = asked(service, "midorino", "dx-plan", "MID-01", "sato@midorino.example").await;
    Objects {
        report: report.rsplit('/').next().unwrap().to_owned(),
        foreign_report: service.newest_report("midorino", "MID-01").await.to_string(),
        handle,
        token: service.link(holder, LinkPurpose::Reset).await,
        section: service.section("kai", "shimin").await,
        reorganisation: prepared(service, "kai").await,
        foreign_reorganisation: prepared(service, "midorino").await,
        member: service.member_id("kai", "K010").await.to_string(),
        foreign_member: service.member_id("midorino", "1901").await.to_string(),
        attachment: attached(service, "kai", "KAI-01").await,
        foreign_attachment: attached(service, "midorino", "MID-01").await,
        inquiry,
        foreign_inquiry,
        comment,
        foreign_comment,
        notification: service.notification("kai", "reporter@kai.test").await,
        foreign_notification: service.notification("midorino", "sato@midorino.example").await,
        workbook: sent_back(&mut reporter, "kai").await,
        errand,
        foreign_errand,
        foreign_workbook: sent_back(&mut service.signed_in("sato@midorino.example").await, "midorino").await,
    }
}

/// Arranges a meeting of a body for next month and gives somebody an errand, which is finished: its id.
async fn met(office: &mut Browser, city: &str, body: &str, owner: &str) -> String {
    let meeting = [("body", body), ("title", "第1回"), ("manner", "in_person"), ("on_year", "2026"), ("on_month", "12"), ("on_day", "10")];
    let page = office.submit(&format!("/{city}/staff/meetings"), &meeting).await.text();
    let owner = Regex::new(&format!("<option value=\"([0-9a-f-]{{36}})\"[^>]*>{owner}")).unwrap().captures(&page).unwrap()[1].to_owned();
    let errand = [("errand", "調べる"), ("owner", owner.as_str()), ("due_year", "2026"), ("due_month", "12"), ("due_day", "20")];
    let page = office.submit(&format!("/{city}/staff/meetings/1/errands"), &errand).await.text();
    page.split("/staff/errands/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_else(|| panic!("{page}")).to_owned()
}

/// The id of a workbook that a member took out and sent as it was.
async fn sent_back(browser: &mut Browser, city: &str) -> String {
    let updates = format!("/{city}/staff/updates");
    let file = browser.get(&format!("{updates}/workbook")).await.body;
    let answer = browser.post_file(&format!("{updates}/import-drafts"), &[], ("file", "a.xlsx", &file)).await;
    answer.location().rsplit('/').next().unwrap().to_owned()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn everybody_gets_exactly_what_the_table_says(pool: PgPool) {
    let service = Service::start(pool).await;
    let objects = people(&service).await;
    let mut browsers = Vec::new();
    for actor in ACTORS {
        browsers.push(if actor == "anonymous" { service.browser() } else { service.signed_in(actor).await });
    }
    // Invited while signed in: from the next sign-in on it would be a member.
    let invited = NewMember {
        city: "kai",
        email: "invited@kai.test",
        name: "試験 太郎",
        role: Role::Secretariat,
        section: "shimin",
        state: "invited",
    };
    service.member(invited).await;
    let mut wrong = Vec::new();
    for (method, path, own, absent) in TABLE {
        let fields = fields(path, &objects);
        let [mine, foreign, nowhere] = addresses(path, &objects);
        let own: Vec<&str> = own.split_whitespace().collect();
        assert_eq!(own.len(), ACTORS.len(), "{path}");
        for (index, browser) in browsers.iter_mut().enumerate() {
            let got = outcome(&ask(browser, method, mine.as_ref().unwrap(), &fields).await);
            if got != own[index] {
                wrong.push(format!("{method} {path} as {}: {got} instead of {}", ACTORS[index], own[index]));
            }
            if *absent == "-" {
                continue;
            }
            let wanted = match absent.split_whitespace().collect::<Vec<_>>().as_slice() {
                [one] if own[index] != "in" => *one,
                [_] => "in",
                many => many[index],
            };
            let mut bodies = Vec::new();
            for (what, path) in [("another tenant's", &foreign), ("nowhere", &nowhere)] {
                let answer = ask(browser, method, path.as_ref().unwrap(), &fields).await;
                let got = outcome(&answer);
                if got != wanted {
                    wrong.push(format!("{method} {} ({what}) as {}: {got} instead of {wanted}", path.as_ref().unwrap(), ACTORS[index]));
                }
                bodies.push(answer.text());
            }
            if wanted == "404" && bodies[0] != bodies[1] {
                wrong.push(format!("{method} {path} as {}: not yours and not there look different", ACTORS[index]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_route_without_a_row_fails() {
    let pages = routes();
    let served: Vec<(&str, &str)> = pages.listed().iter().chain(&api::LISTED).copied().collect();
    let rows: Vec<(&str, &str)> = TABLE.iter().map(|(method, path, ..)| (*method, *path)).collect();
    let missing: Vec<_> = served.iter().filter(|route| !rows.contains(route)).collect();
    assert!(missing.is_empty(), "the access table says nothing about {missing:?}");
    let besides = ["/health", "/boot.js", "/pkg/{file}"];
    let extra: Vec<_> = rows.iter().filter(|row| !served.contains(row) && !besides.contains(&row.1)).collect();
    assert!(extra.is_empty(), "the access table speaks of {extra:?}, which nobody serves");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_section_cannot_report_or_decide_for_another_section(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-02", "shimin").await;
    let mut reporter = service.signed_in("shimin@kai.example").await;
    let report = service.report(&mut reporter, "kai", "KAI-02", &[]).await;
    // The reporter is an approver of the section, too: still not of the own report.
    reporter.post(&format!("{report}/approvals"), &[]).await.says(403, &["自分が提出した報告"]);
    let mut other = service.signed_in("sangyo-kacho@kai.example").await;
    other.post("/kai/staff/kpis/KAI-02/drafts", &figures(&[])).await.says(403, &["あなたの課が担当する指標ではありません", "架空 花子"]);
    other.post(&format!("{report}/approvals"), &[]).await.says(403, &[]);
    let mut head = service.signed_in("shimin-kacho@kai.example").await;
    assert_eq!(head.post(&format!("{report}/approvals"), &[]).await.status, 303);
    // What nobody is responsible for waits for the office.
    reporter.post("/kai/staff/kpis/KAI-03/drafts", &figures(&[])).await.says(403, &[]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.audit_log where action = 'refused'").await, 4);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_assignment_counts_only_on_its_days(pool: PgPool) {
    let service = Service::start(pool).await;
    // Adviser of Midorino until 31 March 2027, as the staff file says.
    let mut adviser = service.signed_in("watari@kai.example").await;
    assert_eq!(adviser.get("/midorino/staff").await.status, 200);
    service.advance(jiff::SignedDuration::from_hours(24 * 130));
    let mut adviser = service.signed_in("watari@kai.example").await;
    assert_eq!(adviser.get("/midorino/staff").await.status, 404, "the engagement has ended");
    assert_eq!(adviser.get("/kai/staff").await.status, 200);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_suspension_ends_the_entry_at_once(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut member = service.signed_in("etsuran@kai.example").await;
    assert_eq!(member.get("/kai/staff").await.status, 200);
    let mut tx = service.pool.begin().await.unwrap();
    sqlx::query("select from gate.enter_maintenance('kai')").execute(&mut *tx).await.unwrap();
    sqlx::query("update rashin.members set state = 'suspended' where staff_number = 'K010'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    member.get("/kai/staff").await.says(404, &[]);
}
