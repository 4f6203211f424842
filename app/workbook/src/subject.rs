//! What a line of the workbook can be about, as it stands.

use rashin_domain::{
    kpi::ActualReport,
    obligation::Item,
    plan::{Kpi, Phase},
    round::Asked,
};

/// Something that is reported on in a period.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    pub item: &'a Item,
    /// The period, and how settled its figure is unless the sheet says otherwise.
    pub asked: Asked,
    pub name: &'a str,
    /// Title of the node it belongs to.
    pub above: &'a str,
    /// Name of the section that answers for it.
    pub section: &'a str,
    pub about: About<'a>,
    /// The reports of the period that are known, oldest first.
    pub filed: Vec<Filed>,
    /// Why the one who sends the workbook may not report it.
    pub bar: Option<String>,
}

#[derive(Clone, Debug)]
pub enum About<'a> {
    Kpi {
        kpi: &'a Kpi,
        /// Last figure and target of each part, in words.
        beside: Vec<(String, String)>,
    },
    Initiative {
        phases: &'a [Phase],
        /// What was reported the last time, and the phase that the roadmap has, in words.
        beside: (String, String),
    },
}

/// A report that was filed.
#[derive(Clone, Debug)]
pub struct Filed {
    /// 1 for the first report of the period.
    pub revision: i32,
    pub said: ActualReport,
    pub returned: bool,
    /// Who reported it.
    pub by: String,
}

impl Subject<'_> {
    /// As `obligation::Task::key`: `kpi.{id}@FY2026H1`.
    pub fn key(&self) -> String {
        format!("{}@{}", self.item, self.asked.period)
    }

    /// Code of the KPI, or key of the initiative's node.
    pub fn code(&self) -> &str {
        match (&self.about, self.item) {
            (About::Kpi { kpi, .. }, _) => &kpi.code,
            (About::Initiative { .. }, Item::Initiative(_, key)) => key,
            (About::Initiative { .. }, Item::Kpi(_)) => "",
        }
    }

    /// What stands, or was sent back.
    pub fn newest(&self) -> Option<&Filed> {
        self.filed.last()
    }

    /// The newest revision; 0 without a report.
    pub fn revision(&self) -> i32 {
        self.newest().map_or(0, |filed| filed.revision)
    }

    /// Whether a report is there that was not returned: to replace it takes a reason.
    pub fn stands(&self) -> bool {
        self.newest().is_some_and(|filed| !filed.returned)
    }

    pub(crate) fn revised(&self, revision: i32) -> Option<&ActualReport> {
        self.filed.iter().find(|filed| filed.revision == revision).map(|filed| &filed.said)
    }

    /// Keys of its lines: of the parts of a KPI; one of an initiative.
    pub(crate) fn parts(&self) -> Vec<&str> {
        match &self.about {
            About::Kpi { kpi, .. } => kpi.parts.iter().map(|part| part.key.as_str()).collect(),
            About::Initiative { .. } => vec![""],
        }
    }

    /// The hidden id of a line.
    pub(crate) fn line_id(&self, part: &str) -> String {
        if part.is_empty() { self.key() } else { format!("{}/{part}", self.key()) }
    }
}
