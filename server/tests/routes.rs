//! 経路: made, changed, put out of use – by its form alone.

mod support;

use sqlx::PgPool;
use support::{Answer, Browser, Service, boxes, error_links, field, fields, hidden, main};

const ROUTES: &str = "/midorino/staff/routes";

/// What a browser would send from a page, with some of it typed over.
fn typed_over(page: &Answer, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = fields(&page.text());
    fields.retain(|(name, _)| name != "do" && typed.iter().all(|(other, _)| other != name));
    fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn send(browser: &mut Browser, to: &str, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    let fields = typed_over(page, typed);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(to, &fields).await
}

/// Presses a button of the form that writes nothing.
async fn press(browser: &mut Browser, page: &Answer, act: &str, typed: &[(&str, &str)]) -> Answer {
    let typed: Vec<_> = typed.iter().copied().chain([("do", act)]).collect();
    send(browser, &format!("{ROUTES}/drafts"), page, &typed).await
}

/// みどり野市's own route of three steps: 起案, 課長の確認, 政策会議の決定.
async fn three_steps(office: &mut Browser) -> Answer {
    let body = [("name", "政策会議"), ("key", "policy"), ("kind", "headquarters")];
    office.submit("/midorino/staff/rosters", &body).await.says(200, &["「政策会議」を加えました"]);
    let page = office.get(&format!("{ROUTES}/new")).await;
    let named = [("key", "window"), ("name", "窓口の改善"), ("stage.0.name", "起案")];
    let page = press(office, &page, "add.1", &named).await;
    let check = [("stage.1.name", "課長の確認"), ("stage.1.work", "reception"), ("stage.1.acts", "chief"), ("stage.1.days", "５")];
    let page = press(office, &page, "add.2", &check).await;
    let meeting =
        [("stage.2.name", "政策会議の決定"), ("stage.2.work", "deliberation"), ("stage.2.acts", "body.policy"), ("stage.2.days", "20")];
    let page = press(office, &page, "draw", &meeting).await;
    page.says(200, &["窓口の改善", "課長の確認", "政策会議の決定", "の図。段階は3"]);
    let key = |at: usize| format!("stage.{}", field(&page.text(), &format!("stage.{at}.key")).unwrap());
    let (start, check, meeting) = (key(0), key(1), key(2));
    let ways = [
        ("stage.0.to.submitted", check.as_str()),
        ("stage.1.to.accepted", &meeting),
        ("stage.1.to.returned", &start),
        ("stage.2.to.adopted", "end.adopted"),
        ("stage.2.to.continued", &meeting),
        ("stage.2.to.rejected", "end.rejected"),
    ];
    send(office, ROUTES, &page, &ways).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_rearranged_and_not_saved_is_there_after_a_reload(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    three_steps(&mut office).await.says(200, &["経路「窓口の改善」を保存しました"]);
    let edit = format!("{ROUTES}/window/edit");
    let page = office.get(&edit).await;
    let sent = typed_over(&page, &[("do", "up.2"), ("stage.1.name", "課長の下見")]);
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let drawn = office.post(&format!("{ROUTES}/drafts"), &sent).await.location();
    let drawn = drawn.split('#').next().unwrap();
    for _ in 0..3 {
        let page = office.get(drawn).await.text();
        assert_eq!(field(&page, "stage.1.name").as_deref(), Some("政策会議の決定"));
        assert_eq!(field(&page, "stage.2.name").as_deref(), Some("課長の下見"));
    }
    // Another page, another tab that begins anew, another person: what was saved.
    assert_eq!(field(&office.get(&edit).await.text(), "stage.2.name").as_deref(), Some("政策会議の決定"));
    assert_eq!(field(&office.get(&format!("{ROUTES}/new?show=typed")).await.text(), "stage.0.name").as_deref(), Some("起案"));
    // Saved, it is over.
    let page = office.get(drawn).await;
    send(&mut office, &format!("{ROUTES}/window/revisions"), &page, &[]).await.says(200, &["第2版を保存しました"]);
    let page = office.get(drawn).await.text();
    assert_eq!((field(&page, "seen").as_deref(), field(&page, "stage.2.name").as_deref()), (Some("2"), Some("課長の下見")));
}

async fn decide(browser: &mut Browser, case: &str, outcome: &str, reason: &str) -> Answer {
    let seen = hidden(&browser.get(case).await.text(), "seen");
    browser.submit(&format!("{case}/decisions"), &[("seen", &seen), ("outcome", outcome), ("reason", reason)]).await
}

async fn open(service: &Service, browser: &mut Browser, city: &str, title: &str) {
    let cases = format!("/{city}/staff/cases");
    let route = field(&browser.get(&format!("{cases}/new")).await.text(), "route").unwrap();
    let section = service.section(city, "shimin").await;
    browser.submit(&cases, &[("title", title), ("route", &route), ("section", &section)]).await.says(200, &[title, "提案者の番です"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn another_tenant_runs_a_route_of_its_own_made_in_the_form(pool: PgPool) {
    let service = Service::start(pool).await;
    // 甲斐市 works on its own route at the same time.
    let mut kai_office = service.signed_in("jimukyoku@kai.example").await;
    kai_office.submit("/kai/staff/rosters/from-plan", &[]).await.says(200, &["会議体を3件加えました"]);
    kai_office.submit("/kai/staff/routes/kai/versions", &[]).await.says(200, &["使えるようにしました"]);
    let mut kai = service.signed_in("shimin@kai.example").await;
    open(&service, &mut kai, "kai", "書かない窓口").await;

    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    office.get(ROUTES).await.says(200, &["経路はまだありません", "経路を作る"]);
    three_steps(&mut office)
        .await
        .says(200, &["経路「窓口の改善」を保存しました", "第1版", "5営業日", "導入 → 終わり（導入）", "継続審議 → 政策会議の決定"]);
    let person = service.member_id("midorino", "1901").await.to_string();
    let seat = [("role", "chair"), ("nomination", "section"), ("person", person.as_str()), ("from", "2026")];
    office.submit("/midorino/staff/rosters/policy/seats", &seat).await.says(200, &["席を保存しました"]);

    let mut sato = service.signed_in("sato@midorino.example").await;
    open(&service, &mut sato, "midorino", "待ち時間の短縮").await;
    let case = "/midorino/staff/cases/1";
    decide(&mut sato, case, "submitted", "").await.says(200, &["いまは「課長の確認」", "期限"]);
    decide(&mut kai, "/kai/staff/cases/1", "submitted", "").await.says(200, &["いまは「提案」"]);
    let mut chief = service.signed_in("shimin-kacho@midorino.example").await;
    decide(&mut chief, case, "returned", "待ち時間の実測を付けてください。").await.says(200, &["いまは「起案」"]);
    decide(&mut sato, case, "submitted", "").await.says(200, &["いまは「課長の確認」"]);
    decide(&mut chief, case, "accepted", "").await.says(200, &["いまは「政策会議の決定」"]);
    decide(&mut office, case, "continued", "費用を確かめる。").await.says(200, &["いまは「政策会議の決定」"]);
    decide(&mut office, case, "adopted", "").await.says(200, &["「導入（導入）」で終わりました"]);
    kai.get("/kai/staff/cases/1").await.says(200, &["いまは「提案」"]);
    assert!(!main(&kai.get("/kai/staff/routes").await.text()).contains("窓口の改善"), "a route is its tenant's");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_flaw_is_shown_at_its_field_at_once_and_nothing_typed_is_lost(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let page = office.get(&format!("{ROUTES}/new?from=template.cdo")).await;
    // Bodies that みどり野市 does not have cannot be chosen; what leads nowhere is told, too.
    let typed = [("key", "Window!"), ("name", ""), ("stage.1.days", "二十"), ("stage.2.name", ""), ("stage.6.to.adopted", "")];
    let page = send(&mut office, ROUTES, &page, &typed).await;
    let links = error_links(&page.text());
    for field in ["key", "name", "stage-1-acts", "stage-1-days", "stage-2-name", "stage-3-acts", "stage-4-acts", "stage-6-ways"] {
        assert!(links.contains(&field.to_owned()), "{field}: {links:?}");
        assert!(main(&page.text()).contains(&format!("id=\"{field}\"")), "{field} is there to be mended");
    }
    page.says(200, &["Window!", "二十", "3番目の段階の名前を入力してください", "「導入」の次がありません", "の図。段階は8"]);
    assert_eq!(service.count_in("midorino", "select count(*) from rashin.routes").await, 0);
    // Nobody else may even look at the form.
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.get(&format!("{ROUTES}/new")).await.says(403, &["「事務局」の役割が必要です"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn stages_are_moved_added_and_taken_out_without_saving(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    three_steps(&mut office).await.says(200, &["第1版"]);
    let page = office.get(&format!("{ROUTES}/window/edit")).await;
    let page = press(&mut office, &page, "up.2", &[("stage.1.days", "七")]).await;
    let names = |page: &Answer| (0..3).filter_map(|at| field(&page.text(), &format!("stage.{at}.name"))).collect::<Vec<_>>();
    assert_eq!(names(&page), ["起案", "政策会議の決定", "課長の確認"]);
    assert_eq!(field(&page.text(), "stage.2.days").unwrap(), "七", "a flaw moves with its stage");
    let page = press(&mut office, &page, "remove.1", &[]).await;
    page.says(200, &["「政策会議の決定」を外しました（まだ保存していません）", "「課長の確認」の「了承」は、行き先を選び直してください"]);
    assert_eq!(names(&page), ["起案", "課長の確認"]);
    assert!(boxes(&page.text()).contains(&"stage.1.requires.bpr".to_owned()));
    office.get(&format!("{ROUTES}/window")).await.says(200, &["3段階", "第1版"]);
    assert_eq!(service.count_in("midorino", "select count(*) from rashin.routes").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_running_case_keeps_its_version_and_the_slower_of_two_loses_no_text(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    three_steps(&mut office).await.says(200, &["第1版"]);
    let mut sato = service.signed_in("sato@midorino.example").await;
    open(&service, &mut sato, "midorino", "待ち時間の短縮").await;
    let (window, edit) = (format!("{ROUTES}/window"), format!("{ROUTES}/window/edit"));
    let first = office.get(&edit).await;
    first.says(200, &["保存すると第2版になり", "進行中の案件は、1件は第1版のまま進みます"]);
    // Nothing changed, nothing written.
    let revisions = format!("{window}/revisions");
    send(&mut office, &revisions, &first, &[]).await.says(200, &["変更はありません", "1版（新しい順）"]);
    let quick = [("stage.1.name", "課長の審査")];
    send(&mut office, &revisions, &first, &quick).await.says(200, &["第2版を保存しました", "課長の審査", "2版（新しい順）"]);
    // Who had opened the first version, too, is told by whom and what, and keeps what was typed.
    let slow = [("stage.1.days", "10"), ("note", "窓口だけの経路")];
    let back = send(&mut office, &revisions, &first, &slow).await;
    back.says(
        200,
        &["先に第2版を保存しました", "違うところ：「課長の審査」、説明", "まだ保存していません", "窓口だけの経路", "いまの第2版を見る"],
    );
    send(&mut office, &revisions, &back, &[("stage.1.name", "課長の審査")]).await.says(200, &["第3版を保存しました", "10営業日"]);
    // Each version stays readable; the case goes its own way.
    office.get(&format!("{window}/versions/1")).await.says(200, &["前の版です。いまは第3版です", "課長の確認", "5営業日"]);
    assert_eq!(office.get(&format!("{window}/versions/9")).await.status, 404);
    decide(&mut sato, "/midorino/staff/cases/1", "submitted", "").await.says(200, &["いまは「課長の確認」"]);
    open_second(&service, &mut sato).await;
    decide(&mut sato, "/midorino/staff/cases/2", "submitted", "").await.says(200, &["いまは「課長の審査」"]);
    office.get(&edit).await.says(200, &["1件は第1版、1件は第3版のまま進みます"]);
}

async fn open_second(service: &Service, browser: &mut Browser) {
    let route = field(&browser.get("/midorino/staff/cases/new").await.text(), "route").unwrap();
    let section = service.section("midorino", "shimin").await;
    let case = [("title", "呼び出し表示"), ("route", route.as_str()), ("section", section.as_str())];
    browser.submit("/midorino/staff/cases", &case).await.says(200, &["案件 2を保存しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_route_out_of_use_takes_no_new_cases_until_it_is_back(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    three_steps(&mut office).await.says(200, &["第1版"]);
    let mut sato = service.signed_in("sato@midorino.example").await;
    let route = field(&sato.get("/midorino/staff/cases/new").await.text(), "route").unwrap();
    let window = format!("{ROUTES}/window");
    office.submit(&format!("{window}/retirements"), &[]).await.says(200, &["使うのをやめました", "使用を停止しています"]);
    office.get(ROUTES).await.says(200, &["使用停止"]);
    // Be it that the form was open before.
    sato.submit("/midorino/staff/cases", &[("title", "遅れた案件"), ("route", &route)])
        .await
        .says(200, &["案件の進む経路が、まだありません"]);
    assert_eq!(service.count_in("midorino", "select count(*) from rashin.cases").await, 0);
    office.submit(&format!("{window}/restorations"), &[]).await.says(200, &["ふたたび使えるようにしました"]);
    open(&service, &mut sato, "midorino", "待ち時間の短縮").await;
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.post("/kai/staff/routes/kai/retirements", &[]).await.says(404, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_route_begins_as_a_copy_and_its_key_is_its_own(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    three_steps(&mut office).await.says(200, &["第1版", "写して新しい経路を作る"]);
    let copy = office.get(&format!("{ROUTES}/new?from=route.window")).await;
    copy.says(200, &["窓口の改善（写し）", "政策会議の決定"]);
    for (key, why) in [("window", "もうあります"), ("new", "画面のアドレスに使っています"), ("窓口", "半角の英小文字")]
    {
        let page = send(&mut office, ROUTES, &copy, &[("key", key)]).await;
        page.says(200, &[why, "窓口の改善（写し）"]);
    }
    send(&mut office, ROUTES, &copy, &[("key", "window-2")]).await.says(200, &["経路「窓口の改善（写し）」を保存しました"]);
}
