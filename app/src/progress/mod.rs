//! 進み具合: where the whole plan stands, for 事務局 and 本部.

pub mod groups;
pub mod page;

pub fn progress_url(city: &str) -> String {
    format!("/{city}/staff/progress")
}
