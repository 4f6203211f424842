//! What an import writes of values that come with those they replaced, so that they read back as they came.

use jiff::civil::Date;
use rashin_domain::{
    kpi::{ActualReport, Maturity},
    period::Period,
    plan::{Actual, Kpi, Replaced},
    provenance::Provenance,
    value::Value,
};

/// One value of a history.
pub(crate) struct Step<'a> {
    pub value: &'a Value,
    /// When it came, at the latest; `None`: with the import.
    pub on: Option<Date>,
    /// Why it replaced the one before.
    pub reason: &'a str,
}

/// Values still to be written, oldest first, and the one that stands. `known`: what the database has there. If that
/// is no earlier state of the same history, only the standing value is new.
pub(crate) fn steps<'a>(value: &'a Value, replaced: &'a [Replaced], known: Option<(&Value, &[Replaced])>) -> (Vec<Step<'a>>, Step<'a>) {
    // `at` is 0 for the standing value and `replaced.len()` for the oldest.
    let step = |at: usize, value| {
        let came = replaced.get(at);
        // Of the oldest one it is known only until when it stood.
        let stood_until = at.checked_sub(1).map(|newer| replaced[newer].on);
        Step { value, on: came.map(|came| came.on).or(stood_until), reason: came.map_or("", |came| came.reason.as_str()) }
    };
    let missing = match known {
        None => Some(replaced.len()),
        Some((value, before)) => {
            let continues = |at: &usize| replaced[*at].value == *value && replaced[at + 1..] == *before;
            replaced.len().checked_sub(before.len() + 1).filter(continues)
        }
    };
    match missing {
        Some(missing) => ((0..missing).rev().map(|at| step(at + 1, &replaced[at].value)).collect(), step(0, value)),
        None => (Vec::new(), Step { value, on: None, reason: "" }),
    }
}

/// A report as an import writes it.
pub(crate) struct Filed {
    /// When it was accepted; `None`: with the import.
    pub on: Option<Date>,
    pub report: ActualReport,
    /// Of each value.
    pub provenance: Vec<Provenance>,
    /// Something in it differs from what is known.
    new: bool,
}

impl Filed {
    /// Both can be one act of reporting.
    fn joins(&self, other: &Filed) -> bool {
        let (a, b) = (&self.report, &other.report);
        let said = |report: &ActualReport| (report.maturity, report.as_of, report.note.clone(), report.link.clone());
        said(a) == said(b) && (self.on.is_none() || other.on.is_none() || (self.on, &a.reason) == (other.on, &b.reason))
    }

    fn join(&mut self, other: Filed) {
        if self.on.is_none() {
            (self.on, self.report.reason) = (other.on, other.report.reason);
        }
        self.report.values.extend(other.report.values);
        self.provenance.extend(other.provenance);
        self.new |= other.new;
    }
}

/// The same standing figure; its section, its number and what was before it are the database's.
fn same_now(a: &Actual, b: &Actual) -> bool {
    let said = |actual: &Actual| Actual { revision: 0, section: String::new(), replaced: Vec::new(), ..actual.clone() };
    said(a) == said(b)
}

/// The reports of a period that are still to be written, oldest first. The parts of a KPI share a report where what
/// they say of it is the same.
pub(crate) fn reports(kpi: &Kpi, period: Period, before: Option<&Kpi>) -> Vec<Filed> {
    // By how many later values there are.
    let mut ages: Vec<Vec<Filed>> = Vec::new();
    for part in &kpi.parts {
        let Some(actual) = part.actual(period) else { continue };
        let known = before.and_then(|b| b.parts.iter().find(|p| p.key == part.key)).and_then(|p| p.actual(period));
        let (earlier, standing) = steps(&actual.value, &actual.replaced, known.map(|known| (&known.value, known.replaced.as_slice())));
        let filed = |step: &Step, maturity, as_of, note: &str, link: &str, provenance| Filed {
            on: step.on,
            report: ActualReport {
                period,
                maturity,
                as_of,
                values: vec![(part.key.clone(), step.value.clone())],
                standing: None,
                note: note.to_owned(),
                link: link.to_owned(),
                reason: step.reason.to_owned(),
                seen_revision: 0,
            },
            provenance: vec![provenance],
            new: !known.is_some_and(|known| same_now(known, actual)),
        };
        // A folder says of an earlier figure neither where it was read nor how settled it was.
        let old = earlier.iter().rev().map(|step| filed(step, Maturity::Preliminary, None, "", "", Provenance::default()));
        let now = filed(&standing, actual.maturity, actual.as_of, &actual.note, &actual.link, actual.provenance.clone());
        for (age, filed) in std::iter::once(now).chain(old).enumerate() {
            if ages.len() == age {
                ages.push(Vec::new());
            }
            match ages[age].iter_mut().find(|other| other.joins(&filed)) {
                Some(other) => other.join(filed),
                None => ages[age].push(filed),
            }
        }
    }
    ages.into_iter().rev().flatten().filter(|filed| filed.new).collect()
}
