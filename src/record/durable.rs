//! What a recording has written and the disk may not hold yet.
//!
//! A process that is killed loses nothing that was written: the system has it. A machine that loses
//! its power does, so now and then all that is new is brought to the disk, from a thread that
//! nobody waits for. A raw block goes only once its packed form is there.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of recording files"
)]

use std::fs::File;
use std::io;
use std::path::PathBuf;

/// Files to bring to the disk, and raw blocks that may go then.
#[derive(Debug)]
pub(crate) struct Unsynced {
    /// In an order in which what names bytes comes after them.
    pub(super) files: Vec<PathBuf>,
    /// Blocks that are packed.
    pub(super) packed: Vec<PathBuf>,
}

impl Unsynced {
    /// Brings all of it to the disk. What was deleted meanwhile needs none. Raw blocks stay when the
    /// disk fails: their bytes may be nowhere else.
    pub(crate) fn bring(self) -> io::Result<()> {
        for path in &self.files {
            if let Some(file) = unless_gone(File::open(path))? {
                file.sync_data()?;
            }
        }
        for path in &self.packed {
            unless_gone(std::fs::remove_file(path))?;
        }
        Ok(())
    }
}

fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
