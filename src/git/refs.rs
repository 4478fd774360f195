//! Moving refs, always against an expected old value where it matters.
//!
//! A killed process leaves `*.lock` files behind; a lock that stays the very same file for two
//! seconds has no living holder (git holds ref locks for milliseconds) and is taken away.

use std::path::{Path, PathBuf};
use std::time::Duration;

use git2::{ErrorCode, Oid, Reference, Repository};

use super::disk;
use super::error::{GitError, Result};

/// How often and how long a foreign lock is waited for: 2 s in all.
const LOCK_PAUSE: Duration = Duration::from_millis(20);
const LOCK_TRIES: u32 = 100;

/// What a ref must be before it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// Whatever it is.
    Anything,
    /// It must not exist.
    Nothing,
    /// It must be exactly this.
    Exactly(Oid),
}

/// The full name of a branch's ref, if git would accept it.
pub(super) fn branch(name: &str) -> Result<String> {
    let full = format!("refs/heads/{name}");
    if name.is_empty() || name.starts_with('-') || !Reference::is_valid_name(&full) {
        return Err(GitError::BadName {
            what: "branch",
            name: name.to_owned(),
        });
    }
    Ok(full)
}

/// Where the remote's branch was at the last fetch into the mirror.
pub(super) fn fetched(branch: &str) -> String {
    format!("refs/gt/origin/{branch}")
}

/// What a ref points at, with symbolic refs followed; `None` when it does not exist.
pub(super) fn get(repo: &Repository, name: &str) -> Result<Option<Oid>> {
    match repo.refname_to_id(name) {
        Ok(oid) => Ok(Some(oid)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Sets a ref if it is as expected; [`GitError::Moved`] when it is not.
pub(super) fn set(
    repo: &Repository,
    name: &str,
    new: Oid,
    expect: Expect,
    why: &str,
) -> Result<()> {
    unlocked(&lock_of(repo, name), || {
        let done = match expect {
            Expect::Anything => repo.reference(name, new, true, why),
            Expect::Nothing => repo.reference(name, new, false, why),
            Expect::Exactly(old) => repo.reference_matching(name, new, true, old, why),
        };
        match done {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(
                    error.code(),
                    ErrorCode::Modified | ErrorCode::Exists | ErrorCode::NotFound
                ) && expect != Expect::Anything =>
            {
                Err(GitError::Moved {
                    name: name.to_owned(),
                })
            }
            Err(error) => Err(error.into()),
        }
    })
}

/// Points a ref at another ref.
pub(super) fn set_symbolic(repo: &Repository, name: &str, target: &str) -> Result<()> {
    unlocked(&lock_of(repo, name), || {
        repo.reference_symbolic(name, target, true, "point at the target")?;
        Ok(())
    })
}

/// Deletes a ref if it is still at `old`; one that is gone is fine.
pub(super) fn delete(repo: &Repository, name: &str, old: Oid) -> Result<()> {
    unlocked(&lock_of(repo, name), || {
        let mut found = match repo.find_reference(name) {
            Ok(found) => found,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if found.target() != Some(old) {
            return Err(GitError::Moved {
                name: name.to_owned(),
            });
        }
        Ok(found.delete()?)
    })
}

/// The refs below a prefix such as `refs/heads/`, by the rest of their name; symbolic ones left out.
pub(super) fn below(repo: &Repository, prefix: &str) -> Result<Vec<(String, Oid)>> {
    let mut found = Vec::new();
    for reference in repo.references_glob(&format!("{prefix}*"))? {
        let reference = reference?;
        let (Ok(name), Some(oid)) = (reference.name(), reference.target()) else {
            continue;
        };
        if let Some(rest) = name.strip_prefix(prefix) {
            found.push((rest.to_owned(), oid));
        }
    }
    found.sort();
    Ok(found)
}

fn lock_of(repo: &Repository, name: &str) -> PathBuf {
    repo.commondir().join(format!("{name}.lock"))
}

/// Does `act`; while it meets a lock, waits, and takes a dead lock at `lock` away.
pub(super) fn unlocked(lock: &Path, mut act: impl FnMut() -> Result<()>) -> Result<()> {
    let first = disk::fingerprint(lock);
    for _ in 0..LOCK_TRIES {
        match act() {
            Err(error) if error.is_locked() => std::thread::sleep(LOCK_PAUSE),
            done => return done,
        }
    }
    if first.is_some() && disk::fingerprint(lock) == first {
        disk::remove_file(lock)?;
    }
    act()
}
