//! Public pages of a plan, from its edition.

mod asked;
pub mod documents;
pub mod nodes;
pub mod overview;
pub mod predecessor;
mod shown;

pub use asked::{Asked, Family, numbered, plan, plan_url};
pub use shown::{Shown, node_name};
