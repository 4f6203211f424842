//! Sharing a published KPI with a prefecture, and reading it there.

pub mod actions;
pub mod pages;
