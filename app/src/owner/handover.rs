//! `/{city}/staff/kpis/{code}/handover`: all that whoever takes a KPI over should know, on paper.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Member, decide},
    clock::{date_label, japan_date},
    obligation::Item,
    plan::Kpi,
};
use rashin_store::report::{Report, Wanted};

use super::Register;
use crate::{
    kpi::{
        sheet,
        staff::{Live, staff_url},
    },
    organisation::span_label,
    ui::{
        frame::{Frame, Here},
        section::{empty, facts, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

pub async fn handover(visit: Visit, Path((city, code)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let live = Live::load(&mut tx, &code).await?;
    let item = Item::Kpi(tx.kpi_id(&code).await?);
    let register = Register::load(&mut tx).await?.ok_or(Refusal::NotFound)?;
    let (reports, sections) = (tx.reports(Wanted::Kpi(&code)).await?, tx.responsibilities(&code).await?);
    let over_time =
        sections.iter().map(|one| view! { <div><dt>{span_label(one.span)}</dt><dd>{one.name.clone()}</dd></div> }).collect_view();
    // What is prepared is nobody else's business until its day.
    let may = decide(tx.actor(), &Action::Assign).is_ok();
    let figures = live.kpi.parts.iter().map(|part| sheet::years(&live.head, &live.kpi, part, register.today)).collect_view();
    let main = view! {
        {page_head(format!("指標 {code}"), format!("引き継ぎ書　{}", live.kpi.name), ())}
        <p class="note">{format!("{}現在。庁内用です。", date_label(register.today))}</p>
        {sheet::definition(&live.kpi)}
        {section("figures", "目標と実績", (), figures)}
        {section("contacts", "担当と連絡先", (), contacts(&register, &item, may))}
        {section("over-time", "担当の移り変わり", (), view! { <dl class="dads-description-list">{over_time}</dl> })}
        {section("reports", "これまでの報告", (), told(&live.kpi, &reports))}
    };
    let crumbs = vec![("指標".to_owned(), format!("/{city}/staff/kpis")), (live.kpi.name.clone(), staff_url(&city, &code))];
    Ok(Page::new(format!("引き継ぎ書　{}", live.kpi.name), Frame::staff(&tx, None, Here::Kpis).crumbs(crumbs), main))
}

/// Who answers now, who will, and who else works for the section.
fn contacts(register: &Register, item: &Item, with_prepared: bool) -> AnyView {
    let desk = register.owed.desk();
    let mut rows: Vec<(&'static str, AnyView)> =
        desk.charges_of(item).map(|charge| ("いまの担当", register.words(charge).into_any())).collect();
    for charge in register.prepared(item).into_iter().filter(|_| with_prepared) {
        rows.push(("これからの担当", format!("{}から {}", date_label(charge.span.from), register.words(charge)).into_any()));
    }
    let owers = desk.owers(item);
    let post = |member: &Member| member.assignments.first().map(|held| held.post.clone()).filter(|post| !post.is_empty());
    let people = owers.keys().filter_map(|id| register.member(*id)).map(|member| match post(member) {
        Some(post) => format!("{}（{post}）", member.name),
        None => member.name.clone(),
    });
    let people = people.collect::<Vec<_>>().join("、");
    if !people.is_empty() {
        rows.push(("報告する人", people.into_any()));
    }
    if rows.is_empty() { empty("担当課がまだ決まっていません。", None).into_any() } else { facts(rows).into_any() }
}

fn told(kpi: &Kpi, reports: &[Report]) -> AnyView {
    let items = reports.iter().map(|report| {
        let who = report.reporter_name.clone().map_or_else(|| "取り込み".to_owned(), |name| format!("{} {name}", report.section_name.clone().unwrap_or_default()));
        let reason = (!report.reason.is_empty()).then(|| view! { <br/>{format!("訂正の理由：{}", report.reason)} });
        let note = (!report.note.is_empty()).then(|| view! { <br/>{format!("備考：{}", report.note)} });
        let link = (!report.link.is_empty()).then(|| view! { <br/>{format!("根拠：{}", report.link)} });
        view! {
            <li><time>{date_label(japan_date(report.reported_at))}</time>
                <div><b>{format!("{}　{}（{}）", report.period.label(), report.printed(kpi), report.maturity.label())}</b><br/><span class="note">{who}{note}{reason}{link}</span></div></li>
        }
    });
    match reports.is_empty() {
        true => empty("まだ報告はありません。", None).into_any(),
        false => view! { <ol class="rashin-timeline">{items.collect_view()}</ol> }.into_any(),
    }
}
