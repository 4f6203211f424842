//! Where the data lie. Root runs PostgreSQL as another account, which may be unable to reach the
//! data directory (a checkout below a closed home, say). Then the data lie in a directory of their
//! own, and the file `location` in the data directory says where.

use std::{
    env, fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use nix::unistd::{geteuid, mkdtemp};

use crate::{Durability, Result, Told, account::Account, binaries::Binaries, ending, refuse};

pub(crate) struct Place {
    pub pgdata: PathBuf,
    pub log: PathBuf,
    /// A directory that the account reaches, for programs to run in.
    pub home: PathBuf,
    pub account: Account,
    pub binaries: Binaries,
}

impl Place {
    pub fn settle(dir: &Path, tools: Option<&Path>, durability: Durability) -> Result<Place> {
        let recorded = recorded_home(dir, durability)?;
        let home = recorded.clone().unwrap_or_else(|| dir.to_path_buf());
        let account = Account::for_data(&home.join("pgdata"))?;
        let home = match recorded {
            None if !account.reaches(&home) => elsewhere(dir, account)?,
            _ => home,
        };
        let pgdata = home.join("pgdata");
        let written_by = fs::read_to_string(pgdata.join("PG_VERSION")).ok().and_then(|major| major.trim().parse().ok());
        let binaries = Binaries::find(tools, written_by)?;
        if !account.reaches(&binaries.dir) {
            return refuse(format!(
                "The account PostgreSQL runs as cannot reach {}. Install PostgreSQL system-wide, \
                 or run as an ordinary user.",
                binaries.dir.display()
            ));
        }
        let place = Place { pgdata, log: dir.join("postgres.log"), home, account, binaries };
        if written_by.is_none() {
            place.initdb(durability)?;
        }
        Ok(place)
    }

    /// Made beside its place and moved, so that an interrupted run leaves nothing half-made there.
    fn initdb(&self, durability: Durability) -> Result<()> {
        let new = self.home.join("pgdata.new");
        if new.exists() {
            fs::remove_dir_all(&new).told(|| format!("Cannot remove {}", new.display()))?;
        }
        fs::create_dir(&new).told(|| format!("Cannot make {}", new.display()))?;
        self.account.give(&new)?;
        let mut initdb = self.account.command(&self.binaries.program("initdb"), &self.home);
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions"]);
        initdb.arg(if cfg!(target_os = "macos") { "--locale=C" } else { "--locale=C.UTF-8" });
        if durability == Durability::GivenUpForSpeed {
            initdb.arg("--no-sync");
        }
        let output = initdb.arg("-D").arg(&new).output().told(|| "Cannot run initdb".into())?;
        if !output.status.success() {
            return refuse(format!("initdb {}: {}", ending(output.status), String::from_utf8_lossy(&output.stderr).trim()));
        }
        fs::rename(&new, &self.pgdata).told(|| format!("Cannot make {}", self.pgdata.display()))
    }
}

fn recorded_home(dir: &Path, durability: Durability) -> Result<Option<PathBuf>> {
    let pointer = dir.join("location");
    let Ok(text) = fs::read_to_string(&pointer) else {
        return Ok(None);
    };
    let home = PathBuf::from(text.trim_end());
    // Whoever else could make this name after it vanished must not choose our data.
    match home.symlink_metadata() {
        Ok(it) if it.is_dir() && it.uid() == geteuid().as_raw() => Ok(Some(home)),
        _ if durability == Durability::GivenUpForSpeed => Ok(None),
        _ => refuse(format!(
            "The data should be in {}, says {}, but are not there. Put them back, or delete that \
             file to begin without data.",
            home.display(),
            pointer.display()
        )),
    }
}

fn elsewhere(dir: &Path, account: Account) -> Result<PathBuf> {
    let bases = [PathBuf::from("/var/lib"), env::temp_dir()];
    for base in &bases {
        let Ok(home) = mkdtemp(&base.join("rashin-data.XXXXXX")) else {
            continue;
        };
        let opened = fs::set_permissions(&home, fs::Permissions::from_mode(0o711));
        if opened.is_ok() && account.reaches(&home) {
            let pointer = dir.join("location");
            fs::write(&pointer, format!("{}\n", home.display())).told(|| format!("Cannot write {}", pointer.display()))?;
            return Ok(home);
        }
        let _ = fs::remove_dir(&home);
    }
    refuse(format!(
        "The account PostgreSQL runs as reaches neither {} nor {} nor {}.",
        dir.display(),
        bases[0].display(),
        bases[1].display()
    ))
}
