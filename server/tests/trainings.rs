//! 研修会・情報発信: kept by the CoE and 事務局, counted by fiscal year, and proposed as a figure to who reports it.

mod support;

use sqlx::PgPool;
use support::{Answer, Browser, Service, council, error_links, fields, hidden, main};

const TRAININGS: &str = "/kai/staff/trainings";
const REPORTS: &str = "select count(*) from rashin.reports";

/// A workshop on a day, with `more` fields.
async fn hold(browser: &mut Browser, title: &str, (year, month, day): (&str, &str, &str), more: &[(&str, &str)]) -> Answer {
    let base = [("kind", "workshop"), ("manner", "in_person"), ("title", title), ("on_year", year), ("on_month", month), ("on_day", day)];
    let sent: Vec<_> =
        base.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other)).chain(more.iter().copied()).collect();
    browser.submit(TRAININGS, &sent).await
}

/// Writes down how many came from 市民課 and from outside.
async fn came(service: &Service, browser: &mut Browser, number: i32, section: &str, outside: &str) -> Answer {
    let url = format!("{TRAININGS}/{number}/attendance");
    let seen = hidden(&browser.get(&url).await.text(), "seen");
    let field = format!("attendees.{}", service.section("kai", "shimin").await);
    browser.submit(&url, &[("seen", &seen), (&field, section), ("attendees.outside", outside)]).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_coe_records_what_was_held_and_who_came_and_everybody_reads_the_sums(pool: PgPool) {
    let service = council::kai(pool).await;
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    viewer.get(TRAININGS).await.says(200, &["記録はまだありません", "事務局が記録します"]);
    viewer.get(&format!("{TRAININGS}/new")).await.says(403, &["CoE（DX推進員）の会議体の委員と事務局"]);
    // A member of the CoE needs no other role.
    let mut coe = service.signed_in("shimin@kai.example").await;
    let back = hold(&mut coe, "", ("2026", "2", "30"), &[("links", "資料"), ("text", "ねらいを説明した。")]).await;
    back.says(200, &["題名を入力してください", "実在する日付", "資料のリンクの1件目", "ねらいを説明した。"]);
    assert_eq!(error_links(&back.text()), ["title", "on_year", "links"]);
    let held = hold(&mut coe, "デジタル研修", ("2026", "6", "10"), &[("links", "https://example.jp/a")]).await;
    held.says(200, &["研修会を保存しました", "参加者はまだ記録していません", "https://example.jp/a"]);
    // A second click makes no second one.
    hold(&mut coe, "デジタル研修", ("2026", "6", "10"), &[("links", "https://example.jp/a")]).await.says(200, &["デジタル研修"]);
    came(&service, &mut coe, 1, "約10", "").await.says(200, &["の参加者数は、0以上", "約10"]);
    came(&service, &mut coe, 1, "１２", "3").await.says(200, &["参加者を保存しました", "15人が参加しました", "1部署から", "庁外の人"]);
    hold(&mut coe, "昨年度の研修", ("2026", "3", "31"), &[]).await.says(200, &["2025(令和7)年度"]);
    hold(&mut coe, "メール便", ("2026", "10", "1"), &[("kind", "information"), ("manner", "published")]).await.says(200, &["情報発信"]);
    let coming = hold(&mut coe, "次の研修", ("2027", "1", "20"), &[]).await;
    coming.says(200, &["2027年1月20日に予定しています", "当日から"]);
    coe.get(&format!("{TRAININGS}/4/attendance")).await.says(200, &["参加者を記録できるのは、当日からです"]);
    assert_eq!(coe.post(&format!("{TRAININGS}/4/attendance"), &[("seen", "1")]).await.status, 409);
    let list = viewer.get(TRAININGS).await;
    list.says(
        200,
        &["2026(令和8)年度　研修会 1回、情報発信 1件、参加者 延べ15人", "2025(令和7)年度　研修会 1回、情報発信 0件、参加者 延べ0人"],
    );
    list.says(200, &["部署ごとの参加", "まだ参加のない課"]);
    let shown = viewer.get(&format!("{TRAININGS}?year=2026&section={}", service.section("kai", "shimin").await)).await;
    shown.says(200, &["1件（新しい順）", "デジタル研修"]);
    assert!(!main(&shown.text()).contains("メール便"));
    viewer.get(&format!("{TRAININGS}?q=ない言葉")).await.says(200, &["条件に合う記録はありません", "すべてを表示する"]);
    let file = viewer.get(&format!("{TRAININGS}.csv?year=2026")).await.text();
    for line in
        ["1,2026,2026-06-10,研修会,デジタル研修,会場,,済み,,市民課（架空の配置）,12,\r\n", ",庁外の人,3,\r\n", ",次の研修,会場,,予定,"]
    {
        assert!(file.contains(line), "{line} is missing from {file}");
    }
    assert!(file.starts_with('\u{feff}') && !file.contains("昨年度の研修"));
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.get("/kai/staff/log?kind=training").await.says(200, &["研修会・情報発信 1", "参加者数の記録", "参加者数：15"]);
    let mut midorino = service.signed_in("jimukyoku@midorino.example").await;
    midorino.get("/midorino/staff/trainings").await.says(200, &["記録はまだありません"]);
    assert_eq!(midorino.get("/midorino/staff/trainings/1").await.status, 404);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_who_change_a_record_the_second_sees_both_before_it_is_replaced(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    hold(&mut office, "デジタル研修", ("2026", "6", "10"), &[]).await.says(200, &["保存しました"]);
    let edit = format!("{TRAININGS}/1/edit");
    let opened = fields(&office.get(&edit).await.text());
    let with = |title: &str| -> Vec<(String, String)> {
        let others = opened.iter().filter(|(name, _)| name != "title").cloned();
        others.chain([("title".to_owned(), title.to_owned())]).collect()
    };
    async fn send(browser: &mut Browser, fields: &[(String, String)]) -> Answer {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.submit("/kai/staff/trainings/1/revisions", &fields).await
    }
    send(&mut office, &with("先の題名")).await.says(200, &["保存しました", "先の題名"]);
    let second = send(&mut office, &with("あとの題名")).await;
    second.says(200, &["編集中に、", "いま保存されている内容", "先の題名", "value=\"あとの題名\""]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.trainings where title = '先の題名'").await, 1);
    // Having seen both, the second one decides.
    send(&mut office, &fields(&second.text())).await.says(200, &["保存しました", "あとの題名"]);
    // The same of who came.
    let url = format!("{TRAININGS}/1/attendance");
    let seen = hidden(&office.get(&url).await.text(), "seen");
    came(&service, &mut office, 1, "8", "").await.says(200, &["8人が参加しました"]);
    let late = office.submit(&url, &[("seen", seen.as_str()), ("attendees.outside", "5")]).await;
    late.says(200, &["編集中に、", "いまの記録：8人"]);
    assert_eq!(service.count_in("kai", "select sum(attendees) from rashin.training_attendance").await, 8);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_held_is_proposed_to_who_reports_the_kpi_and_never_written_by_itself(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-20", "shimin").await;
    let reports = service.count_in("kai", REPORTS).await;
    let (mut office, mut owner) = (service.signed_in("jimukyoku@kai.example").await, service.signed_in("shimin@kai.example").await);
    let new = office.get(&format!("{TRAININGS}/new")).await;
    new.says(200, &["KAI-20　デジタルに関する職員向け講習会の開催（開催の回数）"]);
    assert!(!new.text().contains("KAI-07"), "a share is not counted");
    assert!(!main(&owner.get("/kai/staff").await.text()).contains("実績の案"));
    let counted = [("kpi", "KAI-20 main")];
    hold(&mut office, "第1回", ("2026", "6", "10"), &counted)
        .await
        .says(200, &["実績の案", "開催の回数は1回（計画の始まりからの累計）です", "報告は、指標の担当がします"]);
    hold(&mut office, "第2回", ("2026", "9", "1"), &counted).await.says(200, &["回数は2回（"]);
    // What counts for nothing, what is called off, and what is yet to come are not counted.
    hold(&mut office, "別の研修", ("2026", "9", "2"), &[]).await.says(200, &["保存しました"]);
    hold(&mut office, "次回", ("2027", "2", "1"), &counted).await.says(200, &["回数は2回（"]);
    hold(&mut office, "中止", ("2026", "9", "3"), &counted).await.says(200, &["回数は3回（"]);
    let opened = fields(&office.get(&format!("{TRAININGS}/5/edit")).await.text());
    let off: Vec<_> = opened.iter().map(|(a, b)| (a.as_str(), b.as_str())).chain([("called_off", "on")]).collect();
    office.submit(&format!("{TRAININGS}/5/revisions"), &off).await.says(200, &["中止しました", "回数は2回（"]);
    // It is told once, on the pages only, to the two who report for 市民課 and to nobody else.
    let proposed = "select count(*) from rashin.notifications where kind = 'figure_proposed'";
    assert_eq!(service.count_in("kai", proposed).await, 2);
    owner.get("/kai/staff/notifications").await.says(200, &["実績の案", "指標「デジタルに関する職員向け講習会の開催」", "from=trainings"]);
    service.advance(jiff::SignedDuration::from_hours(24));
    service.morning().await;
    assert_eq!(service.count_in("kai", proposed).await, 2);
    let (mut office, mut owner) = (service.signed_in("jimukyoku@kai.example").await, service.signed_in("shimin@kai.example").await);
    let settings = office.get("/kai/staff/notifications/settings").await;
    settings.says(200, &["対応事項"]);
    assert!(!main(&settings.text()).contains("実績の案"), "there is no mail to refuse");
    // Who answers for the KPI finds it on the home page, in わたしの更新 and on the report form.
    let home = owner.get("/kai/staff").await;
    home.says(200, &["実績の案", "デジタルに関する職員向け講習会の開催　2回", "確かめて報告します"]);
    owner.get("/kai/staff/updates").await.says(200, &["研修会・情報発信の記録では、", "回数は2回（"]);
    let page = home.text();
    let link = page.split('"').find(|href| href.contains("from=trainings")).unwrap().replace("&amp;", "&");
    let form = owner.get(&link).await;
    form.says(200, &["入力欄に入っている数です", "計画の始まりからの累計）です", "name=\"value.main\" value=\"2\""]);
    assert_eq!(service.count_in("kai", REPORTS).await, reports, "nothing is reported by itself");
    // Somebody else's form is the same without the figure, until it is asked for.
    let bare = owner.get(link.split("&from").next().unwrap()).await;
    bare.says(200, &["この数を入れる"]);
    assert!(!bare.text().contains("name=\"value.main\" value=\"2\""));
    let sent = fields(&form.text());
    let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let check = owner.submit("/kai/staff/kpis/KAI-20/drafts", &sent).await;
    check.says(200, &["提出前に内容を確認してください", "2回"]);
    let draft = hidden(&check.text(), "draft");
    owner.submit("/kai/staff/kpis/KAI-20/reports", &[("draft", &draft)]).await.says(200, &["提出しました"]);
    assert!(!main(&owner.get("/kai/staff").await.text()).contains("実績の案"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn materials_are_attached_by_who_keeps_the_records_and_read_by_every_member(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    hold(&mut office, "デジタル研修", ("2026", "6", "10"), &[]).await.says(200, &["添付ファイル"]);
    let url = format!("{TRAININGS}/1/attachments");
    let file = ("file", "shiryo.txt", "資料".as_bytes());
    let mut reporter = service.signed_in("sangyo@kai.example").await;
    assert_eq!(reporter.post_file(&url, &[], file).await.status, 403);
    let answer = office.post_file(&url, &[("title", "当日の資料")], file).await;
    office.follow(answer).await.says(200, &["添付しました", "公開されることはありません"]);
    let page = reporter.get(&format!("{TRAININGS}/1")).await;
    page.says(200, &["当日の資料"]);
    let page = page.text();
    let href = page.split('"').find(|href| href.contains("/staff/attachments/")).unwrap();
    assert_eq!(reporter.get(href).await.text(), "資料");
}
