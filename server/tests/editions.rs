//! Editions under their own addresses, their preview, their embargo, their corrections and their end.

mod support;

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rashin_app::routes::routes;
use regex_lite::Regex;
use serde_json::Value;
use sqlx::PgPool;
use support::{Browser, Service, hidden, main, repository, title};

const PLAN: &str = "/api/v1/municipalities/192104/plans/dx-action-plan";
const PREVIEW: &str = "/kai/staff/plans/dx-action-plan/preview";

/// A form's fields for 1 December 2026, nine o'clock in Japan: 8 days, 18 hours after the test's now.
const EMBARGO: [(&str, &str); 4] =
    [("public_from_year", "2026"), ("public_from_month", "12"), ("public_from_day", "1"), ("public_from_hour", "9")];

/// Changes what the working plan of Kai says: a KPI has another name, the last chapter is gone.
async fn change(service: &Service) -> usize {
    let mut content = rashin_server::folder::load(&repository().join("seeds/kai/dx-action-plan")).unwrap().content;
    content.kpis.iter_mut().find(|kpi| kpi.code == "KAI-01").unwrap().name = "改めた指標の名".to_owned();
    let chapters = content.chapters.len();
    content.chapters.pop();
    service.import("kai", &content).await;
    chapters
}

async fn publish(office: &mut Browser, more: &[(&str, &str)]) -> i32 {
    let page = office.get("/kai/staff/publish").await.text();
    let (number, seen) = (hidden(&page, "number"), hidden(&page, "seen"));
    let fields = [&[("reason", "名称の変更"), ("number", number.as_str()), ("seen", seen.as_str())], more].concat();
    office.submit("/kai/staff/editions", &fields).await.says(200, &["しました"]);
    number.parse().unwrap()
}

/// Addresses of a family of routes, with objects of Kai.
fn family(pattern: &str) -> Vec<String> {
    let listed = routes();
    let of_family = listed.listed().iter().filter(|(method, path)| *method == "GET" && path.starts_with(pattern));
    let fill = |path: &str| path.replace("{city}", "kai").replace("{number}", "1").replace("{plan}", "dx-action-plan");
    of_family.map(|(_, path)| fill(path).replace("{node}", "s2").replace("{code}", "KAI-01").replace("{chapter}", "1")).collect()
}

/// Without the marks that the renderer leaves after text.
fn plain(page: &str) -> String {
    page.replace("<!>", "")
}

fn links(page: &str) -> Vec<String> {
    Regex::new(r##"href="(/[^"#]*)"##).unwrap().captures_iter(page).map(|found| found[1].to_owned()).collect()
}

async fn json(browser: &mut Browser, path: &str) -> Value {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    serde_json::from_slice(&answer.body).unwrap()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_old_edition_is_still_there_and_leads_to_the_newest(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut public = service.browser();
    let before = public.get("/kai/plans/dx-action-plan/editions/1/kpis/KAI-01").await;
    before.says(200, &["これより新しい版はありません"]);
    let chapters = change(&service).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    assert_eq!(publish(&mut office, &[]).await, 2);
    public.get("/kai/kpis/KAI-01").await.says(200, &["改めた指標の名"]);
    let old = public.get("/kai/plans/dx-action-plan/editions/1/kpis/KAI-01").await;
    assert_eq!(main(&old.text()), main(&before.text()), "the old edition says what it said");
    assert!(title(&old.text()).contains("（初版）"));
    assert!(old.header("cache-control").starts_with("public") && !old.header("etag").is_empty());
    let leads_to = |page: &str, to: &str| plain(page).contains(&format!("<a href=\"{to}\">最新の版を見る</a>"));
    old.says(200, &["初版（2026年11月22日公表）です"]);
    assert!(leads_to(&old.text(), "/kai/kpis/KAI-01"));
    // What the newest edition has no more: its overview instead.
    let last = public.get(&format!("/kai/plans/dx-action-plan/editions/1/chapters/{chapters}")).await;
    assert!(last.status == 200 && leads_to(&last.text(), "/kai"));
    assert_eq!(public.get(&format!("/kai/chapters/{chapters}")).await.status, 404);
    // The newest one under its number, too; and none that is not there.
    public.get("/kai/plans/dx-action-plan/editions/2/kpis/KAI-01").await.says(200, &["改めた指標の名", "第2版（2026年11月22日公表）です"]);
    public.get("/kai/plans/dx-action-plan/editions/3/kpis/KAI-01").await.says(404, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_office_reads_what_of_a_kpi_changes_even_if_its_figures_do_not(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    change(&service).await;
    let page = plain(&office.get("/kai/staff/publish").await.text());
    let changes = main(&page).split("改めた指標の名").nth(1).unwrap();
    assert!(changes.starts_with("</b><p>目標値・定義・判定などが変わります。</p>"), "{}", changes.chars().take(200).collect::<String>());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn links_of_an_edition_stay_in_it(pool: PgPool) {
    let service = Service::start(pool).await;
    change(&service).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    publish(&mut office, &[]).await;
    let mut public = service.browser();
    for (base, browser) in [("/kai/plans/dx-action-plan/editions/1", &mut public), (PREVIEW, &mut office)] {
        let mut found = vec![base.to_owned()];
        let mut next = 0;
        while let Some(path) = found.get(next).cloned() {
            next += 1;
            let answer = browser.get(&path).await;
            assert_eq!(answer.status, 200, "{path}");
            let page = answer.text();
            let mut ways_out = BTreeSet::new();
            for link in links(&page).into_iter().filter(|link| link.starts_with("/kai")) {
                if link == base || link.starts_with(&format!("{base}/")) || link.starts_with(&format!("{base}?")) {
                    if !found.contains(&link) {
                        found.push(link);
                    }
                } else {
                    ways_out.insert(link);
                }
            }
            let to_newest =
                page.split("<a href=\"").find(|rest| rest.contains("\">最新の版を見る")).map(|rest| rest.split('"').next().unwrap());
            let allowed = [to_newest, Some("/kai/editions"), Some("/kai/staff/plans/dx-action-plan")];
            ways_out.retain(|link| !allowed.contains(&Some(link.as_str())));
            assert!(ways_out.is_empty(), "{path} leads to {ways_out:?}");
        }
        assert!(found.len() > 100, "{base}: only {}", found.len());
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_preview_is_for_the_office_and_shows_what_is_then_public(pool: PgPool) {
    let service = Service::start(pool).await;
    change(&service).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    for login in ["etsuran@kai.example", "shimin@kai.example", "kanri@kai.example"] {
        service.signed_in(login).await.get(PREVIEW).await.says(403, &["事務局"]);
    }
    let mut previews = Vec::new();
    let paths = family("/{city}/staff/plans/{plan}/preview");
    assert!(paths.len() > 10);
    for path in &paths {
        let answer = office.get(path).await;
        answer.says(200, &["公表前の確認です", "href=\"/kai/staff/plans/dx-action-plan\""]);
        assert_eq!((answer.header("cache-control"), answer.header("etag")), ("no-store", ""), "{path}");
        previews.push(plain(main(&answer.text())).replace(PREVIEW, "/kai"));
    }
    publish(&mut office, &[]).await;
    // Only these lead out of what is not public yet.
    let only_public = Regex::new(concat!(
        r#"　<a [^>]*>過去の版</a>|<p class="links"><a [^>]*>CSV・JSON</a></p>"#,
        r#"|<li><a [^>]*>データ（CSV・JSON）</a><span [^>]*>[^<]*</span></li>"#,
        r#"|<form [^>]*role="search".*?</form>"#
    ))
    .unwrap();
    for (path, preview) in paths.iter().zip(previews) {
        let path = path.replace(PREVIEW, "/kai");
        let public = service.browser().get(&path).await.text();
        let public = plain(main(&public));
        assert_eq!(only_public.replace_all(&public, ""), only_public.replace_all(&preview, ""), "{path}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_embargoed_edition_is_the_newest_from_its_time_on(pool: PgPool) {
    let service = Service::start(pool).await;
    change(&service).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let mut public = service.browser();
    let first = public.get("/kai/kpis/KAI-01").await;
    assert_eq!(publish(&mut office, &EMBARGO).await, 2);
    office.get("/kai/staff/plans/dx-action-plan/editions/2").await.says(200, &["公開を待っています", "2026年12月1日 9:00", "架空 花子"]);
    office.get("/kai/staff/publish").await.says(200, &["第2版が公開を待っています"]);
    office.post("/kai/staff/editions", &[("reason", "急ぎ"), ("number", "3")]).await.says(409, &["第2版が公開を待っています"]);
    let secret = "改めた指標の名";
    let waits = async |public: &mut Browser| {
        for path in ["/", "/kai", "/kai/kpis", "/kai/kpis/KAI-01", "/kai/editions", "/kai/data", PLAN] {
            let page = public.get(path).await.text();
            assert!(!page.contains(secret) && !page.contains("第2版"), "{path} knows of it");
        }
        for path in [
            "/kai/plans/dx-action-plan/editions/2",
            "/kai/plans/dx-action-plan/editions/2/kpis/KAI-01",
            "/kai/plans/dx-action-plan/editions/2/errata",
        ] {
            public.get(path).await.says(404, &[]);
        }
        for path in [format!("{PLAN}?edition=2"), format!("{PLAN}/kpis.csv?edition=2")] {
            let answer = public.get(&path).await;
            assert_eq!((answer.status, answer.header("cache-control")), (404, "no-store"), "{path}");
        }
        assert_eq!(json(public, PLAN).await["number"], 1);
    };
    waits(&mut public).await;
    service.advance(SignedDuration::from_hours(8 * 24 + 17));
    waits(&mut public).await;
    service.advance(SignedDuration::from_hours(1));
    // Who kept the page asks again, and is not told that nothing has changed.
    for (path, tag) in [("/kai/kpis/KAI-01", first.header("etag"))] {
        let send = support::Send { method: axum::http::Method::GET, path, headers: &[("if-none-match", tag)], body: vec![] };
        public.send(send).await.says(200, &[secret]);
    }
    public.get("/kai/plans/dx-action-plan/editions/2").await.says(200, &["第2版（2026年12月1日公表）です"]);
    public.get("/kai/editions").await.says(200, &["第2版", "2026年12月1日"]);
    public.get("/").await.says(200, &["2026年12月1日"]);
    let open = public.get(PLAN).await;
    assert!(open.header("cache-control").contains("max-age=0"), "no cache answers for us");
    let open = json(&mut public, PLAN).await;
    assert_eq!((&open["number"], &open["public_from"]), (&Value::from(2), &Value::from("2026-12-01T00:00:00Z")));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_embargo_is_changed_lifted_or_ended_by_cancelling(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let mut public = service.browser();
    publish(&mut office, &EMBARGO).await;
    let embargoes = "/kai/staff/plans/dx-action-plan/editions/2/embargoes";
    let seen = hidden(&office.get("/kai/staff/plans/dx-action-plan/editions/2").await.text(), "seen");
    let until = |day: &'static str, seen: &str| {
        let day = [("public_from_year", "2026"), ("public_from_month", "12"), ("public_from_day", day), ("public_from_hour", "9")];
        day.map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .chain([("seen".to_owned(), seen.to_owned())])
            .collect::<Vec<_>>()
    };
    let fields = until("3", &seen);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = office.get("/kai/staff/publish").await.says(200, &["第2版が公開を待っています"]).text();
    assert!(!page.contains("公表すると変わること"), "what waits is no change of the next one");
    office.submit(embargoes, &[("seen", &seen)]).await.says(200, &["新しい公開日時を入力してください"]);
    office.submit(embargoes, &fields).await.says(200, &["公開日時を変えました", "2026年12月3日 9:00"]);
    office.post(embargoes, &fields).await.says(409, &["何も変更していません"]);
    service.advance(SignedDuration::from_hours(9 * 24));
    public.get("/kai/plans/dx-action-plan/editions/2").await.says(404, &[]);
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let seen = hidden(&office.get("/kai/staff/plans/dx-action-plan/editions/2").await.text(), "seen");
    office.submit(embargoes, &[("seen", &seen), ("at_once", "on")]).await.says(200, &["第2版を公開しました"]);
    public.get("/kai/plans/dx-action-plan/editions/2").await.says(200, &["2026年12月1日公表"]);
    office.post(embargoes, &[("seen", &seen), ("at_once", "on")]).await.says(409, &[]);

    // The next one is cancelled while it waits: the public never hears of it.
    let later = [("public_from_year", "2027"), ("public_from_month", "1"), ("public_from_day", "4"), ("public_from_hour", "9")];
    assert_eq!(publish(&mut office, &later).await, 3);
    let reason = [("withdrawal_reason", "議会の日程の変更")];
    office
        .submit("/kai/staff/plans/dx-action-plan/editions/3/withdrawals", &reason)
        .await
        .says(200, &["公開を取りやめました", "議会の日程の変更"]);
    service.advance(SignedDuration::from_hours(24 * 60));
    public.get("/kai/plans/dx-action-plan/editions/3").await.says(404, &[]);
    assert!(!public.get("/kai/editions").await.text().contains("第3版"));
    assert_eq!(public.get(&format!("{PLAN}?edition=3")).await.status, 404);
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    assert_eq!(publish(&mut office, &[]).await, 4);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_correction_is_shown_wherever_the_edition_is_and_changes_nothing_in_it(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let mut public = service.browser();
    let before = json(&mut public, PLAN).await;
    assert_eq!(before["errata"], Value::Array(vec![]));
    let kpi = public.get("/kai/kpis/KAI-01").await.text();
    let number = hidden(&office.get("/kai/staff/plans/dx-action-plan/editions/1").await.text(), "erratum");
    let fields = [
        ("erratum", number.as_str()),
        ("place", "指標 KAI-01 の現状値"),
        ("wrong", "144件"),
        ("right", "141件"),
        ("erratum_reason", "転記の誤り"),
    ];
    office.submit("/kai/staff/plans/dx-action-plan/editions/1/errata", &fields).await.says(200, &["訂正を載せました", "141件"]);
    office.post("/kai/staff/plans/dx-action-plan/editions/1/errata", &fields).await.says(409, &["すでに載っている"]);
    for path in ["/kai", "/kai/plans/dx-action-plan/editions/1"] {
        public.get(path).await.says(200, &["この版には訂正があります", "href=\"/kai/plans/dx-action-plan/editions/1/errata\""]);
    }
    public.get("/kai/editions").await.says(200, &["正誤表（1件）"]);
    public
        .get("/kai/plans/dx-action-plan/editions/1/errata")
        .await
        .says(200, &["指標 KAI-01 の現状値", "144件", "141件", "転記の誤り", "2026年11月22日"]);
    let mut after = json(&mut public, PLAN).await;
    assert_eq!(after["errata"][0]["right"], "141件");
    assert_eq!(after["errata"][0]["issued_on"], "2026-11-22");
    after["errata"] = before["errata"].clone();
    assert_eq!(after, before, "the frozen content is as it was");
    assert_eq!(public.get("/kai/kpis/KAI-01").await.text(), kpi);
    // The next edition starts without.
    publish(&mut office, &[]).await;
    assert!(!public.get("/kai").await.text().contains("訂正があります"));
    public.get("/kai/plans/dx-action-plan/editions/2/errata").await.says(200, &["この版に訂正はありません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_address_of_a_withdrawn_edition_is_gone_with_its_reason(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    publish(&mut office, &[]).await;
    let mut public = service.browser();
    let paths = family("/{city}/plans/{plan}/editions/{number}");
    assert!(paths.len() > 12);
    for path in &paths {
        public.get(path).await.says(200, &[]);
    }
    office
        .submit("/kai/staff/plans/dx-action-plan/editions/1/withdrawals", &[("withdrawal_reason", "値の誤りのため")])
        .await
        .says(200, &["取り下げました"]);
    for path in paths
        .iter()
        .map(String::as_str)
        .chain(["/kai/plans/dx-action-plan/editions/1/kpis/nothing", "/kai/plans/dx-action-plan/editions/1/kpis?status=on_track"])
    {
        public.get(path).await.says(410, &["2026年11月22日", "値の誤りのため", "初版", "甲斐市", "href=\"/kai\""]);
    }
    for path in [format!("{PLAN}?edition=1"), format!("{PLAN}/kpis.csv?edition=1")] {
        let answer = public.get(&path).await;
        assert_eq!(answer.status, 410, "{path}");
        assert!(answer.text().contains("2026年11月22日") && answer.text().contains("値の誤りのため"));
    }
    for path in ["/kai", "/kai/kpis/KAI-01", "/kai/plans/dx-action-plan/editions/2/kpis/KAI-01", PLAN] {
        assert_eq!(public.get(path).await.status, 200, "{path}");
    }
    public.get("/kai/editions").await.says(200, &["取り下げ（2026年11月22日）：値の誤りのため"]);
    office.get("/kai/staff/plans/dx-action-plan/editions/1").await.says(200, &["2026年11月22日に取り下げました", "値の誤りのため"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_decided_on_paper_is_recorded_and_listed(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let decision = [
        ("document_number", "政戦第12号"),
        ("drafted_on_year", "2026"),
        ("drafted_on_month", "11"),
        ("drafted_on_day", "2"),
        ("decided_on_year", "2026"),
        ("decided_on_month", "11"),
        ("decided_on_day", "20"),
        ("decided_by", "市長"),
        ("effective_on_year", "2027"),
        ("effective_on_month", "4"),
        ("effective_on_day", "1"),
    ];
    publish(&mut office, &decision).await;
    let words = ["政戦第12号", "2026年11月2日", "2026年11月20日", "市長", "2027年4月1日"];
    office.get("/kai/staff/plans/dx-action-plan/editions/2").await.says(200, &words).says(200, &["架空 花子", "名称の変更"]);
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    let seen = viewer.get("/kai/staff/plans/dx-action-plan/editions/2").await;
    seen.says(200, &words);
    assert!(!seen.text().contains("<form method=\"post\" action=\"/kai/staff/editions"), "a reader is offered nothing to do");
    let mut public = service.browser();
    public.get("/kai/editions").await.says(200, &words);
    public.get("/kai").await.says(200, &["施行日", "2027年4月1日"]);
    assert_eq!(json(&mut public, PLAN).await["decision"]["effective_on"], "2027-04-01");
}

/// Midorino's first plan, a plan of another kind and a DX plan that is over: each with an edition 1.
#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_edition_of_every_plan_is_reached_and_none_is_taken_for_another(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut public = service.browser();
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    for (slug, kind, from, title) in [("sogo", "other", "2026", "総合計画（架空）"), ("former", "dx_plan", "2019", "先の計画（架空）")]
    {
        let until = if kind == "other" { "2035" } else { "2022" };
        let fields = [("title", title), ("slug", slug), ("kind", kind), ("period_from", from), ("period_until", until), ("levels", "施策")];
        office.submit("/midorino/staff/plans", &fields).await.says(200, &[title]);
        let page = office.get(&format!("/midorino/staff/publish?plan={slug}")).await;
        page.says(200, &["初版の公表", &format!("公開するアドレス：/midorino/plans/{slug}")]);
        let fields = [("plan", slug), ("reason", "初めての公表"), ("number", "1")];
        office.submit("/midorino/staff/editions", &fields).await.says(200, &["初版を公表しました"]);
    }

    let list = public.get("/midorino/editions").await;
    for (slug, title) in [("dx-plan", "みどり野市"), ("sogo", "総合計画（架空）"), ("former", "先の計画（架空）")] {
        let base = format!("/midorino/plans/{slug}/editions/1");
        list.says(200, &[title, &format!("href=\"{base}\"")]);
        assert_eq!(public.get(&format!("/midorino/plans/{slug}")).await.location(), base);
        for below in ["", "/strategies", "/kpis", "/roadmap", "/bodies", "/chapters", "/glossary", "/data", "/errata"] {
            public.get(&format!("{base}{below}")).await.says(200, &[title, "の初版（"]);
        }
    }
    public.get("/midorino/plans/former/editions/1").await.says(200, &["いまの計画を見る", "href=\"/midorino\""]);

    // Under the tenant's own address and on the front page stands the plan of today.
    let front = public.get("/midorino").await.text();
    assert!(!front.contains("総合計画（架空）") && !front.contains("先の計画（架空）"));
    assert_eq!(public.get("/").await.text().matches("href=\"/midorino\"").count(), 1);
    let short = public.get("/midorino/editions/1/kpis/MID-01?x=1").await;
    assert_eq!((short.status, short.location().as_str()), (307, "/midorino/plans/dx-plan/editions/1/kpis/MID-01?x=1"));

    assert_eq!(public.get("/midorino/editions/01").await.location(), "/midorino/plans/dx-plan/editions/1");

    // What is done with one plan's first edition is not done with another's.
    let withdrawal = [("withdrawal_reason", "試験のため")];
    office.submit("/midorino/staff/plans/sogo/editions/1/withdrawals", &withdrawal).await.says(200, &["初版を取り下げました", "総合計画"]);
    for path in ["/midorino/plans/sogo", "/midorino/plans/sogo/editions/1/kpis"] {
        public.get(path).await.says(410, &["試験のため"]);
    }
    for path in ["/midorino", "/midorino/plans/dx-plan/editions/1", "/midorino/plans/former/editions/1"] {
        public.get(path).await.says(200, &[]);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_page_of_a_node_tells_what_was_done_from_which_year_on(pool: PgPool) {
    let service = Service::start(pool).await;
    let words = ["年度ごとの経過", "2023年度～", "件数の多い50手続きを対象にする。", "2026年度～", "残る手続きに対象を広げる。"];
    service.browser().get("/midorino/nodes/f2-1-1-1").await.says(200, &words);
    assert!(!service.browser().get("/midorino/nodes/f1").await.text().contains("年度ごとの経過"), "no heading above nothing");
}
