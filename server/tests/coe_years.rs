//! Two years of the CoE of 甲斐市, day by day: terms end, people go, a trial comes back, what lies is told above. Nothing is
//! ever without somebody whose turn it is.

mod support;

use jiff::{SignedDuration, civil::Date};
use rashin_domain::clock::japan_date;
use sqlx::PgPool;
use support::{
    Browser, Service,
    council::{CASE, CASES, WHOLE, decide, kai, meet, open},
    hidden,
};

struct Years(Service);

impl Years {
    /// Every morning up to a day.
    async fn until(&self, day: Date) {
        while japan_date(self.0.now()) < day {
            self.0.advance(SignedDuration::from_hours(24));
            self.0.morning().await;
        }
    }

    async fn of(&self, who: &str) -> Browser {
        self.0.signed_in(&format!("{who}@kai.example")).await
    }

    /// Decides at a meeting of the body that had the case before it.
    async fn conclude(&self, who: &str, body: &str, outcome: &str, more: &[(&str, &str)]) -> support::Answer {
        let mut browser = self.of(who).await;
        let meeting = meet(&self.0, &mut browser, "kai", body, 1).await;
        let number = meeting.rsplit('/').next().unwrap();
        decide(&mut browser, outcome, &[&[("meeting", number)], more].concat()).await
    }

    async fn say(&self, who: &str, kind: &str, text: &str) {
        self.of(who).await.submit(&format!("{CASE}/remarks"), &[("kind", kind), ("text", text)]).await.says(200, &["記録しました"]);
    }

    /// Nobody is asked for a case that has ended, and somebody for every other one.
    async fn somebody_is_asked(&self) {
        let list = self.of("jimukyoku").await.get(&format!("{CASES}?state=open")).await.text();
        let rows = list.split("<tr role=\"row\"").skip(2);
        for row in rows {
            let turn = row.split("誰の番か").nth(1).unwrap_or_default();
            assert!(!turn.starts_with("</span><span>—"), "nobody is asked: {row}");
        }
    }

    async fn escalations(&self) -> i64 {
        self.0.count_in("kai", "select count(*) from rashin.case_escalations").await
    }
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_years_leave_nothing_stuck(pool: PgPool) {
    let years = Years(kai(pool).await);
    let service = &years.0;
    let mut member = years.of("shimin").await;
    open(service, &mut member, &WHOLE).await;
    decide(&mut member, "submitted", &[]).await.says(200, &["提案"]);

    // The study meeting lets it lie: due after 20 business days, told above after 20 more.
    years.until(day(2027, 1, 29)).await;
    assert_eq!(years.escalations().await, 1);
    years.somebody_is_asked().await;
    decide(&mut years.of("shimin").await, "accepted", &[]).await.says(200, &["受付"]);
    years.say("jimukyoku", "opinion", "費用の根拠は確かめました。").await;
    decide(&mut years.of("jimukyoku").await, "accepted", &[]).await.says(200, &["部会 審議"]);
    years.conclude("shimin-kacho", "section-meeting", "accepted", &[]).await.says(200, &["本部 決定"]);
    let trial = [("until_year", "2027"), ("until_month", "9"), ("until_day", "30")];
    years.conclude("project", "hq", "trial", &trial).await.says(200, &["いまは「トライアル」"]);

    // On 31 March the proposer leaves in the middle of the trial: the turn of whoever is not there is 事務局's.
    let mut admin = years.of("kanri").await;
    let person = format!("/kai/staff/people/{}", service.member_id("kai", "K007").await);
    let seen = hidden(&admin.get(&person).await.text(), "seen");
    let left = [("seen", seen.as_str()), ("left_year", "2027"), ("left_month", "3"), ("left_day", "31")];
    admin.submit(&format!("{person}/leavings"), &left).await.says(200, &["2027年3月31日に退職予定"]);
    years.until(day(2027, 4, 2)).await;
    years.of("jimukyoku").await.get(CASE).await.says(200, &["提案者に担う人がいないため、事務局の番です"]);
    years.somebody_is_asked().await;

    // The trial is over: the headquarters is asked again, and decides with its result.
    years.until(day(2027, 10, 4)).await;
    years.of("project").await.get("/kai/staff/notifications").await.says(200, &["のトライアルが終わり、「本部 決定」に戻りました"]);
    let mut hq = years.of("project").await;
    hq.submit(&format!("{CASE}/remarks"), &[("kind", "result"), ("text", "1件あたり12分になりました。")]).await.says(200, &[]);
    years.conclude("project", "hq", "continued", &[("reason", "費用をもう一度見ます。")]).await.says(200, &["いまは「本部 決定」"]);

    // The terms end with the year 2027; nobody sits in the headquarters, and the case is late.
    years.until(day(2028, 4, 3)).await;
    years.of("jimukyoku").await.get(CASE).await.says(200, &["本部に担う人がいないため、事務局の番です", "営業日過ぎています"]);
    assert_eq!(years.escalations().await, 2, "the headquarters has let it lie as well");
    years.somebody_is_asked().await;
    let mut office = years.of("jimukyoku").await;
    let person = service.member_id("kai", "K005").await.to_string();
    let seat = [("role", "member"), ("nomination", "section"), ("person", person.as_str()), ("from", "2028"), ("until", "2029")];
    office.submit("/kai/staff/rosters/hq/seats", &seat).await.says(200, &["席を保存しました"]);
    years.of("project").await.get(CASE).await.says(200, &["本部の番です"]);
    years.conclude("project", "hq", "rejected", &[("reason", "費用が効果に見合いません。")]).await.says(200, &["フィードバック"]);
    years.say("jimukyoku", "opinion", "見送りの理由を伝えました。").await;
    decide(&mut years.of("jimukyoku").await, "closed", &[]).await.says(200, &["「完了（見送り）」で終わりました"]);

    // And nothing is told of what has ended.
    let told = || service.count_in("kai", "select count(*) from rashin.notifications where kind like 'case%'");
    let before = told().await;
    years.until(day(2028, 11, 22)).await;
    assert_eq!(told().await, before);
    years.of("jimukyoku").await.get(&format!("{CASES}?state=open")).await.says(200, &["条件に合う案件はありません"]);
}
