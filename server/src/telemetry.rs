//! Logs: JSON lines where a machine reads them, plain ones on a terminal.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// `filter` in the syntax of `RUST_LOG`, e.g. `info` or `info,sqlx=warn`.
pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let plain = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first.
    let _ = if plain { builder.try_init() } else { builder.json().flatten_event(true).try_init() };
}
