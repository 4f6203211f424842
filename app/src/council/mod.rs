//! 会議体と経路: the bodies of a municipality, who sits in them, and the ways that cases take.

pub mod bodies;
pub mod body;
mod chart;
pub mod diagram;
pub mod editor;
pub mod edits;
pub mod routes;
mod text;
pub mod versions;

pub fn bodies_url(city: &str) -> String {
    format!("/{city}/staff/rosters")
}

pub fn body_url(city: &str, key: &str) -> String {
    format!("{}/{key}", bodies_url(city))
}

pub fn routes_url(city: &str) -> String {
    format!("/{city}/staff/routes")
}

pub fn route_url(city: &str, key: &str) -> String {
    format!("{}/{key}", routes_url(city))
}

/// What stands above pages of the council.
fn crumbs(city: &str, more: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut crumbs = vec![("案件".to_owned(), crate::case::cases_url(city))];
    crumbs.extend(more);
    crumbs
}
