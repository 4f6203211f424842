//! 組織図: the bodies of a municipality as a picture, and the same in words.

use std::rc::Rc;

use leptos::prelude::*;
use rashin_domain::{
    clock::FiscalYear,
    roster::{Held, SeatRole},
};
use rashin_store::roster::Body;

use super::Council;
use super::{body_url, text::lines};

const BOX_WIDTH: i32 = 208;
/// Between boxes beside and below each other.
const GAP: i32 = 24;
/// From a spine to the boxes that hang on it.
const INDENT: i32 = 20;
/// So many boxes stand beside each other on a page; what does not fit stands below each other.
const BESIDE: usize = 5;
/// Room for spines beside them.
const SLACK: i32 = 56;
const NAME: i32 = 22;
const LINE: i32 = 20;

/// What is said of a body beside its name: kind, chair, seats, secretariat.
fn said(council: &Council, body: &Body) -> Vec<String> {
    let (year, roster) = (FiscalYear::of(council.today), body.roster());
    let (seats, vacant) = (roster.seats_of(year).count(), roster.vacancies(year, &council.members));
    let chair = roster.seats_of(year).find(|seat| seat.role == SeatRole::Chair).map(|seat| {
        let names = seat.holders(&council.members).iter().map(|id| council.name(*id)).collect::<Vec<_>>().join("・");
        let post = match &seat.held {
            Held::Person(_) => "",
            Held::Post { post, .. } => post,
        };
        let words = [post, &names].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        if names.is_empty() { format!("長　{}", [words.as_str(), "（空席）"].concat()) } else { format!("長　{words}") }
    });
    let seats = match (seats, vacant) {
        (0, _) => "委員なし".to_owned(),
        (seats, 0) => format!("{seats}席"),
        (seats, vacant) => format!("{seats}席、うち空席{vacant}"),
    };
    let secretariat = body.charter.secretariat.and_then(|id| council.sections.iter().find(|section| section.id == id));
    let secretariat = secretariat.map(|section| format!("事務局　{}", section.name));
    [Some(body.charter.kind.label().to_owned()), chair, Some(seats), secretariat].into_iter().flatten().collect()
}

/// The bodies below one, or on top. A body whose parent is gone stands on top: nothing is lost from sight.
fn below<'a>(bodies: &'a [Body], above: Option<&str>) -> Vec<&'a Body> {
    let is_known = |key: &str| bodies.iter().any(|body| body.charter.key == key);
    bodies.iter().filter(|body| body.charter.parent.as_deref().filter(|key| is_known(key)) == above).collect()
}

/// The tree as a list, with links.
pub fn list(city: &str, council: &Council, bodies: &[Body], above: Option<&str>) -> AnyView {
    let items: Vec<AnyView> = below(bodies, above)
        .into_iter()
        .map(|body| {
            let (key, said) = (body.charter.key.clone(), said(council, body));
            let (kind, more) = said.split_first().map(|(kind, more)| (kind.clone(), more.join("、"))).unwrap_or_default();
            view! {
                <li>
                    <div class="rashin-sections__row"><a href=body_url(city, &key)>{body.charter.name.clone()}</a><b>{kind}</b><span class="note">{more}</span></div>
                    {list(city, council, bodies, Some(&key))}
                </li>
            }
            .into_any()
        })
        .collect();
    if items.is_empty() { ().into_any() } else { view! { <ul class="rashin-sections">{items}</ul> }.into_any() }
}

/// A body with all below it, placed with its corner at the origin.
struct Block {
    /// Nothing around those on top.
    body: Option<Rc<Card>>,
    width: i32,
    height: i32,
    parts: Vec<Part>,
}

/// A block within the one above.
struct Part {
    left: i32,
    top: i32,
    block: Rc<Block>,
    /// On a spine beside it, with others of its column.
    hangs: bool,
}

struct Card {
    name: Vec<String>,
    said: Vec<String>,
    height: i32,
}

fn card(council: &Council, body: &Body) -> Card {
    let name = lines(&body.charter.name, BOX_WIDTH - 20, 16);
    let said: Vec<String> = said(council, body).iter().flat_map(|line| lines(line, BOX_WIDTH - 20, 14)).collect();
    let height = name.len() as i32 * NAME + said.len() as i32 * LINE + 18;
    Card { name, said, height }
}

/// The lowest block of a body and all below it, for each number of boxes that may stand beside each other, from 1.
fn blocks(council: &Council, bodies: &[Body], body: Option<&Body>) -> Vec<Rc<Block>> {
    let own = body.map(|body| Rc::new(card(council, body)));
    let children: Vec<_> =
        below(bodies, body.map(|body| body.charter.key.as_str())).into_iter().map(|child| blocks(council, bodies, Some(child))).collect();
    let best = |room: usize| {
        let fits = |block: &Block| block.width <= room as i32 * (BOX_WIDTH + GAP) + SLACK;
        let tried = (1..=children.len().clamp(1, BESIDE)).flat_map(|columns| (0..BESIDE).map(move |each| (columns, each)));
        let placed = tried.map(|(columns, each)| place(own.clone(), &children, columns, each));
        let best = placed.filter(fits).min_by_key(|block| (block.height, block.width));
        Rc::new(best.unwrap_or_else(|| place(own.clone(), &children, 1, 0)))
    };
    (1..=BESIDE).map(best).collect()
}

/// Blocks in their order in so many columns, so that the highest of them is as low as it can be.
fn split<'a>(blocks: &[&'a Rc<Block>], columns: usize) -> Vec<Vec<&'a Rc<Block>>> {
    let filled = |limit: i32| {
        let (mut all, mut height): (Vec<Vec<&Rc<Block>>>, i32) = (Vec::new(), limit);
        for block in blocks {
            height += block.height + GAP;
            match all.last_mut() {
                Some(column) if height <= limit => column.push(block),
                _ => {
                    height = block.height + GAP;
                    all.push(vec![block]);
                }
            }
        }
        all
    };
    // The highest column is as high as some blocks below each other.
    let heights = (0..blocks.len()).flat_map(|from| (from + 1..=blocks.len()).map(move |to| from..to));
    let mut limits: Vec<i32> = heights.map(|range| blocks[range].iter().map(|block| block.height + GAP).sum()).collect();
    limits.sort_unstable();
    limits.into_iter().map(filled).find(|split| split.len() <= columns).unwrap_or_default()
}

/// A body above its children in so many columns, each child as it is with `each` + 1 boxes beside each other.
fn place(own: Option<Rc<Card>>, children: &[Vec<Rc<Block>>], columns: usize, each: usize) -> Block {
    let top = own.as_ref().map_or(0, |card| card.height + GAP + GAP / 2);
    let (mut left, mut bottom, mut parts) = (0, own.as_ref().map_or(0, |card| card.height), Vec::new());
    let children: Vec<&Rc<Block>> = children.iter().map(|child| &child[each]).collect();
    for column in split(&children, columns) {
        let hangs = column.len() > 1;
        let indent = if hangs { INDENT } else { 0 };
        let (mut down, mut wide) = (top, 0);
        for block in column {
            wide = wide.max(block.width);
            bottom = bottom.max(down + block.height);
            parts.push(Part { left: left + indent, top: down, block: block.clone(), hangs });
            down += block.height + GAP;
        }
        left += indent + wide + GAP;
    }
    let below = (left - GAP).max(0);
    let width = if own.is_some() { below.max(BOX_WIDTH) } else { below };
    // What is narrower than its box stands under the middle of it, unless it hangs on a spine.
    if parts.iter().all(|part| !part.hangs) {
        parts.iter_mut().for_each(|part| part.left += (width - below) / 2);
    }
    Block { body: own, width, height: bottom, parts }
}

impl Block {
    /// Left edge of the own box: over the middle, at the left where all hangs on one spine.
    fn left(&self) -> i32 {
        let one_spine = self.parts.iter().all(|part| part.hangs && part.left == INDENT);
        if one_spine { 0 } else { (self.width - BOX_WIDTH) / 2 }
    }

    fn draw(&self, x: i32, y: i32, drawn: &mut Vec<AnyView>) {
        for part in &self.parts {
            if let Some(own) = &self.body {
                let (from, middle) = (y + own.height, x + self.left() + BOX_WIDTH / 2);
                let (bus, child) = (from + GAP / 2, x + part.left + part.block.left());
                let path = match part.hangs {
                    // Down the spine, and to the box that hangs on it.
                    true => {
                        let spine = x + part.left - INDENT / 2;
                        let at = y + part.top + part.block.body.as_ref().map_or(0, |card| card.height / 2);
                        let start = if self.left() == 0 { format!("M{spine} {from}") } else { format!("M{middle} {from}V{bus}H{spine}") };
                        format!("{start}V{at}H{child}")
                    }
                    false => format!("M{middle} {from}V{bus}H{}V{}", child + BOX_WIDTH / 2, y + part.top),
                };
                drawn.push(view! { <path d=path/> }.into_any());
            }
            part.block.draw(x + part.left, y + part.top, drawn);
        }
        let Some(card) = &self.body else { return };
        let left = x + self.left();
        let names = (1..).zip(&card.name).map(|(nth, line)| {
            view! { <text x=left + 10 y=y + 4 + nth * NAME data-name="">{line.clone()}</text> }
        });
        let below = y + 6 + card.name.len() as i32 * NAME;
        let said = (1..).zip(&card.said).map(|(nth, line)| view! { <text x=left + 10 y=below + nth * LINE>{line.clone()}</text> });
        drawn.push(
            view! { <rect x=left y=y width=BOX_WIDTH height=card.height/><g>{names.collect_view()}{said.collect_view()}</g> }.into_any(),
        );
    }
}

/// The picture.
pub fn chart(council: &Council, bodies: &[Body]) -> AnyView {
    let all = blocks(council, bodies, None).swap_remove(BESIDE - 1);
    let mut drawn = Vec::new();
    all.draw(2, 2, &mut drawn);
    let (wide, high) = (all.width + 4, all.height + 4);
    let label = format!("会議体の組織図。{}の会議体があり、同じことが下の一覧に言葉であります。", bodies.len());
    view! {
        <div class="rashin-diagram" role="region" tabindex="0" aria-label="会議体の組織図">
            <svg viewBox=format!("0 0 {wide} {high}") width=wide height=high role="img" aria-label=label>{drawn}</svg>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_of_about_the_same_height_and_keep_the_order() {
        let blocks: Vec<_> =
            [400, 100, 110, 120, 130].map(|height| Rc::new(Block { body: None, width: BOX_WIDTH, height, parts: Vec::new() })).into();
        let blocks: Vec<&Rc<Block>> = blocks.iter().collect();
        let heights = |columns| {
            split(&blocks, columns).iter().map(|column| column.iter().map(|block| block.height).collect()).collect::<Vec<Vec<_>>>()
        };
        assert_eq!(heights(1), [[400, 100, 110, 120, 130]]);
        assert_eq!(heights(2), [vec![400, 100], vec![110, 120, 130]]);
        assert_eq!(heights(3), [vec![400], vec![100, 110], vec![120, 130]]);
        assert_eq!(heights(9).len(), 5);
        assert!(split(&[], 3).is_empty());
    }
}
