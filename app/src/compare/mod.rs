//! Where a body stands among others: national figures of all bodies, and published KPIs that municipalities share with a
//! prefecture.

pub mod actions;
mod board;
pub mod column;
mod file;
mod lens;
pub mod matrix;
pub mod own;
pub mod pages;

pub use file::csv;
use rashin_domain::text::number;
use rust_decimal::Decimal;

/// 「1,741」
fn counted(count: impl Into<Decimal>) -> String {
    number::format(count.into())
}

pub fn matrix_url(city: &str) -> String {
    format!("/{city}/staff/compare/matrix")
}

/// The page of one indicator.
pub fn column_url(city: &str, code: &str) -> String {
    format!("/{city}/staff/compare/indicators/{code}")
}

/// A prefecture's own indicators.
pub fn own_url(city: &str) -> String {
    format!("/{city}/staff/compare/own")
}
