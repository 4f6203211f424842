//! How much has been reported, and how old it is.

use jiff::{ToSpan, civil::Date};

use super::{Desk, Entry, Stage};
use crate::{clock::date_label, coded::coded, round::Round};

coded! {
    /// How far the reports of an item have come. Of several periods the least advanced one speaks.
    Reporting {
        Missing = "missing", "未報告";
        Returned = "returned", "差戻し";
        Collecting = "collecting", "集計中";
        /// Reported, and at least one report waits for an approval.
        Waiting = "waiting", "承認待ち";
        /// Approved or 該当なし.
        Done = "done", "報告済み";
    }
}

impl Reporting {
    /// Of the stages of all periods that are asked, `None` where there is no report. `None` when nothing is asked.
    pub fn of(stages: &[Option<Stage>]) -> Option<Self> {
        let any = |is: fn(Stage) -> bool| stages.iter().flatten().any(|stage| is(*stage));
        let all_reported = stages.iter().all(|stage| stage.is_some_and(Stage::is_reported));
        match stages.is_empty() {
            true => None,
            false if all_reported && any(|stage| stage == Stage::Submitted) => Some(Reporting::Waiting),
            false if all_reported => Some(Reporting::Done),
            false if any(|stage| stage == Stage::Returned) => Some(Reporting::Returned),
            false if any(|stage| matches!(stage, Stage::Collecting { .. })) => Some(Reporting::Collecting),
            false => Some(Reporting::Missing),
        }
    }

    /// Whether a figure, or that there is none, has been said for all periods.
    pub fn is_reported(self) -> bool {
        matches!(self, Reporting::Waiting | Reporting::Done)
    }
}

/// How many items have answered a round. Each item is counted once, at its least advanced period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Items that the round asks.
    pub asked: usize,
    /// Submitted, approved or 該当なし, in all periods.
    pub reported: usize,
    /// Of the reported ones: at least one report waits for an approval.
    pub waiting: usize,
    /// Not reported: at least one report was returned.
    pub returned: usize,
    /// Not reported, and none returned: at least one figure is still being counted.
    pub collecting: usize,
}

impl Coverage {
    /// 「23件中8件報告済み」
    pub fn label(&self) -> String {
        format!("{}件中{}件報告済み", self.asked, self.reported)
    }

    /// Not reported, for whatever reason.
    pub fn missing(&self) -> usize {
        self.asked - self.reported
    }
}

/// How far an entry has come in a round; `None` if the round does not ask it.
pub fn reporting(desk: &Desk, round: &Round, entry: &Entry) -> Option<Reporting> {
    let stages: Vec<_> = round.asked(&entry.rhythm).into_iter().map(|asked| desk.stage(&entry.item, asked)).collect();
    Reporting::of(&stages)
}

/// Counts some entries (all KPIs, those of a section …) in a round.
pub fn coverage<'a>(desk: &Desk, round: &Round, entries: impl IntoIterator<Item = &'a Entry>) -> Coverage {
    let mut coverage = Coverage::default();
    for entry in entries {
        let Some(reporting) = reporting(desk, round, entry) else { continue };
        coverage.asked += 1;
        coverage.reported += usize::from(reporting.is_reported());
        match reporting {
            Reporting::Waiting => coverage.waiting += 1,
            Reporting::Returned => coverage.returned += 1,
            Reporting::Collecting => coverage.collecting += 1,
            Reporting::Missing | Reporting::Done => {}
        }
    }
    coverage
}

/// A figure that is older than a tenant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The day that the figure speaks of.
    pub figure: Date,
    /// The first day on which it was too old.
    pub since: Date,
    /// The tenant's limit.
    pub months: u8,
}

impl Stale {
    /// 「最新の値は2025年3月31日時点です。12か月を超えて更新されていません。」
    pub fn sentence(&self) -> String {
        format!("最新の値は{}時点です。{}か月を超えて更新されていません。", date_label(self.figure), self.months)
    }
}

/// Whether the newest figure, by the day it speaks of, is older than a number of months. Without any figure it is not
/// stale but unreported.
pub fn stale(newest: Option<Date>, months: u8, today: Date) -> Option<Stale> {
    let figure = newest?;
    let since = figure.checked_add(i32::from(months).months()).and_then(Date::tomorrow).ok()?;
    (since <= today).then_some(Stale { figure, since, months })
}
