//! Whether the work in a worktree can be submitted (contract W5): identity, branch, cleanliness,
//! commits ahead, and a copy of the branch in the mirror that is whole.

use std::path::Path;

use git2::{Oid, Repository, RepositoryState, Sort, StatusOptions};

use super::error::Result;
use super::objects;
use super::open::{self, GitContext};
use super::refs::{self, Expect};
use crate::domain::{self, GitOutcome, RigRepos};
use crate::support::text;

/// Most paths and subjects that are reported.
const SHOWN: usize = 20;

/// The work to look at.
pub(super) struct Work<'a> {
    path: &'a Path,
    record: &'a str,
    branch: &'a str,
    base: &'a domain::Oid,
}

impl<'a> Work<'a> {
    pub(super) fn of(
        path: &'a Path,
        record: &'a str,
        branch: &'a str,
        base: &'a domain::Oid,
    ) -> Self {
        Self {
            path,
            record,
            branch,
            base,
        }
    }
}

/// Looks, and copies the branch into the mirror when it could be submitted.
pub(super) fn check(repos: &RigRepos, work: &Work<'_>, cx: &GitContext) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let repo = open::worktree(work.path, &repos.shared, work.record, cx)?;
    let base = objects::oid(work.base)?;
    let head = repo.head()?.peel_to_commit()?.id();
    let branch = current_branch(&repo)?;
    let target = refs::get(&mirror, &refs::branch(&repos.target)?)?;
    // After a rebase the target's own commits lie between base and head, and are nobody's work.
    let known = target.filter(|oid| repo.find_commit(*oid).is_ok());
    let (ahead, subjects) = ahead_of(&repo, head, &[Some(base), known])?;
    let dirty = dirty_paths(&repo)?;
    let busy = busy(repo.state());
    let fits = branch.as_deref() == Some(work.branch);
    if fits && ahead > 0 && dirty.is_empty() && busy.is_none() {
        objects::copy(&repo, &mirror, &[head])?;
        objects::verify(&mirror, &[head], |oid| Some(oid) == target || oid == base)?;
        let name = format!("refs/gt/work/{}", work.record);
        refs::set(&mirror, &name, head, Expect::Anything, "submitted")?;
    }
    Ok(GitOutcome::Checked {
        head: objects::named(head)?,
        branch,
        ahead,
        dirty,
        busy,
        subjects,
    })
}

/// The branch that HEAD is on, without `refs/heads/`; `None` when detached.
fn current_branch(repo: &Repository) -> Result<Option<String>> {
    if repo.head_detached()? {
        return Ok(None);
    }
    let head = repo.head()?;
    Ok(head
        .name()
        .ok()
        .and_then(|name| name.strip_prefix("refs/heads/"))
        .map(str::to_owned))
}

fn ahead_of(repo: &Repository, head: Oid, hidden: &[Option<Oid>]) -> Result<(u32, Vec<String>)> {
    let mut walk = repo.revwalk()?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    walk.push(head)?;
    for oid in hidden.iter().flatten() {
        walk.hide(*oid)?;
    }
    let mut ahead = 0_u32;
    let mut subjects = Vec::new();
    for oid in walk {
        ahead = ahead.saturating_add(1);
        if subjects.len() < SHOWN {
            let commit = repo.find_commit(oid?)?;
            let subject = commit.summary_bytes().unwrap_or_default();
            subjects.push(text::clean(&String::from_utf8_lossy(subject)));
        }
    }
    Ok((ahead, subjects))
}

/// Paths that are changed, staged, in conflict, or untracked and not ignored.
fn dirty_paths(repo: &Repository) -> Result<Vec<String>> {
    let mut how = StatusOptions::new();
    how.include_untracked(true)
        .recurse_untracked_dirs(false)
        .exclude_submodules(true);
    let statuses = repo.statuses(Some(&mut how))?;
    Ok(statuses
        .iter()
        .take(SHOWN)
        .map(|entry| objects::shown(entry.path_bytes()))
        .collect())
}

fn busy(state: RepositoryState) -> Option<String> {
    let word = match state {
        RepositoryState::Clean => return None,
        RepositoryState::Merge => "merge",
        RepositoryState::Revert | RepositoryState::RevertSequence => "revert",
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => "cherry-pick",
        RepositoryState::Bisect => "bisect",
        RepositoryState::Rebase
        | RepositoryState::RebaseInteractive
        | RepositoryState::RebaseMerge => "rebase",
        RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => "am",
    };
    Some(word.to_owned())
}
