//! Reads recordings: entries, bytes, exit. Needs no host and no engine, and never the whole file.
//!
//! Trusts nothing: a torn tail ends the recording, and a damaged block ends what is read from there
//! on; [`Recording::damage`] then says where. Screens are rebuilt in `screens`.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of recording files"
)]

mod check;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

pub(crate) use self::check::Depth;
use super::block::{self, ENTRY_MAX, Row};
use super::index::{Entry, EntryKind, Index};
use super::writer::About;
use crate::domain::Exit;

/// Entries from the end among which the exit is looked for.
const EXIT_WITHIN: u64 = 256;
/// How often a recording that is being written is looked at anew while a block closes.
const TRIES: u32 = 16;

/// A recording that can be read.
#[derive(Debug)]
pub struct Recording {
    folder: PathBuf,
    about: About,
    index: Index,
    rows: Vec<Row>,
    open: Option<Open>,
    /// The block that was read last, by its place in `rows`.
    block: Option<(usize, Vec<u8>)>,
    damage: Option<String>,
}

/// The block that is still raw.
#[derive(Debug)]
struct Open {
    from: u64,
    size: u64,
    file: File,
}

impl Recording {
    /// Opens the recording in `folder`; `None` when there is none.
    pub fn open(folder: &Path) -> io::Result<Option<Self>> {
        let about: About = match std::fs::read(folder.join("about.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if about.version > 2 {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("the recording is of version {}", about.version),
            ));
        }
        // Entries are counted first: their bytes were there before them.
        let mut index = Index::open(&folder.join("index"))?;
        let (rows, open) = stream(folder, about.version)?;
        let closed = rows.last().map_or(0, Row::end);
        let size = open.as_ref().map_or(closed, |open| open.from + open.size);
        index.end_at(size)?;
        Ok(Some(Self {
            folder: folder.to_owned(),
            about,
            index,
            rows,
            open,
            block: None,
            damage: None,
        }))
    }

    /// How many entries there are.
    pub fn count(&self) -> u64 {
        self.index.count()
    }

    /// The entry of that number; `None` past the end.
    pub fn entry(&mut self, number: u64) -> io::Result<Option<Entry>> {
        self.index.get(number)
    }

    /// All entries in order: for small recordings.
    pub fn entries(&mut self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        while let Some(entry) = self.entry(entries.len() as u64)? {
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Number of the first entry that is later than `time` (µs since the beginning).
    pub fn after(&mut self, time: u64) -> io::Result<u64> {
        self.index.after(time)
    }

    /// Microseconds from the beginning to the last entry.
    pub fn duration(&mut self) -> io::Result<u64> {
        let last = self.count().saturating_sub(1);
        Ok(self.entry(last)?.map_or(0, |entry| entry.time))
    }

    /// Columns and rows at the beginning.
    pub fn size(&self) -> (u16, u16) {
        self.about.size
    }

    pub(crate) fn about(&self) -> &About {
        &self.about
    }

    /// Where what was read so far is damaged, if it is.
    pub fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// Bytes of the whole stream, and of its closed blocks on disk.
    pub(crate) fn weight(&self) -> (u64, u64) {
        let stored = self.rows.iter().map(|row| u64::from(row.stored)).sum();
        let closed = self.rows.last().map_or(0, Row::end);
        let raw = self.open.as_ref().map_or(closed, |open| {
            open.from.saturating_add(open.size).max(closed)
        });
        (raw, stored)
    }

    /// The entry of that number and its bytes; `None` at the end, and where damage begins.
    pub fn read(&mut self, number: u64) -> io::Result<Option<(Entry, Vec<u8>)>> {
        let Some(mut entry) = self.index.get(number)? else {
            if number < self.index.count() {
                self.damage = Some(format!("entry {number} of the index is damaged"));
            }
            return Ok(None);
        };
        let mut read = self.bytes(&entry);
        if read.as_ref().is_err_and(is_damage)
            && self.look_again()?
            && let Some(now) = self.index.get(number)?
        {
            entry = now;
            read = self.bytes(&entry);
        }
        match read {
            Ok(bytes) => Ok(Some((entry, bytes))),
            Err(error) if is_damage(&error) => {
                self.damage = Some(error.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether closed blocks lie elsewhere than when this was opened: packed anew while it was read.
    fn look_again(&mut self) -> io::Result<bool> {
        let rows = block::rows(&self.folder)?;
        let moved = rows.first() != self.rows.first();
        if moved {
            self.index = Index::open(&self.folder.join("index"))?;
            (self.rows, self.block) = (rows, None);
        }
        Ok(moved)
    }

    /// The bytes of an entry; an error of kind `InvalidData` is damage.
    pub fn bytes(&mut self, entry: &Entry) -> io::Result<Vec<u8>> {
        let damaged = || {
            let reason = format!("the entry at {} points at no bytes", entry.offset);
            io::Error::new(io::ErrorKind::InvalidData, reason)
        };
        let length = usize::try_from(entry.length).map_err(io::Error::other)?;
        if length == 0 {
            return Ok(Vec::new());
        }
        let long = u64::from(entry.length) > ENTRY_MAX && self.about.version > 1;
        if long {
            return Err(damaged());
        }
        if let Some(open) = &self.open
            && entry.offset >= open.from
        {
            let at = entry.offset - open.from;
            if at.saturating_add(u64::from(entry.length)) > open.size {
                return Err(damaged());
            }
            let mut bytes = vec![0; length];
            return match open.file.read_exact_at(&mut bytes, at) {
                Ok(()) => Ok(bytes),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(damaged()),
                Err(error) => Err(error),
            };
        }
        let place = self.rows.partition_point(|row| row.end() <= entry.offset);
        let Some(row) = self.rows.get(place).copied() else {
            return Err(damaged());
        };
        if self.block.as_ref().is_none_or(|(known, _)| *known != place) {
            self.block = Some((place, block::unpack(&self.folder, &row)?));
        }
        let at = usize::try_from(entry.offset.saturating_sub(row.from)).unwrap_or(usize::MAX);
        self.block
            .as_ref()
            .and_then(|(_, block)| block.get(at..at.checked_add(length)?))
            .map(<[u8]>::to_vec)
            .ok_or_else(damaged)
    }

    /// All that the program wrote.
    pub fn output(&mut self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut number = 0;
        while let Some((entry, bytes)) = self.read(number)? {
            if entry.kind == EntryKind::Output {
                out.extend(bytes);
            }
            number += 1;
        }
        Ok(out)
    }

    /// How the run ended, if that was recorded.
    pub fn exit(&mut self) -> io::Result<Option<Exit>> {
        let count = self.count();
        for number in (count.saturating_sub(EXIT_WITHIN)..count).rev() {
            if self
                .entry(number)?
                .is_some_and(|entry| entry.kind == EntryKind::Exit)
                && let Some((_, bytes)) = self.read(number)?
            {
                return Ok(Some(serde_json::from_slice(&bytes)?));
            }
        }
        Ok(None)
    }

    /// The last bytes that the program wrote, at most `limit`.
    pub fn tail(&mut self, limit: u64) -> io::Result<Vec<u8>> {
        let mut first = self.count();
        let mut total = 0_u64;
        while first > 0 && total < limit {
            first -= 1;
            match self.entry(first)? {
                Some(entry) if entry.kind == EntryKind::Output => {
                    total = total.saturating_add(u64::from(entry.length));
                }
                Some(_) | None => {}
            }
        }
        let mut out = Vec::new();
        while let Some((entry, bytes)) = self.read(first)? {
            if entry.kind == EntryKind::Output {
                out.extend(bytes);
            }
            first += 1;
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(out.split_off(out.len().saturating_sub(limit)))
    }
}

fn is_damage(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}

/// The closed blocks, and the raw one that goes on where they end. A block that closes between the
/// two looks is looked for again.
fn stream(folder: &Path, version: u32) -> io::Result<(Vec<Row>, Option<Open>)> {
    let mut rows = Vec::new();
    for _ in 0..TRIES {
        rows = block::rows(folder)?;
        let from = rows.last().map_or(0, Row::end);
        let path = if version == 1 {
            folder.join("output")
        } else {
            block::open_path(folder, from)
        };
        match File::open(path) {
            Ok(file) => {
                let size = file.metadata()?.len();
                return Ok((rows, Some(Open { from, size, file })));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if block::rows(folder)?.len() == rows.len() {
                    break;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok((rows, None))
}
