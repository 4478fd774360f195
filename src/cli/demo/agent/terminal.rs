//! The terminal while the agent has it: raw mode, alternate screen, bracketed paste, and back.
//!
//! The only writer of bytes; a copy of all of them can be kept, to be compared with a recording.

#![expect(
    clippy::disallowed_methods,
    reason = "the copy of the written bytes is a file of this module"
)]

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[2J\x1b[H";
const LEAVE: &[u8] = b"\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l";

/// The terminal in the agent's hands. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Terminal {
    copy: Option<File>,
    left: bool,
}

impl Terminal {
    /// Takes the terminal.
    pub(super) fn enter(copy: Option<&Path>) -> io::Result<Self> {
        let copy = copy.map(File::create).transpose()?;
        enable_raw_mode()?;
        let mut terminal = Self { copy, left: false };
        terminal.write(ENTER)?;
        Ok(terminal)
    }

    /// Writes bytes, and to the copy first.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(copy) = &mut self.copy {
            copy.write_all(bytes)?;
        }
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// Leaves the terminal as it is, as a program that dies does.
    pub(super) fn abandon(mut self) {
        self.left = true;
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if !self.left {
            // On the way out there is nobody left to tell.
            drop(self.write(LEAVE));
            drop(disable_raw_mode());
        }
    }
}
