//! Texts that a line takes from files or from the input, read once and bounded.

#![expect(
    clippy::disallowed_methods,
    reason = "files that the caller names are read here"
)]

use std::fs::File;
use std::io::Read;

use super::caller::Caller;
use super::edge;
use crate::domain::{Kind, Refusal};

/// Longest file that is read for a text, in bytes.
const FILE_MAX: u64 = 8 << 20;

/// The text of a file that was named; `-` is the input.
pub(super) fn text(caller: &Caller, name: &str) -> Result<String, Refusal> {
    if name == "-" {
        return edge::input();
    }
    let path = caller.place().absolute(name.as_ref());
    let unreadable = |error: &dyn std::fmt::Display| {
        Refusal::new(
            Kind::NotFound,
            format!("`{}` cannot be read: {error}", path.display()),
        )
    };
    let mut text = String::new();
    let file = File::open(&path).map_err(|error| unreadable(&error))?;
    file.take(FILE_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(&error))?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > FILE_MAX {
        return Err(Refusal::invalid("file", name, "a text of at most 8 MiB"));
    }
    Ok(text)
}

/// The address that answers for new beads: what git is told about the caller.
pub(super) fn owner() -> Option<String> {
    edge::variable("GIT_AUTHOR_EMAIL")
}
