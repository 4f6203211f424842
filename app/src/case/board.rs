//! Cases by stage: a board for each route in use, a column for each of its stages.

use leptos::prelude::*;
use rashin_domain::{case::Standing, route::Stage};

use super::{case_url, line::Line};
use crate::ui::section::{empty, note};

/// What runs; cases that have ended are in the list.
pub fn board(city: &str, lines: &[&Line]) -> AnyView {
    let open: Vec<&&Line> = lines.iter().filter(|line| line.is_open()).collect();
    let mut routes: Vec<&str> = Vec::new();
    for line in &open {
        if !routes.contains(&line.filed.route.name.as_str()) {
            routes.push(&line.filed.route.name);
        }
    }
    if routes.is_empty() {
        return empty("進行中の案件は、この条件にはありません。終わった案件は一覧で見られます。", None).into_any();
    }
    let boards = routes.iter().enumerate().map(|(n, route)| {
        let of: Vec<&Line> = open.iter().filter(|line| line.filed.route.name == *route).map(|line| **line).collect();
        let (id, by) = (format!("board-{n}"), format!("board-{n}"));
        let columns = stages(&of).into_iter().map(|stage| column(city, stage, &of)).collect_view();
        view! {
            <section class="section" aria-labelledby=by>
                <div class="section__head"><h2 id=id>{(*route).to_owned()}</h2>{note(format!("{}件", of.len()))}</div>
                <div class="rashin-board" role="region" tabindex="0" aria-label=format!("{route}の段階")>{columns}</div>
            </section>
        }
    });
    boards.collect_view().into_any()
}

/// Stages of the newest version of a route; those of older ones where a case still is come after them.
fn stages<'a>(lines: &[&Line<'a>]) -> Vec<&'a Stage> {
    let newest = lines.iter().max_by_key(|line| line.filed.number);
    let mut stages: Vec<&Stage> = newest.map(|line| line.filed.route.stages.iter().collect()).unwrap_or_default();
    for line in lines {
        if let Standing::At(at) = &line.standing
            && let Some(stage) = line.filed.route.stage(&at.stage)
            && !stages.iter().any(|known| known.key == stage.key)
        {
            stages.push(stage);
        }
    }
    stages
}

fn column(city: &str, stage: &Stage, lines: &[&Line]) -> AnyView {
    let is_here = |line: &&&Line| matches!(&line.standing, Standing::At(at) if at.stage == stage.key);
    let cards: Vec<_> = lines.iter().filter(is_here).map(|line| card(city, line)).collect();
    let count = cards.len();
    let cards = if cards.is_empty() { view! { <p class="note">"なし"</p> }.into_any() } else { view! { <ul>{cards}</ul> }.into_any() };
    view! { <div class="rashin-board__column"><h3>{stage.name.clone()}<span>{format!("{count}件")}</span></h3>{cards}</div> }.into_any()
}

fn card(city: &str, line: &Line) -> AnyView {
    view! {
        <li data-late=line.is_overdue().then_some("")>
            <a href=case_url(city, line.filed.number)>{line.filed.newest.content.title.clone()}</a>
            <span>{format!("案件 {}　{}", line.filed.number, line.whose())}</span>
            <span>{line.since()}</span>
            {line.due.clone().map(|due| view! { <span class="rashin-board__due">{due}</span> })}
        </li>
    }
    .into_any()
}
