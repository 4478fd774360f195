//! The private worktree in which gates run, and its end.
//!
//! It is a throw-away repository of its own that borrows the mirror's objects: what gates do with
//! git in there changes nothing anywhere else. Tags and the target are refs in it, so that a gate
//! can describe and compare. Filling one takes as long as a checkout, so a *spare* can lie beside
//! them: filled ahead of time and never used by anybody, it becomes the next one for the files that
//! differ.

use std::path::{Path, PathBuf};

use git2::{Oid, Repository};

use super::checkout;
use super::disk;
use super::error::{GitError, Result};
use super::fill;
use super::folder;
use super::objects;
use super::open::{self, GitContext};
use super::refs;
use crate::domain::{self, GitOutcome, RigRepos};

/// Makes the worktree of a commit in the mirror.
pub(super) fn gate_tree(
    repos: &RigRepos,
    commit: &domain::Oid,
    path: &Path,
    cx: &GitContext,
) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let commit = objects::oid(commit)?;
    let tree = mirror.find_commit(commit)?.tree_id();
    let spare = spare_beside(repos, path);
    if !take(&mirror, repos, (&spare, path), commit, cx).unwrap_or(false) {
        make(&mirror, repos, path, commit, cx)?;
    }
    Ok(GitOutcome::GateTreeReady {
        tree: objects::named(tree)?,
    })
}

/// Makes a worktree at `path`, over whatever a killed try left there.
pub(super) fn make(
    mirror: &Repository,
    repos: &RigRepos,
    path: &Path,
    commit: Oid,
    cx: &GitContext,
) -> Result<()> {
    drop_tree(path)?;
    disk::make_dir(path)?;
    drop(Repository::init(path)?);
    let own = path.join(".git");
    let lender = objects::folder(&disk::real(&repos.mirror)?);
    disk::make_dir(&own.join("objects/info"))?;
    disk::write(
        &own.join("objects/info/alternates"),
        &format!("{}\n", lender.display()),
    )?;
    disk::write(&own.join("packed-refs"), &packed_refs(mirror, repos)?)?;
    let repo = open::clone(path, cx)?;
    checkout::detach(&repo, commit)?;
    fill::fill(&repo, commit)
}

/// Makes the spare beside the worktree `path` at the target's tip, or brings it there.
pub(super) fn spare_tree(repos: &RigRepos, path: &Path, cx: &GitContext) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let tip = refs::get(&mirror, &refs::branch(&repos.target)?)?.ok_or(GitError::Empty)?;
    let spare = spare_beside(repos, path);
    let brought = match ready_at(&spare)? {
        Some(old) => {
            disk::remove_file(&mark(&spare))?;
            open::clone(&spare, cx)
                .and_then(|repo| checkout::bring(&repo, old, tip))
                .unwrap_or(false)
        }
        None => false,
    };
    if !brought {
        make(&mirror, repos, &spare, tip, cx)?;
    }
    disk::write(&mark(&spare), &tip.to_string())?;
    Ok(GitOutcome::SpareReady {
        commit: objects::named(tip)?,
    })
}

/// Makes the spare the worktree of a commit; `false` when there is none that can be.
fn take(
    mirror: &Repository,
    repos: &RigRepos,
    (spare, path): (&Path, &Path),
    commit: Oid,
    cx: &GitContext,
) -> Result<bool> {
    let Some(old) = ready_at(spare)? else {
        return Ok(false);
    };
    drop_tree(path)?;
    // Without its mark it is no spare any more, so a kill from here on costs a checkout.
    disk::remove_file(&mark(spare))?;
    disk::rename(spare, path)?;
    disk::write(&path.join(".git/packed-refs"), &packed_refs(mirror, repos)?)?;
    let repo = open::clone(path, cx)?;
    checkout::bring(&repo, old, commit)
}

/// Where the spare of a rig lies.
fn spare_beside(repos: &RigRepos, path: &Path) -> PathBuf {
    let mut name = repos.mirror.file_stem().unwrap_or_default().to_owned();
    name.push(".spare");
    path.with_file_name(name)
}

/// The mark of a spare that is whole; it names its commit.
fn mark(spare: &Path) -> PathBuf {
    spare.join(".git/gt-spare")
}

fn ready_at(spare: &Path) -> Result<Option<Oid>> {
    Ok(disk::small_text(&mark(spare))?.and_then(|text| Oid::from_str(&text).ok()))
}

/// Tags and target in one file: a repository may have thousands of tags.
fn packed_refs(mirror: &Repository, repos: &RigRepos) -> Result<String> {
    let mut all: Vec<(String, Oid)> = refs::below(mirror, "refs/tags/")?
        .into_iter()
        .map(|(name, oid)| (format!("refs/tags/{name}"), oid))
        .collect();
    if let Some(target) = refs::get(mirror, &refs::branch(&repos.target)?)? {
        all.push((format!("refs/remotes/origin/{}", repos.target), target));
    }
    all.sort();
    let lines = all.into_iter().map(|(name, oid)| format!("{oid} {name}\n"));
    let head = "# pack-refs with: sorted \n".to_owned();
    Ok([head].into_iter().chain(lines).collect())
}

/// Removes a gates' worktree: out of sight in one step, then piece by piece.
pub(super) fn drop_tree(path: &Path) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".gone");
    let gone = path.with_file_name(name);
    folder::remove(&gone)?;
    if disk::is_there(path) {
        disk::rename(path, &gone)?;
        folder::remove(&gone)?;
    }
    Ok(())
}
