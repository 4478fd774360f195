//! Works stacked on the target, one upon the other, for one run of the gates.
//!
//! A work that conflicts is left out, and the next goes on from the commit below it, so nothing of
//! it is in the stack. All commits are made in memory; those of the stack go to the mirror's disk
//! in one pack at the end, so a kill leaves either the whole stack or nothing.

use git2::{Oid, Repository};

use super::conflict;
use super::fit::{self, Bases, Fitted, Fitter, Work};
use super::scratch;
use super::work;
use crate::domain::{self, ConflictWith, Fit, GitOutcome, Ident, RigRepos};
use crate::domain::{StackStep, StackWork};
use crate::git::error::{GitError, Result};
use crate::git::objects;
use crate::git::open::{self, GitContext};
use crate::git::refs;

/// What is to be stacked.
pub(in crate::git) struct Stack<'a> {
    target: &'a str,
    onto: Option<&'a domain::Oid>,
    works: &'a [StackWork],
    committer: &'a Ident,
    bases: Bases,
}

impl<'a> Stack<'a> {
    pub(in crate::git) fn of(
        target: &'a str,
        onto: Option<&'a domain::Oid>,
        works: &'a [StackWork],
        committer: &'a Ident,
    ) -> Self {
        Self {
            target,
            onto,
            works,
            committer,
            bases: fit::true_bases,
        }
    }

    /// The same with bases that are found in another way.
    #[cfg(test)]
    pub(in crate::git) fn with_bases(self, bases: Bases) -> Self {
        Self { bases, ..self }
    }
}

/// Stacks the works and writes the stack into the mirror.
pub(in crate::git) fn stack(
    repos: &RigRepos,
    stack: &Stack<'_>,
    cx: &GitContext,
) -> Result<GitOutcome> {
    let repo = scratch::open(repos, cx)?;
    let base = match stack.onto {
        Some(onto) => objects::oid(onto)?,
        None => refs::get(&repo, &refs::branch(stack.target)?)?.ok_or(GitError::Empty)?,
    };
    repo.find_commit(base)?.tree()?;
    let mut pile = Pile {
        fitter: Fitter {
            repo: &repo,
            committer: stack.committer,
            bases: stack.bases,
        },
        levels: vec![(ConflictWith::Target, base)],
    };
    let mut steps = Vec::new();
    for item in stack.works {
        steps.push(StackStep {
            key: item.key.clone(),
            fit: pile.put(item, stack.target, base)?,
        });
    }
    let tip = pile.tip().unwrap_or(base);
    if tip != base {
        let mirror = open::bare(&repos.mirror, cx)?;
        objects::copy(&repo, &mirror, &[tip])?;
    }
    Ok(GitOutcome::Stacked {
        base: objects::named(base)?,
        tree: objects::named(repo.find_commit(base)?.tree_id())?,
        steps,
    })
}

struct Pile<'a> {
    fitter: Fitter<'a>,
    /// The target and each member upon it, with the commit that ends it.
    levels: Vec<(ConflictWith, Oid)>,
}

impl Pile<'_> {
    fn tip(&self) -> Option<Oid> {
        self.levels.last().map(|(_, commit)| *commit)
    }

    /// Puts a work on top, if it fits.
    fn put(&mut self, item: &StackWork, target: &str, base: Oid) -> Result<Fit> {
        let onto = self.tip().unwrap_or(base);
        let tip = objects::oid(&item.tip)?;
        let repo = self.fitter.repo;
        if !is_there(repo, tip) {
            return Ok(Fit::Unusable {
                reason: format!("its commit {tip} is missing"),
            });
        }
        let work = Work {
            tip,
            cut: work::cut(repo, target, base, objects::oid(&item.base)?)?,
            strategy: item.strategy,
            subject: &item.subject,
        };
        Ok(match self.fitter.fit(onto, &work)? {
            Fitted::There => Fit::There,
            Fitted::Unusable(reason) => Fit::Unusable { reason },
            Fitted::Conflict => self.conflict(&work)?,
            Fitted::Commit(commit) => {
                self.levels
                    .push((ConflictWith::Member(item.key.clone()), commit));
                Fit::Commit {
                    commit: objects::named(commit)?,
                    tree: objects::named(repo.find_commit(commit)?.tree_id())?,
                }
            }
        })
    }

    /// The lowest level that the work conflicts with, and how.
    fn conflict(&self, work: &Work<'_>) -> Result<Fit> {
        let mut told = None;
        for (with, commit) in &self.levels {
            told = Some((with, *commit));
            if matches!(self.fitter.fit(*commit, work)?, Fitted::Conflict) {
                break;
            }
        }
        let Some((with, commit)) = told else {
            return Ok(Fit::Unusable {
                reason: "there is nothing to stack it on".to_owned(),
            });
        };
        let (index, between) = self.fitter.conflict(commit, work)?;
        let record = conflict::record(self.fitter.repo, &index, between, with.clone())?;
        Ok(Fit::Conflict(Box::new(record)))
    }
}

/// Whether a commit and its tree can be read.
fn is_there(repo: &Repository, commit: Oid) -> bool {
    repo.find_commit(commit)
        .is_ok_and(|commit| commit.tree().is_ok())
}
