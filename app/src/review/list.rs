//! `/{city}/staff/reviews`: all reviews of a year, for a meeting, on paper and as a file.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query},
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, SectionTree, decide},
    clock::FiscalYear,
    form::Form,
    ids::MemberId,
    obligation::Item,
    plan::{Node, PlanHead},
    review::{Review, Window},
};
use rashin_store::{
    TenantTx,
    owed::{Named, Owed},
    review::Written,
    tenancy::{Section, tree},
};
use serde::Deserialize;

use super::{
    open::{asked, until},
    reviews_url,
};
use crate::{
    initiative::initiative_url,
    kpi::staff::staff_url,
    ui::{
        field::{Filled, optional, select},
        frame::{Frame, Here},
        section::{col, empty, page_head, table},
    },
    web::{Page, Refusal, Visit, csv_file},
};

#[derive(Deserialize)]
pub struct Filter {
    year: Option<i16>,
    /// `open`: not yet written; `mine`: what the member owes; `done`; all when empty.
    #[serde(default)]
    show: String,
    /// Key of a node of the top.
    #[serde(default)]
    strategy: String,
}

/// The reviews of a year, and all that is asked.
struct Register {
    owed: Owed,
    head: PlanHead,
    nodes: Vec<Node>,
    sections: Vec<Section>,
    tree: SectionTree,
    window: Window,
    written: Vec<Written>,
    member: Option<MemberId>,
    today: Date,
}

/// A line of the list.
struct Line<'a> {
    named: &'a Named,
    strategy: Option<&'a Node>,
    section: Option<&'a Section>,
    written: Option<&'a Written>,
    is_mine: bool,
}

impl Register {
    /// `None` without a plan to work on.
    async fn load(tx: &mut TenantTx, year: Option<i16>) -> Result<Option<Self>, Refusal> {
        let Some(owed) = tx.owed(None).await? else { return Ok(None) };
        let head = tx.plan_head(owed.plan.id).await?;
        let today = tx.today();
        let window = match year {
            Some(year) => Window::of(FiscalYear(year), &owed.rounds),
            None => Window::on(today, &owed.rounds),
        };
        let (nodes, sections) = (tx.nodes(owed.plan.id).await?, tx.sections().await?);
        let written = tx.reviews(None, Some(window.year)).await?;
        let member = tx.member().map(|member| member.id);
        Ok(Some(Self { tree: tree(&sections), owed, head, nodes, sections, window, written, member, today }))
    }

    fn years(&self) -> Vec<FiscalYear> {
        self.head.years().filter(|year| *year <= FiscalYear::of(self.today)).collect()
    }

    fn lines(&self) -> Vec<Line<'_>> {
        let written: BTreeMap<&Item, &Written> = self.written.iter().map(|written| (&written.item, written)).collect();
        let nodes: BTreeMap<&str, &Node> = self.nodes.iter().map(|node| (node.key.as_str(), node)).collect();
        let top = |key: Option<&str>| {
            let mut node = *nodes.get(key?)?;
            while let Some(above) = node.parent.as_deref().and_then(|parent| nodes.get(parent)) {
                node = above;
            }
            Some(node)
        };
        let desk = self.owed.desk();
        let years: Vec<_> = self.head.years().collect();
        let line = |named| {
            let Named { entry, node, .. }: &Named = named;
            let section = desk.charges_of(&entry.item).last().and_then(|charge| self.sections.iter().find(|s| s.id == charge.section));
            Line {
                named,
                strategy: top(node.as_deref()),
                section,
                written: written.get(&entry.item).copied(),
                is_mine: self.member.is_some_and(|member| desk.owers(&entry.item).contains_key(&member)),
            }
        };
        asked(&self.owed, &self.window, &years).into_iter().map(line).collect()
    }
}

impl Filter {
    fn holds(&self, line: &Line) -> bool {
        let shown = match self.show.as_str() {
            "open" => line.written.is_none(),
            "done" => line.written.is_some(),
            "mine" => line.is_mine,
            _ => true,
        };
        shown && (self.strategy.is_empty() || line.strategy.is_some_and(|top| top.key == self.strategy))
    }
}

pub async fn reviews(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let frame =
        Frame::staff(&tx, None, Here::Home).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]).flash(visit.take_flash().await?);
    let Some(register) = Register::load(&mut tx, filter.year).await? else {
        let main = view! { {page_head("", "評価と改善", ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new("評価と改善", frame, main));
    };
    let (year, lines) = (register.window.year, register.lines());
    let shown: Vec<&Line> = lines.iter().filter(|line| filter.holds(line)).collect();
    let done = lines.iter().filter(|line| line.written.is_some()).count();
    let title = format!("評価と改善　{}", year.label());
    let rows = shown.iter().map(|line| row(&register, &tx, &city, line)).collect_view();
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let heads = vec![col("指標・取組"), col("担当課"), col("評価"), col("改善"), col("次年度の取組")];
    let here = format!("{}?year={}", reviews_url(&city), year.0);
    let list = match (lines.is_empty(), shown.is_empty()) {
        (true, _) => empty("この年度に評価する指標・取組はありません。年度を選び直してください。", None).into_any(),
        (false, true) => empty("条件に合うものはありません。", Some((here, "すべてを表示する"))).into_any(),
        (false, false) => table("review-list", format!("{}件（計画の掲載順）", shown.len()), heads, body, true),
    };
    let width = format!("{:.1}", if lines.is_empty() { 0.0 } else { done as f64 * 100.0 / lines.len() as f64 });
    let csv = format!("{}.csv?year={}&show={}&strategy={}", reviews_url(&city), year.0, filter.show, filter.strategy);
    let links = view! { <p class="links"><a href=csv>"CSVで取り出す"</a></p> };
    let main = view! {
        {page_head(register.owed.plan.title.clone(), title.clone(), links)}
        <p class="lead">{format!("{}件中{done}件の評価が済みました。", lines.len())}</p>
        <svg class="rashin-progress" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=width height="8"/></svg>
        <p class="note">{format!("{}。会議の資料には、この画面を印刷します（A4横）。", until(&register.window, register.window.is_over(register.today)))}</p>
        {filters(&register, &filter)}
        {list}
    };
    Ok(Page::new(title, frame, main))
}

fn filters(register: &Register, filter: &Filter) -> impl IntoView + use<> {
    let mut form = Form::default();
    form.set("year", register.window.year.0.to_string());
    form.set("show", filter.show.clone());
    form.set("strategy", filter.strategy.clone());
    let filled = Filled { form, ..Filled::default() };
    let years: Vec<_> = register.years().iter().rev().map(|year| (year.0.to_string(), year.label())).collect();
    let show = [("open", "済んでいないもの"), ("mine", "わたしが書くもの"), ("done", "済んだもの")]
        .map(|(key, words)| (key.to_owned(), words.to_owned()));
    let tops: Vec<_> =
        register.nodes.iter().filter(|node| node.parent.is_none()).map(|node| (node.key.clone(), node.title.clone())).collect();
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="評価の絞り込み">
            {select(&filled, "year", &optional("年度"), &years, "いま評価する年度")}
            {select(&filled, "show", &optional("表示"), &show, "すべて")}
            {select(&filled, "strategy", &optional("戦略"), &tops, "すべて")}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
}

fn url(city: &str, named: &Named) -> String {
    match named.entry.item {
        Item::Kpi(_) => staff_url(city, &named.code),
        Item::Initiative(..) => initiative_url(city, &named.code),
    }
}

fn kind(named: &Named) -> &'static str {
    match named.entry.item {
        Item::Kpi(_) => "指標",
        Item::Initiative(..) => "取組",
    }
}

fn row(register: &Register, tx: &TenantTx, city: &str, line: &Line) -> AnyView {
    let (url, year) = (url(city, line.named), register.window.year.0);
    let responsible = line.section.map(|section| section.id);
    let may = decide(tx.actor(), &Action::Report { responsible, sections: &register.tree }).is_ok();
    let name = line.named.name.clone();
    let write = |words: &'static str| view! { <a href=format!("{url}/review?year={year}")>{words}<span class="vh">{format!("（{name}）")}</span></a> };
    let (why, course, next) = match line.written {
        Some(written) => {
            let next = if written.review.next.is_empty() { "—".to_owned() } else { written.review.next.clone() };
            let change = may.then(|| view! { <span class="links">{write("変更する")}</span> });
            (
                view! { <span class="rashin-lines">{written.review.why.clone()}</span>{change} }.into_any(),
                written.review.course.label().to_owned(),
                next,
            )
        }
        None if may => (write("評価を書く").into_any(), "—".to_owned(), "—".to_owned()),
        None => (view! { <span class="rashin-unknown">"まだ書かれていません"</span> }.into_any(), "—".to_owned(), "—".to_owned()),
    };
    let section = line.section.map_or("未設定", |section| section.name.as_str()).to_owned();
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=url.clone()>{line.named.name.clone()}</a><span class="dads-table__sub">{format!("{}　{}", kind(line.named), line.strategy.map_or("", |top| top.title.as_str()))}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"担当課"</span><span>{section}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"評価"</span><div>{why}</div></td>
            <td role="cell"><span class="dads-table__cell-label">"改善"</span><span class="nobr">{course}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"次年度の取組"</span><span class="rashin-lines">{next}</span></td>
        </tr>
    }
    .into_any()
}

const CSV_HEADER: [&str; 10] = ["年度", "種類", "コード", "名前", "戦略", "担当課", "評価", "改善", "次年度の取組", "書いた人"];

/// `/{city}/staff/reviews.csv`, with the filter of the page.
pub async fn csv(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let Some(register) = Register::load(&mut tx, filter.year).await? else { return Err(Refusal::NotFound) };
    let year = register.window.year;
    let cells = |line: &Line| {
        let review = line.written.map(|written| &written.review);
        let said = |of: &dyn Fn(&Review) -> String| review.map(of).unwrap_or_default();
        vec![
            year.0.to_string(),
            kind(line.named).to_owned(),
            line.named.code.clone(),
            line.named.name.clone(),
            line.strategy.map(|top| top.title.clone()).unwrap_or_default(),
            line.section.map(|section| section.name.clone()).unwrap_or_default(),
            said(&|review| review.why.clone()),
            said(&|review| review.course.label().to_owned()),
            said(&|review| review.next.clone()),
            line.written.map(|written| written.author_name.clone()).unwrap_or_default(),
        ]
    };
    let lines = register.lines();
    let rows = lines.iter().filter(|line| filter.holds(line)).map(cells);
    csv_file(&format!("{city}-reviews-{}.csv", year.0), &CSV_HEADER, rows)
}
