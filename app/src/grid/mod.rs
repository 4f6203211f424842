//! 指標と期間の一覧: every KPI of the plan in every period, for 事務局.

mod cells;
mod file;
mod lines;
pub mod page;
pub mod paste;
mod table;

pub use file::csv;

pub fn grid_url(city: &str) -> String {
    format!("/{city}/staff/grid")
}
