//! Whether the operator's terminal can tell keys apart that the classic encoding cannot.
//!
//! The question goes out when the terminal is taken over; here its answer is waited for, for a
//! short time and before anything else reads the keyboard. What is typed or pasted meanwhile is
//! handed on.

#![expect(
    clippy::disallowed_methods,
    reason = "the answer is waited for with a deadline"
)]

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::msg::Msg;
use crate::screen::press_of;
use crate::term::{Modes, keys::encode};

/// How long a terminal has for its answer, and for the next piece of a paste.
const LIMIT: Duration = Duration::from_millis(250);
/// Longest sequence that is looked at.
const SEQUENCE_MAX: usize = 64;
/// Longest paste that is taken in here.
const PASTE_MAX: usize = 8 << 20;
const PASTE_END: &[u8] = b"\x1b[201~";

/// The keys whose classic sequences are known.
const KEYS: [KeyCode; 27] = [
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Right,
    KeyCode::Left,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Insert,
    KeyCode::Delete,
    KeyCode::KeypadBegin,
    KeyCode::BackTab,
    KeyCode::Enter,
    KeyCode::Backspace,
    KeyCode::Tab,
    KeyCode::F(1),
    KeyCode::F(2),
    KeyCode::F(3),
    KeyCode::F(4),
    KeyCode::F(5),
    KeyCode::F(6),
    KeyCode::F(7),
    KeyCode::F(8),
    KeyCode::F(9),
    KeyCode::F(10),
    KeyCode::F(11),
    KeyCode::F(12),
];

/// Waits for the answer; what is typed before it is given to `heard`. Says whether the terminal
/// knows keyboard flags. One that answers later, or not at all, is taken to know none.
pub(crate) fn answers(mut heard: impl FnMut(Msg)) -> bool {
    let mut until = Instant::now() + LIMIT;
    let mut answer = Answer::default();
    let mut piece = [0; 256];
    while !answer.is_over() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || !is_readable(left) {
            break;
        }
        let Ok(count @ 1..) = rustix::io::read(rustix::stdio::stdin(), &mut piece) else {
            break;
        };
        for byte in piece.get(..count).unwrap_or_default() {
            if let Some(msg) = answer.take(*byte) {
                heard(msg);
            }
        }
        if answer.paste.is_some() {
            until = Instant::now() + LIMIT;
        }
    }
    if let Some(msg) = answer.rest() {
        heard(msg);
    }
    answer.known.unwrap_or(false)
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
    /// A sequence or a character that has not ended.
    pending: Vec<u8>,
    /// A paste that has not ended.
    paste: Option<Vec<u8>>,
    flags: bool,
    /// Set once the terminal has said what it is: whether it said before that it knows flags.
    known: Option<bool>,
}

impl Answer {
    /// Whether the answer is there, and nothing has begun that did not end.
    fn is_over(&self) -> bool {
        self.known.is_some() && self.pending.is_empty() && self.paste.is_none()
    }

    /// Takes in a byte; returns what it completes.
    fn take(&mut self, byte: u8) -> Option<Msg> {
        if let Some(paste) = &mut self.paste {
            paste.push(byte);
            let ended = paste.ends_with(PASTE_END);
            return (ended || paste.len() >= PASTE_MAX).then(|| self.pasted())?;
        }
        self.pending.push(byte);
        let ended = match self.pending.as_slice() {
            [0x1b] | [0x1b, b'[' | b'O'] => false,
            [0x1b, b'[', .., last] => (0x40..=0x7e).contains(last),
            [0x1b, b'O', _] => true,
            [0x1b, text @ ..] | text => is_whole(text),
        };
        if !ended && self.pending.len() < SEQUENCE_MAX {
            return None;
        }
        let sequence = std::mem::take(&mut self.pending);
        match sequence.as_slice() {
            [0x1b, b'[', b'?', .., b'u'] => self.flags = true,
            [0x1b, b'[', b'?', .., b'c'] => self.known = Some(self.flags),
            b"\x1b[200~" => self.paste = Some(Vec::new()),
            b"\x1b[I" => return Some(Msg::Focus(true)),
            b"\x1b[O" => return Some(Msg::Focus(false)),
            other => return key(other).map(Msg::Key),
        }
        None
    }

    fn pasted(&mut self) -> Option<Msg> {
        let paste = self.paste.take()?;
        let text = paste.strip_suffix(PASTE_END).unwrap_or(&paste);
        Some(Msg::Paste(String::from_utf8_lossy(text).into_owned()))
    }

    /// What has not ended when the time is over.
    fn rest(&mut self) -> Option<Msg> {
        let escape = self.pending == [0x1b];
        self.pending.clear();
        if escape {
            return Some(Msg::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)));
        }
        self.pasted()
    }
}

/// Whether bytes are a whole character, or can never become one.
fn is_whole(text: &[u8]) -> bool {
    std::str::from_utf8(text).map_or_else(|error| error.error_len().is_some(), |_| true)
}

/// The key of a character or a sequence of the classic encoding.
fn key(sequence: &[u8]) -> Option<KeyEvent> {
    let plain = |code| Some(KeyEvent::new(code, KeyModifiers::NONE));
    match sequence {
        b"\r" => plain(KeyCode::Enter),
        b"\t" => plain(KeyCode::Tab),
        [0x7f] => plain(KeyCode::Backspace),
        [0] => Some(KeyEvent::new(KeyCode::Char(' '), KeyModifiers::CONTROL)),
        [byte @ 1..=26] => Some(KeyEvent::new(
            KeyCode::Char(char::from(byte + b'a' - 1)),
            KeyModifiers::CONTROL,
        )),
        [0x1b, b'[' | b'O', ..] | [0x1b, 0..=0x1f | 0x7f] => known(sequence),
        [0x1b, text @ ..] => {
            let code = KeyCode::Char(character(text)?);
            Some(KeyEvent::new(code, KeyModifiers::ALT))
        }
        text => plain(KeyCode::Char(character(text)?)),
    }
}

fn character(text: &[u8]) -> Option<char> {
    let mut all = std::str::from_utf8(text).ok()?.chars();
    all.next()
        .filter(|c| !c.is_control() && all.next().is_none())
}

/// The key that has this sequence in our own encoding.
fn known(sequence: &[u8]) -> Option<KeyEvent> {
    let normal = Modes::default();
    let application = Modes {
        application_cursor: true,
        ..normal
    };
    (0..8_u8)
        .flat_map(|bits| KEYS.map(|code| KeyEvent::new(code, KeyModifiers::from_bits_retain(bits))))
        .find(|event| {
            let press = press_of(event);
            [normal, application]
                .iter()
                .any(|modes| encode(press, *modes) == sequence)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is known after these bytes, and what was heard.
    fn hear(bytes: &[u8]) -> (Option<bool>, String) {
        let mut answer = Answer::default();
        let mut all: Vec<Msg> = bytes.iter().filter_map(|byte| answer.take(*byte)).collect();
        all.extend(answer.rest());
        let words = all.into_iter().map(|msg| match msg {
            Msg::Key(key) => format!("{}{}", key.modifiers, key.code),
            Msg::Paste(text) => format!("{text:?}"),
            Msg::Focus(focused) => format!("focus:{focused}"),
            other => format!("{other:?}"),
        });
        (answer.known, words.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_terminal_says_whether_it_knows_flags_and_keys_are_not_lost() {
        let flags = "\x1b[?0u\x1b[?62;22c";
        for (bytes, known, heard) in [
            (flags, Some(true), ""),
            ("\x1b[?62;22c", Some(false), ""),
            ("q\x1b[A\x1b[?1;2cx", Some(false), "q Up x"),
            ("\x11\x1b[?6", None, "Controlq"),
            (
                "日é\x1b[1;5D\x1bOP\x1bx\x1b[Z",
                None,
                "日 é ControlLeft F1 Altx Back Tab",
            ),
            (
                "\x1b\r\x1b[5~\x1b[3;2~\x1b[24~",
                None,
                "AltEnter Page Up ShiftDel F12",
            ),
            (
                "\x1b[I\x1b[O\x1b[<35;3;4M\x1b",
                None,
                "focus:true focus:false Esc",
            ),
            ("\x1b[200~rm -rf x\rq\x1b[201~z", None, r#""rm -rf x\rq" z"#),
            ("\x1b[200~cut\x1b[?1;2c", None, r#""cut\u{1b}[?1;2c""#),
        ] {
            let told = hear(bytes.as_bytes());
            assert_eq!(told, (known, heard.to_owned()), "{bytes:?}");
        }
    }

    #[test]
    fn the_answer_is_over_when_nothing_is_left_unfinished() {
        let mut answer = Answer::default();
        let mut over = Vec::new();
        for byte in b"\x1b[?1c\x1b[200~x\x1b[201~" {
            answer.take(*byte);
            over.push(answer.is_over());
        }
        assert_eq!(over.iter().filter(|over| **over).count(), 2);
        assert!(answer.is_over());
    }
}
