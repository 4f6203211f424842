//! The way from the baseline to the target: left end to right end, whatever the direction.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    Chart, Drawing, Mark,
    scale::{Anchor, Area, Board, LINE, Spot, text_width},
    series::{Figure, Goal, Series},
};

use rashin_domain::kpi::Direction;

const MARGIN: f64 = 10.0;
/// The middle of the track, under two rows of labels.
const TRACK: f64 = 62.0;
const HALF: f64 = 12.0;
const HEIGHT: f64 = 124.0;
/// How far beyond the ends a figure is drawn, as a share of the way.
const BEYOND: f64 = 0.25;

pub fn chart(series: &Series) -> Option<Chart> {
    let way = Way::of(series)?;
    let place = |figure: &Figure| way.share(figure.amount).filter(|share| !(-BEYOND..=1.0 + BEYOND).contains(share));
    let beyond = series.newest().and_then(place).map(|_| "実績は目盛りの外にあるため、端に示しています。");
    let start = match way.start {
        Some(start) => format!("現状値は{}年度の{}、", start.year, start.said),
        None => String::new(),
    };
    let scale = match (way.start, series.part.direction) {
        (None, _) => Some("基準値がないため、左端は0です。"),
        (Some(_), Direction::Down) => Some("少ないほどよい指標です。右へ進むほど目標に近づきます。"),
        (Some(_), Direction::Up | Direction::Keep) => None,
    };
    let scale_note = if way.start.is_none() { series.direction_said().filter(|_| series.part.direction == Direction::Down) } else { None };
    let now = match series.newest() {
        Some(_) => format!("{}{}", series.story(), series.compared().unwrap_or_default()),
        None => format!("{}。", series.missing),
    };
    Some(Chart {
        caption: String::new(),
        note: [scale, scale_note, beyond].into_iter().flatten().collect(),
        title: format!("{}（目標までの道のり{}）", series.name(), series.unit_said()),
        desc: format!("{start}{}{now}", series.goals_said()),
        wide: way.draw(584.0),
        narrow: way.draw(320.0),
    })
}

struct Way<'a> {
    series: &'a Series<'a>,
    /// The baseline; without one the way begins at 0.
    start: Option<&'a Figure>,
    from: Decimal,
    until: Decimal,
    target: &'a Goal,
}

impl<'a> Way<'a> {
    fn of(series: &'a Series<'a>) -> Option<Self> {
        let target = series.goals.last()?;
        let start = series.baseline.as_ref();
        let from = start.map_or(Decimal::ZERO, |figure| figure.amount);
        (from != target.amount).then_some(Self { series, start, from, until: target.amount, target })
    }

    /// 0 at the start, 1 at the target.
    fn share(&self, amount: Decimal) -> Option<f64> {
        ((amount - self.from) / (self.until - self.from)).to_f64()
    }

    fn draw(&self, width: f64) -> Drawing {
        let mut drawing = Drawing::new(width, HEIGHT);
        let mut board = Board::new(Area { x: 0.0, y: 0.0, w: width, h: HEIGHT });
        let clamped = |amount| self.share(amount).unwrap_or(0.0).clamp(-BEYOND, 1.0 + BEYOND);
        let newest = self.series.newest();
        let interims: Vec<&Goal> = self.series.goals.iter().filter(|goal| !std::ptr::eq(*goal, self.target)).collect();
        let shares = newest.map(|figure| figure.amount).into_iter().chain(interims.iter().map(|goal| goal.amount)).map(clamped);
        let shares: Vec<f64> = shares.chain([0.0, 1.0]).collect();
        let (low, high) = (shares.iter().copied().fold(0.0, f64::min), shares.iter().copied().fold(1.0, f64::max));
        let x = |share: f64| MARGIN + (share - low) / (high - low) * (width - 2.0 * MARGIN);
        let (left, right) = (x(0.0), x(1.0));

        drawing.rect("band", Area { x: left, y: TRACK - HALF, w: right - left, h: 2.0 * HALF });
        if let Some(figure) = newest {
            let end = x(clamped(figure.amount));
            drawing.line("bar", &[(left, TRACK), (end, TRACK)]);
        }
        drawing.line("target", &[(right, TRACK - HALF - 4.0), (right, TRACK + HALF + 4.0)]);
        let track = Area { x: x(low) - 8.0, y: TRACK - HALF, w: x(high) - x(low) + 16.0, h: 2.0 * HALF };

        self.ends(&mut drawing, &mut board, left, right);
        match newest {
            None => {
                let (w, y) = (text_width(&self.series.missing), TRACK - LINE / 2.0);
                let ticks: Vec<f64> = interims.iter().map(|goal| x(clamped(goal.amount))).collect();
                let free = |at: &f64| ticks.iter().all(|tick| *tick + 12.0 < *at || *tick - 12.0 > at + w);
                // Inside the track, beside the ticks; under it between the ends never collides at these widths.
                let spots = [left + 10.0, right - 10.0 - w, (left + right - w) / 2.0];
                let at = spots.into_iter().chain(ticks.iter().map(|tick| tick + 13.0)).find(free).unwrap_or(spots[0]);
                drawing.text("t-in", Spot { area: Area { x: at, y, w, h: LINE }, anchor: Anchor::Start }, self.series.missing.clone());
            }
            Some(figure) => {
                let at = x(clamped(figure.amount));
                let remark = if figure.remark.is_empty() { String::new() } else { format!("（{}）", figure.remark) };
                let wordings = [format!("{}年度 {}{remark}", figure.year, figure.said), format!("{}{remark}", figure.said)];
                let wordings = wordings.map(|text| format!("実績 {text}"));
                let above = |w| row(at, TRACK - HALF - 6.0 - LINE, w, width);
                if let Some((text, spot)) = board.place(&wordings, above) {
                    drawing.text("t-own", spot, text);
                }
            }
        }
        board.solid.push(track);
        for goal in interims {
            self.interim(&mut drawing, &mut board, x(clamped(goal.amount)), goal);
        }
        if let Some(figure) = newest {
            drawing.dot(if figure.open { "dot-open" } else { "dot" }, (x(clamped(figure.amount)), TRACK));
        }
        drawing.marks.sort_by_key(|mark| matches!(mark, Mark::Text { .. }));
        drawing
    }

    /// What stands at the two ends, under the track: value, and its year below.
    fn ends(&self, drawing: &mut Drawing, board: &mut Board, left: f64, right: f64) {
        let (value, year) = match self.start {
            Some(start) => (format!("現状値 {}", start.label), Some(start.year)),
            None => ("0".to_owned(), None),
        };
        let target = format!("{} {}", self.target.name, self.target.said);
        let ends = [("t-own", Anchor::Start, left, value, year), ("t-strong", Anchor::End, right, target, Some(self.target.year))];
        for (class, anchor, at, value, year) in ends {
            let year = year.map(|year| format!("{year}年度")).unwrap_or_default();
            for (line, class, text) in [(0.0, class, value), (1.0, "t-mute", year)] {
                let w = text_width(&text);
                let x = if anchor == Anchor::Start { at.min(drawing.width - w) } else { (at - w).max(0.0) };
                let area = Area { x, y: TRACK + HALF + 8.0 + line * LINE, w, h: LINE };
                if !text.is_empty() {
                    board.solid.push(area);
                    drawing.text(class, Spot { area, anchor }, text);
                }
            }
        }
    }

    /// A tick across the track and its label: over it, and when the actual's label is there, one row higher.
    fn interim(&self, drawing: &mut Drawing, board: &mut Board, at: f64, goal: &Goal) {
        let wordings = [format!("{} {}（{}年度）", goal.name, goal.said, goal.year), format!("{} {}", goal.name, goal.said)];
        let width = drawing.width;
        let rows = |w| {
            let near = row(at, TRACK - HALF - 6.0 - LINE, w, width);
            near.into_iter().chain(row(at, TRACK - HALF - 6.0 - 2.0 * LINE, w, width)).collect()
        };
        let mut top = TRACK - HALF - 4.0;
        if let Some((text, spot)) = board.place(&wordings, rows) {
            top = spot.area.y + LINE + 1.0;
            drawing.text("t-ink", spot, text);
        }
        drawing.line("tick", &[(at, top), (at, TRACK + HALF)]);
    }
}

/// Spots in one row that point at a place: around it, then to its left and right.
fn row(at: f64, y: f64, w: f64, width: f64) -> Vec<Spot> {
    let spot = |x: f64, anchor| Spot { area: Area { x, y, w, h: LINE }, anchor };
    let middle = (at - w / 2.0).clamp(0.0, (width - w).max(0.0));
    vec![spot(middle, Anchor::Middle), spot(at + 4.0 - w, Anchor::End), spot(at - 4.0, Anchor::Start)]
}
