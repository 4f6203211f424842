//! Editions: immutable publications of a plan. Public pages, open data and the API read nothing else.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    plan::{Kpi, PlanContent},
    progress::{Judgement, Status, judge},
};

/// One published state of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Edition {
    pub municipality: Municipality,
    /// 1 for the first edition (初版).
    pub number: i32,
    /// Day of publication in Japan; statuses are as of this day.
    #[cfg_attr(feature = "server", schema(value_type = String, format = Date))]
    pub published_on: Date,
    pub reason: String,
    pub decision: Option<Decision>,
    pub content: PlanContent,
    /// Status of each KPI, by code.
    pub statuses: BTreeMap<String, Judgement>,
    /// Section responsible for each KPI, by code; unassigned ones are absent.
    pub sections: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Municipality {
    /// Six digits with check digit.
    pub code: String,
    pub name: String,
    pub prefecture: String,
    /// A made-up municipality with made-up figures.
    pub fictional: bool,
}

/// The town hall's own decision on paper (決裁), if it was recorded. Publication here does not replace it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Decision {
    pub document_number: String,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = Date))]
    pub decided_on: Option<Date>,
    /// Post of who decided (職名), never a name.
    pub decided_by: String,
}

impl Edition {
    /// Freezes a plan as of a day.
    pub fn freeze(
        municipality: Municipality,
        number: i32,
        published_on: Date,
        reason: String,
        decision: Option<Decision>,
        content: PlanContent,
        sections: BTreeMap<String, String>,
    ) -> Self {
        let status = |kpi: &Kpi| (kpi.code.clone(), judge(&content.plan, kpi, published_on));
        let statuses = content.kpis.iter().map(status).collect();
        Self { municipality, number, published_on, reason, decision, content, statuses, sections }
    }

    /// 「初版」, 「第2版」
    pub fn label(&self) -> String {
        edition_label(self.number)
    }

    /// How many KPIs have each status, in the order of [`Status::ALL`]; absent ones left out.
    pub fn tally<'a>(&'a self, kpis: impl Iterator<Item = &'a Kpi>) -> Vec<(Status, usize)> {
        let mut counts = BTreeMap::new();
        for status in kpis.filter_map(|kpi| self.statuses.get(&kpi.code)) {
            *counts.entry(status.status).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }
}

pub fn edition_label(number: i32) -> String {
    if number == 1 { "初版".to_owned() } else { format!("第{number}版") }
}
