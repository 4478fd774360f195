//! What happened, for people and other tools. History, not truth (DECISIONS 2).

use serde::{Deserialize, Serialize};

use super::{
    Address, AgentAlias, BeadId, ConvoyId, Exit, GateOutcome, IncarnationId, MergeId, NudgeId, Oid,
    Priority, RigName, RunId, Seq, Wish,
};

/// One line of the town's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place; gap-free.
    pub seq: Seq,
    /// When, wall milliseconds.
    pub at: i64,
    /// Who did it.
    pub actor: Address,
    /// What led to it: a request, an effect or a timer, such as `gt sling` or `exit tradingbot.Toast.7.1`.
    pub cause: String,
    /// The rig it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rig: Option<RigName>,
    /// The bead it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bead: Option<BeadId>,
    /// What happened.
    pub body: EventBody,
}

/// What happened. Closed and versioned; a reader that is older shows `Other`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventBody {
    /// The town was made.
    TownInstalled { name: String },
    /// The operator wants the town up or down.
    TownWished { wish: Wish },
    /// The engine began or ended its work.
    EngineStarted { build: String, recovered: u32 },
    /// A rig is being added.
    RigAdding { url: String },
    /// A rig is ready.
    RigAdded { prefix: String, target: String },
    /// A rig could not be added.
    RigFailed { reason: String },
    /// A bead was made.
    BeadCreated { title: String },
    /// A bead was changed: names of the fields with new values, and with what they were before.
    BeadUpdated {
        changes: Vec<(String, String)>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        was: Vec<(String, String)>,
    },
    /// A bead was finished by hand.
    BeadClosed { reason: String },
    /// A bead is open again.
    BeadReopened { reason: String },
    /// An edge was added.
    DepAdded { on: BeadId, kind: String },
    /// An edge was taken away.
    DepRemoved { on: BeadId, kind: String },
    /// A bead was deleted; its history stays.
    BeadDeleted { title: String, reason: String },
    /// Somebody said something about a bead.
    Commented { text: String },
    /// A setting or kept value of the ledger was changed or taken away.
    KvChanged {
        key: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<String>,
    },
    /// A convoy was made.
    ConvoyCreated {
        convoy: ConvoyId,
        title: String,
        beads: Vec<BeadId>,
    },
    /// A convoy closed because all its work is done.
    ConvoyClosed {
        convoy: ConvoyId,
        title: String,
        notify: Option<Address>,
    },
    /// A bead was hooked to a polecat.
    Slung {
        agent: Address,
        incarnation: IncarnationId,
        alias: AgentAlias,
        branch: String,
        convoy: ConvoyId,
    },
    /// A worktree is ready.
    WorktreeReady {
        agent: Address,
        branch: String,
        base: Oid,
    },
    /// A worktree could not be made.
    WorktreeFailed { agent: Address, reason: String },
    /// An agent's process was started.
    AgentStarted {
        agent: Address,
        run: RunId,
        pid: u32,
    },
    /// An agent's process ended.
    AgentExited {
        agent: Address,
        run: RunId,
        exit: Exit,
        expected: bool,
    },
    /// An agent could not be started.
    AgentFailed { agent: Address, reason: String },
    /// What an agent is doing changed to something a person should know.
    AgentState {
        agent: Address,
        state: String,
        evidence: String,
    },
    /// An agent lives on after the engine came back.
    AgentAdopted { agent: Address, run: RunId },
    /// A worktree was deleted under its agent.
    WorktreeGone {
        agent: Address,
        path: String,
        branch: String,
    },
    /// A worktree that was gone is there again.
    WorktreeBack { agent: Address },
    /// Processes outlived the stop of a run.
    ProcessesLeft {
        agent: Address,
        run: RunId,
        processes: Vec<String>,
    },
    /// A process that had outlived the stop of a run has ended.
    LeftoverEnded {
        agent: Address,
        run: RunId,
        process: String,
    },
    /// Work was submitted.
    WorkSubmitted {
        agent: Address,
        merge: MergeId,
        tip: Oid,
        commits: u32,
    },
    /// Work ended without a change.
    WorkWithoutChange { agent: Address, reason: String },
    /// A polecat's worktree is buried.
    PolecatBuried {
        agent: Address,
        rescue: Option<String>,
        trash: Option<String>,
    },
    /// What was rescued of a worktree is back as a branch or a folder.
    WorkRestored {
        agent: Address,
        from: String,
        place: String,
    },
    /// The folder of a buried worktree is deleted from the trash; its rescue refs stay.
    TrashEmptied { agent: Address, path: String },
    /// A polecat was nuked.
    PolecatNuked {
        agent: Address,
        incarnation: IncarnationId,
    },
    /// A gate ended.
    GateEnded {
        /// The requests of the stack it ran on; none for the target itself.
        merges: Vec<MergeId>,
        gate: String,
        outcome: GateOutcome,
        took: i64,
    },
    /// Work landed on the target.
    Landed {
        merge: MergeId,
        author: Address,
        commit: Oid,
        target: String,
        gates: u32,
    },
    /// Work was sent back to a new incarnation.
    SentBack {
        merge: MergeId,
        author: Address,
        reason: String,
    },
    /// A merge request waits for a person.
    MergeHeld { merge: MergeId, reason: String },
    /// A merge request was taken out of the queue.
    MergeRejected {
        merge: MergeId,
        author: Address,
        reason: String,
    },
    /// A merge request is more or less urgent than it was.
    MergeReordered { merge: MergeId, priority: Priority },
    /// Nothing of a rig lands until somebody has looked.
    QueueStopped { reason: String },
    /// The queue of a rig goes on.
    QueueResumed,
    /// A merge request is in the queue again.
    MergeRetried { merge: MergeId },
    /// Somebody else moved the target.
    TargetMoved { target: String, old: Oid, new: Oid },
    /// An agent had moved the target in the shared repository; it is put back.
    TargetPutBack { what: String },
    /// A nudge was stored.
    NudgeQueued {
        nudge: NudgeId,
        to: Address,
        text: String,
    },
    /// A nudge was seen on the screen and taken.
    NudgeSubmitted { nudge: NudgeId, to: Address },
    /// A nudge was not delivered.
    NudgeFailed {
        nudge: NudgeId,
        to: Address,
        reason: String,
    },
    /// Something happened to a run's recording.
    Recording { run: RunId, news: RecordingNews },
    /// Of a newer program; shown as it is.
    #[serde(other)]
    Other,
}

/// What happened to a recording, once a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum RecordingNews {
    /// It was deleted, so many bytes on disk.
    Deleted { bytes: u64, why: DeletedFor },
    /// Nothing is recorded from this place in its stream on.
    Stopped { at: u64, why: StoppedBy },
    /// It goes on again; so many bytes of output are missing.
    Resumed { lost: u64 },
    /// Of a newer program.
    #[serde(other)]
    Other,
}

/// Why a recording was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletedFor {
    /// It was older than recordings are kept.
    Age,
    /// All of them took more room than they may.
    Size,
}

/// What a recording stopped at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppedBy {
    /// The disk is full.
    DiskFull,
    /// The disk fails.
    DiskFailed,
    /// One recording may not be longer.
    Limit,
}
