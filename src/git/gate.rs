//! The private worktree in which gates run, and its end.
//!
//! It is a throw-away repository of its own that borrows the mirror's objects: what gates do with
//! git in there changes nothing anywhere else. Tags and the target are refs in it, so that a gate
//! can describe and compare.

use std::path::Path;

use git2::{Oid, Repository};

use super::checkout;
use super::disk;
use super::error::Result;
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
    make(&mirror, repos, path, commit, cx)?;
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
