//! Where things are in this workspace, and the calls of cargo that more than one task makes.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use crate::command::{self, cargo};

/// One set of packages for checks, tests and development, so that their builds share everything.
pub const NATIVE: [&str; 3] = ["--workspace", "--exclude", "rashin-frontend"];
pub const WASM: &str = "wasm32-unknown-unknown";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let here = here.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
    });
    &ROOT
}

pub fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// What the server hands out as files: `public/`, and `pkg/` with style and wasm.
pub fn site() -> PathBuf {
    target().join("site")
}

/// Where npm puts PostgreSQL when the system has none.
pub fn tools() -> PathBuf {
    target().join("tools")
}

pub fn server_binary(profile: Profile) -> PathBuf {
    target().join(match profile {
        Profile::Dev => "debug/rashin",
        Profile::Release => "release/rashin",
    })
}

pub fn build_server(profile: Profile) -> Command {
    match profile {
        Profile::Dev => {
            let mut build = cargo(["build"]);
            build.args(NATIVE);
            build
        }
        Profile::Release => cargo(["build", "--release", "--package", "rashin-server"]),
    }
}

pub fn server(profile: Profile) -> Command {
    let mut server = command::new(server_binary(profile));
    server.args(["serve", "--demo"]).env("RASHIN_SITE", site());
    postgres_for(&mut server);
    server
}

/// Tells a program where npm put PostgreSQL, if that is the one to use.
pub fn postgres_for(program: &mut Command) {
    if let Ok(found) = rashin_cluster::Binaries::find(Some(&tools()), None)
        && found.dir.starts_with(tools())
    {
        program.env("RASHIN_PG_BIN", found.dir);
    }
}
