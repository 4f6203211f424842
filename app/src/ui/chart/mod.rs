//! Charts as SVG, drawn on the server. A chart is first a list of marks, so that tests can see that no label
//! leaves its box or covers another; looks are in style/chart.css, geometry in attributes (strict CSP).

mod bullet;
mod scale;
mod series;
mod strip;
#[cfg(test)]
mod tests;
mod trend;

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::plan::{Kpi, Part, PlanHead};

use scale::{Anchor, Area, BASELINE, LINE, Spot, round, text_width};
use series::Series;

/// The line of actuals beside the path of the plan, by fiscal year. `None`: nothing to draw.
pub fn trend(id: &str, plan: &PlanHead, kpi: &Kpi, part: &Part, today: Date) -> Option<AnyView> {
    let series = Series::of(plan, kpi, part, Some(today))?;
    Some(figure(id, trend::chart(&series)))
}

/// The way from the baseline to the target, and how far it has been gone. `None`: no target, or no way to go.
pub fn bullet(id: &str, plan: &PlanHead, kpi: &Kpi, part: &Part) -> Option<AnyView> {
    let series = Series::of(plan, kpi, part, None)?;
    Some(figure(id, bullet::chart(&series)?))
}

pub use strip::{Strip, short};

/// Where many bodies lie on one scale.
pub fn distribution(id: &str, strip: &Strip<'_>) -> AnyView {
    figure(id, strip::chart(strip))
}

/// What a figure shows.
struct Chart {
    /// Printed above the drawing; empty where the page has it already.
    caption: String,
    /// The point of it, in visible sentences.
    note: String,
    title: String,
    desc: String,
    wide: Drawing,
    narrow: Drawing,
}

#[derive(Clone, Debug, PartialEq)]
enum Mark {
    Path { class: &'static str, d: String },
    Rect { class: &'static str, area: Area },
    Dot { class: &'static str, x: f64, y: f64 },
    Text { class: &'static str, area: Area, anchor: Anchor, vertical: bool, text: String },
}

#[derive(Clone, Debug, PartialEq)]
struct Drawing {
    width: f64,
    height: f64,
    marks: Vec<Mark>,
}

impl Drawing {
    fn new(width: f64, height: f64) -> Self {
        Self { width, height, marks: Vec::new() }
    }

    fn path(&mut self, class: &'static str, d: String) {
        self.marks.push(Mark::Path { class, d });
    }

    fn line(&mut self, class: &'static str, points: &[(f64, f64)]) {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{} {}", round(*x), round(*y))).collect();
        self.path(class, format!("M{}", points.join("L")));
    }

    fn diamond(&mut self, (x, y): (f64, f64)) {
        self.path("goal", format!("M{} {}l8 8l-8 8l-8 -8z", round(x), round(y - 8.0)));
    }

    fn rect(&mut self, class: &'static str, area: Area) {
        self.marks.push(Mark::Rect { class, area });
    }

    fn dot(&mut self, class: &'static str, (x, y): (f64, f64)) {
        self.marks.push(Mark::Dot { class, x, y });
    }

    fn text(&mut self, class: &'static str, spot: Spot, text: String) {
        self.marks.push(Mark::Text { class, area: spot.area, anchor: spot.anchor, vertical: false, text });
    }

    /// A text by its anchor and the middle of its line.
    fn text_at(&mut self, class: &'static str, anchor: Anchor, (x, y): (f64, f64), text: String) {
        let w = text_width(&text);
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - w / 2.0,
            Anchor::End => x - w,
        };
        self.text(class, Spot { area: Area { x: left, y: y - LINE / 2.0, w, h: LINE }, anchor }, text);
    }

    /// Text is drawn over everything else.
    fn texts_last(&mut self) {
        self.marks.sort_by_key(|mark| matches!(mark, Mark::Text { .. }));
    }

    /// Diagonals over an area, and its edge.
    fn hatch(&mut self, area: Area) {
        let Area { x, y, w, h } = area;
        let diagonal = |c: f64| {
            let (from, until) = ((x + (c - h).max(0.0), y + c.min(h)), (x + c.min(w), y + (c - w).max(0.0)));
            format!("M{} {}L{} {}", round(from.0), round(from.1), round(until.0), round(until.1))
        };
        let count = ((w + h) / 10.0) as usize;
        self.path("hatch-line", (1..=count).map(|i| diagonal(i as f64 * 10.0)).collect());
        self.rect("hatch-edge", area);
    }
}

fn figure(id: &str, chart: Chart) -> AnyView {
    let Chart { caption, note, title, desc, wide, narrow } = chart;
    let said = !(caption.is_empty() && note.is_empty());
    let caption = said.then(|| {
        let title = (!caption.is_empty()).then(|| view! { <p class="rashin-chart__title">{caption}</p> });
        let note = (!note.is_empty()).then(|| view! { <p class="note">{note}</p> });
        view! { <figcaption>{title}{note}</figcaption> }
    });
    let narrow = svg(format!("{id}-narrow"), "narrow", narrow, title.clone(), desc.clone());
    let wide = svg(format!("{id}-wide"), "wide", wide, title, desc);
    view! { <figure class="rashin-chart">{caption}<div class="rashin-chart__body">{wide}{narrow}</div></figure> }.into_any()
}

/// Hidden by style/chart.css at the other width, so that a reader hears one of the two.
fn svg(id: String, at: &'static str, drawing: Drawing, title: String, desc: String) -> AnyView {
    let view_box = format!("0 0 {} {}", drawing.width, drawing.height);
    let (title_id, desc_id) = (format!("{id}-title"), format!("{id}-desc"));
    let labelled = format!("{title_id} {desc_id}");
    let marks = drawing.marks.into_iter().map(mark).collect_view();
    view! {
        <svg data-at=at viewBox=view_box role="img" aria-labelledby=labelled>
            <title id=title_id>{title}</title>
            <desc id=desc_id>{desc}</desc>
            {marks}
        </svg>
    }
    .into_any()
}

fn mark(mark: Mark) -> AnyView {
    match mark {
        Mark::Path { class, d } => view! { <path class=class d=d/> }.into_any(),
        Mark::Rect { class, area: Area { x, y, w, h } } => {
            view! { <rect class=class x=round(x) y=round(y) width=round(w) height=round(h)/> }.into_any()
        }
        Mark::Dot { class, x, y } => view! { <circle class=class cx=round(x) cy=round(y) r="6"/> }.into_any(),
        Mark::Text { class, area, vertical: true, text, .. } => {
            let x = area.x + area.w / 2.0;
            view! { <text class=class x=round(x) y=round(area.y) writing-mode="vertical-rl">{text}</text> }.into_any()
        }
        Mark::Text { class, area, anchor, vertical: false, text } => {
            let (x, name) = match anchor {
                Anchor::Start => (area.x, None),
                Anchor::Middle => (area.x + area.w / 2.0, Some("middle")),
                Anchor::End => (area.x + area.w, Some("end")),
            };
            view! { <text class=class x=round(x) y=round(area.y + BASELINE) text-anchor=name>{text}</text> }.into_any()
        }
    }
}
