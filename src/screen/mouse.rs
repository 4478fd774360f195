//! A mouse event of the operator's terminal as the bytes a program expects, when it asked for it.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::term::mouse::{Button, Deed, Pointing, encode};
use crate::term::{Held, Modes};

/// The bytes of an event over a terminal at `place`; empty where the program did not ask for it
/// or cannot be told the place.
pub(crate) fn mouse(event: &MouseEvent, place: Rect, modes: Modes) -> Vec<u8> {
    if !place.contains(Position::new(event.column, event.row)) {
        return Vec::new();
    }
    let mut held = Held::NONE;
    for (modifier, bit) in [
        (KeyModifiers::SHIFT, Held::SHIFT),
        (KeyModifiers::ALT, Held::ALT),
        (KeyModifiers::CONTROL, Held::CTRL),
    ] {
        if event.modifiers.contains(modifier) {
            held |= bit;
        }
    }
    let pointing = Pointing {
        deed: deed(event.kind),
        held,
        column: event.column - place.x,
        row: event.row - place.y,
    };
    encode(pointing, modes)
}

/// Whether it is the wheel.
pub(crate) const fn is_wheel(kind: MouseEventKind) -> bool {
    match kind {
        MouseEventKind::ScrollUp
        | MouseEventKind::ScrollDown
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => true,
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved => false,
    }
}

const fn deed(kind: MouseEventKind) -> Deed {
    match kind {
        MouseEventKind::Down(which) => Deed::Press(button(which)),
        MouseEventKind::Up(which) => Deed::Release(button(which)),
        MouseEventKind::Drag(which) => Deed::Drag(button(which)),
        MouseEventKind::Moved => Deed::Move,
        MouseEventKind::ScrollUp => Deed::WheelUp,
        MouseEventKind::ScrollDown => Deed::WheelDown,
        MouseEventKind::ScrollLeft => Deed::WheelLeft,
        MouseEventKind::ScrollRight => Deed::WheelRight,
    }
}

const fn button(which: MouseButton) -> Button {
    match which {
        MouseButton::Left => Button::Left,
        MouseButton::Middle => Button::Middle,
        MouseButton::Right => Button::Right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::{MouseForm, MouseMode};

    fn click(column: u16, row: u16) -> MouseEvent {
        MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column,
            row,
            modifiers: KeyModifiers::CONTROL,
        }
    }

    #[test]
    fn clicks_are_told_in_the_terminals_own_places() {
        let place = Rect::new(0, 1, 10, 5);
        let mut modes = Modes::default();
        assert_eq!(mouse(&click(3, 3), place, modes), b"");
        modes.mouse = MouseMode::Clicks;
        assert_eq!(mouse(&click(3, 3), place, modes), b"\x1b[M\x30\x24\x23");
        modes.mouse_form = MouseForm::Sgr;
        assert_eq!(mouse(&click(3, 3), place, modes), b"\x1b[<16;4;3M");
        assert_eq!(mouse(&click(3, 0), place, modes), b"");
        let moved = MouseEvent {
            kind: MouseEventKind::Moved,
            ..click(3, 3)
        };
        assert_eq!(mouse(&moved, place, modes), b"");
    }
}
