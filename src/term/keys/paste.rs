//! A paste as the bytes a program expects.
//!
//! It can never end its own bracket or bring an escape sequence with it (contract T8): of all
//! control characters, one byte or two, only tabs and line ends are left.

use crate::term::Modes;

/// The bytes of a paste: no control characters but tabs and line ends, bracketed if asked for.
pub fn paste(text: &str, modes: Modes) -> Vec<u8> {
    let clean: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\n' { '\r' } else { c })
        .filter(|c| !c.is_control() || matches!(c, '\r' | '\t'))
        .collect();
    if modes.bracketed_paste {
        format!("\x1b[200~{clean}\x1b[201~").into_bytes()
    } else {
        clean.into_bytes()
    }
}
