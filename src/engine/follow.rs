//! After a bead is closed, however that came about: what follows by the rules of `rules::follow`,
//! over any number of steps, in the same transaction.

use std::collections::VecDeque;

use crate::domain::{BeadId, EventBody};
use crate::rules::decision::{Decision, Told};
use crate::rules::follow;
use crate::rules::row::BeadRow;
use crate::store::{Store, StoreError};

use super::carry::{Carried, Cause, write};

/// The beads that a decision closes.
pub(super) fn closed_by(decision: &Decision) -> Vec<BeadId> {
    let closes = |told: &&Told| {
        matches!(
            told.body,
            EventBody::BeadClosed { .. }
                | EventBody::Landed { .. }
                | EventBody::WorkWithoutChange { .. }
        )
    };
    let closing = decision.events.iter().filter(closes);
    closing.filter_map(|told| told.bead.clone()).collect()
}

/// Carries out what follows.
pub(super) fn after_close(
    store: &Store,
    carried: &mut Carried,
    closed: Vec<BeadId>,
    cause: Cause<'_>,
) -> Result<(), StoreError> {
    let mut queue: VecDeque<BeadId> = closed.into();
    while let Some(id) = queue.pop_front() {
        for (bead, reason) in following(store, &id)? {
            let mut convoys = Vec::new();
            for row in store.open_convoys_of(&bead.id)? {
                let open = store.open_beads_of(&row.id)?;
                convoys.push((row, open));
            }
            let decision = follow::close(&bead, &reason, &convoys, cause.at.now);
            write(store, carried, decision, cause)?;
            queue.push_back(bead.id);
        }
    }
    Ok(())
}

fn following(store: &Store, id: &BeadId) -> Result<Vec<(BeadRow, String)>, StoreError> {
    let mut all = Vec::new();
    let Some(bead) = store.bead(id)? else {
        return Ok(all);
    };
    for step in store.conditional_on(id)? {
        if let Some(reason) = follow::skipped(&bead, &step)
            && is_free(store, &step.id)?
        {
            all.push((step, reason));
        }
    }
    let parent = match store.parent_of(id)? {
        Some(parent) => store.bead(&parent)?,
        None => None,
    };
    if let Some(parent) = parent
        && let Some(reason) = follow::completed(&parent, &store.labels(&parent.id)?)
        && store.open_children(&parent.id)?.is_empty()
        && is_free(store, &parent.id)?
    {
        all.push((parent, reason));
    }
    Ok(all)
}

/// Whether no agent has it and nothing of it waits to land.
fn is_free(store: &Store, id: &BeadId) -> Result<bool, StoreError> {
    Ok(store.holder_of(id)?.is_none() && store.open_merge_of(id)?.is_none())
}
