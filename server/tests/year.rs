//! The year of a town hall, through its pages and by its clock: rounds, reminders, transfer, lock, correction.

mod support;

use std::collections::BTreeSet;

use jiff::{SignedDuration, civil::Date};
use rashin_domain::{
    clock::{date_label, japan_date},
    reminder::Reminder,
};
use sqlx::PgPool;
use support::{Answer, Browser, Service, error_links, field, hidden};

const YEAR: &str = "/kai/staff/year";
const ROUNDS: &str = "/kai/staff/year/rounds";
const SETTINGS: &str = "/kai/staff/settings";

const fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

/// Kai with the job that sends reminders every afternoon.
struct Year {
    service: Service,
    sent: BTreeSet<String>,
}

impl Year {
    fn today(&self) -> Date {
        japan_date(self.service.now())
    }

    /// Lets the days pass up to one, and says what was sent: day, kind, to whom, about how much.
    async fn until(&mut self, end: Date) -> Vec<String> {
        let mut mails = self.send().await;
        while self.today() < end {
            self.service.advance(SignedDuration::from_hours(24));
            mails.extend(self.send().await);
        }
        mails
    }

    async fn send(&mut self) -> Vec<String> {
        let mut tx = self.service.maintenance.enter("kai").await.unwrap();
        let owed = tx.owed(None).await.unwrap().unwrap();
        let due = owed.due(&self.sent);
        let name = |to| owed.members.iter().find(|member| member.id == to).map_or("", |member| member.name.as_str());
        let mail = |one: &Reminder| format!("{} {} {} {}件", self.today(), one.kind.label(), name(one.to), one.about.len());
        let mut mails: Vec<String> = due.iter().map(mail).collect();
        mails.sort();
        let keys: Vec<String> = due.iter().map(|one| one.key.clone()).collect();
        self.sent.extend(keys);
        assert!(owed.due(&self.sent).is_empty(), "nothing is said twice on a day");
        mails
    }

    async fn of(&self, name: &str) -> Browser {
        self.service.signed_in(&format!("{name}@kai.example")).await
    }

    /// Reports a figure of a KPI of which nobody has reported the period yet, and has it approved by 市民課's chief.
    async fn report(&self, by: &str, code: &str, period: &str, maturity: &str, value: &str) -> String {
        self.correct(by, code, period, maturity, value, 0, "").await
    }

    /// The same where there is a report.
    #[allow(clippy::too_many_arguments, reason = "a form's fields")]
    async fn correct(&self, by: &str, code: &str, period: &str, maturity: &str, value: &str, seen: u8, reason: &str) -> String {
        let (seen_field, seen) = (format!("seen.{period}"), seen.to_string());
        let note = format!("{period}は窓口の件数を含みます。");
        let fields = [
            ("period", period),
            ("maturity", maturity),
            ("value.main", value),
            (seen_field.as_str(), seen.as_str()),
            ("reason", reason),
            ("note", note.as_str()),
        ];
        let mut browser = self.of(by).await;
        self.service.report(&mut browser, "kai", code, &fields).await
    }

    async fn approve(&self, by: &str, report: &str) {
        self.of(by).await.submit(&format!("{report}/approvals"), &[]).await.says(200, &["承認しました"]);
    }
}

/// Locks a round on its page.
async fn lock(office: &mut Browser, key: &str) -> Answer {
    let url = format!("{ROUNDS}/{key}");
    let seen = hidden(&office.get(&url).await.text(), "seen");
    office.submit(&format!("{url}/locks"), &[("seen", &seen), ("confirm", "on")]).await
}

/// The fields of a round's page, with what is typed over them.
async fn typed(office: &mut Browser, key: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = office.get(&format!("{ROUNDS}/{key}")).await.text();
    let days = ["opens", "closes", "grace"].into_iter().flat_map(|name| ["year", "month", "day"].map(|part| format!("{name}_{part}")));
    let names = days.chain(["seen", "purpose", "asks"].map(str::to_owned));
    let mut fields: Vec<(String, String)> = names.filter_map(|name| Some((name.clone(), field(&page, &name)?))).collect();
    fields.retain(|(name, _)| more.iter().all(|(other, _)| name != other));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn change(office: &mut Browser, key: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    office.submit(&format!("{ROUNDS}/{key}/changes"), &fields).await
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_town_hall_goes_through_its_year(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-08", "shimin").await;
    service.responsible("kai", "KAI-09", "sangyo").await;
    let mut year = Year { service, sent: BTreeSet::new() };

    // 22 November 2026, a Sunday. 上半期 runs; 事務局 completes the year to come from the defaults.
    let mut office = year.of("jimukyoku").await;
    office.get(YEAR).await.says(200, &["上半期の報告　締切 2026年11月30日（あと8日）", "出納閉鎖", "2026年度 見込の報告"]);
    let offered = office.get(&format!("{YEAR}?year=2027")).await;
    offered.says(200, &["2027年度 上半期の報告", "10月1日～10月29日"]);
    let chosen = [("year", "2027"), ("add.FY2027-half", "on"), ("add.FY2027-forecast", "on")];
    office.submit(ROUNDS, &chosen).await.says(200, &["報告期を2件加えました", "9月議会へ報告（目安）"]);

    // 架空 健 gives 市民課's half at once; 産業課 is late.
    let half = year.report("shimin", "KAI-08", "FY2026H1", "preliminary", "147").await;
    year.approve("shimin-kacho", &half).await;
    assert_eq!(
        year.until(day(2026, 12, 2)).await,
        [
            // What was decided on a Sunday is told on that day's run; 23 November is a holiday.
            "2026-11-22 承認 架空 健 1件",
            "2026-11-25 締切のお知らせ 架空 幸 1件",
            "2026-11-30 締切のお知らせ 架空 幸 1件",
            "2026-12-01 期限を過ぎた報告 架空 幸 1件",
        ]
    );
    let mut sangyo = year.of("sangyo").await;
    let asked = sangyo.get("/kai/staff/kpis/KAI-09/report").await;
    asked.says(200, &["2026年12月7日まで、期限後の報告として受け付けます"]);
    assert!(asked.text().contains("<option value=\"FY2026H1\" selected"), "the form is that of the round");
    let late = year.report("sangyo", "KAI-09", "FY2026H1", "preliminary", "12").await;
    year.of("sangyo-kacho").await.submit(&format!("{late}/returns"), &[("reason", "数え直してください")]).await.says(200, &[]);
    let late = year.correct("sangyo", "KAI-09", "FY2026H1", "preliminary", "13", 1, "").await;
    year.approve("sangyo-kacho", &late).await;
    assert_eq!(year.until(day(2027, 2, 1)).await, ["2026-12-02 承認 架空 幸 1件"], "the winter is silent");

    // 見込 in February, for the budget. Both are in time: nobody is asked.
    for (by, code, chief) in [("shimin", "KAI-08", "shimin-kacho"), ("sangyo", "KAI-09", "sangyo-kacho")] {
        let forecast = year.report(by, code, "FY2026", "forecast", "150").await;
        year.approve(chief, &forecast).await;
    }
    assert_eq!(year.until(day(2027, 3, 15)).await, ["2027-02-01 承認 架空 健 1件", "2027-02-01 承認 架空 幸 1件"]);

    // March: the two sections will be one, and 架空 健 leaves.
    transfer(&year).await;
    assert_eq!(year.until(day(2027, 4, 1)).await, Vec::<String>::new());

    // April: 架空 幸 reports the predecessor's year.
    let mut newcomer = year.of("sangyo").await;
    let page = newcomer.get("/kai/staff/kpis/KAI-08/report?period=FY2026&maturity=preliminary").await;
    page.says(
        200,
        &[
            "2026(令和8)年度 速報の報告は2027年5月31日に締め切ります",
            "市民課（架空の配置）",
            "2027年3月31日",
            "架空 健",
            "FY2026は窓口の件数を含みます。",
        ],
    );
    assert_eq!((field(&page.text(), "period"), field(&page.text(), "maturity")), (Some("FY2026".into()), Some("preliminary".into())));
    let preliminary = year.correct("sangyo", "KAI-08", "FY2026", "preliminary", "151", 1, "").await;
    year.approve("shimin-kacho", &preliminary).await;
    assert_eq!(
        year.until(day(2027, 6, 8)).await,
        [
            "2027-04-01 承認 架空 幸 1件",
            "2027-05-17 締切のお知らせ 架空 幸 1件",
            "2027-05-26 締切のお知らせ 架空 幸 1件",
            "2027-05-31 締切のお知らせ 架空 幸 1件",
            // From 1 June on 確定 asks for the same year, and 速報 no more.
        ]
    );
    let mut office = year.of("jimukyoku").await;
    lock(&mut office, "FY2026-preliminary").await.says(200, &["値を固定しました", "固定済み"]);

    // 確定, after the books are closed; what is more settled takes no reason.
    for (code, value, seen) in [("KAI-08", "152", 2), ("KAI-09", "14", 1)] {
        let settled = year.correct("sangyo", code, "FY2026", "final", value, seen, "").await;
        year.approve("shimin-kacho", &settled).await;
    }
    assert_eq!(year.until(day(2027, 8, 2)).await, ["2027-06-08 承認 架空 幸 1件", "2027-06-08 承認 架空 幸 1件"]);
    let mut office = year.of("jimukyoku").await;
    office.get(&format!("{ROUNDS}/FY2026-final")).await.says(200, &["件中2件報告済み"]);
    lock(&mut office, "FY2026-final").await.says(200, &["値を固定しました"]);

    // August: a slip is found. Without a reason nothing is taken; another section's chief has no say.
    let mut reporter = year.of("sangyo").await;
    reporter.get("/kai/staff/kpis/KAI-08/report").await.says(200, &["2026(令和8)年度　報告済み　訂正のみ"]);
    let silent = support::figures(&[("period", "FY2026"), ("value.main", "149"), ("seen.FY2026", "3")]);
    let refused = ["確定の報告の値は固定されています", "市民産業課の承認を経て", "訂正の理由を入力してください", "149"];
    reporter.submit("/kai/staff/kpis/KAI-08/drafts", &silent).await.says(200, &refused);
    let correction = year.correct("sangyo", "KAI-08", "FY2026", "final", "149", 3, "二重に数えていました").await;
    year.of("project").await.post(&format!("{correction}/approvals"), &[]).await.says(403, &[]);
    year.of("shimin-kacho").await.get("/kai/staff/kpis/KAI-08").await.says(200, &["152件"]);
    year.approve("shimin-kacho", &correction).await;
    let erratum = "訂正 2027年8月2日　前の値 152件　理由：二重に数えていました";
    year.of("etsuran").await.get("/kai/staff/kpis/KAI-08").await.says(200, &["149件", erratum, "2027年6月8日に更新。前の値 151件"]);
    let mut public = year.service.browser();
    assert!(!public.get("/kai/kpis/KAI-08").await.text().contains("149件"), "the public reads what was published");
    let mut office = year.of("jimukyoku").await;
    let number = hidden(&office.get("/kai/staff/publish").await.text(), "number");
    office.submit("/kai/staff/editions", &[("reason", "実績の反映"), ("number", &number)]).await.says(200, &["公表しました"]);
    public.get("/kai/kpis/KAI-08").await.says(200, &["149件", erratum]);

    // The next 上半期 and 見込: asked anew, of the section as it is now.
    assert_eq!(
        year.until(day(2027, 10, 4)).await,
        ["2027-08-02 承認 架空 幸 1件"],
        "a correction was nobody's duty, and the summer is silent"
    );
    let half = year.report("sangyo", "KAI-08", "FY2027H1", "preliminary", "155").await;
    year.approve("shimin-kacho", &half).await;
    assert_eq!(
        year.until(day(2027, 11, 30)).await,
        [
            "2027-10-04 承認 架空 幸 1件",
            // What is left is KAI-09. 11 October is a holiday.
            "2027-10-15 締切のお知らせ 架空 幸 1件",
            "2027-10-26 締切のお知らせ 架空 幸 1件",
            "2027-10-29 締切のお知らせ 架空 幸 1件",
            "2027-11-01 期限を過ぎた報告 架空 幸 1件",
        ]
    );
    year.until(day(2028, 2, 1)).await;
    for code in ["KAI-08", "KAI-09"] {
        let forecast = year.report("sangyo", code, "FY2027", "forecast", "160").await;
        year.approve("shimin-kacho", &forecast).await;
    }
    let end = year.until(day(2028, 3, 31)).await;
    assert_eq!(end, ["2028-02-01 承認 架空 幸 1件", "2028-02-01 承認 架空 幸 1件"]);
    year.of("etsuran").await.get(&format!("{YEAR}?year=2027")).await.says(200, &["2027年度の報告期は、すべて終わりました"]);
}

/// 市民課 and 産業課 become 市民産業課 on 1 April 2027, and 架空 健 leaves the day before.
async fn transfer(year: &Year) {
    let (shimin, sangyo) = (year.service.section("kai", "shimin").await, year.service.section("kai", "sangyo").await);
    let mut office = year.of("jimukyoku").await;
    let merger = [
        ("kind", "merge"),
        ("old.1", &*shimin),
        ("old.2", &*sangyo),
        ("new.1.name", "市民産業課"),
        ("new.1.kind", "課"),
        ("on_year", "2027"),
        ("on_month", "4"),
        ("on_day", "1"),
        ("reason", "令和9年4月の機構改革"),
    ];
    let check = office.submit("/kai/staff/reorganisations/drafts", &merger).await.text();
    let confirmed = [("draft", &*hidden(&check, "draft")), ("seen", &*hidden(&check, "seen"))];
    office.submit("/kai/staff/reorganisations", &confirmed).await.says(200, &["に統合する準備ができました"]);
    let mut admin = year.of("kanri").await;
    let member = format!("/kai/staff/people/{}", year.service.member_id("kai", "K007").await);
    let seen = hidden(&admin.get(&member).await.text(), "seen");
    let left = [("seen", &*seen), ("left_year", "2027"), ("left_month", "3"), ("left_day", "31")];
    admin.submit(&format!("{member}/leavings"), &left).await.says(200, &["2027年3月31日"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_figure_that_was_locked_after_its_check_is_not_taken_without_a_reason(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-08", "shimin").await;
    // 8 December, the day after the grace: what is missing is still taken.
    service.advance(SignedDuration::from_hours(24 * 16));
    let (mut reporter, mut office) = (service.signed_in("shimin@kai.example").await, service.signed_in("jimukyoku@kai.example").await);
    let url = "/kai/staff/kpis/KAI-08";
    let typed = [("period", "FY2026H1"), ("maturity", "preliminary"), ("value.main", "147"), ("seen.FY2026H1", "0")];
    let fields = support::figures(&typed);
    let check = reporter.submit(&format!("{url}/drafts"), &fields).await;
    check.says(200, &["提出前に内容を確認してください"]);
    lock(&mut office, "FY2026-half").await.says(200, &["値を固定しました"]);

    let draft = hidden(&check.text(), "draft");
    let back = reporter.submit(&format!("{url}/reports"), &[("draft", &draft)]).await;
    back.says(200, &["値は固定されています", "市民課（架空の配置）の承認を経て", "147"]);
    assert_eq!(error_links(&back.text()), ["reason"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.reports where reporter_id is not null").await, 0);

    let report = service.report(&mut reporter, "kai", "KAI-08", &[&typed[..], &[("reason", "集計の遅れ")]].concat()).await;
    reporter.get(&report).await.says(200, &["承認を待っています", "集計の遅れ"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn where_nobody_approves_a_correction_still_takes_the_chief(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-08", "shimin").await;
    let (mut reporter, mut office) = (service.signed_in("shimin@kai.example").await, service.signed_in("jimukyoku@kai.example").await);
    let waiting = service.report(&mut reporter, "kai", "KAI-08", &[]).await;
    let page = office.get(SETTINGS).await;
    page.says(200, &["課長を待つ報告が1件", "承認なし（報告した時点で確定）"]);
    let seen = hidden(&page.text(), "seen");
    let none = [("seen", &*seen), ("approval", "none"), ("stale_months", "24"), ("evidence_required", "on")];
    office.submit(SETTINGS, &none).await.says(200, &["設定を保存しました"]);
    // A colleague who had the page open meanwhile keeps what they typed and sees what stands.
    let late = [("seen", &*seen), ("approval", "chief_office"), ("stale_months", "6")];
    let late = office.submit(SETTINGS, &late).await;
    late.says(200, &["編集中にほかの人が変更しました", "承認なし（報告した時点で確定）", "24か月"]);
    assert_eq!(field(&late.text(), "stale_months").as_deref(), Some("6"));
    office.submit(SETTINGS, &[("seen", &seen), ("approval", "all"), ("stale_months", "0")]).await.says(200, &["1から60まで"]);

    // What waited goes on to wait for the chief; what comes now counts at once.
    service
        .signed_in("shimin-kacho@kai.example")
        .await
        .submit(&format!("{waiting}/approvals"), &[])
        .await
        .says(200, &["公開ページに反映されます"]);
    let half = [("period", "FY2026H1"), ("maturity", "preliminary"), ("value.main", "147"), ("seen.FY2026H1", "0")];
    let report = service.report(&mut reporter, "kai", "KAI-08", &half).await;
    reporter.get(&report).await.says(200, &["に確定しました（承認なし）"]);
    service.advance(SignedDuration::from_hours(24 * 16));
    let mut reporter = service.signed_in("shimin@kai.example").await;
    let again = [("value.main", "146"), ("seen.FY2026H1", "1"), ("reason", "二重計上")];
    let correction = service.report(&mut reporter, "kai", "KAI-08", &[&half[..2], &again].concat()).await;
    reporter.get(&correction).await.says(200, &["承認を待っています"]);
    reporter.get("/kai/staff/kpis/KAI-08").await.says(200, &["147件"]);
    let mut chief = service.signed_in("shimin-kacho@kai.example").await;
    chief.submit(&format!("{correction}/approvals"), &[]).await.says(200, &["承認しました"]);
    reporter.get("/kai/staff/kpis/KAI-08").await.says(200, &["146件", "前の値 147件　理由：二重計上"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn evidence_is_asked_for_where_the_tenant_says_so(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-08", "shimin").await;
    let (mut reporter, mut office) = (service.signed_in("shimin@kai.example").await, service.signed_in("jimukyoku@kai.example").await);
    let seen = hidden(&office.get(SETTINGS).await.text(), "seen");
    let strict = [("seen", &*seen), ("approval", "chief"), ("stale_months", "12"), ("evidence_required", "on")];
    office.submit(SETTINGS, &strict).await.says(200, &["設定を保存しました"]);
    let drafts = "/kai/staff/kpis/KAI-08/drafts";
    let reached = [("period", "FY2026"), ("value.main", "9,999"), ("seen.FY2026", "0")];
    let back = reporter.submit(drafts, &support::figures(&reached)).await;
    back.says(200, &["「達成」になる報告には、根拠が要ります", "9,999"]);
    assert_eq!(error_links(&back.text()), ["link"]);
    reporter.submit(drafts, &support::figures(&[("value.main", "1")])).await.says(200, &["まだ提出していません"]);
    let url = "/kai/staff/kpis/KAI-08/attachments";
    reporter.post_file(url, &[("evidence_for", "FY2026")], ("file", "a.txt", "根拠".as_bytes())).await;
    reporter.submit(drafts, &support::figures(&reached)).await.says(200, &["まだ提出していません"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_round_that_runs_is_not_rewritten_silently(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let later = [("closes_month", "12"), ("closes_day", "4"), ("grace_month", "12"), ("grace_day", "11")];
    let first = typed(&mut office, "FY2026-half", &later).await;
    let silent = change(&mut office, "FY2026-half", &first).await;
    silent.says(200, &["変更の理由を入力してください"]);
    assert_eq!((field(&silent.text(), "closes_day").as_deref(), error_links(&silent.text())), (Some("4"), vec!["reason".to_owned()]));
    let mut second = [first, vec![("reason".to_owned(), "集計が遅れているため".to_owned())]].concat();
    change(&mut office, "FY2026-half", &second).await.says(200, &["報告期を保存しました", "締切 2026年12月4日（あと12日）"]);
    // Somebody else had the page open: nothing is overwritten, nothing typed is lost.
    second.retain(|(name, _)| name != "closes_day");
    second.push(("closes_day".to_owned(), "7".to_owned()));
    let stale = change(&mut office, "FY2026-half", &second).await;
    stale.says(200, &["編集中にほかの人が変更しました", "締切2026年12月4日"]);
    assert_eq!(field(&stale.text(), "closes_day").as_deref(), Some("7"));
    // Neither its beginning nor a day that is over.
    let back = [("opens_month", "10"), ("opens_day", "1"), ("closes_month", "11"), ("closes_day", "20"), ("reason", "試験")];
    let back = typed(&mut office, "FY2026-half", &back).await;
    change(&mut office, "FY2026-half", &back).await.says(200, &["開始日は変えられません", "今日（2026年11月22日）以降"]);
    let url = format!("{ROUNDS}/FY2026-half");
    let seen = hidden(&office.get(&url).await.text(), "seen");
    office.post(&format!("{url}/cancellations"), &[("seen", &seen)]).await.says(409, &["始まった報告期は取りやめられません"]);
    office.post(&format!("{url}/locks"), &[("seen", &seen), ("confirm", "on")]).await.says(409, &["猶予が終わった報告期だけ"]);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.get("/kai/staff/log?kind=conduct").await.says(200, &["報告期の変更", "上半期の報告", "締切日", "集計が遅れているため"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_new_tenant_begins_with_the_defaults(pool: PgPool) {
    let service = Service::start(pool).await;
    let (year, rounds) = ("/aobadai/staff/year", "/aobadai/staff/year/rounds");
    let mut viewer = service.signed_in("gikai@aobadai.example").await;
    let page = viewer.get(year).await;
    page.says(200, &["事務局が決めると、ここに表示されます"]);
    assert!(!page.text().contains("報告期を加える"));
    let mut office = service.signed_in("jimukyoku@aobadai.example").await;
    office.get(year).await.says(200, &["標準の日程から始められます", "2025年度 確定の報告　6月1日～6月30日、猶予 7月31日まで"]);
    office.submit(rounds, &[("year", "2026")]).await.says(200, &["加える報告期を選択してください"]);
    let both = [("year", "2026"), ("add.FY2026-half", "on"), ("add.FY2026-forecast", "on")];
    office.submit(rounds, &both).await.says(200, &["報告期を2件加えました", "次は2026(令和8)年度 見込の報告です"]);
    // The second window's click.
    office.submit(rounds, &both).await.says(200, &["加える報告期を選択してください"]);
    viewer.get(year).await.says(200, &["2026年度 見込の報告", "締切の3営業日前"]);
    viewer.get(&format!("{rounds}/FY2026-forecast")).await.says(200, &["次年度の計画と予算", &date_label(day(2027, 2, 26))]);

    let url = format!("{rounds}/FY2026-forecast");
    let seen = hidden(&office.get(&url).await.text(), "seen");
    office.submit(&format!("{url}/cancellations"), &[("seen", &seen)]).await.says(200, &["取りやめました", "2026年度に加えられる報告期"]);
    office.get(&url).await.says(404, &[]);
    assert_eq!(service.count_in("aobadai", "select count(*) from rashin.rounds").await, 1);
}
