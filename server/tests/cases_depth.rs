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
    page.says(200, &["<del>署名", "<ins>確認", "<del>3,000", "<ins>3,500", "5か所", "第3版まであります"]);
    page.says(200, &["提案の内容、見直し後の流れ、1年に減る時間（BPRシート）、初期費用、進め方"]);
    let newest = viewer.get(VERSIONS).await;
    newest.says(200, &["リスクと対応", "人員が足りない。", "1か所"]);
    assert!(!newest.text().contains("<del>"), "nothing was taken away");
    assert_eq!(viewer.get(&format!("{VERSIONS}?old=1&new=9")).await.status, 404);
    viewer.get(CASE).await.says(200, &["第3版", VERSIONS]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_co_author_of_another_section_writes_until_taken_away(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    let mut other = service.signed_in("sangyo@kai.example").await;
    let text: Vec<_> = WHOLE.into_iter().chain([("seen", "1"), ("risks", "産業課の意見")]).collect();
    assert_eq!(other.post(VERSIONS, &text).await.status, 403);
    let sangyo = service.member_of("kai", "sangyo@kai.example").await;
    assert_eq!(other.post(&format!("{CASE}/authors"), &[("author", sangyo.as_str())]).await.status, 403, "nobody adds themselves");
    member.submit(&format!("{CASE}/authors"), &[]).await.says(200, &["共同提案者を選択してください"]);
    member.submit(&format!("{CASE}/authors"), &[("author", &sangyo)]).await.says(200, &["共同提案者に加えました", "産業課"]);
    other.submit(VERSIONS, &text).await.says(200, &["第2版を保存しました", "産業課の意見"]);
    other.get("/kai/staff").await.says(200, &["書かない窓口の拡大"]);
    // The office takes the name away again.
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.submit(&format!("{CASE}/author-removals"), &[("member", &sangyo)]).await.says(200, &["共同提案者から外しました"]);
    assert_eq!(other.post(VERSIONS, &text).await.status, 403);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.get("/kai/staff/log").await.says(200, &["共同提案者の追加", "共同提案者の解除", "案件 1"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_case_goes_to_another_proposer_at_once_or_when_the_transfer_takes_effect(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    let (shimin, sangyo) = (service.member_of("kai", "shimin@kai.example").await, service.member_of("kai", "sangyo@kai.example").await);
    // From April on: known to who may hand it over, and to nobody else.
    let april = [("to", sangyo.as_str()), ("from_year", "2027"), ("from_month", "4"), ("from_day", "1")];
    member.submit(&format!("{CASE}/handovers"), &april).await.says(200, &["2027年4月1日から。その日までは", "さんに引き継ぎます"]);
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    assert!(!viewer.get(CASE).await.text().contains("引き継ぎます"));
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.get("/kai/staff/transfers").await.says(200, &["提案中の案件", "書かない窓口の拡大"]);
    member.submit(&format!("{CASE}/handover-withdrawals"), &[]).await.says(200, &["引き継ぎを取りやめました"]);
    // The office prepares the transfer of the person.
    let transfer = format!("/kai/staff/transfers/{shimin}");
    office.get(&transfer).await.says(200, &["提案している案件", "案件 1　書かない窓口の拡大"]);
    let url = format!("{transfer}/case-handovers");
    office.submit(&url, &[("case_to", &sangyo)]).await.says(200, &["引き継ぐ案件を選択してください"]);
    let give =
        [("cases.1", "on"), ("case_to", sangyo.as_str()), ("case_from_year", "2027"), ("case_from_month", "4"), ("case_from_day", "1")];
    office.submit(&url, &give).await.says(200, &["案件1件を", "2027年4月1日から有効になります"]);
    service.advance(jiff::SignedDuration::from_hours(24 * 129));
    service.morning().await;
    let mut member = service.signed_in("shimin@kai.example").await;
    member.get(&format!("{CASE}/edit")).await.says(200, &["内容を書き直す"]);
    // 1 April 2027, a Thursday.
    service.advance(jiff::SignedDuration::from_hours(24));
    service.morning().await;
    let mut member = service.signed_in("shimin@kai.example").await;
    assert_eq!(member.get(&format!("{CASE}/edit")).await.status, 403);
    let mut other = service.signed_in("sangyo@kai.example").await;
    other.get(CASE).await.says(200, &["提案者が", "さんに代わった", "提案者の番です"]);
    other.get("/kai/staff/notifications").await.says(200, &["案件「書かない窓口の拡大」の提案者になりました"]);
    service.morning().await;
    let events = service.count_in("kai", "select count(*) from rashin.case_events where event ->> 'act' = 'handed_over'").await;
    assert_eq!(events, 1, "the job that comes twice writes it once");
    // At once, and back.
    other.submit(&format!("{CASE}/handovers"), &[("to", &shimin)]).await.says(200, &["さんに引き継ぎます"]);
    member.get(&format!("{CASE}/edit")).await.says(200, &[]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn files_of_a_case_are_read_by_members_and_never_published(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    let url = format!("{CASE}/attachments");
    let answer = member.post_file(&url, &[("title", "見積書")], ("file", "mitsumori.txt", "見積".as_bytes())).await;
    member.follow(answer).await.says(200, &["添付しました", "公開されることはありません"]);
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    let page = viewer.get(CASE).await.text();
    assert!(page.contains("見積書"));
    let file = page.split("/staff/attachments/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    assert_eq!(viewer.get(&format!("/kai/staff/attachments/{file}")).await.status, 200);
    let refused = viewer.post_file(&url, &[], ("file", "a.txt", b"x")).await;
    assert_eq!(refused.status, 403);
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let listed = office.post(&format!("/kai/staff/attachments/{file}/listings"), &[("to_publish", "on")]).await;
    listed.says(409, &["公開できません"]);
    assert_eq!(service.browser().get(&format!("/kai/attachments/{file}")).await.status, 404);
    office.submit(&format!("/kai/staff/attachments/{file}/removals"), &[]).await.says(200, &["削除しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_case_is_kept_for_its_years_and_given_out_with_posts_instead_of_names(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    let text: Vec<_> = WHOLE.into_iter().chain([("seen", "1"), ("risks", "人員が足りない。")]).collect();
    member.submit(VERSIONS, &text).await.says(200, &["第2版を保存しました"]);
    let answer = member.post_file(&format!("{CASE}/attachments"), &[], ("file", "mitsumori.txt", "見積".as_bytes())).await;
    member.follow(answer).await.says(200, &["添付しました"]);
    member
        .submit(&format!("{CASE}/withdrawals"), &[("withdrawal", "別の案にまとめます。")])
        .await
        .says(200, &["保存期限は令和13年度末です。"]);

    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let page = "/kai/staff/records";
    let seen = support::hidden(&office.get(page).await.text(), "seen");
    office
        .submit(page, &[("seen", &seen), ("years.cases", "十年"), ("years.meetings", "5")])
        .await
        .says(200, &["1から50までの整数", "十年"]);
    office.submit(page, &[("seen", &seen), ("years.cases", "１０"), ("years.meetings", "5")]).await.says(200, &["保存年限を保存しました"]);
    member.get(CASE).await.says(200, &["保存期限は令和18年度末です。"]);
    // Who saw the years of before is told what stands now.
    let late = [("seen", seen.as_str()), ("years.cases", "3"), ("years.meetings", "5")];
    office.submit(page, &late).await.says(200, &["編集中にほかの人が変更しました。いまは、案件の記録は10年", "value=\"3\""]);

    let export = office.get(&format!("{CASE}/export")).await;
    export.says(200, &["情報公開のための写し", "令和18年度末", "別の案にまとめます。", "（なし）", "市民課", "mitsumori.txt"]);
    let name = "架空 健";
    assert!(member.get(CASE).await.text().contains(name));
    assert!(!support::main(&export.text()).contains(name), "posts, no names");
    let zip = office.get(&format!("{CASE}/export.zip")).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip.body)).unwrap();
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    assert_eq!(names, ["case.html", "files/01-mitsumori.txt"]);
    let mut html = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("case.html").unwrap(), &mut html).unwrap();
    assert!(html.contains("人員が足りない。") && !html.contains(name), "{html}");
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.get("/kai/staff/log").await.says(200, &["データの持ち出し", "記録の保存年限", "案件 1"]);
}
