//! What can be said of a KPI by its values.

use jiff::civil::Date;

use super::{Actual, Kpi, Part, Point};
use crate::{clock::FiscalYear, kpi::Role, period::Period};

impl Part {
    pub fn point(&self, role: Role) -> Option<&Point> {
        self.points.iter().rev().find(|point| point.role == role)
    }

    pub fn actual(&self, period: Period) -> Option<&Actual> {
        self.actuals.iter().find(|actual| actual.period == period)
    }
}

impl Kpi {
    /// A percentage of a whole, which cannot leave 0–100: its unit is % and no planned value is above 100.
    pub fn is_share(&self, part: &Part) -> bool {
        part.unit == "%" && part.points.iter().filter_map(|p| p.value.comparable()).all(|n| n <= 100.into())
    }

    /// The value of a role as one text, parts joined: 「64台・5台/64台」.
    pub fn printed(&self, role: Role) -> String {
        let of_part = |part: &Part| part.point(role).map(|point| point.value.with_unit(&part.unit));
        let values: Vec<_> = self.parts.iter().filter_map(of_part).collect();
        if values.is_empty() { "記載なし".to_owned() } else { values.join("・") }
    }

    /// The first year that cannot be compared with what was counted before, if it has come by a day.
    pub fn series_break(&self, today: Date) -> Option<FiscalYear> {
        let breaks = self.changes.iter().filter(|change| change.series_break).map(|change| change.from_year);
        breaks.filter(|year| *year <= FiscalYear::of(today)).max()
    }

    /// A part with what can be compared: since the last series break, all of it when there was none.
    pub fn comparable(&self, part: &Part, today: Date) -> Part {
        let mut part = part.clone();
        if let Some(since) = self.series_break(today) {
            part.points.retain(|point| point.period.fiscal_year() >= since);
            part.actuals.retain(|actual| actual.period.fiscal_year() >= since);
        }
        part
    }

    /// The newest actual of its first part.
    pub fn newest(&self) -> Option<&Actual> {
        self.parts.first()?.actuals.last()
    }
}
