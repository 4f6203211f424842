//! `/{city}/staff/cases`: all cases, who holds each for how long; as a list, or as a board of stages.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    form::Form,
    ids::MemberId,
    text::search::Words,
};
use rashin_store::case::CaseFile;
use serde::{Deserialize, Serialize};

use super::{
    area::{Area, areas},
    board::board,
    case_url, cases_url,
    line::Line,
};
use crate::{
    council::Council,
    ui::{
        field::{Filled, TEXT, checkbox, hidden, input, optional, select},
        frame::{Frame, Here},
        section::{col, empty, page_head, table},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Filter {
    /// `board`; the list when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    view: String,
    /// `open`, `overdue`, `ended`; all when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    state: String,
    /// Name of a stage.
    #[serde(skip_serializing_if = "String::is_empty")]
    stage: String,
    /// Who holds it: the name of a body, 「事務局」.
    #[serde(skip_serializing_if = "String::is_empty")]
    body: String,
    /// `on`: whose turn is mine.
    #[serde(skip_serializing_if = "String::is_empty")]
    mine: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    q: String,
    /// `new`: the newest first; the longest held first when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    sort: String,
}

impl Filter {
    fn is_board(&self) -> bool {
        self.view == "board"
    }

    /// The same cases in the other view.
    fn seen_as(&self, city: &str, view: &str) -> String {
        let fields = [
            ("state", &self.state),
            ("stage", &self.stage),
            ("body", &self.body),
            ("mine", &self.mine),
            ("q", &self.q),
            ("sort", &self.sort),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(
            [("view", view)].into_iter().chain(fields.map(|(name, value)| (name, value.as_str()))).filter(|(_, value)| !value.is_empty()),
        );
        let query = query.finish();
        if query.is_empty() { cases_url(city) } else { format!("{}?{query}", cases_url(city)) }
    }

    fn shows(&self, line: &Line<'_>, me: Option<MemberId>) -> bool {
        let state = match self.state.as_str() {
            "open" => line.is_open(),
            "overdue" => line.is_overdue(),
            "ended" => !line.is_open(),
            _ => true,
        };
        let content = &line.filed.newest.content;
        state
            && (self.stage.is_empty() || line.stage == self.stage)
            && (self.body.is_empty() || line.holder.as_ref() == Some(&self.body))
            && (self.mine.is_empty() || me.is_some_and(|me| line.is_turn_of(me)))
            && Words::new(&self.q).are_in(&[&content.title, &content.problem, &content.proposal, &format!("案件 {}", line.filed.number)])
    }
}

pub async fn cases(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let council = Council::load(&mut tx).await?;
    let (cases, escalations) = (tx.cases(None).await?, tx.escalations(None).await?);
    let me = tx.member().map(|member| member.id);
    let lines: Vec<Line> = cases.iter().map(|filed| Line::of(filed, &council, escalations.get(&filed.id))).collect();
    let mut shown: Vec<&Line> = lines.iter().filter(|line| filter.shows(line, me)).collect();
    if filter.sort != "new" {
        shown.sort_by_key(|line| std::cmp::Reverse(line.held));
    }
    let may = decide(tx.actor(), &Action::Propose).is_ok();
    let propose = may.then(|| view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{}/new", cases_url(&city))>"案件を起こす"</a></p> });
    let body = match (lines.is_empty(), shown.is_empty()) {
        (true, _) => empty("案件はまだありません。困りごとと提案を書くと、研究会や部会に諮る案件になります。", None).into_any(),
        (false, true) => empty("条件に合う案件はありません。", Some((filter_off(&city, &filter), "条件を外す"))).into_any(),
        (false, false) if filter.is_board() => board(&city, &shown),
        (false, false) => list(&city, &council, &shown, &filter),
    };
    let main = view! {
        {areas(&tx, Area::Cases)}
        {page_head("", "案件", propose)}
        {(!lines.is_empty()).then(|| view! {
            <p class="lead">{lead(&lines, me)}</p>
            {filters(&lines, &filter)}
            {views(&city, &filter)}
        })}
        {body}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new(if filter.is_board() { "案件（段階ごと）" } else { "案件" }, frame, main))
}

fn filter_off(city: &str, filter: &Filter) -> String {
    Filter { view: filter.view.clone(), ..Filter::default() }.seen_as(city, &filter.view)
}

fn lead(lines: &[Line], me: Option<MemberId>) -> String {
    let (open, late) = (lines.iter().filter(|line| line.is_open()).count(), lines.iter().filter(|line| line.is_overdue()).count());
    let mine = lines.iter().filter(|line| me.is_some_and(|me| line.is_turn_of(me))).count();
    let late = if late > 0 { format!("うち{late}件が期限を過ぎています。") } else { String::new() };
    format!("案件は{}件、進行中は{open}件です。{late}あなたの番は{mine}件です。", lines.len())
}

fn views(city: &str, filter: &Filter) -> impl IntoView + use<> {
    let tab = |view: &str, words: &'static str, here: bool| {
        let href = (!here).then(|| filter.seen_as(city, view));
        view! { <li><a class="dads-tab__tab" href=href aria-current=here.then_some("page")>{words}</a></li> }
    };
    let board = filter.is_board();
    view! { <nav aria-label="案件の並べ方"><ul class="dads-tab__list">{tab("", "一覧", !board)}{tab("board", "段階ごと", board)}</ul></nav> }
}

fn filters(lines: &[Line], filter: &Filter) -> impl IntoView + use<> {
    let mut form = Form::default();
    for (name, value) in [
        ("state", &filter.state),
        ("stage", &filter.stage),
        ("body", &filter.body),
        ("mine", &filter.mine),
        ("q", &filter.q),
        ("sort", &filter.sort),
    ] {
        form.set(name, value.clone());
    }
    let filled = Filled { form, ..Filled::default() };
    let named = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, words)| ((*key).to_owned(), (*words).to_owned())).collect::<Vec<_>>();
    // Each once, in the order of their coming up.
    let each = |words: &dyn Fn(&Line) -> Option<String>| {
        let mut all: Vec<(String, String)> = Vec::new();
        for words in lines.iter().filter_map(words) {
            if !all.iter().any(|(known, _)| *known == words) {
                all.push((words.clone(), words));
            }
        }
        all
    };
    let (stages, holders) = (each(&|line| Some(line.stage.clone())), each(&|line| line.holder.clone()));
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="案件の絞り込み">
            {filter.is_board().then(|| hidden("view", "board"))}
            {select(&filled, "state", &optional("状態"), &named(&[("open", "進行中"), ("overdue", "期限を過ぎたもの"), ("ended", "終わったもの")]), "すべて")}
            {select(&filled, "stage", &optional("段階"), &stages, "すべて")}
            {select(&filled, "body", &optional("誰の番か"), &holders, "すべて")}
            {input(&filled, "q", &optional("言葉"), TEXT)}
            {(!filter.is_board()).then(|| select(&filled, "sort", &optional("並び順"), &named(&[("new", "新しい順")]), "長く止まっている順"))}
            {checkbox(&filled, "mine", "わたしの番だけ".to_owned())}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
}

fn list(city: &str, council: &Council, shown: &[&Line], filter: &Filter) -> AnyView {
    let rows = shown.iter().map(|line| row(city, council, line)).collect_view();
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let heads = vec![col("案件"), col("いまの段階"), col("誰の番か"), col("いつから"), col("期限")];
    let order = if filter.sort == "new" { "新しい順" } else { "長く止まっている順" };
    table("cases", format!("{}件（{order}）", shown.len()), heads, body, true)
}

fn row(city: &str, council: &Council, line: &Line) -> AnyView {
    let filed: &CaseFile = line.filed;
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=case_url(city, filed.number)>{filed.newest.content.title.clone()}</a><span class="dads-table__sub">{format!("案件 {}　提案 {}", filed.number, council.name(filed.case.proposer))}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"いまの段階"</span><span>{line.stage.clone()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"誰の番か"</span><span>{line.whose()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"いつから"</span><span class="nobr">{line.since()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"期限"</span><span>{line.due.clone().unwrap_or_else(|| "—".to_owned())}</span></td>
        </tr>
    }
    .into_any()
}
