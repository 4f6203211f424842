//! Reports by Excel: a workbook is taken out, filled in, looked at and taken over; nothing is reported before.

mod support;

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{Answer, Browser, Service, Table, boxes, error_links, fields};

const UPDATES: &str = "/midorino/staff/updates";
const MEMBERS_REPORTS: &str = "select count(*) from rashin.reports where reporter_id is not null";

const DIGITAL: &str = "各種申請手続き等のデジタル化数";
const BRANDS: &str = "利用できるキャッシュレス決済ブランドの数";
const ONLINE: &str = "手続きのオンライン化";
/// The figure of another section.
const BOOKING: &str = "オンライン予約ができる施設の割合";

async fn taken_out(browser: &mut Browser) -> Table {
    let file = browser.get(&format!("{UPDATES}/workbook")).await;
    assert_eq!((file.status, file.header("cache-control")), (200, "no-store"));
    assert!(file.header("content-disposition").contains("midorino-updates-2026-11-22.xlsx"));
    Table::open(&file.body)
}

/// Sends a workbook and looks at what it would change.
async fn sent(browser: &mut Browser, bytes: &[u8]) -> (String, Answer) {
    let answer = browser.post_file(&format!("{UPDATES}/import-drafts"), &[], ("file", "報告.xlsx", bytes)).await;
    let page = answer.location();
    (page.clone(), browser.get(&page).await)
}

/// Takes over what a page shows; `ticked`: with all of its boxes.
async fn take_over(browser: &mut Browser, page: &str, shown: &Answer, ticked: bool) -> Answer {
    let mut form = fields(&shown.text());
    if ticked {
        form.extend(boxes(&shown.text()).into_iter().map(|name| (name, "on".to_owned())));
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(&format!("{page}/reports"), &form).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_section_fills_its_workbook_in_and_reports_with_it(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.get(UPDATES).await.says(200, &["Excelで受け取る", "Excelで報告する"]);
    let book = taken_out(&mut sato).await;
    assert_eq!(book.rows.len(), 8);
    assert!(book.cell(DIGITAL, "前回").contains("件") && book.cell(DIGITAL, "目標・予定").contains("目標"));
    let book = book.type_over(DIGITAL, "実績値", "１５１").type_over(ONLINE, "いまの段階", "試行").type_over(
        ONLINE,
        "備考・取組の状況",
        "転出届を加えた。",
    );
    let (page, shown) = sent(&mut sato, &book.save()).await;
    shown.says(
        200,
        &[
            "報告.xlsx",
            "新規 2件、変更 0件、確認 0件、競合 0件、拒否 0件、変更なし 6件です。",
            "まだ何も報告していません",
            "151件",
            "転出届を加えた。",
            "2件を取り込む",
        ],
    );
    assert_eq!(service.count_in("midorino", MEMBERS_REPORTS).await, 0, "nothing is reported before");
    take_over(&mut sato, &page, &shown, false).await.says(200, &["2件を提出しました", "取り込みました", "変更なし 8件です。"]);
    assert_eq!(service.count_in("midorino", MEMBERS_REPORTS).await, 2);
    // The second click of a double click.
    take_over(&mut sato, &page, &shown, false).await.says(200, &["取り込むものはありません"]);
    assert_eq!(service.count_in("midorino", MEMBERS_REPORTS).await, 2);
    sato.get(UPDATES).await.says(200, &["6件中0件", "承認待ち"]);
    service.signed_in("shimin-kacho@midorino.example").await.get("/midorino/staff").await.says(200, &[DIGITAL, ONLINE]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_workbook_as_it_was_taken_out_changes_nothing(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    office.get(&format!("{UPDATES}/workbooks")).await.says(200, &["計画全体・部署ごと", "空のセル"]);
    let url = "/midorino/staff/plans/dx-plan/workbook";
    office.get(&format!("{url}s")).await.says(200, &["計画全体", "市民課", "すべての年度"]);
    let file = office.get(url).await;
    let rows = Table::open(&file.body).rows.len();
    assert!(rows > 30, "all KPIs and years: {rows}");
    let (_, shown) = sent(&mut office, &file.body).await;
    shown.says(200, &["新規 0件、変更 0件、確認 0件、競合 0件、拒否 0件", "取り込むものはありません"]);
    let section = service.section("midorino", "shimin").await;
    let of_section = office.get(&format!("{url}?section={section}&years=due")).await;
    assert_eq!(Table::open(&of_section.body).rows.len(), 8, "what it shares with another section, too");
    assert_eq!(office.get(&format!("{url}?section=nobody")).await.status, 404);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_a_colleague_reported_meanwhile_is_shown_and_replaced_for_a_reason_only(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut sato, mut kimura) = (service.signed_in("sato@midorino.example").await, service.signed_in("kimura@midorino.example").await);
    let (his, hers) = (taken_out(&mut sato).await, taken_out(&mut kimura).await);
    let (page, shown) = sent(&mut kimura, &hers.type_over(BRANDS, "実績値", "20").save()).await;
    take_over(&mut kimura, &page, &shown, false).await.says(200, &["1件を提出しました"]);

    let his = his.type_over(BRANDS, "実績値", "19");
    let (_, shown) = sent(&mut sato, &his.save()).await;
    shown.says(200, &["競合 1件", "木村 愛さんの報告", "<del>20", "<ins>19", "「訂正の理由」を書いて"]);
    shown.says(200, &["このまま取り込める行はありません"]);
    assert!(boxes(&shown.text()).is_empty());
    let (page, shown) = sent(&mut sato, &his.type_over(BRANDS, "訂正の理由", "数え直した。").save()).await;
    shown.says(200, &["競合 1件", "この内容に置き換える"]);
    take_over(&mut sato, &page, &shown, false).await.says(200, &["取り込む行が選ばれていません"]);
    assert_eq!(service.count_in("midorino", MEMBERS_REPORTS).await, 1);
    take_over(&mut sato, &page, &shown, true).await.says(200, &["1件を提出しました"]);
    assert_eq!(service.count_in("midorino", "select max(revision)::bigint from rashin.reports where reason = '数え直した。'").await, 2);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_changes_between_the_look_and_the_button_is_looked_at_again(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut sato, mut kimura) = (service.signed_in("sato@midorino.example").await, service.signed_in("kimura@midorino.example").await);
    let book = taken_out(&mut sato).await.type_over(BRANDS, "実績値", "19").type_over(DIGITAL, "実績値", "151");
    let (his, looked) = sent(&mut sato, &book.save()).await;
    looked.says(200, &["新規 2件"]);
    let book = taken_out(&mut kimura).await.type_over(BRANDS, "実績値", "20");
    let (hers, shown) = sent(&mut kimura, &book.save()).await;
    take_over(&mut kimura, &hers, &shown, false).await.says(200, &["1件を提出しました"]);
    let again = take_over(&mut sato, &his, &looked, false).await;
    again.says(200, &["確認のあとに、報告が変わりました", "競合 1件", "新規 1件"]);
    assert_eq!(service.count_in("midorino", MEMBERS_REPORTS).await, 1, "all of it or nothing");
    take_over(&mut sato, &his, &again, false).await.says(200, &["1件を提出しました", "競合 1件"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_may_not_be_taken_is_refused_by_its_cell_and_the_rest_is_taken(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let whole = Table::open(&office.get("/midorino/staff/plans/dx-plan/workbook?years=due").await.body);
    let mut sato = service.signed_in("sato@midorino.example").await;
    let row = whole.row(BRANDS) + 2;
    let book = whole.type_over(BOOKING, "実績値", "12/63").type_over(BRANDS, "実績値", "約20").type_over(DIGITAL, "実績値", "15100");
    let (page, shown) = sent(&mut sato, &book.save()).await;
    shown.says(
        200,
        &["拒否 2件", "確認 1件", "あなたの課が担当する指標ではありません", &format!("M{row}"), "（入力：約20）", "およそ10倍以上です"],
    );
    take_over(&mut sato, &page, &shown, false).await.says(200, &["取り込む行が選ばれていません"]);
    take_over(&mut sato, &page, &shown, true).await.says(200, &["1件を提出しました", "拒否 2件"]);
    // What is looked at is the sender's, and for a day.
    office.get(&page).await.says(404, &[]);
    service.advance(SignedDuration::from_hours(25));
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.get(&page).await.says(404, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_bound_by_its_round_is_no_matter_for_excel(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    let book = taken_out(&mut sato).await.type_over(BRANDS, "実績値", "20");
    let (page, shown) = sent(&mut sato, &book.save()).await;
    take_over(&mut sato, &page, &shown, false).await.says(200, &["1件を提出しました"]);
    // After the grace.
    service.advance(SignedDuration::from_hours(24 * 20));
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let mut book = Table::open(&office.get("/midorino/staff/plans/dx-plan/workbook").await.body);
    let period = book.heads.iter().position(|head| head == "対象の期間").unwrap();
    book.rows.retain(|row| row[period].to_string().ends_with("上半期"));
    let (_, shown) = sent(&mut office, &book.type_over(BRANDS, "実績値", "21").type_over(BRANDS, "訂正の理由", "誤り").save()).await;
    shown.says(200, &["拒否 1件", "締め切られています", "Excelではなく"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_file_that_is_no_workbook_comes_back_with_the_way_out(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    for (bytes, words) in [(&b"a,b\r\n"[..], ".csv"), (b"PK\x03\x04", "壊れている"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "パスワード")]
    {
        let answer = sato.post_file(&format!("{UPDATES}/import-drafts"), &[], ("file", "x.xlsx", bytes)).await;
        let page = sato.follow(answer).await;
        page.says(200, &["エラー：", words]);
        assert_eq!(error_links(&page.text()), ["file"]);
    }
    let answer = sato.post_file(&format!("{UPDATES}/import-drafts"), &[("file", "")], ("other", "", b"")).await;
    sato.follow(answer).await.says(200, &["Excelファイルを選択してください"]);
}
