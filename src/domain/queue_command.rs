//! Commands to the merge queue, and why it stands still.

use serde::{Deserialize, Serialize};

use super::{MergeId, Priority, RigName};

/// Arguments of [`super::Command::QueuePause`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueuePause {
    /// Whose queue.
    pub rig: RigName,
    /// Why; shown to everybody who looks at the queue.
    pub reason: Option<String>,
}

/// Arguments of [`super::Command::QueueResume`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueResume {
    /// Whose queue.
    pub rig: RigName,
}

/// Arguments of [`super::Command::MergeReject`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergeReject {
    /// Which merge request.
    pub id: MergeId,
    /// Why; kept with the request and in the history of its bead.
    pub reason: String,
}

/// Arguments of [`super::Command::MergeReorder`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergeReorder {
    /// Which merge request.
    pub id: MergeId,
    /// How urgent it is now; the bead keeps its own.
    pub priority: Priority,
}

/// Why nothing of a rig lands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueStop {
    /// In one line.
    pub reason: String,
    /// Since when, wall milliseconds.
    pub since: i64,
    /// Whether somebody asked for it, rather than something being wrong.
    pub asked: bool,
}
