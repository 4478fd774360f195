//! From gates passed to the target: the last look, the push, and the record of the landing.

use crate::domain::{
    Address, BatchPhase, BeadId, BeadStatus, EventBody, MergePhase, Mismatch, Oid,
};

use crate::rules::decision::{Change, Decision};
use crate::rules::effect::Effect;
use crate::rules::row::{BatchRow, BeadRow, ConvoyRow, MergeRow, RigRow};
use crate::rules::{convoy, done};

use super::back::{halt, requeue, stop};
use super::batch::{Back, Batch, Next, search, told};

/// Pushes that found the target moved before a person must look.
const RACES_MAX: i64 = 5;

/// The stack was looked through by other means than it was made (M8). Before the push: push, or land
/// nothing. After the landing: say nothing, or stop the rig's queue with an alarm.
pub(crate) fn verified(batch: &Batch<'_>, problems: &[Mismatch]) -> Next {
    let (row, rig) = (batch.row, batch.rig);
    match row.phase {
        BatchPhase::Landing => before_push(batch, problems),
        BatchPhase::Landed if problems.is_empty() => Next::default(),
        BatchPhase::Landed => {
            let reason = format!(
                "`{}` landed on `{}` and is not as it was tested: {}",
                row.id,
                rig.target,
                said(problems)
            );
            halt(batch, &reason).into()
        }
        BatchPhase::Fetching | BatchPhase::Stacking | BatchPhase::Gating | BatchPhase::Ended => {
            Next::default()
        }
    }
}

fn said(problems: &[Mismatch]) -> String {
    let lines: Vec<String> = problems.iter().take(3).map(ToString::to_string).collect();
    lines.join("; ")
}

fn before_push(batch: &Batch<'_>, problems: &[Mismatch]) -> Next {
    // The target is where it was: it is not there yet what is about to land.
    let problems: Vec<Mismatch> = (problems.iter())
        .filter(|problem| !matches!(problem, Mismatch::NotOnTarget { .. }))
        .cloned()
        .collect();
    if batch.row.gate_set != batch.gate_set {
        // The gates changed since it passed them.
        return search(batch, batch.row.clone());
    }
    if problems.is_empty() {
        let push = Effect::Push {
            batch: batch.row.id.clone(),
        };
        return Decision::nothing().effect(push).into();
    }
    let reason = format!("`{}` was not landed: {}", batch.row.id, said(&problems));
    stop(batch, &reason).into()
}

/// How the push ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PushEnd {
    /// The remote's target is at the tip of the stack.
    Moved,
    /// Somebody else moved the target first.
    Raced,
    /// The remote does not take these commits.
    Declined(String),
    /// The remote takes nothing, or cannot be reached.
    Refused(String),
}

/// The push ended.
pub(crate) fn pushed(batch: &Batch<'_>, end: &PushEnd) -> Next {
    if batch.row.phase != BatchPhase::Landing {
        return Next::default();
    }
    match end {
        PushEnd::Moved => Decision::nothing()
            .effect(Effect::Advance {
                batch: batch.row.id.clone(),
            })
            .into(),
        PushEnd::Raced => raced(batch),
        PushEnd::Declined(reason) => declined(batch, reason),
        PushEnd::Refused(reason) => stop(batch, reason).into(),
    }
}

/// The target moved meanwhile: all go back into the queue and are stacked anew.
fn raced(batch: &Batch<'_>) -> Next {
    let mut next = Next::from(ended(batch, "the target moved meanwhile"));
    for merge in batch.landing(batch.row, batch.row.at) {
        if merge.races >= RACES_MAX {
            next.back.push(Back {
                merge: merge.id.clone(),
                reason: "the target moves faster than this request can land".to_owned(),
                held: true,
            });
            continue;
        }
        let merge = MergeRow {
            races: merge.races + 1,
            ..merge.clone()
        };
        let why = Some("the target moved meanwhile; tried again");
        next.decision = requeue(&merge, why, next.decision);
    }
    next
}

/// The remote refuses what is in these commits. One request alone is held for a person; of several
/// nobody knows which it is, so they are tried one by one.
fn declined(batch: &Batch<'_>, reason: &str) -> Next {
    let mut next = Next::from(ended(batch, reason));
    let landing = batch.landing(batch.row, batch.row.at);
    if let [merge] = landing.as_slice() {
        next.back.push(Back {
            merge: merge.id.clone(),
            reason: reason.to_owned(),
            held: true,
        });
        return next;
    }
    next.decision = next.decision.change(Change::Rig(RigRow {
        window: 1,
        ..batch.rig.clone()
    }));
    for merge in landing {
        next.decision = requeue(merge, Some(reason), next.decision);
    }
    next
}

/// Something that a batch needs cannot be done at all.
pub(crate) fn failed(batch: &Batch<'_>, reason: &str) -> Next {
    match batch.row.phase {
        // The operator took a gate away that was about to run.
        BatchPhase::Gating if batch.row.gate_set != batch.gate_set => {
            search(batch, batch.row.clone())
        }
        BatchPhase::Fetching | BatchPhase::Stacking | BatchPhase::Gating | BatchPhase::Landing => {
            stop(batch, reason).into()
        }
        BatchPhase::Landed => {
            let reason = format!("what landed could not be looked through: {reason}");
            halt(batch, &reason).into()
        }
        BatchPhase::Ended => Next::default(),
    }
}

/// The batch is over and has landed nothing.
pub(super) fn ended(batch: &Batch<'_>, reason: &str) -> Decision {
    let row = BatchRow {
        phase: BatchPhase::Ended,
        reason: Some(reason.to_owned()),
        ended_at: Some(batch.now.wall),
        ..batch.row.clone()
    };
    let clear = Effect::Clear {
        batch: batch.row.id.clone(),
    };
    Decision::nothing()
        .change(Change::Batch(Box::new(row)))
        .effect(clear)
}

/// All copies are forward: the landings, their beads and their convoys in one transaction (M9).
/// `beads` holds the bead of each request that lands, `convoys` those that track one of them, each
/// with its open beads.
pub(crate) fn landed(
    batch: &Batch<'_>,
    beads: &[BeadRow],
    convoys: &[(ConvoyRow, Vec<BeadId>)],
) -> Decision {
    let (row, now) = (batch.row, batch.now);
    if row.phase != BatchPhase::Landing {
        return Decision::nothing();
    }
    let over = BatchRow {
        phase: BatchPhase::Landed,
        ended_at: Some(now.wall),
        ..row.clone()
    };
    let tip = row.step().map(|step| &step.commit).or(row.old.as_ref());
    let mut decision = Decision::nothing()
        .change(Change::Batch(Box::new(over)))
        .change(Change::Rig(RigRow {
            tip: tip.cloned().or_else(|| batch.rig.tip.clone()),
            ..batch.rig.clone()
        }));
    let mut closed = Vec::new();
    for merge in batch.landing(row, row.at) {
        decision = decision.and(landing(batch, merge));
        let bead = beads.iter().find(|bead| bead.id == merge.bead);
        if let (Some(bead), Some(commit)) = (bead, &merge.new)
            && bead.status != BeadStatus::Closed
        {
            let reason = format!("landed on {} as {}", batch.rig.target, commit.short());
            decision = decision.change(Change::Bead(done::closed(bead, &reason, now)));
            closed.push(bead.id.clone());
        }
    }
    let landed = decision.and(convoy::after_close(convoys, &closed, now));
    if row.at == 0 {
        return landed;
    }
    landed.effect(Effect::Verify {
        batch: row.id.clone(),
    })
}

/// One request has landed.
fn landing(batch: &Batch<'_>, merge: &MergeRow) -> Decision {
    let Some(commit) = merge.new.clone() else {
        return Decision::nothing();
    };
    let event = EventBody::Landed {
        merge: merge.id.clone(),
        author: merge.author.clone(),
        commit,
        target: batch.rig.target.clone(),
        gates: if merge.place == 0 {
            0
        } else {
            u32::try_from(batch.gates).unwrap_or(0)
        },
    };
    Decision::nothing()
        .change(Change::Merge(MergeRow {
            phase: MergePhase::Landed,
            reason: None,
            ended_at: Some(batch.now.wall),
            ..merge.clone()
        }))
        .and(told(batch, Some(&merge.bead), event))
}

/// Somebody else moved the target (M1 b).
pub(crate) fn moved_outside(rig: &RigRow, old: &Oid, new: &Oid) -> Decision {
    let event = EventBody::TargetMoved {
        target: rig.target.clone(),
        old: old.clone(),
        new: new.clone(),
    };
    Decision::nothing().event_by(Address::refinery(&rig.name), Some(&rig.name), None, event)
}
