//! 予算と効果: entered by who knows, summed for everybody, never made up.

mod support;

use sqlx::PgPool;
use support::{Service, hidden};

const FORM: &str = "/midorino/staff/initiatives/f2-1-1-2/ledger";
const POST: &str = "/midorino/staff/initiatives/f2-1-1-2/ledger-entries";

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_entered_is_summed_by_strategy_and_year_with_its_coverage(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.get(FORM).await.says(200, &["2026(令和8)年度の予算と効果", "0ではありません"]);
    let entry = [
        ("year", "2025"),
        ("seen", "0"),
        ("project", "窓口改革事業"),
        ("budget", "１２，３４０"),
        ("settled", "12,000"),
        ("fund.general", "7000"),
        ("fund.national", "5,000"),
        ("hours", "340"),
        ("sheets", "5,200"),
    ];
    let page = sato.submit(POST, &entry).await;
    page.says(200, &["予算と効果を保存しました", "窓口改革事業", "12,340", "340時間の削減", "一般財源 7,000、国補助 5,000"]);
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    let second = [("year", "2025"), ("seen", "0"), ("settled", "800"), ("sheets", "▲200"), ("sheets_grew", "on")];
    office.submit("/midorino/staff/initiatives/f1-1-1-1/ledger-entries", &second).await.says(200, &["200枚の増加"]);

    let mut viewer = service.signed_in("gikai@midorino.example").await;
    let list = viewer.get("/midorino/staff/ledger?year=2025").await;
    list.says(200, &["16取組中2取組が入力済み", "小計", "12,800", "5,000枚の削減"]);
    viewer.get("/midorino/staff/ledger?year=2026").await.says(200, &["16取組中0取組が入力済み", "16取組中2取組が入力済み"]);
    let csv = viewer.get("/midorino/staff/ledger.csv?year=2025&show=entered").await.text();
    for line in ["\u{feff}年度,コード,", ",窓口改革事業,12340,12000,7000,5000,,,,340,5200,,\r\n", ",,800,,,,,,,-200,,\r\n"] {
        assert!(csv.contains(line), "{line} is not in {csv}");
    }

    // The dashboard sums the newest year that has entries.
    let dashboard = viewer.get("/midorino/staff/progress").await;
    dashboard.says(200, &["2025(令和7)年度　16取組中2取組が入力済み", "12,800千円", "340時間の削減", "5,000枚の削減"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn faults_stand_at_their_fields_and_what_was_typed_is_kept(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    let faulty =
        [("year", "2025"), ("seen", "0"), ("budget", "約3千"), ("fund.bonds", "1.5"), ("sheets", "▲584,646"), ("note", "覚え書き")];
    let page = sato.submit(POST, &faulty).await;
    page.says(200, &["入力内容に問題があります（3件）", "予算額は整数で入力してください", "増えたことを表します", "約3千", "覚え書き"]);
    for field in ["budget", "fund-bonds", "sheets"] {
        assert!(page.text().contains(&format!("href=\"#{field}\"")) && page.text().contains(&format!("id=\"{field}\"")), "{field}");
    }
    sato.submit(POST, &[("year", "2025"), ("seen", "0")]).await.says(200, &["どれかを入力してください"]);
    sato.post(POST, &[("year", "2050"), ("budget", "1")]).await.says(400, &["年度が分かりません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn whoever_comes_second_sees_both_and_an_entry_can_be_taken_back(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut sato, mut kimura) = (service.signed_in("sato@midorino.example").await, service.signed_in("kimura@midorino.example").await);
    sato.submit(POST, &[("year", "2025"), ("seen", "0"), ("budget", "100"), ("fund.general", "90")])
        .await
        .says(200, &["保存しました", "財源の合計が予算額より10千円少ないようです"]);
    let page = kimura.submit(POST, &[("year", "2025"), ("seen", "0"), ("budget", "200")]).await;
    page.says(200, &["ほかの人が先に保存しました", "いま保存されている内容", ">100<", "value=\"200\""]);
    let seen = hidden(&page.text(), "seen");
    assert_eq!(seen, "1");
    kimura.submit(POST, &[("year", "2025"), ("seen", &seen)]).await.says(200, &["まだ入力されていません"]);
    kimura.get("/midorino/staff/ledger?year=2025").await.says(200, &["16取組中0取組が入力済み"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_the_plan_before_printed_is_shown_and_not_counted(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    let page = viewer.get("/kai/staff/ledger").await;
    page.says(200, &["前の計画の効果（参考）", "▲584,646枚", "1,136時間", "合計には含みません", "56取組中0取組が入力済み"]);
    let mut other = service.signed_in("gikai@midorino.example").await;
    assert!(!other.get("/midorino/staff/ledger").await.text().contains("前の計画の効果"), "nothing is made up");
}
