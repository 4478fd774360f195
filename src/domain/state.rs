//! The closed sets of states that rows and screens share.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::bead::word_enum;

word_enum!(
    /// Where an incarnation of a polecat stands. A polecat is never idle: it works, or is buried.
    Phase, "phase" {
        /// Hooked; its worktree is being made.
        Preparing = "preparing",
        /// Its worktree is there; its process is wanted.
        Running = "running",
        /// Its work is submitted; its process is being stopped and its worktree buried.
        Stopping = "stopping",
        /// Nothing of it is left but history.
        Buried = "buried",
        /// It cannot go on without a person.
        Failed = "failed",
    }
);

word_enum!(
    /// What an agent is doing, as shown to the operator.
    AgentState, "agent state" {
        /// Its process is being made or has not shown itself ready.
        Starting = "starting",
        /// It works.
        Working = "working",
        /// It asks something.
        NeedsYou = "needs-you",
        /// It waits for a person to type (crew and mayor only).
        Idle = "idle",
        /// It is being stopped.
        Stopping = "stopping",
        /// Its process is gone.
        Dead = "dead",
        /// The town is down; its hook and worktree are kept.
        Paused = "paused",
        /// Nothing is known.
        Unknown = "unknown",
    }
);

word_enum!(
    /// Where a merge request stands.
    MergePhase, "merge phase" {
        /// Waits its turn.
        Queued = "queued",
        /// The target is being fetched.
        Fetching = "fetching",
        /// It is being stacked on the target.
        Preparing = "preparing",
        /// The gates of its batch run.
        Gating = "gating",
        /// All gates passed; the target is being moved.
        Landing = "landing",
        /// On the target.
        Landed = "landed",
        /// Sent back to a new incarnation: conflict or failed gate.
        SentBack = "sent-back",
        /// Waits for a person: `gt mq retry`.
        Held = "held",
        /// Taken out of the queue by a person: `gt mq reject`.
        Rejected = "rejected",
    }
);

word_enum!(
    /// Where a batch of merge requests stands.
    BatchPhase, "batch phase" {
        /// The target is being fetched.
        Fetching = "fetching",
        /// Its requests are being stacked on the target.
        Stacking = "stacking",
        /// A prefix of the stack is being tested.
        Gating = "gating",
        /// What passed is being landed.
        Landing = "landing",
        /// It has landed what passed.
        Landed = "landed",
        /// It has landed nothing.
        Ended = "ended",
    }
);

word_enum!(
    /// How a gate ended. Only `passed` lands.
    GateOutcome, "gate outcome" {
        /// Exit code 0.
        Passed = "passed",
        /// Another exit code.
        Failed = "failed",
        /// Could not be started, was not found (126, 127), or died by a signal.
        CouldNotRun = "could-not-run",
        /// Ran over its time limit.
        TimedOut = "timed-out",
    }
);

word_enum!(
    /// Where a rig stands.
    RigPhase, "rig phase" {
        /// Its repository is being cloned.
        Cloning = "cloning",
        /// Its folders are being made.
        Preparing = "preparing",
        /// Ready for work.
        Active = "active",
        /// Could not be added.
        Failed = "failed",
    }
);

word_enum!(
    /// The life of a nudge (contract Q1).
    NudgePhase, "nudge phase" {
        /// Stored, not yet typed.
        Queued = "queued",
        /// Being typed into the agent's terminal.
        Typing = "typing",
        /// Seen on the screen, and the submit key taken by the agent.
        Submitted = "submitted",
        /// Not delivered; the reason is stored.
        Failed = "failed",
        /// A crash left open whether it was typed; never repeated.
        Unknown = "unknown",
    }
);

word_enum!(
    /// Whether the operator wants the town to run.
    Wish, "wish" {
        /// Agents may run.
        Up = "up",
        /// No agent may be started.
        Down = "down",
    }
);

word_enum!(
    /// Who an actor is, for what it may do.
    Role, "role" {
        /// The operator.
        Human = "human",
        /// The coordinator.
        Mayor = "mayor",
        /// The town's supervisor.
        Deacon = "deacon",
        /// The deacon's watchdog.
        Boot = "boot",
        /// Watches a rig's polecats.
        Witness = "witness",
        /// Lands a rig's work.
        Refinery = "refinery",
        /// A lasting workspace.
        Crew = "crew",
        /// A worker for one bead.
        Polecat = "polecat",
    }
);

impl Role {
    /// The role of an address.
    pub fn of(address: &super::Address) -> Self {
        use super::{Address, Seat};
        match address {
            Address::Human | Address::Person(_) | Address::Engine => Self::Human,
            Address::Mayor => Self::Mayor,
            Address::Deacon => Self::Deacon,
            Address::Boot => Self::Boot,
            Address::Rig(_, Seat::Witness) => Self::Witness,
            Address::Rig(_, Seat::Refinery) => Self::Refinery,
            Address::Rig(_, Seat::Crew(_)) => Self::Crew,
            Address::Rig(_, Seat::Polecat(_)) => Self::Polecat,
        }
    }
}
