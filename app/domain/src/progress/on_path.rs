//! The default rule: how much of the way to this year's point of the path a figure has covered.

use rust_decimal::Decimal;

use super::{
    Judgement,
    case::{Case, Figure},
    path::{Path, meets, way_covered},
};
use crate::{
    grading::measure::{Measure, way},
    kpi::Direction,
    text::number,
};

impl Case<'_> {
    pub fn on_path(&self, path: &Path, figure: &Figure) -> Judgement {
        let Some(expected) = path.at(figure.year) else {
            return self.before_baseline(figure);
        };
        let direction = self.part.direction;
        let line = self.line(figure, expected);
        let start = way(direction, Some(path.start()), expected);
        let covered = start.and_then(|start| way_covered(start, expected, figure.amount));
        if meets(direction, figure.amount, expected) {
            let share = covered.unwrap_or(Decimal::ONE).max(Decimal::ONE);
            let band = self.rules.band(Measure::Percent(share.saturating_mul(Decimal::ONE_HUNDRED)));
            let ahead = self.rules.tells_ahead() && share > Decimal::ONE;
            let rest = if ahead { self.covered(path, &line, share) } else { self.met(&line) };
            return self.graded(band, figure, &rest);
        }
        // A start that meets the point already leaves no way to cover: the point is to be held.
        let Some(covered) = covered else {
            return self.graded(self.rules.bands.last(), figure, &self.missed(&line));
        };
        let band = self.rules.band_short_of_point(covered.saturating_mul(Decimal::ONE_HUNDRED));
        if covered < Decimal::ZERO {
            return self.graded(band, figure, &format!("{}います", self.both_missed(&line, path.start())));
        }
        // What is short of the point never reads as 100 %.
        self.graded(band, figure, &self.covered(path, &line, covered.min(Decimal::new(99, 2))))
    }

    /// In percent, rounded down.
    fn covered(&self, path: &Path, line: &str, share: Decimal) -> String {
        let percent = share.saturating_mul(Decimal::ONE_HUNDRED).floor();
        let is = if percent == Decimal::ONE_HUNDRED && share > Decimal::ONE { "を超えています" } else { "です" };
        format!("{}から{line}までの道のりの{}%{is}", self.start(path.start()), number::format(percent))
    }

    /// Judged by the target year that has come; a figure after it is still measured by it until the next one.
    pub fn in_target_year(&self, figure: &Figure) -> Judgement {
        let Some((target, goal)) = self.reached(figure.year) else {
            return self.awaits_target_year(figure);
        };
        let line = self.named(figure, target);
        if meets(self.part.direction, figure.amount, goal) {
            self.graded(self.rules.band(Measure::Met(true)), figure, &self.met(&line))
        } else {
            self.graded(self.rules.bands.last(), figure, &self.missed(&line))
        }
    }

    /// 「中間目標154件と基準値144件をともに下回って」
    pub fn both_missed(&self, line: &str, start: Decimal) -> String {
        let side = if self.part.direction == Direction::Up { "下回" } else { "上回" };
        format!("{line}と{}をともに{side}って", self.start(start))
    }
}
