//! Where many bodies lie on one scale: a dot for each, one's own marked, median and quartiles behind.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    Chart, Drawing,
    scale::{Anchor, Area, LINE, Spot, text_width, ticks},
};

const MARGIN: f64 = 16.0;
/// Between the middles of two dots.
const STEP: f64 = 13.0;
/// Higher piles make a dot stand for several bodies.
const MOST: usize = 12;

/// What is drawn.
pub struct Strip<'a> {
    /// 「よく使う32手続のオンライン化状況（山梨県、2023年度）」
    pub title: String,
    pub unit: &'a str,
    /// Ascending, the own one among them; at least one.
    pub levels: &'a [Decimal],
    /// Lower quartile, median, upper quartile.
    pub quartiles: [Decimal; 3],
    /// Name and level.
    pub own: Option<(&'a str, Decimal)>,
    /// The point of it, in a sentence.
    pub point: String,
}

pub fn chart(strip: &Strip<'_>) -> Chart {
    let (wide, each) = strip.draw(584.0);
    let (narrow, each_narrow) = strip.draw(320.0);
    let several = match each.max(each_narrow) {
        1 => "○1つが1団体です。".to_owned(),
        _ if each == each_narrow => format!("○1つが{each}団体までを表します。"),
        _ => format!("○1つが{}団体までを表します（狭い画面では{each_narrow}団体）。", each),
    };
    let own = strip.own.map(|(name, _)| format!("●は{name}です。")).unwrap_or_default();
    Chart {
        caption: strip.title.clone(),
        note: format!("{several}{own}帯は真ん中の半数（四分位）、縦線は中央値です。"),
        title: format!("{}（点の分布、単位{}）", strip.title, strip.unit),
        desc: format!("{}値は次の表。", strip.point),
        wide,
        narrow,
    }
}

impl Strip<'_> {
    /// The drawing, and how many bodies a dot stands for.
    fn draw(&self, width: f64) -> (Drawing, usize) {
        let marks = ticks(self.levels, Decimal::ONE);
        let (low, high) = (marks.first().copied().unwrap_or_default(), marks.last().copied().unwrap_or(Decimal::ONE));
        let share = |level: Decimal| ((level - low) / (high - low)).to_f64().unwrap_or(0.0);
        let x = |level: Decimal| MARGIN + share(level) * (width - 2.0 * MARGIN);
        let own = self.own.map(|(name, level)| (name, x(level)));
        let (dots, each) = self.dots(&x, width);
        let highest = dots.iter().map(|dot| dot.row + 1).max().unwrap_or_default();

        let top = LINE * if own.is_some() { 2.0 } else { 1.0 } + 4.0;
        let bottom = top + 4.0 + highest as f64 * STEP;
        let mut drawing = Drawing::new(width, bottom + 8.0 + LINE);
        let [lower, median, upper] = self.quartiles;
        drawing.rect("band", Area { x: x(lower), y: top, w: (x(upper) - x(lower)).max(1.0), h: bottom - top });
        drawing.line("tick", &[(x(median), top - 2.0), (x(median), bottom)]);
        drawing.line("axis", &[(MARGIN, bottom), (width - MARGIN, bottom)]);
        for dot in dots {
            let y = bottom - STEP * (dot.row as f64 + 0.5) - 1.0;
            drawing.dot(if dot.is_own { "dot" } else { "peer" }, (dot.x, y));
        }
        let label = |drawing: &mut Drawing, class, at: f64, y: f64, text: String| {
            let w = text_width(&text);
            let left = (at - w / 2.0).clamp(0.0, (width - w).max(0.0));
            drawing.text(class, Spot { area: Area { x: left, y, w, h: LINE }, anchor: Anchor::Start }, text);
        };
        if let Some(((name, at), (_, level))) = own.zip(self.own) {
            label(&mut drawing, "t-own", at, 0.0, format!("{name} {}{}", short(level), self.unit));
        }
        label(&mut drawing, "t-strong", x(median), top - LINE - 2.0, format!("中央値 {}{}", short(median), self.unit));
        let mut free = 0.0;
        for mark in marks {
            let text = format!("{mark}{}", self.unit);
            let w = text_width(&text);
            let left = (x(mark) - w / 2.0).clamp(0.0, width - w);
            if left >= free {
                free = left + w + 8.0;
                label(&mut drawing, "t-mute", x(mark), bottom + 6.0, text);
            }
        }
        drawing.texts_last();
        (drawing, each)
    }

    /// Where the dots stand: at their figures, one over the other where they would touch. And how many bodies each stands for.
    fn dots(&self, x: &dyn Fn(Decimal) -> f64, width: f64) -> (Vec<Place>, usize) {
        let mut places: Vec<f64> = self.levels.iter().map(|level| x(*level)).collect();
        let own = self.own.map(|(_, level)| x(level));
        if let Some(at) = own.and_then(|own| places.iter().position(|place| *place == own)) {
            places.remove(at);
        }
        let mut piles: Vec<Vec<f64>> = vec![Vec::new(); (width / STEP) as usize + 1];
        places.into_iter().for_each(|place| piles[(place / STEP) as usize].push(place));
        let each = piles.iter().map(Vec::len).max().unwrap_or_default().div_ceil(MOST).max(1);
        let mean = |some: &[f64]| some.iter().sum::<f64>() / some.len() as f64;
        let peers = piles.iter().flat_map(|pile| pile.chunks(each)).map(|some| (mean(some), false));
        let mut dots: Vec<(f64, bool)> = peers.chain(own.map(|own| (own, true))).collect();
        dots.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        // The last dot of each row.
        let mut rows: Vec<f64> = Vec::new();
        let placed = dots.into_iter().map(|(x, is_own)| {
            let row = rows.iter().position(|last| last + STEP <= x).unwrap_or(rows.len());
            match rows.get_mut(row) {
                Some(last) => *last = x,
                None => rows.push(x),
            }
            Place { x, row, is_own }
        });
        (placed.collect(), each)
    }
}

/// A dot in a row over the axis, from 0.
struct Place {
    x: f64,
    row: usize,
    is_own: bool,
}

/// One decimal where there is one.
pub fn short(level: Decimal) -> String {
    level.round_dp(1).normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::{super::Mark, *};

    fn strip<'a>(levels: &'a [Decimal], own: Option<(&'a str, Decimal)>) -> Strip<'a> {
        let at = |quarter: usize| levels[(levels.len() - 1) * quarter / 4];
        Strip { title: "指標".into(), unit: "%", levels, quartiles: [at(1), at(2), at(3)], own, point: String::new() }
    }

    fn dots(drawing: &Drawing, wanted: &str) -> Vec<(f64, f64)> {
        let dot = |mark: &Mark| match mark {
            Mark::Dot { class, x, y } if *class == wanted => Some((*x, *y)),
            _ => None,
        };
        drawing.marks.iter().filter_map(dot).collect()
    }

    fn levels(figures: impl IntoIterator<Item = i64>) -> Vec<Decimal> {
        let mut levels: Vec<Decimal> = figures.into_iter().map(Decimal::from).collect();
        levels.sort_unstable();
        levels
    }

    #[test]
    fn each_body_has_a_dot_and_none_covers_another() {
        let all = levels([72, 76, 77, 77, 74, 74, 71, 68, 74, 74, 74, 75, 73, 74, 73, 77, 77, 77, 74, 80, 77, 80, 77, 75, 75, 80, 70]);
        for width in [584.0, 320.0] {
            let (drawing, each) = strip(&all, Some(("甲斐市", 74.into()))).draw(width);
            let (own, peers) = (dots(&drawing, "dot"), dots(&drawing, "peer"));
            assert_eq!((each, own.len(), peers.len()), (1, 1, 26));
            let every: Vec<_> = own.iter().chain(&peers).collect();
            for (at, one) in every.iter().enumerate() {
                let near = every[..at].iter().find(|other| (one.0 - other.0).hypot(one.1 - other.1) < 12.0);
                assert!(near.is_none(), "{one:?} and {near:?} at {width}");
            }
        }
    }

    #[test]
    fn nothing_leaves_the_drawing_whatever_is_drawn() {
        let sets =
            [levels([100]), levels([0; 40]), levels(0..=100), levels((0..1741).map(|at| at * at % 101)), levels([0, 100, 100, 100, 100])];
        for all in &sets {
            for own in [all.first(), all.last()] {
                for width in [584.0, 320.0] {
                    let (drawing, each) = strip(all, own.map(|level| ("富士河口湖町", *level))).draw(width);
                    let frame = Area { x: 0.0, y: 0.0, w: drawing.width, h: drawing.height };
                    for mark in &drawing.marks {
                        match mark {
                            Mark::Dot { x, y, .. } => assert!(Area::around(*x, *y, 7.0).within(&frame), "{mark:?}"),
                            Mark::Text { area, .. } | Mark::Rect { area, .. } => assert!(area.within(&frame), "{mark:?} of {frame:?}"),
                            Mark::Path { .. } => {}
                        }
                    }
                    let texts: Vec<Area> = drawing
                        .marks
                        .iter()
                        .filter_map(|mark| match mark {
                            Mark::Text { area, .. } => Some(*area),
                            _ => None,
                        })
                        .collect();
                    for (at, one) in texts.iter().enumerate() {
                        assert!(texts[..at].iter().all(|other| !one.overlaps(other)), "labels at {width}");
                    }
                    let peers = dots(&drawing, "peer").len();
                    assert!(peers * each + 1 >= all.len() && peers < all.len(), "{peers} dots of {each} for {}", all.len());
                }
            }
        }
    }
}
