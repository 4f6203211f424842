//! A route as a picture: stages from top to bottom, arrows where an outcome leads.

use leptos::prelude::*;
use rashin_domain::route::{Outcome, Route, Stage, To};

const BOX_WIDTH: i32 = 240;
const BOX_HEIGHT: i32 = 52;
const GAP: i32 = 44;
/// Distance of the lanes beside the boxes.
const LANE: i32 = 30;
/// Room for a label beyond the outermost lane.
const LABEL: i32 = 150;

/// An arrow: all outcomes that lead from one stage to another.
struct Arrow {
    from: usize,
    to: usize,
    words: String,
}

fn arrows(route: &Route) -> Vec<Arrow> {
    let mut arrows: Vec<Arrow> = Vec::new();
    for (from, stage) in route.stages.iter().enumerate() {
        for way in &stage.ways {
            let To::Stage(key) = &way.to else { continue };
            let Some(to) = route.stages.iter().position(|other| other.key == *key).filter(|to| *to != from) else { continue };
            match arrows.iter_mut().find(|arrow| (arrow.from, arrow.to) == (from, to)) {
                Some(arrow) => arrow.words = format!("{}・{}", arrow.words, way.outcome.label()),
                None => arrows.push(Arrow { from, to, words: way.outcome.label().to_owned() }),
            }
        }
    }
    arrows
}

fn top(at: usize) -> i32 {
    at as i32 * (BOX_HEIGHT + GAP) + 2
}

/// How far a lane is from the boxes: the shortest arrows nearest, none on the place of another.
fn lanes(arrows: &[&Arrow]) -> Vec<i32> {
    let mut order: Vec<usize> = (0..arrows.len()).collect();
    order.sort_by_key(|at| arrows[*at].from.abs_diff(arrows[*at].to));
    let mut taken: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut lanes = vec![0; arrows.len()];
    for at in order {
        let (low, high) = (arrows[at].from.min(arrows[at].to), arrows[at].from.max(arrows[at].to));
        let is_free = |lane: &Vec<(usize, usize)>| lane.iter().all(|(from, to)| high <= *from || *to <= low);
        let lane = taken.iter().position(is_free).unwrap_or_else(|| {
            taken.push(Vec::new());
            taken.len() - 1
        });
        taken[lane].push((low, high));
        lanes[at] = lane as i32 + 1;
    }
    lanes
}

/// The picture; `here`: key of the stage at which a case is.
pub fn diagram(route: &Route, here: Option<&str>) -> AnyView {
    let all = arrows(route);
    let straight: Vec<&Arrow> = all.iter().filter(|arrow| arrow.to == arrow.from + 1).collect();
    let forward: Vec<&Arrow> = all.iter().filter(|arrow| arrow.to > arrow.from + 1).collect();
    let back: Vec<&Arrow> = all.iter().filter(|arrow| arrow.to < arrow.from).collect();
    let (right, left) = (lanes(&forward), lanes(&back));
    let room = |lanes: &[i32]| lanes.iter().max().map_or(LANE, |most| most * LANE + LABEL);
    let x = room(&left);
    let (width, height) = (x + BOX_WIDTH + room(&right).max(LABEL), top(route.stages.len()) - GAP + 4);
    let boxes = route.stages.iter().enumerate().map(|(at, stage)| stage_box(stage, x, top(at), here == Some(stage.key.as_str())));
    let downs = straight.iter().map(|arrow| {
        let (from, to) = (top(arrow.from) + BOX_HEIGHT, top(arrow.to));
        let middle = x + BOX_WIDTH / 2;
        view! {
            <path d=format!("M{middle} {from}V{}", to - 7) marker-end="url(#route-arrow)"/>
            <text x=middle + 10 y=(from + to) / 2 + 5>{arrow.words.clone()}</text>
        }
    });
    let aside = |arrow: &Arrow, lane: i32, is_right: bool| {
        let (from, to) = (top(arrow.from) + BOX_HEIGHT / 2 + 8, top(arrow.to) + BOX_HEIGHT / 2 - 8);
        let edge = if is_right { x + BOX_WIDTH } else { x };
        let at = if is_right { edge + lane * LANE } else { edge - lane * LANE };
        let end = if is_right { edge + 7 } else { edge - 7 };
        let (place, anchor) = if is_right { (at + 6, "start") } else { (at - 6, "end") };
        let line = (from + to) / 2 + 5;
        view! {
            <path d=format!("M{edge} {from}H{at}V{to}H{end}") marker-end="url(#route-arrow)"/>
            <text x=place y=line text-anchor=anchor>{arrow.words.clone()}</text>
        }
    };
    let rights = forward.iter().zip(right).map(|(arrow, lane)| aside(arrow, lane, true)).collect_view();
    let lefts = back.iter().zip(left).map(|(arrow, lane)| aside(arrow, lane, false)).collect_view();
    let label = format!("経路「{}」の図。段階は{}、行き先は下の表にあります。", route.name, route.stages.len());
    view! {
        <div class="rashin-diagram" role="region" tabindex="0" aria-label="経路の図">
            <svg viewBox=format!("0 0 {width} {height}") width=width height=height role="img" aria-label=label>
                <defs><marker id="route-arrow" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10Z"/></marker></defs>
                {rights}{lefts}{downs.collect_view()}{boxes.collect_view()}
            </svg>
        </div>
    }
    .into_any()
}

fn stage_box(stage: &Stage, x: i32, y: i32, here: bool) -> AnyView {
    let stays = stage.way(Outcome::Continued).map(|_| "継続審議で留まる");
    let ends: Vec<&str> = stage.ways.iter().filter(|way| matches!(way.to, To::End(_))).map(|way| way.outcome.label()).collect();
    let ends = (!ends.is_empty()).then(|| format!("{}で終わる", ends.join("・")));
    let below = [stays.map(str::to_owned), ends].into_iter().flatten().collect::<Vec<_>>().join("　");
    let line = if below.is_empty() { y + BOX_HEIGHT / 2 + 6 } else { y + 23 };
    view! {
        <rect x=x y=y width=BOX_WIDTH height=BOX_HEIGHT data-here=here.then_some("")/>
        <text x=x + BOX_WIDTH / 2 y=line text-anchor="middle" data-name="">{stage.name.clone()}</text>
        {(!below.is_empty()).then(|| view! { <text x=x + BOX_WIDTH / 2 y=y + 43 text-anchor="middle">{below}</text> })}
    }
    .into_any()
}
