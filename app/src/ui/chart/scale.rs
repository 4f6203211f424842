//! Round ticks for an axis, and places for labels that do not collide. Arithmetic only.

use rust_decimal::Decimal;

/// Height of a line of 14 px text, and where its baseline is.
pub const LINE: f64 = 18.0;
pub const BASELINE: f64 = 14.0;

/// Geometry is written with one decimal.
pub fn round(number: f64) -> f64 {
    let rounded = (number * 10.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded } // no -0
}

/// Round ticks around all values, at most seven; from 0 unless that would flatten the differences.
/// No step is finer than `finest`, the last printed digit.
pub fn ticks(values: &[Decimal], finest: Decimal) -> Vec<Decimal> {
    let (Some(&least), Some(&most)) = (values.iter().min(), values.iter().max()) else {
        return Vec::new();
    };
    let two = Decimal::TWO;
    let far_from_zero = |near: Decimal, far: Decimal| near * two > far && near != far && !(finest == Decimal::ONE && far <= Decimal::TEN);
    let from = if least > Decimal::ZERO && !far_from_zero(least, most) { Decimal::ZERO } else { least };
    let until = if most < Decimal::ZERO && !far_from_zero(-most, -least) { Decimal::ZERO } else { most };
    let until = if from == until { until + finest } else { until };
    let step = step(until - from, finest);
    let mut first = (from / step).floor() * step;
    if first > Decimal::ZERO && (from - first) * Decimal::TEN < step {
        first -= step; // the lowest point does not lie on the axis
    }
    let mut tick = first;
    let mut ticks = vec![tick];
    while tick < until {
        tick += step;
        ticks.push(tick);
    }
    for tick in &mut ticks {
        tick.rescale(step.normalize().scale());
    }
    ticks
}

/// 1, 2 or 5 times a power of ten, five of which cover the span.
fn step(span: Decimal, finest: Decimal) -> Decimal {
    let mut unit = finest;
    loop {
        for times in [1, 2, 5] {
            let step = unit * Decimal::from(times);
            if step * Decimal::from(5) >= span {
                return step;
            }
        }
        unit *= Decimal::TEN;
    }
}

/// Width of a 14 px text, generous enough for the broader of the usual fonts and bold figures.
pub fn text_width(text: &str) -> f64 {
    let width = |c: char| match c {
        ',' | '.' | '\'' | ' ' => 4.6,
        c if c.is_ascii() => 8.6,
        _ => 14.2,
    };
    text.chars().map(width).sum()
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl Area {
    pub fn around(x: f64, y: f64, r: f64) -> Self {
        Self { x: x - r, y: y - r, w: 2.0 * r, h: 2.0 * r }
    }

    pub fn overlaps(&self, other: &Area) -> bool {
        self.x < other.x + other.w && other.x < self.x + self.w && self.y < other.y + other.h && other.y < self.y + self.h
    }

    pub fn within(&self, frame: &Area) -> bool {
        self.x >= frame.x && self.y >= frame.y && self.x + self.w <= frame.x + frame.w && self.y + self.h <= frame.y + frame.h
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Where a text may stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub area: Area,
    pub anchor: Anchor,
}

/// What the drawing holds so far, and where labels may go.
pub struct Board {
    pub frame: Area,
    /// Labels and markers: nothing is written over them.
    pub solid: Vec<Area>,
    /// Lines, as small areas with the cost of covering them.
    pub soft: Vec<(Area, f64)>,
}

impl Board {
    pub fn new(frame: Area) -> Self {
        Self { frame, solid: Vec::new(), soft: Vec::new() }
    }

    /// Labels should rather not cover the line.
    pub fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), cost: f64) {
        let parts = ((x2 - x1).hypot(y2 - y1) / 4.0).ceil().max(1.0);
        for i in 0..=parts as usize {
            let done = i as f64 / parts;
            self.soft.push((Area::around(x1 + (x2 - x1) * done, y1 + (y2 - y1) * done, 2.0), cost));
        }
    }

    /// The best free spot for the first text that has one, the wordings from long to short. `None`: no room.
    pub fn place(&mut self, wordings: &[String], spots: impl Fn(f64) -> Vec<Spot>) -> Option<(String, Spot)> {
        let mut best: Option<(f64, &String, Spot)> = None;
        for (short, text) in wordings.iter().enumerate() {
            for (rank, spot) in spots(text_width(text)).into_iter().enumerate() {
                if !spot.area.within(&self.frame) || self.solid.iter().any(|solid| solid.overlaps(&spot.area)) {
                    continue;
                }
                let covered: f64 = self.soft.iter().filter(|(area, _)| area.overlaps(&spot.area)).map(|(_, cost)| cost).sum();
                let cost = covered + rank as f64 + 14.0 * short as f64;
                if best.is_none_or(|(least, ..)| cost < least) {
                    best = Some((cost, text, spot));
                }
            }
        }
        let (_, text, spot) = best?;
        // Room for a space beside it.
        self.solid.push(Area { x: spot.area.x - 6.0, w: spot.area.w + 12.0, ..spot.area });
        Some((text.clone(), spot))
    }

    /// Spots around a marker of radius `r`, the best first; up to `lifts` lines away from it.
    pub fn near(&self, (x, y): (f64, f64), r: f64, w: f64, lifts: u8) -> Vec<Spot> {
        let spot = |x, y, anchor| Spot { area: Area { x, y, w, h: LINE }, anchor };
        let middle = (x - w / 2.0).clamp(self.frame.x, (self.frame.x + self.frame.w - w).max(self.frame.x));
        let mut spots = Vec::new();
        for lift in (0..=lifts).map(|lift| f64::from(lift) * LINE) {
            for y in [y - r - 3.0 - LINE - lift, y + r + 3.0 + lift] {
                spots.extend([spot(middle, y, Anchor::Middle), spot(x + 4.0 - w, y, Anchor::End), spot(x - 4.0, y, Anchor::Start)]);
            }
            if lift == 0.0 {
                let y = y - LINE / 2.0;
                spots.extend([spot(x + r + 5.0, y, Anchor::Start), spot(x - r - 5.0 - w, y, Anchor::End)]);
            }
        }
        spots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(values: &[&str], finest: &str) -> Vec<String> {
        let values: Vec<Decimal> = values.iter().map(|v| v.parse().unwrap()).collect();
        ticks(&values, finest.parse().unwrap()).iter().map(Decimal::to_string).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        assert_eq!(printed(&["120", "156", "180"], "1"), ["100", "120", "140", "160", "180"]);
        assert_eq!(printed(&["98.20", "100"], "0.01"), ["98.0", "98.5", "99.0", "99.5", "100.0"]);
        assert_eq!(printed(&["3113", "3172"], "1"), ["3100", "3120", "3140", "3160", "3180"]);
        assert_eq!(printed(&["1082000", "1106000"], "1").first().unwrap(), "1080000");
        assert_eq!(printed(&["99.7", "99.9"], "0.1"), ["99.6", "99.7", "99.8", "99.9"]);
    }

    #[test]
    fn small_and_wide_figures_start_at_zero() {
        assert_eq!(printed(&["4", "6"], "1"), ["0", "2", "4", "6"]);
        assert_eq!(printed(&["480", "2400"], "1"), ["0", "500", "1000", "1500", "2000", "2500"]);
        assert_eq!(printed(&["141"], "1"), ["0", "50", "100", "150"]);
        assert_eq!(printed(&["0"], "1"), ["0", "1"]);
        assert_eq!(printed(&["-584646"], "1"), ["-600000", "-400000", "-200000", "0"]);
        assert!(printed(&[], "1").is_empty());
    }

    #[test]
    fn the_greatest_figures_have_ticks() {
        let ticks = printed(&["-999999999999999999", "999999999999999999"], "1");
        assert!(ticks.len() <= 7, "{ticks:?}");
    }

    #[test]
    fn a_label_takes_free_room_or_none() {
        let mut board = Board::new(Area { x: 0.0, y: 0.0, w: 60.0, h: 44.0 });
        let words = ["中間目標 154".to_owned(), "154".to_owned()];
        let spots = |w: f64| vec![Spot { area: Area { x: 2.0, y: 2.0, w, h: LINE }, anchor: Anchor::Start }];
        assert_eq!(board.place(&words, spots).map(|(text, _)| text), Some("154".to_owned()));
        assert_eq!(board.place(&words, spots), None);
    }
}
