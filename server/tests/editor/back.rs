//! What the draft took out comes back as it was.

use super::*;

const UNCHANGED: &str = "案は、いまの計画と同じです";

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn what_was_taken_out_is_put_back_in_its_place(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    for url in ["terms/AI", "terms/KPI", "chapters/1-2"].map(|object| format!("{DESK}/objects/{object}")) {
        office.submit(&format!("{url}/removals"), &[("sure", "on")]).await.says(200, &["を削除"]);
        let page = office.get(&url).await.says(200, &["案では削除されています", "元に戻す"]).text();
        let step = hidden(&page, "step");
        let back = [("step", step.as_str())];
        office.submit(&format!("{url}/restorations"), &back).await.says(200, &["案に保存しました"]);
        office.get(DESK).await.says(200, &[UNCHANGED]);
        // The button of an old page.
        office.submit(&format!("{url}/restorations"), &back).await.says(200, &["戻せませんでした"]);
    }
    // Nodes and KPIs come back with what hangs on them, by a form of their own.
    for object in ["nodes/i34", "kpis/KAI-01"] {
        office.submit(&format!("{DESK}/objects/{object}/restorations"), &[("step", "live")]).await.says(200, &["戻せませんでした"]);
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_planned_value_that_was_taken_out_is_put_back_as_it_was(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let sure = [&TARGET[..], &[("sure", "on")]].concat();
    let page = office.submit(&format!("{KPI}/point-removals"), &sure).await.text();
    let form = page.split("<form").find(|form| form.contains("目標値（2029(令和11)年度）を元に戻す")).expect("a way back");
    let names = ["part", "role", "period", "again", "value", "unknown", "note", "reason", "reading", "source_text", "source_place"];
    let fields: Vec<(String, String)> = names.iter().filter_map(|name| Some(((*name).to_owned(), field(form, name)?))).collect();
    send(&mut office, &format!("{KPI}/points"), &fields).await.says(200, &["案に保存しました"]);
    office.get(DESK).await.says(200, &[UNCHANGED]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_way_back_with_nothing_chosen_says_what_to_choose(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    for object in ["nodes/m06", "kpis/KAI-09"] {
        office.submit(&format!("{DESK}/objects/{object}/removals"), &[("sure", "on")]).await.says(200, &["を削除"]);
    }
    for (kind, chosen, place) in [("nodes", "dropped", "dropped_parent"), ("kpis", "dropped", "dropped_node")] {
        let answer = office.submit(&format!("{DESK}/objects/{kind}"), &[(chosen, ""), (place, "")]).await;
        assert_eq!(error_links(&answer.text()), [chosen], "{kind}");
    }
    let answer = office.submit(&format!("{DESK}/objects/kpis"), &[("existing", ""), ("existing_node", "")]).await;
    assert_eq!(error_links(&answer.text()), ["existing", "existing_node"]);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_split_and_a_merger_are_compared_by_name(pool: PgPool) {
    let service = Service::start(pool).await;
    let mut office = office(&service).await;
    let node = |key: &str, act: &str| format!("{DESK}/objects/nodes/{key}/{act}");
    office.submit(&node("s4-5", "splits"), &[("split_title", "基盤の整備"), ("split_number", "(6)")]).await.says(200, &["を分割"]);
    let page = office.submit(&node("s4-4", "mergers"), &[("into", "s4-3"), ("sure_merge", "on")]).await;
    page.says(200, &["へ統合", "(4) 災害に強いまちづくりの推進 → (3) 地域共生社会の形成（統合）"]);
    let table = office.get(&format!("{DESK}/comparison")).await.text();
    for words in ["(5) 自治体DXの推進（分割）(6) 基盤の整備", "(4) 災害に強いまちづくりの推進（統合）(3) 地域共生社会の形成"]
    {
        assert!(table.contains(words), "「{words}」 is missing");
    }
    assert!(!table.contains("s4-5") && !table.contains("s4-4"), "keys are not for people");
}
