//! Whether the operator's terminal can tell keys apart that the classic encoding cannot.
//!
//! The question goes out when the terminal is taken over; here its answer is waited for, for a
//! short time and before anything else reads the keyboard. Keys typed meanwhile are handed on.

#![expect(
    clippy::disallowed_methods,
    reason = "the answer is waited for with a deadline"
)]

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How long a terminal has for its answer.
const LIMIT: Duration = Duration::from_millis(250);

/// Waits for the answer; keys that come before it are given to `typed`. Says whether the terminal
/// knows keyboard flags. One that answers later, or not at all, is taken to know none.
pub(crate) fn answers(mut typed: impl FnMut(KeyEvent)) -> bool {
    let until = Instant::now() + LIMIT;
    let mut heard = Answer::default();
    let mut piece = [0; 256];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || !is_readable(left) {
            return false;
        }
        let Ok(count @ 1..) = rustix::io::read(rustix::stdio::stdin(), &mut piece) else {
            return false;
        };
        for byte in piece.get(..count).unwrap_or_default() {
            if let Some(key) = heard.take(*byte) {
                typed(key);
            }
        }
        if let Some(known) = heard.known {
            return known;
        }
    }
}

fn is_readable(limit: Duration) -> bool {
    let stdin = rustix::stdio::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let limit = Timespec::try_from(limit).ok();
    let ready = poll(&mut fds, limit.as_ref()).map_err(io::Error::from);
    matches!(ready, Ok(1..))
}

/// What was heard so far.
#[derive(Debug, Default)]
struct Answer {
    /// An escape sequence that has not ended.
    sequence: Vec<u8>,
    flags: bool,
    /// Set once the terminal has said what it is: whether it said before that it knows flags.
    known: Option<bool>,
}

impl Answer {
    /// Takes in a byte; returns the key that it is, when it is one.
    fn take(&mut self, byte: u8) -> Option<KeyEvent> {
        if self.sequence.is_empty() && byte != 0x1b {
            return key(byte);
        }
        self.sequence.push(byte);
        let ended = match self.sequence.as_slice() {
            [_] | [_, b'[' | b'O'] => false,
            [_, b'[', .., last] => (0x40..=0x7e).contains(last),
            _ => true,
        };
        if ended || self.sequence.len() > 64 {
            let sequence = std::mem::take(&mut self.sequence);
            match sequence.as_slice() {
                [0x1b, b'[', b'?', .., b'u'] => self.flags = true,
                [0x1b, b'[', b'?', .., b'c'] => self.known = Some(self.flags),
                // A key that was pressed within a few milliseconds of the start, and that takes
                // more than a byte: its meaning is not worth a second parser.
                _ => {}
            }
        }
        None
    }
}

/// The key of a byte of the classic encoding.
fn key(byte: u8) -> Option<KeyEvent> {
    let plain = |code| Some(KeyEvent::new(code, KeyModifiers::NONE));
    match byte {
        b'\r' => plain(KeyCode::Enter),
        b'\t' => plain(KeyCode::Tab),
        0x7f => plain(KeyCode::Backspace),
        1..=26 => Some(KeyEvent::new(
            KeyCode::Char(char::from(byte + b'a' - 1)),
            KeyModifiers::CONTROL,
        )),
        0x20..=0x7e => plain(KeyCode::Char(char::from(byte))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(bytes: &[u8]) -> (Option<bool>, String) {
        let mut answer = Answer::default();
        let keys = bytes.iter().filter_map(|byte| answer.take(*byte));
        let text: String = keys.map(|key| format!("{} ", key.code)).collect();
        (answer.known, text.trim_end().to_owned())
    }

    #[test]
    fn a_terminal_says_whether_it_knows_flags_and_keys_are_not_lost() {
        assert_eq!(hear(b"\x1b[?0u\x1b[?62;22c"), (Some(true), String::new()));
        assert_eq!(hear(b"\x1b[?62;22c"), (Some(false), String::new()));
        assert_eq!(hear(b"q\x1b[A\x1b[?1;2cx"), (Some(false), "q x".to_owned()));
        assert_eq!(hear(b"\x11\x1b[?6"), (None, "q".to_owned()));
    }
}
