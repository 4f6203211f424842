//! The line of actuals beside the path of the plan.

use rashin_domain::text::number;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    Chart, Drawing, Mark,
    scale::{Anchor, Area, Board, LINE, Spot, text_width, ticks},
    series::{Figure, Gap, Series},
};

const TOP: f64 = 48.0;
/// Years, and 「今年度」 under the current one.
const BOTTOM: f64 = 46.0;
const RIGHT: f64 = 10.0;

pub fn chart(series: &Series) -> Chart {
    let ticks = ticks(&series.amounts(), series.finest());
    let (wide, wide_named) = Plot::new(series, &ticks, 584.0, 340.0).draw();
    let (narrow, narrow_named) = Plot::new(series, &ticks, 320.0, 320.0).draw();
    let first = ticks.first().copied().unwrap_or_default();
    let axis = (!first.is_zero()).then(|| format!("縦軸は{}{}から。", number::format(first), series.unit));
    let legend = (series.path.is_some() && !(wide_named && narrow_named)).then(|| "点線は計画の道筋です。".to_owned());
    let newest = series.newest().map(|figure| figure.year);
    let open = series.figures.iter().any(|figure| figure.open && Some(figure.year) != newest);
    let guess = (!series.part.accumulation_confirmed).then(|| format!("「{}」は推定です。", series.part.accumulation.label()));
    let facts: Vec<_> = [Some(series.story()), series.compared(), series.gaps_said()].into_iter().flatten().collect();
    let facts = facts.concat();
    let reading = [series.direction_said().map(str::to_owned), legend, open.then(|| "白抜きは確定前の値です。".to_owned()), axis, guess];
    let note = format!("{facts}{}", reading.into_iter().flatten().collect::<String>());
    // Without an actual and a path the story itself is the goals.
    let goals = series.goals_said();
    let goals = if facts.contains(&goals) { "" } else { goals.as_str() };
    let years = if series.from == series.until { series.from.to_string() } else { format!("{}～{}", series.from, series.until) };
    Chart {
        caption: series.caption(),
        note,
        title: format!("{}の推移（折れ線グラフ、{years}年度{}）", series.name(), series.unit_said()),
        desc: format!("{facts}{goals}値は次の表。"),
        wide,
        narrow,
    }
}

struct Plot<'a> {
    series: &'a Series<'a>,
    ticks: &'a [Decimal],
    /// Where figures are drawn.
    area: Area,
    /// Width of a year.
    pitch: f64,
    drawing: Drawing,
    board: Board,
}

impl<'a> Plot<'a> {
    fn new(series: &'a Series<'a>, ticks: &'a [Decimal], width: f64, height: f64) -> Self {
        let labels = ticks.iter().map(|tick| text_width(&number::format(*tick)));
        let left = labels.fold(text_width("年度"), f64::max) + 10.0;
        let area = Area { x: left, y: TOP, w: width - left - RIGHT, h: height - TOP - BOTTOM };
        let pitch = area.w / f64::from(series.until - series.from + 1);
        let frame = Area { x: left + 2.0, y: 2.0, w: width - left - 4.0, h: height - BOTTOM - 4.0 };
        Self { series, ticks, area, pitch, drawing: Drawing::new(width, height), board: Board::new(frame) }
    }

    /// The drawing, and whether the path has its name on it.
    fn draw(mut self) -> (Drawing, bool) {
        self.axes();
        self.markers();
        self.bands();
        self.lines();
        self.labels();
        self.reasons();
        let named = self.name_path();
        // Texts last: their halo keeps them readable over lines.
        self.drawing.texts_last();
        (self.drawing, named)
    }

    fn bottom(&self) -> f64 {
        self.area.y + self.area.h
    }

    fn x(&self, year: i16) -> f64 {
        self.area.x + self.pitch * (f64::from(year - self.series.from) + 0.5)
    }

    fn y(&self, amount: Decimal) -> f64 {
        let (Some(first), Some(last)) = (self.ticks.first(), self.ticks.last()) else { return self.bottom() };
        let share = ((amount - first) / (last - first)).to_f64().unwrap_or(0.0);
        self.bottom() - share * self.area.h
    }

    fn at(&self, year: i16, amount: Decimal) -> (f64, f64) {
        (self.x(year), self.y(amount))
    }

    fn axes(&mut self) {
        let (left, right, bottom) = (self.area.x, self.area.x + self.area.w, self.bottom());
        for tick in self.ticks {
            let y = self.y(*tick);
            let class = if y == bottom || tick.is_zero() { "axis" } else { "grid" };
            self.drawing.line(class, &[(left, y), (right, y)]);
            self.drawing.text_at("t-mute", Anchor::End, (left - 6.0, y), number::format(*tick));
        }
        if !self.series.unit.is_empty() {
            let unit = text_width(self.series.unit);
            let x = (left - 6.0).max(unit + 2.0);
            self.drawing.text_at("t-mute", Anchor::End, (x, 12.0), self.series.unit.to_owned());
            self.board.solid.push(Area { x: 0.0, y: 2.0, w: x + 6.0, h: LINE + 2.0 });
        }
        self.drawing.text_at("t-mute", Anchor::End, (left - 6.0, bottom + 19.0), "年度".to_owned());
        self.years();
    }

    /// 「2024」, where that is too narrow 「'24 25 26」, and only every n-th when even that is.
    fn years(&mut self) {
        let (from, until) = (self.series.from, self.series.until);
        let full = self.pitch >= text_width("2024") + 6.0 || from == until;
        let every = if full { 1 } else { (24.0 / self.pitch).ceil().max(1.0) as i16 };
        for year in (from..=until).filter(|year| (until - year) % every == 0) {
            let now = self.series.current == Some(year);
            let text = match full {
                true => year.to_string(),
                false if year - every < from => format!("'{:02}", year % 100),
                false => format!("{:02}", year % 100),
            };
            let (x, y) = (self.x(year), self.bottom() + 19.0);
            self.drawing.text_at(if now { "t-strong" } else { "t-mute" }, Anchor::Middle, (x, y), text);
            if now {
                let half = text_width("今年度") / 2.0;
                let x = x.clamp(half, self.drawing.width - half);
                self.drawing.text_at("t-strong", Anchor::Middle, (x, y + LINE), "今年度".to_owned());
            }
        }
    }

    fn markers(&mut self) {
        let goals = self.series.goals.iter().map(|goal| self.at(goal.year, goal.amount));
        let dots = self.series.figures.iter().map(|figure| self.at(figure.year, figure.amount));
        let solid: Vec<_> = goals.chain(dots).map(|(x, y)| Area::around(x, y, 8.0)).collect();
        self.board.solid.extend(solid);
    }

    fn bands(&mut self) {
        for gap in &self.series.gaps {
            let band = self.band(gap);
            self.drawing.hatch(band);
            self.board.soft.push((band, 16.0));
        }
    }

    fn band(&self, gap: &Gap) -> Area {
        let w = self.pitch * f64::from(gap.until - gap.from + 1);
        let margin = (w * 0.1).min(8.0);
        Area { x: self.x(gap.from) - self.pitch / 2.0 + margin, w: w - 2.0 * margin, ..self.area }
    }

    /// The word why, in the hatched years; upright where it is wider than they are.
    fn reasons(&mut self) {
        for gap in &self.series.gaps {
            let (band, length) = (self.band(gap), text_width(&gap.word));
            let vertical = length + 8.0 > band.w + 16.0;
            let (w, h) = if vertical { (LINE, length) } else { (length, LINE) };
            // From the foot of the band to its top.
            let room = band.h - h - 20.0;
            let spot = |step: i32| Area { x: band.x + (band.w - w) / 2.0, y: band.y + 10.0 + room * f64::from(8 - step) / 8.0, w, h };
            let free = |spot: &Area| !self.board.solid.iter().any(|solid| solid.overlaps(spot));
            // Where there is no room the caption names the reason alone.
            let Some(area) = (0..=8).map(spot).filter(free).min_by_key(|spot| self.crossings(spot)) else { continue };
            let cleared = Area { x: area.x - 3.0, y: area.y - 3.0, w: w + 6.0, h: h + 6.0 };
            self.drawing.rect("gap", cleared);
            self.board.solid.push(cleared);
            self.drawing.marks.push(Mark::Text { class: "t-mute", area, anchor: Anchor::Middle, vertical, text: gap.word.clone() });
        }
    }

    /// How much of the path runs through an area.
    fn crossings(&self, area: &Area) -> usize {
        let mut lines = Board::new(self.board.frame);
        self.corners().windows(2).for_each(|pair| lines.line(pair[0], pair[1], 1.0));
        lines.soft.iter().filter(|(point, _)| point.overlaps(area)).count()
    }

    fn corners(&self) -> Vec<(f64, f64)> {
        self.series.corners().into_iter().map(|(year, amount)| self.at(year, amount)).collect()
    }

    fn lines(&mut self) {
        let corners = self.corners();
        if corners.len() > 1 {
            self.drawing.line("path", &corners);
            corners.windows(2).for_each(|pair| self.board.line(pair[0], pair[1], 1.0));
        }
        for pair in self.series.figures.windows(2).filter(|pair| self.series.linked(&pair[0], &pair[1])) {
            let ends = [self.at(pair[0].year, pair[0].amount), self.at(pair[1].year, pair[1].amount)];
            self.drawing.line("own", &ends);
            self.board.line(ends[0], ends[1], 2.0);
        }
        for goal in &self.series.goals {
            let at = self.at(goal.year, goal.amount);
            self.drawing.diamond(at);
        }
        for figure in &self.series.figures {
            let at = self.at(figure.year, figure.amount);
            self.drawing.dot(if figure.open { "dot-open" } else { "dot" }, at);
        }
    }

    /// The most important first; a value that finds no room is left to the table.
    fn labels(&mut self) {
        let series = self.series;
        let newest = series.newest().map(|figure| figure.year);
        if let Some(figure) = series.newest() {
            self.label("t-own", self.at(figure.year, figure.amount), 1, &newest_wordings(figure));
        }
        for goal in series.goals.iter().rev() {
            let at = self.at(goal.year, goal.amount);
            // Its name goes only where there is no room at all.
            let named = self.label("t-strong", at, 1, &[format!("{} {}", goal.name, goal.label)]);
            if !named {
                self.label("t-strong", at, 1, std::slice::from_ref(&goal.label));
            }
        }
        let first = series.figures.first().into_iter().filter(|figure| figure.baseline);
        let others = series.figures.iter().rev().filter(|figure| !figure.baseline);
        for figure in first.chain(others).filter(|figure| Some(figure.year) != newest) {
            let mut wordings = vec![figure.label.clone()];
            if figure.baseline {
                wordings.insert(0, format!("現状値 {}", figure.label));
            }
            self.label("t-own", self.at(figure.year, figure.amount), 0, &wordings);
        }
    }

    /// Whether there was room for it.
    fn label(&mut self, class: &'static str, at: (f64, f64), lifts: u8, wordings: &[String]) -> bool {
        let frame = Board::new(self.board.frame);
        let placed = self.board.place(wordings, |w| frame.near(at, 8.0, w, lifts));
        let found = placed.is_some();
        if let Some((text, spot)) = placed {
            self.drawing.text(class, spot, text);
        }
        found
    }

    /// Writes 「計画の道筋」 beside the path, where it covers nothing.
    fn name_path(&mut self) -> bool {
        let corners = self.corners();
        let along = |w: f64| -> Vec<Spot> {
            let mut spots = Vec::new();
            for pair in corners.windows(2).rev() {
                for share in [0.5, 0.4, 0.6, 0.3, 0.7] {
                    let (x, y) = (pair[0].0 + (pair[1].0 - pair[0].0) * share, pair[0].1 + (pair[1].1 - pair[0].1) * share);
                    // Under a rising line there is room to the right, over it to the left; falling the other way round.
                    let rising = pair[1].1 <= pair[0].1;
                    let (under, over) = if rising { (x + 4.0, x - 4.0 - w) } else { (x - 4.0 - w, x + 4.0) };
                    let anchors = if rising { (Anchor::Start, Anchor::End) } else { (Anchor::End, Anchor::Start) };
                    spots.push(Spot { area: Area { x: under, y: y + 4.0, w, h: LINE }, anchor: anchors.0 });
                    spots.push(Spot { area: Area { x: over, y: y - 4.0 - LINE, w, h: LINE }, anchor: anchors.1 });
                }
            }
            let crossed = |spot: &Spot| self.board.soft.iter().any(|(area, _)| area.overlaps(&spot.area));
            spots.into_iter().filter(|spot| !crossed(spot)).collect()
        };
        let mut board = Board::new(self.board.frame);
        board.solid.clone_from(&self.board.solid);
        let placed = board.place(&["計画の道筋".to_owned(), "道筋".to_owned()], along);
        let named = placed.is_some();
        if let Some((text, spot)) = placed {
            self.drawing.text("t-mute", spot, text);
        }
        named
    }
}

fn newest_wordings(figure: &Figure) -> Vec<String> {
    let remark = if figure.remark.is_empty() { String::new() } else { format!("（{}）", figure.remark) };
    vec![format!("実績 {}{remark}", figure.label), format!("{}{remark}", figure.label), figure.label.clone()]
}
