//! わたしの更新: one page with all that a member owes, kept as a draft while it is typed, checked and submitted at once.

pub mod islands;

#[cfg(feature = "ssr")]
pub mod actions;
#[cfg(feature = "ssr")]
mod bench;
#[cfg(feature = "ssr")]
pub mod check;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
mod rows;
#[cfg(feature = "ssr")]
pub mod workbook;

#[cfg(feature = "ssr")]
pub use bench::Bench;

pub fn updates_url(city: &str) -> String {
    format!("/{city}/staff/updates")
}
