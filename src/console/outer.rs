//! Every sequence that the console writes to the operator's terminal by itself (contract T1).
//!
//! Constants, and the few that carry a number. Cells go out through the drawing library; nothing
//! that an agent wrote is ever in here.

use crate::term::Underline;

/// Takes the screen: alternate screen, bracketed paste, focus reports, blank.
pub(crate) const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[2J\x1b[H";
/// The mouse with all movement, in the SGR form.
pub(crate) const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1003h\x1b[?1006h";
/// Everything that was taken is given back, whatever of it was taken. The keyboard is popped
/// before the alternate screen is left, for each screen has a stack of its own.
pub(crate) const LEAVE: &str = concat!(
    "\x1b[?2026l\x1b[0m",
    "\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l",
    "\x1b[?1004l\x1b[?2004l\x1b[?2031l",
    "\x1b[2J\x1b[H",
);
/// The last part of giving back: the screen that was there before, with its cursor.
pub(crate) const LEAVE_SCREEN: &str = "\x1b[?1049l\x1b[0 q\x1b[?25h";
/// Which keyboard flags are set, and who answers at all; a terminal that knows no flags answers
/// the second alone.
pub(crate) const ASK_KEYBOARD: &str = "\x1b[?u\x1b[c";
/// Keyboard flags of our own on top of those of the program before. Never the one that tells every
/// key by a sequence: what an input method or a dead key writes would be lost.
pub(crate) const PUSH_KEYBOARD: &str = "\x1b[>1u";
/// The flags that were pushed, with repeats and releases, and without them.
pub(crate) const KEY_EVENTS_ON: &str = "\x1b[=3;1u";
pub(crate) const KEY_EVENTS_OFF: &str = "\x1b[=1;1u";
pub(crate) const POP_KEYBOARD: &str = "\x1b[<u";
/// For a terminal that a program left in any state: all of the above, the character sets, the
/// scroll region, wrapping, and every keyboard flag of either screen.
pub(crate) const RESET: &str = concat!(
    "\x18\x1b[!p",
    "\x1b[<99u\x1b[=0u\x1b[>4;0m",
    "\x1b[?1005l\x1b[?1015l\x1b[?1016l\x1b[?9l",
    "\x1b[?1l\x1b>\x1b[?7h\x1b[?12l\x1b[?66l\x1b[r\x1b(B\x1b)B\x0f",
);
/// After the screen before is back.
pub(crate) const RESET_AGAIN: &str = "\x1b[<99u\x1b[=0u\x1b[r\x1b[0m";

pub(crate) const CLEAR: &str = "\x1b[0m\x1b[2J";
pub(crate) const BEGIN_FRAME: &str = "\x1b[?2026h";
pub(crate) const END_FRAME: &str = "\x1b[?2026l";
pub(crate) const HIDE_CURSOR: &str = "\x1b[?25l";
pub(crate) const SHOW_CURSOR: &str = "\x1b[?25h";
pub(crate) const BELL: &str = "\x07";

/// An underline of another kind than the plain one, which is left on terminals that know no other.
pub(crate) fn underline(kind: Option<Underline>) -> &'static str {
    match kind {
        None | Some(Underline::Single) => "",
        Some(Underline::Double) => "\x1b[4m\x1b[4:2m",
        Some(Underline::Curly) => "\x1b[4m\x1b[4:3m",
        Some(Underline::Dotted) => "\x1b[4m\x1b[4:4m",
        Some(Underline::Dashed) => "\x1b[4m\x1b[4:5m",
    }
}

/// Puts the cursor at a cell, counted from 0.
pub(crate) fn move_to(column: u16, row: u16) -> String {
    let (row, column) = (u32::from(row) + 1, u32::from(column) + 1);
    format!("\x1b[{row};{column}H")
}
