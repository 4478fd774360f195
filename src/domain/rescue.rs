//! What is left of worktrees that went: rescue refs, the trash, and bringing it back.
//!
//! A grave is named by the incarnation whose work lies there, such as `tradingbot.Toast.3`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Address, BeadId, IncarnationId, Oid, RigName};

/// How long a folder stays in the trash, in milliseconds (contract W1).
pub const TRASH_KEPT: i64 = 14 * 86_400_000;

/// Arguments of [`super::Command::RescueRestore`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RescueRestore {
    /// Whose work.
    pub id: IncarnationId,
    /// Which of its rescue refs, by the end of its name; the fullest one when it is not said.
    pub part: Option<String>,
    /// Where it goes.
    pub to: RestoreTo,
}

/// Where rescued work is put. Nothing that is there is written over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestoreTo {
    /// A new branch of the rig's shared repository.
    Branch(String),
    /// The files alone, in a new folder.
    Folder(PathBuf),
}

/// What the ledger knows of the work of one incarnation that is, or may be, under rescue refs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraveView {
    /// Whose.
    pub id: IncarnationId,
    /// Its seat.
    pub agent: Address,
    /// The rig.
    pub rig: RigName,
    /// The rig's target branch, which its work stood on.
    pub target: String,
    /// What it worked on.
    pub bead: BeadId,
    /// Its branch.
    pub branch: String,
    /// What all of its rescue refs begin with.
    pub refs: String,
    /// Whether its worktree is gone; one that is at work has snapshots.
    pub buried: bool,
    /// Where its folder lies.
    pub trash: Option<String>,
    /// When it went, wall milliseconds.
    pub ended_at: Option<i64>,
    /// When its folder is deleted from the trash, wall milliseconds.
    pub empties_at: Option<i64>,
}

/// One rescue ref, and how much is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relic {
    /// The end of its name, such as `tree`, `head` or `branch/polecat/Toast/tb-1.3`.
    pub part: String,
    /// Its commit.
    pub commit: Oid,
    /// Commits that the target does not have.
    pub commits: usize,
    /// Files that differ from where the work left the target.
    pub files: usize,
    /// Its subject line.
    pub subject: String,
    /// When it was committed, wall milliseconds.
    pub at: i64,
}
