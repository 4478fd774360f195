//! Writes one recording: bytes first, then the entry that points at them.
//!
//! Files are the owner's alone (0600) in a private folder (contract S10). A recording is begun
//! once: a second writer for the same run is refused, which also says that the run was started.
//! Output that comes within 10 ms shares an entry. What is written outlives the process; for a loss of
//! power its owner brings [`Unsynced`] to the disk every few seconds. A disk that takes nothing stops the recording,
//! never the agent: it is tried again every few seconds, and what was lost is noted.

mod room;

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use self::room::Appended;
use self::room::Condition;
use super::block::{self, BLOCK, ENTRY_MAX, Row};
use super::durable::Unsynced;
use super::index::{Entry, EntryKind, WIDTH};
use super::screens::{decode_size, encode_size};
use crate::support::files;

/// The form that is written.
const VERSION: u32 = 2;
/// What the head of a recording says to whoever opens it by hand.
const NOTE: &str = "raw output of an agent, not for cat: use `gt replay`";
/// Output that comes so soon after the first shares its entry, in microseconds.
const SHARE_TIME: u64 = 10_000;
/// Most bytes that share an entry.
const SHARE_BYTES: u64 = 32 << 10;
/// Bytes from which on a snapshot begins a new block.
const BLOCK_MIN: u64 = 512 << 10;
/// Most bytes on disk of one recording: a program that writes without end must not fill the disk.
const DISK_MAX: u64 = 1 << 30;

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
    folder: PathBuf,
    index: File,
    blocks: File,
    open: File,
    /// Where the open block begins in the stream.
    from: u64,
    /// Where the stream ends.
    offset: u64,
    entries: u64,
    rows: u64,
    /// Output that has no entry yet.
    shared: Option<Entry>,
    size: (u16, u16),
    /// Bytes on disk in closed blocks.
    packed: u64,
    limit: u64,
    condition: Condition,
    /// Whether anything was written since it was last brought to the disk.
    dirty: bool,
    /// Segments that were written to since then.
    segments: BTreeSet<u32>,
    /// Raw blocks whose packed form may not be on the disk yet.
    stale: Vec<PathBuf>,
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn lengthen(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

impl Writer {
    /// Begins the recording in `folder`, which must not hold one.
    pub(crate) fn begin(folder: &Path, about: &About) -> io::Result<Self> {
        files::private_dir(folder)?;
        let index = create(&folder.join("index"))?;
        // Held for the writer's life: says that the recording is living, even to another process.
        index.try_lock().map_err(io::Error::from)?;
        let blocks = create(&folder.join("blocks"))?;
        let open = create(&block::open_path(folder, 0))?;
        let mut head = serde_json::Map::new();
        head.insert("note".to_owned(), NOTE.into());
        let about = About {
            version: VERSION,
            ..about.clone()
        };
        if let serde_json::Value::Object(fields) = serde_json::to_value(&about)? {
            head.extend(fields);
        }
        files::write_atomic(
            &folder.join("about.json"),
            &serde_json::to_vec_pretty(&head)?,
            files::Access::Private,
        )?;
        Ok(Self {
            folder: folder.to_owned(),
            index,
            blocks,
            open,
            from: 0,
            offset: 0,
            entries: 0,
            rows: 0,
            shared: None,
            size: about.size,
            packed: 0,
            limit: DISK_MAX,
            condition: Condition::Going,
            dirty: true,
            segments: BTreeSet::new(),
            stale: Vec::new(),
        })
    }

    /// With another limit of bytes on disk than the usual one.
    pub(crate) fn within(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    fn put(&mut self, time: u64, kind: EntryKind, bytes: &[u8]) -> io::Result<()> {
        match kind {
            EntryKind::Output => {
                for piece in bytes.chunks(256 << 10) {
                    self.output(time, piece)?;
                }
                return Ok(());
            }
            EntryKind::Resize => self.size = decode_size(bytes).unwrap_or(self.size),
            EntryKind::Keyframe => {
                if lengthen(bytes) > ENTRY_MAX {
                    return Ok(());
                }
                if self.offset - self.from >= BLOCK_MIN {
                    self.close_block()?;
                }
                // A reader that begins at a snapshot finds its size right before it.
                self.whole(time, EntryKind::Resize, &encode_size(self.size))?;
            }
            EntryKind::Marker | EntryKind::Exit => {}
        }
        self.whole(time, kind, bytes)
    }

    fn whole(&mut self, time: u64, kind: EntryKind, bytes: &[u8]) -> io::Result<()> {
        self.flush()?;
        self.make_room(bytes)?;
        self.dirty = true;
        self.open.write_all(bytes)?;
        let entry = Entry {
            time,
            offset: self.offset,
            length: u32::try_from(bytes.len()).map_err(io::Error::other)?,
            kind,
        };
        self.index.write_all(&entry.encode())?;
        self.entries += 1;
        self.offset = entry.end();
        Ok(())
    }

    fn output(&mut self, time: u64, bytes: &[u8]) -> io::Result<()> {
        if let Some(shared) = self.shared {
            let late = time > shared.time.saturating_add(SHARE_TIME);
            if late || u64::from(shared.length) + lengthen(bytes) > SHARE_BYTES {
                self.flush()?;
            }
        }
        self.make_room(bytes)?;
        self.dirty = true;
        self.open.write_all(bytes)?;
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        let shared = self.shared.get_or_insert(Entry {
            time,
            offset: self.offset,
            length: 0,
            kind: EntryKind::Output,
        });
        shared.length += length;
        self.offset = shared.end();
        Ok(())
    }

    /// Whether some output has no entry yet, and so would be lost with the process.
    pub(crate) fn is_waiting(&self) -> bool {
        self.shared.is_some()
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(shared) = self.shared {
            let written = self.index.write_all(&shared.encode());
            if written.is_err() {
                self.index.set_len(self.entries * WIDTH as u64)?;
            }
            written?;
            self.entries += 1;
            self.shared = None;
        }
        Ok(())
    }

    fn make_room(&mut self, bytes: &[u8]) -> io::Result<()> {
        let open = self.offset - self.from;
        if open > 0 && open.saturating_add(lengthen(bytes)) > BLOCK {
            self.close_block()?;
        }
        Ok(())
    }

    /// Packs the open block and begins the next one. In this order there is no instant at which
    /// neither form of the block can be read.
    fn close_block(&mut self) -> io::Result<()> {
        self.flush()?;
        let length = self.offset - self.from;
        if length == 0 {
            return Ok(());
        }
        let next_path = block::open_path(&self.folder, self.offset);
        // One that an earlier try left behind is empty.
        let next = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&next_path)?;
        self.pack_open(length)?;
        // Goes with the next sync. Until then it is only disk: its row is found first.
        (self.stale).push(block::open_path(&self.folder, self.from));
        self.open = next;
        self.from = self.offset;
        Ok(())
    }

    /// Whether there is anything to bring to the disk.
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty || !self.stale.is_empty()
    }

    /// Raw blocks that wait to go.
    pub(crate) fn stale(&self) -> usize {
        self.stale.len()
    }

    /// What is new since the last call.
    pub(crate) fn unsynced(&mut self) -> Unsynced {
        self.dirty = false;
        let mut files: Vec<PathBuf> = std::mem::take(&mut self.segments)
            .into_iter()
            .map(|segment| block::segment_path(&self.folder, segment))
            .collect();
        files.push(block::open_path(&self.folder, self.from));
        files.extend(["blocks", "index"].map(|name| self.folder.join(name)));
        files.push(self.folder.clone());
        Unsynced {
            files,
            packed: std::mem::take(&mut self.stale),
        }
    }

    fn pack_open(&mut self, length: u64) -> io::Result<()> {
        let mut raw = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        self.open.read_exact_at(&mut raw, 0)?;
        let stored = block::pack(&raw)?;
        let segment = block::segment_of(self.from);
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(block::segment_path(&self.folder, segment))?;
        let at = file.metadata()?.len();
        let row = Row {
            from: self.from,
            at,
            segment,
            raw: u32::try_from(length).map_err(io::Error::other)?,
            stored: u32::try_from(stored.len()).map_err(io::Error::other)?,
        };
        let written = file
            .write_all(&stored)
            .and_then(|()| self.blocks.write_all(&row.encode()));
        if let Err(error) = written {
            file.set_len(at)?;
            return Err(error);
        }
        self.rows += 1;
        self.segments.insert(segment);
        self.packed = self
            .packed
            .saturating_add(u64::from(row.stored) + block::ROW as u64);
        Ok(())
    }

    /// Packs what is open and brings all to the disk.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.close_block()?;
        if self.offset > 0 {
            self.stale.push(block::open_path(&self.folder, self.from));
        }
        self.unsynced().bring()
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "a file that cannot be written to"
)]
mod tests {
    use super::super::Recording;
    use super::room::RETRY;
    use super::*;

    fn about() -> About {
        About {
            version: 1,
            run: "tb.Toast.1.1".to_owned(),
            began: 0,
            size: (80, 24),
            terminal: true,
            program: "yes".to_owned(),
        }
    }

    fn noise(length: usize) -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(7);
        (0..length).map(|_| random.u8(32..127)).collect()
    }

    #[test]
    fn a_flood_fills_a_recording_and_not_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("run");
        let mut writer = Writer::begin(&folder, &about()).unwrap();
        writer.limit = 100_000;
        let bytes = noise(1_000);
        for time in 0..500 {
            drop(writer.append(time * 20_000, EntryKind::Output, &bytes));
            drop(writer.append(time * 20_000, EntryKind::Keyframe, b"k"));
        }
        drop(writer.append(501 * 20_000, EntryKind::Exit, br#"{"how":"lost"}"#));
        writer.finish().unwrap();
        let mut recording = Recording::open(&folder).unwrap().unwrap();
        let output = recording.output().unwrap();
        assert!(output.len() < 100_000 && output.len() > 80_000);
        let notes: Vec<Entry> = recording.entries().unwrap();
        let count = |kind| notes.iter().filter(|entry| entry.kind == kind).count();
        assert_eq!(count(EntryKind::Marker), 1);
        assert_eq!(count(EntryKind::Exit), 1);
    }

    #[test]
    fn output_within_ten_milliseconds_shares_an_entry() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("run");
        let mut writer = Writer::begin(&folder, &about()).unwrap();
        for time in 0..1_000 {
            drop(writer.append(time * 1_000, EntryKind::Output, b"0123456789"));
        }
        writer.finish().unwrap();
        let mut recording = Recording::open(&folder).unwrap().unwrap();
        assert_eq!(recording.output().unwrap().len(), 10_000);
        let entries = recording.entries().unwrap().len();
        assert!((85..=100).contains(&entries), "{entries}");
    }

    #[test]
    fn a_disk_that_takes_nothing_stops_the_recording_and_is_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("run");
        let mut writer = Writer::begin(&folder, &about()).unwrap();
        drop(writer.append(0, EntryKind::Output, b"before"));
        let open = block::open_path(&folder, 0);
        let good = std::mem::replace(&mut writer.open, File::open(&open).unwrap());
        let said = writer.append(1, EntryKind::Output, b"lost1");
        assert!(matches!(said, Appended::Stopped(_)), "{said:?}");
        let said = writer.append(2, EntryKind::Output, b"lost2");
        assert!(matches!(said, Appended::Done), "{said:?}");
        writer.open = good;
        let said = writer.append(RETRY + 2, EntryKind::Output, b"after");
        assert!(matches!(said, Appended::Resumed(10)), "{said:?}");
        writer.finish().unwrap();
        let mut recording = Recording::open(&folder).unwrap().unwrap();
        assert_eq!(recording.output().unwrap(), b"beforeafter");
        let kinds: Vec<EntryKind> = (recording.entries().unwrap().iter())
            .map(|entry| entry.kind)
            .collect();
        assert!(kinds.contains(&EntryKind::Marker), "{kinds:?}");
    }
}
