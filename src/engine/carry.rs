//! Carrying out a decision inside the turn's transaction, and remembering what it touched.

use std::collections::BTreeSet;

use crate::domain::{
    Address, BeadId, ConvoyId, Event, IncarnationId, MergeId, NudgeId, Refusal, RigName, RunId,
};
use crate::rules::decision::{Change, Decision};
use crate::rules::effect::Effect;
use crate::rules::row::ImportedRow;
use crate::store::{OutboxId, Owed, Store, StoreError};

use super::follow;
use super::input::{Act, At, ReplyTo, Said};

/// A row of the live town that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Touched {
    Agent(IncarnationId),
    Rig(RigName),
    Merge(MergeId),
    Convoy(ConvoyId),
    Nudge(NudgeId),
    Bead(BeadId),
    Run(RunId),
    Wish,
}

/// What one input led to; dropped when the input fails.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub events: Vec<Event>,
    pub touched: BTreeSet<Touched>,
    pub owed: Vec<Owed>,
    pub acts: Vec<Act>,
    pub replies: Vec<(ReplyTo, Result<Said, Refusal>)>,
    pub kinds: Vec<(OutboxId, &'static str)>,
}

impl Carried {
    /// With all of another after this one.
    pub(super) fn extend(&mut self, other: Self) {
        self.events.extend(other.events);
        self.touched.extend(other.touched);
        self.owed.extend(other.owed);
        self.acts.extend(other.acts);
        self.replies.extend(other.replies);
        self.kinds.extend(other.kinds);
    }
}

/// Who and what stands behind a decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause<'a> {
    pub actor: &'a Address,
    pub words: &'a str,
    pub at: At,
}

/// Writes a decision as part of the turn, and what follows when beads are closed by it.
pub(super) fn carry_out(
    store: &Store,
    carried: &mut Carried,
    decision: Decision,
    cause: Cause<'_>,
) -> Result<(), StoreError> {
    let closed = follow::closed_by(&decision);
    write(store, carried, decision, cause)?;
    follow::after_close(store, carried, closed, cause)
}

/// Writes a decision and nothing more.
pub(super) fn write(
    store: &Store,
    carried: &mut Carried,
    decision: Decision,
    cause: Cause<'_>,
) -> Result<(), StoreError> {
    for change in &decision.changes {
        store.apply(change)?;
        match change {
            // A batch shows in its requests.
            Change::Batch(row) => touch_batch(store, &row.id, &mut carried.touched)?,
            Change::Gate(row) => touch_batch(store, &row.batch, &mut carried.touched)?,
            other => touch(&mut carried.touched, other),
        }
    }
    for told in decision.events {
        let event = Event {
            seq: 0,
            at: told.at.unwrap_or(cause.at.now.wall),
            actor: told.actor.unwrap_or_else(|| cause.actor.clone()),
            cause: cause.words.to_owned(),
            rig: told.rig,
            bead: told.bead,
            body: told.body,
        };
        carried.events.push(store.append(event)?);
    }
    for effect in &decision.effects {
        let owed = store.owe(effect, cause.at.now.town)?;
        // The job that runs for a request, or clones a rig, shows in its view.
        if let Some(batch) = effect.batch() {
            touch_batch(store, batch, &mut carried.touched)?;
        }
        match effect {
            Effect::Clone { rig } | Effect::Layout { rig } => {
                carried.touched.insert(Touched::Rig(rig.clone()));
            }
            Effect::RigFiles { .. }
            | Effect::Fetch { .. }
            | Effect::Sync { .. }
            | Effect::Worktree { .. }
            | Effect::Launch { .. }
            | Effect::Stop { .. }
            | Effect::Bury { .. }
            | Effect::Stack { .. }
            | Effect::GateTree { .. }
            | Effect::Gate { .. }
            | Effect::Verify { .. }
            | Effect::Push { .. }
            | Effect::Advance { .. }
            | Effect::Clear { .. }
            | Effect::Deliver { .. } => {}
        }
        if !carried.owed.contains(&owed) {
            carried.owed.push(owed);
        }
    }
    Ok(())
}

fn touch_batch(
    store: &Store,
    id: &crate::domain::BatchId,
    touched: &mut BTreeSet<Touched>,
) -> Result<(), StoreError> {
    if let Some(row) = store.batch(id)? {
        touched.extend(row.members.into_iter().map(Touched::Merge));
    }
    Ok(())
}

fn touch(touched: &mut BTreeSet<Touched>, change: &Change) {
    let one = match change {
        Change::Rig(row) => Touched::Rig(row.name.clone()),
        Change::Bead(row) => Touched::Bead(row.id.clone()),
        Change::Labels { bead, .. } | Change::DepGone { bead, .. } => Touched::Bead(bead.clone()),
        Change::Dep(row) => Touched::Bead(row.bead.clone()),
        Change::Imported(ImportedRow {
            bead: Some(bead), ..
        }) => Touched::Bead(bead.clone()),
        Change::Imported(ImportedRow { bead: None, .. }) | Change::ImportedBefore { .. } => return,
        Change::Comment(row) => Touched::Bead(row.bead.clone()),
        Change::BeadGone(row) | Change::Tombstone(row) => Touched::Bead(row.id.clone()),
        Change::Kv { .. } => return,
        Change::ChildNumber { parent, .. } => Touched::Bead(parent.clone()),
        Change::Convoy(row) => Touched::Convoy(row.id.clone()),
        Change::Track { convoy, .. } => Touched::Convoy(convoy.clone()),
        Change::Incarnation(row) => Touched::Agent(row.id.clone()),
        Change::Run(row) => Touched::Agent(row.incarnation.clone()),
        Change::Leftover(row) | Change::LeftoverEnded(row) => Touched::Run(row.run.clone()),
        Change::Merge(row) => Touched::Merge(row.id.clone()),
        Change::Batch(_) | Change::Gate(_) | Change::TreePassed { .. } => return,
        Change::Nudge(row) => Touched::Nudge(row.id.clone()),
        Change::Wish(_) | Change::Environment(_) => Touched::Wish,
        Change::Expire(incarnation) => Touched::Agent(incarnation.clone()),
        Change::Unlaunch(run) => Touched::Run(run.clone()),
    };
    touched.insert(one);
}
