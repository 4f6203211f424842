//! `/{city}/staff/reports/{report}`: the receipt for who reported, the decision for who approves.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::decide,
    approval::Step,
    clock::{date_label, moment_label},
    form::Form,
    ids::ReportId,
    initiative::Standing,
    obligation::Item,
    plan::{Kpi, PlanHead},
};
use rashin_store::{TenantTx, report::Report, tenancy::tree};

use super::{
    actions::action,
    comments::comments,
    evidence,
    fields::in_words,
    staff::{Live, staff_url},
};
use crate::{
    approval::approvals_url,
    ui::{
        field::{Filled, required, textarea},
        frame::{Frame, Here},
        section::{facts, page_head, section},
    },
    update::updates_url,
    web::{Page, Refusal, Visit},
};

pub async fn report(visit: Visit, Path((city, id)): Path<(String, ReportId)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let report = tx.report(id).await?;
    let about = About::load(&mut tx, &report).await?;
    let before = tx.reports(report.wanted()).await?.into_iter().find(|r| r.period == report.period && r.revision < report.revision);
    let (settings, tree) = (tx.settings().await?, tree(&tx.sections().await?));
    let answering: Vec<_> = tx.answering(&report.item).await?.into_iter().map(|(id, _)| id).collect();
    let responsible = report.decided_by(&answering);
    let waits_for = report.waits_for(settings.approval);
    let may = |step| decide(tx.actor(), &action(step, &report, responsible, &tree, settings.own_approval)).is_ok();
    let may_decide = waits_for.is_some_and(may);
    let (said, files) = (tx.report_comments(id).await?, tx.evidence().await?);
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let (kicker, link) = match &about.kpi {
        Some(kpi) => {
            (format!("指標 {}　実績の報告", kpi.code), view! { <a href=staff_url(&city, &kpi.code)>"指標の画面を見る"</a> }.into_any())
        }
        None => ("取組の報告".to_owned(), view! { <a href=updates_url(&city)>"わたしの更新を見る"</a> }.into_any()),
    };
    let main = view! {
        {filled.summary()}
        {page_head(kicker, format!("{}　{}", report.name, report.period.label()), ())}
        <div class="stack">
            <p class="lead">{standing(&report, waits_for)}</p>
            {facts(rows(&about, &report, before.as_ref(), evidence::links(&city, &report, &files)))}
            <p class="links">{link}{may_decide.then(|| view! { <a href=approvals_url(&city)>"承認待ちの一覧"</a> })}<a href=format!("/{city}/staff")>"ホームに戻る"</a></p>
        </div>
        {may_decide.then(|| decision_forms(&city, id, &filled))}
        {comments(&city, &report, &said, &filled)}
    };
    let frame = Frame::staff(&tx, Some(about.head.notice.clone()).filter(|n| !n.is_empty()), Here::Kpis)
        .crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))])
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("報告　{}", report.name)), frame, main))
}

/// What a report is about: the plan, and the KPI where it is one.
struct About {
    head: PlanHead,
    kpi: Option<Kpi>,
}

impl About {
    async fn load(tx: &mut TenantTx, report: &Report) -> Result<Self, Refusal> {
        match &report.item {
            Item::Kpi(_) => {
                let live = Live::load(tx, &report.code).await?;
                Ok(Self { head: live.head, kpi: Some(live.kpi) })
            }
            Item::Initiative(plan, _) => Ok(Self { head: tx.plan_head(*plan).await?, kpi: None }),
        }
    }
}

/// Where an initiative stands, in rows.
pub fn standing_facts(plan: &PlanHead, standing: Option<&Standing>) -> Vec<(&'static str, AnyView)> {
    let Some(standing) = standing else { return Vec::new() };
    let phase = plan.phases.iter().find(|phase| Some(&phase.key) == standing.phase.as_ref()).map(|phase| phase.name.clone());
    let slip = match standing.slip_years {
        0 => "なし".to_owned(),
        years => format!("{years}年（{}）", standing.slip_reason),
    };
    let phase = phase.map(|name| ("いまの段階", view! { <b>{name}</b> }.into_any()));
    phase.into_iter().chain([("予定からの遅れ", slip.into_any())]).collect()
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

fn rows(about: &About, report: &Report, before: Option<&Report>, files: Option<AnyView>) -> Vec<(&'static str, AnyView)> {
    let blank = |text: &str| if text.is_empty() { "未入力".to_owned() } else { text.to_owned() };
    let mut rows = vec![("受付番号", view! { <code>{report.id.to_string()}</code> }.into_any())];
    for (part, value, words) in about.kpi.iter().flat_map(|kpi| in_words(kpi, &report.values)) {
        let old = before.and_then(|b| b.values.iter().find(|(key, _)| *key == part.key)).filter(|(_, old)| old != value);
        let change = old.map(|(_, old)| view! { <span class="dads-table__sub">"前の報告 "<del>{old.with_unit(&part.unit)}</del></span> });
        rows.push(("実績", view! { <b>{words}</b>{change} }.into_any()));
    }
    rows.extend(standing_facts(&about.head, report.standing.as_ref()));
    rows.push(("値の確かさ", report.maturity.label().into_any()));
    rows.extend(about.kpi.as_ref().map(|_| ("時点", report.as_of.map_or_else(|| "未入力".to_owned(), date_label).into_any())));
    rows.push((if about.kpi.is_some() { "備考" } else { "取組の状況" }, blank(&report.note).into_any()));
    let link = match report.link.is_empty() {
        true => "未入力".into_any(),
        false => view! { <a href=report.link.clone() rel="noopener nofollow">{report.link.clone()}</a> }.into_any(),
    };
    rows.push(("根拠のリンク", link));
    rows.extend(files.map(|files| ("根拠の添付ファイル", files)));
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
