//! Work rebased onto the target in memory, and a private worktree of the result for its gates.
//!
//! Contract M4: nobody's checkout is used. Commits are replayed one by one with their authors;
//! merges are left out. Where a replay does not fit, or merges make it doubtful, one merge of the
//! whole change decides. Times are taken from the work itself, so the same work on the same
//! target is the same candidate, however often it is made.

use std::path::Path;

use git2::{Commit, Index, MergeOptions, Oid, Repository, Signature, Sort, Time, Tree};

use super::error::{GitError, Result};
use super::gate;
use super::objects;
use super::open::{self, GitContext};
use super::refs;
use crate::domain::{self, GitOutcome, Ident, RigRepos};

/// Most conflict paths that are reported.
const SHOWN: usize = 50;

/// The submitted work.
pub(super) struct Work<'a> {
    tip: &'a domain::Oid,
    base: &'a domain::Oid,
    committer: &'a Ident,
}

impl<'a> Work<'a> {
    pub(super) fn of(tip: &'a domain::Oid, base: &'a domain::Oid, committer: &'a Ident) -> Self {
        Self {
            tip,
            base,
            committer,
        }
    }
}

/// Makes the candidate, or says where it conflicts.
pub(super) fn candidate(
    repos: &RigRepos,
    work: &Work<'_>,
    tree: &Path,
    cx: &GitContext,
) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let onto = refs::get(&mirror, &refs::branch(&repos.target)?)?.ok_or(GitError::Empty)?;
    let (tip, base) = (objects::oid(work.tip)?, objects::oid(work.base)?);
    let rebase = Rebase {
        repo: &mirror,
        onto: mirror.find_commit(onto)?,
        tip: mirror.find_commit(tip)?,
        cut: cut(&mirror, repos, onto, base)?,
        committer: work.committer,
    };
    let commit = match rebase.run()? {
        Fit::Commit(commit) => commit,
        Fit::Conflict(paths) => {
            return Ok(GitOutcome::Conflict {
                base: objects::named(onto)?,
                paths,
            });
        }
    };
    if commit != onto {
        gate::make(&mirror, repos, tree, commit, cx)?;
    }
    Ok(GitOutcome::Candidate {
        base: objects::named(onto)?,
        commit: objects::named(commit)?,
        tree: objects::named(mirror.find_commit(commit)?.tree_id())?,
    })
}

/// The commit below which nothing is replayed, beside the target itself. That is the work's base
/// only when the base was on the target once and is not any more (history was rewritten there).
/// Work that goes on from an earlier try begins at a commit that never was on the target; then
/// the earlier commits belong to it.
fn cut(mirror: &Repository, repos: &RigRepos, onto: Oid, base: Oid) -> Result<Option<Oid>> {
    if mirror.find_commit(base).is_err() || objects::contains(mirror, onto, base)? {
        return Ok(None);
    }
    let log = mirror.reflog(&refs::branch(&repos.target)?)?;
    for entry in log.iter() {
        for past in [entry.id_new(), entry.id_old()] {
            if mirror.find_commit(past).is_ok() && objects::contains(mirror, past, base)? {
                return Ok(Some(base));
            }
        }
    }
    Ok(None)
}

enum Fit {
    Commit(Oid),
    Conflict(Vec<String>),
}

struct Rebase<'a> {
    repo: &'a Repository,
    onto: Commit<'a>,
    tip: Commit<'a>,
    cut: Option<Oid>,
    committer: &'a Ident,
}

impl Rebase<'_> {
    fn run(&self) -> Result<Fit> {
        if objects::contains(self.repo, self.onto.id(), self.tip.id())? {
            return Ok(Fit::Commit(self.onto.id()));
        }
        let (steps, merges) = self.steps()?;
        let replayed = self.replay(&steps)?;
        if let (Some(commit), false) = (replayed, merges) {
            return Ok(Fit::Commit(commit));
        }
        let mut whole = self.whole()?;
        if whole.has_conflicts() {
            return Ok(Fit::Conflict(conflict_paths(&whole)?));
        }
        let tree = whole.write_tree_to(self.repo)?;
        if let Some(commit) = replayed
            && self.repo.find_commit(commit)?.tree_id() == tree
        {
            return Ok(Fit::Commit(commit));
        }
        self.squash(tree, &steps)
    }

    /// The commits to replay, oldest first, and whether merges were left out.
    fn steps(&self) -> Result<(Vec<Oid>, bool)> {
        let mut walk = self.repo.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
        walk.push(self.tip.id())?;
        walk.hide(self.onto.id())?;
        if let Some(cut) = self.cut {
            walk.hide(cut)?;
        }
        let mut steps = Vec::new();
        let mut merges = false;
        for oid in walk {
            let oid = oid?;
            if self.repo.find_commit(oid)?.parent_count() > 1 {
                merges = true;
            } else {
                steps.push(oid);
            }
        }
        Ok((steps, merges))
    }

    /// The steps one after the other on the target; `None` when one conflicts.
    fn replay(&self, steps: &[Oid]) -> Result<Option<Oid>> {
        let mut at = self.onto.clone();
        for &step in steps {
            let step = self.repo.find_commit(step)?;
            let mut index =
                self.repo
                    .cherrypick_commit(&step, &at, 0, Some(&MergeOptions::new()))?;
            if index.has_conflicts() {
                return Ok(None);
            }
            let tree = index.write_tree_to(self.repo)?;
            if tree == at.tree_id() {
                continue;
            }
            let message = objects::shown(step.message_raw_bytes());
            let tree = self.repo.find_tree(tree)?;
            at = self.commit(&at, &step, &tree, &message)?;
        }
        Ok(Some(at.id()))
    }

    /// The whole change merged with the target at once.
    fn whole(&self) -> Result<Index> {
        let how = MergeOptions::new();
        Ok(match self.cut {
            None => self.repo.merge_commits(&self.onto, &self.tip, Some(&how))?,
            Some(cut) => {
                let below = self.repo.find_commit(cut)?.tree()?;
                let (ours, theirs) = (self.onto.tree()?, self.tip.tree()?);
                self.repo.merge_trees(&below, &ours, &theirs, Some(&how))?
            }
        })
    }

    /// One commit with the whole change, by the author of its last step.
    fn squash(&self, tree: Oid, steps: &[Oid]) -> Result<Fit> {
        if tree == self.onto.tree_id() {
            return Ok(Fit::Commit(self.onto.id()));
        }
        let last = match steps.last() {
            Some(&step) => self.repo.find_commit(step)?,
            None => self.tip.clone(),
        };
        let mut message = objects::shown(last.message_raw_bytes());
        if steps.len() > 1 {
            message.push_str("\nThe whole change in one commit, which was:\n");
            for &step in steps {
                let step = self.repo.find_commit(step)?;
                message.push_str("- ");
                message.push_str(&objects::shown(step.summary_bytes().unwrap_or_default()));
                message.push('\n');
            }
        }
        let tree = self.repo.find_tree(tree)?;
        let commit = self.commit(&self.onto, &last, &tree, &message)?;
        Ok(Fit::Commit(commit.id()))
    }

    fn commit(
        &self,
        parent: &Commit<'_>,
        original: &Commit<'_>,
        tree: &Tree<'_>,
        message: &str,
    ) -> Result<Commit<'_>> {
        let when = original.committer().when();
        let seconds = when.seconds().max(parent.committer().when().seconds());
        let committer = Signature::new(
            &self.committer.name,
            &self.committer.email,
            &Time::new(seconds, when.offset_minutes()),
        )?;
        let author = original.author();
        let oid = self
            .repo
            .commit(None, &author, &committer, message, tree, &[parent])?;
        Ok(self.repo.find_commit(oid)?)
    }
}

fn conflict_paths(index: &Index) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for conflict in index.conflicts()? {
        let conflict = conflict?;
        let side = conflict.our.or(conflict.their).or(conflict.ancestor);
        if let Some(entry) = side {
            let path = objects::shown(&entry.path);
            if !paths.contains(&path) && paths.len() < SHOWN {
                paths.push(path);
            }
        }
    }
    Ok(paths)
}
