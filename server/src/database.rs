//! Where PostgreSQL comes from: a private cluster under the data folder, or the operator's server.

use std::path::Path;

use rashin_cluster::Cluster;

use crate::config::{Config, Database, reveal};

const NAME: &str = "rashin";
const BOOTSTRAP: &str = include_str!("../../migrations/bootstrap.sql");

/// Addresses of the database, and the private cluster that has to live as long as they are used.
pub struct Opened {
    pub app_url: Option<String>,
    pub migrator_url: Option<String>,
    pub worker_url: Option<String>,
    pub cluster: Option<Cluster>,
}

/// Starts the private cluster if no other database is configured; makes its roles and its database on first use.
pub async fn open(config: &Config) -> Result<Opened, String> {
    match &config.database {
        Database::External { app, migrator, worker } => {
            let text = |secret: &Option<_>| secret.as_ref().map(|s| reveal(s).to_owned());
            Ok(Opened { app_url: text(app), migrator_url: text(migrator), worker_url: text(worker), cluster: None })
        }
        Database::Embedded => {
            let data = config.data.join("postgres");
            // The cluster's calls block: they start and watch a process.
            let opened = tokio::task::spawn_blocking(move || embedded(&data)).await.map_err(|error| error.to_string())?;
            opened.map_err(|error| error.to_string())
        }
    }
}

fn embedded(data: &Path) -> Result<Opened, rashin_cluster::ClusterError> {
    let cluster = Cluster::start(data)?;
    cluster.execute("postgres", "postgres", BOOTSTRAP)?;
    let known = cluster.execute("postgres", "postgres", &format!("select datname from pg_database where datname = '{NAME}'"))?;
    if known.is_empty() {
        cluster.execute("rashin_migrator", "postgres", &format!("create database {NAME}"))?;
    }
    Ok(Opened {
        app_url: Some(cluster.url("rashin_app", NAME)),
        migrator_url: Some(cluster.url("rashin_migrator", NAME)),
        worker_url: Some(cluster.url("rashin_worker", NAME)),
        cluster: Some(cluster),
    })
}
