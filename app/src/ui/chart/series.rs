//! What a chart shows of one part: figures, goals, path and gaps by fiscal year, and the sentences about them.

use std::cmp::Reverse;

use jiff::civil::Date;
use rashin_domain::{
    clock::FiscalYear,
    kpi::{Accumulation, Direction, Maturity, Role},
    period::Period,
    plan::{Actual, Kpi, Part, PlanHead, PlanKind},
    progress::{Path, printed_path},
    text::number,
    value::{Value, ValueKind},
};
use rust_decimal::Decimal;

/// A figure on the own line: the baseline or an actual.
pub struct Figure {
    pub year: i16,
    /// As drawn: a ratio in percent.
    pub amount: Decimal,
    /// As the rules compare it.
    raw: Decimal,
    /// Without and with unit.
    pub label: String,
    pub said: String,
    /// 「2026年度」, 「2026年度上半期」, 「2024年9月30日時点」
    when: String,
    /// 「上半期」 for a part of a year, else empty.
    span: String,
    /// 「上半期・速報」; empty for a settled figure of a year.
    pub remark: String,
    /// 「（速報）」; empty when settled.
    maturity: String,
    /// Not settled: drawn hollow.
    pub open: bool,
    pub baseline: bool,
}

/// An interim or final target.
pub struct Goal {
    pub year: i16,
    pub amount: Decimal,
    raw: Decimal,
    pub label: String,
    pub said: String,
    pub name: &'static str,
}

/// Neighbouring years without a figure, for one reason.
#[derive(Debug, PartialEq)]
pub struct Gap {
    pub from: i16,
    pub until: i16,
    pub word: String,
}

pub struct Series<'a> {
    pub kpi: &'a Kpi,
    pub part: &'a Part,
    pub unit: &'a str,
    pub figures: Vec<Figure>,
    pub baseline: Option<Figure>,
    pub goals: Vec<Goal>,
    pub path: Option<Path>,
    pub gaps: Vec<Gap>,
    pub from: i16,
    pub until: i16,
    /// The current fiscal year.
    pub current: Option<i16>,
    /// 「実績は未報告」, 「実績は集計中」
    pub missing: String,
}

impl<'a> Series<'a> {
    /// `None` for words, yes/no, and a part without an actual or a goal. Without a day no year is due.
    pub fn of(plan: &PlanHead, kpi: &'a Kpi, part: &'a Part, today: Option<Date>) -> Option<Self> {
        let unit = match part.kind {
            ValueKind::Number | ValueKind::Score => part.unit.as_str(),
            ValueKind::Ratio => "%",
            ValueKind::YesNo | ValueKind::Text | ValueKind::Milestone => return None,
        };
        let mut figures = actuals(part);
        let goals = goals(part);
        if figures.is_empty() && goals.is_empty() {
            return None;
        }
        figures.extend(baseline(part).filter(|base| figures.iter().all(|figure| figure.year != base.year)));
        figures.sort_by_key(|figure| figure.year);
        let path = Path::of(plan, part);
        let gaps = gaps(plan, part, &figures, today);
        let years = (figures.iter().map(|figure| figure.year)).chain(goals.iter().map(|goal| goal.year));
        let years = years.chain(path.iter().flat_map(|path| path.points().iter().map(|(year, _)| year.0)));
        let years = years.chain(gaps.iter().flat_map(|gap| [gap.from, gap.until]));
        let years: Vec<_> = years.chain([plan.period_until.0]).collect();
        let from = years.iter().copied().min()?;
        // Without a baseline the years of the plan are still the ground: a plan begins where it says.
        let from = if plan.kind == PlanKind::Predecessor { from } else { from.min(plan.period_from.0) };
        let newest = part.actuals.iter().max_by_key(|actual| actual.period.last_day());
        let reason = newest.and_then(|actual| actual.value.unknown_reason()).map_or("未報告", |reason| reason.label());
        Some(Self {
            kpi,
            part,
            unit,
            figures,
            baseline: baseline(part),
            goals,
            path,
            gaps,
            from,
            until: years.iter().copied().max()?,
            current: today.map(|today| FiscalYear::of(today).0),
            missing: format!("実績は{reason}"),
        })
    }

    pub fn newest(&self) -> Option<&Figure> {
        self.figures.iter().rev().find(|figure| !figure.baseline)
    }

    pub fn name(&self) -> String {
        if self.part.name.is_empty() { self.kpi.name.clone() } else { format!("{}（{}）", self.kpi.name, self.part.name) }
    }

    /// A ratio is drawn in percent.
    fn drawn(&self, raw: Decimal) -> Decimal {
        if self.part.kind == ValueKind::Ratio { raw.saturating_mul(Decimal::ONE_HUNDRED) } else { raw }
    }

    /// The corners of the path, as drawn.
    pub fn corners(&self) -> Vec<(i16, Decimal)> {
        let points = self.path.iter().flat_map(|path| path.points());
        points.map(|(year, raw)| (year.0, self.drawn(*raw))).collect()
    }

    pub fn amounts(&self) -> Vec<Decimal> {
        let path = self.corners().into_iter().map(|(_, amount)| amount);
        path.chain(self.figures.iter().map(|f| f.amount)).chain(self.goals.iter().map(|g| g.amount)).collect()
    }

    /// The last digit that is printed; whole percents for a ratio.
    pub fn finest(&self) -> Decimal {
        let scales = self.figures.iter().map(|f| f.amount.scale()).chain(self.goals.iter().map(|g| g.amount.scale()));
        Decimal::new(1, if self.part.kind == ValueKind::Ratio { 0 } else { scales.max().unwrap_or(0) })
    }

    /// 「、単位件」
    pub fn unit_said(&self) -> String {
        if self.unit.is_empty() { String::new() } else { format!("、単位{}", self.unit) }
    }

    /// 「各種申請手続き等のデジタル化数（件、累計）」
    pub fn caption(&self) -> String {
        let kind = self.part.accumulation.label();
        if self.unit.is_empty() { format!("{}（{kind}）", self.name()) } else { format!("{}（{}、{kind}）", self.name(), self.unit) }
    }

    /// A year's value alone cannot be compared with a part of a year, and their line would mislead.
    pub fn linked(&self, one: &Figure, next: &Figure) -> bool {
        next.year - one.year == 1 && (self.part.accumulation != Accumulation::PerYear || one.span == next.span)
    }

    pub fn story(&self) -> String {
        let Some(newest) = self.newest() else {
            let first = self.figures.first();
            let goals = match (first.filter(|_| self.path.is_some()), self.goals.last()) {
                (Some(first), Some(last)) => {
                    format!("{}の{}から、{}年度の{}をめざします。", first.when, first.said, last.year, last.said)
                }
                _ => self.goals_said(),
            };
            return format!("実績の報告はまだありません。{goals}");
        };
        let now = format!("{}{}", newest.said, newest.maturity);
        let comparable = |first: &&Figure| self.part.accumulation != Accumulation::PerYear || first.span == newest.span;
        match self.figures.first().filter(|first| first.year < newest.year).filter(comparable) {
            Some(first) if first.raw == newest.raw => format!("{}は{now}で、{}と同じです。", newest.when, first.when),
            Some(first) => {
                let level = self.unit == "%" || self.unit == "点";
                let verb = match (level, newest.raw > first.raw) {
                    (true, true) => "上がり",
                    (true, false) => "下がり",
                    (false, true) => "増え",
                    (false, false) => "減り",
                };
                format!("{}の{}から、{}は{now}に{verb}ました。", first.when, first.said, newest.when)
            }
            None => format!("{}の実績は{now}です。", newest.when),
        }
    }

    /// How far the newest actual is from what was meant for its year.
    pub fn compared(&self) -> Option<String> {
        let newest = self.newest()?;
        if self.part.accumulation == Accumulation::PerYear && !newest.span.is_empty() {
            return None;
        }
        let line = |goal: &Goal| (goal.raw, format!("{}年度の{}{}", goal.year, goal.name, goal.said));
        let reached = self.goals.iter().rev().find(|goal| goal.year == newest.year);
        let reached = reached.or(self.goals.last().filter(|last| last.year < newest.year));
        let on_path = || {
            let expected = self.path.as_ref()?.at(FiscalYear(newest.year))?;
            Some((expected, format!("{}年度の計画の道筋{}", newest.year, printed_path(self.part, expected))))
        };
        let (expected, line) = reached.map(line).or_else(on_path)?;
        let apart = printed_path(self.part, newest.raw.saturating_sub(expected).abs());
        let apart = match apart.strip_suffix('%') {
            Some(points) => format!("{points}ポイント"),
            None => apart,
        };
        Some(if newest.raw == expected {
            format!("{line}と同じです。")
        } else if !apart.contains(|c| ('1'..='9').contains(&c)) {
            format!("{line}とほぼ同じです。")
        } else if newest.raw > expected {
            format!("{line}を{apart}上回っています。")
        } else {
            format!("{line}を{apart}下回っています。")
        })
    }

    /// 「2024年度は調査なしで、線を結んでいません。」
    pub fn gaps_said(&self) -> Option<String> {
        let said = |gap: &Gap| {
            let years = if gap.from == gap.until { gap.from.to_string() } else { format!("{}～{}", gap.from, gap.until) };
            format!("{years}年度は{}", gap.word)
        };
        let gaps: Vec<_> = self.gaps.iter().map(said).collect();
        let (first, last) = (self.figures.first().map(|f| f.year), self.newest().map(|f| f.year));
        let between = self.gaps.iter().any(|gap| Some(gap.from) > first && Some(gap.until) < last);
        let rest = if between { "で、線を結んでいません。" } else { "です。" };
        (!gaps.is_empty()).then(|| format!("{}{rest}", gaps.join("、")))
    }

    /// 「中間目標は2026年度の154件、最終目標は2029年度の180件です。」
    pub fn goals_said(&self) -> String {
        let said = |goal: &Goal| format!("{}は{}年度の{}", goal.name, goal.year, goal.said);
        let goals: Vec<_> = self.goals.iter().map(said).collect();
        if goals.is_empty() { String::new() } else { format!("{}です。", goals.join("、")) }
    }

    pub fn direction_said(&self) -> Option<&'static str> {
        match self.part.direction {
            Direction::Up => None,
            Direction::Down => Some("少ないほどよい指標です。"),
            Direction::Keep => Some("目標の値を保つ指標です。"),
        }
    }
}

/// As drawn, without unit, with unit.
fn shown(part: &Part, value: &Value) -> Option<(Decimal, String, String)> {
    let raw = value.comparable()?;
    match part.kind {
        ValueKind::Ratio => {
            let said = printed_path(part, raw);
            Some((raw.saturating_mul(Decimal::ONE_HUNDRED), said.trim_end_matches('%').to_owned(), said))
        }
        ValueKind::Number | ValueKind::YesNo | ValueKind::Text | ValueKind::Milestone | ValueKind::Score => {
            Some((raw, number::format(raw), value.with_unit(&part.unit)))
        }
    }
}

fn baseline(part: &Part) -> Option<Figure> {
    let point = part.point(Role::Baseline)?;
    let (amount, label, said) = shown(part, &point.value)?;
    let (span, when) = spoken(point.period);
    let raw = point.value.comparable()?;
    let year = point.period.fiscal_year().0;
    Some(Figure { year, amount, raw, label, said, when, span, remark: String::new(), maturity: String::new(), open: false, baseline: true })
}

/// The figure that speaks for each year: of the latest period, a whole year before its last part.
fn actuals(part: &Part) -> Vec<Figure> {
    let whole_year = |period| matches!(period, Period::FiscalYear(_));
    let mut known: Vec<&Actual> = part.actuals.iter().filter(|actual| actual.value.comparable().is_some()).collect();
    known.sort_by_key(|a| (a.period.fiscal_year(), Reverse((a.period.last_day(), whole_year(a.period)))));
    known.dedup_by_key(|actual| actual.period.fiscal_year());
    known.into_iter().filter_map(|actual| figure(part, actual)).collect()
}

fn figure(part: &Part, actual: &Actual) -> Option<Figure> {
    let (amount, label, said) = shown(part, &actual.value)?;
    let (span, when) = spoken(actual.period);
    let open = actual.maturity != Maturity::Final;
    let maturity = if open { actual.maturity.label() } else { "" };
    let remark: Vec<_> = [span.as_str(), maturity].into_iter().filter(|word| !word.is_empty()).collect();
    let remark = remark.join("・");
    let maturity = if open { format!("（{maturity}）") } else { String::new() };
    // A part of a year is no settled figure of a yearly count.
    let open = open || (part.accumulation == Accumulation::PerYear && !span.is_empty());
    let raw = actual.value.comparable()?;
    Some(Figure { year: actual.period.fiscal_year().0, amount, raw, label, said, when, span, remark, maturity, open, baseline: false })
}

/// The part of a year and the whole period, as said in a sentence.
fn spoken(period: Period) -> (String, String) {
    let of_year = |year: FiscalYear, span: String| (span.clone(), format!("{}{span}", year.short()));
    match period {
        Period::FiscalYear(year) => of_year(year, String::new()),
        Period::Half(year, half) => of_year(year, if half == 1 { "上半期" } else { "下半期" }.to_owned()),
        Period::Quarter(year, quarter) => of_year(year, format!("第{quarter}四半期")),
        Period::Month(_, month) => (format!("{month}月"), period.label()),
        Period::CalendarYear(_) | Period::Instant(_) | Period::Range(..) => (String::new(), period.label()),
    }
}

fn goals(part: &Part) -> Vec<Goal> {
    let points = part.points.iter().filter(|point| point.role != Role::Baseline);
    let mut known: Vec<_> = points.filter_map(|point| Some((point, shown(part, &point.value)?))).collect();
    known.sort_by_key(|(point, _)| point.period.last_day());
    let last = part.points.iter().filter(|point| point.role == Role::Target).map(|point| point.period.last_day()).max();
    let goal = |(point, (amount, label, said)): (&rashin_domain::plan::Point, _)| {
        let name = if point.role == Role::Target && Some(point.period.last_day()) == last { "最終目標" } else { "中間目標" };
        Some(Goal { year: point.period.fiscal_year().0, amount, raw: point.value.comparable()?, label, said, name })
    };
    known.into_iter().filter_map(goal).collect()
}

/// Years with a typed unknown, and years of the plan that are due without a report.
fn gaps(plan: &PlanHead, part: &Part, figures: &[Figure], today: Option<Date>) -> Vec<Gap> {
    let without_figure = |year: FiscalYear| figures.iter().all(|figure| figure.year != year.0);
    let unknown = part.actuals.iter().filter(|actual| without_figure(actual.period.fiscal_year()));
    let unknown = unknown.filter_map(|a| Some((a.period.fiscal_year(), a.value.unknown_reason()?.label())));
    let mut years: Vec<(FiscalYear, &str)> = unknown.collect();
    if let Some(today) = today.filter(|_| plan.kind == PlanKind::DxPlan) {
        let reported = |year: FiscalYear| part.actuals.iter().any(|actual| actual.period.fiscal_year() == year);
        let missing = plan.years().filter(|year| year.is_due(today) && without_figure(*year) && !reported(*year));
        years.extend(missing.map(|year| (year, "未報告")));
    }
    years.sort();
    let mut gaps: Vec<Gap> = Vec::new();
    for (year, word) in years {
        match gaps.last_mut() {
            Some(gap) if gap.word == word && year.0 - gap.until <= 1 => gap.until = year.0,
            Some(gap) if gap.until == year.0 => {} // a second reason within the year
            _ => gaps.push(Gap { from: year.0, until: year.0, word: word.to_owned() }),
        }
    }
    gaps
}
