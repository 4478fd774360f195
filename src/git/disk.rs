//! Plain file work under repositories: small files, renames, copies of object files.
//!
//! The only place in `git` that touches files by path. It never follows a link at the
//! path that it is given when it reads what an agent may have written.

#![expect(
    clippy::disallowed_methods,
    reason = "this module owns the git module's file access"
)]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{GitError, Result};
use crate::support::files::{self, Access};

/// Longest administrative file that is read; git's own are a line or a few.
const SMALL: u64 = 8 << 20;

/// The bytes of a small regular file; `None` when there is none, or it is a link, a pipe or huge.
pub(super) fn small_file(path: &Path) -> Result<Option<Vec<u8>>> {
    match path.symlink_metadata() {
        Ok(meta) if meta.is_file() && meta.len() <= SMALL => {
            fs::read(path).map(Some).map_err(GitError::disk(path))
        }
        Ok(_) => Ok(None),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(GitError::disk(path)(error)),
    }
}

/// The text of a small regular file without surrounding white space.
pub(super) fn small_text(path: &Path) -> Result<Option<String>> {
    Ok(small_file(path)?.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
}

/// Whether an error means that there is nothing at a path.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Whether there is something at `path`, a dangling link included.
pub(super) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether `path` is a real folder, not a link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_dir())
}

/// Whether `path` is a plain file, not a link or a pipe.
pub(super) fn is_plain(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_file())
}

/// Writes a file whole.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    files::write_atomic(path, text.as_bytes(), Access::Shared).map_err(GitError::disk(path))
}

/// Makes a folder and what is missing above it.
pub(super) fn make_dir(path: &Path) -> Result<()> {
    files::make_dir(path).map_err(GitError::disk(path))
}

/// Renames, then syncs both folders, so that a crash shows the old or the new state.
pub(super) fn rename(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        make_dir(parent)?;
    }
    fs::rename(from, to).map_err(GitError::disk(to))?;
    for folder in [from.parent(), to.parent()].into_iter().flatten() {
        // A folder that is gone by now needs no sync.
        if let Ok(handle) = fs::File::open(folder) {
            handle.sync_all().map_err(GitError::disk(folder))?;
        }
    }
    Ok(())
}

/// Syncs a new file, then renames it into its place.
pub(super) fn settle(new: &Path, place: &Path) -> Result<()> {
    fs::File::open(new)
        .and_then(|file| file.sync_all())
        .map_err(GitError::disk(new))?;
    rename(new, place)
}

/// Removes a file; none there is fine.
pub(super) fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if is_absent(&error) => Ok(()),
        Err(error) => Err(GitError::disk(path)(error)),
    }
}

/// Removes an empty folder; says whether none is there now.
pub(super) fn remove_empty(path: &Path) -> bool {
    match fs::remove_dir(path) {
        Ok(()) => true,
        Err(error) => is_absent(&error),
    }
}

/// Lets the owner of a folder change it; a read-only folder cannot be moved.
pub(super) fn let_owner_write(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let meta = path.symlink_metadata().map_err(GitError::disk(path))?;
    if !meta.is_dir() {
        return Ok(());
    }
    let mode = meta.permissions().mode() | 0o700;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(GitError::disk(path))
}

/// The names in a folder, sorted; none when there is no such folder.
pub(super) fn names(path: &Path) -> Result<Vec<std::ffi::OsString>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(GitError::disk(path)(error)),
    };
    let mut names = entries
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(GitError::disk(path))?;
    names.sort();
    Ok(names)
}

/// The path with every link resolved.
pub(super) fn real(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(GitError::disk(path))
}

/// Whether two paths lead to the same place.
pub(super) fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// How object files get into another repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    /// Bytes of their own, so that neither side can spoil the other.
    Copy,
    /// The same bytes where the file system can; both sides belong to the agents.
    Link,
}

/// Brings packs and loose objects from one object folder to another.
pub(super) fn transfer_objects(from: &Path, to: &Path, how: Transfer) -> Result<()> {
    for name in names(from)? {
        let folder = name.to_string_lossy();
        let loose = folder.len() == 2 && folder.chars().all(|c| c.is_ascii_hexdigit());
        if loose || folder == "pack" {
            transfer_folder(&from.join(&name), &to.join(&name), how)?;
        }
    }
    Ok(())
}

fn transfer_folder(from: &Path, to: &Path, how: Transfer) -> Result<()> {
    make_dir(to)?;
    let mut files: Vec<_> = names(from)?
        .into_iter()
        .filter(|name| {
            let name = name.to_string_lossy();
            !name.starts_with("tmp_") && !name.ends_with(".lock") && !name.ends_with(".keep")
        })
        .collect();
    // An index makes its pack visible, so it comes last.
    files.sort_by_key(|name| name.to_string_lossy().ends_with(".idx"));
    for name in files {
        let (source, goal) = (from.join(&name), to.join(&name));
        if is_there(&goal) {
            continue;
        }
        if how == Transfer::Link && fs::hard_link(&source, &goal).is_ok() {
            continue;
        }
        let mut part = name.clone();
        part.push(".tmp");
        let part = to.join(part);
        fs::copy(&source, &part)
            .and_then(|_| fs::File::open(&part)?.sync_all())
            .and_then(|()| fs::rename(&part, &goal))
            .map_err(GitError::disk(&goal))?;
    }
    Ok(())
}

/// The identity and age of a lock file, to see whether it is still the same one.
pub(super) fn fingerprint(path: &Path) -> Option<(u64, i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let meta = path.symlink_metadata().ok()?;
    Some((meta.ino(), meta.mtime(), meta.mtime_nsec()))
}
