//! Which account PostgreSQL runs as: our own, or, as it refuses root, one that root drops to.

use std::{
    env,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{User, geteuid};

use crate::{Result, Told, refuse};

#[derive(Clone, Copy)]
pub(crate) enum Account {
    Own,
    Dropped { uid: u32, gid: u32 },
}

impl Account {
    /// Data that is there already is served by the account that owns it.
    pub fn for_data(pgdata: &Path) -> Result<Account> {
        let owner = pgdata.metadata().ok().map(|data| (data.uid(), data.gid()));
        let own = geteuid().as_raw();
        match owner {
            Some((0, _)) if own == 0 => {
                refuse(format!("{} belongs to root, as whom PostgreSQL does not run. Give it to another account.", pgdata.display()))
            }
            Some((uid, gid)) if own == 0 => Ok(Account::Dropped { uid, gid }),
            Some((uid, _)) if uid != own => refuse(format!(
                "{} belongs to another account (uid {uid}). Run as that account, or use another \
                 data directory.",
                pgdata.display()
            )),
            Some(_) => Ok(Account::Own),
            None if own == 0 => Self::to_drop_to(),
            None => Ok(Account::Own),
        }
    }

    fn to_drop_to() -> Result<Account> {
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Account::Dropped { uid: user.uid.as_raw(), gid: user.gid.as_raw() })
            .map_or_else(
                || {
                    refuse(
                        "PostgreSQL does not run as root, and there is neither an account \
                         `postgres` nor `nobody` to run it as.",
                    )
                },
                Ok,
            )
    }

    pub fn give(self, dir: &Path) -> Result<()> {
        match self {
            Account::Own => Ok(()),
            Account::Dropped { uid, gid } => std::os::unix::fs::chown(dir, Some(uid), Some(gid))
                .told(|| format!("Cannot give {} to the account of PostgreSQL", dir.display())),
        }
    }

    /// Tried, not computed from mode bits: access lists and mounts have a say too.
    pub fn reaches(self, dir: &Path) -> bool {
        self.command(Path::new("/bin/sh"), dir)
            .args(["-c", "test -x ."])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// A command in its own process group, so that Ctrl-C in a terminal does not reach it, and
    /// without our environment, so that neither secrets nor PG* variables do.
    pub fn command(self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(dir)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .process_group(0);
        if let Account::Dropped { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        command
    }
}
