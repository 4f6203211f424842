//! `/{city}/staff/decisions`: what bodies decided about cases, why, under which number, and what followed.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    case::Act,
    clock::{FiscalYear, date_label},
    draft::node_label,
    form::Form,
    route::{Outcome, To, Work},
    text::search::Words,
};
use rashin_store::{
    TenantTx,
    case::{CaseFile, Happened},
};
use serde::Deserialize;

use super::{
    area::{Area, areas},
    case_url,
};
use crate::{
    ui::{
        field::{Filled, TEXT, input, optional, select},
        frame::{Frame, Here},
        section::{col, empty, page_head, table},
    },
    web::{Page, Refusal, Visit, csv_file},
};

const TITLE: &str = "決定の記録";

pub fn register_url(city: &str) -> String {
    format!("/{city}/staff/decisions")
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Fiscal year of the decision, as digits; all when empty.
    year: String,
    /// Name of the body; all when empty.
    body: String,
    /// Code of an [`Outcome`]; all when empty.
    outcome: String,
    q: String,
}

/// One decision.
struct Line<'a> {
    filed: &'a CaseFile,
    happened: &'a Happened,
    outcome: Outcome,
    reason: &'a str,
    /// 「導入へ」, 「終わり（完了）」, with the initiative in the plan.
    follows: String,
}

impl Line<'_> {
    fn year(&self) -> FiscalYear {
        FiscalYear::of(self.happened.decided_on)
    }
}

/// What was deliberated and decided, newest first.
fn lines<'a>(cases: &'a [CaseFile], adopted: &BTreeMap<i32, String>) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> = cases
        .iter()
        .flat_map(|filed| filed.events.iter().filter_map(move |happened| Some((filed, happened, decided(filed, happened)?))))
        .map(|(filed, happened, (outcome, reason, to))| {
            let enters = matches!(outcome, Outcome::Adopted | Outcome::Trial);
            let plan = adopted.get(&filed.number).filter(|_| enters).map(|words| format!("。{words}"));
            Line { filed, happened, outcome, reason, follows: to + &plan.unwrap_or_default() }
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse((line.happened.decided_on, line.happened.at, line.filed.number)));
    lines
}

fn decided<'a>(filed: &'a CaseFile, happened: &'a Happened) -> Option<(Outcome, &'a str, String)> {
    let Act::Decided { stage, outcome, reason, .. } = &happened.event.act else { return None };
    // Where nobody deliberates, what a chief and 事務局 say decides.
    let deliberates = filed.route.stages.iter().any(|stage| stage.work == Work::Deliberation);
    let is_decision = |work| if deliberates { work == Work::Deliberation } else { matches!(work, Work::Reception | Work::Adoption) };
    let stage = filed.route.stage(stage).filter(|stage| is_decision(stage.work))?;
    let to = match &stage.way(*outcome)?.to {
        To::Stage(key) => filed.route.stage(key).map_or_else(String::new, |stage| format!("{}へ", stage.name)),
        To::End(ending) => format!("終わり（{}）", ending.label()),
    };
    Some((*outcome, reason, to))
}

/// Initiatives that decisions have brought into the plan, or its draft: by the case's number.
async fn adopted(tx: &mut TenantTx) -> Result<BTreeMap<i32, String>, Refusal> {
    let mut names: BTreeMap<i32, String> = BTreeMap::new();
    let Some(plan) = tx.current_plan().await? else { return Ok(names) };
    let desk = tx.desk_of(plan).await?;
    for ruling in &desk.content().rulings {
        let Some((number, node)) = ruling.case.zip(desk.content().node(&ruling.node)) else { continue };
        let words = format!("取組「{}」を{}", node_label(node), ruling.effect.label());
        names.entry(number).and_modify(|all| all.push_str(&format!("、{words}"))).or_insert(words);
    }
    Ok(names)
}

impl Filter {
    fn holds(&self, line: &Line) -> bool {
        let texts = [line.filed.newest.content.title.as_str(), line.reason, &line.happened.document, &line.follows];
        (self.year.is_empty() || self.year == line.year().0.to_string())
            && (self.body.is_empty() || self.body == line.happened.acted_as)
            && (self.outcome.is_empty() || self.outcome == line.outcome.code())
            && Words::new(&self.q).are_in(&texts)
    }
}

pub async fn register(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (cases, adopted) = (tx.cases(None).await?, adopted(&mut tx).await?);
    let all = lines(&cases, &adopted);
    let shown: Vec<&Line> = all.iter().filter(|line| filter.holds(line)).collect();
    let rows = shown.iter().map(|line| row(&city, line)).collect_view();
    let heads = vec![col("決定した日"), col("会議体"), col("案件"), col("結果"), col("理由"), col("そのあと")];
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let list = match (all.is_empty(), shown.is_empty()) {
        (true, _) => empty("決定はまだありません。会議体が案件を決めると、ここに並びます。", None).into_any(),
        (false, true) => empty("条件に合う決定はありません。", Some((register_url(&city), "すべてを表示する"))).into_any(),
        (false, false) => table("decisions", format!("{}件（新しい順）", shown.len()), heads, body, true),
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("year", &filter.year), ("body", &filter.body), ("outcome", &filter.outcome), ("q", &filter.q)])
        .finish();
    let file = (!shown.is_empty())
        .then(|| view! { <p class="links"><a href=format!("{}.csv?{query}", register_url(&city))>"CSVで取り出す"</a></p> });
    let main = view! {
        {areas(&tx, Area::Decisions)}
        {page_head("", TITLE, file)}
        {(!all.is_empty()).then(|| filters(&all, &filter))}
        {list}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new(TITLE, frame, main))
}

fn filters(all: &[Line], filter: &Filter) -> impl IntoView + use<> {
    let mut form = Form::default();
    for (name, value) in [("year", &filter.year), ("body", &filter.body), ("outcome", &filter.outcome), ("q", &filter.q)] {
        form.set(name, value.clone());
    }
    let filled = Filled { form, ..Filled::default() };
    let options = |of: &dyn Fn(&Line) -> (String, String)| {
        let mut options: Vec<(String, String)> = Vec::new();
        for option in all.iter().map(of) {
            if !options.contains(&option) {
                options.push(option);
            }
        }
        options
    };
    let years = options(&|line| (line.year().0.to_string(), line.year().label()));
    let bodies = options(&|line| (line.happened.acted_as.clone(), line.happened.acted_as.clone()));
    let outcomes = options(&|line| (line.outcome.code().to_owned(), line.outcome.label().to_owned()));
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="決定の絞り込み">
            {select(&filled, "year", &optional("年度"), &years, "すべて")}
            {select(&filled, "body", &optional("会議体"), &bodies, "すべて")}
            {select(&filled, "outcome", &optional("結果"), &outcomes, "すべて")}
            {input(&filled, "q", &optional("言葉"), TEXT)}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
}

fn row(city: &str, line: &Line) -> AnyView {
    let document =
        (!line.happened.document.is_empty()).then(|| view! { <span class="dads-table__sub">{line.happened.document.clone()}</span> });
    let reason = if line.reason.is_empty() { "—".to_owned() } else { line.reason.to_owned() };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><span class="nobr">{date_label(line.happened.decided_on)}</span>{document}</th>
            <td role="cell"><span class="dads-table__cell-label">"会議体"</span><span>{line.happened.acted_as.clone()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"案件"</span><a href=case_url(city, line.filed.number)>{line.filed.newest.content.title.clone()}</a></td>
            <td role="cell"><span class="dads-table__cell-label">"結果"</span><span>{line.outcome.label()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"理由"</span><span class="rashin-lines">{reason}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"そのあと"</span><span>{line.follows.clone()}</span></td>
        </tr>
    }
    .into_any()
}

const CSV_HEADER: [&str; 9] = ["決定した日", "年度", "会議体", "案件の番号", "案件", "結果", "理由", "文書番号", "そのあと"];

/// `/{city}/staff/decisions.csv`, with the filter of the page.
pub async fn csv(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (cases, adopted) = (tx.cases(None).await?, adopted(&mut tx).await?);
    let all = lines(&cases, &adopted);
    let rows = all.iter().filter(|line| filter.holds(line)).map(|line| {
        vec![
            line.happened.decided_on.to_string(),
            line.year().0.to_string(),
            line.happened.acted_as.clone(),
            line.filed.number.to_string(),
            line.filed.newest.content.title.clone(),
            line.outcome.label().to_owned(),
            line.reason.to_owned(),
            line.happened.document.clone(),
            line.follows.clone(),
        ]
    });
    csv_file(&format!("{city}-decisions.csv"), &CSV_HEADER, rows)
}
