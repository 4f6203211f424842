//! `/{city}/staff/reorganisations/new`: what happens to which sections, and when.

use axum::extract::{Path, Query};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    form::Form,
    organisation::{Act, KINDS, Organisation, PARTS, next_april},
};
use serde::Deserialize;

use super::{choices, frame};
use crate::{
    ui::{
        field::{Filled, TEXT, date, day, hidden, input, optional, post_form, required, select, textarea},
        section::{note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    kind: String,
    /// Key of the section it begins with.
    #[serde(default)]
    section: String,
}

pub async fn new(visit: Visit, Path(city): Path<String>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Organise).await?;
    let organisation = tx.organisation().await?.organisation;
    let today = tx.today();
    let filled = Filled::new(visit.take_held().await?, || begun(&asked, &organisation, today));
    let frame = frame(&tx, &city).flash(visit.take_flash().await?);
    let Some(act) = Act::from_code(filled.form.get("kind")) else {
        return Ok(Page::new("組織の変更", frame, which(&city)));
    };
    let main = view! {
        {filled.summary()}
        {page_head("組織の変更", act.label(), ())}
        {post_form(format!("/{city}/staff/reorganisations/drafts"), fields(act, &filled, &organisation), "確認へ進む")}
        <p><a href=format!("/{city}/staff/reorganisations/new")>"ほかの変更を選ぶ"</a></p>
    };
    Ok(Page::new(filled.title(&format!("組織の変更：{}", act.label())), frame, main))
}

/// A form with what the address and the calendar say.
fn begun(asked: &Asked, organisation: &Organisation, today: Date) -> Form {
    let on = next_april(today);
    let mut form = Form::default();
    form.set("kind", asked.kind.as_str());
    form.set_date("on", on);
    for n in 1..=PARTS {
        form.set(&format!("new.{n}.kind"), "課");
    }
    if let Some(section) = organisation.by_key(&asked.section) {
        form.set("old.1", section.id.to_string());
        for n in 1..=PARTS {
            form.set(&format!("new.{n}.kind"), section.kind.as_str());
            form.set(&format!("new.{n}.parent"), section.parent_on(on).map(|id| id.to_string()).unwrap_or_default());
        }
    }
    form
}

fn explained(act: Act) -> &'static str {
    match act {
        Act::Rename => "一つの組織が、同じ仕事のまま新しい名称になります。担当と配置は新しい名称の組織に移ります。",
        Act::Merge => "二つ以上の組織が、新しい組織か、いまある組織の一つになります。",
        Act::Split => "一つの組織が、二つ以上の新しい組織に分かれます。担当と配置の行き先は、確認の画面で一つずつ選べます。",
        Act::Abolish => "組織がなくなります。担当と配置は終わるか、ほかの組織に移ります。",
        Act::Found => "前身のない組織を新しくつくります。",
        Act::Move => "組織の上の組織（部や課）が変わります。名称、担当、配置はそのままです。",
    }
}

fn which(city: &str) -> impl IntoView + use<> {
    let items = [Act::Rename, Act::Merge, Act::Split, Act::Abolish, Act::Found, Act::Move].map(|act| {
        let href = format!("/{city}/staff/reorganisations/new?kind={}", act.code());
        view! { <li><div><a href=href>{act.label()}</a><p class="note">{explained(act)}</p></div></li> }
    });
    view! {
        {page_head("", "組織の変更", ())}
        {section("which", "行うこと", note("実施日までは何も変わらず、いつでも取り下げられます。"), view! { <ul class="rashin-task-list" data-two="">{items.collect_view()}</ul> })}
    }
}

fn fields(act: Act, filled: &Filled, organisation: &Organisation) -> impl IntoView + use<> {
    let sections = choices(organisation);
    let all = || &sections[..];
    let old = |n: usize, label: String, must: bool| {
        let label = if must { required(label) } else { optional(label) };
        select(filled, &format!("old.{n}"), &label, all(), "選択してください").into_any()
    };
    let olds: Vec<AnyView> = match act {
        Act::Found => Vec::new(),
        Act::Merge => (1..=PARTS).map(|n| old(n, format!("統合する組織（{n}つ目）"), n <= 2)).collect(),
        Act::Rename => vec![old(1, "名称を変える組織".to_owned(), true)],
        Act::Split => vec![old(1, "分割する組織".to_owned(), true)],
        Act::Abolish => vec![old(1, "廃止する組織".to_owned(), true)],
        Act::Move => vec![old(1, "所属を変える組織".to_owned(), true)],
    };
    let into = (act == Act::Merge).then(|| {
        let label =
            optional("統合先").hint("いまある組織に統合するときは、ここで選びます。新しい組織をつくるときは、下に名称を入力します。");
        select(filled, "into", &label, all(), "新しい組織をつくる")
    });
    let under = (act == Act::Move).then(|| select(filled, "under", &optional("新しい上の組織"), all(), "なし（最上位）"));
    let news = match act {
        Act::Found | Act::Rename | Act::Merge => 1,
        Act::Split => PARTS,
        Act::Move | Act::Abolish => 0,
    };
    let new: Vec<AnyView> = (1..=news).map(|n| new_section(act, n, filled, all())).collect();
    let on = required("実施日").hint("新しい組織の最初の日。いまの組織は前の日まで続きます。西暦で入力。例：2027年4月1日");
    view! {
        <p class="prose">{explained(act)}</p>
        {hidden("kind", act.code())}
        {olds}{into}{new}{under}
        {date(filled, &on, &day("on"))}
        {textarea(filled, "reason", &required("理由").hint("例：令和9年4月の機構改革"), 2)}
    }
}

/// Name, kind and place of one new section.
fn new_section(act: Act, n: usize, filled: &Filled, sections: &[(String, String)]) -> AnyView {
    let which = if act == Act::Split { format!("（{n}つ目）") } else { String::new() };
    let must = n <= 2 && act != Act::Merge;
    let label = |words: &str| if must { required(format!("{words}{which}")) } else { optional(format!("{words}{which}")) };
    let name = label("新しい組織の名称");
    let name = if act == Act::Merge { name.hint("新しい組織をつくるときは必ず入力します。") } else { name };
    let kinds: Vec<(String, String)> = KINDS.iter().map(|kind| ((*kind).to_owned(), (*kind).to_owned())).collect();
    view! {
        {input(filled, &format!("new.{n}.name"), &name, TEXT)}
        {select(filled, &format!("new.{n}.kind"), &label("種類"), &kinds, "選択してください")}
        {select(filled, &format!("new.{n}.parent"), &optional(format!("上の組織{which}")), sections, "なし（最上位）")}
    }
    .into_any()
}
