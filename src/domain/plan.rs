//! Work orders for the terminal host and the git worker: plain data that crosses processes.
//!
//! A plan says all that its doer needs; the doer has no ledger and asks nobody. Every git job is
//! repeatable: doing it twice leaves what doing it once leaves (DECISIONS 1).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Oid, RunId};

/// Starts an agent under a pseudo-terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchPlan {
    /// The run; the host starts each id at most once.
    pub run: RunId,
    /// Program (absolute path) and arguments.
    pub argv: Vec<String>,
    /// Working folder.
    pub cwd: PathBuf,
    /// The whole environment; nothing is inherited.
    pub env: Vec<(String, String)>,
    /// Columns and rows to begin with.
    pub size: (u16, u16),
    /// What it may take of the machine.
    #[serde(default)]
    pub limits: RunLimits,
    /// How its terminal is kept.
    #[serde(default)]
    pub terminal: TerminalRules,
}

/// How the terminal of a run is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TerminalRules {
    /// Whose size it has.
    pub size: SizeRule,
    /// What is kept above its screen.
    pub history: History,
}

/// Whose size a terminal has when several viewers look at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SizeRule {
    /// That of the viewer who typed last or took it over.
    #[default]
    Latest,
    /// As many columns and rows as every viewer has who may type.
    Smallest,
}

/// How much of what left the top of a screen is kept, whichever of the two is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Most rows.
    pub lines: u32,
    /// Most bytes of them, packed.
    pub bytes: u64,
}

impl Default for History {
    fn default() -> Self {
        Self {
            lines: 10_000,
            bytes: 8 << 20,
        }
    }
}

/// What a run may take of the machine, all it starts included (contract P6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunLimits {
    /// Most processes at a time; 0 is no limit.
    pub processes: u32,
    /// Most memory in MiB; 0 is half of what the machine has.
    pub memory: u64,
    /// Most open files of one process; 0 is what the host itself may open.
    pub files: u64,
    /// How far it stands back when others want the processor: 0 not at all, 19 behind everybody.
    pub nice: i32,
    /// Most bytes on disk of its recording.
    pub recording: u64,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            processes: 256,
            memory: 0,
            files: 16_384,
            nice: 5,
            recording: 1 << 30,
        }
    }
}

/// Something of the machine that a run took too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// Processes at a time.
    Processes,
    /// Memory, in MiB.
    Memory,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Processes => "processes",
            Self::Memory => "MiB of memory",
        })
    }
}

/// Runs a program without a terminal: null input, output recorded, its own process group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobPlan {
    /// The run; the host starts each id at most once.
    pub run: RunId,
    /// Program (found on the plan's own PATH when not absolute) and arguments.
    pub argv: Vec<String>,
    /// Working folder.
    pub cwd: PathBuf,
    /// The whole environment; nothing is inherited.
    pub env: Vec<(String, String)>,
    /// Wall time limit in milliseconds.
    pub time_limit: i64,
    /// Most bytes of output kept; a job that writes more is stopped as failed.
    pub output_limit: u64,
    /// What it may take of the machine.
    #[serde(default)]
    pub limits: RunLimits,
}

/// How a run ended, as the kernel told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Exit {
    /// It ended by itself.
    Code {
        /// The exit code.
        code: i32,
    },
    /// A signal ended it.
    Signal {
        /// The signal's number.
        signal: i32,
    },
    /// It could not be started.
    NotStarted {
        /// Why.
        reason: String,
    },
    /// It ran over its time limit and was stopped.
    TimedOut,
    /// It wrote more than its limit and was stopped.
    TooMuchOutput,
    /// It took more of the machine than it may and was stopped.
    OverLimit {
        /// Of what.
        what: Limit,
        /// How much it might have.
        limit: u64,
    },
    /// Its host is gone, so nobody knows how it ended.
    Lost,
}

/// A process that outlived the stop of its run, whatever was sent to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// Its number.
    pub pid: i32,
    /// When it was started (`support::os::start_time`).
    pub started: u64,
    /// The name of its program, as the kernel tells it.
    pub command: String,
}

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
    /// Rebase `tip` onto the target in memory and make a private worktree of the result for gates.
    /// Answer: `Candidate` or `Conflict`.
    Candidate {
        /// Where.
        repos: RigRepos,
        /// The submitted commit.
        tip: Oid,
        /// The commit the work began at.
        base: Oid,
        /// Committer of the rebased commits; authors stay.
        committer: Ident,
        /// Folder of the gates' worktree; replaced when there.
        tree: PathBuf,
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
    /// The candidate is ready for its gates.
    Candidate {
        /// The target's tip it stands on.
        base: Oid,
        /// The candidate; equal to `base` when the work is there already.
        commit: Oid,
        /// Its tree.
        tree: Oid,
    },
    /// The work does not fit the target.
    Conflict {
        /// The target's tip it was tried on.
        base: Oid,
        /// The paths in conflict.
        paths: Vec<String>,
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
