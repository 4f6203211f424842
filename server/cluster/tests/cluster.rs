//! On a real PostgreSQL.

use std::{
    env,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, mkdtemp},
};
use rashin_cluster::Cluster;

struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        Scratch(mkdtemp(&env::temp_dir().join("rashin-test.XXXXXX")).unwrap())
    }

    fn start(&self) -> Cluster {
        Cluster::start_for_tests(&self.0, tools().as_deref()).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Ok(home) = std::fs::read_to_string(self.0.join("location")) {
            let _ = std::fs::remove_dir_all(home.trim_end());
        }
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn tools() -> Option<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools").canonicalize().ok()
}

fn ask(cluster: &Cluster, sql: &str) -> Vec<String> {
    cluster.execute("postgres", "postgres", sql).unwrap()
}

#[test]
fn data_outlive_a_stop() {
    let scratch = Scratch::new();
    let cluster = scratch.start();
    ask(&cluster, "create table t (word text)");
    ask(&cluster, "insert into t values ('羅針')");
    let socket_dir = cluster.socket_dir().to_path_buf();
    cluster.stop().unwrap();
    assert!(!socket_dir.exists());
    assert_eq!(ask(&scratch.start(), "select word from t"), ["羅針"]);
}

#[test]
fn a_killed_postgresql_is_recovered() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    ask(&cluster, "create table t (n int)");
    ask(&cluster, "insert into t values (7)");
    kill(Pid::from_raw(cluster.pid()), Signal::SIGKILL).unwrap();
    // The killed one is still a zombie of this process, as below an init that does not reap.
    let again = Cluster::start(&scratch.0).unwrap();
    assert_ne!(again.pid(), cluster.pid());
    assert_eq!(ask(&again, "select n from t"), ["7"]);
    let socket_dir = again.socket_dir().to_path_buf();
    drop(again);
    drop(cluster);
    assert!(!socket_dir.exists(), "the last one stops the one that came after its own");
}

#[test]
fn a_directory_open_to_the_account_of_postgresql_holds_the_data_itself() {
    let scratch = Scratch::new();
    std::fs::set_permissions(&scratch.0, std::fs::Permissions::from_mode(0o711)).unwrap();
    let cluster = scratch.start();
    assert!(scratch.0.join("pgdata/PG_VERSION").exists());
    assert!(!scratch.0.join("location").exists());
    assert_eq!(ask(&cluster, "show server_encoding"), ["UTF8"]);
    assert_eq!(ask(&cluster, "show listen_addresses"), [""]);
}

#[test]
fn the_last_of_two_programs_stops_it() {
    let scratch = Scratch::new();
    let first = scratch.start();
    let second = scratch.start();
    assert_eq!(first.pid(), second.pid());
    assert_eq!(first.socket_dir(), second.socket_dir());
    first.stop().unwrap();
    assert_eq!(ask(&second, "select 1"), ["1"]);
    let socket_dir = second.socket_dir().to_path_buf();
    drop(second);
    assert!(!socket_dir.exists());
}

#[test]
fn what_a_killed_program_left_running_is_taken_up() {
    let scratch = Scratch::new();
    let mut program = Command::new(env::current_exe().unwrap())
        .args(["--exact", "program_to_be_killed", "--ignored", "--nocapture"])
        .env("RASHIN_TEST_CLUSTER", &scratch.0)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = BufReader::new(program.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.rsplit("running as ").next()?.parse().ok())
        .unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    let cluster = scratch.start();
    assert_eq!(cluster.pid(), pid);
    cluster.stop().unwrap();
    assert_ne!(scratch.start().pid(), pid);
}

#[test]
#[ignore = "a program for the test above"]
fn program_to_be_killed() {
    let Some(dir) = env::var_os("RASHIN_TEST_CLUSTER") else {
        return;
    };
    let cluster = Cluster::start_for_tests(Path::new(&dir), tools().as_deref()).unwrap();
    println!("\nrunning as {}", cluster.pid());
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn a_pid_file_that_names_a_stranger_is_no_obstacle() {
    let scratch = Scratch::new();
    let cluster = scratch.start();
    let pgdata = PathBuf::from(&ask(&cluster, "show data_directory")[0]);
    cluster.stop().unwrap();
    std::fs::write(pgdata.join("postmaster.pid"), format!("{}\n", std::process::id())).unwrap();
    assert_eq!(ask(&scratch.start(), "select 1"), ["1"]);
}

#[test]
fn addresses_carry_the_socket_as_a_percent_encoded_host() {
    let scratch = Scratch::new();
    let cluster = scratch.start();
    let host = cluster.socket_dir().to_str().unwrap().replace('/', "%2F");
    assert_eq!(cluster.url("rashin_app", "rashin"), format!("postgres://rashin_app@{host}/rashin"));
}

#[test]
fn what_postgresql_refuses_is_said_in_a_sentence() {
    let scratch = Scratch::new();
    let cluster = scratch.start();
    let refusal = |user, sql| cluster.execute(user, "postgres", sql).unwrap_err().to_string();
    assert_eq!(refusal("postgres", "select 1; select x"), "PostgreSQL refuses: column \"x\" does not exist (at character 18).");
    assert_eq!(refusal("mayor", "select 1"), "PostgreSQL refuses: role \"mayor\" does not exist.");
    assert_eq!(ask(&cluster, "select null; select 'a b'"), ["", "a b"]);
}
