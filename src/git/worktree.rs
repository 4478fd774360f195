//! A new worktree of the shared repository on a new branch.
//!
//! Order, so that a kill at any instant is mended by doing it again: objects, record (which
//! remembers the base), branch, files, ready mark. A folder that bears the mark is its agent's
//! and stays untouched.

use std::path::Path;

use git2::{Oid, Repository};

use super::disk;
use super::error::{GitError, Result};
use super::fill;
use super::objects;
use super::open::{self, GitContext};
use super::record::Record;
use super::refs::{self, Expect};
use crate::domain::{Base, GitOutcome, RigRepos};

/// What is to be made.
pub(super) struct New<'a> {
    path: &'a Path,
    record: &'a str,
    branch: &'a str,
    base: &'a Base,
}

impl<'a> New<'a> {
    pub(super) fn of(path: &'a Path, record: &'a str, branch: &'a str, base: &'a Base) -> Self {
        Self {
            path,
            record,
            branch,
            base,
        }
    }
}

/// Makes the worktree, or finishes what a killed try began.
pub(super) fn worktree(repos: &RigRepos, new: &New<'_>, cx: &GitContext) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let shared = open::bare(&repos.shared, cx)?;
    let branch = refs::branch(new.branch)?;
    let record = Record::new(&repos.shared, new.record, new.path)?;
    let known = record.base()?;
    if record.is_ready() && disk::is_there(new.path) {
        let base = known.ok_or_else(|| GitError::Foreign {
            path: record.folder().to_owned(),
            reason: "the record does not say where the work began",
        })?;
        return done(base);
    }
    if known.is_none() && disk::is_there(new.path) && !disk::remove_empty(new.path) {
        return Err(GitError::InTheWay {
            path: new.path.to_owned(),
        });
    }
    let base = match known {
        Some(base) => base,
        None => begin_at(&mirror, &shared, repos, new.base)?,
    };
    bring(&mirror, &shared, base)?;
    check_branch(&shared, &branch, base)?;
    record.write(
        base,
        &format!("ref: {branch}"),
        "in use by an agent of the town",
    )?;
    if refs::get(&shared, &branch)?.is_none() {
        refs::set(&shared, &branch, base, Expect::Nothing, "branch: new work")?;
    }
    let repo = open::worktree(new.path, &repos.shared, new.record, cx)?;
    fill::fill(&repo, base)?;
    record.mark_ready()?;
    done(base)
}

fn done(base: Oid) -> Result<GitOutcome> {
    Ok(GitOutcome::Worktree {
        base: objects::named(base)?,
    })
}

fn begin_at(
    mirror: &Repository,
    shared: &Repository,
    repos: &RigRepos,
    base: &Base,
) -> Result<Oid> {
    match base {
        Base::Target => {
            refs::get(mirror, &refs::branch(&repos.target)?)?.ok_or_else(|| GitError::NoBranch {
                name: repos.target.clone(),
                there: Vec::new(),
            })
        }
        Base::Commit(commit) => {
            let oid = objects::oid(commit)?;
            if mirror.find_commit(oid).is_err() {
                shared.find_commit(oid)?;
            }
            Ok(oid)
        }
    }
}

/// Makes sure that the shared repository has the base. An agent may have spoiled objects there,
/// so a base that is there in part is brought again, whole.
fn bring(mirror: &Repository, shared: &Repository, base: Oid) -> Result<()> {
    if mirror.find_commit(base).is_err() {
        return Ok(());
    }
    objects::copy(mirror, shared, &[base])
}

fn check_branch(shared: &Repository, branch: &str, base: Oid) -> Result<()> {
    match refs::get(shared, branch)? {
        Some(tip) if tip != base => Err(GitError::BranchTaken {
            branch: branch.trim_start_matches("refs/heads/").to_owned(),
            tip,
        }),
        _ => Ok(()),
    }
}
