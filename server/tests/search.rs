//! One field finds plans, figures, texts and people, however they are typed.

mod support;

use rashin_domain::plan::PlanContent;
use rashin_server::folder;
use sqlx::PgPool;
use support::{Browser, Service, percent, repository};

fn midorino() -> PlanContent {
    folder::load(&repository().join("seeds/demo/midorino/dx-plan")).unwrap().content
}

/// A page of results, without the marks that Leptos leaves between texts.
async fn search(browser: &mut Browser, at: &str, words: &str) -> String {
    browser.get(&format!("{at}?q={}", percent(words))).await.says(200, &["検索"]).text().replace("<!>", "")
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_public_finds_the_newest_edition_however_it_types(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut browser = service.browser();
    for typed in ["手続きのオンライン化", "手続きのｵﾝﾗｲﾝ化", "手続きのおんらいん化", "オンライン　手続き"]
    {
        let page = search(&mut browser, "/midorino/search", typed).await;
        assert!(page.contains("href=\"/midorino/nodes/f2-1-1-1\""), "{typed}");
        assert!(page.contains("<mark>"), "{typed}");
    }
    let page = search(&mut browser, "/midorino/search", "ｍｉｄ－０４").await;
    assert!(page.contains("href=\"/midorino/kpis/MID-04\"") && page.contains("<mark>MID-04</mark>"), "by code, of full width");
    let page = search(&mut browser, "/kai/search", "デジタル").await;
    for kind in ["node", "kpi", "chapter", "term", "predecessor"] {
        assert!(page.contains(&format!("href=\"#{kind}\"")) && page.contains(&format!("id=\"{kind}\"")), "{kind}");
    }
    // Nobody outside finds a colleague.
    for name in ["架空 花子", "係長"] {
        assert!(!search(&mut browser, "/kai/search", name).await.contains("id=\"person\""), "{name}");
    }
    for page in ["/kai/strategies", "/kai/kpis"] {
        browser.get(page).await.says(200, &["action=\"/kai/search\""]);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn members_find_colleagues_by_name_post_and_section(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    for words in ["架空 花子", "花子 係長", "ＤＸ推進 花子"] {
        let page = search(&mut viewer, "/kai/staff/search", words).await;
        assert!(page.contains("id=\"person\"") && page.contains("<mark>花子</mark>"), "{words}");
    }
    let page = search(&mut viewer, "/kai/staff/search", "KAI-01").await;
    assert!(page.contains("href=\"/kai/staff/kpis/KAI-01\""), "a figure leads to its live sheet");
    assert!(!search(&mut viewer, "/kai/staff/search", "山田 花子").await.contains("id=\"person\""), "of another tenant");
    viewer.get("/kai/staff").await.says(200, &["action=\"/kai/staff/search\""]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_not_published_is_found_by_members_only_and_leads_nowhere(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut content = midorino();
    content.nodes[0].description = "まだ公表していない珍しい言葉".to_owned();
    let mut added = content.nodes[0].clone();
    (added.key, added.title, added.description) = ("f9".to_owned(), "追加の珍しい分野".to_owned(), String::new());
    content.nodes.push(added);
    service.import("midorino", &content).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let page = search(&mut office, "/midorino/staff/search", "珍しい").await;
    assert!(page.contains("2件あります") && page.contains("href=\"/midorino/nodes/f1\""), "{}", support::title(&page));
    assert!(page.contains("追加の<mark>珍しい</mark>分野") && !page.contains("/midorino/nodes/f9"), "it has no page yet");
    assert!(search(&mut service.browser(), "/midorino/search", "珍しい").await.contains("合うものはありません"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn nothing_odd_breaks_the_search(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    for at in ["/kai/search", "/kai/staff/search"] {
        assert!(office.get(at).await.says(200, &[]).text().contains("言葉を空白で区切ると"));
        assert!(search(&mut office, at, "　 ").await.contains("言葉を空白で区切ると"));
        assert!(search(&mut office, at, "そんな言葉はどこにもない").await.contains("合うものはありません"));
        let evil = search(&mut office, at, "<script>alert(1)</script>").await;
        assert!(!evil.contains("<script>alert") && evil.contains("合うものはありません"));
        let long = search(&mut office, at, &"市".repeat(201)).await;
        assert!(long.contains("先頭の200文字で探しました") && long.contains("合うものはありません"));
        assert!(!search(&mut office, at, &"市".repeat(200)).await.contains("先頭の"));
        office.get(&format!("{at}?q=%FF%00&kind=nonsense")).await.says(200, &[]);
    }
    // A prefecture has no plan, but people.
    let mut prefecture = service.signed_in("shien@mizuho.example").await;
    assert!(search(&mut prefecture, "/mizuho/staff/search", "西村").await.contains("<mark>西村</mark>"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn five_hundred_hits_are_counted_and_shown_when_asked_for(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut content = midorino();
    for number in 0..500 {
        let mut node = content.nodes[0].clone();
        (node.key, node.title) = (format!("x{number}"), format!("同じ名前の分野{number}"));
        content.nodes.push(node);
    }
    service.import("midorino", &content).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let page = search(&mut office, "/midorino/staff/search", "同じ名前").await;
    assert!(page.contains("500件あります"));
    assert_eq!(page.matches("<mark>").count(), 20);
    let all = "/midorino/staff/search?q=%E5%90%8C%E3%81%98%E5%90%8D%E5%89%8D&amp;kind=node";
    assert!(page.contains(&format!("href=\"{all}\"")), "{page}");
    let page = office.get(&all.replace("&amp;", "&")).await.says(200, &["すべての種類から探す"]).text();
    assert_eq!(page.matches("<mark>").count(), 500);
}
