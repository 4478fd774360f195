//! The classic encoding, as a table.

use crate::term::Modes;
use crate::term::keys::{Key, KeyPress, encode, paste};

fn press(key: Key, with: &str) -> KeyPress {
    KeyPress {
        key,
        ctrl: with.contains('c'),
        alt: with.contains('a'),
        shift: with.contains('s'),
    }
}

#[test]
fn keys_are_what_programs_expect() {
    let plain = Modes::default();
    let application = Modes {
        application_cursor: true,
        ..plain
    };
    let table: [(Key, &str, Modes, &[u8]); 19] = [
        (Key::Char('a'), "", plain, b"a"),
        (Key::Char('é'), "a", plain, "\x1bé".as_bytes()),
        (Key::Char('c'), "c", plain, b"\x03"),
        (Key::Char('C'), "c", plain, b"\x03"),
        (Key::Char(' '), "c", plain, b"\x00"),
        (Key::Char(']'), "c", plain, b"\x1d"),
        (Key::Enter, "", plain, b"\r"),
        (Key::Enter, "a", plain, b"\x1b\r"),
        (Key::Tab, "s", plain, b"\x1b[Z"),
        (Key::Backspace, "", plain, b"\x7f"),
        (Key::Escape, "", plain, b"\x1b"),
        (Key::Up, "", plain, b"\x1b[A"),
        (Key::Up, "", application, b"\x1bOA"),
        (Key::Left, "c", application, b"\x1b[1;5D"),
        (Key::Home, "s", plain, b"\x1b[1;2H"),
        (Key::Delete, "", plain, b"\x1b[3~"),
        (Key::PageUp, "a", plain, b"\x1b[5;3~"),
        (Key::Function(1), "", plain, b"\x1bOP"),
        (Key::Function(12), "s", plain, b"\x1b[24;2~"),
    ];
    for (key, with, modes, bytes) in table {
        assert_eq!(
            encode(press(key, with), modes),
            bytes,
            "{key:?} with {with:?}"
        );
    }
    assert_eq!(encode(press(Key::Function(5), ""), plain), b"\x1b[15~");
    assert_eq!(encode(press(Key::Function(11), ""), plain), b"\x1b[23~");
}

#[test]
fn a_paste_cannot_leave_its_brackets() {
    // T8, attack 24.
    let bracketed = Modes {
        bracketed_paste: true,
        ..Modes::default()
    };
    assert_eq!(
        paste("a\x1b[201~\x07b\r\nc\nd\u{9b}e", bracketed),
        b"\x1b[200~a[201~b\rc\rde\x1b[201~"
    );
    assert_eq!(paste("a\nb", Modes::default()), b"a\rb");
}
