//! Types and rules of municipal DX plans. No IO, no clock, no randomness: the same code runs in the
//! server and in the browser's islands, so that a hint and a stored value can never disagree.

pub mod access;
pub mod accumulate;
pub mod advice;
pub mod approval;
pub mod attachment;
pub mod calendar;
pub mod clock;
mod coded;
pub mod doubt;
#[cfg(feature = "server")]
pub mod draft;
pub mod form;
pub mod grading;
pub mod identity;
pub mod ids;
pub mod indicator;
pub mod initiative;
#[cfg(feature = "server")]
pub mod inquiry;
pub mod kpi;
pub mod lock;
pub mod notification;
pub mod obligation;
pub mod organisation;
pub mod period;
pub mod plan;
#[cfg(feature = "server")]
pub mod plan_folder;
pub mod progress;
pub mod provenance;
pub mod publish;
pub mod reminder;
pub mod rights;
pub mod round;
#[cfg(feature = "server")]
pub mod search;
pub mod staff;
#[cfg(feature = "server")]
pub mod staff_import;
pub mod template;
pub mod tenancy;
pub mod text;
pub mod value;
