//! What becomes of one whole control sequence: passed on, clipped, split, understood or dropped.
//!
//! Owns no state. Called by `filter` with complete sequences of limited length only.

use super::facts::Fact;
use super::filter::{Act, Sink};
use super::keyboard::Wish;
use super::mouse;
use super::report;

/// Most parameters looked at (contract T10).
const PARAMS_MAX: usize = 32;

/// Passes on the control sequence `whole` (`ESC [` … final byte).
pub(super) fn pass(whole: &[u8], size: (u16, u16), sink: &mut impl Sink) {
    let body = whole.get(2..).unwrap_or_default();
    let Some((&last, body)) = body.split_last() else {
        return;
    };
    let (mark, numbers) = match body.split_first() {
        Some((&mark @ b'<'..=b'?', numbers)) => (Some(mark), numbers),
        _ => (None, body),
    };
    match (mark, last) {
        (Some(b'?'), b'h' | b'l') => private_modes(whole, numbers, last, sink),
        // With a byte between its numbers and its end it is another sequence (DECCARA and the like).
        (None, b'r') if plain(numbers) => region(whole, &parse(numbers), size, sink),
        // Repeat: never more than one row of a character.
        (None, b'b') if plain(numbers) => {
            let count = parse(numbers).first().map_or(1, |&count| count.max(1));
            sink.text(format!("\x1b[{}b", count.min(size.0)).as_bytes());
        }
        // Window operations: only the size in cells is answered, nothing else is obeyed.
        (None, b't') if numbers == b"18" => sink.text(whole),
        // Titles are put away and brought back, never told.
        (None, b't') if is_title(numbers, b"22") => sink.act(Act::Fact(Fact::TitlePush)),
        (None, b't') if is_title(numbers, b"23") => sink.act(Act::Fact(Fact::TitlePop)),
        (Some(b'>'), b'q') if matches!(numbers, b"" | b"0") => {
            sink.act(Act::Reply(report::VERSION.to_owned()));
        }
        (Some(b'?'), b'n') if numbers == b"996" => sink.act(Act::Reply(report::DARK.to_owned())),
        (Some(b'?'), b'p') => match asked_mode(numbers) {
            Some(mode) => sink.act(Act::AskMode(mode)),
            None => sink.text(whole),
        },
        (Some(mark), b'u' | b'm') | (Some(mark @ b'>'), b'n') => {
            if let Some(wish) = Wish::of(mark, &parse(numbers), last) {
                sink.act(Act::Keyboard(wish));
            }
        }
        // Checksums of the screen are never told.
        (_, b't' | b'y') => {}
        _ => sink.text(whole),
    }
}

/// Whether nothing but numbers stands before the final byte.
fn plain(numbers: &[u8]) -> bool {
    !numbers.iter().any(|byte| matches!(byte, 0x20..=0x2f))
}

/// Whether a window operation on titles means the window's: none, both, or the window's alone.
fn is_title(numbers: &[u8], operation: &[u8]) -> bool {
    numbers
        .strip_prefix(operation)
        .is_some_and(|which| matches!(which, b"" | b";0" | b";2" | b";0;0" | b";2;0"))
}

fn parse(numbers: &[u8]) -> Vec<u16> {
    numbers
        .split(|&byte| byte == b';')
        .take(PARAMS_MAX)
        .map(|part| {
            part.iter()
                .take_while(|byte| byte.is_ascii_digit())
                .fold(0_u16, |sum, byte| {
                    sum.saturating_mul(10)
                        .saturating_add(u16::from(byte - b'0'))
                })
        })
        .collect()
}

/// The mode that is asked for, where it is not the emulator that knows.
fn asked_mode(numbers: &[u8]) -> Option<u16> {
    let digits = numbers.strip_suffix(b"$")?;
    let mode = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (matches!(mode, 2026 | 2031) || mouse::is_mode(mode)).then_some(mode)
}

fn private_modes(whole: &[u8], numbers: &[u8], last: u8, sink: &mut impl Sink) {
    let modes = parse(numbers);
    if !modes
        .iter()
        .any(|&mode| matches!(mode, 3 | 47 | 1047 | 1049 | 2026 | 2031) || mouse::is_mode(mode))
    {
        sink.text(whole);
        return;
    }
    let on = last == b'h';
    for mode in modes {
        match mode {
            2026 => sink.act(if on { Act::SyncBegin } else { Act::SyncEnd }),
            // The colours never change: there is nothing to tell.
            2031 => {}
            mode if mouse::is_mode(mode) => sink.act(Act::Mouse(mode, on)),
            47 | 1047 | 1049 => {
                sink.act(if on {
                    Act::AlternateEnter
                } else {
                    Act::AlternateLeave
                });
                sink.text(if on { b"\x1b[?1049h" } else { b"\x1b[?1049l" });
            }
            other => {
                sink.text(format!("\x1b[?{other}{}", char::from(last)).as_bytes());
                if other == 3 {
                    sink.act(Act::Region(None));
                }
            }
        }
    }
}

fn region(whole: &[u8], numbers: &[u16], size: (u16, u16), sink: &mut impl Sink) {
    let top = numbers.first().map_or(1, |&top| top.max(1));
    let bottom = match numbers.get(1) {
        None | Some(0) => size.1,
        Some(&bottom) => bottom.min(size.1),
    };
    if top < bottom {
        sink.text(whole);
        sink.act(Act::Region(
            ((top, bottom) != (1, size.1)).then_some((top, bottom)),
        ));
    }
}
