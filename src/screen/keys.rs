//! A key as the operator's terminal tells it, in the words of `term`.

use crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MediaKeyCode, ModifierKeyCode,
};

use crate::term::Held;
use crate::term::keys::{Key, KeyPress, Media, Modifier, Stroke};

/// The key to encode for an agent.
pub(crate) fn press_of(event: &KeyEvent) -> KeyPress {
    let mut held = Held::NONE;
    for (modifier, bit) in [
        (KeyModifiers::SHIFT, Held::SHIFT),
        (KeyModifiers::ALT, Held::ALT),
        (KeyModifiers::CONTROL, Held::CTRL),
        (KeyModifiers::SUPER, Held::SUPER),
        (KeyModifiers::HYPER, Held::HYPER),
        (KeyModifiers::META, Held::META),
    ] {
        if event.modifiers.contains(modifier) {
            held |= bit;
        }
    }
    for (lock, bit) in [
        (KeyEventState::CAPS_LOCK, Held::CAPS_LOCK),
        (KeyEventState::NUM_LOCK, Held::NUM_LOCK),
    ] {
        if event.state.contains(lock) {
            held |= bit;
        }
    }
    match event.code {
        KeyCode::BackTab => held |= Held::SHIFT,
        KeyCode::Null => held |= Held::CTRL,
        _ => {}
    }
    KeyPress {
        key: key(event.code),
        held,
        keypad: event.state.contains(KeyEventState::KEYPAD),
        stroke: match event.kind {
            KeyEventKind::Press => Stroke::Press,
            KeyEventKind::Repeat => Stroke::Repeat,
            KeyEventKind::Release => Stroke::Release,
        },
    }
}

const fn key(code: KeyCode) -> Key {
    match code {
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Null => Key::Char(' '),
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
        KeyCode::KeypadBegin => Key::Begin,
        KeyCode::F(number) => Key::Function(number),
        KeyCode::CapsLock => Key::CapsLock,
        KeyCode::ScrollLock => Key::ScrollLock,
        KeyCode::NumLock => Key::NumLock,
        KeyCode::PrintScreen => Key::PrintScreen,
        KeyCode::Pause => Key::Pause,
        KeyCode::Menu => Key::Menu,
        KeyCode::Media(media) => Key::Media(self::media(media)),
        KeyCode::Modifier(modifier) => Key::Modifier(self::modifier(modifier)),
    }
}

const fn media(media: MediaKeyCode) -> Media {
    match media {
        MediaKeyCode::Play => Media::Play,
        MediaKeyCode::Pause => Media::Pause,
        MediaKeyCode::PlayPause => Media::PlayPause,
        MediaKeyCode::Reverse => Media::Reverse,
        MediaKeyCode::Stop => Media::Stop,
        MediaKeyCode::FastForward => Media::FastForward,
        MediaKeyCode::Rewind => Media::Rewind,
        MediaKeyCode::TrackNext => Media::TrackNext,
        MediaKeyCode::TrackPrevious => Media::TrackPrevious,
        MediaKeyCode::Record => Media::Record,
        MediaKeyCode::LowerVolume => Media::LowerVolume,
        MediaKeyCode::RaiseVolume => Media::RaiseVolume,
        MediaKeyCode::MuteVolume => Media::MuteVolume,
    }
}

const fn modifier(modifier: ModifierKeyCode) -> Modifier {
    match modifier {
        ModifierKeyCode::LeftShift => Modifier::LeftShift,
        ModifierKeyCode::LeftControl => Modifier::LeftControl,
        ModifierKeyCode::LeftAlt => Modifier::LeftAlt,
        ModifierKeyCode::LeftSuper => Modifier::LeftSuper,
        ModifierKeyCode::LeftHyper => Modifier::LeftHyper,
        ModifierKeyCode::LeftMeta => Modifier::LeftMeta,
        ModifierKeyCode::RightShift => Modifier::RightShift,
        ModifierKeyCode::RightControl => Modifier::RightControl,
        ModifierKeyCode::RightAlt => Modifier::RightAlt,
        ModifierKeyCode::RightSuper => Modifier::RightSuper,
        ModifierKeyCode::RightHyper => Modifier::RightHyper,
        ModifierKeyCode::RightMeta => Modifier::RightMeta,
        ModifierKeyCode::IsoLevel3Shift => Modifier::Level3Shift,
        ModifierKeyCode::IsoLevel5Shift => Modifier::Level5Shift,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::{Modes, keys::encode};

    #[test]
    fn control_keys_go_out_as_the_byte_that_came_in() {
        let modes = Modes::default();
        for (code, modifiers, bytes) in [
            (KeyCode::Char('c'), KeyModifiers::CONTROL, &b"\x03"[..]),
            (KeyCode::Char(' '), KeyModifiers::CONTROL, b"\0"),
            (KeyCode::Null, KeyModifiers::NONE, b"\0"),
            (KeyCode::Char('é'), KeyModifiers::NONE, "é".as_bytes()),
            (KeyCode::Char('b'), KeyModifiers::ALT, b"\x1bb"),
            (KeyCode::Enter, KeyModifiers::NONE, b"\r"),
            (KeyCode::BackTab, KeyModifiers::NONE, b"\x1b[Z"),
            (KeyCode::Esc, KeyModifiers::NONE, b"\x1b"),
            (KeyCode::Up, KeyModifiers::NONE, b"\x1b[A"),
            (KeyCode::CapsLock, KeyModifiers::NONE, b""),
            (KeyCode::Char('a'), KeyModifiers::SUPER, b""),
        ] {
            let press = press_of(&KeyEvent::new(code, modifiers));
            assert_eq!(encode(press, modes), bytes, "{code:?}");
        }
    }

    #[test]
    fn all_that_the_operators_terminal_tells_of_a_key_goes_on() {
        let modes = Modes {
            kitty: 0b11111,
            ..Modes::default()
        };
        let event = KeyEvent::new_with_kind_and_state(
            KeyCode::Enter,
            KeyModifiers::META | KeyModifiers::HYPER | KeyModifiers::SUPER,
            KeyEventKind::Release,
            KeyEventState::KEYPAD | KeyEventState::CAPS_LOCK | KeyEventState::NUM_LOCK,
        );
        assert_eq!(encode(press_of(&event), modes), b"\x1b[57414;249:3u");
        for (code, number) in [
            (KeyCode::Media(MediaKeyCode::Play), 57428),
            (KeyCode::Media(MediaKeyCode::MuteVolume), 57440),
            (KeyCode::Modifier(ModifierKeyCode::LeftShift), 57441),
            (KeyCode::Modifier(ModifierKeyCode::IsoLevel5Shift), 57454),
            (KeyCode::F(35), 57398),
            (KeyCode::Menu, 57363),
        ] {
            let press = press_of(&KeyEvent::new(code, KeyModifiers::NONE));
            let bytes = format!("\x1b[{number}u");
            assert_eq!(encode(press, modes), bytes.as_bytes(), "{code:?}");
        }
    }
}
