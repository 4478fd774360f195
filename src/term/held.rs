//! What is held down with a key or a button, as the bits that the encodings share.

use std::ops::{BitOr, BitOrAssign};

/// Modifiers that are held down, and locks that are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held(u8);

impl Held {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Shift.
    pub const SHIFT: Self = Self(1);
    /// Alt.
    pub const ALT: Self = Self(2);
    /// Control.
    pub const CTRL: Self = Self(4);
    /// Super, the key of the desktop.
    pub const SUPER: Self = Self(8);
    /// Hyper.
    pub const HYPER: Self = Self(16);
    /// Meta, where it is not Alt.
    pub const META: Self = Self(32);
    /// Caps Lock is on.
    pub const CAPS_LOCK: Self = Self(64);
    /// Num Lock is on.
    pub const NUM_LOCK: Self = Self(128);
    /// The two locks.
    pub const LOCKS: Self = Self(64 | 128);
    /// Those that keys of the desktop have.
    pub const DESKTOP: Self = Self(8 | 16 | 32);

    /// Whether one of these is among them.
    pub const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// All but these.
    pub const fn without(self, these: Self) -> Self {
        Self(self.0 & !these.0)
    }

    /// The bits, in the order of the constants.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Those of the bits.
    pub const fn of_bits(bits: u8) -> Self {
        Self(bits)
    }
}

impl BitOr for Held {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Held {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
