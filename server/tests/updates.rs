//! わたしの更新: what a section of みどり野市（架空） owes in the round of November, typed once, checked once, submitted once.

mod support;

use sqlx::PgPool;
use support::{Answer, Browser, Service, boxes, fields};

const PAGE: &str = "/midorino/staff/updates";

/// Fields of the report of something, found by its name on the page: `field` → `r3.field`.
struct Desk(String);

impl Desk {
    fn of(page: &Answer) -> Self {
        page.says(200, &["わたしの更新"]);
        Self(page.text())
    }

    fn prefix(&self, name: &str) -> String {
        let item = self.0.split("id=\"report-").find(|item| item.contains(name) && item.contains(".task\"")).expect(name);
        format!("r{}.", item.split('"').next().unwrap())
    }

    /// All fields of the page as a browser would send them, some of them typed over.
    fn typed(&self, typed: &[(&str, &str, &str)]) -> Vec<(String, String)> {
        let mut sent = fields(&self.0);
        for (name, field, value) in typed {
            let field = format!("{}{field}", self.prefix(name));
            sent.retain(|(known, _)| *known != field);
            sent.push((field, (*value).to_owned()));
        }
        sent
    }
}

async fn send(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(path, &fields).await
}

async fn opened(browser: &mut Browser) -> Desk {
    Desk::of(&browser.get(PAGE).await)
}

async fn submit(browser: &mut Browser, check: &Answer, sure: bool) -> Answer {
    let mut sent = fields(&check.text());
    if sure {
        sent.extend(boxes(&check.text()).into_iter().map(|name| (name, "on".to_owned())));
    }
    send(browser, &format!("{PAGE}/reports"), &sent).await
}

/// Address of the first report that a page names.
fn first_report(page: &Answer) -> String {
    page.text().split('"').find(|href| href.starts_with("/midorino/staff/reports/")).unwrap().to_owned()
}

const DIGITAL: &str = "各種申請手続き等のデジタル化数";
const BRANDS: &str = "利用できるキャッシュレス決済ブランドの数";
const ONLINE: &str = "手続きのオンライン化";

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_section_sees_what_it_owes_and_submits_what_it_wrote(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.get("/midorino/staff").await.says(200, &["2026(令和8)年度 上半期の報告　8件", "締切 2026年11月30日"]);
    let desk = opened(&mut sato).await;
    for name in [DIGITAL, BRANDS, ONLINE, "カードを使った電子申請"] {
        desk.prefix(name);
    }
    assert!(!desk.0.contains("オンライン予約ができる施設の割合"), "the figure of another section");
    let typed = desk.typed(&[(DIGITAL, "value.main", "１５１"), (ONLINE, "note", "転出届を加えた。")]);
    let check = send(&mut sato, &format!("{PAGE}/checks"), &typed).await;
    check.says(200, &["2件を提出します", "ほかに6件が未入力", "151", "転出届を加えた。"]);
    submit(&mut sato, &check, false).await.says(200, &["2件を提出しました", "残りは6件", "承認待ち"]);
    let desk = opened(&mut sato).await;
    assert!(!desk.0.contains(&format!("id=\"report-1\">{DIGITAL}")) && desk.0.contains("6件中0件"));
    // Nothing was submitted twice by the second click.
    submit(&mut sato, &check, false).await.says(200, &["わたしの更新", "6件中0件"]);
    let mut chief = service.signed_in("shimin-kacho@midorino.example").await;
    let home = chief.get("/midorino/staff").await;
    home.says(200, &[DIGITAL, ONLINE]);
    assert_eq!(home.text().matches("rashin-task-list__kind\">承認<").count(), 2, "figure and initiative");
    chief.get("/midorino/staff/approvals").await.says(200, &["2件の報告", "151件", "＋4", ONLINE, "転出届を加えた。"]);
    chief.submit(&format!("{}/approvals", first_report(&home)), &[]).await.says(200, &["承認しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn faults_are_named_at_their_fields_and_what_was_typed_is_kept(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    let desk = opened(&mut sato).await;
    let typed = desk.typed(&[
        (DIGITAL, "value.main", "約150"),
        (BRANDS, "value.main", "20"),
        (ONLINE, "slip_years", "1"),
        (ONLINE, "note", "遅れた"),
    ]);
    let page = send(&mut sato, &format!("{PAGE}/checks"), &typed).await;
    page.says(
        200,
        &["入力内容に問題があります（2件）", &format!("{DIGITAL}：実績値は、数字だけで"), "遅れの理由を入力してください", "約150"],
    );
    let field = format!("{}value.main", desk.prefix(DIGITAL)).replace('.', "-");
    assert!(page.text().contains(&format!("href=\"#{field}\"")) && page.text().contains(&format!("id=\"{field}\"")));
    // Somewhere else, later: the same is there.
    let mut elsewhere = service.signed_in("sato@midorino.example").await;
    elsewhere.get(PAGE).await.says(200, &["約150", "入力の途中", "8件中1件"]);
    // What can be read can be submitted without the rest.
    let check = elsewhere.get(&format!("{PAGE}/check")).await;
    check.says(200, &["1件を提出します", BRANDS]);
    submit(&mut elsewhere, &check, false).await.says(200, &["1件を提出しました"]);
    elsewhere.get(PAGE).await.says(200, &["約150", "7件中0件"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_strange_figure_asks_back_once_and_never_blocks(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    let desk = opened(&mut sato).await;
    let check = send(
        &mut sato,
        &format!("{PAGE}/checks"),
        &desk.typed(&[(DIGITAL, "value.main", "15100"), (ONLINE, "phase", "trial"), (ONLINE, "note", "試した。")]),
    )
    .await;
    check.says(200, &["およそ10倍以上です", "予定は「見直し」ですが、いまの段階は「試行」です", "この内容で合っています"]);
    let again = submit(&mut sato, &check, false).await;
    again.says(200, &["入力内容に問題があります（2件）", "桁は合っていますか"]);
    submit(&mut sato, &again, true).await.says(200, &["2件を提出しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_draft_is_kept_quietly_and_what_a_colleague_reported_is_not_overwritten(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut sato, mut kimura) = (service.signed_in("sato@midorino.example").await, service.signed_in("kimura@midorino.example").await);
    let (hers, his) = (opened(&mut kimura).await, opened(&mut sato).await);
    let mut typed = his.typed(&[(BRANDS, "value.main", "19")]);
    typed.push(("quiet".to_owned(), "yes".to_owned()));
    let kept = send(&mut sato, &format!("{PAGE}/drafts"), &typed).await;
    assert_eq!((kept.status, kept.text().as_str()), (200, "2026年11月22日 15:00"));
    sato.get(PAGE).await.says(200, &["下書き（2026年11月22日 15:00保存）", "value=\"19\""]);
    let stale = sato.get(&format!("{PAGE}/check")).await;

    let check = send(&mut kimura, &format!("{PAGE}/checks"), &hers.typed(&[(BRANDS, "value.main", "20")])).await;
    submit(&mut kimura, &check, false).await.says(200, &["1件を提出しました"]);
    // His check page still shows it: it is too late, and his figure is told to him.
    submit(&mut sato, &stale, false).await.says(200, &["提出できる入力がありません", "下書きは提出していません", "入力：19"]);
    let page = send(&mut sato, &format!("{PAGE}/checks"), &typed).await;
    page.says(200, &["ほかの人が先に報告した", BRANDS, "入力：19"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_returned_report_comes_back_with_its_reason_and_its_figures(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut sato = service.signed_in("sato@midorino.example").await;
    let desk = opened(&mut sato).await;
    let check = send(&mut sato, &format!("{PAGE}/checks"), &desk.typed(&[(ONLINE, "note", "した。")])).await;
    submit(&mut sato, &check, false).await.says(200, &["1件を提出しました"]);
    let mut chief = service.signed_in("shimin-kacho@midorino.example").await;
    let report = first_report(&chief.get("/midorino/staff").await);
    chief.get(&report).await.says(200, &["取組の報告", "した。", "予定からの遅れ"]);
    chief.submit(&format!("{report}/returns"), &[("reason", "何件増えたかを書いてください")]).await.says(200, &["差し戻しました"]);
    let desk = opened(&mut sato).await;
    assert_eq!(desk.prefix(ONLINE), "r1.", "what came back comes first");
    assert!(desk.0.contains("何件増えたかを書いてください") && desk.0.contains(">\nした。"));
    let check = send(&mut sato, &format!("{PAGE}/checks"), &desk.typed(&[(ONLINE, "note", "7件増やした。")])).await;
    submit(&mut sato, &check, false).await.says(200, &["1件を提出しました"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn who_owes_nothing_is_told_when_the_next_round_begins(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut viewer = service.signed_in("gikai@midorino.example").await;
    viewer.get(PAGE).await.says(200, &["いま、あなたが報告するものはありません"]);
    let mut sato = service.signed_in("sato@midorino.example").await;
    sato.get(&format!("{PAGE}?view=print")).await.says(200, &["報告の下書き用紙", DIGITAL, ONLINE]);
}
