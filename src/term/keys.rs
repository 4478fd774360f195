//! Keys and pastes as the bytes a program expects, in the encoding that it asked for.
//!
//! Own small key type; whoever reads a keyboard translates into it. A paste can never end its own
//! bracket or bring an escape sequence with it (contract T8).

use super::screen::Modes;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Return.
    Enter,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Escape.
    Escape,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow right.
    Right,
    /// Arrow left.
    Left,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
    /// F1 to F12.
    Function(u8),
}

/// A key with what was held down with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    /// The key.
    pub key: Key,
    /// With Control.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
    /// With Shift.
    pub shift: bool,
}

impl From<Key> for KeyPress {
    fn from(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }
}

/// The bytes of a key; empty when the encoding has none.
pub fn encode(press: KeyPress, modes: Modes) -> Vec<u8> {
    let told = if modes.kitty != 0 {
        kitty(press)
    } else {
        other(press, modes.other_keys)
    };
    told.map_or_else(|| classic(press, modes), String::into_bytes)
}

/// The number of a key that has a character, and whether Shift is held with it.
fn code(press: KeyPress) -> Option<(char, bool)> {
    match press.key {
        Key::Char(c) => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(small), None) => Some((small, press.shift || small != c)),
                _ => Some((c, press.shift)),
            }
        }
        Key::Enter => Some(('\r', press.shift)),
        Key::Tab => Some(('\t', press.shift)),
        Key::Backspace => Some(('\x7f', press.shift)),
        Key::Escape => Some(('\x1b', press.shift)),
        Key::Up
        | Key::Down
        | Key::Right
        | Key::Left
        | Key::Home
        | Key::End
        | Key::PageUp
        | Key::PageDown
        | Key::Insert
        | Key::Delete
        | Key::Function(_) => None,
    }
}

/// What the kitty protocol's first flag changes: nothing is ambiguous any more, and the keys that
/// have no character are always told by a control sequence.
fn kitty(press: KeyPress) -> Option<String> {
    let with = modifier(press);
    if let Some((c, shift)) = code(press) {
        let with = modifier(KeyPress { shift, ..press });
        let number = u32::from(c);
        return match press.key {
            Key::Char(_) if !press.ctrl && !press.alt => None,
            Key::Enter | Key::Tab | Key::Backspace if with == 1 => None,
            _ if with == 1 => Some(format!("\x1b[{number}u")),
            _ => Some(format!("\x1b[{number};{with}u")),
        };
    }
    let end = match press.key {
        Key::Up => 'A',
        Key::Down => 'B',
        Key::Right => 'C',
        Key::Left => 'D',
        Key::Home => 'H',
        Key::End => 'F',
        Key::Function(1) => 'P',
        Key::Function(2) => 'Q',
        // The classic form of the third is taken by reports of the cursor's place.
        Key::Function(3) if with == 1 => return Some("\x1b[13~".to_owned()),
        Key::Function(3) => return Some(format!("\x1b[13;{with}~")),
        Key::Function(4) => 'S',
        _ => return None,
    };
    Some(if with == 1 {
        format!("\x1b[{end}")
    } else {
        format!("\x1b[1;{with}{end}")
    })
}

/// What modifyOtherKeys changes: at level 1 keys that have no bytes of their own, at level 2 all
/// that are held with Control or Alt.
fn other(press: KeyPress, level: u8) -> Option<String> {
    let told = match press.key {
        Key::Char(c) if level == 1 => press.ctrl && control(c).is_none(),
        Key::Char(_) => press.ctrl || press.alt,
        Key::Tab if press.shift => press.ctrl || press.alt,
        Key::Enter | Key::Tab => press.ctrl || press.shift || (press.alt && level > 1),
        Key::Backspace | Key::Escape => level > 1 && modifier(press) > 1,
        _ => false,
    };
    let (small, shift) = code(press).filter(|_| told && level > 0)?;
    let with = modifier(KeyPress { shift, ..press });
    let c = match press.key {
        Key::Char(c) if shift => c.to_ascii_uppercase(),
        _ => small,
    };
    Some(format!("\x1b[27;{with};{}~", u32::from(c)))
}

fn classic(press: KeyPress, modes: Modes) -> Vec<u8> {
    match press.key {
        Key::Char(c) => character(c, press),
        Key::Enter if modes.line_feed => with_alt(press, b"\r\n"),
        Key::Enter => with_alt(press, b"\r"),
        Key::Tab if press.shift => b"\x1b[Z".to_vec(),
        Key::Tab => with_alt(press, b"\t"),
        Key::Backspace if press.ctrl => with_alt(press, b"\x08"),
        Key::Backspace => with_alt(press, b"\x7f"),
        Key::Escape => with_alt(press, b"\x1b"),
        Key::Up => cursor(press, 'A', modes),
        Key::Down => cursor(press, 'B', modes),
        Key::Right => cursor(press, 'C', modes),
        Key::Left => cursor(press, 'D', modes),
        Key::Home => cursor(press, 'H', modes),
        Key::End => cursor(press, 'F', modes),
        Key::Insert => numbered(press, 2),
        Key::Delete => numbered(press, 3),
        Key::PageUp => numbered(press, 5),
        Key::PageDown => numbered(press, 6),
        Key::Function(number) => function(press, number),
    }
}

/// The bytes of a paste: no control characters but tabs and line ends, bracketed if asked for.
pub fn paste(text: &str, modes: Modes) -> Vec<u8> {
    let clean: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\n' { '\r' } else { c })
        .filter(|c| !c.is_control() || matches!(c, '\r' | '\t'))
        .collect();
    if modes.bracketed_paste {
        format!("\x1b[200~{clean}\x1b[201~").into_bytes()
    } else {
        clean.into_bytes()
    }
}

fn with_alt(press: KeyPress, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1);
    if press.alt {
        out.push(0x1b);
    }
    out.extend_from_slice(bytes);
    out
}

fn character(c: char, press: KeyPress) -> Vec<u8> {
    if !press.ctrl {
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
    1 + u8::from(press.shift) + 2 * u8::from(press.alt) + 4 * u8::from(press.ctrl)
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
        11 | 12 => numbered(press, number + 12),
        _ => Vec::new(),
    }
}
