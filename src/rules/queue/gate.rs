//! A gate ended: on to the next, run it again, or narrow the search.

use crate::domain::{BatchPhase, EventBody, GateOutcome, RunId};

use crate::rules::decision::{Change, Decision};
use crate::rules::effect::Effect;
use crate::rules::row::{BatchRow, GateRow, Red};

use super::batch::{Batch, Next, search, test, told};

/// A gate that ended.
#[derive(Clone, Debug)]
pub(crate) struct GateEnd {
    /// The prefix it ran on, and its place among the gates.
    pub at: usize,
    pub position: i64,
    pub name: String,
    pub command: String,
    pub outcome: GateOutcome,
    pub took: i64,
    pub job: RunId,
    pub tail: String,
    /// How it ended, in words.
    pub how: String,
}

/// A gate ended. Only `passed` goes on (M2).
pub(crate) fn gate_ended(batch: &Batch<'_>, end: &GateEnd) -> Next {
    let row = batch.row;
    let waits = row.phase == BatchPhase::Gating && row.at == end.at && row.gate == end.position;
    let Some(tree) = Batch::tree(row, end.at).filter(|_| waits) else {
        return Next::default();
    };
    let kept = GateRow {
        batch: row.id.clone(),
        at: end.at,
        position: end.position,
        name: end.name.clone(),
        outcome: end.outcome,
        took: end.took,
        job: end.job.clone(),
        tail: end.tail.clone(),
        tree: tree.clone(),
    };
    let event = EventBody::GateEnded {
        merges: row.merges(end.at),
        gate: end.name.clone(),
        outcome: end.outcome,
        took: end.took,
    };
    let kept = Decision::nothing().change(Change::Gate(kept));
    let next = Next::from(kept.and(told(batch, None, event)));
    if row.gate_set != batch.gate_set {
        // The operator changed the gates meanwhile: what passed before says nothing by now.
        return next.and(search(batch, row.clone()));
    }
    if end.outcome == GateOutcome::Passed {
        return next.and(passed(batch, end));
    }
    if row.tries + 1 < batch.attempts {
        let again = BatchRow {
            tries: row.tries + 1,
            ..row.clone()
        };
        return next.and(run(batch, again, end.position).into());
    }
    let red = Red {
        outcome: end.outcome,
        how: how(end),
    };
    let narrowed = BatchRow {
        search: row.search.failed(end.at, red.is_doubtful()),
        // What fails the target itself is told, but it blames no request.
        red: Some(red),
        ..row.clone()
    };
    next.and(test(batch, narrowed))
}

fn passed(batch: &Batch<'_>, end: &GateEnd) -> Next {
    let row = batch.row;
    let gates = i64::try_from(batch.gates).unwrap_or(i64::MAX);
    if end.position + 1 < gates {
        let on = BatchRow {
            gate: end.position + 1,
            tries: 0,
            ..row.clone()
        };
        return run(batch, on, end.position + 1).into();
    }
    let passed = BatchRow {
        search: row.search.passed(end.at),
        ..row.clone()
    };
    let known = Batch::tree(row, end.at)
        .cloned()
        .map_or_else(Decision::nothing, |tree| {
            Decision::nothing().change(Change::TreePassed {
                rig: row.rig.clone(),
                tree,
                gate_set: row.gate_set.clone(),
            })
        });
    Next::from(known).and(test(batch, passed))
}

fn run(batch: &Batch<'_>, row: BatchRow, position: i64) -> Decision {
    let gate = Effect::Gate {
        batch: batch.row.id.clone(),
        at: row.at,
        position,
    };
    Decision::nothing()
        .change(Change::Batch(Box::new(row)))
        .effect(gate)
}

/// Why it did not pass, in one line.
fn how(end: &GateEnd) -> String {
    let said = end
        .tail
        .lines()
        .map(str::trim)
        .rfind(|line| !line.is_empty());
    match end.outcome {
        GateOutcome::Passed => format!("gate `{}` passed", end.name),
        GateOutcome::Failed => {
            format!("gate `{}` failed: {}", end.name, said.unwrap_or(&end.how))
        }
        GateOutcome::CouldNotRun => {
            format!(
                "gate `{}` (`{}`) could not run: {}",
                end.name, end.command, end.how
            )
        }
        GateOutcome::TimedOut => format!("gate `{}` timed out: {}", end.name, end.how),
    }
}
