//! A batch on its way to its gates: taken up, stacked, its next prefix tested.

use crate::domain::{
    Address, BatchId, BatchPhase, BeadId, ConflictRecord, ConflictWith, EventBody, Fit, MergeId,
    MergePhase, Now, Oid, StackStep,
};

use crate::rules::decision::{Change, Decision};
use crate::rules::effect::{Effect, FetchFor};
use crate::rules::row::{BatchRow, MergeRow, Red, RigRow, Stacked};

use super::back::{requeue, stop};
use super::search::{Search, Step};

/// A batch and what its rules need to know.
pub(crate) struct Batch<'a> {
    pub row: &'a BatchRow,
    pub rig: &'a RigRow,
    /// Its requests that have not left it, in no order.
    pub members: &'a [MergeRow],
    /// How many gates the rig has.
    pub gates: usize,
    /// Which gates those are: results of others say nothing.
    pub gate_set: &'a str,
    /// Why it is not certain which gates the operator wants, if it is not.
    pub doubt: Option<&'a str>,
    /// How often a gate is run before it is taken to fail.
    pub attempts: i64,
    /// Whether a tree is known to have passed all gates as they are now.
    pub known: &'a dyn Fn(&Oid) -> bool,
    /// The most requests of a batch.
    pub max: usize,
    pub now: Now,
}

impl Batch<'_> {
    /// A request of this batch by id.
    pub(super) fn member(&self, id: &MergeId) -> Option<&MergeRow> {
        self.members.iter().find(|merge| merge.id == *id)
    }

    /// The requests of the stack up to `at`, and those whose change the target had already.
    pub(super) fn landing(&self, row: &BatchRow, at: usize) -> Vec<&MergeRow> {
        let stacked = row.stack.iter().take(at).map(|step| &step.merge);
        let ids = stacked.chain(&row.there);
        ids.filter_map(|id| self.member(id)).collect()
    }

    /// The tree of a prefix; prefix 0 is the target itself.
    pub(super) fn tree(row: &BatchRow, at: usize) -> Option<&Oid> {
        match at.checked_sub(1) {
            None => row.base_tree.as_ref(),
            Some(place) => row.stack.get(place).map(|step| &step.tree),
        }
    }
}

/// What a rule decided, and which requests go back to their beads: each of them needs a seat of its
/// own, so that is decided one by one after this is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Next {
    pub decision: Decision,
    pub back: Vec<Back>,
}

/// A request that cannot land as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Back {
    pub merge: MergeId,
    pub reason: String,
    /// A person has to look, rather than a new polecat.
    pub held: bool,
}

impl From<Decision> for Next {
    fn from(decision: Decision) -> Self {
        Self {
            decision,
            back: Vec::new(),
        }
    }
}

impl Next {
    /// With another's decision and returns after its own.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.decision = self.decision.and(other.decision);
        self.back.extend(other.back);
        self
    }
}

/// Takes requests up as a batch.
pub(crate) fn begin(rig: &RigRow, id: BatchId, taken: &[MergeRow], now: Now) -> Decision {
    let row = BatchRow {
        id: id.clone(),
        rig: rig.name.clone(),
        phase: BatchPhase::Fetching,
        members: taken.iter().map(|merge| merge.id.clone()).collect(),
        old: None,
        base_tree: None,
        stack: Vec::new(),
        there: Vec::new(),
        search: Search::new(0, false),
        at: 0,
        gate_set: String::new(),
        gate: 0,
        tries: 0,
        red: None,
        reason: None,
        created_at: now.wall,
        ended_at: None,
    };
    let begun = Decision::nothing().change(Change::Batch(Box::new(row)));
    taken
        .iter()
        .fold(begun, |decision, merge| {
            decision.change(Change::Merge(MergeRow {
                phase: MergePhase::Fetching,
                reason: None,
                batch: Some(id.clone()),
                place: 0,
                old: None,
                new: None,
                tree: None,
                ..merge.clone()
            }))
        })
        .effect(Effect::Fetch {
            rig: rig.name.clone(),
            next: FetchFor::Batch(id.clone()),
        })
}

/// The target is known: stack the requests on it.
pub(crate) fn fetched(batch: &Batch<'_>) -> Decision {
    if batch.row.phase != BatchPhase::Fetching {
        return Decision::nothing();
    }
    let row = BatchRow {
        phase: BatchPhase::Stacking,
        ..batch.row.clone()
    };
    let decision = Decision::nothing().change(Change::Batch(Box::new(row)));
    in_phase(batch.members, MergePhase::Preparing, decision).effect(Effect::Stack {
        batch: batch.row.id.clone(),
    })
}

/// All of these requests are in that phase now.
pub(super) fn in_phase<'a>(
    members: impl IntoIterator<Item = &'a MergeRow>,
    phase: MergePhase,
    decision: Decision,
) -> Decision {
    members
        .into_iter()
        .filter(|merge| merge.phase != phase)
        .fold(decision, |decision, merge| {
            decision.change(Change::Merge(MergeRow {
                phase,
                ..merge.clone()
            }))
        })
}

/// The stack that the git worker made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// The target's tip it stands on, and its tree.
    pub base: Oid,
    pub base_tree: Oid,
    pub steps: Vec<StackStep>,
}

/// The stack is made: test it, or land what needs no test.
pub(crate) fn stacked(batch: &Batch<'_>, made: &Made) -> Next {
    if batch.row.phase != BatchPhase::Stacking {
        return Next::default();
    }
    let mut row = BatchRow {
        phase: BatchPhase::Gating,
        old: Some(made.base.clone()),
        base_tree: Some(made.base_tree.clone()),
        ..batch.row.clone()
    };
    let mut next = Next::default();
    let mut members = Vec::new();
    for step in &made.steps {
        let Some(merge) = batch.member(&step.key) else {
            continue;
        };
        match &step.fit {
            Fit::Commit { commit, tree } => {
                row.stack.push(Stacked {
                    merge: merge.id.clone(),
                    commit: commit.clone(),
                    tree: tree.clone(),
                });
                members.push(placed(merge, row.stack.len(), made, (commit, tree)));
            }
            // Its change may be there only by a request below it, and that one may yet go back.
            Fit::There if !row.stack.is_empty() => {
                next.decision = requeue(merge, None, next.decision);
            }
            Fit::There => {
                row.there.push(merge.id.clone());
                members.push(placed(merge, 0, made, (&made.base, &made.base_tree)));
            }
            Fit::Conflict(record) => next = next.and(conflicted(batch, merge, record)),
            Fit::Unusable { reason } => next.back.push(Back {
                merge: merge.id.clone(),
                reason: reason.clone(),
                held: true,
            }),
        }
    }
    let batch = Batch {
        members: &members,
        ..*batch
    };
    next.and(search(&batch, row))
}

/// A request with its place in the stack, and the commit that carries it.
fn placed(merge: &MergeRow, place: usize, made: &Made, (commit, tree): (&Oid, &Oid)) -> MergeRow {
    MergeRow {
        place,
        old: Some(made.base.clone()),
        new: Some(commit.clone()),
        tree: Some(tree.clone()),
        conflict: None,
        ..merge.clone()
    }
}

/// A request that contradicts the target goes back to its bead. One that fits the target and not a
/// request before it waits in the queue until that has landed.
fn conflicted(batch: &Batch<'_>, merge: &MergeRow, record: &ConflictRecord) -> Next {
    let kept = MergeRow {
        conflict: Some(Box::new(record.clone())),
        ..merge.clone()
    };
    match &record.with {
        ConflictWith::Member(other) => {
            let reason = format!("conflicts with `{other}`; waits until that has landed");
            requeue(&kept, Some(&reason), Decision::nothing()).into()
        }
        ConflictWith::Target => {
            let paths: Vec<String> = (record.paths().iter().take(5))
                .map(|path| format!("`{}`", crate::support::text::clean(path)))
                .collect();
            let more = record.files.len().saturating_sub(5) + record.files_cut as usize;
            let more = if more == 0 {
                String::new()
            } else {
                format!(" and {more} more")
            };
            let (target, paths) = (&batch.rig.target, paths.join(", "));
            Next {
                decision: Decision::nothing().change(Change::Merge(kept)),
                back: vec![Back {
                    merge: merge.id.clone(),
                    reason: format!("conflict with `{target}` in {paths}{more}"),
                    held: false,
                }],
            }
        }
    }
}

/// Begins the search over a stack by the gates as they are now.
pub(super) fn search(batch: &Batch<'_>, row: BatchRow) -> Next {
    if let Some(why) = batch.doubt {
        let reason = format!("it is not certain which gates are wanted: {why}");
        return stop(batch, &reason).into();
    }
    let base = row.base_tree.as_ref().is_some_and(batch.known);
    let row = BatchRow {
        search: Search::new(row.stack.len(), base),
        gate_set: batch.gate_set.to_owned(),
        red: None,
        ..row
    };
    test(batch, row)
}

/// Tests the next prefix that the search wants, or ends the search. Prefixes whose tree is known
/// to pass cost nothing.
pub(super) fn test(batch: &Batch<'_>, mut row: BatchRow) -> Next {
    loop {
        match row.search.step() {
            Step::Test(at) => {
                // What failed for a doubtful reason is asked of the target anew.
                let asked = at == 0 && row.red.as_ref().is_some_and(Red::is_doubtful);
                let known = batch.gates == 0
                    || (!asked && Batch::tree(&row, at).is_some_and(|tree| (batch.known)(tree)));
                if known {
                    row.search = row.search.passed(at);
                    continue;
                }
                return prepare(batch, row, at).into();
            }
            Step::Found { good, culprit } => return found(batch, row, good, culprit),
            Step::Broken => {
                let why = row.red.as_ref().map_or("", |red| red.how.as_str());
                let reason = format!("`{}` itself does not pass: {why}", batch.rig.target);
                return stop(batch, &reason).into();
            }
        }
    }
}

fn prepare(batch: &Batch<'_>, row: BatchRow, at: usize) -> Decision {
    let row = BatchRow {
        phase: BatchPhase::Gating,
        at,
        gate: 0,
        tries: 0,
        ..row
    };
    let tree = Effect::GateTree {
        batch: row.id.clone(),
        at,
    };
    let decision = Decision::nothing().change(Change::Batch(Box::new(row)));
    in_members(batch, MergePhase::Gating, decision).effect(tree)
}

/// Members whose rows changed with the stack are written even when their phase stays.
fn in_members(batch: &Batch<'_>, phase: MergePhase, decision: Decision) -> Decision {
    batch.members.iter().fold(decision, |decision, merge| {
        decision.change(Change::Merge(MergeRow {
            phase,
            ..merge.clone()
        }))
    })
}

/// The worktree of the prefix is there: run its first gate.
pub(crate) fn tree_ready(batch: &Batch<'_>, at: usize) -> Next {
    if batch.row.phase != BatchPhase::Gating || batch.row.at != at {
        return Next::default();
    }
    if batch.row.gate_set != batch.gate_set {
        return search(batch, batch.row.clone());
    }
    let gate = Effect::Gate {
        batch: batch.row.id.clone(),
        at,
        position: 0,
    };
    Decision::nothing().effect(gate).into()
}

/// The search is over: land what is good, send the culprit back, and put what is behind it into
/// the queue again.
fn found(batch: &Batch<'_>, row: BatchRow, good: usize, culprit: bool) -> Next {
    let mut next = Next::default();
    let blamed = culprit.then(|| row.stack.get(good)).flatten();
    if let (Some(step), Some(red)) = (blamed, &row.red) {
        next.back.push(Back {
            merge: step.merge.clone(),
            reason: red.how.clone(),
            held: red.is_doubtful(),
        });
    }
    for step in row.stack.iter().skip(good + usize::from(culprit)) {
        if let Some(merge) = batch.member(&step.merge) {
            next.decision = requeue(merge, None, next.decision);
        }
    }
    let landing = batch.landing(&row, good);
    let lands = !landing.is_empty();
    let window = window_after(batch, culprit);
    if window != batch.rig.window {
        next.decision = next.decision.change(Change::Rig(RigRow {
            window,
            ..batch.rig.clone()
        }));
    }
    let phase = if lands {
        BatchPhase::Landing
    } else {
        BatchPhase::Ended
    };
    let id = row.id.clone();
    let row = BatchRow {
        phase,
        at: good,
        ended_at: (!lands).then_some(batch.now.wall),
        ..row
    };
    next.decision = next.decision.change(Change::Batch(Box::new(row)));
    for merge in landing {
        next.decision = next.decision.change(Change::Merge(MergeRow {
            phase: MergePhase::Landing,
            ..merge.clone()
        }));
    }
    next.decision = next.decision.effect(match (lands, good) {
        (false, _) => Effect::Clear { batch: id },
        (true, 0) => Effect::Advance { batch: id },
        // M8, M10: the landing is stored and looked through before the commit point moves.
        (true, _) => Effect::Verify { batch: id },
    });
    next
}

/// How many requests the next batch of the rig may have: twice as many after a good one, half as
/// many after one that had to be searched. 0 stands for the most.
fn window_after(batch: &Batch<'_>, culprit: bool) -> usize {
    let now = match batch.rig.window {
        0 => batch.max,
        window => window.min(batch.max),
    };
    if culprit {
        // A stack of one says nothing about how many fit together.
        return if batch.row.members.len() > 1 {
            (now / 2).max(1)
        } else {
            batch.rig.window
        };
    }
    let grown = now.saturating_mul(2);
    if grown >= batch.max { 0 } else { grown }
}

/// An event of the rig's queue, about one bead or none.
pub(super) fn told(batch: &Batch<'_>, bead: Option<&BeadId>, body: EventBody) -> Decision {
    let rig = &batch.rig.name;
    Decision::nothing().event_by(Address::refinery(rig), Some(rig), bead, body)
}
