//! A ZIP file, packed beside the requests: packing keeps a core busy, and a tenant's files may be larger than the memory.

use std::{fs::File, io::Seek, io::Write};

use tokio::sync::mpsc;
use zip::{ZipWriter, result::ZipResult, write::SimpleFileOptions};

/// Takes files one by one; at most a few wait to be packed.
pub struct Archive {
    files: mpsc::Sender<(String, Vec<u8>)>,
    packed: tokio::task::JoinHandle<ZipResult<File>>,
}

impl Archive {
    pub fn new() -> Self {
        let (files, waiting) = mpsc::channel(2);
        Self { files, packed: tokio::task::spawn_blocking(|| pack(waiting)) }
    }

    pub async fn add(&self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        // When packing has failed nobody listens any more; `finish` says why.
        let _ = self.files.send((path.into(), bytes.into())).await;
    }

    /// The packed file, from its start. It has no name and is gone when it is closed.
    pub async fn finish(self) -> std::io::Result<File> {
        drop(self.files);
        Ok(self.packed.await??)
    }
}

fn pack(mut waiting: mpsc::Receiver<(String, Vec<u8>)>) -> ZipResult<File> {
    let mut zip = ZipWriter::new(tempfile::tempfile()?);
    while let Some((path, bytes)) = waiting.blocking_recv() {
        zip.start_file(path, SimpleFileOptions::default())?;
        zip.write_all(&bytes)?;
    }
    let mut file = zip.finish()?;
    file.rewind()?;
    Ok(file)
}
