//! A town that has nothing gets its whole plan through the forms of the editor, and everything else follows from it.

mod support;

use jiff::civil::Date;
use rashin_domain::{
    access::{Action, Role, decide},
    plan::{Look, PlanContent},
    plan_folder::{read, write},
    tenancy::{LocalCode, Slug, TenantKind},
};
use rashin_store::maintenance::{NewSection, NewTenant};
use sqlx::PgPool;
use support::{Browser, NewMember, Service, field, percent};

const CITY: &str = "hibarino";
const CODE: &str = "992020";
const DESK: &str = "/hibarino/staff/plans/dx-plan";

/// A tenant with a section and nothing else.
async fn tenant(service: &Service, slug: &str, code: &str, name: &str) {
    let (slug, code) = (Slug::parse(slug).unwrap(), LocalCode::parse(code).unwrap());
    let new =
        NewTenant { kind: TenantKind::Municipality, slug: &slug, code: &code, name, kana: "かくう", prefecture: "99", fictional: true };
    service.maintenance.create_tenant(new).await.unwrap();
}

async fn people(service: &Service) {
    let mut tx = service.maintenance.enter(CITY).await.unwrap();
    let permit = decide(tx.actor(), &Action::Staff).unwrap();
    let from = Date::constant(2026, 4, 1);
    let section =
        NewSection { key: "kikaku", parent: None, name: "企画課", kind: "課", position: 1, valid_from: from, valid_until: None };
    tx.write_section(permit, &section).await.unwrap();
    tx.commit().await.unwrap();
    for (email, name, role) in [("office@hibarino.test", "架空 一", Role::Secretariat), ("head@hibarino.test", "架空 二", Role::Approver)]
    {
        service.member(NewMember { city: CITY, email, name, role, section: "kikaku", state: "active" }).await;
    }
}

/// Adds an object of a kind.
async fn add(office: &mut Browser, kind: &str, fields: &[(&str, &str)]) {
    let read = [("reading", "original")];
    office.submit(&format!("{DESK}/objects/{kind}"), &[fields, &read].concat()).await.says(200, &["案に保存しました"]);
}

/// Adds a node; its key is in the address that answers.
async fn node(office: &mut Browser, level: &str, parent: &str, number: &str, title: &str, more: &[(&str, &str)]) -> String {
    let fields = [("level", level), ("parent", parent), ("number", number), ("title", title), ("reading", "original")];
    let answer = office.post(&format!("{DESK}/objects/nodes"), &[&fields[..], more].concat()).await;
    assert_eq!(answer.status, 303);
    let to = answer.location();
    office.get(&to).await.says(200, &["案に保存しました", title]);
    to.rsplit('/').next().unwrap().to_owned()
}

async fn publish(office: &mut Browser, number: &str) {
    let fields = [("reason", "計画の公表"), ("number", number)];
    office.submit(&format!("/{CITY}/staff/editions"), &fields).await.says(200, &["公表しました"]);
}

async fn content(service: &Service, city: &str) -> PlanContent {
    let mut tx = service.maintenance.enter(city).await.unwrap();
    let plan = tx.plan_id("dx-plan").await.unwrap().unwrap();
    tx.plan_content(plan).await.unwrap()
}

async fn write_the_plan(office: &mut Browser) {
    office.get(&format!("/{CITY}/staff/plans")).await.says(200, &["計画は、まだありません"]);
    let plan = [
        ("title", "ひばり野市デジタル計画（架空）"),
        ("slug", "dx-plan"),
        ("kind", "dx_plan"),
        ("period_from", "2024"),
        ("period_until", "2028"),
        ("levels", "方針、柱、事業、取組"),
        ("phases", "設計、試し、本番"),
    ];
    office.submit(&format!("/{CITY}/staff/plans"), &plan).await.says(200, &["作りました", "最初の一つを追加する"]);

    let head = format!("{DESK}/objects/head/~");
    let page = office.get(&head).await.text();
    let mut fields: Vec<(&str, String)> =
        ["title", "period_from", "period_until", "editor", "seen"].into_iter().map(|name| (name, field(&page, name).unwrap())).collect();
    for (name, words) in [("vision", "歩いて行ける、ひらいて行ける"), ("notice", "架空データ。この団体は実在しません。")]
    {
        fields.push((name, words.to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    office.submit(&format!("{head}/revisions"), &fields).await.says(200, &["案に保存しました"]);

    let mut grades = support::fields(&office.get(&format!("{DESK}/grades")).await.text());
    for (n, words) in ["到達", "予定どおり", "少し遅い", "大きく遅い"].iter().enumerate() {
        let label = format!("band.{}.label", n + 1);
        grades.iter_mut().find(|(name, _)| *name == label).unwrap().1 = (*words).to_owned();
    }
    let grades: Vec<(&str, &str)> = grades.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let looked_at = office.submit(&format!("{DESK}/grades/checks"), &grades).await.text();
    let taken = [("template", ""), ("seen", &*support::hidden(&looked_at, "seen"))];
    office.submit(&format!("{DESK}/grades/revisions"), &taken).await.says(200, &["案に保存しました", "少し遅い"]);

    add(office, "phases", &[("name", "見直し"), ("look", "other")]).await;
    add(office, "markers", &[("symbol", "☆"), ("meaning", "新しい取組")]).await;
    add(office, "attributes", &[("name", "子育て"), ("description", "子育て世帯に関わるもの")]).await;
    add(office, "chapters", &[("number", "1"), ("title", "はじめに"), ("body", "なぜ作るか。\n\n- 一つ\n- 二つ")]).await;
    add(office, "terms", &[("term", "電子申請/届出"), ("explanation", "役所に行かずに済ませること。")]).await;
    add(office, "bodies", &[("name", "推進本部"), ("kind", "headquarters"), ("duties", "決める\n見直す")]).await;
    add(office, "bodies", &[("name", "作業部会"), ("kind", "section_meeting"), ("parent", "b1")]).await;
    add(office, "related-plans", &[("title", "ひばり野市総合計画（架空）"), ("issuer", "city"), ("aligned", "on")]).await;

    let policy = node(office, "l1", "", "1", "暮らしをひらく", &[]).await;
    let pillar = node(office, "l2", &policy, "1-1", "手続きをひらく", &[]).await;
    let project = node(office, "l3", &pillar, "(1)", "電子申請を広げる", &[("description", "よく使うものから始める。")]).await;
    let more = [("marker", "☆"), ("attributes.a1", "on"), ("notes", "2025 様式をそろえた")];
    let action = node(office, "l4", &project, "①", "児童手当の申請を電子化する", &more).await;
    let cells = [("cells", "sent"), ("cell.2024.p1", "on"), ("cell.2025.p2", "on"), ("cell.2026.p3", "on"), ("cell.2028.p4", "on")];
    office.submit(&format!("{DESK}/objects/nodes/{action}/cells"), &cells).await.says(200, &["案に保存しました"]);
    let kpi = [
        ("code", "HBR-01"),
        ("name", "電子申請の割合"),
        ("node", action.as_str()),
        ("frequency", "year"),
        ("part.main.kind", "number"),
        ("part.main.unit", "%"),
        ("part.main.direction", "up"),
        ("part.main.accumulation", "point_in_time"),
        ("part.main.accumulation_confirmed", "on"),
        ("baseline_value", "10"),
        ("baseline_year", "2023"),
        ("target_value", "60"),
        ("target_year", "2028"),
        ("reading", "original"),
    ];
    office.submit(&format!("{DESK}/objects/kpis"), &kpi).await.says(200, &["案に保存しました", "電子申請の割合"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_plan_that_was_only_typed_in_is_published_with_its_own_words_and_goes_out_and_in_again(pool: PgPool) {
    let service = Service::start(pool).await;
    tenant(&service, CITY, CODE, "ひばり野市（架空）").await;
    people(&service).await;
    let mut office = service.signed_in("office@hibarino.test").await;
    write_the_plan(&mut office).await;
    let mut public = service.browser();
    public.get(&format!("/{CITY}")).await.says(404, &[]);
    publish(&mut office, "1").await;

    let typed = content(&service, CITY).await;
    assert_eq!(
        typed.plan.levels.iter().map(|level| (level.name.as_str(), level.depth)).collect::<Vec<_>>(),
        [("方針", 1), ("柱", 2), ("事業", 3), ("取組", 4)]
    );
    assert_eq!(
        typed.plan.phases.iter().map(|phase| (phase.name.as_str(), phase.look)).collect::<Vec<_>>(),
        [("設計", Look::Survey), ("試し", Look::Build), ("本番", Look::Run), ("見直し", Look::Other)]
    );
    public
        .get(&format!("/{CITY}"))
        .await
        .says(200, &["ひばり野市デジタル計画（架空）", "歩いて行ける、ひらいて行ける", "この団体は実在しません"]);
    public
        .get(&format!("/{CITY}/strategies"))
        .await
        .says(200, &["方針", "暮らしをひらく", "手続きをひらく", "電子申請を広げる", "児童手当の申請を電子化する"]);
    for (node, level) in typed.nodes.iter().zip(["方針", "柱", "事業", "取組"]) {
        public.get(&format!("/{CITY}/nodes/{}", node.key)).await.says(200, &[level, &node.title]);
    }
    public.get(&format!("/{CITY}/nodes/{}", typed.nodes[3].key)).await.says(200, &["☆", "子育て", "電子申請の割合"]);
    assert_eq!((typed.nodes[3].notes[0].from_year.0, typed.nodes[3].notes[0].text.as_str()), (2025, "様式をそろえた"));
    public.get(&format!("/{CITY}/roadmap")).await.says(200, &["設計", "試し", "本番", "見直し", "児童手当の申請を電子化する"]);
    public.get(&format!("/{CITY}/bodies")).await.says(200, &["推進本部", "作業部会", "見直す", "ひばり野市総合計画（架空）"]);
    public.get(&format!("/{CITY}/glossary")).await.says(200, &["電子申請/届出"]);
    public.get(&format!("/{CITY}/chapters/1")).await.says(200, &["はじめに", "<li>二つ</li>"]);
    public.get(&format!("/{CITY}/kpis/HBR-01")).await.says(200, &["電子申請の割合", "60%", "10%"]);

    // Out as a folder, and into a town that has nothing.
    let folder = read(&write(CODE, &typed)).unwrap();
    assert_eq!(folder.content, typed);
    tenant(&service, "empty", "992038", "からっぽ市（架空）").await;
    service.import("empty", &folder.content).await;
    assert_eq!(content(&service, "empty").await, typed);

    // A figure is judged in the plan's own words.
    service.responsible(CITY, "HBR-01", "kikaku").await;
    let report = service.report(&mut office, CITY, "HBR-01", &[("value.main", "30")]).await;
    let mut head = service.signed_in("head@hibarino.test").await;
    assert_eq!(head.post(&format!("{report}/approvals"), &[]).await.status, 303);
    publish(&mut office, "2").await;
    for path in ["kpis", "kpis/HBR-01"] {
        public.get(&format!("/{CITY}/{path}")).await.says(200, &["予定どおり", "30%"]);
    }
    let chosen = percent("電子申請/届出");
    office.get(&format!("{DESK}/objects/terms/{chosen}")).await.says(200, &["役所に行かずに"]);
}
