//! The file of lines that an import put aside: kept with number and reason, each of them once.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::disk;
use crate::domain::{ImportLine, ImportedLine, LineFate, Refusal};
use crate::jsonl::Reject;
use crate::support::files::{self, Access};

/// A line that was put aside.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) line: usize,
    pub(super) reason: String,
    bytes: Vec<u8>,
}

impl Aside {
    pub(super) fn new(line: usize, reason: String, bytes: &[u8]) -> Self {
        let bytes = bytes.to_vec();
        Self {
            line,
            reason,
            bytes,
        }
    }

    /// What could not be read.
    pub(super) fn read(reject: &Reject) -> Self {
        Self::new(reject.line, reject.reason.to_string(), &reject.bytes)
    }

    /// What the ledger cannot keep.
    pub(super) fn of(told: &ImportedLine, lines: &[ImportLine]) -> Option<Self> {
        let LineFate::Rejected(reason) = &told.fate else {
            return None;
        };
        let line = lines.iter().find(|line| line.number == told.number)?;
        let number = usize::try_from(told.number).unwrap_or(0);
        Some(Self::new(number, reason.clone(), line.line.as_bytes()))
    }

    /// Its own line in the file. Bytes that are no text stand there as numbers.
    fn json(&self, file: &str) -> String {
        let end: &[_] = &['\r', '\n'];
        let value = match std::str::from_utf8(&self.bytes) {
            Ok(text) => json!({
                "file": file, "line": self.line, "reason": self.reason,
                "text": text.trim_end_matches(end),
            }),
            Err(_) => json!({
                "file": file, "line": self.line, "reason": self.reason, "bytes": self.bytes,
            }),
        };
        format!("{value}\n")
    }
}

/// Where lines are put aside: beside a file in `.beads`, else in `.beads` of the folder.
pub(super) fn place(caller: &Caller, name: &str) -> PathBuf {
    let here = caller.place();
    let path = here.absolute(name.as_ref());
    let beside = path.parent().filter(|dir| dir.ends_with(".beads"));
    let dir = beside.map_or_else(|| here.absolute(".beads".as_ref()), Path::to_path_buf);
    dir.join("import-rejects.jsonl")
}

/// Puts lines aside; what stands there stays.
pub(super) fn write(place: &Path, file: &str, aside: &[Aside]) -> Result<(), Refusal> {
    if aside.is_empty() {
        return Ok(());
    }
    let failed = |error: &std::io::Error| disk(&place.display().to_string(), error);
    let before = files::read_if_there(place)
        .map_err(|error| failed(&error))?
        .unwrap_or_default();
    let mut after = before.clone();
    if !after.is_empty() && !after.ends_with('\n') {
        after.push('\n');
    }
    let known: std::collections::HashSet<&str> = before.lines().collect();
    for one in aside {
        let line = one.json(file);
        if !known.contains(line.trim_end()) {
            after.push_str(&line);
        }
    }
    if after == before {
        return Ok(());
    }
    if let Some(dir) = place.parent() {
        files::make_dir(dir).map_err(|error| failed(&error))?;
    }
    files::write_atomic(place, after.as_bytes(), Access::Private)
        .map_err(|error| failed(&error))?;
    match place.parent() {
        Some(dir) => super::init::keep_out_of_git(dir, "import-rejects.jsonl"),
        None => Ok(()),
    }
}
