//! What has to be done outside the ledger: rows of the outbox.
//!
//! Every effect is repeatable except `Deliver`, which is once-only and settled by asking the host
//! after a crash (DECISIONS 1). An effect names rows; the plan for its doer is made from them.

use serde::{Deserialize, Serialize};

use crate::domain::{BatchId, IncarnationId, NudgeId, RigName, RunId};

/// An act that a commit owes to the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "kebab-case")]
pub(crate) enum Effect {
    /// Clone a rig's repository into its mirror (host job).
    Clone { rig: RigName },
    /// Make a rig's repositories (git worker).
    Layout { rig: RigName },
    /// Write a rig's folders and settings.
    RigFiles { rig: RigName },
    /// Fetch the target, for what follows (host job).
    Fetch { rig: RigName, next: FetchFor },
    /// Take over what was fetched (git worker).
    Sync { rig: RigName, next: FetchFor },
    /// Make an incarnation's worktree (git worker).
    Worktree { incarnation: IncarnationId },
    /// Start a run (host).
    Launch { run: RunId },
    /// Stop a run (host).
    Stop { run: RunId },
    /// Rescue and bury a worktree (git worker).
    Bury { incarnation: IncarnationId },
    /// Stack a batch's requests on the target (git worker).
    Stack { batch: BatchId },
    /// Make the gates' worktree of a prefix of its stack (git worker).
    GateTree { batch: BatchId, at: usize },
    /// Run one gate on that prefix (host job).
    Gate {
        batch: BatchId,
        at: usize,
        position: i64,
    },
    /// Look through what is about to land (git worker).
    Verify { batch: BatchId },
    /// Move the remote's target: the commit point of a landing (host job).
    Push { batch: BatchId },
    /// Bring the town's own copies forward (git worker).
    Advance { batch: BatchId },
    /// Remove the gates' worktree of a batch that landed nothing (git worker).
    Clear { batch: BatchId },
    /// Type a nudge (host, once).
    Deliver { nudge: NudgeId },
}

/// What a fetch is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FetchFor {
    /// A new worktree.
    Incarnation(IncarnationId),
    /// A batch of merge requests.
    Batch(BatchId),
}

/// Who does an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doer {
    /// The terminal host.
    Host,
    /// The git worker.
    Git,
    /// The engine's own file thread.
    Files,
}

impl Effect {
    /// The words for every kind of effect, for the kill tests.
    pub(crate) const KINDS: &'static [&'static str] = &[
        "clone",
        "layout",
        "rig-files",
        "fetch",
        "sync",
        "worktree",
        "launch",
        "stop",
        "bury",
        "stack",
        "gate-tree",
        "gate",
        "verify",
        "push",
        "advance",
        "clear",
        "deliver",
    ];

    /// The word for this kind.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Clone { .. } => "clone",
            Self::Layout { .. } => "layout",
            Self::RigFiles { .. } => "rig-files",
            Self::Fetch { .. } => "fetch",
            Self::Sync { .. } => "sync",
            Self::Worktree { .. } => "worktree",
            Self::Launch { .. } => "launch",
            Self::Stop { .. } => "stop",
            Self::Bury { .. } => "bury",
            Self::Stack { .. } => "stack",
            Self::GateTree { .. } => "gate-tree",
            Self::Gate { .. } => "gate",
            Self::Verify { .. } => "verify",
            Self::Push { .. } => "push",
            Self::Advance { .. } => "advance",
            Self::Clear { .. } => "clear",
            Self::Deliver { .. } => "deliver",
        }
    }

    /// Who does it.
    pub(crate) const fn doer(&self) -> Doer {
        match self {
            Self::Clone { .. }
            | Self::Fetch { .. }
            | Self::Launch { .. }
            | Self::Stop { .. }
            | Self::Gate { .. }
            | Self::Push { .. }
            | Self::Deliver { .. } => Doer::Host,
            Self::Layout { .. }
            | Self::Sync { .. }
            | Self::Worktree { .. }
            | Self::Bury { .. }
            | Self::Stack { .. }
            | Self::GateTree { .. }
            | Self::Verify { .. }
            | Self::Advance { .. }
            | Self::Clear { .. } => Doer::Git,
            Self::RigFiles { .. } => Doer::Files,
        }
    }

    /// The batch of merge requests that it is for, or is on the way to.
    pub(crate) const fn batch(&self) -> Option<&BatchId> {
        match self {
            Self::Stack { batch }
            | Self::GateTree { batch, .. }
            | Self::Gate { batch, .. }
            | Self::Verify { batch }
            | Self::Push { batch }
            | Self::Advance { batch }
            | Self::Clear { batch }
            | Self::Fetch {
                next: FetchFor::Batch(batch),
                ..
            }
            | Self::Sync {
                next: FetchFor::Batch(batch),
                ..
            } => Some(batch),
            Self::Clone { .. }
            | Self::Layout { .. }
            | Self::RigFiles { .. }
            | Self::Fetch { .. }
            | Self::Sync { .. }
            | Self::Worktree { .. }
            | Self::Launch { .. }
            | Self::Stop { .. }
            | Self::Bury { .. }
            | Self::Deliver { .. } => None,
        }
    }

    /// The incarnation whose end makes this effect pointless. `Stop` and `Bury` outlive it.
    pub(crate) fn dies_with(&self) -> Option<&IncarnationId> {
        match self {
            Self::Worktree { incarnation }
            | Self::Fetch {
                next: FetchFor::Incarnation(incarnation),
                ..
            }
            | Self::Sync {
                next: FetchFor::Incarnation(incarnation),
                ..
            } => Some(incarnation),
            Self::Clone { .. }
            | Self::Layout { .. }
            | Self::RigFiles { .. }
            | Self::Fetch { .. }
            | Self::Sync { .. }
            | Self::Launch { .. }
            | Self::Stop { .. }
            | Self::Bury { .. }
            | Self::Stack { .. }
            | Self::GateTree { .. }
            | Self::Gate { .. }
            | Self::Verify { .. }
            | Self::Push { .. }
            | Self::Advance { .. }
            | Self::Clear { .. }
            | Self::Deliver { .. } => None,
        }
    }
}
