//! Scripts of the scripted agent: shell lines and a few directives, read into steps.
//!
//! A line that begins with `@` is a directive, one that begins with `#` is a comment, anything else
//! is a command for `sh -c`; a here-document belongs to its command. Nothing is run here.

use std::collections::VecDeque;
use std::time::Duration;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Say a line.
    Say(String),
    /// Look busy for a while.
    Think(Duration),
    /// Ask the operator; a "no" skips the next step.
    Ask(String),
    /// Run a command; `Failure` says what follows when it fails.
    Run(String, Failure),
    /// End abruptly with 137, in the first run of an incarnation only.
    Crash,
    /// Look busy for ever.
    Hang,
    /// Write so many lines.
    Flood(u32),
    /// Take no notice of a signal from now on.
    Ignore(Ignored),
    /// How long to rest between steps from now on.
    Pace(Duration),
    /// End with a code.
    Exit(u8),
}

/// What follows a command that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The script ends, and the agent waits at its composer.
    Stops,
    /// The script goes on.
    GoesOn,
}

/// A signal that can be ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ignored {
    /// The terminal went away.
    Hup,
    /// Asked to end.
    Term,
}

/// A line that is not a step.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the script is not understood: `{text}`")]
pub(super) struct ScriptError {
    line: usize,
    text: String,
}

/// Reads a script.
pub(super) fn parse(text: &str) -> Result<VecDeque<Step>, ScriptError> {
    let mut steps = VecDeque::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let wrong = || ScriptError {
            line: index + 1,
            text: trimmed.to_owned(),
        };
        let command = match trimmed.strip_prefix('@') {
            Some(directive) => match directive.strip_prefix("try ") {
                Some(command) => (command, Failure::GoesOn),
                None => {
                    steps.push_back(directive_step(directive).ok_or_else(wrong)?);
                    continue;
                }
            },
            None => (trimmed, Failure::Stops),
        };
        let (first, failure) = command;
        let mut whole = first.to_owned();
        if let Some(end) = here_document(first) {
            loop {
                let (_, body) = lines.next().ok_or_else(wrong)?;
                whole.push('\n');
                whole.push_str(body);
                if body == end {
                    break;
                }
            }
        }
        steps.push_back(Step::Run(whole, failure));
    }
    Ok(steps)
}

fn directive_step(directive: &str) -> Option<Step> {
    let (name, rest) = directive
        .split_once(' ')
        .map_or((directive, ""), |(name, rest)| (name, rest.trim()));
    match (name, rest) {
        ("crash", "") => Some(Step::Crash),
        ("hang", "") => Some(Step::Hang),
        (_, "") => None,
        ("say", text) => Some(Step::Say(text.to_owned())),
        ("ask", text) => Some(Step::Ask(text.to_owned())),
        ("think", seconds) => duration(seconds).map(Step::Think),
        ("pace", seconds) => duration(seconds).map(Step::Pace),
        ("flood", count) => count.parse().ok().map(Step::Flood),
        ("exit", code) => code.parse().ok().map(Step::Exit),
        ("ignore", "HUP") => Some(Step::Ignore(Ignored::Hup)),
        ("ignore", "TERM") => Some(Step::Ignore(Ignored::Term)),
        _ => None,
    }
}

/// Seconds, with a fraction.
pub(super) fn duration(seconds: &str) -> Option<Duration> {
    let seconds: f64 = seconds.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The word (in capitals) that ends the here-document which a command line begins.
fn here_document(command: &str) -> Option<&str> {
    let (_, after) = command.split_once("<<")?;
    let word = after.split_whitespace().next()?;
    let word = word.trim_matches(['\'', '"']);
    (!word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase())).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_reads_into_steps() {
        let steps = parse(
            "# a comment\n\n@say hello there\n@think 0.5\n@ask Allow: rm -rf build\ncat > x <<'EOF'\n@say not a directive\nEOF\n@try false\n@ignore HUP\n@exit 3\n",
        );
        assert_eq!(
            steps.map(Vec::from),
            Ok(vec![
                Step::Say("hello there".to_owned()),
                Step::Think(Duration::from_millis(500)),
                Step::Ask("Allow: rm -rf build".to_owned()),
                Step::Run(
                    "cat > x <<'EOF'\n@say not a directive\nEOF".to_owned(),
                    Failure::Stops
                ),
                Step::Run("false".to_owned(), Failure::GoesOn),
                Step::Ignore(Ignored::Hup),
                Step::Exit(3),
            ])
        );
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_line() {
        for bad in [
            "true\n@dance",
            "\n@think soon",
            "\n@think -1",
            "\ncat <<EOF\nx",
        ] {
            assert_eq!(parse(bad).map_err(|error| error.line), Err(2), "{bad:?}");
        }
    }
}
