//! Editions: the public list and open data, and the act of publishing.

pub mod actions;
pub mod pages;
pub mod public;
