//! How a program wants its keys: the kitty protocol's flags, and xterm's modifyOtherKeys.
//!
//! Each screen, primary and alternate, has flags and a capped stack of its own. Never encodes a
//! key: that is `keys`. A snapshot carries it as the sequences that set it.

use std::fmt::Write as _;

use super::keys::OFFERED;

/// Most flags put away on one screen; the oldest go first.
const STACK_MAX: usize = 16;
/// What a program asks of the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// New flags, the old ones put away.
    Push(u8),
    /// So many flags are taken back.
    Pop(u16),
    /// Flags are set (1), added (2) or taken away (3).
    Set(u8, u16),
    /// The flags are asked for.
    Ask,
    /// The level of modifyOtherKeys.
    Other(u8),
}

/// One screen's flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stack {
    now: u8,
    before: Vec<u8>,
}

/// The keyboard as a program set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keyboard {
    primary: Stack,
    alternate: Stack,
    other: u8,
}

impl Keyboard {
    /// The flags of a screen.
    pub(super) fn flags(&self, alternate: bool) -> u8 {
        self.stack(alternate).now
    }

    fn stack(&self, alternate: bool) -> &Stack {
        if alternate {
            &self.alternate
        } else {
            &self.primary
        }
    }

    /// The level of modifyOtherKeys, 0 to 2.
    pub(super) fn other(&self) -> u8 {
        self.other
    }

    /// Follows a wish on the given screen; an answer, where it is a question.
    pub(super) fn follow(&mut self, wish: Wish, alternate: bool) -> Option<String> {
        let stack = if alternate {
            &mut self.alternate
        } else {
            &mut self.primary
        };
        match wish {
            Wish::Push(flags) => {
                if stack.before.len() == STACK_MAX {
                    stack.before.remove(0);
                }
                stack.before.push(stack.now);
                stack.now = flags & OFFERED;
            }
            Wish::Pop(count) => {
                for _ in 0..usize::from(count).min(STACK_MAX + 1) {
                    stack.now = stack.before.pop().unwrap_or_default();
                }
            }
            Wish::Set(flags, 1) => stack.now = flags & OFFERED,
            Wish::Set(flags, 2) => stack.now |= flags & OFFERED,
            Wish::Set(flags, 3) => stack.now &= !flags,
            Wish::Set(..) => {}
            Wish::Ask => return Some(format!("\x1b[?{}u", stack.now)),
            Wish::Other(level) => self.other = level.min(2),
        }
        None
    }

    /// A full reset.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The alternate screen begins with no flags.
    pub(super) fn enter_alternate(&mut self) {
        self.alternate = Stack::default();
    }

    /// The sequences that set one screen's flags on a screen that has none.
    pub(super) fn write(&self, alternate: bool, out: &mut String) {
        let stack = self.stack(alternate);
        let mut all = stack.before.iter().chain([&stack.now]);
        if let Some(&first) = all.next() {
            Wish::Set(first, 1).write(out);
        }
        for &flags in all {
            Wish::Push(flags).write(out);
        }
        Wish::Other(self.other).write(out);
    }
}

impl Wish {
    /// The sequence that says it; a question is not asked again.
    pub(super) fn write(self, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Push(flags) => write!(out, "\x1b[>{flags}u"),
            Self::Pop(count) => write!(out, "\x1b[<{count}u"),
            Self::Set(flags, how) => write!(out, "\x1b[={flags};{how}u"),
            Self::Ask => Ok(()),
            Self::Other(level) => write!(out, "\x1b[>4;{level}m"),
        };
    }

    /// The wish in a control sequence: its mark, its numbers, its last byte.
    pub(super) fn of(mark: u8, numbers: &[u16], last: u8) -> Option<Self> {
        let first = numbers.first().copied().unwrap_or_default();
        let flags = u8::try_from(first & u16::from(OFFERED)).unwrap_or_default();
        match (mark, last) {
            (b'>', b'u') => Some(Self::Push(flags)),
            (b'<', b'u') => Some(Self::Pop(first.max(1))),
            (b'=', b'u') => Some(Self::Set(
                flags,
                numbers.get(1).copied().unwrap_or(1).max(1),
            )),
            (b'?', b'u') => Some(Self::Ask),
            (b'>', b'n') if first == 4 => Some(Self::Other(0)),
            (b'>', b'm') if matches!(first, 0 | 4) => {
                let level = numbers.get(1).copied().unwrap_or_default();
                Some(Self::Other(u8::try_from(level).unwrap_or(0)))
            }
            _ => None,
        }
    }
}
