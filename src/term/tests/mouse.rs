//! What programs are told of the mouse, as tables over modes and forms.

use proptest::prelude::*;

use crate::term::mouse::{Button, Deed, Pointing, encode};
use crate::term::{Held, Modes, MouseForm, MouseMode, Screen};

const LEFT: Deed = Deed::Press(Button::Left);
const FORMS: [MouseForm; 4] = [
    MouseForm::Plain,
    MouseForm::Utf8,
    MouseForm::Sgr,
    MouseForm::Urxvt,
];

fn at(deed: Deed, held: Held, column: u16, row: u16) -> Pointing {
    Pointing {
        deed,
        held,
        column,
        row,
    }
}

fn modes(mouse: MouseMode, mouse_form: MouseForm) -> Modes {
    Modes {
        mouse,
        mouse_form,
        ..Modes::default()
    }
}

#[test]
fn a_program_is_told_in_the_form_that_it_asked_for() {
    let all = Held::SHIFT | Held::ALT | Held::CTRL;
    let up = Deed::Release(Button::Right);
    let drag = Deed::Drag(Button::Middle);
    let table: [(MouseForm, Pointing, &[u8]); 18] = [
        (MouseForm::Plain, at(LEFT, Held::NONE, 0, 0), b"\x1b[M !!"),
        (MouseForm::Plain, at(LEFT, all, 2, 1), b"\x1b[M<#\""),
        (MouseForm::Plain, at(up, Held::NONE, 0, 0), b"\x1b[M#!!"),
        (MouseForm::Plain, at(drag, Held::NONE, 0, 0), b"\x1b[MA!!"),
        (
            MouseForm::Plain,
            at(Deed::Move, Held::NONE, 0, 0),
            b"\x1b[MC!!",
        ),
        (
            MouseForm::Plain,
            at(Deed::WheelDown, Held::CTRL, 0, 0),
            b"\x1b[Mq!!",
        ),
        // The last place that a byte can say, and the first that it cannot.
        (
            MouseForm::Plain,
            at(LEFT, Held::NONE, 222, 222),
            b"\x1b[M \xff\xff",
        ),
        (MouseForm::Plain, at(LEFT, Held::NONE, 223, 0), b""),
        (MouseForm::Plain, at(LEFT, Held::NONE, 0, 223), b""),
        (
            MouseForm::Utf8,
            at(LEFT, Held::NONE, 94, 0),
            b"\x1b[M \x7f!",
        ),
        (
            MouseForm::Utf8,
            at(LEFT, Held::NONE, 223, 95),
            "\x1b[M \u{100}\u{80}".as_bytes(),
        ),
        (
            MouseForm::Utf8,
            at(LEFT, Held::NONE, 2014, 0),
            "\x1b[M \u{7ff}!".as_bytes(),
        ),
        (MouseForm::Utf8, at(LEFT, Held::NONE, 2015, 0), b""),
        (MouseForm::Sgr, at(LEFT, all, 2999, 0), b"\x1b[<28;3000;1M"),
        (MouseForm::Sgr, at(up, Held::NONE, 0, 0), b"\x1b[<2;1;1m"),
        (
            MouseForm::Sgr,
            at(Deed::WheelUp, Held::SUPER, 0, 0),
            b"\x1b[<64;1;1M",
        ),
        (
            MouseForm::Urxvt,
            at(LEFT, Held::ALT, 299, 0),
            b"\x1b[40;300;1M",
        ),
        (MouseForm::Urxvt, at(up, Held::NONE, 0, 0), b"\x1b[35;1;1M"),
    ];
    for (form, pointing, bytes) in table {
        let told = encode(pointing, modes(MouseMode::Motion, form));
        assert_eq!(told, bytes, "{form:?} {pointing:?}");
    }
}

#[test]
fn a_mode_tells_its_events_and_no_others() {
    let deeds = [
        LEFT,
        Deed::Release(Button::Left),
        Deed::Drag(Button::Left),
        Deed::Move,
        Deed::WheelUp,
        Deed::WheelLeft,
    ];
    for (mode, told) in [
        (MouseMode::Off, "......"),
        (MouseMode::Presses, "x....."),
        (MouseMode::Clicks, "xx..xx"),
        (MouseMode::Drag, "xxx.xx"),
        (MouseMode::Motion, "xxxxxx"),
    ] {
        for form in FORMS {
            let seen: String = deeds
                .iter()
                .map(|&deed| encode(at(deed, Held::NONE, 0, 0), modes(mode, form)))
                .map(|bytes| if bytes.is_empty() { '.' } else { 'x' })
                .collect();
            assert_eq!(seen, told, "{mode:?} {form:?}");
        }
    }
    let x10 = modes(MouseMode::Presses, MouseForm::Plain);
    assert_eq!(encode(at(LEFT, Held::CTRL, 0, 0), x10), b"\x1b[M !!");
}

#[test]
fn modes_and_forms_exclude_each_other_and_are_told_kept_and_reset() {
    let mut screen = Screen::new((10, 2), 0);
    for (bytes, mode, form) in [
        ("\x1b[?9h", MouseMode::Presses, MouseForm::Plain),
        ("\x1b[?1000;1005h", MouseMode::Clicks, MouseForm::Utf8),
        // A program that knows several forms sets the best one last.
        (
            "\x1b[?1002h\x1b[?1015h\x1b[?1006h",
            MouseMode::Drag,
            MouseForm::Sgr,
        ),
        ("\x1b[?1015l\x1b[?1000l", MouseMode::Drag, MouseForm::Sgr),
        (
            "\x1b[?2026h\x1b[?1003;1015h",
            MouseMode::Drag,
            MouseForm::Sgr,
        ),
        ("\x1b[?2026l", MouseMode::Motion, MouseForm::Urxvt),
        ("\x1b[?1015;1003l", MouseMode::Off, MouseForm::Plain),
        ("\x1b[?9;1006h", MouseMode::Presses, MouseForm::Sgr),
    ] {
        screen.feed(bytes.as_bytes());
        let mut copy = Screen::new((10, 2), 0);
        copy.feed(b"\x1b[?1003;1005h");
        copy.feed(&screen.snapshot());
        for screen in [&screen, &copy] {
            let now = screen.modes();
            assert_eq!((now.mouse, now.mouse_form), (mode, form), "{bytes:?}");
        }
    }
    screen.feed(b"\x1b[?9$p\x1b[?1000$p\x1b[?1006$p\x1b[?1016$p");
    assert_eq!(
        screen.take_replies(),
        b"\x1b[?9;1$y\x1b[?1000;2$y\x1b[?1006;1$y\x1b[?1016;0$y"
    );
    screen.feed(b"\x1bc");
    assert_eq!(screen.modes().mouse, MouseMode::Off);
    assert_eq!(screen.modes().mouse_form, MouseForm::Plain);
}

/// Reads a report as a program would: code, column and row, counted from 0.
fn read(bytes: &[u8], form: MouseForm) -> Option<(u16, u16, u16)> {
    let numbers: Vec<u16> = match form {
        MouseForm::Plain => {
            let rest = bytes.strip_prefix(b"\x1b[M")?;
            rest.iter().map(|&byte| u16::from(byte) - 32).collect()
        }
        MouseForm::Utf8 => {
            let rest = std::str::from_utf8(bytes).ok()?.strip_prefix("\x1b[M")?;
            rest.chars()
                .map(|c| u16::try_from(u32::from(c)).unwrap() - 32)
                .collect()
        }
        MouseForm::Sgr | MouseForm::Urxvt => {
            let text = std::str::from_utf8(bytes).ok()?;
            let rest = match form {
                MouseForm::Sgr => text.strip_prefix("\x1b[<")?,
                _ => text.strip_prefix("\x1b[")?,
            };
            let rest = rest.strip_suffix(['M', 'm'])?;
            rest.split(';').map(|part| part.parse().unwrap()).collect()
        }
    };
    let [code, column, row] = numbers.try_into().ok()?;
    let code = if form == MouseForm::Urxvt {
        code - 32
    } else {
        code
    };
    Some((code, column - 1, row - 1))
}

proptest! {
    #[test]
    fn a_place_is_told_right_or_not_at_all(
        column in 0_u16..4000,
        row in 0_u16..4000,
        held in 0_u8..8,
        form in prop::sample::select(FORMS.to_vec()),
    ) {
        let pointing = at(LEFT, Held::of_bits(held), column, row);
        let bytes = encode(pointing, modes(MouseMode::Clicks, form));
        if bytes.is_empty() {
            let most = if form == MouseForm::Plain { 223 } else { 2015 };
            prop_assert!(form != MouseForm::Sgr && form != MouseForm::Urxvt);
            prop_assert!(column >= most || row >= most);
        } else {
            let code = u16::from(held) * 4;
            prop_assert_eq!(read(&bytes, form), Some((code, column, row)));
        }
    }
}
