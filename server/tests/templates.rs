//! Templates and the national library, page by page without JavaScript; advice on weak KPIs.

mod support;

use rashin_domain::{
    indicator::{Indicator, Library},
    provenance::Reading,
    template::Template,
    value::ValueKind,
};
use sqlx::PgPool;
use support::{Browser, Service, field, hidden, main, title};

const OFFICE: &str = "jimukyoku@kai.example";
const LIST: &str = "/kai/staff/templates";
const ONE: &str = "/kai/staff/templates/T-01";

/// A sound form, with changes.
fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let sound = [
        ("code", "T-01"),
        ("name", "オンライン申請件数"),
        ("description", "オンラインで受け付けた申請の件数。"),
        ("reading", "original"),
        ("kind", "number"),
        ("unit", "件"),
        ("direction", "up"),
        ("accumulation", "per_year"),
        ("frequency", "year"),
    ];
    sound.into_iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name)).chain(changes.iter().copied()).collect()
}

async fn made(service: &Service) -> Browser {
    let mut office = service.signed_in(OFFICE).await;
    office.submit(LIST, &form(&[])).await.says(200, &["雛形「オンライン申請件数」を保存しました"]);
    office
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_library_has_the_dashboard_and_the_items_of_the_national_plan(pool: PgPool) {
    let service = Service::start(pool).await;
    let library: Vec<Indicator> = service.maintenance.enter("kai").await.unwrap().indicators().await.unwrap();
    let count = |is: &dyn Fn(&Indicator) -> bool| library.iter().filter(|one| is(one)).count();
    let of_dashboard = |one: &Indicator| one.library == Library::Dashboard;
    assert_eq!(count(&|one| of_dashboard(one) && one.for_municipalities), 13);
    assert_eq!(count(&|one| of_dashboard(one) && one.for_prefectures), 11);
    assert_eq!(count(&|one| of_dashboard(one) && one.kind == Some(ValueKind::YesNo)), 10);
    assert_eq!(count(&|one| one.library == Library::DxPlan && one.is_label_only() && one.kind.is_none()), 7);
    let of_applications = |one: &Indicator| one.library == Library::Applications;
    assert_eq!(count(&|one| of_applications(one) && one.for_municipalities), 52);
    assert_eq!(count(&|one| of_applications(one) && one.for_prefectures), 30);
    let defined: Vec<&str> = library.iter().filter(|one| !one.is_label_only()).map(|one| one.code.as_str()).collect();
    assert_eq!(defined, ["DA-01", "DA-02", "DA-03", "DA-04"], "only these are defined by what is at hand");

    let mut viewer = service.signed_in("etsuran@kai.example").await;
    let page = viewer.get("/kai/staff/indicators").await;
    page.says(200, &["78件のうち74件は「要確認」", "CIOの任命", "よく使う32手続のオンライン化状況", "公金収納におけるeLTAXの活用"]);
    assert!(!page.text().contains("雛形として取り込む"), "a viewer copies nothing");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_national_indicator_becomes_a_template_that_remembers_it(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in(OFFICE).await;
    office.get(LIST).await.says(200, &["雛形は、まだありません", "国の指標を見る"]);
    let library = office.get("/kai/staff/indicators").await;
    library.says(200, &["雛形として取り込む", "templates/new?from=DA-08"]);
    let page = office.get("/kai/staff/templates/new?from=DA-08").await.text();
    assert_eq!(hidden(&page, "name"), "AIの導入状況");
    assert_eq!((hidden(&page, "kind"), hidden(&page, "reading")), ("yes_no".into(), "doubtful".into()));
    let names = ["code", "name", "description", "reading", "source_place", "kind", "unit", "direction", "accumulation", "frequency"];
    let more = ["source", "how_to_count", "pitfalls", "formula", "correspondence", "indicator", "mapping_note", "from"];
    let values: Vec<(&str, String)> = names.iter().chain(&more).map(|name| (*name, hidden(&page, name))).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    office.submit(LIST, &values).await.says(200, &["AIの導入状況", "要確認", "DA-08 と同じ", "国の指標 DA-08 から取り込み"]);
    office.get("/kai/staff/indicators").await.says(200, &["取り込み済み"]);
    office.get(&format!("{LIST}?origin=dashboard")).await.says(200, &["AIの導入状況", "雛形 1件"]);
    office.get(&format!("{LIST}?origin=own")).await.says(200, &["条件に合う雛形はありません"]);
    office.get("/kai/staff/templates/new?from=DA-99").await.says(404, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_the_national_plan_does_not_say_is_asked_for(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in(OFFICE).await;
    let page = office.get("/kai/staff/templates/new?from=DX-03").await;
    page.says(200, &["名称だけが分かっています"]);
    let page = page.text();
    assert_eq!(field(&page, "kind").filter(|kind| ValueKind::from_code(kind).is_some()), None, "no kind is chosen for the town hall");
    let fields = [("code", "DX-03"), ("name", "eLTAX"), ("description", "eLTAX"), ("reading", "doubtful"), ("from", "DX-03")];
    let back = office.submit(LIST, &fields).await;
    back.says(200, &["種類を選択してください", "向きを選択してください", "国の指標「DX-03"]);
    assert_eq!(hidden(&back.text(), "name"), "eLTAX", "what was typed is kept");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_change_keeps_the_version_before_it(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = made(&service).await;
    let edit = office.get(&format!("{ONE}/edit")).await.text();
    let seen = hidden(&edit, "revision");
    let changed = form(&[("revision", &seen), ("unit", "手続"), ("reason", "件数から手続数へ")]);
    office.submit(&format!("{ONE}/revisions"), &changed).await.says(200, &["保存しました", "第2版", "件数から手続数へ", "<del>件"]);
    office.get(&format!("{ONE}?revision=1")).await.says(200, &["第1版（", "を表示しています", "<dd>件", "最新の版を見る"]);
    office.get(&format!("{ONE}?revision=3")).await.says(404, &[]);
    // The same again changes nothing.
    office.submit(&format!("{ONE}/revisions"), &changed).await.says(200, &["前の版から変わったところはありません"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.kpi_template_revisions").await, 2);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_who_edit_at_once_the_second_sees_both_values(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut first = made(&service).await;
    let mut second = service.signed_in(OFFICE).await;
    let (one, other) = (form(&[("revision", "1"), ("unit", "通")]), form(&[("revision", "1"), ("unit", "手続")]));
    first.submit(&format!("{ONE}/revisions"), &one).await.says(200, &["保存しました"]);
    let page = second.submit(&format!("{ONE}/revisions"), &other).await;
    page.says(200, &["先に変更されています", "保存されている内容", "<span>通", "<span>手続"]);
    let page = page.text();
    assert!(title(&page).starts_with("エラー："));
    assert_eq!((hidden(&page, "unit"), hidden(&page, "revision")), ("手続".into(), "2".into()));
    assert_eq!(service.count_in("kai", "select count(*) from rashin.kpi_template_revisions").await, 2, "nothing was overwritten");
    let knowing = form(&[("revision", "2"), ("unit", "手続")]);
    second.submit(&format!("{ONE}/revisions"), &knowing).await.says(200, &["第3版", "<del>通"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_retired_template_is_out_of_use_until_it_is_restored(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = made(&service).await;
    office.submit(&format!("{ONE}/retirements"), &[("revision", "0")]).await.says(409, &["画面を開いたあとに"]);
    office.submit(&format!("{ONE}/retirements"), &[("revision", "1")]).await.says(200, &["廃止しました", "この雛形は廃止されています"]);
    office.get(LIST).await.says(200, &["条件に合う雛形はありません"]);
    office.get(&format!("{LIST}?state=retired")).await.says(200, &["オンライン申請件数"]);
    office.get(&format!("{ONE}/edit")).await.says(409, &["廃止されています"]);
    office.post(&format!("{ONE}/revisions"), &form(&[("revision", "2"), ("unit", "通")])).await.says(409, &["廃止されています"]);
    office.submit(&format!("{ONE}/restorations"), &[("revision", "2")]).await.says(200, &["使用中に戻しました", "復元", "第3版"]);
    office.get(LIST).await.says(200, &["オンライン申請件数"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_number_in_use_is_named_and_a_double_click_is_one_template(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = made(&service).await;
    office.submit(LIST, &form(&[])).await.says(200, &["雛形「オンライン申請件数」を保存しました"]);
    let other = office.submit(LIST, &form(&[("name", "ほかの件数")])).await;
    other.says(200, &["雛形番号「T-01」は使われています", "エラー："]);
    assert_eq!(hidden(&other.text(), "name"), "ほかの件数");
    assert_eq!(service.count_in("kai", "select count(*) from rashin.kpi_templates").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn templates_are_found_by_their_words(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut reader = service.signed_in("jimukyoku@midorino.example").await;
    let found = reader.get(&format!("/midorino/staff/templates?q={}", support::percent("よやく　施設"))).await;
    found.says(200, &["条件に合う雛形はありません"]);
    let found = reader.get(&format!("/midorino/staff/templates?q={}", support::percent("予約　おんらいん"))).await;
    found.says(200, &["オンライン予約ができる施設の割合", "雛形 1件"]);
    assert!(!main(&found.text()).contains("各種申請手続き等のデジタル化数"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_session_that_ran_out_keeps_the_typed_template(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in(OFFICE).await;
    service.advance(jiff::SignedDuration::from_hours(9));
    let answer = office.post(LIST, &form(&[("pitfalls", "重複に注意")])).await;
    assert!(answer.location().starts_with("/sign-in"));
    office.sign_in(OFFICE, support::PASSWORD).await;
    assert_eq!(hidden(&office.get(&format!("{LIST}/new")).await.text(), "pitfalls"), "重複に注意");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_weak_kpi_says_so_to_the_town_hall_only(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in(OFFICE).await;
    office.get("/kai/staff/kpis/KAI-13").await.says(200, &["気づき", "名称が「数」なのに単位が「%」です"]);
    let public = service.browser().get("/kai/kpis/KAI-13").await;
    assert!(!public.text().contains("気づき"));
    office.get("/kai/staff/kpis?advice=on").await.says(200, &["気づきあり 22件", "KAI-13　気づき 3件"]);

    // Midorino's KPIs say their source and how they are counted: only some are left.
    let mut midorino = service.signed_in("jimukyoku@midorino.example").await;
    let all = midorino.get("/midorino/staff/kpis").await.text();
    let weak = midorino.get("/midorino/staff/kpis?advice=on").await.text();
    let rows = |page: &str| main(page).matches("<th scope=\"row\"").count();
    assert!(rows(&weak) < rows(&all), "{} of {}", rows(&weak), rows(&all));
    assert!(main(&weak).contains(&format!("気づきあり {}件", rows(&weak))));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_indicator_of_the_library_can_be_taken_over(pool: PgPool) {
    let service = Service::start(pool).await;
    let library = service.maintenance.enter("kai").await.unwrap().indicators().await.unwrap();
    for one in &library {
        let mut form = one.as_form();
        if one.kind.is_none() {
            for (name, value) in [("kind", "yes_no"), ("direction", "up"), ("accumulation", "point_in_time"), ("frequency", "year")] {
                form.set(name, value);
            }
        }
        let template = Template::parse(&form, "", &library).unwrap_or_else(|errors| panic!("{}: {errors:?}", one.code));
        assert_eq!(template.provenance.reading == Reading::Doubtful, one.is_label_only(), "{}", one.code);
    }
}
