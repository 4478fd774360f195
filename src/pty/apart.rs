//! The step between the host and a program that it starts: this program, under the hidden word
//! [`WORD`], sets itself apart and then becomes the other one.
//!
//! What a process hands down to all it will ever start (session, mark) has to be there before its
//! first instruction; set from outside it would come too late for a program that forks at once.
//! Knows no runs. Entry points: [`Apart::words`] in the host, [`become_program`] in the child.

#![expect(
    clippy::disallowed_methods,
    reason = "becomes the program that a plan names"
)]

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::support::os;

/// The first word of a command line that becomes another program.
pub(crate) const WORD: &str = "become";

/// Exit codes of shells for a program that cannot be run, and for one that is not there.
const CANNOT: u8 = 126;
const NOT_THERE: u8 = 127;

/// How a program is set apart before it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Apart {
    /// What it is called in its own arguments.
    pub(crate) name: String,
    /// Whether it begins a session of its own, and so has no terminal.
    #[serde(default)]
    pub(crate) session: bool,
    /// The mark that it and all it starts carry (`os::mark`).
    #[serde(default)]
    pub(crate) mark: Option<u64>,
    /// Most open files; 0 leaves it as it is.
    #[serde(default)]
    pub(crate) files: u64,
    /// How far it stands back for others.
    #[serde(default)]
    pub(crate) nice: i32,
}

impl Apart {
    /// The words for this program that make it become `program` with `arguments`.
    pub(crate) fn words(&self, program: &Path, arguments: &[String]) -> Vec<PathBuf> {
        let how = serde_json::to_string(self).unwrap_or_default();
        [WORD.into(), how.into(), program.to_owned()]
            .into_iter()
            .chain(arguments.iter().map(PathBuf::from))
            .collect()
    }
}

/// Becomes the program that the words name; comes back only when that cannot be, with what to say
/// and the exit code.
pub(crate) fn become_program(words: &[String]) -> (String, u8) {
    let [how, program, arguments @ ..] = words else {
        return (format!("`{WORD}` is not for people"), 2);
    };
    let how: Apart = match serde_json::from_str(how) {
        Ok(how) => how,
        Err(_) => return (format!("`{WORD}` is not for people"), 2),
    };
    if how.session
        && let Err(error) = rustix::process::setsid()
    {
        return (format!("`{program}` gets no session: {error}"), CANNOT);
    }
    if let Some(mark) = how.mark {
        // Without it the program is only harder to tell from others.
        os::carry_mark(mark);
    }
    os::stand_back(how.files, how.nice);
    let error = Command::new(program).arg0(&how.name).args(arguments).exec();
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => NOT_THERE,
        _ => CANNOT,
    };
    (format!("`{program}` cannot be run: {error}"), code)
}
