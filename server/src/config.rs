//! Configuration by environment and file (`RASHIN_CONFIG`, TOML). All problems are reported together, secrets never printed.

use std::{net::SocketAddr, path::PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Settings as they are written, before they are understood.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    database_url: Option<String>,
    migration_database_url: Option<String>,
    worker_database_url: Option<String>,
    listen: String,
    public_url: Option<String>,
    data: PathBuf,
    site: PathBuf,
    seeds: PathBuf,
    mail: String,
    mail_from: String,
    contact: String,
    trusted_proxy: bool,
    clock: Option<String>,
    log: String,
}

impl Default for Raw {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            database_url: None,
            migration_database_url: None,
            worker_database_url: None,
            listen: text("127.0.0.1:3000"),
            public_url: None,
            data: PathBuf::from(".data"),
            site: PathBuf::from("target/site"),
            seeds: PathBuf::from("seeds"),
            mail: text("file"),
            mail_from: text("羅針 <no-reply@localhost>"),
            contact: String::new(),
            trusted_proxy: false,
            clock: None,
            log: text("info"),
        }
    }
}

/// Settings as the server uses them.
#[derive(Debug)]
pub struct Config {
    pub database: Database,
    pub listen: SocketAddr,
    /// Without a slash at the end.
    pub public_url: String,
    pub data: PathBuf,
    pub site: PathBuf,
    pub seeds: PathBuf,
    pub mail: Mail,
    pub mail_from: String,
    pub contact: String,
    /// Believe `X-Forwarded-For`: only behind a proxy that sets it.
    pub trusted_proxy: bool,
    pub clock_start: Option<Timestamp>,
    pub log: String,
}

#[derive(Debug)]
pub enum Database {
    /// A private cluster under `data`.
    Embedded,
    External {
        app: Option<SecretString>,
        migrator: Option<SecretString>,
        worker: Option<SecretString>,
    },
}

#[derive(Debug)]
pub enum Mail {
    Files,
    Smtp(SecretString),
}

/// Every problem of a configuration, a line each.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n{}", .0.iter().map(|p| format!("  - {p}\n")).collect::<String>())]
pub struct Problems(Vec<String>);

impl Config {
    /// Reads the file named by `RASHIN_CONFIG` (if any), then the environment: `RASHIN_LISTEN` …, and
    /// `DATABASE_URL`, `MIGRATION_DATABASE_URL`, `WORKER_DATABASE_URL` as they are customary.
    pub fn load() -> Result<Self, Problems> {
        let mut figment = Figment::from(Serialized::defaults(Raw::default()));
        if let Some(file) = std::env::var_os("RASHIN_CONFIG") {
            let file = PathBuf::from(file);
            if !file.is_file() {
                return Err(Problems(vec![format!("RASHIN_CONFIG names {}, which is no file", file.display())]));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        // Other RASHIN_ variables belong to tools around the server.
        let known = ["listen", "public_url", "data", "site", "seeds", "mail", "mail_from", "contact", "trusted_proxy", "clock", "log"];
        figment = figment.merge(Env::prefixed("RASHIN_").only(&known)).merge(Env::raw().only(&[
            "database_url",
            "migration_database_url",
            "worker_database_url",
        ]));
        match figment.extract::<Raw>() {
            Ok(raw) => Self::understand(raw),
            // figment quotes the value it could not read; addresses of databases carry passwords.
            Err(errors) => Err(Problems(errors.into_iter().map(|e| format!("{}: not understood", e.path.join("."))).collect())),
        }
    }

    fn understand(raw: Raw) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let postgres = |name: &str, url: Option<String>, problems: &mut Vec<String>| {
            let url = url?;
            if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
                problems.push(format!("{name} must start with postgres://"));
            }
            Some(SecretString::from(url))
        };
        let app = postgres("DATABASE_URL", raw.database_url, &mut problems);
        let migrator = postgres("MIGRATION_DATABASE_URL", raw.migration_database_url, &mut problems);
        let worker = postgres("WORKER_DATABASE_URL", raw.worker_database_url, &mut problems);
        let database = if app.is_none() && migrator.is_none() { Database::Embedded } else { Database::External { app, migrator, worker } };
        let listen = raw.listen.parse().unwrap_or_else(|_| {
            problems.push("RASHIN_LISTEN must be an address and a port, such as 127.0.0.1:3000".to_owned());
            SocketAddr::from(([127, 0, 0, 1], 3000))
        });
        let public_url = raw.public_url.unwrap_or_else(|| format!("http://{listen}"));
        let host = public_url.strip_prefix("https://").or_else(|| public_url.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.trim_end_matches('/').contains('/')) {
            problems.push("RASHIN_PUBLIC_URL must be http(s)://host without a path".to_owned());
        }
        let mail = match raw.mail.as_str() {
            "file" => Mail::Files,
            url if url.starts_with("smtp://") || url.starts_with("smtps://") => Mail::Smtp(SecretString::from(raw.mail)),
            _ => {
                problems.push("RASHIN_MAIL must be \"file\" or an smtp:// or smtps:// address".to_owned());
                Mail::Files
            }
        };
        let clock_start = raw.clock.and_then(|text| {
            let start = text.parse();
            if start.is_err() {
                problems.push("RASHIN_CLOCK must be a moment such as 2026-11-22T10:00:00+09:00".to_owned());
            }
            start.ok()
        });
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        Ok(Self {
            database,
            listen,
            public_url: public_url.trim_end_matches('/').to_owned(),
            data: raw.data,
            site: raw.site,
            seeds: raw.seeds,
            mail,
            mail_from: raw.mail_from,
            contact: raw.contact,
            trusted_proxy: raw.trusted_proxy,
            clock_start,
            log: raw.log,
        })
    }

    /// Served over TLS (by the proxy in front).
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The text of a secret, for the one call that needs it.
pub fn reveal(secret: &SecretString) -> &str {
    secret.expose_secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_told_at_once_and_no_secret_with_them() {
        let raw = Raw {
            listen: "nowhere".into(),
            public_url: Some("ftp://x".into()),
            mail: "carrier pigeon".into(),
            clock: Some("soon".into()),
            database_url: Some("mysql://root:hunter2@db".into()),
            ..Raw::default()
        };
        let told = Config::understand(raw).unwrap_err().to_string();
        for word in ["RASHIN_LISTEN", "RASHIN_PUBLIC_URL", "RASHIN_MAIL", "RASHIN_CLOCK", "DATABASE_URL"] {
            assert!(told.contains(word), "{told}");
        }
        assert!(!told.contains("hunter2"));
    }

    #[test]
    fn a_printed_configuration_hides_its_secrets() {
        let raw = Raw { database_url: Some("postgres://app:hunter2@db/x".into()), mail: "smtp://u:hunter2@mail".into(), ..Raw::default() };
        let config = Config::understand(raw).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.public_url, "http://127.0.0.1:3000");
    }
}
