//! 案件: from a study meeting to a decision of the headquarters and back, with the bodies of 甲斐市.

mod support;

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{
    Browser, Service,
    council::{CASE, CASES, WHOLE, decide, kai, meet, open},
    hidden, main,
};

/// The number of a meeting of today that has the case before it.
async fn met(service: &Service, browser: &mut Browser, body: &str) -> String {
    meet(service, browser, "kai", body, 1).await.rsplit('/').next().unwrap().to_owned()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_case_goes_from_the_study_meeting_to_the_headquarters_and_back(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let mut chiefs = service.signed_in("shimin-kacho@kai.example").await;
    let mut hq = service.signed_in("project@kai.example").await;
    // A seat by name survives a transfer; the assistant says so.
    let proposer = service.member_id("kai", "K007").await;
    let transfer = office.get(&format!("/kai/staff/transfers/{proposer}")).await;
    transfer.says(200, &["会議体の席", "DX推進員", "異動しても、任期の間は同じ人が席に着きます"]);
    open(&service, &mut member, &WHOLE).await;
    member.get(CASE).await.says(200, &["1年で、時間が4,025時間減る見込みです", "回収までの年数", "デジタル3原則"]);
    decide(&mut member, "submitted", &[]).await.says(200, &["「調査・研究」を「提出する」としました", "の番です"]);
    member.get("/kai/staff").await.says(200, &["書かない窓口の拡大", "提案　期限"]);
    // 提案 is discussed by the study meeting, of which the proposer is a member here.
    decide(&mut member, "accepted", &[]).await.says(200, &["DX推進係 受付", "事務局の番です"]);
    // 受付 asks for an opinion.
    decide(&mut office, "accepted", &[]).await.says(200, &["「了承」とするには、意見が要ります"]);
    office
        .submit(&format!("{CASE}/remarks"), &[("kind", "opinion"), ("text", "費用の根拠は確かめました。")])
        .await
        .says(200, &["意見を記録しました"]);
    decide(&mut office, "accepted", &[]).await.says(200, &["いまは「部会 審議」"]);
    // 部会 returns it: with a reason only.
    decide(&mut chiefs, "returned", &[]).await.says(200, &["理由を入力してください"]);
    let reason = "窓口の人員の見込みを書いてください。";
    decide(&mut chiefs, "returned", &[("reason", reason)]).await.says(200, &["いまは「調査・研究」", reason, "差戻し"]);
    let mut text = WHOLE.to_vec();
    text.push(("risks", "窓口の人員は3人から減らさない。"));
    text.push(("seen", "1"));
    member.submit(&format!("{CASE}/versions"), &text).await.says(200, &["第2版を保存しました", "3人から減らさない"]);
    decide(&mut member, "submitted", &[]).await.says(200, &["提案"]);
    decide(&mut member, "accepted", &[]).await.says(200, &["受付"]);
    // The opinion of the first time does not count for the second.
    decide(&mut office, "accepted", &[]).await.says(200, &["意見が要ります"]);
    office.submit(&format!("{CASE}/remarks"), &[("kind", "opinion"), ("text", "人員の見込みを確かめました。")]).await.says(200, &[]);
    decide(&mut office, "accepted", &[]).await.says(200, &["いまは「部会 審議」"]);
    // It goes on from a meeting only, and the decision names it.
    let go_on = [("reason", "半年の試行を先にする。")];
    decide(&mut chiefs, "amended", &go_on).await.says(200, &["「修正了承」とするには、会議が要ります", "会議の一覧"]);
    let met = met(&service, &mut chiefs, "section-meeting").await;
    decide(&mut chiefs, "amended", &go_on).await.says(200, &["審議した会議を選択してください"]);
    decide(&mut chiefs, "amended", &[go_on[0], ("meeting", &met)]).await.says(200, &["いまは「本部 決定」", "審議の記録", "定例の会議"]);
    // The meeting of one body is none of another's.
    decide(&mut hq, "adopted", &[("meeting", &met)]).await.says(200, &["会議が要ります"]);
    let met = self::met(&service, &mut hq, "hq").await;
    // 本部 adopts it as a trial, which comes back by itself.
    decide(&mut hq, "trial", &[("meeting", &met)]).await.says(200, &["トライアルの終わる日を入力してください"]);
    let trial = [("until_year", "2027"), ("until_month", "3"), ("until_day", "31"), ("document", "甲斐DX第12号"), ("meeting", &*met)];
    decide(&mut hq, "trial", &trial).await.says(200, &["いまは「トライアル」", "トライアルの終わり 2027年3月31日", "甲斐DX第12号"]);
    service.advance(SignedDuration::from_hours(24 * 140));
    let mut hq = service.signed_in("project@kai.example").await;
    // The meeting before the trial does not count after it.
    hq.get(CASE).await.says(200, &["いまは「本部 決定」", "トライアルの結果、会議が要ります"]);
    let met = self::met(&service, &mut hq, "hq").await;
    decide(&mut hq, "adopted", &[("meeting", &met)]).await.says(200, &["「導入」とするには、トライアルの結果が要ります"]);
    let mut member = service.signed_in("shimin@kai.example").await;
    let result = [("kind", "result"), ("text", "1件あたり12分になりました。")];
    member.submit(&format!("{CASE}/remarks"), &result).await.says(200, &["トライアルの結果を記録しました", "12分になりました"]);
    decide(&mut hq, "adopted", &[("meeting", &met)]).await.says(200, &["いまは「導入」"]);
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    decide(&mut office, "adopted", &[]).await.says(200, &["先に、決定を計画の案に入れてください"]);
    let start = [("effect", "starts"), ("parent", "s3-2"), ("title", "書かない窓口の拡大"), ("fiscal_year", "2027")];
    let page = office.submit(&format!("{CASE}/rulings"), &start).await;
    page.says(200, &["計画の案に入れました", "の決定により開始", "甲斐DX第12号"]);
    decide(&mut office, "adopted", &[]).await.says(200, &["いまは「フィードバック」"]);
    office.submit(&format!("{CASE}/remarks"), &[("kind", "opinion"), ("text", "導入が決まりました。")]).await.says(200, &[]);
    decide(&mut office, "closed", &[]).await.says(200, &["「完了（導入）」で終わりました"]);
    member.get(&format!("{CASES}?state=ended")).await.says(200, &["書かない窓口の拡大", "完了（導入）"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_decisions_one_counts_and_the_other_loses_no_text(pool: PgPool) {
    let service = kai(pool).await;
    let mut member = service.signed_in("shimin@kai.example").await;
    open(&service, &mut member, &WHOLE).await;
    decide(&mut member, "submitted", &[]).await.says(200, &["提案"]);
    // Both look at the same stage; the proposer decides first.
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let seen = hidden(&office.get(CASE).await.text(), "seen");
    decide(&mut member, "accepted", &[]).await.says(200, &["受付"]);
    let late = [("seen", seen.as_str()), ("outcome", "returned"), ("reason", "書き直してください。")];
    let answer = office.submit(&format!("{CASE}/decisions"), &late).await;
    answer.says(200, &["画面を開いたあとに先へ進みました", "書き直してください。", "いまは「DX推進係 受付」"]);
    assert!(!main(&answer.text()).contains("提案：差戻し"), "it did not count");
    // Whoever is not asked cannot decide at all.
    let mut other = service.signed_in("sangyo@kai.example").await;
    let seen = hidden(&office.get(CASE).await.text(), "seen");
    other
        .post(&format!("{CASE}/decisions"), &[("seen", &seen), ("outcome", "accepted")])
        .await
        .says(403, &["この段階を担う人ではありません"]);
    // A case can be withdrawn by who proposed it, with a reason, once.
    member.submit(&format!("{CASE}/withdrawals"), &[]).await.says(200, &["取り下げる理由を入力してください"]);
    member.submit(&format!("{CASE}/withdrawals"), &[("withdrawal", "別の案にまとめます。")]).await.says(200, &["「取下げ」で終わりました"]);
    member.submit(&format!("{CASE}/withdrawals"), &[("withdrawal", "もう一度")]).await.says(200, &["この案件は終わっています"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_route_needs_its_bodies_and_a_faulty_case_keeps_what_was_typed(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@midorino.example").await;
    office.get("/midorino/staff/cases/new").await.says(200, &["案件の進む経路が、まだありません"]);
    office.submit("/midorino/staff/routes/cdo/versions", &[]).await.says(200, &["この経路はまだ使えません", "会議体がありません"]);
    let body = [("name", "CDO"), ("key", "CDO!"), ("kind", "other")];
    office.submit("/midorino/staff/rosters", &body).await.says(200, &["記号は半角の英小文字", "CDO"]);
    // The short route needs none.
    office.submit("/midorino/staff/routes/short/versions", &[]).await.says(200, &["使えるようにしました", "課長 承認"]);
    let mut sato = service.signed_in("sato@midorino.example").await;
    let typed = [("problem", "紙の台帳を二重に付けている。"), ("as_is.0.minutes", "約10分")];
    let page = sato.submit("/midorino/staff/cases", &typed).await;
    page.says(
        200,
        &[
            "件名を入力してください",
            "経路を選択してください",
            "いまの流れの1番目の手順を入力してください",
            "整数で入力してください",
            "紙の台帳を二重に付けている。",
        ],
    );
}
