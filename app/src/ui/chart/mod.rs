use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::plan::{Kpi, Part, PlanHead};
pub fn trend(_id: &str, _plan: &PlanHead, _kpi: &Kpi, _part: &Part, _today: Date) -> Option<AnyView> { None }
pub fn bullet(_id: &str, _plan: &PlanHead, _kpi: &Kpi, _part: &Part) -> Option<AnyView> { None }
