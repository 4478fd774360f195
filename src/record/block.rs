//! Closed blocks: the rows that say where each lies, packing and unpacking.
//!
//! A row is 32 bytes, little-endian: place in the stream (u64), place in its segment (u64),
//! segment (u32), raw length (u32), stored length (u32), zeros. Rows are trusted for nothing: a
//! length beyond the limits, or a frame whose checksum is wrong, is damage.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of recording files"
)]

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

/// Width of a row in bytes.
pub(super) const ROW: usize = 32;
/// A block is closed before it would be longer.
pub(super) const BLOCK: u64 = 1 << 20;
/// Most bytes of one entry, and so of a block that has to hold it.
pub(super) const ENTRY_MAX: u64 = 8 << 20;
/// Bytes of the stream that go into one segment.
const SEGMENT: u64 = 64 << 20;
/// zstd's fast end: a recording must not cost its terminal's speed.
const LEVEL: i32 = 1;
/// Where it begins to cost more than it gives: level 19 is another tenth smaller.
const LEVEL_HARD: i32 = 9;

/// Where a closed block lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it begins in the stream.
    pub(super) from: u64,
    /// Where it begins in its segment.
    pub(super) at: u64,
    /// Its segment.
    pub(super) segment: u32,
    /// Bytes of the stream in it.
    pub(super) raw: u32,
    /// Bytes on disk.
    pub(super) stored: u32,
}

impl Row {
    pub(super) fn encode(self) -> [u8; ROW] {
        let mut out = [0; ROW];
        let fields = (self.from.to_le_bytes().into_iter())
            .chain(self.at.to_le_bytes())
            .chain(self.segment.to_le_bytes())
            .chain(self.raw.to_le_bytes())
            .chain(self.stored.to_le_bytes());
        for (place, byte) in out.iter_mut().zip(fields) {
            *place = byte;
        }
        out
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (from, rest) = bytes.split_first_chunk::<8>()?;
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let (segment, rest) = rest.split_first_chunk::<4>()?;
        let (raw, rest) = rest.split_first_chunk::<4>()?;
        let (stored, _) = rest.split_first_chunk::<4>()?;
        Some(Self {
            from: u64::from_le_bytes(*from),
            at: u64::from_le_bytes(*at),
            segment: u32::from_le_bytes(*segment),
            raw: u32::from_le_bytes(*raw),
            stored: u32::from_le_bytes(*stored),
        })
    }

    /// The first byte of the stream after it.
    pub(super) fn end(&self) -> u64 {
        self.from.saturating_add(u64::from(self.raw))
    }

    fn sane(&self, from: u64) -> bool {
        let most = ENTRY_MAX + BLOCK;
        self.from == from
            && self.raw > 0
            && u64::from(self.raw) <= most
            && u64::from(self.stored) <= most
    }
}

/// The rows in `folder` that follow each other from the beginning of the stream.
pub(super) fn rows(folder: &Path) -> io::Result<Vec<Row>> {
    let bytes = match std::fs::read(folder.join("blocks")) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut rows: Vec<Row> = Vec::new();
    for row in bytes.chunks_exact(ROW).map_while(Row::decode) {
        if !row.sane(rows.last().map_or(0, Row::end)) {
            break;
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The segment that a block at that place of the stream goes to.
pub(super) fn segment_of(from: u64) -> u32 {
    u32::try_from(from / SEGMENT).unwrap_or(u32::MAX)
}

/// The file of a segment.
pub(super) fn segment_path(folder: &Path, segment: u32) -> PathBuf {
    folder.join(format!("segment-{segment:04}"))
}

/// The file of an open block.
pub(super) fn open_path(folder: &Path, from: u64) -> PathBuf {
    folder.join(format!("open-{from:016x}"))
}

/// A block as it is stored.
pub(super) fn pack(raw: &[u8]) -> io::Result<Vec<u8>> {
    press(raw, LEVEL)
}

/// A block as it is stored for long, when nobody waits for it.
pub(super) fn pack_hard(raw: &[u8]) -> io::Result<Vec<u8>> {
    press(raw, LEVEL_HARD)
}

fn press(raw: &[u8], level: i32) -> io::Result<Vec<u8>> {
    let mut press = Compressor::new(level)?;
    press.set_parameter(CParameter::ChecksumFlag(true))?;
    press.compress(raw)
}

fn damaged(row: &Row, what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("block at {} is damaged: {what}", row.from),
    )
}

fn open_segment(folder: &Path, row: &Row) -> io::Result<File> {
    match File::open(segment_path(folder, row.segment)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(damaged(row, "its segment is missing"))
        }
        opened => opened,
    }
}

/// Whether the bytes of a block are on disk, whatever they are; as with [`unpack`].
pub(super) fn is_there(folder: &Path, row: &Row) -> io::Result<()> {
    let length = open_segment(folder, row)?.metadata()?.len();
    if row.at.saturating_add(u64::from(row.stored)) <= length {
        Ok(())
    } else {
        Err(damaged(row, "it is cut short"))
    }
}

/// Reads a block back; an error of kind `InvalidData` is damage.
pub(super) fn unpack(folder: &Path, row: &Row) -> io::Result<Vec<u8>> {
    let damaged = |what| damaged(row, what);
    let file = open_segment(folder, row)?;
    let length = |count: u32| usize::try_from(count).unwrap_or_default();
    let mut stored = vec![0; length(row.stored)];
    match file.read_exact_at(&mut stored, row.at) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(damaged("it is cut short"));
        }
        // A place beyond what the system can seek to is a row's lie, not the disk's fault.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            return Err(damaged("it lies nowhere"));
        }
        Err(error) => return Err(error),
    }
    let raw = Decompressor::new()?
        .decompress(&stored, length(row.raw))
        .map_err(|_| damaged("it does not unpack"))?;
    if raw.len() == length(row.raw) {
        Ok(raw)
    } else {
        Err(damaged("it has another length"))
    }
}
