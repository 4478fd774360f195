//! The repositories of a new rig: target, shared repository, mayor's clone, refinery's worktree.
//!
//! Shared repository and mayor's clone are built beside their place and renamed into it, so a
//! kill leaves nothing half-made where others look.

use std::path::{Path, PathBuf};

use git2::{Config, Repository, RepositoryInitOptions};

use super::disk::{self, Transfer};
use super::error::{GitError, Result};
use super::fill;
use super::folder;
use super::look;
use super::objects;
use super::open::{self, GitContext};
use super::record::Record;
use super::refs::{self, Expect};
use crate::domain::{GitOutcome, RigRepos};

/// The refinery's record in the shared repository.
pub(super) const REFINERY: &str = "refinery";

/// Lays out a rig after its mirror was fetched.
pub(super) fn layout(
    repos: &RigRepos,
    wanted: Option<&str>,
    cx: &GitContext,
) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let target = choose_target(&mirror, &repos.mirror, wanted)?;
    let name = refs::branch(&target)?;
    let tip = match refs::get(&mirror, &name)? {
        Some(tip) => tip,
        None => {
            let tip = refs::get(&mirror, &refs::fetched(&target))?.ok_or(GitError::Empty)?;
            refs::set(
                &mirror,
                &name,
                tip,
                Expect::Nothing,
                "external: first fetch",
            )?;
            tip
        }
    };
    refs::unlocked(&mirror.path().join("HEAD.lock"), || {
        Ok(mirror.set_head(&name)?)
    })?;
    let shared = share(&mirror, repos, &target, tip, cx)?;
    clone_for_mayor(&shared, repos, &target, tip, cx)?;
    place_refinery(&shared, repos, tip, cx)?;
    let tree = mirror.find_commit(tip)?.tree()?;
    Ok(GitOutcome::RigReady {
        tip: objects::named(tip)?,
        tracked_prefix: look::tracked_prefix(&mirror, &tree)?,
        test_hint: look::test_hint(&mirror, &tree)?,
        target,
    })
}

/// The operator's branch, else the remote's own choice, else `main`, `master` or the only one.
fn choose_target(mirror: &Repository, path: &Path, wanted: Option<&str>) -> Result<String> {
    let mut there: Vec<(String, git2::Oid)> = refs::below(mirror, "refs/gt/origin/")?;
    if there.is_empty() {
        there = refs::below(mirror, "refs/heads/")?;
    }
    let names: Vec<String> = there.iter().map(|(name, _)| name.clone()).collect();
    if names.is_empty() {
        return Err(GitError::Empty);
    }
    if let Some(wanted) = wanted {
        return if names.iter().any(|name| name == wanted) {
            Ok(wanted.to_owned())
        } else {
            Err(GitError::NoBranch {
                name: wanted.to_owned(),
                there: names,
            })
        };
    }
    if let Some(named) = head_of_local_remote(path)?
        && names.contains(&named)
    {
        return Ok(named);
    }
    let remote_head = refs::get(mirror, super::plans::REMOTE_HEAD)?;
    let usual = ["main", "master", "trunk"];
    let at_head: Vec<&str> = there
        .iter()
        .filter(|(_, tip)| Some(*tip) == remote_head)
        .map(|(name, _)| name.as_str())
        .collect();
    let pick = usual
        .iter()
        .find(|name| at_head.contains(name))
        .copied()
        .or_else(|| at_head.first().copied())
        .or_else(|| {
            usual
                .iter()
                .find(|name| names.iter().any(|there| there == *name))
                .copied()
        })
        .or(match names.as_slice() {
            [only] => Some(only.as_str()),
            _ => None,
        });
    match pick {
        Some(name) => Ok(name.to_owned()),
        None => Err(GitError::NoTarget { there: names }),
    }
}

/// The branch that HEAD of a remote on this disk names; read as a file, nothing is opened.
fn head_of_local_remote(mirror: &Path) -> Result<Option<String>> {
    let url = Config::open(&mirror.join("config"))
        .and_then(|config| config.get_string("remote.origin.url"))
        .unwrap_or_default();
    let path = PathBuf::from(url.strip_prefix("file://").unwrap_or(&url));
    if !path.is_absolute() {
        return Ok(None);
    }
    for head in [path.join("HEAD"), path.join(".git").join("HEAD")] {
        if let Some(text) = disk::small_text(&head)? {
            return Ok(text.strip_prefix("ref: refs/heads/").map(str::to_owned));
        }
    }
    Ok(None)
}

/// Makes the shared repository, or brings in what an earlier try left out.
fn share(
    mirror: &Repository,
    repos: &RigRepos,
    target: &str,
    tip: git2::Oid,
    cx: &GitContext,
) -> Result<Repository> {
    if !disk::is_there(&repos.shared) {
        build_beside(&repos.shared, |new| {
            let repo = init(new, target, Kind::Bare)?;
            configure(new, &repos.shared, target, Kind::Bare)?;
            disk::transfer_objects(
                &objects::folder(&repos.mirror),
                &objects::folder(new),
                Transfer::Copy,
            )?;
            open::harden(&repo, cx)?;
            seed_branches(mirror, &repo, target, tip)
        })?;
    }
    let shared = open::bare(&repos.shared, cx)?;
    objects::copy(mirror, &shared, &[tip])?;
    Ok(shared)
}

/// The remote's branches as branches of the shared repository, and as what its worktrees see
/// under `origin/`.
fn seed_branches(
    mirror: &Repository,
    shared: &Repository,
    target: &str,
    tip: git2::Oid,
) -> Result<()> {
    let mut all = refs::below(mirror, "refs/gt/origin/")?;
    all.retain(|(name, _)| name != target && name != "polecat" && !name.starts_with("polecat/"));
    all.insert(0, (target.to_owned(), tip));
    for (name, oid) in &all {
        let why = "from the remote";
        for full in [
            format!("refs/heads/{name}"),
            format!("refs/remotes/origin/{name}"),
        ] {
            refs::set(shared, &full, *oid, Expect::Anything, why)?;
        }
    }
    for (name, oid) in refs::below(mirror, "refs/tags/")? {
        let full = format!("refs/tags/{name}");
        refs::set(shared, &full, oid, Expect::Anything, "from the remote")?;
    }
    refs::set_symbolic(
        shared,
        "refs/remotes/origin/HEAD",
        &format!("refs/remotes/origin/{target}"),
    )
}

fn clone_for_mayor(
    shared: &Repository,
    repos: &RigRepos,
    target: &str,
    tip: git2::Oid,
    cx: &GitContext,
) -> Result<()> {
    if disk::is_there(&repos.mayor.join(".git")) {
        open::clone(&repos.mayor, cx)?;
        return Ok(());
    }
    if disk::is_there(&repos.mayor) && !disk::remove_empty(&repos.mayor) {
        return Err(GitError::InTheWay {
            path: repos.mayor.clone(),
        });
    }
    build_beside(&repos.mayor, |new| {
        let repo = init(new, target, Kind::WithFiles)?;
        let own = new.join(".git");
        configure(&own, &repos.shared, target, Kind::WithFiles)?;
        disk::transfer_objects(
            &objects::folder(&repos.shared),
            &objects::folder(&own),
            Transfer::Link,
        )?;
        open::harden(&repo, cx)?;
        for (name, oid) in refs::below(shared, "refs/heads/")? {
            let full = format!("refs/remotes/origin/{name}");
            refs::set(&repo, &full, oid, Expect::Anything, "clone")?;
        }
        refs::set_symbolic(
            &repo,
            "refs/remotes/origin/HEAD",
            &format!("refs/remotes/origin/{target}"),
        )?;
        refs::set(
            &repo,
            &refs::branch(target)?,
            tip,
            Expect::Anything,
            "clone",
        )?;
        fill::fill(&repo, tip)
    })
}

fn place_refinery(
    shared: &Repository,
    repos: &RigRepos,
    tip: git2::Oid,
    cx: &GitContext,
) -> Result<()> {
    let record = Record::new(&repos.shared, REFINERY, &repos.refinery)?;
    if record.is_ready() && disk::is_there(&repos.refinery.join(".git")) {
        return Ok(());
    }
    shared.find_commit(tip)?;
    record.write(tip, &tip.to_string(), "the refinery's worktree")?;
    let repo = open::worktree(&repos.refinery, &repos.shared, REFINERY, cx)?;
    fill::fill(&repo, tip)?;
    record.mark_ready()
}

/// Whether a repository has files of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bare,
    WithFiles,
}

fn init(path: &Path, target: &str, kind: Kind) -> Result<Repository> {
    let mut how = RepositoryInitOptions::new();
    how.bare(kind == Kind::Bare)
        .external_template(false)
        .mkpath(true)
        .initial_head(target);
    Ok(Repository::init_opts(path, &how)?)
}

/// `origin` of every tree that agents see is the shared repository (DECISIONS 7).
fn configure(own: &Path, shared: &Path, target: &str, kind: Kind) -> Result<()> {
    let shared = match shared.parent() {
        Some(parent) => disk::real(parent)?.join(shared.file_name().unwrap_or_default()),
        None => shared.to_owned(),
    };
    let mut config = Config::open(&own.join("config"))?;
    config.set_str("remote.origin.url", &shared.to_string_lossy())?;
    config.set_str("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")?;
    if kind == Kind::WithFiles {
        config.set_str(&format!("branch.{target}.remote"), "origin")?;
        config.set_str(&format!("branch.{target}.merge"), &refs::branch(target)?)?;
    } else {
        config.set_str("gc.worktreePruneExpire", "never")?;
    }
    Ok(())
}

/// Builds a folder under a name beside its place and renames it when it is whole.
fn build_beside(place: &Path, build: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = place.with_file_name(name);
    folder::remove(&new)?;
    if let Some(parent) = place.parent() {
        disk::make_dir(parent)?;
    }
    build(&new)?;
    disk::rename(&new, place)
}
