//! The doors to the database and every line of SQL.
//!
//! No pool leaves this crate. A caller enters a tenant ([`Db::enter`]), reads editions ([`Db::public`]) or
//! deals with people ([`Db::identity`]); the command line has [`Maintenance`]. See `docs/architecture.md`.

pub mod attachment;
pub mod audit;
pub mod card;
pub mod case;
pub mod case_people;
pub mod case_watch;
pub mod compare;
mod db;
pub mod draft;
mod draft_kpi;
pub mod editions;
mod error;
pub mod export;
pub mod figure;
pub mod idea;
pub mod identity;
pub mod inquiry;
pub mod jobs;
pub mod kpi;
mod kpi_history;
mod kpi_import;
pub mod ledger;
pub mod maintenance;
pub mod meeting;
pub mod minutes;
pub mod notification;
pub mod organisation;
pub mod overrides;
pub mod owed;
pub mod own_indicator;
pub mod people;
pub mod plan;
pub mod plan_import;
pub mod postings;
pub mod publish;
pub mod record;
pub mod report;
pub mod report_comment;
pub mod report_draft;
pub mod responsibility;
pub mod review;
pub mod roster;
pub mod rounds;
pub mod route;
pub mod session;
pub mod survey;
pub mod template;
pub mod tenancy;
pub mod training;
pub mod urging;
mod value;
pub mod workbook;

pub use db::{City, Db, IdentityTx, PublicTx, StartError, TenantTx};
pub use error::{Result, StoreError};
pub use maintenance::Maintenance;
