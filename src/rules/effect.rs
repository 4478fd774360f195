//! What has to be done outside the ledger: rows of the outbox.
//!
//! Every effect is repeatable except `Deliver`, which is once-only and settled by asking the host
//! after a crash (DECISIONS 1). An effect names rows; the plan for its doer is made from them.

use serde::{Deserialize, Serialize};

use crate::domain::{IncarnationId, MergeId, NudgeId, RigName, RunId};

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
    /// Make a merge candidate and its gates' worktree (git worker).
    Candidate { merge: MergeId },
    /// Run one gate (host job).
    Gate { merge: MergeId, position: i64 },
    /// Move the remote's target: the commit point of a landing (host job).
    Push { merge: MergeId },
    /// Bring the town's own copies forward (git worker).
    Advance { merge: MergeId },
    /// Type a nudge (host, once).
    Deliver { nudge: NudgeId },
}

/// What a fetch is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FetchFor {
    /// A new worktree.
    Incarnation(IncarnationId),
    /// A merge candidate.
    Merge(MergeId),
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
        "candidate",
        "gate",
        "push",
        "advance",
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
            Self::Candidate { .. } => "candidate",
            Self::Gate { .. } => "gate",
            Self::Push { .. } => "push",
            Self::Advance { .. } => "advance",
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
            | Self::Candidate { .. }
            | Self::Advance { .. } => Doer::Git,
            Self::RigFiles { .. } => Doer::Files,
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
            | Self::Candidate { .. }
            | Self::Gate { .. }
            | Self::Push { .. }
            | Self::Advance { .. }
            | Self::Deliver { .. } => None,
        }
    }
}
