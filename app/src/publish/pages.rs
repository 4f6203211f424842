//! `/{city}/staff/publish`: what the next edition would change, and the act.

use axum::extract::{Path, Query};
use jiff::Timestamp;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::{date_label, japan_date, moment_label},
    draft::compare::compare,
    form::Form,
    plan::{Kpi, PlanContent},
    publish::{Edition, Standing, edition_label},
};
use rashin_store::{TenantTx, editions::EditionRecord, plan::PlanRef, publish::Base};
use serde::Deserialize;

use super::edition::url;
use crate::{
    editor::{Place, desk::problem_banner},
    plan::{Family, plan_url},
    ui::{
        field::{Filled, TEXT, date, day, day_and_hour, hidden, input, optional, post_form, radios, required, textarea},
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
        status::status,
    },
    web::{self, Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Which {
    /// Slug of the plan; the current one when empty.
    #[serde(default)]
    plan: String,
}

/// The plan that is to be published.
pub async fn chosen(tx: &mut TenantTx, slug: &str) -> Result<PlanRef, Refusal> {
    match slug {
        "" => tx.current_plan().await?.ok_or(Refusal::NotFound),
        slug => Ok(tx.plan_named(slug).await?),
    }
}

pub fn page_of(city: &str, slug: &str) -> String {
    if slug.is_empty() { format!("/{city}/staff/publish") } else { format!("/{city}/staff/publish?plan={slug}") }
}

pub async fn publish(visit: Visit, Path(city): Path<String>, Query(which): Query<Which>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Publish).await?;
    let plan = chosen(&mut tx, &which.plan).await?;
    let next = tx.next_edition(plan.id, Base::Draft, String::new(), None).await?;
    let live = tx.next_edition(plan.id, Base::Live, String::new(), None).await?;
    let desk = tx.desk_of(plan.clone()).await?;
    let drafted = compare(&live.content, &next.content).len();
    let last = tx.newest_edition(plan.id).await?.map(|(_, edition)| edition);
    let (now, editions) = (tx.now(), tx.editions(&plan.slug).await?);
    let waiting = editions.iter().find(|edition| edition.standing(now) == Standing::Waiting);
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let changes = last.as_ref().map(|last| changes(last, &next));
    let main = view! {
        {filled.summary()}
        {page_head(plan.title.clone(), format!("{}の公表", edition_label(next.number)), view! {
            <p class="links">
                <a href=Family::Preview(plan.slug.clone()).base(&city)>"公表前の確認（公開されるとおりに見る）"</a>
                <a href=format!("/{city}/staff/plans/{}/comparison", plan.slug)>"新旧対照"</a>
            </p>
        })}
        {problem_banner(&Place::new(&city, &plan.slug), &desk)}
        {match &last {
            Some(last) => note(format!("いま公表している版：{}（{}）", edition_label(last.number), date_label(last.published_on))).into_any(),
            None => note("まだ公表していません。").into_any(),
        }}
        {note(format!("公開するアドレス：{}（いつも、この計画の最新の版につながります）", plan_url(&city, &plan.slug)))}
        // What waits is in neither the public edition nor the next one's changes.
        {waiting.is_none().then(|| section("changes", "公表すると変わること", (), match changes {
            Some(changes) if changes.is_empty() => empty("前の版から変わったところはありません。計画を直すときは、先に「計画の編集」で案を作ります。", Some((format!("/{city}/staff/plans/{}", plan.slug), "計画の編集へ"))).into_any(),
            Some(changes) => view! { <ul class="rashin-task-list" data-two="">{changes}</ul> }.into_any(),
            None => view! { <p>"計画の全体が公開されます。"</p> }.into_any(),
        }))}
        {match waiting {
            Some(waiting) => waits(&city, &plan.slug, waiting).into_any(),
            None => form(&city, &which.plan, &next, &live, drafted, &filled).into_any(),
        }}
        {(!editions.is_empty()).then(|| published(&city, &plan.slug, &editions, now))}
    };
    let frame = Frame::staff(&tx, Some(next.content.plan.notice.clone()).filter(|n| !n.is_empty()), Here::Publish)
        .crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))])
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("公表"), frame, main))
}

/// Stands for all that would be published: what changes between looking and publishing must be looked at again.
pub fn digest(edition: &Edition) -> String {
    web::digest((&edition.content, &edition.statuses, &edition.sections, &edition.attachments))
}

/// KPIs whose figures or status differ from the last edition.
fn changes(last: &Edition, next: &Edition) -> Vec<AnyView> {
    let newest = |kpi: &Kpi| {
        let unit = kpi.parts.first().map_or("", |part| part.unit.as_str());
        kpi.newest().map_or_else(|| "実績なし".to_owned(), |a| format!("{}（{}）", a.value.with_unit(unit), a.period.fiscal_year().short()))
    };
    let changed = next
        .content
        .kpis
        .iter()
        .filter(|kpi| last.content.kpi(&kpi.code) != Some(kpi) || last.statuses.get(&kpi.code) != next.statuses.get(&kpi.code));
    let line = |kpi: &Kpi| {
        let judgement = next.statuses.get(&kpi.code).map(status);
        let words = match last.content.kpi(&kpi.code) {
            None => view! { <p>"新しく加わる指標です。"</p> }.into_any(),
            Some(old) if newest(old) == newest(kpi) => view! { <p>"目標値・定義・判定などが変わります。"</p> }.into_any(),
            Some(old) => view! { <p><del>{newest(old)}</del>" → "<ins>{newest(kpi)}</ins></p> }.into_any(),
        };
        view! { <li><div><b>{kpi.name.clone()}</b>{words}</div>{judgement}</li> }.into_any()
    };
    let mut lines: Vec<AnyView> = changed.map(line).collect();
    let without_kpis = |edition: &Edition| PlanContent { kpis: Vec::new(), ..edition.content.clone() };
    if without_kpis(last) != without_kpis(next) {
        lines.push(
            view! { <li><div><b>"計画の本文・戦略・ロードマップなど"</b><p>"どこが変わるかは、新旧対照に並びます。"</p></div></li> }
                .into_any(),
        );
    }
    if last.sections != next.sections {
        lines.push(view! { <li><div><b>"担当課"</b><p>"指標の担当課に変更があります。"</p></div></li> }.into_any());
    }
    if last.attachments != next.attachments {
        let words = format!("{}件 → {}件を公開します。", last.attachments.len(), next.attachments.len());
        lines.push(view! { <li><div><b>"添付ファイル"</b><p>{words}</p></div></li> }.into_any());
    }
    lines
}

fn form(city: &str, plan: &str, next: &Edition, live: &Edition, drafted: usize, filled: &Filled) -> impl IntoView + use<> {
    let bases = [
        ("with", format!("編集中の案（{drafted}か所の変更）も含めて公表する")),
        ("without", "案は含めず、いまの計画に実績だけを反映して公表する（案はそのまま続けられます）".to_owned()),
    ];
    let mut filled = filled.clone();
    if filled.form.get("draft").is_empty() {
        filled.form.set("draft", "with");
    }
    let filled = &filled;
    section(
        "act",
        "公表する",
        note("公表した版は書き換えられません。直すときは次の版を公表します。"),
        post_form(
            format!("/{city}/staff/editions"),
            view! {
                {hidden("number", next.number.to_string())}
                {hidden("plan", plan)}
                {hidden("seen", digest(next))}
                {hidden("seen_live", digest(live))}
                {(drafted > 0 || filled.errors.of("draft").is_some()).then(|| radios(filled, "draft", &required("公表する内容"), &bases))}
                {textarea(filled, "reason", &required("公表の理由").hint("例：2025年度の実績を反映。版の一覧に載ります。"), 2)}
                {input(filled, "document_number", &optional("文書番号").hint("紙の決裁があるとき。ここでの公表は決裁に代わりません。例：政戦第12号"), TEXT)}
                {date(filled, &optional("起案日"), &day("drafted_on"))}
                {date(filled, &optional("決裁日"), &day("decided_on"))}
                {input(filled, "decided_by", &optional("決裁者の職名").hint("氏名ではなく職名。例：市長"), TEXT)}
                {date(filled, &optional("施行日").hint("計画の効力が生じる日。公表の前でも後でもかまいません。西暦で入力"), &day("effective_on"))}
                {date(
                    filled,
                    &optional("公開日時").hint("空のときはすぐに公開します。あとで公開するときは西暦と24時間制の時で入力。例：2026年12月1日9時"),
                    &day_and_hour("public_from"),
                )}
            },
            "公表する",
        ),
    )
}

/// One edition at a time waits: numbers stay in the order in which they become public.
fn waits(city: &str, plan: &str, waiting: &EditionRecord) -> impl IntoView + use<> {
    let label = edition_label(waiting.number);
    let words = format!(
        "{label}が公開を待っています（{}に公開）。公開するか取りやめると、次の版を公表できます。",
        moment_label(waiting.public_from)
    );
    let url = url(city, plan, waiting.number);
    section("act", "公表する", (), view! { <p>{words}</p><p><a href=url>{format!("{label}の公開日時を変える・取りやめる")}</a></p> })
}

fn published(city: &str, plan: &str, editions: &[EditionRecord], now: Timestamp) -> impl IntoView + use<> {
    let items = editions.iter().map(|edition| {
        let standing = edition.standing(now);
        // What is as it should be needs no word.
        let standing = (standing != Standing::Public).then(|| format!("　{}", standing.label()));
        let day = date_label(japan_date(edition.public_from));
        view! {
            <li><time>{day}</time><div><a href=url(city, plan, edition.number)>{edition_label(edition.number)}</a>{standing}<p class="note">{edition.reason.clone()}</p></div></li>
        }
    });
    let items = items.collect_view();
    section(
        "editions",
        "これまでの版",
        note("正誤、取り下げ、公開日時は各版の記録から。"),
        view! { <ol class="rashin-timeline">{items}</ol> },
    )
}
