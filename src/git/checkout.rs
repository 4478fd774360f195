//! Filling folders with files, and bringing a clean checkout forward.
//!
//! Checkouts are libgit2's: only its built-in line-end conversions run, never a filter program.
//! Files move before HEAD does, so a kill in between leaves files that are already those of the
//! new commit; [`forward`] knows them as settled and goes on.

use git2::build::CheckoutBuilder;
use git2::{ErrorClass, ErrorCode, Object, ObjectType, Oid, Repository, Status, StatusOptions};

use super::disk;
use super::error::{GitError, Result};
use super::objects;
use super::refs::{self, Expect};

/// Writes all files of `commit`, over whatever half-made files are there, and the index.
pub(super) fn fill(repo: &Repository, commit: Oid) -> Result<()> {
    let object = repo.find_object(commit, None)?;
    refs::unlocked(&repo.path().join("index.lock"), || {
        let mut how = CheckoutBuilder::new();
        how.force();
        Ok(repo.checkout_tree(&object, Some(&mut how))?)
    })
}

/// What HEAD of a followed checkout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head<'a> {
    /// Detached at the target's tip.
    Detached,
    /// On this branch (full ref name).
    On(&'a str),
}

/// Whether a checkout came forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Forward {
    /// It is at the new commit.
    Done,
    /// It stayed, for this reason.
    Left(&'static str),
}

/// Brings a checkout to `new`, only forward and only when nothing in it would be lost.
pub(super) fn forward(repo: &Repository, new: Oid, head: Head<'_>) -> Result<Forward> {
    if repo.state() != git2::RepositoryState::Clean {
        return Ok(Forward::Left("a merge or rebase is under way there"));
    }
    let old = match place(repo, head)? {
        Ok(old) => old,
        Err(reason) => return Ok(Forward::Left(reason)),
    };
    if !objects::contains(repo, new, old)? {
        return Ok(Forward::Left("it has commits of its own"));
    }
    let Some(half_way) = settled(repo, new)? else {
        return Ok(Forward::Left("it has changed files"));
    };
    if old == new && !half_way {
        return Ok(Forward::Done);
    }
    let goal = repo.find_object(new, None)?;
    let moved = match head {
        // Nobody works there, so a lock that stays is a dead one.
        Head::Detached => refs::unlocked(&repo.path().join("index.lock"), || {
            update(repo, &goal, half_way)
        }),
        Head::On(_) => update(repo, &goal, half_way),
    };
    match moved {
        Ok(()) => {}
        Err(GitError::Git(error)) if error.code() == ErrorCode::Conflict => {
            return Ok(Forward::Left("files there are in the way"));
        }
        Err(error) if error.is_locked() => {
            return Ok(Forward::Left("its index is locked"));
        }
        Err(error) => return Err(error),
    }
    match head {
        Head::Detached => detach(repo, new)?,
        Head::On(branch) => {
            refs::set(repo, branch, new, Expect::Exactly(old), "follow the target")?;
        }
    }
    Ok(Forward::Done)
}

/// Writes the files of `goal`. A locked index is met before the first file, not after the last.
fn update(repo: &Repository, goal: &Object<'_>, half_way: bool) -> Result<()> {
    if disk::is_there(&repo.path().join("index.lock")) {
        let what = "the index is locked";
        return Err(git2::Error::new(ErrorCode::Locked, ErrorClass::Index, what).into());
    }
    let mut how = CheckoutBuilder::new();
    if half_way {
        how.force();
    } else {
        how.safe();
    }
    Ok(repo.checkout_tree(goal, Some(&mut how))?)
}

/// Points HEAD of a checkout that nobody works in at a commit.
pub(super) fn detach(repo: &Repository, commit: Oid) -> Result<()> {
    refs::unlocked(&repo.path().join("HEAD.lock"), || {
        Ok(repo.set_head_detached(commit)?)
    })
}

/// The commit a checkout stands on, or why it is not where it should be.
fn place(repo: &Repository, head: Head<'_>) -> Result<std::result::Result<Oid, &'static str>> {
    let detached = repo.head_detached().unwrap_or(false);
    let current = match repo.head() {
        Ok(current) => current,
        Err(error) if error.code() == ErrorCode::UnbornBranch => {
            return Ok(Err("it has no commit checked out"));
        }
        Err(error) => return Err(error.into()),
    };
    let fits = match head {
        Head::Detached => detached,
        Head::On(branch) => !detached && current.name().is_ok_and(|name| name == branch),
    };
    if !fits {
        return Ok(Err("it is on another branch"));
    }
    Ok(Ok(current.peel_to_commit()?.id()))
}

/// Whether every tracked file is as HEAD or as `new` has it: `Some(false)` clean, `Some(true)`
/// some are `new`'s already, `None` when a change of somebody else would be lost.
fn settled(repo: &Repository, new: Oid) -> Result<Option<bool>> {
    let goal = repo.find_commit(new)?.tree()?;
    let from = repo.head()?.peel_to_tree()?;
    let mut how = StatusOptions::new();
    how.include_untracked(true).recurse_untracked_dirs(true);
    let mut half_way = false;
    for entry in repo.statuses(Some(&mut how))?.iter() {
        let path = objects::shown(entry.path_bytes());
        let wanted = goal.get_path(path.as_ref()).ok();
        if entry.status() == Status::WT_NEW && wanted.is_none() {
            continue;
        }
        let Some(workdir) = repo.workdir() else {
            return Ok(None);
        };
        let file = workdir.join(&path);
        let there = disk::is_there(&file);
        let same = match wanted {
            None => !there,
            // Taken away and not yet written again, by a checkout that was killed.
            Some(wanted) if !there => {
                let before = from.get_path(path.as_ref()).ok();
                before.is_some_and(|before| before.id() != wanted.id())
            }
            Some(wanted) => is_begun(repo, &file, wanted.id()),
        };
        if !same {
            return Ok(None);
        }
        half_way = true;
    }
    Ok(Some(half_way))
}

/// Whether a file is a blob, or the beginning of it: libgit2 writes in place, so a kill leaves a
/// piece, and a piece of what will stand there holds nothing that could be lost.
fn is_begun(repo: &Repository, file: &std::path::Path, blob: Oid) -> bool {
    if Oid::hash_file(ObjectType::Blob, file).ok() == Some(blob) {
        return true;
    }
    match (disk::small_file(file), repo.find_blob(blob)) {
        (Ok(Some(bytes)), Ok(blob)) => blob.content().starts_with(&bytes),
        _ => false,
    }
}
