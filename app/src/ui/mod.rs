//! Blocks of the design system: each takes what it shows.

pub mod chart;
pub mod field;
pub mod frame;
pub mod provenance;
pub mod section;
pub mod status;
pub mod text;
