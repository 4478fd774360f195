//! Reads recordings: entries, bytes, the last screen of a run. Needs no host and no engine.
//!
//! Trusts nothing: a torn tail ends the recording, sizes are clamped by the screen, and whatever
//! leaves as text has been through the screen's filter.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of recording files"
)]

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::index::{Entry, EntryKind, WIDTH};
use super::writer::About;
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
/// Most bytes fed to rebuild a screen when a recording has no keyframe near its end.
const FEED_MAX: u64 = 4 << 20;

/// A recording that can be read.
#[derive(Debug)]
pub struct Recording {
    about: About,
    entries: Vec<Entry>,
    output: File,
}

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

/// The last screen of a run, or `None` when there is no recording of it.
pub fn last_screen(paths: &TownPaths, run: &RunId) -> io::Result<Option<LastScreen>> {
    Recording::open(&folder(paths, run))?
        .map(|mut recording| recording.last_screen())
        .transpose()
}

/// The last bytes that a run gave out, at most `bytes`, or `None` when there is no recording of it.
pub fn tail(paths: &TownPaths, run: &RunId, bytes: u64) -> io::Result<Option<Vec<u8>>> {
    Recording::open(&folder(paths, run))?
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
    Recording::open(&folder(paths, run))?
        .map(|mut recording| recording.rebuild(Depth { rows, bytes }))
        .transpose()
}

/// Whether a run was ever started, and how it ended if that was recorded.
pub fn ended(paths: &TownPaths, run: &RunId) -> io::Result<Option<Option<Exit>>> {
    Recording::open(&folder(paths, run))?
        .map(|mut recording| recording.exit())
        .transpose()
}

impl Recording {
    /// Opens the recording in `folder`; `None` when there is none.
    pub fn open(folder: &Path) -> io::Result<Option<Self>> {
        let about = match std::fs::read(folder.join("about.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let output = File::open(folder.join("output"))?;
        let index = std::fs::read(folder.join("index"))?;
        let size = output.metadata()?.len();
        let entries = index
            .chunks_exact(WIDTH)
            .map_while(Entry::decode)
            .take_while(|entry| entry.end() <= size)
            .collect();
        Ok(Some(Self {
            about,
            entries,
            output,
        }))
    }

    /// The entries in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Columns and rows at the beginning.
    pub fn size(&self) -> (u16, u16) {
        self.about.size
    }

    /// The bytes of an entry.
    pub fn bytes(&mut self, entry: &Entry) -> io::Result<Vec<u8>> {
        self.output.seek(SeekFrom::Start(entry.offset))?;
        let mut bytes = vec![0; usize::try_from(entry.length).unwrap_or_default()];
        self.output.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// All that the program wrote.
    pub fn output(&mut self) -> io::Result<Vec<u8>> {
        self.tail(u64::MAX)
    }

    /// How the run ended, if that was recorded.
    pub fn exit(&mut self) -> io::Result<Option<Exit>> {
        let found = self
            .entries
            .iter()
            .rfind(|entry| entry.kind == EntryKind::Exit)
            .copied();
        found
            .map(|entry| Ok(serde_json::from_slice(&self.bytes(&entry)?)?))
            .transpose()
    }

    /// The last bytes that the program wrote, at most `limit`.
    pub fn tail(&mut self, limit: u64) -> io::Result<Vec<u8>> {
        let mut wanted = Vec::new();
        let mut total = 0_u64;
        for entry in self.entries.iter().rev() {
            if entry.kind == EntryKind::Output {
                wanted.push(*entry);
                total = total.saturating_add(u64::from(entry.length));
                if total >= limit {
                    break;
                }
            }
        }
        let mut out = Vec::new();
        for entry in wanted.iter().rev() {
            out.extend(self.bytes(entry)?);
        }
        let extra = usize::try_from(total.saturating_sub(limit)).unwrap_or_default();
        Ok(out.split_off(extra.min(out.len())))
    }

    fn last_screen(&mut self) -> io::Result<LastScreen> {
        let screen = self.rebuild(LAST)?;
        let last = self.entries.last().map_or(0, |entry| entry.time);
        Ok(LastScreen {
            screen: screen.view(),
            history: screen.above(HISTORY),
            exit: self.exit()?,
            at: self
                .about
                .began
                .saturating_add(i64::try_from(last / 1000).unwrap_or_default()),
            terminal: self.about.terminal,
        })
    }

    /// The screen as it was at the end. Begins a little before what is needed, so that there are
    /// rows above the screen too.
    fn rebuild(&mut self, depth: Depth) -> io::Result<Screen> {
        let (first, size) = self.start(depth.bytes);
        let mut screen = Screen::new(size, depth.rows);
        let entries: Vec<Entry> = self.entries.iter().skip(first).copied().collect();
        for (place, entry) in entries.iter().enumerate() {
            let bytes = self.bytes(entry)?;
            match entry.kind {
                EntryKind::Output if self.about.terminal => screen.feed(&bytes),
                EntryKind::Output => screen.feed(&with_returns(&bytes)),
                EntryKind::Resize => {
                    if let Some(size) = decode_size(&bytes) {
                        screen.resize(size);
                    }
                }
                // A keyframe clears the rows above: only where there is nothing before it yet.
                EntryKind::Keyframe if place == 0 => screen.feed(&bytes),
                EntryKind::Keyframe | EntryKind::Marker | EntryKind::Exit => {}
            }
        }
        screen.release();
        Ok(screen)
    }

    /// From which entry to feed, and the size there: the newest keyframe that is far enough from
    /// the end to give some history, else the beginning.
    fn start(&self, enough: u64) -> (usize, (u16, u16)) {
        let mut first = 0;
        let mut fed = 0_u64;
        for (place, entry) in self.entries.iter().enumerate().rev() {
            if entry.kind == EntryKind::Output {
                fed = fed.saturating_add(u64::from(entry.length));
            }
            if (entry.kind == EntryKind::Keyframe && fed > enough)
                || (fed > FEED_MAX && !self.about.terminal)
            {
                first = place;
                break;
            }
        }
        let mut size = self.about.size;
        for entry in self.entries.iter().take(first) {
            if entry.kind == EntryKind::Resize
                && let Ok(bytes) = self.output.try_clone().and_then(|mut file| {
                    file.seek(SeekFrom::Start(entry.offset))?;
                    let mut bytes = [0; 4];
                    file.read_exact(&mut bytes).map(|()| bytes)
                })
                && let Some(known) = decode_size(&bytes)
            {
                size = known;
            }
        }
        (first, size)
    }
}

/// The bytes of a resize entry.
pub(crate) fn encode_size(size: (u16, u16)) -> [u8; 4] {
    let ([a, b], [c, d]) = (size.0.to_le_bytes(), size.1.to_le_bytes());
    [a, b, c, d]
}

fn decode_size(bytes: &[u8]) -> Option<(u16, u16)> {
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
mod tests {
    use super::super::writer::Writer;
    use super::*;

    fn about(run: &str) -> About {
        About {
            version: 1,
            run: run.to_owned(),
            began: 1_000,
            size: (20, 5),
            terminal: true,
            program: "sh".to_owned(),
        }
    }

    fn recorded() -> (tempfile::TempDir, TownPaths, RunId) {
        let dir = tempfile::tempdir().unwrap();
        let paths = TownPaths::new(dir.path());
        let run = RunId::parse("tb.Toast.1.1").unwrap();
        let mut writer = Writer::begin(&folder(&paths, &run), &about(run.as_str())).unwrap();
        let mut append = |time, kind, bytes: &[u8]| writer.append(time, kind, bytes).unwrap();
        append(0, EntryKind::Output, b"one\r\n");
        append(1_000, EntryKind::Resize, &encode_size((30, 6)));
        append(2_000, EntryKind::Output, b"\x1b[31mtwo");
        append(3_000_000, EntryKind::Exit, br#"{"how":"code","code":3}"#);
        writer.finish().unwrap();
        (dir, paths, run)
    }

    #[test]
    fn the_last_screen_and_the_exit_come_back() {
        let (_dir, paths, run) = recorded();
        let last = last_screen(&paths, &run).unwrap().unwrap();
        assert_eq!(last.screen.size, (30, 6));
        assert!(last.screen.text().starts_with("one\ntwo"));
        assert_eq!(last.exit, Some(Exit::Code { code: 3 }));
        assert_eq!(last.at, 4_000);
        assert_eq!(tail(&paths, &run, 3).unwrap().unwrap(), b"two");
        let other = RunId::parse("tb.Toast.1.2").unwrap();
        assert_eq!(last_screen(&paths, &other).unwrap(), None);
    }

    #[test]
    fn a_recording_is_begun_once_and_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, paths, run) = recorded();
        let folder = folder(&paths, &run);
        assert!(Writer::begin(&folder, &about("tb.Toast.1.1")).is_err());
        for name in ["about.json", "index", "output"] {
            let mode = folder.join(name).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn a_torn_tail_ends_the_recording_at_every_byte() {
        let (_dir, paths, run) = recorded();
        let folder = folder(&paths, &run);
        let (index, output) = (
            std::fs::read(folder.join("index")).unwrap(),
            std::fs::read(folder.join("output")).unwrap(),
        );
        let all = [(&index, "index"), (&output, "output")];
        for (bytes, name) in all {
            for length in 0..bytes.len() {
                std::fs::write(folder.join(name), bytes.get(..length).unwrap()).unwrap();
                let last = last_screen(&paths, &run).unwrap().unwrap();
                assert_eq!(last.exit, None, "{name} cut at {length}");
                let kept = tail(&paths, &run, u64::MAX).unwrap().unwrap();
                assert!(b"one\r\n\x1b[31mtwo".starts_with(&kept));
            }
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}
