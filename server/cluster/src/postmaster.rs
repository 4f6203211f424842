//! PostgreSQL's first process: found by its `postmaster.pid`, or started.

use std::{
    env,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    os::unix::{ffi::OsStrExt, fs::OpenOptionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, mkdtemp},
};

use crate::{Durability, Result, Told, ending, place::Place, refuse};

/// Long enough to recover after a crash.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(20);
pub(crate) const SOCKET: &str = ".s.PGSQL.5432";
const SOCKET_DIR: &str = "rashin-pg.";
/// `sockaddr_un` holds 107 bytes on Linux, 103 on macOS.
const LONGEST_SOCKET_PATH: usize = 103;
const LONGEST_LOG: u64 = 10_000_000;

pub(crate) struct Postmaster {
    pid: Pid,
    /// None if an earlier program started it.
    child: Option<Child>,
    pgdata: PathBuf,
    socket_dir: PathBuf,
}

impl Postmaster {
    pub fn attach_or_start(place: &Place, durability: Durability) -> Result<Postmaster> {
        match Self::attach(&place.pgdata)? {
            Some(running) => Ok(running),
            None => Self::start(place, durability),
        }
    }

    pub fn pid(&self) -> i32 {
        self.pid.as_raw()
    }

    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    fn attach(pgdata: &Path) -> Result<Option<Postmaster>> {
        let pid_file = pgdata.join("postmaster.pid");
        let deadline = Instant::now() + PATIENCE;
        while pid_file.exists() {
            let noted = PidFile::read(&pid_file);
            let Some(it) = noted.as_ref().filter(|it| is_postmaster_of(it.pid, pgdata)) else {
                // PostgreSQL would take a zombie, or a stranger with this number, for its like.
                noted.inspect(|it| sweep(&it.socket_dir));
                fs::remove_file(&pid_file).told(|| format!("Cannot remove the stale {}", pid_file.display()))?;
                break;
            };
            let reachable = UnixStream::connect(it.socket_dir.join(SOCKET)).is_ok();
            if it.ready && reachable {
                return Ok(Some(Postmaster { pid: it.pid, child: None, pgdata: pgdata.to_path_buf(), socket_dir: it.socket_dir.clone() }));
            }
            if Instant::now() > deadline {
                return refuse(format!("PostgreSQL (process {}) is running in {} but cannot be reached.", it.pid, pgdata.display()));
            }
            // Otherwise on its way up or down. Ready without a socket, nobody will ever reach it.
            if it.ready {
                let _ = kill(it.pid, Signal::SIGINT);
            }
            sleep(PAUSE);
        }
        Ok(None)
    }

    fn start(place: &Place, durability: Durability) -> Result<Postmaster> {
        let socket_dir = make_socket_dir(place)?;
        let deadline = Instant::now() + PATIENCE;
        let started = loop {
            let log_from = start_of_log(&place.log);
            let mut child = spawn(place, &socket_dir, durability)?;
            match wait_until_ready(&mut child, place, log_from, deadline) {
                Err(Unready::OldProcessesRemain) if Instant::now() < deadline => sleep(PAUSE * 10),
                Err(Unready::OldProcessesRemain) => {
                    break refuse("Processes of a killed PostgreSQL are still running.");
                }
                Err(Unready::Told(sentence)) => break refuse(sentence),
                Ok(()) => break Ok(child),
            }
        };
        match started {
            Ok(child) => Ok(Postmaster {
                pid: Pid::from_raw(child.id().cast_signed()),
                child: Some(child),
                pgdata: place.pgdata.clone(),
                socket_dir,
            }),
            Err(error) => {
                sweep(&socket_dir);
                Err(error)
            }
        }
    }

    /// Stops this one, or the one that another program started after this one was killed.
    pub fn stop(&mut self) -> Result<()> {
        self.end()?;
        match Self::attach(&self.pgdata)? {
            Some(mut successor) => successor.end(),
            None => Ok(()),
        }
    }

    /// Ends the connections, writes everything down and waits; if that takes too long, ends at once
    /// and leaves the rest to recovery.
    fn end(&mut self) -> Result<()> {
        for (signal, patience) in [(Signal::SIGINT, 60), (Signal::SIGQUIT, 10)] {
            let deadline = Instant::now() + Duration::from_secs(patience);
            let mut told = false;
            while Instant::now() < deadline {
                if self.has_ended() {
                    sweep(&self.socket_dir);
                    return Ok(());
                }
                if !std::mem::replace(&mut told, true) {
                    let _ = kill(self.pid, signal);
                }
                sleep(PAUSE);
            }
        }
        refuse(format!("PostgreSQL (process {}) does not stop.", self.pid))
    }

    fn has_ended(&mut self) -> bool {
        match &mut self.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => !is_postmaster_of(self.pid, &self.pgdata),
        }
    }
}

/// Lines: 1 process, 2 data, 3 start, 4 port, 5 socket directory, 6 address, 7 memory, 8 status.
struct PidFile {
    pid: Pid,
    socket_dir: PathBuf,
    ready: bool,
}

impl PidFile {
    fn read(path: &Path) -> Option<PidFile> {
        let text = fs::read_to_string(path).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(PidFile {
            pid: Pid::from_raw(lines.first()?.parse().ok()?),
            socket_dir: lines.get(4).copied().unwrap_or_default().into(),
            ready: lines.get(7) == Some(&"ready"),
        })
    }
}

/// By its command line, which every account may read; a zombie has none.
fn is_postmaster_of(pid: Pid, pgdata: &Path) -> bool {
    let line = if Path::new("/proc/self/cmdline").exists() {
        fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default()
    } else {
        let ps = Command::new("ps").args(["-o", "command=", "-p", &pid.to_string()]).output();
        ps.map(|output| output.stdout).unwrap_or_default()
    };
    let pgdata = pgdata.as_os_str().as_bytes();
    line.windows(pgdata.len()).any(|part| part == pgdata)
}

fn make_socket_dir(place: &Place) -> Result<PathBuf> {
    let bases = [env::temp_dir(), "/tmp".into(), place.home.clone()];
    for base in bases {
        let Ok(dir) = mkdtemp(&base.join(format!("{SOCKET_DIR}XXXXXX"))) else {
            continue;
        };
        // PostgreSQL takes a comma for the end of the name.
        let plain = !dir.as_os_str().as_bytes().contains(&b',');
        if plain
            && dir.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET_PATH
            && place.account.give(&dir).is_ok()
            && place.account.reaches(&dir)
        {
            return Ok(dir);
        }
        let _ = fs::remove_dir(&dir);
    }
    refuse("There is no place for PostgreSQL's socket. Set TMPDIR to a short writable directory.")
}

fn sweep(socket_dir: &Path) {
    let ours = socket_dir.file_name().is_some_and(|it| it.as_bytes().starts_with(SOCKET_DIR.as_bytes()));
    if ours {
        let _ = fs::remove_file(socket_dir.join(SOCKET));
        let _ = fs::remove_file(socket_dir.join(format!("{SOCKET}.lock")));
        let _ = fs::remove_dir(socket_dir);
    }
}

fn spawn(place: &Place, socket_dir: &Path, durability: Durability) -> Result<Child> {
    let log =
        File::options().create(true).append(true).mode(0o600).open(&place.log).told(|| format!("Cannot open {}", place.log.display()))?;
    let errors = log.try_clone().told(|| "Cannot open the log twice".into())?;
    let mut postgres = place.account.command(&place.binaries.program("postgres"), &place.home);
    postgres.arg("-D").arg(&place.pgdata).arg("-k").arg(socket_dir).args(["-p", "5432"]);
    let mut set = |setting: &str| {
        postgres.args(["-c", setting]);
    };
    set("listen_addresses=");
    set("timezone=UTC");
    set("log_timezone=UTC");
    if durability == Durability::GivenUpForSpeed {
        set("fsync=off");
        set("synchronous_commit=off");
        set("full_page_writes=off");
        set("max_connections=300");
    }
    postgres.stdout(log).stderr(errors).spawn().told(|| "Cannot run postgres".into())
}

enum Unready {
    /// Sessions of a killed postmaster end by themselves, but only once they notice.
    OldProcessesRemain,
    Told(String),
}

fn wait_until_ready(child: &mut Child, place: &Place, log_from: u64, deadline: Instant) -> Result<(), Unready> {
    let pid_file = place.pgdata.join("postmaster.pid");
    loop {
        let ready = PidFile::read(&pid_file).is_some_and(|it| it.ready && it.pid.as_raw().cast_unsigned() == child.id());
        if ready {
            return Ok(());
        }
        if let Ok(Some(status)) = child.try_wait() {
            let said = log_since(&place.log, log_from);
            if said.contains("is still in use") {
                return Err(Unready::OldProcessesRemain);
            }
            return Err(Unready::Told(format!("PostgreSQL {}: {}", ending(status), said.trim())));
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            return Err(Unready::Told(format!(
                "PostgreSQL was not ready after {} seconds; see {}.",
                PATIENCE.as_secs(),
                place.log.display()
            )));
        }
        sleep(PAUSE);
    }
}

fn start_of_log(log: &Path) -> u64 {
    let length = log.metadata().map_or(0, |it| it.len());
    if length > LONGEST_LOG && File::create(log).is_ok() { 0 } else { length }
}

fn log_since(log: &Path, from: u64) -> String {
    let mut text = Vec::new();
    if let Ok(mut file) = File::open(log)
        && file.seek(SeekFrom::Start(from)).is_ok()
    {
        let _ = file.take(4_000).read_to_end(&mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}
