//! A KPI of two plans, and what a plan took out and takes back: through the pages of the editor, without JavaScript.

mod support;

use sqlx::PgPool;
use support::{Answer, Browser, Service, field, hidden, main};

const DESK: &str = "/kai/staff/plans/dx-action-plan";
const OTHER: &str = "/kai/staff/plans/sougou";
/// The same KPI on both desks.
const KPI: &str = "/objects/kpis/KAI-02";
const FIELDS: [&str; 15] = [
    "name",
    "node",
    "frequency",
    "formula",
    "how_to_count",
    "source",
    "doubt",
    "reading",
    "source_text",
    "source_place",
    "part.main.kind",
    "part.main.unit",
    "part.main.direction",
    "part.main.accumulation",
    "template",
];
const CLASH: &str = "ほかの計画の公表で変わりました";
const EDITIONS: &str = "select count(*) from rashin.editions";

async fn office(service: &Service) -> Browser {
    service.signed_in("jimukyoku@kai.example").await
}

async fn send(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(path, &fields).await
}

/// The definition's form as its page shows it, but for what `changes` says.
fn form_of(page: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let names = FIELDS.iter().chain(&["seen", "definition"]).filter(|name| changes.iter().all(|(other, _)| other != *name));
    let shown = names.filter_map(|name| Some(((*name).to_owned(), field(page, name)?)));
    shown.chain(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
}

/// Changes a definition, as a correction of its words.
async fn define(office: &mut Browser, desk: &str, changes: &[(&str, &str)]) {
    let page = office.get(&format!("{desk}{KPI}")).await.text();
    let fields = form_of(&page, &[changes, &[("change", "correction")]].concat());
    send(office, &format!("{desk}{KPI}/revisions"), &fields).await.says(200, &["案に保存しました"]);
}

async fn publish(office: &mut Browser, plan: &str) -> Answer {
    let page = office.get(&format!("/kai/staff/publish?plan={plan}")).await.text();
    let (number, seen) = (hidden(&page, "number"), hidden(&page, "seen"));
    let fields = [("reason", "計画の変更"), ("number", &number), ("seen", &seen), ("plan", plan)];
    office.submit("/kai/staff/editions", &fields).await
}

/// A second plan of Kai that uses KAI-02, too, published.
async fn second_plan(office: &mut Browser) {
    let plan = [("title", "第3次総合計画"), ("slug", "sougou"), ("kind", "other"), ("period_from", "2025"), ("period_until", "2034")];
    office.submit("/kai/staff/plans", &[&plan[..], &[("levels", "柱")]].concat()).await.says(200, &["作りました"]);
    let node = [("level", "l1"), ("title", "移住の促進"), ("reading", "original")];
    office.submit(&format!("{OTHER}/objects/nodes"), &node).await.says(200, &["案に保存しました"]);
    let adopted = [("existing", "KAI-02"), ("existing_node", "n1")];
    office.submit(&format!("{OTHER}/objects/kpis"), &adopted).await.says(200, &["案に保存しました", "第3次"]);
    publish(office, "sougou").await.says(200, &["公表しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_definition_that_another_plan_published_is_told_with_both_texts_until_it_is_saved_again(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    second_plan(&mut office).await;
    define(&mut office, DESK, &[("how_to_count", "甲の数え方")]).await;
    let before = office.get(&format!("{DESK}{KPI}")).await.text();
    define(&mut office, OTHER, &[("how_to_count", "乙の数え方"), ("formula", "乙の式")]).await;
    publish(&mut office, "sougou").await.says(200, &["公表しました"]);

    // Both texts; what only the other plan changed is taken over.
    let clash = |page: &str| {
        assert!(page.contains(CLASH) && page.contains("「乙の数え方」"), "{}", main(page));
        assert_eq!([field(page, "how_to_count"), field(page, "formula")].map(Option::unwrap), ["甲の数え方", "乙の式"]);
    };
    clash(&office.get(&format!("{DESK}{KPI}")).await.text());
    let editions = service.count_in("kai", EDITIONS).await;
    office.get(DESK).await.says(200, &["公表する前に直すところ", "KAI-02", CLASH]);
    office.get("/kai/staff/publish").await.says(200, &["KAI-02", CLASH]);
    publish(&mut office, "dx-action-plan").await.says(200, &["エラー：", "KAI-02", CLASH]);
    assert_eq!(service.count_in("kai", EDITIONS).await, editions);

    // A page from before does not decide what it did not show; a target decides nothing about the definition.
    send(&mut office, &format!("{DESK}{KPI}/revisions"), &form_of(&before, &[("change", "correction")])).await.says(200, &[CLASH]);
    let target = [("part", "main"), ("role", "target"), ("period", "FY2029"), ("was", "72,000"), ("reading", "original")];
    let target = [&target[..], &[("value", "80000"), ("reason", "指針の改定")]].concat();
    office.submit(&format!("{DESK}{KPI}/points"), &target).await.says(200, &["案に保存しました", CLASH]);
    let page = office.get(&format!("{DESK}{KPI}")).await.text();
    clash(&page);

    // Saved again as it stands: that is a decision, too.
    let answer = send(&mut office, &format!("{DESK}{KPI}/revisions"), &form_of(&page, &[("change", "correction")])).await;
    assert!(!answer.says(200, &["案に保存しました"]).text().contains(CLASH));
    publish(&mut office, "dx-action-plan").await.says(200, &["公表しました"]);
    service.browser().get("/kai/kpis/KAI-02").await.says(200, &["甲の数え方", "乙の式", "80,000"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_draft_that_changed_a_target_only_takes_over_what_another_plan_defines(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    second_plan(&mut office).await;
    let target = [("part", "main"), ("role", "target"), ("period", "FY2029"), ("was", "72,000"), ("reading", "original")];
    let target = [&target[..], &[("value", "80000"), ("reason", "指針の改定")]].concat();
    office.submit(&format!("{DESK}{KPI}/points"), &target).await.says(200, &["案に保存しました"]);
    define(&mut office, OTHER, &[("how_to_count", "乙の数え方")]).await;
    publish(&mut office, "sougou").await.says(200, &["公表しました"]);
    let page = office.get(&format!("{DESK}{KPI}")).await.text();
    assert!(!page.contains(CLASH));
    publish(&mut office, "dx-action-plan").await.says(200, &["公表しました"]);
    service.browser().get("/kai/kpis/KAI-02").await.says(200, &["乙の数え方", "80,000"]);
    // One definition by the other plan, none by this one.
    let versions =
        "select max(version)::bigint from rashin.kpi_definitions d join rashin.kpis k on k.id = d.kpi_id where k.code = 'KAI-02'";
    assert_eq!(service.count_in("kai", versions).await, 2);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_earlier_text_that_is_restored_is_measured_by_the_definition_it_was_made_on(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    second_plan(&mut office).await;
    define(&mut office, DESK, &[("how_to_count", "甲の一")]).await;
    define(&mut office, DESK, &[("how_to_count", "甲の二")]).await;
    define(&mut office, OTHER, &[("how_to_count", "乙の数え方")]).await;
    publish(&mut office, "sougou").await.says(200, &["公表しました"]);
    define(&mut office, DESK, &[]).await;
    let page = office.submit(&format!("{DESK}{KPI}/restorations"), &[("step", "1")]).await;
    page.says(200, &[CLASH, "乙の数え方"]);
    assert_eq!(field(&page.text(), "how_to_count").as_deref(), Some("甲の一"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_code_that_another_plans_draft_gave_is_taken(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    second_plan(&mut office).await;
    let new = |node: &'static str| {
        [
            ("code", "KAI-77"),
            ("name", "架空の指標"),
            ("node", node),
            ("frequency", "year"),
            ("reading", "original"),
            ("part.main.kind", "number"),
            ("part.main.direction", "up"),
            ("part.main.accumulation", "per_year"),
        ]
    };
    office.submit(&format!("{OTHER}/objects/kpis"), &new("n1")).await.says(200, &["案に保存しました"]);
    office.submit(&format!("{DESK}/objects/kpis"), &new("s1")).await.says(200, &["「KAI-77」は、すでに使われています"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_kpi_that_an_edition_dropped_comes_back_with_values_figures_and_history(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let target = [("part", "main"), ("role", "target"), ("period", "FY2029"), ("was", "72,000"), ("reading", "original")];
    let target = [&target[..], &[("value", "80000"), ("reason", "指針の改定")]].concat();
    office.submit(&format!("{DESK}{KPI}/points"), &target).await.says(200, &["案に保存しました"]);
    publish(&mut office, "dx-action-plan").await.says(200, &["公表しました"]);
    let mut public = service.browser();
    let before = public.get("/kai/kpis/KAI-02").await.text();
    let staff = office.get("/kai/staff/kpis/KAI-02").await.text();

    // Back before it was ever gone for the public, and after an edition without it.
    for published in [false, true] {
        office.submit(&format!("{DESK}{KPI}/removals"), &[("sure", "on")]).await.says(200, &["削除"]);
        if published {
            publish(&mut office, "dx-action-plan").await.says(200, &["公表しました"]);
            public.get("/kai/kpis/KAI-02").await.says(404, &[]);
        }
        office.get(&format!("{DESK}{KPI}")).await.says(200, &["案では削除されています", "この計画に戻す"]);
        office.get(&format!("{DESK}/new/kpis")).await.says(200, &["この計画から外した指標を戻す", "KAI-02"]);
        for (fields, words) in [
            ([("dropped", "KAI-99"), ("dropped_node", "")], "外した指標を選択"),
            ([("dropped", "KAI-02"), ("dropped_node", "s99")], "いまの案にありません"),
        ] {
            office.submit(&format!("{DESK}/objects/kpis"), &fields).await.says(200, &["エラー：", words]);
        }
        let back = office.submit(&format!("{DESK}/objects/kpis"), &[("dropped", "KAI-02"), ("dropped_node", "")]).await;
        back.says(200, &["計画に戻す", "80,000", "72,000"]);
        publish(&mut office, "dx-action-plan").await.says(200, &["公表しました"]);
        assert_eq!(main(&public.get("/kai/kpis/KAI-02").await.text()), main(&before));
        assert_eq!(main(&office.get("/kai/staff/kpis/KAI-02").await.text()), main(&staff));
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_node_that_an_edition_took_out_comes_back_under_its_key_with_its_roadmap(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut office, mut public) = (office(&service).await, service.browser());
    let node = format!("{DESK}/objects/nodes/i34");
    let before = public.get("/kai/roadmap").await.text();
    for published in [false, true] {
        office.submit(&format!("{node}/removals"), &[("sure", "on")]).await.says(200, &["削除"]);
        if published {
            publish(&mut office, "dx-action-plan").await.says(200, &["公表しました"]);
            assert!(!public.get("/kai/roadmap").await.text().contains("市民の利便性向上"));
        }
        office.get(&format!("{DESK}/new/nodes")).await.says(200, &["この計画から外したものを戻す", "市民の利便性向上"]);
        for (fields, words) in [
            ([("dropped", "s1"), ("dropped_parent", "")], "外したものを選択"),
            ([("dropped", "i34"), ("dropped_parent", "s99")], "いまの案にありません"),
            ([("dropped", "i34"), ("dropped_parent", "i33")], "階層より下"),
        ] {
            office.submit(&format!("{DESK}/objects/nodes"), &fields).await.says(200, &["エラー：", words]);
        }
        let back = office.submit(&format!("{DESK}/objects/nodes"), &[("dropped", "i34"), ("dropped_parent", "")]).await;
        back.says(200, &["計画に戻す", "市民の利便性向上"]);
        publish(&mut office, "dx-action-plan").await.says(200, &["公表しました"]);
        assert_eq!(main(&public.get("/kai/roadmap").await.text()).len(), main(&before).len());
    }
    let ended = "select count(*) from rashin.lineage where from_node = 'i34'";
    assert_eq!(service.count_in("kai", ended).await, 0, "it did not end");
}

/// Until one connection waits for another one's commit.
async fn wait_for_a_lock(service: &Service) {
    let waiting =
        "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()";
    for _ in 0..5_000 {
        if service.count(waiting).await > 0 {
            return;
        }
    }
    panic!("nobody waits");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_an_edit_and_a_publication_at_once_nothing_is_published_unseen(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let page = office.get("/kai/staff/publish").await.text();
    let (number, seen) = (hidden(&page, "number"), hidden(&page, "seen"));
    let fields = [("reason", "計画の変更"), ("number", number.as_str()), ("seen", seen.as_str())];
    // A colleague's step that is about to be committed.
    let mut tx = service.maintenance.enter("kai").await.unwrap();
    let desk = tx.desk_to_change("dx-action-plan").await.unwrap();
    let mut after = desk.content().clone();
    after.plan.vision = "だれも見ていない理念".to_owned();
    let permit = rashin_domain::access::decide(tx.actor(), &rashin_domain::access::Action::Edit).unwrap();
    tx.record_step(permit, &desk, &after, "理念の変更").await.unwrap();
    let (answer, _) = tokio::join!(office.submit("/kai/staff/editions", &fields), async {
        wait_for_a_lock(&service).await;
        tx.commit().await.unwrap();
    });
    answer.says(409, &["公表される内容が変わりました"]);
    assert!(!service.browser().get("/kai").await.text().contains("だれも見ていない理念"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_publications_at_once_one_is_told(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut one, mut two) = (office(&service).await, office(&service).await);
    let page = one.get("/kai/staff/publish").await.text();
    let (number, seen) = (hidden(&page, "number"), hidden(&page, "seen"));
    let fields = [("reason", "計画の変更"), ("number", number.as_str()), ("seen", seen.as_str())];
    let editions = service.count_in("kai", EDITIONS).await;
    let (first, second) = tokio::join!(one.submit("/kai/staff/editions", &fields), two.submit("/kai/staff/editions", &fields));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(service.count_in("kai", EDITIONS).await, editions + 1);
}
