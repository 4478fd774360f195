//! The rows of the merge queue: requests, batches, and how gates ended.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Address, BatchId, BatchPhase, BeadId, ConflictRecord, GateOutcome, IncarnationId, MergeId,
    MergePhase, Oid, Priority, RigName, RunId,
};

use super::queue::Search;

/// Work that waits to land.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MergeRow {
    pub id: MergeId,
    pub rig: RigName,
    pub bead: BeadId,
    pub author: Address,
    pub incarnation: IncarnationId,
    pub branch: String,
    pub tip: Oid,
    /// The commit that the work is counted from.
    pub base: Oid,
    pub attempt: i64,
    pub priority: Priority,
    pub phase: MergePhase,
    pub reason: Option<String>,
    /// The batch that took it up last, unless it was put back into the queue.
    pub batch: Option<BatchId>,
    /// Its place in the stack of that batch, from 1; 0 when it is no step of it.
    pub place: usize,
    /// The target's tip that the stack stands on.
    pub old: Option<Oid>,
    /// Its own commit on the stack.
    pub new: Option<Oid>,
    /// The tree of that commit.
    pub tree: Option<Oid>,
    /// What it contradicts, when it could not be stacked.
    pub conflict: Option<Box<ConflictRecord>>,
    /// How often the push found the target moved.
    pub races: i64,
    pub created_at: i64,
    pub ended_at: Option<i64>,
}

/// Requests that are stacked on the target, tested and landed together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BatchRow {
    pub id: BatchId,
    pub rig: RigName,
    pub phase: BatchPhase,
    /// All that were taken up, in their order; some may have left since.
    pub members: Vec<MergeId>,
    /// The target's tip that the stack stands on; the lease of the push.
    pub old: Option<Oid>,
    /// The tree of that tip.
    pub base_tree: Option<Oid>,
    pub stack: Vec<Stacked>,
    /// Requests whose change the target held already.
    pub there: Vec<MergeId>,
    pub search: Search,
    /// The prefix of the stack that is tested; what lands, once the search is over.
    pub at: usize,
    /// The gates that its results speak of, by [`super::queue::Batch::gate_set`].
    pub gate_set: String,
    /// The gate that runs.
    pub gate: i64,
    /// How often that gate was run before on this prefix.
    pub tries: i64,
    /// Why the shortest prefix that is known to fail does so.
    pub red: Option<Red>,
    pub reason: Option<String>,
    pub created_at: i64,
    pub ended_at: Option<i64>,
}

impl BatchRow {
    /// The requests of the stack up to that place.
    pub(crate) fn merges(&self, at: usize) -> Vec<MergeId> {
        let steps = self.stack.iter().take(at);
        steps.map(|step| step.merge.clone()).collect()
    }

    /// The last step of what is tested or lands; none for the target itself.
    pub(crate) fn step(&self) -> Option<&Stacked> {
        self.stack.get(self.at.checked_sub(1)?)
    }
}

/// One step of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stacked {
    pub merge: MergeId,
    pub commit: Oid,
    pub tree: Oid,
}

/// Why a prefix of a stack does not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Red {
    pub outcome: GateOutcome,
    /// The gate and what it said last, in one line.
    pub how: String,
}

impl Red {
    /// Whether it may well have another cause than the work.
    pub(crate) fn is_doubtful(&self) -> bool {
        match self.outcome {
            GateOutcome::CouldNotRun | GateOutcome::TimedOut => true,
            GateOutcome::Failed | GateOutcome::Passed => false,
        }
    }
}

/// How a gate ended on a prefix of a batch's stack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GateRow {
    pub batch: BatchId,
    /// The prefix; 0 is the target itself.
    pub at: usize,
    /// Its place among the gates.
    pub position: i64,
    pub name: String,
    pub outcome: GateOutcome,
    pub took: i64,
    pub job: RunId,
    pub tail: String,
    /// The tree it saw.
    pub tree: Oid,
}
