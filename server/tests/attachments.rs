//! Files attached to KPIs, nodes and editions: what is taken, who reads it, and when the public does.

mod support;

use std::io::{Cursor, Read, Write};

use jiff::SignedDuration;
use sqlx::PgPool;
use support::{Answer, Browser, Service, error_links, hidden, main, percent};

const KPI: &str = "/kai/staff/kpis/KAI-01/attachments";
const NODE: &str = "/kai/staff/plans/dx-action-plan/nodes/s1/attachments";
const EDITION: &str = "/kai/staff/plans/dx-action-plan/editions/1/attachments";
const NOBODY: &str = "01990000-0000-7000-8000-000000000000";
const PDF: &[u8] = b"%PDF-1.7 a scan";

/// The smallest JPEG that has all its parts, with a place in its EXIF.
fn photo() -> Vec<u8> {
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0\x04\0\0\0GPS\0\0\0\0\0";
    let parts: [&[u8]; 5] =
        [b"\xff\xd8\xff\xe1", &(exif.len() as u16 + 2).to_be_bytes(), exif, b"\xff\xda\0\x08\x01\x01\0\0\x3f\0picture", b"\xff\xd9"];
    parts.concat()
}

fn report() -> Vec<u8> {
    let types =
        "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let core = "<cp:coreProperties xmlns:cp=\"core\"><dc:creator>羅針 太郎</dc:creator></cp:coreProperties>";
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("[Content_Types].xml", types), ("docProps/core.xml", core), ("word/document.xml", "<w:document/>")] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn send(browser: &mut Browser, page: &str, name: &str, bytes: &[u8]) -> Answer {
    let answer = browser.post_file(page, &[("title", "")], ("file", name, bytes)).await;
    browser.follow(answer).await
}

/// Attaches a file; its staff address.
async fn attach(browser: &mut Browser, page: &str, name: &str, bytes: &[u8]) -> String {
    let text = send(browser, page, name, bytes).await.says(200, &["添付しました"]).text();
    // The clock stands still: files of one moment are in no order.
    let stem = name.rsplit('\\').next().unwrap().rsplit_once('.').unwrap().0;
    let before = text.split(&format!(">{stem}<")).next().unwrap();
    let id = &before.rsplit("/staff/attachments/").next().unwrap()[..36];
    format!("/kai/staff/attachments/{id}")
}

fn public(staff: &str) -> String {
    staff.replace("/staff/", "/")
}

async fn publish(office: &mut Browser, more: &[(&str, &str)]) {
    let page = office.get("/kai/staff/publish").await.text();
    let (number, seen) = (hidden(&page, "number"), hidden(&page, "seen"));
    let fields = [&[("reason", "添付の公開"), ("number", number.as_str()), ("seen", seen.as_str())], more].concat();
    office.submit("/kai/staff/editions", &fields).await.says(200, &["しました"]);
}

fn has(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_kept_names_no_author_and_no_place_and_is_only_ever_saved(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let mut viewer = service.signed_in("etsuran@kai.example").await;
    let file = attach(&mut office, KPI, "C:\\写真\\現場 1.jpeg", &photo()).await;
    let answer = viewer.get(&file).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/jpeg"));
    assert!(!has(&answer.body, "GPS") && has(&answer.body, "picture"));
    let name = "attachment; filename=\"file.jpg\"; filename*=UTF-8''%E7%8F%BE%E5%A0%B4%201.jpeg";
    for (header, value) in [
        ("content-disposition", name),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(header), value);
    }
    let file = attach(&mut office, KPI, "報告.docx", &report()).await;
    let mut zip = zip::ZipArchive::new(Cursor::new(viewer.get(&file).await.body)).unwrap();
    let mut core = String::new();
    zip.by_name("docProps/core.xml").unwrap().read_to_string(&mut core).unwrap();
    assert!(core.contains("coreProperties") && !core.contains("太郎"), "{core}");
    // The file as it was sent is nowhere.
    let kept = "select count(*) from rashin.attachments where position('GPS'::bytea in content) > 0 or octet_length(content) <> size";
    assert_eq!(service.count_in("kai", kept).await, 0);
    viewer.get("/kai/staff/kpis/KAI-01").await.says(200, &["添付ファイル", "現場 1"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_no_document_comes_back_with_a_sentence_at_its_field(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    for (name, bytes, words) in [
        ("a.pdf", b"<html><script>alert(1)</script></html>".to_vec(), "HTML、SVG"),
        ("a.pdf", b"MZ\x90\0".to_vec(), "この種類のファイル"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "パスワード"),
        ("a\u{202e}fdp.pdf", PDF.to_vec(), "目に見えない文字"),
        ("a.pdf", Vec::new(), "空です"),
        ("", Vec::new(), "選択してください"),
    ] {
        let answer = office.post_file(KPI, &[("title", "表題は残る")], ("file", name, &bytes)).await;
        let page = office.follow(answer).await.says(200, &[words, "表題は残る"]).text();
        assert_eq!(error_links(&page), ["file"], "{name}");
    }
    office.post_file(KPI, &[], ("file", "a.pdf", &vec![b'%'; 21 * 1024 * 1024])).await.says(413, &["大きすぎます"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.attachments").await, 0);
    // A name is shown as it is, and runs nowhere.
    let page = send(&mut office, KPI, "<img src=x onerror=alert(1)>.pdf", PDF).await.text();
    assert!(main(&page).contains("&lt;img src=x") && !page.contains("<img"));
    send(&mut office, KPI, "again.pdf", PDF).await.says(200, &["同じファイルがすでに"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.attachments").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_tenant_has_so_much_space_and_no_more(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    attach(&mut office, KPI, "a.pdf", PDF).await;
    let mut tx = service.pool.begin().await.unwrap();
    // As if ten files of 20 MiB were there.
    for sql in [
        "select set_config('app.tenant_id', tenant_id::text, true) from rashin.tenant_names where slug = 'kai'",
        "set local role rashin_owner",
        "insert into rashin.attachments (tenant_id, id, subject_kind, subject_key, title, file_name, media_type, size, sha256, content, uploaded_at)
         select tenant_id, gen_random_uuid(), subject_kind, subject_key, title, file_name, media_type, 20971520, sha256(n::text::bytea),
           convert_to(repeat('x', 20971520), 'UTF8'), now() from rashin.attachments, generate_series(1, 10) n",
    ] {
        sqlx::raw_sql(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    send(&mut office, KPI, "b.pdf", b"%PDF-1.7 another").await.says(200, &["合わせて200MBまで"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_public_reads_a_file_only_while_a_standing_edition_lists_it(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut office, mut anybody) = (service.signed_in("jimukyoku@kai.example").await, service.browser());
    let photo = attach(&mut office, KPI, "photo.jpg", &photo()).await;
    let scan = attach(&mut office, NODE, "scan.pdf", PDF).await;
    let inside = attach(&mut office, KPI, "inside.txt", "庁内のメモ".as_bytes()).await;
    let proposal = attach(&mut office, EDITION, "伺い.pdf", b"%PDF-1.7 proposal").await;
    let all = [&photo, &scan, &inside, &proposal];

    let listing = |file: &str| format!("{file}/listings");
    office.submit(&listing(&photo), &[("to_publish", "on")]).await.says(200, &["次の版から公開"]);
    // A PDF says who made it: somebody must have looked.
    let page = office.submit(&listing(&scan), &[("to_publish", "on")]).await.says(200, &["プロパティを確かめて"]).text();
    let id = scan.rsplit('/').next().unwrap();
    assert_eq!(error_links(&page), [format!("checked-{id}")]);
    office.submit(&listing(&scan), &[("to_publish", "on"), (&format!("checked.{id}"), "on")]).await.says(200, &["次の版で公開します"]);
    office.post(&listing(&proposal), &[("to_publish", "on")]).await.says(409, &["版に添付したファイルは公開できません"]);
    for file in all {
        anybody.get(&public(file)).await.says(404, &[]);
    }
    office.get("/kai/staff/plans/dx-action-plan/preview/kpis/KAI-01").await.says(200, &["添付ファイル", &photo]);

    // Embargoed: not yet.
    let until = [("public_from_year", "2026"), ("public_from_month", "12"), ("public_from_day", "1"), ("public_from_hour", "9")];
    office.get("/kai/staff/publish").await.says(200, &["0件 → 2件を公開します"]);
    publish(&mut office, &until).await;
    for file in all {
        anybody.get(&public(file)).await.says(404, &[]);
    }
    service.advance(SignedDuration::from_hours(24 * 9));
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    assert_eq!(anybody.get(&public(&photo)).await.header("cache-control"), "public, max-age=0, must-revalidate");
    assert_eq!(anybody.get(&public(&scan)).await.body, PDF);
    for file in [&inside, &proposal] {
        anybody.get(&public(file)).await.says(404, &[]);
    }
    anybody.get("/kai/kpis/KAI-01").await.says(200, &["添付ファイル", "photo（JPEG画像 1KB）", &public(&photo)]);
    anybody.get("/kai/nodes/s1").await.says(200, &["scan（PDF 1KB）"]);
    let first = anybody.get("/kai/plans/dx-action-plan/editions/1/kpis/KAI-01").await.text();
    assert!(!first.contains("添付ファイル"), "an edition lists what it listed");
    let json = anybody.get("/api/v1/municipalities/192104/plans/dx-action-plan").await.text();
    assert!(json.contains("\"media_type\":\"image/jpeg\"") && !json.contains("inside"), "open data say the same");
    // Under another tenant's name it is not there.
    anybody.get(&public(&photo).replace("/kai/", "/midorino/")).await.says(404, &[]);

    // Removed: at once, and its page says so.
    office.submit(&format!("{scan}/removals"), &[]).await.says(200, &["削除しました"]);
    for path in [scan.clone(), public(&scan)] {
        office.get(&path).await.says(404, &[]);
    }
    anybody.get("/kai/nodes/s1").await.says(200, &["公開を取りやめました"]);
    assert_eq!(service.count_in("kai", "select count(*) from rashin.attachments where content is null").await, 1);

    // Withdrawn: the edition's files go with it.
    office
        .submit("/kai/staff/plans/dx-action-plan/editions/2/withdrawals", &[("withdrawal_reason", "誤り")])
        .await
        .says(200, &["取り下げました"]);
    anybody.get(&public(&photo)).await.says(404, &[]);
    assert_eq!(office.get(&photo).await.status, 200, "members still read it");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_not_ticked_any_more_stays_where_it_was_published(pool: PgPool) {
    let service = Service::start(pool).await;
    let (mut office, mut anybody) = (service.signed_in("jimukyoku@kai.example").await, service.browser());
    let file = attach(&mut office, KPI, "memo.txt", "公開のメモ".as_bytes()).await;
    let listing = format!("{file}/listings");
    office.submit(&listing, &[("to_publish", "on")]).await;
    publish(&mut office, &[]).await;
    office.submit(&listing, &[("to_publish", "off")]).await.says(200, &["公開中（第2版）。次の版には載りません"]);
    publish(&mut office, &[]).await;
    let newest = anybody.get("/kai/kpis/KAI-01").await.text();
    assert!(!newest.contains("添付ファイル"));
    anybody.get("/kai/plans/dx-action-plan/editions/2/kpis/KAI-01").await.says(200, &["memo（テキスト 1KB）"]);
    assert_eq!(anybody.get(&public(&file)).await.body, "公開のメモ".as_bytes());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_log_names_what_a_file_was_attached_to(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    for page in ["nodes/s4-5", "editions/1"] {
        attach(&mut office, &format!("/kai/staff/plans/dx-action-plan/{page}/attachments"), "伺い.pdf", PDF).await;
    }
    let mut admin = service.signed_in("kanri@kai.example").await;
    let page = admin.get("/kai/staff/log?kind=attach").await.text();
    assert!(main(&page).contains("自治体DXの推進") && main(&page).contains("甲斐市DXアクションプラン　初版"), "{}", main(&page));
    assert!(!main(&page).contains("s4-5"), "a key is not for people");
    let found = admin.get(&format!("/kai/staff/log?kind=attach&words={}", percent("自治体ＤＸ"))).await.text();
    assert!(found.contains("操作の記録 1件"), "{}", main(&found));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_section_keeps_the_files_of_its_own_kpis_only(pool: PgPool) {
    let service = Service::start(pool).await;
    service.responsible("kai", "KAI-01", "shimin").await;
    let (mut own, mut other) = (service.signed_in("shimin@kai.example").await, service.signed_in("sangyo-kacho@kai.example").await);
    let file = attach(&mut own, KPI, "根拠.csv", "年度,件数\n2025,144\n".as_bytes()).await;
    let page = own.get(KPI).await.text();
    assert!(!page.contains("次の版で公開する</button>"), "only the office publishes");
    own.post(&format!("{file}/listings"), &[("to_publish", "on")]).await.says(403, &[]);
    other.post_file(KPI, &[], ("file", "b.pdf", PDF)).await.says(403, &["あなたの課が担当する指標ではありません"]);
    other.post(&format!("{file}/removals"), &[]).await.says(403, &[]);
    own.post_file(NODE, &[], ("file", "b.pdf", PDF)).await.says(403, &[]);
    assert_eq!(other.get(&file).await.status, 200);
    let mut stranger = service.signed_in("jimukyoku@midorino.example").await;
    stranger.get(&file).await.says(404, &[]);
    stranger.get(&file.replace("/kai/", "/midorino/")).await.says(404, &[]);
    stranger.get(&format!("/midorino/staff/attachments/{NOBODY}")).await.says(404, &[]);
    let mut admin = service.signed_in("kanri@kai.example").await;
    admin.get("/kai/staff/log?kind=attach").await.says(200, &["ファイルの添付", "根拠.csv"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_is_only_in_the_draft_has_files_too_for_those_who_edit(pool: PgPool) {
    const DESK: &str = "/kai/staff/plans/dx-action-plan";
    let service = Service::start(pool).await;
    let mut office = service.signed_in("jimukyoku@kai.example").await;
    let kpi = [("code", "KAI-77"), ("name", "架空の指標"), ("node", "s1"), ("frequency", "year"), ("reading", "original")];
    let part = [("part.main.kind", "number"), ("part.main.direction", "up"), ("part.main.accumulation", "per_year")];
    office.submit(&format!("{DESK}/objects/kpis"), &[&kpi[..], &part].concat()).await.says(200, &["案に保存しました"]);
    let node = [("level", "initiative"), ("title", "架空の取組"), ("reading", "original")];
    office.submit(&format!("{DESK}/objects/nodes"), &node).await.says(200, &["案に保存しました"]);
    let page = office.get(&format!("{DESK}/objects/kpis/KAI-77")).await.text();
    assert!(main(&page).contains("href=\"/kai/staff/kpis/KAI-77/attachments\""), "the editor leads there");
    let file = attach(&mut office, "/kai/staff/kpis/KAI-77/attachments", "a.pdf", PDF).await;
    office.get(&format!("{DESK}/objects/kpis/KAI-77")).await.says(200, &[&file]);
    let to = format!("{DESK}/objects/kpis/KAI-77");
    assert!(office.get("/kai/staff/kpis/KAI-77/attachments").await.text().contains(&format!("href=\"{to}\"")), "and back");
    service.signed_in("shimin@kai.example").await.get("/kai/staff/kpis/KAI-77/attachments").await.says(404, &[]);
    // With the next edition the KPI is everybody's, and so are its files.
    publish(&mut office, &[]).await;
    service.signed_in("etsuran@kai.example").await.get("/kai/staff/kpis/KAI-77").await.says(200, &[&file]);
    office.submit(&format!("{file}/removals"), &[]).await.says(200, &["削除しました"]);
}
