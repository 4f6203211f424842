//! The site: `public/`, the style sheet, and the islands as wasm.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    command::{self, Done, Result, cargo, run},
    files::{below, compress, compressed_name, mirror, read, remove_if_there, write_if_new},
    project::{Profile, WASM, root, site, target},
};

/// Pages ask for `/pkg/rashin.css`, `.js` and `.wasm`; also LEPTOS_OUTPUT_NAME in .cargo/config.toml.
const NAME: &str = "rashin";
const OPTIMISE: [&str; 4] = ["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-reference-types"];
/// Offices are on slow lines; what a page loads must stay a fraction of a second there.
const MOST_WASM_BYTES: u64 = 120_000;

pub fn build(profile: Profile) -> Done {
    mirror(&root().join("public"), &site(), "pkg")?;
    style(profile)?;
    let wasm = compile(profile)?;
    let stamp = target().join("site.stamp");
    let now = fingerprint(&wasm, profile)?;
    if wasm_file().exists() && fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        return Ok(());
    }
    remove_if_there(&stamp)?;
    bind(&wasm, profile)?;
    fs::write(&stamp, now)?;
    Ok(())
}

pub fn wasm_file() -> PathBuf {
    package().join(format!("{NAME}.wasm"))
}

pub fn check_size() -> Done {
    let size = fs::metadata(compressed_name(&wasm_file()))?.len();
    println!("{NAME}.wasm.br: {size} bytes of at most {MOST_WASM_BYTES}");
    if size > MOST_WASM_BYTES {
        return Err(format!("the wasm is {} bytes too large", size - MOST_WASM_BYTES).into());
    }
    Ok(())
}

fn package() -> PathBuf {
    site().join("pkg")
}

/// One style sheet, in the order of `style/order.txt`; a file it does not name is a mistake.
fn style(profile: Profile) -> Done {
    let dir = root().join("style");
    let order = read(&dir.join("order.txt"))?;
    let names: Vec<&str> = order.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    if let Some(forgotten) = below(&dir)?
        .iter()
        .find(|file| file.extension().is_some_and(|it| it == "css") && !names.iter().any(|name| Path::new(name) == file.as_path()))
    {
        return Err(format!("style/order.txt does not name {}", forgotten.display()).into());
    }
    let mut sheet = String::new();
    for name in names {
        sheet += read(&dir.join(name))?.trim_end();
        sheet += "\n";
    }
    let file = package().join(format!("{NAME}.css"));
    let new = write_if_new(&file, sheet.as_bytes())?;
    finish(&file, profile, new)
}

fn compile(profile: Profile) -> Result<PathBuf> {
    let (cargo_profile, dir) = match profile {
        Profile::Dev => ("dev", "debug"),
        Profile::Release => ("wasm-release", "wasm-release"),
    };
    run(cargo(["build", "--package", "rashin-frontend", "--target", WASM]).args(["--profile", cargo_profile]))?;
    Ok(target().join(WASM).join(dir).join("rashin_frontend.wasm"))
}

/// JavaScript beside the wasm, then the wasm made small.
fn bind(wasm: &Path, profile: Profile) -> Done {
    let bound = target().join("bindgen");
    let _ = fs::remove_dir_all(&bound);
    Bindgen::new()
        .input_path(wasm)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(profile == Profile::Release)
        .remove_producers_section(profile == Profile::Release)
        .generate(&bound)?;

    let plain = bound.join(format!("{NAME}_bg.wasm"));
    let small = bound.join(format!("{NAME}.wasm"));
    match profile {
        Profile::Dev => fs::rename(&plain, &small)?,
        Profile::Release => {
            let optimise = root().join("frontend/node_modules/.bin/wasm-opt");
            run(command::new(optimise).args(OPTIMISE).arg(&plain).arg("-o").arg(&small))?;
            fs::remove_file(&plain)?;
        }
    }
    for file in below(&bound)? {
        let placed = package().join(&file);
        let new = write_if_new(&placed, &fs::read(bound.join(&file))?)?;
        finish(&placed, profile, new)?;
    }
    Ok(())
}

/// In development nothing is compressed, and nothing compressed earlier may be handed out.
fn finish(file: &Path, profile: Profile, new: bool) -> Done {
    match profile {
        Profile::Dev => remove_if_there(&compressed_name(file)),
        Profile::Release if new || !compressed_name(file).exists() => compress(file),
        Profile::Release => Ok(()),
    }
}

fn fingerprint(wasm: &Path, profile: Profile) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    fs::read(wasm)?.hash(&mut hasher);
    (profile == Profile::Release).hash(&mut hasher);
    OPTIMISE.hash(&mut hasher);
    read(&root().join("frontend/package-lock.json"))?.hash(&mut hasher);
    // The binding code is part of this program.
    fs::read(root().join("Cargo.lock"))?.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}
