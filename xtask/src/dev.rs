//! Serves while one works: looks at time stamps twice a second, rebuilds, restarts.

use std::{
    path::PathBuf,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant, SystemTime},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    command::{Done, Result, run},
    files::below,
    project::{self, Profile, root},
    setup::{self, Purpose},
    site,
};

const WATCHED: [&str; 6] = ["app", "server", "frontend/src", "style", "public", "migrations"];
const GLANCE: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(10);

pub fn serve() -> Done {
    setup::install(Purpose::Run)?;
    let mut server: Option<Child> = None;
    loop {
        let seen = stamps()?;
        match build() {
            Ok(()) => {
                if let Some(old) = server.take() {
                    end(old)?;
                }
                server = Some(project::server(Profile::Dev).spawn()?);
            }
            Err(error) => println!("xtask: {error}; the server stays as it was"),
        }
        while stamps()? == seen {
            sleep(GLANCE);
        }
    }
}

fn build() -> Done {
    site::build(Profile::Dev)?;
    let mut build: Command = project::build_server(Profile::Dev);
    run(&mut build)
}

fn stamps() -> Result<Vec<(PathBuf, Option<SystemTime>)>> {
    let mut stamps = Vec::new();
    for dir in WATCHED.map(|dir| root().join(dir)) {
        for file in below(&dir)? {
            let path = dir.join(file);
            let changed = path.metadata().and_then(|it| it.modified()).ok();
            stamps.push((path, changed));
        }
    }
    Ok(stamps)
}

/// Asks first: the server stops its PostgreSQL when it is asked.
fn end(mut server: Child) -> Done {
    let _ = kill(Pid::from_raw(server.id().cast_signed()), Signal::SIGTERM);
    let deadline = Instant::now() + PATIENCE;
    while server.try_wait()?.is_none() {
        if Instant::now() > deadline {
            server.kill()?;
        }
        sleep(GLANCE / 10);
    }
    Ok(())
}
