//! Builds, runs and tests Rashin; what the Makefile calls.

mod command;
mod database;
mod dev;
mod files;
mod project;
mod setup;
mod site;
mod stages;
mod tally;

use std::{ffi::OsString, os::unix::process::CommandExt, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    command::{Done, run, words},
    project::Profile,
    setup::Purpose,
    stages::Stage,
};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and tests Rashin")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing on this machine
    Setup {
        #[arg(long = "for", value_enum, default_value = "run")]
        purpose: Purpose,
    },
    /// Build the site and the server
    Build {
        /// Quick to build, slow to run
        #[arg(long)]
        dev: bool,
    },
    /// Build, then serve the demonstration
    Run,
    /// Serve the demonstration; rebuild and restart on every change
    Dev,
    /// Check and test everything, or only the stages named
    Test { stages: Vec<Stage> },
    /// Measure the heaviest pages on a plan of 500 nodes and 300 KPIs
    Bench,
    /// Write .sqlx anew from the migrations and the queries
    Prepare,
    /// Run a command beside the private test cluster, with DATABASE_URL set
    Postgres {
        #[arg(required = true, trailing_var_arg = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Setup { purpose } => setup::install(purpose),
        Task::Build { dev: false } => build(Profile::Release),
        Task::Build { dev: true } => build(Profile::Dev),
        Task::Run => serve(),
        Task::Dev => dev::serve(),
        Task::Test { stages } => stages::test(&stages),
        Task::Bench => bench(),
        Task::Prepare => prepare(),
        Task::Postgres { command } => postgres(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(profile: Profile) -> Done {
    setup::install(Purpose::Build)?;
    site::build(profile)?;
    run(&mut project::build_server(profile))
}

fn serve() -> Done {
    setup::install(Purpose::Run)?;
    build(Profile::Release)?;
    // In our place, so that Ctrl-C and SIGTERM reach the server.
    let mut server = project::server(Profile::Release);
    Err(format!("Cannot run {}: {}", words(&server), server.exec()).into())
}

fn bench() -> Done {
    let test = [
        "cargo",
        "test",
        "--release",
        "--package",
        "rashin-server",
        "--test",
        "bench",
        "--",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ];
    postgres(&test.map(OsString::from))
}

fn prepare() -> Done {
    setup::install(Purpose::Run)?;
    let database = database::Database::start()?;
    let prepared = database::prepare(&database);
    database.stop()?;
    prepared
}

fn postgres(command: &[OsString]) -> Done {
    setup::install(Purpose::Run)?;
    let database = database::Database::start()?;
    let ran = run(command::new(&command[0]).args(&command[1..]).env("DATABASE_URL", database.url(database::TESTS)));
    database.stop()?;
    ran
}
