//! Public pages of a plan, from its edition.

pub mod documents;
pub mod nodes;
pub mod overview;
pub mod predecessor;
mod shown;

pub use shown::Shown;
