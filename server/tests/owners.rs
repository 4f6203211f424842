//! Who answers for what: many things given at once, a person's things handed over in April, a sheet for the successor.

mod support;

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{Answer, Service, fields};

const OWNERS: &str = "/kai/staff/owners";
const GIVE: &str = "/kai/staff/responsibilities";

/// The box of something on the page.
fn tick(page: &Answer, name: &str) -> String {
    let text = page.text();
    let row = text.split("<tr").find(|row| row.contains(&format!(">{name}を選ぶ"))).unwrap_or_else(|| panic!("no row of {name}"));
    row.split("name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Value of the entry of a list whose words end so.
fn choice(page: &Answer, select: &str, words: &str) -> String {
    let text = page.text();
    let list = text.split(&format!("id=\"{select}\"")).nth(1).unwrap().split("</select>").next().unwrap();
    let option = list.split("<option").find(|option| option.contains(words)).unwrap_or_else(|| panic!("no {words} in {list}"));
    option.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_office_gives_many_things_to_a_section_and_its_people_at_once(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let page = office.get(OWNERS).await;
    page.says(200, &["担当課がありません", "取組　"]);
    let (first, second) = (tick(&page, "転入者数"), tick(&page, "移住定住ポータルサイトのページビュー数"));
    let section = service.section("kai", "shimin").await;
    let person = choice(&page, "person", "架空 健");
    office.submit(GIVE, &[("section", &section)]).await.says(200, &["割り当てる指標・取組を選択してください"]);
    office.submit(GIVE, &[(&first, "on")]).await.says(200, &["担当課を選択してください"]);
    let other = service.section("kai", "sangyo").await;
    let wrong = [(first.as_str(), "on"), ("section", &other), ("person", &person)];
    office.submit(GIVE, &wrong).await.says(200, &["の担当でも承認者でもありません"]);
    let past = [(first.as_str(), "on"), ("section", section.as_str()), ("from_year", "2026"), ("from_month", "4"), ("from_day", "1")];
    office.submit(GIVE, &past).await.says(200, &["以降の日付にしてください"]);
    let right = [(first.as_str(), "on"), (second.as_str(), "on"), ("section", &section), ("person", &person)];
    office.submit(GIVE, &right).await.says(200, &["2件を「", "架空 健"]);
    // All that is shown: what nobody answers for yet.
    let all = [("all", "on"), ("show", "none"), ("section", section.as_str())];
    office.submit(GIVE, &all).await.says(200, &["割り当てました", "条件に合う指標・取組はありません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_a_person_holds_is_handed_over_in_april_and_hidden_until_then(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let page = office.get("/midorino/staff/owners").await;
    let (sato, kimura) = (choice(&page, "person", "佐藤 健"), choice(&page, "person", "木村 愛"));
    let section = service.section("midorino", "shimin").await;
    let ticked = tick(&page, "各種申請手続き等のデジタル化数");
    let give = [(ticked.as_str(), "on"), ("section", section.as_str()), ("person", &sato), ("deputy", &kimura)];
    office.submit("/midorino/staff/responsibilities", &give).await.says(200, &["佐藤 健（代理 木村 愛）"]);

    let url = format!("/midorino/staff/transfers/{sato}");
    office.get("/midorino/staff/transfers").await.says(200, &["佐藤 健", "1件", "小川 恵", "総務課（この人だけ）"]);
    let page = office.get(&url).await;
    page.says(200, &["佐藤 健さんの担当", "引き継ぎ書", "役割と所属"]);
    let mut sent = fields(&page.text());
    sent.retain(|(name, _)| name != "to");
    sent.push(("to".to_owned(), kimura.clone()));
    // A browser sends boxes that are ticked; `fields` leaves none of them out here.
    sent.push((ticked.clone(), "on".to_owned()));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    office
        .submit(&format!("{url}/handovers"), &sent)
        .await
        .says(200, &["1件を木村 愛さんに引き継ぎます", "2027年4月1日", "準備してある引き継ぎ"]);

    let mut viewer = service.signed_in("gikai@midorino.example").await;
    viewer.get("/midorino/staff/kpis/MID-01/handover").await.says(200, &["引き継ぎ書", "いまの担当", "佐藤 健（代理 木村 愛）", "数え方"]);
    service.advance(SignedDuration::from_hours(24 * 131));
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let sheet = viewer.get("/midorino/staff/kpis/MID-01/handover").await;
    sheet.says(200, &["市民課　木村 愛"]);
    assert!(!sheet.text().contains("代理 木村 愛"), "nobody is their own deputy");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_successor_who_comes_in_april_can_be_named_in_march(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut admin = service.signed_in("kanri@kai.example").await;
    let section = service.section("kai", "shimin").await;
    let newcomer = [
        ("name", "架空 後任"),
        ("email", "kounin@kai.example"),
        ("section", section.as_str()),
        ("role", "reporter"),
        ("capacity", "main"),
        ("from_year", "2027"),
        ("from_month", "4"),
        ("from_day", "1"),
    ];
    admin.submit("/kai/staff/people", &newcomer).await.says(200, &["架空 後任さんを招待しました"]);

    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let page = office.get(OWNERS).await;
    let (ticked, ken, successor) = (tick(&page, "転入者数"), choice(&page, "person", "架空 健"), choice(&page, "person", "架空 後任"));
    let give = |person, from: [&'static str; 3]| {
        let [year, month, day] = from;
        let when = [("from_year", year), ("from_month", month), ("from_day", day)];
        [&[(ticked.as_str(), "on"), ("section", section.as_str()), ("person", person)], &when[..]].concat()
    };
    office.submit(GIVE, &give(&ken, ["", "", ""])).await.says(200, &["割り当てました"]);
    // Nobody answers before their post begins.
    office.submit(GIVE, &give(&successor, ["2027", "3", "31"])).await.says(200, &["の担当でも承認者でもありません"]);
    let handovers = format!("/kai/staff/transfers/{ken}/handovers");
    let april = [(ticked.as_str(), "on"), ("to", successor.as_str()), ("from_year", "令和9"), ("from_month", "4"), ("from_day", "1")];
    office.submit(&handovers, &april).await.says(200, &["1件を架空 後任さんに引き継ぎます", "市民課（架空の配置）　架空 後任"]);
}
