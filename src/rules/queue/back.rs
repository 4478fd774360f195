//! What does not land: into the queue again, back to a new polecat, held for a person, or the whole
//! queue stopped until somebody mends what is broken.

use crate::domain::{Address, AgentAlias, ConvoyId, EventBody, MergePhase, Now, QueueStop};

use crate::rules::decision::{Change, Decision};
use crate::rules::row::{BeadRow, MergeRow, RigRow};
use crate::rules::sling::{Assignment, Seat, first_effect, hook, take_seat};

use super::batch::{Batch, told};
use super::land::ended;
use super::order::is_active;

/// Attempts at one bead before a person must look (M6).
const ATTEMPTS_MAX: i64 = 3;

/// The request waits its turn again, as it was before it was taken up.
pub(super) fn requeue(merge: &MergeRow, reason: Option<&str>, decision: Decision) -> Decision {
    decision.change(Change::Merge(MergeRow {
        phase: MergePhase::Queued,
        reason: reason.map(str::to_owned),
        batch: None,
        place: 0,
        old: None,
        new: None,
        tree: None,
        ..merge.clone()
    }))
}

/// Nothing of this rig lands until somebody looked: the batch ends, blames nobody, and its requests
/// wait in the queue.
pub(crate) fn stop(batch: &Batch<'_>, reason: &str) -> Decision {
    let mut decision = ended(batch, reason);
    for merge in batch.members.iter().filter(|merge| is_active(merge.phase)) {
        decision = requeue(merge, None, decision);
    }
    decision.and(halt(batch, reason))
}

/// The rig's queue takes nothing up any more.
pub(super) fn halt(batch: &Batch<'_>, reason: &str) -> Decision {
    let event = EventBody::QueueStopped {
        reason: reason.to_owned(),
    };
    Decision::nothing()
        .change(Change::Rig(RigRow {
            stopped: Some(QueueStop {
                reason: reason.to_owned(),
                since: batch.now.wall,
                asked: false,
            }),
            ..batch.rig.clone()
        }))
        .and(told(batch, None, event))
}

/// What sending work back needs to know.
#[derive(Debug)]
pub(crate) struct Again<'a> {
    pub rig: &'a RigRow,
    pub bead: &'a BeadRow,
    /// A free seat for the next attempt.
    pub seat: &'a Seat,
    /// The agent that made the last attempt.
    pub alias: &'a AgentAlias,
    /// The convoy that tracks the bead.
    pub convoy: Option<&'a ConvoyId>,
    pub now: Now,
}

/// New work for a new incarnation that starts from what was submitted and is told why (DESIGN 7).
pub(crate) fn send_back(merge: &MergeRow, reason: &str, again: &Again<'_>) -> Decision {
    if merge.attempt >= ATTEMPTS_MAX {
        let reason = format!("{reason} (attempt {} of {ATTEMPTS_MAX})", merge.attempt);
        return hold(merge, &reason, again.now);
    }
    let back = MergeRow {
        phase: MergePhase::SentBack,
        reason: Some(reason.to_owned()),
        ended_at: Some(again.now.wall),
        ..merge.clone()
    };
    let how = Assignment {
        alias: again.alias.clone(),
        from: Some(merge.tip.clone()),
        base: Some(merge.base.clone()),
        attempt: merge.attempt + 1,
        sent_back: Some(reason.to_owned()),
    };
    let incarnation = take_seat(again.rig, &merge.bead, again.seat, how, again.now);
    let refinery = Address::refinery(&merge.rig);
    let sent = EventBody::SentBack {
        merge: merge.id.clone(),
        author: merge.author.clone(),
        reason: reason.to_owned(),
    };
    let mut decision = Decision::nothing()
        .change(Change::Merge(back))
        .change(Change::Bead(hook(again.bead, &incarnation, again.now)))
        .event_by(refinery.clone(), Some(&merge.rig), Some(&merge.bead), sent);
    if let Some(convoy) = again.convoy {
        let slung = EventBody::Slung {
            agent: incarnation.address(),
            incarnation: incarnation.id.clone(),
            alias: incarnation.alias.clone(),
            branch: incarnation.branch.clone(),
            convoy: convoy.clone(),
        };
        decision = decision.event_by(refinery, Some(&merge.rig), Some(&merge.bead), slung);
    }
    let effect = first_effect(again.rig, &incarnation, again.now);
    decision
        .change(Change::Incarnation(incarnation))
        .effect(effect)
}

/// Waits for a person; the queue goes on with the next.
pub(crate) fn hold(merge: &MergeRow, reason: &str, now: Now) -> Decision {
    let held = MergeRow {
        phase: MergePhase::Held,
        reason: Some(reason.to_owned()),
        ended_at: Some(now.wall),
        ..merge.clone()
    };
    let event = EventBody::MergeHeld {
        merge: merge.id.clone(),
        reason: reason.to_owned(),
    };
    Decision::nothing().change(Change::Merge(held)).event_by(
        Address::refinery(&merge.rig),
        Some(&merge.rig),
        Some(&merge.bead),
        event,
    )
}
