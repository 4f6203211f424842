//! What `make test` does, in order, here and in CI. The first stage that fails is the last.

use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::{
    command::{self, Done, Result, cargo, run, run_tests},
    database::{self, Database},
    project::{self, NATIVE, Profile, WASM, root, server_binary, site},
    setup::{self, Purpose},
    site,
    tally::Tally,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Stage {
    /// rustfmt
    Fmt,
    /// clippy, natively and for wasm
    Clippy,
    /// .sqlx is what the migrations and queries make
    Sqlx,
    /// unit and integration tests
    Unit,
    /// the wasm is small enough
    Size,
    /// the browser's view, with Playwright
    End2end,
}

pub fn test(chosen: &[Stage]) -> Done {
    let all = Stage::value_variants();
    let chosen: Vec<Stage> = all.iter().copied().filter(|it| chosen.is_empty() || chosen.contains(it)).collect();
    let purpose = if chosen.contains(&Stage::End2end) { Purpose::Test } else { Purpose::Run };
    setup::install(purpose)?;
    if chosen.contains(&Stage::Unit) {
        setup::libreoffice()?;
    }

    let mut bench = Bench::default();
    let mut report = Vec::new();
    let mut failure = None;
    for stage in chosen {
        println!("\n== {} ==", stage.name());
        let begun = Instant::now();
        let result = bench.run(stage);
        report.push((stage, begun.elapsed(), result.is_ok()));
        if let Err(error) = result {
            failure = Some(format!("{}: {error}", stage.name()));
            break;
        }
    }
    let stopped = bench.database.map_or(Ok(()), Database::stop);
    conclude(&report, &bench.tally, failure.is_some());
    failure.map_or(Ok(()), |sentence| Err(sentence.into())).and(stopped)
}

#[derive(Default)]
struct Bench {
    /// Started by the first stage that needs it.
    database: Option<Database>,
    tally: Tally,
}

impl Bench {
    fn run(&mut self, stage: Stage) -> Done {
        match stage {
            Stage::Fmt => run(&mut cargo(["fmt", "--all", "--", "--check", "--color=never"])),
            Stage::Clippy => clippy(),
            Stage::Sqlx => database::check_prepared(self.database()?),
            Stage::Unit => self.unit(),
            Stage::Size => {
                site::build(Profile::Release)?;
                site::check_size()
            }
            Stage::End2end => self.end2end(),
        }
    }

    fn database(&mut self) -> Result<&Database> {
        if self.database.is_none() {
            self.database = Some(Database::start()?);
        }
        self.database.as_ref().ok_or_else(|| "there is no database".into())
    }

    fn unit(&mut self) -> Done {
        let url = self.database()?.url(database::TESTS);
        let mut tests = cargo(["test"]);
        tests.args(NATIVE).env("DATABASE_URL", url).env("SQLX_OFFLINE", "true");
        project::postgres_for(&mut tests);
        run_tests(&mut tests, &mut self.tally)
    }

    fn end2end(&mut self) -> Done {
        site::build(Profile::Release)?;
        run(&mut project::build_server(Profile::Dev))?;
        let dir = root().join("end2end");
        let mut playwright = command::new(dir.join("node_modules/.bin/playwright"));
        playwright
            .arg("test")
            .current_dir(dir)
            .env("RASHIN_BIN", server_binary(Profile::Dev))
            .env("RASHIN_SITE", site())
            .env("FORCE_COLOR", "0")
            .env_remove("DATABASE_URL");
        if let Some(chromium) = setup::chromium() {
            playwright.env("CHROMIUM", chromium);
        }
        project::postgres_for(&mut playwright);
        run_tests(&mut playwright, &mut self.tally)
    }
}

impl Stage {
    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |it| it.get_name().to_owned())
    }
}

fn clippy() -> Done {
    run(cargo(["clippy"]).args(NATIVE).args(["--all-targets", "--", "-D", "warnings"]))?;
    run(cargo(["clippy", "--package", "rashin-frontend", "--target", WASM]).args(["--", "-D", "warnings"]))
}

/// The last line alone is what CI counts; a failure that no test runner counted counts as one.
fn conclude(report: &[(Stage, Duration, bool)], tally: &Tally, failed: bool) {
    println!();
    for (stage, took, passed) in report {
        let verdict = if *passed { "ok" } else { "FAILED" };
        println!("{:8} {:>6.1} s  {verdict}", stage.name(), took.as_secs_f64());
    }
    let failures = if failed { tally.failed.max(1) } else { tally.failed };
    println!("\n{} passed, {failures} failed", tally.passed);
}
