//! Bringing every copy of the target forward after a landing, never over anybody's changes.

use std::path::Path;

use git2::{Oid, Repository};

use super::checkout::{self, Forward, Head};
use super::disk;
use super::error::{GitError, Result};
use super::gate;
use super::layout::REFINERY;
use super::objects;
use super::open::{self, GitContext};
use super::refs::{self, Expect};
use crate::domain::{self, GitOutcome, RigRepos};

/// Advances mirror, shared repository, refinery's worktree and mayor's clone.
pub(super) fn advance(
    repos: &RigRepos,
    new: &domain::Oid,
    tree: Option<&Path>,
    cx: &GitContext,
) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let target = refs::branch(&repos.target)?;
    let goal = advance_mirror(&mirror, &target, objects::oid(new)?)?;
    let mut left = Vec::new();
    let shared = open::bare(&repos.shared, cx)?;
    objects::copy(&mirror, &shared, &[goal])?;
    advance_shared(&mirror, &shared, repos, goal, &mut left)?;
    match follow_refinery(repos, goal, cx) {
        Ok(Forward::Done) => {}
        Ok(Forward::Left(why)) => left.push(stayed(&repos.refinery, why)),
        Err(error) => left.push(stayed(&repos.refinery, &error.line())),
    }
    match follow_mayor(&shared, repos, goal, cx) {
        Ok(Forward::Done) => {}
        Ok(Forward::Left(why)) => left.push(stayed(&repos.mayor, why)),
        Err(error) => left.push(stayed(&repos.mayor, &error.line())),
    }
    if let Some(tree) = tree {
        gate::drop_tree(tree)?;
    }
    Ok(GitOutcome::Advanced { left })
}

/// Moves the mirror's target to `new` unless it is there or beyond; says where it is.
fn advance_mirror(mirror: &Repository, target: &str, new: Oid) -> Result<Oid> {
    let Some(old) = refs::get(mirror, target)? else {
        refs::set(mirror, target, new, Expect::Nothing, "advance")?;
        return Ok(new);
    };
    if objects::contains(mirror, old, new)? {
        return Ok(old);
    }
    if !objects::contains(mirror, new, old)? {
        return Err(GitError::NotForward { old, new });
    }
    refs::set(
        mirror,
        target,
        new,
        Expect::Exactly(old),
        &format!("landed {new}"),
    )?;
    Ok(new)
}

fn advance_shared(
    mirror: &Repository,
    shared: &Repository,
    repos: &RigRepos,
    goal: Oid,
    left: &mut Vec<String>,
) -> Result<()> {
    let seen = format!("refs/remotes/origin/{}", repos.target);
    refs::set(shared, &seen, goal, Expect::Anything, "follow the target")?;
    let target = refs::branch(&repos.target)?;
    let old = refs::get(shared, &target)?;
    if old == Some(goal) {
        return Ok(());
    }
    if let Some(holder) = checked_out(&repos.shared, &target)? {
        left.push(format!(
            "`.repo.git`: `{}` is checked out in worktree `{holder}`, so the branch stayed",
            repos.target
        ));
        return Ok(());
    }
    let Some(old) = old else {
        return refs::set(shared, &target, goal, Expect::Nothing, "follow the target");
    };
    // Contract M5: a move that the queue did not make is kept aside, shown, and undone.
    let ours = mirror.find_commit(old).is_ok() && objects::contains(mirror, goal, old)?;
    if !ours {
        let aside = format!("refs/gt/strayed/{}/{old}", repos.target);
        refs::set(
            shared,
            &aside,
            old,
            Expect::Anything,
            "moved by somebody else",
        )?;
        left.push(format!(
            "`.repo.git`: `{}` had been moved to {old} outside the queue; put back, kept as `{aside}`",
            repos.target
        ));
    }
    refs::set(
        shared,
        &target,
        goal,
        Expect::Exactly(old),
        "follow the target",
    )
}

/// The worktree record that has a branch checked out.
pub(super) fn checked_out(shared: &Path, full: &str) -> Result<Option<String>> {
    let records = shared.join("worktrees");
    for name in disk::names(&records)? {
        let head = disk::small_text(&records.join(&name).join("HEAD"))?;
        let on = head.as_deref().and_then(|text| text.strip_prefix("ref:"));
        if on.is_some_and(|on| on.trim() == full) {
            return Ok(Some(name.to_string_lossy().into_owned()));
        }
    }
    Ok(None)
}

fn follow_refinery(repos: &RigRepos, goal: Oid, cx: &GitContext) -> Result<Forward> {
    let repo = open::worktree(&repos.refinery, &repos.shared, REFINERY, cx)?;
    checkout::forward(&repo, goal, Head::Detached)
}

/// The mayor's clone gets what a fetch would bring, then goes forward if it stands on the target.
fn follow_mayor(
    shared: &Repository,
    repos: &RigRepos,
    goal: Oid,
    cx: &GitContext,
) -> Result<Forward> {
    let repo = open::clone(&repos.mayor, cx)?;
    objects::copy(shared, &repo, &[goal])?;
    let seen = format!("refs/remotes/origin/{}", repos.target);
    refs::set(&repo, &seen, goal, Expect::Anything, "fetch")?;
    checkout::forward(&repo, goal, Head::On(&refs::branch(&repos.target)?))
}

fn stayed(path: &Path, why: &str) -> String {
    let mut names: Vec<_> = path
        .components()
        .rev()
        .take(2)
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    names.reverse();
    format!("`{}` stayed behind: {why}", names.join("/"))
}
