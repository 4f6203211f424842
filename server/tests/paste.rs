//! A table pasted from Excel: looked at and taken over as a workbook is; nothing is reported before.

mod support;

use sqlx::PgPool;
use support::{Answer, Browser, Service, boxes, error_links, field, fields};

const PASTE: &str = "/midorino/staff/grid/paste";
const MEMBERS_REPORTS: &str = "select count(*) from rashin.reports where reporter_id is not null";

const HEADS: &str = "指標コード\t指標\t単位\t2026(令和8)年度\t2026(令和8)年度 上半期\t目標値\r\n";

async fn office(service: &Service) -> Browser {
    service.signed_in("jimukyoku@midorino.example").await
}

/// Pastes lines below the headings and looks at where it leads.
async fn pasted(browser: &mut Browser, lines: &str, reason: &str) -> (String, Answer) {
    let answer = sent(browser, &format!("{HEADS}{lines}"), reason).await;
    let page = answer.location();
    (page.clone(), browser.get(&page).await)
}

async fn sent(browser: &mut Browser, table: &str, reason: &str) -> Answer {
    browser.post_file(&format!("{PASTE}-drafts"), &[("table", table), ("reason", reason)], ("file", "", b"")).await
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
async fn a_pasted_grid_is_looked_at_and_becomes_reports(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    office.get(PASTE).await.says(200, &["Excelの表を貼り付ける", "貼り付ける表", "架空の例", "指標と期間の一覧"]);
    let lines = "MID-01\t各種申請手続き等のデジタル化数\t件\t156\t１５１件\t180\r\n\
                 MID-02\t\t件\t\t19\t24\r\n\
                 MID-03\t\t件\t集計中\t—\t\r\n\
                 MID-11\t\t件\t16\t\t22\r\n\
                 MID-99\t\t件\t\t5\t\r\n\
                 MID-12\t\t人\t\t約９千\t\r\n";
    let (page, shown) = pasted(&mut office, lines, "").await;
    shown.says(
        200,
        &[
            "貼り付けた表（2026年11月22日",
            "新規 2件、変更 0件、確認 0件、競合 0件、拒否 3件、変更なし 2件です。",
            "5行目",
            "訂正の理由を入力してください",
            "6行目 「指標コード」",
            "「MID-99」の指標は、いまの計画にありません",
            "（入力：約９千）",
            "151件",
            "2件を取り込む",
            "貼り付けに戻って表や訂正の理由を直せば",
            "取り込まずに、貼り付けに戻る",
        ],
    );
    for words in ["ファイル", "わたしの更新に"] {
        assert!(!support::main(&shown.text()).contains(words), "{words}");
    }
    assert_eq!(service.count_in("midorino", MEMBERS_REPORTS).await, 0, "nothing is reported before");
    let done = take_over(&mut office, &page, &shown, false).await;
    done.says(200, &["2件を提出しました", "貼り付けた表の残りは、", "変更なし 4件です。", "指標と期間の一覧に戻る"]);
    assert_eq!(service.count_in("midorino", MEMBERS_REPORTS).await, 2);
    // Somebody else does not see it.
    service.signed_in("sato@midorino.example").await.get(&page).await.says(404, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_reason_of_a_paste_is_that_of_every_figure_it_replaces(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let lines = "MID-11\t\t\t16\t17\t\nMID-07\t\t\t99.90%\t\t\n";
    let (page, shown) = pasted(&mut office, lines, "").await;
    shown.says(200, &["新規 1件、変更 0件", "拒否 2件", "訂正の理由を入力してください"]);
    // Going back one finds the table again.
    let again = format!("{PASTE}?from={}", page.rsplit('/').next().unwrap());
    assert!(shown.text().contains(&format!("href=\"{again}\"")));
    let back = office.get(&again).await;
    assert_eq!(field(&back.text(), "table").map(|text| text.replace('\r', "")), Some(format!("{HEADS}{lines}").replace('\r', "")));
    let colleague = service.signed_in("takahashi@midorino.example").await.get(&again).await;
    assert_eq!(field(&colleague.text(), "table").as_deref(), Some(""), "it is the sender's");
    let (page, shown) = pasted(&mut office, lines, "数え直した。").await;
    shown.says(200, &["新規 1件、変更 2件", "<del>15", "<ins>16"]);
    take_over(&mut office, &page, &shown, false).await.says(200, &["3件を提出しました"]);
    let with_reason = "select count(*) from rashin.reports where reason = '数え直した。' and revision = 2";
    assert_eq!(service.count_in("midorino", with_reason).await, 2);
    assert_eq!(service.count_in("midorino", MEMBERS_REPORTS).await, 3);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_a_colleague_reports_after_the_paste_is_a_conflict(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut office, mut sato) = (office(&service).await, service.signed_in("sato@midorino.example").await);
    let (page, looked) = pasted(&mut office, "MID-02\t\t\t\t19\t\nMID-01\t\t\t\t151\t\n", "").await;
    looked.says(200, &["新規 2件"]);
    let period = [("period", "FY2026H1"), ("maturity", "preliminary"), ("value.main", "20"), ("seen.FY2026H1", "0")];
    service.report(&mut sato, "midorino", "MID-02", &period).await;
    let again = take_over(&mut office, &page, &looked, false).await;
    again.says(200, &["確認のあとに、報告が変わりました", "競合：貼り付けたあとに", "佐藤", "<del>20", "<ins>19", "新規 1件"]);
    assert!(boxes(&again.text()).is_empty(), "replaced for a reason only");
    take_over(&mut office, &page, &again, true).await.says(200, &["1件を提出しました", "競合 1件"]);
    // Pasted anew it is seen, and replaced for a reason.
    let (page, shown) = pasted(&mut office, "MID-02\t\t\t\t19\t\n", "数え直した。").await;
    shown.says(200, &["変更 1件、確認 0件、競合 0件"]);
    take_over(&mut office, &page, &shown, false).await.says(200, &["1件を提出しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_paste_that_is_no_table_comes_back_with_all_that_was_typed(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let long = "あ".repeat(201);
    for (table, reason, words, links) in [
        ("", "", "コピーした表を貼り付けてください", &["table"][..]),
        ("MID-01\t<b>151</b>\n", "数え直した。", "の見出しがありません", &["table"]),
        ("指標\t目標値\nあ\t5\n", &long, "期間の見出しがありません", &["table", "reason"]),
    ] {
        let answer = sent(&mut office, table, reason).await;
        let page = office.follow(answer).await;
        page.says(200, &["エラー：", words]);
        assert_eq!(error_links(&page.text()), links);
        assert_eq!(field(&page.text(), "table").as_deref(), Some(table), "what was pasted is kept");
        assert_eq!(field(&page.text(), "reason").as_deref(), Some(reason));
    }
    assert_eq!(service.count_in("midorino", "select count(*) from rashin.report_workbooks").await, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_thousand_lines_can_be_pasted_and_survive_a_session_that_ran_out(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let lines: String = (0..1_000).map(|n| format!("X-{n}\t{}\t件\t{n}\t\t{n}\r\n", "長い名前の指標".repeat(18))).collect();
    let table = format!("{HEADS}{lines}");
    assert!(table.len() > 300_000);
    service.advance(jiff::SignedDuration::from_hours(9));
    let answer = sent(&mut office, &table, "").await;
    assert!(answer.location().starts_with("/sign-in"));
    office.sign_in("jimukyoku@midorino.example", support::PASSWORD).await;
    let kept = field(&office.get(PASTE).await.text(), "table").unwrap();
    assert_eq!(kept.lines().count(), 1_001);
    let answer = sent(&mut office, &kept, "").await;
    let shown = office.follow(answer).await;
    shown.says(200, &["拒否 1000件", "ほかに800件あります"]);
}
