//! Bringing a clean checkout forward.
//!
//! Only the paths that differ between the two commits are touched, by libgit2: its built-in
//! line-end conversions run, never a filter program.
//! Files move before HEAD does, so a kill in between leaves files that are already those of the
//! new commit; [`forward`] knows them as settled and goes on.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use git2::build::CheckoutBuilder;
use git2::{
    Delta, ErrorClass, ErrorCode, Object, ObjectType, Oid, Repository, StatusOptions, Tree,
};

use super::disk;
use super::error::{GitError, Result};
use super::objects;
use super::refs::{self, Expect};

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
    let changed = changed(repo, old, new)?;
    let half_way = match settled(repo, new, &changed)? {
        Settled::Clean if old == new => return Ok(Forward::Done),
        Settled::Clean => false,
        Settled::HalfWay => true,
        Settled::Changed => return Ok(Forward::Left("it has changed files")),
        Settled::InTheWay => return Ok(Forward::Left("files there are in the way")),
    };
    let goal = repo.find_object(new, None)?;
    let step = Step {
        goal: &goal,
        changed: &changed,
        half_way,
    };
    let moved = match head {
        // Nobody works there, so a lock that stays is a dead one.
        Head::Detached => refs::unlocked(&repo.path().join("index.lock"), || update(repo, &step)),
        Head::On(_) => update(repo, &step),
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

/// Brings a checkout that nobody ever worked in from one commit to another; what is there is not
/// looked at. `false` when files that are the same in both may have to be written differently.
pub(super) fn bring(repo: &Repository, old: Oid, new: Oid) -> Result<bool> {
    let changed = changed(repo, old, new)?;
    if changed
        .iter()
        .any(|change| change.path.ends_with(b".gitattributes"))
    {
        return Ok(false);
    }
    if !changed.is_empty() {
        let goal = repo.find_object(new, None)?;
        let step = Step {
            goal: &goal,
            changed: &changed,
            half_way: true,
        };
        update(repo, &step)?;
    }
    detach(repo, new)?;
    Ok(true)
}

/// What is to be written.
struct Step<'a> {
    goal: &'a Object<'a>,
    changed: &'a [Change],
    half_way: bool,
}

/// Writes the files that differ. A locked index is met before the first file, not after the last.
fn update(repo: &Repository, step: &Step<'_>) -> Result<()> {
    if disk::is_there(&repo.path().join("index.lock")) {
        let what = "the index is locked";
        return Err(git2::Error::new(ErrorCode::Locked, ErrorClass::Index, what).into());
    }
    let mut how = CheckoutBuilder::new();
    if step.half_way {
        how.force();
    } else {
        how.safe();
    }
    how.disable_pathspec_match(true);
    for change in step.changed {
        how.path(change.path.as_slice());
    }
    Ok(repo.checkout_tree(step.goal, Some(&mut how))?)
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

/// A path that differs between two commits.
struct Change {
    path: Vec<u8>,
    added: bool,
}

fn changed(repo: &Repository, old: Oid, new: Oid) -> Result<Vec<Change>> {
    let before = repo.find_commit(old)?.tree()?;
    let after = repo.find_commit(new)?.tree()?;
    let diff = repo.diff_tree_to_tree(Some(&before), Some(&after), None)?;
    Ok(diff
        .deltas()
        .filter_map(|delta| {
            let file = delta.new_file();
            Some(Change {
                path: file
                    .path_bytes()
                    .or(delta.old_file().path_bytes())?
                    .to_vec(),
                added: delta.status() == Delta::Added,
            })
        })
        .collect())
}

/// How a checkout stands to the commit that it goes to.
enum Settled {
    /// As HEAD has it.
    Clean,
    /// Some files are the new commit's already: a kill came in between.
    HalfWay,
    /// A change of somebody else would be lost.
    Changed,
    /// A file that git does not know stands where a new one comes.
    InTheWay,
}

fn settled(repo: &Repository, new: Oid, changed: &[Change]) -> Result<Settled> {
    let ends = Ends {
        repo,
        from: repo.head()?.peel_to_tree()?,
        goal: repo.find_commit(new)?.tree()?,
    };
    let mut how = StatusOptions::new();
    how.include_untracked(false).exclude_submodules(true);
    let mut half_way = false;
    for entry in repo.statuses(Some(&mut how))?.iter() {
        if !ends.is_new_already(entry.path_bytes()) {
            return Ok(Settled::Changed);
        }
        half_way = true;
    }
    for change in changed.iter().filter(|change| change.added) {
        let there = repo
            .workdir()
            .is_some_and(|folder| disk::is_there(&folder.join(path_of(&change.path))));
        if there {
            if !ends.is_new_already(&change.path) {
                return Ok(Settled::InTheWay);
            }
            half_way = true;
        }
    }
    Ok(if half_way {
        Settled::HalfWay
    } else {
        Settled::Clean
    })
}

/// The two trees that a checkout lies between.
struct Ends<'a> {
    repo: &'a Repository,
    from: Tree<'a>,
    goal: Tree<'a>,
}

impl Ends<'_> {
    /// Whether a path on disk is what the new commit has there, nothing and the beginning of a
    /// file included.
    fn is_new_already(&self, path: &[u8]) -> bool {
        let path = path_of(path);
        let Some(file) = self.repo.workdir().map(|folder| folder.join(path)) else {
            return false;
        };
        let there = disk::is_there(&file);
        match self.goal.get_path(path) {
            Err(_) => !there,
            // Taken away and not yet written again, by a checkout that was killed.
            Ok(wanted) if !there => {
                let before = self.from.get_path(path);
                before.is_ok_and(|before| before.id() != wanted.id())
            }
            Ok(wanted) => is_begun(self.repo, &file, wanted.id()),
        }
    }
}

/// Whether a file is a blob, or the beginning of it: libgit2 writes in place, so a kill leaves a
/// piece, and a piece of what will stand there holds nothing that could be lost.
fn is_begun(repo: &Repository, file: &Path, blob: Oid) -> bool {
    if let Ok(goal) = file.read_link() {
        let bytes = goal.as_os_str().as_bytes();
        return Oid::hash_object(ObjectType::Blob, bytes).is_ok_and(|oid| oid == blob);
    }
    if disk::is_plain(file) && Oid::hash_file(ObjectType::Blob, file).is_ok_and(|oid| oid == blob) {
        return true;
    }
    match (disk::small_file(file), repo.find_blob(blob)) {
        (Ok(Some(bytes)), Ok(blob)) => blob.content().starts_with(&bytes),
        _ => false,
    }
}

fn path_of(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}
