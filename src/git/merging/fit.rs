//! One work on one commit: by which strategy, and whether it fits.
//!
//! Commits are replayed one by one with their authors; merges are left out. Where a replay does
//! not fit, or merges make it doubtful, one merge of the whole change decides. Times are taken from
//! the work itself, so the same work on the same commit gives the same commits, however often.

use git2::{Commit, Index, MergeOptions, Oid, Repository, Signature, Time, Tree};

use super::conflict::Between;
use super::three::{self, Three};
use super::work;
use crate::domain::{Ident, MergeStrategy};
use crate::git::error::{GitError, Result};
use crate::git::objects;
use crate::support::text;

/// A work of more commits is merged whole.
const STEPS: usize = 1_000;
/// Most commits that the message of a squashed one lists.
const LISTED: usize = 100;

/// Finds the commits that two sides come from. It stands apart so that tests can put a wrong one
/// in its place and see that the check after landing notices.
pub(in crate::git) type Bases = fn(&Repository, Sides) -> Result<Vec<Oid>>;

/// The sides whose base is asked for.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Sides {
    /// What it is brought to.
    pub(in crate::git) onto: Oid,
    /// One commit of a work, or the tip of a whole one.
    pub(in crate::git) theirs: Oid,
    /// Which of the two.
    pub(in crate::git) what: What,
}

/// What is brought to the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) enum What {
    /// One commit.
    Step,
    /// A whole work.
    Whole,
}

/// The true bases: a commit's parent, and the best common ancestors.
pub(in crate::git) fn true_bases(repo: &Repository, sides: Sides) -> Result<Vec<Oid>> {
    match sides.what {
        What::Step => {
            let step = repo.find_commit(sides.theirs)?;
            Ok(step.parent_ids().take(1).collect())
        }
        What::Whole => match repo.merge_bases(sides.onto, sides.theirs) {
            Ok(bases) => Ok(bases.iter().copied().collect()),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        },
    }
}

/// A work, as far as fitting it needs to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work<'a> {
    /// Its tip.
    pub(super) tip: Oid,
    /// The commit below which nothing belongs to it.
    pub(super) cut: Option<Oid>,
    /// How it becomes part of the target.
    pub(super) strategy: MergeStrategy,
    /// Subject of a commit that is made for all of it.
    pub(super) subject: &'a str,
}

/// What came of a work.
#[derive(Debug)]
pub(super) enum Fitted {
    /// The commit that ends it.
    Commit(Oid),
    /// It adds nothing.
    There,
    /// It does not fit.
    Conflict,
    /// It cannot be tried.
    Unusable(String),
}

/// Fits works onto commits.
pub(super) struct Fitter<'a> {
    pub(super) repo: &'a Repository,
    pub(super) committer: &'a Ident,
    pub(super) bases: Bases,
}

impl<'a> Fitter<'a> {
    /// Tries a work. What is wrong with the work itself is its own matter: it must not hold up
    /// the others. Only a machine that fails is an error.
    pub(super) fn fit(&self, onto: Oid, work: &Work<'_>) -> Result<Fitted> {
        match self.attempt(onto, work) {
            Err(error @ GitError::Git(_)) if !is_of_the_machine(&error) => {
                Ok(Fitted::Unusable(error.line()))
            }
            done => done,
        }
    }

    fn attempt(&self, onto: Oid, work: &Work<'_>) -> Result<Fitted> {
        if objects::contains(self.repo, onto, work.tip)? {
            return Ok(Fitted::There);
        }
        let onto = self.repo.find_commit(onto)?;
        let tip = self.repo.find_commit(work.tip)?;
        match work.strategy {
            MergeStrategy::Rebase => self.rebase(&onto, &tip, work),
            MergeStrategy::Squash => self.squash(&onto, &tip, work),
            MergeStrategy::Merge => self.merge(&onto, &tip, work),
            MergeStrategy::Ff if objects::contains(self.repo, tip.id(), onto.id())? => {
                Ok(Fitted::Commit(tip.id()))
            }
            MergeStrategy::Ff => Ok(Fitted::Unusable(
                "it does not stand on the target, so it cannot be fast-forwarded".to_owned(),
            )),
        }
    }

    fn rebase(&self, onto: &Commit<'_>, tip: &Commit<'_>, work: &Work<'_>) -> Result<Fitted> {
        let (steps, merges) = self.steps(onto, work)?;
        let replayed = self.replay(onto, &steps)?;
        if let (Some(commit), false) = (replayed, merges) {
            return Ok(reached(onto, commit));
        }
        let tree = match self.whole(onto, tip, work)? {
            Whole::Tree(tree) => tree,
            Whole::Conflict => return Ok(Fitted::Conflict),
            Whole::Apart => return Ok(apart()),
        };
        if let Some(commit) = replayed
            && self.repo.find_commit(commit)?.tree_id() == tree
        {
            return Ok(reached(onto, commit));
        }
        self.one_commit(
            onto,
            tree,
            &steps,
            &Work {
                subject: "",
                ..*work
            },
        )
    }

    /// The whole change in one commit. Commits that build on others of which the target has the
    /// content, but not the commits, fit only one by one; then their sum is the change.
    fn squash(&self, onto: &Commit<'_>, tip: &Commit<'_>, work: &Work<'_>) -> Result<Fitted> {
        let (steps, merges) = self.steps(onto, work)?;
        let tree = match self.whole(onto, tip, work)? {
            Whole::Tree(tree) => tree,
            Whole::Apart => return Ok(apart()),
            Whole::Conflict if merges => return Ok(Fitted::Conflict),
            Whole::Conflict => match self.replay(onto, &steps)? {
                Some(commit) => self.repo.find_commit(commit)?.tree_id(),
                None => return Ok(Fitted::Conflict),
            },
        };
        self.one_commit(onto, tree, &steps, work)
    }

    fn merge(&self, onto: &Commit<'_>, tip: &Commit<'_>, work: &Work<'_>) -> Result<Fitted> {
        let tree = match self.whole(onto, tip, work)? {
            Whole::Tree(tree) => tree,
            Whole::Conflict => return Ok(Fitted::Conflict),
            Whole::Apart => return Ok(apart()),
        };
        if tree == onto.tree_id() {
            return Ok(Fitted::There);
        }
        let subject = match text::clean(work.subject) {
            subject if subject.is_empty() => format!("Merge {}", tip.id()),
            subject => subject,
        };
        let who = self.signature(tip, onto)?;
        let tree = self.repo.find_tree(tree)?;
        let message = format!("{subject}\n");
        let parents = [onto, tip];
        let commit = self
            .repo
            .commit(None, &who, &who, &message, &tree, &parents)?;
        Ok(Fitted::Commit(commit))
    }

    /// The commits to replay, oldest first, and whether some were left out because they are
    /// merges or too many.
    fn steps(&self, onto: &Commit<'_>, work: &Work<'_>) -> Result<(Vec<Oid>, bool)> {
        let mut steps = work::commits(self.repo, work.tip, onto.id(), work.cut)?;
        let all = steps.len();
        let mut parents = Vec::with_capacity(all);
        for &step in &steps {
            parents.push(self.repo.find_commit(step)?.parent_count());
        }
        let mut parents = parents.into_iter();
        steps.retain(|_| parents.next().is_none_or(|count| count <= 1));
        let merges = steps.len() < all || steps.len() > STEPS;
        Ok((steps, merges))
    }

    /// The steps one after the other; `None` when one conflicts.
    fn replay(&self, onto: &Commit<'_>, steps: &[Oid]) -> Result<Option<Oid>> {
        if steps.len() > STEPS {
            return Ok(None);
        }
        let mut at = onto.clone();
        for &oid in steps {
            let step = self.repo.find_commit(oid)?;
            let sides = Sides {
                onto: at.id(),
                theirs: oid,
                what: What::Step,
            };
            let base = self.tree_of((self.bases)(self.repo, sides)?.first())?;
            let merged = three::three(self.repo, base, at.tree_id(), step.tree_id())?;
            let Three::Tree { tree, .. } = merged else {
                return Ok(None);
            };
            if tree == at.tree_id() {
                continue;
            }
            let message = objects::shown(step.message_raw_bytes());
            let tree = self.repo.find_tree(tree)?;
            at = self.commit(&at, &step, &tree, &message)?;
        }
        Ok(Some(at.id()))
    }

    /// The whole change merged at once.
    fn whole(&self, onto: &Commit<'_>, tip: &Commit<'_>, work: &Work<'_>) -> Result<Whole> {
        let bases = self.bases_of(onto.id(), work)?;
        let merged = match bases.as_slice() {
            [] => return Ok(Whole::Apart),
            [base] => {
                let base = self.tree_of(Some(base))?;
                three::three(self.repo, base, onto.tree_id(), tip.tree_id())?
            }
            [_, _, ..] => {
                let index = self.of_many(onto, tip)?;
                three::finished(self.repo, index, onto.tree_id())?
            }
        };
        Ok(match merged {
            Three::Tree { tree, .. } => Whole::Tree(tree),
            Three::Conflict(_) => Whole::Conflict,
        })
    }

    fn bases_of(&self, onto: Oid, work: &Work<'_>) -> Result<Vec<Oid>> {
        match work.cut {
            Some(cut) => Ok(vec![cut]),
            None => {
                let sides = Sides {
                    onto,
                    theirs: work.tip,
                    what: What::Whole,
                };
                (self.bases)(self.repo, sides)
            }
        }
    }

    /// Histories that crossed have several bases, which libgit2 merges into one first.
    fn of_many(&self, onto: &Commit<'_>, tip: &Commit<'_>) -> Result<Index> {
        let how = MergeOptions::new();
        Ok(self.repo.merge_commits(onto, tip, Some(&how))?)
    }

    /// The merge of the whole change as an index that knows every conflict, and its sides.
    pub(super) fn conflict(&self, onto: Oid, work: &Work<'_>) -> Result<(Index, Between)> {
        let bases = self.bases_of(onto, work)?;
        let (ours, tip) = (
            self.repo.find_commit(onto)?,
            self.repo.find_commit(work.tip)?,
        );
        let index = match bases.as_slice() {
            [base] => {
                let base = self.tree_of(Some(base))?;
                three::indexed(self.repo, base, ours.tree_id(), tip.tree_id())?
            }
            _ => self.of_many(&ours, &tip)?,
        };
        let between = Between {
            base: bases.first().copied().unwrap_or(onto),
            ours: onto,
            theirs: work.tip,
        };
        Ok((index, between))
    }

    fn tree_of(&self, commit: Option<&Oid>) -> Result<Option<Oid>> {
        commit
            .map(|&commit| Ok(self.repo.find_commit(commit)?.tree_id()))
            .transpose()
    }

    /// One commit with the whole change, by the author of its last step.
    fn one_commit(
        &self,
        onto: &Commit<'_>,
        tree: Oid,
        steps: &[Oid],
        work: &Work<'_>,
    ) -> Result<Fitted> {
        if tree == onto.tree_id() {
            return Ok(Fitted::There);
        }
        let last = self
            .repo
            .find_commit(steps.last().copied().unwrap_or(work.tip))?;
        let mut message = match text::clean(work.subject) {
            subject if subject.is_empty() => objects::shown(last.message_raw_bytes()),
            subject => format!("{subject}\n"),
        };
        if steps.len() > 1 {
            message.push_str("\nThe whole change in one commit, which was:\n");
            for &step in steps.iter().take(LISTED) {
                let step = self.repo.find_commit(step)?;
                message.push_str("- ");
                message.push_str(&objects::shown(step.summary_bytes().unwrap_or_default()));
                message.push('\n');
            }
            if steps.len() > LISTED {
                message.push_str("- and others\n");
            }
        }
        let tree = self.repo.find_tree(tree)?;
        let commit = self.commit(onto, &last, &tree, &message)?;
        Ok(Fitted::Commit(commit.id()))
    }

    fn commit(
        &self,
        parent: &Commit<'a>,
        original: &Commit<'_>,
        tree: &Tree<'_>,
        message: &str,
    ) -> Result<Commit<'a>> {
        let committer = self.signature(original, parent)?;
        let author = original.author();
        let oid = self
            .repo
            .commit(None, &author, &committer, message, tree, &[parent])?;
        Ok(self.repo.find_commit(oid)?)
    }

    /// The committer, at the time of the original, or of the parent when that is later.
    fn signature(&self, original: &Commit<'_>, parent: &Commit<'_>) -> Result<Signature<'static>> {
        let when = original.committer().when();
        let seconds = when.seconds().max(parent.committer().when().seconds());
        let when = Time::new(seconds, when.offset_minutes());
        Ok(Signature::new(
            &self.committer.name,
            &self.committer.email,
            &when,
        )?)
    }
}

enum Whole {
    Tree(Oid),
    Conflict,
    /// There is no common ancestor.
    Apart,
}

fn reached(onto: &Commit<'_>, commit: Oid) -> Fitted {
    if commit == onto.id() {
        Fitted::There
    } else {
        Fitted::Commit(commit)
    }
}

fn apart() -> Fitted {
    Fitted::Unusable("it shares no history with the target".to_owned())
}

/// Whether an error is about the machine, not about what is in the repository.
fn is_of_the_machine(error: &GitError) -> bool {
    use git2::ErrorClass as Class;
    match error {
        GitError::Git(error) => matches!(
            error.class(),
            Class::Os | Class::NoMemory | Class::Filesystem | Class::Thread | Class::Config
        ),
        _ => true,
    }
}
