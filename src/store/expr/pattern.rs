//! Texts of people as patterns: nothing in them means anything but itself, unless it is asked for.

use regex::{Regex, RegexBuilder};

use crate::domain::Refusal;

/// Most memory that one expression may take, in bytes.
const SIZE_MAX: usize = 1 << 20;

/// A regular expression as typed.
pub(super) fn regex(pattern: &str) -> Result<Regex, Refusal> {
    RegexBuilder::new(pattern)
        .size_limit(SIZE_MAX)
        .build()
        .map_err(|_| {
            let accepted = "a regular expression such as `^area-(ui|api)$`";
            Refusal::invalid("label pattern", pattern, accepted)
        })
}

/// A form in which `*` is any text and `?` any character.
pub(super) fn glob(pattern: &str) -> Result<Regex, Refusal> {
    let mut form = String::from("(?s)^");
    for c in pattern.chars() {
        match c {
            '*' => form.push_str(".*"),
            '?' => form.push('.'),
            c => form.push_str(&regex::escape(&c.to_string())),
        }
    }
    form.push('$');
    regex(&form).map_err(|_| Refusal::invalid("label pattern", pattern, "a shorter pattern"))
}

/// The text as a part of a LIKE pattern that means itself.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// The text as a GLOB pattern that means itself in upper or lower case.
pub(super) fn either_case(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        let cases: Vec<char> = [c]
            .into_iter()
            .chain(single(c.to_lowercase()))
            .chain(single(c.to_uppercase()))
            .collect();
        match c {
            '*' | '?' | '[' => pattern.extend(['[', c, ']']),
            c if cases.iter().all(|one| *one == c) => pattern.push(c),
            _ => {
                pattern.push('[');
                pattern.extend(cases);
                pattern.push(']');
            }
        }
    }
    pattern
}

/// The other case of a letter, where it is one letter.
fn single(cases: impl Iterator<Item = char>) -> Option<char> {
    let mut cases = cases;
    let first = cases.next()?;
    cases.next().is_none().then_some(first)
}
