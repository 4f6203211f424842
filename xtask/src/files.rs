//! Writing files only when they change, so that time stamps and caches mean something.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::command::{Done, Result};

pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Whether it had to be written.
pub fn write_if_new(path: &Path, content: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|there| there == content) {
        return Ok(false);
    }
    let write = || -> io::Result<()> {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, content)
    };
    write().map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(true)
}

/// All files below a directory, sorted, relative to it; none if there is no such directory.
pub fn below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_path_buf()];
    while let Some(next) = dirs.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                files.push(path.strip_prefix(dir)?.to_path_buf());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Copies a directory's files and removes those that it no longer has, `keep` excepted.
pub fn mirror(from: &Path, to: &Path, keep: &str) -> Done {
    let files: BTreeSet<PathBuf> = below(from)?.into_iter().collect();
    for file in &files {
        write_if_new(&to.join(file), &fs::read(from.join(file))?)?;
    }
    for file in below(to)? {
        if !(files.contains(&file) || !keep.is_empty() && file.starts_with(keep)) {
            fs::remove_file(to.join(file))?;
        }
    }
    Ok(())
}

/// Writes `<path>.br` beside `path`, which the server hands out to browsers that take it.
pub fn compress(path: &Path) -> Done {
    let content = fs::read(path)?;
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, 11, 22);
    writer.write_all(&content)?;
    writer.flush()?;
    drop(writer);
    write_if_new(&compressed_name(path), &compressed)?;
    Ok(())
}

pub fn compressed_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

pub fn remove_if_there(path: &Path) -> Done {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(format!("{}: {error}", path.display()).into()),
        _ => Ok(()),
    }
}
