//! A route as a picture: stages from top to bottom, arrows where an outcome leads.
//!
//! Every arrow leaves and enters a box at a height of its own, and turns in a lane of its own; its words stand on its own line
//! between the box and the lanes. So nothing is written over anything, however many arrows there are.

use leptos::prelude::*;
use rashin_domain::route::{Outcome, Route, Stage, To};

use super::text::{lines, width};
use crate::ui::section::empty;

const BOX_WIDTH: i32 = 208;
const GAP: i32 = 40;
/// Between an arrow's end and its neighbour's on the same side of a box.
const PORT: i32 = 20;
const LANE: i32 = 18;
/// Height of a line of a stage's name, and of what stands below it.
const NAME: i32 = 22;
const BELOW: i32 = 19;
/// Room for the tip of an arrow.
const TIP: i32 = 7;

/// All outcomes that lead from one stage to another.
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

/// How far a lane is from the boxes, from 1: the shortest arrows nearest, none on the place of another.
fn lanes(arrows: &[Arrow]) -> Vec<i32> {
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

/// The arrows on one side of the boxes: those that lead on (right), or back (left).
struct Side {
    right: bool,
    arrows: Vec<Arrow>,
    lanes: Vec<i32>,
}

/// An end of an arrow at a box: the arrow's number, and whether it leaves there.
type Port = (usize, bool);

impl Side {
    fn new(right: bool, arrows: Vec<Arrow>) -> Self {
        Self { right, lanes: lanes(&arrows), arrows }
    }

    /// The ends at a box from top to bottom, so that an arrow does not cross its neighbours. Arrows on the right come from
    /// above and leave below, on the left the other way round; what turns farther out ends nearer to the middle.
    fn ports(&self, stage: usize) -> Vec<Port> {
        let ends = |leaves: bool| {
            let here = |arrow: &Arrow| if leaves { arrow.from } else { arrow.to } == stage;
            let mut ends: Vec<usize> = (0..self.arrows.len()).filter(|at| here(&self.arrows[*at])).collect();
            ends.sort_by_key(|at| self.lanes[*at]);
            ends.into_iter().map(move |at| (at, leaves))
        };
        let upper = ends(!self.right);
        upper.chain(ends(self.right).rev()).collect()
    }

    /// Width of the words of the longest arrow.
    fn words(&self) -> i32 {
        self.arrows.iter().map(|arrow| width(&arrow.words, 14)).max().map_or(0, |widest| widest + 2 * TIP + 4)
    }

    fn room(&self) -> i32 {
        self.words() + self.lanes.iter().max().map_or(0, |most| most * LANE) + 4
    }
}

/// A box with the lines in it.
struct Drawn {
    top: i32,
    height: i32,
    name: Vec<String>,
    below: Vec<String>,
}

fn drawn(route: &Route, sides: &[Side; 2]) -> Vec<Drawn> {
    let mut top = 2;
    let place = |(at, stage): (usize, &Stage)| {
        let name = if stage.name.is_empty() { format!("（{}番目の段階）", at + 1) } else { stage.name.clone() };
        let (name, below) = (lines(&name, BOX_WIDTH - 16, 16), lines(&below(stage), BOX_WIDTH - 12, 14));
        let text = name.len() as i32 * NAME + below.len() as i32 * BELOW + 14;
        let ports = sides.iter().map(|side| side.ports(at).len() as i32 * PORT + 8).max().unwrap_or_default();
        let drawn = Drawn { top, height: text.max(ports), name, below };
        top += drawn.height + GAP;
        drawn
    };
    route.stages.iter().enumerate().map(place).collect()
}

/// 「継続審議で留まる　見送りで終わる」
fn below(stage: &Stage) -> String {
    let stays = stage.way(Outcome::Continued).map(|_| "継続審議で留まる".to_owned());
    let ends: Vec<&str> = stage.ways.iter().filter(|way| matches!(way.to, To::End(_))).map(|way| way.outcome.label()).collect();
    let ends = (!ends.is_empty()).then(|| format!("{}で終わる", ends.join("・")));
    [stays, ends].into_iter().flatten().collect::<Vec<_>>().join("、")
}

/// The picture, of a route with flaws, too: what leads nowhere is left out. `here`: key of the stage at which a case is.
pub fn diagram(route: &Route, here: Option<&str>) -> AnyView {
    if route.stages.is_empty() {
        return empty("段階を加えると、ここに図が描かれます。", None);
    }
    let (mut straight, mut forward, mut back) = (Vec::new(), Vec::new(), Vec::new());
    for arrow in arrows(route) {
        match arrow.to {
            to if to == arrow.from + 1 => straight.push(arrow),
            to if to > arrow.from => forward.push(arrow),
            _ => back.push(arrow),
        }
    }
    let sides = [Side::new(false, back), Side::new(true, forward)];
    let boxes = drawn(route, &sides);
    // The words of a straight arrow begin at the middle of the box.
    let widest = straight.iter().map(|arrow| width(&arrow.words, 14) + 14 - BOX_WIDTH / 2).max().unwrap_or_default();
    let x = sides[0].room();
    let (all, height) = (x + BOX_WIDTH + sides[1].room().max(widest), boxes.last().map_or(0, |last| last.top + last.height + 2));
    let downs = straight.iter().map(|arrow| {
        let (from, to, middle) = (boxes[arrow.from].top + boxes[arrow.from].height, boxes[arrow.to].top, x + BOX_WIDTH / 2);
        view! {
            <path d=format!("M{middle} {from}V{}", to - TIP) marker-end="url(#route-arrow)"/>
            <text x=middle + 10 y=(from + to) / 2 + 5>{arrow.words.clone()}</text>
        }
    });
    let asides = sides.iter().map(|side| (0..side.arrows.len()).map(|at| aside(side, at, &boxes, x)).collect_view()).collect_view();
    let is_here = |stage: &Stage| here == Some(stage.key.as_str());
    let stages = boxes.iter().zip(&route.stages).map(|(drawn, stage)| stage_box(drawn, x, is_here(stage))).collect_view();
    let label = format!("経路「{}」の図。段階は{}、それぞれの結果と行き先は、同じ画面に言葉でもあります。", route.name, route.stages.len());
    view! {
        <div class="rashin-diagram" role="region" tabindex="0" aria-label="経路の図">
            <svg viewBox=format!("0 0 {all} {height}") width=all height=height role="img" aria-label=label>
                <defs><marker id="route-arrow" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10Z"/></marker></defs>
                {asides}{downs.collect_view()}{stages}
            </svg>
        </div>
    }
    .into_any()
}

fn aside(side: &Side, at: usize, boxes: &[Drawn], x: i32) -> AnyView {
    let arrow = &side.arrows[at];
    let height = |stage: usize, leaves: bool| {
        let ports = side.ports(stage);
        let nth = ports.iter().position(|port| *port == (at, leaves)).unwrap_or_default() as i32;
        boxes[stage].top + (boxes[stage].height - (ports.len() as i32 - 1) * PORT) / 2 + nth * PORT + 3
    };
    let (from, to) = (height(arrow.from, true), height(arrow.to, false));
    let out = side.words() + side.lanes[at] * LANE - LANE / 2;
    let (edge, lane, tip, words, anchor) = match side.right {
        true => (x + BOX_WIDTH, x + BOX_WIDTH + out, x + BOX_WIDTH + TIP, x + BOX_WIDTH + 8, "start"),
        false => (x, x - out, x - TIP, x - 8, "end"),
    };
    view! {
        <path d=format!("M{edge} {from}H{lane}V{to}H{tip}") marker-end="url(#route-arrow)"/>
        <text x=words y=from - 4 text-anchor=anchor>{arrow.words.clone()}</text>
    }
    .into_any()
}

fn stage_box(drawn: &Drawn, x: i32, here: bool) -> AnyView {
    let (middle, text) = (x + BOX_WIDTH / 2, drawn.name.len() as i32 * NAME + drawn.below.len() as i32 * BELOW);
    let first = drawn.top + (drawn.height - text) / 2;
    let names = (1..).zip(&drawn.name).map(|(nth, line)| {
        view! { <text x=middle y=first + nth * NAME - 5 text-anchor="middle" data-name="">{line.clone()}</text> }
    });
    let below = first + drawn.name.len() as i32 * NAME;
    let belows = (1..).zip(&drawn.below).map(|(nth, line)| {
        view! { <text x=middle y=below + nth * BELOW - 5 text-anchor="middle">{line.clone()}</text> }
    });
    view! {
        <rect x=x y=drawn.top width=BOX_WIDTH height=drawn.height data-here=here.then_some("")/>
        <g>{names.collect_view()}{belows.collect_view()}</g>
    }
    .into_any()
}
