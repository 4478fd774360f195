//! The merge queue: one request at a time, from the queue to the target or back to a new polecat.
//!
//! The target moves only to the commit whose exact tree passed the gates (M1), by a push with a
//! lease on the commit that the candidate stands on. What can go wrong at each step ends in one of
//! three places: back in the queue (the target moved), sent back (the work does not fit or fails),
//! or held for a person (a gate cannot run, the remote refuses).

use crate::domain::{
    Address, BeadId, BeadStatus, EventBody, GateOutcome, MergePhase, MergeView, Now, Oid, Refusal,
    RunId,
};

use super::decision::{Change, Decision};
use super::effect::{Effect, FetchFor};
use super::row::{BeadRow, ConvoyRow, GateRow, MergeRow, RigRow};
use super::sling::{Assignment, Seat, first_effect, hook, take_seat};
use super::{convoy, done};

/// Attempts at one bead before a person must look (M6).
const ATTEMPTS_MAX: i64 = 3;
/// Pushes that found the target moved before a person must look.
const RACES_MAX: i64 = 5;

/// Begins with the request whose turn it is.
pub(crate) fn begin(merge: &MergeRow) -> Decision {
    let row = MergeRow {
        phase: MergePhase::Fetching,
        reason: None,
        gate: 0,
        old: None,
        new: None,
        tree: None,
        ..merge.clone()
    };
    Decision::nothing()
        .change(Change::Merge(row))
        .effect(Effect::Fetch {
            rig: merge.rig.clone(),
            next: FetchFor::Merge(merge.id.clone()),
        })
}

/// The target is known: make the candidate.
pub(crate) fn fetched(merge: &MergeRow) -> Decision {
    if merge.phase != MergePhase::Fetching {
        return Decision::nothing();
    }
    Decision::nothing()
        .change(Change::Merge(MergeRow {
            phase: MergePhase::Preparing,
            ..merge.clone()
        }))
        .effect(Effect::Candidate {
            merge: merge.id.clone(),
        })
}

/// The candidate that the worker made.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub base: Oid,
    pub commit: Oid,
    pub tree: Oid,
}

/// The candidate is made: run the gates, or land where there are none.
pub(crate) fn prepared(merge: &MergeRow, candidate: Candidate, gates: usize) -> Decision {
    if merge.phase != MergePhase::Preparing {
        return Decision::nothing();
    }
    let row = MergeRow {
        old: Some(candidate.base.clone()),
        new: Some(candidate.commit.clone()),
        tree: Some(candidate.tree),
        gate: 0,
        ..merge.clone()
    };
    if candidate.commit == candidate.base {
        // The target holds the work already: an earlier landing whose record was lost, or the same
        // change by somebody else. There is nothing to push, and the copies may be behind.
        let there = MergeRow {
            phase: MergePhase::Landing,
            ..row
        };
        return Decision::nothing()
            .change(Change::Merge(there))
            .effect(Effect::Advance {
                merge: merge.id.clone(),
            });
    }
    next_gate(&row, gates)
}

/// Runs the next gate, or lands after the last.
fn next_gate(merge: &MergeRow, gates: usize) -> Decision {
    let position = merge.gate;
    if usize::try_from(position).is_ok_and(|position| position < gates) {
        return Decision::nothing()
            .change(Change::Merge(MergeRow {
                phase: MergePhase::Gating,
                ..merge.clone()
            }))
            .effect(Effect::Gate {
                merge: merge.id.clone(),
                position,
            });
    }
    // M10: the landing is stored before the commit point moves.
    Decision::nothing()
        .change(Change::Merge(MergeRow {
            phase: MergePhase::Landing,
            ..merge.clone()
        }))
        .effect(Effect::Push {
            merge: merge.id.clone(),
        })
}

/// A gate that ended.
#[derive(Clone, Debug)]
pub(crate) struct GateEnd {
    pub name: String,
    pub outcome: GateOutcome,
    pub took: i64,
    pub job: RunId,
    pub tail: String,
    /// How it ended, in words.
    pub how: String,
}

/// A gate ended. Only `passed` goes on (M2).
pub(crate) fn gate_ended(
    merge: &MergeRow,
    end: &GateEnd,
    gates: usize,
    again: &Again<'_>,
) -> Decision {
    let (MergePhase::Gating, Some(tree)) = (merge.phase, merge.tree.clone()) else {
        return Decision::nothing();
    };
    let told = gate_told(merge, end, tree);
    told.and(match end.outcome {
        GateOutcome::Passed => next_gate(
            &MergeRow {
                gate: merge.gate + 1,
                ..merge.clone()
            },
            gates,
        ),
        GateOutcome::Failed => {
            let reason = format!(
                "gate `{}` failed: {}",
                end.name,
                last_line(&end.tail).unwrap_or(end.how.as_str())
            );
            send_back(merge, &reason, again)
        }
        GateOutcome::CouldNotRun | GateOutcome::TimedOut => {
            let what = if end.outcome == GateOutcome::TimedOut {
                "timed out"
            } else {
                "could not run"
            };
            hold(
                merge,
                &format!("gate `{}` {what}: {}", end.name, end.how),
                again.now,
            )
        }
    })
}

fn gate_told(merge: &MergeRow, end: &GateEnd, tree: Oid) -> Decision {
    let row = GateRow {
        merge: merge.id.clone(),
        position: merge.gate,
        name: end.name.clone(),
        outcome: end.outcome,
        took: end.took,
        job: end.job.clone(),
        tail: end.tail.clone(),
        tree,
    };
    let event = EventBody::GateEnded {
        merge: merge.id.clone(),
        gate: end.name.clone(),
        outcome: end.outcome,
        took: end.took,
    };
    Decision::nothing().change(Change::Gate(row)).event_by(
        Address::refinery(&merge.rig),
        Some(&merge.rig),
        Some(&merge.bead),
        event,
    )
}

fn last_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).rfind(|line| !line.is_empty())
}

/// What sending work back needs to know.
#[derive(Debug)]
pub(crate) struct Again<'a> {
    pub rig: &'a RigRow,
    pub bead: &'a BeadRow,
    /// A free seat for the next attempt.
    pub seat: &'a Seat,
    /// The agent that made the last attempt.
    pub alias: &'a crate::domain::AgentAlias,
    /// The convoy that tracks the bead.
    pub convoy: Option<&'a crate::domain::ConvoyId>,
    pub now: Now,
}

/// The candidate could not be made because the work and the target contradict each other.
pub(crate) fn conflicted(merge: &MergeRow, paths: &[String], again: &Again<'_>) -> Decision {
    if merge.phase != MergePhase::Preparing {
        return Decision::nothing();
    }
    let shown: Vec<String> = paths
        .iter()
        .take(5)
        .map(|path| format!("`{}`", crate::support::text::clean(path)))
        .collect();
    let reason = format!(
        "conflict with `{}` in {}",
        again.rig.target,
        shown.join(", ")
    );
    send_back(merge, &reason, again)
}

/// New work for a new incarnation that starts from what was submitted and is told why (DESIGN 7).
fn send_back(merge: &MergeRow, reason: &str, again: &Again<'_>) -> Decision {
    if merge.attempt >= ATTEMPTS_MAX {
        return hold(
            merge,
            &format!("{reason} (attempt {} of {ATTEMPTS_MAX})", merge.attempt),
            again.now,
        );
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

/// How the push ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PushEnd {
    /// The remote's target is at the candidate.
    Moved,
    /// Somebody else moved the target first.
    Raced,
    /// The remote refuses, or cannot be reached.
    Refused(String),
}

/// The push ended.
pub(crate) fn pushed(merge: &MergeRow, end: &PushEnd, now: Now) -> Decision {
    if merge.phase != MergePhase::Landing {
        return Decision::nothing();
    }
    match end {
        PushEnd::Moved => Decision::nothing().effect(Effect::Advance {
            merge: merge.id.clone(),
        }),
        PushEnd::Raced if merge.races < RACES_MAX => {
            let again = MergeRow {
                phase: MergePhase::Queued,
                races: merge.races + 1,
                reason: Some("the target moved meanwhile; tried again".to_owned()),
                ..merge.clone()
            };
            Decision::nothing().change(Change::Merge(again))
        }
        PushEnd::Raced => hold(
            merge,
            "the target moves faster than this request can land",
            now,
        ),
        PushEnd::Refused(reason) => hold(merge, reason, now),
    }
}

/// All copies are forward: the landing, its bead and its convoys in one transaction (M9).
pub(crate) fn landed(
    merge: &MergeRow,
    rig: &RigRow,
    bead: &BeadRow,
    convoys: &[(ConvoyRow, Vec<BeadId>)],
    now: Now,
) -> Decision {
    let (MergePhase::Landing, Some(commit)) = (merge.phase, merge.new.clone()) else {
        return Decision::nothing();
    };
    let gates = merge.gate;
    let row = MergeRow {
        phase: MergePhase::Landed,
        reason: None,
        ended_at: Some(now.wall),
        ..merge.clone()
    };
    let event = EventBody::Landed {
        merge: merge.id.clone(),
        author: merge.author.clone(),
        commit: commit.clone(),
        target: rig.target.clone(),
        gates: u32::try_from(gates).unwrap_or(0),
    };
    let refinery = Address::refinery(&merge.rig);
    let mut decision = Decision::nothing()
        .change(Change::Merge(row))
        .change(Change::Rig(RigRow {
            tip: Some(commit.clone()),
            ..rig.clone()
        }))
        .event_by(refinery, Some(&merge.rig), Some(&merge.bead), event);
    if bead.status != BeadStatus::Closed {
        let reason = format!("landed on {} as {}", rig.target, commit.short());
        decision = decision
            .change(Change::Bead(done::closed(bead, &reason, now)))
            .and(convoy::after_close(
                convoys,
                std::slice::from_ref(&bead.id),
                now,
            ));
    }
    decision
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

/// Puts a held request back into the queue.
pub(crate) fn retry(merge: &MergeRow) -> Result<Decision, Refusal> {
    match merge.phase {
        MergePhase::Held => {}
        MergePhase::Landed => return Err(Refusal::conflict(format!("`{}` has landed", merge.id))),
        MergePhase::SentBack => {
            return Err(Refusal::conflict(format!(
                "`{}` was sent back: its bead `{}` is with a new polecat",
                merge.id, merge.bead
            ))
            .hint(format!("bd show {}", merge.bead)));
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
        phase: MergePhase::Queued,
        reason: None,
        races: 0,
        ended_at: None,
        ..merge.clone()
    };
    Ok(Decision::nothing().change(Change::Merge(row)).event(
        Some(&merge.rig),
        Some(&merge.bead),
        EventBody::MergeRetried {
            merge: merge.id.clone(),
        },
    ))
}

/// Whether a request is being worked on.
pub(crate) const fn is_active(phase: MergePhase) -> bool {
    matches!(
        phase,
        MergePhase::Fetching | MergePhase::Preparing | MergePhase::Gating | MergePhase::Landing
    )
}

/// The order in which a rig's requests land: active first, then priority, then age.
pub(crate) fn in_order(mut merges: Vec<MergeView>) -> Vec<MergeView> {
    merges.sort_by_key(|merge| {
        let rank = if is_active(merge.phase) {
            0
        } else if merge.phase == MergePhase::Queued {
            1
        } else {
            2
        };
        (rank, merge.priority, merge.created_at, merge.id.clone())
    });
    merges
}

/// The rig's next request, if none is under way. `merges` are the rig's open ones.
pub(crate) fn next_turn(merges: &[MergeRow]) -> Option<&MergeRow> {
    if merges.iter().any(|merge| is_active(merge.phase)) {
        return None;
    }
    merges
        .iter()
        .filter(|merge| merge.phase == MergePhase::Queued)
        .min_by_key(|merge| (merge.priority, merge.created_at, merge.id.clone()))
}
