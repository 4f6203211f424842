//! 会議: planned, called, held and written down; what came of it is known by the case.

mod support;

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{
    Browser,
    council::{case_before_the_section_meeting, kai},
    field, hidden, main,
};

const MEETINGS: &str = "/kai/staff/meetings";
const MEETING: &str = "/kai/staff/meetings/1";
const CHIEF: &str = "shimin-kacho@kai.example";
const OFFICE: &str = "jimukyoku@kai.example";

/// From 22 November to the day of the meeting, 10 December.
const UNTIL_THE_DAY: SignedDuration = SignedDuration::from_hours(18 * 24);

fn on_10_december<'a>(title: &'a str, manner: &'a str) -> Vec<(&'a str, &'a str)> {
    let day = [("on_year", "2026"), ("on_month", "12"), ("on_day", "10"), ("from", "14時"), ("until", "15:30")];
    [&[("body", "section-meeting"), ("title", title), ("manner", manner), ("place", "第1会議室")], &day[..]].concat()
}

/// What a form of a meeting was made for.
async fn seen(browser: &mut Browser, page: &str) -> String {
    hidden(&browser.get(page).await.text(), "seen")
}

/// The outcomes form of a case, as the page has it.
async fn outcome<'a>(browser: &mut Browser, case: i32, fields: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let page = browser.get(&format!("{MEETING}/outcomes")).await.text();
    let named = |name: &str| format!("c{case}.{name}");
    let typed = fields.iter().map(|(name, value)| (named(name), (*value).to_owned()));
    typed.chain([(named("seen"), hidden(&page, &named("seen")))]).collect()
}

async fn send(browser: &mut Browser, fields: &[(String, String)]) -> support::Answer {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(&format!("{MEETING}/outcomes"), &fields).await
}

async fn option(browser: &mut Browser, page: &str, words: &str) -> String {
    let text = browser.get(page).await.text();
    let at = text.split(&format!(">{words}<")).next().unwrap();
    at.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_meeting_goes_from_its_plan_to_its_minutes(pool: PgPool) {
    let service = kai(pool).await;
    let (one, two) = (
        case_before_the_section_meeting(&service, "書かない窓口の拡大").await,
        case_before_the_section_meeting(&service, "電子申請の案内").await,
    );
    let mut office = service.signed_in(OFFICE).await;
    office.get(MEETINGS).await.says(200, &["会議はまだありません", "会議を予定する"]);
    let faulty = [("body", "section-meeting"), ("from", "25時"), ("place", "第1会議室")];
    let page = office.submit(MEETINGS, &faulty).await;
    page.says(200, &["会議名を入力してください", "開き方を選択してください", "開く日を入力してください", "「14:30」のように", "第1会議室"]);
    let page = office.submit(MEETINGS, &on_10_december("第1回 部会", "in_person")).await;
    page.says(200, &["会議を予定しました", "2026年12月10日（木） 14:00～15:30、第1会議室で開く予定です", "まだ招集していません"]);
    // The agenda is proposed from the cases that wait for the body.
    page.says(200, &["この会議体の番の案件", "案件 1　書かない窓口の拡大", "案件 2　電子申請の案内"]);
    office.submit(&format!("{MEETING}/agenda"), &[]).await.says(200, &["案件を選ぶか、そのほかの議題を入力してください"]);
    let chosen = [("case.1", "on"), ("case.2", "on"), ("point", "来年度の進め方")];
    let page = office.submit(&format!("{MEETING}/agenda"), &chosen).await;
    page.says(200, &["次第に加えました", "議題は3件です", "来年度の進め方"]);
    let id = main(&page.text()).split("name=\"up\" value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    office.submit(&format!("{MEETING}/agenda-moves"), &[("up", &id)]).await.says(200, &["順番を変えました"]);
    let packet = office.get(&format!("{MEETING}/packet")).await;
    packet.says(200, &["資料1", "案件 1　書かない窓口の拡大", "1年で、時間が4,025時間減る", "費用の根拠は確かめました", "これまでの意見"]);
    let order = packet.text();
    let at = |words: &str| main(&order).find(words).unwrap_or_else(|| panic!("{words}"));
    assert!(at("来年度の進め方") < at("電子申請の案内") && at("書かない窓口の拡大") < at("来年度の進め方"));
    // 招集 is told to the members, by mail, too.
    let convened = [("seen", &*seen(&mut office, MEETING).await)];
    office.submit(&format!("{MEETING}/convocations"), &convened).await.says(200, &["会議を招集しました", "委員1人に知らせました"]);
    service.work().await;
    let mail = service.mails_of(CHIEF, 1).await.concat();
    let told = "部会「第1回 部会」が招集されました：2026年12月10日（木） 14:00～15:30、第1会議室。議題3件";
    assert!(mail.contains(told) && mail.contains("/kai/staff/notifications"), "{mail}");
    let mut chief = service.signed_in(CHIEF).await;
    chief.get("/kai/staff").await.says(200, &["これからの会議", "第1回 部会", "議題3件"]);
    // On the business day before, and once, whatever the number of mornings.
    let eve = "select count(*) from rashin.notifications where kind = 'meeting_soon'";
    for (days, told) in [(16, 0), (1, 1), (0, 1)] {
        service.advance(SignedDuration::from_hours(24 * days));
        service.morning().await;
        assert_eq!(service.count_in("kai", eve).await, told, "{}", service.now());
    }
    let mut chief = service.signed_in(CHIEF).await;
    let soon = "部会「第1回 部会」が近づいています：2026年12月10日（木） 14:00～15:30（場所：第1会議室）";
    chief.get("/kai/staff/notifications").await.says(200, &[soon, "会議の前日"]);
    // Nothing is written down before the day.
    chief.get(&format!("{MEETING}/outcomes")).await.says(200, &["記録できるのは、会議の日から"]);
    service.advance(SignedDuration::from_hours(24));
    let mut office = service.signed_in(OFFICE).await;
    let page = office.get(&format!("{MEETING}/attendance")).await.text();
    let seat = main(&page).split("name=\"presence.").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (presence, deputy) = (format!("presence.{seat}"), format!("deputy.{seat}"));
    let url = format!("{MEETING}/attendance");
    office.submit(&url, &[(&*presence, "deputy")]).await.says(200, &["代理の人を入力してください"]);
    office.submit(&url, &[(&*presence, "deputy"), (&*deputy, "架空 次郎")]).await.says(200, &["出席 1／1（うち代理 1）", "架空 次郎"]);
    // One fault, and nothing is written.
    let first = outcome(&mut office, one, &[("outcome", "accepted"), ("document", "甲斐DX第7号")]).await;
    let second = outcome(&mut office, two, &[("outcome", "returned")]).await;
    let page = send(&mut office, &[first.clone(), second].concat()).await;
    page.says(200, &["理由を入力してください", "甲斐DX第7号", "不了承：差戻し"]);
    office.get("/kai/staff/cases/1").await.says(200, &["いまは「部会 審議」"]);
    let second = outcome(&mut office, two, &[("outcome", "returned"), ("reason", "案内の範囲を決めてください。")]).await;
    send(&mut office, &[first, second].concat())
        .await
        .says(200, &["結果を2件記録しました", "了承", "差戻し", "案内の範囲を決めてください"]);
    let page = office.get("/kai/staff/cases/1").await;
    page.says(200, &["いまは「本部 決定」", "審議の記録", "第1回 部会", "甲斐DX第7号"]);
    office.get("/kai/staff/cases/2").await.says(200, &["いまは「調査・研究」", "案内の範囲を決めてください"]);
    // 対応事項 reach their owner until they are done.
    let owner = option(&mut office, MEETING, "架空 健").await;
    let errand = [("errand", "窓口の人員の見込みを出す"), ("owner", &*owner), ("about", "1")];
    office.submit(&format!("{MEETING}/errands"), &errand).await.says(200, &["期限を入力してください", "窓口の人員の見込みを出す"]);
    let due = [("due_year", "2026"), ("due_month", "12"), ("due_day", "15")];
    office.submit(&format!("{MEETING}/errands"), &[&errand[..], &due[..]].concat()).await.says(200, &["対応事項を加えました", "未了 1件"]);
    let mut owner = service.signed_in("shimin@kai.example").await;
    owner.get("/kai/staff").await.says(200, &["対応事項", "窓口の人員の見込みを出す"]);
    let page = owner.get("/kai/staff/updates").await;
    page.says(200, &["会議の対応事項", "窓口の人員の見込みを出す", "期限 2026年12月15日（火）"]);
    owner.get("/kai/staff/cases/1").await.says(200, &["窓口の人員の見込みを出す"]);
    owner.get("/kai/staff/notifications").await.says(200, &["「第1回 部会」の対応事項：窓口の人員の見込みを出す"]);
    service.advance(SignedDuration::from_hours(6 * 24));
    let mut owner = service.signed_in("shimin@kai.example").await;
    owner.get("/kai/staff/updates").await.says(200, &["期限超過", "2026年12月15日（火）を過ぎています"]);
    let done = main(&page.text()).split("/staff/errands/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let page = owner.submit(&format!("/kai/staff/errands/{done}/completions"), &[("from", "updates")]).await;
    page.says(200, &["対応事項を済みにしました"]);
    assert!(!main(&page.text()).contains("会議の対応事項"), "it is done");
    // 議事録: a draft, confirmed, corrected with a reason; versions stay.
    let (mut office, mut chief) = (service.signed_in(OFFICE).await, service.signed_in(CHIEF).await);
    let minutes = format!("{MEETING}/minutes");
    let page = office.get(&minutes).await;
    page.says(200, &["議事録を書く", "出席 1／1", "案件 1", "甲斐DX第7号", "1　書かない窓口の拡大"]);
    let text = |text: &'static str, seen: &'static str, act: &'static str| [("text", text), ("seen", seen), ("do", act)];
    office
        .submit(&minutes, &text("（案）費用について質疑があった。", "0", "draft"))
        .await
        .says(200, &["議事録の案を保存しました", "第1版"]);
    // Two write at once: the second is told and keeps the text.
    let page = office.submit(&minutes, &text("あとから書いた議事", "0", "draft")).await;
    page.says(200, &["さん（第1版）が先に保存しました", "あとから書いた議事"]);
    assert_eq!(field(&page.text(), "seen").as_deref(), Some("1"));
    let page = office.submit(&minutes, &text("費用について質疑があった。", "1", "confirm")).await;
    page.says(200, &["議事録を確定し、会議を終えました", "確定　第2版"]);
    chief.get(MEETING).await.says(200, &["議事録を確定しました", "議事録を確定して終えた"]);
    office.submit(&minutes, &text("費用と人員について質疑があった。", "2", "confirm")).await.says(200, &["訂正の理由を入力してください"]);
    let correction = [&text("費用と人員について質疑があった。", "2", "confirm")[..], &[("reason", "人員の質疑がもれていた")]].concat();
    office.submit(&minutes, &correction).await.says(200, &["議事録を訂正しました", "第3版", "（案）費用について質疑があった。"]);
    office.get(&minutes).await.says(200, &["架空 恵", "架空 次郎"]);
    let published = office.get(&format!("{minutes}?view=posts")).await.text();
    assert!(!main(&published).split("rashin-screen-only").next().unwrap().contains("架空 恵"), "posts, no names: {}", main(&published));
    office.post(&format!("{MEETING}/outcomes"), &[]).await.says(409, &["記録できるのは、会議の日から"]);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin
        .get("/kai/staff/log?kind=meeting")
        .await
        .says(200, &["会議の招集", "次第の作成", "出席の記録", "議事録の作成・訂正", "対応事項の割り当て", "会議 1"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn of_two_who_record_at_once_one_wins_and_the_other_keeps_the_text(pool: PgPool) {
    let service = kai(pool).await;
    let (one, two) = (case_before_the_section_meeting(&service, "一つ目").await, case_before_the_section_meeting(&service, "二つ目").await);
    let (mut office, mut chief) = (service.signed_in(OFFICE).await, service.signed_in(CHIEF).await);
    support::council::meet(&service, &mut office, "kai", "section-meeting", one).await;
    office.submit(&format!("{MEETING}/agenda"), &[("case.2", "on")]).await.says(200, &["次第に加えました"]);
    let mine = outcome(&mut office, one, &[("outcome", "accepted")]).await;
    let theirs = outcome(&mut chief, one, &[("outcome", "returned"), ("reason", "見込みを書いてください。")]).await;
    let besides = outcome(&mut chief, two, &[("outcome", "continued"), ("reason", "次回に続きを審議します。")]).await;
    send(&mut office, &mine).await.says(200, &["結果を1件記録しました"]);
    let page = send(&mut chief, &[theirs, besides].concat()).await;
    page.says(200, &["画面を開いたあとに先へ進みました", "見込みを書いてください。", "次回に続きを審議します。", "記録しなかった入力"]);
    // Neither of the second's outcomes was written.
    chief.get("/kai/staff/cases/1").await.says(200, &["いまは「本部 決定」"]);
    let page = chief.get("/kai/staff/cases/2").await.text();
    assert!(main(&page).contains("いまは「部会 審議」") && !main(&page).contains("次回に続きを"), "nothing was written");
    // Sent twice, it is recorded once.
    send(&mut office, &mine).await.says(200, &["画面を開いたあとに先へ進みました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_series_is_planned_moved_called_off_and_kept_in_a_calendar(pool: PgPool) {
    let service = kai(pool).await;
    let mut office = service.signed_in(OFFICE).await;
    let days =
        [("begin_year", "2026"), ("begin_month", "12"), ("begin_day", "1"), ("end_year", "2027"), ("end_month", "3"), ("end_day", "31")];
    let what = [("kind", "series"), ("body", "section-meeting"), ("title", "部会, 定例"), ("manner", "in_person"), ("from", "10:00")];
    let rule = [("every", "weekday"), ("nth", "2")];
    let page = office.submit(MEETINGS, &[&what[..], &rule[..], &days[..]].concat()).await;
    page.says(200, &["曜日を選択してください", "部会, 定例", "毎月の日"]);
    let rule = [("every", "weekday"), ("nth", "2"), ("weekday", "thu")];
    let page = office.submit(MEETINGS, &[&what[..], &rule[..], &days[..]].concat()).await;
    // 11 February is a holiday.
    page.says(200, &["定例の会議を4回予定しました", "次の会議は「部会, 定例」、2026年12月10日（木） 10:00から", "2027年2月12日（金）"]);
    office.get(&format!("{MEETINGS}?body=hq")).await.says(200, &["条件に合う会議はありません"]);
    office.get(&format!("{MEETINGS}?body=section-meeting&year=2026")).await.says(200, &["これからの会議"]);
    // Another day: with a reason once it was called; of two at once the second is told.
    let change = format!("{MEETING}/change");
    let moved =
        [("title", "部会, 定例"), ("manner", "in_person"), ("on_year", "2026"), ("on_month", "12"), ("on_day", "17"), ("from", "10:00")];
    let version = seen(&mut office, MEETING).await;
    office.submit(&format!("{MEETING}/convocations"), &[("seen", &*version)]).await.says(200, &["会議を招集しました"]);
    let stale = [&moved[..], &[("seen", &*version), ("reason", "議会のため")]].concat();
    office.submit(&format!("{MEETING}/arrangements"), &stale).await.says(200, &["この会議が変更されました", "議会のため"]);
    let version = seen(&mut office, &change).await;
    let silent = [&moved[..], &[("seen", &*version)]].concat();
    office.submit(&format!("{MEETING}/arrangements"), &silent).await.says(200, &["理由を入力してください"]);
    let told = [&silent[..], &[("reason", "議会のため")]].concat();
    let page = office.submit(&format!("{MEETING}/arrangements"), &told).await;
    page.says(
        200,
        &["会議の予定を変えました", "予定：2026年12月10日（木） 10:00から", "予定：2026年12月17日（木） 10:00から", "議会のため"],
    );
    let invitation = office.get(&format!("{MEETING}/invitation.ics")).await;
    assert_eq!(invitation.header("content-type"), "text/calendar; charset=utf-8");
    let text = invitation.text();
    for line in ["DTSTART;TZID=Asia/Tokyo:20261217T100000\r\n", "SEQUENCE:1\r\n", "SUMMARY:部会\\, 定例\r\n", "STATUS:CONFIRMED\r\n"] {
        assert!(text.contains(line), "{line}{text}");
    }
    assert!(text.contains("URL:http://rashin.example/kai/staff/meetings/1\r\n"), "{text}");
    let uid = text.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned();
    let version = seen(&mut office, &change).await;
    let off = [("seen", &*version), ("called_off", "案件がないため")];
    office.submit(&format!("{MEETING}/cancellations"), &off).await.says(200, &["会議を中止しました", "中止になりました", "案件がないため"]);
    let calendar = office.get("/kai/staff/rosters/section-meeting/calendar.ics").await.text();
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 4);
    assert!(calendar.contains("SEQUENCE:2\r\nSTATUS:CANCELLED\r\n") && calendar.contains(&uid), "{calendar}");
    let mut chief = service.signed_in(CHIEF).await;
    let page = chief.get("/kai/staff/notifications").await;
    page.says(
        200,
        &[
            "予定が変わりました：2026年12月10日（木） 10:00から → 2026年12月17日（木） 10:00から",
            "は中止になりました。理由：案件がないため",
        ],
    );
    // Called off is over.
    office.submit(&format!("{MEETING}/agenda"), &[("point", "あとから")]).await.says(200, &["次第を変えられません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn papers_go_round_and_votes_are_counted_where_the_body_votes(pool: PgPool) {
    let service = kai(pool).await;
    let one = case_before_the_section_meeting(&service, "書かない窓口の拡大").await;
    let (mut office, mut chief) = (service.signed_in(OFFICE).await, service.signed_in(CHIEF).await);
    let charter = [("name", "部会"), ("kind", "section_meeting"), ("parent", "hq"), ("votes", "on")];
    office.submit("/kai/staff/rosters/section-meeting/charters", &charter).await.says(200, &["保存しました"]);
    office.submit(MEETINGS, &on_10_december("第2回 部会", "written")).await.says(200, &["持ち回りの予定です"]);
    office.submit(&format!("{MEETING}/agenda"), &[("case.1", "on")]).await.says(200, &["次第に加えました"]);
    let version = seen(&mut office, MEETING).await;
    office.submit(&format!("{MEETING}/convocations"), &[("seen", &*version)]).await.says(200, &["持ち回りで回答を受け付けています"]);
    // Members answer until the day; who only writes down does not.
    let page = chief.get(MEETING).await.text();
    let answer = main(&page).split("name=\"a").find(|rest| rest.split('"').next().unwrap().ends_with(".answer")).unwrap();
    let name = format!("a{}", answer.split('.').next().unwrap());
    let (answer, text) = (format!("{name}.answer"), format!("{name}.text"));
    let url = format!("{MEETING}/answers");
    chief.submit(&url, &[(&*answer, "opinion")]).await.says(200, &["意見を入力してください"]);
    chief
        .submit(&url, &[(&*answer, "opinion"), (&*text, "人員を確かめてください。")])
        .await
        .says(200, &["回答しました", "1人が回答（委員1人）"]);
    chief.submit(&url, &[(&*answer, "agreed")]).await.says(200, &["回答しました", "了承"]);
    office.post(&url, &[(&*answer, "agreed")]).await.says(403, &["その会議体の委員と事務局です"]);
    office.get("/kai/staff/cases/1").await.says(200, &["会議が要ります", "予定"]);
    chief.submit(&url, &[(&*answer, "opinion"), (&*text, "窓口の人員を確かめてください。")]).await.says(200, &["回答しました"]);
    // With the case, too: who, at which meeting, and what.
    let history = office.get("/kai/staff/cases/1").await.text();
    let history = main(&history).split_once("id=\"history\"").unwrap().1;
    for words in ["持ち回りの回答：意見あり", "架空 恵", "/kai/staff/meetings/1", "第2回 部会", "窓口の人員を確かめてください。"]
    {
        assert!(history.contains(words), "{words}");
    }
    service.advance(UNTIL_THE_DAY + SignedDuration::from_hours(24));
    let (mut office, mut chief) = (service.signed_in(OFFICE).await, service.signed_in(CHIEF).await);
    chief.submit(&url, &[(&*answer, "agreed")]).await.says(200, &["いまは回答を受け付けていません"]);
    office.get(&format!("{MEETING}/attendance")).await.says(200, &["書面で回答"]);
    let typed = [("outcome", "accepted"), ("for", "5"), ("against", "x")];
    let faulty = outcome(&mut office, one, &typed).await;
    send(&mut office, &faulty).await.says(200, &["反対は0以上の整数で", "保留は0以上の整数で"]);
    let voted = outcome(&mut office, one, &[("outcome", "accepted"), ("for", "５"), ("against", "1"), ("withheld", "0")]).await;
    send(&mut office, &voted).await.says(200, &["了承　賛成5・反対1・保留0"]);
    office.get("/kai/staff/cases/1").await.says(200, &["いまは「本部 決定」", "賛成5・反対1・保留0"]);
}
