//! A mouse event as the bytes a program expects, when it asked for the mouse.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::term::{Modes, MouseMode};

/// The bytes of an event over a terminal at `place`; empty where the program did not ask for this
/// sort of event, none where it did not ask for the mouse at all. Only the SGR form is spoken:
/// the older ones cannot say every place.
pub(crate) fn mouse(event: &MouseEvent, place: Rect, modes: Modes) -> Option<Vec<u8>> {
    if modes.mouse == MouseMode::Off || !modes.mouse_sgr {
        return None;
    }
    if !place.contains(Position::new(event.column, event.row)) {
        return Some(Vec::new());
    }
    let (button, end) = match event.kind {
        MouseEventKind::Down(button) => (number(button), 'M'),
        MouseEventKind::Up(button) => (number(button), 'm'),
        MouseEventKind::Drag(button) if modes.mouse != MouseMode::Clicks => {
            (number(button) + 32, 'M')
        }
        MouseEventKind::Moved if modes.mouse == MouseMode::Motion => (35, 'M'),
        MouseEventKind::Drag(_) | MouseEventKind::Moved => return Some(Vec::new()),
        MouseEventKind::ScrollUp => (64, 'M'),
        MouseEventKind::ScrollDown => (65, 'M'),
        MouseEventKind::ScrollLeft => (66, 'M'),
        MouseEventKind::ScrollRight => (67, 'M'),
    };
    let held = |modifier, bit| {
        if event.modifiers.contains(modifier) {
            bit
        } else {
            0
        }
    };
    let code = button
        + held(KeyModifiers::SHIFT, 4)
        + held(KeyModifiers::ALT, 8)
        + held(KeyModifiers::CONTROL, 16);
    let (column, row) = (event.column - place.x + 1, event.row - place.y + 1);
    Some(format!("\x1b[<{code};{column};{row}{end}").into_bytes())
}

const fn number(button: MouseButton) -> u8 {
    match button {
        MouseButton::Left => 0,
        MouseButton::Middle => 1,
        MouseButton::Right => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(mouse(&click(3, 3), place, modes), None);
        modes.mouse = MouseMode::Clicks;
        modes.mouse_sgr = true;
        assert_eq!(
            mouse(&click(3, 3), place, modes).as_deref(),
            Some(&b"\x1b[<16;4;3M"[..])
        );
        assert_eq!(mouse(&click(3, 0), place, modes), Some(Vec::new()));
        let moved = MouseEvent {
            kind: MouseEventKind::Moved,
            ..click(3, 3)
        };
        assert_eq!(mouse(&moved, place, modes), Some(Vec::new()));
    }
}
