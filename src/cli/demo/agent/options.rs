//! What the scripted agent is told when it starts: arguments and environment.
//!
//! The only file of the agent that reads the environment and the disk.

#![expect(
    clippy::disallowed_methods,
    reason = "a program's own start is where its environment and script file are read"
)]

use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::script::{self, ScriptError, Step};
use crate::support::files;

/// How long the agent rests between two steps.
const PACE: Duration = Duration::from_millis(250);

/// What the agent is told.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// The steps of the script, when one was given.
    pub(super) script: Option<VecDeque<Step>>,
    /// What to begin with.
    pub(super) prompt: Option<String>,
    /// The rest between two steps.
    pub(super) pace: Duration,
    /// Where every byte that goes to the terminal is written too.
    pub(super) copy: Option<PathBuf>,
    /// The run, as the engine names it.
    pub(super) run: Option<String>,
    /// The search path of the agent's commands.
    pub(super) path: Option<std::ffi::OsString>,
}

/// Why the agent cannot start.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    /// An option that it does not know, or one without its value.
    #[error("`{0}` is not an option of the scripted agent, or lacks its value")]
    Option(String),
    /// The script is not there.
    #[error("the script `{0}` cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The script is not one.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// It has no terminal.
    #[error("the scripted agent needs a terminal: {0}")]
    Terminal(std::io::Error),
}

/// Reads arguments (without the program's and the verb's names) and environment.
pub(super) fn read(args: &[String]) -> Result<Options, StartError> {
    let mut options = Options {
        pace: PACE,
        prompt: std::env::var("GT_PROMPT").ok(),
        run: std::env::var("GT_SESSION").ok(),
        path: search_path(),
        ..Options::default()
    };
    let mut copy = std::env::var_os("GT_SCRIPTED_COPY").map(PathBuf::from);
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let mut value = || {
            rest.next()
                .cloned()
                .ok_or_else(|| StartError::Option(arg.clone()))
        };
        match arg.as_str() {
            "--script" => options.script = Some(read_script(&PathBuf::from(value()?))?),
            "--copy" => copy = Some(PathBuf::from(value()?)),
            "--pace" => {
                options.pace = script::duration(&value()?)
                    .ok_or_else(|| StartError::Option("--pace".to_owned()))?;
            }
            unknown if unknown.starts_with("--") => {
                return Err(StartError::Option(unknown.to_owned()));
            }
            prompt => options.prompt = Some(prompt.to_owned()),
        }
    }
    options.copy = copy.map(|copy| copy_file(copy, options.run.as_deref()));
    options.prompt = options.prompt.filter(|prompt| !prompt.trim().is_empty());
    Ok(options)
}

fn read_script(path: &Path) -> Result<VecDeque<Step>, StartError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| StartError::Unreadable(path.to_owned(), error))?;
    Ok(script::parse(&text)?)
}

/// A folder gets one copy per run.
fn copy_file(copy: PathBuf, run: Option<&str>) -> PathBuf {
    if !copy.is_dir() {
        return copy;
    }
    let name = run.map_or_else(|| std::process::id().to_string(), str::to_owned);
    copy.join(format!("{name}.bytes"))
}

/// The search path with this very program's folder at its end, so that `gt` is always found.
fn search_path() -> Option<std::ffi::OsString> {
    let own = std::env::current_exe().ok()?.parent()?.to_owned();
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::env::split_paths(&inherited).chain([own])).ok()
}

/// Whether this is the first run of the incarnation, so that a crash may happen. Without a run's
/// name from the engine, a marker per working folder under the temporary folder remembers it.
pub(super) fn first_run(run: Option<&str>) -> bool {
    if let Some(run) = run {
        return run.rsplit('.').next() == Some("1");
    }
    let Ok(here) = std::env::current_dir() else {
        return false;
    };
    let folder = std::env::temp_dir().join(".gt");
    let marker = folder.join(format!(
        "crashed-{}",
        crate::support::paths::town_tag(&here)
    ));
    files::private_dir(&folder)
        .and_then(|()| {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&marker)
        })
        .is_ok()
}
