//! The rows of the ledger as the rules see them: what is true, one struct per table.
//!
//! A rule changes a copy and hands it back inside a `Change`; the store writes whole rows.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::{
    Address, AgentAlias, AgentName, AgentState, BeadId, BeadRest, BeadStatus, BeadType, ConvoyId,
    DepKind, Exit, IncarnationId, Leftover, NudgeId, NudgePhase, Oid, Phase, Prefix, Priority,
    QueueStop, RigName, RigPhase, RunId,
};

pub(crate) use super::merge_row::{BatchRow, GateRow, MergeRow, Red, Stacked};

/// A repository under care.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RigRow {
    pub name: RigName,
    pub url: String,
    pub prefix: Prefix,
    /// The branch that the operator named, until the target is known.
    pub wanted: Option<String>,
    /// The target branch; empty while not known.
    pub target: String,
    pub phase: RigPhase,
    pub note: Option<String>,
    pub test_hint: Option<String>,
    /// The target's tip in the mirror, as far as the ledger knows.
    pub tip: Option<Oid>,
    /// Town time of the last good fetch.
    pub fetched_at: Option<i64>,
    /// Why nothing of it lands until a person has looked, or said so.
    pub stopped: Option<QueueStop>,
    /// How many requests its next batch may have; 0 is as many as the settings allow.
    pub window: usize,
    pub created_at: i64,
    /// Whether the operator chose the prefix.
    pub chosen: bool,
}

/// A unit of work.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BeadRow {
    pub id: BeadId,
    pub rig: Option<RigName>,
    pub title: String,
    pub description: String,
    pub status: BeadStatus,
    /// The status in a word that is not ours, beside `Foreign`.
    pub status_word: Option<String>,
    pub kind: BeadType,
    /// The type in a word that is not ours, beside `Foreign`.
    pub kind_word: Option<String>,
    pub priority: Priority,
    pub assignee: Option<String>,
    pub created_by: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub closed_at: Option<i64>,
    pub close_reason: Option<String>,
    pub is_blocked: bool,
    pub rest: Box<BeadRest>,
}

impl BeadRow {
    /// An open bead of which no more is known.
    pub(crate) fn new(id: BeadId, title: String, created_by: String, at: i64) -> Self {
        Self {
            id,
            rig: None,
            title,
            description: String::new(),
            status: BeadStatus::Open,
            status_word: None,
            kind: BeadType::Task,
            kind_word: None,
            priority: Priority::NORMAL,
            assignee: None,
            created_by,
            created_at: at,
            updated_at: at,
            closed_at: None,
            close_reason: None,
            is_blocked: false,
            rest: Box::default(),
        }
    }

    /// Its status as stored.
    pub(crate) fn status_text(&self) -> &str {
        self.status.word_or(self.status_word.as_deref())
    }

    /// Its type as stored.
    pub(crate) fn kind_text(&self) -> &str {
        self.kind.word_or(self.kind_word.as_deref())
    }

    /// Whether it was closed because it failed: what a conditional edge waits for.
    pub(crate) fn has_failed(&self) -> bool {
        self.status == BeadStatus::Closed && self.close_reason.as_deref().is_some_and(says_failure)
    }
}

/// Words of a reason that say that something did not succeed.
const FAILURE: &[&str] = &[
    "failed",
    "failure",
    "rejected",
    "wontfix",
    "canceled",
    "cancelled",
    "abandoned",
    "blocked",
    "error",
    "timeout",
    "aborted",
];

/// Whether a reason says that something did not succeed. Whole words, so that "unblocked" does not.
pub(crate) fn says_failure(reason: &str) -> bool {
    let lower = reason.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'');
    if words.any(|word| FAILURE.contains(&word)) {
        return true;
    }
    lower.replace('\u{2019}', "'").contains("won't fix")
}

/// An edge between two beads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DepRow {
    pub bead: BeadId,
    /// The bead it depends on; it may be one of another ledger.
    pub on: BeadId,
    pub kind: DepKind,
    /// The meaning in a word that is not ours, beside `Foreign`.
    pub kind_word: Option<String>,
    pub created_at: i64,
    pub created_by: String,
    /// Data of the edge as JSON text; empty for none.
    pub metadata: String,
    pub thread_id: String,
}

/// What is left of a bead that was deleted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TombstoneRow {
    pub id: BeadId,
    pub at: i64,
    pub by: String,
    pub reason: String,
    /// Its sort of work, in the word as stored.
    pub kind: String,
    /// Its last state as JSON; an empty object when nothing of it shall stay.
    pub body: String,
}

/// What somebody said about a bead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CommentRow {
    pub bead: BeadId,
    /// A UUID, or a number in older files.
    pub id: String,
    pub author: String,
    pub text: String,
    pub created_at: i64,
}

/// A line of a file that was imported.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ImportedRow {
    pub file: String,
    /// Where it stands among the lines of the file.
    pub place: i64,
    /// Its bead; none when it is no bead.
    pub bead: Option<BeadId>,
    pub line: Vec<u8>,
    /// Who wrote it: `plain`, `export` or `table`.
    pub dialect: String,
    /// Whether the bead says something else by now.
    pub dirty: bool,
}

/// A tracked batch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConvoyRow {
    pub id: ConvoyId,
    /// Its number in `gt convoy list`, growing.
    pub number: i64,
    pub title: String,
    pub notify: Option<Address>,
    pub created_by: String,
    pub created_at: i64,
    pub closed_at: Option<i64>,
}

/// One assignment of a polecat's seat.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IncarnationRow {
    pub id: IncarnationId,
    pub rig: RigName,
    pub name: AgentName,
    pub number: i64,
    pub alias: AgentAlias,
    pub bead: BeadId,
    pub branch: String,
    pub phase: Phase,
    /// The commit that the work is counted from: where the first attempt began.
    pub base: Option<Oid>,
    /// The commit that this incarnation began at.
    pub start: Option<Oid>,
    /// Begin at this commit instead of the target: work that was sent back.
    pub from: Option<Oid>,
    /// Which attempt at the bead, from 1.
    pub attempt: i64,
    pub sent_back: Option<String>,
    pub worktree: PathBuf,
    pub state: AgentState,
    pub evidence: String,
    /// Wall time since which it is in this state.
    pub since: i64,
    /// How many runs it had.
    pub runs: i64,
    /// Unexpected ends of its process, for the back-off; town times.
    pub crashes: Vec<i64>,
    /// Town time at which its process is started again.
    pub restart_at: Option<i64>,
    /// Town time at which its process is stopped.
    pub stop_at: Option<i64>,
    /// Why it is being ended: `done`, `no change`, `nuked`, `bead closed`.
    pub end: Option<String>,
    pub note: Option<String>,
    /// Wall time at which its worktree was found gone.
    pub tree_gone: Option<i64>,
    pub rescue: Option<String>,
    pub trash: Option<PathBuf>,
    pub created_at: i64,
    pub ended_at: Option<i64>,
}

impl IncarnationRow {
    /// Its seat's address.
    pub(crate) fn address(&self) -> Address {
        Address::polecat(&self.rig, &self.name)
    }

    /// Its newest run's id.
    pub(crate) fn run(&self) -> Option<RunId> {
        (self.runs > 0).then(|| self.id.run(self.runs))
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RunPhase {
    /// To be started.
    Wanted,
    /// Its process lives.
    Live,
    /// Its process is gone.
    Ended,
}

/// One process of an incarnation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunRow {
    pub id: RunId,
    pub incarnation: IncarnationId,
    pub phase: RunPhase,
    pub pid: Option<u32>,
    /// The process's start time, to tell it from a later process of the same number.
    pub pid_started: Option<u64>,
    /// SHA-256 of the session token in hexadecimal.
    pub token_hash: Option<String>,
    pub exit: Option<Exit>,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
}

/// A process that outlived the stop of its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftoverRow {
    pub process: Leftover,
    pub run: RunId,
    /// Whose run it was; the engine's for a job.
    pub agent: Address,
    /// Wall time at which it was told.
    pub since: i64,
}

/// Something said to an agent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NudgeRow {
    pub id: NudgeId,
    pub incarnation: IncarnationId,
    pub to: Address,
    pub from: Address,
    pub text: String,
    pub phase: NudgePhase,
    pub step: NudgeStep,
    pub reason: Option<String>,
    /// Town time after which it fails.
    pub deadline: i64,
    /// How often it was tried to type it.
    pub tries: i64,
    pub created_at: i64,
}

/// How far the typing of a nudge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum NudgeStep {
    /// Nothing was written.
    Waiting,
    /// The text is being written.
    Pasting,
    /// The text was written; it must show.
    Pasted,
    /// It shows; the submit key is being written.
    Entering,
    /// The submit key was written; the composer must empty.
    Entered,
}
