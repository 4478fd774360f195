//! What can be asked of the engine, as plain data: the one command type that the CLI, the
//! palette, keys and agents share. Who asks is set at the edge, never by the caller.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    Address, AgentAlias, AgentName, BeadClose, BeadCreate, BeadDelete, BeadId, BeadImport,
    BeadReopen, BeadUpdate, CommentAdd, ConvoyId, Deleted, DepAdd, DepRemove, Imported, KvSet,
    MergeId, MergeReject, MergeReorder, Prefix, QueuePause, QueueResume, ReadyFilter, Reopened,
    RescueRestore, RigName, Wish,
};

/// Anything that changes the town.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cmd", content = "args", rename_all = "kebab-case")]
pub enum Command {
    /// Make a bead. Answer: `Outcome::Bead`.
    BeadCreate(Box<BeadCreate>),
    /// Change a bead's fields. Answer: `Outcome::Bead`.
    BeadUpdate(Box<BeadUpdate>),
    /// Finish beads by hand. Answer: `Outcome::Beads`.
    BeadClose(BeadClose),
    /// Add an edge between beads. Answer: `Outcome::Done`.
    DepAdd(DepAdd),
    /// Open closed beads again. Answer: `Outcome::Reopened`.
    BeadReopen(BeadReopen),
    /// Delete beads; their history stays. Answer: `Outcome::Deleted`.
    BeadDelete(BeadDelete),
    /// Take an edge away. Answer: `Outcome::Done`.
    DepRemove(DepRemove),
    /// Say something about a bead. Answer: `Outcome::Comment`.
    CommentAdd(CommentAdd),
    /// Set or take away a setting or a kept value of the ledger. Answer: `Outcome::Done`.
    KvSet(KvSet),
    /// Several commands about beads, all or none. Answer: `Outcome::Batch`.
    Batch(Vec<Self>),
    /// Take the first bead that can be started. Answer: `Outcome::Beads` with one or none.
    ReadyClaim(Box<ReadyFilter>),
    /// Take in some lines of a file of beads. Answer: `Outcome::Imported`.
    BeadImport(Box<BeadImport>),
    /// Make a convoy. Answer: `Outcome::Convoy`.
    ConvoyCreate(ConvoyCreate),
    /// Take a rig under care. Answer: `Outcome::Rig`.
    RigAdd(RigAdd),
    /// Hook a bead to a new polecat and start it. Answer: `Outcome::Slung`.
    Sling(Sling),
    /// Submit one's work. Answer: `Outcome::Submitted`.
    Done(Done),
    /// Say something to a running agent. Answer: `Outcome::Nudged`.
    Nudge(Nudge),
    /// Bury a polecat now. Answer: `Outcome::Nuked`.
    PolecatNuke(PolecatNuke),
    /// Put a held or rejected merge request back into the queue. Answer: `Outcome::Done`.
    MergeRetry(MergeRetry),
    /// Take nothing up any more. Answer: `Outcome::Done`.
    QueuePause(QueuePause),
    /// Let the queue go on. Answer: `Outcome::Done`.
    QueueResume(QueueResume),
    /// Take a merge request out of the queue and open its bead again. Answer: `Outcome::Done`.
    MergeReject(MergeReject),
    /// Say how urgent a merge request is. Answer: `Outcome::Done`.
    MergeReorder(MergeReorder),
    /// Bring back what a worktree held that is gone. Answer: `Outcome::Done`.
    RescueRestore(RescueRestore),
    /// Want the town up or down. Answer: `Outcome::Done`.
    TownWish(TownWish),
}

/// Which command, without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandKind {
    /// [`Command::BeadCreate`].
    BeadCreate,
    /// [`Command::BeadUpdate`].
    BeadUpdate,
    /// [`Command::BeadClose`].
    BeadClose,
    /// [`Command::DepAdd`].
    DepAdd,
    /// [`Command::BeadReopen`].
    BeadReopen,
    /// [`Command::BeadDelete`].
    BeadDelete,
    /// [`Command::DepRemove`].
    DepRemove,
    /// [`Command::CommentAdd`].
    CommentAdd,
    /// [`Command::KvSet`].
    KvSet,
    /// [`Command::ReadyClaim`].
    ReadyClaim,
    /// [`Command::Batch`].
    Batch,
    /// [`Command::BeadImport`].
    BeadImport,
    /// [`Command::ConvoyCreate`].
    ConvoyCreate,
    /// [`Command::RigAdd`].
    RigAdd,
    /// [`Command::Sling`].
    Sling,
    /// [`Command::Done`].
    Done,
    /// [`Command::Nudge`].
    Nudge,
    /// [`Command::PolecatNuke`].
    PolecatNuke,
    /// [`Command::MergeRetry`].
    MergeRetry,
    /// [`Command::QueuePause`].
    QueuePause,
    /// [`Command::QueueResume`].
    QueueResume,
    /// [`Command::MergeReject`].
    MergeReject,
    /// [`Command::MergeReorder`].
    MergeReorder,
    /// [`Command::RescueRestore`].
    RescueRestore,
    /// [`Command::TownWish`].
    TownWish,
}

impl CommandKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::BeadCreate,
        Self::BeadUpdate,
        Self::BeadClose,
        Self::DepAdd,
        Self::BeadReopen,
        Self::BeadDelete,
        Self::DepRemove,
        Self::CommentAdd,
        Self::KvSet,
        Self::ReadyClaim,
        Self::Batch,
        Self::BeadImport,
        Self::ConvoyCreate,
        Self::RigAdd,
        Self::Sling,
        Self::Done,
        Self::Nudge,
        Self::PolecatNuke,
        Self::MergeRetry,
        Self::QueuePause,
        Self::QueueResume,
        Self::MergeReject,
        Self::MergeReorder,
        Self::RescueRestore,
        Self::TownWish,
    ];
}

impl Command {
    /// Which command this is.
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::BeadCreate(_) => CommandKind::BeadCreate,
            Self::BeadUpdate(_) => CommandKind::BeadUpdate,
            Self::BeadClose(_) => CommandKind::BeadClose,
            Self::DepAdd(_) => CommandKind::DepAdd,
            Self::BeadReopen(_) => CommandKind::BeadReopen,
            Self::BeadDelete(_) => CommandKind::BeadDelete,
            Self::DepRemove(_) => CommandKind::DepRemove,
            Self::CommentAdd(_) => CommandKind::CommentAdd,
            Self::KvSet(_) => CommandKind::KvSet,
            Self::ReadyClaim(_) => CommandKind::ReadyClaim,
            Self::Batch(_) => CommandKind::Batch,
            Self::BeadImport(_) => CommandKind::BeadImport,
            Self::ConvoyCreate(_) => CommandKind::ConvoyCreate,
            Self::RigAdd(_) => CommandKind::RigAdd,
            Self::Sling(_) => CommandKind::Sling,
            Self::Done(_) => CommandKind::Done,
            Self::Nudge(_) => CommandKind::Nudge,
            Self::PolecatNuke(_) => CommandKind::PolecatNuke,
            Self::MergeRetry(_) => CommandKind::MergeRetry,
            Self::QueuePause(_) => CommandKind::QueuePause,
            Self::QueueResume(_) => CommandKind::QueueResume,
            Self::MergeReject(_) => CommandKind::MergeReject,
            Self::MergeReorder(_) => CommandKind::MergeReorder,
            Self::RescueRestore(_) => CommandKind::RescueRestore,
            Self::TownWish(_) => CommandKind::TownWish,
        }
    }
}

/// Where a new bead belongs, before the engine has resolved it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The operator or the folder said which rig.
    Rig(RigName),
    /// The operator said how its ids begin: a rig's prefix, or the one of the ledger itself.
    Prefix(Prefix),
    /// Not said: the only rig, else the configured default rig, else the town with a hint.
    #[default]
    Town,
}

/// Arguments of [`Command::ConvoyCreate`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConvoyCreate {
    /// Its title.
    pub title: String,
    /// The beads it tracks; at least one.
    pub beads: Vec<BeadId>,
    /// Who is told when it closes.
    #[serde(default)]
    pub notify: Option<Address>,
}

/// Arguments of [`Command::RigAdd`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RigAdd {
    /// Its name.
    pub name: RigName,
    /// URL or absolute path of the repository.
    pub url: String,
    /// The prefix of its beads, when the operator chose one.
    #[serde(default)]
    pub prefix: Option<Prefix>,
    /// The target branch, when not the remote's HEAD.
    #[serde(default)]
    pub branch: Option<String>,
}

/// Arguments of [`Command::Sling`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sling {
    /// What is to be done.
    pub bead: BeadId,
    /// Where.
    pub rig: RigName,
    /// With which agent, when not the configured one.
    #[serde(default)]
    pub agent: Option<AgentAlias>,
}

/// Arguments of [`Command::Done`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The folder in which it was typed.
    pub cwd: PathBuf,
    /// Why there is nothing to land, when there is nothing.
    #[serde(default)]
    pub no_change: Option<String>,
}

/// Arguments of [`Command::Nudge`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nudge {
    /// To whom, as typed: a full address, `rig/Name`, or a unique name in any case.
    pub agent: String,
    /// What, at most 4 KiB.
    pub text: String,
}

/// Arguments of [`Command::PolecatNuke`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolecatNuke {
    /// Whom, as typed: a full address, `rig/Name`, or a unique name in any case.
    pub agent: String,
}

/// Arguments of [`Command::MergeRetry`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergeRetry {
    /// Which merge request.
    pub id: MergeId,
}

/// Arguments of [`Command::TownWish`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TownWish {
    /// Up or down.
    pub wish: Wish,
    /// The environment that agents are started with from now on (allow-listed names only).
    #[serde(default)]
    pub env: Vec<(String, String)>,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "value", rename_all = "kebab-case")]
pub enum Outcome {
    /// It is done; there is nothing more to say than this line.
    Done {
        /// For people.
        message: String,
    },
    /// The bead as it is now.
    Bead {
        /// It.
        bead: Box<super::BeadView>,
        /// Something the caller should know, such as why it belongs to the town.
        #[serde(default)]
        hint: Option<String>,
    },
    /// The beads as they are now.
    Beads {
        /// They.
        beads: Vec<super::BeadView>,
    },
    /// What each step came to, in their order.
    Batch {
        /// They.
        outcomes: Vec<Self>,
    },
    /// What was opened again.
    Reopened(Reopened),
    /// What was deleted.
    Deleted(Deleted),
    /// The comment as it is stored.
    Comment {
        /// It.
        comment: super::CommentView,
    },
    /// What came of the lines of a file.
    Imported(Imported),
    /// The convoy as it is now.
    Convoy {
        /// It.
        convoy: Box<super::ConvoyView>,
    },
    /// The rig as it is now; while `cloning`, its job's output can be followed.
    Rig {
        /// It.
        rig: Box<super::RigView>,
    },
    /// A polecat has the bead on its hook.
    Slung(Slung),
    /// The work is submitted, or was already.
    Submitted {
        /// The merge request; `None` when closed without change.
        merge: Option<MergeId>,
        /// The bead.
        bead: BeadId,
        /// For people.
        message: String,
    },
    /// The nudge is stored.
    Nudged {
        /// It.
        nudge: super::NudgeView,
        /// Why it is not typed at once, when it is not.
        #[serde(default)]
        note: Option<String>,
    },
    /// The polecat is being buried.
    Nuked {
        /// Whom.
        agent: Address,
        /// Its bead, open again.
        bead: Option<BeadId>,
        /// Where its commits and files will be kept.
        rescue: String,
        /// Where its folder goes.
        trash: PathBuf,
        /// The line that brings it back.
        restore: String,
    },
}

/// The short story of a sling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slung {
    /// The bead.
    pub bead: BeadId,
    /// Its title.
    pub title: String,
    /// The polecat.
    pub agent: Address,
    /// Its name alone.
    pub name: AgentName,
    /// The agent definition.
    pub alias: AgentAlias,
    /// The command line that runs.
    pub command_line: String,
    /// The branch.
    pub branch: String,
    /// The convoy that tracks the bead.
    pub convoy: ConvoyId,
    /// Whether this sling made the convoy.
    pub new_convoy: bool,
    /// Whether it had been slung before, so that nothing was done.
    pub already: bool,
    /// Why it does not start at once, when it does not.
    #[serde(default)]
    pub note: Option<String>,
}
