//! Room for a recording: what is left out past its own limit, and while the disk takes nothing.
//!
//! A disk that takes nothing stops the recording, never the agent. What came until then stays whole;
//! it is tried again every few seconds, and once it goes on, a note says from when to when nothing
//! was recorded.

use std::io;
use std::path::Path;

use super::{Writer, block, lengthen};
use crate::record::EntryKind;
use crate::record::index::WIDTH;
use crate::record::screens::{decode_size, encode_size};

/// Between two tries to write to a disk that took nothing, in microseconds.
pub(super) const RETRY: u64 = 5_000_000;

/// What became of an entry that was given. All but `Done` are said once a change.
#[derive(Debug)]
pub(crate) enum Appended {
    /// It is written, or left out as was said before.
    Done,
    /// The recording is as long as it may be: no more output is kept.
    Full,
    /// The disk took nothing from here on.
    Stopped(io::Error),
    /// The disk takes again; so many bytes of output are missing.
    Resumed(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Going,
    Full,
    /// From when on nothing is recorded, when that was tried last, and bytes of output since.
    Stopped {
        since: u64,
        tried: u64,
        lost: u64,
    },
}

impl Writer {
    /// Where the recording lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the stream ends now.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Appends. Past its limit a recording takes no more output; snapshots go on for a while, so that
    /// the last screen stays known.
    pub(crate) fn append(&mut self, time: u64, kind: EntryKind, bytes: &[u8]) -> Appended {
        let mut resumed = None;
        if let Condition::Stopped { since, tried, lost } = self.condition {
            let last = kind == EntryKind::Exit;
            if !last && time < tried.saturating_add(RETRY) {
                self.lose((since, tried, lost), kind, bytes);
                return Appended::Done;
            }
            if self.resume(time, since, lost).is_err() {
                self.lose((since, time, lost), kind, bytes);
                return Appended::Done;
            }
            resumed = Some(Appended::Resumed(lost));
        }
        let before = self.offset;
        match self.within_limit(time, kind, bytes) {
            Ok(said) => resumed.unwrap_or(said),
            Err(error) => {
                self.roll_back();
                let kept = usize::try_from(self.offset.saturating_sub(before)).unwrap_or_default();
                let rest = bytes.get(kept..).unwrap_or_default();
                self.lose((time, time, 0), kind, rest);
                Appended::Stopped(error)
            }
        }
    }

    fn lose(&mut self, (since, tried, lost): (u64, u64, u64), kind: EntryKind, bytes: &[u8]) {
        if kind == EntryKind::Resize
            && let Some(size) = decode_size(bytes)
        {
            self.size = size;
        }
        let more = match kind {
            EntryKind::Output => lengthen(bytes),
            EntryKind::Resize | EntryKind::Marker | EntryKind::Exit | EntryKind::Keyframe => 0,
        };
        self.condition = Condition::Stopped {
            since,
            tried,
            lost: lost.saturating_add(more),
        };
    }

    /// Notes what was lost, with the size as it is now; fails while the disk still takes nothing.
    fn resume(&mut self, time: u64, since: u64, lost: u64) -> io::Result<()> {
        let seconds = |time: u64| format!("{}.{}", time / 1_000_000, time % 1_000_000 / 100_000);
        let note = format!(
            "nothing is recorded from {} s to {} s, {lost} bytes of output: the disk took nothing",
            seconds(since),
            seconds(time)
        );
        self.flush()?;
        let (offset, entries) = (self.offset, self.entries);
        let size = encode_size(self.size);
        let done = self
            .put(time, EntryKind::Marker, note.as_bytes())
            .and_then(|()| self.put(time, EntryKind::Resize, &size));
        if done.is_ok() {
            self.condition = Condition::Going;
        } else {
            (self.offset, self.entries) = (offset, entries);
            self.roll_back();
        }
        done
    }

    /// Cuts off what was written in part. A cut that fails leaves bytes that no entry names, which
    /// the next try to write finds and cuts again.
    fn roll_back(&mut self) {
        let cuts = [
            self.open.set_len(self.offset - self.from),
            self.index.set_len(self.entries * WIDTH as u64),
            self.blocks.set_len(self.rows * block::ROW as u64),
        ];
        for error in cuts.into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "a recording cannot be cut to what is whole");
        }
    }

    fn on_disk(&self) -> u64 {
        let open = self.offset - self.from;
        self.packed + open + self.entries * WIDTH as u64
    }

    fn within_limit(&mut self, time: u64, kind: EntryKind, bytes: &[u8]) -> io::Result<Appended> {
        let after = self.on_disk().saturating_add(lengthen(bytes));
        match kind {
            EntryKind::Output if after > self.limit && self.condition == Condition::Full => {
                return Ok(Appended::Done);
            }
            EntryKind::Output if after > self.limit => {
                let note = format!(
                    "the recording is full: output past {} bytes on disk is not kept",
                    self.limit
                );
                self.put(time, EntryKind::Marker, note.as_bytes())?;
                self.condition = Condition::Full;
                return Ok(Appended::Full);
            }
            EntryKind::Keyframe if after > self.limit.saturating_add(self.limit / 8) => {
                return Ok(Appended::Done);
            }
            EntryKind::Output
            | EntryKind::Resize
            | EntryKind::Marker
            | EntryKind::Exit
            | EntryKind::Keyframe => {}
        }
        self.put(time, kind, bytes).map(|()| Appended::Done)
    }

    /// Writes the entry of output that waits for more. A disk that takes no entry stops the recording
    /// before that output.
    pub(crate) fn settle(&mut self) -> Appended {
        let Some(shared) = self.shared else {
            return Appended::Done;
        };
        let Err(error) = self.flush() else {
            return Appended::Done;
        };
        self.shared = None;
        self.offset = shared.offset;
        self.roll_back();
        let more = u64::from(shared.length);
        let (known, lost, said) = match self.condition {
            Condition::Stopped { tried, lost, .. } => (tried, lost, Appended::Done),
            Condition::Going | Condition::Full => (shared.time, 0, Appended::Stopped(error)),
        };
        self.condition = Condition::Stopped {
            since: shared.time,
            tried: known,
            lost: lost.saturating_add(more),
        };
        said
    }
}
