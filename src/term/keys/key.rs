//! What a key is: its name, what is held down with it, and whether it goes down or comes up.

use crate::term::Held;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character, as it would be typed.
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
    /// The key in the middle of the keypad, without Num Lock.
    Begin,
    /// F1 to F35.
    Function(u8),
    /// Caps Lock.
    CapsLock,
    /// Scroll Lock.
    ScrollLock,
    /// Num Lock.
    NumLock,
    /// Print Screen.
    PrintScreen,
    /// Pause.
    Pause,
    /// Menu.
    Menu,
    /// A key for what plays.
    Media(Media),
    /// A modifier by itself.
    Modifier(Modifier),
}

/// Keys for what plays, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// Play or pause.
    PlayPause,
    /// Backwards.
    Reverse,
    /// Stop.
    Stop,
    /// Fast forward.
    FastForward,
    /// Rewind.
    Rewind,
    /// The next track.
    TrackNext,
    /// The track before.
    TrackPrevious,
    /// Record.
    Record,
    /// Lower.
    LowerVolume,
    /// Louder.
    RaiseVolume,
    /// Mute.
    MuteVolume,
}

/// Modifiers as keys, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// Shift on the left.
    LeftShift,
    /// Control on the left.
    LeftControl,
    /// Alt on the left.
    LeftAlt,
    /// Super on the left.
    LeftSuper,
    /// Hyper on the left.
    LeftHyper,
    /// Meta on the left.
    LeftMeta,
    /// Shift on the right.
    RightShift,
    /// Control on the right.
    RightControl,
    /// Alt on the right.
    RightAlt,
    /// Super on the right.
    RightSuper,
    /// Hyper on the right.
    RightHyper,
    /// Meta on the right.
    RightMeta,
    /// The shift to a layout's third level (AltGr).
    Level3Shift,
    /// The shift to a layout's fifth level.
    Level5Shift,
}

/// What a key does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stroke {
    /// It goes down.
    #[default]
    Press,
    /// It is held down.
    Repeat,
    /// It comes up.
    Release,
}

/// A key with what is held down with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    /// The key.
    pub key: Key,
    /// What is held down with it.
    pub held: Held,
    /// Whether it is one of the keypad.
    pub keypad: bool,
    /// What it does.
    pub stroke: Stroke,
}

impl From<Key> for KeyPress {
    fn from(key: Key) -> Self {
        Self {
            key,
            held: Held::NONE,
            keypad: false,
            stroke: Stroke::Press,
        }
    }
}

impl KeyPress {
    /// Whether it types its character.
    pub(super) fn is_text(self) -> bool {
        let no_text = Held::CTRL | Held::ALT | Held::DESKTOP;
        matches!(self.key, Key::Char(_)) && !self.held.has(no_text)
    }

    /// A character as it is without Shift, and what is held with it: Shift also where only the
    /// character shows that it was.
    pub(super) fn unshifted(self, c: char) -> (char, Held) {
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(small), None) if small != c && !self.held.has(Held::CAPS_LOCK) => {
                (small, self.held | Held::SHIFT)
            }
            (Some(small), None) => (small, self.held),
            _ => (c, self.held),
        }
    }
}
