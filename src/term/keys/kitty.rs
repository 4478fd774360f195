//! The kitty keyboard protocol: what its five flags change, and the numbers of its keys.
//!
//! Without any of its flags nothing is encoded here. Of the alternate keys only the shifted one
//! is told: no terminal tells us where a key lies on another layout.

use std::fmt::Write as _;

use super::key::{Key, KeyPress, Stroke};
use crate::term::Held;

/// Keys that were ambiguous are told in full.
const DISAMBIGUATE: u8 = 1;
/// Repeats and releases are told.
pub(in crate::term) const EVENTS: u8 = 2;
/// The character that a key has with Shift is told.
const ALTERNATES: u8 = 4;
/// Also keys that type a character are told by a sequence, and modifiers by themselves.
const ALL: u8 = 8;
/// The text that a key types is told with it.
const TEXT: u8 = 16;
/// The flags that are kept when a program asks for them: all that there are.
pub(in crate::term) const OFFERED: u8 = DISAMBIGUATE | EVENTS | ALTERNATES | ALL | TEXT;

/// What the protocol makes of a key; none where it is told as without the protocol.
pub(super) fn encode(press: KeyPress, flags: u8) -> Option<String> {
    if flags & OFFERED == 0 {
        return None;
    }
    let has = |flag| flags & flag != 0;
    let press = heard(press, flags);
    let stroke = match press.stroke {
        Stroke::Release if !has(EVENTS) => return Some(String::new()),
        Stroke::Repeat if !has(EVENTS) => Stroke::Press,
        stroke => stroke,
    };
    if !has(ALL) {
        let pressed = stroke != Stroke::Release;
        match press.key {
            Key::CapsLock | Key::NumLock | Key::ScrollLock | Key::Modifier(_) => {
                return Some(String::new());
            }
            Key::Char(_) if press.is_text() && pressed => return None,
            // So that a shell still works that such flags were left to.
            Key::Enter | Key::Tab | Key::Backspace if !press.keypad && !pressed => {
                return Some(String::new());
            }
            Key::Enter | Key::Tab | Key::Backspace if !press.keypad && press.held == Held::NONE => {
                return None;
            }
            _ if !has(DISAMBIGUATE) && stroke == Stroke::Press => return None,
            _ => {}
        }
    }
    Some(sequence(press, stroke, flags))
}

/// A key as far as the flags let it be told.
fn heard(press: KeyPress, flags: u8) -> KeyPress {
    let types = matches!(
        press.key,
        Key::Char(_) | Key::Enter | Key::Tab | Key::Backspace
    );
    KeyPress {
        // A lock must not turn typing into sequences for a program that still reads text.
        held: if types && flags & ALL == 0 {
            press.held.without(Held::LOCKS)
        } else {
            press.held
        },
        keypad: press.keypad && flags & (DISAMBIGUATE | ALL) != 0,
        ..press
    }
}

fn sequence(press: KeyPress, stroke: Stroke, flags: u8) -> String {
    let keypad = press.keypad.then(|| keypad(press.key)).flatten();
    let (number, held, end) = match (press.key, keypad) {
        (_, Some(number)) => (number, press.held, 'u'),
        (Key::Char(c), None) => {
            let (small, held) = press.unshifted(c);
            (u32::from(small), held, 'u')
        }
        (key, None) => match functional(key) {
            Some((number, end)) => (number, press.held, end),
            None => return String::new(),
        },
    };
    let shifted = shifted(press, held).filter(|_| flags & ALTERNATES != 0 && keypad.is_none());
    let text = match press.key {
        Key::Char(c) if press.is_text() && stroke != Stroke::Release => Some(u32::from(c)),
        _ => None,
    };
    let text = text.filter(|_| flags & ALL != 0 && flags & TEXT != 0);
    let event = match stroke {
        Stroke::Press => "",
        Stroke::Repeat => ":2",
        Stroke::Release => ":3",
    };
    let modified = held != Held::NONE || !event.is_empty();
    let mut out = "\x1b[".to_owned();
    // Writing to a string cannot fail.
    if number != 1 || modified {
        let _ = write!(out, "{number}");
    }
    if let Some(shifted) = shifted {
        let _ = write!(out, ":{}", u32::from(shifted));
    }
    if modified {
        let _ = write!(out, ";{}{event}", u16::from(held.bits()) + 1);
    }
    if let Some(text) = text {
        let empty = if modified { "" } else { ";" };
        let _ = write!(out, "{empty};{text}");
    }
    out.push(end);
    out
}

/// The character that a key has with Shift, where it is held and the character is known.
fn shifted(press: KeyPress, held: Held) -> Option<char> {
    let Key::Char(c) = press.key else { return None };
    if !held.has(Held::SHIFT) {
        return None;
    }
    let (small, _) = press.unshifted(c);
    let mut upper = small.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => (upper != small).then_some(upper),
        _ => None,
    }
}

/// The number of a key of the keypad.
fn keypad(key: Key) -> Option<u32> {
    Some(match key {
        Key::Char(c @ '0'..='9') => 57_399 + c.to_digit(10)?,
        Key::Char('.') => 57_409,
        Key::Char('/') => 57_410,
        Key::Char('*') => 57_411,
        Key::Char('-') => 57_412,
        Key::Char('+') => 57_413,
        Key::Enter => 57_414,
        Key::Char('=') => 57_415,
        Key::Char(',') => 57_416,
        Key::Left => 57_417,
        Key::Right => 57_418,
        Key::Up => 57_419,
        Key::Down => 57_420,
        Key::PageUp => 57_421,
        Key::PageDown => 57_422,
        Key::Home => 57_423,
        Key::End => 57_424,
        Key::Insert => 57_425,
        Key::Delete => 57_426,
        _ => return None,
    })
}

/// The number and the last byte of a key that types no character.
fn functional(key: Key) -> Option<(u32, char)> {
    Some(match key {
        Key::Char(_) => return None,
        Key::Escape => (27, 'u'),
        Key::Enter => (13, 'u'),
        Key::Tab => (9, 'u'),
        Key::Backspace => (127, 'u'),
        Key::Insert => (2, '~'),
        Key::Delete => (3, '~'),
        Key::PageUp => (5, '~'),
        Key::PageDown => (6, '~'),
        Key::Up => (1, 'A'),
        Key::Down => (1, 'B'),
        Key::Right => (1, 'C'),
        Key::Left => (1, 'D'),
        Key::Begin => (1, 'E'),
        Key::End => (1, 'F'),
        Key::Home => (1, 'H'),
        Key::Function(1) => (1, 'P'),
        Key::Function(2) => (1, 'Q'),
        // The letter of the third is taken by reports of the cursor's place.
        Key::Function(3) => (13, '~'),
        Key::Function(4) => (1, 'S'),
        Key::Function(5) => (15, '~'),
        Key::Function(number @ 6..=10) => (u32::from(number) + 11, '~'),
        Key::Function(number @ 11..=12) => (u32::from(number) + 12, '~'),
        Key::Function(number @ 13..=35) => (57_363 + u32::from(number), 'u'),
        Key::Function(_) => return None,
        Key::CapsLock => (57_358, 'u'),
        Key::ScrollLock => (57_359, 'u'),
        Key::NumLock => (57_360, 'u'),
        Key::PrintScreen => (57_361, 'u'),
        Key::Pause => (57_362, 'u'),
        Key::Menu => (57_363, 'u'),
        Key::Media(media) => (57_428 + media as u32, 'u'),
        Key::Modifier(modifier) => (57_441 + modifier as u32, 'u'),
    })
}
