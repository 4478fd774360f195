//! Text in the operator's own editor: a private file that is gone afterwards.
//!
//! The console has given the terminal up before this is called, and takes it again after.

#![expect(
    clippy::disallowed_methods,
    reason = "runs the operator's editor on a file that only it and the operator read"
)]

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

/// Why text was not shown.
#[derive(Debug, Error)]
pub(crate) enum EditorError {
    /// The file for it.
    #[error("the history cannot be written to a file: {0}")]
    File(#[source] io::Error),
    /// `$VISUAL` or `$EDITOR` is not a command line.
    #[error("`{0}` is not a command: set VISUAL or EDITOR to one")]
    NoCommand(String),
    /// The editor did not start.
    #[error("`{0}` cannot be started: {1}")]
    Start(String, #[source] io::Error),
}

/// A file that is removed when it is dropped.
struct Private {
    path: PathBuf,
}

impl Private {
    fn write(folder: &Path, text: &str) -> io::Result<Self> {
        let name = format!("gt-history-{:016x}.txt", fastrand::u64(..));
        let path = folder.join(name);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let private = Self { path };
        file.write_all(text.as_bytes())?;
        Ok(private)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "the file of a history is left behind");
        }
    }
}

/// Shows text in the operator's editor and returns when it ends.
pub(crate) fn show(text: &str) -> Result<(), EditorError> {
    let chosen = ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.trim().is_empty())
        .unwrap_or_else(|| "vi".to_owned());
    run(&chosen, &std::env::temp_dir(), text)
}

fn run(editor: &str, folder: &Path, text: &str) -> Result<(), EditorError> {
    let words = shlex::split(editor).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        return Err(EditorError::NoCommand(editor.to_owned()));
    };
    let file = Private::write(folder, text).map_err(EditorError::File)?;
    let ended = Command::new(program)
        .args(arguments)
        .arg(&file.path)
        .status();
    // How the editor ends says nothing about the history.
    ended
        .map(drop)
        .map_err(|error| EditorError::Start(program.clone(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_operators_alone_and_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let script = format!(
            "sh -c 'cat \"$0\" > {out}; stat -c %a \"$0\" >> {out}'",
            out = out.display()
        );
        run(&script, folder.path(), "one\ntwo\n").unwrap();
        let seen = std::fs::read_to_string(&out).unwrap();
        assert_eq!(seen, "one\ntwo\n600\n");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn a_missing_editor_is_named_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let why = run("no-such-editor -w", folder.path(), "x").unwrap_err();
        assert!(why.to_string().contains("`no-such-editor`"), "{why}");
        assert!(run("'", folder.path(), "x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
