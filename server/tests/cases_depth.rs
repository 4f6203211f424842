//! 案件: its versions, who writes it, its files.

mod support;

use sqlx::PgPool;
use support::council::{CASE, WHOLE, kai, open};

const VERSIONS: &str = "/kai/staff/cases/1/versions";

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_save_is_told_and_two_of_them_are_compared_word_by_word(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    member.get(VERSIONS).await.says(200, &["第1版まであります", "版はまだ一つです", "はじめの版"]);
    let text = |more: &[(&'static str, &'static str)]| {
        let mut text: Vec<_> = WHOLE.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other)).collect();
        text.extend_from_slice(more);
        text
    };
    let second = [
        ("seen", "1"),
        ("proposal", "聞き取って入力し、確認だけにする。"),
        ("to_be.0.minutes", "12"),
        ("costs.initial", "3500"),
        ("phases.0.year", "２０２７"),
        ("phases.0.what", "窓口を三つ選んで始める"),
    ];
    member.submit(VERSIONS, &text(&second)).await.says(200, &["第2版を保存しました", "2027(令和9)年度", "窓口を三つ選んで始める"]);
    // Who has looked at the first version only loses nothing, and learns where to look.
    let late = text(&[("seen", "1"), ("risks", "人員が足りない。")]);
    member.submit(VERSIONS, &late).await.says(200, &["先に書き直しました（第2版）", "人員が足りない。", "版と違いを見る"]);
    member
        .submit(VERSIONS, &text(&[&second[1..], &[("seen", "2"), ("risks", "人員が足りない。")]].concat()))
        .await
        .says(200, &["第3版を保存しました"]);

    let mut viewer = service.signed_in("etsuran@kai.example").await;
    let page = viewer.get(&format!("{VERSIONS}?old=1&new=2")).await;
    page.says(200, &["<del>署名</del>", "<ins>確認</ins>", "<del>3,000</del>", "<ins>3,500</ins>", "4か所", "第3版まであります"]);
    page.says(200, &["提案の内容、見直し後の流れ、1年に減る時間（BPRシート）、初期費用、進め方"]);
    let newest = viewer.get(VERSIONS).await;
    newest.says(200, &["リスクと対応", "人員が足りない。", "1か所"]);
    assert!(!newest.text().contains("<del>"), "nothing was taken away");
    assert_eq!(viewer.get(&format!("{VERSIONS}?old=1&new=9")).await.status, 404);
    viewer.get(CASE).await.says(200, &["第3版", VERSIONS]);
}
