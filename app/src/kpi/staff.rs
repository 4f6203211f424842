//! KPIs for members: the list and the live sheet with history, assignment and sharing.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Role, SectionTree, decide},
    advice::{Advice, advise},
    clock::{FiscalYear, moment_label},
    form::Form,
    ids::SectionId,
    obligation::{Item, stale},
    plan::{Kpi, PlanHead},
    progress::judge,
};
use rashin_store::{
    TenantTx,
    card::Subject,
    compare::Recipient,
    kpi,
    plan::PlanRef,
    report::{Report, Wanted},
    responsibility::Responsibility,
    tenancy::{Section, tree},
};
use serde::Deserialize;

use super::{
    comments, overrule,
    sheet::{self, Sheet},
};
use crate::{
    attachment::{Owner, shelf},
    card,
    organisation::{section_url, span_label},
    owner::owners_url,
    review::shelf as shelf_of_reviews,
    ui::{
        field::{Filled, hidden, optional, required, select, side_form},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, section, table},
        status::status,
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Filter {
    /// `mine`, `unassigned` or nothing.
    #[serde(default)]
    show: String,
    /// `on`: KPIs with weak spots only.
    #[serde(default)]
    advice: String,
}

/// The plan of the tenant with a KPI's live data.
pub struct Live {
    pub plan: PlanRef,
    pub head: PlanHead,
    pub kpi: Kpi,
    pub responsible: Option<(SectionId, String)>,
    pub sections: Vec<Section>,
}

impl Live {
    pub async fn load(tx: &mut TenantTx, code: &str) -> Result<Self, Refusal> {
        let plan = tx.current_plan().await?.ok_or(Refusal::NotFound)?;
        let kpi = kpi::of_plan(tx, plan.id, Some(code)).await?.pop().ok_or(Refusal::NotFound)?;
        let head = tx.plan_head(plan.id).await?;
        let sections = tx.sections().await?;
        let item = Item::Kpi(tx.kpi_id(code).await?);
        let answering = tx.answering(&item).await?;
        let responsible = own_section(tx, &answering, &tree(&sections));
        Ok(Self { plan, head, kpi, responsible, sections })
    }

    /// Whether this member may report the KPI.
    pub fn may_report(&self, tx: &TenantTx) -> bool {
        let tree = tree(&self.sections);
        decide(tx.actor(), &Action::Report { responsible: self.responsible_id(), sections: &tree }).is_ok()
    }

    pub fn responsible_id(&self) -> Option<SectionId> {
        self.responsible.as_ref().map(|(id, _)| *id)
    }
}

/// Of the sections that answer for something the one for which the member may report, else the newest.
pub fn own_section(tx: &TenantTx, answering: &[(SectionId, String)], sections: &SectionTree) -> Option<(SectionId, String)> {
    let own = |(id, _): &&(SectionId, String)| decide(tx.actor(), &Action::Report { responsible: Some(*id), sections }).is_ok();
    answering.iter().find(own).or(answering.first()).cloned()
}

pub fn staff_url(city: &str, code: &str) -> String {
    format!("/{city}/staff/kpis/{code}")
}

/// `/{city}/staff/kpis`
pub async fn kpis(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let flash = visit.take_flash().await?;
    let frame = Frame::staff(&tx, None, Here::Kpis).flash(flash);
    let Some(plan) = tx.current_plan().await? else {
        let main = view! { {page_head("", "指標", ())}{empty("この団体の計画は、まだ登録されていません。事務局が計画を取り込むと、ここに指標が並びます。", None)} };
        return Ok(Page::new("指標", frame, main));
    };
    let head = tx.plan_head(plan.id).await?;
    let kpis = kpi::of_plan(&mut tx, plan.id, None).await?;
    let owners = tx.responsible_sections().await?;
    let sections = tx.sections().await?;
    let tree = tree(&sections);
    let is_mine = |kpi: &Kpi| {
        let responsible = owners.get(&kpi.code).map(|(id, _)| *id);
        tx.member().is_some_and(|m| {
            m.assignments
                .iter()
                .filter_map(|a| a.section)
                .any(|own| responsible.is_some_and(|r| tree.is_within(r, own) || tree.is_within(own, r)))
        })
    };
    let unassigned = kpis.iter().filter(|kpi| !owners.contains_key(&kpi.code)).count();
    let weak = |kpi: &Kpi| advise(&head, kpi).len();
    let with_advice = kpis.iter().filter(|kpi| weak(kpi) > 0).count();
    let advised = filter.advice == "on";
    let shown: Vec<&Kpi> = (kpis.iter())
        .filter(|kpi| !advised || weak(kpi) > 0)
        .filter(|kpi| match filter.show.as_str() {
            "mine" => is_mine(kpi),
            "unassigned" => !owners.contains_key(&kpi.code),
            _ => true,
        })
        .collect();
    let today = tx.today();
    let rows = shown.iter().map(|kpi| {
        let owner = owners.get(&kpi.code).map_or_else(|| view! { <span class="rashin-unknown">"未設定"</span> }.into_any(), |(_, name)| name.clone().into_any());
        let unit = kpi.parts.first().map_or("", |part| part.unit.as_str());
        let newest = kpi.newest().map_or_else(|| "未報告".to_owned(), |a| format!("{} {}", a.value.with_unit(unit), a.period.fiscal_year().short()));
        let below = if advised { format!("{}　気づき {}件", kpi.code, weak(kpi)) } else { kpi.code.clone() };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=staff_url(&city, &kpi.code)>{kpi.name.clone()}</a><span class="dads-table__sub">{below}</span></th>
                <td role="cell"><span class="dads-table__cell-label">"担当課"</span><span>{owner}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"最新の実績"</span><span>{newest}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"判定"</span><span>{status(&judge(&head, kpi, today))}</span></td>
            </tr>
        }
    });
    let count = rows.len();
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let current = if advised {
        "advice=on".to_owned()
    } else if filter.show.is_empty() {
        String::new()
    } else {
        format!("show={}", filter.show)
    };
    let tab = |query: &str, label: String| {
        let here = current == query;
        let href = (!here).then(|| format!("/{city}/staff/kpis{}", if query.is_empty() { String::new() } else { format!("?{query}") }));
        view! { <li><a class="dads-tab__tab" href=href aria-current=here.then_some("page")>{label}</a></li> }
    };
    let main = view! {
        {page_head(plan.title.clone(), "指標", view! { <p class="links"><a href=owners_url(&city)>"担当"</a><a href=format!("/{city}/staff/templates")>"指標の雛形"</a></p> })}
        <nav aria-label="指標の絞り込み"><ul class="dads-tab__list">
            {tab("", format!("すべて {}件", kpis.len()))}
            {tab("show=mine", format!("自分の課 {}件", kpis.iter().filter(|k| is_mine(k)).count()))}
            {tab("show=unassigned", format!("担当課なし {unassigned}件"))}
            {tab("advice=on", format!("気づきあり {with_advice}件"))}
        </ul></nav>
        <div class="dads-tab__panel">
        {if count == 0 {
            empty("条件に合う指標はありません。", Some((format!("/{city}/staff/kpis"), "すべての指標を見る"))).into_any()
        } else {
            table("kpis", format!("指標 {count}件（計画の掲載順）"), vec![col("指標"), col("担当課"), num("最新の実績"), col("判定")], body, true).into_any()
        }}
        </div>
    };
    Ok(Page::new("指標", frame, main))
}

/// `/{city}/staff/kpis/{code}`
pub async fn kpi(visit: Visit, Path((city, code)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let live = Live::load(&mut tx, &code).await?;
    let reports = tx.reports(Wanted::Kpi(&code)).await?;
    let item = Item::Kpi(tx.kpi_id(&code).await?);
    let reviews = tx.reviews(Some(&item), None).await?;
    let responsibilities = tx.responsibilities(&code).await?;
    let shared = tx.shared_with(&code).await?;
    let prefectures = tx.prefectures().await?;
    let files = shelf(&mut tx, &Owner::of_live(&live, &city)).await?;
    let cards = card::shelf(&mut tx, &city, &Subject::Kpi { code: code.clone(), name: live.kpi.name.clone() }).await?;
    let today = tx.today();
    let judgement = judge(&live.head, &live.kpi, today);
    let is_secretariat = tx.member().is_some_and(|m| m.has(Role::Secretariat));
    let may_report = live.may_report(&tx);
    let standing = match decide(tx.actor(), &Action::Conduct) {
        Ok(_) => Some(tx.standing_override(&live.plan, &code).await?),
        Err(_) => None,
    };
    let url = staff_url(&city, &code);
    let actions = match may_report {
        true => view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{url}/report")>"報告する"</a></p> }
            .into_any(),
        false => ().into_any(),
    };
    let mut filled = Filled::new(visit.take_held().await?, Form::default);
    // A form that came back holds its own fields only: the other form of the page goes on showing what stands.
    if filled.errors.of("section").is_none() {
        filled.form.set("section", live.responsible_id().map(|id| id.to_string()).unwrap_or_default());
    }
    let sheet = Sheet {
        plan: &live.head,
        kpi: &live.kpi,
        judgement: Some(&judgement),
        section: live.responsible.as_ref().map(|(_, name)| name.as_str()),
        attributes: Vec::new(),
        today,
        actions,
    };
    let newest = live.kpi.newest().map(|actual| actual.as_of.unwrap_or(actual.period.last_day()));
    let stale = stale(newest, tx.settings().await?.stale_months, today).map(|stale| note(stale.sentence()));
    let unpublished = note("この画面は庁内の最新の値です。公開ページには、次に公表する版から反映されます。");
    let main = view! {
        {filled.summary()}
        {unpublished}
        {stale}
        {sheet::view(sheet)}
        {weak_spots(advise(&live.head, &live.kpi))}
        {files}
        {shelf_of_reviews(&url, &reviews, may_report, FiscalYear::of(today))}
        {cards}
        {history(&city, &live.kpi, &reports)}
        {(!responsibilities.is_empty()).then(|| sections_over_time(&city, &url, &responsibilities))}
        {standing.and_then(|standing| overrule::forms(&city, &live, standing.as_ref(), today, &filled))}
        {is_secretariat.then(|| office(&city, &url, &filled, &live.sections, &shared, &prefectures))}
    };
    let frame = Frame::staff(&tx, Some(live.head.notice.clone()).filter(|n| !n.is_empty()), Here::Kpis)
        .crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff")), ("指標".to_owned(), format!("/{city}/staff/kpis"))])
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&live.kpi.name), frame, main))
}

/// What would make the KPI a better one.
fn weak_spots(advice: Vec<Advice>) -> Option<AnyView> {
    let items = advice.iter().map(|one| view! { <li>{one.sentence.clone()}</li> }).collect_view();
    let hint = note("指標を見直すときの手がかりです。判定には影響せず、公開ページには出ません。");
    (!advice.is_empty()).then(|| section("advice", "気づき", hint, view! { <div class="rashin-prose"><ul>{items}</ul></div> }))
}

/// Who reported, approved and returned what, newest first.
fn history(city: &str, kpi: &Kpi, reports: &[Report]) -> impl IntoView + use<> {
    let items = reports.iter().map(|report| {
        let who = report.reporter_name.clone().map_or_else(|| "取り込み".to_owned(), |name| format!("{} {name}", report.section_name.clone().unwrap_or_default()));
        let outcome = match report.settled() {
            None if report.is_newest => "承認待ち".to_owned(),
            None => "新しい報告に置き換え".to_owned(),
            Some(decision) if decision.approved => format!("承認 {}", decision.decider_name.clone().unwrap_or_default()),
            Some(decision) => format!("差戻し {}：{}", decision.decider_name.clone().unwrap_or_default(), decision.reason),
        };
        let words = format!("{}　{}（{}）", report.period.label(), report.printed(kpi), report.maturity.label());
        let reason = (!report.reason.is_empty()).then(|| view! { <blockquote>{format!("訂正の理由：{}", report.reason)}</blockquote> });
        let note = (!report.note.is_empty()).then(|| view! { <blockquote>{report.note.clone()}</blockquote> });
        view! {
            <li>
                <time>{moment_label(report.reported_at)}</time>
                <div><a href=format!("/{city}/staff/reports/{}", report.id)><b>{words}</b></a><br/><span class="note">{format!("{who}　{outcome}")}{comments::count(report.comments).map(|words| format!("　{words}"))}</span>{reason}{note}</div>
            </li>
        }
    });
    let body = match reports.is_empty() {
        true => empty("まだ報告はありません。", None).into_any(),
        false => view! { <ol class="rashin-timeline">{items.collect_view()}</ol> }.into_any(),
    };
    section("history", "履歴", (), body)
}

/// Who answered, answers and will answer for the KPI, newest first.
fn sections_over_time(city: &str, url: &str, responsibilities: &[Responsibility]) -> impl IntoView + use<> {
    let sheet = view! { <p class="links"><a href=format!("{url}/handover")>"引き継ぎ書"</a></p> };
    let items = responsibilities.iter().map(|one| {
        view! { <div><dt><a href=section_url(city, &one.key)>{one.name.clone()}</a></dt><dd>{span_label(one.span)}</dd></div> }
    });
    section("sections", "担当の移り変わり", sheet, view! { <dl class="dads-description-list">{items.collect_view()}</dl> })
}

/// What 事務局 does here: the responsible section, and sharing with a prefecture.
fn office(
    city: &str,
    url: &str,
    filled: &Filled,
    sections: &[Section],
    shared: &[Recipient],
    prefectures: &[(String, String)],
) -> impl IntoView + use<> {
    let options: Vec<(String, String)> = sections.iter().map(|s| (s.id.to_string(), s.name.clone())).collect();
    let assign = side_form(
        format!("{url}/responsibilities"),
        select(filled, "section", &optional("担当課").hint("今日から担当します。「担当なし」も選べます。"), &options, "担当なし"),
        "担当課を保存する",
    );
    let shares = shared.iter().map(|recipient| {
        let form = view! {
            <form method="post" action=format!("{url}/share-withdrawals")>
                {hidden("recipient", recipient.name.clone())}
                <button class="dads-button" data-type="outline" data-size="sm">"共有を取り下げる"</button>
            </form>
        };
        view! { <li><div><b>{recipient.name.clone()}</b><p class="note">"公表した版の値と判定を共有しています。"</p></div>{form}</li> }
    });
    let city = city.to_owned();
    view! {
        {section("assign", "担当課", (), assign)}
        {section("share", "都道府県との共有", (), view! {
            <ul class="rashin-task-list" data-two="">{shares.collect_view()}</ul>
            {side_form(format!("{url}/shares"), select(filled, "recipient", &required("共有する都道府県").hint("公表した版の値だけが共有され、いつでも取り下げられます。"), prefectures, "選択してください"), "共有する")}
        })}
        <p><a href=format!("/{city}/staff/kpis")>"指標の一覧に戻る"</a></p>
    }
}
