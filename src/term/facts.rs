//! What a program tells about itself besides its screen: folder, progress, notes, kept titles.
//!
//! Everything here is the program's own word: sanitised, capped, kept as data, never obeyed
//! (contract T6). A snapshot carries it as the sequences that say it; notes are only counted.

use std::fmt::Write as _;

use crate::support::text::clean;

/// Longest folder kept, in bytes of its address.
const FOLDER_MAX: usize = 2048;
/// Longest note kept, in characters.
const NOTE_MAX: usize = 200;
/// Most titles put away.
const TITLES_MAX: usize = 10;

/// How far a program says it is (OSC 9;4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many hundredths are done.
    Percent(u8),
    /// It failed there.
    Failed(u8),
    /// It works, and cannot say how far it is.
    Busy,
    /// It waits there.
    Paused(u8),
}

/// The folder a program says it is in (OSC 7); untrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The machine it names; empty for its own.
    pub host: String,
    /// The path, sanitised.
    pub path: String,
}

/// One thing told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// The title is put away.
    TitlePush,
    /// The title put away last comes back.
    TitlePop,
    /// The folder, as the address that names it.
    Folder(Folder),
    /// Progress, or its end.
    Progress(Option<Progress>),
    /// A notification, sanitised.
    Note(String),
}

/// What was told so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    titles: Vec<String>,
    pub(super) folder: Option<Folder>,
    pub(super) progress: Option<Progress>,
    pub(super) notes: u64,
    pub(super) note: Option<String>,
}

impl Facts {
    /// Takes in a fact; `title` is the current one.
    pub(super) fn learn(&mut self, fact: Fact, title: &mut String) {
        match fact {
            Fact::TitlePush => {
                if self.titles.len() == TITLES_MAX {
                    self.titles.remove(0);
                }
                self.titles.push(title.clone());
            }
            Fact::TitlePop => {
                if let Some(last) = self.titles.pop() {
                    *title = last;
                }
            }
            Fact::Folder(folder) => self.folder = Some(folder),
            Fact::Progress(progress) => self.progress = progress,
            Fact::Note(text) => {
                self.notes += 1;
                self.note = Some(text);
            }
        }
    }

    /// The titles that were put away, oldest first.
    #[cfg(test)]
    pub(super) fn titles(&self) -> &[String] {
        &self.titles
    }

    /// A full reset: only what was counted stays.
    pub(super) fn reset(&mut self) {
        *self = Self {
            notes: self.notes,
            note: self.note.take(),
            ..Self::default()
        };
    }

    /// The sequences that tell it again, whatever was told before.
    pub(super) fn write(&self, out: &mut String) {
        for _ in 0..TITLES_MAX {
            Fact::TitlePop.write(out);
        }
        for title in &self.titles {
            // Writing to a string cannot fail.
            let _ = write!(out, "\x1b]2;{title}\x07");
            Fact::TitlePush.write(out);
        }
        if let Some(folder) = &self.folder {
            Fact::Folder(folder.clone()).write(out);
        }
        Fact::Progress(self.progress).write(out);
    }
}

impl Fact {
    /// The sequence that tells it.
    pub(super) fn write(&self, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::TitlePush => out.write_str("\x1b[22;2t"),
            Self::TitlePop => out.write_str("\x1b[23;2t"),
            Self::Folder(folder) => {
                let path = folder.path.replace('%', "%25");
                write!(out, "\x1b]7;file://{}{path}\x07", folder.host)
            }
            Self::Progress(None) => out.write_str("\x1b]9;4;0\x07"),
            Self::Progress(Some(Progress::Percent(part))) => write!(out, "\x1b]9;4;1;{part}\x07"),
            Self::Progress(Some(Progress::Failed(part))) => write!(out, "\x1b]9;4;2;{part}\x07"),
            Self::Progress(Some(Progress::Busy)) => out.write_str("\x1b]9;4;3\x07"),
            Self::Progress(Some(Progress::Paused(part))) => write!(out, "\x1b]9;4;4;{part}\x07"),
            // Counted when it came; told once.
            Self::Note(_) => Ok(()),
        };
    }

    /// What the operating system command `number` tells, if it is one of these.
    pub(super) fn of_command(number: &[u8], text: &[u8]) -> Option<Self> {
        match number {
            b"7" => folder(text).map(Self::Folder),
            b"9" => match text.strip_prefix(b"4;") {
                Some(state) => progress(state).map(Self::Progress),
                None => note(text),
            },
            b"99" => {
                let cut = text.iter().position(|&byte| byte == b';')?;
                note(text.get(cut + 1..)?)
            }
            b"777" => note(text.strip_prefix(b"notify;")?),
            _ => None,
        }
    }
}

fn note(text: &[u8]) -> Option<Fact> {
    let text: String = clean(&String::from_utf8_lossy(text))
        .trim()
        .chars()
        .take(NOTE_MAX)
        .collect();
    (!text.is_empty()).then_some(Fact::Note(text))
}

fn progress(state: &[u8]) -> Option<Option<Progress>> {
    let mut parts = state.split(|&byte| byte == b';');
    let kind = parts.next()?;
    let part = parts
        .next()
        .and_then(|part| std::str::from_utf8(part).ok())
        .and_then(|part| part.parse::<u8>().ok())
        .unwrap_or_default()
        .min(100);
    match kind {
        b"0" => Some(None),
        b"1" => Some(Some(Progress::Percent(part))),
        b"2" => Some(Some(Progress::Failed(part))),
        b"3" => Some(Some(Progress::Busy)),
        b"4" => Some(Some(Progress::Paused(part))),
        _ => None,
    }
}

fn folder(text: &[u8]) -> Option<Folder> {
    if text.len() > FOLDER_MAX {
        return None;
    }
    let rest = text.strip_prefix(b"file://")?;
    let cut = rest.iter().position(|&byte| byte == b'/')?;
    let (host, path) = rest.split_at(cut);
    let named = host
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    let path = clean(&String::from_utf8_lossy(&decoded(path)));
    named.then(|| Folder {
        host: String::from_utf8_lossy(host).into_owned(),
        path,
    })
}

/// Percent signs and two hexadecimal digits as the byte they stand for.
fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let value = match (byte, digit(after.first()), digit(after.get(1))) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        if value.is_some() {
            rest = after.get(2..).unwrap_or_default();
        }
        out.push(value.unwrap_or(byte));
    }
    out
}
