//! What a rule may decide: rows to write, events to tell, effects to owe.

use crate::domain::{
    Address, BeadId, ConvoyId, EventBody, IncarnationId, Oid, RigName, RunId, Wish,
};

use super::effect::Effect;
use super::row::{
    BatchRow, BeadRow, CommentRow, ConvoyRow, DepRow, GateRow, ImportedRow, IncarnationRow,
    LeftoverRow, MergeRow, NudgeRow, RigRow, RunRow, TombstoneRow,
};

/// One change of the ledger. Rows are written whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    /// Insert or replace a rig.
    Rig(RigRow),
    /// Insert or replace a bead; the store keeps `is_blocked` of it and its dependents right.
    Bead(BeadRow),
    /// Add and take away labels of a bead.
    Labels {
        bead: BeadId,
        add: Vec<String>,
        remove: Vec<String>,
    },
    /// Insert or replace the edge of a pair; the store keeps `is_blocked` right.
    Dep(DepRow),
    /// Take away the edge of a pair.
    DepGone { bead: BeadId, on: BeadId },
    /// Insert or replace a comment.
    Comment(CommentRow),
    /// Hold the line that a bead came in by.
    Imported(ImportedRow),
    /// Forget the lines without a bead that stood in a file before this place.
    ImportedBefore { file: String, place: i64 },
    /// This number was given to a child of the bead.
    ChildNumber { parent: BeadId, number: i64 },
    /// Take a bead away with all that hangs on it, and remember that it was there.
    BeadGone(TombstoneRow),
    /// Remember a bead that others deleted and that was never here.
    Tombstone(TombstoneRow),
    /// Set or take away a setting or kept value.
    Kv { key: String, value: Option<String> },
    /// Insert or replace a convoy.
    Convoy(ConvoyRow),
    /// Track a bead.
    Track { convoy: ConvoyId, bead: BeadId },
    /// Insert or replace an incarnation.
    Incarnation(IncarnationRow),
    /// Insert or replace a run.
    Run(RunRow),
    /// Remember a process that outlived the stop of its run.
    Leftover(LeftoverRow),
    /// Such a process has ended.
    LeftoverEnded(LeftoverRow),
    /// Insert or replace a merge request.
    Merge(MergeRow),
    /// Insert or replace a batch of merge requests.
    Batch(Box<BatchRow>),
    /// Store a gate's result.
    Gate(GateRow),
    /// A tree passed all of these gates.
    TreePassed {
        rig: RigName,
        tree: Oid,
        gate_set: String,
    },
    /// Insert or replace a nudge.
    Nudge(NudgeRow),
    /// Store the wish.
    Wish(Wish),
    /// Store the environment for agents.
    Environment(Vec<(String, String)>),
    /// Drop the effects that die with an incarnation.
    Expire(IncarnationId),
    /// Drop an effect to start a run that is no longer wanted.
    Unlaunch(RunId),
}

/// An event to be told; sequence, time, actor and cause are added when it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    /// Who did it, when it was not the one who asked.
    pub actor: Option<Address>,
    /// When, when it was not now.
    pub at: Option<i64>,
    pub rig: Option<RigName>,
    pub bead: Option<BeadId>,
    pub body: EventBody,
}

/// What a rule decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decision {
    pub changes: Vec<Change>,
    pub events: Vec<Told>,
    pub effects: Vec<Effect>,
}

impl Decision {
    /// Nothing to do.
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    /// With one more change.
    #[must_use]
    pub(crate) fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// With one more event by whoever asked.
    #[must_use]
    pub(crate) fn event(
        mut self,
        rig: Option<&RigName>,
        bead: Option<&BeadId>,
        body: EventBody,
    ) -> Self {
        self.events.push(Told {
            actor: None,
            at: None,
            rig: rig.cloned(),
            bead: bead.cloned(),
            body,
        });
        self
    }

    /// With one more event by somebody else.
    #[must_use]
    pub(crate) fn event_by(
        mut self,
        actor: Address,
        rig: Option<&RigName>,
        bead: Option<&BeadId>,
        body: EventBody,
    ) -> Self {
        self.events.push(Told {
            actor: Some(actor),
            at: None,
            rig: rig.cloned(),
            bead: bead.cloned(),
            body,
        });
        self
    }

    /// With one more effect.
    #[must_use]
    pub(crate) fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// With all of another decision after this one.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.changes.extend(other.changes);
        self.events.extend(other.events);
        self.effects.extend(other.effects);
        self
    }
}
