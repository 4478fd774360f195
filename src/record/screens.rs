//! Screens out of recordings: what a run showed last, or at any time.
//!
//! Starts at the newest snapshot before the time that is wanted and feeds what follows through the
//! same screen that a living terminal has (contract T11). What leaves as text has been through it.

use std::io;
use std::path::PathBuf;

use super::index::EntryKind;
use super::reader::Recording;
use crate::domain::{Exit, RunId, ScreenView};
use crate::support::paths::TownPaths;
use crate::term::Screen;

/// Rows above the screen that are rebuilt for the last screen.
const HISTORY: usize = 1000;
/// How far back the last screen is rebuilt.
const LAST: Depth = Depth {
    rows: HISTORY,
    bytes: 64 * 1024,
};
/// Most bytes fed to rebuild a pipe's screen, which has no snapshots.
const FEED_MAX: u64 = 4 << 20;

/// How far back a screen is rebuilt.
#[derive(Clone, Copy, Debug)]
struct Depth {
    /// Rows above it that are kept.
    rows: usize,
    /// Bytes from which on a keyframe is early enough.
    bytes: u64,
}

/// What an ended run showed last.
#[derive(Clone, Debug, PartialEq)]
pub struct LastScreen {
    /// The screen.
    pub screen: ScreenView,
    /// Rows above it that could be rebuilt, as plain text, oldest first.
    pub history: Vec<String>,
    /// How the run ended; `None` when it lives or its host died with it.
    pub exit: Option<Exit>,
    /// When the last thing was recorded, milliseconds since 1970.
    pub at: i64,
    /// Whether the run had a terminal.
    pub terminal: bool,
}

/// The folder of a run's recording.
pub(crate) fn folder(paths: &TownPaths, run: &RunId) -> PathBuf {
    paths.recordings().join(run.as_str())
}

fn open(paths: &TownPaths, run: &RunId) -> io::Result<Option<Recording>> {
    Recording::open(&folder(paths, run))
}

/// The last screen of a run, or `None` when there is no recording of it.
pub fn last_screen(paths: &TownPaths, run: &RunId) -> io::Result<Option<LastScreen>> {
    open(paths, run)?
        .map(|mut recording| recording.last_screen())
        .transpose()
}

/// The last bytes that a run gave out, at most `bytes`, or `None` when there is no recording of it.
pub fn tail(paths: &TownPaths, run: &RunId, bytes: u64) -> io::Result<Option<Vec<u8>>> {
    open(paths, run)?
        .map(|mut recording| recording.tail(bytes))
        .transpose()
}

/// The screen of a run as it was recorded last, with up to `rows` rows above it, or `None` when
/// there is no recording of it. Costs as much as reading `bytes` of output takes.
pub(crate) fn past(
    paths: &TownPaths,
    run: &RunId,
    rows: usize,
    bytes: u64,
) -> io::Result<Option<Screen>> {
    open(paths, run)?
        .map(|mut recording| {
            let end = recording.count();
            recording.rebuild(end, Depth { rows, bytes })
        })
        .transpose()
}

/// Whether a run was ever started, and how it ended if that was recorded.
pub fn ended(paths: &TownPaths, run: &RunId) -> io::Result<Option<Option<Exit>>> {
    open(paths, run)?
        .map(|mut recording| recording.exit())
        .transpose()
}

impl Recording {
    /// The screen as it was `time` microseconds after the beginning. Where the recording is damaged
    /// before that, it is the screen up to the damage.
    pub fn screen_at(&mut self, time: u64) -> io::Result<Screen> {
        let end = self.after(time)?;
        self.rebuild(end, Depth { rows: 0, bytes: 0 })
    }

    fn last_screen(&mut self) -> io::Result<LastScreen> {
        let end = self.count();
        let screen = self.rebuild(end, LAST)?;
        let last = i64::try_from(self.duration()? / 1000).unwrap_or_default();
        Ok(LastScreen {
            screen: screen.view(),
            history: screen.above(HISTORY),
            exit: self.exit()?,
            at: self.about().began.saturating_add(last),
            terminal: self.about().terminal,
        })
    }

    /// The screen after the entries before `end`. Begins early enough for rows above it too.
    fn rebuild(&mut self, end: u64, depth: Depth) -> io::Result<Screen> {
        let first = self.start(end, depth.bytes)?;
        let mut screen = Screen::new(self.size_before(first)?, depth.rows);
        for number in first..end {
            let Some((entry, bytes)) = self.read(number)? else {
                break;
            };
            match entry.kind {
                EntryKind::Output if self.about().terminal => screen.feed(&bytes),
                EntryKind::Output => screen.feed(&with_returns(&bytes)),
                EntryKind::Resize => {
                    if let Some(size) = decode_size(&bytes) {
                        screen.resize(size);
                    }
                }
                // A keyframe clears the rows above: only where there is nothing before it yet.
                EntryKind::Keyframe if number == first => screen.feed(&bytes),
                EntryKind::Keyframe | EntryKind::Marker | EntryKind::Exit => {}
            }
        }
        screen.release();
        Ok(screen)
    }

    /// The newest keyframe before `end` with at least `enough` bytes of output after it, else the
    /// beginning.
    fn start(&mut self, end: u64, enough: u64) -> io::Result<u64> {
        let terminal = self.about().terminal;
        let mut fed = 0_u64;
        for number in (0..end).rev() {
            let Some(entry) = self.entry(number)? else {
                continue;
            };
            if entry.kind == EntryKind::Output {
                fed = fed.saturating_add(u64::from(entry.length));
            }
            let keyframe = entry.kind == EntryKind::Keyframe && fed >= enough;
            if keyframe || (fed > FEED_MAX && !terminal) {
                return Ok(number);
            }
        }
        Ok(0)
    }

    /// The size at an entry. Right before a keyframe there is one; older recordings are walked.
    fn size_before(&mut self, first: u64) -> io::Result<(u16, u16)> {
        for number in (0..first).rev() {
            if self
                .entry(number)?
                .is_some_and(|entry| entry.kind == EntryKind::Resize)
                && let Some((_, bytes)) = self.read(number)?
                && let Some(size) = decode_size(&bytes)
            {
                return Ok(size);
            }
        }
        Ok(self.size())
    }
}

/// The bytes of a resize entry.
pub(crate) fn encode_size(size: (u16, u16)) -> [u8; 4] {
    let ([a, b], [c, d]) = (size.0.to_le_bytes(), size.1.to_le_bytes());
    [a, b, c, d]
}

/// The size in the bytes of a resize entry.
pub(super) fn decode_size(bytes: &[u8]) -> Option<(u16, u16)> {
    let [a, b, c, d] = bytes else { return None };
    Some((u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d])))
}

/// A pipe's output for a screen: every line feed also returns.
pub(crate) fn with_returns(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 16);
    for &byte in bytes {
        if byte == b'\n' {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests;
