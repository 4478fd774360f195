//! `bd`: arguments of the verbs about beads, and the commands and queries they become.

mod show;

pub use show::*;

use crate::domain::{Kind, Refusal};

/// Longest title, in characters.
const TITLE_MAX: usize = 500;
/// Longest description, in bytes.
const DESCRIPTION_MAX: usize = 64 << 10;
/// Longest label or reason, in characters.
const WORD_MAX: usize = 1024;

/// A title fit to be stored: one line, not empty, not too long.
pub(super) fn checked_title(text: &str) -> Result<String, Refusal> {
    let title = text.trim();
    if title.is_empty() {
        return Err(Refusal::new(Kind::Usage, "a title cannot be empty")
            .hint("bd create \"Fix the parser\" --type bug"));
    }
    let count = title.chars().count();
    if count > TITLE_MAX {
        return Err(Refusal::new(
            Kind::Usage,
            format!("the title has {count} characters, {TITLE_MAX} are possible"),
        )
        .hint("put the rest into `--description`"));
    }
    if title.chars().any(char::is_control) {
        return Err(Refusal::new(
            Kind::Usage,
            "a title is one line without control characters",
        )
        .hint("put the rest into `--description`"));
    }
    Ok(title.to_owned())
}

pub(super) fn checked_description(text: &str) -> Result<String, Refusal> {
    if text.len() > DESCRIPTION_MAX {
        return Err(Refusal::new(
            Kind::Usage,
            format!(
                "the description has {} KiB, {} are possible",
                text.len() >> 10,
                DESCRIPTION_MAX >> 10
            ),
        ));
    }
    Ok(text.to_owned())
}

pub(super) fn checked_labels(labels: &[String]) -> Result<Vec<String>, Refusal> {
    labels
        .iter()
        .map(|label| label.trim())
        .filter(|label| !label.is_empty())
        .map(|label| bounded("label", label))
        .collect()
}

pub(super) fn bounded(what: &str, text: &str) -> Result<String, Refusal> {
    if text.chars().count() > WORD_MAX || text.contains('\0') {
        return Err(Refusal::invalid(
            what,
            text,
            "at most 1024 characters of plain text",
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
