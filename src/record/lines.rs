//! The text of a recording: lines as they were shown, each with the time at which it was done.
//!
//! Lines are made when they are asked for, from the blocks, and not while recording: the flood of
//! one agent must not pay for the search of another. A line is done when it leaves the top of the
//! primary screen; what is on the screen at the end follows. Everything has been through a screen
//! and holds no control character (contract T11).

use std::io;

use super::cast::Span;
use super::index::EntryKind;
use super::reader::Recording;
use super::screens::{decode_size, with_returns};
use crate::support::text::strip;
use crate::term::Screen;

/// Bytes that are fed at a time: no more rows than that can leave the screen at once.
const PIECE: usize = 1024;

/// Gives `out` each line of the stretch with its time, in order.
pub(crate) fn write_lines(
    recording: &mut Recording,
    span: Span,
    out: &mut dyn FnMut(u64, &str) -> io::Result<()>,
) -> io::Result<()> {
    let mut screen = Screen::new(recording.size(), PIECE);
    let mut time = 0;
    let mut number = 0;
    let terminal = recording.about().terminal;
    let mut say = |time: u64, lines: Vec<String>| -> io::Result<()> {
        if time < span.from {
            return Ok(());
        }
        lines
            .iter()
            .try_for_each(|line| out(time, strip(line).trim_end()))
    };
    while let Some((entry, bytes)) = recording.read(number)? {
        if entry.time > span.to {
            break;
        }
        time = entry.time;
        match entry.kind {
            EntryKind::Output => {
                for piece in bytes.chunks(PIECE / 2) {
                    if terminal {
                        screen.feed(piece);
                    } else {
                        screen.feed(&with_returns(piece));
                    }
                    say(time, left(&mut screen))?;
                }
            }
            EntryKind::Resize => {
                if let Some(size) = decode_size(&bytes) {
                    screen.resize(size);
                    say(time, left(&mut screen))?;
                }
            }
            EntryKind::Marker | EntryKind::Exit | EntryKind::Keyframe => {}
        }
        number += 1;
    }
    screen.release();
    let mut shown = left(&mut screen);
    shown.extend((0..screen.size().1).map(|row| screen.row(row).text()));
    while shown.last().is_some_and(|line| line.trim().is_empty()) {
        shown.pop();
    }
    say(time, shown)
}

/// The rows that have left the screen.
fn left(screen: &mut Screen) -> Vec<String> {
    let count = screen.history_len();
    if count == 0 {
        return Vec::new();
    }
    let lines = screen.history(count);
    screen.forget_history();
    lines
}
