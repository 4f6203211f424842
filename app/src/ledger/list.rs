//! `/{city}/staff/ledger`: a year's entries with sums, all years in sum, what the plan before reported.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, SectionTree, decide},
    clock::FiscalYear,
    form::Form,
    ids::SectionId,
    ledger::{Entry, Fund, Sums},
    obligation::Item,
    plan::{Kpi, Node},
};
use rashin_store::{TenantTx, kpi, ledger::Line, owed::Owed, plan::PlanRef, tenancy::tree};
use serde::Deserialize;

use super::{amount_columns, amounts, ledger_url, sum_cells, summary::Summary};
use crate::{
    initiative::{initiative_url, leaves},
    ui::{
        field::{Filled, optional, select},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, section, table},
    },
    web::{Page, Refusal, Visit, csv_file},
};

#[derive(Deserialize)]
pub struct Filter {
    year: Option<i16>,
    /// Key of a node of the top.
    #[serde(default)]
    strategy: String,
    /// `entered`: only those; all when empty.
    #[serde(default)]
    show: String,
}

/// The ledger of the plan that the tenant works on.
struct Ledger {
    plan: PlanRef,
    owed: Owed,
    years: Vec<FiscalYear>,
    nodes: Vec<Node>,
    leaves: BTreeSet<String>,
    /// Of initiatives that the plan has, of all years.
    lines: Vec<Line>,
    tree: SectionTree,
    names: BTreeMap<SectionId, String>,
}

impl Ledger {
    /// `None` without a plan to work on.
    async fn load(tx: &mut TenantTx) -> Result<Option<Self>, Refusal> {
        let Some(owed) = tx.owed(None).await? else { return Ok(None) };
        let plan = owed.plan.clone();
        let years = tx.plan_head(plan.id).await?.years().collect();
        let nodes = tx.nodes(plan.id).await?;
        let leaves = leaves(&nodes);
        let lines = tx.ledger(plan.id, None, None).await?.into_iter().filter(|line| leaves.contains(&line.node)).collect();
        let sections = tx.sections().await?;
        let tree = tree(&sections);
        let names = sections.into_iter().map(|section| (section.id, section.name)).collect();
        Ok(Some(Self { plan, owed, years, nodes, leaves, lines, tree, names }))
    }

    fn line(&self, node: &str, year: FiscalYear) -> Option<&Line> {
        self.lines.iter().find(|line| line.node == node && line.year == year && !line.entry.is_blank())
    }

    fn sums(&self, year: FiscalYear) -> Summary {
        let entries = self.lines.iter().filter(|line| line.year == year).map(|line| &line.entry);
        Summary { year, sums: Sums::of(entries), initiatives: self.leaves.len() }
    }

    fn section(&self, node: &str) -> Option<SectionId> {
        let item = Item::Initiative(self.plan.id, node.to_owned());
        self.owed.desk().charges_of(&item).last().map(|charge| charge.section)
    }

    fn top<'a>(&'a self, node: &'a Node) -> &'a Node {
        let mut top = node;
        while let Some(above) = self.nodes.iter().find(|above| Some(&above.key) == top.parent.as_ref()) {
            top = above;
        }
        top
    }

    /// Strategies with the initiatives of each that a filter lets through, in the order of the plan.
    fn groups(&self, filter: &Filter, year: FiscalYear) -> Vec<(&Node, Vec<&Node>)> {
        let tops = self.nodes.iter().filter(|node| node.parent.is_none());
        let tops = tops.filter(|top| filter.strategy.is_empty() || top.key == filter.strategy);
        let wanted = |node: &&Node| filter.show != "entered" || self.line(&node.key, year).is_some();
        let is_under = |node: &Node, top: &Node| self.leaves.contains(&node.key) && self.top(node).key == top.key;
        let under = |top| self.nodes.iter().filter(|node| is_under(node, top)).filter(wanted).collect::<Vec<_>>();
        tops.map(|top| (top, under(top))).filter(|(_, nodes)| !nodes.is_empty()).collect()
    }
}

pub async fn ledger(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let frame =
        Frame::staff(&tx, None, Here::Home).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]).flash(visit.take_flash().await?);
    let Some(ledger) = Ledger::load(&mut tx).await? else {
        let main = view! { {page_head("", "予算と効果", ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new("予算と効果", frame, main));
    };
    let year = year_of(&ledger, &filter, FiscalYear::of(tx.today()))?;
    let groups = ledger.groups(&filter, year);
    let summary = ledger.sums(year);
    let before = before(&mut tx, &ledger).await?;
    let csv = format!("{}.csv?year={}&strategy={}&show={}", ledger_url(&city), year.0, filter.strategy, filter.show);
    let links = view! { <p class="links"><a href=csv>"CSVで取り出す"</a></p> };
    let list = match groups.is_empty() {
        true => {
            let all = Some((format!("{}?year={}", ledger_url(&city), year.0), "すべての取組を表示する"));
            empty("条件に合う取組はありません。", all).into_any()
        }
        false => year_table(&ledger, &tx, &city, year, &groups),
    };
    let title = format!("予算と効果　{}", year.label());
    let main = view! {
        {page_head(ledger.plan.title.clone(), title.clone(), links)}
        <p class="lead">{format!("{}です。合計は、入力されたものだけの合計です。", summary.coverage())}</p>
        {note("金額の単位は千円です。「—」は入力がないことを表し、0ではありません。取組の名前から、入力する画面へ進めます。")}
        {filters(&ledger, &filter, year)}
        {list}
        {section("years", "年度ごとの合計", (), years_table(&ledger, &city))}
        {before}
    };
    Ok(Page::new(title, frame, main))
}

/// The year that is asked; the current one, or the plan's nearest, when none is.
fn year_of(ledger: &Ledger, filter: &Filter, now: FiscalYear) -> Result<FiscalYear, Refusal> {
    let near = ledger.years.iter().copied().min_by_key(|year| year.0.abs_diff(now.0));
    let asked = filter.year.map(FiscalYear).or(near);
    asked.filter(|year| ledger.years.contains(year)).ok_or(Refusal::NotFound)
}

fn filters(ledger: &Ledger, filter: &Filter, year: FiscalYear) -> impl IntoView + use<> {
    let mut form = Form::default();
    form.set("year", year.0.to_string());
    form.set("strategy", filter.strategy.clone());
    form.set("show", filter.show.clone());
    let filled = Filled { form, ..Filled::default() };
    let years: Vec<_> = ledger.years.iter().map(|year| (year.0.to_string(), year.label())).collect();
    let tops: Vec<_> =
        ledger.nodes.iter().filter(|node| node.parent.is_none()).map(|node| (node.key.clone(), node.title.clone())).collect();
    let show = [("entered".to_owned(), "入力済みの取組".to_owned())];
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="予算と効果の絞り込み">
            {select(&filled, "year", &optional("年度"), &years, "いまの年度")}
            {select(&filled, "strategy", &optional("戦略"), &tops, "すべて")}
            {select(&filled, "show", &optional("表示"), &show, "すべて")}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
}

fn year_table(ledger: &Ledger, tx: &TenantTx, city: &str, year: FiscalYear, groups: &[(&Node, Vec<&Node>)]) -> AnyView {
    let heads: Vec<_> = [col("取組"), col("予算事業名")].into_iter().chain(amount_columns()).collect();
    let span = heads.len().to_string();
    let blank = Entry::default();
    let entry = |node: &Node| ledger.line(&node.key, year).map_or(&blank, |line| &line.entry);
    let sums_of = |nodes: &[&Node]| Sums::of(nodes.iter().map(|node| entry(node)));
    let bodies = groups.iter().map(|(top, nodes)| {
        let rows = nodes.iter().map(|node| {
            let section = ledger.section(&node.key);
            let may = decide(tx.actor(), &Action::Report { responsible: section, sections: &ledger.tree }).is_ok();
            let url = initiative_url(city, &node.key);
            let href = if may { format!("{url}/ledger?year={}", year.0) } else { url };
            let entry = entry(node);
            let project = if entry.project.is_empty() { "—".to_owned() } else { entry.project.clone() };
            let name = section.and_then(|id| ledger.names.get(&id)).cloned().unwrap_or_else(|| "担当課は未設定".to_owned());
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=href>{node.title.clone()}</a><span class="dads-table__sub">{name}</span></th>
                    <td role="cell"><span class="dads-table__cell-label">"予算事業名"</span><span>{project}</span></td>
                    {amounts(entry)}
                </tr>
            }
        });
        let rows = rows.collect_view();
        let sums = sums_of(nodes);
        view! {
            <tbody role="rowgroup" data-group="">
                <tr role="row"><th scope="rowgroup" role="rowheader" colspan=span.clone()>{top.title.clone()}</th></tr>
                {rows}
                {sum_row("小計", &sums, nodes.len())}
            </tbody>
        }
    });
    let bodies = bodies.collect_view();
    let all: Vec<&Node> = groups.iter().flat_map(|(_, nodes)| nodes.iter().copied()).collect();
    let total = view! { <tbody role="rowgroup">{sum_row("合計", &sums_of(&all), all.len())}</tbody> };
    let caption = format!("{}　{}取組（計画の掲載順）　金額は千円", year.label(), all.len());
    table("ledger-list", caption, heads, view! { {bodies}{total} }.into_any(), true)
}

fn sum_row(words: &'static str, sums: &Sums, of: usize) -> AnyView {
    view! {
        <tr role="row" class="rashin-sum">
            <th scope="row" role="rowheader">{words}</th>
            <td role="cell"><span class="dads-table__cell-label">"入力"</span><span>{format!("{of}取組中{}取組", sums.entries)}</span></td>
            {sum_cells(sums)}
        </tr>
    }
    .into_any()
}

fn years_table(ledger: &Ledger, city: &str) -> AnyView {
    let rows = ledger.years.iter().map(|year| {
        let summary = ledger.sums(*year);
        let href = format!("{}?year={}", ledger_url(city), year.0);
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=href>{year.label()}</a></th>
                <td role="cell"><span class="dads-table__cell-label">"入力"</span><span>{summary.coverage()}</span></td>
                {sum_cells(&summary.sums)}
            </tr>
        }
    });
    let rows = rows.collect_view();
    let all = Sums::of(ledger.lines.iter().map(|line| &line.entry));
    let total = view! {
        <tr role="row" class="rashin-sum">
            <th scope="row" role="rowheader">"合計"</th>
            <td role="cell"><span class="dads-table__cell-label">"入力"</span><span>{format!("{}件", all.entries)}</span></td>
            {sum_cells(&all)}
        </tr>
    };
    let body = view! { <tbody role="rowgroup">{rows}{total}</tbody> }.into_any();
    let heads = [col("年度"), col("入力")].into_iter().chain(amount_columns()).collect();
    table("ledger-sums", "計画の年度ごと　金額は千円", heads, body, true)
}

/// What the plan before reported in hours and sheets, as its document prints it.
async fn before(tx: &mut TenantTx, ledger: &Ledger) -> Result<Option<AnyView>, Refusal> {
    let Some(slug) = tx.plan_head(ledger.plan.id).await?.predecessor else { return Ok(None) };
    let Some(id) = tx.plan_id(&slug).await? else { return Ok(None) };
    let (head, kpis) = (tx.plan_head(id).await?, kpi::of_plan(tx, id, None).await?);
    let rows: Vec<_> = kpis.iter().flat_map(effects).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let heads = vec![col("指標"), col("時期"), num("実績")];
    let words = "前の計画の資料に載っている値です。このページの合計には含みません。";
    Ok(Some(section("before", "前の計画の効果（参考）", note(words), table("before-table", head.title, heads, body, true))))
}

fn effects(kpi: &Kpi) -> Vec<AnyView> {
    let parts = kpi.parts.iter().filter(|part| ["枚", "時間"].contains(&part.unit.as_str()));
    let rows = parts.flat_map(|part| part.actuals.iter().map(move |actual| (part, actual))).map(|(part, actual)| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{kpi.name.clone()}</th>
                <td role="cell"><span class="dads-table__cell-label">"時期"</span><span>{actual.period.label()}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"実績"</span><span>{actual.value.with_unit(&part.unit)}</span></td>
            </tr>
        }
        .into_any()
    });
    rows.collect()
}

const CSV_HEADER: [&str; 17] = [
    "年度",
    "コード",
    "戦略",
    "取組",
    "担当課",
    "予算事業名",
    "予算額（千円）",
    "決算額（千円）",
    "一般財源（千円）",
    "国補助（千円）",
    "県補助（千円）",
    "起債（千円）",
    "その他（千円）",
    "削減した時間",
    "削減した紙（枚）",
    "根拠",
    "備考",
];

/// `/{city}/staff/ledger.csv`, with the filter of the page. Without a year: all years.
pub async fn csv(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let ledger = Ledger::load(&mut tx).await?.ok_or(Refusal::NotFound)?;
    let years: Vec<FiscalYear> = match filter.year {
        Some(_) => vec![year_of(&ledger, &filter, FiscalYear::of(tx.today()))?],
        None => ledger.years.clone(),
    };
    let mut rows = Vec::new();
    for year in &years {
        for (top, nodes) in ledger.groups(&filter, *year) {
            rows.extend(nodes.into_iter().map(|node| cells(&ledger, top, node, *year)));
        }
    }
    let name = years.first().filter(|_| years.len() == 1).map_or_else(|| "all".to_owned(), |year| year.0.to_string());
    csv_file(&format!("{city}-ledger-{name}.csv"), &CSV_HEADER, rows)
}

/// Plain digits, empty where nothing is entered.
fn cells(ledger: &Ledger, top: &Node, node: &Node, year: FiscalYear) -> Vec<String> {
    let entry = ledger.line(&node.key, year).map(|line| line.entry.clone()).unwrap_or_default();
    let plain = |amount: Option<i64>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let section = ledger.section(&node.key).and_then(|id| ledger.names.get(&id)).cloned().unwrap_or_default();
    let said = [year.0.to_string(), node.key.clone(), top.title.clone(), node.title.clone(), section, entry.project.clone()];
    let funds = Fund::ALL.iter().map(|fund| plain(entry.funds.get(fund).copied()));
    let money = [plain(entry.budget), plain(entry.settled)].into_iter().chain(funds);
    said.into_iter().chain(money).chain([plain(entry.hours), plain(entry.sheets), entry.source, entry.note]).collect()
}
