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
use crate::git;

/// Longest file that is read for a text, in bytes.
const FILE_MAX: u64 = 8 << 20;
/// Longest file of issues, in bytes.
const ISSUES_MAX: u64 = 1 << 30;

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

/// The address that answers for new beads: what git is told about the caller, else what git's
/// settings say of the person.
pub(super) fn owner(caller: &Caller) -> Option<String> {
    edge::variable("GIT_AUTHOR_EMAIL").or_else(|| git::email(caller.folder()))
}

/// The bytes of a file of issues that was named; `-` is the input. What never ends is not read on.
pub(super) fn bytes(caller: &Caller, name: &str) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: &std::io::Error| {
        Refusal::new(Kind::NotFound, format!("`{name}` cannot be read: {error}"))
    };
    let mut bytes = Vec::new();
    let most = ISSUES_MAX + 1;
    if name == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        File::open(caller.place().absolute(name.as_ref()))
            .and_then(|file| file.take(most).read_to_end(&mut bytes))
    }
    .map_err(|error| unreadable(&error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > ISSUES_MAX {
        return Err(Refusal::invalid("file", name, "a file of at most 1 GiB"));
    }
    Ok(bytes)
}

/// The name by which a file is known later: its whole path.
pub(super) fn name(caller: &Caller, name: &str) -> String {
    if name == "-" {
        return name.to_owned();
    }
    let path = caller.place().absolute(name.as_ref());
    let path = path.canonicalize().unwrap_or(path);
    path.to_string_lossy().into_owned()
}
