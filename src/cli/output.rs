//! The only place that prints. Text goes out in one write; a reader that went away is not an error.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use serde_json::{Value, json};

use super::report::Stop;
use crate::domain::Refusal;
use crate::support::text::ascii_json;

/// Whether something was printed as an answer.
static SPOKEN: AtomicBool = AtomicBool::new(false);
/// Whether JSON values go out in envelopes.
static ENVELOPES: AtomicBool = AtomicBool::new(false);

/// From now on JSON values go out as `{"data": ..., "schema_version": 1}`.
pub(super) fn use_envelopes() {
    ENVELOPES.store(true, Ordering::Relaxed);
}

/// Whether something was printed as an answer: a second JSON value would spoil it.
pub(super) fn has_spoken() -> bool {
    SPOKEN.load(Ordering::Relaxed)
}

/// Prints text as it is.
pub(super) fn text(text: &str) -> Result<(), Stop> {
    SPOKEN.store(true, Ordering::Relaxed);
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| gone_or_failed(&error))
}

/// Lets `write` print piece by piece what may be long.
pub(super) fn stream(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Stop> {
    SPOKEN.store(true, Ordering::Relaxed);
    let mut out = io::BufWriter::new(io::stdout().lock());
    write(&mut out)
        .and_then(|()| out.flush())
        .map_err(|error| gone_or_failed(&error))
}

/// Prints one line.
pub(super) fn line(line: &str) -> Result<(), Stop> {
    text(&format!("{line}\n"))
}

/// Prints a value as JSON, two spaces a level.
pub(super) fn json(value: &impl Serialize) -> Result<(), Stop> {
    let json = if ENVELOPES.load(Ordering::Relaxed) {
        serde_json::to_value(value).and_then(|value| serde_json::to_string_pretty(&enclosed(value)))
    } else {
        serde_json::to_string_pretty(value)
    }
    .map_err(|error| unreadable(&error))?;
    let mut out = ascii_json(&json);
    out.push('\n');
    text(&out)
}

/// The value in its envelope, which says the version in its place.
fn enclosed(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.shift_remove("schema_version");
    }
    json!({"data": value, "schema_version": 1})
}

/// Prints a value as JSON on one line.
pub(super) fn json_line(value: &impl Serialize) -> Result<(), Stop> {
    let json = serde_json::to_string(value).map_err(|error| unreadable(&error))?;
    let mut out = ascii_json(&json);
    out.push('\n');
    text(&out)
}

/// Tells the person something that is not the answer. Nobody there to hear it is no failure.
pub(super) fn note(text: &str) {
    let mut err = io::stderr().lock();
    drop(writeln!(err, "{text}"));
}

/// As [`note`], without a line end: for progress that overwrites itself.
pub(super) fn progress(text: &str) {
    let mut err = io::stderr().lock();
    drop(err.write_all(text.as_bytes()).and_then(|()| err.flush()));
}

fn gone_or_failed(error: &io::Error) -> Stop {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Stop::ReaderGone
    } else {
        Stop::Refused(Refusal::failed(format!(
            "the output cannot be written: {error}"
        )))
    }
}

fn unreadable(error: &serde_json::Error) -> Stop {
    Stop::Refused(Refusal::failed(format!("the answer is no JSON: {error}")))
}
