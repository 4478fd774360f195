//! Recordings: a table, a page, and what was deleted.

use serde_json::{Value, json};

use super::{Cell, Look, Table, Tone};
use crate::domain::{DeletedFor, Exit};
use crate::record::{Going, Kept};
use crate::support::text::{age, clean, timestamp};

/// What is shown of a recording.
#[derive(Clone, Debug)]
pub(crate) struct RecordingView {
    /// The run.
    pub(crate) run: String,
    /// The program.
    pub(crate) program: String,
    /// When it began, milliseconds since 1970.
    pub(crate) began: i64,
    /// Milliseconds to the last entry.
    pub(crate) duration: i64,
    /// Columns and rows at the beginning.
    pub(crate) size: (u16, u16),
    /// Whether it has a terminal.
    pub(crate) terminal: bool,
    /// Bytes on disk.
    pub(crate) bytes: u64,
    /// Bytes before packing.
    pub(crate) raw: u64,
    /// Entries.
    pub(crate) entries: u64,
    /// Whether it is being written.
    pub(crate) living: bool,
    /// How the run ended.
    pub(crate) exit: Option<Exit>,
    /// What is wrong with it.
    pub(crate) damage: Option<Damage>,
}

/// Where a recording is damaged.
#[derive(Clone, Debug)]
pub(crate) struct Damage {
    /// Milliseconds from its beginning up to which it is good; `None` when nothing can be read.
    pub(crate) good_until: Option<i64>,
    /// What is wrong.
    pub(crate) what: String,
}

impl RecordingView {
    /// One that nothing can be read of.
    pub(crate) fn unreadable(kept: &Kept, why: String) -> Self {
        Self {
            run: kept.run.clone(),
            program: String::new(),
            began: kept.at,
            duration: 0,
            size: (0, 0),
            terminal: false,
            bytes: kept.bytes,
            raw: 0,
            entries: 0,
            living: kept.living,
            exit: None,
            damage: Some(Damage {
                good_until: None,
                what: why,
            }),
        }
    }

    fn end(&self) -> String {
        match &self.damage {
            Some(Damage {
                good_until: Some(time),
                ..
            }) => return format!("damaged, good for {}", length(*time)),
            Some(Damage {
                good_until: None, ..
            }) => return "cannot be read".to_owned(),
            None => {}
        }
        match &self.exit {
            Some(Exit::Code { code }) => format!("exit {code}"),
            Some(Exit::Signal { signal }) => format!("signal {signal}"),
            Some(Exit::NotStarted { .. }) => "not started".to_owned(),
            Some(Exit::TimedOut) => "timed out".to_owned(),
            Some(Exit::TooMuchOutput) => "too much output".to_owned(),
            Some(Exit::OverLimit { .. }) => "over its limit".to_owned(),
            Some(Exit::Lost) => "lost".to_owned(),
            None if self.living => "running".to_owned(),
            None => "its host ended first".to_owned(),
        }
    }
}

/// A length of time that ends at a certain moment: the first seconds are told to the tenth.
fn length(milliseconds: i64) -> String {
    match milliseconds {
        0..10_000 => format!("{}.{}s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => age(milliseconds),
    }
}

/// A number of bytes for people.
fn bytes(count: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(unit, _)| count >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", count / unit, count % unit * 10 / unit),
        None => format!("{count} B"),
    }
}

/// Recordings as a table.
pub(crate) fn recordings_text(views: &[RecordingView], look: &Look) -> String {
    let mut table = Table::with_heading(&["run", "began", "length", "on disk", "end", "program"]);
    for view in views {
        table.row([
            Cell::new(Tone::Name, &view.run),
            Cell::plain(format!("{} ago", look.ago(view.began))),
            Cell::plain(age(view.duration)),
            Cell::plain(bytes(view.bytes)),
            Cell::plain(view.end()),
            Cell::new(Tone::Quiet, &view.program),
        ]);
    }
    table.text(look, "")
}

/// One recording on a page.
pub(crate) fn recording_text(view: &RecordingView, look: &Look) -> String {
    let kind = if view.terminal { "terminal" } else { "pipe" };
    let rows = [
        ("program", view.program.clone()),
        ("began", timestamp(view.began)),
        ("length", age(view.duration)),
        ("end", view.end()),
        (kind, format!("{}x{}", view.size.0, view.size.1)),
        ("entries", view.entries.to_string()),
        (
            "on disk",
            format!("{}, {} before packing", bytes(view.bytes), bytes(view.raw)),
        ),
    ];
    let damage = view
        .damage
        .as_ref()
        .map(|damage| ("damage", damage.what.clone()));
    let mut table = Table::default();
    for (name, value) in rows.into_iter().chain(damage) {
        table.row([Cell::new(Tone::Quiet, name), Cell::plain(value)]);
    }
    let head = look.paint(Tone::Name, &clean(&view.run));
    format!("{head}\n{}", table.text(look, "  "))
}

/// One recording as an object. Of one that cannot be read there is little to say.
pub(crate) fn recording_json(view: &RecordingView) -> Value {
    let damage = (view.damage.as_ref())
        .map(|damage| json!({"good_until_ms": damage.good_until, "what": damage.what}));
    let unreadable = (view.damage.as_ref()).is_some_and(|damage| damage.good_until.is_none());
    if unreadable {
        return json!({
            "run": view.run, "bytes": view.bytes, "living": view.living, "damage": damage,
        });
    }
    json!({
        "run": view.run,
        "program": view.program,
        "began": timestamp(view.began),
        "duration_ms": view.duration,
        "columns": view.size.0,
        "rows": view.size.1,
        "terminal": view.terminal,
        "bytes": view.bytes,
        "raw_bytes": view.raw,
        "entries": view.entries,
        "living": view.living,
        "exit": view.exit,
        "damage": damage,
    })
}

/// What was, or would be, deleted.
pub(crate) fn pruned_text(gone: &[Going], dry_run: bool) -> String {
    let total = gone
        .iter()
        .fold(0_u64, |sum, going| sum.saturating_add(going.kept.bytes));
    let verb = if dry_run { "would delete" } else { "deleted" };
    let noun = if gone.len() == 1 {
        "recording"
    } else {
        "recordings"
    };
    let mut lines: Vec<String> = gone
        .iter()
        .map(|Going { kept, why }| {
            let why = match why {
                DeletedFor::Age => "too old",
                DeletedFor::Size => "too many",
            };
            format!(
                "{verb} {} ({}, {why})\n",
                clean(&kept.run),
                bytes(kept.bytes)
            )
        })
        .collect();
    lines.push(format!("{verb} {} {noun}, {}\n", gone.len(), bytes(total)));
    lines.concat()
}
