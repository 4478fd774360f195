//! A key as the operator's terminal tells it, in the words of `term`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::term::keys::{Key, KeyPress};

/// The key to encode for an agent; none for keys that no program in a terminal can be sent.
pub(crate) fn press_of(event: &KeyEvent) -> Option<KeyPress> {
    let key = match event.code {
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab | KeyCode::BackTab => Key::Tab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Esc => Key::Escape,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Right => Key::Right,
        KeyCode::Left => Key::Left,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Insert => Key::Insert,
        KeyCode::Delete => Key::Delete,
        KeyCode::F(number) => Key::Function(number),
        KeyCode::Null => Key::Char(' '),
        _ => return None,
    };
    let has = |modifier| event.modifiers.contains(modifier);
    Some(KeyPress {
        key,
        ctrl: has(KeyModifiers::CONTROL) || event.code == KeyCode::Null,
        alt: has(KeyModifiers::ALT),
        shift: has(KeyModifiers::SHIFT) || event.code == KeyCode::BackTab,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::{Screen, keys::encode};

    #[test]
    fn control_keys_go_out_as_the_byte_that_came_in() {
        let modes = Screen::new((10, 2), 0).modes();
        for (code, modifiers, bytes) in [
            (KeyCode::Char('c'), KeyModifiers::CONTROL, &b"\x03"[..]),
            (KeyCode::Char(' '), KeyModifiers::CONTROL, b"\0"),
            (KeyCode::Char('é'), KeyModifiers::NONE, "é".as_bytes()),
            (KeyCode::Char('b'), KeyModifiers::ALT, b"\x1bb"),
            (KeyCode::Enter, KeyModifiers::NONE, b"\r"),
            (KeyCode::BackTab, KeyModifiers::SHIFT, b"\x1b[Z"),
            (KeyCode::Esc, KeyModifiers::NONE, b"\x1b"),
            (KeyCode::Up, KeyModifiers::NONE, b"\x1b[A"),
        ] {
            let press = press_of(&KeyEvent::new(code, modifiers)).unwrap();
            assert_eq!(encode(press, modes), bytes, "{code:?}");
        }
        assert_eq!(
            press_of(&KeyEvent::new(KeyCode::CapsLock, KeyModifiers::NONE)),
            None
        );
    }
}
