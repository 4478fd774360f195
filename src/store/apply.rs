//! Writing what a rule decided. One place, so that every row goes the same way.

use crate::rules::decision::Change;

use super::{Store, StoreError};

impl Store {
    /// Writes one change as part of the turn.
    pub(crate) fn apply(&self, change: &Change) -> Result<(), StoreError> {
        match change {
            Change::Rig(row) => self.put_rig(row),
            Change::Bead(row) => self.put_bead(row),
            Change::Labels { bead, add, remove } => self.change_labels(bead, add, remove),
            Change::Dep(row) => self.put_dep(row),
            Change::DepGone { bead, on } => self.drop_dep(bead, on),
            Change::Comment(row) => self.put_comment(row),
            Change::Imported(row) => self.put_imported(row),
            Change::ImportedBefore { file, place } => self.drop_imported(file, *place),
            Change::ChildNumber { parent, number } => self.put_child_number(parent, *number),
            Change::BeadGone(row) => self.drop_bead(row),
            Change::Tombstone(row) => self.put_tombstone(row),
            Change::Kv { key, value } => self.put_kv(key, value.as_deref()),
            Change::Convoy(row) => self.put_convoy(row),
            Change::Track { convoy, bead } => self.track(convoy, bead),
            Change::Incarnation(row) => self.put_incarnation(row),
            Change::Run(row) => self.put_run(row),
            Change::Leftover(row) => self.put_leftover(row),
            Change::LeftoverEnded(row) => self.drop_leftover(row),
            Change::Merge(row) => self.put_merge(row),
            Change::Batch(row) => self.put_batch(row),
            Change::Gate(row) => self.put_gate(row),
            Change::TreePassed {
                rig,
                tree,
                gate_set,
            } => self.put_tree_passed(rig, tree, gate_set),
            Change::Nudge(row) => self.put_nudge(row),
            Change::Wish(wish) => self.set_fact("wish", wish.word()),
            Change::Environment(env) => self.set_fact("environment", &serde_json::to_string(env)?),
            Change::Expire(incarnation) => self.expire(incarnation),
            Change::Unlaunch(run) => self.unlaunch(run),
        }
    }
}
