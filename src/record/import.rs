//! Asciicast files, versions 2 and 3, as recordings, so that they are played like our own.
//!
//! A foreign file is trusted for nothing: lines and counts are limited, times never run backwards,
//! and a line that is no event ends the import with its number. Snapshots are made on the way, so
//! that an imported recording is sought in as fast as one of our own.

use std::io::{self, BufRead, Read};
use std::path::Path;

use serde::Deserialize;

use super::index::EntryKind;
use super::screens::encode_size;
use super::writer::{About, Appended, Writer};
use crate::domain::Exit;
use crate::term::Screen;

/// Longest line of a file.
const LINE_MAX: u64 = 16 << 20;
/// Output between two snapshots.
const KEYFRAME_BYTES: usize = 256 << 10;
/// The latest time that is understood: a hundred days, in seconds.
const TIME_MAX: f64 = 8_640_000.0;

/// Why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The disk.
    #[error("a file cannot be read or written")]
    Disk(#[from] io::Error),
    /// The first line.
    #[error("the first line is not the head of an asciicast file of version 2 or 3")]
    Head,
    /// A line.
    #[error("line {line} is not an event: {reason}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// The first line of either version.
#[derive(Debug, Deserialize)]
struct Head {
    version: u32,
    width: Option<u16>,
    height: Option<u16>,
    term: Option<Term>,
    timestamp: Option<i64>,
    command: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Term {
    cols: u16,
    rows: u16,
}

/// Imports the file read from `input` as the recording in `folder`, called `run`. Returns how many
/// events it had.
pub fn import(input: impl Read, folder: &Path, run: &str) -> Result<u64, ImportError> {
    let mut lines = Lines {
        input: io::BufReader::new(input),
        number: 0,
    };
    let head: Head = lines
        .next()?
        .and_then(|line| serde_json::from_str(&line).ok())
        .ok_or(ImportError::Head)?;
    let size = match (head.version, head.width, head.height, &head.term) {
        (2, Some(columns), Some(rows), _) => (columns, rows),
        (3, _, _, Some(term)) => (term.cols, term.rows),
        _ => return Err(ImportError::Head),
    };
    let about = About {
        version: 2,
        run: run.to_owned(),
        began: head.timestamp.unwrap_or_default().saturating_mul(1000),
        size,
        terminal: true,
        program: head.command.unwrap_or_default(),
    };
    let mut tape = Tape {
        writer: Writer::begin(folder, &about)?,
        screen: Screen::new(size, 0),
        fed: 0,
    };
    let (mut now, mut events) = (0_u64, 0);
    while let Some(line) = lines.next()? {
        // Version 3 has comments; no event of version 2 begins like one.
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |reason: &str| ImportError::Line {
            line: lines.number,
            reason: reason.to_owned(),
        };
        let (time, code, data): (f64, String, serde_json::Value) =
            serde_json::from_str(&line).map_err(|error| wrong(&error.to_string()))?;
        let time = micros(time).ok_or_else(|| wrong("its time is none"))?;
        now = match head.version {
            2 => now.max(time),
            _ => now.saturating_add(time),
        };
        let text = data.as_str().map(str::to_owned).unwrap_or_default();
        tape.event(now, &code, &text)
            .map_err(|reason| match reason {
                Wrong::Event(reason) => wrong(reason),
                Wrong::Disk(error) => ImportError::Disk(error),
            })?;
        events += 1;
    }
    tape.writer.finish()?;
    Ok(events)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is not negative and below the limit"
)]
fn micros(seconds: f64) -> Option<u64> {
    (0.0..=TIME_MAX)
        .contains(&seconds)
        .then(|| (seconds * 1e6).round() as u64)
}

/// What is wrong with an event, or with the disk.
enum Wrong {
    Event(&'static str),
    Disk(io::Error),
}

/// The recording that is made.
struct Tape {
    writer: Writer,
    screen: Screen,
    fed: usize,
}

impl Tape {
    fn event(&mut self, time: u64, code: &str, text: &str) -> Result<(), Wrong> {
        match code {
            "o" => {
                self.screen.feed(text.as_bytes());
                self.fed += text.len();
                self.append(time, EntryKind::Output, text.as_bytes())?;
                if self.fed < KEYFRAME_BYTES {
                    return Ok(());
                }
                self.fed = 0;
                let snapshot = self.screen.snapshot();
                self.append(time, EntryKind::Keyframe, &snapshot)
            }
            "r" => {
                let size = text
                    .split_once('x')
                    .and_then(|(columns, rows)| Some((columns.parse().ok()?, rows.parse().ok()?)))
                    .ok_or(Wrong::Event("its size is none"))?;
                self.screen.resize(size);
                self.append(time, EntryKind::Resize, &encode_size(size))
            }
            "m" => self.append(time, EntryKind::Marker, text.as_bytes()),
            "x" => {
                let code = text.parse().map_err(|_| Wrong::Event("its exit is none"))?;
                let exit = serde_json::to_vec(&Exit::Code { code })
                    .map_err(|error| Wrong::Disk(io::Error::from(error)))?;
                self.append(time, EntryKind::Exit, &exit)
            }
            // Input and codes to come say nothing about the screen.
            _ => Ok(()),
        }
    }

    fn append(&mut self, time: u64, kind: EntryKind, bytes: &[u8]) -> Result<(), Wrong> {
        match self.writer.append(time, kind, bytes) {
            Appended::Done | Appended::Full | Appended::Resumed(_) => Ok(()),
            Appended::Stopped(error) => Err(Wrong::Disk(error)),
        }
    }
}

struct Lines<R> {
    input: io::BufReader<R>,
    number: u64,
}

impl<R: Read> Lines<R> {
    fn next(&mut self) -> Result<Option<String>, ImportError> {
        let mut bytes = Vec::new();
        let read = (&mut self.input)
            .take(LINE_MAX)
            .read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if bytes.last() != Some(&b'\n') && read as u64 == LINE_MAX {
            return Err(ImportError::Line {
                line: self.number,
                reason: format!("it is longer than {LINE_MAX} bytes"),
            });
        }
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}
