//! The way from the baseline to the target: left end to right end, whatever the direction.

use rashin_domain::kpi::Direction;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    Chart, Drawing,
    scale::{Anchor, Area, Board, LINE, Spot, text_width},
    series::{Figure, Goal, Series},
};

const MARGIN: f64 = 10.0;
/// Half the height of the track.
const HALF: f64 = 12.0;
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
    let down = series.part.direction == Direction::Down;
    let scale = match (way.start, down) {
        (Some(_), true) => Some("少ないほどよい指標です。右へ進むほど目標に近づきます。"),
        (None, true) => Some("基準値がないため、左端は0です。少ないほどよい指標です。"),
        (None, false) => Some("基準値がないため、左端は0です。"),
        (Some(_), false) => None,
    };
    let now = match series.newest() {
        Some(_) => format!("{}{}", series.story(), series.compared().unwrap_or_default()),
        None => format!("{}。", series.missing),
    };
    Some(Chart {
        caption: String::new(),
        note: [scale, beyond].into_iter().flatten().collect(),
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
    /// The middle of the track, under a row for the actual and one for interim targets.
    track: f64,
}

struct End {
    class: &'static str,
    texts: [String; 2],
    line: f64,
}

impl<'a> Way<'a> {
    fn of(series: &'a Series<'a>) -> Option<Self> {
        let target = series.goals.last()?;
        let start = series.baseline.as_ref();
        let from = start.map_or(Decimal::ZERO, |figure| figure.amount);
        let rows = usize::from(series.newest().is_some()) + usize::from(series.goals.len() > 1);
        let track = HALF + 8.0 + LINE * rows as f64;
        (from != target.amount).then_some(Self { series, start, from, until: target.amount, target, track })
    }

    /// 0 at the start, 1 at the target.
    fn share(&self, amount: Decimal) -> Option<f64> {
        ((amount - self.from) / (self.until - self.from)).to_f64()
    }

    fn draw(&self, width: f64) -> Drawing {
        let clamped = |amount| self.share(amount).unwrap_or(0.0).clamp(-BEYOND, 1.0 + BEYOND);
        let newest = self.series.newest();
        let interims: Vec<&Goal> = self.series.goals.iter().filter(|goal| !std::ptr::eq(*goal, self.target)).collect();
        let shares = newest.map(|figure| figure.amount).into_iter().chain(interims.iter().map(|goal| goal.amount)).map(clamped);
        let shares: Vec<f64> = shares.chain([0.0, 1.0]).collect();
        let (low, high) = (shares.iter().copied().fold(0.0, f64::min), shares.iter().copied().fold(1.0, f64::max));
        let x = |share: f64| MARGIN + (share - low) / (high - low) * (width - 2.0 * MARGIN);
        let (left, right) = (x(0.0), x(1.0));
        let ends = self.ends(right - left);
        let mut drawing = Drawing::new(width, self.track + HALF + 14.0 + LINE * (ends[1].line + 2.0));
        let mut board = Board::new(Area { x: 0.0, y: 0.0, w: width, h: drawing.height });

        drawing.rect("band", Area { x: left, y: self.track - HALF, w: right - left, h: 2.0 * HALF });
        if let Some(figure) = newest {
            let end = x(clamped(figure.amount));
            drawing.line("bar", &[(left, self.track), (end, self.track)]);
        }
        drawing.line("target", &[(right, self.track - HALF - 4.0), (right, self.track + HALF + 4.0)]);
        let track = Area { x: x(low) - 8.0, y: self.track - HALF, w: x(high) - x(low) + 16.0, h: 2.0 * HALF };

        self.write_ends(&mut drawing, ends, left, right);
        let ticks: Vec<f64> = interims.iter().map(|goal| x(clamped(goal.amount))).collect();
        match newest {
            None => self.missing(&mut drawing, &ticks, left, right),
            Some(figure) => {
                let over = self.track - HALF - 4.0;
                ticks.iter().for_each(|tick| board.line((*tick, over - LINE), (*tick, over), 2.0));
                let at = x(clamped(figure.amount));
                let above = |w| row(at, self.track - HALF - 6.0 - LINE, w, width);
                if let Some((text, spot)) = board.place(&actual_wordings(figure), above) {
                    drawing.text("t-own", spot, text);
                }
            }
        }
        board.solid.push(track);
        for (goal, at) in interims.into_iter().zip(ticks) {
            self.interim(&mut drawing, &mut board, at, goal);
        }
        if let Some(figure) = newest {
            drawing.dot(if figure.open { "dot-open" } else { "dot" }, (x(clamped(figure.amount)), self.track));
        }
        drawing.texts_last();
        drawing
    }

    /// 「実績は未報告」 inside the track, beside the ticks.
    fn missing(&self, drawing: &mut Drawing, ticks: &[f64], left: f64, right: f64) {
        let text = &self.series.missing;
        let (w, y) = (text_width(text), self.track - LINE / 2.0);
        let free = |at: &f64| ticks.iter().all(|tick| tick + 8.0 < *at || tick - 8.0 > at + w);
        let spots = [left + 10.0, right - 10.0 - w, (left + right - w) / 2.0];
        let at = spots.into_iter().find(free).unwrap_or(spots[0]);
        drawing.text("t-in", Spot { area: Area { x: at, y, w, h: LINE }, anchor: Anchor::Start }, text.clone());
    }

    /// What stands at the two ends: value and year. Long values stand one under the other.
    fn ends(&self, length: f64) -> [End; 2] {
        let year = |year: i16| format!("{year}年度");
        let start = match self.start {
            Some(start) => End { class: "t-own", texts: [format!("現状値 {}", start.said), year(start.year)], line: 0.0 },
            None => End { class: "t-mute", texts: [format!("0{}", self.series.unit), String::new()], line: 0.0 },
        };
        let target = self.target;
        let mut goal = End { class: "t-strong", texts: [format!("{} {}", target.name, target.said), year(target.year)], line: 0.0 };
        if text_width(&start.texts[0]) + text_width(&goal.texts[0]) + 8.0 > length {
            goal.line = if self.start.is_some() { 2.0 } else { 1.0 };
        }
        [start, goal]
    }

    fn write_ends(&self, drawing: &mut Drawing, ends: [End; 2], left: f64, right: f64) {
        let [start, goal] = ends;
        for (end, anchor) in [(start, Anchor::Start), (goal, Anchor::End)] {
            let classes = [end.class, "t-mute"];
            for ((text, class), line) in end.texts.into_iter().zip(classes).zip([end.line, end.line + 1.0]) {
                let w = text_width(&text);
                let x = if anchor == Anchor::Start { left.min(drawing.width - w) } else { right - w }.max(0.0);
                let area = Area { x, y: self.track + HALF + 8.0 + line * LINE, w, h: LINE };
                if !text.is_empty() {
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
            let near = row(at, self.track - HALF - 6.0 - LINE, w, width);
            near.into_iter().chain(row(at, self.track - HALF - 6.0 - 2.0 * LINE, w, width)).collect()
        };
        let mut top = self.track - HALF - 4.0;
        if let Some((text, spot)) = board.place(&wordings, rows) {
            top = spot.area.y + LINE + 1.0;
            drawing.text("t-ink", spot, text);
        }
        drawing.line("tick", &[(at, top), (at, self.track + HALF)]);
    }
}

fn actual_wordings(figure: &Figure) -> [String; 3] {
    let remark = if figure.remark.is_empty() { String::new() } else { format!("（{}）", figure.remark) };
    let (year, said) = (figure.year, &figure.said);
    [format!("実績 {year}年度 {said}{remark}"), format!("実績 {said}{remark}"), format!("実績 {said}")]
}

/// Spots in one row that point at a place: around it, then to its left and right.
fn row(at: f64, y: f64, w: f64, width: f64) -> Vec<Spot> {
    let spot = |x: f64, anchor| Spot { area: Area { x, y, w, h: LINE }, anchor };
    let middle = (at - w / 2.0).clamp(0.0, (width - w).max(0.0));
    vec![spot(middle, Anchor::Middle), spot(at + 2.0 - w, Anchor::End), spot(at - 2.0, Anchor::Start)]
}
