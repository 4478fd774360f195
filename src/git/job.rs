//! One job to one outcome: the door that the worker goes through.

use std::path::Path;

use super::error::Result;
use super::merging::{self, Landing, Stack};
use super::open::{self, GitContext};
use super::{advance, bury, check, gate, graves, land, layout, objects, refs, sync, worktree};
use crate::domain::{GitJob, GitOutcome, Oid};

/// Does one job. Whatever goes wrong becomes [`GitOutcome::Failed`]; nothing is half reported.
pub fn do_job(job: &GitJob, cx: &GitContext) -> GitOutcome {
    attempt(job, cx).unwrap_or_else(|error| GitOutcome::Failed {
        reason: error.line(),
    })
}

fn attempt(job: &GitJob, cx: &GitContext) -> Result<GitOutcome> {
    match job {
        GitJob::Layout { repos, wanted } => layout::layout(repos, wanted.as_deref(), cx),
        GitJob::Sync { repos } => sync::sync(repos, cx),
        GitJob::Worktree {
            repos,
            path,
            record,
            branch,
            base,
        } => {
            let new = worktree::New::of(path, record, branch, base);
            worktree::worktree(repos, &new, cx)
        }
        GitJob::Check {
            repos,
            path,
            record,
            branch,
            base,
        } => {
            let work = check::Work::of(path, record, branch, base);
            check::check(repos, &work, cx)
        }
        GitJob::Stack { .. }
        | GitJob::GateTree { .. }
        | GitJob::SpareTree { .. }
        | GitJob::DropTree { .. }
        | GitJob::Verify { .. }
        | GitJob::Forecast { .. } => merge(job, cx),
        GitJob::Land { repos, old, new } => land::land(repos, old, new, cx),
        GitJob::Advance { repos, new, tree } => advance::advance(repos, new, tree.as_deref(), cx),
        GitJob::Bury {
            repos,
            path,
            record,
            branch,
            trash,
            rescue,
        } => {
            let dead = bury::Dead::of(path, record, branch, trash, rescue);
            bury::bury(repos, &dead, cx)
        }
        GitJob::Restore { repos, from, to } => graves::restore(repos, from, to, cx),
        GitJob::Empty {
            repos,
            trash,
            rescue,
        } => graves::empty(repos, trash, rescue, cx),
    }
}

/// The jobs of the merge queue.
fn merge(job: &GitJob, cx: &GitContext) -> Result<GitOutcome> {
    match job {
        GitJob::Stack {
            repos,
            target,
            onto,
            works,
            committer,
        } => {
            let stack = Stack::of(target, onto.as_ref(), works, committer);
            merging::stack(repos, &stack, cx)
        }
        GitJob::GateTree {
            repos,
            commit,
            path,
        } => gate::gate_tree(repos, commit, path, cx),
        GitJob::SpareTree { repos, path } => gate::spare_tree(repos, path, cx),
        GitJob::DropTree { path } => {
            gate::drop_tree(path)?;
            Ok(GitOutcome::TreeDropped)
        }
        GitJob::Verify {
            repos,
            target,
            old,
            new,
            tree,
            members,
        } => {
            let landing = Landing::of(target, (old, new), tree, members);
            merging::verify(repos, &landing, cx)
        }
        GitJob::Forecast {
            repos,
            target,
            tips,
        } => merging::forecast(repos, target, tips, cx),
        GitJob::Layout { .. }
        | GitJob::Sync { .. }
        | GitJob::Worktree { .. }
        | GitJob::Check { .. }
        | GitJob::Land { .. }
        | GitJob::Advance { .. }
        | GitJob::Bury { .. }
        | GitJob::Restore { .. }
        | GitJob::Empty { .. } => attempt(job, cx),
    }
}

/// Where the mirror's target is now; `None` when there is no such branch yet.
pub fn now_tip(mirror: &Path, target: &str, cx: &GitContext) -> Result<Option<Oid>> {
    let repo = open::bare(mirror, cx)?;
    refs::get(&repo, &refs::branch(target)?)?
        .map(objects::named)
        .transpose()
}
