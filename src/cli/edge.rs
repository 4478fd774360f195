//! What the process was given: arguments, folder, environment, clock, terminal. The only file of
//! the command line that looks; everything else is handed what it found.

#![expect(
    clippy::disallowed_methods,
    reason = "the edge of the program is where environment and clock are read"
)]

use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use crate::domain::{Kind, Refusal};

/// Longest input that is read for a text, in bytes.
const INPUT_MAX: u64 = 1 << 20;

/// The arguments, without the program's own name, and that name.
pub(super) fn arguments() -> Result<(String, Vec<String>), Refusal> {
    let mut all = std::env::args_os();
    let program = all
        .next()
        .as_deref()
        .map(Path::new)
        .and_then(Path::file_name)
        .and_then(OsStr::to_str)
        .unwrap_or("gt")
        .to_owned();
    let words = all
        .map(|word| {
            word.into_string().map_err(|word| {
                Refusal::new(
                    Kind::Usage,
                    format!("`{}` is not readable text", word.to_string_lossy()),
                )
            })
        })
        .collect::<Result<_, _>>()?;
    Ok((program, words))
}

/// The folder that the command was typed in. One that is gone is where it was, for `gt done`.
pub(super) fn folder() -> PathBuf {
    std::env::current_dir()
        .ok()
        .or_else(|| std::env::var_os("PWD").map(PathBuf::from))
        .filter(|path| path.is_absolute())
        .unwrap_or_else(|| PathBuf::from("/"))
}

/// The person's home.
pub(super) fn home() -> Option<PathBuf> {
    std::env::var_os("HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

/// The town that the environment names.
pub(super) fn named_town() -> Option<PathBuf> {
    std::env::var_os("GT_TOWN_ROOT").map(PathBuf::from)
}

/// Whether the caller is an agent of a town: it carries a session token.
pub(super) fn is_agent() -> bool {
    std::env::var_os("GT_TOKEN").is_some_and(|token| !token.is_empty())
}

/// A variable as text; empty counts as absent.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether a variable is set to something that does not mean no.
pub(super) fn switch(name: &str) -> bool {
    variable(name).is_some_and(|value| {
        !["0", "false", "no", "off"].contains(&value.to_ascii_lowercase().as_str())
    })
}

/// Whether nobody is there to answer or to watch, whatever the terminal looks like.
fn nobody_is_there() -> bool {
    switch("BD_NON_INTERACTIVE")
}

/// The whole environment, for what agents are started with.
pub(super) fn environment() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os()
}

/// The program that runs now.
pub(super) fn own_program() -> Result<PathBuf, Refusal> {
    std::env::current_exe()
        .map_err(|error| Refusal::failed(format!("this program cannot be found: {error}")))
}

/// Wall time in milliseconds since 1970.
pub(super) fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0))
}

/// A moment that deadlines are counted from.
pub(super) fn moment() -> std::time::Instant {
    std::time::Instant::now()
}

/// Whether the output goes to a person who wants colours.
pub(super) fn wants_colour() -> bool {
    std::io::stdout().is_terminal()
        && variable("NO_COLOR").is_none()
        && variable("TERM").is_none_or(|term| term != "dumb")
}

/// Whether input and output are a terminal.
pub(super) fn is_interactive() -> bool {
    let able = std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
    able && !nobody_is_there() && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Whether the output goes to a terminal.
pub(super) fn output_is_watched() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether messages go to a terminal.
pub(super) fn messages_are_watched() -> bool {
    std::io::stderr().is_terminal() && !nobody_is_there()
}

/// The terminal's width, when the output goes to one.
pub(super) fn width() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    crossterm::terminal::size()
        .ok()
        .map(|(columns, _)| usize::from(columns.max(20)))
}

/// The whole input as text.
pub(super) fn input() -> Result<String, Refusal> {
    let mut text = String::new();
    std::io::stdin()
        .take(INPUT_MAX)
        .read_to_string(&mut text)
        .map_err(|error| Refusal::failed(format!("the input cannot be read: {error}")))?;
    Ok(text)
}

/// The folder for notes of a fall when no town is known.
pub(super) fn temporary_folder() -> PathBuf {
    std::env::temp_dir()
}
