//! Work orders for the git worker and its answers: plain data that crosses processes.
//!
//! Every job is repeatable: doing it twice leaves what doing it once leaves (DECISIONS 1). What
//! the merging jobs speak of is in `merging`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Clash, Foreseen, Landed, LiveWork, Mismatch, Oid, RestoreTo, StackStep, StackWork};

/// Where a new worktree begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// At the target's tip in the mirror.
    Target,
    /// At a commit that mirror or shared repository holds.
    Commit(Oid),
}

/// The three repositories of a rig that a git job works with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RigRepos {
    /// The engine's private mirror (bare); `refs/heads/<target>` there is the truth.
    pub mirror: PathBuf,
    /// The agents' shared repository (bare).
    pub shared: PathBuf,
    /// The mayor's clone.
    pub mayor: PathBuf,
    /// The refinery's worktree.
    pub refinery: PathBuf,
    /// The target branch, such as `main`; empty before it is known.
    pub target: String,
}

/// Name and e-mail for commits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ident {
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
}

/// One act on repositories, done by the git worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case")]
pub enum GitJob {
    /// After the mirror was cloned: find the target (`wanted`, else the remote's HEAD), make the
    /// shared repository, the mayor's clone and the refinery's worktree. Answer: `RigReady`.
    Layout {
        /// Where; `repos.target` is ignored.
        repos: RigRepos,
        /// The branch that the operator named.
        wanted: Option<String>,
    },
    /// Take over what a fetch brought in: if `refs/gt/origin/<target>` differs from the mirror's
    /// target, move the target there. Answer: `Synced`.
    Sync {
        /// Where.
        repos: RigRepos,
    },
    /// Make a worktree of the shared repository on a new branch. Answer: `Worktree`.
    Worktree {
        /// Where.
        repos: RigRepos,
        /// The worktree's folder.
        path: PathBuf,
        /// The name of git's record of it.
        record: String,
        /// The new branch.
        branch: String,
        /// Where it begins.
        base: Base,
    },
    /// Look whether the work in a worktree can be submitted, and copy its branch into the mirror
    /// as `refs/gt/work/<record>`. Changes nothing else. Answer: `Checked`.
    Check {
        /// Where.
        repos: RigRepos,
        /// The worktree's folder.
        path: PathBuf,
        /// The name of git's record of it.
        record: String,
        /// The branch it must be on.
        branch: String,
        /// The commit it began at.
        base: Oid,
    },
    /// Stack works on the target one upon the other in the mirror's objects, without a checkout.
    /// The same works on the same commit are the same stack. Answer: `Stacked`.
    Stack {
        /// Where.
        repos: RigRepos,
        /// The branch that the stack is for; `repos.target` or an integration branch.
        target: String,
        /// What the stack stands on; the target's tip when it is not said.
        onto: Option<Oid>,
        /// The works, lowest first. One that does not fit is left out, and the next goes on.
        works: Vec<StackWork>,
        /// Committer of the commits that are made; authors stay.
        committer: Ident,
    },
    /// Make a private worktree of a commit in the mirror for gates, out of the spare beside it when
    /// there is one. Answer: `GateTreeReady`.
    GateTree {
        /// Where.
        repos: RigRepos,
        /// The commit.
        commit: Oid,
        /// The worktree's folder; replaced when there.
        path: PathBuf,
    },
    /// Fill a spare beside the gates' worktrees at the target's tip, ahead of time, so that the next
    /// `GateTree` there writes only what differs. Answer: `SpareReady`.
    SpareTree {
        /// Where.
        repos: RigRepos,
        /// Any path in the folder of the gates' worktrees.
        path: PathBuf,
    },
    /// Remove a gates' worktree; one that is gone is fine. Answer: `TreeDropped`.
    DropTree {
        /// The worktree's folder.
        path: PathBuf,
    },
    /// Look whether a landing is what was tested, and every member's change is in it, whole and
    /// alone (contract M8). Changes nothing. Answer: `Verified`.
    Verify {
        /// Where.
        repos: RigRepos,
        /// The branch that it landed on.
        target: String,
        /// What the target was before.
        old: Oid,
        /// What it became.
        new: Oid,
        /// The tree that passed the gates.
        tree: Oid,
        /// The members of the stack from `old` to `new`, lowest first, without those left out.
        members: Vec<Landed>,
    },
    /// Look which live works conflict with the target, and which with each other. Their commits
    /// may be in the mirror or in the shared repository. Writes nothing. Answer: `Foreseen`.
    Forecast {
        /// Where.
        repos: RigRepos,
        /// The branch that they would land on.
        target: String,
        /// The works.
        tips: Vec<LiveWork>,
    },
    /// Move the mirror's target from `old` to `new` by compare-and-swap. Answer: `Moved`.
    Land {
        /// Where.
        repos: RigRepos,
        /// What the target must be.
        old: Oid,
        /// What it becomes.
        new: Oid,
    },
    /// Bring mirror, shared repository, mayor's clone and refinery's worktree to `new`, each only
    /// forward and only when clean; drop the gates' worktree `tree`. Answer: `Advanced`.
    Advance {
        /// Where.
        repos: RigRepos,
        /// The target's tip.
        new: Oid,
        /// The gates' worktree to remove.
        tree: Option<PathBuf>,
    },
    /// The one deletion path (contract W1): keep everything in a worktree under rescue refs, then
    /// move its folder to trash. Answer: `Buried`.
    Bury {
        /// Where.
        repos: RigRepos,
        /// The worktree's folder.
        path: PathBuf,
        /// The name of git's record of it.
        record: String,
        /// Its branch.
        branch: String,
        /// Where the folder goes.
        trash: PathBuf,
        /// `refs/gt/rescue/<rig>/<name>/<incarnation>`; HEAD at `/head`, index and files at `/tree`.
        rescue: String,
    },
    /// Bring rescued work back, over nothing that is there. Answer: `Restored`.
    Restore {
        /// Where.
        repos: RigRepos,
        /// A rescue ref, or what several begin with: then the fullest of them.
        from: String,
        /// Where it goes.
        to: RestoreTo,
    },
    /// Delete a folder of the trash, if all that was rescued of it is whole under its refs
    /// (contract W1). Answer: `Emptied`.
    Empty {
        /// Where.
        repos: RigRepos,
        /// The folder in the trash.
        trash: PathBuf,
        /// What its rescue refs begin with.
        rescue: String,
    },
}

/// What a git job found or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum GitOutcome {
    /// The rig's repositories are there.
    RigReady {
        /// The target branch.
        target: String,
        /// Its tip.
        tip: Oid,
        /// The prefix of the beads that the repository tracks, if it tracks any.
        tracked_prefix: Option<String>,
        /// A test command that fits the repository, such as `cargo test`.
        test_hint: Option<String>,
    },
    /// The target after a fetch.
    Synced {
        /// Its tip now.
        tip: Oid,
        /// Its tip before, when somebody else moved it.
        external: Option<Oid>,
    },
    /// The worktree is there.
    Worktree {
        /// The commit it began at.
        base: Oid,
    },
    /// What is in a worktree.
    Checked {
        /// HEAD's commit.
        head: Oid,
        /// The branch, or `None` when HEAD is detached.
        branch: Option<String>,
        /// Commits ahead of the base.
        ahead: u32,
        /// Paths that are changed or untracked, at most 20.
        dirty: Vec<String>,
        /// A rebase, merge or similar that is under way.
        busy: Option<String>,
        /// Subject lines of the commits ahead, newest first, at most 20.
        subjects: Vec<String>,
    },
    /// What became of each work.
    Stacked {
        /// What the stack stands on.
        base: Oid,
        /// Its tree.
        tree: Oid,
        /// One step for each work, in the order of the works.
        steps: Vec<StackStep>,
    },
    /// The gates' worktree is there.
    GateTreeReady {
        /// Its tree.
        tree: Oid,
    },
    /// The spare is there.
    SpareReady {
        /// Its commit.
        commit: Oid,
    },
    /// The gates' worktree is gone.
    TreeDropped,
    /// What is wrong with a landing; nothing, when it is sound.
    Verified {
        /// At most 20.
        problems: Vec<Mismatch>,
    },
    /// What would happen to live works.
    Foreseen {
        /// The target's tip that they were tried on.
        base: Oid,
        /// One for each work, in the order of the works.
        tips: Vec<Foreseen>,
        /// The works that fit the target alone and not together.
        clashes: Vec<Clash>,
    },
    /// Whether the target was moved.
    Moved {
        /// Where the target is now.
        tip: Oid,
        /// Whether that is what was asked.
        done: bool,
    },
    /// The copies are forward.
    Advanced {
        /// What stayed behind and why, such as a dirty mayor's clone.
        left: Vec<String>,
    },
    /// The worktree is buried.
    Buried {
        /// The rescue ref's name, and the commit of the files, when there was anything.
        rescue: Option<(String, Oid)>,
        /// Where the folder lies, when there was one.
        trash: Option<PathBuf>,
    },
    /// Rescued work is back.
    Restored {
        /// The rescue ref.
        from: String,
        /// Its commit.
        commit: Oid,
        /// The branch or the folder.
        place: String,
    },
    /// Whether the folder is gone; it stays when something that was rescued of it is missing.
    Emptied {
        /// Whether it is.
        done: bool,
    },
    /// It could not be done.
    Failed {
        /// Why, in one line.
        reason: String,
    },
}

/// A request to the git worker, one JSON line on its input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GitRequest {
    /// Comes back with the outcome.
    pub id: u64,
    /// What to do.
    pub job: GitJob,
}

/// The git worker's answer, one JSON line on its output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GitReply {
    /// Of the request.
    pub id: u64,
    /// What came of it.
    pub outcome: GitOutcome,
}
