//! The plan's editor through its pages, without JavaScript: nothing typed is lost, nothing is overwritten in silence.

mod back;
#[path = "../support/mod.rs"]
mod support;
mod texts;

use jiff::SignedDuration;
use rashin_domain::access::Role;
use sqlx::PgPool;
use support::{Answer, Browser, NewMember, Service, error_links, field, hidden, percent, title};

const DESK: &str = "/kai/staff/plans/dx-action-plan";
const KPI: &str = "/kai/staff/plans/dx-action-plan/objects/kpis/KAI-02";
/// The target of KAI-02 as its page links to it.
const TARGET: [(&str, &str); 3] = [("part", "main"), ("role", "target"), ("period", "FY2029")];
const STEPS: &str = "select count(*) from rashin.draft_steps";

async fn office(service: &Service) -> Browser {
    service.signed_in("jimukyoku@kai.example").await
}

/// A second person of the office.
async fn colleague(service: &Service) -> Browser {
    let new =
        NewMember {
            city: "kai", email: "second@kai.test", name: "架空 次郎", role: Role::Secretariat, section: "shimin", state: "active"
        };
    service.member(new).await;
    service.signed_in("second@kai.test").await
}

/// Fills the form of an object as its page shows it, but for what `changes` says.
fn form_of<'a>(page: &str, names: &[&'a str], changes: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> =
        names.iter().chain(&["seen"]).filter_map(|name| Some(((*name).to_owned(), field(page, name)?))).collect();
    fields.retain(|(name, _)| changes.iter().all(|(other, _)| name != other));
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn send(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(path, &fields).await
}

const NODE: [&str; 8] = ["number", "title", "description", "marker", "status", "gap", "notes", "reading"];
const TERM: [&str; 6] = ["term", "formal_name", "explanation", "reading", "source_text", "source_place"];

/// Sends a faulty form: the page says what is wrong with which field, and holds everything that was typed.
async fn comes_back(browser: &mut Browser, path: &str, fields: &[(&str, &str)], id: &str, words: &str) {
    let answer = browser.submit(path, fields).await;
    let page = answer.text();
    let shown = format!("{path} {fields:?}: 「{}」", title(&page));
    assert_eq!(answer.status, 200, "{shown}");
    assert!(title(&page).starts_with("エラー："), "{shown}");
    assert!(page.contains(words), "「{words}」 is missing: {shown} {:?}", error_links(&page));
    assert!(error_links(&page).iter().any(|link| link == id), "no link to {id}: {:?} {shown}", error_links(&page));
    for link in error_links(&page) {
        assert_eq!(page.matches(&format!(" id=\"{link}\"")).count(), 1, "#{link} leads nowhere: {shown}");
    }
    // An answer that is not offered cannot be shown as chosen.
    for (name, value) in fields.iter().filter(|(name, value)| *value != "nonsense" && *name != "to") {
        if let Some(kept) = field(&page, name) {
            assert_eq!(kept.trim(), value.trim(), "{name} is lost: {shown}");
        }
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_node_is_offered_only_the_moves_that_move_it(pool: PgPool) {
    let service = Service::start(pool).await;
    let page = office(&service).await.get(&format!("{DESK}/objects/nodes")).await.text();
    // The first child of its parent stands in the middle of the list.
    assert!(page.contains("「(1) 三大都市圏からの人口流入の創出」を下へ"));
    assert!(!page.contains("「(1) 三大都市圏からの人口流入の創出」を上へ"));
    assert!(page.contains("「(2) 若者に選ばれる地域づくり」を上へ"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_faulty_form_of_every_kind_comes_back_with_its_fault_and_its_input(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let long = "あ".repeat(4_001);
    let (created, key) = (|kind: &str| format!("{DESK}/objects/{kind}"), |kind: &str, key: &str| format!("{DESK}/objects/{kind}/{key}"));
    let plain = ("reading", "original");
    for (kind, fields, id, words) in [
        ("levels", vec![("name", ""), ("depth", "2")], "name", "階層の名称を入力してください"),
        ("levels", vec![("name", "段"), ("depth", "9")], "depth", "1から5まで"),
        ("levels", vec![("name", "段"), ("depth", "二")], "depth", "数字で入力"),
        ("phases", vec![("name", "試行"), ("look", "nonsense")], "look", "ロードマップでの描き方"),
        ("markers", vec![("symbol", "◆◆◆◆◆"), ("meaning", "重点")], "symbol", "4文字以内"),
        ("attributes", vec![("name", ""), ("description", "説明"), plain], "name", "属性の名称を入力"),
        ("nodes", vec![("level", ""), ("title", "題"), plain], "level", "階層"),
        ("nodes", vec![("level", "nonsense"), ("parent", "nonsense"), ("title", "題"), plain], "parent", "上位の項目"),
        ("nodes", vec![("level", "initiative"), ("title", "題"), ("notes", "ことしの話"), plain], "notes", "西暦の年度"),
        ("nodes", vec![("title", "題"), ("description", long.as_str()), plain], "description", "4000文字以内"),
        ("nodes", vec![("title", "題"), ("number", "1\u{1b}"), plain], "number", "制御文字"),
        ("cells", vec![("node", "s1"), ("fiscal_year", "来年"), ("phase", "nonsense"), ("kind", "planned"), plain], "fiscal_year", "数字"),
        ("bodies", vec![("name", "会議"), ("kind", "nonsense"), plain], "kind", "種類"),
        ("related-plans", vec![("title", ""), ("issuer", "city"), ("summary", "概要"), plain], "title", "計画の名称を入力"),
        ("terms", vec![("term", ""), ("explanation", "説明だけ"), plain], "term", "用語を入力"),
        ("chapters", vec![("number", "1-9"), ("title", ""), ("body", "本文")], "title", "見出しを入力"),
        ("chapters", vec![("number", "1-1"), ("title", "見出し"), ("body", "本文")], "number", "すでにあります"),
        (
            "lineage",
            vec![("from_plan", "smart-kai-promotion"), ("relation", "new"), ("from_node", "x"), ("to_node", "s1")],
            "from_node",
            "新規",
        ),
        ("kpis", vec![("code", "KAI-01"), ("name", "指標"), ("node", "s1"), ("frequency", "year"), plain], "code", "すでに使われています"),
        ("kpis", vec![("code", "甲斐1"), ("name", "指標"), ("node", "s1"), ("frequency", "year"), plain], "code", "半角の英数字"),
        ("kpis", vec![("code", "KAI-90"), ("target_value", "約20"), ("target_year", "2029"), plain], "target_value", "約20"),
        ("kpis", vec![("code", "KAI-90"), ("target_value", "20"), ("target_year", ""), plain], "target_year", "西暦4桁"),
        ("kpis", vec![("code", "KAI-90"), ("name", "指標"), ("node", ""), plain], "node", "属する施策・取組を選択してください"),
        ("kpis", vec![("existing", "nonsense"), ("existing_node", "s1")], "existing", "ほかの計画の指標"),
    ] {
        comes_back(&mut office, &created(kind), &fields, id, words).await;
    }
    let head = key("head", "~");
    let page = office.get(&head).await.text();
    for (change, id, words) in [
        (("title", ""), "title", "計画の名称を入力"),
        (("period_until", "2020"), "period_until", "最初の年度と同じか後"),
        (("published", "昨年"), "published", "2025-03"),
    ] {
        let names = ["title", "period_from", "period_until", "vision"];
        let fields = form_of(&page, &names, &[change]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        comes_back(&mut office, &format!("{head}/revisions"), &fields, id, words).await;
    }
    let node = key("nodes", "s1");
    for (path, fields, id, words) in [
        (format!("{node}/removals"), vec![], "sure", "確かめた"),
        (format!("{node}/removals"), vec![("sure", "on")], "sure", "下に"),
        (format!("{node}/splits"), vec![("split_title", ""), ("split_number", "9")], "split_title", "新しいほうの名称"),
        (format!("{node}/mergers"), vec![("into", "nonsense")], "into", "統合する先"),
        (format!("{node}/moves"), vec![("to", "s1")], "to", "自分自身"),
        (format!("{KPI}/parts"), vec![("new_part_name", ""), ("new_part_unit", "件")], "new_part_name", "部分の名称"),
        (format!("{KPI}/removals"), vec![], "sure", "確かめた"),
        (
            "/kai/staff/plans".to_owned(),
            vec![
                ("title", "新計画"),
                ("slug", "新"),
                ("kind", "dx_plan"),
                ("period_from", "2026"),
                ("period_until", "2030"),
                ("levels", "柱"),
            ],
            "slug",
            "半角",
        ),
        (
            "/kai/staff/plans".to_owned(),
            vec![
                ("title", "新計画"),
                ("slug", "dx-action-plan"),
                ("kind", "dx_plan"),
                ("period_from", "2026"),
                ("period_until", "2030"),
                ("levels", "柱"),
            ],
            "slug",
            "すでにあります",
        ),
        (
            "/kai/staff/plans".to_owned(),
            vec![
                ("title", "新計画"),
                ("slug", "new"),
                ("kind", "dx_plan"),
                ("period_from", "2026"),
                ("period_until", "2030"),
                ("levels", "一、二、三、四、五、六"),
            ],
            "levels",
            "5つまで",
        ),
    ] {
        comes_back(&mut office, &path, &fields, id, words).await;
        // The page's other form still shows what stands, not blanks that would be saved.
        let page = office.get(&node).await.text();
        assert!(!field(&page, "title").unwrap().is_empty());
    }
    assert_eq!(service.count_in("kai", STEPS).await, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_form_that_came_back_leaves_the_pages_other_forms_as_they_were(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let node = format!("{DESK}/objects/nodes/i34");
    let before = office.get(&node).await.text();
    let back = office.submit(&format!("{node}/splits"), &[("split_title", ""), ("split_number", "9")]).await.text();
    for name in NODE {
        assert_eq!(field(&back, name), field(&before, name), "{name}");
    }
    assert_eq!(field(&back, "split_number").as_deref(), Some("9"));
    let before = office.get(KPI).await.text();
    let back = office.submit(&format!("{KPI}/removals"), &[]).await.text();
    for name in ["name", "node", "formula", "how_to_count", "source", "part.main.unit", "frequency"] {
        assert_eq!(field(&back, name), field(&before, name), "{name}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_faulty_planned_value_comes_back_to_its_own_page(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let with = |more: &[(&'static str, &'static str)]| [&TARGET[..], &[("was", "72,000"), ("reading", "original")], more].concat();
    for (more, id, words) in [
        (&[("value", "約20")][..], "value", "約20"),
        (&[("value", "")], "value", "値を入力"),
        (&[("value", "80000")], "reason", "見直しの理由"),
        (&[("value", "80000"), ("unknown", "dash"), ("reason", "改定")], "value", "どちらか一つ"),
        (
            &[("value", "80000"), ("reason", "改定"), ("decided_year", "2099"), ("decided_month", "1"), ("decided_day", "1")],
            "decided_year",
            "今日まで",
        ),
    ] {
        comes_back(&mut office, &format!("{KPI}/points"), &with(more), id, words).await;
        let answer = office.post(&format!("{KPI}/points"), &with(more)).await;
        assert_eq!(answer.location(), format!("{KPI}/points?part=main&role=target&period=FY2029"));
    }
    // A new value where one stands already.
    let new = [("part", "main"), ("role", "target"), ("year", "2029"), ("value", "5"), ("reading", "original")];
    comes_back(&mut office, &format!("{KPI}/points"), &new, "year", "すでにあります").await;
    // The words of the revision stand in the form until it is published.
    let good = with(&[("value", "80000"), ("reason", "指針の改定")]);
    office.submit(&format!("{KPI}/points"), &good).await.says(200, &["案に保存しました", "指針の改定"]);
    let page = office.get(&format!("{KPI}/points?part=main&role=target&period=FY2029")).await.text();
    assert_eq!(field(&page, "reason").as_deref(), Some("指針の改定"));
    office.get(&format!("{KPI}/points?part=main&role=target&period=FY1990")).await.says(404, &[]);
    // Nobody's form sends this, and it must not break the answer.
    let odd = [("part", "改\n行"), ("role", "あ&b=c"), ("period", "FY2029"), ("value", "1"), ("reading", "original")];
    assert_eq!(office.post(&format!("{KPI}/points"), &odd).await.status, 303);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_who_edit_one_object_both_keep_what_they_wrote(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut one, mut two) = (office(&service).await, colleague(&service).await);
    let node = format!("{DESK}/objects/nodes/i34");
    let (first, second) = (one.get(&node).await.text(), two.get(&node).await.text());
    send(&mut one, &format!("{node}/revisions"), &form_of(&first, &NODE, &[("title", "甲の題")])).await.says(200, &["案に保存しました"]);
    // Another field: both are kept.
    let answer = send(&mut two, &format!("{node}/revisions"), &form_of(&second, &NODE, &[("status", "乙の状況")])).await;
    answer.says(200, &["案に保存しました"]);
    let both = one.get(&node).await.text();
    assert_eq!((field(&both, "title").unwrap(), field(&both, "status").unwrap()), ("甲の題".to_owned(), "乙の状況".to_owned()));
    // The same field: both texts are shown, and the second attempt is measured by what stands now.
    let answer = send(&mut two, &format!("{node}/revisions"), &form_of(&second, &NODE, &[("title", "乙の題")])).await;
    answer.says(200, &["同時に変更しました", "甲の題", "架空"]);
    let back = answer.text();
    assert_eq!(field(&back, "title").as_deref(), Some("乙の題"));
    assert_eq!(field(&one.get(&node).await.text(), "title").as_deref(), Some("甲の題"), "nothing was overwritten");
    send(&mut two, &format!("{node}/revisions"), &form_of(&back, &NODE, &[])).await.says(200, &["案に保存しました"]);
    assert_eq!(field(&one.get(&node).await.text(), "title").as_deref(), Some("乙の題"));

    // A planned value.
    let set =
        |value: &'static str| [&TARGET[..], &[("was", "72,000"), ("reading", "original"), ("value", value), ("reason", "改定")]].concat();
    one.submit(&format!("{KPI}/points"), &set("80000")).await.says(200, &["案に保存しました"]);
    let back = two.submit(&format!("{KPI}/points"), &set("90000")).await;
    back.says(200, &["80,000", "ほかの人"]);
    assert_eq!(field(&back.text(), "value").as_deref(), Some("90000"));
    let was = hidden(&back.text(), "was");
    let again = [&TARGET[..], &[("was", was.as_str()), ("reading", "original"), ("value", "90000"), ("reason", "改定")]].concat();
    two.submit(&format!("{KPI}/points"), &again).await.says(200, &["案に保存しました", "90,000"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_planned_value_that_somebody_took_out_meanwhile_is_told_and_what_was_typed_is_kept(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut one, mut two) = (office(&service).await, colleague(&service).await);
    two.get(&format!("{KPI}/points?part=main&role=target&period=FY2029")).await.says(200, &["見直し"]);
    let sure = [&TARGET[..], &[("sure", "on")]].concat();
    one.submit(&format!("{KPI}/point-removals"), &sure).await.says(200, &["を削除"]);
    two.submit(&format!("{KPI}/point-removals"), &sure).await.says(200, &["すでになくなっています"]);
    let typed = [&TARGET[..], &[("was", "72,000"), ("reading", "original"), ("value", "80000"), ("reason", "指針の改定")]].concat();
    let back = two.submit(&format!("{KPI}/points"), &typed).await;
    back.says(200, &["エラー：", "ほかの人がこの値をなくしました", "目標値（2029(令和11)年度）の見直し"]);
    let page = back.text();
    assert_eq!(["value", "reason"].map(|name| field(&page, name).unwrap()), ["80000", "指針の改定"]);
    // Once more: it shall stand.
    let again = ["part", "role", "period", "again", "value", "reason", "reading"].map(|name| (name, hidden(&page, name)));
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    two.submit(&format!("{KPI}/points"), &again).await.says(200, &["案に保存しました", "80,000"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_draft_that_went_on_is_not_discarded_by_an_old_page(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut one, mut two) = (office(&service).await, colleague(&service).await);
    let term = |name: &'static str| [("term", name), ("explanation", "説明"), ("reading", "original")];
    one.submit(&format!("{DESK}/objects/terms"), &term("甲語")).await.says(200, &["甲語"]);
    let steps = hidden(&one.get(DESK).await.text(), "steps");
    comes_back(&mut one, &format!("{DESK}/discards"), &[("steps", &steps)], "sure", "確かめた").await;
    two.submit(&format!("{DESK}/objects/terms"), &term("乙語")).await.says(200, &["乙語"]);
    one.submit(&format!("{DESK}/discards"), &[("steps", &steps), ("sure", "on")]).await.says(409, &["さらに変更されました"]);
    let steps = hidden(&one.get(DESK).await.text(), "steps");
    one.submit(&format!("{DESK}/discards"), &[("steps", &steps), ("sure", "on")]).await.says(200, &["案を破棄しました"]);
    let list = one.get(&format!("{DESK}/objects/terms")).await.text();
    assert!(!list.contains("甲語") && !list.contains("乙語"));
    one.submit(&format!("{DESK}/undoings"), &[]).await.says(200, &["取り消す操作はありません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_session_that_ended_in_the_middle_keeps_the_text(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let node = format!("{DESK}/objects/nodes/i34");
    let page = office.get(&node).await.text();
    let fields = form_of(&page, &NODE, &[("description", "長い文章を書いていた。")]);
    service.advance(SignedDuration::from_hours(9));
    let sign_in = send(&mut office, &format!("{node}/revisions"), &fields).await;
    sign_in.says(200, &["サインイン"]);
    let back = hidden(&sign_in.text(), "back");
    let answer = office.submit("/sign-in", &[("login", "jimukyoku@kai.example"), ("password", support::PASSWORD), ("back", &back)]).await;
    let page = answer.text();
    assert_eq!(field(&page, "description").as_deref(), Some("長い文章を書いていた。"), "{}", title(&page));
    send(&mut office, &format!("{node}/revisions"), &form_of(&page, &NODE, &[])).await.says(200, &["案に保存しました", "長い文章"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_not_there_is_not_found(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    for path in [
        "/kai/staff/plans/dx-plan",
        "/kai/staff/plans/dx-plan/objects/terms",
        "/kai/staff/plans/none/comparison",
        "/kai/staff/plans/%00",
        "/midorino/staff/plans/dx-plan",
        "/kai/staff/plans/dx-action-plan/objects/people",
        "/kai/staff/plans/dx-action-plan/new/head",
        "/kai/staff/plans/dx-action-plan/objects/nodes/s99",
        "/kai/staff/plans/dx-action-plan/objects/terms/%00",
        "/kai/staff/plans/dx-action-plan/objects/terms/%2F",
        "/kai/staff/plans/dx-action-plan/objects/kpis/MID-01/points",
        "/kai/staff/plans/dx-action-plan/comparison?edition=99",
    ] {
        office.get(path).await.says(404, &["ページが見つかりません"]);
    }
    office.get("/kai/staff/plans/dx-action-plan/objects/head").await.says(200, &[]);
    for path in [
        "objects/nodes/s99/moves",
        "objects/terms/none/revisions",
        "objects/terms/none/shifts",
        "objects/head",
        "objects/nodes/s1/restorations",
    ] {
        office.post(&format!("{DESK}/{path}"), &[("sure", "on"), ("step", "7")]).await.says(404, &[]);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_step_that_changes_nothing_says_so_and_is_none(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    for (path, names) in [
        ("nodes/i34", &NODE[..]),
        ("chapters/1-1", &["number", "title", "body"]),
        (
            "head/~",
            &["title", "period_from", "period_until", "published", "editor", "vision", "future_image", "notice", "predecessor", "source"],
        ),
    ] {
        let url = format!("{DESK}/objects/{path}");
        let page = office.get(&url).await.text();
        let mut fields = form_of(&page, &[names, &["source_text", "source_place"]].concat(), &[]);
        let ticked = regex_lite::Regex::new(r#"<input [^>]*name="(attributes\.[^"]+)"[^>]*>"#).unwrap();
        fields
            .extend(ticked.captures_iter(&page).filter(|tag| tag[0].contains(" checked")).map(|tag| (tag[1].to_owned(), "on".to_owned())));
        send(&mut office, &format!("{url}/revisions"), &fields).await.says(200, &["変わったところはありませんでした"]);
    }
    office.submit(&format!("{DESK}/objects/nodes/s1/shifts"), &[("way", "up")]).await.says(200, &["変わったところはありませんでした"]);
    assert_eq!(service.count_in("kai", STEPS).await, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn faults_of_a_new_kpi_are_told_in_the_order_of_its_form(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let page = office.submit(&format!("{DESK}/objects/kpis"), &[("code", ""), ("target_year", "２")]).await.text();
    let faults = error_links(&page);
    let place = |id: &str| page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no field {id}"));
    assert!(faults.len() > 5, "{faults:?}");
    assert!(faults.is_sorted_by_key(|id| place(id)), "{faults:?}");
}
