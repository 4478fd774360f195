//! The encodings of keys, as tables.

use proptest::prelude::*;

use crate::term::keys::{Key, KeyPress, Media, Modifier, Stroke, encode, paste};
use crate::term::{Held, Modes, Screen};

/// A key with what is held with it: control, alt, shift, super (`d`), hyper, meta, Caps Lock
/// (`C`), Num Lock (`N`); `k` for one of the keypad, `r` for a repeat, `u` for a release.
fn press(key: Key, with: &str) -> KeyPress {
    let mut press = KeyPress::from(key);
    for letter in with.chars() {
        press.held |= match letter {
            's' => Held::SHIFT,
            'a' => Held::ALT,
            'c' => Held::CTRL,
            'd' => Held::SUPER,
            'h' => Held::HYPER,
            'm' => Held::META,
            'C' => Held::CAPS_LOCK,
            'N' => Held::NUM_LOCK,
            _ => Held::NONE,
        };
        match letter {
            'k' => press.keypad = true,
            'r' => press.stroke = Stroke::Repeat,
            'u' => press.stroke = Stroke::Release,
            _ => {}
        }
    }
    press
}

fn with_flags(kitty: u8) -> Modes {
    Modes {
        kitty,
        ..Modes::default()
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
    for (number, code) in [(5, 15), (11, 23), (13, 25), (15, 28), (16, 29), (20, 34)] {
        let bytes = format!("\x1b[{code}~").into_bytes();
        assert_eq!(encode(press(Key::Function(number), ""), plain), bytes);
    }
}

#[test]
fn the_classic_encoding_has_no_bytes_for_releases_the_desktop_and_keys_without_a_meaning() {
    for other_keys in 0..=2 {
        let modes = Modes {
            other_keys,
            ..Modes::default()
        };
        told(
            modes,
            &[
                (Key::Char('a'), "u", b""),
                (Key::Enter, "u", b""),
                (Key::Char('a'), "r", b"a"),
                (Key::Char('l'), "d", b""),
                (Key::Up, "m", b""),
                (Key::Char('a'), "CN", b"a"),
                (Key::Up, "CN", b"\x1b[A"),
                (Key::CapsLock, "", b""),
                (Key::Modifier(Modifier::LeftShift), "s", b""),
                (Key::Media(Media::Play), "", b""),
                (Key::PrintScreen, "", b""),
                (Key::Function(21), "", b""),
                (Key::Function(0), "", b""),
                (Key::Char('\x1b'), "", b""),
                (Key::Menu, "", b"\x1b[29~"),
                (Key::Begin, "k", b"\x1b[E"),
            ],
        );
    }
}

#[test]
fn the_keypad_has_an_application_form_unless_it_types() {
    let modes = Modes {
        application_keypad: true,
        ..Modes::default()
    };
    told(
        modes,
        &[
            (Key::Char('0'), "k", b"\x1bOp"),
            (Key::Char('9'), "k", b"\x1bOy"),
            (Key::Char('+'), "k", b"\x1bOk"),
            (Key::Enter, "k", b"\x1bOM"),
            (Key::Enter, "", b"\r"),
            (Key::Char('5'), "kN", b"5"),
            (Key::Char('5'), "", b"5"),
            (Key::Up, "k", b"\x1b[A"),
        ],
    );
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
    // The end in one-byte form, split by what is taken out, nested, and as a string's.
    for hostile in [
        "\u{9b}201~",
        "\x1b\x1b[201~[201~",
        "\x1b\0[201~",
        "\x1b[2\x1b[201~01~",
        "\u{90}q\u{9c}\x1b]0;t\x07\x1b\\",
        "\u{85}\x7f\x08\x0b",
    ] {
        for modes in [bracketed, Modes::default(), with_flags(0b11111)] {
            let bytes = paste(hostile, modes);
            let inside = match modes.bracketed_paste {
                true => &bytes[6..bytes.len() - 6],
                false => &bytes[..],
            };
            let text = std::str::from_utf8(inside).unwrap();
            assert!(!text.contains(char::is_control), "{hostile:?} {text:?}");
        }
    }
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
        application_cursor: true,
        application_keypad: true,
        other_keys: 2,
        ..with_flags(1)
    };
    told(
        modes,
        &[
            (Key::Char('a'), "r", b"a"),
            (Key::Char('a'), "u", b""),
            (Key::Char('a'), "C", b"a"),
            (Key::Char('a'), "cC", b"\x1b[97;5u"),
            (Key::Char('a'), "d", b"\x1b[97;9u"),
            (Key::Char('a'), "hm", b"\x1b[97;49u"),
            (Key::Up, "N", b"\x1b[1;129A"),
            (Key::Char('5'), "k", b"5"),
            (Key::Char('5'), "kc", b"\x1b[57404;5u"),
            (Key::Enter, "k", b"\x1b[57414u"),
            (Key::Left, "ks", b"\x1b[57417;2u"),
            (Key::Begin, "k", b"\x1b[E"),
            (Key::Function(13), "", b"\x1b[57376u"),
            (Key::Function(35), "c", b"\x1b[57398;5u"),
            (Key::Function(36), "", b""),
            (Key::Menu, "", b"\x1b[57363u"),
            (Key::Media(Media::MuteVolume), "", b"\x1b[57440u"),
            (Key::CapsLock, "", b""),
            (Key::Modifier(Modifier::RightAlt), "a", b""),
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
fn repeats_and_releases_are_told_when_they_are_asked_for() {
    told(
        with_flags(3),
        &[
            (Key::Char('a'), "", b"a"),
            (Key::Char('a'), "r", b"a"),
            (Key::Char('a'), "u", b"\x1b[97;1:3u"),
            (Key::Char('A'), "su", b"\x1b[97;2:3u"),
            (Key::Char('a'), "cr", b"\x1b[97;5:2u"),
            (Key::Up, "", b"\x1b[A"),
            (Key::Up, "r", b"\x1b[1;1:2A"),
            (Key::Up, "su", b"\x1b[1;2:3A"),
            (Key::Delete, "u", b"\x1b[3;1:3~"),
            (Key::Escape, "u", b"\x1b[27;1:3u"),
            (Key::Enter, "", b"\r"),
            (Key::Enter, "r", b"\r"),
            (Key::Enter, "u", b""),
            (Key::Tab, "su", b""),
            (Key::Modifier(Modifier::LeftShift), "u", b""),
        ],
    );
    // Without the first flag a press is what it always was.
    told(
        with_flags(2),
        &[
            (Key::Char('a'), "c", b"\x01"),
            (Key::Char('a'), "cu", b"\x1b[97;5:3u"),
            (Key::Escape, "", b"\x1b"),
            (Key::Up, "r", b"\x1b[1;1:2A"),
            (Key::Function(1), "", b"\x1bOP"),
            (Key::Enter, "k", b"\r"),
            (Key::Char('a'), "d", b""),
        ],
    );
}

#[test]
fn all_keys_as_sequences_bring_modifiers_alternates_and_text() {
    told(
        with_flags(8),
        &[
            (Key::Char('a'), "", b"\x1b[97u"),
            (Key::Char('A'), "s", b"\x1b[97;2u"),
            (Key::Char('A'), "C", b"\x1b[97;65u"),
            (Key::Char('a'), "r", b"\x1b[97u"),
            (Key::Char('a'), "u", b""),
            (Key::Char('\u{e9}'), "", b"\x1b[233u"),
            (Key::Enter, "", b"\x1b[13u"),
            (Key::Tab, "CN", b"\x1b[9;193u"),
            (Key::Backspace, "", b"\x1b[127u"),
            (Key::CapsLock, "C", b"\x1b[57358;65u"),
            (Key::Modifier(Modifier::LeftShift), "s", b"\x1b[57441;2u"),
            (Key::Modifier(Modifier::Level5Shift), "", b"\x1b[57454u"),
        ],
    );
    told(
        with_flags(31),
        &[
            (Key::Char('a'), "", b"\x1b[97;;97u"),
            (Key::Char('A'), "s", b"\x1b[97:65;2;65u"),
            (Key::Char('a'), "cs", b"\x1b[97:65;6u"),
            (Key::Char('A'), "sr", b"\x1b[97:65;2:2;65u"),
            (Key::Char('A'), "su", b"\x1b[97:65;2:3u"),
            (Key::Char('!'), "", b"\x1b[33;;33u"),
            (Key::Char('\u{df}'), "s", b"\x1b[223;2;223u"),
            (Key::Char('5'), "kN", b"\x1b[57404;129;53u"),
            (Key::Enter, "u", b"\x1b[13;1:3u"),
            (Key::Up, "", b"\x1b[A"),
            (
                Key::Modifier(Modifier::RightControl),
                "cu",
                b"\x1b[57448;5:3u",
            ),
        ],
    );
    // Text is nothing by itself.
    told(with_flags(16), &[(Key::Char('a'), "", b"a")]);
    told(with_flags(5), &[(Key::Char('a'), "cs", b"\x1b[97:65;6u")]);
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
    assert_eq!(screen.take_replies(), b"\x1b[?31u", "all that there are");
    screen.feed(b"\x1b[?1049h\x1b[?u");
    assert_eq!(screen.take_replies(), b"\x1b[?0u");
    screen.feed(b"\x1b[=1u\x1b[>4;2m");
    let mut copy = Screen::new((10, 2), 0);
    copy.feed(&screen.snapshot());
    assert_eq!(copy.modes(), screen.modes());
    assert_eq!((copy.modes().kitty, copy.modes().other_keys), (1, 2));
    copy.feed(b"\x1b[<u\x1b[?1049l");
    assert_eq!(copy.modes().kitty, 31);
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

fn any_key() -> impl Strategy<Value = KeyPress> {
    let named = prop::sample::select(vec![
        Key::Enter,
        Key::Tab,
        Key::Backspace,
        Key::Escape,
        Key::Up,
        Key::Left,
        Key::Home,
        Key::PageDown,
        Key::Delete,
        Key::Begin,
        Key::CapsLock,
        Key::NumLock,
        Key::ScrollLock,
        Key::PrintScreen,
        Key::Pause,
        Key::Menu,
        Key::Media(Media::Record),
        Key::Modifier(Modifier::RightMeta),
    ]);
    let key = prop_oneof![
        any::<char>().prop_map(Key::Char),
        prop::char::range('\0', '\u{9f}').prop_map(Key::Char),
        any::<u8>().prop_map(Key::Function),
        named,
    ];
    let stroke = prop::sample::select(vec![Stroke::Press, Stroke::Repeat, Stroke::Release]);
    (key, any::<u8>(), any::<bool>(), stroke).prop_map(|(key, held, keypad, stroke)| KeyPress {
        key,
        held: Held::of_bits(held),
        keypad,
        stroke,
    })
}

/// Whether bytes are one whole sequence: numbers between its beginning and a last byte that is
/// allowed there.
fn is_sequence(bytes: &[u8]) -> bool {
    match bytes {
        [0x1b, b'O', end] => b"ABCDEFHMPQRSXjklmnopqrstuvwxy".contains(end),
        [0x1b, b'[', numbers @ .., end] => {
            let digits = numbers.split(|byte| matches!(byte, b';' | b':'));
            b"ABCDEFHPQSZ~u".contains(end)
                && numbers
                    .iter()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'))
                && digits.count() <= 5
        }
        _ => false,
    }
}

/// Whether bytes are one character that is typed, or one control character.
fn is_character(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.chars().count() == 1 || text == "\r\n"
}

proptest! {
    #[test]
    fn a_key_is_nothing_one_character_or_one_sequence(
        press in any_key(),
        kitty in 0_u8..32,
        other_keys in 0_u8..3,
        bits in any::<u8>(),
    ) {
        let modes = Modes {
            application_cursor: bits & 1 != 0,
            application_keypad: bits & 2 != 0,
            line_feed: bits & 4 != 0,
            kitty,
            other_keys,
            ..Modes::default()
        };
        let bytes = encode(press, modes);
        let whole = bytes.is_empty() || is_sequence(&bytes) || is_character(&bytes);
        let alt = bytes.strip_prefix(b"\x1b").is_some_and(is_character) && press.held.has(Held::ALT);
        prop_assert!(whole || (alt && kitty & 9 == 0), "{press:?} {bytes:?}");
        if kitty & 8 != 0 {
            prop_assert!(bytes.is_empty() || is_sequence(&bytes), "{press:?} {bytes:?}");
        }
        if kitty & 2 == 0 && press.stroke == Stroke::Release {
            prop_assert!(bytes.is_empty());
        }
    }

    #[test]
    fn a_paste_is_text_between_its_brackets(text in any::<String>(), mark in "[\\x1b\\x9b\\[201~]{0,12}") {
        let modes = Modes { bracketed_paste: true, ..Modes::default() };
        let bytes = paste(&format!("{text}{mark}{text}"), modes);
        let told = std::str::from_utf8(&bytes).unwrap();
        let inside = told.strip_prefix("\x1b[200~").and_then(|rest| rest.strip_suffix("\x1b[201~"));
        let inside = inside.unwrap_or("\0");
        let is_hostile = |c: char| c.is_control() && !matches!(c, '\r' | '\t');
        prop_assert!(!inside.contains(is_hostile));
    }
}
