//! Small file work that must not tear: whole files are written beside and renamed.
//!
//! Owns atomic writes and private folders. Never follows a policy of its own.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of plain file access"
)]

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Mode 0600.
    Private,
    /// Mode 0644.
    Shared,
}

/// Writes `bytes` to `path` so that a reader, or a crash, sees the old or the new file whole.
pub fn write_atomic(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let dir = path
        .parent()
        .ok_or_else(|| io::Error::other("path has no folder"))?;
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other("path has no file name"))?;
    let mut temporary = name.to_owned();
    temporary.push(format!(".tmp{}", std::process::id()));
    let temporary = dir.join(temporary);
    let mode = match access {
        Access::Private => 0o600,
        Access::Shared => 0o644,
    };
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&temporary)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| fs::File::open(dir)?.sync_all());
    if written.is_err() {
        // The first error is the one to report; the leftover is harmless and named after us.
        drop(fs::remove_file(&temporary));
    }
    written
}

/// Makes `dir` and what is missing above it; new folders are the owner's alone (0700).
pub fn private_dir(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

/// Makes `dir` and what is missing above it.
pub fn make_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// The text of a file, or `None` when there is no such file.
pub fn read_if_there(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file only where there is none; says whether it did.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    if path.symlink_metadata().is_ok() {
        return Ok(false);
    }
    if let Some(dir) = path.parent() {
        make_dir(dir)?;
    }
    write_atomic(path, bytes, Access::Shared).map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_replaces_the_whole_file() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("a");
        write_atomic(&path, b"long first text", Access::Private)?;
        write_atomic(&path, b"short", Access::Private)?;
        assert_eq!(read_if_there(&path)?.as_deref(), Some("short"));
        assert!(!write_new(&path, b"other")?);
        assert_eq!(read_if_there(&dir.path().join("none"))?, None);
        Ok(())
    }
}
