//! `/{city}/staff/cases`: all cases, whose turn it is, for how long.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    case::Standing,
    clock::date_label,
    form::Form,
    text::search::Words,
};
use rashin_store::case::Filed;
use serde::Deserialize;

use super::{Council, case_url, cases_url, due_words, standing_words};
use crate::{
    council::{bodies_url, routes_url},
    ui::{
        field::{Filled, TEXT, input, optional, select},
        frame::{Frame, Here},
        section::{col, empty, page_head, table},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// `mine`: my turn; `open`, `ended`, `overdue`; all when empty.
    show: String,
    /// Name of a stage.
    stage: String,
    q: String,
}

pub async fn cases(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let council = Council::load(&mut tx).await?;
    let cases = tx.cases(None).await?;
    let me = tx.member().map(|member| member.id);
    let is_mine = |filed: &Filed| me.is_some_and(|me| council.turn(filed).is_some_and(|(_, turn)| turn.members.contains(&me)));
    let standing = |filed: &Filed| council.standing(filed);
    let is_open = |filed: &Filed| matches!(standing(filed), Standing::At(_));
    let is_overdue = |filed: &Filed| matches!(standing(filed), Standing::At(at) if at.is_overdue(council.today));
    let words = Words::new(&filter.q);
    let shown: Vec<&Filed> = (cases.iter())
        .filter(|filed| match filter.show.as_str() {
            "mine" => is_mine(filed),
            "open" => is_open(filed),
            "ended" => !is_open(filed),
            "overdue" => is_overdue(filed),
            _ => true,
        })
        .filter(|filed| filter.stage.is_empty() || standing_words(filed, &standing(filed)) == filter.stage)
        .filter(|filed| words.are_in(&[&filed.newest.content.title, &filed.newest.content.problem, &filed.newest.content.proposal]))
        .collect();
    let may = decide(tx.actor(), &Action::Propose).is_ok();
    let propose = may.then(|| view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{}/new", cases_url(&city))>"案件を起こす"</a></p> });
    let lead = match cases.len() {
        0 => String::new(),
        all => {
            let (open, mine) = (cases.iter().filter(|filed| is_open(filed)).count(), cases.iter().filter(|filed| is_mine(filed)).count());
            format!("案件は{all}件、進行中は{open}件です。あなたの番は{mine}件です。")
        }
    };
    let rows = shown.iter().map(|filed| row(&city, &council, filed)).collect_view();
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let heads = vec![col("案件"), col("いまの段階"), col("誰の番か"), col("いつから"), col("期限")];
    let list = match (cases.is_empty(), shown.is_empty()) {
        (true, _) => empty("案件はまだありません。困りごとと提案を書くと、研究会や部会に諮る案件になります。", None).into_any(),
        (false, true) => empty("条件に合う案件はありません。", Some((cases_url(&city), "すべてを表示する"))).into_any(),
        (false, false) => table("cases", format!("{}件（新しい順）", shown.len()), heads, body, true),
    };
    let links = view! { <p class="links"><a href=bodies_url(&city)>"会議体と委員"</a><a href=routes_url(&city)>"経路"</a><a href=crate::idea::ideas_url(&city)>"アイデア"</a></p> };
    let main = view! {
        {page_head("", "案件", view! { {links}{propose} })}
        {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
        {(!cases.is_empty()).then(|| filters(&cases, &council, &filter))}
        {list}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new("案件", frame, main))
}

fn filters(cases: &[Filed], council: &Council, filter: &Filter) -> impl IntoView + use<> {
    let mut form = Form::default();
    form.set("show", filter.show.clone());
    form.set("stage", filter.stage.clone());
    form.set("q", filter.q.clone());
    let filled = Filled { form, ..Filled::default() };
    let show = [("mine", "わたしの番"), ("open", "進行中"), ("overdue", "期限を過ぎたもの"), ("ended", "終わったもの")]
        .map(|(key, words)| (key.to_owned(), words.to_owned()));
    let mut stages: Vec<String> = Vec::new();
    for words in cases.iter().map(|filed| standing_words(filed, &council.standing(filed))) {
        if !stages.contains(&words) {
            stages.push(words);
        }
    }
    let stages: Vec<_> = stages.into_iter().map(|words| (words.clone(), words)).collect();
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="案件の絞り込み">
            {select(&filled, "show", &optional("表示"), &show, "すべて")}
            {select(&filled, "stage", &optional("段階"), &stages, "すべて")}
            {input(&filled, "q", &optional("言葉"), TEXT)}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
}

fn row(city: &str, council: &Council, filed: &Filed) -> AnyView {
    let standing = council.standing(filed);
    let (since, due) = match &standing {
        Standing::At(at) => (date_label(at.since), due_words(&standing, council.today).unwrap_or_else(|| "—".to_owned())),
        Standing::Ended { on, .. } => (date_label(*on), "—".to_owned()),
    };
    let turn = match council.turn(filed) {
        None => "—".to_owned(),
        Some((acts, turn)) if turn.instead => format!("{}（担う人がいないため事務局）", council.acts_words(acts)),
        Some((acts, _)) => council.acts_words(acts),
    };
    let proposer = council.name(filed.case.proposer).to_owned();
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=case_url(city, filed.number)>{filed.newest.content.title.clone()}</a><span class="dads-table__sub">{format!("案件 {}　提案 {proposer}", filed.number)}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"いまの段階"</span><span>{standing_words(filed, &standing)}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"誰の番か"</span><span>{turn}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"いつから"</span><span>{since}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"期限"</span><span>{due}</span></td>
        </tr>
    }
    .into_any()
}
