//! Where a run's output is kept: a screen, or the last bytes of a pipe.

use std::collections::VecDeque;

use crate::domain::ScreenView;
use crate::record::with_returns;
use crate::support::text;
use crate::term::Screen;

/// Rows above a screen that are kept.
pub(super) const HISTORY: usize = 2000;
/// Output of a job that is kept for viewers.
const RECENT_MAX: usize = 64 * 1024;
/// Longest tail of a job's output that is told (`RunFact::tail`).
const TAIL_MAX: usize = 4096;
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
            Self::Terminal(screen) => (screen.view(), screen.above(history)),
            Self::Pipe(recent) => {
                let mut screen = Screen::new(JOB_SIZE, HISTORY);
                screen.feed(&with_returns(&bytes(recent)));
                (screen.view(), screen.above(history))
            }
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

    /// The last whole lines of a job.
    pub(super) fn tail(&self) -> String {
        let Self::Pipe(recent) = self else {
            return String::new();
        };
        let skip = recent.len().saturating_sub(TAIL_MAX);
        let last: Vec<u8> = recent.iter().skip(skip).copied().collect();
        let all = text::clean_block(&String::from_utf8_lossy(&last));
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
