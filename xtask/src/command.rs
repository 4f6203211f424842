//! Running other programs: said beforehand, streamed, refused if they fail.

use std::{
    env,
    error::Error,
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{project::root, tally::Tally};

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;
pub type Done = Result<()>;

pub fn new(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

pub fn run(command: &mut Command) -> Done {
    println!("$ {}", words(command));
    let status = command.status().map_err(|error| format!("{}: {error}", words(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", words(command)).into()) }
}

/// Streams what the command prints and counts the tests it tells of.
pub fn run_tests(command: &mut Command, tally: &mut Tally) -> Done {
    println!("$ {}", words(command));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{}: {error}", words(command)))?;
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line)? > 0 {
            let mut out = std::io::stdout().lock();
            out.write_all(&line)?;
            out.flush()?;
            tally.hear(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", words(command)).into()) }
}

/// What a quick command prints; None if it fails or is not there.
pub fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

pub fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|candidate| candidate.is_file())
}

pub fn words(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    std::iter::once(name).chain(command.get_args()).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
