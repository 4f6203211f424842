//! `/{city}/staff/reports/{report}`: the receipt for who reported, the decision for who approves.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::decide,
    approval::Step,
    clock::{date_label, moment_label},
    form::Form,
    ids::ReportId,
};
use rashin_store::{
    report::{Report, Wanted},
    tenancy::tree,
};

use super::{
    actions::action,
    staff::{Live, staff_url},
};
use crate::{
    ui::{
        field::{Filled, required, textarea},
        frame::{Frame, Here},
        section::{facts, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

pub async fn report(visit: Visit, Path((city, id)): Path<(String, ReportId)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let report = tx.report(id).await?;
    let live = Live::load(&mut tx, &report.code).await?;
    let before =
        tx.reports(Wanted::Kpi(&report.code)).await?.into_iter().find(|r| r.period == report.period && r.revision < report.revision);
    let (settings, tree) = (tx.settings().await?, tree(&live.sections));
    let waits_for = report.waits_for(settings.approval);
    let may = |step| decide(tx.actor(), &action(step, &report, live.responsible_id(), &tree, settings.own_approval)).is_ok();
    let may_decide = waits_for.is_some_and(may);
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let main = view! {
        {filled.summary()}
        {page_head(format!("指標 {}　実績の報告", report.code), format!("{}　{}", report.name, report.period.label()), ())}
        <div class="stack">
            <p class="lead">{standing(&report, waits_for)}</p>
            {facts(rows(&live, &report, before.as_ref()))}
            <p class="links"><a href=staff_url(&city, &report.code)>"指標の画面を見る"</a><a href=format!("/{city}/staff")>"ホームに戻る"</a></p>
        </div>
        {may_decide.then(|| decision_forms(&city, id, &filled))}
    };
    let frame = Frame::staff(&tx, Some(live.head.notice.clone()).filter(|n| !n.is_empty()), Here::Kpis)
        .crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))])
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("報告　{}", report.name)), frame, main))
}

fn standing(report: &Report, waits_for: Option<Step>) -> String {
    let by = |name: &Option<String>| name.clone().unwrap_or_else(|| "取り込み".to_owned());
    let so_far = report.decisions.iter().map(|d| match (d.step, d.approved) {
        (Step::Unasked, _) => format!("{}に確定しました（承認なし）。", moment_label(d.decided_at)),
        (_, true) => format!("{}が{}に承認しました。", by(&d.decider_name), moment_label(d.decided_at)),
        (_, false) => format!("{}が{}に差し戻しました。理由：{}", by(&d.decider_name), moment_label(d.decided_at), d.reason),
    });
    let next = match waits_for {
        Some(Step::Office) => "事務局の確認を待っています。",
        Some(Step::Chief | Step::Unasked) => "提出済みです。承認を待っています。",
        None if report.is_newest => "",
        None => "この報告のあとに、新しい報告が出ています。",
    };
    so_far.chain([next.to_owned()]).collect()
}

fn rows(live: &Live, report: &Report, before: Option<&Report>) -> Vec<(&'static str, AnyView)> {
    let blank = |text: &str| if text.is_empty() { "未入力".to_owned() } else { text.to_owned() };
    let mut rows = vec![("受付番号", view! { <code>{report.id.to_string()}</code> }.into_any())];
    for (part, value, words) in live.in_words(&report.values) {
        let old = before.and_then(|b| b.values.iter().find(|(key, _)| *key == part.key)).filter(|(_, old)| old != value);
        let change = old.map(|(_, old)| view! { <span class="dads-table__sub">"前の報告 "<del>{old.with_unit(&part.unit)}</del></span> });
        rows.push(("実績", view! { <b>{words}</b>{change} }.into_any()));
    }
    rows.push(("値の確かさ", report.maturity.label().into_any()));
    rows.push(("時点", report.as_of.map_or_else(|| "未入力".to_owned(), date_label).into_any()));
    rows.push(("備考", blank(&report.note).into_any()));
    let link = match report.link.is_empty() {
        true => "未入力".into_any(),
        false => view! { <a href=report.link.clone() rel="noopener nofollow">{report.link.clone()}</a> }.into_any(),
    };
    rows.push(("根拠のリンク", link));
    if !report.reason.is_empty() {
        rows.push(("訂正の理由", report.reason.clone().into_any()));
    }
    let who = format!(
        "{} {}",
        report.section_name.clone().unwrap_or_default(),
        report.reporter_name.clone().unwrap_or_else(|| "取り込み".to_owned())
    );
    rows.push(("報告者", format!("{}　{}", who.trim(), moment_label(report.reported_at)).into_any()));
    rows
}

fn decision_forms(city: &str, id: ReportId, filled: &Filled) -> impl IntoView + use<> {
    let url = format!("/{city}/staff/reports/{id}");
    section(
        "decide",
        "承認または差戻し",
        (),
        view! {
            <div class="cols" data-cols="1-1">
                <form class="stack" method="post" action=format!("{url}/approvals")>
                    <p>"値と根拠を確かめて、承認してください。"</p>
                    <p class="actions"><button class="dads-button" data-type="solid-fill">"承認する"</button></p>
                </form>
                <form class="stack rashin-form" method="post" action=format!("{url}/returns") novalidate>
                    {textarea(filled, "reason", &required("差戻しの理由").hint("報告者が直せるように、どこをどう直すかを書いてください。"), 3)}
                    <p class="actions"><button class="dads-button" data-type="outline">"差し戻す"</button></p>
                </form>
            </div>
        },
    )
}
