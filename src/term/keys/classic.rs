//! The bytes of keys as terminals have long sent them, and xterm's modifyOtherKeys.
//!
//! Entry point: [`encode`], which asks the kitty protocol first. Here a release is never told, and
//! neither is a key of the desktop (Super, Hyper, Meta): there are no bytes for them.

use super::key::{Key, KeyPress, Stroke};
use super::kitty;
use crate::term::{Held, Modes};

/// What the encodings here know of what is held.
const KNOWN: u8 = 0b111;

/// The bytes of a key; empty when the encoding has none.
pub fn encode(press: KeyPress, modes: Modes) -> Vec<u8> {
    if matches!(press.key, Key::Char(c) if c.is_control()) {
        return Vec::new();
    }
    if let Some(told) = kitty::encode(press, modes.kitty) {
        return told.into_bytes();
    }
    if press.stroke == Stroke::Release || press.held.has(Held::DESKTOP) {
        return Vec::new();
    }
    if let Some(told) = application_keypad(press, modes) {
        return told;
    }
    other(press, modes.other_keys).map_or_else(|| classic(press, modes), String::into_bytes)
}

/// What modifyOtherKeys changes: at level 1 keys that have no bytes of their own, at level 2 all
/// that are held with Control or Alt.
fn other(press: KeyPress, level: u8) -> Option<String> {
    let held = Held::of_bits(press.held.bits() & KNOWN);
    let (ctrl, alt) = (held.has(Held::CTRL), held.has(Held::ALT));
    let shift = held.has(Held::SHIFT);
    let told = match press.key {
        Key::Char(c) if level == 1 => ctrl && control(c).is_none(),
        Key::Char(_) => ctrl || alt,
        Key::Tab if shift => ctrl || alt,
        Key::Enter | Key::Tab => ctrl || shift || (alt && level > 1),
        Key::Backspace | Key::Escape => level > 1 && held != Held::NONE,
        _ => false,
    };
    if !told || level == 0 {
        return None;
    }
    let (number, held) = match press.key {
        Key::Char(c) => {
            let (small, held) = press.unshifted(c);
            let held = Held::of_bits(held.bits() & KNOWN);
            let c = if held.has(Held::SHIFT) {
                small.to_ascii_uppercase()
            } else {
                small
            };
            (u32::from(c), held)
        }
        Key::Enter => (13, held),
        Key::Tab => (9, held),
        Key::Backspace => (127, held),
        Key::Escape => (27, held),
        _ => return None,
    };
    Some(format!("\x1b[27;{};{number}~", held.bits() + 1))
}

fn classic(press: KeyPress, modes: Modes) -> Vec<u8> {
    match press.key {
        Key::Char(c) => character(c, press),
        Key::Enter if modes.line_feed => with_alt(press, b"\r\n"),
        Key::Enter => with_alt(press, b"\r"),
        Key::Tab if press.held.has(Held::SHIFT) => b"\x1b[Z".to_vec(),
        Key::Tab => with_alt(press, b"\t"),
        Key::Backspace if press.held.has(Held::CTRL) => with_alt(press, b"\x08"),
        Key::Backspace => with_alt(press, b"\x7f"),
        Key::Escape => with_alt(press, b"\x1b"),
        Key::Up => cursor(press, 'A', modes),
        Key::Down => cursor(press, 'B', modes),
        Key::Right => cursor(press, 'C', modes),
        Key::Left => cursor(press, 'D', modes),
        Key::Begin => cursor(press, 'E', modes),
        Key::Home => cursor(press, 'H', modes),
        Key::End => cursor(press, 'F', modes),
        Key::Insert => numbered(press, 2),
        Key::Delete => numbered(press, 3),
        Key::PageUp => numbered(press, 5),
        Key::PageDown => numbered(press, 6),
        Key::Function(number) => function(press, number),
        Key::Menu => numbered(press, 29),
        Key::CapsLock
        | Key::ScrollLock
        | Key::NumLock
        | Key::PrintScreen
        | Key::Pause
        | Key::Media(_)
        | Key::Modifier(_) => Vec::new(),
    }
}

/// The keypad in application form. With Num Lock on it types, whatever the program asked for.
fn application_keypad(press: KeyPress, modes: Modes) -> Option<Vec<u8>> {
    let locked = press.held.has(Held::NUM_LOCK);
    if !press.keypad || !modes.application_keypad || modes.kitty != 0 || locked {
        return None;
    }
    let end = match press.key {
        Key::Char(c @ '0'..='9') => {
            let digit = c.to_digit(10)?;
            char::from_u32(u32::from('p') + digit)?
        }
        Key::Char('*') => 'j',
        Key::Char('+') => 'k',
        Key::Char(',') => 'l',
        Key::Char('-') => 'm',
        Key::Char('.') => 'n',
        Key::Char('/') => 'o',
        Key::Char('=') => 'X',
        Key::Enter => 'M',
        _ => return None,
    };
    (modifier(press) == 1).then(|| format!("\x1bO{end}").into_bytes())
}

fn with_alt(press: KeyPress, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1);
    if press.held.has(Held::ALT) {
        out.push(0x1b);
    }
    out.extend_from_slice(bytes);
    out
}

fn character(c: char, press: KeyPress) -> Vec<u8> {
    if !press.held.has(Held::CTRL) {
        return with_alt(press, c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    match control(c) {
        Some(byte) => with_alt(press, &[byte]),
        None => with_alt(press, c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// The control character that a key has with Control.
fn control(c: char) -> Option<u8> {
    Some(match c {
        'a'..='z' | 'A'..='Z' => u8::try_from(c).map_or(0, |byte| byte & 0x1f),
        ' ' | '@' | '2' => 0,
        '[' | '3' => 0x1b,
        '\\' | '4' => 0x1c,
        ']' | '5' => 0x1d,
        '^' | '6' => 0x1e,
        '_' | '-' | '/' | '7' => 0x1f,
        '?' | '8' => 0x7f,
        _ => return None,
    })
}

fn modifier(press: KeyPress) -> u8 {
    1 + (press.held.bits() & KNOWN)
}

fn cursor(press: KeyPress, end: char, modes: Modes) -> Vec<u8> {
    match modifier(press) {
        1 if modes.application_cursor => format!("\x1bO{end}"),
        1 => format!("\x1b[{end}"),
        with => format!("\x1b[1;{with}{end}"),
    }
    .into_bytes()
}

fn numbered(press: KeyPress, number: u8) -> Vec<u8> {
    match modifier(press) {
        1 => format!("\x1b[{number}~"),
        with => format!("\x1b[{number};{with}~"),
    }
    .into_bytes()
}

fn function(press: KeyPress, number: u8) -> Vec<u8> {
    let with = modifier(press);
    match number {
        1..=4 => {
            let end = char::from(b'O' + number);
            if with == 1 {
                format!("\x1bO{end}").into_bytes()
            } else {
                format!("\x1b[1;{with}{end}").into_bytes()
            }
        }
        5 => numbered(press, 15),
        6..=10 => numbered(press, number + 11),
        11..=14 => numbered(press, number + 12),
        15 | 16 => numbered(press, number + 13),
        17..=20 => numbered(press, number + 14),
        _ => Vec::new(),
    }
}
