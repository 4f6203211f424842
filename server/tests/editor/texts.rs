//! What things may be called, how long a text may be, and that text stays text.

use super::*;

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_term_may_be_called_anything(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let address = regex_lite::Regex::new(&format!("href=\"({DESK}/objects/terms/[^\"]+)\"")).unwrap();
    for name in ["IoT/5G（第5世代）", "100%?#&+", "空 白", "<b>太字</b>", "\"引用'", ".", "..", "~", "~..", "%2e%2E"] {
        let fields = [("term", name), ("explanation", "説明"), ("reading", "original")];
        let list = office.submit(&format!("{DESK}/objects/terms"), &fields).await;
        list.says(200, &["案に保存しました"]);
        // The newest stands last. A browser takes 「/..」 for a way up before it asks.
        let url = address.captures_iter(&list.text()).last().unwrap()[1].to_owned();
        assert!(!url.ends_with("/.") && !url.ends_with("/.."), "{url}");
        let page = office.get(&url).await.text();
        assert_eq!(field(&page, "term").as_deref(), Some(name));
        let changed = form_of(&page, &TERM, &[("explanation", "別の説明")]);
        send(&mut office, &format!("{url}/revisions"), &changed).await.says(200, &["案に保存しました", "別の説明"]);
        office.submit(&format!("{url}/shifts"), &[("way", "up")]).await.says(200, &["順序を変更"]);
        // Under another name it is the same term, in its place.
        let page = office.get(&url).await.text();
        let renamed = form_of(&page, &TERM, &[("term", "改名/後")]);
        send(&mut office, &format!("{url}/revisions"), &renamed).await.says(200, &["改名/後"]);
        let url = format!("{DESK}/objects/terms/{}", percent("改名/後"));
        office.submit(&format!("{url}/removals"), &[("sure", "on")]).await.says(200, &["を削除"]);
        office.get(&url).await.says(200, &["案では削除されています"]);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn one_chapter_may_have_no_number_and_is_reached(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let fields = [("number", ""), ("title", "はじめに"), ("body", "本文")];
    let (list, url) = (format!("{DESK}/objects/chapters"), format!("{DESK}/objects/chapters/~"));
    office.submit(&list, &fields).await.says(200, &["案に保存しました", &format!("href=\"{url}\"")]);
    let page = office.get(&url).await.text();
    let changed = form_of(&page, &["number", "title", "body"], &[("body", "あいさつ")]);
    send(&mut office, &format!("{url}/revisions"), &changed).await.says(200, &["案に保存しました", "あいさつ"]);
    comes_back(&mut office, &list, &[("number", ""), ("title", "おわりに"), ("body", "本文")], "number", "番号を付けてください").await;
    office.submit(&format!("{url}/removals"), &[("sure", "on")]).await.says(200, &["を削除"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_chapter_of_sixty_thousand_characters_is_kept_and_one_more_comes_back(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let (full, over) = ("長".repeat(60_000), "長".repeat(60_001));
    let fields = [("number", "99"), ("title", "長い章"), ("body", over.as_str())];
    comes_back(&mut office, &format!("{DESK}/objects/chapters"), &fields, "body", "60000文字以内").await;
    let fields = [("number", "99"), ("title", "長い章"), ("body", full.as_str())];
    office.submit(&format!("{DESK}/objects/chapters"), &fields).await.says(200, &["案に保存しました"]);
    assert_eq!(field(&office.get(&format!("{DESK}/objects/chapters/99")).await.text(), "body").as_deref(), Some(full.as_str()));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_typed_into_the_editor_is_text_everywhere(pool: PgPool) {
    const EVIL: &str = "\"'></title></textarea></select></script><script>alert(1)</script><b>&amp;";
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let read = ("reading", "original");
    for (kind, fields) in [
        ("attributes", vec![("name", EVIL), ("description", EVIL), read]),
        ("phases", vec![("name", &EVIL[..39]), ("look", "other")]),
        ("related-plans", vec![("title", EVIL), ("issuer", "city"), ("summary", EVIL), read]),
        ("bodies", vec![("name", EVIL), ("kind", "other"), ("duties", EVIL), ("note", EVIL), read]),
        ("terms", vec![("term", EVIL), ("explanation", EVIL), ("source_text", EVIL), read]),
        ("chapters", vec![("number", "98"), ("title", EVIL), ("body", EVIL)]),
    ] {
        office.submit(&format!("{DESK}/objects/{kind}"), &fields).await.says(200, &["案に保存しました"]);
    }
    let node = format!("{DESK}/objects/nodes/i34");
    let page = office.get(&node).await.text();
    let fields = form_of(&page, &NODE, &[("title", EVIL), ("description", EVIL), ("gap", EVIL), ("source_text", EVIL)]);
    send(&mut office, &format!("{node}/revisions"), &fields).await.says(200, &["案に保存しました"]);
    let point = [&TARGET[..], &[("was", "72,000"), ("value", "5"), ("reason", EVIL), ("note", EVIL), read]].concat();
    office.submit(&format!("{KPI}/points"), &point).await.says(200, &["案に保存しました"]);
    let term = format!("/objects/terms/{}", percent(EVIL));
    for path in [
        "",
        "/comparison",
        "/objects/attributes",
        "/objects/phases",
        "/objects/bodies",
        "/objects/chapters",
        "/objects/chapters/98",
        "/objects/terms",
        term.as_str(),
        "/objects/nodes/i34",
        "/objects/kpis/KAI-02",
        "/new/kpis",
        "/new/cells",
    ] {
        let answer = office.get(&format!("{DESK}{path}")).await;
        answer.says(200, &[]);
        assert!(!answer.text().contains("<script>alert"), "{path} runs it");
        assert!(!answer.text().contains("</title></textarea>"), "{path}");
    }
    office.get("/kai/staff/publish").await.says(200, &[]);
}
