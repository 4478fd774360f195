//! Git's record of a linked worktree, written by hand so that the rig's configuration is never
//! loaded on the way (libgit2's own `worktree` call opens the new tree with it).
//!
//! A record is locked with a reason before anything else is in it (contract W8), so no `git
//! worktree prune` takes it. Two files of ours stand beside git's: `gt-base`, the commit the
//! work began at, and `gt-ready`, written after the files are all there: from then on the folder
//! belongs to its agent and is never filled again.

use std::path::{Path, PathBuf};

use git2::Oid;

use super::disk;
use super::error::{GitError, Result};

const BASE: &str = "gt-base";
const READY: &str = "gt-ready";
const LOCKED: &str = "locked";

/// A record of a worktree in the shared repository.
pub(super) struct Record {
    folder: PathBuf,
    tree: PathBuf,
}

impl Record {
    /// The record `name` of `shared` for the folder `tree`.
    pub(super) fn new(shared: &Path, name: &str, tree: &Path) -> Result<Self> {
        let good = !name.is_empty()
            && !name.starts_with(['.', '-'])
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if !good {
            return Err(GitError::BadName {
                what: "worktree record",
                name: name.to_owned(),
            });
        }
        Ok(Self {
            folder: shared.join("worktrees").join(name),
            tree: tree.to_owned(),
        })
    }

    /// Where the record is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The commit the work began at, if the record got that far.
    pub(super) fn base(&self) -> Result<Option<Oid>> {
        Ok(disk::small_text(&self.folder.join(BASE))?.and_then(|text| Oid::from_str(&text).ok()))
    }

    /// Whether the folder was filled and handed over.
    pub(super) fn is_ready(&self) -> bool {
        disk::is_there(&self.folder.join(READY))
    }

    /// Writes the record and the folder's `.git` file. `head` is the text of HEAD.
    pub(super) fn write(&self, base: Oid, head: &str, why: &str) -> Result<()> {
        disk::make_dir(&self.folder)?;
        disk::write(&self.folder.join(LOCKED), why)?;
        disk::write(&self.folder.join("commondir"), "../..\n")?;
        let tree = absolute(&self.tree)?;
        let link = tree.join(".git");
        disk::write(
            &self.folder.join("gitdir"),
            &format!("{}\n", link.display()),
        )?;
        disk::write(&self.folder.join("HEAD"), &format!("{head}\n"))?;
        disk::write(&self.folder.join(BASE), &format!("{base}\n"))?;
        disk::make_dir(&tree)?;
        let folder = disk::real(&self.folder)?;
        // Written in the record and moved, so that a kill leaves no stray file among the work.
        let made = self.folder.join("gt-link");
        disk::write(&made, &format!("gitdir: {}\n", folder.display()))?;
        disk::rename(&made, &link)
    }

    /// Marks the folder as filled.
    pub(super) fn mark_ready(&self) -> Result<()> {
        disk::write(&self.folder.join(READY), "")
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    let parent = path.parent().unwrap_or(path);
    disk::make_dir(parent)?;
    let name = path.file_name().ok_or_else(|| GitError::BadName {
        what: "folder",
        name: path.display().to_string(),
    })?;
    Ok(disk::real(parent)?.join(name))
}
