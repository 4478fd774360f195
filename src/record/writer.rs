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

/// Most bytes of output in one recording: a program that writes without end must not fill the disk.
const OUTPUT_MAX: u64 = 1 << 30;

/// An open recording.
#[derive(Debug)]
pub(crate) struct Writer {
    output: File,
    index: File,
    offset: u64,
    limit: u64,
    full: bool,
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
            limit: OUTPUT_MAX,
            full: false,
        })
    }

    /// Appends. Past its limit a recording takes no more output and says so once; snapshots go on for
    /// a while, so that the last screen stays known.
    pub(crate) fn append(&mut self, time: u64, kind: EntryKind, bytes: &[u8]) -> io::Result<()> {
        let after = self
            .offset
            .saturating_add(bytes.len().try_into().unwrap_or(u64::MAX));
        match kind {
            EntryKind::Output if after > self.limit && self.full => return Ok(()),
            EntryKind::Output if after > self.limit => {
                self.full = true;
                let note = format!(
                    "the recording is full: output past {} bytes is not kept",
                    self.limit
                );
                return self.write(time, EntryKind::Marker, note.as_bytes());
            }
            EntryKind::Keyframe if after > self.limit.saturating_add(self.limit / 8) => {
                return Ok(());
            }
            EntryKind::Output
            | EntryKind::Resize
            | EntryKind::Marker
            | EntryKind::Exit
            | EntryKind::Keyframe => {}
        }
        self.write(time, kind, bytes)
    }

    fn write(&mut self, time: u64, kind: EntryKind, bytes: &[u8]) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_fills_a_recording_and_not_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let about = About {
            version: 1,
            run: "tb.Toast.1.1".to_owned(),
            began: 0,
            size: (80, 24),
            terminal: true,
            program: "yes".to_owned(),
        };
        let folder = dir.path().join("run");
        let mut writer = Writer::begin(&folder, &about).unwrap();
        writer.limit = 1_000;
        for time in 0..500 {
            writer
                .append(time, EntryKind::Output, &[b'y'; 100])
                .unwrap();
            writer
                .append(time, EntryKind::Keyframe, &[b'k'; 20])
                .unwrap();
        }
        writer.append(501, EntryKind::Exit, b"{}").unwrap();
        writer.finish().unwrap();
        let length = folder.join("output").metadata().unwrap().len();
        assert!(length < 1_300, "{length}");
        let text = crate::support::files::read_if_there(&folder.join("output"))
            .unwrap()
            .unwrap();
        assert_eq!(text.matches("the recording is full").count(), 1);
        assert!(text.ends_with("{}"));
    }
}
