//! Editions: the public list and open data, the act of publishing, and what is done with an edition after it.

pub mod actions;
pub mod edition;
pub mod pages;
pub mod public;
