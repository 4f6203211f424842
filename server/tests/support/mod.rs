//! The whole service on a test's database, and browsers without JavaScript to drive it.
#![allow(dead_code, unused_imports, reason = "each test file uses its part")]

mod browser;
pub mod council;
mod excel;
mod html;
mod people;
pub mod statements;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use axum::Router;
use jiff::{SignedDuration, Timestamp};
use rashin_app::{
    notification::jobs::perform,
    web::{App, Mailer, Passwords, Site},
};
use rashin_domain::{clock::Clock, ids::Ids};
use rashin_server::{edge::Edge, ids, router, seed};
use rashin_store::{Db, Maintenance, jobs::Jobs};
use sqlx::PgPool;

pub use browser::{Answer, Browser, Send, form, percent};
pub use excel::Table;
pub use html::{base64, boxes, error_links, field, fields, hidden, main, title, unescape};
pub use people::{NewMember, PASSWORD, figures};

pub const HTTP: &str = "http://rashin.example";
pub const HTTPS: &str = "https://rashin.example";
/// A Sunday in the middle of fiscal year 2026.
pub const NOW: &str = "2026-11-22T06:00:00Z";

/// A running service with the demonstration's tenants.
pub struct Service {
    pub router: Router,
    pub origin: &'static str,
    pub edge: Edge,
    pub db: Db,
    pub maintenance: Maintenance,
    pub jobs: Jobs,
    pub app: App,
    /// The test's own eyes, as the migrator.
    pub pool: PgPool,
    pub ids: Ids,
    now: Arc<Mutex<Timestamp>>,
    folder: PathBuf,
}

impl Service {
    pub async fn start(pool: PgPool) -> Self {
        Self::at(pool, HTTP).await
    }

    /// Behind TLS.
    pub async fn start_secure(pool: PgPool) -> Self {
        Self::at(pool, HTTPS).await
    }

    async fn at(pool: PgPool, origin: &'static str) -> Self {
        let now: Arc<Mutex<Timestamp>> = Arc::new(Mutex::new(NOW.parse().unwrap()));
        let clock = {
            let now = now.clone();
            Clock::new(move || *now.lock().unwrap())
        };
        let ids = ids();
        let maintenance = Maintenance::for_test(pool.clone(), clock.clone(), ids.clone());
        maintenance.migrate_jobs().await.unwrap();
        let seeds = repository().join("seeds");
        seed::masters(&maintenance, &seeds).await.unwrap();
        seed::demo(&maintenance, &seeds, &ids).await.unwrap();
        let db = Db::for_test(&pool, clock.clone(), ids.clone()).await.unwrap();
        let jobs = Jobs::for_test(&pool, clock, ids.clone()).await.unwrap();
        let folder = std::env::temp_dir().join(format!("rashin-test-{}", ids.uuid(NOW.parse().unwrap())));
        let site = folder.join("site");
        std::fs::create_dir_all(site.join("pkg")).unwrap();
        std::fs::write(site.join("pkg/rashin.css"), "body{}").unwrap();
        std::fs::write(site.join("boot.js"), "0;").unwrap();
        let app = App {
            db: db.clone(),
            mail: Mailer::files("羅針 <no-reply@rashin.example>", folder.join("outbox")).unwrap(),
            passwords: Passwords::new(&ids.bytes()).unwrap(),
            site: Arc::new(Site { public_url: origin.to_owned(), contact: String::new() }),
        };
        let edge = Edge { origin: origin.to_owned(), secure: origin == HTTPS, trusted_proxy: false };
        let router = router::build(app.clone(), edge.clone(), &site);
        Self { router, origin, edge, db, maintenance, jobs, app, pool, ids, now, folder }
    }

    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now += by;
    }

    /// Does the jobs that wait, as the worker does.
    pub async fn work(&self) {
        self.work_with(self.app.clone()).await;
    }

    /// What the server does each morning: the day's reminders, then the mails that they put off. Nothing on closed days.
    pub async fn morning(&self) {
        if let Some(day) = rashin_domain::reminder::morning(self.now()) {
            self.jobs.enqueue_reminders(day).await.unwrap();
        }
        self.work().await;
        self.work().await;
    }

    /// The same with another mail server.
    pub async fn work_with(&self, app: App) {
        self.jobs.run_once(move |tx, work| perform(app.clone(), tx, work)).await.unwrap();
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), self.origin)
    }

    /// A browser in which somebody has signed in with the demonstration's password.
    pub async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, 303, "{login} cannot sign in: {}", answer.text());
        assert!(!answer.location().starts_with("/sign-in"), "{login} cannot sign in: {}", answer.location());
        browser
    }

    /// Mails in the outbox that were sent to an address, decoded.
    pub fn mails_to(&self, address: &str) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.join("outbox")).unwrap();
        let mails = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
        mails.filter(|mail| mail.contains(&format!("To: {address}"))).map(|mail| html::mail_text(&mail)).collect()
    }

    /// The same, once there are so many: mails are sent in the background.
    pub async fn mails_of(&self, address: &str, count: usize) -> Vec<String> {
        for _ in 0..500 {
            let mails = self.mails_to(address);
            if mails.len() >= count {
                return mails;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no mail to {address}");
    }

    /// One number from the database, seen by the migrator as the owner of all rows.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    /// One number from inside a tenant.
    pub async fn count_in(&self, city: &str, sql: &'static str) -> i64 {
        let mut tx = self.pool.begin().await.unwrap();
        sqlx::query("select from gate.enter_maintenance($1)").bind(city).execute(&mut *tx).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The root of the checkout.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
