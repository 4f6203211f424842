//! The private test cluster, and the queries' descriptions in `.sqlx` that are made with it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

use rashin_cluster::Cluster;

use crate::{
    command::{Done, Result, cargo, run},
    files::{below, mirror, read},
    project::{root, target, tools},
};

/// `#[sqlx::test]` makes its databases beside this one.
pub const TESTS: &str = "rashin_test";
const CHECK: &str = "rashin_check";
const MIGRATOR: &str = "rashin_migrator";
const SUPERUSER: &str = "postgres";

/// Sqlx's own table: a migration may speak of it, though here no version is written down.
const VERSIONS: &str = "create table _sqlx_migrations (
  version bigint primary key,
  description text not null,
  installed_on timestamptz not null default now(),
  success boolean not null,
  checksum bytea not null,
  execution_time bigint not null
)";

pub struct Database {
    cluster: Cluster,
}

impl Database {
    pub fn start() -> Result<Database> {
        let cluster = Cluster::start_for_tests(&target().join("postgres"), Some(&tools()))?;
        let database = Database { cluster };
        let bootstrap = read(&root().join("migrations/bootstrap.sql"))?;
        database.execute(SUPERUSER, SUPERUSER, &bootstrap).map_err(|error| format!("migrations/bootstrap.sql: {error}"))?;
        if database.execute(SUPERUSER, SUPERUSER, &exists(TESTS))?.is_empty() {
            database.create(TESTS)?;
        }
        Ok(database)
    }

    /// As the migrator: the superuser would pass by every policy.
    pub fn url(&self, database: &str) -> String {
        self.cluster.url(MIGRATOR, database)
    }

    pub fn stop(self) -> Done {
        Ok(self.cluster.stop()?)
    }

    fn create(&self, database: &str) -> Done {
        self.execute(SUPERUSER, SUPERUSER, &format!("create database {database} owner {MIGRATOR}"))?;
        Ok(())
    }

    /// A database with all migrations, made anew.
    fn migrated(&self) -> Result<String> {
        self.execute(SUPERUSER, SUPERUSER, &format!("drop database if exists {CHECK} with (force)"))?;
        self.create(CHECK)?;
        self.execute(MIGRATOR, CHECK, VERSIONS)?;
        for (name, migration) in migrations()? {
            self.execute(MIGRATOR, CHECK, &format!("begin;\n{migration}\n;commit"))
                .map_err(|error| format!("migrations/{name}: {error}"))?;
        }
        Ok(self.url(CHECK))
    }

    fn execute(&self, user: &str, database: &str, sql: &str) -> Result<Vec<String>> {
        Ok(self.cluster.execute(user, database, sql)?)
    }
}

fn exists(database: &str) -> String {
    format!("select datname from pg_database where datname = '{database}'")
}

/// `0001_tenancy.sql` and so on, by number, as sqlx would apply them.
fn migrations() -> Result<Vec<(String, String)>> {
    let dir = root().join("migrations");
    let mut numbered = Vec::new();
    for file in below(&dir)? {
        let name = file.to_string_lossy().into_owned();
        let number = name.split('_').next().and_then(|number| number.parse::<i64>().ok());
        if let Some(number) = number.filter(|_| name.ends_with(".sql") && !name.ends_with(".down.sql")) {
            numbered.push((number, name));
        }
    }
    numbered.sort();
    numbered.into_iter().map(|(_, name)| Ok((name.clone(), read(&dir.join(name))?))).collect()
}

pub fn prepare(database: &Database) -> Done {
    mirror(&describe(database)?, &root().join(".sqlx"), "")
}

/// Fails if `.sqlx` is not what the migrations and the queries make today.
pub fn check_prepared(database: &Database) -> Done {
    let fresh = contents(&describe(database)?)?;
    let committed = contents(&root().join(".sqlx"))?;
    if fresh == committed {
        println!("{} queries are described as they are.", fresh.len());
        return Ok(());
    }
    for name in fresh.keys().filter(|name| fresh.get(*name) != committed.get(*name)) {
        println!("missing or stale: .sqlx/{}", name.display());
    }
    for name in committed.keys().filter(|name| !fresh.contains_key(*name)) {
        println!("no longer used: .sqlx/{}", name.display());
    }
    Err(".sqlx is stale: run `make prepare` and commit it".into())
}

/// Compiles the crate of queries against a migrated database; its macros leave their findings.
fn describe(database: &Database) -> Result<PathBuf> {
    let url = database.migrated()?;
    let found = target().join("sqlx");
    let _ = fs::remove_dir_all(&found);
    fs::create_dir_all(&found)?;
    touch(&root().join("app/store/src/lib.rs"))?;
    run(cargo(["check", "--package", "rashin-store"])
        .env("DATABASE_URL", url)
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &found))?;
    Ok(found)
}

fn touch(file: &Path) -> Done {
    let touched = File::options().append(true).open(file);
    touched.and_then(|file| file.set_modified(now())).map_err(|error| format!("{}: {error}", file.display()).into())
}

#[expect(clippy::disallowed_methods, reason = "a time stamp for cargo, not a time in the product")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn contents(dir: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    below(dir)?.into_iter().map(|file| Ok((file.clone(), fs::read(dir.join(file))?))).collect()
}
