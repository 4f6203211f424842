//! `/{city}/staff/updates/check`: everything that was typed, before it is submitted; what is strange asks back here.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{form::Form, kpi::ActualReport, progress::judge};

use super::{
    Bench,
    bench::{Row, Subject},
    updates_url,
};
use crate::{
    kpi::fields::{in_words, meaning, with_report},
    ui::{
        field::{Filled, confirm, hidden},
        frame::{Frame, Here},
        section::page_head,
        status::status,
    },
    web::{Page, Refusal, Visit},
};

pub async fn check(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let url = updates_url(&city);
    let drafts = tx.report_drafts().await?;
    let Some(bench) = Bench::load(&mut tx, drafts).await? else { return Err(Refusal::NotFound) };
    let rows = bench.rows();
    let ready = ready(&rows);
    if ready.is_empty() {
        return Err(Refusal::Conflict {
            what: "提出できる入力がありません。提出済みか、入力が終わっていません。".to_owned(), back: url
        });
    }
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let left = rows.len() - ready.len();
    let items = ready.iter().map(|(row, report)| checked(&bench, row, report, &filled, &url)).collect_view();
    let main = view! {
        {filled.summary()}
        {page_head(format!("{}件を提出します", ready.len()), "提出前に内容を確認してください", ())}
        <form class="stack" method="post" action=format!("{url}/reports") novalidate>
            <p>{if left == 0 { "まだ提出していません。".to_owned() } else { format!("まだ提出していません。ほかに{left}件が未入力か入力の途中です（あとで続けられます）。") }}</p>
            {hidden("saved", stamp(&bench))}
            {items}
            <p class="actions"><button class="dads-button" data-type="solid-fill">"この内容で提出する"</button><a class="dads-button" data-type="text" href=url.clone()>"入力に戻る"</a></p>
        </form>
    };
    let frame = Frame::staff(&tx, None, Here::Updates)
        .crumbs(vec![("わたしの更新".to_owned(), updates_url(&city))])
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("提出前の確認"), frame, main))
}

/// What can be submitted: begun, readable, and nobody reported it meanwhile.
pub fn ready<'r, 'a>(rows: &'r [Row<'a>]) -> Vec<(&'r Row<'a>, ActualReport)> {
    let read = |row: &'r Row<'a>| {
        let form = row.form();
        let report = row.is_begun(&form).then(|| row.read(&form).ok()).flatten()?;
        (report.seen_revision == row.revision()).then_some((row, report))
    };
    rows.iter().filter_map(read).collect()
}

/// Changes with every draft that is saved.
pub fn stamp(bench: &Bench) -> String {
    bench.saved_at().map_or_else(String::new, |at| at.to_string())
}

/// Name of the box that says: the figure is right.
pub fn sure(row: &Row<'_>, field: &str) -> String {
    format!("sure.{}.{field}", row.key)
}

fn checked(bench: &Bench, row: &Row<'_>, report: &ActualReport, filled: &Filled, url: &str) -> AnyView {
    let name = row.named.name.clone();
    let change =
        view! { <a class="rashin-change" href=format!("{url}#report-{}", row.n)>"変更"<span class="vh">{format!("（{name}）")}</span></a> };
    let mut facts: Vec<(&str, AnyView)> = Vec::new();
    match &row.subject {
        Subject::Kpi(kpi) => {
            for (part, value, words) in in_words(kpi, &report.values) {
                let meaning = meaning(part, value, report.period);
                facts.push((
                    "実績",
                    view! { <b>{words}</b>{meaning.map(|words| view! { <span class="dads-table__sub">{words}</span> })} }.into_any(),
                ));
            }
            let judgement = judge(&bench.content.plan, &with_report(kpi, report), bench.today);
            let words = view! { {status(&judgement)}<span class="dads-table__sub">{judgement.reason.clone()}</span> };
            facts.push(("承認されたときの判定", words.into_any()));
        }
        Subject::Initiative => facts.extend(crate::kpi::decide::standing_facts(&bench.content.plan, report.standing.as_ref())),
    }
    let note = if matches!(row.subject, Subject::Kpi(_)) { "備考" } else { "取組の状況" };
    facts.extend(
        [(note, &report.note), ("根拠のリンク", &report.link)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(term, text)| (term, text.clone().into_any())),
    );
    let doubts = row.doubts(report).into_iter().map(|(field, question)| {
        view! {
            <div class="dads-notification-banner" data-type="warning">
                <p class="dads-notification-banner__heading">{question}</p>
                <div class="dads-notification-banner__body">{confirm(filled, &sure(row, &field), "この内容で合っています")}</div>
            </div>
        }
    });
    let facts = facts.into_iter().map(|(term, words)| view! { <div><dt>{term}</dt><dd>{words}</dd></div> }).collect_view();
    view! {
        <section class="rashin-checked" aria-labelledby=format!("check-{}", row.n)>
            <div class="section__head"><h2 id=format!("check-{}", row.n)>{name.clone()}</h2>{change}</div>
            <p class="note">{format!("{}（{}）", report.period.label(), report.maturity.label())}</p>
            {doubts.collect_view()}
            <dl class="dads-description-list">{facts}</dl>
        </section>
    }
    .into_any()
}
