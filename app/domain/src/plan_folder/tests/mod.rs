mod faults;
mod generated;
pub(crate) mod seeds;

use std::{fs, path::Path};

use super::{Files, read};

/// A folder of the repository's `seeds`.
pub(crate) fn folder(path: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds").join(path);
    let mut files = Files::new();
    for (folder, prefix) in [(root.clone(), ""), (root.join("chapters"), "chapters/")] {
        for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
            files.insert(format!("{prefix}{}", entry.file_name().to_str().unwrap()), fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// What is wrong, as people see it.
fn faults_of(files: &Files) -> Vec<String> {
    read(files).map_or_else(|faults| faults.iter().map(ToString::to_string).collect(), |_| Vec::new())
}
