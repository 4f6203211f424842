//! アイデア: sent by anybody, answered by the CoE and 事務局, each once.

mod support;

use rashin_domain::access::Role;
use sqlx::PgPool;
use support::{Browser, NewMember, Service, error_links, field, main};

const IDEAS: &str = "/kai/staff/ideas";

async fn send(browser: &mut Browser, title: &str, text: &str) {
    browser.submit(IDEAS, &[("title", title), ("text", text)]).await.says(200, &["アイデアを送りました", title, "答えを待っています"]);
}

/// 甲斐市 with its route, and a seat in its CoE for 市民課's member.
async fn kai(pool: PgPool) -> Service {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.submit("/kai/staff/rosters/from-plan", &[]).await.says(200, &["会議体を3件加えました"]);
    let person = service.member_id("kai", "K007").await.to_string();
    let seat = [("role", "member"), ("nomination", "own"), ("person", person.as_str()), ("from", "2026"), ("until", "2026")];
    office.submit("/kai/staff/rosters/coe/seats", &seat).await.says(200, &["席を保存しました"]);
    service
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn whoever_looks_on_sends_an_idea_and_reads_what_became_of_it(pool: PgPool) {
    let service = kai(pool).await;
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    viewer.get(IDEAS).await.says(200, &["アイデアはまだありません", "題名と内容だけで送れます"]);
    let back = viewer.submit(IDEAS, &[("title", ""), ("text", "窓口で番号札が足りない。")]).await;
    back.says(200, &["題名を入力してください", "窓口で番号札が足りない。"]);
    assert_eq!(error_links(&back.text()), ["title"]);
    send(&mut viewer, "番号札", "窓口で番号札が足りない。").await;
    // A second click sends no second one.
    send(&mut viewer, "番号札", "窓口で番号札が足りない。").await;
    assert_eq!(service.count_in("kai", "select count(*) from rashin.ideas").await, 1);
    viewer.post(&format!("{IDEAS}/1/answers"), &[("answer", "自分で")]).await.says(403, &["会議体の委員と事務局です"]);
    assert!(!main(&viewer.get(&format!("{IDEAS}/1")).await.text()).contains("回答して終わる"));
    // A member of the CoE answers without any other role; who waits is told.
    let mut coe = service.signed_in("shimin@kai.example").await;
    coe.get("/kai/staff").await.says(200, &["答えを待つアイデア　1件"]);
    coe.submit(&format!("{IDEAS}/1/answers"), &[]).await.says(200, &["回答を入力してください"]);
    coe.submit(&format!("{IDEAS}/1/answers"), &[("answer", "12月から増やします。")])
        .await
        .says(200, &["回答しました", "12月から増やします。"]);
    viewer.get("/kai/staff/notifications").await.says(200, &["アイデア「番号札」：回答がありました"]);
    viewer.get(&format!("{IDEAS}?show=mine")).await.says(200, &["番号札", "回答", "あなたのアイデアは1件です"]);
    viewer.get(&format!("{IDEAS}?show=open")).await.says(200, &["条件に合うアイデアはありません"]);
    assert!(!main(&coe.get("/kai/staff").await.text()).contains("答えを待つアイデア"));
    // Nobody answers twice, and the words of who came second are not lost.
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office
        .submit(&format!("{IDEAS}/1/answers"), &[("answer", "増やしません。")])
        .await
        .says(200, &["先に、ほかの人が答えました", "「増やしません。」"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.idea_fates").await, 1);
    // Another tenant sees nothing of it.
    let mut midorino = service.signed_in("jimukyoku@midorino.example").await;
    midorino.get("/midorino/staff/ideas").await.says(200, &["アイデアはまだありません"]);
    assert_eq!(midorino.get("/midorino/staff/ideas/1").await.status, 404);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_adopted_idea_is_a_case_with_its_author_linked_both_ways(pool: PgPool) {
    let service = kai(pool).await;
    let mut author = service.signed_in("sangyo@kai.example").await;
    send(&mut author, "書かない窓口", "転入の手続きで同じことを何度も書く。").await;
    let mut coe = service.signed_in("shimin@kai.example").await;
    coe.get(&format!("{IDEAS}/1")).await.says(200, &["案件の進む経路が、まだありません"]);
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.submit("/kai/staff/routes/short/versions", &[]).await.says(200, &["使えるようにしました"]);
    coe.submit(&format!("{IDEAS}/1/adoptions"), &[("adoption", "一緒に考えましょう。")])
        .await
        .says(200, &["案件の経路を選択してください", "一緒に考えましょう。"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.cases").await, 0);
    let route = field(&coe.get("/kai/staff/cases/new").await.text(), "route").unwrap();
    let adoption = [("route", route.as_str()), ("adoption", "一緒に考えましょう。")];
    let page = coe.submit(&format!("{IDEAS}/1/adoptions"), &adoption).await;
    page.says(200, &["案件 1の下書きを作りました", "書かない窓口", "同じことを何度も書く", "アイデア 1「書かない窓口」"]);
    author.get(&format!("{IDEAS}/1")).await.says(200, &["採用（案件 1）", "/kai/staff/cases/1", "一緒に考えましょう。"]);
    // Who sent it writes the case, too.
    assert_eq!(author.get("/kai/staff/cases/1/edit").await.status, 200);
    author.get("/kai/staff/notifications").await.says(200, &["アイデア「書かない窓口」：採用され、案件になりました"]);
    // A second click makes no second case.
    coe.submit(&format!("{IDEAS}/1/adoptions"), &adoption).await.says(200, &["先に、ほかの人が答えました"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.cases").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn who_works_in_two_sections_says_which_one_proposes_an_adopted_idea(pool: PgPool) {
    let service = kai(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.submit("/kai/staff/routes/short/versions", &[]).await.says(200, &["使えるようにしました"]);
    let person = service.member_id("kai", "K009").await.to_string();
    let seat = [("role", "member"), ("nomination", "own"), ("person", person.as_str()), ("from", "2026"), ("until", "2026")];
    office.submit("/kai/staff/rosters/coe/seats", &seat).await.says(200, &["席を保存しました"]);
    send(&mut office, "電子の申請", "紙で受けている。").await;
    let mut coe = service.signed_in("sangyo@kai.example").await;
    coe.get(&format!("{IDEAS}/1")).await.says(200, &["提案する課", "市民課"]);
    let route = field(&coe.get("/kai/staff/cases/new").await.text(), "route").unwrap();
    let adoption = [("route", route.as_str()), ("adoption", "一緒に考えましょう。")];
    let adoptions = format!("{IDEAS}/1/adoptions");
    coe.submit(&adoptions, &adoption).await.says(200, &["提案する課を選択してください", "一緒に考えましょう。"]);
    let section = service.section("kai", "shimin").await;
    let chosen = [&adoption[..], &[("section", section.as_str())]].concat();
    coe.submit(&adoptions, &chosen).await.says(200, &["案件 1の下書きを作りました"]);
    let of_section = "select count(*) from rashin.cases c join rashin.sections s on s.id = c.section_id where s.key = 'shimin'";
    assert_eq!(service.count_in("kai", of_section).await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn merged_ideas_share_the_fate_of_the_one_they_were_merged_into(pool: PgPool) {
    let service = kai(pool).await;
    let new =
        NewMember { city: "kai", email: "b@kai.test", name: "試験 次郎", role: Role::Reporter, section: "shimin", state: "active" };
    service.member(new).await;
    let mut first = service.signed_in("sangyo@kai.example").await;
    let mut second = service.signed_in("b@kai.test").await;
    send(&mut first, "番号札", "足りない。").await;
    send(&mut second, "呼び出し画面", "見えない。").await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    office.submit(&format!("{IDEAS}/2/mergers"), &[("into", "2")]).await.says(200, &["まとめる先を選択してください"]);
    office.submit(&format!("{IDEAS}/2/mergers"), &[("into", "1")]).await.says(200, &["アイデア 1にまとめました"]);
    office.get(&format!("{IDEAS}/1")).await.says(200, &["まとめたアイデア", "呼び出し画面", "試験 次郎"]);
    // What is gone itself takes in nothing: the two would both be gone.
    office
        .submit(&format!("{IDEAS}/1/mergers"), &[("into", "2"), ("merger", "反対に")])
        .await
        .says(200, &["先に、ほかの人が答えました", "「反対に」"]);
    office.submit(&format!("{IDEAS}/1/answers"), &[("answer", "1月に入れ替えます。")]).await.says(200, &["回答しました"]);
    second
        .get("/kai/staff/notifications")
        .await
        .says(200, &["「呼び出し画面」：ほかのアイデアとまとめました", "「呼び出し画面」：回答がありました"]);
    second.get(&format!("{IDEAS}/2")).await.says(200, &["アイデア 1にまとめた", "（回答）"]);
    office.get(&format!("{IDEAS}?q=呼び出し")).await.says(200, &["1件（新しい順）"]);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.get("/kai/staff/log?kind=idea").await.says(200, &["アイデアの送付", "アイデアの扱い"]);
}
