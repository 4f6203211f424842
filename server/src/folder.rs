//! Plan folders on disk.

use std::path::Path;

use rashin_domain::plan_folder::{Files, Folder, read, write};

/// Why a folder could not be read: a line for each fault.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FolderError(String);

/// Reads a plan folder. All faults are reported, each with file, line and reason.
pub fn load(dir: &Path) -> Result<Folder, FolderError> {
    let files = collect(dir).map_err(|error| FolderError(format!("{} を読めません：{error}", dir.display())))?;
    read(&files).map_err(|faults| {
        let lines: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
        FolderError(format!("{} には{}件の誤りがあります。何も取り込んでいません。\n{lines}", dir.display(), faults.len()))
    })
}

fn collect(dir: &Path) -> std::io::Result<Files> {
    let mut files = Files::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() {
            files.insert(name, std::fs::read(entry.path())?);
        } else if name == "chapters" {
            for chapter in std::fs::read_dir(entry.path())? {
                let chapter = chapter?;
                files.insert(format!("chapters/{}", chapter.file_name().to_string_lossy()), std::fs::read(chapter.path())?);
            }
        }
    }
    Ok(files)
}

/// Writes a plan folder over what is there.
pub fn store(dir: &Path, folder: &Folder) -> std::io::Result<()> {
    std::fs::create_dir_all(dir.join("chapters"))?;
    for (name, bytes) in write(&folder.municipality, &folder.content) {
        std::fs::write(dir.join(name), bytes)?;
    }
    Ok(())
}
