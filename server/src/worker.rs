//! The worker inside `rashin serve`: does the jobs of the queue, and asks for the reminders of each business day.

use std::time::Duration;

use rashin_app::{notification::jobs::perform, web::App};
use rashin_domain::{clock::Clock, reminder::morning};
use rashin_store::jobs::Jobs;
use tokio::{sync::watch, task::JoinHandle, time::sleep};

const LOOK_EVERY: Duration = Duration::from_secs(60);
/// After the database was away.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

pub struct Worker {
    stop: watch::Sender<bool>,
    jobs: Jobs,
    doing: JoinHandle<()>,
    mornings: JoinHandle<()>,
}

impl Worker {
    pub fn start(app: App, jobs: Jobs) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mornings = tokio::spawn(look_for_mornings(jobs.clone(), app.db.clock.clone()));
        let doing = tokio::spawn(work(app, jobs.clone(), stopped));
        Self { stop, jobs, doing, mornings }
    }

    /// Finishes the jobs that are being done; the others wait in the queue.
    pub async fn stop(self) {
        self.mornings.abort();
        self.stop.send_replace(true);
        if self.doing.await.is_err() {
            tracing::error!("the worker had stopped before it was asked to");
        }
        self.jobs.close().await;
    }
}

async fn work(app: App, jobs: Jobs, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let mut until = stopped.clone();
        let stop = async move { drop(until.wait_for(|stop| *stop).await) };
        let doing = app.clone();
        if let Err(error) = jobs.run(stop, move |tx, work| perform(doing.clone(), tx, work)).await {
            tracing::error!(error, "the worker stopped and starts again");
            sleep(AGAIN_AFTER).await;
        }
    }
}

/// Asks once a day, and once more after a start: what was told is not told again.
async fn look_for_mornings(jobs: Jobs, clock: Clock) {
    let mut asked = None;
    loop {
        if let Some(day) = morning(clock.now()).filter(|day| asked != Some(*day)) {
            match jobs.enqueue_reminders(day).await {
                Ok(()) => asked = Some(day),
                Err(error) => tracing::warn!(%error, "the day's reminders were not asked for"),
            }
        }
        sleep(LOOK_EVERY).await;
    }
}
