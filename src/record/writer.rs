//! Writes one recording: bytes first, then the entry that points at them.
//!
//! Files are the owner's alone (0600) in a private folder (contract S10). A recording is begun
//! once: a second writer for the same run is refused, which also says that the run was started.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::index::{Entry, EntryKind};
use crate::support::files;

/// What a recording is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    /// The form of the files.
    pub(crate) version: u32,
    /// The run.
    pub(crate) run: String,
    /// When it began, milliseconds since 1970.
    pub(crate) began: i64,
    /// Columns and rows at the beginning.
    pub(crate) size: (u16, u16),
    /// Whether it has a terminal; a job has a pipe.
    pub(crate) terminal: bool,
    /// The program.
    pub(crate) program: String,
}

/// An open recording.
#[derive(Debug)]
pub(crate) struct Writer {
    output: File,
    index: File,
    offset: u64,
}

impl Writer {
    /// Begins the recording in `folder`, which must not hold one.
    pub(crate) fn begin(folder: &Path, about: &About) -> io::Result<Self> {
        files::private_dir(folder)?;
        let open = |name: &str| {
            OpenOptions::new()
                .append(true)
                .create_new(true)
                .mode(0o600)
                .open(folder.join(name))
        };
        let output = open("output")?;
        let index = open("index")?;
        files::write_atomic(
            &folder.join("about.json"),
            &serde_json::to_vec_pretty(about)?,
            files::Access::Private,
        )?;
        Ok(Self {
            output,
            index,
            offset: 0,
        })
    }

    /// Appends.
    pub(crate) fn append(&mut self, time: u64, kind: EntryKind, bytes: &[u8]) -> io::Result<()> {
        self.output.write_all(bytes)?;
        let entry = Entry {
            time,
            offset: self.offset,
            length: u32::try_from(bytes.len()).map_err(io::Error::other)?,
            kind,
        };
        self.offset = entry.end();
        self.index.write_all(&entry.encode())
    }

    /// Brings all to the disk.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.output.sync_data()?;
        self.index.sync_data()
    }
}
