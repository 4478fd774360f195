//! How a command line ends: the one message of a "no", its hints, and its exit code.

use std::process::ExitCode;

use serde_json::json;

use super::output;
use crate::domain::Refusal;
use crate::support::text::{clean, clean_block};

/// Why a verb ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// It was refused, or failed.
    Refused(Refusal),
    /// Whoever read the output is gone; that is no failure.
    ReaderGone,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a verb comes to.
pub(super) type Ended = Result<(), Stop>;

/// Whether messages are for people or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// Text.
    People,
    /// JSON beside the answer: on the same way as other messages.
    Programs,
    /// JSON in place of the answer, for scripts that read nothing else, and text for people.
    Scripts,
}

/// Says why a verb ended, and gives the exit code.
pub(super) fn report(ended: Ended, voice: Voice) -> ExitCode {
    match ended {
        Ok(()) | Err(Stop::ReaderGone) => ExitCode::SUCCESS,
        Err(Stop::Refused(refusal)) => {
            match voice {
                Voice::People => output::note(&message(&refusal)),
                Voice::Programs => output::note(&object(&refusal)),
                Voice::Scripts => {
                    // What was answered already stays one JSON value; the exit code tells the rest.
                    if !output::has_spoken() {
                        drop(output::line(&object(&refusal)));
                    }
                    output::note(&message(&refusal));
                }
            }
            ExitCode::from(refusal.kind.exit_code())
        }
    }
}

/// Tells people of one "no" among several; the last one ends the line.
pub(super) fn note_refusal(refusal: &Refusal) {
    output::note(&message(refusal));
}

fn message(refusal: &Refusal) -> String {
    let mut lines = vec![format!("error: {}", clean_block(&refusal.message))];
    lines.extend(refusal.hints.iter().map(|hint| {
        let hint = clean(hint);
        if hint.starts_with("usage: ") {
            hint
        } else {
            format!("hint: {hint}")
        }
    }));
    lines.join("\n")
}

fn object(refusal: &Refusal) -> String {
    let value = json!({
        "error": refusal.message,
        "kind": refusal.kind,
        "code": refusal.kind.exit_code(),
        "hints": refusal.hints,
        "schema_version": 1,
    });
    serde_json::to_string_pretty(&value).map_or_else(
        |_| message(refusal),
        |json| crate::support::text::ascii_json(&json),
    )
}

/// The engine answered something else than what was asked.
pub(super) fn mismatch(how: &str) -> Refusal {
    Refusal::failed(format!(
        "the engine's answer to `{how}` is not of the form that this build knows"
    ))
    .hint("gt version")
}

/// A "no" of a file or folder.
pub(super) fn disk(what: &str, error: &std::io::Error) -> Refusal {
    Refusal::failed(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_one_message_with_hints() {
        let refusal = Refusal::not_found("no bead `tb-xxx`")
            .hint("newest: tb-4kq Add \x1b[31mtests")
            .hint("usage: gt sling <BEAD> <RIG>");
        assert_eq!(
            message(&refusal),
            "error: no bead `tb-xxx`\nhint: newest: tb-4kq Add <U+001B>[31mtests\nusage: gt sling <BEAD> <RIG>"
        );
        let value: serde_json::Value = serde_json::from_str(&object(&refusal)).unwrap();
        assert_eq!(value["code"], 3);
        assert_eq!(value["kind"], "not-found");
    }
}
