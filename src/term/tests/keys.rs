//! The encodings of keys, as tables.

use crate::term::keys::{Key, KeyPress, encode, paste};
use crate::term::{Modes, Screen};

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

/// A key, what is held with it, and the bytes.
type Told = (Key, &'static str, &'static [u8]);

/// What a program that set `modes` is told.
fn told(modes: Modes, table: &[Told]) {
    for &(key, with, bytes) in table {
        let told = encode(press(key, with), modes);
        assert_eq!(told, bytes, "{key:?} {with}");
    }
}

#[test]
fn with_the_kitty_flag_nothing_is_ambiguous() {
    let modes = Modes {
        kitty: 1,
        application_cursor: true,
        ..Modes::default()
    };
    told(
        modes,
        &[
            (Key::Char('a'), "", b"a"),
            (Key::Char('A'), "s", b"A"),
            (Key::Char('i'), "c", b"\x1b[105;5u"),
            (Key::Char('A'), "cs", b"\x1b[97;6u"),
            (Key::Char('a'), "a", b"\x1b[97;3u"),
            (Key::Escape, "", b"\x1b[27u"),
            (Key::Enter, "", b"\r"),
            (Key::Enter, "s", b"\x1b[13;2u"),
            (Key::Tab, "", b"\t"),
            (Key::Tab, "s", b"\x1b[9;2u"),
            (Key::Backspace, "c", b"\x1b[127;5u"),
            (Key::Up, "", b"\x1b[A"),
            (Key::Up, "s", b"\x1b[1;2A"),
            (Key::Function(1), "", b"\x1b[P"),
            (Key::Function(3), "c", b"\x1b[13;5~"),
            (Key::Delete, "", b"\x1b[3~"),
        ],
    );
}

#[test]
fn modify_other_keys_tells_what_has_no_bytes_or_all_that_is_modified() {
    let level = |other_keys| Modes {
        other_keys,
        ..Modes::default()
    };
    told(
        level(1),
        &[
            (Key::Char('c'), "c", b"\x03"),
            (Key::Char(';'), "c", b"\x1b[27;5;59~"),
            (Key::Char('x'), "a", b"\x1bx"),
            (Key::Enter, "s", b"\x1b[27;2;13~"),
            (Key::Tab, "s", b"\x1b[Z"),
        ],
    );
    told(
        level(2),
        &[
            (Key::Char('c'), "", b"c"),
            (Key::Char('c'), "c", b"\x1b[27;5;99~"),
            (Key::Char('x'), "a", b"\x1b[27;3;120~"),
            (Key::Enter, "", b"\r"),
            (Key::Enter, "s", b"\x1b[27;2;13~"),
        ],
    );
}

#[test]
fn each_screen_has_keyboard_flags_of_its_own_and_a_reset_clears_them() {
    let mut screen = Screen::new((10, 2), 0);
    screen.feed(b"\x1b[>31u\x1b[?u");
    assert_eq!(screen.take_replies(), b"\x1b[?1u", "only what works");
    screen.feed(b"\x1b[?1049h\x1b[?u");
    assert_eq!(screen.take_replies(), b"\x1b[?0u");
    screen.feed(b"\x1b[=1u\x1b[>4;2m");
    let mut copy = Screen::new((10, 2), 0);
    copy.feed(&screen.snapshot());
    assert_eq!(copy.modes(), screen.modes());
    assert_eq!((copy.modes().kitty, copy.modes().other_keys), (1, 2));
    copy.feed(b"\x1b[<u\x1b[?1049l");
    assert_eq!(copy.modes().kitty, 1);
    copy.feed(b"\x1b[<u");
    assert_eq!(copy.modes().kitty, 0);
    for _ in 0..100 {
        copy.feed(b"\x1b[>1u");
    }
    copy.feed(b"\x1b[<99u");
    assert_eq!(copy.modes().kitty, 0);
    copy.feed(b"\x1b[>1u\x1bc");
    assert_eq!((copy.modes().kitty, copy.modes().other_keys), (0, 0));
}
