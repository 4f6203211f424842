//! The roadmap as a page shows it: this year in a sentence and as lists, the chart, what is behind, the milestones.

use leptos::prelude::*;
use rashin_domain::{
    clock::FiscalYear,
    form::Form,
    plan::{CellKind, Milestone, Node, NodeStanding, PlanContent, Ruling},
    roadmap::{Actual, Cell, Slot, behind, row},
};
use serde::Deserialize;

use super::{actual_words, look, milestone_mark, milestone_state, planned_words, ruling_words, slip_words};
use crate::{
    plan::node_name,
    ui::{
        field::{Filled, optional, select},
        provenance::reading,
        section::{col, empty, note, section, table},
    },
};

/// What is asked of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Filter {
    /// Key of a node of the top; all when empty.
    #[serde(default)]
    pub strategy: String,
}

/// The roadmap of a plan, seen from a fiscal year.
pub struct Roadmap<'a> {
    pub content: &'a PlanContent,
    pub now: FiscalYear,
    pub filter: &'a Filter,
    /// Address of the page itself.
    pub here: String,
    /// Address of a node.
    pub href: &'a dyn Fn(&Node) -> String,
    /// Address of the case that was decided, for members.
    pub case: Option<&'a dyn Fn(i32) -> String>,
}

impl<'a> Roadmap<'a> {
    /// All there is to see, but for the page's head.
    pub fn view(&self) -> AnyView {
        if !self.content.nodes.iter().any(|node| self.row(node).is_some()) {
            return empty("ロードマップは、まだ登録されていません。", None).into_any();
        }
        let nodes = self.nodes();
        if nodes.is_empty() {
            return view! {
                {self.filters()}
                {empty("この戦略には、ロードマップに載る取組がありません。", Some((self.here.clone(), "すべての戦略を見る")))}
            }
            .into_any();
        }
        let source = format!(
            "出典：{}。計画書に記載のない年度は、前の段階が続くとみなしています（推定）。実際は、承認された報告によります。",
            self.content.plan.source
        );
        view! {
            <p class="lead prose">{self.lead(&nodes)}</p>
            {self.filters()}
            {self.this_year(&nodes)}
            {self.chart(&nodes)}
            {note(source)}
            {self.late(&nodes)}
            {self.milestones(&nodes)}
            {self.rulings(&nodes)}
        }
        .into_any()
    }

    /// Whether anything is known of what came of the plan. While nothing is, 「未報告」 down a whole column would say no more
    /// than one sentence does.
    fn has_actuals(&self) -> bool {
        !self.content.standings.is_empty() || self.content.roadmap.iter().any(|cell| cell.kind == CellKind::Actual)
    }

    fn row(&self, node: &Node) -> Option<Vec<Cell<'a>>> {
        row(self.content, &node.key, self.now)
    }

    /// What has a row and is not filtered away, in the order of the plan.
    fn nodes(&self) -> Vec<&'a Node> {
        let chosen = |node: &&Node| self.filter.strategy.is_empty() || self.content.is_within(&node.key, &self.filter.strategy);
        self.content.nodes.iter().filter(chosen).filter(|node| self.row(node).is_some()).collect()
    }

    /// What is planned this year: phases with their nodes.
    fn in_phase(&self, nodes: &[&'a Node]) -> Vec<(&'a str, Vec<&'a Node>)> {
        let planned = |node: &Node| {
            let cell = self.row(node)?.into_iter().find(|cell| cell.year == self.now)?;
            match cell.planned {
                Slot::Printed(phases) => phases.last().map(|phase| phase.key.as_str()),
                Slot::Continued(phase) => Some(phase.key.as_str()),
                Slot::Unknown | Slot::Scrapped => None,
            }
        };
        let of = |key: &str| nodes.iter().copied().filter(|node| planned(node) == Some(key)).collect::<Vec<_>>();
        let phases = self.content.plan.phases.iter().map(|phase| (phase.name.as_str(), of(&phase.key)));
        phases.filter(|(_, nodes)| !nodes.is_empty()).collect()
    }

    fn behind(&self, nodes: &[&'a Node]) -> Vec<(&'a Node, &'a NodeStanding)> {
        nodes.iter().filter_map(|node| Some((*node, behind(self.content, &node.key)?))).collect()
    }

    fn lead(&self, nodes: &[&'a Node]) -> String {
        let counts: Vec<_> = self.in_phase(nodes).iter().map(|(name, nodes)| format!("{name}が{}件", nodes.len())).collect();
        let plan = match counts.is_empty() {
            true => format!("{}の取組の予定です。", nodes.len()),
            false => format!("{}の取組のうち、{}は{}の計画です。", nodes.len(), self.now.short(), counts.join("、")),
        };
        let reported = nodes.iter().filter(|node| self.content.standings.iter().any(|standing| standing.node == node.key)).count();
        match (reported, self.behind(nodes).len()) {
            (0, _) if self.has_actuals() => plan,
            (0, _) => format!("{plan}実際の進み具合の報告は、まだありません。"),
            (reported, 0) => format!("{plan}報告のあった{reported}件に、予定からの遅れはありません。"),
            (reported, late) => format!("{plan}報告のあった{reported}件のうち、{late}件が予定より遅れています。"),
        }
    }

    fn filters(&self) -> impl IntoView + use<> {
        let mut form = Form::default();
        form.set("strategy", self.filter.strategy.clone());
        let filled = Filled { form, ..Filled::default() };
        let options: Vec<_> = self.content.children(None).map(|top| (top.key.clone(), node_name(self.content, top))).collect();
        view! {
            <form class="rashin-filter" method="get" action=self.here.clone() role="search" aria-label="ロードマップの絞り込み">
                {select(&filled, "strategy", &optional("戦略"), &options, "すべて")}
                <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
            </form>
        }
    }

    /// On a phone the table is hard work: what is planned this year, as lists.
    fn this_year(&self, nodes: &[&'a Node]) -> impl IntoView + use<> {
        let groups = self.in_phase(nodes).into_iter().map(|(name, nodes)| {
            let items = nodes.into_iter().map(|node| view! { <li><a href=(self.href)(node)>{node.title.clone()}</a></li> });
            view! { <div><h3>{format!("{name}（{}件）", items.len())}</h3><ul class="rashin-task-list" data-two="">{items.collect_view()}</ul></div> }
        });
        let groups = groups.collect_view();
        view! {
            <section class="section rashin-narrow" aria-labelledby="this-year">
                <div class="section__head"><h2 id="this-year">{format!("{}の予定", self.now.short())}</h2></div>
                {groups}
            </section>
        }
    }

    fn chart(&self, nodes: &[&'a Node]) -> impl IntoView + use<> {
        let content = self.content;
        let span = content.plan.years().count();
        let heads = content.plan.years().map(|year| {
            let now = (year == self.now).then_some("");
            let era = if year == self.now { format!("{}　いま", year.era()) } else { year.era() };
            view! { <th scope="col" data-year="" data-now=now>{year.short()}<small>{era}</small></th> }
        });
        let heads = heads.collect_view();
        let groups = content.children(None).filter_map(|top| {
            let under: Vec<_> = nodes.iter().filter(|node| content.is_within(&node.key, &top.key)).collect();
            (!under.is_empty()).then(|| {
                let rows = under.into_iter().map(|node| self.node_row(node)).collect_view();
                view! { <tbody><tr><th scope="rowgroup" colspan=(span + 2).to_string()><span>{node_name(content, top)}</span></th></tr>{rows}</tbody> }
            })
        });
        let groups = groups.collect_view();
        view! {
            <figure class="dads-table">
                <figcaption class="stack">
                    <p class="dads-table__caption" id="rc">{format!("取組ごとの予定と実際　{}　計画の掲載順", content.plan.period_label())}</p>
                    {legend(content)}
                </figcaption>
                <p class="dads-table__hint">"表は横に動かして見られます。"</p>
                <div class="rashin-roadmap" role="region" tabindex="0" aria-labelledby="rc">
                    <table aria-labelledby="rc">
                        <colgroup><col data-col="name"/><col data-col="item"/><col span=span.to_string()/></colgroup>
                        <thead><tr><th scope="col">"取組"</th><th scope="col">"項目"</th>{heads}</tr></thead>
                        {groups}
                    </table>
                </div>
            </figure>
        }
    }

    fn node_row(&self, node: &Node) -> impl IntoView + use<> {
        let cells = self.row(node).unwrap_or_default();
        let parent = node.parent.as_deref().and_then(|key| self.content.node(key));
        // 「2-(3)」: numbers of the tree above.
        let item = parent.map(|p| {
            let top = p.parent.as_deref().and_then(|key| self.content.node(key)).map(|top| format!("{}-", top.number)).unwrap_or_default();
            format!("{top}{}", p.number)
        });
        let years = cells.iter().enumerate().map(|(index, cell)| {
            let next = cells.get(index + 1);
            let goes_on = next.is_some_and(|next| matches!(next.planned, Slot::Continued(_)));
            let now = (cell.year == self.now).then_some("");
            view! { <td data-year="" data-now=now>{planned_bar(&cell.planned, (!goes_on).then_some(""))}{self.has_actuals().then(|| actual_bar(cell))}{marks(cell, self.now)}</td> }
        });
        let years = years.collect_view();
        view! {
            <tr>
                <th scope="row"><a href=(self.href)(node)>{node.title.clone()}</a></th>
                <td class="rashin-roadmap__item">{item}{reading(&node.provenance)}</td>
                {years}
            </tr>
        }
    }

    /// スクラップ&ビルド: what was decided, newest first.
    fn rulings(&self, nodes: &[&'a Node]) -> Option<AnyView> {
        let mut rulings: Vec<(&Ruling, &Node)> = (self.content.rulings.iter())
            .filter_map(|ruling| Some((ruling, *nodes.iter().find(|node| node.key == ruling.node)?)))
            .collect();
        rulings.sort_by_key(|(ruling, _)| std::cmp::Reverse((ruling.decided_on, ruling.fiscal_year)));
        let rows = rulings.iter().map(|(ruling, node)| {
            let case = self.case.zip(ruling.case).map(|(href, number)| view! { "　"<a href=href(number)>{format!("案件{number}")}</a> });
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=(self.href)(node)>{node.title.clone()}</a></th>
                    <td role="cell"><span class="dads-table__cell-label">"決定"</span><span>{ruling.effect.label()}{format!("（{}から）", ruling.fiscal_year.short())}</span></td>
                    <td role="cell"><span class="dads-table__cell-label">"決めたところ"</span><span>{ruling_words(ruling)}{case}</span></td>
                </tr>
            }
        });
        let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
        let heads = vec![col("取組"), col("決定"), col("決めたところ")];
        let caption = format!("{}件（決定した日の新しい順）", rulings.len());
        (!rulings.is_empty()).then(|| section("rulings", "決定による開始と廃止", (), table("ruling-table", caption, heads, body, true)))
    }

    fn late(&self, nodes: &[&'a Node]) -> Option<AnyView> {
        let rows = self.behind(nodes).into_iter().map(|(node, standing)| {
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=(self.href)(node)>{node.title.clone()}</a></th>
                    <td role="cell"><span class="dads-table__cell-label">"報告"</span><span>{standing.fiscal_year.short()}</span></td>
                    <td role="cell"><span class="dads-table__cell-label">"遅れ"</span><span>{slip_words(standing)}</span></td>
                    <td role="cell"><span class="dads-table__cell-label">"理由"</span><span>{standing.slip_reason.clone()}</span></td>
                </tr>
            }
        });
        let (count, rows) = (rows.len(), rows.collect_view());
        let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
        let heads = vec![col("取組"), col("報告の年度"), col("遅れ"), col("理由")];
        (count > 0).then(|| {
            section("late", "予定より遅れている取組", (), table("late-table", format!("{count}件（最新の報告による）"), heads, body, true))
        })
    }

    fn milestones(&self, nodes: &[&'a Node]) -> Option<AnyView> {
        let mut milestones: Vec<(&Milestone, &Node)> = (self.content.milestones.iter())
            .filter_map(|milestone| Some((milestone, *nodes.iter().find(|node| node.key == milestone.node)?)))
            .collect();
        milestones.sort_by_key(|(milestone, _)| milestone.fiscal_year);
        let rows = milestones.iter().map(|(milestone, node)| {
            let when = format!("{} {}", milestone.fiscal_year.short(), milestone.season);
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{format!("{} {}", milestone_mark(milestone), milestone.title)}</th>
                    <td role="cell"><span class="dads-table__cell-label">"時期"</span><span>{when.trim().to_owned()}</span></td>
                    <td role="cell"><span class="dads-table__cell-label">"状況"</span><span>{milestone_state(milestone, self.now)}</span></td>
                    <td role="cell"><span class="dads-table__cell-label">"取組"</span><a href=(self.href)(node)>{node.title.clone()}</a></td>
                </tr>
            }
        });
        let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
        let heads = vec![col("節目"), col("時期"), col("状況"), col("取組")];
        let done = milestones.iter().filter(|(milestone, _)| milestone.done).count();
        let caption = format!("{}件中{done}件が済みました（時期の順）", milestones.len());
        (!milestones.is_empty()).then(|| section("milestones", "節目", (), table("milestone-table", caption, heads, body, true)))
    }
}

fn legend(content: &PlanContent) -> impl IntoView + use<> {
    let phases = content.plan.phases.iter().map(|phase| {
        view! { <div><dt class="rashin-bar" data-phase=look(phase.look)>{phase.name.clone()}</dt><dd>{phase.look.label()}</dd></div> }
    });
    let first = content.plan.phases.first().map(|phase| {
        view! { <div><dt class="rashin-bar" data-actual="" data-phase=look(phase.look)>{phase.name.clone()}</dt><dd>"角の丸い帯は実際"</dd></div> }
    });
    view! {
        <dl class="rashin-legend">
            {phases.collect_view()}
            {first}
            <div><dt class="rashin-bar" data-phase="unknown"><span>"記載なし"</span></dt><dd>"斜線"</dd></div>
            <div><dt>"細い帯"</dt><dd>"前の段階の続き（推定）"</dd></div>
            <div><dt>"◆ ◇"</dt><dd>"節目（済・まだ）"</dd></div>
            {(!content.rulings.is_empty()).then(|| view! { <div><dt>"★"</dt><dd>"会議体の決定による開始・変更・廃止"</dd></div> })}
        </dl>
    }
}

fn planned_bar(slot: &Slot, end: Option<&'static str>) -> AnyView {
    let said = || view! { <span class="vh">"予定："</span> };
    match slot {
        Slot::Printed(phases) => phases
            .iter()
            .map(|phase| view! { <div class="rashin-bar" data-phase=look(phase.look) data-end=end>{said()}{phase.name.clone()}</div> })
            .collect_view()
            .into_any(),
        Slot::Continued(phase) => {
            view! { <div class="rashin-bar" data-phase=look(phase.look) data-tail="" data-end=end><span class="vh">{format!("予定：{}", planned_words(slot))}</span></div> }.into_any()
        }
        Slot::Unknown => view! { <div class="rashin-bar" data-phase="unknown"><span>"記載なし"</span></div> }.into_any(),
        Slot::Scrapped => view! { <span class="vh">"廃止"</span> }.into_any(),
    }
}

fn actual_bar(cell: &Cell) -> AnyView {
    let said = || view! { <span class="vh">"実際："</span> };
    let words = || actual_words(cell).unwrap_or_default();
    let slip = cell.slip().map(|standing| {
        view! { <p class="rashin-roadmap__slip"><span aria-hidden="true">"▲"</span><span class="vh">"予定より"</span>{slip_words(standing)}</p> }
    });
    let bar = match &cell.actual {
        Actual::Known(phases, _) if !phases.is_empty() => phases
            .iter()
            .map(|phase| view! { <div class="rashin-bar" data-actual="" data-phase=look(phase.look)>{said()}{phase.name.clone()}</div> })
            .collect_view()
            .into_any(),
        Actual::Continued(phase) => {
            view! { <div class="rashin-bar" data-actual="" data-tail="" data-phase=look(phase.look)><span class="vh">{format!("実際：{}", words())}</span></div> }.into_any()
        }
        Actual::Known(..) | Actual::Missing => view! { <p class="rashin-roadmap__said">{said()}{words()}</p> }.into_any(),
        Actual::Ahead => ().into_any(),
    };
    view! { {bar}{slip} }.into_any()
}

fn marks(cell: &Cell, now: FiscalYear) -> impl IntoView + use<> {
    let mark = |milestone: &&Milestone| {
        let season = if milestone.season.is_empty() { "節目".to_owned() } else { milestone.season.clone() };
        let words = format!("節目：{}（{}）", milestone.title, milestone_state(milestone, now));
        view! { <p class="rashin-roadmap__said">{milestone_mark(milestone)}{season}<span class="vh">{words}</span></p> }
    };
    let ruling = |ruling: &&Ruling| {
        view! { <p class="rashin-roadmap__said">"★"{ruling.effect.label()}<span class="vh">{format!("：{}", ruling_words(ruling))}</span></p> }
    };
    view! { {cell.milestones.iter().map(mark).collect_view()}{cell.rulings.iter().map(ruling).collect_view()} }
}
