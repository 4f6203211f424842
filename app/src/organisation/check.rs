//! `/{city}/staff/reorganisations/check`: the proposal, row by row, before it is confirmed.

use axum::{extract::Path, http::StatusCode};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::date_label,
    form::{Form, FormErrors},
    ids::{ReorganisationId, TenantId},
    organisation::{Act, Changes, Choices, Order, Organisation, Subject, Tenure},
};
use rashin_store::{
    TenantTx,
    organisation::{Chart, Held},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{frame, quoted};
use crate::{
    ui::{
        field::{Filled, hidden, post_form, required, select},
        section::{col, empty, facts, note, page_head, section, table},
    },
    web::{Page, Refusal, Visit, digest},
};

/// An order that waits for its confirmation, in the session. Its id makes a second click harmless.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Draft {
    pub id: ReorganisationId,
    pub tenant: TenantId,
    pub order: Order,
    /// What was typed, for going back to change it.
    pub form: Form,
}

/// Session key of the one order that is being checked.
pub const DRAFT: &str = "draft_reorganisation";

impl Draft {
    /// The draft of this tenant, if there is one.
    pub async fn waiting(visit: &Visit, tx: &TenantTx) -> Result<Option<Self>, Refusal> {
        Ok(visit.session.get::<Self>(DRAFT).await?.filter(|draft| draft.tenant == tx.city().id))
    }
}

pub async fn check(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Organise).await?;
    let chart = tx.organisation().await?;
    let frame = frame(&tx, &city).flash(visit.take_flash().await?);
    let Some(draft) = Draft::waiting(&visit, &tx).await? else {
        let again = Some((format!("/{city}/staff/reorganisations/new"), "組織の変更を始める"));
        let main =
            view! { {page_head("組織の変更", "確認する変更がありません", ())}{empty("確定したか、別の画面で新しく始めています。", again)} };
        return Ok(Page::new("確認する変更がありません", frame, main).with_status(StatusCode::CONFLICT));
    };
    let order = &draft.order;
    let filled = Filled::new(visit.take_held().await?, || proposed(&chart.organisation, order));
    // Ids of a proposal are nobody's: only what happens to each row is shown.
    let plan = chart.organisation.plan(order, &Choices::new(), &mut Uuid::nil).ok();
    let before = order.on <= tx.today();
    let main = view! {
        {filled.summary()}
        {page_head("組織の変更", "確定する前に内容を確認してください", ())}
        <div class="rashin-sections__standing stack">
            <p class="lead">{format!("{}、{}。まだ確定していません。", date_label(order.on), order.summary(&chart.organisation))}</p>
            {described(&chart.organisation, order)}
        </div>
        {post_form(format!("/{city}/staff/reorganisations"), view! {
            {hidden("draft", draft.id.to_string())}
            {hidden("seen", seen(&chart.organisation, order))}
            {section("proposal", "引き継ぎの案", note("案のとおりでよいか、確かめてください。"), proposal(&chart, order, &filled, plan.as_ref()))}
            {before.then(|| note("実施日は今日です。確定すると、すぐに変わり、取り下げられません。"))}
        }, "この内容で確定する")}
        <form method="post" action=format!("/{city}/staff/reorganisations/drafts")>
            {hidden("again", "on")}
            <p><button class="dads-button" data-type="text">"内容を直す"</button></p>
        </form>
    };
    Ok(Page::new(filled.title("組織の変更の確認"), frame, main))
}

/// Every row goes to the first successor, unless it is told otherwise.
fn proposed(organisation: &Organisation, order: &Order) -> Form {
    let mut form = Form::default();
    let first = order.successors().first().map(|id| id.to_string()).unwrap_or_default();
    for id in rows(organisation, order) {
        form.set(&field(id), first.as_str());
    }
    form
}

fn field(id: Uuid) -> String {
    format!("to.{id}")
}

/// Ids of all that is handed over.
fn rows(organisation: &Organisation, order: &Order) -> Vec<Uuid> {
    let held = organisation.held(order).into_iter().map(|tenure| tenure.id);
    held.chain(organisation.below(order).into_iter().map(|section| section.id.0)).collect()
}

/// Whether there is something to choose.
fn is_open(order: &Order) -> bool {
    matches!(order.act, Act::Split | Act::Abolish)
}

/// Reads where each row goes.
pub fn chosen(form: &Form, organisation: &Organisation, order: &Order) -> Result<Choices, FormErrors> {
    let mut errors = FormErrors::default();
    let mut choices = Choices::new();
    if is_open(order) {
        let possible = organisation.destinations(order);
        for id in rows(organisation, order) {
            let typed = form.get(&field(id));
            let to = typed.parse().ok().filter(|to| possible.contains(to));
            if to.is_none() && (order.act == Act::Split || !typed.is_empty()) {
                errors.push::<()>(&field(id), "移る先を一覧から選択してください。".to_owned());
            }
            choices.insert(id, to);
        }
    }
    if errors.is_empty() { Ok(choices) } else { Err(errors) }
}

/// Stands for all that the page showed: what changes between looking and confirming must be looked at again.
pub fn seen(organisation: &Organisation, order: &Order) -> String {
    let touched: Vec<_> = order.old.iter().chain(&order.into).map(|id| organisation.section(*id)).collect();
    digest((organisation.held(order), organisation.below(order), touched))
}

fn described(organisation: &Organisation, order: &Order) -> impl IntoView + use<> {
    let place = |parent: Option<_>| parent.map_or_else(|| "最上位".to_owned(), |id| format!("{}の下", quoted(organisation, &[id])));
    let new: Vec<String> = order.new.iter().map(|new| format!("「{}」（{}、{}）", new.name, new.kind, place(new.parent))).collect();
    let mut rows = vec![("行うこと", order.act.label().into_any()), ("実施日", date_label(order.on).into_any())];
    if !order.old.is_empty() {
        rows.push(("いまの組織", quoted(organisation, &order.old).into_any()));
    }
    if let Some(into) = order.into {
        rows.push(("統合先", quoted(organisation, &[into]).into_any()));
    }
    if !new.is_empty() {
        rows.push(("新しい組織", new.join("、").into_any()));
    }
    if order.act == Act::Move {
        rows.push(("新しい所属", place(order.under).into_any()));
    }
    rows.push(("理由", order.reason.clone().into_any()));
    facts(rows)
}

/// What is handed over, in three groups, each row as (id, what, where now).
fn proposal(chart: &Chart, order: &Order, filled: &Filled, plan: Option<&Changes>) -> AnyView {
    let organisation = &chart.organisation;
    let held = organisation.held(order);
    let row = |tenure: &&Tenure| {
        let Held { name, detail } = chart.held.get(&tenure.id).cloned().unwrap_or(Held { name: String::new(), detail: String::new() });
        let later = if tenure.span.from > order.on { format!("、{}から", date_label(tenure.span.from)) } else { String::new() };
        Row { id: tenure.id, name, detail: format!("{detail}{later}"), now: organisation.name(tenure.section).to_owned() }
    };
    let is_person = |tenure: &&&Tenure| matches!(tenure.subject, Subject::Assignment(..));
    let below = organisation.below(order).into_iter().map(|section| Row {
        id: section.id.0,
        name: section.name.clone(),
        detail: section.kind.clone(),
        now: section.parent_on(order.on).map(|id| organisation.name(id).to_owned()).unwrap_or_default(),
    });
    let groups = [
        ("responsibilities", "指標・取組の担当", held.iter().filter(|t| !is_person(t)).map(row).collect::<Vec<_>>()),
        ("people", "人の配置", held.iter().filter(is_person).map(row).collect()),
        ("below", "下にある組織", below.collect()),
    ];
    if groups.iter().all(|(.., rows)| rows.is_empty()) {
        return empty("引き継ぐ担当、配置、下の組織はありません。", None).into_any();
    }
    let views = groups.into_iter().filter(|(.., rows)| !rows.is_empty()).map(|(id, words, rows)| {
        if is_open(order) { choices(words, rows, organisation, order, filled) } else { settled(id, words, rows, organisation, order, plan) }
    });
    views.collect::<Vec<_>>().into_any()
}

struct Row {
    id: Uuid,
    name: String,
    detail: String,
    now: String,
}

/// A choice for each row.
fn choices(words: &str, rows: Vec<Row>, organisation: &Organisation, order: &Order, filled: &Filled) -> AnyView {
    let name = |id| match order.new.iter().find(|new| new.id == id) {
        Some(new) => new.name.clone(),
        None => organisation.name(id).to_owned(),
    };
    let options: Vec<(String, String)> = organisation.destinations(order).into_iter().map(|id| (id.to_string(), name(id))).collect();
    let first = if order.act == Act::Abolish { "終了する" } else { "選択してください" };
    let fields = rows.into_iter().map(|row| {
        let label = required(format!("{}の移る先", row.name)).hint(format!("{}。いまは「{}」", row.detail, row.now));
        select(filled, &field(row.id), &label, &options, first)
    });
    view! { <div class="stack"><h3>{words.to_owned()}</h3>{fields.collect_view()}</div> }.into_any()
}

/// There is only one place to go.
fn settled(id: &'static str, words: &str, rows: Vec<Row>, organisation: &Organisation, order: &Order, plan: Option<&Changes>) -> AnyView {
    let to = order.new.first().map(|new| new.name.clone()).or(order.into.map(|id| organisation.name(id).to_owned())).unwrap_or_default();
    let ends_here = |id: Uuid| {
        plan.is_some_and(|plan| {
            let ended = plan.retimed.iter().any(|retimed| retimed.id == id && retimed.was.0 == retimed.now.0);
            ended && plan.copied.iter().all(|copied| copied.of != id)
        })
    };
    let count = rows.len();
    let rows = rows.into_iter().map(|row| {
        let joined = ends_here(row.id).then(|| view! { <span class="dads-table__sub">"重なるため、ほかの行と1つにまとめます"</span> });
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{row.name}<span class="dads-table__sub">{row.detail}</span></th>
                <td role="cell"><span class="dads-table__cell-label">"いまの組織"</span><span>{row.now}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"移る先"</span><span>{to.clone()}{joined}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    table(id, format!("{words} {count}件"), vec![col("名称"), col("いまの組織"), col("移る先")], body, true)
}
