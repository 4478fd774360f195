//! The fixed-width entries that say what lies where in a recording, and when it was.
//!
//! 32 bytes each, little-endian: time (µs, u64), offset (u64), length (u32), kind (u8), zeros.
//! A torn last entry, or one that points past the bytes, ends the recording for a reader.
//! [`Index`] reads them by number, a page at a time, and never the whole file.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of recording files"
)]

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Width of an entry in bytes.
pub(super) const WIDTH: usize = 32;

/// What an entry's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// What the program wrote.
    Output,
    /// A new size: columns and rows, two bytes each, little-endian.
    Resize,
    /// A note, as text.
    Marker,
    /// How the run ended, as JSON of `domain::Exit`.
    Exit,
    /// A screen snapshot: all before it, history excepted, is in it.
    Keyframe,
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Microseconds since the run began.
    pub time: u64,
    /// Where its bytes begin.
    pub offset: u64,
    /// How many they are.
    pub length: u32,
    /// What they are.
    pub kind: EntryKind,
}

impl Entry {
    pub(super) fn encode(self) -> [u8; WIDTH] {
        let kind = match self.kind {
            EntryKind::Output => 1,
            EntryKind::Resize => 2,
            EntryKind::Marker => 3,
            EntryKind::Exit => 4,
            EntryKind::Keyframe => 5,
        };
        let mut out = [0; WIDTH];
        let fields = self
            .time
            .to_le_bytes()
            .into_iter()
            .chain(self.offset.to_le_bytes())
            .chain(self.length.to_le_bytes())
            .chain([kind]);
        for (place, byte) in out.iter_mut().zip(fields) {
            *place = byte;
        }
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (time, rest) = bytes.split_first_chunk::<8>()?;
        let (offset, rest) = rest.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let kind = match rest.first()? {
            1 => EntryKind::Output,
            2 => EntryKind::Resize,
            3 => EntryKind::Marker,
            4 => EntryKind::Exit,
            5 => EntryKind::Keyframe,
            _ => return None,
        };
        Some(Self {
            time: u64::from_le_bytes(*time),
            offset: u64::from_le_bytes(*offset),
            length: u32::from_le_bytes(*length),
            kind,
        })
    }

    /// The first byte after this entry's bytes.
    pub(super) fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.length))
    }
}

/// Entries that are read at a time.
const PAGE: u64 = 2048;

/// The entries of a recording on disk.
#[derive(Debug)]
pub(super) struct Index {
    file: File,
    count: u64,
    /// Number of the first entry of the page, and the page.
    page: (u64, Vec<u8>),
}

impl Index {
    /// Opens the entries that are there now.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let count = file.metadata()?.len() / WIDTH as u64;
        Ok(Self {
            file,
            count,
            page: (0, Vec::new()),
        })
    }

    /// Leaves out the last entries whose bytes do not lie below `size`.
    pub(super) fn end_at(&mut self, size: u64) -> io::Result<()> {
        while self.count > 0
            && self
                .get(self.count - 1)?
                .is_none_or(|last| last.end() > size)
        {
            self.count -= 1;
        }
        Ok(())
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The entry of that number; `None` past the end, or when it is none.
    pub(super) fn get(&mut self, number: u64) -> io::Result<Option<Entry>> {
        if number >= self.count {
            return Ok(None);
        }
        let first = number - number % PAGE;
        let have = self.page.1.len() / WIDTH;
        let at = usize::try_from(number - first).unwrap_or(usize::MAX);
        if self.page.0 != first || at >= have {
            let wanted = usize::try_from((self.count - first).min(PAGE)).unwrap_or_default();
            let mut bytes = vec![0; wanted * WIDTH];
            self.file.read_exact_at(&mut bytes, first * WIDTH as u64)?;
            self.page = (first, bytes);
        }
        Ok(self
            .page
            .1
            .chunks_exact(WIDTH)
            .nth(at)
            .and_then(Entry::decode))
    }

    /// Number of the first entry that is later than `time`.
    pub(super) fn after(&mut self, time: u64) -> io::Result<u64> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle)?.is_some_and(|entry| entry.time <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}
