//! Opening repositories so that nothing in them is obeyed (contract S7, DECISIONS 9).
//!
//! Right after opening, before any object is touched, a repository's configuration is replaced
//! by the engine's own file, and the paths that it will work with are compared with the ones
//! that were asked for (contract W7): a planted `commondir`, `core.worktree` or `.git` file
//! leads to a refusal, never to another folder. The worker process gets an empty HOME from
//! [`super::closed::worker_environment`], because libgit2 reads the
//! user's file while it opens.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use git2::{Config, Repository, RepositoryOpenFlags};

use super::closed;
use super::disk;
use super::error::{GitError, Result};

/// What every git job needs to know about the town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitContext {
    /// The engine's own git configuration (`TownPaths::git_config()`); made when it is missing.
    pub config: PathBuf,
}

impl GitContext {
    /// A context with the engine's own git configuration at `config`.
    pub fn new(config: impl Into<PathBuf>) -> Self {
        Self {
            config: config.into(),
        }
    }
}

/// Opens a bare repository: the mirror or the shared one.
pub(super) fn bare(path: &Path, cx: &GitContext) -> Result<Repository> {
    if !disk::is_folder(path) {
        return Err(GitError::Foreign {
            path: path.to_owned(),
            reason: "there is no such folder",
        });
    }
    let repo = Repository::open_bare(path)?;
    harden(&repo, cx)?;
    expect_same(repo.path(), path, "its git folder is elsewhere")?;
    expect_same(repo.commondir(), path, "its common folder is elsewhere")?;
    Ok(repo)
}

/// Opens a linked worktree of `shared` whose record is `record`.
pub(super) fn worktree(
    path: &Path,
    shared: &Path,
    record: &str,
    cx: &GitContext,
) -> Result<Repository> {
    let registered = shared.join("worktrees").join(record);
    let link = linked_folder(path)?.ok_or_else(|| GitError::Foreign {
        path: path.to_owned(),
        reason: "it has no `.git` file that names a worktree record",
    })?;
    expect_same(&link, &registered, "its `.git` file names another record")?;
    let repo = open_here(path)?;
    harden(&repo, cx)?;
    expect_same(repo.path(), &registered, "its git folder is elsewhere")?;
    expect_same(repo.commondir(), shared, "its common folder is elsewhere")?;
    expect_workdir(&repo, path)?;
    Ok(repo)
}

/// Opens a repository with files of its own: the mayor's clone or the gates' worktree.
pub(super) fn clone(path: &Path, cx: &GitContext) -> Result<Repository> {
    let own = path.join(".git");
    if !disk::is_folder(&own) {
        return Err(GitError::Foreign {
            path: path.to_owned(),
            reason: "it has no `.git` folder of its own",
        });
    }
    let repo = open_here(path)?;
    harden(&repo, cx)?;
    expect_same(repo.path(), &own, "its git folder is elsewhere")?;
    expect_same(repo.commondir(), &own, "its common folder is elsewhere")?;
    expect_workdir(&repo, path)?;
    Ok(repo)
}

/// Replaces a repository's configuration by the engine's own, whole.
pub(super) fn harden(repo: &Repository, cx: &GitContext) -> Result<()> {
    closed::ensure_own_config(&cx.config)?;
    repo.set_config(&Config::open(&cx.config)?)?;
    Ok(())
}

/// The folder that a worktree's `.git` file names, if it is such a file.
pub(super) fn linked_folder(path: &Path) -> Result<Option<PathBuf>> {
    let Some(text) = disk::small_text(&path.join(".git"))? else {
        return Ok(None);
    };
    Ok(text
        .strip_prefix("gitdir:")
        .map(|folder| path.join(folder.trim())))
}

fn open_here(path: &Path) -> Result<Repository> {
    Ok(Repository::open_ext(
        path,
        RepositoryOpenFlags::NO_SEARCH,
        std::iter::empty::<&OsStr>(),
    )?)
}

fn expect_workdir(repo: &Repository, path: &Path) -> Result<()> {
    let workdir = repo.workdir().ok_or_else(|| GitError::Foreign {
        path: path.to_owned(),
        reason: "it has no files",
    })?;
    expect_same(workdir, path, "its files are elsewhere")
}

fn expect_same(found: &Path, wanted: &Path, reason: &'static str) -> Result<()> {
    if disk::same(found, wanted) {
        Ok(())
    } else {
        Err(GitError::Foreign {
            path: wanted.to_owned(),
            reason,
        })
    }
}
