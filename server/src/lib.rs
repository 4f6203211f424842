//! The server: configuration, database, router, open data, seeds.

pub mod api;
pub mod caching;
pub mod config;
pub mod csv;
pub mod database;
pub mod edge;
pub mod figures;
pub mod folder;
pub mod openapi;
pub mod router;
pub mod seed;
pub mod serve;
pub mod session;
pub mod telemetry;
pub mod worker;

use std::sync::OnceLock;

use jiff::Timestamp;
use rashin_domain::{clock::Clock, ids::Ids};

/// A page is thousands of small strings, made and dropped: a quarter of its time went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The system's clock, or one that starts at a given moment and runs on (tests and demonstrations).
pub fn clock(start: Option<Timestamp>) -> Clock {
    // The one place that asks for the time.
    #[allow(clippy::disallowed_methods)]
    let system = Timestamp::now;
    match start {
        None => Clock::new(system),
        Some(start) => {
            // One beginning for all: what the seeds publish is public when the server begins.
            static BEGAN: OnceLock<Timestamp> = OnceLock::new();
            let began = *BEGAN.get_or_init(system);
            Clock::new(move || start + system().duration_since(began))
        }
    }
}

/// Identifiers and tokens from the system's randomness.
pub fn ids() -> Ids {
    Ids::new(|bytes| {
        // Without randomness no session may begin: better no server than guessable sessions.
        getrandom::fill(bytes).expect("the system gives random bytes");
    })
}
