//! Old recordings made smaller before any is deleted: fewer snapshots, and packed harder.
//!
//! Snapshots are 13 to 39 % of what recordings of agents take on disk, at 4 KB to 1 KB of output a
//! second. A day after its end a recording keeps about one in eight, and with the harder packing
//! takes half the room; seeking in it is slower, and shows the same. Not one byte of output changes.
//!
//! The stream keeps its length: where a snapshot was, the new blocks hold zeros, and its entry becomes
//! one of no output. The index is replaced first, then the rows, each in one step; whoever ends in
//! between leaves a recording that can be read, and the next thinning brings it to its end.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of recording files"
)]

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::block::{self, Row};
use super::index::{Entry, EntryKind, WIDTH};
use super::keep::{Kept, is_living, survey};

/// How long a recording is left alone, in milliseconds.
const AGE: i64 = 24 * 3_600_000;
/// Between two snapshots that stay: so much of the stream, or so many microseconds.
const APART: (u64, u64) = (2 << 20, 80_000_000);
/// Added to the number of a segment that was packed anew.
const THINNED: u32 = 1 << 16;
/// Bytes of streams that are packed anew at a time: some seconds of one processor.
const ROUND: u64 = 256 << 20;

/// Thins ended recordings that are old enough at `now`, oldest first, up to a measure or until it is to
/// stop; says how many bytes that gave back. One that cannot be thinned stays as it is and does not keep the others.
pub(crate) fn thin_old(recordings: &Path, now: i64, stop: &AtomicBool) -> io::Result<u64> {
    let (mut packed, mut saved) = (0, 0_u64);
    for kept in survey(recordings)? {
        if kept.living || now.saturating_sub(kept.at) < AGE || packed >= ROUND {
            continue;
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
        match thin(&kept, stop) {
            Ok(None) => {}
            Ok(Some(thinned)) => {
                packed += thinned.packed;
                saved = saved.saturating_add(thinned.saved);
            }
            Err(error) => tracing::warn!(run = %kept.run, %error, "a recording is not thinned"),
        }
    }
    Ok(saved)
}

/// What a thinning did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Thinned {
    /// Bytes of the stream.
    packed: u64,
    /// Bytes on disk that it gave back.
    saved: u64,
}

/// Thins one recording; `None` for one that is written, thinned already, or has no closed block.
fn thin(kept: &Kept, stop: &AtomicBool) -> io::Result<Option<Thinned>> {
    let folder = &kept.folder;
    let rows = block::rows(folder)?;
    if rows.iter().all(|row| row.segment >= THINNED) || is_living(folder)? {
        return Ok(None);
    }
    // Whoever would delete or thin it meanwhile takes it for a living one.
    let lock = File::open(folder.join("index"))?;
    if lock.try_lock().is_err() {
        return Ok(None);
    }
    let end = rows.last().map_or(0, Row::end);
    let entries = thinned(read_entries(folder)?, end);
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(kept.at).unwrap_or_default());
    let Some(new) = repack((folder, at), &rows, &entries, stop)? else {
        return Ok(None);
    };
    let index: Vec<u8> = entries.iter().flat_map(|entry| entry.encode()).collect();
    replace(folder, "index", &index, at)?;
    let bytes: Vec<u8> = new.iter().flat_map(|row| row.encode()).collect();
    replace(folder, "blocks", &bytes, at)?;
    File::open(folder)?.sync_data()?;
    tidy(folder, end)?;
    let stored = |rows: &[Row]| rows.iter().map(|row| u64::from(row.stored)).sum::<u64>();
    Ok(Some(Thinned {
        packed: end,
        saved: stored(&rows).saturating_sub(stored(&new)),
    }))
}

fn read_entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let bytes = std::fs::read(folder.join("index"))?;
    bytes
        .chunks_exact(WIDTH)
        .map(|entry| Entry::decode(entry).ok_or_else(|| damaged("its index is damaged")))
        .collect()
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The entries with fewer snapshots before `end`. The first and the last stay. Done twice, it changes
/// nothing more: each that stays is far enough from the one before.
fn thinned(mut entries: Vec<Entry>, end: u64) -> Vec<Entry> {
    let is_keyframe = |entry: &Entry| entry.kind == EntryKind::Keyframe;
    let last = entries.iter().rposition(is_keyframe);
    let mut before: Option<(u64, u64)> = None;
    for (number, entry) in entries.iter_mut().enumerate() {
        if !is_keyframe(entry) {
            continue;
        }
        let near = before.is_some_and(|(offset, time)| {
            entry.offset < offset.saturating_add(APART.0)
                && entry.time < time.saturating_add(APART.1)
        });
        if near && Some(number) != last && entry.end() <= end {
            (entry.kind, entry.length) = (EntryKind::Output, 0);
        } else {
            before = Some((entry.offset, entry.time));
        }
    }
    entries
}

/// Packs all closed blocks anew into segments of their own, without what no entry names; `None` when
/// it is to stop.
fn repack(
    (folder, at): (&Path, SystemTime),
    rows: &[Row],
    entries: &[Entry],
    stop: &AtomicBool,
) -> io::Result<Option<Vec<Row>>> {
    let mut new: Vec<Row> = Vec::new();
    let mut file: Option<(u32, File, u64)> = None;
    for row in rows {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut raw = block::unpack(folder, row)?;
        blank(&mut raw, row, entries);
        let stored = block::pack_hard(&raw)?;
        let segment = THINNED + block::segment_of(row.from);
        if file.as_ref().is_none_or(|(number, ..)| *number != segment) {
            close(file.take(), at)?;
            file = Some((segment, create(&block::segment_path(folder, segment))?, 0));
        }
        let Some((_, file, length)) = &mut file else {
            continue;
        };
        file.write_all(&stored)?;
        let count = u32::try_from(stored.len()).map_err(io::Error::other)?;
        new.push(Row {
            at: *length,
            segment,
            stored: count,
            ..*row
        });
        *length += u64::from(count);
    }
    close(file, at)?;
    Ok(Some(new))
}

fn close(file: Option<(u32, File, u64)>, at: SystemTime) -> io::Result<()> {
    match file {
        Some((_, file, _)) => {
            // Its age is that of the recording.
            file.set_modified(at)?;
            file.sync_all()
        }
        None => Ok(()),
    }
}

/// Overwrites what lies between the entries.
fn blank(raw: &mut [u8], row: &Row, entries: &[Entry]) {
    let first = entries.partition_point(|entry| entry.end() <= row.from);
    let place = |offset: u64| {
        let inside = offset.clamp(row.from, row.end()) - row.from;
        usize::try_from(inside).unwrap_or(usize::MAX)
    };
    let mut done = 0;
    let here = entries.iter().skip(first);
    for entry in here.take_while(|entry| entry.offset < row.end()) {
        if let Some(gap) = raw.get_mut(done..place(entry.offset)) {
            gap.fill(0);
        }
        done = done.max(place(entry.end()));
    }
    if let Some(gap) = raw.get_mut(done..) {
        gap.fill(0);
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

/// Puts a file in the place of another in one step; it is as old as the recording.
fn replace(folder: &Path, name: &str, bytes: &[u8], at: SystemTime) -> io::Result<()> {
    let new = folder.join(format!("{name}.new"));
    let mut file = create(&new)?;
    file.write_all(bytes)?;
    file.set_modified(at)?;
    file.sync_all()?;
    std::fs::rename(new, folder.join(name))
}

/// Removes segments that no row names any more, and raw blocks that a killed host left beside their
/// packed form.
fn tidy(folder: &Path, end: u64) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let old = (name.strip_prefix("segment-"))
            .and_then(|number| number.parse::<u32>().ok())
            .is_some_and(|number| number < THINNED);
        let packed = (name.strip_prefix("open-"))
            .and_then(|from| u64::from_str_radix(from, 16).ok())
            .is_some_and(|from| from < end);
        if old || packed {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
