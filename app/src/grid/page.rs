//! `/{city}/staff/grid`

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::FiscalYear,
    form::Form,
    obligation::Reporting,
    progress::Status,
};
use rashin_store::survey::Survey;

use super::{
    cells::{columns, years},
    grid_url,
    lines::{FIELDS, Grid, Groups, Line, OPEN, ORDERS},
    table::grid_table,
};
use crate::{
    progress::{groups::Group, progress_url},
    ui::{
        field::{Filled, TEXT, input, optional, select},
        frame::{Frame, Here},
        section::{empty, note, page_head},
    },
    urging::reminders_url,
    web::{Page, Refusal, Visit},
};

const TITLE: &str = "指標と期間の一覧";
/// KPIs on a page.
const PAGE: usize = 100;

/// The year whose periods are shown; `None`: all years.
pub fn year_of(survey: &Survey, wish: &Form) -> Option<FiscalYear> {
    years(survey).into_iter().find(|year| year.0.to_string() == wish.get("year"))
}

/// The wish as a query, with the number of a page.
fn address(path: &str, wish: &Form, page: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(FIELDS.into_iter().map(|field| (field, wish.get(field))).filter(|(_, value)| !value.is_empty()));
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

pub async fn grid(visit: Visit, Path(city): Path<String>, Query(query): Query<BTreeMap<String, String>>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let survey = tx.survey().await?;
    let crumbs = vec![("進み具合".to_owned(), progress_url(&city))];
    let notice = survey.as_ref().map(|survey| survey.head.notice.clone()).filter(|notice| !notice.is_empty());
    let frame = Frame::staff(&tx, notice, Here::Progress).crumbs(crumbs).flash(visit.take_flash().await?);
    let Some(survey) = survey.filter(|survey| !survey.kpis.is_empty()) else {
        let words = "この団体の計画に、指標はまだありません。事務局が計画を取り込むか、指標を加えると、ここに並びます。";
        return Ok(Page::new(TITLE, frame, view! { {page_head("", TITLE, ())}{empty(words, None)} }));
    };
    let runs_it = decide(tx.actor(), &Action::Conduct).is_ok();
    let groups = Groups::of(&survey);
    let (grid, wish) = (Grid::of(&survey, &groups), Form::from_pairs(query));
    let wanted = grid.wanted(&wish);
    let pages = wanted.len().div_ceil(PAGE).max(1);
    let page = wish.get("page").parse().unwrap_or(1).clamp(1, pages);
    let shown: Vec<&Line> = wanted.iter().skip((page - 1) * PAGE).take(PAGE).copied().collect();
    let path = grid_url(&city);
    let links = view! {
        <p class="links">
            <a href=address(&format!("{path}.csv"), &wish, 1)>"CSVで取り出す"</a>
            {runs_it.then(|| view! { <a href=format!("{path}/paste")>"表を貼り付ける"</a><a href=format!("/{city}/staff/plans/{}/workbooks", survey.head.slug)>"Excelで受け取る"</a> })}
        </p>
    };
    let list = match shown.is_empty() {
        true => empty("条件に合う指標はありません。", Some((path.clone(), "すべてを表示する"))).into_any(),
        false => {
            let first = (page - 1) * PAGE;
            let order = ORDERS.iter().find(|(key, _)| *key == wish.get("sort")).map_or("計画の掲載順", |(_, words)| words);
            let caption = match pages {
                1 => format!("{}件（{order}）", wanted.len()),
                _ => format!("{}件のうち{}～{}件目（{order}）", wanted.len(), first + 1, first + shown.len()),
            };
            let ticks = runs_it && shown.iter().any(|line| is_open(line));
            let table = grid_table(&city, caption, &shown, &columns(&survey, year_of(&survey, &wish)), ticks);
            match ticks {
                true => remind(&city, &grid, table).into_any(),
                false => table,
            }
        }
    };
    let main = view! {
        {page_head(survey.head.title.clone(), TITLE, links)}
        <p class="lead">{lead(&grid)}</p>
        {filters(&grid, &wish)}
        {list}
        {pager(&path, &wish, page, pages)}
        {note("各年度の値は、その年度の最新のものです。「目標」はその年度の目標値です。年度を選ぶと、半期・四半期・月ごとの値が見られます。")}
    };
    Ok(Page::new(TITLE, frame, main))
}

fn is_open(line: &Line) -> bool {
    line.reporting.is_some_and(|reporting| !reporting.is_reported())
}

fn lead(grid: &Grid<'_>) -> String {
    let asked: Vec<Reporting> = grid.lines.iter().filter_map(|line| line.reporting).collect();
    let done = asked.iter().filter(|reporting| reporting.is_reported()).count();
    match grid.round.filter(|_| !asked.is_empty()) {
        Some(round) => {
            format!("指標は{}件です。{}は、指標{}件中{done}件が報告済みです。", grid.lines.len(), round.label(), asked.len())
        }
        None => format!("指標は{}件です。", grid.lines.len()),
    }
}

fn filters(grid: &Grid<'_>, wish: &Form) -> impl IntoView + use<> {
    let filled = Filled { form: wish.clone(), ..Filled::default() };
    let groups = |groups: &[Group]| {
        let with_kpis = groups.iter().filter(|group| group.kpis(grid.survey).next().is_some());
        with_kpis.map(|group| (group.key.clone(), group.name.clone())).collect::<Vec<_>>()
    };
    let found = |status: &&Status| grid.lines.iter().any(|line| line.judgement.status == **status);
    let grades = &grid.survey.head.grades;
    let statuses: Vec<_> = Status::ALL.iter().filter(found).map(|status| (status.code().to_owned(), grades.word(*status))).collect();
    let each = Reporting::ALL.iter().map(|state| (state.code().to_owned(), state.label().to_owned()));
    let states: Vec<_> = [(OPEN.to_owned(), "報告の済んでいないもの".to_owned())].into_iter().chain(each).collect();
    let orders = ORDERS.map(|(key, words)| (key.to_owned(), words.to_owned()));
    let years: Vec<_> = years(grid.survey).iter().rev().map(|year| (year.0.to_string(), format!("{}の内訳", year.label()))).collect();
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="指標の絞り込み">
            {input(&filled, "q", &optional("名前に含む言葉"), TEXT)}
            {select(&filled, "strategy", &optional("戦略・分野"), &groups(grid.strategies), "すべて")}
            {select(&filled, "section", &optional("担当課"), &groups(grid.sections), "すべて")}
            {select(&filled, "status", &optional("判定"), &statuses, "すべて")}
            {grid.round.map(|_| select(&filled, "state", &optional("報告の状況"), &states, "すべて"))}
            {select(&filled, "year", &optional("期間"), &years, "年度ごと")}
            {select(&filled, "sort", &optional("並べ方"), &orders, "計画の掲載順")}
            <p class="actions"><button class="dads-button" data-type="outline">"表示する"</button></p>
        </form>
    }
}

/// The table with what is done about the KPIs that are chosen in it.
fn remind(city: &str, grid: &Grid<'_>, table: AnyView) -> impl IntoView + use<> {
    let round = grid.round.map(|round| round.label()).unwrap_or_default();
    view! {
        <form class="stack" method="get" action=reminders_url(city)>
            {table}
            <div class="actions">
                <button class="dads-button" data-type="outline">"選んだ指標の担当に催促する"</button>
                <p class="note">{format!("{round}がまだのものを選べます。次の画面で、送る相手を確かめます。")}</p>
            </div>
        </form>
    }
}

fn pager(path: &str, wish: &Form, page: usize, pages: usize) -> Option<AnyView> {
    let link = |to: usize, words: &'static str| view! { <a href=address(path, wish, to)>{words}</a> };
    (pages > 1).then(|| {
        view! {
            <nav class="links" aria-label="一覧のページ">
                {(page > 1).then(|| link(page - 1, "前のページ"))}
                <span>{format!("{page}／{pages}ページ")}</span>
                {(page < pages).then(|| link(page + 1, "次のページ"))}
            </nav>
        }
        .into_any()
    })
}
