//! `terminal` and the quota of a recording: what is usual, what is possible, what a rig changes.
//!
//! A value that cannot be used is a problem of its file, and the nearest one that can be is used.

use std::ops::RangeInclusive;

use super::model::{Recordings, TerminalFile};
use crate::domain::{History, SizeRule, TerminalRules};

/// Rows that may be kept above a screen.
const LINES: RangeInclusive<u64> = 0..=1_000_000;
/// Bytes that they may take: from what a few pages of them are, to a gigabyte.
const BYTES: RangeInclusive<u64> = 256 << 10..=1 << 30;
/// Bytes on disk that one run's recording may take: from two whole blocks on.
const RUN_BYTES: RangeInclusive<u64> = 2 << 20..=1 << 40;

/// The rules for an agent's terminal: the rig's word before the town's, before what is usual.
pub(super) fn rules(town: &TerminalFile, rig: Option<&TerminalFile>) -> TerminalRules {
    let usual = TerminalRules::default();
    let stated = |field: fn(&TerminalFile) -> Option<u64>| rig.and_then(field).or(field(town));
    let size = |file: &TerminalFile| size_rule(file.size.as_deref()?);
    let lines = stated(|file| file.history_lines);
    TerminalRules {
        size: rig.and_then(size).or(size(town)).unwrap_or(usual.size),
        history: History {
            lines: lines
                .and_then(|lines| u32::try_from(within(lines, &LINES)).ok())
                .unwrap_or(usual.history.lines),
            bytes: stated(|file| file.history_bytes)
                .map_or(usual.history.bytes, |bytes| within(bytes, &BYTES)),
        },
    }
}

/// The most bytes on disk of one run's recording, when the settings state it.
pub(super) fn run_bytes(file: Option<&Recordings>) -> Option<u64> {
    file?.run_bytes.map(|bytes| within(bytes, &RUN_BYTES))
}

/// What is wrong with `terminal`.
pub(super) fn check(file: &TerminalFile) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    if let Some(size) = &file.size
        && size_rule(size).is_none()
    {
        let reason = format!("`{size}` is neither `latest` nor `smallest`");
        problems.push(("terminal.size".to_owned(), reason));
    }
    for (key, value, range) in [
        ("history_lines", file.history_lines, &LINES),
        ("history_bytes", file.history_bytes, &BYTES),
    ] {
        problems.extend(outside(&format!("terminal.{key}"), value, range));
    }
    problems
}

/// What is wrong with the quota of a recording.
pub(super) fn check_run_bytes(file: &Recordings) -> Option<(String, String)> {
    outside("recordings.run_bytes", file.run_bytes, &RUN_BYTES)
}

fn size_rule(word: &str) -> Option<SizeRule> {
    match word {
        "latest" => Some(SizeRule::Latest),
        "smallest" => Some(SizeRule::Smallest),
        _ => None,
    }
}

fn within(value: u64, range: &RangeInclusive<u64>) -> u64 {
    value.clamp(*range.start(), *range.end())
}

fn outside(key: &str, value: Option<u64>, range: &RangeInclusive<u64>) -> Option<(String, String)> {
    let used = within(value?, range);
    (value != Some(used)).then(|| {
        let (least, most) = (range.start(), range.end());
        let reason = format!("not a number from {least} to {most}: {used} is used");
        (key.to_owned(), reason)
    })
}
