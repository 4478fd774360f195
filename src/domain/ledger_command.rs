//! What else can be asked of the ledger: opening again, deleting, edges away, comments, kept values,
//! and taking the next work that can be started.

use serde::{Deserialize, Serialize};

use super::{BeadId, BeadView};

/// Arguments of [`super::Command::BeadReopen`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BeadReopen {
    /// Which beads; all or none.
    pub ids: Vec<BeadId>,
    /// Why; kept as a comment.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Arguments of [`super::Command::BeadDelete`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BeadDelete {
    /// Which beads; all or none.
    pub ids: Vec<BeadId>,
    /// Everything that depends on them too, over any number of steps.
    #[serde(default)]
    pub cascade: bool,
    /// Of several: also when others depend on them, who then depend on nothing.
    #[serde(default)]
    pub force: bool,
    /// Keep only that it was there, not what it said.
    #[serde(default)]
    pub hard: bool,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// What a deletion took away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    /// The beads.
    pub ids: Vec<BeadId>,
    /// How many edges.
    pub edges: u64,
    /// How many labels.
    pub labels: u64,
    /// Neighbours whose text named one of them.
    pub rewritten: Vec<BeadId>,
    /// Beads that depended on one of them.
    pub orphaned: Vec<BeadId>,
}

/// Arguments of [`super::Command::DepRemove`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DepRemove {
    /// The bead that waits.
    pub bead: BeadId,
    /// The bead that it no longer depends on.
    pub on: BeadId,
}

/// Arguments of [`super::Command::CommentAdd`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommentAdd {
    /// About which bead.
    pub bead: BeadId,
    /// What.
    pub text: String,
}

/// Arguments of [`super::Command::KvSet`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KvSet {
    /// A setting such as `status.custom`, or `kv.<key>` and `kv.memory.<key>` for what is kept.
    pub key: String,
    /// The value; `None` takes it away.
    pub value: Option<String>,
}

/// What opening again did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reopened {
    /// The beads as they are now, in the order asked.
    pub beads: Vec<BeadView>,
    /// Those that were open already.
    pub already: Vec<BeadId>,
}
