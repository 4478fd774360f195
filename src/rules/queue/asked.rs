//! What people ask of the queue: put back, take out, hurry, stand still, go on.

use crate::domain::{
    Address, BeadStatus, EventBody, MergePhase, Now, Priority, QueueStop, Refusal,
};

use crate::rules::decision::{Change, Decision};
use crate::rules::row::{BeadRow, MergeRow, RigRow};

use super::back::requeue;

/// Puts a held request back into the queue.
pub(crate) fn retry(merge: &MergeRow) -> Result<Decision, Refusal> {
    match merge.phase {
        MergePhase::Held => {}
        MergePhase::Landed | MergePhase::SentBack | MergePhase::Rejected => {
            return Err(over(merge));
        }
        MergePhase::Queued
        | MergePhase::Fetching
        | MergePhase::Preparing
        | MergePhase::Gating
        | MergePhase::Landing => {
            return Err(Refusal::conflict(format!(
                "`{}` is in the queue ({})",
                merge.id, merge.phase
            ))
            .hint(format!("gt mq list {}", merge.rig)));
        }
    }
    let row = MergeRow {
        races: 0,
        ended_at: None,
        ..merge.clone()
    };
    Ok(requeue(&row, None, Decision::nothing()).event(
        Some(&merge.rig),
        Some(&merge.bead),
        EventBody::MergeRetried {
            merge: merge.id.clone(),
        },
    ))
}

/// The rig's queue goes on.
pub(crate) fn resume(rig: &RigRow) -> Result<Decision, Refusal> {
    if rig.stopped.is_none() {
        let why = format!("the merge queue of `{}` is not stopped", rig.name);
        return Err(Refusal::conflict(why).hint(format!("gt mq list {}", rig.name)));
    }
    let row = RigRow {
        stopped: None,
        ..rig.clone()
    };
    Ok(Decision::nothing().change(Change::Rig(row)).event(
        Some(&rig.name),
        None,
        EventBody::QueueResumed,
    ))
}

/// The request has ended, and how.
fn over(merge: &MergeRow) -> Refusal {
    let id = &merge.id;
    let how = match merge.phase {
        MergePhase::SentBack => {
            format!(
                "`{id}` was sent back: its bead `{}` is with a new polecat",
                merge.bead
            )
        }
        MergePhase::Rejected => format!("`{id}` was taken out of the queue"),
        MergePhase::Landed
        | MergePhase::Queued
        | MergePhase::Fetching
        | MergePhase::Preparing
        | MergePhase::Gating
        | MergePhase::Landing
        | MergePhase::Held => format!("`{id}` has landed"),
    };
    Refusal::conflict(how).hint(format!("bd show {}", merge.bead))
}

/// A request that is under way is in one piece with others: it cannot be changed before it is back.
fn at_rest(merge: &MergeRow) -> Result<(), Refusal> {
    match merge.phase {
        MergePhase::Queued | MergePhase::Held => Ok(()),
        MergePhase::Fetching | MergePhase::Preparing | MergePhase::Gating | MergePhase::Landing => {
            Err(Refusal::conflict(format!(
                "`{}` is being tested or landed ({})",
                merge.id, merge.phase
            ))
            .hint(format!(
                "wait until it has landed or is back: gt mq status {}",
                merge.id
            )))
        }
        MergePhase::Landed | MergePhase::SentBack | MergePhase::Rejected => Err(over(merge)),
    }
}

/// Takes a request out of the queue: its work stays under its branch, its bead is open again.
pub(crate) fn reject(
    merge: &MergeRow,
    bead: &BeadRow,
    reason: &str,
    now: Now,
) -> Result<Decision, Refusal> {
    at_rest(merge)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::invalid("reason", reason, "a few words"));
    }
    let rejected = MergeRow {
        phase: MergePhase::Rejected,
        reason: Some(reason.to_owned()),
        ended_at: Some(now.wall),
        ..merge.clone()
    };
    let event = EventBody::MergeRejected {
        merge: merge.id.clone(),
        author: merge.author.clone(),
        reason: reason.to_owned(),
    };
    let mut decision = Decision::nothing().change(Change::Merge(rejected)).event(
        Some(&merge.rig),
        Some(&merge.bead),
        event,
    );
    if bead.status == BeadStatus::InReview {
        decision = decision.change(Change::Bead(BeadRow {
            status: BeadStatus::Open,
            assignee: None,
            updated_at: now.wall,
            ..bead.clone()
        }));
    }
    Ok(decision)
}

/// Says how urgent a request is.
pub(crate) fn reorder(merge: &MergeRow, priority: Priority) -> Result<Decision, Refusal> {
    at_rest(merge)?;
    let row = MergeRow {
        priority,
        ..merge.clone()
    };
    let event = EventBody::MergeReordered {
        merge: merge.id.clone(),
        priority,
    };
    Ok(Decision::nothing().change(Change::Merge(row)).event(
        Some(&merge.rig),
        Some(&merge.bead),
        event,
    ))
}

/// Nothing more of the rig is taken up; what is under way is finished.
pub(crate) fn pause(
    rig: &RigRow,
    by: &Address,
    reason: Option<&str>,
    now: Now,
) -> Result<Decision, Refusal> {
    if let Some(stop) = &rig.stopped {
        let why = format!(
            "the merge queue of `{}` stands still: {}",
            rig.name, stop.reason
        );
        return Err(Refusal::conflict(why).hint(format!("gt mq resume {}", rig.name)));
    }
    let reason = match reason.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("paused by {}: {reason}", by.short()),
        None => format!("paused by {}", by.short()),
    };
    let row = RigRow {
        stopped: Some(QueueStop {
            reason: reason.clone(),
            since: now.wall,
            asked: true,
        }),
        ..rig.clone()
    };
    Ok(Decision::nothing().change(Change::Rig(row)).event(
        Some(&rig.name),
        None,
        EventBody::QueueStopped { reason },
    ))
}
