//! What the demo says to the person who started it.

use crate::cli::{edge, output};

/// One line of the answer. A reader that went away is no reason to stop: the town must be ended.
pub(super) fn line(line: &str) {
    drop(output::line(line));
}

/// Something that is not the answer.
pub(super) fn note(line: &str) {
    output::note(line);
}

/// Whether a person is at the terminal.
pub(super) fn is_interactive() -> bool {
    edge::is_interactive()
}
