//! `/{city}/staff/initiatives/{node}`

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::{FiscalYear, moment_label},
    roadmap::row,
};
use rashin_store::report::{Report, Wanted};

use super::{Initiative, initiative_url};
use crate::{
    ledger::{amounts_table, ledger_url},
    review::shelf,
    roadmap::{pages::roadmap_url, route},
    ui::{
        frame::{Frame, Here},
        section::{empty, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

pub async fn initiative(visit: Visit, Path((city, key)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let it = Initiative::load(&mut tx, &key).await?;
    let content = tx.plan_content(it.plan.id).await?;
    let item = it.item();
    let reports = tx.reports(Wanted::Initiative(it.plan.id, &key)).await?;
    let reviews = tx.reviews(Some(&item), None).await?;
    let lines = tx.ledger(it.plan.id, Some(&key), None).await?;
    let (may, now) = (it.may_report(&tx), FiscalYear::of(tx.today()));
    let url = initiative_url(&city, &key);
    let cells = row(&content, &key, now);
    let edit = decide(tx.actor(), &Action::Edit).is_ok().then(|| {
        let href = format!("/{city}/staff/plans/{}/objects/nodes/{key}#roadmap", it.plan.slug);
        view! { <p><a href=href>"予定と節目を編集する"</a></p> }
    });
    let road = match cells {
        Some(cells) => route(&cells, now),
        None => empty("ロードマップの予定は、まだ登録されていません。", None).into_any(),
    };
    let ledger = match lines.iter().all(|line| line.entry.is_blank()) {
        true => empty("予算と効果は、まだ入力されていません。", None).into_any(),
        false => {
            amounts_table(&lines, |line| view! { <a href=format!("{url}/ledger?year={}", line.year.0)>{line.year.label()}</a> }.into_any())
        }
    };
    let enter = may.then(|| view! { <p><a href=format!("{url}/ledger?year={}", now.0)>"予算と効果を入力する"</a></p> });
    let owner = it.responsible.as_ref().map_or_else(|| "担当課は未設定です。".to_owned(), |(_, name)| format!("担当課：{name}"));
    let description = (!it.node.description.is_empty()).then(|| view! { <p class="prose">{it.node.description.clone()}</p> });
    let main = view! {
        {page_head(it.above.join("　"), it.node.title.clone(), ())}
        {description}
        <p class="prose">{owner}</p>
        {section("roadmap", "予定と実際", edit, road)}
        {shelf(&url, &reviews, may, now)}
        {section("ledger", "予算と効果", enter, ledger)}
        {section("reports", "報告", (), history(&city, &reports))}
    };
    let crumbs = vec![
        ("ホーム".to_owned(), format!("/{city}/staff")),
        ("ロードマップ".to_owned(), roadmap_url(&city)),
        ("予算と効果".to_owned(), ledger_url(&city)),
    ];
    let frame = Frame::staff(&tx, None, Here::Home).crumbs(crumbs).flash(visit.take_flash().await?);
    Ok(Page::new(it.node.title.clone(), frame, main))
}

fn history(city: &str, reports: &[Report]) -> AnyView {
    if reports.is_empty() {
        return empty("まだ報告はありません。", None).into_any();
    }
    let items = reports.iter().map(|report| {
        let who = report.reporter_name.clone().map_or_else(
            || "取り込み".to_owned(),
            |name| format!("{} {name}", report.section_name.clone().unwrap_or_default()),
        );
        let note = (!report.note.is_empty()).then(|| view! { <blockquote>{report.note.clone()}</blockquote> });
        view! {
            <li>
                <time>{moment_label(report.reported_at)}</time>
                <div><a href=format!("/{city}/staff/reports/{}", report.id)><b>{report.period.label()}</b></a><br/><span class="note">{who}</span>{note}</div>
            </li>
        }
    });
    view! { <ol class="rashin-timeline">{items.collect_view()}</ol> }.into_any()
}
