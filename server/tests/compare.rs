//! Comparison of bodies by national figures: the matrix, its file, one indicator.

mod support;

use jiff::civil::date;
use rashin_domain::clock::FiscalYear;
use rashin_server::figures::look;
use regex_lite::Regex;
use sqlx::PgPool;
use support::{Answer, Service, main};

const MATRIX: &str = "/mizuho/staff/compare/matrix";
const ANALYST: &str = "shien@mizuho.example";

/// The text of a row of the matrix, cell by cell.
fn row(answer: &Answer, name: &str) -> Vec<String> {
    let page = main(&answer.text()).to_owned();
    let rows = page.split("<tr").filter(|row| row.contains("scope=\"row\"")).map(str::to_owned);
    let text = |cell: &str| Regex::new("<[^>]*>").unwrap().replace_all(cell, "").trim().to_owned();
    let cells = |row: String| {
        let body = row.split_once('>').map_or("", |(_, rest)| rest).to_owned();
        Regex::new("(?s)<t[hd][^>]*>(.*?)</t[hd]>").unwrap().captures_iter(&body).map(|cell| text(&cell[1])).collect::<Vec<_>>()
    };
    rows.map(cells).find(|cells| cells.first().is_some_and(|first| first.starts_with(name))).unwrap_or_default()
}

/// The order of the bodies.
fn names(answer: &Answer) -> Vec<String> {
    let page = answer.text();
    let bodies = page.split("<tbody>").nth(1).unwrap_or_default().to_owned();
    Regex::new("<th scope=\"row\">([^<]+)").unwrap().captures_iter(&bodies).map(|name| name[1].to_owned()).collect()
}

/// Keeps a file of the agency as the newest revision of its year.
async fn import(service: &Service, year: i16, file: &str) {
    let found = look(&service.maintenance, file.as_bytes(), FiscalYear(year)).await.unwrap();
    found.write(&service.maintenance, date(2024, 7, 12), "file.csv").await.unwrap();
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_analyst_compares_the_27_municipalities_of_yamanashi(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut analyst = service.signed_in(ANALYST).await;
    let page = analyst.get(MATRIX).await;
    page.says(
        200,
        &[
            "山梨県 市区町村のDX",
            "山梨県の27団体を、2023(令和5)年度の13指標で並べています",
            "外部人材活用（27団体中1団体）",
            "団体コード順（順位ではありません）",
            "を加工して作成",
            "2024年7月12日時点の公表値、第1版（27団体分）",
            "どの指標も27団体中27団体に値があります",
            "国の指標の数値は、実在の団体について国が公表したものです",
        ],
    );
    let kai = row(&page, "甲斐市");
    assert_eq!(kai.len(), 14, "{kai:?}");
    assert_eq!((&*kai[1], &*kai[11], &*kai[12], &*kai[13]), ("未実施", "74%", "100%", "14／20 70%"));
    let all = row(&page, "山梨県");
    assert_eq!(
        (&*all[0], &*all[1], &*all[5], &*all[11], &*all[13]),
        ("山梨県 27団体", "実施 20／27", "実施 1／27", "中央値 75%", "計 65.9%")
    );
    let order = names(&page);
    assert_eq!((order.len(), &*order[0], &*order[8], &*order[26]), (27, "甲府市", "甲斐市", "丹波山村"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_municipality_sees_itself_marked_in_its_prefecture(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut kai = service.signed_in("etsuran@kai.example").await;
    let page = kai.get("/kai/staff/compare/matrix").await;
    page.says(200, &["山梨県 市区町村のDX", "枠付きの行"]);
    assert!(!page.text().contains("架空です。国の指標の数値"), "Kai is real");
    assert_eq!(page.text().matches("<tr data-own").count(), 1);
    assert_eq!(row(&page, "甲斐市")[0], "甲斐市自団体");
    kai.get("/kai/staff/compare/indicators/DA-13").await.says(200, &["●は甲斐市です", "甲斐市は70%で、真ん中の半数のなかにあります"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_shown_stands_in_the_address(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut analyst = service.signed_in(ANALYST).await;
    let towns = analyst.get(&format!("{MATRIX}?kind=towns&set=dashboard-3")).await;
    assert_eq!((names(&towns).len(), row(&towns, "表示した団体").len()), (14, 4));
    towns.says(200, &["3指標", "matrix.csv?kind=towns&amp;set=dashboard-3", "どの指標も14団体中14団体に値があります"]);
    let picked = analyst.get(&format!("{MATRIX}?body.192104=on&body.192015=on&indicator.DA-05=on")).await;
    assert_eq!(names(&picked), ["甲府市", "甲斐市"]);
    assert_eq!(row(&picked, "甲斐市"), ["甲斐市", "未実施"]);
    let ordered = analyst.get(&format!("{MATRIX}?sort=DA-13")).await;
    ordered.says(200, &["よく使う32手続のオンライン化状況の高い順"]);
    assert_eq!(names(&ordered)[..4], ["都留市", "富士河口湖町", "身延町", "北杜市"]);
    // Nonsense asks for nothing.
    let nonsense = analyst.get(&format!("{MATRIX}?area=99&set=x&year=1&kind=x&sort=x&page=9&level=x&y=z")).await;
    assert_eq!(names(&nonsense).len(), 27);
    analyst.get(&format!("{MATRIX}?body.011002=on")).await.says(200, &["条件に合う団体または指標はありません", "条件を解除する"]);
    analyst.get(&format!("{MATRIX}?level=prefecture")).await.says(200, &["まだ取り込まれていません", "rashin figures import"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_not_ranked_has_no_order_and_no_distribution(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut analyst = service.signed_in(ANALYST).await;
    let page = analyst.get(&format!("{MATRIX}?sort=DA-01")).await;
    page.says(200, &["「CIOの任命」は順位付けをしない指標のため、値では並べ替えず、団体コード順に並べています"]);
    assert_eq!(names(&page)[0], "甲府市");
    assert!(!page.text().contains("<option value=\"DA-01\""), "nor is it offered");
    let file = analyst.get(&format!("{MATRIX}.csv?sort=DA-01")).await.text();
    assert!(file.lines().nth(1).unwrap().starts_with("192015,甲府市"), "{file}");
    let cio = analyst.get("/mizuho/staff/compare/indicators/DA-01").await;
    cio.says(
        200,
        &[
            "値のある27団体（27団体中）のうち、20団体が実施しています",
            "順位付けをしない指標です",
            "地方公共団体における行政情報化の推進状況調査",
        ],
    );
    assert!(!cio.text().contains("<svg"), "no drawing by value");
    // Whether it may be ranked is the library's to say.
    sqlx::query("update rashin.master_indicators set no_ranking = true where code = 'DA-13'").execute(&service.pool).await.unwrap();
    let page = analyst.get(&format!("{MATRIX}?sort=DA-13")).await;
    assert_eq!(names(&page)[0], "甲府市");
    assert!(!row(&page, "甲斐市").is_empty());
    let mut kai = service.signed_in("etsuran@kai.example").await;
    let page = kai.get("/kai/staff/compare/indicators/DA-13").await;
    page.says(200, &["順位付けをしない指標です", "中央値は66.7%です。"]);
    assert!(!page.text().contains("真ん中の半数"), "nobody's place is told");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_distribution_of_few_bodies_is_not_drawn(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut analyst = service.signed_in(ANALYST).await;
    let url = "/mizuho/staff/compare/indicators/DA-13";
    let picks = |codes: &[&str]| codes.iter().map(|code| format!("&body.{code}=on")).collect::<String>();
    let four = picks(&["192015", "192023", "192040", "192058"]);
    let page = analyst.get(&format!("{url}?x{four}")).await;
    page.says(200, &["4団体中4団体に値があります", "5団体に満たないため、分布は表示しません"]);
    assert!(!page.text().contains("中央値は"), "no median of four");
    let five = analyst.get(&format!("{url}?x{four}{}", picks(&["192066"]))).await;
    five.says(200, &["値のある5団体（5団体中）の中央値は70%", "<svg"]);
    analyst.get("/mizuho/staff/compare/indicators/OA-01").await.says(200, &["この指標の数値は、まだ取り込まれていません", "定義"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_file_holds_what_the_page_shows_and_says_what_it_is(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut analyst = service.signed_in(ANALYST).await;
    let answer = analyst.get(&format!("{MATRIX}.csv")).await;
    assert_eq!(answer.status, 200);
    let file = answer.text();
    assert!(file.starts_with("\u{feff}団体コード,団体名,CIOの任命,"), "{file}");
    assert_eq!(file.lines().count(), 28);
    let kai = file.lines().find(|line| line.contains("甲斐市")).unwrap();
    assert!(kai.starts_with("192104,甲斐市,未実施,未実施,実施,実施,未実施,"), "{kai}");
    assert!(kai.contains(",74,100,14,20,70") && kai.contains("2024-07-12,第1版,デジタル庁") && kai.contains("を加工して作成"), "{kai}");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn unknowns_are_words_and_sums_say_whom_they_count(pool: PgPool) {
    let service = Service::start(pool).await;
    let file = "\u{feff},,甲府市,都留市,甲斐市,早川町,\r
自治体DXの推進体制等,CIOの任命,実施,調査無し,未実施,実施,\r
住民サービスのDX,マイナンバーカードの保有状況,70%,,72%,73%,\r
住民サービスのDX,よく使う32手続のオンライン化状況,50%,%,70%,0%,\r
住民サービスのDX,よく使う32手続のオンライン化状況_実施されている手続総数（分母）,10,0,20,10,\r
住民サービスのDX,よく使う32手続のオンライン化状況_「オンライン化済」と回答した手続数（分子）,5,0,14,0,\r\n";
    import(&service, 2024, file).await;
    let mut analyst = service.signed_in(ANALYST).await;
    let page = analyst.get(MATRIX).await;
    page.says(200, &["2024(令和6)年度", "どの指標も27団体中3団体に値があります"]);
    assert_eq!(row(&page, "都留市"), ["都留市", "調査なし", "記載なし", "該当なし"]);
    assert_eq!(row(&page, "富士吉田市"), ["富士吉田市", "未取り込み", "未取り込み", "未取り込み"]);
    assert_eq!(row(&page, "早川町")[3], "0／10 0%", "nothing online is a figure");
    let all = row(&page, "山梨県");
    assert_eq!(all[1], "実施 2／3調査なし1、未取り込み23");
    assert!(all[3].starts_with("計 47.5%該当なし1、未取り込み23"), "19 of 40: {all:?}");
    let file = analyst.get(&format!("{MATRIX}.csv")).await.text();
    let tsuru = file.lines().find(|line| line.contains("都留市")).unwrap();
    assert!(tsuru.starts_with("192040,都留市,調査なし,記載なし,該当なし,該当なし,該当なし,"), "{tsuru}");
    // The year before is still there.
    let before = analyst.get(&format!("{MATRIX}?year=2023")).await;
    assert_eq!(row(&before, "都留市")[1], "実施");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_restated_figure_replaces_the_old_one_and_is_told(pool: PgPool) {
    let service = Service::start(pool).await;
    let file = |kai: &str| format!("\u{feff},,甲府市,甲斐市,\r\n自治体DXの推進体制等,CIOの任命,実施,{kai},\r\n");
    import(&service, 2024, &file("実施")).await;
    import(&service, 2024, &file("未実施")).await;
    let mut analyst = service.signed_in(ANALYST).await;
    let page = analyst.get(MATRIX).await;
    assert_eq!(row(&page, "甲斐市")[1], "未実施");
    page.says(200, &["第2版（2団体分）"]);
    let cio = analyst.get("/mizuho/staff/compare/indicators/DA-01").await;
    cio.says(200, &["市区町村比較 3件", "後の版で改められた値（1件）", "2024年度 第2版：甲斐市 実施 → 未実施"]);
}
