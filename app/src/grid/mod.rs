//! 指標と期間の一覧: every KPI of the plan in every period, for 事務局.

pub mod paste;

pub fn grid_url(city: &str) -> String {
    format!("/{city}/staff/grid")
}
