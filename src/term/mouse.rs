//! How a program wants the mouse, and the bytes of what the mouse does.
//!
//! Of the tracking modes one is in force, and of the forms one: what was set last. A place that a
//! form cannot say is not told at all; a wrong one never is. Pixels (1016) are not offered.

use std::fmt::Write as _;

use super::held::Held;
use super::screen::Modes;

/// The modes that are understood here.
const NUMBERS: [u16; 7] = [9, 1000, 1002, 1003, 1005, 1006, 1015];
/// What is added to a number so that it is no control character.
const OFFSET: u16 = 32;
/// The last column and row that one byte can say.
const PLAIN_MAX: u16 = 0xff - OFFSET;
/// The last column and row that two bytes of UTF-8 can say.
const UTF8_MAX: u16 = 0x7ff - OFFSET;

/// Which events a program wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MouseMode {
    /// None.
    #[default]
    Off,
    /// Presses of the three buttons alone, without what is held with them (X10, mode 9).
    Presses,
    /// Presses, releases and the wheel (1000).
    Clicks,
    /// Also movement with a button down (1002).
    Drag,
    /// All movement (1003).
    Motion,
}

impl MouseMode {
    /// Whether the wheel is told.
    pub const fn tells_wheel(self) -> bool {
        match self {
            Self::Off | Self::Presses => false,
            Self::Clicks | Self::Drag | Self::Motion => true,
        }
    }
}

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MouseForm {
    /// A byte each: nothing beyond column or row 223.
    #[default]
    Plain,
    /// A character each (1005): nothing beyond 2015.
    Utf8,
    /// Decimal numbers, releases with their button (1006).
    Sgr,
    /// Decimal numbers (1015).
    Urxvt,
}

/// What a program asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mouse {
    pub(super) mode: MouseMode,
    pub(super) form: MouseForm,
}

/// What one of the modes stands for.
enum Asked {
    Mode(MouseMode),
    Form(MouseForm),
}

fn asked(number: u16) -> Option<Asked> {
    Some(match number {
        9 => Asked::Mode(MouseMode::Presses),
        1000 => Asked::Mode(MouseMode::Clicks),
        1002 => Asked::Mode(MouseMode::Drag),
        1003 => Asked::Mode(MouseMode::Motion),
        1005 => Asked::Form(MouseForm::Utf8),
        1006 => Asked::Form(MouseForm::Sgr),
        1015 => Asked::Form(MouseForm::Urxvt),
        _ => return None,
    })
}

/// Whether a private mode is the mouse's.
pub(super) fn is_mode(number: u16) -> bool {
    NUMBERS.contains(&number)
}

impl Mouse {
    /// Sets or resets a private mode. A reset counts for the mode that is in force alone.
    pub(super) fn set(&mut self, number: u16, on: bool) {
        match asked(number) {
            Some(Asked::Mode(mode)) if on => self.mode = mode,
            Some(Asked::Mode(mode)) if self.mode == mode => self.mode = MouseMode::Off,
            Some(Asked::Form(form)) if on => self.form = form,
            Some(Asked::Form(form)) if self.form == form => self.form = MouseForm::Plain,
            Some(Asked::Mode(_) | Asked::Form(_)) | None => {}
        }
    }

    /// Whether a private mode is in force; none for those of others.
    pub(super) fn is_set(self, number: u16) -> Option<bool> {
        Some(match asked(number)? {
            Asked::Mode(mode) => self.mode == mode,
            Asked::Form(form) => self.form == form,
        })
    }

    /// The sequences that bring any state into this one.
    pub(super) fn write(self, out: &mut String) {
        for on in [false, true] {
            for number in NUMBERS {
                if self.is_set(number) == Some(on) {
                    write_mode(number, on, out);
                }
            }
        }
    }
}

/// The sequence that sets or resets a private mode.
pub(super) fn write_mode(number: u16, on: bool, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\x1b[?{number}{}", if on { 'h' } else { 'l' });
}

/// A button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// The left one.
    Left,
    /// The middle one.
    Middle,
    /// The right one.
    Right,
}

/// What the mouse does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A button goes down.
    Press(Button),
    /// A button comes up.
    Release(Button),
    /// It moves with a button down.
    Drag(Button),
    /// It moves.
    Move,
    /// A notch up.
    WheelUp,
    /// A notch down.
    WheelDown,
    /// A notch to the left.
    WheelLeft,
    /// A notch to the right.
    WheelRight,
}

/// What the mouse does, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointing {
    /// What it does.
    pub deed: Deed,
    /// What is held down with it; only Shift, Alt and Control are told.
    pub held: Held,
    /// Column, from 0.
    pub column: u16,
    /// Row, from 0.
    pub row: u16,
}

/// The bytes of what the mouse does; empty where the program did not ask for it, and where the
/// place cannot be said.
pub fn encode(pointing: Pointing, modes: Modes) -> Vec<u8> {
    let Some(code) = code(pointing, modes) else {
        return Vec::new();
    };
    let column = pointing.column.saturating_add(1);
    let row = pointing.row.saturating_add(1);
    match modes.mouse_form {
        MouseForm::Sgr => {
            let end = match pointing.deed {
                Deed::Release(_) => 'm',
                _ => 'M',
            };
            format!("\x1b[<{code};{column};{row}{end}").into_bytes()
        }
        MouseForm::Urxvt => format!("\x1b[{};{column};{row}M", code + OFFSET).into_bytes(),
        MouseForm::Utf8 => in_characters([code, column, row]),
        MouseForm::Plain => in_bytes([code, column, row]),
    }
}

/// The button's number with what is held; none where the mode does not tell of it.
fn code(pointing: Pointing, modes: Modes) -> Option<u16> {
    let number = |button| match button {
        Button::Left => 0,
        Button::Middle => 1,
        Button::Right => 2,
    };
    let code = match (modes.mouse, pointing.deed) {
        (MouseMode::Off, _) => return None,
        (MouseMode::Presses, Deed::Press(button)) => return Some(number(button)),
        (MouseMode::Presses, _) => return None,
        (_, Deed::Press(button)) => number(button),
        (_, Deed::Release(button)) if modes.mouse_form == MouseForm::Sgr => number(button),
        (_, Deed::Release(_)) => 3,
        (MouseMode::Drag | MouseMode::Motion, Deed::Drag(button)) => number(button) + 32,
        (MouseMode::Motion, Deed::Move) => 35,
        (MouseMode::Clicks | MouseMode::Drag, Deed::Drag(_) | Deed::Move) => return None,
        (_, Deed::WheelUp) => 64,
        (_, Deed::WheelDown) => 65,
        (_, Deed::WheelLeft) => 66,
        (_, Deed::WheelRight) => 67,
    };
    let bits = pointing.held.bits() & (Held::SHIFT | Held::ALT | Held::CTRL).bits();
    Some(code + u16::from(bits) * 4)
}

fn in_bytes(numbers: [u16; 3]) -> Vec<u8> {
    let mut out = b"\x1b[M".to_vec();
    for number in numbers {
        let Some(byte) = number
            .checked_add(OFFSET)
            .filter(|_| number <= PLAIN_MAX)
            .and_then(|number| u8::try_from(number).ok())
        else {
            return Vec::new();
        };
        out.push(byte);
    }
    out
}

fn in_characters(numbers: [u16; 3]) -> Vec<u8> {
    let mut out = "\x1b[M".to_owned();
    for number in numbers {
        let Some(c) = number
            .checked_add(OFFSET)
            .filter(|_| number <= UTF8_MAX)
            .and_then(|number| char::from_u32(u32::from(number)))
        else {
            return Vec::new();
        };
        out.push(c);
    }
    out.into_bytes()
}
