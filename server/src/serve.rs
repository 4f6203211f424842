//! `rashin serve`: from configuration to a listening server, and its orderly end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use rashin_app::web::{App, Mailer, Passwords, Site};
use rashin_store::{Db, Maintenance, jobs::Jobs};
use tokio::{net::TcpListener, signal::unix};

use crate::{
    clock,
    config::{Config, Mail, reveal},
    database::{self, Opened},
    edge::Edge,
    ids, router, seed, session,
    worker::Worker,
};

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Where mail goes.
pub fn mailer(config: &Config) -> Result<Mailer> {
    Ok(match &config.mail {
        Mail::Files => Mailer::files(&config.mail_from, config.data.join("outbox"))?,
        Mail::Smtp(url) => Mailer::smtp(&config.mail_from, reveal(url))?,
    })
}

/// What handlers need, from a configuration and a database.
pub fn app(config: &Config, db: Db) -> Result<App> {
    let mail = mailer(config)?;
    let passwords = Passwords::new(&db.ids.bytes())?;
    let site = Site { public_url: config.public_url.clone(), contact: config.contact.clone() };
    Ok(App { db, mail, passwords, site: Arc::new(site) })
}

pub fn edge(config: &Config) -> Edge {
    Edge { origin: config.public_url.clone(), secure: config.is_secure(), trusted_proxy: config.trusted_proxy }
}

/// Opens the database for the command line, migrated.
pub async fn maintenance(config: &Config, opened: &Opened) -> Result<Maintenance> {
    let url = opened.migrator_url.as_deref().ok_or("MIGRATION_DATABASE_URL is needed for this")?;
    Ok(Maintenance::connect(url, clock(config.clock_start), ids()).await?)
}

/// Runs until SIGTERM or Ctrl-C: then requests in flight are finished and PostgreSQL is stopped.
pub async fn run(config: Config, with_demo: bool) -> Result<()> {
    let opened = database::open(&config).await?;
    let served = serve(&config, &opened, with_demo).await;
    if let Some(cluster) = opened.cluster {
        tokio::task::spawn_blocking(move || cluster.stop()).await??;
    }
    served
}

async fn serve(config: &Config, opened: &Opened, with_demo: bool) -> Result<()> {
    if opened.migrator_url.is_some() {
        let maintenance = maintenance(config, opened).await?;
        maintenance.migrate().await?;
        if opened.cluster.is_some() || with_demo {
            seed::masters(&maintenance, &config.seeds).await?;
        }
        if with_demo {
            seed::demo(&maintenance, &config.seeds, &ids()).await?;
        }
        maintenance.close().await;
    }
    let url = opened.app_url.as_deref().ok_or("DATABASE_URL is needed to serve")?;
    let db = Db::connect(url, clock(config.clock_start), ids()).await?;
    let cleaning = tokio::spawn(clean_hourly(db.clone()));
    let app = app(config, db.clone())?;
    let worker = match &opened.worker_url {
        Some(url) => Some(Worker::start(app.clone(), Jobs::connect(url, db.clock.clone(), ids()).await?)),
        None => {
            tracing::warn!("without WORKER_DATABASE_URL this server sends no reminders; jobs wait for another one");
            None
        }
    };
    let service = router::build(app, edge(config), &config.site);
    let listener = TcpListener::bind(config.listen).await.map_err(|error| format!("{} cannot be listened on: {error}", config.listen))?;
    greet(config, with_demo);
    listen(listener, service).await?;
    cleaning.abort();
    if let Some(worker) = worker {
        worker.stop().await;
    }
    db.close().await;
    Ok(())
}

async fn listen(listener: TcpListener, service: Router) -> Result<()> {
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).with_graceful_shutdown(asked_to_stop()).await?)
}

async fn asked_to_stop() {
    let Ok(mut terminate) = unix::signal(unix::SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: requests in flight are finished first");
}

async fn clean_hourly(db: Db) {
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hour.tick().await;
        if let Err(error) = session::clean(&db).await {
            tracing::warn!(%error, "expired sessions were not removed");
        }
    }
}

/// What a person at the terminal wants to know.
fn greet(config: &Config, with_demo: bool) {
    println!("Rashin is ready: {}", config.public_url);
    if with_demo {
        println!("  Kai City's plan   {}/kai", config.public_url);
        println!("Demonstration logins (password of all: {}):", seed::DEMO_PASSWORD);
        for (email, what) in DEMO_LOGINS {
            println!("  {email:<28} {what}");
        }
    }
}

/// One login of each role; the staff files have more.
const DEMO_LOGINS: &[(&str, &str)] = &[
    ("jimukyoku@kai.example", "甲斐市 事務局"),
    ("shimin@kai.example", "甲斐市 担当（市民課）"),
    ("shimin-kacho@kai.example", "甲斐市 承認者（市民課長）"),
    ("kanri@kai.example", "甲斐市 管理者"),
    ("etsuran@kai.example", "甲斐市 閲覧者"),
    ("jimukyoku@midorino.example", "みどり野市（架空） 事務局"),
    ("shien@mizuho.example", "みずほ県（架空） 市町村支援"),
];
