//! `/{city}/staff/publish`: what the next edition would change, and the act.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::date_label,
    form::Form,
    plan::{Kpi, PlanContent},
    publish::{Edition, edition_label},
};

use crate::{
    ui::{
        field::{Filled, TEXT, date, hidden, input, optional, post_form, required, textarea},
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
        status::status,
    },
    web::{Page, Refusal, Visit},
};

pub async fn publish(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Publish).await?;
    let plan = tx.current_plan().await?.ok_or(Refusal::NotFound)?;
    let next = tx.next_edition(plan.id, String::new(), None).await?;
    let last = tx.newest_edition(plan.id).await?.map(|(_, edition)| edition);
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let changes = last.as_ref().map(|last| changes(last, &next));
    let main = view! {
        {filled.summary()}
        {page_head(plan.title.clone(), format!("{}の公表", edition_label(next.number)), ())}
        {match &last {
            Some(last) => note(format!("いま公表している版：{}（{}）", edition_label(last.number), date_label(last.published_on))).into_any(),
            None => note("まだ公表していません。").into_any(),
        }}
        {section("changes", "公表すると変わること", (), match changes {
            Some(changes) if changes.is_empty() => empty("前の版から変わったところはありません。", None).into_any(),
            Some(changes) => view! { <ul class="rashin-task-list" data-two="">{changes}</ul> }.into_any(),
            None => view! { <p>"計画の全体が公開されます。"</p> }.into_any(),
        })}
        {section("act", "公表する", note("公表した版は書き換えられません。直すときは次の版を公表します。"), post_form(format!("/{city}/staff/editions"), view! {
            {hidden("number", next.number.to_string())}
            {hidden("seen", digest(&next))}
            {textarea(&filled, "reason", &required("公表の理由").hint("例：2025年度の実績を反映。版の一覧に載ります。"), 2)}
            {input(&filled, "document_number", &optional("文書番号").hint("紙の決裁があるとき。例：政戦第12号"), TEXT)}
            {date(&filled, &optional("決裁日"), &[("decided_on_year".to_owned(), "年"), ("decided_on_month".to_owned(), "月"), ("decided_on_day".to_owned(), "日")])}
            {input(&filled, "decided_by", &optional("決裁者の職名").hint("氏名ではなく職名。例：市長"), TEXT)}
        }, "公表する"))}
        {last.map(|last| withdrawal(&city, &last, &filled))}
    };
    let frame = Frame::staff(&tx, Some(next.content.plan.notice.clone()).filter(|n| !n.is_empty()), Here::Publish)
        .crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))])
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("公表"), frame, main))
}

/// Stands for all that would be published: what changes between looking and publishing must be looked at again.
pub fn digest(edition: &Edition) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{:?}", (&edition.content, &edition.statuses, &edition.sections)).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
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
        let before = last.content.kpi(&kpi.code).map(newest).unwrap_or_else(|| "なし".to_owned());
        let judgement = next.statuses.get(&kpi.code).map(status);
        view! { <li><div><b>{kpi.name.clone()}</b><p><del>{before}</del>" → "<ins>{newest(kpi)}</ins></p></div>{judgement}</li> }.into_any()
    };
    let mut lines: Vec<AnyView> = changed.map(line).collect();
    let without_kpis = |edition: &Edition| PlanContent { kpis: Vec::new(), ..edition.content.clone() };
    if without_kpis(last) != without_kpis(next) {
        lines.push(
            view! { <li><div><b>"計画の本文・戦略・ロードマップなど"</b><p>"指標のほかにも変更があります。"</p></div></li> }.into_any(),
        );
    }
    if last.sections != next.sections {
        lines.push(view! { <li><div><b>"担当課"</b><p>"指標の担当課に変更があります。"</p></div></li> }.into_any());
    }
    lines
}

fn withdrawal(city: &str, last: &Edition, filled: &Filled) -> impl IntoView + use<> {
    let action = format!("/{city}/staff/editions/{}/withdrawals", last.number);
    let label = format!("{}を取り下げる", edition_label(last.number));
    view! {
        <details class="section">
            <summary>{label}</summary>
            <form class="stack rashin-form" method="post" action=action novalidate>
                <p>"取り下げると、この版のアドレスには取り下げの日付と理由だけが表示され、公開ページは一つ前の版に戻ります。元に戻すには、次の版を公表します。"</p>
                {textarea(filled, "withdrawal_reason", &required("取り下げの理由"), 2)}
                <p class="actions"><button class="dads-button" data-type="outline">"取り下げる"</button></p>
            </form>
        </details>
    }
}
