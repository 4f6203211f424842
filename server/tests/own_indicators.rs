//! Indicators that a prefecture defines itself: definitions in revisions, figures with a preview of their differences.

mod support;

use sqlx::PgPool;
use support::{Browser, Service, hidden};

const OWN: &str = "/mizuho/staff/compare/own";
const OFFICE: &str = "jimukyoku@mizuho.example";

fn definition<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("count", "ratio"),
        ("name", "県のDX研修を受けた職員"),
        ("definition", "年度内に県の研修を1回以上受けた職員の割合"),
        ("numerator", "受けた職員"),
        ("denominator", "全職員"),
        ("unit", "人"),
        ("direction", "up"),
        ("survey", "市町村への照会（架空）"),
    ];
    fields.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
    [fields, changes.to_vec()].concat()
}

async fn office(service: &Service) -> Browser {
    let mut office = service.signed_in(OFFICE).await;
    office.submit(OWN, &definition(&[])).await.says(200, &["県のDX研修を受けた職員」を保存しました", "値を取り込む"]);
    office
}

const SENT: &[(&str, &str)] = &[("year", "2023"), ("as_of_year", "2024"), ("as_of_month", "4"), ("as_of_day", "1")];

/// Sends a file and follows to what comes of it.
async fn send(office: &mut Browser, fields: &[(&str, &str)], file: &str) -> support::Answer {
    let answer = office.post_file(&format!("{OWN}/1/import-drafts"), fields, ("file", "atai.csv", file.as_bytes())).await;
    office.follow(answer).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn own_figures_are_compared_like_national_ones(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let form = office.get(&format!("{OWN}/1/figures.csv")).await.text();
    assert!(form.starts_with("\u{feff}団体コード,団体名,P-1\r\n") && form.contains("192104,甲斐市,\r\n"), "{form}");
    let file = "団体コード,団体名,P-1\n192015,甲府市,30/120\n192104,甲斐市,１０／４０\n192040,都留市,調査なし\n";
    let check = send(&mut office, SENT, file).await;
    check.says(200, &["変更 0件、追加 3件、なくなる値 0件、変更なし 0件です", "第1版になります", "2024年4月1日時点"]);
    assert_eq!(
        service.count_in("mizuho", "select count(*) from rashin.indicator_releases").await,
        0,
        "nothing is written before it is confirmed"
    );
    let seen = hidden(&check.text(), "seen");
    let done = office.submit(&format!("{OWN}/1/releases"), &[("seen", &seen)]).await;
    done.says(
        200,
        &["3団体の値を取り込みました", "10／40", "25%", "出典：市町村への照会（架空）を加工して作成", "調査なし1、未取り込み24"],
    );

    let mut viewer = service.signed_in("shien@mizuho.example").await;
    let both = viewer.get("/mizuho/staff/compare/matrix?indicator.P-1=on&indicator.DA-01=on").await;
    both.says(200, &["CIOの任命", "県のDX研修を受けた職員", "デジタル庁", "市町村への照会（架空）"]);
    viewer
        .get("/mizuho/staff/compare/indicators/P-1")
        .await
        .says(200, &["年度内に県の研修を1回以上", "5団体に満たないため", "2023(令和5)年度", "第1版"]);
    let file = viewer.get("/mizuho/staff/compare/matrix.csv?set=own").await.text();
    assert!(file.contains("192104,甲斐市,10,40,25") && file.contains("192023,富士吉田市,未取り込み,"), "{file}");
    viewer.get(OWN).await.says(200, &["P-1", "2023(令和5)年度　3団体"]);
    // A viewer changes nothing, and nobody else has any of it.
    viewer.post(OWN, &definition(&[])).await.says(403, &["事務局"]);
    let answer = viewer.post_file(&format!("{OWN}/1/import-drafts"), SENT, ("file", "a.csv", b"x")).await;
    assert_eq!(answer.status, 403);
    let mut kai = service.signed_in("jimukyoku@kai.example").await;
    assert_eq!(kai.get("/kai/staff/compare/indicators/P-1").await.status, 404);
    let page = kai.get("/kai/staff/compare/matrix").await;
    assert!(!page.text().contains("県のDX研修"), "own figures stay in their tenant");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_second_file_shows_its_differences_and_keeps_the_first(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    for (file, counts, words) in [
        ("団体コード,団体名,P-1\n192015,甲府市,30/120\n192104,甲斐市,10/40\n", "変更 0件、追加 2件、なくなる値 0件、変更なし 0件", "第1版"),
        ("団体コード,団体名,P-1\n192015,甲府市,30/120\n192104,甲斐市,12/40\n", "変更 1件、追加 0件、なくなる値 0件、変更なし 1件", "第2版"),
        ("団体コード,団体名,P-1\n192104,甲斐市,12/40\n", "変更 0件、追加 0件、なくなる値 1件、変更なし 1件", "第3版"),
    ] {
        let check = send(&mut office, SENT, file).await;
        check.says(200, &[counts, words]);
        let seen = hidden(&check.text(), "seen");
        office.submit(&format!("{OWN}/1/releases"), &[("seen", &seen)]).await.says(200, &["取り込みました", words]);
    }
    assert_eq!(service.count_in("mizuho", "select count(*) from rashin.indicator_figures").await, 5, "every revision stays");
    let same = send(&mut office, SENT, "団体コード,団体名,P-1\n192104,甲斐市,12/40\n").await;
    same.says(200, &["取り込むものはありません"]);
    office.get(&format!("{OWN}/1/figures/check")).await.says(200, &[]);

    // Two look at the same time: who confirms second looks again.
    let mut other = service.signed_in(OFFICE).await;
    let mut seen = Vec::new();
    for (browser, n) in [(&mut office, 20), (&mut other, 21)] {
        let check = send(browser, SENT, &format!("団体コード,団体名,P-1\n192104,甲斐市,{n}/40\n")).await;
        seen.push(hidden(&check.text(), "seen"));
    }
    office.submit(&format!("{OWN}/1/releases"), &[("seen", &seen[0])]).await.says(200, &["取り込みました"]);
    other.post(&format!("{OWN}/1/releases"), &[("seen", &seen[1])]).await.says(409, &["ほかの人がこの指標の値を取り込みました"]);
    other.get(&format!("{OWN}/1/figures/check")).await.says(200, &["変更 1件", "20／40", "21／40"]);
    office.get(&format!("{OWN}/1/figures/check")).await.says(409, &["確認を待っている取り込みはありません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_faulty_file_or_form_comes_back_with_its_faults(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let file = "団体コード,団体名,P-1\n192015,甲斐市,30/120\n192104,甲斐市,50/40\n";
    send(&mut office, SENT, file)
        .await
        .says(200, &["192015は「甲府市」です", "3行目「P-1」の甲斐市：「50/40」は読み取れません", "入力内容に問題があります（2件）"]);
    let kept = send(&mut office, &[("year", "2023"), ("as_of_year", "2027"), ("as_of_month", "4"), ("as_of_day", "1")], file).await;
    kept.says(200, &["時点は今日までの日付にしてください", "value=\"2027\"", "<option value=\"2023\" selected"]);
    send(&mut office, &[], file).await.says(200, &["年度を選択してください", "時点を入力してください"]);
    send(&mut office, SENT, "").await.says(200, &["1行目の見出し"]);

    for (field, words) in [
        ("count", "数え方を選択"),
        ("name", "名称を入力"),
        ("definition", "定義を入力"),
        ("numerator", "分子を入力"),
        ("survey", "もとの調査を入力"),
        ("direction", "よい向きを選択"),
    ] {
        office.submit(OWN, &definition(&[(field, "")])).await.says(200, &[words]);
    }
    assert_eq!(service.count_in("mizuho", "select count(*) from rashin.indicators").await, 1);
    // A second click makes no second one.
    office.submit(OWN, &definition(&[])).await.says(200, &["値を取り込む"]);
    assert_eq!(service.count_in("mizuho", "select count(*) from rashin.indicators").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_definition_keeps_its_history_and_is_not_overwritten_unseen(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let (edit, save) = (format!("{OWN}/1/edit"), format!("{OWN}/1/revisions"));
    let seen = hidden(&office.get(&edit).await.text(), "seen");
    let changed = definition(&[("definition", "県の研修を受けた職員の割合"), ("reason", "分かりやすく"), ("seen", &seen)]);
    office.submit(&save, &changed).await.says(200, &["保存しました", "県の研修を受けた職員の割合"]);
    let late = definition(&[("definition", "別の定義"), ("seen", &seen)]);
    let page = office.submit(&save, &late).await;
    page.says(200, &["ほかの人がこの指標を保存しました", "定義：県の研修を受けた職員の割合", "別の定義"]);
    // Knowing both, the next save replaces.
    let seen = hidden(&page.text(), "seen");
    office.submit(&save, &definition(&[("definition", "別の定義"), ("seen", &seen)])).await.says(200, &["保存しました"]);
    office
        .get("/mizuho/staff/compare/indicators/P-1")
        .await
        .says(200, &["別の定義", "定義の履歴", "第2版", "第1版", "年度内に県の研修を1回以上"]);
    let mut admin = service.signed_in("kanri@mizuho.example").await;
    admin.get("/mizuho/staff/log").await.says(200, &["P-1 県のDX研修を受けた職員", "指標の定義の版"]);
}
