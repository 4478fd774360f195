//! Where a run's output is kept: a screen, or the last bytes of a pipe.

use std::collections::VecDeque;

use crate::domain::{History, ScreenView};
use crate::record::with_returns;
use crate::support::text;
use crate::term::Screen;
use crate::wire::{CONTROL_MAX, HostAnswer};

/// Output of a job that is kept for viewers; it has no more rows than bytes.
const RECENT_MAX: usize = 64 * 1024;
/// Longest tail of a job's output that is told (`RunFact::tail`).
const TAIL_MAX: usize = 4096;
/// What the rows of one answer may take of a frame; the rest is for a screen beside them.
const ROWS_MAX: usize = CONTROL_MAX / 2;
/// Size of the screen on which a job's output is shown.
pub(super) const JOB_SIZE: (u16, u16) = (120, 40);

/// Where a run's output is kept.
#[derive(Debug)]
pub(super) enum Output {
    /// An agent's.
    Terminal(Box<Screen>),
    /// A job's.
    Pipe(VecDeque<u8>),
}

impl Output {
    /// The screen now, and up to `history` rows above it.
    pub(super) fn peek(&self, history: usize) -> (ScreenView, Vec<String>) {
        match self {
            Self::Terminal(screen) => (screen.view(), newest(screen.above(history))),
            Self::Pipe(recent) => {
                let mut screen = Screen::new(JOB_SIZE, RECENT_MAX);
                screen.feed(&with_returns(&bytes(recent)));
                (screen.view(), newest(screen.above(history)))
            }
        }
    }

    /// How much of what left the top of its screen is kept; nothing of a job's.
    pub(super) fn keeps(&self) -> Option<History> {
        match self {
            Self::Terminal(screen) => Some(screen.keeps()),
            Self::Pipe(_) => None,
        }
    }

    /// Size, and bytes that bring any screen of that size up to date.
    pub(super) fn snapshot(&self) -> ((u16, u16), Vec<u8>) {
        match self {
            Self::Terminal(screen) => (screen.size(), screen.snapshot()),
            Self::Pipe(recent) => {
                let mut out = b"\x18\x1bc".to_vec();
                out.extend(with_returns(&bytes(recent)));
                (JOB_SIZE, out)
            }
        }
    }

    /// Rows by number, as many as one answer holds.
    pub(super) fn rows(&self, from: u64, count: usize) -> HostAnswer {
        match self {
            Self::Terminal(screen) => rows_of(screen, from, count),
            Self::Pipe(recent) => {
                let mut screen = Screen::new(JOB_SIZE, RECENT_MAX);
                screen.feed(&with_returns(&bytes(recent)));
                rows_of(&screen, from, count)
            }
        }
    }

    /// The last whole lines of a job.
    pub(super) fn tail(&self) -> String {
        let Self::Pipe(recent) = self else {
            return String::new();
        };
        let skip = recent.len().saturating_sub(TAIL_MAX);
        let last: Vec<u8> = recent.iter().skip(skip).copied().collect();
        let all = text::without_controls(&String::from_utf8_lossy(&last));
        match all.split_once('\n') {
            Some((_, rest)) if skip > 0 => rest.to_owned(),
            _ => all,
        }
    }
}

/// Adds what a job wrote, and forgets what is too old.
pub(super) fn keep(recent: &mut VecDeque<u8>, bytes: &[u8]) {
    recent.extend(bytes);
    let extra = recent.len().saturating_sub(RECENT_MAX);
    recent.drain(..extra);
}

fn bytes(recent: &VecDeque<u8>) -> Vec<u8> {
    recent.iter().copied().collect()
}

fn rows_of(screen: &Screen, from: u64, count: usize) -> HostAnswer {
    let oldest = screen.oldest();
    let from = from.max(oldest);
    let rows = fitting(screen.packed(from, count).into_iter());
    HostAnswer::Rows {
        oldest,
        top: screen.top(),
        from,
        rows,
    }
}

/// The first of `rows` that one answer holds.
fn fitting<T: serde::Serialize>(rows: impl Iterator<Item = T>) -> Vec<T> {
    let mut room = ROWS_MAX;
    rows.map_while(|row| {
        let size = serde_json::to_vec(&row).ok()?.len() + 1;
        room = room.checked_sub(size)?;
        Some(row)
    })
    .collect()
}

/// The newest lines that one answer holds, oldest first.
fn newest(lines: Vec<String>) -> Vec<String> {
    let mut kept = fitting(lines.into_iter().rev());
    kept.reverse();
    kept
}
